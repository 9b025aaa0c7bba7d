/* SPDX-License-Identifier: MIT
 * Opening, saving and loading, with rows of the caller and without. */
#ifndef LEAT_TESTS_FAULT_SAVING_H
#define LEAT_TESTS_FAULT_SAVING_H

#include "fault_world.h"

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
    check_loaded(world, code, position,
                 is_known(world->stream, position));
    return code == LEAT_OK ? world_close(world) : code;
}

#define ROLLED_BACK "the whole transaction is rolled back"

static unsigned long left_open, rolled_back;

/* A row, a save, and COMMIT, whatever the save returned. */
static inline int work_commit_anyway(struct world *world)
{
    uint64_t position = leat_stream_position(world->stream) + 1;
    leat_error failed;
    int code, is_open, is_reported, committed;
    memset(&error, 0, sizeof error);
    code = world->setting.uses_sql ? sql_as_leat(world, "BEGIN IMMEDIATE")
                                   : leat_store_begin(world->store, &error);
    if (code != LEAT_OK)
        return code;
    step_to(world->stream, position);
    world->tried = position;
    code = insert_output(world, position);
    if (code != LEAT_OK) {
        roll_back(world);
        return code;
    }
    code = save_here(world);
    failed = error;
    is_open = !sqlite3_get_autocommit(world->database);
    is_reported = code != LEAT_OK &&
              strncmp(error.message, ROLLED_BACK, strlen(ROLLED_BACK)) == 0;
    check_that(is_open != is_reported, __FILE__, __LINE__,
               "after %d '%s' the transaction is %s", code, error.message,
               is_open ? "open" : "gone");
    if (code != LEAT_OK && is_open)
        left_open++;
    rolled_back += is_reported != 0;
    if (!is_open)
        return code;
    committed = world->setting.uses_sql
                    ? sql_as_leat(world, "COMMIT")
                    : leat_store_commit(world->store, &error);
    if (committed != LEAT_OK)
        roll_back(world);
    else if (code == LEAT_OK)
        world->acked = position;
    else
        world->has_row_ahead = 1;
    if (code == LEAT_OK)
        return committed;
    error = failed;
    return code;
}

/* The row of a failed save is there; then it is rolled back, as the header
 * says. */
static inline void finish_commit_anyway(struct world *world, int is_healthy)
{
    char sql[80];
    if (!world->has_row_ahead)
        return;
    if (is_healthy)
        CHECK(outputs_reach(world, world->acked + 1));
    snprintf(sql, sizeof sql, "DELETE FROM outputs WHERE position > %llu",
             (unsigned long long)world->acked);
    if (execute(world->database, sql) == SQLITE_OK)
        world->has_row_ahead = 0;
    if (is_healthy)
        CHECK(!world->has_row_ahead);
}

#endif
