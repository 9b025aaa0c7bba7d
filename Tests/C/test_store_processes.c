/* SPDX-License-Identifier: MIT
 * Several processes and one store: who may write, what the others are told, and
 * what is left when one is killed.
 * Usage: test_store_processes MODEL.safetensors */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "worker_process.h"
#include "write_at.h"

#include <sys/file.h>
#include <sys/syscall.h>
#include <time.h>

static void test_locked_by_another_connection(void)
{
    leat_store *store = open_new("busy.db");
    leat_stream *stream = new_stream(model), *found = new_stream(model);
    sqlite3 *other;
    leat_store_options options;

    save_at(store, "a", stream, 5);
    other = raw_open("busy.db");
    run_sql(other, "BEGIN EXCLUSIVE");
    step_to(stream, 6);
    REFUSED(LEAT_E_BUSY, "locked",
            leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    REFUSED(LEAT_E_BUSY, "locked", leat_store_delete(store, "a", &error));
    REFUSED(LEAT_E_BUSY, "locked", leat_store_begin(store, &error));
    CHECK(is_run_to(stream, 6));
    OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 5));
    run_sql(other, "ROLLBACK");
    OK(leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    OK(leat_store_close(store, &error));

    /* Locked before it is opened. */
    run_sql(other, "BEGIN EXCLUSIVE");
    memset(&options, 0, sizeof options);
    options.busy_timeout_ms = UINT32_MAX;
    REFUSED(LEAT_E_BUSY, "busy.db",
            leat_store_open("busy.db", &options, &store, &error));
    run_sql(other, "COMMIT");
    sqlite3_close(other);
    store = open_store("busy.db");
    OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 6));
    OK(leat_store_close(store, &error));
    free(stream);
    free(found);
}

static void test_one_writer(void)
{
    leat_store *store = open_new("one.db"), *second = NULL;
    leat_stream *stream = new_stream(model);
    struct worker worker;
    char words[64];

    /* In one process. */
    save_at(store, "a", stream, 1);
    snprintf(words, sizeof words, "held by process %ld since 2", (long)getpid());
    REFUSED(LEAT_E_BUSY, words, leat_store_open("one.db", NULL, &second, &error));
    /* By another path to the same file. */
    CHECK(symlink("one.db", "link.db") == 0);
    REFUSED(LEAT_E_BUSY, words,
            leat_store_open("link.db", NULL, &second, &error));
    REFUSED(LEAT_E_BUSY, words,
            leat_store_open("./one.db", NULL, &second, &error));
    CHECK(second == NULL);
    save_at(store, "a", stream, 2);

    /* In another one. */
    worker = start_worker();
    REFUSED(LEAT_E_BUSY, words, ask(&worker, "open one.db 0"));
    OK(ask(&worker, "open one.db 1"));
    OK(ask(&worker, "load"));
    OK(ask(&worker, "close"));
    OK(leat_store_close(store, &error));
    OK(ask(&worker, "open one.db 0"));
    snprintf(words, sizeof words, "held by process %ld since 2",
             (long)worker.process);
    REFUSED(LEAT_E_BUSY, words, leat_store_open("one.db", NULL, &second, &error));

    /* The lock ends with its holder. */
    end_worker(&worker, SIGKILL);
    store = open_store("one.db");
    save_at(store, "a", stream, 3);
    OK(leat_store_close(store, &error));
    free(stream);
}

