/* SPDX-License-Identifier: MIT
 * The row of the Linear layer: eight sums, whatever the width of a vector. */
#ifndef LEAT_BENCHMARKS_HANDWRITTEN_HEAD_H
#define LEAT_BENCHMARKS_HANDWRITTEN_HEAD_H

#include "handwritten_lanes.h"

#include <stddef.h>

#if defined(__AVX2__) && defined(__FMA__)

INLINE float head_row(const float *w, const float *x, size_t count)
{
    __m256 sums = _mm256_setzero_ps();
    __m128 four, two;
    size_t k;
    for (k = 0; k < count; k += 8)
        sums = _mm256_fmadd_ps(_mm256_loadu_ps(w + k), _mm256_loadu_ps(x + k),
                               sums);
    four = _mm_add_ps(_mm256_castps256_ps128(sums),
                      _mm256_extractf128_ps(sums, 1));
    two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

#elif defined(__aarch64__)

INLINE float head_row(const float *w, const float *x, size_t count)
{
    lanes sums = lanes_of(0);
    float32x4_t four;
    float32x2_t two;
    size_t k;
    for (k = 0; k < count; k += 8)
        sums = fma3(load(w + k), load(x + k), sums);
    four = vaddq_f32(sums.low, sums.high);
    two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
    return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}

#endif

#endif
