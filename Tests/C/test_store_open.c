/* SPDX-License-Identifier: MIT
 * What can be opened and attached, and with which rights; a full disk, and too
 * little memory.
 * Usage: test_store_open MODEL.safetensors */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "store_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static int count_entry(void *context, const leat_store_entry *entry)
{
    (void)entry;
    ++*(int *)context;
    return 0;
}

static void test_attach(void)
{
    sqlite3 *database, *memory;
    leat_store *store = NULL, *second = NULL;
    leat_store_options options;
    leat_stream *stream = new_stream(model), *found = new_stream(model);
    sqlite3_stmt *reading = NULL;

    memset(&options, 0, sizeof options);
    options.generations = 2;
    options.busy_timeout_ms = 1;
    database = raw_open("attach.db");
    run_sql(database, "PRAGMA application_id = 7; PRAGMA user_version = 42;"
                      "CREATE TABLE reading(n INTEGER)");
    run_sql(database, "BEGIN");
    REFUSED(LEAT_E_ARGUMENT, "inside a transaction",
            leat_store_attach(database, NULL, &store, &error));
    run_sql(database, "ROLLBACK");
    CHECK(number_of(database, "SELECT count(*) FROM sqlite_schema") == 1);

    OK(leat_store_attach(database, &options, &store, &error));
    CHECK(leat_store_database(store) == database);
    CHECK(number_of(database, "PRAGMA application_id") == 7);
    CHECK(number_of(database, "PRAGMA user_version") == 42);
    CHECK(number_of(database, "PRAGMA busy_timeout") == 2000);
    CHECK(number_of(database, "PRAGMA synchronous") == 0);
    CHECK(number_of(database, "SELECT count(*) FROM pragma_journal_mode "
                              "WHERE journal_mode = 'delete'") == 1);
    CHECK(number_of(database, "SELECT value FROM leat_meta "
                              "WHERE key = 'version'") == LEAT_STORE_VERSION);

    /* The caller's transaction commits both or neither. */
    run_sql(database, "BEGIN; INSERT INTO reading VALUES (1)");
    save_at(store, "a", stream, 1);
    run_sql(database, "COMMIT; BEGIN; INSERT INTO reading VALUES (2)");
    save_at(store, "a", stream, 2);
    run_sql(database, "ROLLBACK");
    OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 1));
    CHECK(number_of(database, "SELECT count(*) FROM reading") == 1);

    /* A call that fails inside it doesn't undo the caller's own row. */
    run_sql(database, "BEGIN; INSERT INTO reading VALUES (3)");
    leat_stream_reset(found, &error);
    REFUSED(LEAT_E_POSITION, "'a'",
            leat_store_save(store, "a", found, NULL, 0, 0, &error));
    run_sql(database, "COMMIT");
    CHECK(number_of(database, "SELECT count(*) FROM reading") == 2);

    /* Outside of one, each save is a transaction. */
    save_at(store, "a", stream, 5);
    save_at(store, "a", stream, 6);
    CHECK(number_at("attach.db", "SELECT count(*) FROM leat_checkpoint") == 2);

    /* A temporary table with one of the names isn't the store's. */
    run_sql(database, "CREATE TEMP TABLE leat_stream(x)");
    save_at(store, "b", stream, 7);
    run_sql(database, "DROP TABLE temp.leat_stream");

    /* A commit that meets a reader (the journal isn't a WAL here) is refused
     * and leaves nothing. */
    memory = raw_open("attach.db");
    need(sqlite3_prepare_v2(memory, "SELECT * FROM leat_checkpoint", -1,
                            &reading, NULL) == SQLITE_OK &&
             sqlite3_step(reading) == SQLITE_ROW,
         "a reader");
    sqlite3_busy_timeout(database, 10);
    OK(leat_store_begin(store, &error));
    save_at(store, "a", stream, 8);
    REFUSED(LEAT_E_BUSY, "locked", leat_store_commit(store, &error));
    CHECK(sqlite3_get_autocommit(database) == 1);
    REFUSED(LEAT_E_BUSY, "locked",
            leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    CHECK(sqlite3_get_autocommit(database) == 1);
    sqlite3_finalize(reading);
    sqlite3_close(memory);
    OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 6));
    save_at(store, "a", stream, 8);

    /* One writer here, too. */
    memory = raw_open("attach.db");
    REFUSED(LEAT_E_BUSY, "held by process",
            leat_store_attach(memory, NULL, &second, &error));
    sqlite3_close(memory);
    CHECK(second == NULL);

    /* Close leaves the connection open, and rolls back only what it began. */
    run_sql(database, "BEGIN; INSERT INTO reading VALUES (4)");
    OK(leat_store_close(store, &error));
    run_sql(database, "COMMIT");
    CHECK(number_of(database, "SELECT count(*) FROM reading") == 3);
    OK(leat_store_attach(database, NULL, &store, &error));
    OK(leat_store_begin(store, &error));
    run_sql(database, "INSERT INTO reading VALUES (5)");
    OK(leat_store_close(store, &error));
    CHECK(sqlite3_get_autocommit(database) == 1);
    CHECK(number_of(database, "SELECT count(*) FROM reading") == 3);
    CHECK(sqlite3_close(database) == SQLITE_OK);

    /* It is the application's database, and not marked as a store. */
    REFUSED(LEAT_E_NOT_STORE, "application_id 7",
            leat_store_open("attach.db", NULL, &store, &error));

    /* Connections that can't write. */
    need(sqlite3_open_v2("attach.db", &database, SQLITE_OPEN_READONLY, NULL) ==
             SQLITE_OK,
         "attach.db");
    REFUSED(LEAT_E_READ_ONLY, "reading only",
            leat_store_attach(database, NULL, &store, &error));
    sqlite3_close(database);

    /* In memory there is nothing to lock. */
    memory = raw_open(":memory:");
    OK(leat_store_attach(memory, NULL, &store, &error));
    save_at(store, "a", stream, 9);
    OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 9));
    OK(leat_store_close(store, &error));
    sqlite3_close(memory);

    /* Tables with these names that aren't Leat's. */
    memory = raw_open(":memory:");
    run_sql(memory, "CREATE TABLE leat_stream(mine TEXT)");
    REFUSED(LEAT_E_NOT_STORE, "leat_meta",
            leat_store_attach(memory, NULL, &store, &error));
    run_sql(memory, "CREATE TABLE LEAT_META(mine TEXT)");
    REFUSED(LEAT_E_NOT_STORE, "leat_meta",
            leat_store_attach(memory, NULL, &store, &error));
    CHECK(number_of(memory, "SELECT count(*) FROM sqlite_schema") == 2);
    sqlite3_close(memory);

    memory = raw_open(":memory:");
    run_sql(memory, "PRAGMA encoding = 'UTF-16'; CREATE TABLE t(x)");
    REFUSED(LEAT_E_UNSUPPORTED, "UTF-16",
            leat_store_attach(memory, NULL, &store, &error));
    sqlite3_close(memory);
    free(stream);
    free(found);
}

