/* SPDX-License-Identifier: MIT
 * Deleting, renaming, copying and pruning. */
#ifndef LEAT_TESTS_FAULT_OPERATIONS_H
#define LEAT_TESTS_FAULT_OPERATIONS_H

#include "fault_saving.h"

static inline int work_delete(struct world *world)
{
    int code;
    world->may_be_absent = 1;
    memset(&error, 0, sizeof error);
    code = leat_store_delete(world->store, world->name, &error);
    if (code == LEAT_OK) {
        world->acked = world->tried = 0;
        go_back(world->stream, 0);
    }
    return code;
}

static inline int work_delete_save(struct world *world)
{
    int code = work_delete(world);
    return code == LEAT_OK ? save_times(world, 2) : code;
}

static inline int work_rename(struct world *world)
{
    int code;
    memset(&error, 0, sizeof error);
    world->new_name = "motor";
    code = leat_store_rename(world->store, world->name, "motor", &error);
    if (code == LEAT_OK) {
        world->name = "motor";
        world->new_name = NULL;
    }
    return code;
}

/* As save_next(), with a state that comes as bytes. */
static inline int work_import(struct world *world)
{
    uint64_t position = leat_stream_position(world->stream) + 1;
    unsigned char *cursor = cursor_at(world, position);
    int code;
    memset(&error, 0, sizeof error);
    world->tried = position;
    code = leat_store_import(world->store, world->name, known_states[position],
                             state_size, cursor, cursor_size(world), 0,
                             &error);
    free(cursor);
    if (code == LEAT_OK)
        world->acked = position;
    return code;
}

static inline int work_export(struct world *world)
{
    unsigned char *state = malloc(state_size);
    leat_checkpoint checkpoint;
    int code;
    need(state != NULL, "malloc");
    memset(&checkpoint, 0, sizeof checkpoint);
    memset(&error, 0, sizeof error);
    code = leat_store_export(world->store, world->name, state, state_size,
                             NULL, 0, &checkpoint, &error);
    check_loaded(world, code, checkpoint.position,
                 checkpoint.position <= LAST_KNOWN &&
                     memcmp(state, known_states[checkpoint.position],
                            state_size) == 0);
    free(state);
    return code;
}

static inline int work_prune(struct world *world)
{
    leat_prune_options options;
    memset(&options, 0, sizeof options);
    memset(&error, 0, sizeof error);
    options.generations = 1;
    return leat_store_prune(world->store, &options, NULL, NULL, NULL, &error);
}

/* --- backup -------------------------------------------------------------- */

/* Calls that don't go through SQLite see an empty file with the copy's name. */
static inline void absolute(const char *name, char path[192])
{
    size_t length;
    need(getcwd(path, 128) != NULL, "getcwd");
    length = strlen(path);
    snprintf(path + length, 192 - length, "/%s", name);
}

static inline void remove_copy(void)
{
    char path[192];
    absolute(COPY "-new", path);
    disk_remove(path);
    absolute(COPY, path);
    disk_remove(path);
    unlink(COPY "-new");
    unlink(COPY "-lock");
    unlink(COPY);
}

/* The remains of an earlier copy after a crash. */
static inline int is_left_over(void)
{
    struct stat status;
    return stat(COPY "-new", &status) == 0 && status.st_size == 4;
}

static inline int back_up(struct world *world)
{
    char from[192], to[192];
    int code;
    memset(&error, 0, sizeof error);
    code = leat_store_backup(world->store, COPY, NULL, NULL, &error);
    /* Without memory, or if the type of the path can't be read, nothing has
     * been checked yet. */
    CHECK(access(COPY "-new", F_OK) != 0 ||
          ((code == LEAT_E_MEMORY || code == LEAT_E_IO) && is_left_over()));
    CHECK((access(COPY, F_OK) == 0) == (code == LEAT_OK));
    if (code != LEAT_OK)
        return code;
    absolute(COPY "-new", from);
    absolute(COPY, to);
    disk_rename(from, to);
    world->copied = world->acked;
    return code;
}

static inline int work_backup(struct world *world)
{
    remove_copy();
    write_file(COPY "-new", "left", 4);
    return back_up(world);
}

/* If there is no copy, one can be made; if there is, it isn't overwritten. */
static inline void finish_backup(struct world *world, int is_healthy)
{
    leat_error kept = error;
    if (!is_healthy)
        return;
    if (world->copied == 0) {
        char path[192];
        absolute(COPY "-new", path);
        disk_remove(path);
        OK(back_up(world));
    }
    REFUSED(LEAT_E_EXISTS, COPY,
            leat_store_backup(world->store, COPY, NULL, NULL, &error));
    error = kept;
}

#endif
