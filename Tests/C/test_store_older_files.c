/* SPDX-License-Identifier: MIT
 * A store that is older than what it acknowledged says so: its file was
 * replaced by an older one, or its -wal was cut, deleted or exchanged. The
 * count of commits in the -lock beside it shows it.
 * Usage: test_store_older_files MODEL.safetensors */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "store_fixture.h"

/* Copies of all files at one moment, made while the store is open, as a kill
 * leaves them: by another process, since this one holds SQLite's locks. */
static void keep_files(const char *path, const char *as)
{
    char command[256];
    snprintf(command, sizeof command,
             "for end in '' -wal -lock; do cp %s$end %s$end; done", path, as);
    need(system(command) == 0, command);
}

/* Make a store of files of different moments; NULL for no file. */
static void assemble(const char *path, const char *file, const char *wal,
                     const char *lock)
{
    char command[256];
    remove_store(path);
    snprintf(command, sizeof command, "cp %s %s", file, path);
    need(system(command) == 0, command);
    if (wal != NULL) {
        snprintf(command, sizeof command, "cp %s-wal %s-wal", wal, path);
        need(system(command) == 0, command);
    }
    if (lock != NULL) {
        snprintf(command, sizeof command, "cp %s-lock %s-lock", lock, path);
        need(system(command) == 0, command);
    }
}

/* Load "a", and check what is reported for the whole store. */
static void expect(const char *path, uint32_t flags, int result,
                   uint64_t position, int is_behind)
{
    leat_store *store = open_with(path, flags, 0);
    leat_stream *found = new_stream(model);
    leat_checkpoint checkpoint;
    memset(&checkpoint, 0xff, sizeof checkpoint);
    RETURNS(result, leat_store_load(store, "a", found, NULL, 0, &checkpoint,
                                    &error));
    CHECK_EQUAL(checkpoint.store_is_behind, (uint32_t)is_behind);
    CHECK_EQUAL(checkpoint.position, position);
    CHECK(is_run_to(found, position));
    CHECK_EQUAL(checkpoint.corrupt_generations, 0u);
    OK(leat_store_close(store, &error));
    free(found);
}

/* Reading changes nothing; only the first writer that saves a checkpoint clears
 * it. */
static void expect_behind(const char *path, uint64_t position)
{
    leat_store *store;
    leat_stream *stream = new_stream(model);
    expect(path, LEAT_STORE_READ_ONLY, LEAT_FALLBACK, position, 1);
    expect(path, 0, LEAT_FALLBACK, position, 1);
    expect(path, LEAT_STORE_READ_ONLY, LEAT_FALLBACK, position, 1);
    expect(path, 0, LEAT_FALLBACK, position, 1);
    store = open_store(path);
    save_at(store, "a", stream, 90);
    /* It isn't known which streams are affected. */
    RETURNS(LEAT_FALLBACK, leat_store_load(store, "a", stream, NULL, 0, NULL,
                                           &error));
    OK(leat_store_close(store, &error));
    expect(path, LEAT_STORE_READ_ONLY, LEAT_OK, 90, 0);
    expect(path, 0, LEAT_OK, 90, 0);
    free(stream);
}

