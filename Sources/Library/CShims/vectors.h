/* SPDX-License-Identifier: MIT
 * Operations on vectors for which processors have an instruction, but Swift has
 * no function, or none that is always compiled to it. Each gives the same bits
 * on every processor. They are compiled into the module that calls them, for its
 * instruction set. Freestanding. */
#ifndef LEAT_VECTORS_H
#define LEAT_VECTORS_H

#include <stdint.h>

typedef float leat_float8 __attribute__((ext_vector_type(8)));
typedef int32_t leat_int8 __attribute__((ext_vector_type(8)));
typedef uint32_t leat_word8 __attribute__((ext_vector_type(8)));

/* All of these are inlined, so that no calling convention passes a vector. */
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"
#endif

#define LEAT_VECTOR static inline __attribute__((always_inline))

#define LEAT_FLOATS leat_float8
#define LEAT_INTS   leat_int8
#define LEAT_OF(name) leat_vector_##name
#include "vector_operations.h"

/* Declare `name` with the value at `from`, which has any alignment. */
#define LEAT_LOAD(type, name, from)                                            \
    type name;                                                                 \
    __builtin_memcpy(&name, from, sizeof name)

/* Eight IEEE 754 binary16, none of them a NaN or infinite. */
LEAT_VECTOR leat_float8 leat_vector_from_halves(const void *halves)
{
#if defined(__F16C__)
    typedef int16_t short8 __attribute__((vector_size(16)));
    LEAT_LOAD(short8, bits, halves);
    return (leat_float8)__builtin_ia32_vcvtph2ps256(bits);
#elif defined(__aarch64__)
    typedef __fp16 half8 __attribute__((ext_vector_type(8)));
    LEAT_LOAD(half8, values, halves);
    return __builtin_convertvector(values, leat_float8);
#else
    /* Without its sign, a half's bits are those of a float 2^-112 times as
     * large, but shifted. To a subnormal half 2^-14 is added, which makes it
     * normal, and is subtracted again. */
    typedef uint16_t short8 __attribute__((ext_vector_type(8)));
    typedef uint32_t word8 __attribute__((ext_vector_type(8)));
    LEAT_LOAD(short8, narrow, halves);
    word8 bits = __builtin_convertvector(narrow, word8);
    word8 normal = ((bits & 0x7fffu) << 13) + (112u << 23);
    leat_float8 least = (leat_float8)(normal + (1u << 23)) - 0x1p-14f;
    leat_int8 is_normal = (bits & 0x7c00u) != 0;
    leat_float8 magnitude = is_normal ? (leat_float8)normal : least;
    return (leat_float8)((word8)magnitude | (bits & 0x8000u) << 16);
#endif
}

/* Eight upper halves of binary32. */
LEAT_VECTOR leat_float8 leat_vector_from_bfloats(const void *bfloats)
{
    typedef uint16_t short8 __attribute__((ext_vector_type(8)));
    typedef uint32_t word8 __attribute__((ext_vector_type(8)));
    LEAT_LOAD(short8, bits, bfloats);
    return (leat_float8)(__builtin_convertvector(bits, word8) << 16);
}

/* Eight words that each hold two: the low ones, the high ones. */
LEAT_VECTOR leat_float8 leat_vector_from_low_bfloats(const void *words)
{
    LEAT_LOAD(leat_int8, bits, words);
    return (leat_float8)(bits << 16);
}

LEAT_VECTOR leat_float8 leat_vector_from_high_bfloats(const void *words)
{
    LEAT_LOAD(leat_int8, bits, words);
    return (leat_float8)(bits & (int32_t)0xffff0000);
}

/* Eight signed bytes. */
LEAT_VECTOR leat_float8 leat_vector_from_bytes(const void *bytes)
{
    typedef int8_t byte8 __attribute__((ext_vector_type(8)));
    LEAT_LOAD(byte8, values, bytes);
    return __builtin_convertvector(values, leat_float8);
}

/* sum[j] + Σ a[4j + k] x[k] over k = 0 to 3, for eight j, modulo 2^32: 32
 * unsigned bytes against four integers of 16 bits. `even` holds x[0] and x[2],
 * `odd` x[1] and x[3]. */
