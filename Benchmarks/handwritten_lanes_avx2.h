/* SPDX-License-Identifier: MIT
 * Eight floats in a register of AVX2. */
#ifndef LEAT_BENCHMARKS_HANDWRITTEN_LANES_AVX2_H
#define LEAT_BENCHMARKS_HANDWRITTEN_LANES_AVX2_H

#include <immintrin.h>

enum { LANES = 8 };
typedef __m256 lanes;

INLINE __m256i bits_of(lanes x) { return _mm256_castps_si256(x); }
INLINE lanes lanes_of(float x) { return _mm256_set1_ps(x); }
INLINE lanes load(const float *p) { return _mm256_loadu_ps(p); }
INLINE void store(float *p, lanes x) { _mm256_storeu_ps(p, x); }
INLINE lanes broadcast(const float *p) { return _mm256_broadcast_ss(p); }
INLINE lanes add(lanes a, lanes b) { return _mm256_add_ps(a, b); }
INLINE lanes subtract(lanes a, lanes b) { return _mm256_sub_ps(a, b); }
INLINE lanes multiply(lanes a, lanes b) { return _mm256_mul_ps(a, b); }
INLINE lanes divide(lanes a, lanes b) { return _mm256_div_ps(a, b); }
INLINE lanes bit_or(lanes a, lanes b)
{
    return _mm256_or_ps(a, b);
}
INLINE lanes magnitude(lanes x) { return _mm256_andnot_ps(lanes_of(-0.0f), x); }
/* a b + c and c - a b, each rounded once. */
INLINE lanes fma3(lanes a, lanes b, lanes c)
{
    return _mm256_fmadd_ps(a, b, c);
}
INLINE lanes negated_fma3(lanes a, lanes b, lanes c)
{
    return _mm256_fnmadd_ps(a, b, c);
}
/* The low bits of t as an exponent. */
INLINE lanes power_of_two(lanes t)
{
    return _mm256_castsi256_ps(_mm256_slli_epi32(bits_of(t), 23));
}
/* Bounds and comparisons work on the bits as integers, since the units that
 * multiply and add are busy. */
INLINE lanes at_most(lanes x, float most)
{
    return _mm256_castsi256_ps(
        _mm256_min_epi32(bits_of(x), bits_of(lanes_of(most))));
}
/* For `least` < 0: as unsigned integers, negative floats are the greater the
 * lower they are. */
INLINE lanes at_least(lanes x, float least)
{
    return _mm256_castsi256_ps(
        _mm256_min_epu32(bits_of(x), bits_of(lanes_of(least))));
}
INLINE __m256i is_below(lanes a, float least)
{
    return _mm256_cmpgt_epi32(bits_of(lanes_of(least)), bits_of(a));
}
/* x where its magnitude is at least `least`, +0 elsewhere. */
INLINE lanes flush(lanes x, float least)
{
    return _mm256_castsi256_ps(
        _mm256_andnot_si256(is_below(magnitude(x), least), bits_of(x)));
}
/* a > 0 with the sign of x where a is at least `least`, +0 elsewhere. */
INLINE lanes flush_signed(lanes a, float least, lanes x)
{
    lanes sign = _mm256_and_ps(x, lanes_of(-0.0f));
    return _mm256_castsi256_ps(
        _mm256_andnot_si256(is_below(a, least), bits_of(bit_or(a, sign))));
}

#endif
