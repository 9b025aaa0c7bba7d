/* SPDX-License-Identifier: MIT
 * Vectors of sixteen floats, for processors whose registers hold 512 bits: the
 * operations of vectors.h, and what moves eight lanes at a time. They give the
 * bits of two vectors of eight. Freestanding. */
#ifndef LEAT_WIDE_VECTORS_H
#define LEAT_WIDE_VECTORS_H

#include "vectors.h"

typedef float leat_float16 __attribute__((ext_vector_type(16)));
typedef int32_t leat_int16 __attribute__((ext_vector_type(16)));

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"
#endif

#define LEAT_WIDE
#define LEAT_FLOATS leat_float16
#define LEAT_INTS   leat_int16
#define LEAT_OF(name) leat_wide_##name
#include "vector_operations.h"

/* Swift has these for sixteen lanes too, but compiles them lane by lane. */
LEAT_VECTOR leat_float16 leat_wide_add(leat_float16 a, leat_float16 b) { return a + b; }
LEAT_VECTOR leat_float16 leat_wide_subtract(leat_float16 a, leat_float16 b) { return a - b; }
LEAT_VECTOR leat_float16 leat_wide_multiply(leat_float16 a, leat_float16 b) { return a * b; }
LEAT_VECTOR leat_float16 leat_wide_divide(leat_float16 a, leat_float16 b) { return a / b; }
LEAT_VECTOR leat_float16 leat_wide_repeat(float value) { return value; }

/* a × b + c, rounded once. */
LEAT_VECTOR leat_float16 leat_wide_fma(leat_float16 a, leat_float16 b, leat_float16 c)
{
    return __builtin_elementwise_fma(a, b, c);
}

/* Of any alignment. */
LEAT_VECTOR leat_float16 leat_wide_load(const void *from)
{
    LEAT_LOAD(leat_float16, values, from);
    return values;
}

LEAT_VECTOR void leat_wide_store(leat_float16 values, void *to)
{
    __builtin_memcpy(to, &values, sizeof values);
}

/* `pointer`, which nothing is loaded through before the operations that came
 * before are done. */
LEAT_VECTOR const void *leat_wide_pointer_in_order(const void *pointer)
{
    __asm__ volatile("" : "+r"(pointer));
    return pointer;
}

/* `values`, and zeros. */
LEAT_VECTOR leat_float16 leat_wide_extended(leat_float8 values)
{
    const leat_float8 zeros = 0;
    return __builtin_shufflevector(values, zeros, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
                                   14, 15);
}

/* Sixteen IEEE 754 binary16, none of them a NaN or infinite. */
LEAT_VECTOR leat_float16 leat_wide_from_halves(const void *halves)
{
#if defined(__AVX512F__)
    typedef _Float16 half16 __attribute__((ext_vector_type(16)));
    LEAT_LOAD(half16, values, halves);
    return __builtin_convertvector(values, leat_float16);
#else
    leat_float8 low = leat_vector_from_halves(halves);
    leat_float8 high = leat_vector_from_halves((const char *)halves + 16);
    return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
                                   15);
#endif
}

/* Sixteen words that each hold two upper halves of binary32: the low ones, the
 * high ones. */
LEAT_VECTOR leat_float16 leat_wide_from_low_bfloats(const void *words)
{
    LEAT_LOAD(leat_int16, bits, words);
    return (leat_float16)(bits << 16);
}

LEAT_VECTOR leat_float16 leat_wide_from_high_bfloats(const void *words)
{
    LEAT_LOAD(leat_int16, bits, words);
    return (leat_float16)(bits & (int32_t)0xffff0000);
}

/* The lower lanes of both, the upper lanes of both, the lower of `a` and the
 * upper of `b`, the upper of `a` and the lower of `b`. */
#define LEAT_WIDE_JOIN(name, from_a, from_b)                                   \
    LEAT_VECTOR leat_float16 leat_wide_##name(leat_float16 a, leat_float16 b)  \
    {                                                                          \
        return __builtin_shufflevector(                                        \
            a, b, from_a, from_a + 1, from_a + 2, from_a + 3, from_a + 4,      \
            from_a + 5, from_a + 6, from_a + 7, 16 + from_b, 17 + from_b,      \
            18 + from_b, 19 + from_b, 20 + from_b, 21 + from_b, 22 + from_b,   \
            23 + from_b);                                                      \
    }
LEAT_WIDE_JOIN(lower, 0, 0)
LEAT_WIDE_JOIN(upper, 8, 8)
LEAT_WIDE_JOIN(lower_and_upper, 0, 8)
LEAT_WIDE_JOIN(upper_and_lower, 8, 0)
#undef LEAT_WIDE_JOIN

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

#endif