static void refuse_unharmed(const char *path, int code, const char *words)
{
    leat_store_options options;
    leat_store *store = NULL;
    uint64_t before = hash_file(path);
    memset(&options, 0, sizeof options);
    REFUSED(code, words, leat_store_open(path, NULL, &store, &error));
    options.flags = LEAT_STORE_READ_ONLY;
    REFUSED(code, words, leat_store_open(path, &options, &store, &error));
    CHECK(store == NULL && hash_file(path) == before);
}

static void test_no_store(void)
{
    static const char text[] = "not a database, but long enough to have a "
                               "header that could be one of a database, which "
                               "takes a hundred bytes.\n";
    leat_store *store = NULL;
    leat_store_options options;
    leat_stream *stream = new_stream(model);
    sqlite3 *database;

    write_file("text.db", text, sizeof text);
    refuse_unharmed("text.db", LEAT_E_NOT_STORE, "text.db");
    sql_at("foreign.db", "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
    refuse_unharmed("foreign.db", LEAT_E_NOT_STORE, "leat_store_attach");
    sql_at("foreign-wal.db", "PRAGMA journal_mode = WAL; CREATE TABLE t(x)");
    refuse_unharmed("foreign-wal.db", LEAT_E_NOT_STORE, "application_id 0");
    sql_at("version.db", "PRAGMA user_version = 4");
    refuse_unharmed("version.db", LEAT_E_NOT_STORE, "application_id 0");
    CHECK(access("foreign.db-lock", F_OK) != 0);

    /* An empty file becomes a store, but not by reading it. */
    write_file("empty.db", "", 0);
    memset(&options, 0, sizeof options);
    options.flags = LEAT_STORE_READ_ONLY;
    REFUSED(LEAT_E_NOT_STORE, "empty",
            leat_store_open("empty.db", &options, &store, &error));
    store = open_with("empty.db", LEAT_STORE_NO_CREATE, 0);
    save_at(store, "a", stream, 1);
    OK(leat_store_close(store, &error));

    /* No file. */
    REFUSED(LEAT_E_IO, "missing.db",
            leat_store_open("missing.db", &options, &store, &error));
    options.flags = LEAT_STORE_NO_CREATE;
    REFUSED(LEAT_E_IO, "missing.db",
            leat_store_open("missing.db", &options, &store, &error));
    REFUSED(LEAT_E_IO, "No such file",
            leat_store_open("no/such/folder.db", NULL, &store, &error));
    CHECK(access("missing.db", F_OK) != 0);

    /* A newer one. */
    sql_at("empty.db", "PRAGMA user_version = 4");
    refuse_unharmed("empty.db", LEAT_E_NEWER, "found version 4 of the store, "
                                              "expected 1 to 3");
    sql_at("empty.db", "PRAGMA user_version = 3; UPDATE leat_meta SET value = "
                       "4 WHERE key = 'version'");
    refuse_unharmed("empty.db", LEAT_E_NEWER, "version 4");
    database = raw_open("empty.db");
    REFUSED(LEAT_E_NEWER, "version 4",
            leat_store_attach(database, NULL, &store, &error));
    sqlite3_close(database);

    /* One that was changed. */
    sql_at("empty.db", "UPDATE leat_meta SET value = 0 WHERE key = 'version'");
    refuse_unharmed("empty.db", LEAT_E_CORRUPT, "version 0");
    sql_at("empty.db", "UPDATE leat_meta SET value = 'x' WHERE key = 'version'");
    refuse_unharmed("empty.db", LEAT_E_CORRUPT, "no version");
    sql_at("empty.db", "DELETE FROM leat_meta WHERE key = 'version'");
    refuse_unharmed("empty.db", LEAT_E_CORRUPT, "no version");
    sql_at("empty.db", "INSERT INTO leat_meta VALUES ('version', 1)");
    refuse_unharmed("empty.db", LEAT_E_CORRUPT, "found user_version 3");
    sql_at("empty.db", "DROP INDEX leat_group; UPDATE leat_meta SET value = 3 "
                       "WHERE key = 'version'");
    refuse_unharmed("empty.db", LEAT_E_CORRUPT, "leat_group is missing");
    sql_at("empty.db", "CREATE INDEX leat_group ON leat_stream(id)");
    refuse_unharmed("empty.db", LEAT_E_CORRUPT, "is not that of version 3");
    sql_at("empty.db", "DROP INDEX leat_group;"
                       "CREATE INDEX leat_group ON leat_stream(id) WHERE model "
                       "= x'4C6561742067726F757000000000000000000000000000000000"
                       "000000000000'");
    sql_at("empty.db", "UPDATE leat_meta SET value = 3 WHERE key = 'version';"
                       "DELETE FROM leat_meta WHERE key = 'epoch'");
    REFUSED(LEAT_E_CORRUPT, "no epoch",
            leat_store_open("empty.db", NULL, &store, &error));
    sql_at("empty.db",
           "INSERT INTO leat_meta VALUES ('epoch', 9223372036854775807)");
    REFUSED(LEAT_E_CORRUPT, "epoch",
            leat_store_open("empty.db", NULL, &store, &error));
    sql_at("empty.db", "UPDATE leat_meta SET value = 5 WHERE key = 'epoch';"
                       "ALTER TABLE leat_checkpoint ADD COLUMN more INTEGER");
    refuse_unharmed("empty.db", LEAT_E_CORRUPT, "leat_checkpoint");
    sql_at("empty.db", "ALTER TABLE leat_checkpoint DROP COLUMN more;"
                       "DROP TABLE leat_stream");
    refuse_unharmed("empty.db", LEAT_E_CORRUPT, "leat_stream");
    sql_at("empty.db", "DROP TABLE leat_meta");
    refuse_unharmed("empty.db", LEAT_E_CORRUPT, "leat_meta");
    free(stream);
}

struct concurrent_writer {
    leat_store *writer;
    leat_stream *stream;
};

/* Called when the reader begins a statement. */
static int write_concurrently(unsigned kind, void *context, void *statement,
                              void *text)
{
    struct concurrent_writer *concurrent_writer = context;
    (void)kind, (void)text;
    if (concurrent_writer->writer == NULL ||
        strstr(sqlite3_sql(statement), "FROM main.leat_checkpoint") == NULL)
        return 0;
    OK(leat_store_delete(concurrent_writer->writer, "a", &error));
    OK(leat_store_save(concurrent_writer->writer, "a",
                       concurrent_writer->stream, NULL, 0, 0, &error));
    concurrent_writer->writer = NULL;
    return 0;
}

/* A load sees one state of the store while a writer changes it. */
static void test_load_beside_writer(void)
{
    struct concurrent_writer concurrent_writer;
    leat_stream *stream = new_stream(model), *found = new_stream(model);
    leat_store *reader;

    concurrent_writer.writer = open_new("beside.db");
    concurrent_writer.stream = new_stream(model);
    save_at(concurrent_writer.writer, "a", stream, 5);
    save_at(concurrent_writer.writer, "a", stream, 6);
    reader = open_with("beside.db", LEAT_STORE_READ_ONLY, 0);
    sqlite3_trace_v2(leat_store_database(reader), SQLITE_TRACE_STMT,
                     write_concurrently, &concurrent_writer);
    {
        leat_store *writer = concurrent_writer.writer;
        OK(leat_store_load(reader, "a", found, NULL, 0, NULL, &error));
        CHECK(concurrent_writer.writer == NULL && is_run_to(found, 6));
        OK(leat_store_load(reader, "a", found, NULL, 0, NULL, &error));
        CHECK(is_run_to(found, 0));
        OK(leat_store_close(reader, &error));
        OK(leat_store_close(writer, &error));
    }
    free(concurrent_writer.stream);
    free(stream);
    free(found);
}

static void test_read_only(void)
{
    leat_store *writer = open_new("look.db"), *reader;
    leat_stream *stream = new_stream(model), *found = new_stream(model);
    int entries = 0;
    uint64_t before;

    save_at(writer, "a", stream, 5);
    reader = open_with("look.db", LEAT_STORE_READ_ONLY, 0);
    OK(leat_store_load(reader, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 5));
    save_at(writer, "a", stream, 6);
    OK(leat_store_begin(writer, &error));
    save_at(writer, "a", stream, 7);
    OK(leat_store_load(reader, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 6));
    OK(leat_store_commit(writer, &error));
    OK(leat_store_load(reader, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 7));
    OK(leat_store_list(reader, count_entry, &entries, &error));
    CHECK(entries == 1);

    REFUSED(LEAT_E_READ_ONLY, "READ_ONLY",
            leat_store_save(reader, "a", found, NULL, 0, 0, &error));
    REFUSED(LEAT_E_READ_ONLY, "READ_ONLY",
            leat_store_delete(reader, "a", &error));
    REFUSED(LEAT_E_READ_ONLY, "READ_ONLY", leat_store_begin(reader, &error));
    OK(leat_store_close(reader, &error));
    OK(leat_store_close(writer, &error));

    /* Without a writer; and the file stays the same, byte for byte. */
    before = hash_file("look.db");
    reader = open_with("look.db", LEAT_STORE_READ_ONLY, 0);
    OK(leat_store_load(reader, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 7));
    OK(leat_store_close(reader, &error));
    CHECK(hash_file("look.db") == before);

    /* A writer opens the store while another process reads. */
    reader = open_with("look.db", LEAT_STORE_READ_ONLY, 0);
    writer = open_store("look.db");
    save_at(writer, "a", stream, 8);
    OK(leat_store_load(reader, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 8));
    OK(leat_store_close(writer, &error));
    OK(leat_store_load(reader, "a", found, NULL, 0, NULL, &error));
    OK(leat_store_close(reader, &error));
    free(stream);
    free(found);
}

/* In a child that isn't root, since permissions don't apply to root. `ready` is
 * written to when it has opened the store, and `changed` tells it that the
 * store was written to. Returns the number of failed checks. */
static int without_rights(int ready, int changed)
{
    leat_store *store = NULL;
    leat_stream *found = new_stream(model);
    sqlite3 *database;
    int entries = 0;
    char byte = 0;

    check_state.failed = 0;
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        return 100;
    /* A file and a folder that aren't writable. */
    REFUSED(LEAT_E_READ_ONLY, "store.db",
            leat_store_open("locked/store.db", NULL, &store, &error));
    /* Only the file. */
    REFUSED(LEAT_E_READ_ONLY, "READ_ONLY would open it",
            leat_store_open("unlocked/store.db", NULL, &store, &error));
    store = open_with("locked/store.db", LEAT_STORE_READ_ONLY, 0);
    OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 9));
    CHECK(write(ready, &byte, 1) == 1 && read(changed, &byte, 1) == 1);
    REFUSED(LEAT_E_BUSY, "changed since it was opened",
            leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    REFUSED(LEAT_E_BUSY, "changed since it was opened",
            leat_store_list(store, count_entry, &entries, &error));
    OK(leat_store_close(store, &error));
    /* Writable files in a folder that isn't. */
    REFUSED(LEAT_E_READ_ONLY, "open.db",
            leat_store_open("locked/open.db", NULL, &store, &error));
    database = raw_open("locked/application.db");
    REFUSED(LEAT_E_READ_ONLY, "application.db-lock",
            leat_store_attach(database, NULL, &store, &error));
    sqlite3_close(database);
    free(found);
    fflush(stdout);
    return (int)check_state.failed;
}

