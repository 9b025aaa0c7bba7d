/* SPDX-License-Identifier: MIT
 * Everything that is done to a store while its disk fails. */
#ifndef LEAT_TESTS_FAULT_WORK_H
#define LEAT_TESTS_FAULT_WORK_H

#include "fault_world.h"

enum start { EMPTY, CLOSED, KILLED, OLD_CLOSED, OLD_KILLED };

static const char *golden_folder;

struct work {
    const char *name;
    enum start start;
    int opens; /* the work opens the store itself */
    int (*run)(struct world *world);
    struct setting setting;
};

#define OWN        { 0, 0, NULL, 0, 0, 0, 0, 2 }
#define WITH_ROWS  { 0, 0, NULL, 0, 0, 1, 0, 3 }
#define LARGE      { 0, 0, NULL, 0, 0, 0, 20000, 2 }
#define SPILLING   { 0, 0, NULL, 0, 3, 1, 20000, 2 }
#define CHECKPOINT { 0, 0, NULL, 8, 0, 1, 0, 3 }
#define ATTACHED   { 1, 1, "FULL", 8, 0, 1, 0, 3 }
#define NEW_GUEST  { 1, 1, "FULL", 1000, 0, 0, 0, 3 }

static inline int save_times(struct world *world, int times)
{
    int code = LEAT_OK;
    while (times-- > 0 && code == LEAT_OK)
        code = save_next(world);
    return code;
}

static inline int work_open(struct world *world) { return world_open(world); }

static inline int work_open_save_close(struct world *world)
{
    int code = world_open(world);
    if (code == LEAT_OK)
        code = save_times(world, 2);
    return code == LEAT_OK ? world_close(world) : code;
}

static inline int work_save(struct world *world) { return save_next(world); }

static inline int work_six_saves(struct world *world)
{
    return save_times(world, 6);
}

static inline int work_twelve_saves(struct world *world)
{
    return save_times(world, 12);
}

/* Three positions and their rows become durable together. */
static inline int work_together(struct world *world)
{
    uint64_t position = leat_stream_position(world->stream) + 3;
    int code = leat_store_begin(world->store, &error), i;
    if (code != LEAT_OK)
        return code;
    world->tried = position;
    for (i = 0; i < 3 && code == LEAT_OK; i++) {
        step_to(world->stream, position - 2 + (uint64_t)i);
        code = insert_output(world, position - 2 + (uint64_t)i);
        if (code == LEAT_OK)
            code = save_here(world);
    }
    if (code == LEAT_OK)
        code = leat_store_commit(world->store, &error);
    if (code == LEAT_OK)
        world->acked = position;
    else
        roll_back(world);
    return code;
}

static inline int work_rollback(struct world *world)
{
    uint64_t position = leat_stream_position(world->stream) + 1;
    int code = leat_store_begin(world->store, &error);
    if (code == LEAT_OK) {
        step_to(world->stream, position);
        code = insert_output(world, position);
    }
    if (code == LEAT_OK)
        code = save_here(world);
    if (code == LEAT_OK)
        code = leat_store_rollback(world->store, &error);
    if (code != LEAT_OK)
        roll_back(world);
    return code;
}

static inline int work_open_load_close(struct world *world)
{
    uint64_t position;
    int code = world_open(world);
    if (code != LEAT_OK)
        return code;
    memset(&error, 0, sizeof error);
    code = leat_store_load(world->store, world->name, world->stream, NULL, 0,
                           NULL, &error);
    position = leat_stream_position(world->stream);
    CHECK(code != LEAT_FALLBACK);
    CHECK_EQUAL(position, world->acked);
    CHECK(is_known(world->stream, position));
    return code == LEAT_OK ? world_close(world) : code;
}

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

/* What save_next() does, with a state that comes as bytes. */
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
    memset(&error, 0, sizeof error);
    code = leat_store_export(world->store, world->name, state, state_size,
                             NULL, 0, &checkpoint, &error);
    if (code == LEAT_OK) {
        CHECK_EQUAL(checkpoint.position, world->acked);
        CHECK(memcmp(state, known_states[world->acked], state_size) == 0);
    }
    CHECK(code != LEAT_FALLBACK);
    free(state);
    return code;
}

static inline int work_close(struct world *world) { return world_close(world); }

static const struct work works[] = {
    { "create", EMPTY, 1, work_open, OWN },
    { "create, and save", EMPTY, 1, work_open_save_close, OWN },
    { "create in the caller's database", EMPTY, 1, work_open, NEW_GUEST },
    { "open", CLOSED, 1, work_open, OWN },
    { "open after a kill", KILLED, 1, work_open, OWN },
    { "open, save, close", CLOSED, 1, work_open_save_close, OWN },
    { "open after a kill, save, close", KILLED, 1, work_open_save_close,
      WITH_ROWS },
    { "attach", CLOSED, 1, work_open, ATTACHED },
    { "attach after a kill, save, detach", KILLED, 1, work_open_save_close,
      ATTACHED },
    { "first save", EMPTY, 0, work_save, OWN },
    { "six saves", KILLED, 0, work_six_saves, OWN },
    { "save with a large cursor", CLOSED, 0, work_six_saves, LARGE },
    { "save with a row", KILLED, 0, work_six_saves, WITH_ROWS },
    { "save while the -wal is copied", CLOSED, 0, work_twelve_saves,
      CHECKPOINT },
    { "save in the caller's transaction", CLOSED, 0, work_twelve_saves,
      ATTACHED },
    { "three saves and rows together", KILLED, 0, work_together, WITH_ROWS },
    { "three, more than the cache holds", CLOSED, 0, work_together,
      SPILLING },
    { "roll back", KILLED, 0, work_rollback, SPILLING },
    { "open, load, close", CLOSED, 1, work_open_load_close, OWN },
    { "open after a kill, load, close", KILLED, 1, work_open_load_close,
      LARGE },
    { "delete", KILLED, 0, work_delete, OWN },
    { "delete, and save", CLOSED, 0, work_delete_save, LARGE },
    { "rename", KILLED, 0, work_rename, OWN },
    { "import", CLOSED, 0, work_import, LARGE },
    { "export", KILLED, 0, work_export, LARGE },
    { "migrate from version 1", OLD_CLOSED, 1, work_open, OWN },
    { "migrate after a kill, save, close", OLD_KILLED, 1, work_open_save_close,
      OWN },
    { "close", KILLED, 0, work_close, WITH_ROWS },
    { "detach and close", KILLED, 0, work_close, ATTACHED },
};
static const size_t work_count = sizeof works / sizeof *works;

/* What begins with whatever an earlier cut left. */
static const struct work recovery = { "recovery from a cut in six saves",
                                      KILLED, 1, work_open_save_close, OWN };
static const struct work recovery_of_new = {
    "recovery from a cut in a creation", KILLED, 1, work_open_save_close, OWN
};

static inline const struct work *work_named(const char *name)
{
    size_t i;
    for (i = 0; i < work_count; i++)
        if (strcmp(works[i].name, name) == 0)
            return &works[i];
    need(0, name);
    return NULL;
}

static inline void prepare(struct base *base, const struct work *work)
{
    switch (work->start) {
    case EMPTY: empty_base(base, &work->setting); break;
    case CLOSED:
    case KILLED:
        make_base(base, &work->setting, work->start == CLOSED);
        break;
    case OLD_CLOSED:
    case OLD_KILLED:
        golden_base(base, &work->setting, golden_folder,
                    work->start == OLD_CLOSED);
        break;
    }
}

#endif
