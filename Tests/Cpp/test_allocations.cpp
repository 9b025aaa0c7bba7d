/* SPDX-License-Identifier: MIT
 * What allocates: opening a model, a stream, a batch and a copy, once each;
 * and an exception. Nothing else does, besides SQLite.
 *
 *     test_allocations MODEL */
extern "C" {
#include "interpose_malloc.h"
}

#include "checks.hpp"

namespace {

/* How many blocks a call requests. */
template <class Call> unsigned long made_by(Call call)
{
    const unsigned long before = allocations.made;
    call();
    return allocations.made - before;
}

constexpr std::size_t count = 5;

void test_steps(const leat::model &model)
{
    check_context("steps");
    leat::stream stream = VALUE(leat::stream::init(model));
    leat::stream windowed = VALUE(leat::stream::init_window(model, 6, 2));
    leat::batch batch = VALUE(leat::batch::init(model, count));
    std::vector<std::byte> state(stream.state_size()),
        states(count * state.size()), block(model.stream_size());
    std::vector<float> x(count * 3), y(count * 2), h(32);
    std::array<std::uint64_t, count> positions = {};
    std::array<int, count> results = {};
    const leat::span<const float> input(x.data(), 3);
    const leat::span<float> output(y.data(), 2);
    int failed = 0;
    const unsigned long made = made_by([&] {
        for (int i = 0; i < 1000; i++) {
            failed |= CODE(stream.step(input, output));
            failed |= CODE(stream.step_at(0, input, output));
            failed |= CODE(stream.run(x, {y.data(), 2 * count}));
            failed |= CODE(windowed.step(input, output));
            failed |= CODE(batch.step(x, y));
            failed |= CODE(batch.step_at(positions, x, y, results));
            failed |= CODE(stream.save(state)) | CODE(stream.load(state));
            failed |= CODE(batch.save(states)) | CODE(batch.load(states));
            failed |= CODE(stream.get_state(0, h)) |
                      CODE(stream.set_state(0, h));
            failed |= CODE(stream.reset()) | CODE(stream.set_position(3));
            failed |= CODE(leat::state_info(state)) | CODE(model.info()) |
                      CODE(model.layer(0));
            failed |= CODE(leat::stream_ref::init(block, model));
            leat::stream moved = std::move(stream);
            stream = std::move(moved);
            leat::batch_ref some = batch;
            failed |= CODE(some[2].step(input, output));
        }
    });
    CHECK_EQUAL(made, 0);
    CHECK_EQUAL(failed, LEAT_OK);
}

void test_objects(const char *path)
{
    check_context("objects");
    leat::model model;
    leat::stream stream, copied;
    leat::batch batch;
    CHECK_EQUAL(made_by([&] { model = VALUE(leat::model::open(path)); }), 1);
    CHECK_EQUAL(made_by([&] { stream = VALUE(leat::stream::init(model)); }), 1);
    CHECK_EQUAL(made_by([&] { copied = VALUE(stream.copy()); }), 1);
    CHECK_EQUAL(made_by([&] {
        batch = VALUE(leat::batch::init_window(model, 100, 8, 2));
    }), 1);
    const unsigned long freed = allocations.freed;
    stream = leat::stream();
    copied = leat::stream();
    batch = leat::batch();
    model = leat::model();
    CHECK_EQUAL(allocations.freed - freed, 4);
}

/* A failure allocates nothing of its own. */
void test_failures(const leat::model &model)
{
    check_context("failures");
    float x[3] = {}, y[2];
    leat::stream stream = VALUE(leat::stream::init(model));
    sentence.reserve(240);
    const unsigned long made = made_by([&] {
        for (int i = 0; i < 100; i++) {
            CHECK_FAILS(stream.step(y, y), LEAT_E_SIZE);
            CHECK_FAILS(stream.step_at(9, x, y), LEAT_E_POSITION);
        }
    });
#ifdef LEAT_NO_EXCEPTIONS
    CHECK_EQUAL(made, 0);
#else
    CHECK_EQUAL(made, 200); /* the exceptions */
#endif
}

} // namespace

int main(int argument_count, char **arguments)
{
    check_usage(argument_count == 2, "test_allocations MODEL");
    std::printf("counting\n"); /* stdout allocates its buffer here */
    test_objects(arguments[1]);
    const leat::model model = VALUE(leat::model::open(arguments[1]));
    test_steps(model);
    test_failures(model);
    return check_report("test_allocations");
}
