/* SPDX-License-Identifier: MIT
 * Copies of a store are complete, durable and as private as the store, or don't
 * exist. Reading a store changes nothing in it and doesn't block a writer.
 * Usage: test_store_backup MODEL.safetensors */
#define _GNU_SOURCE
#include "own_program.h"
#include "store_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static char *model_path;

/* --- the system's calls, which can be made to fail ------------------------ */

static int fails_rename, fails_link, fails_sync_at, syncs;

long syscall(long number, ...)
{
    const char *from, *to;
    va_list arguments;
    va_start(arguments, number);
    (void)va_arg(arguments, int);
    from = va_arg(arguments, const char *);
    (void)va_arg(arguments, int);
    to = va_arg(arguments, const char *);
    va_end(arguments);
    if (number != SYS_renameat2 || fails_rename) {
        errno = EINVAL;
        return -1;
    }
#ifdef RENAME_NOREPLACE
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
#else /* musl has no such function; of a file it does the same */
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0) == 0 ? unlink(from) : -1;
#endif
}

int link(const char *from, const char *to)
{
    if (fails_link) {
        errno = EPERM;
        return -1;
    }
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int fsync(int file)
{
    if (++syncs == fails_sync_at) {
        errno = EIO;
        return -1;
    }
    return fdatasync(file);
}

/* --- a writer in its own process ------------------------------------------ */

/* Shared with the process that started it. */
struct shared {
    uint64_t acknowledged;
    int code;
    int stop;
};

static struct shared *map_shared(void)
{
    int file = open("shared", O_RDWR | O_CREAT, 0600);
    void *shared;
    need(file >= 0 && ftruncate(file, sizeof(struct shared)) == 0, "shared");
    shared = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE,
                  MAP_SHARED, file, 0);
    need(shared != MAP_FAILED, "shared");
    close(file);
    return shared;
}

static uint64_t acknowledged(const struct shared *shared)
{
    return __atomic_load_n(&shared->acknowledged, __ATOMIC_SEQ_CST);
}

/* Save as fast as possible until told to stop, or until the parent is gone. */
static int write_on(const char *model_at, const char *path)
{
    struct shared *shared = map_shared();
    leat_store *store = NULL;
    leat_stream *stream;
    pid_t parent = getppid();
    int code;
    need(leat_model_open(model_at, &model, &error) == LEAT_OK, model_at);
    need(leat_store_open(path, NULL, &store, &error) == LEAT_OK, path);
    stream = new_stream(model);
    do {
        uint64_t position = leat_stream_position(stream) + 1;
        step_to(stream, position);
        code = leat_store_save(store, "a", stream, &position, sizeof position,
                               0, &error);
        if (code == LEAT_OK)
            __atomic_store_n(&shared->acknowledged, position,
                             __ATOMIC_SEQ_CST);
    } while (code == LEAT_OK && getppid() == parent &&
             !__atomic_load_n(&shared->stop, __ATOMIC_SEQ_CST));
    __atomic_store_n(&shared->code, code, __ATOMIC_SEQ_CST);
    if (code != LEAT_OK)
        fprintf(stderr, "the writer: %s\n", error.message);
    leat_store_close(store, &error);
    free(stream);
    leat_model_close(model);
    return code != LEAT_OK;
}

static pid_t start_writer(char *path, struct shared **shared)
{
    pid_t process;
    remove("shared");
    *shared = map_shared();
    fflush(stdout);
    process = fork();
    need(process >= 0, "fork");
    if (process == 0) {
        run_own_program("writer", model_path, path, (char *)NULL);
    }
    while (acknowledged(*shared) < 3 && !has_ended(process))
        usleep(1000);
    return process;
}

/* --- helpers -------------------------------------------------------------- */

static int exists(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

/* There is nothing beside a copy, whether it exists or not. */
static void check_alone(const char *path, int has_copy)
{
    static const char *const suffixes[] = { "-new", "-wal", "-shm", "-journal",
                                            "-new-wal", "-new-shm",
                                            "-new-journal", "-lock" };
    char name[64];
    size_t i;
    check_that(exists(path) == has_copy, __FILE__, __LINE__, "%s is %s", path,
               has_copy ? "missing" : "there");
    for (i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        check_that(!exists(name), __FILE__, __LINE__, "%s is there", name);
    }
}

/* "a" at 5, and so much else that a copy takes several steps. */
static void fill(leat_store *store)
{
    static unsigned char cursor[8000];
    leat_stream *stream = new_stream(model);
    char name[32];
    int i;
    save_at(store, "a", stream, 5);
    OK(leat_store_begin(store, &error));
    for (i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "filler%d", i);
        OK(leat_store_save(store, name, stream, cursor, sizeof cursor, 0,
                           &error));
    }
    OK(leat_store_commit(store, &error));
    free(stream);
}