static void test_permissions(void)
{
    static const struct timespec then[2] = { { 1, 0 }, { 1, 0 } };
    leat_stream *stream = new_stream(model);
    leat_store *store;
    int status = 1, ready[2], changed[2];
    char byte = 0;
    pid_t child;

    CHECK(mkdir("locked", 0755) == 0 && chmod(".", 0755) == 0);
    store = open_store("locked/store.db");
    save_at(store, "a", stream, 9);
    OK(leat_store_close(store, &error));
    store = open_store("locked/open.db");
    save_at(store, "a", stream, 9);
    OK(leat_store_close(store, &error));
    sql_at("locked/application.db", "CREATE TABLE t(x)");
    CHECK(mkdir("unlocked", 0777) == 0 && chmod("unlocked", 0777) == 0);
    store = open_store("unlocked/store.db");
    OK(leat_store_close(store, &error));
    CHECK(chmod("unlocked/store.db", 0444) == 0);
    CHECK(unlink("locked/store.db-lock") == 0);
    CHECK(unlink("locked/open.db-lock") == 0);
    CHECK(chmod("locked/store.db", 0444) == 0);
    CHECK(chmod("locked/open.db", 0666) == 0);
    CHECK(chmod("locked/application.db", 0666) == 0);
    CHECK(chmod("locked", 0555) == 0);
    need(pipe(ready) == 0 && pipe(changed) == 0, "pipe");
    fflush(stdout);
    /* No store is open here, so no connection of SQLite's is used after the
     * fork. */
    child = fork();
    if (child == 0)
        _exit(without_rights(ready[1], changed[0]));
    close(ready[1]);
    if (read(ready[0], &byte, 1) == 1)
        CHECK(utimensat(AT_FDCWD, "locked/store.db", then, 0) == 0);
    CHECK(write(changed[1], &byte, 1) == 1);
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(ready[0]);
    close(changed[0]);
    close(changed[1]);
    CHECK(chmod("locked", 0755) == 0);
    free(stream);
}

