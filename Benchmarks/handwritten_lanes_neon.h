/* SPDX-License-Identifier: MIT
 * Eight floats in two registers of NEON. */
#ifndef LEAT_BENCHMARKS_HANDWRITTEN_LANES_NEON_H
#define LEAT_BENCHMARKS_HANDWRITTEN_LANES_NEON_H

#include <arm_neon.h>

enum { LANES = 8 };
typedef struct {
    float32x4_t low, high;
} lanes;

INLINE lanes both(float32x4_t low, float32x4_t high)
{
    lanes x = {low, high};
    return x;
}
INLINE uint32x4_t bits_of(float32x4_t x) { return vreinterpretq_u32_f32(x); }
INLINE lanes lanes_of(float x) { return both(vdupq_n_f32(x), vdupq_n_f32(x)); }
INLINE lanes load(const float *p)
{
    return both(vld1q_f32(p), vld1q_f32(p + 4));
}
INLINE void store(float *p, lanes x)
{
    vst1q_f32(p, x.low);
    vst1q_f32(p + 4, x.high);
}
INLINE lanes broadcast(const float *p) { return lanes_of(*p); }
INLINE lanes add(lanes a, lanes b)
{
    return both(vaddq_f32(a.low, b.low), vaddq_f32(a.high, b.high));
}
INLINE lanes subtract(lanes a, lanes b)
{
    return both(vsubq_f32(a.low, b.low), vsubq_f32(a.high, b.high));
}
INLINE lanes multiply(lanes a, lanes b)
{
    return both(vmulq_f32(a.low, b.low), vmulq_f32(a.high, b.high));
}
INLINE lanes divide(lanes a, lanes b)
{
    return both(vdivq_f32(a.low, b.low), vdivq_f32(a.high, b.high));
}
INLINE float32x4_t bit_or_four(float32x4_t a, float32x4_t b)
{
    return vreinterpretq_f32_u32(vorrq_u32(bits_of(a), bits_of(b)));
}
INLINE lanes bit_or(lanes a, lanes b)
{
    return both(bit_or_four(a.low, b.low), bit_or_four(a.high, b.high));
}
INLINE lanes magnitude(lanes x)
{
    return both(vabsq_f32(x.low), vabsq_f32(x.high));
}
/* a b + c and c - a b, each rounded once. */
INLINE lanes fma3(lanes a, lanes b, lanes c)
{
    return both(vfmaq_f32(c.low, a.low, b.low),
                vfmaq_f32(c.high, a.high, b.high));
}
INLINE lanes negated_fma3(lanes a, lanes b, lanes c)
{
    return both(vfmsq_f32(c.low, a.low, b.low),
                vfmsq_f32(c.high, a.high, b.high));
}
/* The low bits of t as an exponent. */
INLINE lanes power_of_two(lanes t)
{
    return both(vreinterpretq_f32_u32(vshlq_n_u32(bits_of(t.low), 23)),
                vreinterpretq_f32_u32(vshlq_n_u32(bits_of(t.high), 23)));
}
INLINE lanes at_most(lanes x, float most)
{
    float32x4_t limit = vdupq_n_f32(most);
    return both(vminq_f32(x.low, limit), vminq_f32(x.high, limit));
}
INLINE lanes at_least(lanes x, float least)
{
    float32x4_t limit = vdupq_n_f32(least);
    return both(vmaxq_f32(x.low, limit), vmaxq_f32(x.high, limit));
}
INLINE float32x4_t masked(uint32x4_t mask, float32x4_t x)
{
    return vreinterpretq_f32_u32(vandq_u32(mask, bits_of(x)));
}
/* x where its magnitude is at least `least`, +0 elsewhere. */
INLINE lanes flush(lanes x, float least)
{
    float32x4_t limit = vdupq_n_f32(least);
    return both(masked(vcageq_f32(x.low, limit), x.low),
                masked(vcageq_f32(x.high, limit), x.high));
}
/* a > 0 with the sign of x where a is at least `least`, +0 elsewhere. */
INLINE float32x4_t flush_signed_four(float32x4_t a, float least, float32x4_t x)
{
    float32x4_t y = vbslq_f32(vdupq_n_u32(0x80000000u), x, a);
    return masked(vcgeq_f32(a, vdupq_n_f32(least)), y);
}
INLINE lanes flush_signed(lanes a, float least, lanes x)
{
    return both(flush_signed_four(a.low, least, x.low),
                flush_signed_four(a.high, least, x.high));
}

#endif
