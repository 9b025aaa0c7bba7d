/* SPDX-License-Identifier: MIT
 * Real file systems that fill up, become read-only, or disappear under an open
 * store: a save fails and says why, the stream continues in memory, the
 * checkpoint before is there, and saves work again once the trouble is over.
 *
 * Mounts a tmpfs, and an ext4 on a loop device, in its own mount namespace.
 * Where that isn't allowed it says so, and limits the size of files instead.
 * Usage: test_store_disk_full MODEL.safetensors */
#define _GNU_SOURCE
#include "store_fixture.h"

#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/wait.h>

enum { ROOM = 160 * 1024 };

static const char ballast[] = "small/ballast";
static struct rlimit file_limit;

/* --- mounts --------------------------------------------------------------- */

static int mount_tmpfs(void)
{
    return mount("tmpfs", "small", "tmpfs", 0, "size=2m,mode=0777") == 0;
}

static int mount_image(void)
{
    return system("mount -o loop image small 2>/dev/null") == 0;
}

/* With blocks of 4096 bytes. So small a file system has smaller blocks by
 * default, and on a full one of those SQLite itself gets a SIGBUS: it allocates
 * one byte in each 4096 of the "-shm" that it maps, not the rest. */
static int mount_ext4(void)
{
    return system("PATH=$PATH:/usr/sbin:/sbin && rm -f image && "
                  "truncate -s 16M image && mkfs.ext4 -q -F -m 0 -b 4096 image "
                  ">/dev/null 2>&1") == 0 &&
           mount_image();
}

