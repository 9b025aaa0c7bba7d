/* SPDX-License-Identifier: MIT
 * Each flag, option and cursor reaches C, an empty span is "not wanted", and
 * each result comes back.
 *
 *     test_arguments MODEL, in a folder for its stores */
#include "checks.hpp"

#include <sqlite3.h>

#include <filesystem>

namespace {

constexpr std::string_view here = "here";

void step_to(leat::any_stream &stream, std::uint64_t position)
{
    const float x[3] = {0.5f, -0.25f, 1};
    float y[2];
    while (stream.position() < position)
        CHECK_EQUAL(CODE(stream.step(x, y)), LEAT_OK);
}

void run_sql(leat::store &store, const char *sql)
{
    CHECK_EQUAL(
        sqlite3_exec(store.database(), sql, nullptr, nullptr, nullptr),
        SQLITE_OK);
}

/* Before SQLite is in use. */
void test_memory()
{
    check_context("memory");
    static std::byte block[32 * LEAT_STORE_MEMORY_MIN];
    CHECK_FAILS(leat::store::use_memory({block, 5}), LEAT_E_SIZE);
    CHECK_EQUAL(CODE(leat::store::use_memory(block)), LEAT_OK);
    leat::store store = VALUE(leat::store::open("memory.db"));
    CHECK_FAILS(leat::store::use_memory(block), LEAT_E_TOO_LATE);
}

void test_streams(const leat::model &model)
{
    check_context("streams");
    leat::store store = VALUE(leat::store::open("streams.db"));
    leat::stream stream = VALUE(leat::stream::init(model));
    std::vector<std::byte> ten(stream.state_size()), found(ten.size());
    char cursor[8] = {};
    const leat::bytes none(cursor, 0);
    step_to(stream, 10);
    CHECK_EQUAL(CODE(stream.save(ten)), LEAT_OK);
    step_to(stream, 20);
    CHECK_EQUAL(CODE(store.save("a", stream)), LEAT_OK);
    CHECK_FAILS(store.import_state("a", ten, here), LEAT_E_POSITION);
    CHECK_EQUAL(CODE(store.import_state("a", ten, here, LEAT_SAVE_REWIND)),
                LEAT_OK);
    CHECK(VALUE(store.export_state("a", found, cursor)).is_found());
    CHECK(found == ten && cursor == here);

    /* An empty span that has an address. */
    cursor[0] = 'x';
    CHECK(VALUE(store.load("a", stream, none)).is_found());
    CHECK(VALUE(store.export_state("a", none, none)).is_found());
    CHECK_EQUAL(cursor[0], 'x');
    CHECK_FAILS(store.load("a", stream, {cursor, 3}), LEAT_E_SIZE);

    /* The newest checkpoint is damaged. */
    CHECK(!VALUE(store.load("a", stream)).is_fallback());
    step_to(stream, 30);
    CHECK_EQUAL(CODE(store.save("a", stream)), LEAT_OK);
    run_sql(store, "UPDATE leat_checkpoint SET position = 31 WHERE position = "
                   "30");
    const leat::loaded older = VALUE(store.load("a", stream));
    CHECK_EQUAL(older.code, LEAT_FALLBACK);
    CHECK(older.is_found() && older.is_fallback());
    CHECK_EQUAL(stream.position(), 10);
}

void test_groups(const leat::model &model)
{
    check_context("groups");
    leat::store store = VALUE(leat::store::open("groups.db"));
    leat::batch batch = VALUE(leat::batch::init(model, 1));
    const std::array<const char *, 1> members = {{"a"}};
    const auto ignore = [](const leat_store_entry &) {};
    leat::stream_ref stream = batch[0];
    char cursor[8] = {};
    step_to(stream, 20);
    CHECK_EQUAL(CODE(store.save_group("plant", members, batch.streams())),
                LEAT_OK);
    CHECK_EQUAL(CODE(stream.reset()), LEAT_OK);
    step_to(stream, 10);
    CHECK_FAILS(store.save_group("plant", members, batch.streams(), here),
                LEAT_E_POSITION);
    CHECK_EQUAL(CODE(store.save_group("plant", members, batch.streams(), here,
                                      LEAT_SAVE_REWIND)), LEAT_OK);
    CHECK(VALUE(store.load_group("plant", members, batch.streams(),
                                 {cursor, 0})).is_found());
    CHECK(VALUE(store.load_group("plant", members, batch.streams(), cursor))
              .is_found());
    CHECK(cursor == here);
    CHECK(VALUE(store.list_group("plant", ignore)) == leat::status::ok);
    CHECK_FAILS(store.list_group("none", ignore), LEAT_E_NOT_FOUND);

    step_to(stream, 30);
    CHECK_EQUAL(CODE(store.save_group("plant", members, batch.streams())),
                LEAT_OK);
    run_sql(store, "UPDATE leat_checkpoint SET position = 31 WHERE position = "
                   "30");
    CHECK(VALUE(store.list_group("plant", ignore)) == leat::status::fallback);
}

void test_options(const leat::model &model)
{
    check_context("options");
    leat::stream stream = VALUE(leat::stream::init(model));
    leat_store_options options = {};
    options.generations = 1;
    sqlite3 *database = nullptr;
    CHECK_EQUAL(sqlite3_open("attached.db", &database), SQLITE_OK);
    {
        leat::store store = VALUE(leat::store::attach(database, options));
        for (std::uint64_t i = 1; i <= 3; i++) {
            step_to(stream, i);
            CHECK_EQUAL(CODE(store.save("a", stream)), LEAT_OK);
        }
        CHECK_EQUAL(VALUE(store.statistics()).checkpoints, 1);
        options.flags = LEAT_STORE_READ_ONLY;
        CHECK_FAILS(leat::store::attach(database, options), LEAT_E_ARGUMENT);
    }
    CHECK_EQUAL(sqlite3_close(database), SQLITE_OK);
}

void test_offers(const leat::model &model)
{
    check_context("offers");
    leat::batch batch = VALUE(leat::batch::init(model, 1));
    leat::stream_ref stream = batch[0];
    leat_autosave_options options = {};
    options.stream_size = model.stream_size();
    options.streams = 3;
    options.cursor_size = 8;
    leat::autosave autosave = VALUE(leat::autosave::start(
        VALUE(leat::store::open("offers.db")), options));
    const std::array<const char *, 1> members = {{"a"}};
    const std::uint32_t slot = VALUE(autosave.add("alone"));
    const std::uint32_t group = VALUE(autosave.add_group("plant", members));
    step_to(stream, 20);
    CHECK_EQUAL(CODE(autosave.offer(slot, stream)), LEAT_OK);
    CHECK_EQUAL(CODE(autosave.offer_group(group, batch.streams())), LEAT_OK);
    CHECK_EQUAL(CODE(autosave.flush()), LEAT_OK);
    CHECK_EQUAL(CODE(stream.reset()), LEAT_OK);
    step_to(stream, 10);
    CHECK_FAILS(autosave.offer(slot, stream, here), LEAT_E_POSITION);
    CHECK_FAILS(autosave.offer_group(group, batch.streams(), here),
                LEAT_E_POSITION);
    CHECK_EQUAL(CODE(autosave.offer(slot, stream, here, LEAT_OFFER_REWIND)),
                LEAT_OK);
    CHECK_EQUAL(CODE(autosave.offer_group(group, batch.streams(), here,
                                          LEAT_OFFER_REWIND)), LEAT_OK);
    leat::store store = VALUE(autosave.stop());
    char cursor[8] = {}, cursor_of_group[8] = {};
    CHECK(VALUE(store.load("alone", stream, cursor)).is_found());
    CHECK(VALUE(store.load_group("plant", members, batch.streams(),
                                 cursor_of_group)).is_found());
    CHECK(cursor == here && cursor_of_group == here);
    CHECK_EQUAL(stream.position(), 10);
}

/* What can't be written: it is dropped, and the store is closed. */
void test_abandoned(const leat::model &model)
{
    check_context("abandoned");
    leat::stream stream = VALUE(leat::stream::init(model));
    leat_autosave_options options = {};
    options.stream_size = model.stream_size();
    options.streams = 1;
    options.every_ms = 100000;
    for (const bool is_removed : {true, false}) {
        leat::autosave autosave = VALUE(leat::autosave::start(
            VALUE(leat::store::open("abandoned.db")), options));
        const std::uint32_t slot = VALUE(autosave.add("a"));
        std::filesystem::rename("abandoned.db", "moved.db");
        CHECK_EQUAL(CODE(autosave.offer(slot, stream)), LEAT_OK);
        if (is_removed) {
            CHECK_FAILS(autosave.remove(slot), LEAT_E_GONE);
            CHECK_EQUAL(VALUE(autosave.durable(slot)), 0);
            CHECK_FAILS(autosave.remove(slot, LEAT_AUTOSAVE_ABANDON),
                        LEAT_E_GONE);
            CHECK_FAILS(autosave.durable(slot), LEAT_E_ARGUMENT);
        }
        autosave = leat::autosave();
        std::filesystem::rename("moved.db", "abandoned.db");
    }
    CHECK_EQUAL(CODE(leat::store::open("abandoned.db")), LEAT_OK);
}

} // namespace

int main(int count, char **arguments)
{
    check_usage(count == 2, "test_arguments MODEL");
    test_memory();
    const leat::model model = VALUE(leat::model::open(arguments[1]));
    test_streams(model);
    test_groups(model);
    test_options(model);
    test_offers(model);
    test_abandoned(model);
    return check_report("test_arguments");
}
