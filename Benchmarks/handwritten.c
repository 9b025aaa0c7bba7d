/* SPDX-License-Identifier: MIT
 * The list of all variants that this processor can run. */
#include "handwritten.h"

#if defined(__x86_64__)

int has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl");
}

static const struct handwritten_set *const sets[] = {
    &handwritten_8, &handwritten_8_v4, &handwritten_16};

/* Of `sets`, how many this processor can run. */
static int set_count(void)
{
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        return 0;
    return has_avx512() ? 3 : 1;
}

#else

static const struct handwritten_set *const sets[] = {&handwritten_8};

static int set_count(void) { return 1; }

#endif

int handwritten_variant_count(void)
{
    int count = 0, set;
    for (set = 0; set < set_count(); set++)
        count += sets[set]->count;
    return count;
}

const struct handwritten_variant *handwritten_variant(int variant)
{
    int set = 0;
    for (; variant >= sets[set]->count; set++)
        variant -= sets[set]->count;
    return &sets[set]->variants[variant];
}

int handwritten_fits(int variant, size_t hidden)
{
    const struct handwritten_variant *w = handwritten_variant(variant);
    return hidden % w->multiple == 0 && hidden >= w->least;
}
