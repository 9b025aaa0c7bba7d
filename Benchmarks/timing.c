/* SPDX-License-Identifier: MIT */
#include "timing.h"
#include "clock.h"
#include "models.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

double quantile(const double *values, size_t count, double fraction)
{
    double *sorted = make_block(count * sizeof *sorted), value;
    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    value = sorted[(size_t)(fraction * (double)(count - 1) + 0.5)];
    free(sorted);
    return value;
}

double median(const double *values, size_t count)
{
    return quantile(values, count, 0.5);
}

double median_ratio(const struct task *a, const struct task *b, size_t rounds)
{
    double ratios[ROUNDS_MOST];
    size_t r;
    for (r = 0; r < rounds; r++)
        ratios[r] = a->ns[r] / b->ns[r];
    return median(ratios, rounds);
}

static double timed(struct task *task, size_t times)
{
    double start = now_ns();
    task->run(task->self, times);
    return (now_ns() - start) / (double)times;
}

void run_interleaved(struct task *tasks, size_t count, size_t rounds,
                     double round_ns)
{
    size_t times[TASKS_MOST], c, r;
    for (c = 0; c < count; c++) {
        double once = timed(&tasks[c], 1);
        once = timed(&tasks[c], once < round_ns / 20 ? 10 : 1);
        times[c] = once < round_ns ? (size_t)(round_ns / once) + 1 : 1;
    }
    for (r = 0; r < rounds; r++)
        for (c = 0; c < count; c++) {
            struct task *task = &tasks[c];
            task->run(task->self, times[c] / 8 + 1);
            task->ns[r] = timed(task, times[c]);
        }
}
