/* SPDX-License-Identifier: MIT
 * Random numbers, all from one seed. */
#ifndef LEAT_TESTS_RANDOM_H
#define LEAT_TESTS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

static uint64_t random_state;

/* SplitMix64. */
static inline uint64_t random_number(void)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* From 0 to bound - 1; 0 when bound is 0. */
static inline size_t random_below(size_t bound)
{
    return bound == 0 ? 0 : (size_t)(random_number() % bound);
}

static inline int one_in(size_t number) { return random_below(number) == 0; }

/* Noise, zeros or ones. */
static inline void random_fill(unsigned char *bytes, size_t size)
{
    size_t way = random_below(4), i;
    for (i = 0; i < size; i++)
        bytes[i] = way == 0   ? 0
                   : way == 1 ? 255
                              : (unsigned char)random_number();
}

#endif
