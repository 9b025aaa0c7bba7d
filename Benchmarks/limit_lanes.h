/* SPDX-License-Identifier: MIT
 * Eight floats at once, for limit.c: one AVX register, or two of NEON. */
#ifndef LEAT_BENCHMARKS_LIMIT_LANES_H
#define LEAT_BENCHMARKS_LIMIT_LANES_H

#define INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif
/* For each of n lanes, side by side. */
#define EACH UNROLL for (j = 0; j < n; j++)

#if defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>

typedef __m256 lanes;

INLINE lanes lanes_of(float x) { return _mm256_set1_ps(x); }
INLINE lanes load(const float *p) { return _mm256_loadu_ps(p); }
INLINE void store(float *p, lanes x) { _mm256_storeu_ps(p, x); }
INLINE lanes broadcast(const float *p) { return _mm256_broadcast_ss(p); }
INLINE lanes fma3(lanes a, lanes b, lanes c)
{
    return _mm256_fmadd_ps(a, b, c);
}
INLINE lanes add(lanes a, lanes b) { return _mm256_add_ps(a, b); }
INLINE lanes subtract(lanes a, lanes b) { return _mm256_sub_ps(a, b); }
INLINE lanes multiply(lanes a, lanes b) { return _mm256_mul_ps(a, b); }
INLINE lanes divide(lanes a, lanes b) { return _mm256_div_ps(a, b); }
INLINE lanes greater(lanes a, lanes b) { return _mm256_max_ps(a, b); }
INLINE lanes sign_of(lanes x) { return _mm256_and_ps(x, lanes_of(-0.0f)); }
INLINE lanes magnitude(lanes x) { return _mm256_andnot_ps(lanes_of(-0.0f), x); }
INLINE lanes either(lanes a, lanes b) { return _mm256_or_ps(a, b); }
/* yes where x has a minus sign. */
INLINE lanes choose_minus(lanes x, lanes yes, lanes no)
{
    return _mm256_blendv_ps(no, yes, x);
}
INLINE lanes choose_less(lanes a, lanes b, lanes yes, lanes no)
{
    return _mm256_blendv_ps(no, yes, _mm256_cmp_ps(a, b, _CMP_LT_OQ));
}
/* x where a is not less than b, else +0. */
INLINE lanes zero_less(lanes a, lanes b, lanes x)
{
    return _mm256_and_ps(_mm256_cmp_ps(a, b, _CMP_GE_OQ), x);
}
/* 2^n of an integer n that 1.5 * 2^23 was added to. */
INLINE lanes power_of_two(lanes shifted)
{
    __m256i n = _mm256_slli_epi32(_mm256_castps_si256(shifted), 23);
    return _mm256_castsi256_ps(
        _mm256_add_epi32(n, _mm256_castps_si256(lanes_of(1))));
}
/* -a b - c, rounded once. */
INLINE lanes less_product(lanes a, lanes b, lanes c)
{
    return _mm256_fnmsub_ps(a, b, c);
}
/* Of numbers >= 0, as integers: the units that multiply and add have enough
 * to do. */
INLINE lanes clamped(lanes a, float low, float high)
{
    __m256i x = _mm256_castps_si256(a);
    x = _mm256_max_epi32(x, _mm256_castps_si256(lanes_of(low)));
    x = _mm256_min_epi32(x, _mm256_castps_si256(lanes_of(high)));
    return _mm256_castsi256_ps(x);
}
INLINE float sum(lanes x)
{
    __m128 four =
        _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}
INLINE int can_run(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

#elif defined(__aarch64__)
#include <arm_neon.h>

typedef struct {
    float32x4_t low, high;
} lanes;

INLINE lanes both(float32x4_t low, float32x4_t high)
{
    lanes x = {low, high};
    return x;
}
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
INLINE lanes fma3(lanes a, lanes b, lanes c)
{
    return both(vfmaq_f32(c.low, a.low, b.low),
                vfmaq_f32(c.high, a.high, b.high));
}
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
INLINE lanes lesser(lanes a, lanes b)
{
    return both(vminq_f32(a.low, b.low), vminq_f32(a.high, b.high));
}
INLINE lanes greater(lanes a, lanes b)
{
    return both(vmaxq_f32(a.low, b.low), vmaxq_f32(a.high, b.high));
}
INLINE float32x4_t pick(uint32x4_t mask, float32x4_t yes, float32x4_t no)
{
    return vbslq_f32(mask, yes, no);
}
INLINE float32x4_t sign_of_four(float32x4_t x)
{
    return vreinterpretq_f32_u32(
        vandq_u32(vreinterpretq_u32_f32(x), vdupq_n_u32(0x80000000u)));
}
INLINE lanes sign_of(lanes x)
{
    return both(sign_of_four(x.low), sign_of_four(x.high));
}
INLINE lanes magnitude(lanes x)
{
    return both(vabsq_f32(x.low), vabsq_f32(x.high));
}
INLINE float32x4_t either_of_four(float32x4_t a, float32x4_t b)
{
    return vreinterpretq_f32_u32(
        vorrq_u32(vreinterpretq_u32_f32(a), vreinterpretq_u32_f32(b)));
}
INLINE lanes either(lanes a, lanes b)
{
    return both(either_of_four(a.low, b.low), either_of_four(a.high, b.high));
}
INLINE lanes less_product(lanes a, lanes b, lanes c)
{
    return both(vnegq_f32(vfmaq_f32(c.low, a.low, b.low)),
                vnegq_f32(vfmaq_f32(c.high, a.high, b.high)));
}
INLINE lanes clamped(lanes a, float low, float high)
{
    return lesser(greater(a, lanes_of(low)), lanes_of(high));
}
INLINE lanes choose_minus(lanes x, lanes yes, lanes no)
{
    int32x4_t low = vreinterpretq_s32_f32(x.low);
    int32x4_t high = vreinterpretq_s32_f32(x.high);
    return both(pick(vcltzq_s32(low), yes.low, no.low),
                pick(vcltzq_s32(high), yes.high, no.high));
}
INLINE lanes choose_less(lanes a, lanes b, lanes yes, lanes no)
{
    return both(pick(vcltq_f32(a.low, b.low), yes.low, no.low),
                pick(vcltq_f32(a.high, b.high), yes.high, no.high));
}
INLINE lanes zero_less(lanes a, lanes b, lanes x)
{
    return choose_less(a, b, lanes_of(0), x);
}
INLINE float32x4_t power_of_two_of_four(float32x4_t shifted)
{
    int32x4_t n = vshlq_n_s32(vreinterpretq_s32_f32(shifted), 23);
    return vreinterpretq_f32_s32(vaddq_s32(n, vdupq_n_s32(0x3f800000)));
}
INLINE lanes power_of_two(lanes shifted)
{
    return both(power_of_two_of_four(shifted.low),
                power_of_two_of_four(shifted.high));
}
INLINE float sum(lanes x)
{
    float32x4_t four = vaddq_f32(x.low, x.high);
    float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
    return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}
INLINE int can_run(void) { return 1; }
#endif

#endif