static void test_full_disk(void)
{
    leat_store *store = open_new("full.db");
    sqlite3 *database = leat_store_database(store);
    leat_stream *stream = new_stream(model), *found = new_stream(model);
    static unsigned char cursor[LEAT_CURSOR_MAX];
    struct rlimit limit, small;
    char sql[64];

    save_at(store, "a", stream, 5);
    snprintf(sql, sizeof sql, "PRAGMA max_page_count = %d",
             (int)number_of(database, "PRAGMA page_count"));
    run_sql(database, sql);
    step_to(stream, 6);
    REFUSED(LEAT_E_FULL, "full.db",
            leat_store_save(store, "a", stream, cursor, sizeof cursor, 0,
                            &error));
    CHECK(is_run_to(stream, 6));
    OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 5));

    /* On a full disk SQLite rolls back the whole transaction, and the call says
     * so. */
    OK(leat_store_begin(store, &error));
    OK(leat_store_delete(store, "a", &error));
    REFUSED(LEAT_E_FULL, "the whole transaction is rolled back: ",
            leat_store_save(store, "b", stream, cursor, sizeof cursor, 0,
                            &error));
    CHECK(sqlite3_get_autocommit(database) == 1);
    REFUSED(LEAT_E_ARGUMENT, "no transaction",
            leat_store_rollback(store, &error));
    OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 5));

    run_sql(database, "PRAGMA max_page_count = 1000000");
    OK(leat_store_save(store, "a", stream, cursor, sizeof cursor, 0, &error));

    /* The system refuses to write: here beyond a file's greatest size. */
    signal(SIGXFSZ, SIG_IGN);
    need(getrlimit(RLIMIT_FSIZE, &limit) == 0, "getrlimit");
    small = limit;
    small.rlim_cur = 8192;
    need(setrlimit(RLIMIT_FSIZE, &small) == 0, "setrlimit");
    step_to(stream, 7);
    REFUSED(LEAT_E_IO, "full.db",
            leat_store_save(store, "a", stream, cursor, sizeof cursor, 0,
                            &error));
    need(setrlimit(RLIMIT_FSIZE, &limit) == 0, "setrlimit");
    OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 6));
    save_at(store, "a", stream, 8);
    OK(leat_store_close(store, &error));
    store = open_store("full.db");
    OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 8));
    OK(leat_store_close(store, &error));
    free(stream);
    free(found);
}

