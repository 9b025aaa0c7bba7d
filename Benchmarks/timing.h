/* SPDX-License-Identifier: MIT
 * Tasks timed in turn, round after round, so that what else the machine does is
 * in the times of all; and medians of those times. */
#ifndef LEAT_BENCHMARKS_TIMING_H
#define LEAT_BENCHMARKS_TIMING_H

#include <stddef.h>

enum { TASKS_MOST = 32, ROUNDS_MOST = 1001 };

struct task {
    /* Do it `times` times. */
    void (*run)(void *self, size_t times);
    void *self;
    double ns[ROUNDS_MOST]; /* of doing it once, by round */
};

static inline void set_task(struct task *task,
                            void (*run)(void *self, size_t times), void *self)
{
    task->run = run;
    task->self = self;
}

/* Time all tasks in turn, `rounds` times each. Each of these rounds takes about
 * `round_ns`. The task runs untimed for a moment before, so that the caches are
 * as in steady use. */
void run_interleaved(struct task *tasks, size_t count, size_t rounds,
                     double round_ns);

/* The value below which a fraction of the others are. The order of `values`
 * doesn't change. */
double quantile(const double *values, size_t count, double fraction);
double median(const double *values, size_t count);

/* The median over the rounds of a's time divided by b's. */
double median_ratio(const struct task *a, const struct task *b, size_t rounds);

#endif
