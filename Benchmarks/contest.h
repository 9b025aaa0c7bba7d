/* SPDX-License-Identifier: MIT
 * One stream, one step: Leat, the step by hand, plain C and the roofline, in turn. */
#ifndef LEAT_BENCHMARKS_CONTEST_H
#define LEAT_BENCHMARKS_CONTEST_H

#include "bench.h"
#include "models.h"

/* In ns, medians and p99 of rounds. */
struct outcome {
    int way; /* of the step by hand */
    double leat, leat_p99, limit, limit_p99, plain, plain_p99;
    double reading;  /* the weights, from where they are */
    double roofline; /* the larger of that and what its MACs take */
    double ratio;    /* Leat to the step by hand, median of the rounds' */
};

/* Ends the program when the outputs are not the same. */
void contest(const struct shape *shape, const struct plan *plan,
             struct outcome *out);

/* Multiply-accumulates at the processor's peak. */
double macs_per_ns(const struct plan *plan);

#endif
