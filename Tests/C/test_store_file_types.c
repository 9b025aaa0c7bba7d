/* SPDX-License-Identifier: MIT
 * What isn't a regular file of the store where one is expected: the message
 * names it, it stays unchanged, and no call waits for it.
 * Usage: test_store_file_types MODEL.safetensors */
#define _GNU_SOURCE
#include "store_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>

static int is_root;

static int exists(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

/* --- all types of files --------------------------------------------------- */

static const char *const kinds[] = { "a directory", "a FIFO", "a socket",
                                     "a symbolic link", "a device" };

/* Returns whether it could be made: a device needs root, and not every file
 * system allows it. */
static int make_kind(const char *kind, const char *path)
{
    if (strcmp(kind, "a directory") == 0)
        return mkdir(path, 0700) == 0;
    if (strcmp(kind, "a FIFO") == 0)
        return mkfifo(path, 0600) == 0;
    if (strcmp(kind, "a symbolic link") == 0)
        return symlink("victim", path) == 0;
    if (strcmp(kind, "a device") == 0)
        return mknod(path, S_IFCHR | 0600, makedev(1, 3)) == 0;
    {
        struct sockaddr_un address = { AF_UNIX, "" };
        int made, file = socket(AF_UNIX, SOCK_STREAM, 0);
        snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
        made = file >= 0 && bind(file, (struct sockaddr *)(void *)&address,
                                 sizeof address) == 0;
        close(file);
        return made;
    }
}

/* A store with "a" at 5, closed. */
static void make_store(const char *path)
{
    leat_store *store = open_new(path);
    leat_stream *stream = new_stream(model);
    save_at(store, "a", stream, 5);
    OK(leat_store_close(store, &error));
    free(stream);
}

static void check_whole(const char *path)
{
    leat_store *store = open_store(path);
    leat_stream *stream = new_stream(model);
    OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    CHECK(is_run_to(stream, 5));
    OK(leat_store_close(store, &error));
    free(stream);
}

/* --- beside a store, and in its place ------------------------------------- */

static const char *const suffixes[] = { "-wal", "-shm", "-journal", "-lock" };

/* Opening is refused, in each way, because of the type of `name`. */
static void refuse_all(const char *path, int code, const char *found,
                       const char *name)
{
    static const uint32_t flags[] = { 0, LEAT_STORE_READ_ONLY,
                                      LEAT_STORE_NO_CREATE,
                                      LEAT_STORE_TAKE_OVER };
    struct stat before, after;
    size_t i;
    CHECK(lstat(name, &before) == 0);
    for (i = 0; i < sizeof flags / sizeof *flags; i++) {
        leat_store_options options;
        leat_store *store = NULL;
        memset(&options, 0, sizeof options);
        options.flags = flags[i];
        /* A call that waits for a writer is ended here, and seen. */
        alarm(20);
        check_error(code, found,
                    leat_store_open(path, &options, &store, &error),
                    "leat_store_open", __FILE__, __LINE__);
        alarm(0);
        CHECK(store == NULL);
    }
    CHECK(lstat(name, &after) == 0 && before.st_ino == after.st_ino &&
          before.st_mode == after.st_mode && before.st_uid == after.st_uid);
}

static void test_kinds(void)
{
    size_t kind, i;
    char name[64], words[96];
    write_file("victim", "", 0);
    for (kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        check_context("%s", kinds[kind]);
        for (i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
            make_store("store.db");
            snprintf(name, sizeof name, "store.db%s", suffixes[i]);
            unlink(name);
            if (!make_kind(kinds[kind], name))
                continue;
            snprintf(words, sizeof words, "found %s", kinds[kind]);
            refuse_all("store.db", LEAT_E_EXISTS, words, name);
            refuse_all("store.db", LEAT_E_EXISTS, suffixes[i], name);
            remove(name);
            check_whole("store.db");
            /* Also where there is no store yet. */
            remove_store("store.db");
            CHECK(make_kind(kinds[kind], name));
            refuse_all("store.db", LEAT_E_EXISTS, words, name);
            CHECK(!exists("store.db"));
            remove(name);
        }
        /* In the store's own place; a link is judged by its target. */
        if (strcmp(kinds[kind], "a symbolic link") == 0 ||
            !make_kind(kinds[kind], "odd.db"))
            continue;
        snprintf(words, sizeof words, "found %s, expected a store's file",
                 kinds[kind]);
        refuse_all("odd.db", LEAT_E_NOT_STORE, words, "odd.db");
        CHECK(symlink("odd.db", "link.db") == 0);
        refuse_all("link.db", LEAT_E_NOT_STORE, words, "odd.db");
        unlink("link.db");
        remove("odd.db");
        CHECK(!exists("odd.db-lock") && !exists("odd.db-wal"));
    }
    check_context("%s", "");
    {
        struct stat status;
        CHECK(stat("victim", &status) == 0 && status.st_size == 0);
    }
    remove("victim");
}

/* Where a take-over creates its lock, and a backup its copy. */
static void test_new_files(void)
{
    leat_store *first, *second = NULL;
    leat_store_options options;
    size_t kind;
    char words[96];
    memset(&options, 0, sizeof options);
    options.flags = LEAT_STORE_TAKE_OVER;
    make_store("store.db");
    first = open_store("store.db");
    write_file("victim", "mine", 4);
    for (kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        check_context("%s", kinds[kind]);
        snprintf(words, sizeof words, "%s", kinds[kind]);
        alarm(20);
        if (make_kind(kinds[kind], "store.db-lock.new")) {
            REFUSED(LEAT_E_EXISTS, words,
                    leat_store_open("store.db", &options, &second, &error));
            CHECK(exists("store.db-lock.new"));
            remove("store.db-lock.new");
        }
        if (make_kind(kinds[kind], "copy.db-new")) {
            REFUSED(LEAT_E_EXISTS, words,
                    leat_store_backup(first, "copy.db", NULL, NULL, &error));
            CHECK(exists("copy.db-new") && !exists("copy.db"));
            remove("copy.db-new");
        }
        if (make_kind(kinds[kind], "copy.db")) {
            REFUSED(LEAT_E_EXISTS, "copy.db",
                    leat_store_backup(first, "copy.db", NULL, NULL, &error));
            CHECK(exists("copy.db") && !exists("copy.db-new"));
            remove("copy.db");
        }
        alarm(0);
    }
    check_context("%s", "");
    CHECK(link("victim", "store.db-lock.new") == 0);
    REFUSED(LEAT_E_EXISTS, "a file with 2 names",
            leat_store_open("store.db", &options, &second, &error));
    unlink("store.db-lock.new");
    write_file("store.db-lock.new", "mine", 4);
    REFUSED(LEAT_E_EXISTS, "expected a lock file of Leat's",
            leat_store_open("store.db", &options, &second, &error));
    unlink("store.db-lock.new");
    /* The remains of an interrupted take-over block nothing. */
    write_file("store.db-lock.new", "process 1 since 1970\n", 21);
    OK(leat_store_open("store.db", &options, &second, &error));
    OK(leat_store_close(second, &error));
    OK(leat_store_close(first, &error));
    {
        size_t size;
        unsigned char *bytes = read_file("victim", &size);
        CHECK(size == 4 && memcmp(bytes, "mine", 4) == 0);
        free(bytes);
    }
    remove("victim");
    remove_store("store.db");
}

/* --- another file's name, beside a store ---------------------------------- */

/* No other file changes, even if root opens another user's store: SQLite gives
 * the -wal and the -shm that it finds to the store's owner. */
static void test_hard_links(void)
{
    static unsigned char content[40000];
    size_t i, n;
    char name[64];
    struct stat before, after;

    for (n = 0; n < sizeof content; n++)
        content[n] = (unsigned char)(n * 7 + 1);
    for (i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        uint64_t hash;
        leat_store *store = NULL;
        check_context("%s", suffixes[i]);
        make_store("store.db");
        if (is_root)
            CHECK(chown("store.db", 65534, 65534) == 0);
        snprintf(name, sizeof name, "store.db%s", suffixes[i]);
        unlink(name);
        write_file("victim", content, sizeof content);
        CHECK(chmod("victim", 0640) == 0 && link("victim", name) == 0);
        CHECK(stat("victim", &before) == 0);
        hash = hash_file("victim");
        if (strcmp(suffixes[i], "-lock") != 0) {
            refuse_all("store.db", LEAT_E_EXISTS, "a file with 2 names", name);
        } else {
            REFUSED(LEAT_E_EXISTS, "a file with 2 names",
                    leat_store_open("store.db", NULL, &store, &error));
            /* A reader ignores it. */
            store = open_with("store.db", LEAT_STORE_READ_ONLY, 0);
            OK(leat_store_close(store, &error));
        }
        CHECK(stat("victim", &after) == 0 && after.st_uid == before.st_uid &&
              after.st_gid == before.st_gid && after.st_mode == before.st_mode);
        CHECK(hash_file("victim") == hash);
        unlink(name);
        remove("victim");
        check_whole("store.db");
        remove_store("store.db");
    }
    check_context("%s", "");
}

/* --- a name that changes between a check and an open() -------------------- */

static const char *link_at; /* made at the next open() of "-lock" to create it */
static int links_made;
static int swap_in; /* opens of "-new" before another file is there */

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    if (swap_in > 0 && strstr(path, "-new") != NULL && --swap_in == 0)
        links_made += rename("copy.db-new", "aside") == 0 &&
                      link("victim", "copy.db-new") == 0;
    if (flags & O_CREAT) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
        if (link_at != NULL && strstr(path, "-lock") != NULL) {
            links_made += link("victim", link_at) == 0;
            link_at = NULL;
        }
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

/* With files of 64 bits on 32, the one above has that name. */
#if defined(__GLIBC__) && (!defined(__USE_FILE_OFFSET64) || __SIZEOF_LONG__ == 8)
int open64(const char *path, int flags, ...) __attribute__((alias("open")));
#endif

/* A copy isn't written to a file that another process put there before SQLite
 * opened it. */
static void test_swapped_copy(void)
{
    leat_store *store;
    uint64_t hash;
    make_store("store.db");
    make_store("victim");
    hash = hash_file("victim");
    store = open_store("store.db");
    links_made = 0;
    swap_in = 2;
    REFUSED(LEAT_E_BUSY, "replaced",
            leat_store_backup(store, "copy.db", NULL, NULL, &error));
    CHECK(swap_in == 0 && links_made == 1);
    CHECK(!exists("copy.db") && exists("copy.db-new"));
    OK(leat_store_close(store, &error));
    CHECK(hash_file("victim") == hash);
    unlink("copy.db-new");
    unlink("aside");
    remove_store("victim");
    remove_store("store.db");
}

static void test_race(void)
{
    leat_store *store = NULL;
    struct stat before, after;
    size_t size;
    unsigned char *bytes;
    make_store("store.db");
    unlink("store.db-lock");
    if (is_root)
        CHECK(chown("store.db", 65534, 65534) == 0);
    write_file("victim", "", 0);
    CHECK(chmod("victim", 0600) == 0 && stat("victim", &before) == 0);
    links_made = 0;
    link_at = "store.db-lock";
    REFUSED(LEAT_E_EXISTS, "a file with 2 names",
            leat_store_open("store.db", NULL, &store, &error));
    CHECK(links_made == 1);
    CHECK(stat("victim", &after) == 0 && after.st_uid == before.st_uid &&
          after.st_mode == before.st_mode && after.st_size == 0);
    bytes = read_file("victim", &size);
    CHECK(size == 0);
    free(bytes);
    unlink("store.db-lock");
    remove("victim");
    check_whole("store.db");
    remove_store("store.db");
}

/* A lock that root creates belongs to the store's owner. */
static void test_owner(void)
{
    struct stat status;
    make_store("store.db");
    unlink("store.db-lock");
    CHECK(chmod("store.db", 0640) == 0);
    if (is_root)
        CHECK(chown("store.db", 65534, 65534) == 0);
    check_whole("store.db");
    CHECK(stat("store.db-lock", &status) == 0 &&
          (status.st_mode & 0777) == 0640);
    if (is_root)
        CHECK(status.st_uid == 65534 && status.st_gid == 65534);
    remove_store("store.db");
}

int main(int count, char **arguments)
{
    char directory[64];
    check_usage(count == 2, "test_store_file_types MODEL.safetensors");
    is_root = geteuid() == 0;
    umask(022);
    set_up(arguments[1], directory);
    test_kinds();
    test_new_files();
    test_hard_links();
    test_race();
    test_swapped_copy();
    test_owner();
    return tear_down("test_store_file_types", directory);
}
