/* SPDX-License-Identifier: MIT
 * Contestants timed in turn, round after round, so that what else the machine
 * does hits all of them; and what is said of the figures. */
#ifndef LEAT_BENCHMARKS_SAMPLES_H
#define LEAT_BENCHMARKS_SAMPLES_H

#include <stddef.h>

enum { CONTESTANTS_MOST = 30, ROUNDS_MOST = 1001 };

struct contestant {
    /* Do the work `times` times. */
    void (*work)(void *self, size_t times);
    void *self;
    double ns[ROUNDS_MOST]; /* of one time, by round */
};

/* Time all of them, `rounds` times each in turn. A round of each takes about
 * `round_ns`, and is preceded by a little of the same, untimed: the caches are
 * as in steady use. */
void interleave(struct contestant *contestants, size_t count, size_t rounds,
                double round_ns);

/* The value a fraction of the others lie below; the values stay in order. */
double quantile(const double *values, size_t count, double fraction);
double median(const double *values, size_t count);

/* The median over the rounds of a's time to b's. */
double median_ratio(const struct contestant *a, const struct contestant *b,
                    size_t rounds);

#endif
