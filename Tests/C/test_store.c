/* SPDX-License-Identifier: MIT
 * The C interface of the store: what each function does, and what it refuses.
 * Usage: test_store MODEL.safetensors */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "store_fixture.h"

#include <time.h>

static int count_entry(void *context, const leat_store_entry *entry)
{
    (void)entry;
    ++*(int *)context;
    return 0;
}

static void test_bad_arguments(void)
{
    static const char long_name[] =
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    static const char *const bad_names[][2] = {
        { NULL, "name is NULL" },
        { "", "name: found 0 bytes, expected 1 to 255" },
        { long_name, "name: found more than 255 bytes" },
        { "\x80", "not valid UTF-8" },
        { "a\xff", "not valid UTF-8" },
        { "\xc3", "not valid UTF-8" },
        { "\xc0\x80", "not valid UTF-8" },
        { "\xed\xa0\x80", "not valid UTF-8" },
        { "\xf4\x90\x80\x80", "not valid UTF-8" },
    };
    const int e = LEAT_E_ARGUMENT;
    static double no_store[64];
    leat_store_options options;
    leat_store *unset = (leat_store *)no_store, *store;
    leat_stream *stream = new_stream(model);
    leat_checkpoint found;
    unsigned char *cursor = calloc(1, LEAT_CURSOR_MAX + 1);
    sqlite3 *database = raw_open("arguments.sqlite");
    size_t i;
    int calls = 0;

    need(cursor != NULL, "calloc");
    memset(&options, 0, sizeof options);
    REFUSED(e, "path", leat_store_open(NULL, NULL, &unset, &error));
    REFUSED(e, "path", leat_store_open("", NULL, &unset, &error));
    REFUSED(e, "store", leat_store_open("a.db", NULL, NULL, &error));
    RETURNS(e, leat_store_open(NULL, NULL, NULL, NULL));
    REFUSED(e, "database", leat_store_attach(NULL, NULL, &unset, &error));
    REFUSED(e, "store", leat_store_attach(database, NULL, NULL, &error));

    options.flags = 8;
    REFUSED(e, "flags", leat_store_open("a.db", &options, &unset, &error));
    options.flags = LEAT_STORE_READ_ONLY | LEAT_STORE_TAKE_OVER;
    REFUSED(e, "flags", leat_store_open("a.db", &options, &unset, &error));
    options.flags = LEAT_STORE_READ_ONLY;
    REFUSED(e, "flags", leat_store_attach(database, &options, &unset, &error));
    options.flags = LEAT_STORE_NO_CREATE;
    REFUSED(e, "flags", leat_store_attach(database, &options, &unset, &error));
    options.flags = 0;
    options.generations = LEAT_GENERATION_MAX + 1;
    REFUSED(e, "generations",
            leat_store_open("a.db", &options, &unset, &error));
    options.generations = 0;
    for (i = 0; i < 5; i++) {
        options.reserved[i] = 1;
        REFUSED(e, "reserved",
                leat_store_open("a.db", &options, &unset, &error));
        REFUSED(e, "reserved",
                leat_store_attach(database, &options, &unset, &error));
        options.reserved[i] = 0;
    }
    REFUSED(e, "options is misaligned",
            leat_store_open("a.db", (leat_store_options *)((char *)no_store + 1),
                            &unset, &error));
    REFUSED(e, "store is misaligned",
            leat_store_open("a.db", NULL, (leat_store **)((char *)no_store + 1),
                            &error));
    CHECK(unset == (leat_store *)no_store);
    CHECK(access("a.db", F_OK) != 0 && access("a.db-lock", F_OK) != 0);

    /* Without a store. */
    OK(leat_store_close(NULL, &error));
    CHECK(leat_store_database(NULL) == NULL);
    CHECK(leat_store_database((leat_store *)no_store) == NULL);
    for (i = 0; i < 3; i++) {
        leat_store *bad = i == 0 ? NULL : (leat_store *)no_store;
        if (i == 2)
            bad = (leat_store *)((char *)no_store + 1);
        REFUSED(e, "store", leat_store_save(bad, "a", stream, NULL, 0, 0,
                                            &error));
        REFUSED(e, "store", leat_store_load(bad, "a", stream, NULL, 0, NULL,
                                            &error));
        REFUSED(e, "store", leat_store_delete(bad, "a", &error));
        REFUSED(e, "store", leat_store_list(bad, count_entry, &calls, &error));
        REFUSED(e, "store", leat_store_begin(bad, &error));
        REFUSED(e, "store", leat_store_commit(bad, &error));
        REFUSED(e, "store", leat_store_rollback(bad, &error));
        if (bad != NULL)
            REFUSED(e, "store", leat_store_close(bad, &error));
    }

    /* With a store, and another fault. */
    store = open_new("arguments.db");
    save_at(store, "a", stream, 3);
    for (i = 0; i < sizeof bad_names / sizeof *bad_names; i++) {
        const char *name = bad_names[i][0], *words = bad_names[i][1];
        REFUSED(e, words, leat_store_save(store, name, stream, NULL, 0, 0,
                                          &error));
        REFUSED(e, words, leat_store_load(store, name, stream, NULL, 0, NULL,
                                          &error));
        REFUSED(e, words, leat_store_delete(store, name, &error));
    }
    REFUSED(e, "stream", leat_store_save(store, "a", NULL, NULL, 0, 0, &error));
    REFUSED(e, "stream",
            leat_store_save(store, "a", (leat_stream *)no_store, NULL, 0, 0,
                            &error));
    REFUSED(e, "cursor is NULL",
            leat_store_save(store, "a", stream, NULL, 1, 0, &error));
    REFUSED(e, "cursor_size",
            leat_store_save(store, "a", stream, cursor, LEAT_CURSOR_MAX + 1, 0,
                            &error));
    REFUSED(e, "cursor_size",
            leat_store_save(store, "a", stream, cursor, SIZE_MAX, 0, &error));
    REFUSED(e, "flags",
            leat_store_save(store, "a", stream, NULL, 0, 4, &error));
    REFUSED(e, "stream",
            leat_store_load(store, "a", NULL, NULL, 0, NULL, &error));
    REFUSED(e, "stream",
            leat_store_load(store, "a", (leat_stream *)no_store, NULL, 0, NULL,
                            &error));
    REFUSED(e, "cursor",
            leat_store_load(store, "a", stream, NULL, 1, NULL, &error));
    REFUSED(e, "checkpoint is misaligned",
            leat_store_load(store, "a", stream, NULL, 0,
                            (leat_checkpoint *)((char *)no_store + 1), &error));
    REFUSED(e, "visit", leat_store_list(store, NULL, NULL, &error));
    CHECK(calls == 0);
    CHECK(leat_stream_position(stream) == 3 && is_run_to(stream, 3));

    /* The longest name is accepted, and error may be NULL. */
    OK(leat_store_save(store, long_name + 1, stream, cursor, LEAT_CURSOR_MAX,
                       0, &error));
    OK(leat_store_load(store, long_name + 1, stream, cursor, LEAT_CURSOR_MAX,
                       &found, &error));
    CHECK(found.cursor_size == LEAT_CURSOR_MAX);
    RETURNS(e, leat_store_save(store, "", stream, NULL, 0, 0, NULL));
    OK(leat_store_close(store, NULL));
    sqlite3_close(database);
    free(cursor);
    free(stream);
}