static void test_take_over(void)
{
    leat_store *first = open_new("over.db"), *second, *third = NULL;
    leat_stream *stream = new_stream(model), *found = new_stream(model);
    leat_store_options options;
    struct stat wal;
    char words[64];

    save_at(first, "a", stream, 10);
    second = open_with("over.db", LEAT_STORE_TAKE_OVER, 0);
    step_to(stream, 11);
    REFUSED(LEAT_E_FENCED, "epoch",
            leat_store_save(first, "a", stream, NULL, 0, 0, &error));
    REFUSED(LEAT_E_FENCED, "epoch", leat_store_delete(first, "a", &error));
    REFUSED(LEAT_E_FENCED, "epoch", leat_store_begin(first, &error));
    CHECK(sqlite3_get_autocommit(leat_store_database(first)) == 1);
    run_sql(leat_store_database(first), "BEGIN");
    REFUSED(LEAT_E_FENCED, "epoch",
            leat_store_save(first, "a", stream, NULL, 0, 0, &error));
    run_sql(leat_store_database(first), "ROLLBACK");
    OK(leat_store_load(second, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 10));

    save_at(second, "a", found, 12);
    /* The new writer has the lock, and keeps it when the old one closes. */
    snprintf(words, sizeof words, "held by process %ld", (long)getpid());
    REFUSED(LEAT_E_BUSY, words, leat_store_open("over.db", NULL, &third, &error));
    OK(leat_store_close(first, &error));
    REFUSED(LEAT_E_BUSY, words, leat_store_open("over.db", NULL, &third, &error));
    /* The old writer hasn't touched the file: SQLite before 3.51.3 has a fault
     * that two simultaneous writers would trigger. */
    CHECK(stat("over.db-wal", &wal) == 0 && wal.st_size > 0);
    save_at(second, "a", found, 13);

    /* Once more, with the second as the old one. */
    third = open_with("over.db", LEAT_STORE_TAKE_OVER, 0);
    step_to(found, 14);
    REFUSED(LEAT_E_FENCED, "epoch",
            leat_store_save(second, "a", found, NULL, 0, 0, &error));
    save_at(third, "a", stream, 15);
    OK(leat_store_close(third, &error));
    REFUSED(LEAT_E_FENCED, "epoch",
            leat_store_save(second, "a", found, NULL, 0, 0, &error));
    OK(leat_store_close(second, &error));
    CHECK(access("over.db-lock.new", F_OK) != 0);

    /* A take-over of a store that nobody has is an open. */
    first = open_with("over.db", LEAT_STORE_TAKE_OVER, 0);
    REFUSED(LEAT_E_BUSY, words, leat_store_open("over.db", NULL, &third, &error));

    /* After a take-over that failed the writer is still the writer. */
    OK(leat_store_begin(first, &error));
    save_at(first, "a", stream, 16);
    memset(&options, 0, sizeof options);
    options.flags = LEAT_STORE_TAKE_OVER;
    options.busy_timeout_ms = 10;
    third = NULL;
    REFUSED(LEAT_E_BUSY, "locked",
            leat_store_open("over.db", &options, &third, &error));
    OK(leat_store_commit(first, &error));
    REFUSED(LEAT_E_BUSY, words, leat_store_open("over.db", NULL, &third, &error));
    save_at(first, "a", stream, 17);
    OK(leat_store_close(first, &error));
    free(stream);
    free(found);
}

/* Two openers that meet half-way: the system's calls that take a lock are
 * intercepted, and something is done between them. */
static void (*before_flock)(void), (*before_pwrite)(void);

int flock(int file, int operation)
{
    void (*hook)(void) = before_flock;
    before_flock = NULL;
    if (hook != NULL)
        hook();
    return (int)syscall(SYS_flock, file, operation);
}

static int is_lock_file(int file)
{
    char link[32], path[256];
    ssize_t length;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    length = readlink(link, path, sizeof path);
    return length > 5 && memcmp(path + length - 5, "-lock", 5) == 0;
}

/* Where libc's name for it is pwrite64, as on 32 bits, SQLite's writes come here,
 * too: in these it holds locks. */
ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset)
{
    if (before_pwrite != NULL && is_lock_file(file)) {
        void (*hook)(void) = before_pwrite;
        before_pwrite = NULL;
        hook();
    }
    return write_at(file, bytes, size, offset);
}

static leat_store *holder, *replacement;

static void replace_and_close(void)
{
    replacement = open_with("meet.db", LEAT_STORE_TAKE_OVER, 0);
    OK(leat_store_close(holder, &error));
    OK(leat_store_close(replacement, &error));
    replacement = NULL;
}

static void replace(void)
{
    replacement = open_with("meet.db", LEAT_STORE_TAKE_OVER, 0);
}

