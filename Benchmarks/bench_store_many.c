/* SPDX-License-Identifier: MIT
 * A store of ten to a million streams: saving, loading, listing. */
#include "bench.h"
#include "clock.h"
#include "crowd.h"
#include "samples.h"

#include <stdio.h>
#include <stdlib.h>

enum { LOADS_MOST = 300 };

static int count_entry(void *context, const leat_store_entry *entry)
{
    *(size_t *)context += entry->position == 0 && entry->generations == 3;
    return 0;
}

/* List with a fresh connection: seconds, and bytes that SQLite takes more. */
static void list(struct crowd *crowd, double *seconds, double *bytes)
{
    leat_error error;
    size_t found = 0;
    double start;
    sqlite3_int64 before;
    crowd_close(crowd);
    crowd_open(crowd);
    before = sqlite3_memory_used();
    sqlite3_memory_highwater(1);
    start = now_ns();
    expect_ok(leat_store_list(crowd->store, count_entry, &found, &error),
              &error);
    *seconds = (now_ns() - start) / 1e9;
    *bytes = (double)(sqlite3_memory_highwater(0) - before);
    if (found != crowd->count) {
        fprintf(stderr, "%zu streams are listed, of %zu\n", found,
                crowd->count);
        exit(1);
    }
}

/* What is done to a store of ten streams, in turn with the large one. */
enum work {
    ALONE,
    SMALL_ALONE,
    LOOP_ALONE,
    TOGETHER,
    SMALL_TOGETHER,
    LOOP_TOGETHER,
    LOAD,
    SMALL_LOAD,
    WORKS
};

static void (*const works[WORKS])(void *, size_t) = {
    crowd_save,          crowd_save,
    crowd_loop_save,     crowd_save_together,
    crowd_save_together, crowd_loop_save_together,
    crowd_load,          crowd_load};

static int is_small(size_t work)
{
    return work == SMALL_ALONE || work == SMALL_TOGETHER ||
           work == SMALL_LOAD;
}

static void measure(const struct plan *plan, struct crowd *crowd,
                    struct crowd *small, double seconds, int is_last)
{
    static struct contestant c[WORKS];
    size_t rounds = plan->is_quick ? 5 : 31, i;
    double list_seconds, list_bytes, ns[WORKS], ratio, together_ratio;
    for (i = 0; i < WORKS; i++) {
        c[i].work = works[i];
        c[i].self = is_small(i) ? small : crowd;
    }
    interleave(c, WORKS, rounds, 3e7);
    for (i = 0; i < WORKS; i++)
        ns[i] = median(c[i].ns, rounds);
    ns[TOGETHER] /= CROWD_TOGETHER;
    ns[LOOP_TOGETHER] /= CROWD_TOGETHER;
    ratio = median_ratio(&c[ALONE], &c[SMALL_ALONE], rounds);
    together_ratio = median_ratio(&c[TOGETHER], &c[SMALL_TOGETHER], rounds);
    list(crowd, &list_seconds, &list_bytes);
    printf("%8zu %7.0f %6.2f %7.0f %8.0f %6.2f %7.0f %7.0f %8.3f %8.0f "
           "%6.1f\n",
           crowd->count, ns[ALONE], ratio, ns[LOOP_ALONE], ns[TOGETHER],
           together_ratio, ns[LOOP_TOGETHER], ns[LOAD], list_seconds,
           list_bytes, seconds);
    report_row("\"streams\": %zu, \"alone_ns\": %.0f, \"alone_ratio\": %.2f, "
               "\"loop_alone_ns\": %.0f, \"together_ns\": %.0f, "
               "\"together_ratio\": %.2f, \"loop_together_ns\": %.0f, "
               "\"load_ns\": %.0f, \"load_ratio\": %.2f, "
               "\"list_s\": %.3f, \"list_bytes\": %.0f, \"add_s\": %.1f",
               crowd->count, ns[ALONE], ratio, ns[LOOP_ALONE], ns[TOGETHER],
               together_ratio, ns[LOOP_TOGETHER], ns[LOAD],
               median_ratio(&c[LOAD], &c[SMALL_LOAD], rounds), list_seconds,
               list_bytes, seconds);
    if (!is_last)
        return;
    report_goal(ratio <= 2, "a save alone at most 2 times the smallest's");
    report_goal(together_ratio <= 2, "saves together at most 2 times");
    report_goal(list_bytes <= 4e6, "listing in at most 4 MB");
}

/* The first load of a connection, of any stream: ns, median, p99 and most.
 * With `evicts` the system has nothing of the file in memory either. */
static double resume(const struct plan *plan, struct crowd *crowd, int evicts)
{
    size_t times = plan->is_quick ? 30 : 300, i;
    double values[LOADS_MOST], half, p99, most;
    crowd_close(crowd);
    for (i = 0; i < times; i++) {
        double start;
        crowd_open(crowd);
        if (evicts)
            store_file_evict(&crowd->file);
        start = now_ns();
        crowd_load(crowd, 1);
        values[i] = now_ns() - start;
        crowd_close(crowd);
    }
    crowd_open(crowd);
    half = median(values, times);
    p99 = quantile(values, times, 0.99);
    most = quantile(values, times, 1);
    printf("%s %10.0f %10.0f %10.0f\n",
           evicts ? "read from the disk " : "the system's memory", half, p99,
           most);
    report_row("\"streams\": %zu, \"from\": \"%s\", \"p50_ns\": %.0f, "
               "\"p99_ns\": %.0f, \"most_ns\": %.0f",
               crowd->count,
               evicts ? "read from the disk" : "the system's memory", half,
               p99, most);
    return half;
}

static void grow_and_measure(const struct plan *plan, struct crowd *crowd,
                             struct crowd *small)
{
    size_t most = plan->is_quick ? 10000 : 1000000, count;
    printf("\nA store of B on this disk: ns to save any stream alone, and of "
           "%d "
           "in a transaction,\nto a store of %zu's and the loop's; ns to "
           "load; a listing; seconds to add the\nstreams\n"
           "%8s %7s %6s %7s %8s %6s %7s %7s %8s %8s %6s\n",
           CROWD_TOGETHER, small->count, "streams", "alone", "ratio", "loop",
           "together", "ratio", "loop", "load", "list, s", "bytes", "add, s");
    report_array("store_many");
    for (count = 10; count <= most; count *= 10) {
        double seconds = crowd_grow(crowd, count);
        measure(plan, crowd, small, seconds, count == most);
    }
    report_array_end();
}

void bench_many(const struct plan *plan)
{
    struct crowd crowd, small;
    double half;
    crowd_make(&crowd, shape_named('B'));
    crowd_make(&small, shape_named('B'));
    crowd_grow(&small, 10);
    grow_and_measure(plan, &crowd, &small);
    crowd_free(&small);
    report_progress("store: to the disk");
    crowd_to_disk(&crowd);
    printf("\nFirst load after an open, of any of %zu streams: ns\n"
           "%19s %10s %10s %10s\n",
           crowd.count, "from", "p50", "p99", "most");
    report_array("store_resume");
    half = resume(plan, &crowd, 0);
    resume(plan, &crowd, 1);
    report_array_end();
    report_goal(half <= 1e6, "at most 1 ms");
    crowd_free(&crowd);
}
