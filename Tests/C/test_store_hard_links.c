/* SPDX-License-Identifier: MIT
 * A store is its file, not one of the file's names. A second name, by a hard
 * link or a mount, would have its own -wal and its own -lock, and there would
 * be two writers that don't know of each other.
 *
 * Mounts a file over a file, in its own mount namespace; where that isn't
 * allowed it says so.
 * Usage: test_store_hard_links MODEL.safetensors */
#define _GNU_SOURCE
#include "store_fixture.h"

#include "mounts.h"

static leat_store *none;

static int names_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? (int)status.st_nlink : 0;
}

/* A store with one checkpoint, closed. */
static void make_store(const char *path)
{
    leat_store *store = open_new(path);
    leat_stream *stream = new_stream(model);
    save_at(store, "a", stream, 5);
    OK(leat_store_close(store, &error));
    free(stream);
}

static void check_position(const char *path, uint32_t flags, uint64_t position)
{
    leat_store *store = open_with(path, flags, 0);
    leat_stream *found = new_stream(model);
    OK(leat_store_load(store, "a", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, position));
    OK(leat_store_close(store, &error));
    free(found);
}

/* Under neither name can it be written or attached; under both it can be
 * read. */
static void refuse_both(const char *one, const char *two, const char *words)
{
    const char *const paths[] = { one, two };
    size_t i;
    for (i = 0; i < 2; i++) {
        sqlite3 *database;
        check_context("%s", paths[i]);
        REFUSED(LEAT_E_UNSUPPORTED, words,
                leat_store_open(paths[i], NULL, &none, &error));
        CHECK(none == NULL);
        database = raw_open(paths[i]);
        REFUSED(LEAT_E_UNSUPPORTED, words,
                leat_store_attach(database, NULL, &none, &error));
        sqlite3_close(database);
        check_position(paths[i], LEAT_STORE_READ_ONLY, 5);
    }
    check_context("%s", "");
}

static void test_hard_link(void)
{
    make_store("one.db");
    CHECK(link("one.db", "two.db") == 0);
    refuse_both("one.db", "two.db", "found 2 names of the file (hard links), "
                                    "expected 1");
    CHECK(unlink("two.db") == 0);
    check_position("one.db", 0, 5);

    /* A symbolic link is no second name: it leads to the first one. */
    CHECK(symlink("one.db", "two.db") == 0);
    check_position("two.db", 0, 5);
    CHECK(unlink("two.db") == 0);
    remove_store("one.db");
}

/* A link that is made while the store is open: saves fail until it is
 * removed. */
