/* SPDX-License-Identifier: MIT
 * LANES floats at once, for the step by hand: sixteen with LIMIT_WIDE, else
 * eight. */
#ifndef LEAT_BENCHMARKS_LIMIT_LANES_H
#define LEAT_BENCHMARKS_LIMIT_LANES_H

#define INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif
/* For each of n lanes, side by side. */
#define EACH UNROLL for (j = 0; j < n; j++)

#if defined(LIMIT_WIDE)
#include "limit_lanes_avx512.h"
#elif defined(__AVX2__) && defined(__FMA__)
#include "limit_lanes_avx2.h"
#elif defined(__aarch64__)
#include "limit_lanes_neon.h"
#endif

#endif