static void test_round_trip(void)
{
    leat_store *store = open_new("round.db");
    leat_stream *stream = new_stream(model), *other = new_stream(model);
    unsigned char cursor[5] = { 0, 0, 0, 0, 9 };
    leat_checkpoint found;
    int64_t now = (int64_t)time(NULL) * 1000;
    sqlite3 *database = leat_store_database(store);

    memset(&found, 7, sizeof found);
    step_to(other, 2);
    REFUSED(LEAT_E_NOT_FOUND, "'pump-7'",
            leat_store_load(store, "pump-7", other, cursor, 4, &found,
                            &error));
    CHECK(is_run_to(other, 2) && found.generation == 0x0707070707070707u);

    /* A checkpoint may be before the first sample. */
    OK(leat_store_save(store, "pump-7", stream, NULL, 0, 0, &error));
    step_to(stream, 1000);
    OK(leat_store_save(store, "pump-7", stream, "abc\0", 4, 0, &error));
    OK(leat_store_load(store, "pump-7", other, cursor, 4, &found, &error));
    CHECK(same_state(stream, other) && is_run_to(other, 1000));
    CHECK(memcmp(cursor, "abc\0\x09", 5) == 0);
    CHECK(found.generation == 2 && found.position == 1000);
    CHECK(found.cursor_size == 4 && found.corrupt_generations == 0);
    CHECK(found.lost_samples == 0 && found.store_is_behind == 0);
    CHECK(found.saved_at_ms >= now && found.saved_at_ms < now + 60000);

    /* Loading only the stream. */
    step_to(other, 1001);
    OK(leat_store_load(store, "pump-7", other, NULL, 0, NULL, NULL));
    CHECK(is_run_to(other, 1000));

    /* A cursor that doesn't fit: nothing changes. */
    memset(&found, 7, sizeof found);
    step_to(other, 1003);
    REFUSED(LEAT_E_SIZE, "cursor_capacity: found 3, expected at least 4",
            leat_store_load(store, "pump-7", other, cursor, 3, &found,
                            &error));
    REFUSED(LEAT_E_SIZE, "cursor_capacity: found 0",
            leat_store_load(store, "pump-7", other, cursor, 0, &found,
                            &error));
    CHECK(is_run_to(other, 1003) && memcmp(cursor, "abc\0\x09", 5) == 0);
    CHECK(found.position == 0x0707070707070707u);

    /* The connection has the documented settings, and the file its mark. */
    CHECK(database != NULL);
    CHECK(number_of(database, "PRAGMA synchronous") == 2);
    CHECK(number_of(database, "PRAGMA application_id") ==
          LEAT_STORE_APPLICATION_ID);
    CHECK(number_of(database, "PRAGMA user_version") == LEAT_STORE_VERSION);
    CHECK(number_of(database, "SELECT count(*) FROM pragma_journal_mode "
                              "WHERE journal_mode = 'wal'") == 1);
    CHECK(number_of(database, "PRAGMA busy_timeout") == 50);
    CHECK(number_of(database, "PRAGMA cell_size_check") == 1);
    CHECK(number_of(database, "PRAGMA trusted_schema") == 0);
    CHECK(number_of(database, "PRAGMA wal_autocheckpoint") == 1000);
    CHECK(number_of(database, "PRAGMA journal_size_limit") == 8388608);
    CHECK(number_of(database, "SELECT count(*) FROM leat_checkpoint") == 2);
    OK(leat_store_close(store, &error));
    CHECK(access("round.db-wal", F_OK) != 0);

    OK(leat_store_open("round.db", NULL, &store, &error));
    CHECK(number_of(leat_store_database(store), "PRAGMA busy_timeout") == 5000);
    OK(leat_store_close(store, &error));

    /* Everything is still there. */
    store = open_store("round.db");
    leat_stream_reset(other, &error);
    OK(leat_store_load(store, "pump-7", other, cursor, 4, &found, &error));
    CHECK(same_state(stream, other) && found.generation == 2);
    CHECK(number_at("round.db", "SELECT count(*) FROM pragma_integrity_check "
                                "WHERE integrity_check = 'ok'") == 1);
    OK(leat_store_close(store, &error));
    free(stream);
    free(other);
}

