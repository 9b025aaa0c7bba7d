/* SPDX-License-Identifier: MIT
 * A clock for single calls. */
#ifndef LEAT_BENCHMARKS_TICKS_H
#define LEAT_BENCHMARKS_TICKS_H

#include "clock.h"

#if defined(__x86_64__)
#include <x86intrin.h>

/* The fences keep a call's instructions between its two readings. */
static inline double ticks(void)
{
    unsigned long long t;
    _mm_lfence();
    t = __rdtsc();
    _mm_lfence();
    return (double)t;
}
#else
static inline double ticks(void) { return now_ns(); }
#endif

static inline double ns_per_tick(void)
{
    double start = now_ns(), start_ticks = ticks();
    while (now_ns() < start + 5e7)
        ;
    return (now_ns() - start) / (ticks() - start_ticks);
}

#endif
