/* SPDX-License-Identifier: MIT
 * Power is cut at every write, truncation, sync, creation and deletion of all
 * that a store does, and the unsynced writes have every fate: what was
 * acknowledged is there, and the store continues as if nothing had happened.
 * Usage: test_faults_cut MODEL.safetensors GOLDEN [ROUNDS]
 * GOLDEN is Tests/Golden/version-1, absolute; ROUNDS is how often each fate of
 * the writes is drawn, 1. */
#define _XOPEN_SOURCE 700
#include "fault_world.h"

#include "fault_work.h"

static unsigned long cuts;
static int rounds = 1;

/* The fate of the "-lock", which isn't on the disk that fails: mostly it is as
 * new as possible; sometimes it is old, or deleted. */
static void age_lock(const struct base *base, uint64_t seed)
{
    switch (seed % 5) {
    case 3: put_lock(base); break;
    case 4: unlink(STORE "-lock"); break;
    default: break;
    }
}

/* Cut at the n-th event. Returns 0 if the work was finished before it. */
static int cut_at(const struct work *work, const struct base *base,
                  leat_stream *stream, const disk_mode *mode, long nth,
                  uint64_t seed, struct world *world)
{
    int code, was_cut;
    start_at(world, base, stream);
    if (!work->opens && world_open(world) != LEAT_OK)
        need(0, "open before the cut");
    power_cut_at(nth);
    code = work->run(world);
    was_cut = power_is_cut();
    check_that(code == LEAT_OK || was_cut, __FILE__, __LINE__,
               "without a cut: %d, %s", code, error.message);
    finish(work, world, !was_cut);
    if (world->store != NULL) {
        /* After a loss of power nobody closes anything; here close only frees
         * memory, and can't change the disk. */
        if (!was_cut)
            power_cut_now();
        OK(world_close(world));
    }
    power_cut_at(0);
    if (!power_is_cut())
        power_cut_now();
    power_return(mode, seed);
    age_lock(base, seed >> 8);
    return was_cut;
}

static void judge(struct world *world, enum verdict verdict)
{
    check_that(verdict == GOOD, __FILE__, __LINE__, "%s",
               verdict == GOOD ? "" : world->found);
    check_that(sqlite3_memory_used() == 0 && fault_vfs_open_files() == 0,
               __FILE__, __LINE__, "%lld bytes and %d files are not given back",
               (long long)sqlite3_memory_used(), fault_vfs_open_files());
}

static void cut_everywhere(const struct work *work)
{
    leat_stream *stream = new_stream(model);
    unsigned long before = cuts;
    long nth, last = 0;
    size_t i;
    int is_safe;
    for (is_safe = 0; is_safe < 2; is_safe++) {
        struct base base;
        power_set_safe_overwrite(is_safe);
        prepare(&base, work);
        for (i = 0; i < count_modes(is_safe) * (size_t)rounds; i++)
            for (nth = 1;; nth++) {
                const disk_mode *mode = mode_of(i / (size_t)rounds, is_safe);
                struct world world;
                uint64_t seed = cuts * 7919u;
                int was_cut;
                check_context("%s, cut %ld, %s, seed %llu", work->name, nth,
                              mode->name, (unsigned long long)seed);
                was_cut = cut_at(work, &base, stream, mode, nth, seed, &world);
                judge(&world, inspect(&world));
                last = nth > last ? nth : last;
                if (!was_cut)
                    break;
                cuts++;
            }
        free_base(&base);
    }
    printf("%-44s %6lu cuts at %ld places\n", work->name, cuts - before,
           last - 1);
    free(stream);
}

/* A cut during the recovery from the first cut. */
static void cut_recovery(const struct base *half, const struct work *recovery,
                         leat_stream *stream, size_t mode)
{
    long nth;
    for (nth = 1;; nth++) {
        const disk_mode *other =
            mode_of((mode + (size_t)nth) % count_modes(1), 1);
        struct world world;
        char context[sizeof check_state.context];
        int was_cut;
        snprintf(context, sizeof context, "%s", check_state.context);
        check_context("%.100s; again, cut %ld, %s", context, nth, other->name);
        was_cut = cut_at(recovery, half, stream, other, nth,
                         cuts * 104729u, &world);
        judge(&world, inspect(&world));
        check_context("%s", context);
        if (!was_cut)
            break;
        cuts++;
    }
}

/* Every `every`-th fate of the first cut, at every place of both cuts.
 *
 * Only on a disk that overwrites safely: if the first cut has damaged what
 * SQLite wrote to fill the sector in which the last commit ends, SQLite
 * continues in that sector. */
static void cut_twice(const struct work *work, const struct work *recovery,
                      size_t every)
{
    leat_stream *stream = new_stream(model), *second = new_stream(model);
    unsigned long before = cuts;
    struct base base, half;
    size_t i;
    long nth;
    power_set_safe_overwrite(1);
    prepare(&base, work);
    for (i = 0; i < count_modes(1); i += every)
        for (nth = 1;; nth++) {
            const disk_mode *mode = mode_of(i, 1);
            struct world world;
            uint64_t seed = cuts * 104729u;
            int was_cut;
            was_cut = cut_at(work, &base, stream, mode, nth, seed, &world);
            check_context("%s, cut %ld, %s, seed %llu", work->name, nth,
                          mode->name, (unsigned long long)seed);
            if (!was_cut)
                break;
            take_base(&half, &world);
            cut_recovery(&half, recovery, second, i);
            free_base(&half);
        }
    free_base(&base);
    printf("%-44s %6lu cuts\n", recovery->name, cuts - before);
    free(stream);
    free(second);
}

int main(int count, char **arguments)
{
    char directory[64];
    size_t i;
    check_usage(count >= 3,
                "test_faults_cut MODEL.safetensors GOLDEN [ROUNDS]");
    golden_folder = arguments[2];
    if (count > 3)
        rounds = atoi(arguments[3]);
    set_up_faults(arguments[1], directory);
    for (i = 0; i < work_count; i++)
        cut_everywhere(&works[i]);
    cut_twice(work_named("six saves"), &recovery, rounds > 1 ? 1 : 2);
    cut_twice(work_named("create, and save"), &recovery_of_new,
              rounds > 1 ? 1 : 4);
    printf("%lu cuts and 0 faults tried\n", cuts);
    return tear_down_faults("test_faults_cut", directory);
}
