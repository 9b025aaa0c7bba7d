/* SPDX-License-Identifier: MIT
 * What the core needs of the processor and can't be written in Swift: to know
 * its instructions, and a floating-point environment that gives the same bits
 * in every program. Freestanding. */
#ifndef LEAT_PROCESSOR_H
#define LEAT_PROCESSOR_H

#include <stdint.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

/* Say whether the processor has VFPv4, or Arm's dot product, or its instructions
 * for SHA-256. Only the system can tell: LeatHosted asks it. Weak, since a
 * program without a system has the core alone: then nobody can tell. */
#if defined(__arm__) && __ARM_ARCH_PROFILE == 'A'
int leathosted_has_fma(void);
#elif defined(__aarch64__)
__attribute__((weak)) int leathosted_has_dot(void);
__attribute__((weak)) int leathosted_has_sha256(void);
#endif

/* What LeatKernelFMA, LeatKernelDot and LeatKernelAVX512 are compiled to. */
enum {
    LEAT_CAN_FMA = 1,
    LEAT_CAN_DOT = 2, /* dot products of bytes besides: AVX-VNNI, or Arm's */
    LEAT_CAN_AVX512 = 4
};

/* Return which of these the processor has, where the system saves its registers
 * for its threads. In a virtual machine CPUID may take thousands of cycles, so
 * ask once for all. */
static inline unsigned leat_processor_can(void)
{
#if defined(__x86_64__)
    enum { sse = 1 << 1, avx = 1 << 2, avx512 = 7 << 5 };
    enum { fma = 1 << 12, movbe = 1 << 22, osxsave = 1 << 27, f16c = 1 << 29 };
    enum { bmi1 = 1 << 3, avx2 = 1 << 5, bmi2 = 1 << 8, lzcnt = 1 << 5 };
    enum { f = 1 << 16, dq = 1 << 17, cd = 1 << 28, bw = 1 << 30, vnni = 1 << 11 };
    const unsigned vl = 1u << 31, avx_vnni = 1u << 4;
    const unsigned needed = fma | movbe | osxsave | 1u << 28 | f16c;
    const unsigned needed7 = bmi1 | avx2 | bmi2, wide = f | dq | cd | bw | vl;
    unsigned model, a, b, c, d, saved, leaves7, b7, c7, can = LEAT_CAN_FMA;
    if (__get_cpuid_max(0, 0) < 7)
        return 0;
    __cpuid(1, model, b, c, d);
    if ((c & needed) != needed)
        return 0;
    __asm__ volatile("xgetbv" : "=a"(saved), "=d"(d) : "c"(0));
    __cpuid_count(7, 0, leaves7, b7, c7, d);
    if ((saved & (sse | avx)) != (sse | avx) || (b7 & needed7) != needed7 ||
        !__get_cpuid(0x80000001, &a, &b, &c, &d) || !(c & lzcnt))
        return 0;
    if (leaves7 >= 1) {
        __cpuid_count(7, 1, a, b, c, d);
        if (a & avx_vnni)
            can |= LEAT_CAN_DOT;
    }
    /* Family 6, model 0x55 is Skylake-SP, Cascade Lake and Cooper Lake. They
     * lower their clock for vectors of 512 bits, and stop for some microseconds
     * to do so, which is longer than many steps (Intel 64 and IA-32
     * Architectures Optimization Reference Manual, 2.6.3). */
    if ((saved & avx512) == avx512 && (b7 & wide) == wide && (c7 & vnni) &&
        (model & 0x0fff0ff0) != 0x00050650)
        can |= LEAT_CAN_AVX512;
    return can;
#elif defined(__aarch64__) && defined(__ARM_FEATURE_DOTPROD)
    return LEAT_CAN_FMA | LEAT_CAN_DOT;
#elif defined(__aarch64__)
    int has_dot = leathosted_has_dot != 0 && leathosted_has_dot();
    return LEAT_CAN_FMA | (has_dot ? LEAT_CAN_DOT : 0u);
#elif defined(__ARM_FEATURE_FMA) || defined(__riscv_flen)
    return LEAT_CAN_FMA;
#elif defined(__arm__) && __ARM_ARCH_PROFILE == 'A'
    return leathosted_has_fma() ? LEAT_CAN_FMA : 0;
#else
    return 0;
#endif
}