static int deny(void *context, int action, const char *a, const char *b,
                const char *c, const char *d)
{
    (void)context, (void)action, (void)a, (void)b, (void)c, (void)d;
    return SQLITE_DENY;
}

static void test_other_errors(void)
{
    leat_store *store = open_new("errors.db"), *second = NULL;
    sqlite3 *database = leat_store_database(store);
    leat_stream *stream = new_stream(model);
    sqlite3_int64 limit;

    save_at(store, "a", stream, 1);
    step_to(stream, 2);
    sqlite3_set_authorizer(database, deny, NULL);
    RETURNS(LEAT_E_SQLITE,
            leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    CHECK(error.sqlite_code == SQLITE_AUTH);
    CHECK(strstr(error.message, "not authorized (SQLite error 23)") != NULL);
    sqlite3_set_authorizer(database, NULL, NULL);
    save_at(store, "a", stream, 2);

    /* Out of memory, at one point after another, until there is enough. */
    for (limit = 0;; limit += 64 + limit / 32) {
        int code;
        sqlite3_db_release_memory(database);
        sqlite3_hard_heap_limit64(sqlite3_memory_used() + 1 + limit);
        code = leat_store_open("memory.db", NULL, &second, &error);
        sqlite3_hard_heap_limit64(0);
        if (code == LEAT_OK)
            break;
        CHECK(code == LEAT_E_MEMORY && second == NULL);
        if (code != LEAT_E_MEMORY || limit > 10000000)
            break;
    }
    CHECK(second != NULL);
    OK(leat_store_close(second, &error));
    for (limit = 0;; limit += 64 + limit / 32) {
        int code;
        OK(leat_store_close(store, &error));
        store = open_store("errors.db");
        step_to(stream, leat_stream_position(stream) + 1);
        sqlite3_hard_heap_limit64(sqlite3_memory_used() + 1 + limit);
        code = leat_store_save(store, "a", stream, NULL, 0, 0, &error);
        sqlite3_hard_heap_limit64(0);
        if (code == LEAT_OK)
            break;
        CHECK(code == LEAT_E_MEMORY);
        if (code != LEAT_E_MEMORY || limit > 10000000)
            break;
    }
    OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    OK(leat_store_close(store, &error));
    free(stream);
}

int main(int count, char **arguments)
{
    char directory[64];
    check_usage(count == 2, "test_store_open MODEL.safetensors");
    set_up(arguments[1], directory);
    test_attach();
    test_no_store();
    test_load_beside_writer();
    test_read_only();
    test_permissions();
    test_full_disk();
    test_other_errors();
    return tear_down("test_store_open", directory);
}
