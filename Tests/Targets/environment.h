/* SPDX-License-Identifier: MIT
 * A floating-point environment that a program may have set before it calls
 * Leat: subnormal numbers are flushed to zero, and sums are rounded upwards. */
#ifndef LEAT_TESTS_ENVIRONMENT_H
#define LEAT_TESTS_ENVIRONMENT_H

#include <stdint.h>

#if defined(__x86_64__)
enum { STRANGE = 0x1f80 | 0x8040 | 0x4000 };
static inline uint64_t environment_get(void)
{
    uint32_t value;
    __asm__ volatile("stmxcsr %0" : "=m"(value));
    return value & ~0x3fu; /* without the flags of past operations */
}
static inline void environment_set(uint64_t environment)
{
    uint32_t value = (uint32_t)environment;
    __asm__ volatile("ldmxcsr %0" : : "m"(value));
}
#elif defined(__aarch64__)
enum { STRANGE = 0x1400000 };
static inline uint64_t environment_get(void)
{
    uint64_t value;
    __asm__ volatile("mrs %0, fpcr" : "=r"(value));
    return value;
}
static inline void environment_set(uint64_t environment)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(environment));
}
#else
enum { STRANGE = 0x3400000 }; /* and a NaN loses its payload */
enum { ENVIRONMENT = 0x7c00000 }; /* Cortex-M55 has other settings in FPSCR */
static inline uint32_t fpscr_get(void)
{
    uint32_t value;
    __asm__ volatile("vmrs %0, fpscr" : "=r"(value));
    return value;
}
static inline uint64_t environment_get(void)
{
    return fpscr_get() & ENVIRONMENT;
}
static inline void environment_set(uint64_t environment)
{
    uint32_t others = fpscr_get() & ~(uint32_t)ENVIRONMENT;
    __asm__ volatile("vmsr fpscr, %0" : : "r"(others | (uint32_t)environment));
}
#endif

#endif