static void test_format(void)
{
    leat_store *store = open_new("format.db");
    leat_stream *stream = new_stream(model);
    sqlite3_stmt *row = NULL;
    unsigned char *state;
    leat_model_info_t info;
    uint32_t crc, state_crc = 0;
    int i;

    for (i = 1; i <= 70; i++) {
        step_to(stream, (uint64_t)i);
        OK(leat_store_save(store, i == 1 ? "first" : "\xc3\xa4", stream,
                           "cursor", (size_t)(i % 7), 0, &error));
    }
    leat_model_info(model, &info, &error);
    state = state_of(stream);
    for (i = 3; i >= 0; i--)
        state_crc = state_crc << 8 | state[state_size - 4 + (size_t)i];
    need(sqlite3_prepare_v2(leat_store_database(store),
                            "SELECT c.id, s.id, name, model, c.generation, "
                            "c.position, saved_at_ms, state_crc, c.row_crc, "
                            "cursor, state, s.generation, s.position, s.row_crc "
                            "FROM leat_checkpoint AS c "
                            "JOIN leat_stream AS s ON s.id = c.id >> 6 "
                            "ORDER BY s.id DESC, c.generation DESC",
                            -1, &row, NULL) == SQLITE_OK &&
             sqlite3_step(row) == SQLITE_ROW,
         "a row");
    CHECK(sqlite3_column_int64(row, 1) == 2);
    CHECK(sqlite3_column_int64(row, 0) == 2 * 64 + 69 % 64);
    CHECK(strcmp((const char *)sqlite3_column_text(row, 2), "\xc3\xa4") == 0);
    CHECK(sqlite3_column_bytes(row, 3) == 32);
    CHECK(memcmp(sqlite3_column_blob(row, 3), info.fingerprint, 32) == 0);
    CHECK(sqlite3_column_int64(row, 4) == 69);
    CHECK(sqlite3_column_int64(row, 5) == 70);
    CHECK(sqlite3_column_int64(row, 7) == state_crc);
    CHECK((size_t)sqlite3_column_bytes(row, 10) == state_size);
    CHECK(memcmp(sqlite3_column_blob(row, 10), state, state_size) == 0);
    crc = row_crc("\xc3\xa4", 69, 70, sqlite3_column_int64(row, 6), state_crc,
                  "", 0);
    CHECK(sqlite3_column_int64(row, 8) == crc);
    CHECK(sqlite3_column_int64(row, 11) == 69);
    CHECK(sqlite3_column_int64(row, 12) == 70);
    crc = crc32c_of_number(0, 2);
    crc = crc32c(crc, "\xc3\xa4", 2);
    crc = crc32c(crc, info.fingerprint, 32);
    crc = crc32c_of_number(crc, 69);
    crc = crc32c_of_number(crc, 70);
    CHECK(sqlite3_column_int64(row, 13) == crc);
    CHECK(sqlite3_step(row) == SQLITE_ROW);
    CHECK(sqlite3_column_int64(row, 4) == 68);
    CHECK(sqlite3_column_bytes(row, 9) == 69 % 7);
    sqlite3_finalize(row);
    OK(leat_store_close(store, &error));
    free(state);
    free(stream);
}

