/* SPDX-License-Identifier: MIT
 * A writer that was stopped, and replaced meanwhile, continues without knowing
 * it: all its calls are refused, and not a byte of the store changes. And if
 * two open a store at the same moment, one of them gets it.
 * Usage: test_store_stale_writer MODEL.safetensors */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "worker_process.h"

#include <time.h>

/* A store's content, by its rows and by the bytes of its files. A process
 * without a connection reads the bytes, see hash_file(). */
struct content {
    char files[3][20];
    uint64_t rows;
    sqlite3_int64 checkpoints;
};

static struct worker reader;

static uint64_t hash_rows(sqlite3 *database)
{
    static const char *const queries[] = {
        "SELECT name, sql FROM sqlite_schema ORDER BY name",
        "SELECT quote(key), quote(value) FROM leat_meta ORDER BY key",
        "SELECT quote(id), name, quote(model), generation, position, row_crc "
        "FROM leat_stream ORDER BY id",
        "SELECT id, generation, position, saved_at_ms, state_crc, row_crc, "
        "quote(cursor), quote(state) FROM leat_checkpoint ORDER BY id",
        "SELECT n FROM application ORDER BY n",
    };
    uint64_t hash = hash_start;
    size_t i;
    for (i = 0; i < sizeof queries / sizeof *queries; i++) {
        sqlite3_stmt *rows = NULL;
        need(sqlite3_prepare_v2(database, queries[i], -1, &rows, NULL) ==
                 SQLITE_OK,
             sqlite3_errmsg(database));
        while (sqlite3_step(rows) == SQLITE_ROW) {
            int column;
            for (column = 0; column < sqlite3_column_count(rows); column++) {
                const unsigned char *text = sqlite3_column_text(rows, column);
                while (text != NULL && *text != '\0')
                    hash = (hash ^ *text++) * 1099511628211u;
                hash = (hash ^ 256) * 1099511628211u;
            }
        }
        sqlite3_finalize(rows);
    }
    return hash;
}

static struct content content_of(const char *path, sqlite3 *database)
{
    static const char *const suffixes[] = { "", "-wal", "-lock" };
    struct content content;
    size_t i;
    memset(&content, 0, sizeof content);
    for (i = 0; i < 3; i++) {
        char line[96];
        snprintf(line, sizeof line, "hash %.60s%s", path, suffixes[i]);
        OK(ask(&reader, line));
        memcpy(content.files[i], error.message, 17);
    }
    content.rows = hash_rows(database);
    content.checkpoints = number_of(database,
                                    "SELECT count(*) FROM leat_checkpoint");
    return content;
}

static void check_unchanged(const struct content *before, const char *path,
                            sqlite3 *database)
{
    struct content now = content_of(path, database);
    CHECK(strcmp(now.files[0], before->files[0]) == 0);
    CHECK(strcmp(now.files[1], before->files[1]) == 0);
    CHECK(strcmp(now.files[2], before->files[2]) == 0);
    CHECK(now.rows == before->rows && now.checkpoints == before->checkpoints);
}

/* The same for a writer that may have been stopped while it copied the -wal
 * into the file, after its last commit: it finishes that, and the file's bytes
 * change, but not its content. */
static void check_same_content(const struct content *before, const char *path,
                               sqlite3 *database)
{
    struct content now = content_of(path, database);
    CHECK(strcmp(now.files[1], before->files[1]) == 0);
    CHECK(strcmp(now.files[2], before->files[2]) == 0);
    CHECK(now.rows == before->rows && now.checkpoints == before->checkpoints);
    CHECK_EQUAL(number_of(database, "SELECT count(*) FROM "
                                    "pragma_integrity_check "
                                    "WHERE integrity_check <> 'ok'"), 0);
}

static void stop(const struct worker *worker)
{
    int status = 0;
    kill(worker->process, SIGSTOP);
    CHECK(waitpid(worker->process, &status, WUNTRACED) == worker->process);
    CHECK(WIFSTOPPED(status));
}

