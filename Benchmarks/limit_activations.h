/* SPDX-License-Identifier: MIT
 * Leat's sigmoid and tanh (Documentation/Formats.md, "Arithmetic") with the
 * fewest and soonest operations that give the same bits. `n` of them side by
 * side: their chains of operations are long and hide each other's waiting. */
#ifndef LEAT_BENCHMARKS_LIMIT_ACTIVATIONS_H
#define LEAT_BENCHMARKS_LIMIT_ACTIVATIONS_H

#include "limit_sums.h"

/* e^-y / (1 + e^-y) for y > 0; t is -y log2 e with the rounder added. */
enum { LOGISTIC_TURNS = 13 };
INLINE void logistic(int n, const lanes *y, const lanes *t, lanes *numerator,
                     lanes *denominator, struct beside *beside)
{
    const lanes one = lanes_of(1), rounder = lanes_of(0x1.8p23f);
    lanes r[9], p[9], scale[9], power[9];
    int j;
    EACH r[j] = subtract(t[j], rounder);
    turn(beside);
    EACH p[j] = less_product(r[j], lanes_of(0x1.62e4p-1f), y[j]);
    turn(beside);
    EACH r[j] = fma3(r[j], lanes_of(-0x1.7f7d1cp-20f), p[j]);
    turn(beside);
    EACH p[j] =
        fma3(lanes_of(0x1.9f08a2p-13f), r[j], lanes_of(0x1.6d8cf8p-10f));
    turn(beside);
    EACH p[j] = fma3(p[j], r[j], lanes_of(0x1.11127p-7f));
    turn(beside);
    EACH p[j] = fma3(p[j], r[j], lanes_of(0x1.55548ep-5f));
    turn(beside);
    EACH p[j] = fma3(p[j], r[j], lanes_of(0x1.555554p-3f));
    turn(beside);
    EACH p[j] = fma3(p[j], r[j], lanes_of(0x1p-1f));
    turn(beside);
    EACH p[j] = fma3(p[j], multiply(r[j], r[j]), r[j]);
    turn(beside);
    EACH scale[j] = power_of_two(t[j]);
    EACH power[j] = fma3(scale[j], p[j], scale[j]);
    turn(beside);
    EACH denominator[j] = add(one, power[j]);
    turn(beside);
    EACH power[j] = subtract(power[j], subtract(denominator[j], one));
    turn(beside);
    EACH numerator[j] = fma3(scale[j], subtract(p[j], power[j]), scale[j]);
    turn(beside);
}

INLINE void sigmoid_begin(lanes x, lanes *y, lanes *t)
{
    *y = clamped(magnitude(x), 0x1p-60f, 87.33654f);
    *t = fma3(*y, lanes_of(-0x1.715476p0f), lanes_of(0x1.8p23f));
}

INLINE lanes sigmoid_end(lanes x, lanes numerator, lanes denominator)
{
    /* By its sign: a zero's numerator is 1 either way. */
    return divide(choose_minus(x, numerator, lanes_of(1)), denominator);
}

/* Of 2x: doubled in the constants, so that nothing waits for it. */
INLINE void tanh_begin(lanes x, lanes *y, lanes *t)
{
    lanes half = clamped(magnitude(x), 0x1p-60f, 87.33654f / 2);
    *t = fma3(half, lanes_of(-0x1.715476p1f), lanes_of(0x1.8p23f));
    *y = add(half, half);
}

INLINE lanes tanh_end(lanes x, lanes numerator, lanes denominator)
{
    const lanes one = lanes_of(1);
    lanes a = magnitude(x), b = greater(a, lanes_of(0x1p-60f));
    lanes square = multiply(b, b);
    lanes p = fma3(lanes_of(-0x1.50c476p-8f), square, lanes_of(0x1.492fd6p-6f));
    lanes large = subtract(
        one, divide(numerator, multiply(denominator, lanes_of(0.5f))));
    p = fma3(p, square, lanes_of(-0x1.b6c112p-5f));
    p = fma3(p, square, lanes_of(0x1.10faeep-3f));
    p = fma3(p, square, lanes_of(-0x1.5554f6p-2f));
    p = fma3(multiply(p, square), a, a);
    return either(choose_less(a, lanes_of(0.7f), p, large), sign_of(x));
}

/* c' where its magnitude is at least 2^-60, else +0. */
INLINE lanes flushed(lanes c)
{
    return zero_less(magnitude(c), lanes_of(0x1p-60f), c);
}

#endif