static void test_generations(void)
{
    static const uint32_t kept[] = { 0, 1, 2, 64 };
    leat_stream *stream = new_stream(model);
    leat_checkpoint found;
    leat_store *store;
    size_t i;

    for (i = 0; i < sizeof kept / sizeof *kept; i++) {
        uint64_t most = kept[i] == 0 ? 3 : kept[i], n;
        sqlite3 *database;
        remove_store("generations.db");
        store = open_with("generations.db", 0, kept[i]);
        database = leat_store_database(store);
        leat_stream_reset(stream, &error);
        for (n = 1; n <= 150; n++) {
            save_at(store, "a", stream, n);
            if (n < 5 || n > 147) {
                sqlite3_int64 rows = (sqlite3_int64)(n < most ? n : most);
                CHECK(number_of(database, "SELECT count(*) FROM "
                                          "leat_checkpoint") == rows);
                CHECK(number_of(database, "SELECT max(generation) - "
                                          "min(generation) + 1 FROM "
                                          "leat_checkpoint") == rows);
            }
        }
        OK(leat_store_load(store, "a", stream, NULL, 0, &found, &error));
        CHECK(found.generation == 150 && found.position == 150);
        OK(leat_store_close(store, &error));
    }

    /* Keep fewer: the next save deletes the others. Another stream keeps its
     * own. */
    store = open_with("generations.db", 0, 2);
    save_at(store, "a", stream, 151);
    CHECK(number_of(leat_store_database(store),
                    "SELECT group_concat(generation) = '150,151' FROM (SELECT "
                    "generation FROM leat_checkpoint ORDER BY generation)") ==
          1);
    OK(leat_store_close(store, &error));
    free(stream);
}

