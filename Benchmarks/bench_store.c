/* SPDX-License-Identifier: MIT
 * Checkpoints a second, and bytes written to the -wal for each, against a loop
 * of SQLite statements (sqlite_loop.h), which is what a C program would have
 * without Leat's store, and against Leat's work by hand (sqlite_by_hand.h).
 * One stream is a transaction a checkpoint; a thousand share one.
 * On the disk the sync decides, in memory the processor. */
#include "bench.h"
#include "store_comparison.h"
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>

static void compare(const struct plan *plan, const struct shape *shape,
                    size_t count, enum place place)
{
    static struct task tasks[WRITERS];
    /* On the disk, long enough that most rounds include a WAL checkpoint. */
    double round_ns = place == ON_DISK ? 1.2e8 : 2e7;
    size_t rounds = plan->is_quick ? 3 : place == ON_DISK ? 21 : 51, k;
    double rates[WRITERS], ratio, time;
    struct store_comparison comparison;
    report_progress("store: %zu of %s, %s", count, shape->name,
                    place_names[place]);
    comparison_make(&comparison, shape, count, place);
    for (k = 0; k < WRITERS; k++)
        set_task(&tasks[k], save_with[k], &comparison);
    run_interleaved(tasks, WRITERS, rounds, round_ns);
    comparison_check(&comparison);
    for (k = 0; k < WRITERS; k++)
        rates[k] = 1e9 * (double)count / median(tasks[k].ns, rounds);
    ratio = median_ratio(&tasks[LOOP], &tasks[LEAT], rounds);
    time = median_ratio(&tasks[LEAT], &tasks[BY_HAND], rounds);
    printf("%6s %5s %8zu %10.0f %10.0f %8.2f %10.0f %14.3f\n",
           place_names[place], shape->name, count, rates[LEAT], rates[LOOP],
           ratio, rates[BY_HAND], time);
    report_row("\"place\": \"%s\", \"shape\": \"%s\", \"streams\": %zu, "
               "\"leat_per_s\": %.0f, \"loop_per_s\": %.0f, "
               "\"ratio\": %.3f, \"by_hand_per_s\": %.0f, "
               "\"by_hand_time_ratio\": %.3f",
               place_names[place], shape->name, count, rates[LEAT], rates[LOOP],
               ratio, rates[BY_HAND], time);
    /* A checkpoint alone also pays for what is done once in a transaction. */
    if (count > 1)
        report_goal(time <= 1.15, "at most 1.15 of the time by hand");
    else
        report_goal(ratio >= 0.9, "at least 0.9 of the loop");
    comparison_free(&comparison);
}

/* Bytes that a checkpoint writes to the -wal. */
static double wal_bytes(struct store_comparison *comparison, enum writer writer)
{
    size_t times = comparison->count > 1 ? 1 : 100;
    if (sqlite3_wal_checkpoint_v2(writer_database(comparison, writer), NULL,
                                  SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                  NULL) != SQLITE_OK ||
        store_file_size(&comparison->files[writer], "-wal") != 0) {
        fprintf(stderr, "%s: the -wal isn't empty\n",
                comparison->files[writer].path);
        exit(1);
    }
    save_with[writer](comparison, times);
    return (double)store_file_size(&comparison->files[writer], "-wal") /
           (double)(times * comparison->count);
}

static void compare_wal(const struct shape *shape, size_t count)
{
    struct store_comparison comparison;
    double leat, loop;
    comparison_make(&comparison, shape, count, IN_MEMORY);
    leat = wal_bytes(&comparison, LEAT);
    loop = wal_bytes(&comparison, LOOP);
    printf("%5s %8zu %8zu %10.0f %10.0f\n", shape->name, count,
           leat_state_size(comparison.stream.model), leat, loop);
    report_row("\"shape\": \"%s\", \"streams\": %zu, \"state_bytes\": %zu, "
               "\"leat_bytes\": %.0f, \"loop_bytes\": %.0f",
               shape->name, count, leat_state_size(comparison.stream.model),
               leat, loop);
    comparison_free(&comparison);
}

void bench_store(const struct plan *plan)
{
    static const char letters[] = {'B', 'C'};
    static const size_t counts[] = {1, 1000};
    size_t s, c, p;
    printf("\nStore: checkpoints a second; all streams in one transaction\n"
           "%6s %5s %8s %10s %10s %8s %10s %14s\n",
           "place", "shape", "streams", "Leat", "loop", "ratio", "by hand",
           "Leat's time");
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
    report_array("store_wal");
    for (c = 0; c < 2; c++)
        for (s = 0; s < 2; s++)
            compare_wal(shape_named(letters[s]), counts[c]);
    report_array_end();
}
