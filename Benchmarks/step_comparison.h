/* SPDX-License-Identifier: MIT
 * One step of one stream: Leat's, the hand-written one and plain C, timed in
 * turn with reads of the weights, so that the machine's swings are in all. */
#ifndef LEAT_BENCHMARKS_STEP_COMPARISON_H
#define LEAT_BENCHMARKS_STEP_COMPARISON_H

#include "bench.h"
#include "models.h"

/* Medians and p99 of the rounds, in ns. */
struct step_times {
    int variant; /* the fastest hand-written one */
    double leat, leat_p99, handwritten, handwritten_p99, plain, plain_p99;
    double reading;  /* to read the weights from the cache that holds them */
    double roofline; /* the larger of that and the time of the MACs */
    double ratio;    /* Leat to hand-written, median over the rounds */
};

/* Ends the program when the outputs differ. */
void compare_step(const struct shape *shape, const struct plan *plan,
                  struct step_times *out);

/* Multiply-accumulates at the processor's peak. */
double macs_per_ns(const struct plan *plan);

#endif
