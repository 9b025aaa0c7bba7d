/* SPDX-License-Identifier: MIT */
#include "handwritten_bytes.h"

#if defined(__AVX512VNNI__)
#define HANDWRITTEN_16
#include "handwritten_group.h"
#include "handwritten_head.h"

int handwritten_bytes_runs(void)
{
    return __builtin_cpu_supports("avx512vnni") &&
           __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq");
}

INLINE float largest_magnitude(const float *x, size_t count)
{
    lanes most = lanes_of(0);
    size_t k;
    for (k = 0; k < count; k += LANES) {
        const __mmask16 in = count - k < LANES
                                 ? (__mmask16)((1u << (count - k)) - 1)
                                 : (__mmask16)0xffff;
        most = _mm512_max_ps(most, magnitude(_mm512_maskz_loadu_ps(in, x + k)));
    }
    return _mm512_reduce_max_ps(most);
}

/* Round a vector to integers of 16 bits, and split them into two signed bytes:
 * x = 256 upper + lower + 128. Returns the scale; *offset is -128 Σ x. */
INLINE float split(const struct handwritten_matrix *m, const float *x,
                   int *offset)
{
    const float most = largest_magnitude(x, m->columns);
    const lanes inverse = lanes_of(most == 0 ? 0 : m->largest / most);
    const __m512i order = _mm512_broadcast_i32x4(
        _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 0, 0, 0, 0, 0, 0, 0, 0));
    const __m512i halves = _mm512_setr_epi32(0, 1, 4, 5, 8, 9, 12, 13, 0, 0, 0,
                                             0, 0, 0, 0, 0);
    __m512i total = _mm512_setzero_si512();
    size_t k;
    for (k = 0; k < m->columns; k += LANES) {
        const size_t left = m->columns - k;
        const __mmask16 in = left < LANES ? (__mmask16)((1u << left) - 1)
                                          : (__mmask16)0xffff;
        const lanes v = flush(_mm512_maskz_loadu_ps(in, x + k), most * 0x1p-24f);
        const lanes shifted = add(multiply(v, inverse), lanes_of(0x1.8p23f));
        __m512i n = _mm512_srai_epi32(_mm512_slli_epi32(bits_of(shifted), 16), 16);
        total = _mm512_add_epi32(total, n);
        n = _mm512_xor_si512(n, _mm512_set1_epi32(0x80));
        n = _mm512_permutexvar_epi32(halves, _mm512_shuffle_epi8(n, order));
        _mm256_storeu_si256((__m256i *)(void *)(m->vector + 2 * k),
                            _mm512_castsi512_si256(n));
    }
    *offset = -128 * _mm512_reduce_add_epi32(total);
    return most == 0 ? 0 : most / m->largest;
}

INLINE __m512i four_bytes(const uint8_t *bytes)
{
    int32_t word;
    __builtin_memcpy(&word, bytes, 4);
    return _mm512_set1_epi32(word);
}

/* Add the products of a group's rows to its 4 * panels sums. */
INLINE void add_products(int panels, const struct handwritten_matrix *m,
                         size_t group, float scale, int offset, lanes *z)
{
    const int n = 4 * panels;
    const size_t quads = (m->columns + 3) / 4, rows = (size_t)(n * LANES);
    const uint8_t *weights = m->weights + group * quads * rows * 4;
    const float *scales = m->scales + group * rows;
    const int32_t *sums = m->sums + group * rows;
    __m512i lower[8], upper[8];
    size_t k;
    int j;
    EACH lower[j] = _mm512_add_epi32(_mm512_loadu_si512(sums + LANES * j),
                                     _mm512_set1_epi32(offset));
    EACH upper[j] = _mm512_setzero_si512();
    for (k = 0; k < quads; k++) {
        const __m512i low = four_bytes(m->vector + 8 * k);
        const __m512i high = four_bytes(m->vector + 8 * k + 4);
        EACH
        {
            const __m512i w = _mm512_loadu_si512(weights + 64 * j);
            lower[j] = _mm512_dpbusd_epi32(lower[j], w, low);
            upper[j] = _mm512_dpbusd_epi32(upper[j], w, high);
        }
        weights += 64 * n;
    }
    EACH z[j] = fma3(_mm512_cvtepi32_ps(_mm512_add_epi32(
                         lower[j], _mm512_slli_epi32(upper[j], 8))),
                     multiply(load(scales + LANES * j), lanes_of(scale)), z[j]);
}

INLINE float step(struct handwritten_bytes *handwritten, const float *input,
                  int panels)
{
    const size_t hidden = handwritten->hidden, units_of = (size_t)(LANES * panels);
    const int n = 4 * panels;
    const float *x = input;
    size_t l, group;
    for (l = 0; l < handwritten->layer_count; l++) {
        const struct handwritten_matrix *ih = &handwritten->layers[l].ih;
        const struct handwritten_matrix *hh = &handwritten->layers[l].hh;
        int offset_x, offset_h;
        const float scale_x = split(ih, x, &offset_x);
        const float scale_h = split(hh, handwritten->layers[l].h, &offset_h);
        struct units units = {0};
        units.cell = handwritten->layers[l].cell;
        units.hidden = handwritten->layers[l].h;
        units.previous = handwritten->layers[l].h;
        for (group = 0; group < hidden / units_of; group++) {
            lanes z[8];
            int j;
            EACH z[j] = load(handwritten->layers[l].bias +
                             group * units_of * 4 + (size_t)(LANES * j));
            add_products(panels, ih, group, scale_x, offset_x, z);
            add_products(panels, hh, group, scale_h, offset_h, z);
            finish(panels, z, units_at(units, group * units_of), NULL);
        }
        x = units.hidden;
    }
    return head_row(handwritten->head, x, hidden) * handwritten->head_scale +
           handwritten->head_bias;
}

float handwritten_bytes_step(struct handwritten_bytes *handwritten,
                             const float *input)
{
    return handwritten->panels == 1 ? step(handwritten, input, 1)
                                    : step(handwritten, input, 2);
}

#else

#include <stdlib.h>

int handwritten_bytes_runs(void) { return 0; }

float handwritten_bytes_step(struct handwritten_bytes *handwritten,
                             const float *input)
{
    (void)handwritten, (void)input;
    abort(); /* it doesn't run here */
}

#endif
