/* SPDX-License-Identifier: MIT
 * Stores: checkpoints, cursors, groups, transactions, autosaves, and
 * callables that end an operation. What C++ writes, C reads, and the reverse.
 *
 *     test_stores MODEL, in a folder for its stores */
#include "checks.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>

namespace {

void step_to(leat::any_stream &stream, std::uint64_t position)
{
    float y[2];
    while (stream.position() < position) {
        const float t = static_cast<float>(stream.position() % 19) / 10;
        const float x[3] = {t, -t, 1 - t};
        CHECK_EQUAL(CODE(stream.step(x, y)), LEAT_OK);
    }
}

std::vector<std::byte> state_of(const leat::any_stream &stream)
{
    std::vector<std::byte> state(stream.state_size());
    CHECK_EQUAL(CODE(stream.save(state)), LEAT_OK);
    return state;
}

void test_checkpoints(const leat::model &model)
{
    check_context("checkpoints");
    leat::store store = VALUE(leat::store::open(std::string("a.db")));
    leat::stream stream = VALUE(leat::stream::init(model));
    leat::stream loaded = VALUE(leat::stream::init(model));
    CHECK(!VALUE(store.load("pump-7", loaded)).is_found());
    CHECK_EQUAL(loaded.position(), 0);

    step_to(stream, 10);
    CHECK_EQUAL(CODE(store.save("pump-7", stream, std::string_view("ten"))),
                LEAT_OK);
    step_to(stream, 20);
    CHECK_EQUAL(CODE(store.save(std::string("pump-7"), stream,
                                std::string_view("twenty"))),
                LEAT_OK);
    char cursor[16] = {};
    const leat::loaded found = VALUE(store.load("pump-7", loaded, cursor));
    CHECK(found.is_found() && !found.is_fallback());
    CHECK_EQUAL(found.code, LEAT_OK);
    CHECK_EQUAL(found.checkpoint.generation, 2);
    CHECK(std::string(cursor, found.checkpoint.cursor_size) == "twenty");
    CHECK(state_of(loaded) == state_of(stream));

    struct {
        std::int64_t offset, lines;
    } place = {70, 7}, read = {};
    CHECK_EQUAL(CODE(store.save("placed", stream, leat::bytes_of(place))),
                LEAT_OK);
    CHECK(VALUE(store.load("placed", loaded, leat::bytes_of(read))).is_found());
    CHECK(read.offset == 70 && read.lines == 7);
    CHECK_EQUAL(CODE(store.remove("placed")), LEAT_OK);

    /* Refused: nothing is lost, and the message is the library's. */
    char small[2];
    CHECK_FAILS(store.load("pump-7", loaded, small), LEAT_E_SIZE);
    CHECK_EQUAL(CODE(loaded.reset()), LEAT_OK);
    CHECK_FAILS(store.save("pump-7", loaded), LEAT_E_POSITION);
    CHECK_FAILS(store.save(std::string("pump\0x", 6), stream),
                LEAT_E_ARGUMENT);
    CHECK_FAILS(store.save("", stream), LEAT_E_ARGUMENT);
    CHECK_FAILS(store.remove("pump-8"), LEAT_E_NOT_FOUND);
    CHECK_FAILS(leat::store::open("a.db"), LEAT_E_BUSY);
    CHECK_EQUAL(CODE(store.save("pump-7", loaded, {}, LEAT_SAVE_REWIND)),
                LEAT_OK);

    CHECK_EQUAL(CODE(store.rename("pump-7", "pump-9")), LEAT_OK);
    const leat::loaded sizes = VALUE(store.export_state("pump-9", {}));
    CHECK(sizes.is_found());
    std::vector<std::byte> state(sizes.checkpoint.state_size);
    CHECK(VALUE(store.export_state("pump-9", state)).is_found());
    CHECK(!VALUE(store.export_state("pump-7", state)).is_found());
    CHECK_EQUAL(CODE(store.import_state("imported", state)), LEAT_OK);
    CHECK_EQUAL(VALUE(store.statistics()).streams, 2);
    std::vector<std::string> names;
    CHECK_EQUAL(CODE(store.list([&](const leat_store_entry &entry) {
        names.push_back(entry.name);
    })), LEAT_OK);
    CHECK(names == std::vector<std::string>({"imported", "pump-9"}));
    CHECK_EQUAL(CODE(store.remove("imported")), LEAT_OK);
    CHECK_EQUAL(CODE(store.close()), LEAT_OK);
    CHECK_EQUAL(CODE(store.close()), LEAT_OK);

    /* In C. */
    leat_store *in_c = nullptr;
    CHECK_EQUAL(leat_store_open("a.db", nullptr, &in_c, nullptr), LEAT_OK);
    CHECK_EQUAL(leat_store_load(in_c, "pump-9", stream.get(), nullptr, 0,
                                nullptr, nullptr), LEAT_OK);
    CHECK_EQUAL(stream.position(), 0);
    CHECK_EQUAL(leat_store_close(in_c, nullptr), LEAT_OK);

    leat_store_options options = {};
    options.flags = LEAT_STORE_READ_ONLY;
    leat::store read_only =
        VALUE(leat::store::open(std::filesystem::path("a.db"), options));
    CHECK_FAILS(read_only.save("pump-9", stream), LEAT_E_READ_ONLY);
}

void test_groups(const leat::model &model)
{
    check_context("groups");
    leat::store store = VALUE(leat::store::open("groups.db"));
    leat::batch batch = VALUE(leat::batch::init(model, 3));
    leat::batch loaded = VALUE(leat::batch::init(model, 3));
    const std::array<const char *, 3> members = {{"a", "b", "c"}};
    for (std::size_t i = 0; i < 3; i++) {
        leat::stream_ref stream = batch[i];
        step_to(stream, 5 + i);
    }
    CHECK_EQUAL(CODE(store.save_group("plant", members, batch.streams(),
                                      std::string_view("here"))), LEAT_OK);
    char cursor[8] = {};
    const leat::loaded found =
        VALUE(store.load_group("plant", members, loaded.streams(), cursor));
    CHECK_EQUAL(found.checkpoint.position, 5 + 6 + 7);
    CHECK_WORDS(cursor, "here");
    CHECK(state_of(loaded[2]) == state_of(batch[2]));
    CHECK(!VALUE(store.load_group("none", members, loaded.streams()))
               .is_found());
    std::string names;
    CHECK(VALUE(store.list_group("plant", [&](const leat_store_entry &entry) {
              names += entry.name;
              return names.size() < 2; /* ends the list */
          })) == leat::status::ok);
    CHECK(names == "ab");

    /* Arrays of different sizes. */
    const std::array<const char *, 2> two = {{"a", "b"}};
    CHECK_FAILS(store.save_group("plant", two, batch.streams()), LEAT_E_SIZE);
    CHECK_FAILS(store.load_group("plant", two, loaded.streams()), LEAT_E_SIZE);
    const leat_stream *const changed[] = {nullptr, batch[1].get(), nullptr};
    CHECK_EQUAL(CODE(store.save_group("plant", members, changed)), LEAT_OK);
}

void test_transactions(const leat::model &model)
{
    check_context("transactions");
    leat::store store = VALUE(leat::store::open("transactions.db"));
    leat::stream stream = VALUE(leat::stream::init(model));
    {
        leat::transaction transaction = VALUE(store.begin());
        CHECK_EQUAL(CODE(store.save("a", stream)), LEAT_OK);
        CHECK_FAILS(store.begin(), LEAT_E_ARGUMENT);
    } /* rolled back */
    CHECK(!VALUE(store.load("a", stream)).is_found());
    {
        leat::transaction transaction = VALUE(store.begin());
        CHECK_EQUAL(CODE(store.save("a", stream)), LEAT_OK);
        CHECK_EQUAL(CODE(transaction.commit()), LEAT_OK);
    }
    CHECK(VALUE(store.load("a", stream)).is_found());
    {
        leat::transaction transaction = VALUE(store.begin());
        CHECK_EQUAL(CODE(store.remove("a")), LEAT_OK);
        CHECK_EQUAL(CODE(transaction.rollback()), LEAT_OK);
    }
    CHECK(VALUE(store.load("a", stream)).is_found());

    /* A transaction of a store that is closed, or that moves. */
    {
        leat::transaction transaction = VALUE(store.begin());
        CHECK_EQUAL(CODE(store.close()), LEAT_OK);
        CHECK_FAILS(transaction.commit(), LEAT_E_ARGUMENT);
    }
    {
        store = VALUE(leat::store::open("transactions.db"));
        leat::transaction transaction = VALUE(store.begin());
        store = leat::store();
        CHECK_FAILS(transaction.rollback(), LEAT_E_ARGUMENT);
    }
    {
        store = VALUE(leat::store::open("transactions.db"));
        leat::transaction transaction = VALUE(store.begin());
        CHECK_EQUAL(CODE(store.remove("a")), LEAT_OK);
        std::vector<leat::store> stores;
        stores.push_back(std::move(store));
        stores.emplace_back();
        leat::transaction moved = std::move(transaction);
        store = std::move(stores[0]);
    } /* rolled back, wherever the store is */
    CHECK(VALUE(store.load("a", stream)).is_found());

    /* One that the library has rolled back, and the next. */
    {
        leat::transaction first = VALUE(store.begin());
        CHECK_EQUAL(sqlite3_exec(store.database(), "ROLLBACK", nullptr, nullptr,
                                 nullptr), SQLITE_OK);
        leat::transaction second = VALUE(store.begin());
        CHECK_EQUAL(CODE(store.remove("a")), LEAT_OK);
        CHECK_FAILS(first.commit(), LEAT_E_ARGUMENT);
        CHECK_FAILS(first.rollback(), LEAT_E_ARGUMENT);
        CHECK_EQUAL(CODE(second.commit()), LEAT_OK);
    }
    CHECK(!VALUE(store.load("a", stream)).is_found());

    /* Closing a store that the caller's statement keeps open. */
    sqlite3_stmt *statement = nullptr;
    CHECK_EQUAL(sqlite3_prepare_v2(store.database(), "SELECT 1", -1, &statement,
                                   nullptr), SQLITE_OK);
    CHECK_FAILS(store.close(), LEAT_E_BUSY);
    CHECK(store.get() != nullptr);
    sqlite3_finalize(statement);
    CHECK_EQUAL(CODE(store.close()), LEAT_OK);

    sqlite3 *database = nullptr;
    CHECK_EQUAL(sqlite3_open("attached.db", &database), SQLITE_OK);
    {
        leat::store attached = VALUE(leat::store::attach(database));
        CHECK_EQUAL(CODE(attached.save("a", stream)), LEAT_OK);
        CHECK(attached.database() == database);
    }
    CHECK_EQUAL(sqlite3_close(database), SQLITE_OK);
    CHECK_FAILS(leat::store::attach(nullptr), LEAT_E_ARGUMENT);
}

void test_operations(const leat::model &model)
{
    check_context("operations");
    leat::store store = VALUE(leat::store::open("operations.db"));
    leat::stream stream = VALUE(leat::stream::init(model));
    for (std::uint64_t i = 1; i <= 30; i++) {
        step_to(stream, i);
        CHECK_EQUAL(CODE(store.save(i % 2 == 0 ? "even" : "odd", stream)),
                    LEAT_OK);
    }
    std::uint64_t calls = 0, last = 0, total = 0;
    const auto progress = [&](std::uint64_t done, std::uint64_t of) {
        calls++;
        last = done;
        total = of;
    };
    CHECK_EQUAL(CODE(store.backup("copy.db", progress)), LEAT_OK);
    CHECK(calls > 0 && last == total);
    CHECK_FAILS(store.backup("copy.db"), LEAT_E_EXISTS);
    CHECK_FAILS(store.backup("none.db", [](std::uint64_t, std::uint64_t) {
        return false;
    }), LEAT_E_STOPPED);
    CHECK(!std::filesystem::exists("none.db"));

    calls = 0;
    CHECK_EQUAL(CODE(store.verify()), LEAT_OK);
    CHECK_EQUAL(CODE(store.verify([](const char *) {}, progress)), LEAT_OK);
    CHECK(calls > 0);
    leat_prune_options options = {};
    options.generations = 1;
    std::uint64_t deleted = 0;
    CHECK_EQUAL(CODE(store.prune(options, &deleted, progress)), LEAT_OK);
    CHECK_EQUAL(deleted, 4);
    CHECK_EQUAL(CODE(store.prune(options)), LEAT_OK);
    CHECK_FAILS(store.prune({}), LEAT_E_ARGUMENT);

    /* Findings. */
    CHECK_EQUAL(sqlite3_exec(store.database(),
                             "UPDATE leat_checkpoint SET position = 3",
                             nullptr, nullptr, nullptr), SQLITE_OK);
    std::vector<std::string> findings;
    CHECK_FAILS(store.verify([&](const char *line) {
        findings.push_back(line);
    }), LEAT_E_CORRUPT);
    if (CHECK(findings.size() > 1))
        CHECK_WORDS(sentence.c_str(), findings[0].c_str());
    calls = 0;
    const auto first = [&](const char *) {
        calls++;
        return false;
    };
    CHECK_FAILS(store.verify(first), LEAT_E_STOPPED);
    CHECK_EQUAL(calls, 1);
    /* Here C finds more before it asks whether to go on. */
    CHECK_EQUAL(sqlite3_exec(store.database(),
                             "UPDATE leat_stream SET row_crc = 0 WHERE id > 0; "
                             "DELETE FROM leat_checkpoint",
                             nullptr, nullptr, nullptr), SQLITE_OK);
    calls = 0;
    CHECK_FAILS(store.verify(first), LEAT_E_STOPPED);
    CHECK_EQUAL(calls, 1);
}

void test_autosaves(const leat::model &model)
{
    check_context("autosaves");
    leat::stream stream = VALUE(leat::stream::init(model));
    leat::batch batch = VALUE(leat::batch::init(model, 2));
    leat_autosave_options options = {};
    options.stream_size = model.stream_size();
    options.streams = 4;
    options.cursor_size = 16;
    options.every_ms = 1;
    leat::store store = VALUE(leat::store::open("autosave.db"));
    CHECK_FAILS(leat::autosave::start(std::move(store), {}), LEAT_E_ARGUMENT);
    CHECK(store.get() != nullptr); /* it wasn't moved */
    {
        leat::autosave autosave =
            VALUE(leat::autosave::start(std::move(store), options));
        const std::uint32_t slot = VALUE(autosave.add("pump-7"));
        CHECK_FAILS(autosave.add("pump-7"), LEAT_E_EXISTS);
        const std::array<const char *, 2> members = {{"a", "b"}};
        const std::uint32_t group = VALUE(autosave.add_group("plant", members));
        CHECK_FAILS(autosave.add("pump-8"), LEAT_E_FULL);
        for (std::uint64_t i = 1; i <= 100; i++) {
            step_to(stream, i);
            CHECK_EQUAL(CODE(autosave.offer(slot, stream,
                                            std::string_view("cursor"))),
                        LEAT_OK);
        }
        std::uint64_t number = 0;
        CHECK_EQUAL(CODE(autosave.offer_group(group, batch.streams(), {}, 0,
                                              &number)), LEAT_OK);
        CHECK_EQUAL(number, 1);
        CHECK_EQUAL(CODE(autosave.flush()), LEAT_OK);
        CHECK_EQUAL(VALUE(autosave.durable(slot)), 100);
        CHECK_EQUAL(VALUE(autosave.durable(group)), 1);
        CHECK_EQUAL(CODE(autosave.remove(group)), LEAT_OK);
        const std::vector<std::byte> large(17);
        CHECK_FAILS(autosave.offer(slot, stream, large), LEAT_E_SIZE);
        store = VALUE(autosave.stop());
        CHECK(autosave.get() == nullptr);
    }
    CHECK_EQUAL(VALUE(store.load("pump-7", stream)).checkpoint.position, 100);
    {
        leat::autosave autosave =
            VALUE(leat::autosave::start(std::move(store), options));
        const std::uint32_t slot = VALUE(autosave.add("pump-8"));
        CHECK_EQUAL(CODE(autosave.offer(slot, stream)), LEAT_OK);
    } /* written, and the store is closed */
    store = VALUE(leat::store::open("autosave.db"));
    CHECK(VALUE(store.load("pump-8", stream)).is_found());

    /* What can't be written. */
    options.every_ms = 100000;
    leat::autosave autosave =
        VALUE(leat::autosave::start(std::move(store), options));
    const std::uint32_t slot = VALUE(autosave.add("pump-9"));
    std::filesystem::rename("autosave.db", "gone.db");
    CHECK_EQUAL(CODE(autosave.offer(slot, stream)), LEAT_OK);
    CHECK_FAILS(autosave.stop(), LEAT_E_GONE);
    CHECK(autosave.get() != nullptr); /* it goes on */
    leat_error why;
    store = autosave.abandon(&why);
    CHECK_EQUAL(why.code, LEAT_E_GONE);
    CHECK(store.get() != nullptr && autosave.get() == nullptr);
    CHECK_FAILS(store.save("pump-9", stream), LEAT_E_GONE);
}

} // namespace

int main(int count, char **arguments)
{
    check_usage(count == 2, "test_stores MODEL");
    const leat::model model = VALUE(leat::model::open(arguments[1]));
    test_checkpoints(model);
    test_groups(model);
    test_transactions(model);
    test_operations(model);
    test_autosaves(model);
    return check_report("test_stores");
}