static void test_openers_that_meet(void)
{
    leat_store *store = NULL;
    leat_stream *stream = new_stream(model);

    /* Its lock file is replaced between open() and flock(), and everything is
     * closed again: its lock is on a file that nobody finds any more. */
    holder = open_new("meet.db");
    before_flock = replace_and_close;
    OK(leat_store_open("meet.db", NULL, &store, &error));
    CHECK(before_flock == NULL);
    REFUSED(LEAT_E_BUSY, "held by",
            leat_store_open("meet.db", NULL, &holder, &error));
    save_at(store, "a", stream, 1);
    OK(leat_store_close(store, &error));

    /* It has the lock, and is replaced before it has the store: it must not
     * fence its replacement, as it wasn't asked to take over. */
    store = NULL;
    before_pwrite = replace;
    REFUSED(LEAT_E_BUSY, "held by process",
            leat_store_open("meet.db", NULL, &store, &error));
    CHECK(before_pwrite == NULL && store == NULL);
    save_at(replacement, "a", stream, 2);
    OK(leat_store_close(replacement, &error));
    free(stream);
}

static void test_attached_take_over(void)
{
    sqlite3 *first_database = raw_open("attached.db"), *second_database;
    leat_store *first = NULL, *second = NULL;
    leat_stream *stream = new_stream(model);
    leat_store_options options;
    uint64_t position = 2;

    OK(leat_store_attach(first_database, NULL, &first, &error));
    save_at(first, "a", stream, 1);
    second_database = raw_open("attached.db");
    memset(&options, 0, sizeof options);
    options.flags = LEAT_STORE_TAKE_OVER;
    OK(leat_store_attach(second_database, &options, &second, &error));
    step_to(stream, position);
    /* Only the caller ends the caller's transaction. */
    run_sql(first_database, "CREATE TABLE t(x); BEGIN; INSERT INTO t VALUES (1)");
    REFUSED(LEAT_E_FENCED, "epoch",
            leat_store_save(first, "a", stream, NULL, 0, 0, &error));
    CHECK(sqlite3_get_autocommit(first_database) == 0);
    run_sql(first_database, "COMMIT");
    save_at(second, "a", stream, 2);
    OK(leat_store_close(first, &error));
    OK(leat_store_close(second, &error));
    sqlite3_close(first_database);
    sqlite3_close(second_database);
    free(stream);
}

/* A process is stopped and replaced, and continues without knowing it. */
static void test_stopped_process(void)
{
    struct worker worker = start_worker();
    leat_store *store;
    leat_stream *stream = new_stream(model), *found = new_stream(model);
    int status;

    remove_store("stopped.db");
    OK(ask(&worker, "open stopped.db 0"));
    OK(ask(&worker, "save"));
    OK(ask(&worker, "save"));
    kill(worker.process, SIGSTOP);
    CHECK(waitpid(worker.process, &status, WUNTRACED) == worker.process);
    order(&worker, "save");
    REFUSED(LEAT_E_BUSY, "held by process",
            leat_store_open("stopped.db", NULL, &store, &error));
    store = open_with("stopped.db", LEAT_STORE_TAKE_OVER, 0);
    OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    CHECK(is_run_to(stream, 2));
    save_at(store, "a", stream, 7);
    kill(worker.process, SIGCONT);
    REFUSED(LEAT_E_FENCED, "epoch", answer(&worker));
    REFUSED(LEAT_E_FENCED, "epoch", ask(&worker, "save"));
    OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 7));
    OK(ask(&worker, "close"));
    save_at(store, "a", stream, 8);
    end_worker(&worker, 0);
    OK(leat_store_close(store, &error));

    /* Stopped inside a transaction: then a take-over is refused, and the
     * attempt changes nothing. */
    worker = start_worker();
    OK(ask(&worker, "open stopped.db 0"));
    OK(ask(&worker, "load"));
    OK(ask(&worker, "begin"));
    kill(worker.process, SIGSTOP);
    {
        leat_store_options options;
        memset(&options, 0, sizeof options);
        options.flags = LEAT_STORE_TAKE_OVER;
        options.busy_timeout_ms = 10;
        REFUSED(LEAT_E_BUSY, "locked",
                leat_store_open("stopped.db", &options, &store, &error));
    }
    kill(worker.process, SIGCONT);
    OK(ask(&worker, "save"));
    OK(ask(&worker, "close"));
    end_worker(&worker, 0);
    free(stream);
    free(found);
}

