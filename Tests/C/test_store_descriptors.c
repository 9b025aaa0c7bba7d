/* SPDX-License-Identifier: MIT
 * File descriptors: none of Leat's is a standard stream's, and none is of a
 * file on which SQLite holds locks, since closing it would drop them.
 * Usage: test_store_descriptors MODEL.safetensors */
#define _GNU_SOURCE
#include "own_program.h"
#include "store_fixture.h"
#include "write_at.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static int exists(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

/* --- the system's calls, which are watched -------------------------------- */

/* The call that takes this program's struct flock, on 32 bits too. */
#if defined(SYS_fcntl64)
#define SYSTEM_FCNTL SYS_fcntl64
#else
#define SYSTEM_FCNTL SYS_fcntl
#endif

/* The descriptors that are read, written, locked and synced. */
static int least = 1 << 30;
static int fails_fcntl;

static void note(int file)
{
    if (file < least)
        least = file;
}

ssize_t read(int file, void *bytes, size_t size)
{
    note(file);
    return (ssize_t)syscall(SYS_read, file, bytes, size);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset)
{
    note(file);
    return write_at(file, bytes, size, offset);
}

int flock(int file, int operation)
{
    note(file);
    return (int)syscall(SYS_flock, file, operation);
}

int fsync(int file)
{
    note(file);
    return (int)syscall(SYS_fsync, file);
}

int fcntl(int file, int command, ...)
{
    va_list arguments;
    void *argument;
    va_start(arguments, command);
    argument = va_arg(arguments, void *);
    va_end(arguments);
    if (fails_fcntl && command == F_DUPFD_CLOEXEC) {
        errno = EMFILE;
        return -1;
    }
    return (int)syscall(SYSTEM_FCNTL, file, command, argument);
}

/* --- standard streams that are closed ------------------------------------- */

/* All three are saved, and some of them closed. */
static int kept[3], closed;

static void close_streams(int which)
{
    int i;
    fflush(NULL);
    closed = which;
    for (i = 0; i < 3; i++) {
        kept[i] = fcntl(i, F_DUPFD_CLOEXEC, 100);
        if (which & 1 << i)
            close(i);
    }
}

static void restore_streams(void)
{
    int i;
    fflush(NULL);
    for (i = 0; i < 3; i++) {
        dup2(kept[i], i);
        close(kept[i]);
    }
}

/* A program's output gets into no file that Leat or SQLite opened. */
static int print_all(void *context, uint64_t done, uint64_t total)
{
    static const char line[] = "a line that belongs in no database\n";
    int file;
    ++*(int *)context;
    for (file = 0; file < 3; file++) {
        struct stat status;
        if (!(closed & 1 << file))
            continue;
        if (fstat(file, &status) == 0 && S_ISREG(status.st_mode))
            *(int *)context += 1000000;
        if (write(file, line, sizeof line - 1) < 0 && done > total)
            return 1;
    }
    return 0;
}

struct session {
    int codes[12];
    int calls;
};

/* Every call that opens a file, with these streams closed. Nothing is checked
 * here, since a check that fails prints. */
static void run_session(struct session *session, const char *model_path)
{
    const leat_model *again = NULL;
    leat_store *store = NULL, *second = NULL;
    leat_store_options options;
    leat_stream *stream = NULL;
    void *block;
    int *code = session->codes;
    memset(&options, 0, sizeof options);
    *code++ = leat_model_open(model_path, &again, &error);
    block = malloc(leat_stream_size(again));
    *code++ = leat_stream_init(block, leat_stream_size(again), again, &stream,
                               &error);
    *code++ = leat_store_open("closed.db", NULL, &store, &error);
    *code++ = leat_store_save(store, "a", stream, NULL, 0, 0, &error);
    *code++ =
        leat_store_backup(store, "copy.db", print_all, &session->calls, &error);
    options.flags = LEAT_STORE_TAKE_OVER;
    *code++ = leat_store_open("closed.db", &options, &second, &error);
    *code++ = leat_store_save(second, "b", stream, NULL, 0, 0, &error);
    *code++ = leat_store_close(second, &error);
    *code++ = leat_store_close(store, &error);
    second = NULL;
    options.flags = LEAT_STORE_READ_ONLY;
    *code++ = leat_store_open("closed.db", &options, &second, &error);
    *code++ =
        leat_store_verify(second, NULL, print_all, &session->calls, &error);
    *code++ = leat_store_close(second, &error);
    free(block);
    leat_model_close(again);
}

