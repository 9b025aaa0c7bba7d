/* SPDX-License-Identifier: MIT
 * The page faults of this thread so far. The file that includes it defines
 * _GNU_SOURCE. */
#ifndef LEAT_BENCHMARKS_FAULTS_H
#define LEAT_BENCHMARKS_FAULTS_H

#include <sys/resource.h>

static inline long page_faults(void)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_minflt + usage.ru_majflt;
}

#endif