static void test_two_open_at_once(void)
{
    static const char *const flags[] = { "0", "4" };
    struct worker workers[2];
    int i, round, wins[2] = { 0, 0 };

    workers[0] = start_worker();
    workers[1] = start_worker();
    for (round = 0; round < 40; round++) {
        const char *how = flags[round / 20];
        char line[64];
        int codes[2], saves[2];
        snprintf(line, sizeof line, "open once%d.db %s", round / 2, how);
        order(&workers[round % 2], line);
        order(&workers[1 - round % 2], line);
        for (i = 0; i < 2; i++) {
            codes[i] = answer(&workers[i]);
            check_context("round %d, '%s'", round, error.message);
            if (codes[i] != LEAT_OK)
                CHECK_EQUAL(codes[i], LEAT_E_BUSY);
        }
        for (i = 0; i < 2; i++) {
            saves[i] = codes[i] == LEAT_OK ? ask(&workers[i], "load") : -1;
            saves[i] = codes[i] == LEAT_OK ? ask(&workers[i], "save") : -1;
            if (saves[i] == LEAT_OK)
                wins[i]++;
        }
        check_context("round %d", round);
        /* Exactly one may write. One opens the store, unless both take over:
         * then the later one fences the earlier. */
        CHECK((saves[0] == LEAT_OK) + (saves[1] == LEAT_OK) == 1);
        if (round < 20)
            CHECK((codes[0] == LEAT_OK) + (codes[1] == LEAT_OK) == 1);
        for (i = 0; i < 2; i++)
            if (codes[i] == LEAT_OK && saves[i] != LEAT_OK)
                CHECK(saves[i] == LEAT_E_FENCED);
        for (i = 0; i < 2; i++)
            if (codes[i] == LEAT_OK)
                OK(ask(&workers[i], "close"));
    }
    check_context("%s", "");
    printf("two at once: %d and %d won\n", wins[0], wins[1]);
    end_worker(&workers[0], 0);
    end_worker(&workers[1], 0);
}

/* Killed at random moments, it resumes at what was acknowledged, or at the one
 * save that was done but not yet acknowledged. */
static void test_killed(void)
{
    leat_stream *found = new_stream(model);
    uint64_t acknowledged = 0;
    uint32_t noise = (uint32_t)time(NULL);
    int round, ahead = 0;

    remove_store("killed.db");
    for (round = 0; round < 25; round++) {
        struct worker worker = start_worker();
        struct timespec pause = { 0, 0 };
        leat_store *store;
        leat_checkpoint checkpoint;
        char line[64];
        int code;
        OK(ask(&worker, "open killed.db 0"));
        code = ask(&worker, "load");
        CHECK(code == (acknowledged == 0 ? LEAT_E_NOT_FOUND : LEAT_OK));
        order(&worker, "run");
        noise = noise * 1664525u + 1013904223u;
        pause.tv_nsec = (long)(1000000 + noise % 30000000u);
        if (fgets(line, sizeof line, worker.answers) != NULL)
            acknowledged = strtoull(line, NULL, 10);
        nanosleep(&pause, NULL);
        kill(worker.process, SIGKILL);
        while (fgets(line, sizeof line, worker.answers) != NULL)
            if (strchr(line, '\n') != NULL)
                acknowledged = strtoull(line, NULL, 10);
        end_worker(&worker, SIGKILL);

        store = open_store("killed.db");
        OK(leat_store_load(store, "a", found, NULL, 0, &checkpoint, &error));
        CHECK(checkpoint.position == acknowledged ||
              checkpoint.position == acknowledged + 1);
        ahead += checkpoint.position != acknowledged;
        CHECK(is_run_to(found, checkpoint.position));
        OK(leat_store_close(store, &error));
        acknowledged = checkpoint.position;
    }
    printf("killed %d times over %d saves; %d times one save further than "
           "acknowledged\n", round, (int)acknowledged, ahead);
    CHECK(acknowledged >= 25);
    free(found);
}

int main(int count, char **arguments)
{
    char directory[64];
    int status = become_worker(count, arguments);
    if (status >= 0)
        return status;
    set_up(model_path, directory);
    test_locked_by_another_connection();
    test_one_writer();
    test_take_over();
    test_openers_that_meet();
    test_attached_take_over();
    test_stopped_process();
    test_two_open_at_once();
    test_killed();
    return tear_down("test_store_processes", directory);
}
