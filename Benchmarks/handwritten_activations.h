/* SPDX-License-Identifier: MIT
 * Leat's e^-y (Documentation/Formats.md, "Arithmetic") with as few operations
 * as give the same bits, each as early as it can be. `n` vectors are computed
 * together, so that the long chains of dependent operations overlap. */
#ifndef LEAT_BENCHMARKS_HANDWRITTEN_ACTIVATIONS_H
#define LEAT_BENCHMARKS_HANDWRITTEN_ACTIVATIONS_H

#include "handwritten_sums.h"

/* e^-y = scale (1 - tail) */
struct exponential {
    lanes scale, tail;
};

/* y for a sigmoid, and half of y for tanh. */
INLINE lanes sigmoid_argument(lanes x)
{
    return at_most(at_least(x, -41.5f), 41.5f);
}

INLINE lanes tanh_argument(lanes x)
{
    return at_most(magnitude(x), 20.75f);
}

/* The exponentials of n arguments, beside `sums` sums of the next group. The
 * first `tanhs` are for tanh; the constants double them, which costs no
 * operation. */
#define OF(tanh, sigmoid) lanes_of(j < tanhs ? tanh : sigmoid)
enum { EXPONENTIAL_ADVANCES = 9 };
INLINE void exponentials(int tanhs, int n, int sums, const lanes *x,
                         struct exponential *e, struct next_sums *next)
{
    const lanes rounder = lanes_of(0x1.8000fep23f);
    lanes t[9], r[9], rr[9], a[9], b[9];
    int j;
    EACH t[j] = fma3(x[j], OF(-0x1.715476p1f, -0x1.715476p0f), rounder);
    advance(sums, next);
    EACH e[j].scale = power_of_two(t[j]);
    EACH t[j] = subtract(t[j], rounder);
    advance(sums, next);
    EACH r[j] = fma3(t[j], OF(0x1.62e43p-1f, 0x1.62e4p-1f),
                     j < tanhs ? add(x[j], x[j]) : x[j]);
    advance(sums, next);
    EACH if (j >= tanhs) r[j] = fma3(t[j], lanes_of(0x1.7f7d1cp-20f), r[j]);
    advance(sums, next);
    EACH rr[j] = fma3(r[j], r[j], OF(-0x1p-64f, 0x1.eb851ep-25f));
    EACH b[j] = fma3(OF(0x1.123c82p-7f, 0x1.11b49ep-7f), r[j],
                     OF(-0x1.555d1ap-5f, -0x1.555a18p-5f));
    advance(sums, next);
    EACH a[j] = fma3(OF(0x1.55549p-3f, 0x1.5555b2p-3f), r[j],
                     OF(-0x1.fffff6p-2f, -0x1p-1f));
    advance(sums, next);
    EACH b[j] = fma3(OF(-0x1.679582p-10f, -0x1.682402p-10f), rr[j], b[j]);
    advance(sums, next);
    EACH b[j] = fma3(b[j], rr[j], a[j]);
    advance(sums, next);
    EACH e[j].tail = fma3(b[j], rr[j], r[j]);
    advance(sums, next);
}
#undef OF

/* 1 + e^-y and 1 - e^-y. */
INLINE lanes one_plus(struct exponential e)
{
    return negated_fma3(e.scale, e.tail, add(lanes_of(1), e.scale));
}

INLINE lanes one_minus(struct exponential e)
{
    return fma3(e.scale, e.tail, subtract(lanes_of(1), e.scale));
}

#endif