static void test_position(void)
{
    leat_store *store = open_with("position.db", 0, 5);
    leat_stream *stream = new_stream(model), *back = new_stream(model);
    sqlite3 *database = leat_store_database(store);
    leat_checkpoint found;
    uint64_t n;

    for (n = 10; n <= 50; n += 10)
        save_at(store, "a", stream, n);
    step_to(back, 25);
    REFUSED(LEAT_E_POSITION, "found position 25, expected at least the "
            "newest checkpoint's, 50: 'a'",
            leat_store_save(store, "a", back, NULL, 0, 0, &error));
    CHECK(number_of(database, "SELECT count(*) FROM leat_checkpoint") == 5);
    CHECK(is_run_to(back, 25));

    /* A save at the same position isn't a rewind: the cursor may have
     * changed. */
    OK(leat_store_save(store, "a", stream, "x", 1, 0, &error));
    OK(leat_store_load(store, "a", stream, NULL, 0, &found, &error));
    CHECK(found.generation == 6 && found.position == 50);

    /* A rewind deletes the checkpoints after the position, and keeps the
     * others. */
    OK(leat_store_save(store, "a", back, NULL, 0, LEAT_SAVE_REWIND, &error));
    OK(leat_store_load(store, "a", stream, NULL, 0, &found, &error));
    CHECK(found.generation == 3 && found.position == 25);
    CHECK(is_run_to(stream, 25));
    CHECK(number_of(database, "SELECT count(*) FROM leat_checkpoint") == 2);
    CHECK(number_of(database, "SELECT min(position) FROM leat_checkpoint") ==
          20);

    /* A rewind to before all of them, then on as if they had never been. */
    leat_stream_reset(back, &error);
    OK(leat_store_save(store, "a", back, NULL, 0, LEAT_SAVE_REWIND, &error));
    OK(leat_store_load(store, "a", stream, NULL, 0, &found, &error));
    CHECK(found.generation == 1 && found.position == 0);
    CHECK(number_of(database, "SELECT count(*) FROM leat_checkpoint") == 1);
    save_at(store, "a", back, 7);
    /* The flag does nothing at a position that is no lower. */
    OK(leat_store_save(store, "a", back, NULL, 0, LEAT_SAVE_REWIND, &error));
    CHECK(number_of(database, "SELECT count(*) FROM leat_checkpoint") == 3);

    /* The greatest possible position. */
    OK(leat_stream_set_position(back, LEAT_POSITION_MAX, &error));
    OK(leat_store_save(store, "a", back, NULL, 0, 0, &error));
    OK(leat_store_load(store, "a", stream, NULL, 0, &found, &error));
    CHECK(found.position == LEAT_POSITION_MAX);
    OK(leat_store_close(store, &error));
    free(stream);
    free(back);
}

struct listing {
    char names[256];
    int left;
    leat_store_entry last;
    leat_store *store;
    leat_stream *stream;
};

static int note_entry(void *context, const leat_store_entry *entry)
{
    struct listing *listing = context;
    strcat(listing->names, entry->name);
    strcat(listing->names, " ");
    listing->last = *entry;
    return --listing->left == 0;
}

static int call_from_callback(void *context, const leat_store_entry *entry)
{
    struct listing *listing = context;
    const int e = LEAT_E_ARGUMENT;
    (void)entry;
    REFUSED(e, "leat_store_list", leat_store_close(listing->store, &error));
    REFUSED(e, "leat_store_list",
            leat_store_save(listing->store, "z", listing->stream, NULL, 0, 0,
                            &error));
    REFUSED(
        e, "leat_store_list",
        leat_store_list(listing->store, call_from_callback, context, &error));
    return 0;
}

