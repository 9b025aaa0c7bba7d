/* SPDX-License-Identifier: MIT
 * Damaged and hostile stores: a load gives the right state, or an older one and
 * says so, or an error, and never a wrong state.
 * Usage: test_store_damage MODEL.safetensors */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "store_pages.h"

/* Flip one bit of a blob in a row. */
static void flip(const char *path, const char *column, sqlite3_int64 row,
                 int offset, unsigned char bit)
{
    sqlite3 *database = raw_open(path);
    sqlite3_blob *blob = NULL;
    unsigned char byte = 0;
    CHECK(sqlite3_blob_open(database, "main", "leat_checkpoint", column, row, 1,
                            &blob) == SQLITE_OK);
    CHECK(sqlite3_blob_read(blob, &byte, 1, offset) == SQLITE_OK);
    byte ^= bit;
    CHECK(sqlite3_blob_write(blob, &byte, 1, offset) == SQLITE_OK);
    sqlite3_blob_close(blob);
    sqlite3_close(database);
}

/* Load "a", which falls back to `position` and skips `corrupt` newer ones. */
static void expect_fallback(const char *path, uint64_t position,
                            uint32_t corrupt, uint64_t lost)
{
    leat_store *store = open_store(path);
    leat_stream *found = new_stream(model);
    leat_checkpoint checkpoint;
    uint64_t cursor = 0;
    memset(&checkpoint, 0, sizeof checkpoint);
    RETURNS(LEAT_FALLBACK, leat_store_load(store, "a", found, &cursor, 8,
                                           &checkpoint, &error));
    CHECK(is_run_to(found, position) && cursor == position);
    CHECK_EQUAL(checkpoint.position, position);
    CHECK_EQUAL(checkpoint.corrupt_generations, corrupt);
    CHECK_EQUAL(checkpoint.lost_samples, lost);
    /* The other stream is not affected. */
    OK(leat_store_load(store, "b", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 30));
    OK(leat_store_close(store, &error));
    free(found);
}

