/* SPDX-License-Identifier: MIT
 * Checkpoints that are exported and imported as bytes, streams that are
 * renamed, and checkpoints that replace another model's.
 * Usage: test_store_export MODEL.safetensors */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "store_fixture.h"

static void test_export_and_import(void)
{
    leat_store *store = open_new("from.db"), *other;
    leat_stream *stream = new_stream(model), *found = new_stream(model);
    unsigned char *state = malloc(state_size + 1), *expected;
    unsigned char cursor[16];
    leat_checkpoint checkpoint;
    uint64_t mark;

    save_at(store, "a", stream, 10);
    save_at(store, "a", stream, 20);
    expected = state_of(stream);
    need(state != NULL, "malloc");

    /* First the size, then the bytes. */
    memset(&checkpoint, 0xff, sizeof checkpoint);
    OK(leat_store_export(store, "a", NULL, 0, NULL, 0, &checkpoint, &error));
    CHECK_EQUAL(checkpoint.state_size, state_size);
    CHECK_EQUAL(checkpoint.cursor_size, sizeof mark);
    CHECK_EQUAL(checkpoint.position, 20u);
    CHECK_EQUAL(checkpoint.generation, 2u);
    CHECK(checkpoint.reserved[0] == 0 && checkpoint.store_is_behind == 0);
    state[state_size] = 77;
    OK(leat_store_export(store, "a", state, state_size, &mark, sizeof mark,
                         NULL, &error));
    CHECK(memcmp(state, expected, state_size) == 0 && state[state_size] == 77);
    CHECK_EQUAL(mark, 20u);
    OK(leat_stream_load(found, state, state_size, &error));
    CHECK(is_run_to(found, 20));

    /* Refused, and nothing is written. */
    memset(state, 0x55, state_size);
    memset(cursor, 0x55, sizeof cursor);
    checkpoint.position = 4711;
    REFUSED(LEAT_E_SIZE, "state_capacity: found",
            leat_store_export(store, "a", state, state_size - 1, cursor,
                              sizeof cursor, &checkpoint, &error));
    REFUSED(LEAT_E_SIZE, "cursor_capacity: found 7",
            leat_store_export(store, "a", state, state_size, cursor, 7,
                              &checkpoint, &error));
    REFUSED(LEAT_E_NOT_FOUND, "'b'",
            leat_store_export(store, "b", state, state_size, cursor, 8,
                              &checkpoint, &error));
    REFUSED(LEAT_E_ARGUMENT, "state is NULL",
            leat_store_export(store, "a", NULL, 1, NULL, 0, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, "cursor is NULL",
            leat_store_export(store, "a", NULL, 0, NULL, 1, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, "name",
            leat_store_export(store, NULL, NULL, 0, NULL, 0, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, "store",
            leat_store_export(NULL, "a", NULL, 0, NULL, 0, NULL, &error));
    CHECK(state[0] == 0x55 && state[state_size - 1] == 0x55 &&
          cursor[0] == 0x55 && checkpoint.position == 4711);

    /* Into another store, without a model. */
    other = open_new("to.db");
    OK(leat_store_import(other, "b", expected, state_size, "abc", 3, 0,
                         &error));
    OK(leat_store_load(other, "b", found, cursor, sizeof cursor, &checkpoint,
                       &error));
    CHECK(is_run_to(found, 20) && memcmp(cursor, "abc", 3) == 0);
    CHECK(checkpoint.cursor_size == 3 && checkpoint.generation == 1 &&
          checkpoint.state_size == state_size);
    /* The stream continues from there. */
    save_at(other, "b", found, 30);
    OK(leat_store_load(other, "b", stream, NULL, 0, &checkpoint, &error));
    CHECK(is_run_to(stream, 30) && checkpoint.generation == 2);
    REFUSED(LEAT_E_POSITION, "position 20",
            leat_store_import(other, "b", expected, state_size, NULL, 0, 0,
                              &error));
    OK(leat_store_import(other, "b", expected, state_size, NULL, 0,
                         LEAT_SAVE_REWIND, &error));
    OK(leat_store_load(other, "b", stream, NULL, 0, NULL, &error));
    CHECK(is_run_to(stream, 20));

    /* Bytes that are no state. */
    expected[40] ^= 1;
    REFUSED(LEAT_E_CORRUPT, "checksum",
            leat_store_import(other, "c", expected, state_size, NULL, 0, 0,
                              &error));
    expected[40] ^= 1;
    REFUSED(LEAT_E_CORRUPT, "",
            leat_store_import(other, "c", expected, state_size - 1, NULL, 0, 0,
                              &error));
    REFUSED(LEAT_E_CORRUPT, "",
            leat_store_import(other, "c", expected, 0, NULL, 0, 0, &error));
    REFUSED(LEAT_E_SIZE, "state_size",
            leat_store_import(other, "c", expected, SIZE_MAX, NULL, 0, 0,
                              &error));
    REFUSED(LEAT_E_ARGUMENT, "state is NULL",
            leat_store_import(other, "c", NULL, 0, NULL, 0, 0, &error));
    REFUSED(LEAT_E_ARGUMENT, "flags: found 4",
            leat_store_import(other, "c", expected, state_size, NULL, 0, 4,
                              &error));
    REFUSED(LEAT_E_ARGUMENT, "cursor",
            leat_store_import(other, "c", expected, state_size, NULL, 1, 0,
                              &error));
    REFUSED(LEAT_E_NOT_FOUND, "'c'",
            leat_store_load(other, "c", stream, NULL, 0, NULL, &error));
    OK(leat_store_close(other, &error));

    other = open_with("to.db", LEAT_STORE_READ_ONLY, 0);
    OK(leat_store_export(other, "b", state, state_size, NULL, 0, NULL, &error));
    CHECK(memcmp(state, expected, state_size) == 0);
    REFUSED(LEAT_E_READ_ONLY, "READ_ONLY",
            leat_store_import(other, "c", expected, state_size, NULL, 0, 0,
                              &error));
    REFUSED(LEAT_E_READ_ONLY, "READ_ONLY",
            leat_store_rename(other, "b", "c", &error));
    OK(leat_store_close(other, &error));

    /* An export falls back as a load does. */
    OK(leat_store_close(store, &error));
    sql_at("from.db", "UPDATE leat_checkpoint SET state = x'00' "
                      "WHERE generation = 2");
    store = open_store("from.db");
    RETURNS(LEAT_FALLBACK,
            leat_store_export(store, "a", state, state_size, NULL, 0,
                              &checkpoint, &error));
    CHECK(checkpoint.position == 10 && checkpoint.corrupt_generations == 1 &&
          checkpoint.lost_samples == 10);
    OK(leat_stream_load(found, state, state_size, &error));
    CHECK(is_run_to(found, 10));
    OK(leat_store_close(store, &error));
    free(state);
    free(expected);
    free(stream);
    free(found);
}

static void test_rename(void)
{
    leat_store *store = open_new("names.db");
    leat_stream *stream = new_stream(model), *found = new_stream(model);
    leat_checkpoint checkpoint;
    uint64_t n, cursor;

    for (n = 10; n <= 50; n += 10)
        save_at(store, "a", stream, n);
    OK(leat_store_save(store, "b", stream, NULL, 0, 0, &error));

    REFUSED(LEAT_E_EXISTS, "'b'", leat_store_rename(store, "a", "b", &error));
    REFUSED(LEAT_E_EXISTS, "'a'", leat_store_rename(store, "a", "a", &error));
    REFUSED(LEAT_E_NOT_FOUND, "'c'",
            leat_store_rename(store, "c", "d", &error));
    REFUSED(LEAT_E_ARGUMENT, "from is NULL",
            leat_store_rename(store, NULL, "d", &error));
    REFUSED(LEAT_E_ARGUMENT, "to: found 0 bytes",
            leat_store_rename(store, "a", "", &error));
    REFUSED(LEAT_E_ARGUMENT, "UTF-8",
            leat_store_rename(store, "a", "\xff", &error));
    REFUSED(LEAT_E_ARGUMENT, "store",
            leat_store_rename(NULL, "a", "b", &error));

    OK(leat_store_rename(store, "a", "pump", &error));
    REFUSED(LEAT_E_NOT_FOUND, "'a'",
            leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    OK(leat_store_load(store, "pump", found, &cursor, sizeof cursor,
                       &checkpoint, &error));
    CHECK(is_run_to(found, 50) && cursor == 50 && checkpoint.generation == 5);
    /* All of its generations are renamed with it. */
    CHECK_EQUAL(number_of(leat_store_database(store),
                          "SELECT count(*) FROM leat_checkpoint"), 4);
    for (n = 5; n >= 4; n--) {
        char sql[96];
        snprintf(sql, sizeof sql, "UPDATE leat_checkpoint SET state = x'' "
                 "WHERE generation = %d AND id / 64 = 1", (int)n);
        run_sql(leat_store_database(store), sql);
        RETURNS(LEAT_FALLBACK,
                leat_store_load(store, "pump", found, &cursor, sizeof cursor,
                                NULL, &error));
        CHECK(is_run_to(found, n * 10 - 10) && cursor == n * 10 - 10);
    }

    /* A stream under the old name is a new one, although this writer has saved
     * it before; the renamed one continues. */
    leat_stream_reset(stream, &error);
    save_at(store, "a", stream, 5);
    OK(leat_store_load(store, "a", found, NULL, 0, &checkpoint, &error));
    CHECK(is_run_to(found, 5) && checkpoint.generation == 1);
    OK(leat_store_load(store, "b", stream, NULL, 0, NULL, &error));
    save_at(store, "pump", stream, 60);
    OK(leat_store_load(store, "pump", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 60));
    /* Renamed back, in a transaction that is rolled back. */
    OK(leat_store_begin(store, &error));
    OK(leat_store_rename(store, "pump", "c", &error));
    OK(leat_store_rollback(store, &error));
    OK(leat_store_load(store, "pump", found, NULL, 0, NULL, &error));

    /* What was damaged before is damaged afterwards. */
    run_sql(leat_store_database(store),
            "UPDATE leat_stream SET position = 99 WHERE name = 'pump'");
    OK(leat_store_rename(store, "pump", "d", &error));
    RETURNS(LEAT_FALLBACK,
            leat_store_load(store, "d", found, NULL, 0, &checkpoint, &error));
    CHECK(is_run_to(found, 60));
    OK(leat_store_close(store, &error));
    free(stream);
    free(found);
}

/* Another model replaces the one of a stream that continues. */
static void test_replace(void)
{
    leat_store *store = open_new("models.db");
    leat_stream *old = new_stream(model), *new = new_stream(other_model);
    leat_checkpoint checkpoint;
    uint64_t n;

    for (n = 10; n <= 30; n += 10)
        save_at(store, "a", old, n);
    step_to(new, 5);
    REFUSED(LEAT_E_MISMATCH, "of model",
            leat_store_save(store, "a", new, NULL, 0, 0, &error));
    REFUSED(LEAT_E_MISMATCH, "of model",
            leat_store_save(store, "a", new, NULL, 0, LEAT_SAVE_REWIND,
                            &error));
    OK(leat_store_save(store, "a", new, "x", 1, LEAT_SAVE_REPLACE, &error));
    OK(leat_store_load(store, "a", new, NULL, 0, &checkpoint, &error));
    CHECK(checkpoint.position == 5 && checkpoint.generation == 4);
    /* None of the old model's checkpoints is left to fall back to. */
    CHECK_EQUAL(number_of(leat_store_database(store),
                          "SELECT count(*) FROM leat_checkpoint"), 1);
    save_at(store, "a", new, 6);
    REFUSED(LEAT_E_MISMATCH, "of model",
            leat_store_save(store, "a", old, NULL, 0, 0, &error));
    /* Where there is nothing to replace, the flag does nothing. */
    step_to(new, 7);
    OK(leat_store_save(store, "a", new, NULL, 0, LEAT_SAVE_REPLACE, &error));
    CHECK_EQUAL(number_of(leat_store_database(store),
                          "SELECT count(*) FROM leat_checkpoint"), 3);
    leat_stream_reset(new, &error);
    REFUSED(LEAT_E_POSITION, "position 0",
            leat_store_save(store, "a", new, NULL, 0, LEAT_SAVE_REPLACE,
                            &error));
    OK(leat_store_close(store, &error));
    free(old);
    free(new);
}

/* More streams than a writer caches, saved in turn, with checkpoints rolled
 * back and changed in between: a load always gives the last that was
 * committed. */
static void test_many(void)
{
    enum { STREAMS = 5000 };
    leat_store *store = open_new("many.db");
    leat_stream *stream = new_stream(model), *found = new_stream(model);
    uint32_t noise = 1;
    static uint64_t committed[STREAMS];
    static uint64_t tried[STREAMS];
    char name[16];
    int round, i;

    for (round = 1; round <= 12; round++) {
        int keeps = round % 3 != 0;
        step_to(stream, (uint64_t)round);
        memcpy(tried, committed, sizeof tried);
        OK(leat_store_begin(store, &error));
        for (i = 0; i < STREAMS; i++) {
            noise = noise * 1664525u + 1013904223u;
            if (round > 1 && noise >> 30 == 0)
                continue;
            snprintf(name, sizeof name, "s%d", i);
            OK(leat_store_save(store, name, stream, NULL, 0, 0, &error));
            tried[i] = (uint64_t)round;
        }
        if (keeps) {
            OK(leat_store_commit(store, &error));
            memcpy(committed, tried, sizeof committed);
        } else {
            OK(leat_store_rollback(store, &error));
        }
    }
    for (i = 0; i < STREAMS; i += 7) {
        leat_checkpoint checkpoint;
        snprintf(name, sizeof name, "s%d", i);
        OK(leat_store_load(store, name, found, NULL, 0, &checkpoint, &error));
        CHECK_EQUAL(checkpoint.position, committed[i]);
    }
    /* Three generations of each, or as many as were saved. */
    CHECK_EQUAL(number_of(leat_store_database(store),
                          "SELECT count(*) FROM (SELECT count(*) AS n FROM "
                          "leat_checkpoint GROUP BY id / 64) WHERE n > 3"), 0);
    CHECK_EQUAL(number_of(leat_store_database(store),
                          "SELECT count(*) FROM leat_checkpoint AS c JOIN "
                          "leat_stream AS s ON s.id = c.id / 64 WHERE "
                          "c.generation > s.generation OR "
                          "c.generation < s.generation - 2"), 0);

    /* A row that another program changed is read again: a checkpoint in the new
     * one's place, which is newer than the row says, is found. */
    run_sql(leat_store_database(store),
            "CREATE TABLE old AS SELECT * FROM leat_stream WHERE name = 's0'");
    step_to(stream, 100);
    OK(leat_store_save(store, "s0", stream, NULL, 0, 0, &error));
    OK(leat_store_save(store, "s0", stream, NULL, 0, 0, &error));
    run_sql(leat_store_database(store),
            "UPDATE leat_stream SET (generation, position, row_crc) = "
            "(SELECT generation, position, row_crc FROM old) "
            "WHERE name = 's0'");
    step_to(stream, 101);
    OK(leat_store_save(store, "s0", stream, NULL, 0, 0, &error));
    OK(leat_store_load(store, "s0", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 101));
    OK(leat_store_close(store, &error));
    free(stream);
    free(found);
}

int main(int count, char **arguments)
{
    char directory[64];
    check_usage(count == 2, "test_store_export MODEL.safetensors");
    set_up(arguments[1], directory);
    test_export_and_import();
    test_rename();
    test_replace();
    test_many();
    return tear_down("test_store_export", directory);
}
