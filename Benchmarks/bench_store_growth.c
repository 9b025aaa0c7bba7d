/* SPDX-License-Identifier: MIT
 * How the cost of saving, loading and listing grows with a store, from ten to a
 * million streams. Each is timed in turn with the same on a store of ten
 * streams, and the saves with the loop of SQLite statements. Then the first
 * load after an open, with the file in the system's memory and without. */
#include "bench.h"
#include "clock.h"
#include "filled_store.h"
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>

enum { LOADS_MOST = 300 };

static int count_entry(void *context, const leat_store_entry *entry)
{
    *(size_t *)context += entry->position == 0 && entry->generations == 3;
    return 0;
}

/* List with a new connection: seconds, and the bytes by which SQLite's memory
 * grows. */
static void list(struct filled_store *filled, double *seconds, double *bytes)
{
    leat_error error;
    size_t found = 0;
    double start;
    sqlite3_int64 before;
    filled_store_close(filled);
    filled_store_open(filled);
    before = sqlite3_memory_used();
    sqlite3_memory_highwater(1);
    start = now_ns();
    expect_ok(leat_store_list(filled->store, count_entry, &found, &error),
              &error);
    *seconds = (now_ns() - start) / 1e9;
    *bytes = (double)(sqlite3_memory_highwater(0) - before);
    if (found != filled->count) {
        fprintf(stderr, "listed %zu streams, expected %zu\n", found,
                filled->count);
        exit(1);
    }
}

/* The tasks; SMALL ones on the store of ten streams. */
enum growth_task {
    ALONE,
    SMALL_ALONE,
    LOOP_ALONE,
    TOGETHER,
    SMALL_TOGETHER,
    LOOP_TOGETHER,
    LOAD,
    SMALL_LOAD,
    GROWTH_TASKS
};

static void (*const functions[GROWTH_TASKS])(void *, size_t) = {
    filled_store_save,          filled_store_save,
    filled_store_loop_save,     filled_store_save_together,
    filled_store_save_together, filled_store_loop_save_together,
    filled_store_load,          filled_store_load};

static int is_small(size_t task)
{
    return task == SMALL_ALONE || task == SMALL_TOGETHER || task == SMALL_LOAD;
}

static void measure(const struct plan *plan, struct filled_store *filled,
                    struct filled_store *small, double seconds, int is_last)
{
    static struct task c[GROWTH_TASKS];
    size_t rounds = plan->is_quick ? 5 : 31, i;
    double list_seconds, list_bytes, ns[GROWTH_TASKS], ratio, together_ratio;
    for (i = 0; i < GROWTH_TASKS; i++) {
        set_task(&c[i], functions[i], is_small(i) ? small : filled);
    }
    run_interleaved(c, GROWTH_TASKS, rounds, 3e7);
    for (i = 0; i < GROWTH_TASKS; i++)
        ns[i] = median(c[i].ns, rounds);
    ns[TOGETHER] /= SAVES_PER_TRANSACTION;
    ns[LOOP_TOGETHER] /= SAVES_PER_TRANSACTION;
    ratio = median_ratio(&c[ALONE], &c[SMALL_ALONE], rounds);
    together_ratio = median_ratio(&c[TOGETHER], &c[SMALL_TOGETHER], rounds);
    list(filled, &list_seconds, &list_bytes);
    printf("%8zu %7.0f %6.2f %7.0f %8.0f %6.2f %7.0f %7.0f %8.3f %8.0f "
           "%6.1f\n",
           filled->count, ns[ALONE], ratio, ns[LOOP_ALONE], ns[TOGETHER],
           together_ratio, ns[LOOP_TOGETHER], ns[LOAD], list_seconds,
           list_bytes, seconds);
    report_row("\"streams\": %zu, \"alone_ns\": %.0f, \"alone_ratio\": %.2f, "
               "\"loop_alone_ns\": %.0f, \"together_ns\": %.0f, "
               "\"together_ratio\": %.2f, \"loop_together_ns\": %.0f, "
               "\"load_ns\": %.0f, \"load_ratio\": %.2f, "
               "\"list_s\": %.3f, \"list_bytes\": %.0f, \"add_s\": %.1f",
               filled->count, ns[ALONE], ratio, ns[LOOP_ALONE], ns[TOGETHER],
               together_ratio, ns[LOOP_TOGETHER], ns[LOAD],
               median_ratio(&c[LOAD], &c[SMALL_LOAD], rounds), list_seconds,
               list_bytes, seconds);
    if (!is_last)
        return;
    report_goal(ratio <= 2, "a save alone at most 2 times that to ten streams");
    report_goal(together_ratio <= 2,
                "saves together at most 2 times those to ten streams");
    report_goal(list_bytes <= 4e6, "listing in at most 4 MB");
}

/* The first load of a new connection, of random streams. With `evicts` no page
 * of the file is in the system's memory. Returns the median in ns. */
static double first_load(const struct plan *plan, struct filled_store *filled,
                         int evicts)
{
    size_t times = plan->is_quick ? 30 : 300, i;
    double values[LOADS_MOST], p50, p99, longest;
    filled_store_close(filled);
    for (i = 0; i < times; i++) {
        double start;
        filled_store_open(filled);
        if (evicts)
            store_file_evict(&filled->file);
        start = now_ns();
        filled_store_load(filled, 1);
        values[i] = now_ns() - start;
        filled_store_close(filled);
    }
    filled_store_open(filled);
    p50 = median(values, times);
    p99 = quantile(values, times, 0.99);
    longest = quantile(values, times, 1);
    printf("%s %10.0f %10.0f %10.0f\n",
           evicts ? "read from the disk " : "the system's memory", p50, p99,
           longest);
    report_row("\"streams\": %zu, \"from\": \"%s\", \"p50_ns\": %.0f, "
               "\"p99_ns\": %.0f, \"longest_ns\": %.0f",
               filled->count,
               evicts ? "read from the disk" : "the system's memory", p50, p99,
               longest);
    return p50;
}

static void grow_and_measure(const struct plan *plan,
                             struct filled_store *filled,
                             struct filled_store *small)
{
    size_t most = plan->is_quick ? 10000 : 1000000, count;
    printf("\nA store of shape B on this disk: ns to save a stream in its own "
           "transaction, and for\neach of %d in one, with the ratio to a store "
           "of %zu streams, and the loop's; ns to load;\na listing; seconds to "
           "add the streams\n"
           "%8s %7s %6s %7s %8s %6s %7s %7s %8s %8s %6s\n",
           SAVES_PER_TRANSACTION, small->count, "streams", "alone", "ratio",
           "loop", "together", "ratio", "loop", "load", "list, s", "bytes",
           "add, s");
    report_array("store_growth");
    for (count = 10; count <= most; count *= 10) {
        double seconds = filled_store_grow(filled, count);
        measure(plan, filled, small, seconds, count == most);
    }
    report_array_end();
}

void bench_growth(const struct plan *plan)
{
    struct filled_store filled, small;
    double p50;
    filled_store_make(&filled, shape_named('B'));
    filled_store_make(&small, shape_named('B'));
    filled_store_grow(&small, 10);
    grow_and_measure(plan, &filled, &small);
    filled_store_free(&small);
    printf("\nFirst load after an open, of any of %zu streams: ns\n"
           "%19s %10s %10s %10s\n",
           filled.count, "from", "p50", "p99", "longest");
    report_array("store_first_load");
    p50 = first_load(plan, &filled, 0);
    first_load(plan, &filled, 1);
    report_array_end();
    report_goal(p50 <= 1e6, "at most 1 ms");
    filled_store_free(&filled);
}
