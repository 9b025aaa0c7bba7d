/* SPDX-License-Identifier: MIT
 * Leat's e^-y (Documentation/Formats.md, "Arithmetic") with the fewest and
 * soonest operations that give the same bits. `n` of them side by side: their
 * chains of operations are long and hide each other's waiting. */
#ifndef LEAT_BENCHMARKS_LIMIT_ACTIVATIONS_H
#define LEAT_BENCHMARKS_LIMIT_ACTIVATIONS_H

#include "limit_sums.h"

/* e^-y = scale (1 - tail) */
struct decay {
    lanes scale, tail;
};

/* y of a sigmoid; half of the y of tanh. */
INLINE lanes sigmoid_argument(lanes x)
{
    return at_most(at_least(x, -41.5f), 41.5f);
}

INLINE lanes tangent_argument(lanes x)
{
    return at_most(magnitude(x), 20.75f);
}

/* Of n arguments, of which the first `tangents` are of tanh: those are doubled
 * in the constants, so that nothing waits for it. Each panel has one. */
#define OF(tangent, sigmoid) lanes_of(j < tangents ? tangent : sigmoid)
enum { DECAY_TURNS = 9 };
INLINE void decays(int tangents, int n, const lanes *x, struct decay *decay,
                   struct beside *beside)
{
    const lanes rounder = lanes_of(0x1.8000fep23f);
    lanes t[9], r[9], rr[9], a[9], b[9];
    int j;
    EACH t[j] = fma3(x[j], OF(-0x1.715476p1f, -0x1.715476p0f), rounder);
    turn(tangents, beside);
    EACH decay[j].scale = power_of_two(t[j]);
    EACH t[j] = subtract(t[j], rounder);
    turn(tangents, beside);
    EACH r[j] = fma3(t[j], OF(0x1.62e43p-1f, 0x1.62e4p-1f),
                     j < tangents ? add(x[j], x[j]) : x[j]);
    turn(tangents, beside);
    EACH if (j >= tangents)
        r[j] = fma3(t[j], lanes_of(0x1.7f7d1cp-20f), r[j]);
    turn(tangents, beside);
    EACH rr[j] = fma3(r[j], r[j], OF(-0x1p-64f, 0x1.eb851ep-25f));
    EACH b[j] = fma3(OF(0x1.123c82p-7f, 0x1.11b49ep-7f), r[j],
                     OF(-0x1.555d1ap-5f, -0x1.555a18p-5f));
    turn(tangents, beside);
    EACH a[j] = fma3(OF(0x1.55549p-3f, 0x1.5555b2p-3f), r[j],
                     OF(-0x1.fffff6p-2f, -0x1p-1f));
    turn(tangents, beside);
    EACH b[j] =
        fma3(OF(-0x1.679582p-10f, -0x1.682402p-10f), rr[j], b[j]);
    turn(tangents, beside);
    EACH b[j] = fma3(b[j], rr[j], a[j]);
    turn(tangents, beside);
    EACH decay[j].tail = fma3(b[j], rr[j], r[j]);
    turn(tangents, beside);
}
#undef OF

/* 1 + e^-y and 1 - e^-y. */
INLINE lanes one_plus(struct decay decay)
{
    return less_product(decay.scale, decay.tail,
                        add(lanes_of(1), decay.scale));
}

INLINE lanes one_minus(struct decay decay)
{
    return fma3(decay.scale, decay.tail, subtract(lanes_of(1), decay.scale));
}

#endif