static void test_closed_streams(const char *model_path)
{
    int which;
    for (which = 0; which < 8; which++) {
        struct session session;
        size_t i;
        check_context("streams closed: %d", which);
        memset(&session, 0, sizeof session);
        least = 1 << 30;
        close_streams(which);
        run_session(&session, model_path);
        restore_streams();
        for (i = 0; i < sizeof session.codes / sizeof *session.codes; i++)
            check_that(session.codes[i] == LEAT_OK, __FILE__, __LINE__,
                       "call %d gave %d: %s", (int)i, session.codes[i],
                       error.message);
        CHECK(session.calls > 0 && session.calls < 1000000);
        check_that(least >= 3, __FILE__, __LINE__, "descriptor %d was used",
                   least);
        sql_at("copy.db", "PRAGMA integrity_check");
        CHECK_EQUAL(number_at("copy.db", "SELECT count(*) FROM leat_stream "
                                         "WHERE name = 'a'"),
                    1);
        remove_store("copy.db");
        remove_store("closed.db");
    }
    check_context("%s", "");
}

/* Closed while the store is open, as a daemon does. */
static void test_closed_later(void)
{
    leat_store *store = open_new("later.db");
    leat_stream *stream = new_stream(model);
    int code, calls = 0, saved;
    save_at(store, "a", stream, 5);
    close_streams(7);
    code = leat_store_backup(store, "copy.db", print_all, &calls, &error);
    step_to(stream, 6);
    saved = leat_store_save(store, "a", stream, NULL, 0, 0, &error);
    restore_streams();
    CHECK_EQUAL(code, LEAT_OK);
    CHECK_EQUAL(saved, LEAT_OK);
    CHECK(calls > 0 && calls < 1000000);
    OK(leat_store_close(store, &error));
    store = open_store("copy.db");
    OK(leat_store_verify(store, NULL, NULL, NULL, &error));
    leat_stream_reset(stream, &error);
    OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    CHECK(is_run_to(stream, 5));
    OK(leat_store_close(store, &error));
    remove_store("copy.db");
    remove_store("later.db");
    free(stream);
}

/* No descriptor above the three is available. */
static void test_no_descriptor_left(void)
{
    leat_store *store = open_new("later.db");
    leat_stream *stream = new_stream(model);
    int code, low;
    save_at(store, "a", stream, 5);
    close_streams(4);
    fails_fcntl = 1;
    code = leat_store_backup(store, "copy.db", NULL, NULL, &error);
    fails_fcntl = 0;
    /* What couldn't be moved is closed. */
    low = fcntl(2, F_GETFD);
    restore_streams();
    CHECK(code == LEAT_E_IO && low < 0);
    CHECK_WORDS(error.message, strerror(EMFILE));
    CHECK(!exists("copy.db-new") && !exists("copy.db"));
    OK(leat_store_close(store, &error));
    remove_store("later.db");
    free(stream);
}

/* --- SQLite's locks ------------------------------------------------------- */

/* Another program reads the database and closes it. As the last one that has it
 * open, as far as it can see, it deletes the -wal. */
static void look_from_outside(char *path)
{
    CHECK(own_program_succeeds("select", path));
}

static int select_from(const char *path)
{
    sqlite3 *database = raw_open(path);
    int failed = number_of(database, "SELECT count(*) FROM leat_stream") < 1;
    return sqlite3_close(database) != SQLITE_OK || failed;
}

/* The -wal exists as long as the store is open. */
static void check_locked(char *path, const char *what)
{
    char wal[64];
    snprintf(wal, sizeof wal, "%s-wal", path);
    look_from_outside(path);
    check_that(exists(wal), __FILE__, __LINE__, "%s: the -wal is gone", what);
}

static leat_store *open_saved(const char *path)
{
    leat_store *store = open_new(path);
    leat_stream *stream = new_stream(model);
    save_at(store, "a", stream, 5);
    free(stream);
    return store;
}

