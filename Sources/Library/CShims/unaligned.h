/* SPDX-License-Identifier: MIT
 * Floats at any address, as a state has them. Their pointers have no type that
 * promises an alignment, since a compiler would use instructions that need it,
 * as Cortex-M has. Bits are compared, because numbers from outside may be
 * subnormal, which some vector units take as 0. Freestanding. */
#ifndef LEAT_UNALIGNED_H
#define LEAT_UNALIGNED_H

#include <stdint.h>

typedef int32_t leat_bits8 __attribute__((ext_vector_type(8)));

#define LEAT_UNALIGNED static inline __attribute__((always_inline))

LEAT_UNALIGNED int32_t leat_unaligned_bits(float value)
{
    int32_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Whether the magnitude of each is at most `limit`, and none is below 0 unless
 * `is_signed`. A NaN isn't. */
LEAT_UNALIGNED int leat_unaligned_is_within(const void *floats, intptr_t count,
                                            float limit, int is_signed)
{
    const unsigned char *from = (const unsigned char *)floats;
    const int32_t most = leat_unaligned_bits(limit), sign = is_signed ? 0 : -1;
    leat_bits8 beyond = 0;
    int32_t is_beyond = 0, bits;
    intptr_t j = 0;
    for (; j + 8 <= count; j += 8, from += 32) {
        leat_bits8 x, magnitude;
        __builtin_memcpy(&x, from, sizeof x);
        magnitude = x & 0x7fffffff;
        beyond |= (magnitude > most) | ((x < 0) & (magnitude > 0) & sign);
    }
    for (int lane = 0; lane < 8; lane++)
        is_beyond |= beyond[lane];
#if defined(__clang__)
#pragma clang loop vectorize(disable) unroll(disable)
#endif
    for (; j < count; j++, from += 4) {
        int32_t magnitude;
        __builtin_memcpy(&bits, from, sizeof bits);
        magnitude = bits & 0x7fffffff;
        is_beyond |= magnitude > most || (bits < 0 && magnitude > 0 && sign);
    }
    return is_beyond == 0;
}

/* Copy them as they are, to memory that does not overlap. */
LEAT_UNALIGNED void leat_unaligned_copy_bits(void *target, const void *floats,
                                             intptr_t count)
{
    __builtin_memcpy(target, floats, 4 * (uintptr_t)count);
}

/* Copy them; those whose magnitude is below `least` become 0. */
LEAT_UNALIGNED void leat_unaligned_copy(void *target, const void *floats,
                                        intptr_t count, float least)
{
    const unsigned char *from = (const unsigned char *)floats;
    unsigned char *to = (unsigned char *)target;
    const int32_t least_bits = leat_unaligned_bits(least);
    int32_t bits;
    intptr_t j = 0;
    for (; j + 8 <= count; j += 8, from += 32, to += 32) {
        leat_bits8 x;
        __builtin_memcpy(&x, from, sizeof x);
        x &= (x & 0x7fffffff) >= least_bits;
        __builtin_memcpy(to, &x, sizeof x);
    }
#if defined(__clang__)
#pragma clang loop vectorize(disable) unroll(disable)
#endif
    for (; j < count; j++, from += 4, to += 4) {
        __builtin_memcpy(&bits, from, sizeof bits);
        bits = (bits & 0x7fffffff) >= least_bits ? bits : 0;
        __builtin_memcpy(to, &bits, sizeof bits);
    }
}

#endif
