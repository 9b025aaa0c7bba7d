/* SPDX-License-Identifier: MIT
 * Sixteen floats in a register of AVX-512. */
#ifndef LEAT_BENCHMARKS_HANDWRITTEN_LANES_AVX512_H
#define LEAT_BENCHMARKS_HANDWRITTEN_LANES_AVX512_H

#include <immintrin.h>

enum { LANES = 16 };
typedef __m512 lanes;

INLINE __m512i bits_of(lanes x) { return _mm512_castps_si512(x); }
INLINE lanes lanes_of(float x) { return _mm512_set1_ps(x); }
INLINE lanes load(const float *p) { return _mm512_loadu_ps(p); }
INLINE void store(float *p, lanes x) { _mm512_storeu_ps(p, x); }
INLINE lanes broadcast(const float *p) { return lanes_of(*p); }
INLINE lanes add(lanes a, lanes b) { return _mm512_add_ps(a, b); }
INLINE lanes subtract(lanes a, lanes b) { return _mm512_sub_ps(a, b); }
INLINE lanes multiply(lanes a, lanes b) { return _mm512_mul_ps(a, b); }
INLINE lanes divide(lanes a, lanes b) { return _mm512_div_ps(a, b); }
INLINE lanes bit_or(lanes a, lanes b)
{
    return _mm512_castsi512_ps(_mm512_or_si512(bits_of(a), bits_of(b)));
}
INLINE lanes magnitude(lanes x) { return _mm512_abs_ps(x); }
/* a b + c and c - a b, each rounded once. */
INLINE lanes fma3(lanes a, lanes b, lanes c)
{
    return _mm512_fmadd_ps(a, b, c);
}
INLINE lanes negated_fma3(lanes a, lanes b, lanes c)
{
    return _mm512_fnmadd_ps(a, b, c);
}
/* The low bits of t as an exponent. */
INLINE lanes power_of_two(lanes t)
{
    return _mm512_castsi512_ps(_mm512_slli_epi32(bits_of(t), 23));
}
/* Bounds work on the bits as integers, since the units that multiply and add
 * are busy. */
INLINE lanes at_most(lanes x, float most)
{
    return _mm512_castsi512_ps(
        _mm512_min_epi32(bits_of(x), bits_of(lanes_of(most))));
}
/* For `least` < 0: as unsigned integers, negative floats are the greater the
 * lower they are. */
INLINE lanes at_least(lanes x, float least)
{
    return _mm512_castsi512_ps(
        _mm512_min_epu32(bits_of(x), bits_of(lanes_of(least))));
}
INLINE __mmask16 reaches(lanes a, float least)
{
    return _mm512_cmp_ps_mask(a, lanes_of(least), _CMP_GE_OQ);
}
/* x where its magnitude is at least `least`, +0 elsewhere. */
INLINE lanes flush(lanes x, float least)
{
    return _mm512_maskz_mov_ps(reaches(magnitude(x), least), x);
}
/* a > 0 with the sign of x where a is at least `least`, +0 elsewhere. */
INLINE lanes flush_signed(lanes a, float least, lanes x)
{
    /* a | (x & sign) */
    return _mm512_castsi512_ps(_mm512_maskz_ternarylogic_epi32(
        reaches(a, least), bits_of(a), bits_of(x), bits_of(lanes_of(-0.0f)),
        0xf8));
}

#endif
