/* SPDX-License-Identifier: MIT
 * The list of all ways. */
#include "limit.h"

#if defined(__x86_64__)

static int has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl");
}

static const struct limit_set *const sets[] = {&limit_narrow, &limit_narrow_v4,
                                               &limit_wide};

/* Of `sets`, how many this processor can run. */
static int set_count(void)
{
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        return 0;
    return has_avx512() ? 3 : 1;
}

#else

static const struct limit_set *const sets[] = {&limit_narrow};

static int set_count(void) { return 1; }

#endif

int limit_way_count(void)
{
    int count = 0, set;
    for (set = 0; set < set_count(); set++)
        count += sets[set]->count;
    return count;
}

const struct limit_way *limit_way(int way)
{
    int set = 0;
    for (; way >= sets[set]->count; set++)
        way -= sets[set]->count;
    return &sets[set]->ways[way];
}

int limit_fits(int way, size_t hidden)
{
    const struct limit_way *w = limit_way(way);
    return hidden % w->multiple == 0 && hidden >= w->least;
}