static void check_copy(const char *path, uint64_t position)
{
    leat_store *copy = open_store(path);
    leat_stream *stream = new_stream(model);
    uint64_t cursor = 0;
    OK(leat_store_verify(copy, NULL, NULL, NULL, &error));
    OK(leat_store_load(copy, "a", stream, &cursor, sizeof cursor, NULL,
                       &error));
    CHECK(cursor == position && is_run_to(stream, position));
    /* The copy can be written to. */
    save_at(copy, "a", stream, position + 1);
    OK(leat_store_close(copy, &error));
    remove_store(path);
    free(stream);
}

struct calls {
    uint64_t count, stop_at, done, total;
    leat_store *store;
    void (*act)(struct calls *calls);
};

static int count_calls(void *context, uint64_t done, uint64_t total)
{
    struct calls *calls = context;
    CHECK(done <= total && total > 0 && done >= calls->done);
    calls->done = done;
    calls->total = total;
    if (calls->act != NULL)
        calls->act(calls);
    return ++calls->count == calls->stop_at;
}

/* --- the tests ------------------------------------------------------------ */

static void test_copy(void)
{
    static const mode_t modes[] = { 0600, 0640, 0644, 0660 };
    leat_store *store = open_new("source.db"), *reader;
    struct stat status;
    struct calls calls;
    size_t i;

    fill(store);
    CHECK(stat("source.db-wal", &status) == 0 && status.st_size > 0);
    for (i = 0; i < sizeof modes / sizeof *modes; i++) {
        check_context("mode %o", (unsigned)modes[i]);
        CHECK(chmod("source.db", modes[i]) == 0);
        memset(&calls, 0, sizeof calls);
        OK(leat_store_backup(store, "copy.db", count_calls, &calls, &error));
        CHECK(calls.count > 2 && calls.done == calls.total);
        check_alone("copy.db", 1);
        CHECK(stat("copy.db", &status) == 0 &&
              (status.st_mode & 07777) == modes[i]);
        check_copy("copy.db", 5);
    }
    check_context("%s", "");
    /* By an absolute path, and from a store that is opened read-only. */
    reader = open_with("source.db", LEAT_STORE_READ_ONLY, 0);
    OK(leat_store_backup(reader, "copy.db", NULL, NULL, &error));
    check_alone("copy.db", 1);
    check_copy("copy.db", 5);
    OK(leat_store_close(reader, &error));
    OK(leat_store_close(store, &error));
    remove_store("source.db");
}

static void test_fenced(void)
{
    leat_store *first = open_new("fenced.db"), *second;
    fill(first);
    second = open_with("fenced.db", LEAT_STORE_TAKE_OVER, 0);
    OK(leat_store_backup(first, "copy.db", NULL, NULL, &error));
    check_copy("copy.db", 5);
    OK(leat_store_close(first, &error));
    OK(leat_store_close(second, &error));
}

static void test_attached(void)
{
    sqlite3 *database = raw_open(":memory:"), *copied;
    leat_store *store = NULL;
    leat_stream *stream = new_stream(model);
    run_sql(database, "CREATE TABLE mine(x); INSERT INTO mine VALUES (42)");
    OK(leat_store_attach(database, NULL, &store, &error));
    save_at(store, "a", stream, 7);
    OK(leat_store_backup(store, "copy.db", NULL, NULL, &error));
    check_alone("copy.db", 1);
    OK(leat_store_close(store, &error));
    sqlite3_close(database);

    copied = raw_open("copy.db");
    CHECK_EQUAL(number_of(copied, "SELECT x FROM mine"), 42);
    OK(leat_store_attach(copied, NULL, &store, &error));
    leat_stream_reset(stream, &error);
    OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    CHECK(is_run_to(stream, 7));
    OK(leat_store_close(store, &error));
    sqlite3_close(copied);
    remove_store("copy.db");
    free(stream);
}

