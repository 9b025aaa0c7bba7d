/* SPDX-License-Identifier: MIT
 * A path is a file's name and nothing else, however SQLite was compiled; the
 * files beside the store have that name; and names that belong to a store can't
 * be used for another.
 * Usage: test_store_paths MODEL.safetensors */
#define _XOPEN_SOURCE 700
#include "store_fixture.h"

#include <stdio.h>

static int exists(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

static int exists_with(const char *path, const char *suffix)
{
    char name[128];
    snprintf(name, sizeof name, "%s%s", path, suffix);
    return exists(name);
}

/* A store with "a" at a position. */
static void make_store(const char *path, uint64_t position)
{
    leat_store *store = open_new(path);
    leat_stream *stream = new_stream(model);
    save_at(store, "a", stream, position);
    OK(leat_store_close(store, &error));
    free(stream);
}

static void check_at(const char *path, uint32_t flags, uint64_t position)
{
    leat_store *store = open_with(path, flags, 0);
    leat_stream *stream = new_stream(model);
    OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    check_that(leat_stream_position(stream) == position, __FILE__, __LINE__,
               "%s is at %d, expected %d", path,
               (int)leat_stream_position(stream), (int)position);
    OK(leat_store_close(store, &error));
    free(stream);
}

/* --- names that SQLite interprets ----------------------------------------- */

/* To SQLite, if it accepts URIs: victim.db, and a database in memory. */
static const char *const odd_names[] = {
    "file:victim.db",
    "file:victim.db?y=",
    "file:victim.db?mode=memory",
    "file::memory:",
    ":memory:",
    "file:",
    "FILE:x",
    " ",
    "a?b#c%20d",
};

static void test_odd_names(void)
{
    leat_store_options options;
    leat_store *store = NULL, *main_store;
    uint64_t victim;
    size_t i;
    char absolute[128], directory[64];

    make_store("victim.db", 3);
    victim = hash_file("victim.db");
    make_store("main.db", 7);
    memset(&options, 0, sizeof options);
    need(getcwd(directory, sizeof directory) != NULL, "getcwd");
    for (i = 0; i < sizeof odd_names / sizeof *odd_names; i++) {
        const char *name = odd_names[i];
        check_context("'%s'", name);
        /* A copy gets that name. */
        main_store = open_with("main.db", LEAT_STORE_READ_ONLY, 0);
        OK(leat_store_backup(main_store, name, NULL, NULL, &error));
        OK(leat_store_close(main_store, &error));
        CHECK(exists(name) && !exists_with(name, "-new"));
        check_at(name, 0, 7);
        CHECK(exists_with(name, "-lock"));
        check_at(name, LEAT_STORE_READ_ONLY, 7);
        /* And no other file has it. */
        snprintf(absolute, sizeof absolute, "%s/%s", directory, name);
        check_at(absolute, LEAT_STORE_NO_CREATE, 7);
        remove_store(name);
        options.flags = LEAT_STORE_READ_ONLY;
        REFUSED(LEAT_E_IO, name,
                leat_store_open(name, &options, &store, &error));
        options.flags = LEAT_STORE_NO_CREATE;
        REFUSED(LEAT_E_IO, name,
                leat_store_open(name, &options, &store, &error));
        CHECK(!exists(name));
        /* A store is made with it, and its files beside it. */
        make_store(name, 5);
        check_at(name, 0, 5);
        CHECK(exists(name) && exists_with(name, "-lock"));
        store = open_with(name, 0, 0);
        CHECK(exists_with(name, "-wal") && exists_with(name, "-shm"));
        OK(leat_store_close(store, &error));
        store = NULL;
        remove_store(name);
    }
    check_context("%s", "");
    CHECK(hash_file("victim.db") == victim);
    check_at("victim.db", 0, 3);
    CHECK(!exists("x") && !exists("victim.db-wal"));
    remove_store("victim.db");
    remove_store("main.db");
}

static void test_no_names(void)
{
    leat_store *store = NULL, *main_store;
    char name[600];
    make_store("main.db", 7);
    main_store = open_store("main.db");
    REFUSED(LEAT_E_ARGUMENT, "path is empty",
            leat_store_open("", NULL, &store, &error));
    REFUSED(LEAT_E_ARGUMENT, "path is empty",
            leat_store_backup(main_store, "", NULL, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, "slash",
            leat_store_open("main.db/", NULL, &store, &error));
    REFUSED(LEAT_E_ARGUMENT, "slash",
            leat_store_open("/", NULL, &store, &error));
    REFUSED(LEAT_E_ARGUMENT, "slash",
            leat_store_backup(main_store, "copies/", NULL, NULL, &error));
    CHECK(!exists("copies"));
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    REFUSED(LEAT_E_IO, "nnnn", leat_store_open(name, NULL, &store, &error));
    REFUSED(LEAT_E_IO, "nnnn",
            leat_store_backup(main_store, name, NULL, NULL, &error));
    CHECK(symlink("round.db", "round.db") == 0);
    REFUSED(LEAT_E_IO, "round.db",
            leat_store_open("round.db", NULL, &store, &error));
    unlink("round.db");
    REFUSED(LEAT_E_IO, "No such file",
            leat_store_open("no/such.db", NULL, &store, &error));
    OK(leat_store_close(main_store, &error));
    CHECK(store == NULL);
    remove_store("main.db");
}

/* --- names that belong to a store ----------------------------------------- */

static void test_reserved_names(void)
{
    static const char *const suffixes[] = { "-wal", "-shm", "-journal", "-lock",
                                           "-lock.new" };
    leat_store *store, *opened = NULL;
    uint64_t hash;
    char name[64], far[64];
    size_t i;

    make_store("one.db", 1);
    make_store("two.db", 2);
    CHECK(mkdir("folder", 0700) == 0 && symlink(".", "folder/back") == 0);
    make_store("folder/three.db", 3);
    store = open_with("one.db", LEAT_STORE_READ_ONLY, 0);
    for (i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        check_context("%s", suffixes[i]);
        /* Beside another store than the copied one. */
        snprintf(name, sizeof name, "two.db%s", suffixes[i]);
        if (!exists(name)) {
            REFUSED(LEAT_E_ARGUMENT, "beside the store",
                    leat_store_backup(store, name, NULL, NULL, &error));
            REFUSED(LEAT_E_ARGUMENT, "beside the store",
                    leat_store_open(name, NULL, &opened, &error));
            CHECK(!exists(name) && !exists_with(name, "-lock"));
            /* SQLite leaves an empty -wal, and no store may be made with its
             * name. */
            write_file(name, "", 0);
            REFUSED(LEAT_E_ARGUMENT, "beside the store",
                    leat_store_open(name, NULL, &opened, &error));
            CHECK(!exists_with(name, "-lock"));
            unlink(name);
        }
        /* By another path to the folder. */
        snprintf(far, sizeof far, "./folder/back/three.db%s", suffixes[i]);
        if (!exists(far)) {
            REFUSED(LEAT_E_ARGUMENT, "beside the store",
                    leat_store_backup(store, far, NULL, NULL, &error));
            CHECK(!exists(far));
        }
        /* Where there is no store it is a name like any other. */
        snprintf(name, sizeof name, "none.db%s", suffixes[i]);
        OK(leat_store_backup(store, name, NULL, NULL, &error));
        check_at(name, 0, 1);
        remove_store(name);
    }
    check_context("%s", "");
    OK(leat_store_close(store, &error));

    /* An application's file with the lock's name stays as it is. */
    unlink("one.db-lock");
    unlink("two.db-lock");
    sql_at("two.db-lock", "CREATE TABLE t(x)");
    write_file("one.db-lock", "my notes\n", 9);
    hash = hash_file("two.db-lock");
    REFUSED(LEAT_E_EXISTS, "two.db-lock",
            leat_store_open("two.db", NULL, &opened, &error));
    REFUSED(LEAT_E_EXISTS, "one.db-lock",
            leat_store_open("one.db", NULL, &opened, &error));
    CHECK(hash_file("two.db-lock") == hash);
    unlink("one.db-lock");
    unlink("two.db-lock");
    check_at("one.db", 0, 1);
    check_at("two.db", 0, 2);
    remove_store("one.db");
    remove_store("two.db");
}

/* The folder has a file that would be taken for a part of the copy. */
static void test_left_beside_a_copy(void)
{
    static const char *const left[] = { "copy.db-wal", "copy.db-journal" };
    static const char *const beside[] = { "-wal", "-shm", "-journal", "-lock" };
    leat_store *store = open_new("one.db");
    leat_stream *stream = new_stream(model);
    unsigned char *log;
    size_t i, size;
    char name[64];

    save_at(store, "a", stream, 1);
    /* A -wal of now, and the store continues. */
    log = read_file("one.db-wal", &size);
    CHECK(size > 0);
    save_at(store, "a", stream, 9);
    OK(leat_store_close(store, &error));
    store = open_store("one.db");
    for (i = 0; i < 2; i++) {
        write_file(left[i], log, size);
        REFUSED(LEAT_E_EXISTS, left[i],
                leat_store_backup(store, "copy.db", NULL, NULL, &error));
        CHECK(!exists("copy.db") && !exists("copy.db-new") && exists(left[i]));
        unlink(left[i]);
    }
    for (i = 0; i < sizeof beside / sizeof *beside; i++) {
        snprintf(name, sizeof name, "copy.db-new%s", beside[i]);
        write_file(name, log, size);
        write_file("copy.db-new", "mine", 4);
        REFUSED(LEAT_E_EXISTS, "found a store",
                leat_store_backup(store, "copy.db", NULL, NULL, &error));
        unlink("copy.db-new");
        REFUSED(LEAT_E_EXISTS, "found a store",
                leat_store_backup(store, "copy.db", NULL, NULL, &error));
        CHECK(exists(name) && !exists("copy.db") && !exists("copy.db-new"));
        unlink(name);
    }
    /* An empty one contains nothing. */
    write_file("copy.db-wal", "", 0);
    OK(leat_store_backup(store, "copy.db", NULL, NULL, &error));
    check_at("copy.db", 0, 9);
    OK(leat_store_close(store, &error));
    remove_store("copy.db");
    remove_store("one.db");
    free(log);
    free(stream);
}

int main(int count, char **arguments)
{
    char directory[64];
    check_usage(count == 2, "test_store_paths MODEL.safetensors");
    /* As Debian compiles SQLite, whatever this system has. */
    need(sqlite3_config(SQLITE_CONFIG_URI, 1) == SQLITE_OK, "sqlite3_config");
    set_up(arguments[1], directory);
    test_odd_names();
    test_no_names();
    test_reserved_names();
    test_left_beside_a_copy();
    return tear_down("test_store_paths", directory);
}
