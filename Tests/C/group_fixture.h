/* SPDX-License-Identifier: MIT
 * Shared by the tests of groups: members whose positions differ, so that it
 * shows when one of them is of another moment. */
#ifndef LEAT_TESTS_GROUP_FIXTURE_H
#define LEAT_TESTS_GROUP_FIXTURE_H

#include "store_fixture.h"

enum { MEMBERS = 4 };

static const char *const members[MEMBERS] = { "line/a", "line/b", "line/c",
                                              "line/d" };

typedef struct group {
    leat_stream *streams[MEMBERS];
} group;

static inline group new_group(void)
{
    group made;
    size_t i;
    for (i = 0; i < MEMBERS; i++)
        made.streams[i] = new_stream(model);
    return made;
}

static inline void free_group(group made)
{
    size_t i;
    for (i = 0; i < MEMBERS; i++)
        free(made.streams[i]);
}

/* The position of a member at a moment. */
static inline uint64_t member_at(size_t member, uint64_t moment)
{
    return moment * (member + 1) + member;
}

static inline uint64_t sum_at(uint64_t moment)
{
    uint64_t sum = 0;
    size_t i;
    for (i = 0; i < MEMBERS; i++)
        sum += member_at(i, moment);
    return sum;
}

static inline void step_group(group *stepped, uint64_t moment)
{
    size_t i;
    for (i = 0; i < MEMBERS; i++)
        step_to(stepped->streams[i], member_at(i, moment));
}

static inline const leat_stream *const *streams_of(const group *of)
{
    return (const leat_stream *const *)of->streams;
}

/* Step to a moment and save; the cursor is the moment. */
static inline int save_group_at(leat_store *store, const char *name,
                                group *saved, uint64_t moment, unsigned flags)
{
    step_group(saved, moment);
    return leat_store_save_group(store, name, members, streams_of(saved),
                                 MEMBERS, &moment, sizeof moment, flags,
                                 &error);
}

static inline int load_group(leat_store *store, const char *name,
                             const group *into, uint64_t *moment,
                             leat_checkpoint *checkpoint)
{
    return leat_store_load_group(store, name, members, into->streams, MEMBERS,
                                 moment, sizeof *moment, checkpoint, &error);
}

/* Whether all members are those of an undisturbed run at this moment. */
static inline int is_group_at(const group *found, uint64_t moment)
{
    int same = 1;
    size_t i;
    for (i = 0; i < MEMBERS; i++)
        same = same && leat_stream_position(found->streams[i]) ==
                           member_at(i, moment) &&
               is_run_to(found->streams[i], member_at(i, moment));
    return same;
}

#endif
