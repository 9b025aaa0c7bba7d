/* SPDX-License-Identifier: MIT
 * The clock, and a finer one for single calls: the time stamp counter on
 * x86-64. */
#ifndef LEAT_BENCHMARKS_CLOCK_H
#define LEAT_BENCHMARKS_CLOCK_H

#include <time.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

static inline double now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

#if defined(__x86_64__)
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
static inline double ticks(void)
{
    return now_ns();
}
#endif

static inline double ns_per_tick(void)
{
    double start = now_ns(), start_ticks = ticks();
    while (now_ns() < start + 5e7)
        ;
    return (now_ns() - start) / (ticks() - start_ticks);
}

#endif