static void test_files_of_different_moments(void)
{
    leat_store *store = open_new("now.db");
    leat_stream *stream = new_stream(model);

    save_at(store, "a", stream, 10);
    keep_files("now.db", "ten.db");
    save_at(store, "a", stream, 20);
    keep_files("now.db", "twenty.db");
    OK(leat_store_close(store, &error));

    /* All of the same moment: nothing is wrong. */
    assemble("then.db", "twenty.db", "twenty.db", "twenty.db");
    expect("then.db", LEAT_STORE_READ_ONLY, LEAT_OK, 20, 0);
    expect("then.db", 0, LEAT_OK, 20, 0);

    /* An older -wal. */
    assemble("then.db", "twenty.db", "ten.db", "twenty.db");
    expect_behind("then.db", 10);
    /* A file from after the -wal was copied into it, and an older -wal. */
    assemble("then.db", "now.db", "ten.db", "twenty.db");
    expect_behind("then.db", 10);
    /* All of it is older. */
    assemble("then.db", "ten.db", "ten.db", "twenty.db");
    expect_behind("then.db", 10);

    /* Without a count nothing can be said. */
    assemble("then.db", "ten.db", "ten.db", NULL);
    expect("then.db", LEAT_STORE_READ_ONLY, LEAT_OK, 10, 0);
    expect("then.db", 0, LEAT_OK, 10, 0);
    /* A count that is too low, as after a loss of power, shows nothing. */
    assemble("then.db", "twenty.db", "twenty.db", "ten.db");
    expect("then.db", 0, LEAT_OK, 20, 0);

    /* Deleted: the file alone is as at the last checkpoint of the -wal. */
    store = open_store("now.db");
    save_at(store, "a", stream, 30);
    keep_files("now.db", "thirty.db");
    assemble("then.db", "thirty.db", NULL, "thirty.db");
    expect_behind("then.db", 20);

    /* Cut at each length: if the store is reported as older it is,
     * otherwise it isn't. */
    {
        size_t size, length;
        unsigned char *wal = read_file("thirty.db-wal", &size);
        int reported = 0, right = 0;
        for (length = 0; length <= size; length += 103) {
            leat_checkpoint checkpoint;
            leat_store *cut;
            int code;
            assemble("then.db", "thirty.db", NULL, "thirty.db");
            write_file("then.db-wal", wal, length + 103 > size ? size : length);
            cut = open_store("then.db");
            code = leat_store_load(cut, "a", stream, NULL, 0, &checkpoint,
                                   &error);
            check_context("the -wal cut to %d bytes", (int)length);
            CHECK(code == LEAT_OK ? checkpoint.position == 30
                                  : code == LEAT_FALLBACK &&
                                        checkpoint.position == 20);
            reported += code == LEAT_FALLBACK;
            right += code == LEAT_OK;
            OK(leat_store_close(cut, &error));
        }
        check_context("%s", "");
        CHECK(reported > 10 && right > 0);
        free(wal);
    }
    OK(leat_store_close(store, &error));
    free(stream);
}

/* The count grows by one for a transaction, and doesn't miss one that was
 * rolled back. */
static void test_transactions(void)
{
    leat_store *store = open_new("many.db");
    leat_stream *stream = new_stream(model);
    sqlite3 *database = leat_store_database(store);
    sqlite3_int64 before;

    save_at(store, "a", stream, 1);
    before = number_of(database,
                       "SELECT generation FROM leat_stream WHERE id = 0");
    OK(leat_store_begin(store, &error));
    save_at(store, "a", stream, 2);
    save_at(store, "b", stream, 3);
    OK(leat_store_commit(store, &error));
    CHECK_EQUAL(number_of(database, "SELECT generation FROM leat_stream "
                                    "WHERE id = 0"), before + 1);
    OK(leat_store_begin(store, &error));
    save_at(store, "a", stream, 4);
    OK(leat_store_rollback(store, &error));
    run_sql(database, "BEGIN; SAVEPOINT mine");
    save_at(store, "a", stream, 5);
    run_sql(database, "ROLLBACK TO mine");
    run_sql(database, "COMMIT");
    keep_files("many.db", "killed.db");
    expect("killed.db", 0, LEAT_OK, 2, 0);
    OK(leat_store_begin(store, &error));
    OK(leat_store_rollback(store, &error));
    save_at(store, "a", stream, 6);
    OK(leat_store_delete(store, "b", &error));
    keep_files("many.db", "killed.db");
    expect("killed.db", 0, LEAT_OK, 6, 0);
    OK(leat_store_close(store, &error));
    expect("many.db", 0, LEAT_OK, 6, 0);
    free(stream);
}

/* The count stays with a take-over. */
static void test_take_over(void)
{
    leat_store *first = open_new("over.db"), *second;
    leat_stream *stream = new_stream(model);

    save_at(first, "a", stream, 10);
    keep_files("over.db", "ten.db");
    save_at(first, "a", stream, 20);
    second = open_with("over.db", LEAT_STORE_TAKE_OVER, 0);
    keep_files("over.db", "taken.db");
    assemble("then.db", "ten.db", "ten.db", "taken.db");
    expect_behind("then.db", 10);
    save_at(second, "a", stream, 30);
    OK(leat_store_close(first, &error));
    OK(leat_store_close(second, &error));
    expect("over.db", 0, LEAT_OK, 30, 0);
    free(stream);
}