LEAT_VECTOR leat_int8 leat_vector_add_products(leat_int8 sum, const void *bytes,
                                               int32_t even, int32_t odd)
{
    typedef uint16_t short16 __attribute__((ext_vector_type(16)));
    LEAT_LOAD(short16, a, bytes);
    short16 a_even = a & 0xff; /* k = 0 and 2 */
    short16 a_odd = a >> 8;    /* k = 1 and 3 */
#if defined(__AVX2__)
    typedef int16_t madd16 __attribute__((vector_size(32)));
    leat_int8 x_even = even, x_odd = odd;
    leat_word8 low = (leat_word8)__builtin_ia32_pmaddwd256((madd16)a_even,
                                                           (madd16)x_even);
    leat_word8 high = (leat_word8)__builtin_ia32_pmaddwd256((madd16)a_odd,
                                                            (madd16)x_odd);
    return (leat_int8)((leat_word8)sum + low + high);
#else
#define LEAT_WIDEN(half) __builtin_convertvector(half, leat_word8)
    leat_word8 total = (leat_word8)sum;
    total += LEAT_WIDEN(a_even.even) * (uint32_t)(int16_t)even;
    total += LEAT_WIDEN(a_even.odd) * (uint32_t)(even >> 16);
    total += LEAT_WIDEN(a_odd.even) * (uint32_t)(int16_t)odd;
    total += LEAT_WIDEN(a_odd.odd) * (uint32_t)(odd >> 16);
#undef LEAT_WIDEN
    return (leat_int8)total;
#endif
}

/* Instructions for dot products of bytes. An integer x of 16 bits is split into
 * two bytes, and the sum of products with 256 of unsigned bytes a is
 *
 *     Σ a x = 256 Σ a upper + Σ a lower + excess Σ a
 *
 * where `excess` makes both bytes what the instruction multiplies by unsigned
 * bytes: signed ones on x86-64, where lower is 128 less than the low byte,
 * unsigned ones on arm64, where upper is 128 more than the high byte. */
#if defined(__aarch64__)
#define LEAT_UPPER_EXCESS 0x80
#define LEAT_LOWER_EXCESS 0
#else
#define LEAT_UPPER_EXCESS 0
#define LEAT_LOWER_EXCESS 0x80
#endif

/* The sums of lower and of upper bytes before any product, from 128 Σ a: they
 * include the excess. */
LEAT_VECTOR leat_int8 leat_vector_first_lower(leat_int8 weights)
{
    return LEAT_LOWER_EXCESS != 0 ? weights : (leat_int8)0;
}

LEAT_VECTOR leat_int8 leat_vector_first_upper(leat_int8 weights)
{
    return LEAT_UPPER_EXCESS != 0 ? -weights : (leat_int8)0;
}

/* sum[j] + Σ a[4j + k] x[k] over k = 0 to 3, for eight j, modulo 2^32: 32
 * unsigned bytes against the four in `x`, all lower or all upper. */
LEAT_VECTOR leat_int8 leat_vector_add_bytes(leat_int8 sum, const void *bytes,
                                            int32_t x)
{
#if defined(__AVXVNNI__) || (defined(__AVX512VNNI__) && defined(__AVX512VL__))
    LEAT_LOAD(leat_int8, a, bytes);
    leat_int8 all = x;
    return __builtin_ia32_vpdpbusd256(sum, a, all);
#elif defined(__ARM_FEATURE_DOTPROD) && defined(__aarch64__)
    typedef int8_t byte16 __attribute__((vector_size(16)));
    typedef int32_t int4 __attribute__((ext_vector_type(4)));
#define LEAT_DOT(sum, bytes, x) /* 50: of unsigned integers, in 128 bits */     \
    (int4) __builtin_neon_vdotq_u32((byte16)(sum), bytes, (byte16)(x), 50)
    int4 all = x;
    LEAT_LOAD(byte16, low, bytes);
    LEAT_LOAD(byte16, high, (const char *)bytes + 16);
    leat_int8 result;
    result.lo = LEAT_DOT(sum.lo, low, all);
    result.hi = LEAT_DOT(sum.hi, high, all);
    return result;
#undef LEAT_DOT
#else
    LEAT_LOAD(leat_word8, a, bytes);
    leat_word8 total = (leat_word8)sum;
    int k;
    for (k = 0; k < 32; k += 8) {
        int32_t byte = x >> k & 0xff;
#if LEAT_LOWER_EXCESS
        byte = (int8_t)byte;
#endif
        total += (a >> k & 0xffu) * (uint32_t)byte;
    }
    return (leat_int8)total;
#endif
}

