/* SPDX-License-Identifier: MIT
 * Objects are moved: in containers, to themselves, from functions. What was
 * moved from is empty, and every call on it fails.
 *
 *     test_moves MODEL, in a folder for its stores */
#include "checks.hpp"

#include <map>
#include <optional>
#include <utility>

namespace {

/* Move an object to itself, which compilers warn of. */
template <class T> void move_to_itself(T &object)
{
    T &same = object;
    object = std::move(same);
}

template <class T>
constexpr bool is_move_only =
    std::is_nothrow_move_constructible_v<T> &&
    std::is_nothrow_destructible_v<T> &&
    !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;

static_assert(is_move_only<leat::model> && is_move_only<leat::stream> &&
              is_move_only<leat::batch> && is_move_only<leat::store> &&
              is_move_only<leat::transaction> && is_move_only<leat::autosave>);
static_assert(std::is_nothrow_move_assignable_v<leat::model> &&
              std::is_nothrow_move_assignable_v<leat::stream> &&
              std::is_nothrow_move_assignable_v<leat::batch> &&
              std::is_nothrow_move_assignable_v<leat::store> &&
              std::is_nothrow_move_assignable_v<leat::autosave>);
/* A second guard would roll back the transaction of the first. */
static_assert(!std::is_move_assignable_v<leat::transaction>);
static_assert(std::is_trivially_copyable_v<leat::stream_ref> &&
              std::is_trivially_copyable_v<leat::batch_ref>);

void test_model(const char *path)
{
    check_context("model");
    leat::model model = VALUE(leat::model::open(path));
    const leat_model *made = model.get();
    leat::model moved = std::move(model);
    CHECK(moved.get() == made && model.get() == nullptr);
    move_to_itself(moved);
    CHECK(moved.get() == made && moved.input_size() == 3);
    moved = VALUE(leat::model::open(path)); /* closes the first */
    CHECK_EQUAL(moved.output_size(), 2);

    CHECK_FAILS(model.info(), LEAT_E_ARGUMENT);
    CHECK_FAILS(model.layer(0), LEAT_E_ARGUMENT);
    float mean[3];
    CHECK_FAILS(model.normalizer({}, {}), LEAT_E_ARGUMENT);
    CHECK_FAILS(model.normalizer(mean, mean), LEAT_E_ARGUMENT);
    CHECK_EQUAL(model.stream_size() + model.state_size() +
                    model.window_size(3, 1) + model.input_size(), 0);
    CHECK_FAILS(leat::stream::init(model), LEAT_E_ARGUMENT);
    CHECK_FAILS(leat::stream::init_window(model, 3, 1), LEAT_E_ARGUMENT);
    CHECK_FAILS(leat::batch::init(model, 2), LEAT_E_ARGUMENT);
    CHECK_FAILS(leat::batch::init_window(model, 2, 3, 1), LEAT_E_ARGUMENT);
    std::array<std::byte, 64> block;
    CHECK_FAILS(leat::stream_ref::init(block, model), LEAT_E_ARGUMENT);
}

template <class Stream> void test_empty_stream(Stream stream)
{
    float x[3] = {}, y[2] = {};
    std::array<std::byte, 64> bytes = {};
    CHECK(stream.get() == nullptr && stream.kernel() == nullptr);
    CHECK_FAILS(stream.reset(), LEAT_E_ARGUMENT);
    CHECK_FAILS(stream.step(x, y), LEAT_E_ARGUMENT);
    CHECK_FAILS(stream.step({}, {}), LEAT_E_ARGUMENT);
    CHECK_FAILS(stream.step_at(0, x, y), LEAT_E_ARGUMENT);
    CHECK_FAILS(stream.run(x, y), LEAT_E_ARGUMENT);
    CHECK_FAILS(stream.run({}, {}), LEAT_E_ARGUMENT);
    CHECK_FAILS(stream.set_position(1), LEAT_E_ARGUMENT);
    CHECK_FAILS(stream.set_kernel("x86-64"), LEAT_E_ARGUMENT);
    CHECK_FAILS(stream.get_state(0, x), LEAT_E_ARGUMENT);
    CHECK_FAILS(stream.set_state(0, x), LEAT_E_ARGUMENT);
    CHECK_FAILS(stream.save(bytes), LEAT_E_ARGUMENT);
    CHECK_FAILS(stream.load(bytes), LEAT_E_ARGUMENT);
    CHECK_FAILS(stream.copy(), LEAT_E_ARGUMENT);
    CHECK_EQUAL(stream.position() + stream.block_size() + stream.state_size() +
                    stream.window() + stream.hop() + stream.outputs(0, 1), 0);
}

void test_streams(const leat::model &model)
{
    check_context("streams");
    float x[3] = {1, 2, 3}, y[2];
    leat::stream stream = VALUE(leat::stream::init(model));
    leat::stream_ref ref = stream;
    leat::stream moved = std::move(stream);
    CHECK(ref.get() == moved.get());
    CHECK_EQUAL(CODE(ref.step(x, y)), LEAT_OK); /* the block hasn't moved */
    CHECK_EQUAL(moved.position(), 1);
    move_to_itself(moved);
    CHECK_EQUAL(moved.position(), 1);
    test_empty_stream(std::move(stream));
    test_empty_stream(leat::stream());
    test_empty_stream(leat::stream_ref());
    moved = VALUE(leat::stream::init(model)); /* frees the first */
    CHECK_EQUAL(moved.position(), 0);
    moved = leat::stream();
    test_empty_stream(std::move(moved));
    std::swap(stream, moved);
    std::optional<leat::stream> perhaps;
    perhaps.emplace(VALUE(leat::stream::init(model)));
    CHECK_EQUAL(CODE(perhaps->step(x, y)), LEAT_OK);

    /* A vector that grows moves its streams; the pointers stay right. */
    std::vector<leat::stream> streams;
    std::vector<leat_stream *> pointers;
    for (int i = 0; i < 20; i++) {
        streams.push_back(VALUE(leat::stream::init(model)));
        pointers.push_back(streams.back().get());
    }
    leat::batch_ref batch = leat::batch_ref::of(pointers);
    const std::vector<float> inputs = samples(20 * 3);
    std::vector<float> outputs(20 * 2);
    CHECK_EQUAL(CODE(batch.step(inputs, outputs)), LEAT_OK);
    streams.erase(streams.begin() + 3);
    pointers.erase(pointers.begin() + 3);
    batch = leat::batch_ref::of(pointers);
    CHECK_EQUAL(CODE(batch.step({inputs.data(), 19 * 3},
                                {outputs.data(), 19 * 2})), LEAT_OK);
    CHECK_EQUAL(streams[3].position(), 2);
    std::map<std::string, leat::stream> by_name;
    by_name["pump-7"] = std::move(streams[0]);
    CHECK_EQUAL(by_name["pump-7"].position(), 2);
    CHECK_EQUAL(by_name["pump-8"].position(), 0);
    CHECK_FAILS(by_name["pump-8"].step(x, y), LEAT_E_ARGUMENT);
}

void test_batches(const leat::model &model)
{
    check_context("batches");
    const std::vector<float> inputs = samples(4 * 3);
    std::vector<float> outputs(4 * 2);
    std::array<std::uint64_t, 4> positions = {};
    std::array<int, 4> results = {};
    leat::batch batch = VALUE(leat::batch::init(model, 4));
    leat::batch_ref ref = batch;
    leat::batch moved = std::move(batch);
    move_to_itself(moved);
    CHECK_EQUAL(CODE(ref.step(inputs, outputs)), LEAT_OK);
    CHECK_EQUAL(moved[3].position(), 1);
    std::vector<leat::batch> batches;
    batches.push_back(std::move(moved));
    CHECK_EQUAL(CODE(batches[0].step(inputs, outputs)), LEAT_OK);

    for (leat::batch *empty : {&batch, &moved}) {
        CHECK_EQUAL(empty->size(), 0);
        CHECK_FAILS(empty->step(inputs, outputs), LEAT_E_ARGUMENT);
        CHECK_FAILS(empty->step({}, {}), LEAT_E_ARGUMENT);
        CHECK_FAILS(empty->step_at(positions, inputs, outputs, results),
                    LEAT_E_ARGUMENT);
        CHECK_FAILS(empty->save({}), LEAT_E_ARGUMENT);
        CHECK_FAILS(empty->load({}), LEAT_E_ARGUMENT);
        test_empty_stream((*empty)[0]);
    }
    CHECK_FAILS(leat::batch_ref().step({}, {}), LEAT_E_ARGUMENT);
}

void test_empty_store(leat::store store, leat::stream &stream)
{
    const char *const names[] = {"a"};
    const leat_stream *const streams[] = {stream.get()};
    leat_stream *const loaded[] = {stream.get()};
    std::array<std::byte, 64> bytes = {};
    leat_prune_options options = {};
    options.generations = 1;
    CHECK(store.get() == nullptr && store.database() == nullptr);
    CHECK_FAILS(store.save("a", stream), LEAT_E_ARGUMENT);
    CHECK_FAILS(store.load("a", stream), LEAT_E_ARGUMENT);
    CHECK_FAILS(store.remove("a"), LEAT_E_ARGUMENT);
    CHECK_FAILS(store.list([](const leat_store_entry &) {}), LEAT_E_ARGUMENT);
    CHECK_FAILS(store.rename("a", "b"), LEAT_E_ARGUMENT);
    CHECK_FAILS(store.export_state("a", bytes), LEAT_E_ARGUMENT);
    CHECK_FAILS(store.import_state("a", bytes), LEAT_E_ARGUMENT);
    CHECK_FAILS(store.save_group("g", names, streams), LEAT_E_ARGUMENT);
    CHECK_FAILS(store.load_group("g", names, loaded), LEAT_E_ARGUMENT);
    CHECK_FAILS(store.save_group("g", names, {}), LEAT_E_ARGUMENT);
    CHECK_FAILS(store.load_group("g", names, {}), LEAT_E_ARGUMENT);
    CHECK_FAILS(store.list_group("g", [](const leat_store_entry &) {}),
                LEAT_E_ARGUMENT);
    CHECK_FAILS(store.begin(), LEAT_E_ARGUMENT);
    CHECK_FAILS(store.backup("copy.db"), LEAT_E_ARGUMENT);
    CHECK_FAILS(store.verify(), LEAT_E_ARGUMENT);
    CHECK_FAILS(store.prune(options), LEAT_E_ARGUMENT);
    CHECK_FAILS(store.statistics(), LEAT_E_ARGUMENT);
    CHECK_FAILS(leat::autosave::start(std::move(store), {}), LEAT_E_ARGUMENT);
    CHECK_EQUAL(CODE(store.close()), LEAT_OK); /* nothing to close */
}

void test_stores(const leat::model &model)
{
    check_context("stores");
    leat::stream stream = VALUE(leat::stream::init(model));
    leat::store store = VALUE(leat::store::open("moved.db"));
    leat::store moved = std::move(store);
    move_to_itself(moved);
    CHECK_EQUAL(CODE(moved.save("a", stream)), LEAT_OK);
    test_empty_store(std::move(store), stream);
    test_empty_store({}, stream);

    /* The guard of a store that moved. */
    {
        leat::transaction guard = VALUE(moved.begin());
        leat::transaction second = std::move(guard);
        CHECK_FAILS(guard.commit(), LEAT_E_ARGUMENT);
        CHECK_FAILS(guard.rollback(), LEAT_E_ARGUMENT);
        store = std::move(moved);
        CHECK_EQUAL(CODE(store.save("b", stream)), LEAT_OK);
        CHECK_EQUAL(CODE(second.commit()), LEAT_OK);
        CHECK_FAILS(second.commit(), LEAT_E_ARGUMENT);
    }
    CHECK(VALUE(store.load("b", stream)).is_found());

    /* The one that is replaced is closed, so that its lock is free. */
    store = VALUE(leat::store::open("other.db"));
    moved = VALUE(leat::store::open("moved.db"));
    CHECK(VALUE(moved.load("a", stream)).is_found());
}

void test_autosaves(const leat::model &model)
{
    check_context("autosaves");
    leat::stream stream = VALUE(leat::stream::init(model));
    const leat_stream *const streams[] = {stream.get()};
    const char *const names[] = {"a"};
    leat_autosave_options options = {};
    options.stream_size = model.stream_size();
    options.streams = 2;
    leat::store store = VALUE(leat::store::open("autosaved.db"));
    leat::autosave autosave =
        VALUE(leat::autosave::start(std::move(store), options));
    CHECK(store.get() == nullptr);
    leat::autosave moved = std::move(autosave);
    move_to_itself(moved);
    const std::uint32_t slot = VALUE(moved.add("a"));
    CHECK_EQUAL(CODE(moved.offer(slot, stream)), LEAT_OK);

    CHECK(autosave.get() == nullptr);
    CHECK_FAILS(autosave.add("a"), LEAT_E_ARGUMENT);
    CHECK_FAILS(autosave.add_group("g", names), LEAT_E_ARGUMENT);
    CHECK_FAILS(autosave.remove(0), LEAT_E_ARGUMENT);
    CHECK_FAILS(autosave.offer(0, stream), LEAT_E_ARGUMENT);
    CHECK_FAILS(autosave.offer_group(0, streams), LEAT_E_ARGUMENT);
    CHECK_FAILS(autosave.durable(0), LEAT_E_ARGUMENT);
    CHECK_FAILS(autosave.flush(), LEAT_E_ARGUMENT);
    CHECK_FAILS(autosave.stop(), LEAT_E_ARGUMENT);
    CHECK(autosave.abandon().get() == nullptr);

    /* One that is replaced stops, and its store is closed. */
    moved = leat::autosave();
    store = VALUE(leat::store::open("autosaved.db"));
    CHECK(VALUE(store.load("a", stream)).is_found());
}

} // namespace

int main(int count, char **arguments)
{
    check_usage(count == 2, "test_moves MODEL");
    test_model(arguments[1]);
    const leat::model model = VALUE(leat::model::open(arguments[1]));
    test_streams(model);
    test_batches(model);
    test_stores(model);
    test_autosaves(model);
    return check_report("test_moves");
}
