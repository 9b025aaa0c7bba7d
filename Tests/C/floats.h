/* SPDX-License-Identifier: MIT
 * The bits of floats, and how far neighbouring ones are apart. */
#ifndef LEAT_TESTS_FLOATS_H
#define LEAT_TESTS_FLOATS_H

#include <stdint.h>
#include <string.h>

static inline float float_of(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

static inline uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, 4);
    return bits;
}

/* The distance of neighbouring floats at a value. */
static inline double ulp_at(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, 8);
    bits = bits >> 52 & 2047; /* the exponent, 1023 more */
    bits = (bits < 1023 - 126 ? 1023 - 126 : bits) - 23;
    bits <<= 52;
    memcpy(&value, &bits, 8);
    return value;
}

#endif