static int allow_files(rlim_t size)
{
    struct rlimit limit = file_limit;
    limit.rlim_cur = size;
    return setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

/* Leave so little room that only some saves succeed. */
static void leave_little_room(int has_mount)
{
    struct statvfs status;
    static char zeros[4096];
    int file;
    if (!has_mount) {
        need(allow_files(ROOM), "setrlimit");
        return;
    }
    file = open(ballast, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    need(file >= 0, ballast);
    do {
        ssize_t written = write(file, zeros, sizeof zeros);
        need(written > 0 && statvfs("small", &status) == 0, ballast);
    } while (status.f_bavail * status.f_bsize > ROOM);
    need(fsync(file) == 0 && close(file) == 0, ballast);
}

static void make_room(int has_mount)
{
    if (has_mount)
        need(unlink(ballast) == 0, ballast);
    else
        need(allow_files(file_limit.rlim_cur), "setrlimit");
}

/* --- full ----------------------------------------------------------------- */

/* What a reader finds while the writer has the store open. */
static int holds(leat_store *store, uint64_t position)
{
    leat_stream *found = new_stream(model);
    int same;
    OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    same = leat_stream_position(found) == position &&
           is_run_to(found, position);
    free(found);
    return same;
}

static int save_big(leat_store *store, leat_stream *stream)
{
    static unsigned char cursor[4096];
    memset(cursor, (int)leat_stream_position(stream) & 255, sizeof cursor);
    return leat_store_save(store, "a", stream, cursor, sizeof cursor, 0,
                           &error);
}

/* `expected` is the code when there is no room. `closes`: the store is closed
 * and opened meanwhile. */
static void test_fill(const char *place, int has_mount, int expected,
                      int closes)
{
    leat_store *store, *reader, *second = NULL;
    leat_stream *stream = new_stream(model);
    sqlite3 *database;
    uint64_t n, last = 3;
    int code = LEAT_OK, i, opened;

    check_context("%s%s", place, closes ? ", closed while full" : "");
    store = open_store("small/full.db");
    database = leat_store_database(store);
    run_sql(database, "CREATE TABLE output(n INTEGER, bytes BLOB)");
    save_at(store, "a", stream, last);
    leave_little_room(has_mount);
    for (n = last + 1; n < 5000; n++) {
        step_to(stream, n);
        code = save_big(store, stream);
        if (code != LEAT_OK)
            break;
        last = n;
    }
    REFUSED(expected, "small/full.db", code);
    CHECK(last > 3 && last < 4999);

    /* The stream continues in memory, and there is no room repeatedly. */
    for (i = 0; i < 5; i++) {
        CHECK(is_run_to(stream, n));
        step_to(stream, ++n);
        REFUSED(expected, "small/full.db", save_big(store, stream));
        CHECK(holds(store, last));
    }
    reader = open_with("small/full.db", LEAT_STORE_READ_ONLY, 0);
    CHECK(holds(reader, last));
    OK(leat_store_close(reader, &error));

    /* Rows of the caller are not committed without the state, nor the state
     * without them. */
    OK(leat_store_begin(store, &error));
    run_sql(database, "INSERT INTO output VALUES (1, zeroblob(20000))");
    code = save_big(store, stream);
    if (code == LEAT_OK)
        REFUSED(expected, "full.db", leat_store_commit(store, &error));
    else
        REFUSED(expected, "the whole transaction is rolled back", code);
    CHECK(sqlite3_get_autocommit(database) == 1);
    CHECK_EQUAL(number_of(database, "SELECT count(*) FROM output"), 0);
    CHECK(holds(store, last));

    /* Another store finds no room from the start, and leaves nothing that would
     * block it later. */
    if (has_mount) {
        int file = open(ballast, O_WRONLY | O_APPEND);
        char byte = 1;
        while (write(file, &byte, 1) == 1) {
        }
        CHECK(file >= 0 && errno == ENOSPC && close(file) == 0);
        code = leat_store_open("small/second.db", NULL, &second, &error);
        check_that(code == LEAT_E_FULL, __FILE__, __LINE__,
                   "to open a second: %d '%s'", code, error.message);
        CHECK(second == NULL);
    }

    if (closes) {
        OK(leat_store_close(store, &error));
        /* Reading works without room if it needs no new files. */
        code = leat_store_open("small/full.db", NULL, &store, &error);
        opened = code == LEAT_OK;
        check_that(opened || code == expected, __FILE__, __LINE__,
                   "to open it when full: %d '%s'", code, error.message);
        if (opened) {
            CHECK(holds(store, last));
            OK(leat_store_close(store, &error));
        }
        make_room(has_mount);
        store = open_store("small/full.db");
        CHECK(holds(store, last));
        OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    } else {
        make_room(has_mount);
    }

    OK(save_big(store, stream));
    last = leat_stream_position(stream);
    CHECK(holds(store, last));
    save_at(store, "a", stream, last + 50);
    OK(leat_store_close(store, &error));
    store = open_store("small/full.db");
    CHECK(holds(store, last + 50));
    CHECK_EQUAL(number_of(leat_store_database(store),
                          "SELECT count(*) FROM pragma_integrity_check "
                          "WHERE integrity_check <> 'ok'"), 0);
    OK(leat_store_close(store, &error));
    if (has_mount) {
        second = open_store("small/second.db");
        OK(leat_store_close(second, &error));
        remove_store("small/second.db");
    }
    remove_store("small/full.db");
    check_context("%s", "");
    free(stream);
}

/* --- read-only ------------------------------------------------------------ */

/* Save, and exit without closing, or close. */
static void save_and_exit(const char *path, int closes)
{
    pid_t child;
    int status = 1;
    fflush(stdout);
    child = fork();
    if (child == 0) {
        leat_store *store = open_store(path);
        leat_stream *stream = new_stream(model);
        save_at(store, "a", stream, 9);
        if (closes)
            leat_store_close(store, &error);
        _exit(check_state.failed != 0);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

static void test_read_only_medium(const char *place)
{
    leat_store *store = NULL;
    uint64_t before;
    int code;

    check_context("%s, read-only", place);
    save_and_exit("small/closed.db", 1);
    save_and_exit("small/left.db", 0);
    before = hash_file("small/closed.db");
    need(mount(NULL, "small", NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0,
         "to mount it read-only");
    REFUSED(LEAT_E_READ_ONLY, "small/closed.db",
            leat_store_open("small/closed.db", NULL, &store, &error));
    REFUSED(LEAT_E_READ_ONLY, "small/left.db",
            leat_store_open("small/left.db", NULL, &store, &error));
    code = leat_store_open("small/new.db", NULL, &store, &error);
    check_that(code == LEAT_E_READ_ONLY || code == LEAT_E_IO, __FILE__,
               __LINE__, "a new store on a read-only medium: %d '%s'", code,
               error.message);
    store = open_with("small/closed.db", LEAT_STORE_READ_ONLY, 0);
    CHECK(holds(store, 9));
    OK(leat_store_close(store, &error));
    /* The content of the -wal can't be read without a -shm, and ignoring it
     * would show an older state than the last. */
    store = NULL;
    code = leat_store_open("small/left.db",
                           &(leat_store_options){ LEAT_STORE_READ_ONLY, 0, 0,
                                                  { 0 } },
                           &store, &error);
    if (code == LEAT_OK) {
        CHECK(holds(store, 9));
        OK(leat_store_close(store, &error));
    } else {
        check_that(code == LEAT_E_READ_ONLY || code == LEAT_E_IO, __FILE__,
                   __LINE__, "to look at one that wasn't closed: %d '%s'",
                   code, error.message);
    }
    need(mount(NULL, "small", NULL, MS_REMOUNT, NULL) == 0,
         "to mount it writable");
    CHECK(hash_file("small/closed.db") == before);
    store = open_store("small/left.db");
    CHECK(holds(store, 9));
    OK(leat_store_close(store, &error));
    remove_store("small/left.db");
    remove_store("small/closed.db");
    check_context("%s", "");
}

/* --- an ext4 that disappears ---------------------------------------------- */

/* linux/fs.h has these names only since 6.17. */
#define SHUT_DOWN _IOR('X', 125, uint32_t)
#if defined(__GLIBC__)
typedef unsigned long request;
#else
typedef int request;
#endif
enum { FLUSH_LOG = 1, NO_FLUSH = 2 };

/* With open files: made read-only as after an error (`flag` 0), or shut down,
 * as by a loss of power, which only what was synced survives. */
static void test_gone(uint32_t flag)
{
    leat_store *store = open_store("small/gone.db");
    leat_stream *stream = new_stream(model);
    uint64_t n;
    int code, file;

    check_context("ext4, gone with flag %u", (unsigned)flag);
    for (n = 1; n <= 20; n++)
        save_at(store, "a", stream, n);
    if (flag == 0) {
        need(system("mount -o remount,abort small") == 0, "remount,abort");
    } else {
        file = open("small", O_RDONLY | O_DIRECTORY);
        need(file >= 0 && ioctl(file, (request)SHUT_DOWN, &flag) == 0, "shut down");
        close(file);
    }
    for (; n <= 25; n++) {
        step_to(stream, n);
        code = leat_store_save(store, "a", stream, NULL, 0, 0, &error);
        /* SQLite calls the file malformed when the system fails to read it
         * (EIO). */
        check_that(code == LEAT_E_READ_ONLY || code == LEAT_E_IO ||
                       (code == LEAT_E_CORRUPT && flag != 0),
                   __FILE__, __LINE__, "a save: %d '%s'", code, error.message);
        CHECK(is_run_to(stream, n));
    }
    OK(leat_store_close(store, &error));
    need(umount("small") == 0 && mount_image(), "to mount it again");
    store = open_store("small/gone.db");
    CHECK(holds(store, 20));
    save_at(store, "a", stream, 26);
    OK(leat_store_close(store, &error));
    store = open_store("small/gone.db");
    CHECK(holds(store, 26));
    OK(leat_store_close(store, &error));
    remove_store("small/gone.db");
    check_context("%s", "");
    free(stream);
}

int main(int count, char **arguments)
{
    char directory[64];
    int has_tmpfs = 0, has_ext4 = 0, i;
    check_usage(count == 2, "test_store_disk_full MODEL.safetensors");
    set_up(arguments[1], directory);
    CHECK(mkdir("small", 0777) == 0);
    signal(SIGXFSZ, SIG_IGN);
    need(getrlimit(RLIMIT_FSIZE, &file_limit) == 0, "getrlimit");
    for (i = 0; i < 2; i++)
        test_fill("a limit on files", 0, LEAT_E_IO, i);
    if (own_mounts()) {
        has_tmpfs = mount_tmpfs();
        if (has_tmpfs) {
            for (i = 0; i < 2; i++)
                test_fill("tmpfs", 1, LEAT_E_FULL, i);
            test_read_only_medium("tmpfs");
            CHECK(umount("small") == 0);
        }
        has_ext4 = mount_ext4();
        if (has_ext4) {
            for (i = 0; i < 2; i++)
                test_fill("ext4", 1, LEAT_E_FULL, i);
            test_read_only_medium("ext4");
            test_gone(0);
            if (getenv("LEAT_EMULATOR") == NULL) {
                test_gone(FLUSH_LOG);
                test_gone(NO_FLUSH);
            } else {
                printf("an emulator shuts no file system down\n");
            }
            CHECK(umount("small") == 0);
        }
    }
    printf("tried on: a limit on the size of files%s%s\n",
           has_tmpfs ? ", a tmpfs" : "; no tmpfs may be mounted here",
           has_ext4 ? ", an ext4" : "; no ext4 may be mounted here");
    return tear_down("test_store_disk_full", directory);
}