static void test_refused(void)
{
    leat_store *store = open_new("source.db"), *other;
    static const char *const beside[] = { "source.db-journal", "source.db-wal",
                                          "source.db-shm", "./source.db-lock" };
    uint64_t hash;
    size_t i;
    int file;

    fill(store);
    REFUSED(LEAT_E_ARGUMENT, "store is NULL",
            leat_store_backup(NULL, "copy.db", NULL, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, "path is NULL",
            leat_store_backup(store, NULL, NULL, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, "path is empty",
            leat_store_backup(store, "", NULL, NULL, &error));
    REFUSED(LEAT_E_IO, "cannot make",
            leat_store_backup(store, "no/copy.db", NULL, NULL, &error));
    REFUSED(LEAT_E_EXISTS, "there is a file at 'source.db'",
            leat_store_backup(store, "source.db", NULL, NULL, &error));
    REFUSED(LEAT_E_EXISTS, "source.db-lock",
            leat_store_backup(store, "source.db-lock", NULL, NULL, &error));
    REFUSED(LEAT_E_EXISTS, "source.db-wal",
            leat_store_backup(store, "./source.db-wal", NULL, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, "beside the store",
            leat_store_backup(store, "source.db-journal", NULL, NULL, &error));
    REFUSED(LEAT_E_EXISTS, "'.'",
            leat_store_backup(store, ".", NULL, NULL, &error));
    CHECK(symlink("nowhere", "link.db") == 0);
    REFUSED(LEAT_E_EXISTS, "'link.db'",
            leat_store_backup(store, "link.db", NULL, NULL, &error));
    unlink("link.db");
    OK(leat_store_begin(store, &error));
    REFUSED(LEAT_E_ARGUMENT, "transaction",
            leat_store_backup(store, "copy.db", NULL, NULL, &error));
    OK(leat_store_rollback(store, &error));
    check_alone("copy.db", 0);

    /* The remains of a crash are replaced; a second name of a finished copy
     * isn't written over. */
    write_file("copy.db-new", "old", 3);
    OK(leat_store_backup(store, "copy.db", NULL, NULL, &error));
    check_alone("copy.db", 1);
    CHECK(rename("copy.db", "kept.db") == 0 &&
          link("kept.db", "copy.db-new") == 0);
    hash = hash_file("kept.db");
    OK(leat_store_backup(store, "copy.db", NULL, NULL, &error));
    check_alone("copy.db", 1);
    CHECK(hash_file("kept.db") == hash);
    unlink("copy.db");

    /* Another backup is running there. */
    file = open("copy.db-new", O_RDWR | O_CREAT, 0600);
    CHECK(file >= 0 && flock(file, LOCK_EX) == 0);
    REFUSED(LEAT_E_BUSY, "another backup",
            leat_store_backup(store, "copy.db", NULL, NULL, &error));
    CHECK(exists("copy.db-new") && !exists("copy.db"));
    close(file);
    unlink("copy.db-new");

    /* Another file with a store's name. */
    other = open_new("other-new");
    REFUSED(LEAT_E_EXISTS, "found a store",
            leat_store_backup(store, "other", NULL, NULL, &error));
    REFUSED(LEAT_E_EXISTS, "found a store",
            leat_store_backup(other, "other", NULL, NULL, &error));
    OK(leat_store_close(other, &error));
    OK(leat_store_close(store, &error));
    unlink("other-new-lock");
    other = open_with("other-new", LEAT_STORE_READ_ONLY, 0);
    REFUSED(LEAT_E_EXISTS, "found a store",
            leat_store_backup(other, "other", NULL, NULL, &error));
    OK(leat_store_close(other, &error));
    remove_store("other-new");

    /* Names that don't exist yet but belong to the store. */
    CHECK(rename("source.db-lock", "lock") == 0);
    CHECK(chmod(".", 0500) == 0);
    other = open_with("source.db", LEAT_STORE_READ_ONLY, 0);
    CHECK(chmod(".", 0700) == 0);
    for (i = 0; i < sizeof beside / sizeof *beside; i++) {
        if (exists(beside[i]))
            continue;
        REFUSED(LEAT_E_ARGUMENT, "beside the store",
                leat_store_backup(other, beside[i], NULL, NULL, &error));
        CHECK(!exists(beside[i]));
    }
    OK(leat_store_close(other, &error));
    remove_store("source.db");
}

static void write_between_steps(struct calls *calls)
{
    if (calls->count == 1)
        write_file("copy.db", "mine", 4);
}

static void use_store(struct calls *calls)
{
    leat_stream *stream = new_stream(model);
    REFUSED(LEAT_E_ARGUMENT, "in use",
            leat_store_save(calls->store, "a", stream, NULL, 0, 0, &error));
    REFUSED(LEAT_E_ARGUMENT, "in use", leat_store_close(calls->store, &error));
    REFUSED(LEAT_E_ARGUMENT, "in use",
            leat_store_backup(calls->store, "b.db", NULL, NULL, &error));
    CHECK(leat_store_database(calls->store) == NULL);
    free(stream);
}

static void test_stopped(void)
{
    leat_store *store = open_new("source.db");
    struct calls calls;
    uint64_t n, last = 0;
    size_t size;
    unsigned char *found;

    fill(store);
    for (n = 1; n < 100; n++) {
        int code;
        check_context("stopped at call %d", (int)n);
        memset(&calls, 0, sizeof calls);
        calls.stop_at = n;
        code = leat_store_backup(store, "copy.db", count_calls, &calls, &error);
        if (code == LEAT_OK)
            break;
        CHECK_EQUAL(code, LEAT_E_STOPPED);
        CHECK_WORDS(error.message, "stopped by progress");
        check_alone("copy.db", 0);
        last = n;
    }
    check_context("%s", "");
    CHECK(last > 2 && last < 99);
    check_copy("copy.db", 5);

    /* Another process creates a file there while the copy is made. */
    memset(&calls, 0, sizeof calls);
    calls.act = write_between_steps;
    REFUSED(LEAT_E_EXISTS, "/copy.db'",
            leat_store_backup(store, "copy.db", count_calls, &calls, &error));
    check_alone("copy.db", 1);
    found = read_file("copy.db", &size);
    CHECK(size == 4 && memcmp(found, "mine", 4) == 0);
    free(found);
    unlink("copy.db");
    /* Also where only links prevent replacing it. */
    fails_rename = 1;
    calls.count = calls.done = 0;
    REFUSED(LEAT_E_EXISTS, "/copy.db'",
            leat_store_backup(store, "copy.db", count_calls, &calls, &error));
    check_alone("copy.db", 1);
    unlink("copy.db");
    fails_rename = 0;

    memset(&calls, 0, sizeof calls);
    calls.act = use_store;
    calls.store = store;
    OK(leat_store_backup(store, "copy.db", count_calls, &calls, &error));
    unlink("copy.db");
    OK(leat_store_close(store, &error));
}

static void test_failing_system(void)
{
    leat_store *store = open_new("source.db");
    struct rlimit limit, small;

    fill(store);
    fails_rename = 1;
    OK(leat_store_backup(store, "copy.db", NULL, NULL, &error));
    check_alone("copy.db", 1);
    unlink("copy.db");
    fails_link = 1;
    REFUSED(LEAT_E_READ_ONLY, "cannot rename",
            leat_store_backup(store, "copy.db", NULL, NULL, &error));
    check_alone("copy.db", 0);
    fails_rename = fails_link = 0;

    for (fails_sync_at = 1; fails_sync_at < 20; fails_sync_at++) {
        check_context("sync %d fails", fails_sync_at);
        syncs = 0;
        if (leat_store_backup(store, "copy.db", NULL, NULL, &error) == LEAT_OK)
            break;
        CHECK_EQUAL(error.code, LEAT_E_IO);
        check_alone("copy.db", 0);
    }
    check_context("%s", "");
    /* At least the file and its folder. */
    CHECK(fails_sync_at > 2 && fails_sync_at < 20);
    fails_sync_at = 0;
    check_copy("copy.db", 5);

    /* No room for the whole copy. */
    signal(SIGXFSZ, SIG_IGN);
    CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    small = limit;
    small.rlim_cur = 65536;
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    {
        int code = leat_store_backup(store, "copy.db", NULL, NULL, &error);
        CHECK(code == LEAT_E_FULL || code == LEAT_E_IO);
    }
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    check_alone("copy.db", 0);
    OK(leat_store_close(store, &error));
}

static struct shared *writer;

/* The writer writes between two steps of the copy. */
static void let_write(struct calls *calls)
{
    uint64_t seen = acknowledged(writer);
    int waits;
    (void)calls;
    for (waits = 0; waits < 4000 && acknowledged(writer) == seen; waits++)
        usleep(500);
    CHECK(acknowledged(writer) > seen);
}

static int ignore_entry(void *context, const leat_store_entry *entry)
{
    ++*(int *)context;
    return entry->generations == 0;
}

static void test_beside_a_writer(void)
{
    leat_store *store = open_new("busy.db"), *reader;
    leat_stream *run = new_stream(model), *found = new_stream(model);
    leat_stream *looked = new_stream(model);
    uint64_t during = 0;
    pid_t process;
    int i, status = 0;

    fill(store);
    OK(leat_store_delete(store, "a", &error));
    OK(leat_store_close(store, &error));
    process = start_writer("busy.db", &writer);
    reader = open_with("busy.db", LEAT_STORE_READ_ONLY, 0);
    for (i = 0; i < 60; i++) {
        leat_store_statistics_t statistics;
        struct calls calls;
        leat_checkpoint checkpoint;
        leat_store *copy;
        uint64_t before = acknowledged(writer), cursor = 0;
        int entries = 0;
        check_context("backup %d", i);
        memset(&calls, 0, sizeof calls);
        calls.act = let_write;
        OK(leat_store_backup(reader, "copy.db", count_calls, &calls, &error));
        during += acknowledged(writer) - before;
        check_alone("copy.db", 1);
        CHECK(calls.count > 2);
        copy = open_store("copy.db");
        OK(leat_store_verify(copy, NULL, NULL, NULL, &error));
        OK(leat_store_load(copy, "a", found, &cursor, sizeof cursor,
                           &checkpoint, &error));
        CHECK(checkpoint.position >= before && cursor == checkpoint.position);
        step_to(run, checkpoint.position);
        CHECK(same_state(found, run));
        OK(leat_store_close(copy, &error));
        remove_store("copy.db");

        /* Meanwhile the other process reads. */
        OK(leat_store_statistics(reader, &statistics, &error));
        CHECK_EQUAL(statistics.streams, 301);
        OK(leat_store_list(reader, ignore_entry, &entries, &error));
        CHECK_EQUAL(entries, 301);
        OK(leat_store_verify(reader, NULL, NULL, NULL, &error));
        OK(leat_store_load(reader, "a", looked, NULL, 0, NULL, &error));
        CHECK(leat_stream_position(looked) >= before);
    }
    check_context("%s", "");
    OK(leat_store_close(reader, &error));
    __atomic_store_n(&writer->stop, 1, __ATOMIC_SEQ_CST);
    CHECK(waitpid(process, &status, 0) == process && WIFEXITED(status) &&
          WEXITSTATUS(status) == 0);
    CHECK_EQUAL(writer->code, LEAT_OK);
    printf("60 backups beside a writer, which wrote %d checkpoints during "
           "them\n", (int)during);
    CHECK(during >= 60);
    munmap(writer, sizeof *writer);
    remove_store("busy.db");
    free(run);
    free(found);
    free(looked);
}

/* A writer was killed, so that its -wal is still there, and the store is
 * read. */
static void test_looking_changes_nothing(void)
{
    leat_store *store = open_new("look.db");
    leat_stream *found = new_stream(model);
    leat_store_statistics_t statistics;
    leat_checkpoint checkpoint;
    uint64_t file, wal;
    struct stat status;
    pid_t process;
    int ended, entries = 0;

    fill(store);
    OK(leat_store_delete(store, "a", &error));
    OK(leat_store_close(store, &error));
    process = start_writer("look.db", &writer);
    kill(process, SIGKILL);
    CHECK(waitpid(process, &ended, 0) == process);
    file = hash_file("look.db");
    wal = hash_file("look.db-wal");
    CHECK(stat("look.db-wal", &status) == 0 && status.st_size > 0);

    store = open_with("look.db", LEAT_STORE_READ_ONLY, 0);
    OK(leat_store_list(store, ignore_entry, &entries, &error));
    CHECK_EQUAL(entries, 301);
    OK(leat_store_statistics(store, &statistics, &error));
    CHECK_EQUAL(statistics.wal_bytes, status.st_size);
    OK(leat_store_verify(store, NULL, NULL, NULL, &error));
    OK(leat_store_load(store, "a", found, NULL, 0, &checkpoint, &error));
    CHECK(checkpoint.position >= acknowledged(writer));
    CHECK(is_run_to(found, checkpoint.position));
    OK(leat_store_backup(store, "copy.db", NULL, NULL, &error));
    check_copy("copy.db", checkpoint.position);
    OK(leat_store_close(store, &error));
    CHECK(hash_file("look.db") == file);
    CHECK(hash_file("look.db-wal") == wal);
    munmap(writer, sizeof *writer);
    free(found);
}

int main(int count, char **arguments)
{
    char directory[64];
    if (count == 4 && strcmp(arguments[1], "writer") == 0)
        return write_on(arguments[2], arguments[3]);
    check_usage(count == 2, "test_store_backup MODEL.safetensors");
    find_own_program();
    model_path = realpath(arguments[1], NULL);
    need(model_path != NULL, "realpath");
    set_up(arguments[1], directory);
    test_copy();
    test_fenced();
    test_attached();
    test_refused();
    test_stopped();
    test_failing_system();
    test_beside_a_writer();
    test_looking_changes_nothing();
    free(model_path);
    return tear_down("test_store_backup", directory);
}
