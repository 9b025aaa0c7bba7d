/* SPDX-License-Identifier: MIT
 * What the caller may do to a connection that a store is attached to: settings
 * that change what statements return, triggers, hooks. A save that returns
 * LEAT_OK is there; one that can't be made is an error and changes nothing.
 * Usage: test_store_attached_settings MODEL.safetensors */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "attached_fixture.h"

/* All operations on a store, successfully. */
static void use_all(void)
{
    leat_prune_options options;
    uint64_t deleted = 0, n;
    memset(&options, 0, sizeof options);
    options.generations = 1;
    for (n = 0; n < 5; n++)
        save_at(store, "a", stream, leat_stream_position(stream) + 1);
    OK(leat_store_save(store, "c", stream, NULL, 0, 0, &error));
    OK(leat_store_save(store, "c", stream, NULL, 0, 0, &error));
    OK(leat_store_begin(store, &error));
    OK(leat_store_save(store, "d", stream, NULL, 0, 0, &error));
    run_sql(app, "INSERT INTO rows VALUES (1)");
    OK(leat_store_commit(store, &error));
    OK(leat_store_rename(store, "d", "e", &error));
    OK(leat_store_delete(store, "b", &error));
    OK(leat_store_prune(store, &options, NULL, NULL, &deleted, &error));
    CHECK_EQUAL(deleted, 3); /* two of "a", one of "c" */
    OK(leat_store_verify(store, NULL, NULL, NULL, &error));
    OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    CHECK(sqlite3_get_autocommit(app));
}

static void check_all(uint64_t position)
{
    detach();
    CHECK_EQUAL(found_at("a"), position);
    CHECK_EQUAL(found_at("c"), position);
    CHECK_EQUAL(found_at("e"), position);
    CHECK_EQUAL(found_at("b"), LEAT_E_NOT_FOUND);
    CHECK_EQUAL(found_at("d"), LEAT_E_NOT_FOUND);
    CHECK_EQUAL(number_at(app_path, "SELECT count(*) FROM rows"), 1);
}

static void test_pragmas(void)
{
    static const char *const pragmas[] = {
        "count_changes = 1", "full_column_names = 1",
        "short_column_names = 0", "empty_result_callbacks = 1",
        "reverse_unordered_selects = 1", "recursive_triggers = 1",
        "legacy_alter_table = 1", "legacy_file_format = 1",
        "ignore_check_constraints = 1", "writable_schema = 1",
        "defer_foreign_keys = 1", "foreign_keys = 1", "automatic_index = 0",
        "case_sensitive_like = 1", "secure_delete = 1", "cache_spill = 0",
        "cell_size_check = 1", "trusted_schema = 0", "temp_store = 2",
        "cache_size = 1", "read_uncommitted = 1", "locking_mode = EXCLUSIVE",
        "journal_mode = DELETE", "journal_mode = MEMORY", "threads = 2",
        "analysis_limit = 1", "mmap_size = 1000000",
    };
    char sql[80];
    size_t i;
    int before;
    for (i = 0; i < sizeof pragmas / sizeof *pragmas; i++)
        for (before = 0; before < 3; before++) {
            check_context("PRAGMA %s, %s", pragmas[i],
                          before == 0   ? "set after the store was attached"
                          : before == 1 ? "set before that"
                                        : "in a new database");
            snprintf(sql, sizeof sql, "PRAGMA %s", pragmas[i]);
            begin_case(0);
            if (before == 0) {
                run_sql(app, sql);
            } else {
                detach();
                if (before == 2)
                    remove_store(app_path);
                app = raw_open(app_path);
                run_sql(app, "PRAGMA journal_mode = WAL");
                run_sql(app, sql);
                OK(try_attach());
            }
            if (before == 2) {
                run_sql(app, "CREATE TABLE rows(n INTEGER)");
                OK(leat_store_save(store, "b", stream, NULL, 0, 0, &error));
            }
            use_all();
            check_all(35);
        }
    check_context("%s", "");
}

