/* SPDX-License-Identifier: MIT
 * CRC-32C (RFC 3720, appendix B.4), bit by bit, where the library uses a table or
 * the processor's instruction; and FNV-1a, to compare much with little. */
#ifndef LEAT_TESTS_CHECKSUMS_H
#define LEAT_TESTS_CHECKSUMS_H

#include <stddef.h>
#include <stdint.h>

static inline uint32_t crc32c(uint32_t crc, const void *bytes, size_t size)
{
    const unsigned char *next = (const unsigned char *)bytes;
    crc = ~crc;
    while (size-- > 0) {
        int bit;
        crc ^= *next++;
        for (bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0x82f63b78u : crc >> 1;
    }
    return ~crc;
}

static inline uint32_t crc32c_of_number(uint32_t crc, uint64_t number)
{
    unsigned char bytes[8];
    int i;
    for (i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(number >> 8 * i);
    return crc32c(crc, bytes, 8);
}

static const uint64_t hash_start = 14695981039346656037u;

static inline uint64_t hash_bytes(uint64_t so_far, const void *bytes,
                                  size_t size)
{
    const unsigned char *next = (const unsigned char *)bytes;
    while (size-- > 0)
        so_far = (so_far ^ *next++) * 1099511628211u;
    return so_far;
}

#endif
