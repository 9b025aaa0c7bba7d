/* SPDX-License-Identifier: MIT
 * The compression function of SHA-256: FIPS 180-4, section 6.2.2. A model's
 * fingerprint is a SHA-256 of its weights, and is most of the time that loading a
 * model takes. So it is by the processor's instructions where it has them, and
 * otherwise all of a block's rounds are laid out. Freestanding. */
#ifndef LEAT_SHA256_H
#define LEAT_SHA256_H

#include <stdint.h>

typedef int32_t leat_int4 __attribute__((ext_vector_type(4)));

static const uint32_t leat_sha256_constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* Without a call or a branch for each round. Microcontrollers have less memory
 * for code. */
#if defined(__clang__) && !(defined(__arm__) && __ARM_ARCH_PROFILE == 'M')
#define LEAT_LAID_OUT _Pragma("clang loop unroll(full)")
#else
#define LEAT_LAID_OUT
#endif

#define LEAT_SHA256_PART static inline __attribute__((always_inline))

LEAT_SHA256_PART uint32_t leat_sha256_rotate(uint32_t word, int bits)
{
    return word >> bits | word << (32 - bits);
}

/* The message schedule: each word of the next sixteen. */
LEAT_SHA256_PART void leat_sha256_schedule(uint32_t *w)
{
    LEAT_LAID_OUT
    for (int j = 0; j < 16; j++) {
        uint32_t early = w[(j + 1) & 15], late = w[(j + 14) & 15];
        w[j] += w[(j + 9) & 15] +
                (leat_sha256_rotate(early, 7) ^ leat_sha256_rotate(early, 18) ^
                 early >> 3) +
                (leat_sha256_rotate(late, 17) ^ leat_sha256_rotate(late, 19) ^
                 late >> 10);
    }
}

/* Sixteen rounds. The variables a to h move by one place in each: here, a is at
 * s[-j mod 8] in round j, and so on. */
LEAT_SHA256_PART void leat_sha256_rounds(uint32_t *s, const uint32_t *w,
                                         const uint32_t *k)
{
    LEAT_LAID_OUT
    for (int j = 0; j < 16; j++) {
        uint32_t a = s[-j & 7], b = s[(1 - j) & 7], c = s[(2 - j) & 7];
        uint32_t e = s[(4 - j) & 7], f = s[(5 - j) & 7], g = s[(6 - j) & 7];
        uint32_t first = s[(7 - j) & 7] + (g ^ (e & (f ^ g))) + k[j] + w[j] +
                         (leat_sha256_rotate(e, 6) ^ leat_sha256_rotate(e, 11) ^
                          leat_sha256_rotate(e, 25));
        s[(3 - j) & 7] += first;
        s[(7 - j) & 7] = first + ((a & b) | (c & (a | b))) +
                         (leat_sha256_rotate(a, 2) ^ leat_sha256_rotate(a, 13) ^
                          leat_sha256_rotate(a, 22));
    }
}

/* Update the hash with a block of sixteen words. */
__attribute__((noinline)) static void leat_sha256_compress(uint32_t *hash,
                                                           const uint32_t *block)
{
    uint32_t s[8], w[16];
    __builtin_memcpy(s, hash, sizeof s);
    __builtin_memcpy(w, block, sizeof w);
    for (int t = 0; t < 64; t += 16) {
        if (t > 0)
            leat_sha256_schedule(w);
        leat_sha256_rounds(s, w, leat_sha256_constants + t);
    }
    for (int i = 0; i < 8; i++)
        hash[i] += s[i];
}

#if defined(__x86_64__)
/* The same by the processor's instructions, each of which does two rounds, or
 * the half of four words' schedule. They take the variables as f, e, b, a and h,
 * g, d, c. */
__attribute__((noinline, target("sha,ssse3"))) static void
leat_sha256_compress_by_instruction(uint32_t *hash, const uint32_t *block)
{
    leat_int4 first, second, w[4], k, before, sum;
    leat_int4 abcd, efgh;
    __builtin_memcpy(&abcd, hash, sizeof abcd);
    __builtin_memcpy(&efgh, hash + 4, sizeof efgh);
    __builtin_memcpy(w, block, sizeof w);
    first = __builtin_shufflevector(efgh, abcd, 1, 0, 5, 4);
    second = __builtin_shufflevector(efgh, abcd, 3, 2, 7, 6);
    LEAT_LAID_OUT
    for (int i = 0; i < 16; i++) {
        if (i >= 4) {
            before = w[(i - 1) & 3];
            sum = __builtin_ia32_sha256msg1(w[i & 3], w[(i - 3) & 3]);
            sum += __builtin_shufflevector(w[(i - 2) & 3], before, 1, 2, 3, 4);
            w[i & 3] = __builtin_ia32_sha256msg2(sum, before);
        }
        __builtin_memcpy(&k, leat_sha256_constants + 4 * i, sizeof k);
        sum = w[i & 3] + k;
        second = __builtin_ia32_sha256rnds2(second, first, sum);
        sum = __builtin_shufflevector(sum, sum, 2, 3, 2, 3);
        first = __builtin_ia32_sha256rnds2(first, second, sum);
    }
    abcd += __builtin_shufflevector(first, second, 3, 2, 7, 6);
    efgh += __builtin_shufflevector(first, second, 1, 0, 5, 4);
    __builtin_memcpy(hash, &abcd, sizeof abcd);
    __builtin_memcpy(hash + 4, &efgh, sizeof efgh);
}
#elif defined(__aarch64__)
/* One of Arm's instructions for SHA-256. Inline, since a compiler has functions
 * for them only with flags that let it use them anywhere. */
#define LEAT_SHA256(instruction, result, second, third)                        \
    __asm__(".arch_extension sha2\n\t" instruction                             \
            : "+w"(result) : "w"(second), "w"(third))

/* The same by these instructions: four rounds each, or a part of four words'
 * schedule. */
__attribute__((noinline)) static void
leat_sha256_compress_by_instruction(uint32_t *hash, const uint32_t *block)
{
    leat_int4 w[4], k, sum, before;
    leat_int4 abcd, efgh, first, second;
    __builtin_memcpy(&abcd, hash, sizeof abcd);
    __builtin_memcpy(&efgh, hash + 4, sizeof efgh);
    __builtin_memcpy(w, block, sizeof w);
    first = abcd;
    second = efgh;
    LEAT_LAID_OUT
    for (int i = 0; i < 16; i++) {
        if (i >= 4) {
            LEAT_SHA256("sha256su0 %0.4s, %1.4s", w[i & 3], w[(i + 1) & 3],
                        w[(i + 1) & 3]);
            LEAT_SHA256("sha256su1 %0.4s, %1.4s, %2.4s", w[i & 3],
                        w[(i + 2) & 3], w[(i + 3) & 3]);
        }
        __builtin_memcpy(&k, leat_sha256_constants + 4 * i, sizeof k);
        sum = w[i & 3] + k;
        before = first;
        LEAT_SHA256("sha256h %q0, %q1, %2.4s", first, second, sum);
        LEAT_SHA256("sha256h2 %q0, %q1, %2.4s", second, before, sum);
    }
    abcd += first;
    efgh += second;
    __builtin_memcpy(hash, &abcd, sizeof abcd);
    __builtin_memcpy(hash + 4, &efgh, sizeof efgh);
}
#undef LEAT_SHA256
#else
LEAT_SHA256_PART void leat_sha256_compress_by_instruction(uint32_t *hash,
                                                          const uint32_t *block)
{
    leat_sha256_compress(hash, block);
}
#endif

#endif
