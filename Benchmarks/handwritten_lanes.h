/* SPDX-License-Identifier: MIT
 * Vectors of LANES floats for the hand-written step: sixteen with
 * HANDWRITTEN_16, eight without. */
#ifndef LEAT_BENCHMARKS_HANDWRITTEN_LANES_H
#define LEAT_BENCHMARKS_HANDWRITTEN_LANES_H

#define INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif
/* For each of n vectors. */
#define EACH UNROLL for (j = 0; j < n; j++)

#if defined(HANDWRITTEN_16)
#include "handwritten_lanes_avx512.h"
#elif defined(__AVX2__) && defined(__FMA__)
#include "handwritten_lanes_avx2.h"
#elif defined(__aarch64__)
#include "handwritten_lanes_neon.h"
#endif

#endif
