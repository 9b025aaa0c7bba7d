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

size_t handwritten_units(int variant, const struct shape *shape)
{
    size_t multiple = handwritten_variant(variant)->multiple;
    return (shape->hidden + multiple - 1) / multiple * multiple;
}

int handwritten_fits(int variant, const struct shape *shape)
{
    size_t units = handwritten_units(variant, shape);
    return (units == shape->hidden ||
            (shape->layers == 1 && 2 * units <= 3 * shape->hidden)) &&
           shape->hidden >= handwritten_variant(variant)->least;
}