static void test_hard_link_while_open(void)
{
    leat_store *store = open_new("open.db");
    leat_stream *stream = new_stream(model);
    save_at(store, "a", stream, 5);
    CHECK(link("open.db", "copy.db") == 0);
    step_to(stream, 6);
    REFUSED(LEAT_E_UNSUPPORTED, "found 2 names",
            leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    OK(leat_store_begin(store, &error));
    step_to(stream, 7);
    OK(leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    REFUSED(LEAT_E_UNSUPPORTED, "found 2 names",
            leat_store_commit(store, &error));
    CHECK(unlink("copy.db") == 0);
    save_at(store, "a", stream, 8);
    OK(leat_store_close(store, &error));
    check_position("open.db", 0, 8);
    remove_store("open.db");
    free(stream);
}

/* An autosave continues on its own when the link is removed. */
static void test_hard_link_under_autosave(void)
{
    leat_store *store = open_new("auto.db");
    leat_stream *stream = new_stream(model);
    leat_autosave *autosave = NULL;
    leat_autosave_options options;
    uint64_t durable = 0;
    uint32_t slot = 0;
    memset(&options, 0, sizeof options);
    options.stream_size = leat_stream_size(model);
    options.streams = 1;
    OK(leat_autosave_start(store, &options, &autosave, &error));
    OK(leat_autosave_add(autosave, "a", &slot, &error));
    CHECK(link("auto.db", "copy.db") == 0);
    step_to(stream, 6);
    OK(leat_autosave_offer(autosave, slot, stream, NULL, 0, 0, &error));
    REFUSED(LEAT_E_UNSUPPORTED, "found 2 names",
            leat_autosave_flush(autosave, &error));
    OK(leat_autosave_durable(autosave, slot, &durable, &error));
    CHECK_EQUAL(durable, 0u);
    CHECK(unlink("copy.db") == 0);
    OK(leat_autosave_flush(autosave, &error));
    OK(leat_autosave_durable(autosave, slot, &durable, &error));
    CHECK_EQUAL(durable, 6u);
    OK(leat_autosave_stop(autosave, 0, &error));
    OK(leat_store_close(store, &error));
    check_position("auto.db", 0, 6);
    remove_store("auto.db");
    free(stream);
}

/* A backup that dies after it gave the copy its name and before it removed the
 * temporary one leaves both: the second is removed when the copy is opened. */
static void test_twin_of_a_backup(void)
{
    make_store("copy.db");
    CHECK(link("copy.db", "copy.db-new") == 0);
    check_position("copy.db", LEAT_STORE_READ_ONLY, 5);
    CHECK_EQUAL(names_of("copy.db"), 2);
    check_position("copy.db", 0, 5);
    CHECK_EQUAL(names_of("copy.db"), 1);
    CHECK_EQUAL(names_of("copy.db-new"), 0);

    /* If it is no store, nothing is deleted. */
    write_file("notes.txt", "a text of somebody's", 20);
    CHECK(link("notes.txt", "notes.txt-new") == 0);
    REFUSED(LEAT_E_NOT_STORE, "not a database",
            leat_store_open("notes.txt", NULL, &none, &error));
    CHECK_EQUAL(names_of("notes.txt-new"), 2);
    CHECK(unlink("notes.txt") == 0 && unlink("notes.txt-new") == 0);

    /* A third name isn't the backup's; then the second stays as well. */
    CHECK(link("copy.db", "copy.db-new") == 0);
    CHECK(link("copy.db", "third.db") == 0);
    REFUSED(LEAT_E_UNSUPPORTED, "found 3 names",
            leat_store_open("copy.db", NULL, &none, &error));
    CHECK_EQUAL(names_of("copy.db"), 3);
    CHECK(unlink("third.db") == 0);

    /* Another file with that name isn't a second name. */
    CHECK(unlink("copy.db-new") == 0 && link("copy.db", "third.db") == 0);
    write_file("copy.db-new", "mine", 4);
    REFUSED(LEAT_E_UNSUPPORTED, "found 2 names",
            leat_store_open("copy.db", NULL, &none, &error));
    CHECK_EQUAL(names_of("copy.db-new"), 1);
    CHECK(unlink("copy.db-new") == 0 && unlink("third.db") == 0);

    /* Nor is a symbolic link to the store. */
    CHECK(link("copy.db", "third.db") == 0);
    CHECK(symlink("copy.db", "copy.db-new") == 0);
    REFUSED(LEAT_E_UNSUPPORTED, "found 2 names",
            leat_store_open("copy.db", NULL, &none, &error));
    CHECK(unlink("copy.db-new") == 0 && unlink("third.db") == 0);
    remove_store("copy.db");
}

static void test_mounted_file(void)
{
    leat_store *store;
    leat_stream *stream;
    make_store("outside.db");
    CHECK(mkdir("container", 0777) == 0);
    write_file("container/inside.db", "", 0);
    CHECK(mount("outside.db", "container/inside.db", NULL, MS_BIND, NULL) == 0);
    REFUSED(LEAT_E_UNSUPPORTED, "mount the folder",
            leat_store_open("container/inside.db", NULL, &none, &error));
    REFUSED(LEAT_E_UNSUPPORTED, "mounted by itself",
            leat_store_open("container/inside.db", NULL, &none, &error));
    check_position("container/inside.db", LEAT_STORE_READ_ONLY, 5);
    check_position("outside.db", 0, 5);
    CHECK(umount("container/inside.db") == 0);

    /* The folder may be mounted elsewhere: the -wal and the -lock are the same
     * there. */
    CHECK(mkdir("data", 0777) == 0);
    make_store("data/in.db");
    CHECK(mount("data", "container", NULL, MS_BIND, NULL) == 0);
    check_position("container/in.db", 0, 5);
    store = open_store("container/in.db");
    REFUSED(LEAT_E_BUSY, "held by",
            leat_store_open("data/in.db", NULL, &none, &error));

    /* Mounted over while the store is open. */
    stream = new_stream(model);
    OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    save_at(store, "a", stream, 6);
    CHECK(mount("data/in.db", "container/in.db", NULL, MS_BIND, NULL) == 0);
    step_to(stream, 7);
    REFUSED(LEAT_E_UNSUPPORTED, "mounted by itself",
            leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    CHECK(umount2("container/in.db", MNT_DETACH) == 0);
    save_at(store, "a", stream, 8);
    OK(leat_store_close(store, &error));
    CHECK(umount2("container", MNT_DETACH) == 0);
    check_position("data/in.db", 0, 8);
    free(stream);
}

int main(int count, char **arguments)
{
    char directory[64];
    int has_mounts;
    check_usage(count == 2, "test_store_hard_links MODEL.safetensors");
    set_up(arguments[1], directory);
    test_hard_link();
    test_hard_link_while_open();
    test_hard_link_under_autosave();
    test_twin_of_a_backup();
    has_mounts = own_mounts();
    if (has_mounts)
        test_mounted_file();
    printf("tried on: hard links%s\n",
           has_mounts ? ", a file that is mounted by itself"
                      : "; nothing may be mounted here");
    return tear_down("test_store_hard_links", directory);
}
