/* SPDX-License-Identifier: MIT
 * CRC32C of the rows that sqlite_by_hand.c writes, by the processor's
 * instruction where there is one. */
#ifndef LEAT_BENCHMARKS_CRC32C_H
#define LEAT_BENCHMARKS_CRC32C_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#define CRC32C_TARGET __attribute__((target("sse4.2")))
#define CRC32C_WORD(crc, word) ((uint32_t)_mm_crc32_u64(crc, word))
#define CRC32C_BYTE(crc, byte) _mm_crc32_u8(crc, byte)
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#define CRC32C_TARGET
#define CRC32C_WORD(crc, word) __crc32cd(crc, word)
#define CRC32C_BYTE(crc, byte) __crc32cb(crc, byte)
#else
#define CRC32C_TARGET
static inline uint32_t crc32c_byte(uint32_t crc, unsigned char byte)
{
    int i;
    crc ^= byte;
    for (i = 0; i < 8; i++)
        crc = crc >> 1 ^ ((crc & 1) ? 0x82f63b78u : 0);
    return crc;
}
static inline uint32_t crc32c_word(uint32_t crc, uint64_t word)
{
    int i;
    for (i = 0; i < 64; i += 8)
        crc = crc32c_byte(crc, (unsigned char)(word >> i));
    return crc;
}
#define CRC32C_WORD(crc, word) crc32c_word(crc, word)
#define CRC32C_BYTE(crc, byte) crc32c_byte(crc, byte)
#endif

/* The register, which begins as ~0 and ends as the complement of the CRC, after
 * more bytes. */
CRC32C_TARGET static inline uint32_t crc32c_add(uint32_t crc, const void *bytes,
                                                size_t count)
{
    const unsigned char *next = bytes;
    uint64_t word;
    for (; count >= sizeof word; count -= sizeof word, next += sizeof word) {
        memcpy(&word, next, sizeof word);
        crc = CRC32C_WORD(crc, word);
    }
    for (; count > 0; count--)
        crc = CRC32C_BYTE(crc, *next++);
    return crc;
}

/* After a number's eight little-endian bytes. */
CRC32C_TARGET static inline uint32_t crc32c_add_number(uint32_t crc,
                                                       int64_t number)
{
    return CRC32C_WORD(crc, (uint64_t)number);
}

#endif