/* Eight numbers, rounded to integers, ties to even. */
LEAT_VECTOR leat_int8 leat_vector_rounded(leat_float8 values)
{
    /* Adding 1.5 * 2^23 rounds to an integer, which the low bits then hold. */
    return (leat_int8)(values + 0x1.8p23f) << 16 >> 16;
}

/* Store eight integers of 16 bits, of each four the first and third before the
 * second and fourth. */
LEAT_VECTOR void leat_vector_store_words(void *to, leat_int8 values)
{
    typedef int16_t short8 __attribute__((ext_vector_type(8)));
    short8 narrow = __builtin_convertvector(values, short8);
    narrow = __builtin_shufflevector(narrow, narrow, 0, 2, 1, 3, 4, 6, 5, 7);
    __builtin_memcpy(to, &narrow, sizeof narrow);
}

/* Store them as bytes, of each four the lower before the upper. */
LEAT_VECTOR void leat_vector_store_bytes(void *to, leat_int8 values)
{
    typedef int16_t short8 __attribute__((ext_vector_type(8)));
    typedef uint8_t byte16 __attribute__((ext_vector_type(16)));
    short8 narrow = __builtin_convertvector(values, short8) ^
                    (int16_t)(LEAT_UPPER_EXCESS << 8 | LEAT_LOWER_EXCESS);
    byte16 bytes = (byte16)narrow;
    bytes = __builtin_shufflevector(bytes, bytes, 0, 2, 4, 6, 1, 3, 5, 7, 8, 10,
                                    12, 14, 9, 11, 13, 15);
    __builtin_memcpy(to, &bytes, sizeof bytes);
}

/* Swift 6.3.1 crashes on its own function if the integer is no constant. */
LEAT_VECTOR leat_int8 leat_vector_repeat(int32_t value) { return value; }

/* Convert to floats, rounded to nearest. */
LEAT_VECTOR leat_float8 leat_vector_from_integers(leat_int8 values)
{
    return __builtin_convertvector(values, leat_float8);
}

/* Copy floats, those of a magnitude below `least` as +0. It compares bits, since
 * numbers from outside may be subnormal. It takes eight at a time itself: the
 * loop that a compiler would make is many times larger, and most counts are
 * small. */
LEAT_VECTOR void leat_vector_copy(float *to, const float *from, intptr_t count,
                                  float least)
{
    intptr_t j = 0;
    int32_t bits, least_bits;
    __builtin_memcpy(&least_bits, &least, sizeof least_bits);
    for (; j + 8 <= count; j += 8) {
        LEAT_LOAD(leat_int8, x, from + j);
        x &= (x & 0x7fffffff) >= least_bits;
        __builtin_memcpy(to + j, &x, sizeof x);
    }
#if defined(__clang__)
#pragma clang loop vectorize(disable) unroll(disable)
#endif
    for (; j < count; j++) {
        __builtin_memcpy(&bits, from + j, sizeof bits);
        bits = (bits & 0x7fffffff) >= least_bits ? bits : 0;
        __builtin_memcpy(to + j, &bits, sizeof bits);
    }
}

/* Copy in the same way, and write 0 after the last, up to a multiple of eight. */
LEAT_VECTOR void leat_vector_copy_padded(float *to, const float *from,
                                     intptr_t count, float least)
{
    const leat_float8 zero = 0;
    if ((count & 7) != 0)
        __builtin_memcpy(to + (count & ~(intptr_t)7), &zero, sizeof zero);
    leat_vector_copy(to, from, count, least);
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

#endif
