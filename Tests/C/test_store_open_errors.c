/* SPDX-License-Identifier: MIT
 * Why a store can't be made or opened: the right code, and the system's reason,
 * for which a long path leaves room in the message.
 *
 * As root it becomes another user for a while, and mounts in its own namespace;
 * where mounting isn't allowed it says so.
 * Usage: test_store_open_errors MODEL.safetensors */
#define _GNU_SOURCE
#include "store_fixture.h"

#include "mounts.h"

#include <errno.h>

static leat_store *none;

/* Root may do everything: become nobody, whose id is 65534, for a while. */
static void be_nobody(int is_nobody)
{
    if (getuid() == 0)
        need(seteuid(is_nobody ? 65534 : 0) == 0, "seteuid");
}

static void refuse(int code, const char *reason, const char *path)
{
    check_context("%s", path);
    REFUSED(code, reason, leat_store_open(path, NULL, &none, &error));
    CHECK(none == NULL);
    check_context("%s", "");
}

static void test_folder_without_right(void)
{
    leat_store *store;
    CHECK(mkdir("closed", 0755) == 0 && chmod("closed", 0755) == 0);
    store = open_new("closed/old.db");
    OK(leat_store_close(store, &error));
    CHECK(unlink("closed/old.db-lock") == 0);
    CHECK(chmod("closed/old.db", 0666) == 0 && chmod("closed", 0555) == 0);
    be_nobody(1);
    refuse(LEAT_E_READ_ONLY, "Permission denied", "closed/new.db");
    /* Here the -lock can't be made. */
    refuse(LEAT_E_READ_ONLY, "Permission denied", "closed/old.db");
    CHECK(access("closed/new.db", F_OK) != 0);
    be_nobody(0);
    CHECK(chmod("closed", 0755) == 0);
    refuse(LEAT_E_IO, "No such file or directory", "nowhere/new.db");
    refuse(LEAT_E_NOT_STORE, "found a directory", "closed");
}

static void test_read_only_file_system(void)
{
    leat_store *store;
    CHECK(mkdir("medium", 0777) == 0);
    CHECK(mount("tmpfs", "medium", "tmpfs", 0, "size=2m") == 0);
    store = open_new("medium/old.db");
    OK(leat_store_close(store, &error));
    CHECK(mount("tmpfs", "medium", "tmpfs", MS_REMOUNT | MS_RDONLY, NULL) == 0);
    refuse(LEAT_E_READ_ONLY, "Read-only file system", "medium/new.db");
    refuse(LEAT_E_READ_ONLY, "can't be written", "medium/old.db");
    CHECK(umount("medium") == 0);
}

/* The reason is there, and as much of the path as there is room for. */
static void test_long_path(void)
{
    char name[256], path[600];
    const leat_model *opened = NULL;
    memset(name, 'l', 250);
    memcpy(name + 250, ".db", 4);
    snprintf(path, sizeof path, "%s/%.200s", name, name);
    /* "-wal" and "-lock" don't fit into a name any more. */
    refuse(LEAT_E_IO, strerror(ENAMETOOLONG), name);
    CHECK(unlink(name) == 0 || errno == ENOENT);
    refuse(LEAT_E_IO, "No such file or directory", path);
    /* SQLite's own limit is 512 bytes. */
    snprintf(path, sizeof path, "%s/%s", name, name);
    refuse(LEAT_E_IO, "too long", path);
    REFUSED(LEAT_E_IO, "No such file or directory",
            leat_model_open(path, &opened, &error));
    CHECK(mkdir(name, 0755) == 0);
    REFUSED(LEAT_E_IO, "Is a directory",
            leat_model_open(name, &opened, &error));
    snprintf(path, sizeof path, "%s/model", name);
    write_file(path, "no model at all", 15);
    REFUSED(LEAT_E_FORMAT, "header", leat_model_open(path, &opened, &error));
    snprintf(path, sizeof path, "%s/new.db", name);
    CHECK(chmod(name, 0555) == 0);
    be_nobody(1);
    refuse(LEAT_E_READ_ONLY, "Permission denied", path);
    be_nobody(0);
    /* A lock that is held, a file that is no store, a backup that is in the
     * way. */
    {
        leat_store *store = open_store(path);
        REFUSED(LEAT_E_BUSY, "held by process",
                leat_store_open(path, NULL, &none, &error));
        REFUSED(LEAT_E_EXISTS, "there is a file",
                leat_store_backup(store, path, NULL, NULL, &error));
        OK(leat_store_close(store, &error));
        write_file(path, "this is no database, and was never one", 38);
        refuse(LEAT_E_NOT_STORE, "not a database", path);
    }
}

int main(int count, char **arguments)
{
    char directory[64];
    int has_mounts;
    check_usage(count == 2, "test_store_open_errors MODEL.safetensors");
    set_up(arguments[1], directory);
    CHECK(chmod(".", 0755) == 0);
    test_folder_without_right();
    test_long_path();
    has_mounts = own_mounts();
    if (has_mounts)
        test_read_only_file_system();
    printf("tried on: folders%s\n", has_mounts
                                        ? ", a file system for reading only"
                                        : "; nothing may be mounted here");
    return tear_down("test_store_open_errors", directory);
}