static void test_backup_onto_a_name(void)
{
    leat_store *store = open_saved("main.db"), *other;
    check_locked("main.db", "nothing happened yet");

    CHECK(link("main.db", "copy.db-new") == 0);
    REFUSED(LEAT_E_EXISTS, "found a store",
            leat_store_backup(store, "copy.db", NULL, NULL, &error));
    CHECK(exists("copy.db-new") && !exists("copy.db"));
    check_locked("main.db", "a refused backup, at a name of the store");
    unlink("copy.db-new");

    /* The name of another store that this process has open. */
    other = open_saved("other.db");
    CHECK(link("other.db", "copy.db-new") == 0);
    OK(leat_store_backup(store, "copy.db", NULL, NULL, &error));
    CHECK(!exists("copy.db-new"));
    check_locked("other.db", "a backup, at a second name of another store");
    remove_store("copy.db");
    OK(leat_store_close(other, &error));
    remove_store("other.db");

    /* A file that is named as one. */
    other = open_saved("copy.db-new");
    REFUSED(LEAT_E_EXISTS, "found a store",
            leat_store_backup(store, "copy.db", NULL, NULL, &error));
    check_locked("copy.db-new", "a refused backup, at another store");
    OK(leat_store_close(other, &error));
    remove_store("copy.db-new");
    OK(leat_store_close(store, &error));
    remove_store("main.db");
}

/* A -lock that is another name of the database. */
static void test_lock_is_a_name(void)
{
    leat_store *store = open_saved("main.db"), *second = NULL;
    leat_store_options options;
    memset(&options, 0, sizeof options);
    CHECK(rename("main.db-lock", "lock") == 0 &&
          link("main.db", "main.db-lock") == 0);
    options.flags = LEAT_STORE_READ_ONLY;
    (void)leat_store_open("main.db", &options, &second, &error);
    (void)leat_store_close(second, &error);
    second = NULL;
    check_locked("main.db", "a look beside a -lock that is the store");
    options.flags = LEAT_STORE_TAKE_OVER;
    CHECK(leat_store_open("main.db", &options, &second, &error) < 0);
    check_locked("main.db", "a take-over of a -lock that is the store");
    unlink("main.db-lock");
    CHECK(rename("lock", "main.db-lock") == 0);
    OK(leat_store_close(store, &error));
    remove_store("main.db");
}

/* Whatever is done with a store, the locks stay. */
static void test_ordinary_work(void)
{
    leat_store *store = open_saved("main.db"), *second;
    leat_store_statistics_t statistics;
    second = open_with("main.db", LEAT_STORE_READ_ONLY, 0);
    OK(leat_store_verify(second, NULL, NULL, NULL, &error));
    OK(leat_store_statistics(second, &statistics, &error));
    OK(leat_store_backup(second, "copy.db", NULL, NULL, &error));
    OK(leat_store_close(second, &error));
    check_locked("main.db", "a look");
    /* Whoever finds the copy first opens it. */
    second = open_store("copy.db");
    check_locked("copy.db", "the copy");
    OK(leat_store_close(second, &error));
    remove_store("copy.db");
    second = NULL;
    REFUSED(LEAT_E_BUSY, "held by",
            leat_store_open("main.db", NULL, &second, &error));
    check_locked("main.db", "a refused second writer");
    second = open_with("main.db", LEAT_STORE_TAKE_OVER, 0);
    check_locked("main.db", "a take-over");
    OK(leat_store_close(store, &error));
    check_locked("main.db", "the one that was replaced has gone");
    OK(leat_store_close(second, &error));
    remove_store("main.db");
}

int main(int count, char **arguments)
{
    char directory[64];
    char *model_path;
    if (count == 3 && strcmp(arguments[1], "select") == 0)
        return select_from(arguments[2]);
    check_usage(count == 2, "test_store_descriptors MODEL.safetensors");
    find_own_program();
    model_path = realpath(arguments[1], NULL);
    need(model_path != NULL, "realpath");
    set_up(arguments[1], directory);
    test_closed_streams(model_path);
    test_closed_later();
    test_no_descriptor_left();
    test_backup_onto_a_name();
    test_lock_is_a_name();
    test_ordinary_work();
    free(model_path);
    return tear_down("test_store_descriptors", directory);
}
