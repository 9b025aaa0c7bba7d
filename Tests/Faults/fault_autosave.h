/* SPDX-License-Identifier: MIT
 * Checkpoints that an autosave's thread writes. */
#ifndef LEAT_TESTS_FAULT_AUTOSAVE_H
#define LEAT_TESTS_FAULT_AUTOSAVE_H

#include "fault_world.h"

static inline int add_slot(struct world *world)
{
    world->first_offer = 0;
    return world->setting.is_group
               ? leat_autosave_add_group(world->autosave, "group",
                                         pump_and_mate, 2, &world->slot,
                                         &error)
               : leat_autosave_add(world->autosave, world->name, &world->slot,
                                   &error);
}

static inline int start_autosave(struct world *world)
{
    leat_autosave_options options;
    int code;
    memset(&options, 0, sizeof options);
    memset(&error, 0, sizeof error);
    options.stream_size = leat_stream_size(model);
    options.streams = 4;
    options.cursor_size = (uint32_t)cursor_size(world);
    /* An interval so long that only flush, remove and stop write. */
    options.every_ms = 3600000;
    code = leat_autosave_start(world->store, &options, &world->autosave,
                               &error);
    return code == LEAT_OK ? add_slot(world) : code;
}

/* `last` is the outcome of the last attempt to write, or of the last attempt to
 * write this stream; an offer reports it. */
static inline void offer_next(struct world *world, int last)
{
    uint64_t position = leat_stream_position(world->stream) + 1;
    unsigned char *cursor = cursor_at(world, position);
    int code;
    step_to(world->stream, position);
    world->tried = position;
    if (world->setting.is_group) {
        const leat_stream *streams[2];
        streams[0] = world->stream;
        streams[1] = mate;
        go_back(mate, position);
        if (world->first_offer == 0)
            world->first_offer = position;
        code = leat_autosave_offer_group(world->autosave, world->slot, streams,
                                         2, cursor, cursor_size(world), 0, NULL,
                                         &error);
    } else {
        code = leat_autosave_offer(world->autosave, world->slot, world->stream,
                                   cursor, cursor_size(world), 0, &error);
    }
    check_that(code == last || (code < 0 && last < 0), __FILE__, __LINE__,
               "an offer after %d gave %d, %s", last, code, error.message);
    free(cursor);
}

/* What is reported durable counts as acknowledged. */
static inline void note_durable(struct world *world, int is_flushed)
{
    uint64_t durable = 0;
    OK(leat_autosave_durable(world->autosave, world->slot, &durable, NULL));
    /* Of a group it is the number of an offer. */
    if (world->setting.is_group && durable != 0)
        durable += world->first_offer - 1;
    check_that(durable == world->tried ||
                   (!is_flushed && (durable == 0 || durable == world->acked)),
               __FILE__, __LINE__, "durable is %llu of %llu, after %llu",
               (unsigned long long)durable, (unsigned long long)world->tried,
               (unsigned long long)world->acked);
    if (durable != 0)
        world->acked = durable;
}

/* Offers four positions and flushes each; continues after a failure, as long as
 * there is power. */
static inline int work_flush(struct world *world)
{
    leat_error failed;
    int code = start_autosave(world), last = LEAT_OK, i;
    if (code != LEAT_OK)
        return code;
    for (i = 0; i < 4; i++) {
        offer_next(world, last);
        last = leat_autosave_flush(world->autosave, &error);
        if (last != LEAT_OK && code == LEAT_OK) {
            code = last;
            failed = error;
        }
        note_durable(world, last == LEAT_OK);
        if (last != LEAT_OK && power_is_cut())
            break;
    }
    if (code != LEAT_OK)
        error = failed;
    return code;
}

/* Removing a slot, and stopping, write what was taken. */
static inline int work_autosave_ends(struct world *world)
{
    int code = start_autosave(world);
    if (code != LEAT_OK)
        return code;
    offer_next(world, LEAT_OK);
    offer_next(world, LEAT_OK);
    code = leat_autosave_remove(world->autosave, world->slot, 0, &error);
    if (code != LEAT_OK)
        return code;
    world->acked = world->tried;
    code = add_slot(world);
    if (code != LEAT_OK)
        return code;
    offer_next(world, LEAT_OK);
    offer_next(world, LEAT_OK);
    code = leat_autosave_stop(world->autosave, 0, &error);
    if (code != LEAT_OK)
        return code;
    world->autosave = NULL;
    world->acked = world->tried;
    return code;
}

/* When the disk works again, all that was taken becomes durable. */
static inline void finish_autosave(struct world *world, int is_healthy)
{
    leat_error kept = error;
    if (world->autosave == NULL)
        return;
    if (is_healthy) {
        OK(leat_autosave_flush(world->autosave, &error));
        if (world->tried != world->acked)
            note_durable(world, 1);
        OK(leat_autosave_stop(world->autosave, 0, &error));
    } else {
        int code = leat_autosave_stop(world->autosave, LEAT_AUTOSAVE_ABANDON,
                                      NULL);
        if (code == LEAT_OK)
            world->acked = world->tried;
    }
    world->autosave = NULL;
    error = kept;
}

#endif
