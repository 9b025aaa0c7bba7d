/* SPDX-License-Identifier: MIT
 * Damage that random changes rarely find: rows with false generations, names
 * that only the table or only its index has, endless trees, triggers, a missing
 * file with a -wal.
 * Usage: test_hostile_store MODEL.safetensors */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "store_pages.h"

/* Five checkpoints of "a", stream 1, of which three are kept: generations 3, 4
 * and 5, at 30, 40 and 50, in rows 67, 68 and 69. */
static void make_store(const char *path)
{
    leat_store *store = open_new(path);
    leat_stream *stream = new_stream(model);
    uint64_t n;
    for (n = 10; n <= 50; n += 10)
        save_at(store, "a", stream, n);
    OK(leat_store_close(store, &error));
    free(stream);
}

static void expect(const char *path, int code, uint64_t position)
{
    leat_store *store = open_store(path);
    leat_stream *found = new_stream(model);
    RETURNS(code, leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    CHECK_EQUAL(leat_stream_position(found), position);
    CHECK(is_run_to(found, position));
    OK(leat_store_close(store, &error));
    free(found);
}

/* A generation belongs in one of 64 slots. A false one must not lead to the row
 * in its slot, which is intact, but older. */
static void test_claimed_generations(void)
{
    check_context("%s", "the newest claims to be where an older one is");
    make_store("claim.db");
    sql_at("claim.db", "UPDATE leat_checkpoint SET generation = 68 "
                       "WHERE id = 69");
    expect("claim.db", LEAT_FALLBACK, 40);
    sql_at("claim.db", "UPDATE leat_checkpoint SET generation = 64 * 3000 + 3 "
                       "WHERE id = 68");
    expect("claim.db", LEAT_FALLBACK, 30);

    check_context("%s", "a copy of an older one claims to be the newest");
    make_store("claim.db");
    sql_at("claim.db", "INSERT INTO leat_checkpoint SELECT 86, 67, position, "
                       "saved_at_ms, state_crc, row_crc, cursor, state "
                       "FROM leat_checkpoint WHERE id = 67");
    expect("claim.db", LEAT_OK, 50);
    check_context("%s", "");
}

/* A stream's row is lost and its checkpoints are not: its id is used again, and
 * the old checkpoints aren't the new stream's. */
static void test_lost_row(void)
{
    leat_store *store;
    leat_stream *stream = new_stream(model);
    make_store("lost.db");
    sql_at("lost.db", "DELETE FROM leat_stream");
    store = open_store("lost.db");
    save_at(store, "a", stream, 20);
    OK(leat_store_close(store, &error));
    expect("lost.db", LEAT_OK, 20);
    free(stream);
}

/* --- names --------------------------------------------------------------- */

/* Change the last byte of a text in the only page of this type that has it: the
 * order remains the same. */
static void change_in_page(const char *path, unsigned char type,
                           const char *text)
{
    size_t size, page, i, length = strlen(text), changed = 0;
    unsigned char *bytes = read_file(path, &size);
    for (page = 4096; page < size; page += 4096)
        for (i = 0; bytes[page] == type && i + length <= 4096; i++)
            if (memcmp(bytes + page + i, text, length) == 0) {
                bytes[page + i + length - 1] ^= 1;
                changed++;
            }
    CHECK_EQUAL(changed, 1);
    write_file(path, bytes, size);
    free(bytes);
}

/* Streams are found by the index of their names. If the index has lost one, the
 * stream is still there, and must not start as a new one. */
static void test_lost_from_index(void)
{
    leat_store *store = open_new("index.db");
    leat_stream *stream = new_stream(model);
    int code;
    save_at(store, "the one", stream, 10);
    save_at(store, "the other", stream, 20);
    OK(leat_store_close(store, &error));
    change_in_page("index.db", 10, "the one");
    store = open_store("index.db");
    step_to(stream, 30);
    RETURNS(LEAT_E_CORRUPT,
            leat_store_load(store, "the one", stream, NULL, 0, NULL, &error));
    RETURNS(LEAT_E_CORRUPT,
            leat_store_save(store, "the one", stream, NULL, 0, 0, &error));
    OK(leat_store_load(store, "the other", stream, NULL, 0, NULL, &error));
    CHECK(is_run_to(stream, 20));
    code = leat_store_delete(store, "the one", &error);
    CHECK_EQUAL(code, LEAT_E_CORRUPT);
    OK(leat_store_close(store, &error));

    /* SQLite itself finds a name that is in the index and not in the table. */
    store = open_new("index.db");
    leat_stream_reset(stream, &error);
    save_at(store, "the one", stream, 10);
    OK(leat_store_close(store, &error));
    change_in_page("index.db", 13, "the one");
    store = open_store("index.db");
    OK(leat_store_load(store, "the one", stream, NULL, 0, NULL, &error));
    code = leat_store_load(store, "none", stream, NULL, 0, NULL, &error);
    CHECK(code == LEAT_E_NOT_FOUND || code == LEAT_E_CORRUPT);
    OK(leat_store_close(store, &error));
    free(stream);
}

/* --- endless trees ------------------------------------------------------- */

static int count_entry(void *context, const leat_store_entry *entry)
{
    (void)entry;
    ++*(size_t *)context;
    return 0;
}

static void is_done(int code)
{
    check_that(code == LEAT_OK || code == LEAT_FALLBACK ||
                   code == LEAT_E_CORRUPT || code == LEAT_E_NOT_FOUND ||
                   code == LEAT_E_POSITION,
               __FILE__, __LINE__, "code %d '%s'", code, error.message);
}

static void test_endless_trees(void)
{
    enum { STREAMS = 700, LONGEST = 100 };
    static const char *const trees[] = {
        "sqlite_autoindex_leat_stream_1", "leat_stream", "leat_checkpoint",
    };
    static char names[STREAMS][LONGEST + 1];
    leat_store *store = open_new("whole.db");
    leat_stream *stream = new_stream(model);
    unsigned char *whole;
    size_t size, i, j;
    OK(leat_store_begin(store, &error));
    for (i = 0; i < STREAMS; i++) {
        snprintf(names[i], sizeof names[i], "%04lu%.*s", (unsigned long)i,
                 LONGEST - 4, names[0]);
        memset(names[i] + 4, 'x', LONGEST - 4);
        OK(leat_store_save(store, names[i], stream, NULL, 0, 0, &error));
    }
    OK(leat_store_commit(store, &error));
    OK(leat_store_close(store, &error));
    whole = read_file("whole.db", &size);
    for (i = 0; i < sizeof trees / sizeof *trees; i++) {
        leat_store_statistics_t statistics;
        leat_prune_options prune;
        size_t seen = 0;
        check_context("%s without end", trees[i]);
        memset(&prune, 0, sizeof prune);
        prune.generations = 1;
        prune.saved_before_ms = 1;
        prune.flags = LEAT_PRUNE_STREAMS;
        remove_store("endless.db");
        write_file("endless.db", whole, size);
        make_endless("endless.db", trees[i], 12, SIZE_MAX);
        alarm(60);
        store = open_store("endless.db");
        is_done(leat_store_list(store, count_entry, &seen, &error));
        CHECK(seen <= STREAMS);
        for (j = 0; j < STREAMS; j += 97)
            is_done(leat_store_load(store, names[j], stream, NULL, 0, NULL,
                                    &error));
        is_done(leat_store_load(store, "none", stream, NULL, 0, NULL, &error));
        is_done(leat_store_save(store, names[7], stream, NULL, 0, 0, &error));
        is_done(leat_store_save(store, "new", stream, NULL, 0, 0, &error));
        is_done(leat_store_rename(store, names[8], "renamed", &error));
        is_done(leat_store_delete(store, names[9], &error));
        is_done(leat_store_statistics(store, &statistics, &error));
        RETURNS(LEAT_E_CORRUPT,
                leat_store_verify(store, NULL, NULL, NULL, &error));
        is_done(leat_store_prune(store, &prune, NULL, NULL, NULL, &error));
        OK(leat_store_close(store, &error));
        alarm(0);
    }
    check_context("%s", "");
    free(whole);
    free(stream);
}

/* --- triggers ------------------------------------------------------------ */

/* Triggers run inside each save, and can undo it, or run for ever. A store has
 * none on its tables. */
static void test_triggers(void)
{
    static const char *const triggers[] = {
        "CREATE TRIGGER t AFTER INSERT ON leat_checkpoint BEGIN "
          "DELETE FROM leat_checkpoint; END",
        "CREATE TRIGGER t AFTER UPDATE ON leat_meta BEGIN "
          "DELETE FROM leat_stream; END",
        "CREATE TRIGGER t AFTER UPDATE ON leat_stream BEGIN "
          "INSERT INTO leat_meta WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL "
          "SELECT x + 1 FROM c) SELECT x, x FROM c WHERE x < 0; END",
        "CREATE TRIGGER \"LEAT t\" AFTER DELETE ON LEAT_CHECKPOINT BEGIN "
          "DELETE FROM leat_stream; END",
    };
    size_t i;
    for (i = 0; i < sizeof triggers / sizeof *triggers; i++) {
        leat_store_options options;
        leat_store *store = NULL;
        uint64_t hash;
        check_context("%s", triggers[i]);
        memset(&options, 0, sizeof options);
        make_store("trigger.db");
        sql_at("trigger.db", triggers[i]);
        hash = hash_file("trigger.db");
        alarm(20);
        REFUSED(LEAT_E_CORRUPT, "trigger",
                leat_store_open("trigger.db", NULL, &store, &error));
        options.flags = LEAT_STORE_READ_ONLY;
        REFUSED(LEAT_E_CORRUPT, "trigger",
                leat_store_open("trigger.db", &options, &store, &error));
        alarm(0);
        CHECK(hash_file("trigger.db") == hash);
    }
    check_context("%s", "");
}

/* --- a missing file ------------------------------------------------------ */

/* The file is empty or missing, but its -wal has everything. SQLite would
 * delete that, and a new store would take its place. */
static void test_file_gone(void)
{
    leat_store *store = open_new("gone.db");
    leat_stream *stream = new_stream(model);
    unsigned char *wal, *lock, *after;
    size_t wal_size, lock_size, after_size;
    int is_empty;
    save_at(store, "a", stream, 10);
    wal = read_file("gone.db-wal", &wal_size);
    lock = read_file("gone.db-lock", &lock_size);
    OK(leat_store_close(store, &error));
    for (is_empty = 0; is_empty < 2; is_empty++) {
        int code;
        check_context("the file is %s", is_empty ? "empty" : "gone");
        remove_store("gone.db");
        write_file("gone.db-wal", wal, wal_size);
        write_file("gone.db-lock", lock, lock_size);
        if (is_empty)
            write_file("gone.db", "", 0);
        store = NULL;
        code = leat_store_open("gone.db", NULL, &store, &error);
        if (code == LEAT_OK) {
            /* Then it is reported when its content is needed. */
            code = leat_store_load(store, "a", stream, NULL, 0, NULL, &error);
            leat_store_close(store, NULL);
        }
        check_that(code == LEAT_E_CORRUPT || code == LEAT_FALLBACK, __FILE__,
                   __LINE__, "code %d '%s'", code, error.message);
        after = read_file("gone.db-wal", &after_size);
        CHECK_EQUAL(after_size, wal_size);
        free(after);
    }
    check_context("%s", "");
    free(wal);
    free(lock);
    free(stream);
}

int main(int count, char **arguments)
{
    char directory[64];
    check_usage(count == 2, "test_hostile_store MODEL.safetensors");
    set_up(arguments[1], directory);
    test_claimed_generations();
    test_lost_row();
    test_lost_from_index();
    test_triggers();
    test_file_gone();
    test_endless_trees();
    return tear_down("test_hostile_store", directory);
}
