/* SPDX-License-Identifier: MIT
 * Rows of an earlier moment, as lost writes of a disk leave them: a load always
 * says when what it loads isn't what the stream's row names, and the next load
 * finds what a save after it wrote, whatever is done in between.
 * Usage: test_store_older_rows MODEL.safetensors */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "store_fixture.h"

static const char path[] = "older.db";
static leat_store *store;
static leat_stream *stream;
static leat_checkpoint found;

/* Checkpoints of "a" and "b" at 10, 20, ... 60. "a" is stream 1, so its
 * generation g is row 64 + g; its rows at 20 are kept in the tables old_stream
 * and old_checkpoint. */
static void make_store(void)
{
    uint64_t n;
    store = open_new(path);
    leat_stream_reset(stream, &error);
    for (n = 10; n <= 60; n += 10) {
        save_at(store, "a", stream, n);
        OK(leat_store_save(store, "b", stream, NULL, 0, 0, &error));
        if (n == 20)
            run_sql(leat_store_database(store),
                    "CREATE TABLE old_stream AS SELECT * FROM leat_stream;"
                    "CREATE TABLE old_checkpoint AS SELECT * FROM "
                    "leat_checkpoint");
    }
    OK(leat_store_close(store, &error));
}

static const char stream_is_older[] =
    "UPDATE leat_stream SET (generation, position, row_crc) = (SELECT "
    "generation, position, row_crc FROM old_stream AS o WHERE o.id = "
    "leat_stream.id) WHERE id = 1";
static const char checkpoints_are_older[] =
    "DELETE FROM leat_checkpoint WHERE id BETWEEN 64 AND 127;"
    "INSERT INTO leat_checkpoint SELECT * FROM old_checkpoint "
    "WHERE id BETWEEN 64 AND 127";

/* Make the store again, with older rows by `sql`, and open it. */
static void open_older(const char *sql)
{
    make_store();
    sql_at(path, sql);
    store = open_store(path);
}

static void load_at(int code, uint64_t position, uint32_t corrupt,
                    uint64_t lost)
{
    leat_stream_reset(stream, &error);
    RETURNS(code, leat_store_load(store, "a", stream, NULL, 0, &found, &error));
    CHECK(is_run_to(stream, position));
    CHECK_EQUAL(found.position, position);
    CHECK_EQUAL(found.corrupt_generations, corrupt);
    CHECK_EQUAL(found.lost_samples, lost);
}

/* A load gives what was saved, now and after another open. */
static void load_saved(uint64_t position)
{
    load_at(LEAT_OK, position, 0, 0);
    OK(leat_store_verify(store, NULL, NULL, NULL, &error));
    OK(leat_store_close(store, &error));
    store = open_store(path);
    load_at(LEAT_OK, position, 0, 0);
    OK(leat_store_load(store, "b", stream, NULL, 0, NULL, &error));
    CHECK(is_run_to(stream, 60));
    OK(leat_store_close(store, &error));
}

