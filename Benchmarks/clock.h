/* SPDX-License-Identifier: MIT */
#ifndef LEAT_BENCHMARKS_CLOCK_H
#define LEAT_BENCHMARKS_CLOCK_H

#include <time.h>

static inline double now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

#endif
