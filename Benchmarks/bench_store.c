/* SPDX-License-Identifier: MIT
 * Checkpoints in a store, beside the loop of SQLite statements. */
#include "bench.h"
#include "keepers.h"
#include "samples.h"

#include <stdio.h>
#include <stdlib.h>

static void compare(const struct plan *plan, const struct shape *shape,
                    size_t count, enum place place)
{
    static struct contestant contestants[KEEPERS];
    /* On the disk long enough that each copies its -wal back in most rounds. */
    double round_ns = place == ON_DISK ? 1.2e8 : 2e7;
    size_t rounds = plan->is_quick ? 3 : place == ON_DISK ? 21 : 51, k;
    double rates[KEEPERS], ratio;
    struct bout bout;
    report_progress("store: %zu of %s, %s", count, shape->name,
                    place_names[place]);
    bout_make(&bout, shape, count, place);
    for (k = 0; k < KEEPERS; k++) {
        contestants[k].work = keeper_saves[k];
        contestants[k].self = &bout;
    }
    interleave(contestants, KEEPERS, rounds, round_ns);
    bout_check(&bout);
    for (k = 0; k < KEEPERS; k++)
        rates[k] = 1e9 * (double)count / median(contestants[k].ns, rounds);
    ratio = median_ratio(&contestants[LOOP], &contestants[LEAT], rounds);
    printf("%6s %5s %8zu %10.0f %10.0f %8.2f %18.0f\n", place_names[place],
           shape->name, count, rates[LEAT], rates[LOOP], ratio,
           rates[KNOWING_LOOP]);
    report_row("\"place\": \"%s\", \"shape\": \"%s\", \"streams\": %zu, "
               "\"leat_per_s\": %.0f, \"loop_per_s\": %.0f, "
               "\"ratio\": %.3f, \"knowing_loop_per_s\": %.0f",
               place_names[place], shape->name, count, rates[LEAT],
               rates[LOOP], ratio, rates[KNOWING_LOOP]);
    report_goal(ratio >= 0.9, "at least 0.9 of the loop");
    bout_free(&bout);
}

/* Bytes in the -wal that a checkpoint makes. */
static double wal_bytes(struct bout *bout, enum keeper keeper)
{
    size_t times = bout->count > 1 ? 1 : 100;
    if (sqlite3_wal_checkpoint_v2(keeper_database(bout, keeper), NULL,
                                  SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                  NULL) != SQLITE_OK ||
        store_file_size(&bout->files[keeper], "-wal") != 0) {
        fprintf(stderr, "%s: the -wal isn't emptied\n",
                bout->files[keeper].path);
        exit(1);
    }
    keeper_saves[keeper](bout, times);
    return (double)store_file_size(&bout->files[keeper], "-wal") /
           (double)(times * bout->count);
}

static void wear(const struct shape *shape, size_t count)
{
    struct bout bout;
    double leat, loop;
    bout_make(&bout, shape, count, IN_MEMORY);
    leat = wal_bytes(&bout, LEAT);
    loop = wal_bytes(&bout, LOOP);
    printf("%5s %8zu %8zu %10.0f %10.0f\n", shape->name, count,
           leat_state_size(bout.subject.model), leat, loop);
    report_row("\"shape\": \"%s\", \"streams\": %zu, \"state_bytes\": %zu, "
               "\"leat_bytes\": %.0f, \"loop_bytes\": %.0f",
               shape->name, count, leat_state_size(bout.subject.model), leat,
               loop);
    bout_free(&bout);
}

void bench_store(const struct plan *plan)
{
    static const char letters[] = {'B', 'C'};
    static const size_t counts[] = {1, 1000};
    size_t s, c, p;
    printf("\nStore: checkpoints a second; all streams in one transaction\n"
           "%6s %5s %8s %10s %10s %8s %18s\n",
           "place", "shape", "streams", "Leat", "loop", "ratio",
           "loop knowing rows");
    report_array("store");
    for (p = 0; p < PLACES; p++)
        for (c = 0; c < 2; c++)
            for (s = 0; s < 2; s++)
                compare(plan, shape_named(letters[s]), counts[c],
                        (enum place)p);
    report_array_end();
    printf("\nBytes written to the -wal for each checkpoint\n"
           "%5s %8s %8s %10s %10s\n",
           "shape", "streams", "state", "Leat", "loop");
    report_array("store_wear");
    for (c = 0; c < 2; c++)
        for (s = 0; s < 2; s++)
            wear(shape_named(letters[s]), counts[c]);
    report_array_end();
}