/* `how` the stopped one has the store: by "open" or "attach". */
static void test_fenced_changes_nothing(const char *how)
{
    static const char *const changes[] = { "save", "new", "rewind", "delete",
                                           "begin", "rename", "import",
                                           "prune" };
    const char *path = how[0] == 'o' ? "fenced.db" : "application.db";
    struct worker old = start_worker();
    leat_store *store = NULL;
    leat_store_options options;
    leat_stream *stream = new_stream(model), *found = new_stream(model);
    sqlite3 *database = NULL;
    struct content before;
    char line[96];
    int code;
    size_t i, n;

    remove_store(path);
    snprintf(line, sizeof line, "%s %s 0", how, path);
    if (how[0] == 'a')
        sql_at(path, "PRAGMA journal_mode = WAL");
    OK(ask(&old, line));
    OK(ask(&old, "sql CREATE TABLE application(n INTEGER)"));
    for (n = 0; n < 5; n++)
        OK(ask(&old, "save"));
    OK(ask(&old, "begin"));
    OK(ask(&old, "sql INSERT INTO application VALUES (1)"));
    OK(ask(&old, "save"));
    OK(ask(&old, "commit"));
    stop(&old);

    /* The orders that wait for it when it continues. */
    order(&old, "save");
    memset(&options, 0, sizeof options);
    options.flags = LEAT_STORE_TAKE_OVER;
    if (how[0] == 'o') {
        store = open_with(path, LEAT_STORE_TAKE_OVER, 0);
        database = leat_store_database(store);
    } else {
        database = raw_open(path);
        OK(leat_store_attach(database, &options, &store, &error));
    }
    OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    CHECK(is_run_to(stream, 6));
    save_at(store, "a", stream, 9);
    before = content_of(path, database);
    kill(old.process, SIGCONT);
    REFUSED(LEAT_E_FENCED, "epoch", answer(&old));
    check_unchanged(&before, path, database);

    for (i = 0; i < sizeof changes / sizeof *changes; i++) {
        check_context("%s, '%s' when fenced", how, changes[i]);
        code = ask(&old, changes[i]);
        REFUSED(LEAT_E_FENCED, "epoch", code);
        check_unchanged(&before, path, database);
        /* It holds no lock from its attempts. */
        REFUSED(LEAT_E_ARGUMENT, "no transaction", ask(&old, "commit"));
    }

    /* Inside a transaction of SQL alone, whose rows are rolled back when it is
     * refused. */
    check_context("%s, SQL when fenced", how);
    OK(ask(&old, "sql BEGIN"));
    OK(ask(&old, "sql INSERT INTO application VALUES (2)"));
    for (i = 0; i < 4; i++)
        REFUSED(LEAT_E_FENCED, "epoch", ask(&old, changes[i]));
    OK(ask(&old, "rollback"));
    check_unchanged(&before, path, database);

    /* It may read, and then close. */
    OK(ask(&old, "load"));
    REFUSED(LEAT_E_FENCED, "epoch", ask(&old, "save"));
    check_unchanged(&before, path, database);
    OK(ask(&old, "close"));
    check_unchanged(&before, path, database);
    check_context("%s", "");
    save_at(store, "a", stream, 10);
    end_worker(&old, 0);
    OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 10));
    OK(leat_store_close(store, &error));
    if (how[0] == 'a')
        sqlite3_close(database);
    free(stream);
    free(found);
}

/* Stopped anywhere in a loop of steps and saves. If that is inside a
 * transaction, where a take-over is refused, it continues for a while. */
