/* SPDX-License-Identifier: MIT
 * A store whose files are deleted, renamed or replaced while it is open: no
 * save is acknowledged that nobody will find, and close deletes nothing that
 * has its names now.
 * Usage: test_store_replaced_files MODEL.safetensors */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "own_program.h"
#include "store_fixture.h"

static leat_store *none;

static char *model_path;

static int exists(const char *path) { return access(path, F_OK) == 0; }

/* What this store contains now, whatever happened to its names. */
static void check_position(const char *path, uint64_t position)
{
    leat_store *store = open_store(path);
    leat_stream *found = new_stream(model);
    OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    CHECK_EQUAL(leat_stream_position(found), position);
    CHECK(is_run_to(found, position));
    OK(leat_store_close(store, &error));
    free(found);
}

/* An open store, with stream "a" at 5. */
static leat_store *open_at_5(const char *path, leat_stream **stream)
{
    leat_store *store = open_new(path);
    *stream = new_stream(model);
    save_at(store, "a", *stream, 5);
    return store;
}

/* Every call that writes is refused. */
static void refuse_writing(leat_store *store, leat_stream *stream,
                           const char *words)
{
    step_to(stream, leat_stream_position(stream) + 1);
    REFUSED(LEAT_E_GONE, words,
            leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    REFUSED(LEAT_E_GONE, words, leat_store_rename(store, "a", "b", &error));
    REFUSED(LEAT_E_GONE, words, leat_store_delete(store, "a", &error));
    OK(leat_store_begin(store, &error));
    OK(leat_store_save(store, "c", stream, NULL, 0, 0, &error));
    REFUSED(LEAT_E_GONE, words, leat_store_commit(store, &error));
}

static void test_deleted(void)
{
    leat_stream *stream;
    leat_store *store = open_at_5("gone.db", &stream);
    CHECK(unlink("gone.db") == 0 && unlink("gone.db-wal") == 0 &&
          unlink("gone.db-shm") == 0);
    refuse_writing(store, stream, "deleted, renamed or replaced");
    OK(leat_store_close(store, &error));
    CHECK(!exists("gone.db") && !exists("gone.db-wal"));

    /* The -lock shows that there was a store: no new one is made in its
     * place. */
    REFUSED(LEAT_E_CORRUPT, "to begin a new store delete that file: '/",
            leat_store_open("gone.db", NULL, &none, &error));
    CHECK(!exists("gone.db"));
    {
        leat_store_options options;
        memset(&options, 0, sizeof options);
        options.flags = LEAT_STORE_READ_ONLY;
        REFUSED(LEAT_E_CORRUPT, "missing or empty",
                leat_store_open("gone.db", &options, &none, &error));
        options.flags = LEAT_STORE_NO_CREATE;
        REFUSED(LEAT_E_CORRUPT, "missing or empty",
                leat_store_open("gone.db", &options, &none, &error));
        options.flags = LEAT_STORE_TAKE_OVER;
        REFUSED(LEAT_E_CORRUPT, "missing or empty",
                leat_store_open("gone.db", &options, &none, &error));
    }
    write_file("gone.db", "", 0);
    REFUSED(LEAT_E_CORRUPT, "missing or empty",
            leat_store_open("gone.db", NULL, &none, &error));
    CHECK(unlink("gone.db-lock") == 0);
    store = open_store("gone.db");
    REFUSED(LEAT_E_NOT_FOUND, "no stream 'a'",
            leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    OK(leat_store_close(store, &error));
    free(stream);

    /* A store in which nothing was ever saved may disappear silently. */
    store = open_new("new.db");
    OK(leat_store_close(store, &error));
    CHECK(unlink("new.db") == 0 && exists("new.db-lock"));
    store = open_store("new.db");
    OK(leat_store_close(store, &error));
    remove_store("new.db");
    remove_store("gone.db");
}

/* Renamed, and renamed back: nothing is lost. */
static void test_renamed(void)
{
    leat_stream *stream;
    leat_store *store = open_at_5("here.db", &stream);
    CHECK(rename("here.db", "there.db") == 0);
    step_to(stream, 6);
    REFUSED(LEAT_E_GONE, "here.db'",
            leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    CHECK(rename("there.db", "here.db") == 0);
    save_at(store, "a", stream, 7);
    CHECK(rename("here.db", "there.db") == 0);
    step_to(stream, 8);
    REFUSED(LEAT_E_GONE, "here.db'",
            leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    OK(leat_store_close(store, &error));
    /* Close didn't delete the -wal, which has what was saved. */
    CHECK(exists("here.db-wal"));
    CHECK(rename("there.db", "here.db") == 0);
    check_position("here.db", 7);
    remove_store("here.db");
    free(stream);
}

/* Another store is put in its place, opened, and written to: closing the first
 * one must not delete the -wal of the second. */
static void test_replaced(void)
{
    leat_stream *stream, *second_stream;
    leat_store *store = open_at_5("place.db", &stream);
    leat_store *second = open_at_5("other.db", &second_stream);
    int has_log;
    OK(leat_store_close(second, &error));
    CHECK(rename("other.db", "place.db") == 0 && unlink("place.db-wal") == 0 &&
          unlink("place.db-shm") == 0 && unlink("place.db-lock") == 0);
    second = open_store("place.db");
    save_at(second, "a", second_stream, 9);
    refuse_writing(store, stream, "replaced");
    has_log = exists("place.db-wal");
    OK(leat_store_close(store, &error));
    CHECK(has_log && exists("place.db-wal"));
    save_at(second, "a", second_stream, 10);
    OK(leat_store_close(second, &error));
    check_position("place.db", 10);
    remove_store("place.db");
    remove_store("other.db");
    free(stream);
    free(second_stream);
}

/* Only the -wal is deleted: no save is acknowledged any more, and close copies
 * into the file what was acknowledged before. */
static void test_log_deleted(void)
{
    leat_stream *stream;
    leat_store *store = open_at_5("log.db", &stream);
    CHECK(unlink("log.db-wal") == 0);
    step_to(stream, 6);
    REFUSED(LEAT_E_GONE, "log.db-wal",
            leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    OK(leat_store_close(store, &error));
    check_position("log.db", 6);

    /* Not if another writer has the store: the content of the lost -wal is
     * older than what that one wrote. */
    store = open_store("log.db");
    save_at(store, "a", stream, 7);
    CHECK(unlink("log.db-wal") == 0 && unlink("log.db-shm") == 0 &&
          unlink("log.db-lock") == 0);
    CHECK(own_program_succeeds("second", model_path));
    step_to(stream, 8);
    CHECK(leat_store_save(store, "a", stream, NULL, 0, 0, &error) < 0);
    OK(leat_store_close(store, &error));
    check_position("log.db", 20);
    remove_store("log.db");
    free(stream);
}

/* On the caller's connection; with its other journal modes there is no -wal. */
static void test_attached(void)
{
    sqlite3 *database = raw_open("app.db");
    leat_store *store = NULL;
    leat_stream *stream = new_stream(model);
    OK(leat_store_attach(database, NULL, &store, &error));
    save_at(store, "a", stream, 5);
    run_sql(database, "PRAGMA journal_mode = WAL");
    save_at(store, "a", stream, 6);
    save_at(store, "a", stream, 7);
    run_sql(database, "PRAGMA journal_mode = DELETE");
    save_at(store, "a", stream, 8);
    run_sql(database, "PRAGMA journal_mode = WAL");
    save_at(store, "a", stream, 9);
    CHECK(unlink("app.db-wal") == 0);
    step_to(stream, 10);
    REFUSED(LEAT_E_GONE, "app.db-wal",
            leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    OK(leat_store_close(store, &error));
    sqlite3_close(database);
    remove_store("app.db");

    database = raw_open("app.db");
    OK(leat_store_attach(database, NULL, &store, &error));
    save_at(store, "a", stream, 11);
    CHECK(rename("app.db", "moved.db") == 0);
    step_to(stream, 12);
    /* With a rollback journal SQLite notices first. */
    REFUSED(LEAT_E_GONE, "app.db'",
            leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    OK(leat_store_close(store, &error));
    sqlite3_close(database);
    remove_store("app.db");
    CHECK(unlink("moved.db") == 0);
    free(stream);
}

static int rows_of(sqlite3 *database)
{
    return (int)number_of(database, "SELECT count(*) FROM mine");
}

/* A refused commit leaves nothing, so a caller that repeats it does it once. */
static void test_refused_commit(void)
{
    sqlite3 *database = raw_open("mine.db");
    leat_store *store = NULL;
    leat_stream *stream = new_stream(model);
    int i;
    run_sql(database, "PRAGMA journal_mode = WAL; CREATE TABLE mine(n)");
    OK(leat_store_attach(database, NULL, &store, &error));
    save_at(store, "a", stream, 5);
    for (i = 0; i < 2; i++) {
        OK(leat_store_begin(store, &error));
        run_sql(database, "INSERT INTO mine VALUES (1)");
        if (i == 0)
            CHECK(link("mine.db", "second.db") == 0);
        else
            CHECK(rename("mine.db", "second.db") == 0);
        REFUSED(i == 0 ? LEAT_E_UNSUPPORTED : LEAT_E_GONE, "mine.db'",
                leat_store_commit(store, &error));
        CHECK_EQUAL(rows_of(database), 0);
        CHECK(i == 0 ? unlink("second.db") == 0
                     : rename("second.db", "mine.db") == 0);
    }
    OK(leat_store_begin(store, &error));
    run_sql(database, "INSERT INTO mine VALUES (1)");
    OK(leat_store_commit(store, &error));
    CHECK_EQUAL(rows_of(database), 1);
    OK(leat_store_close(store, &error));
    sqlite3_close(database);

    /* Deleted before it is attached. */
    database = raw_open("mine.db");
    CHECK_EQUAL(rows_of(database), 1);
    CHECK(rename("mine.db", "second.db") == 0);
    REFUSED(LEAT_E_GONE, "mine.db'",
            leat_store_attach(database, NULL, &none, &error));
    sqlite3_close(database);
    CHECK(unlink("second.db") == 0);
    remove_store("mine.db");
    free(stream);
}

/* A process that may no longer read the folder continues: that proves
 * nothing. */
static void test_folder_out_of_reach(void)
{
    leat_store *store;
    leat_stream *stream = new_stream(model);
    if (geteuid() != 0) {
        printf("for root only: a folder that is out of reach\n");
        free(stream);
        return;
    }
    CHECK(mkdir("hidden", 0700) == 0);
    store = open_new("hidden/in.db");
    save_at(store, "a", stream, 5);
    need(seteuid(65534) == 0, "seteuid");
    save_at(store, "a", stream, 6);
    need(seteuid(0) == 0, "seteuid");
    OK(leat_store_close(store, &error));
    check_position("hidden/in.db", 6);
    remove_store("hidden/in.db");
    free(stream);
}

/* Autosave reports nothing as durable any more, and stops trying. */
static void test_autosave(void)
{
    leat_stream *stream;
    leat_store *store = open_at_5("auto.db", &stream);
    leat_autosave *autosave = NULL;
    leat_autosave_options options;
    uint64_t durable = 0;
    uint32_t slot = 0;
    memset(&options, 0, sizeof options);
    options.stream_size = leat_stream_size(model);
    options.streams = 1;
    OK(leat_autosave_start(store, &options, &autosave, &error));
    OK(leat_autosave_add(autosave, "a", &slot, &error));
    step_to(stream, 6);
    OK(leat_autosave_offer(autosave, slot, stream, NULL, 0, 0, &error));
    OK(leat_autosave_flush(autosave, &error));
    CHECK(rename("auto.db", "away.db") == 0);
    step_to(stream, 7);
    OK(leat_autosave_offer(autosave, slot, stream, NULL, 0, 0, &error));
    REFUSED(LEAT_E_GONE, "deleted, renamed or replaced",
            leat_autosave_flush(autosave, &error));
    OK(leat_autosave_durable(autosave, slot, &durable, &error));
    CHECK_EQUAL(durable, 6u);
    /* Even if the file comes back: what it missed meanwhile isn't known. */
    CHECK(rename("away.db", "auto.db") == 0);
    step_to(stream, 8);
    REFUSED(LEAT_E_GONE, "deleted, renamed or replaced",
            leat_autosave_offer(autosave, slot, stream, NULL, 0, 0, &error));
    REFUSED(LEAT_E_GONE, "deleted, renamed or replaced",
            leat_autosave_flush(autosave, &error));
    REFUSED(LEAT_E_GONE, "deleted, renamed or replaced",
            leat_autosave_stop(autosave, LEAT_AUTOSAVE_ABANDON, &error));
    OK(leat_store_close(store, &error));
    check_position("auto.db", 6);
    remove_store("auto.db");
    free(stream);
}

/* In its own process: SQLite shares what it knows of a file among the
 * connections of a process. */
static int write_second(const char *path)
{
    leat_store *store;
    leat_stream *stream;
    need(leat_model_open(path, &model, &error) == LEAT_OK, path);
    state_size = leat_state_size(model);
    store = open_store("log.db");
    stream = new_stream(model);
    save_at(store, "a", stream, 20);
    OK(leat_store_close(store, &error));
    free(stream);
    leat_model_close(model);
    return check_state.failed != 0;
}

int main(int count, char **arguments)
{
    char directory[64];
    if (count == 3 && strcmp(arguments[1], "second") == 0)
        return write_second(arguments[2]);
    check_usage(count == 2, "test_store_replaced_files MODEL.safetensors");
    find_own_program();
    model_path = realpath(arguments[1], NULL);
    need(model_path != NULL, "realpath");
    set_up(arguments[1], directory);
    test_deleted();
    test_renamed();
    test_replaced();
    test_log_deleted();
    test_attached();
    test_refused_commit();
    test_folder_out_of_reach();
    test_autosave();
    return tear_down("test_store_replaced_files", directory);
}