static void test_stream_is_older(void)
{
    open_older(stream_is_older);
    load_at(LEAT_FALLBACK, 60, 1, 0);
    REFUSED(LEAT_E_CORRUPT, "newer than leat_stream's",
            leat_store_verify(store, NULL, NULL, NULL, &error));
    /* The row says 20, but there is a checkpoint further on. */
    leat_stream_reset(stream, &error);
    step_to(stream, 25);
    REFUSED(LEAT_E_POSITION, "the newest checkpoint's, 60",
            leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    save_at(store, "a", stream, 61);
    CHECK_EQUAL(number_of(leat_store_database(store),
                          "SELECT generation FROM leat_stream WHERE id = 1"),
                7);
    CHECK_EQUAL(number_of(leat_store_database(store),
                          "SELECT count(*) FROM leat_checkpoint "
                          "WHERE id BETWEEN 64 AND 127"), 3);
    load_saved(61);

    /* A rewind on purpose. */
    open_older(stream_is_older);
    leat_stream_reset(stream, &error);
    step_to(stream, 55);
    OK(leat_store_save(store, "a", stream, NULL, 0, LEAT_SAVE_REWIND, &error));
    load_saved(55);
}

static void test_checkpoints_are_older(void)
{
    open_older(checkpoints_are_older);
    load_at(LEAT_FALLBACK, 20, 4, 40);
    REFUSED(LEAT_E_CORRUPT, "newest checkpoint is missing",
            leat_store_verify(store, NULL, NULL, NULL, &error));
    save_at(store, "a", stream, 21);
    /* Numbers that were used are not used again: their rows may come back. */
    CHECK_EQUAL(number_of(leat_store_database(store),
                          "SELECT generation FROM leat_stream WHERE id = 1"),
                7);
    save_at(store, "a", stream, 22);
    save_at(store, "a", stream, 23);
    save_at(store, "a", stream, 24);
    CHECK_EQUAL(number_of(leat_store_database(store),
                          "SELECT min(generation) * 100 + max(generation) "
                          "FROM leat_checkpoint WHERE id BETWEEN 64 AND 127"),
                810);
    load_saved(24);
}

/* Both rows at once are a complete older stream, which nothing in it can
 * show. */
static void test_both_are_older(void)
{
    char sql[600];
    snprintf(sql, sizeof sql, "%s;%s", stream_is_older, checkpoints_are_older);
    open_older(sql);
    load_at(LEAT_OK, 20, 0, 0);
    save_at(store, "a", stream, 21);
    load_saved(21);
}

/* Other calls that look for the newest checkpoint. */
static void test_operations(void)
{
    static const char *const both[] = { stream_is_older,
                                        checkpoints_are_older };
    unsigned char *state = malloc(state_size), cursor[8];
    leat_prune_options options;
    size_t i;
    need(state != NULL, "malloc");
    memset(&options, 0, sizeof options);
    options.generations = 1;
    for (i = 0; i < 2; i++) {
        uint64_t at = i == 0 ? 60 : 20;
        check_context("%s", both[i]);
        /* An export reports it, an import repairs it. */
        open_older(both[i]);
        RETURNS(LEAT_FALLBACK,
                leat_store_export(store, "a", state, state_size, cursor, 8,
                                  &found, &error));
        CHECK_EQUAL(found.position, at);
        OK(leat_store_import(store, "a", state, state_size, cursor, 8, 0,
                             &error));
        load_saved(at);

        /* A new name doesn't hide it. */
        open_older(both[i]);
        OK(leat_store_rename(store, "a", "c", &error));
        OK(leat_store_rename(store, "c", "a", &error));
        load_at(LEAT_FALLBACK, at, i == 0 ? 1 : 4, i == 0 ? 0 : 40);
        OK(leat_store_close(store, &error));

        /* Nor does a prune, which keeps the newest intact one. */
        open_older(both[i]);
        OK(leat_store_prune(store, &options, NULL, NULL, NULL, &error));
        load_at(LEAT_FALLBACK, at, i == 0 ? 1 : 4, i == 0 ? 0 : 40);
        save_at(store, "a", stream, at + 1);
        load_saved(at + 1);

        /* An autosave saves as any other save does. */
        open_older(both[i]);
        load_at(LEAT_FALLBACK, at, i == 0 ? 1 : 4, i == 0 ? 0 : 40);
        {
            leat_autosave_options how;
            leat_autosave *autosave = NULL;
            uint32_t slot;
            memset(&how, 0, sizeof how);
            how.stream_size = leat_stream_size(model);
            how.streams = 1;
            OK(leat_autosave_start(store, &how, &autosave, &error));
            OK(leat_autosave_add(autosave, "a", &slot, &error));
            step_to(stream, at + 3);
            OK(leat_autosave_offer(autosave, slot, stream, NULL, 0, 0, &error));
            OK(leat_autosave_stop(autosave, 0, &error));
        }
        load_saved(at + 3);
    }
    check_context("%s", "");
    free(state);
}

/* The index of names is older than an exchange of two streams' names: it leads
 * to the row of another stream, which must not be overwritten. */
static void test_index_is_older(void)
{
    const size_t page_size = 4096;
    unsigned char *old, *now;
    size_t old_size, size, root;
    int code;
    make_store();
    root = (size_t)number_at(path, "SELECT rootpage FROM sqlite_schema WHERE "
                                   "name = 'sqlite_autoindex_leat_stream_1'");
    old = read_file(path, &old_size);
    store = open_store(path);
    OK(leat_store_rename(store, "a", "x", &error));
    OK(leat_store_rename(store, "b", "a", &error));
    OK(leat_store_rename(store, "x", "b", &error));
    OK(leat_store_close(store, &error));
    now = read_file(path, &size);
    memcpy(now + (root - 1) * page_size, old + (root - 1) * page_size,
           page_size);
    write_file(path, now, size);
    free(old);
    free(now);

    store = open_store(path);
    leat_stream_reset(stream, &error);
    step_to(stream, 70);
    code = leat_store_load(store, "a", stream, NULL, 0, NULL, &error);
    CHECK_EQUAL(code, LEAT_E_CORRUPT);
    code = leat_store_save(store, "a", stream, NULL, 0, 0, &error);
    CHECK_EQUAL(code, LEAT_E_CORRUPT);
    CHECK_EQUAL(leat_store_delete(store, "a", &error), LEAT_E_CORRUPT);
    CHECK_EQUAL(leat_store_rename(store, "a", "y", &error), LEAT_E_CORRUPT);
    OK(leat_store_close(store, &error));
    /* With the right index all are there. */
    sql_at(path, "REINDEX");
    store = open_store(path);
    OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    CHECK(is_run_to(stream, 60));
    OK(leat_store_load(store, "b", stream, NULL, 0, NULL, &error));
    CHECK(is_run_to(stream, 60));
    OK(leat_store_close(store, &error));
}

int main(int count, char **arguments)
{
    char directory[64];
    check_usage(count == 2, "test_store_older_rows MODEL.safetensors");
    set_up(arguments[1], directory);
    stream = new_stream(model);
    test_stream_is_older();
    test_checkpoints_are_older();
    test_both_are_older();
    test_operations();
    test_index_is_older();
    free(stream);
    return tear_down("test_store_older_rows", directory);
}