static void test_newest_is_corrupt(void)
{
    static const char *const damages[] = {
        "UPDATE leat_checkpoint SET position = 31 WHERE id = 67",
        "UPDATE leat_checkpoint SET position = -1 WHERE id = 67",
        "UPDATE leat_checkpoint SET saved_at_ms = saved_at_ms + 1 "
          "WHERE id = 67",
        "UPDATE leat_checkpoint SET state_crc = state_crc # 1 "
          "WHERE id = 67",
        "UPDATE leat_checkpoint SET state_crc = -1 WHERE id = 67",
        "UPDATE leat_checkpoint SET row_crc = row_crc # 1 WHERE id = 67",
        "UPDATE leat_checkpoint SET row_crc = row_crc + 4294967296 "
          "WHERE id = 67",
        "UPDATE leat_checkpoint SET cursor = x'' WHERE id = 67",
        "UPDATE leat_checkpoint SET cursor = zeroblob(70000) "
          "WHERE id = 67",
        "UPDATE leat_checkpoint SET generation = 67 WHERE id = 67",
        "UPDATE leat_checkpoint SET state = x'' WHERE id = 67",
        "UPDATE leat_checkpoint SET state = zeroblob(length(state)) "
          "WHERE id = 67",
        "UPDATE leat_checkpoint SET state = zeroblob(5000000) "
          "WHERE id = 67",
        "UPDATE leat_checkpoint SET state = (SELECT state FROM "
          "leat_checkpoint WHERE id = 66) WHERE id = 67",
        "UPDATE leat_checkpoint SET position = 99, state = x'' "
          "WHERE id = 67",
        /* The row is in another place, or deleted. */
        "UPDATE leat_checkpoint SET generation = 4 WHERE id = 67",
        "UPDATE leat_checkpoint SET generation = 0 WHERE id = 67",
        "UPDATE leat_checkpoint SET generation = -61 WHERE id = 67",
        "UPDATE leat_checkpoint SET id = 70 WHERE id = 67",
        "DELETE FROM leat_checkpoint WHERE id = 67",
        "UPDATE leat_checkpoint SET id = 70, generation = 6 "
          "WHERE id = 67",
    };
    leat_store *store;
    leat_stream *stream = new_stream(model);
    size_t i;
    for (i = 0; i < sizeof damages / sizeof *damages; i++) {
        char sql[256];
        char *exclusive_or;
        check_context("%s", damages[i]);
        make_two_streams("newest.db");
        /* SQLite has no exclusive or. */
        strcpy(sql, damages[i]);
        exclusive_or = strstr(sql, " # 1");
        if (exclusive_or != NULL) {
            const char *column = strstr(sql, "row_crc") ? "row_crc"
                                                        : "state_crc";
            sprintf(sql, "UPDATE leat_checkpoint SET %s = (%s | 1) - (%s & 1) "
                         "WHERE id = 67", column, column, column);
        }
        sql_at("newest.db", sql);
        expect_fallback("newest.db", 20, 1, 10);
    }
    check_context("%s", "");

    make_two_streams("newest.db");
    flip("newest.db", "state", 67, (int)state_size / 2, 1);
    expect_fallback("newest.db", 20, 1, 10);
    flip("newest.db", "cursor", 66, 0, 0x80);
    expect_fallback("newest.db", 10, 2, 20);

    /* A row of another stream, of the same model and at the same position. */
    make_two_streams("newest.db");
    sql_at("newest.db", "DELETE FROM leat_checkpoint WHERE id = 67;"
                        "UPDATE leat_checkpoint SET id = 67 WHERE id = 131;"
                        "INSERT INTO leat_checkpoint SELECT 131, generation, "
                        "position, saved_at_ms, state_crc, row_crc, cursor, "
                        "state FROM leat_checkpoint WHERE id = 67");
    expect_fallback("newest.db", 20, 1, 10);
    /* Only its state. "c" reached the same position in another way; otherwise
     * the states would be equal. */
    make_two_streams("newest.db");
    store = open_store("newest.db");
    step_to(stream, 29);
    leat_stream_set_position(stream, 30, &error);
    OK(leat_store_save(store, "c", stream, NULL, 0, 0, &error));
    OK(leat_store_close(store, &error));
    sql_at("newest.db", "UPDATE leat_checkpoint SET state = (SELECT state FROM "
                        "leat_checkpoint WHERE id = 193) WHERE id = 67");
    expect_fallback("newest.db", 20, 1, 10);

    /* Two are deleted. */
    make_two_streams("newest.db");
    sql_at("newest.db", "DELETE FROM leat_checkpoint WHERE id IN (66, 67)");
    expect_fallback("newest.db", 10, 2, 20);
    free(stream);
}

