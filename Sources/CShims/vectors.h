/* SPDX-License-Identifier: MIT
 * Operations on vectors that processors have an instruction for and Swift has
 * no spelling for, or one that isn't always compiled to it. Each gives the same
 * bits on every processor. Compiled into the module that calls them, for its
 * instruction set. Freestanding. */
#ifndef LEAT_VECTORS_H
#define LEAT_VECTORS_H

#include <stdint.h>

typedef float leat_float8 __attribute__((ext_vector_type(8)));
typedef int32_t leat_int8 __attribute__((ext_vector_type(8)));

/* All of these are inlined; no vector is passed by any convention. */
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"
#endif

#define LEAT_VECTOR static inline __attribute__((always_inline))

/* `x`, computed here: before what is written behind it. Compilers undo the
 * interleaving of independent chains to save registers, and the processor
 * can't look far enough ahead to find it again. */
LEAT_VECTOR leat_float8 leat_vector_in_order(leat_float8 x)
{
#if defined(__AVX512VL__)
    __asm__ volatile("" : "+v"(x));
#elif defined(__AVX__)
    __asm__ volatile("" : "+x"(x));
#endif
    return x;
}

/* The greater of each two, of numbers. */
LEAT_VECTOR leat_float8 leat_vector_greater(leat_float8 a, leat_float8 b)
{
    return a > b ? a : b;
}

/* The lesser of each two, of numbers. */
LEAT_VECTOR leat_float8 leat_vector_lesser(leat_float8 a, leat_float8 b)
{
    return a < b ? a : b;
}

/* -|x| */
LEAT_VECTOR leat_float8 leat_vector_negative(leat_float8 x)
{
    const int32_t sign = (int32_t)0x80000000;
    return (leat_float8)((leat_int8)x | sign);
}

LEAT_VECTOR leat_float8 leat_vector_magnitude(leat_float8 x)
{
    return (leat_float8)((leat_int8)x & 0x7fffffff);
}

/* `x`, or 0 where |x| < 2^-60. */
LEAT_VECTOR leat_float8 leat_vector_flush(leat_float8 x)
{
    leat_int8 is_kept = leat_vector_magnitude(x) >= (leat_float8)0x1p-60f;
    return (leat_float8)((leat_int8)x & is_kept);
}

/* `magnitude`, which has no sign, with the sign of `x`. */
LEAT_VECTOR leat_float8 leat_vector_sign(leat_float8 magnitude, leat_float8 x)
{
    const int32_t sign = (int32_t)0x80000000;
    return (leat_float8)((leat_int8)magnitude | ((leat_int8)x & sign));
}

/* 2^n for sums n + 1.5 * 2^23, whose low bits hold n. */
LEAT_VECTOR leat_float8 leat_vector_power_of_two(leat_float8 sum)
{
    return (leat_float8)(((leat_int8)sum << 23) + 0x3f800000);
}

/* `a` where x < bound, else `b`. */
LEAT_VECTOR leat_float8 leat_vector_choose_below(leat_float8 x,
                                                 leat_float8 bound,
                                                 leat_float8 a, leat_float8 b)
{
    return x < bound ? a : b;
}

/* `value` where `x` has a minus sign, else 1. */
LEAT_VECTOR leat_float8 leat_vector_or_one(leat_float8 value, leat_float8 x)
{
#if defined(__AVX__)
    return __builtin_ia32_blendvps256((leat_float8)1.0f, value, x);
#else
    return (leat_int8)x < 0 ? value : (leat_float8)1.0f;
#endif
}

/* What stands at `from`, of any alignment, as the processor reads it. */
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
     * large, but for their place. A subnormal one is taken as 2^-14 more,
     * which is no longer subnormal, and that is taken off again. */
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

/* Eight words, of which each holds two of them: the low ones, the high ones. */
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

/* sum[j] + Σ a[4j + k] b[k] over k = 0 to 3, for eight j: 32 signed bytes
 * against four integers of 16 bits, which are in the order 0, 2, 1, 3. Exact:
 * no product or sum overflows. */
LEAT_VECTOR leat_int8 leat_vector_add_products(leat_int8 sum, const void *bytes,
                                               int64_t quad)
{
    typedef int16_t short16 __attribute__((ext_vector_type(16)));
    LEAT_LOAD(short16, a, bytes);
    short16 even = a << 8 >> 8; /* k = 0 and 2 */
    short16 odd = a >> 8;       /* k = 1 and 3 */
    int32_t first = (int32_t)quad, second = (int32_t)(quad >> 32);
#if defined(__AVX2__)
    typedef int16_t madd16 __attribute__((vector_size(32)));
    leat_int8 b = first, c = second;
    b = (leat_int8)__builtin_ia32_pmaddwd256((madd16)even, (madd16)b);
    c = (leat_int8)__builtin_ia32_pmaddwd256((madd16)odd, (madd16)c);
    return sum + b + c;
#else
    sum += __builtin_convertvector(even.even, leat_int8) * (int32_t)(int16_t)first;
    sum += __builtin_convertvector(even.odd, leat_int8) * (first >> 16);
    sum += __builtin_convertvector(odd.even, leat_int8) * (int32_t)(int16_t)second;
    return sum + __builtin_convertvector(odd.odd, leat_int8) * (second >> 16);
#endif
}

/* Store the nearest integers, ties to even, of eight numbers in the range of
 * 16 bits, of each four in the order 0, 2, 1, 3. */
LEAT_VECTOR void leat_vector_store_rounded(int16_t *to, leat_float8 values)
{
    typedef int16_t short8 __attribute__((ext_vector_type(8)));
    /* Adding 1.5 * 2^23 rounds to an integer, which the low bits then hold. */
    leat_int8 bits = (leat_int8)(values + 0x1.8p23f);
    short8 narrow = __builtin_convertvector(bits, short8);
    narrow = __builtin_shufflevector(narrow, narrow, 0, 2, 1, 3, 4, 6, 5, 7);
    __builtin_memcpy(to, &narrow, sizeof narrow);
}

/* As floats; what takes more than 24 bits is rounded to nearest. */
LEAT_VECTOR leat_float8 leat_vector_from_integers(leat_int8 values)
{
    return __builtin_convertvector(values, leat_float8);
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

#endif
