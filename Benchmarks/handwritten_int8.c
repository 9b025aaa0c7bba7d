/* SPDX-License-Identifier: MIT */
#define HANDWRITTEN_16
#include "handwritten_int8.h"
#include "handwritten_group.h"
#include "handwritten_head.h"

#include <string.h>

enum { PANELS = 2, SUMS = 4 * PANELS, UNITS = LANES * PANELS };

INLINE __m512i four_bytes(const uint8_t *p)
{
    int32_t four;
    memcpy(&four, p, sizeof four);
    return _mm512_set1_epi32(four);
}

/* Round `of->count` floats: the largest becomes `largest`. */
static void round_to_bytes(struct bytes *of, const float *x)
{
    const size_t count = of->count;
    const size_t bound = 2147483647 / (128 * count);
    const float largest = (float)(bound < 32767 ? bound : 32767);
    __m512 most = _mm512_setzero_ps(), factor;
    __m128i flip = _mm_set1_epi8(-128);
    size_t k;
    float m;
#define KEPT(k) (__mmask16)(count - (k) < 16 ? (1u << (count - (k))) - 1 : 0xffff)
    for (k = 0; k < count; k += 16)
        most = _mm512_max_ps(
            most, magnitude(_mm512_maskz_loadu_ps(KEPT(k), x + k)));
    m = _mm512_reduce_max_ps(most);
    of->scale = m == 0 ? 0 : m / largest;
    factor = lanes_of(m == 0 ? 0 : largest / m);
    for (k = 0; k < count; k += 16) {
        const __m512i q = _mm512_cvtps_epi32(
            multiply(_mm512_maskz_loadu_ps(KEPT(k), x + k), factor));
        _mm_storeu_si128((__m128i *)(void *)(of->low + k),
                         _mm512_cvtepi32_epi8(q));
        _mm_storeu_si128(
            (__m128i *)(void *)(of->high + k),
            _mm_xor_si128(_mm512_cvtepi32_epi8(_mm512_srai_epi32(q, 8)), flip));
    }
#undef KEPT
}

/* Add a pair's exact sums over a matrix's columns, each times its scale. */
INLINE void add_columns(lanes *z, const struct int8_matrix *matrix, size_t pair,
                        const struct bytes *x)
{
    const int8_t *weights =
        matrix->weights + pair * 4 * UNITS * matrix->columns;
    const int32_t *correction = matrix->correction + pair * 4 * UNITS;
    const float *scales = matrix->scales + pair * 4 * UNITS;
    const lanes scale = lanes_of(x->scale);
    __m512i high[SUMS], low[SUMS];
    const int n = SUMS;
    size_t k;
    int j;
    EACH high[j] = _mm512_setzero_si512();
    EACH low[j] = _mm512_loadu_si512(correction + LANES * j);
    for (k = 0; k < matrix->columns; k += 4) {
        const __m512i h = four_bytes(x->high + k), l = four_bytes(x->low + k);
        EACH
        {
            const __m512i w = _mm512_loadu_si512(weights + 64 * j);
            high[j] = _mm512_dpbusd_epi32(high[j], h, w);
            low[j] = _mm512_dpbusd_epi32(low[j], l, w);
        }
        weights += 64 * n;
    }
    EACH
    {
        const __m512i sum =
            _mm512_add_epi32(_mm512_slli_epi32(high[j], 8), low[j]);
        z[j] = fma3(_mm512_cvtepi32_ps(sum),
                    multiply(load(scales + LANES * j), scale), z[j]);
    }
}

void step_int8_by_vnni(struct handwritten_int8 *handwritten, const float *input,
                       float *output)
{
    const unsigned now = handwritten->parity, next = now ^ 1;
    const size_t pairs = handwritten->hidden / UNITS;
    const struct bytes *x = &handwritten->sample;
    struct int8_layer *layer = handwritten->layers;
    size_t l, i;
    round_to_bytes(&handwritten->sample, input);
    for (l = 0; l < handwritten->layer_count; l++, layer++) {
        struct units units = {layer->cell, layer->hidden[next], NULL,
                              layer->hidden[now]};
        for (i = 0; i < pairs; i++) {
            const size_t pair =
                handwritten->alternates && now ? pairs - 1 - i : i;
            lanes z[SUMS];
            begin(SUMS, z, layer->bias + 4 * UNITS * pair);
            add_columns(z, &layer->ih, pair, x);
            add_columns(z, &layer->hh, pair, &layer->rounded);
            finish(PANELS, z, units_at(units, UNITS * pair), NULL);
        }
        /* The layer above has as many inputs as this one's h, so the same
         * integers are for both. */
        round_to_bytes(&layer->rounded, layer->hidden[next]);
        x = &layer->rounded;
    }
    layer--;
    output[0] = head_row(handwritten->head, layer->hidden[next],
                         handwritten->hidden) *
                    handwritten->head_scale +
                handwritten->head_bias;
    handwritten->parity = next;
}