/* The row in leat_stream says which checkpoint is the newest. */
static void test_stream_row(void)
{
    static const char *const damages[] = {
        "UPDATE leat_stream SET generation = 2 WHERE id = 1",
        "UPDATE leat_stream SET generation = 0 WHERE id = 1",
        "UPDATE leat_stream SET position = 29 WHERE id = 1",
        "UPDATE leat_stream SET position = -1 WHERE id = 1",
        "UPDATE leat_stream SET model = zeroblob(32) WHERE id = 1",
        "UPDATE leat_stream SET model = x'' WHERE id = 1",
        "UPDATE leat_stream SET row_crc = row_crc + 1 WHERE id = 1",
        "UPDATE leat_stream SET row_crc = row_crc + 4294967296 WHERE id = 1",
    };
    leat_store *store;
    leat_stream *stream = new_stream(model);
    leat_checkpoint found;
    size_t i;
    for (i = 0; i < sizeof damages / sizeof *damages; i++) {
        check_context("%s", damages[i]);
        make_two_streams("row.db");
        sql_at("row.db", damages[i]);
        /* The newest is there, but nothing proves that it is. */
        expect_fallback("row.db", 30, 1, 0);
        /* The next save repairs it. */
        store = open_store("row.db");
        leat_stream_reset(stream, &error);
        REFUSED(LEAT_E_POSITION, "the newest checkpoint's, 30",
                leat_store_save(store, "a", stream, NULL, 0, 0, &error));
        save_at(store, "a", stream, 40);
        OK(leat_store_load(store, "a", stream, NULL, 0, &found, &error));
        CHECK(found.generation == 4);
        OK(leat_store_close(store, &error));
    }
    check_context("%s", "");

    /* The stream's row is old: a write to it was lost. There is a newer
     * checkpoint, but nobody can tell which of the two is of an earlier
     * moment. */
    make_two_streams("row.db");
    sql_at("row.db", "CREATE TABLE old AS SELECT * FROM leat_stream");
    store = open_store("row.db");
    step_to(stream, 50);
    OK(leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    OK(leat_store_close(store, &error));
    sql_at("row.db", "UPDATE leat_stream SET (generation, position, row_crc) = "
                     "(SELECT generation, position, row_crc FROM old "
                     "WHERE old.id = leat_stream.id) WHERE id <> 0");
    store = open_store("row.db");
    leat_stream_reset(stream, &error);
    RETURNS(LEAT_FALLBACK,
            leat_store_load(store, "a", stream, NULL, 0, &found, &error));
    CHECK(is_run_to(stream, 50) && found.lost_samples == 0);
    CHECK_EQUAL(found.corrupt_generations, 1);
    OK(leat_store_close(store, &error));

    /* The row is right, and so shows that a damaged old checkpoint isn't a
     * newer one. */
    make_two_streams("row.db");
    sql_at("row.db", "UPDATE leat_checkpoint SET generation = 64001 "
                     "WHERE id = 65");
    store = open_store("row.db");
    OK(leat_store_load(store, "a", stream, NULL, 0, &found, &error));
    CHECK(is_run_to(stream, 30) && found.corrupt_generations == 0);
    OK(leat_store_close(store, &error));

    /* A row of before a rewind has come back under the same number. */
    make_two_streams("row.db");
    sql_at("row.db", "CREATE TABLE old AS SELECT * FROM leat_checkpoint "
                     "WHERE id = 67");
    store = open_store("row.db");
    leat_stream_reset(stream, &error);
    step_to(stream, 25);
    OK(leat_store_save(store, "a", stream, NULL, 0, LEAT_SAVE_REWIND, &error));
    OK(leat_store_close(store, &error));
    sql_at("row.db", "INSERT OR REPLACE INTO leat_checkpoint "
                     "SELECT * FROM old");
    expect_fallback("row.db", 30, 1, 0);

    /* It is gone as well as the newest: the remaining ones show that. */
    make_two_streams("row.db");
    sql_at("row.db", "UPDATE leat_stream SET row_crc = 0;"
                     "UPDATE leat_checkpoint SET state = x'' WHERE id = 67;"
                     "UPDATE leat_checkpoint SET position = 0 WHERE id = 131");
    store = open_store("row.db");
    RETURNS(LEAT_FALLBACK,
            leat_store_load(store, "a", stream, NULL, 0, &found, &error));
    CHECK_EQUAL(found.corrupt_generations, 2);
    CHECK_EQUAL(found.lost_samples, 10);
    RETURNS(LEAT_FALLBACK,
            leat_store_load(store, "b", stream, NULL, 0, &found, &error));
    CHECK_EQUAL(found.corrupt_generations, 2);
    CHECK_EQUAL(found.lost_samples, 10);
    OK(leat_store_close(store, &error));
    free(stream);
}

/* Flip every bit of a whole row, state and cursor: all are found. */
static void test_every_bit(void)
{
    sqlite3_int64 bits;
    int i;
    make_two_streams("bits.db");
    bits = number_at("bits.db", "SELECT 8 * (length(state) + length(cursor)) "
                                "FROM leat_checkpoint WHERE id = 67");
    CHECK(bits > 0);
    {
        leat_store *store = open_store("bits.db");
        leat_stream *found = new_stream(model);
        int passed = 1;
        for (i = 0; i < bits; i++) {
            int in_state = i / 8 < (int)state_size;
            const char *column = in_state ? "state" : "cursor";
            int offset = in_state ? i / 8 : i / 8 - (int)state_size;
            flip("bits.db", column, 67, offset, (unsigned char)(1 << i % 8));
            passed &= leat_store_load(store, "a", found, NULL, 0, NULL,
                                      &error) == LEAT_FALLBACK &&
                      leat_stream_position(found) == 20;
            flip("bits.db", column, 67, offset, (unsigned char)(1 << i % 8));
        }
        CHECK(passed);
        OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
        CHECK(is_run_to(found, 30));
        OK(leat_store_close(store, &error));
        free(found);
    }
}

static void test_all_are_corrupt(void)
{
    leat_store *store;
    leat_stream *stream = new_stream(model);
    leat_checkpoint checkpoint;
    uint64_t cursor = 77;

    make_two_streams("all.db");
    sql_at("all.db", "UPDATE leat_checkpoint SET saved_at_ms = 0 "
                     "WHERE id < 128");
    store = open_store("all.db");
    step_to(stream, 3);
    memset(&checkpoint, 7, sizeof checkpoint);
    REFUSED(LEAT_E_CORRUPT, "none of its checkpoints is whole",
            leat_store_load(store, "a", stream, &cursor, 8, &checkpoint,
                            &error));
    CHECK(is_run_to(stream, 3) && cursor == 77);
    CHECK(checkpoint.position == 0x0707070707070707u);

    /* They block nothing, and the next save deletes them. */
    OK(leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    OK(leat_store_load(store, "a", stream, NULL, 0, &checkpoint, &error));
    CHECK(checkpoint.generation == 4 && checkpoint.position == 3);
    OK(leat_store_close(store, &error));
    CHECK_EQUAL(number_at("all.db", "SELECT count(*) FROM leat_checkpoint "
                                    "WHERE id < 128"), 1);

    /* No save leaves a stream without a checkpoint. */
    sql_at("all.db", "DELETE FROM leat_checkpoint WHERE id < 128");
    store = open_store("all.db");
    REFUSED(LEAT_E_CORRUPT, "none of its checkpoints is whole",
            leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    OK(leat_store_delete(store, "a", &error));
    REFUSED(LEAT_E_NOT_FOUND, "'a'",
            leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    OK(leat_store_close(store, &error));
    free(stream);
}

static void test_save_after_damage(void)
{
    leat_store *store;
    leat_stream *stream = new_stream(model), *found = new_stream(model);
    leat_checkpoint checkpoint;

    /* After a fallback the stream is at a lower position than its corrupt
     * newest checkpoint, and must be able to continue. */
    make_two_streams("after.db");
    flip("after.db", "state", 67, (int)state_size / 2, 1);
    store = open_store("after.db");
    RETURNS(LEAT_FALLBACK,
            leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    save_at(store, "a", stream, 21);
    OK(leat_store_load(store, "a", found, NULL, 0, &checkpoint, &error));
    CHECK(checkpoint.generation == 4 && is_run_to(found, 21));
    CHECK(checkpoint.corrupt_generations == 0);
    /* But not at a lower position than an intact one. */
    leat_stream_reset(stream, &error);
    step_to(stream, 20);
    REFUSED(LEAT_E_POSITION, "found position 20, expected at least the "
            "newest checkpoint's, 21",
            leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    OK(leat_store_close(store, &error));

    /* Saves neither count on from a damaged generation nor delete the
     * checkpoints before it. */
    make_two_streams("after.db");
    sql_at("after.db", "UPDATE leat_checkpoint SET generation = "
                       "9223372036854775747 WHERE id = 67");
    CHECK(9223372036854775747 % 64 == 3);
    store = open_store("after.db");
    leat_stream_reset(stream, &error);
    save_at(store, "a", stream, 40);
    OK(leat_store_load(store, "a", found, NULL, 0, &checkpoint, &error));
    CHECK(checkpoint.generation == 4 && is_run_to(found, 40));
    CHECK_EQUAL(number_of(leat_store_database(store),
                          "SELECT group_concat(generation) = '2,4' FROM (SELECT "
                          "generation FROM leat_checkpoint WHERE id < 128 "
                          "ORDER BY 1)"), 1);
    OK(leat_store_close(store, &error));
    free(stream);
    free(found);
}

static void test_other_model(void)
{
    leat_store *store;
    leat_stream *mine = new_stream(model), *other = new_stream(other_model);
    leat_model_info_t info;
    char print[17];
    int i;

    leat_model_info(other_model, &info, &error);
    for (i = 0; i < 8; i++)
        sprintf(print + 2 * i, "%02x", info.fingerprint[i]);
    make_two_streams("model.db");
    store = open_store("model.db");
    step_to(other, 50);
    REFUSED(LEAT_E_MISMATCH, print,
            leat_store_load(store, "a", other, NULL, 0, NULL, &error));
    CHECK(leat_stream_position(other) == 50);
    REFUSED(LEAT_E_MISMATCH, print,
            leat_store_save(store, "a", other, NULL, 0, 0, &error));
    REFUSED(LEAT_E_MISMATCH, "'a'",
            leat_store_save(store, "a", other, NULL, 0, LEAT_SAVE_REWIND,
                            &error));
    OK(leat_store_load(store, "a", mine, NULL, 0, NULL, &error));
    CHECK(is_run_to(mine, 30));
    leat_model_info(model, &info, &error);
    for (i = 0; i < 8; i++)
        sprintf(print + 2 * i, "%02x", info.fingerprint[i]);
    REFUSED(LEAT_E_MISMATCH, print,
            leat_store_load(store, "a", other, NULL, 0, NULL, &error));

    OK(leat_store_delete(store, "a", &error));
    OK(leat_store_save(store, "a", other, NULL, 0, 0, &error));
    OK(leat_store_load(store, "a", other, NULL, 0, NULL, &error));
    OK(leat_store_close(store, &error));

    /* The stream's row names a model, but its states have another. */
    make_two_streams("model.db");
    sql_at("model.db", "UPDATE leat_stream SET model = zeroblob(32)");
    store = open_store("model.db");
    leat_stream_reset(other, &error);
    REFUSED(LEAT_E_MISMATCH, "'a'",
            leat_store_save(store, "a", other, NULL, 0, 0, &error));
    save_at(store, "a", mine, 31);
    CHECK_EQUAL(number_of(leat_store_database(store),
                          "SELECT count(*) FROM leat_stream WHERE model <> "
                          "zeroblob(32)"), 1);
    OK(leat_store_close(store, &error));
    sql_at("model.db", "UPDATE leat_stream SET model = x'00'");
    store = open_store("model.db");
    save_at(store, "a", mine, 32);
    OK(leat_store_load(store, "a", mine, NULL, 0, NULL, &error));
    CHECK(is_run_to(mine, 32));
    OK(leat_store_close(store, &error));
    free(mine);
    free(other);
}

static int ignore_entry(void *context, const leat_store_entry *entry)
{
    (void)context, (void)entry;
    return 0;
}

static void test_hostile_rows(void)
{
    static const char *const ids[] = {
        "9223372036854775807", "144115188075855872", "-1",
        "-9223372036854775808",
    };
    static const char *const names[] = {
        "CAST(x'610062' AS TEXT)", "CAST(x'ff' AS TEXT)",
        "CAST(zeroblob(256) AS TEXT)",
        "replace(CAST(zeroblob(300) AS TEXT), char(0), 'x')",
    };
    leat_store *store;
    leat_stream *stream = new_stream(model);
    char sql[128];
    size_t i;

    for (i = 0; i < sizeof ids / sizeof *ids; i++) {
        check_context("id %s", ids[i]);
        make_two_streams("hostile.db");
        snprintf(sql, sizeof sql, "UPDATE leat_stream SET id = %s "
                                  "WHERE name = 'a'", ids[i]);
        sql_at("hostile.db", sql);
        store = open_store("hostile.db");
        REFUSED(LEAT_E_CORRUPT, "impossible id: 'a'",
                leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
        REFUSED(LEAT_E_CORRUPT, "impossible id: 'a'",
                leat_store_save(store, "a", stream, NULL, 0, 0, &error));
        REFUSED(LEAT_E_CORRUPT, "impossible id: 'a'",
                leat_store_delete(store, "a", &error));
        leat_store_list(store, ignore_entry, NULL, &error);
        OK(leat_store_load(store, "b", stream, NULL, 0, NULL, &error));
        OK(leat_store_close(store, &error));
    }
    for (i = 0; i < sizeof names / sizeof *names; i++) {
        check_context("name %s", names[i]);
        make_two_streams("hostile.db");
        snprintf(sql, sizeof sql, "UPDATE leat_stream SET name = %s "
                                  "WHERE name = 'a'", names[i]);
        sql_at("hostile.db", sql);
        store = open_store("hostile.db");
        REFUSED(LEAT_E_CORRUPT, "impossible name",
                leat_store_list(store, ignore_entry, NULL, &error));
        OK(leat_store_load(store, "b", stream, NULL, 0, NULL, &error));
        OK(leat_store_close(store, &error));
    }
    check_context("%s", "");
    /* All ids are used. */
    make_two_streams("hostile.db");
    sql_at("hostile.db", "INSERT INTO leat_stream VALUES "
                         "(144115188075855871, 'last', x'', 1, 1, 0)");
    store = open_store("hostile.db");
    REFUSED(LEAT_E_CORRUPT, "ids",
            leat_store_save(store, "new", stream, NULL, 0, 0, &error));
    REFUSED(LEAT_E_NOT_FOUND, "'new'",
            leat_store_load(store, "new", stream, NULL, 0, NULL, &error));
    OK(leat_store_close(store, &error));
    free(stream);
}

/* Give the newest checkpoint of "a" and its stream's row another generation,
 * with correct checksums. */
static void forge_generation(const char *path, int64_t generation)
{
    sqlite3 *database = raw_open(path);
    sqlite3_stmt *row = NULL;
    char sql[512];
    uint32_t stream_crc, checkpoint_crc;
    const int64_t slot = 1 << 6 | (generation & 63);
    need(sqlite3_prepare_v2(database, "SELECT s.model, s.position, "
                            "c.saved_at_ms, c.state_crc, c.cursor FROM "
                            "leat_stream AS s, leat_checkpoint AS c WHERE "
                            "s.id = 1 AND c.id = 67", -1, &row, NULL) ==
                 SQLITE_OK &&
             sqlite3_step(row) == SQLITE_ROW &&
             sqlite3_column_bytes(row, 0) == 32,
         "rows of 'a'");
    stream_crc = crc32c(crc32c_of_number(0, 1), "a", 1);
    stream_crc = crc32c(stream_crc, sqlite3_column_blob(row, 0), 32);
    stream_crc = crc32c_of_number(stream_crc, (uint64_t)generation);
    stream_crc = crc32c_of_number(stream_crc,
                                  (uint64_t)sqlite3_column_int64(row, 1));
    checkpoint_crc = row_crc("a", generation, sqlite3_column_int64(row, 1),
                             sqlite3_column_int64(row, 2),
                             (uint32_t)sqlite3_column_int64(row, 3),
                             sqlite3_column_blob(row, 4),
                             (size_t)sqlite3_column_bytes(row, 4));
    sqlite3_finalize(row);
    snprintf(sql, sizeof sql,
             "DELETE FROM leat_checkpoint WHERE id IN (65, 66);"
             "UPDATE leat_checkpoint SET id = %lld, generation = %lld, "
             "row_crc = %lu WHERE id = 67; UPDATE leat_stream SET "
             "generation = %lld, row_crc = %lu WHERE id = 1",
             (long long)slot, (long long)generation,
             (unsigned long)checkpoint_crc, (long long)generation,
             (unsigned long)stream_crc);
    run_sql(database, sql);
    sqlite3_close(database);
}

/* Generations close to their maximum: a save succeeds or is refused, and never
 * overflows. */
static void test_last_generations(void)
{
    const int64_t last = INT64_MAX;
    int64_t generation;
    for (generation = last; generation > last - 5; generation--) {
        leat_store *store;
        leat_stream *stream = new_stream(model);
        leat_checkpoint checkpoint;
        uint64_t position;
        check_context("generation %lld", (long long)generation);
        make_two_streams("last.db");
        forge_generation("last.db", generation);
        store = open_store("last.db");
        OK(leat_store_load(store, "a", stream, NULL, 0, &checkpoint, &error));
        CHECK(checkpoint.generation == (uint64_t)generation);
        position = leat_stream_position(stream) + 1;
        step_to(stream, position);
        if (generation == last) {
            REFUSED(LEAT_E_CORRUPT, "used up",
                    leat_store_save(store, "a", stream, NULL, 0, 0, &error));
        } else {
            OK(leat_store_save(store, "a", stream, NULL, 0, 0, &error));
            OK(leat_store_load(store, "a", stream, NULL, 0, &checkpoint,
                               &error));
            CHECK(checkpoint.generation == (uint64_t)generation + 1);
            CHECK(is_run_to(stream, position));
        }
        OK(leat_store_close(store, &error));
        free(stream);
    }
    check_context("%s", "");
}

/* Rows with correct checksums that another program wrote, and not as Leat
 * would. `change` alters state and position of the newest checkpoint of "a". */
static void forge(const char *path,
                  void (*change)(unsigned char *state, int64_t *position))
{
    sqlite3 *database = raw_open(path);
    sqlite3_stmt *row = NULL;
    unsigned char *state = malloc(state_size), cursor[8];
    int64_t position, saved_at;
    uint32_t crc;
    int i;
    need(state != NULL &&
             sqlite3_prepare_v2(database, "SELECT position, saved_at_ms, "
                                "cursor, state FROM leat_checkpoint "
                                "WHERE id = 67", -1, &row, NULL) == SQLITE_OK &&
             sqlite3_step(row) == SQLITE_ROW,
         "row 67");
    position = sqlite3_column_int64(row, 0);
    saved_at = sqlite3_column_int64(row, 1);
    memcpy(cursor, sqlite3_column_blob(row, 2), 8);
    memcpy(state, sqlite3_column_blob(row, 3), state_size);
    sqlite3_finalize(row);
    change(state, &position);
    crc = crc32c(0, state, state_size - 4);
    for (i = 0; i < 4; i++)
        state[state_size - 4 + (size_t)i] = (unsigned char)(crc >> 8 * i);
    need(sqlite3_prepare_v2(database, "UPDATE leat_checkpoint SET position = "
                            "?1, state_crc = ?2, row_crc = ?3, state = ?4 "
                            "WHERE id = 67", -1, &row, NULL) == SQLITE_OK,
         "update");
    sqlite3_bind_int64(row, 1, position);
    sqlite3_bind_int64(row, 2, crc);
    sqlite3_bind_int64(row, 3, row_crc("a", 3, position, saved_at, crc, cursor,
                                       8));
    sqlite3_bind_blob(row, 4, state, (int)state_size, SQLITE_STATIC);
    CHECK(sqlite3_step(row) == SQLITE_DONE);
    sqlite3_finalize(row);
    sqlite3_close(database);
    free(state);
}

static void change_nothing(unsigned char *state, int64_t *position)
{
    (void)state, (void)position;
}

static void change_position(unsigned char *state, int64_t *position)
{
    (void)state;
    *position += 1;
}

static void change_version(unsigned char *state, int64_t *position)
{
    (void)position;
    state[8] = LEAT_STATE_VERSION + 1;
}

static void test_forged_rows(void)
{
    leat_store *store;
    leat_stream *stream = new_stream(model);

    /* Forged without a change it is right: the forgery itself works. */
    make_two_streams("forged.db");
    forge("forged.db", change_nothing);
    store = open_store("forged.db");
    OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    CHECK(is_run_to(stream, 30));
    OK(leat_store_close(store, &error));

    /* Row and state have different positions. */
    forge("forged.db", change_position);
    expect_fallback("forged.db", 20, 1, 11);

    /* The state of a newer Leat isn't damage: a fallback would lose it. */
    make_two_streams("forged.db");
    forge("forged.db", change_version);
    store = open_store("forged.db");
    leat_stream_reset(stream, &error);
    REFUSED(LEAT_E_NEWER, "",
            leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    CHECK(is_run_to(stream, 0));
    REFUSED(LEAT_E_NEWER, "",
            leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    OK(leat_store_load(store, "b", stream, NULL, 0, NULL, &error));
    OK(leat_store_close(store, &error));
    free(stream);
}

enum { STREAMS = 20 };
static size_t outcomes[3];

/* Load every stream of a file with these bytes: each gives the right state, or
 * an older one and says so, or is refused. */
static void load_all(const char *path, const unsigned char *bytes, size_t size)
{
    leat_store *store = NULL;
    leat_stream *stream = new_stream(model);
    char name[16];
    int s;
    int code;
    write_file(path, bytes, size);
    code = leat_store_open(path, NULL, &store, &error);
    CHECK(code == LEAT_OK || code == LEAT_E_CORRUPT || code == LEAT_E_NOT_STORE);
    for (s = 0; code == LEAT_OK && s < STREAMS; s++) {
        int loaded;
        snprintf(name, sizeof name, "s%d", s);
        leat_stream_reset(stream, &error);
        loaded = leat_store_load(store, name, stream, NULL, 0, NULL, &error);
        if (loaded == LEAT_OK) {
            outcomes[0]++;
            CHECK(is_run_to(stream, 30));
        } else if (loaded == LEAT_FALLBACK) {
            outcomes[1]++;
            CHECK(is_run_to(stream, 10) || is_run_to(stream, 20) ||
                  is_run_to(stream, 30));
        } else {
            outcomes[2]++;
            CHECK_EQUAL(loaded, LEAT_E_CORRUPT);
            CHECK(is_run_to(stream, 0));
        }
    }
    leat_store_close(store, NULL);
    remove_store(path);
    free(stream);
}

/* Overwrite every page of a file in three ways, and exchange every two
 * pages. */
static void test_every_page(void)
{
    static const char *const how[DAMAGES] = { "zeros", "ones", "noise" };
    size_t size, page, other, damage;
    unsigned char *whole = make_pages("page.db", STREAMS, 30, &size);
    unsigned char *damaged = malloc(size);

    need(damaged != NULL, "malloc");
    CHECK(size / PAGE_SIZE > 6);
    for (page = 0; page < size / PAGE_SIZE; page++)
        for (damage = 0; damage < DAMAGES; damage++) {
            check_context("page %zu with %s", page, how[damage]);
            memcpy(damaged, whole, size);
            damage_page(damaged, page, damage);
            load_all("page.db", damaged, size);
        }
    printf("damaged pages: %zu loads right, %zu older and said so, %zu "
           "refused\n", outcomes[0], outcomes[1], outcomes[2]);
    CHECK(outcomes[0] > 0 && outcomes[1] > 0 && outcomes[2] > 0);

    memset(outcomes, 0, sizeof outcomes);
    for (page = 0; page < size / PAGE_SIZE; page++)
        for (other = 0; other < page; other++) {
            check_context("pages %zu and %zu exchanged", other, page);
            memcpy(damaged, whole, size);
            memcpy(damaged + page * PAGE_SIZE, whole + other * PAGE_SIZE,
                   PAGE_SIZE);
            memcpy(damaged + other * PAGE_SIZE, whole + page * PAGE_SIZE,
                   PAGE_SIZE);
            load_all("page.db", damaged, size);
        }
    check_context("%s", "");
    printf("exchanged pages: %zu loads right, %zu older and said so, %zu "
           "refused\n", outcomes[0], outcomes[1], outcomes[2]);
    CHECK(outcomes[0] > 0 && outcomes[1] > 0 && outcomes[2] > 0);
    free(damaged);
    free(whole);
}

static void test_endless_tree(void)
{
    leat_store *store;
    leat_stream *stream = new_stream(model);
    int code;

    make_endless_store("tree.db", stream, SIZE_MAX);
    alarm(60);
    store = open_store("tree.db");
    leat_stream_reset(stream, &error);
    /* The remaining leaf has the newest: its generation, 64, is 0 modulo 64. */
    OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    CHECK(is_run_to(stream, 64));
    step_to(stream, 100);
    code = leat_store_save(store, "a", stream, NULL, 0, 0, &error);
    CHECK(code == LEAT_OK || code == LEAT_E_CORRUPT);
    code = leat_store_delete(store, "a", &error);
    CHECK(code == LEAT_OK || code == LEAT_E_CORRUPT);
    leat_store_close(store, NULL);
    alarm(0);
    free(stream);
}

int main(int count, char **arguments)
{
    char directory[64];
    check_usage(count == 2, "test_store_damage MODEL.safetensors");
    set_up(arguments[1], directory);
    test_newest_is_corrupt();
    test_stream_row();
    test_every_bit();
    test_all_are_corrupt();
    test_save_after_damage();
    test_other_model();
    test_hostile_rows();
    test_forged_rows();
    test_last_generations();
    test_every_page();
    test_endless_tree();
    return tear_down("test_store_damage", directory);
}
