/* SPDX-License-Identifier: MIT
 * The sums of a group of panels (a panel is 8 hidden units with 4 gates). */
#ifndef LEAT_BENCHMARKS_LIMIT_SUMS_H
#define LEAT_BENCHMARKS_LIMIT_SUMS_H

#include "limit_lanes.h"

#include <stddef.h>

/* The sums of the next pair, which go on between the operations of this one's
 * activations: these wait for each other, those fill the time. */
struct beside {
    lanes z[8];
    const float *weights, *x;
    int each; /* inputs taken in each time */
};

/* Add up `count` inputs, n / 4 panels; `ahead` in bytes, 0 to leave
 * prefetching to the processor. */
INLINE const float *accumulate(int n, lanes *z, const float *weights,
                               const float *x, size_t count, int ahead)
{
    size_t k;
    int j;
    for (k = 0; k < count; k++) {
        const lanes v = broadcast(x + k);
        if (ahead != 0)
            EACH if (j % 2 == 0)
                __builtin_prefetch((const char *)(weights + 8 * j) + ahead);
        EACH z[j] = fma3(load(weights + 8 * j), v, z[j]);
        weights += 8 * n;
    }
    return weights;
}

INLINE void turn(struct beside *beside)
{
    int i, j;
    const int n = 8;
    if (beside == NULL)
        return;
    UNROLL for (i = 0; i < beside->each; i++)
    {
        const lanes v = broadcast(beside->x++);
        EACH beside->z[j] =
            fma3(load(beside->weights + 8 * j), v, beside->z[j]);
        beside->weights += 64;
    }
}

#endif
