/* SPDX-License-Identifier: MIT
 * Dot products of bytes in vectors of sixteen integers, and the rounding of
 * sixteen floats to such bytes: what vectors.h has for eight. Freestanding. */
#ifndef LEAT_WIDE_BYTES_H
#define LEAT_WIDE_BYTES_H

#include "wide_vectors.h"

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"
#endif

/* leat_vector_add_bytes() for sixteen j. */
LEAT_VECTOR leat_int16 leat_wide_add_bytes(leat_int16 sum, const void *bytes,
                                           int32_t x)
{
#if defined(__AVX512VNNI__)
    LEAT_LOAD(leat_int16, a, bytes);
    leat_int16 all = x;
    return __builtin_ia32_vpdpbusd512(sum, a, all);
#else
    leat_int16 result;
    result.lo = leat_vector_add_bytes(sum.lo, bytes, x);
    result.hi = leat_vector_add_bytes(sum.hi, (const char *)bytes + 32, x);
    return result;
#endif
}

/* The sums of lower and of upper bytes before any product, from 128 Σ a at
 * `weights`, and -128 Σ x. */
LEAT_VECTOR leat_int16 leat_wide_first_lower(const void *weights, int32_t offset)
{
    LEAT_LOAD(leat_int16, sums, weights);
    return LEAT_LOWER_EXCESS != 0 ? sums + offset : (leat_int16)offset;
}

LEAT_VECTOR leat_int16 leat_wide_first_upper(const void *weights)
{
    LEAT_LOAD(leat_int16, sums, weights);
    return LEAT_UPPER_EXCESS != 0 ? -sums : (leat_int16)0;
}

LEAT_VECTOR leat_int16 leat_wide_no_sums(void) { return 0; }

LEAT_VECTOR leat_int16 leat_wide_both_sums(leat_int16 a, leat_int16 b)
{
    return a + b;
}

/* Complete sums as floats, rounded to nearest. */
LEAT_VECTOR leat_float16 leat_wide_from_sums(leat_int16 lower, leat_int16 upper)
{
    return __builtin_convertvector(lower + (upper << 8), leat_float16);
}

/* Round sixteen numbers to integers, ties to even; store their bytes, of each
 * four the lower before the upper; and return `sums` plus the integers. */
LEAT_VECTOR leat_int16 leat_wide_store_rounded(void *to, leat_float16 values,
                                               leat_int16 sums)
{
    typedef int16_t short16 __attribute__((ext_vector_type(16)));
    typedef uint8_t byte32 __attribute__((ext_vector_type(32)));
    leat_int16 rounded = (leat_int16)(values + 0x1.8p23f) << 16 >> 16;
    short16 narrow = __builtin_convertvector(rounded, short16) ^
                     (int16_t)(LEAT_UPPER_EXCESS << 8 | LEAT_LOWER_EXCESS);
    byte32 bytes = (byte32)narrow;
    bytes = __builtin_shufflevector(bytes, bytes, 0, 2, 4, 6, 1, 3, 5, 7, 8, 10,
                                    12, 14, 9, 11, 13, 15, 16, 18, 20, 22, 17,
                                    19, 21, 23, 24, 26, 28, 30, 25, 27, 29, 31);
    __builtin_memcpy(to, &bytes, sizeof bytes);
    return sums + rounded;
}

LEAT_VECTOR leat_float8 leat_wide_low_lanes(leat_float16 values)
{
    return values.lo;
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

#endif