static void test_stopped_anywhere(void)
{
    leat_stream *stream = new_stream(model);
    uint32_t noise = (uint32_t)time(NULL);
    int round, inside = 0;

    printf("seed %lu\n", (unsigned long)noise);
    remove_store("anywhere.db");
    for (round = 0; round < 25; round++) {
        struct worker old = start_worker();
        leat_store *store = NULL;
        leat_store_options options;
        leat_checkpoint checkpoint;
        struct content before;
        char line[300];
        uint64_t acknowledged = 0;
        int code, lines = 0;

        check_context("stopped for the %dth time", round);
        OK(ask(&old, "open anywhere.db 0"));
        if (round == 0)
            OK(ask(&old, "sql CREATE TABLE application(n INTEGER)"));
        else
            OK(ask(&old, "load"));
        order(&old, "run");
        /* Later there is a checkpoint even if it saves none in time. */
        if (round == 0) {
            need(fgets(line, sizeof line, old.answers) != NULL, "a first save");
            acknowledged = strtoull(line, NULL, 10);
        }
        memset(&options, 0, sizeof options);
        options.flags = LEAT_STORE_TAKE_OVER;
        options.busy_timeout_ms = 1;
        for (;;) {
            struct timespec pause = { 0, 0 };
            noise = noise * 1664525u + 1013904223u;
            pause.tv_nsec = (long)(100000 + (noise >> 8) % 3000000u);
            nanosleep(&pause, NULL);
            stop(&old);
            memset(&error, 0, sizeof error);
            code = leat_store_open("anywhere.db", &options, &store, &error);
            /* Also stopped where it begins to read, for which SQLite has its
             * own code. */
            if (code != LEAT_E_BUSY && error.sqlite_code != SQLITE_PROTOCOL)
                break;
            inside++;
            kill(old.process, SIGCONT);
        }
        OK(code);
        need(store != NULL, "to take over");
        OK(leat_store_load(store, "a", stream, NULL, 0, &checkpoint, &error));
        CHECK(is_run_to(stream, checkpoint.position));
        before = content_of("anywhere.db", leat_store_database(store));
        kill(old.process, SIGCONT);
        code = LEAT_OK;
        /* As much as a pipe can hold: endless if it isn't fenced. */
        while (lines++ < 100000 &&
               fgets(line, sizeof line, old.answers) != NULL) {
            if (strchr(line, ' ') != NULL) {
                code = (int)strtol(line, NULL, 10);
                break;
            }
            acknowledged = strtoull(line, NULL, 10);
        }
        CHECK_EQUAL(code, LEAT_E_FENCED);
        if (code == LEAT_OK) {
            end_worker(&old, SIGKILL);
            OK(leat_store_close(store, &error));
            break;
        }
        CHECK(checkpoint.position == acknowledged ||
              (acknowledged == 0 && round > 0));
        check_same_content(&before, "anywhere.db", leat_store_database(store));
        before = content_of("anywhere.db", leat_store_database(store));
        REFUSED(LEAT_E_FENCED, "epoch", ask(&old, "save"));
        check_unchanged(&before, "anywhere.db", leat_store_database(store));
        OK(ask(&old, "close"));
        check_unchanged(&before, "anywhere.db", leat_store_database(store));
        end_worker(&old, 0);
        save_at(store, "a", stream, checkpoint.position + 1);
        OK(leat_store_close(store, &error));
    }
    check_context("%s", "");
    printf("stopped %d times, and %d times inside a transaction\n", round,
           inside);
    free(stream);
}

/* Two processes open at the same moment, a new store or a closed one. */
static void test_openers_at_once(void)
{
    enum { ROUNDS = 200 };
    struct worker workers[2];
    struct race *race;
    char line[64];
    unsigned i, wins[2] = { 0, 0 }, unnamed = 0;

    unlink("race");
    race = shared_race("race");
    for (i = 0; i < 2; i++) {
        workers[i] = start_worker();
        snprintf(line, sizeof line, "race %u %d", i, ROUNDS);
        order(&workers[i], line);
    }
    OK(answer(&workers[0]));
    OK(answer(&workers[1]));
    for (i = 0; i < ROUNDS; i++) {
        const int *codes = race->rounds[i].codes;
        const int *saves = race->rounds[i].saves;
        int winner = codes[1] == LEAT_OK;
        const char *message = race->rounds[i].messages[1 - winner];
        check_context("opened at once for the %uth time: %d and %d, '%s'", i,
                      codes[0], codes[1], message);
        CHECK(codes[winner] == LEAT_OK && saves[winner] == LEAT_OK);
        CHECK_EQUAL(codes[1 - winner], LEAT_E_BUSY);
        snprintf(line, sizeof line, "held by process %ld since 2",
                 (long)workers[winner].process);
        /* Until the holder has written its number there, it can't be named; but
         * another's number is never named. */
        if (strstr(message, "held by another process: ") == message)
            unnamed++;
        else
            CHECK(strstr(message, line) == message);
        wins[winner]++;
    }
    check_context("%s", "");
    printf("opened at once %d times: %u and %u got it, %u times too early to "
           "tell by whom\n", ROUNDS, wins[0], wins[1], unnamed);
    for (i = 0; i < ROUNDS / 2; i++) {
        leat_store *store;
        leat_stream *stream = new_stream(model);
        snprintf(line, sizeof line, "race%u.db", i);
        store = open_store(line);
        OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
        CHECK(is_run_to(stream, 2));
        OK(leat_store_close(store, &error));
        free(stream);
    }
    munmap(race, sizeof *race);
    end_worker(&workers[0], 0);
    end_worker(&workers[1], 0);
}

int main(int count, char **arguments)
{
    char directory[64];
    int status = become_worker(count, arguments);
    if (status >= 0)
        return status;
    set_up(model_path, directory);
    reader = start_worker();
    test_fenced_changes_nothing("open");
    test_fenced_changes_nothing("attach");
    test_stopped_anywhere();
    test_openers_at_once();
    end_worker(&reader, 0);
    return tear_down("test_store_stale_writer", directory);
}
