/* SPDX-License-Identifier: MIT
 * The sums of a group of panels; a panel is LANES hidden units, and their
 * gates. */
#ifndef LEAT_BENCHMARKS_HANDWRITTEN_SUMS_H
#define LEAT_BENCHMARKS_HANDWRITTEN_SUMS_H

#include "handwritten_lanes.h"

#include <stddef.h>

/* The sums of the next group. They are computed between the operations of the
 * current group's activations, which wait for each other's results. */
struct next_sums {
    lanes z[8];
    const float *weights, *x;
    int rate; /* inputs that advance() adds */
};

/* Begin n sums. */
INLINE void begin(int n, lanes *z, const float *bias)
{
    int j;
    EACH z[j] = load(bias + LANES * j);
}

/* Add `count` inputs to n sums. `prefetch` is a distance in bytes, or 0 to
 * leave prefetching to the processor. Returns the weights after them. */
INLINE const float *accumulate(int n, lanes *z, const float *weights,
                               const float *x, size_t count, int prefetch)
{
    size_t k;
    int j;
    for (k = 0; k < count; k++) {
        const lanes v = broadcast(x + k);
        if (prefetch != 0)
            EACH if (LANES == 16 || j % 2 == 0) __builtin_prefetch(
                (const char *)(weights + LANES * j) + prefetch);
        EACH z[j] = fma3(load(weights + LANES * j), v, z[j]);
        weights += LANES * n;
    }
    return weights;
}

/* Add the next inputs to the n sums of the next group, if there is one. */
INLINE void advance(int n, struct next_sums *next)
{
    int i, j;
    if (next == NULL)
        return;
    UNROLL for (i = 0; i < next->rate; i++)
    {
        const lanes v = broadcast(next->x++);
        EACH next->z[j] = fma3(load(next->weights + LANES * j), v, next->z[j]);
        next->weights += LANES * n;
    }
}

#endif