static void test_list_and_delete(void)
{
    static const char *const names[] = { "b", "a", "\xc3\xa4", "B", "ab" };
    leat_store *store = open_new("list.db");
    leat_stream *stream = new_stream(model), *kept = new_stream(model);
    struct listing listing;
    size_t i;

    memset(&listing, 0, sizeof listing);
    OK(leat_store_list(store, note_entry, &listing, &error));
    CHECK(listing.names[0] == '\0');

    for (i = 0; i < 5; i++)
        save_at(store, names[i], stream, 10 * (i + 1));
    save_at(store, "a", stream, 60);
    OK(leat_store_list(store, note_entry, &listing, &error));
    CHECK(strcmp(listing.names, "B a ab b \xc3\xa4 ") == 0);
    CHECK(listing.last.position == 30 && listing.last.generation == 1);
    CHECK(listing.last.state_size == state_size);
    CHECK(listing.last.cursor_size == 8 && listing.last.generations == 1);
    CHECK(listing.last.saved_at_ms > 0 && listing.last.reserved[0] == 0);

    memset(&listing, 0, sizeof listing);
    listing.left = 2;
    OK(leat_store_list(store, note_entry, &listing, &error));
    CHECK(strcmp(listing.names, "B a ") == 0);
    CHECK(listing.last.position == 60 && listing.last.generations == 2);
    CHECK(listing.last.generation == 2);

    listing.store = store;
    listing.stream = stream;
    OK(leat_store_list(store, call_from_callback, &listing, &error));
    OK(leat_store_save(store, "z", stream, NULL, 0, 0, &error));

    OK(leat_store_delete(store, "ab", &error));
    REFUSED(LEAT_E_NOT_FOUND, "'ab'", leat_store_delete(store, "ab", &error));
    REFUSED(LEAT_E_NOT_FOUND, "'ab'",
            leat_store_load(store, "ab", stream, NULL, 0, NULL, &error));
    memset(&listing, 0, sizeof listing);
    OK(leat_store_list(store, note_entry, &listing, &error));
    CHECK(strcmp(listing.names, "B a b z \xc3\xa4 ") == 0);
    OK(leat_store_load(store, "b", kept, NULL, 0, NULL, &error));
    CHECK(is_run_to(kept, 10));

    /* A deleted stream starts again at 0. */
    leat_stream_reset(stream, &error);
    OK(leat_store_save(store, "ab", stream, NULL, 0, 0, &error));
    OK(leat_store_close(store, &error));
    CHECK(number_at("list.db", "SELECT count(*) FROM leat_checkpoint WHERE "
                               "id >> 6 NOT IN (SELECT id FROM leat_stream)") ==
          0);
    free(stream);
    free(kept);
}