static void test_damaged_count(void)
{
    static const char *const damages[] = {
        "UPDATE leat_stream SET generation = generation - 1 WHERE id = 0",
        "UPDATE leat_stream SET generation = -1 WHERE id = 0",
        "UPDATE leat_stream SET position = 1 WHERE id = 0",
        "UPDATE leat_stream SET row_crc = row_crc + 1 WHERE id = 0",
        "DELETE FROM leat_stream WHERE id = 0",
        ("DELETE FROM leat_stream WHERE id = 0; "
         "INSERT INTO leat_stream VALUES (7, '', x'', 1, 1, 1)"),
    };
    leat_store *store;
    leat_stream *stream = new_stream(model);
    size_t i;
    for (i = 0; i < sizeof damages / sizeof *damages; i++) {
        check_context("%s", damages[i]);
        store = open_new("count.db");
        leat_stream_reset(stream, &error);
        save_at(store, "a", stream, 10);
        OK(leat_store_close(store, &error));
        sql_at("count.db", damages[i]);
        expect_behind("count.db", 10);
    }
    check_context("%s", "");

    /* A stream in place of the count: no save could write it, and it isn't a
     * count. */
    store = open_new("count.db");
    leat_stream_reset(stream, &error);
    save_at(store, "a", stream, 10);
    save_at(store, "b", stream, 20);
    OK(leat_store_close(store, &error));
    sql_at("count.db", "DELETE FROM leat_stream WHERE id = 0; "
                       "UPDATE leat_stream SET id = 0 WHERE name = 'b'");
    store = open_store("count.db");
    REFUSED(LEAT_E_CORRUPT, "impossible id: 'b'",
            leat_store_load(store, "b", stream, NULL, 0, NULL, &error));
    RETURNS(LEAT_FALLBACK,
            leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    OK(leat_store_close(store, &error));
    free(stream);
}

static void test_other_witnesses(void)
{
    static const char *const lines[] = {
        "", "\n", "process 1\nstore",
        "process 1 since 2026                                           \n"
        "store 0000000000000000 commit 99 check 00000000                "
        "               \n",
        "process 1 since 2026                                           \n"
        "store 0000000000000000 commit -9 check 00000000                "
        "               \n",
    };
    leat_store *store = open_new("one.db");
    leat_stream *stream = new_stream(model);
    size_t i;
    uint64_t n;

    save_at(store, "a", stream, 10);
    OK(leat_store_close(store, &error));
    /* The count of another store says nothing about this one. */
    store = open_new("two.db");
    for (n = 11; n < 30; n++)
        save_at(store, "a", stream, n);
    OK(leat_store_close(store, &error));
    assemble("then.db", "one.db", NULL, "two.db");
    expect_behind("then.db", 10);
    /* A count that can't be read. */
    for (i = 0; i < sizeof lines / sizeof *lines; i++) {
        assemble("then.db", "one.db", NULL, NULL);
        write_file("then.db-lock", lines[i], strlen(lines[i]));
        expect("then.db", LEAT_STORE_READ_ONLY, LEAT_OK, 10, 0);
        expect("then.db", 0, LEAT_OK, 10, 0);
    }
    /* The store was deleted and its lock was not: it isn't known whether on
     * purpose. */
    unlink("two.db");
    REFUSED(LEAT_E_CORRUPT, "records 19 commits",
            leat_store_open("two.db", NULL, &store, &error));
    unlink("two.db-lock");
    store = open_store("two.db");
    leat_stream_reset(stream, &error);
    save_at(store, "a", stream, 1);
    OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    OK(leat_store_close(store, &error));
    free(stream);
}

int main(int count, char **arguments)
{
    char directory[64];
    check_usage(count == 2, "test_store_older_files MODEL.safetensors");
    set_up(arguments[1], directory);
    test_files_of_different_moments();
    test_transactions();
    test_take_over();
    test_damaged_count();
    test_other_witnesses();
    return tear_down("test_store_older_files", directory);
}