/* Say whether the processor has an instruction for CRC32C. On arm64 only the
 * system can tell: see leat_linux_has_crc32c(). */
static inline int leat_processor_has_crc32c(void)
{
#if defined(__x86_64__)
    unsigned a, b, c, d;
    const unsigned sse42 = 1u << 20;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & sse42);
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
    return 1;
#else
    return 0;
#endif
}

/* Say whether it has instructions for SHA-256, and on x86-64 SSSE3 to move
 * words. */
static inline int leat_processor_has_sha256(void)
{
#if defined(__x86_64__)
    unsigned a, b, c, d, ssse3;
    if (__get_cpuid_max(0, 0) < 7)
        return 0;
    __cpuid(1, a, b, c, d);
    ssse3 = c & 1u << 9;
    __cpuid_count(7, 0, a, b, c, d);
    return ssse3 && (b & 1u << 29);
#elif defined(__aarch64__) && defined(__ARM_FEATURE_SHA2)
    return 1;
#elif defined(__aarch64__)
    return leathosted_has_sha256 != 0 && leathosted_has_sha256();
#else
    return 0;
#endif
}

/* Inlined even where code is optimised for size. */
#define LEAT_AT_ONCE static inline __attribute__((always_inline))

/* The CRC's register after eight bytes, or one, by that instruction. The upper
 * half of the register is 0. */
#if defined(__x86_64__)
LEAT_AT_ONCE uint64_t leat_crc32c_word(uint64_t crc, uint64_t word)
{
    __asm__("crc32q %1, %0" : "+r"(crc) : "r"(word));
    return crc;
}

LEAT_AT_ONCE uint64_t leat_crc32c_byte(uint64_t crc, unsigned char byte)
{
    __asm__("crc32b %1, %0" : "+r"(crc) : "r"(byte));
    return crc;
}
#elif defined(__aarch64__)
LEAT_AT_ONCE uint64_t leat_crc32c_word(uint64_t crc, uint64_t word)
{
    __asm__(".arch_extension crc\n\tcrc32cx %w0, %w0, %x1"
            : "+r"(crc) : "r"(word));
    return crc;
}

LEAT_AT_ONCE uint64_t leat_crc32c_byte(uint64_t crc, unsigned char byte)
{
    __asm__(".arch_extension crc\n\tcrc32cb %w0, %w0, %w1"
            : "+r"(crc) : "r"((uint32_t)byte));
    return crc;
}
#endif

/* The register after more bytes, and after a number's eight little-endian bytes.
 * Not inlined, so that the instruction is in no function that other processors
 * run. */
#if defined(__x86_64__) || defined(__aarch64__)
__attribute__((noinline)) static uint32_t
leat_crc32c_by_instruction(uint32_t crc, const unsigned char *bytes, intptr_t count)
{
    uint64_t wide = crc, word;
    for (; count >= 8; count -= 8, bytes += 8) {
        __builtin_memcpy(&word, bytes, sizeof word);
        wide = leat_crc32c_word(wide, word);
    }
    for (; count > 0; count--, bytes++)
        wide = leat_crc32c_byte(wide, *bytes);
    return (uint32_t)wide;
}

__attribute__((noinline)) static uint32_t
leat_crc32c_number_by_instruction(uint32_t crc, uint64_t number)
{
    return (uint32_t)leat_crc32c_word(crc, number);
}

/* Three at once, each of `count` bytes, `stride` bytes after the one before: a
 * processor waits some three cycles for the instruction's result, and begins
 * another one in each of them. `crc` has the three registers, and gets the new ones. */
__attribute__((noinline)) static void
leat_crc32c_three_by_instruction(uint32_t *crc, const unsigned char *bytes,
                                 intptr_t stride, intptr_t count)
{
    const unsigned char *second = bytes + stride, *third = second + stride;
    uint64_t a = crc[0], b = crc[1], c = crc[2], word;
    intptr_t j = 0;
    for (; j + 8 <= count; j += 8) {
        __builtin_memcpy(&word, bytes + j, sizeof word);
        a = leat_crc32c_word(a, word);
        __builtin_memcpy(&word, second + j, sizeof word);
        b = leat_crc32c_word(b, word);
        __builtin_memcpy(&word, third + j, sizeof word);
        c = leat_crc32c_word(c, word);
    }
    for (; j < count; j++) {
        a = leat_crc32c_byte(a, bytes[j]);
        b = leat_crc32c_byte(b, second[j]);
        c = leat_crc32c_byte(c, third[j]);
    }
    crc[0] = (uint32_t)a;
    crc[1] = (uint32_t)b;
    crc[2] = (uint32_t)c;
}
#else
LEAT_AT_ONCE uint32_t
leat_crc32c_by_instruction(uint32_t crc, const unsigned char *bytes, intptr_t count)
{
    (void)bytes, (void)count;
    return crc;
}