static void test_query_only(void)
{
    leat_checkpoint found;
    begin_case(1);
    run_sql(app, "PRAGMA query_only = 1");
    step_to(stream, 40);
    REFUSED(LEAT_E_READ_ONLY, "readonly",
            leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    REFUSED(LEAT_E_READ_ONLY, "readonly",
            leat_store_delete(store, "a", &error));
    REFUSED(LEAT_E_READ_ONLY, "readonly",
            leat_store_rename(store, "a", "z", &error));
    /* Also inside a transaction of the caller. */
    run_sql(app, "BEGIN");
    REFUSED(LEAT_E_READ_ONLY, "readonly",
            leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    run_sql(app, "COMMIT");
    OK(leat_store_load(store, "a", stream, NULL, 0, &found, &error));
    CHECK_EQUAL(found.position, 31);
    run_sql(app, "PRAGMA query_only = 0");
    save_at(store, "a", stream, 41);
    CHECK_EQUAL(end_case("a"), 41);

    begin_case(0);
    detach();
    app = raw_open(app_path);
    run_sql(app, "PRAGMA query_only = 1");
    REFUSED(LEAT_E_READ_ONLY, "readonly", try_attach());
    sqlite3_close(app);
}

/* --- triggers ------------------------------------------------------------ */

/* What a trigger prevents, and the statements it fires for: all operations but
 * reads fail. */
enum { SAVES = 1, DELETES = 2, RENAMES = 4, PRUNES = 8, FIRST_SAVES = 16 };

static const struct trigger {
    const char *when;
    int fails;
} triggers[] = {
    { "BEFORE INSERT ON main.leat_checkpoint", SAVES | FIRST_SAVES },
    { "BEFORE UPDATE ON main.leat_checkpoint", RENAMES },
    { "BEFORE DELETE ON main.leat_checkpoint", SAVES | DELETES | PRUNES },
    { "BEFORE INSERT ON main.leat_stream", FIRST_SAVES },
    { "BEFORE UPDATE ON main.leat_stream", SAVES | RENAMES },
    { "BEFORE DELETE ON main.leat_stream", DELETES },
    { "BEFORE UPDATE OF generation ON main.leat_stream", SAVES },
    { "BEFORE UPDATE OF name ON main.leat_stream", RENAMES },
    /* The count of commits is inserted again. */
    { "BEFORE UPDATE ON main.leat_stream WHEN old.id = 0", 0 },
    { "BEFORE INSERT ON main.leat_checkpoint WHEN new.position >= 40",
      SAVES | FIRST_SAVES },
};

/* The call fails if `fails`, and names the trigger. */
#define AS_EXPECTED(fails, call)                                               \
    do {                                                                       \
        int code = call;                                                       \
        check_that((fails) ? code == LEAT_E_UNSUPPORTED &&                     \
                                 strstr(error.message, "a trigger or an "      \
                                                       "authorizer") != NULL   \
                           : code == LEAT_OK,                                  \
                   __FILE__, __LINE__, "%s gave %d '%s'", #call, code,         \
                   code < 0 ? error.message : "");                             \
        CHECK(sqlite3_get_autocommit(app));                                    \
    } while (0)

static void test_ignoring_triggers(void)
{
    char sql[200];
    size_t i;
    int saves, is_temporary;
    leat_prune_options options;
    memset(&options, 0, sizeof options);
    options.generations = 1;
    for (i = 0; i < sizeof triggers / sizeof *triggers; i++)
        for (is_temporary = 0; is_temporary < 2; is_temporary++)
            for (saves = 0; saves < 4; saves++) {
                const struct trigger *t = &triggers[i];
                check_context("%s, %s, after %d saves", t->when,
                              is_temporary ? "temporary" : "kept", saves);
                begin_case(saves);
                if (is_temporary)
                    snprintf(sql, sizeof sql, "CREATE TEMP TRIGGER t %s "
                             "BEGIN SELECT RAISE(IGNORE); END", t->when);
                else /* then without a schema's name */
                    snprintf(sql, sizeof sql, "CREATE TRIGGER t %.*s%s BEGIN "
                             "SELECT RAISE(IGNORE); END",
                             (int)(strstr(t->when, "main.") - t->when), t->when,
                             strstr(t->when, "main.") + 5);
                run_sql(app, sql);
                step_to(stream, 40);
                AS_EXPECTED(t->fails & SAVES,
                            leat_store_save(store, "a", stream, NULL, 0, 0,
                                            &error));
                AS_EXPECTED(t->fails & FIRST_SAVES,
                            leat_store_save(store, "new", stream, NULL, 0, 0,
                                            &error));
                AS_EXPECTED(t->fails & RENAMES,
                            leat_store_rename(store, "b", "z", &error));
                if ((t->fails & RENAMES) == 0)
                    AS_EXPECTED(0, leat_store_rename(store, "z", "b", &error));
                AS_EXPECTED(t->fails & PRUNES,
                            leat_store_prune(store, &options, NULL, NULL, NULL,
                                             &error));
                AS_EXPECTED(t->fails & DELETES,
                            leat_store_delete(store, "b", &error));
                /* A transaction is rolled back as a whole. */
                if (t->fails & SAVES) {
                    OK(leat_store_begin(store, &error));
                    run_sql(app, "INSERT INTO rows VALUES (7)");
                    CHECK(leat_store_save(store, "a", stream, NULL, 0, 0,
                                          &error) != LEAT_OK ||
                          leat_store_commit(store, &error) != LEAT_OK);
                    leat_store_rollback(store, NULL);
                    CHECK(sqlite3_get_autocommit(app));
                    CHECK_EQUAL(number_of(app, "SELECT count(*) FROM rows"), 0);
                }
                OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
                CHECK(is_run_to(stream, t->fails & SAVES ? 30u + (unsigned)saves
                                                         : 40));
                run_sql(app, "DROP TRIGGER t");
                save_at(store, "a", stream, 50);
                CHECK_EQUAL(end_case("a"), 50);
                CHECK_EQUAL(found_at("b"), t->fails & DELETES
                                               ? 30
                                               : LEAT_E_NOT_FOUND);
            }
    check_context("%s", "");
}

/* Triggers that let a row be written, and then change or delete it. */
static void test_undoing_triggers(void)
{
    static const char *const undoing[] = {
        "AFTER INSERT ON main.leat_checkpoint BEGIN DELETE FROM "
          "leat_checkpoint WHERE id = new.id; END",
        "AFTER INSERT ON main.leat_checkpoint WHEN new.position = 40 BEGIN "
          "DELETE FROM leat_checkpoint WHERE id = new.id; END",
        "AFTER INSERT ON main.leat_checkpoint BEGIN UPDATE leat_checkpoint "
          "SET position = position + 1 WHERE id = new.id; END",
        "AFTER INSERT ON main.leat_checkpoint BEGIN UPDATE leat_checkpoint "
          "SET cursor = x'00' WHERE id = new.id; END",
        "AFTER UPDATE ON main.leat_stream WHEN new.id <> 0 BEGIN UPDATE "
          "leat_stream SET generation = old.generation, position = "
          "old.position, row_crc = old.row_crc WHERE id = new.id; END",
        "AFTER UPDATE ON main.leat_stream WHEN new.id <> 0 BEGIN UPDATE "
          "leat_stream SET name = 'x' WHERE id = new.id; END",
        "AFTER UPDATE ON main.leat_stream WHEN new.id <> 0 BEGIN DELETE FROM "
          "leat_stream WHERE id = new.id; END",
        "AFTER UPDATE ON main.leat_stream WHEN new.id <> 0 BEGIN DELETE FROM "
          "leat_checkpoint; END",
    };
    char sql[300];
    size_t i;
    int saves;
    for (i = 0; i < sizeof undoing / sizeof *undoing; i++)
        for (saves = 0; saves < 4; saves++) {
            int code;
            check_context("%s, after %d saves", undoing[i], saves);
            begin_case(saves);
            snprintf(sql, sizeof sql, "CREATE TEMP TRIGGER t %s", undoing[i]);
            run_sql(app, sql);
            step_to(stream, 40);
            code = leat_store_save(store, "a", stream, NULL, 0, 0, &error);
            if (strstr(undoing[i], "DELETE FROM leat_checkpoint; END") != NULL)
                CHECK(code == LEAT_OK); /* before the new one is written */
            else
                CHECK_EQUAL(code, LEAT_E_CORRUPT);
            CHECK(sqlite3_get_autocommit(app));
            CHECK_EQUAL(end_case("a"), code == LEAT_OK ? 40 : 30 + saves);
        }
    check_context("%s", "");
}

/* A trigger that only logs doesn't matter. */
static void test_logging_triggers(void)
{
    begin_case(2);
    run_sql(app, "CREATE TEMP TABLE log(n);"
                 "CREATE TEMP TRIGGER t BEFORE INSERT ON main.leat_checkpoint "
                 "BEGIN INSERT INTO log VALUES (new.position); END;"
                 "CREATE TEMP TRIGGER u AFTER UPDATE ON main.leat_stream "
                 "BEGIN INSERT INTO log VALUES (new.id); END;"
                 "CREATE TEMP TRIGGER v AFTER DELETE ON main.leat_checkpoint "
                 "BEGIN INSERT INTO log VALUES (old.id); END");
    save_at(store, "a", stream, 40);
    save_at(store, "a", stream, 41);
    /* For each save: the stream, the checkpoint, the oldest one, the count. */
    CHECK_EQUAL(number_of(app, "SELECT count(*) FROM log"), 8);
    OK(leat_store_delete(store, "b", &error));
    CHECK_EQUAL(end_case("a"), 41);
}

/* --- hooks --------------------------------------------------------------- */

static int answer; /* of a commit hook */

static int at_commit(void *context)
{
    (void)context;
    return answer;
}

static void test_commit_hook(void)
{
    int saves;
    for (saves = 0; saves < 3; saves++) {
        begin_case(saves);
        sqlite3_commit_hook(app, at_commit, NULL);
        answer = 1;
        step_to(stream, 40);
        REFUSED(LEAT_E_SQLITE, "constraint",
                leat_store_save(store, "a", stream, NULL, 0, 0, &error));
        REFUSED(LEAT_E_SQLITE, "constraint",
                leat_store_delete(store, "b", &error));
        OK(leat_store_begin(store, &error));
        OK(leat_store_save(store, "a", stream, NULL, 0, 0, &error));
        REFUSED(LEAT_E_SQLITE, "constraint",
                leat_store_commit(store, &error));
        CHECK(sqlite3_get_autocommit(app));
        OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
        CHECK(is_run_to(stream, 30u + (unsigned)saves));
        answer = 0;
        save_at(store, "a", stream, 45);
        CHECK_EQUAL(end_case("a"), 45);
        CHECK_EQUAL(found_at("b"), 30);
    }
}

static long calls, calls_most;

static int interrupts(void *context)
{
    (void)context;
    return ++calls >= calls_most;
}

/* A progress handler that interrupts from its n-th call on. */
static void test_progress_handler(void)
{
    int saves, was_called = 1;
    long n;
    for (saves = 0; saves < 3; saves += 2)
        for (n = 1, was_called = 1; was_called; n++) {
            int code;
            check_context("call %ld, after %d saves", n, saves);
            begin_case(saves);
            step_to(stream, 40);
            calls = 0;
            calls_most = n;
            sqlite3_progress_handler(app, 1, interrupts, NULL);
            code = leat_store_save(store, "a", stream, NULL, 0, 0, &error);
            was_called = calls >= n;
            CHECK(code == LEAT_OK || code == LEAT_E_SQLITE);
            sqlite3_progress_handler(app, 0, NULL, NULL);
            OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
            CHECK(sqlite3_get_autocommit(app));
            if (code == LEAT_OK)
                CHECK(is_run_to(stream, 40));
            save_at(store, "a", stream, 50);
            CHECK_EQUAL(end_case("a"), 50);
        }
    check_context("%s", "");
}

int main(int count, char **arguments)
{
    char directory[64];
    check_usage(count == 2, "test_store_attached_settings MODEL.safetensors");
    set_up(arguments[1], directory);
    make_template();
    test_pragmas();
    test_query_only();
    test_ignoring_triggers();
    test_undoing_triggers();
    test_logging_triggers();
    test_commit_hook();
    test_progress_handler();
    free_template();
    return tear_down("test_store_attached_settings", directory);
}
