/* SPDX-License-Identifier: MIT
 * The sums of a group of panels; a panel is LANES hidden units, 4 gates. */
#ifndef LEAT_BENCHMARKS_LIMIT_SUMS_H
#define LEAT_BENCHMARKS_LIMIT_SUMS_H

#include "limit_lanes.h"

#include <stddef.h>

/* The sums of the next group, which go on between the operations of this one's
 * activations: these wait for each other, those fill the time. */
struct beside {
    lanes z[8];
    const float *weights, *x;
    int each; /* inputs taken in each time */
};

/* Begin n sums, n / 4 panels. */
INLINE void begin(int n, lanes *z, const float *bias)
{
    int j;
    EACH z[j] = load(bias + LANES * j);
}

/* Add up `count` inputs; `ahead` in bytes, 0 to leave prefetching to the
 * processor. */
INLINE const float *accumulate(int n, lanes *z, const float *weights,
                               const float *x, size_t count, int ahead)
{
    size_t k;
    int j;
    for (k = 0; k < count; k++) {
        const lanes v = broadcast(x + k);
        if (ahead != 0)
            EACH if (LANES == 16 || j % 2 == 0)
                __builtin_prefetch((const char *)(weights + LANES * j) + ahead);
        EACH z[j] = fma3(load(weights + LANES * j), v, z[j]);
        weights += LANES * n;
    }
    return weights;
}

/* A group of `panels`, both this one and the next. */
INLINE void turn(int panels, struct beside *beside)
{
    const int n = 4 * panels;
    int i, j;
    if (beside == NULL)
        return;
    UNROLL for (i = 0; i < beside->each; i++)
    {
        const lanes v = broadcast(beside->x++);
        EACH beside->z[j] =
            fma3(load(beside->weights + LANES * j), v, beside->z[j]);
        beside->weights += LANES * n;
    }
}

#endif