static void test_transactions(void)
{
    leat_store *store = open_new("transactions.db");
    sqlite3 *database = leat_store_database(store);
    leat_stream *a = new_stream(model), *b = new_stream(model),
                *found = new_stream(model);
    const int e = LEAT_E_ARGUMENT;

    run_sql(database, "CREATE TABLE output(n INTEGER)");
    REFUSED(e, "no transaction", leat_store_commit(store, &error));
    REFUSED(e, "no transaction", leat_store_rollback(store, &error));

    /* Streams and rows of the caller, together. */
    OK(leat_store_begin(store, &error));
    REFUSED(e, "open already", leat_store_begin(store, &error));
    save_at(store, "a", a, 5);
    save_at(store, "b", b, 6);
    run_sql(database, "INSERT INTO output VALUES (5)");
    CHECK(number_at("transactions.db", "SELECT count(*) FROM output") == 0);
    OK(leat_store_commit(store, &error));
    CHECK(number_at("transactions.db", "SELECT count(*) FROM output") == 1);

    /* Rolled back together. */
    OK(leat_store_begin(store, &error));
    save_at(store, "a", a, 7);
    OK(leat_store_delete(store, "b", &error));
    run_sql(database, "INSERT INTO output VALUES (7)");
    OK(leat_store_rollback(store, &error));
    CHECK(number_of(database, "SELECT count(*) FROM output") == 1);
    OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 5));
    OK(leat_store_load(store, "b", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 6));

    /* A refused call inside a transaction leaves it unchanged; and the caller's
     * BEGIN is as good as leat_store_begin(). */
    run_sql(database, "BEGIN");
    save_at(store, "a", a, 8);
    leat_stream_reset(b, &error);
    REFUSED(LEAT_E_POSITION, "'b'",
            leat_store_save(store, "b", b, NULL, 0, 0, &error));
    REFUSED(LEAT_E_NOT_FOUND, "'c'", leat_store_delete(store, "c", &error));
    run_sql(database, "INSERT INTO output VALUES (8)");
    CHECK(sqlite3_get_autocommit(database) == 0);
    OK(leat_store_commit(store, &error));
    OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 8));
    CHECK(number_of(database, "SELECT count(*) FROM output") == 2);

    /* A call that fails half-way, after it wrote rows, rolls all of it back. */
    run_sql(database, "CREATE TRIGGER stop BEFORE INSERT ON leat_checkpoint "
                      "BEGIN SELECT RAISE(ABORT, 'stopped'); END");
    OK(leat_store_begin(store, &error));
    run_sql(database, "INSERT INTO output VALUES (9)");
    REFUSED(LEAT_E_SQLITE, "the whole transaction is rolled back: stopped",
            leat_store_save(store, "half", a, NULL, 0, 0, &error));
    CHECK(sqlite3_get_autocommit(database) != 0);
    REFUSED(LEAT_E_ARGUMENT, "no transaction",
            leat_store_commit(store, &error));
    REFUSED(LEAT_E_SQLITE, "stopped",
            leat_store_save(store, "half", a, NULL, 0, 0, &error));
    CHECK_EQUAL(number_of(database, "SELECT count(*) FROM leat_stream WHERE "
                                    "name = 'half'"), 0);
    CHECK_EQUAL(number_of(database, "SELECT count(*) FROM output"), 2);
    run_sql(database, "DROP TRIGGER stop");

    /* Leat's changes don't count in what the caller asks of the connection. */
    run_sql(database, "INSERT INTO output(rowid, n) VALUES (77, 9)");
    save_at(store, "new", a, 9);
    CHECK(sqlite3_last_insert_rowid(database) == 77);

    /* Close rolls back. */
    OK(leat_store_begin(store, &error));
    save_at(store, "a", a, 10);
    run_sql(database, "INSERT INTO output VALUES (10)");
    OK(leat_store_close(store, &error));
    store = open_store("transactions.db");
    OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 8));
    CHECK(number_at("transactions.db", "SELECT count(*) FROM output") == 3);
    OK(leat_store_close(store, &error));
    free(a);
    free(b);
    free(found);
}

static void test_close_with_statements(void)
{
    leat_store *store = open_new("close.db");
    leat_stream *stream = new_stream(model);
    sqlite3_stmt *statement = NULL;
    sqlite3_backup *backup;
    sqlite3 *copy;
    save_at(store, "a", stream, 1);
    need(sqlite3_prepare_v2(leat_store_database(store), "SELECT 1", -1,
                            &statement, NULL) == SQLITE_OK,
         "prepare");
    REFUSED(LEAT_E_BUSY, "not finalised", leat_store_close(store, &error));
    /* It is unchanged. */
    save_at(store, "a", stream, 2);
    sqlite3_finalize(statement);

    copy = raw_open("copy.db");
    backup = sqlite3_backup_init(copy, "main", leat_store_database(store),
                                 "main");
    need(backup != NULL, "backup");
    REFUSED(LEAT_E_BUSY, "backup", leat_store_close(store, &error));
    save_at(store, "a", stream, 3);
    CHECK(sqlite3_backup_step(backup, -1) == SQLITE_DONE);
    sqlite3_backup_finish(backup);
    sqlite3_close(copy);
    OK(leat_store_close(store, &error));

    /* The copy is a store. */
    store = open_store("copy.db");
    leat_stream_reset(stream, &error);
    OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    CHECK(is_run_to(stream, 3));
    OK(leat_store_close(store, &error));
    free(stream);
}

int main(int count, char **arguments)
{
    char directory[64];
    check_usage(count == 2, "test_store MODEL.safetensors");
    set_up(arguments[1], directory);
    test_bad_arguments();
    test_round_trip();
    test_format();
    test_generations();
    test_position();
    test_list_and_delete();
    test_transactions();
    test_close_with_statements();
    return tear_down("test_store", directory);
}