LEAT_AT_ONCE uint32_t leat_crc32c_number_by_instruction(uint32_t crc,
                                                        uint64_t number)
{
    (void)number;
    return crc;
}

LEAT_AT_ONCE void leat_crc32c_three_by_instruction(uint32_t *crc,
                                                   const unsigned char *bytes,
                                                   intptr_t stride, intptr_t count)
{
    (void)crc, (void)bytes, (void)stride, (void)count;
}
#endif

/* A program may have set its threads to flush subnormal numbers to zero, to
 * round otherwise, or to trap (-ffast-math does the first at start-up). That
 * would change a step's bits, or end the program. A step begins with the first
 * function, which sets the default environment of IEEE 754, and ends with the
 * second, which restores the caller's. */
#if defined(__x86_64__)
LEAT_AT_ONCE uint64_t leat_processor_enter(void)
{
    const unsigned flags = 0x3f, all_masked = 0x1f80;
    unsigned was = __builtin_ia32_stmxcsr();
    if ((was & ~flags) != all_masked)
        __builtin_ia32_ldmxcsr(all_masked);
    return was;
}

LEAT_AT_ONCE void leat_processor_leave(uint64_t was)
{
    const unsigned flags = 0x3f, all_masked = 0x1f80;
    if (((unsigned)was & ~flags) != all_masked)
        __builtin_ia32_ldmxcsr((unsigned)was);
}
#elif defined(__aarch64__)
LEAT_AT_ONCE uint64_t leat_processor_enter(void)
{
    uint64_t was;
    __asm__ volatile("mrs %0, fpcr" : "=r"(was));
    if (was != 0)
        __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0));
    return was;
}

LEAT_AT_ONCE void leat_processor_leave(uint64_t was)
{
    if (was != 0)
        __asm__ volatile("msr fpcr, %0" : : "r"(was));
}
#elif defined(__arm__) && defined(__ARM_FP)
/* What stays of FPSCR: the flags of past operations, and on Cortex-M bits 16 to
 * 18. With Helium these are LTPSIZE. Every function may expect 4 there, no tail
 * predication: with less vector instructions leave lanes out, and loops fault.
 * (On Cortex-A these bits are the length of VFP's short vectors.) */
#if __ARM_ARCH_PROFILE == 'M'
#define LEAT_FPSCR_KEPT 0xf807009fu
#else
#define LEAT_FPSCR_KEPT 0xf800009fu
#endif

LEAT_AT_ONCE uint64_t leat_processor_enter(void)
{
    uint32_t was;
    __asm__ volatile("vmrs %0, fpscr" : "=r"(was));
    if ((was & ~LEAT_FPSCR_KEPT) != 0)
        __asm__ volatile("vmsr fpscr, %0" : : "r"(was & LEAT_FPSCR_KEPT));
    return was;
}

LEAT_AT_ONCE void leat_processor_leave(uint64_t was)
{
    if (((uint32_t)was & ~LEAT_FPSCR_KEPT) != 0)
        __asm__ volatile("vmsr fpscr, %0" : : "r"((uint32_t)was));
}
#elif defined(__riscv_flen)
LEAT_AT_ONCE uint64_t leat_processor_enter(void)
{
    const unsigned long flags = 0x1f;
    unsigned long was;
    __asm__ volatile("frcsr %0" : "=r"(was));
    if ((was & ~flags) != 0)
        __asm__ volatile("fscsr zero");
    return was;
}

LEAT_AT_ONCE void leat_processor_leave(uint64_t was)
{
    const unsigned long flags = 0x1f;
    if (((unsigned long)was & ~flags) != 0)
        __asm__ volatile("fscsr %0" : : "r"((unsigned long)was));
}
#else
LEAT_AT_ONCE uint64_t leat_processor_enter(void) { return 0; }
LEAT_AT_ONCE void leat_processor_leave(uint64_t was) { (void)was; }
#endif

#endif
