/* SPDX-License-Identifier: MIT
 * The hand-written step of an LSTM whose weights are integers: sums of products
 * of bytes (VPDPBUSD) for x86-64 with AVX512_VNNI, and the activations of the
 * hand-written step with sixteen floats in a vector. It gives Leat's bits. */
#ifndef LEAT_BENCHMARKS_HANDWRITTEN_BYTES_H
#define LEAT_BENCHMARKS_HANDWRITTEN_BYTES_H

#include "models.h"

#include <stdint.h>

/* Of weight_ih or of weight_hh. */
struct handwritten_matrix {
    size_t columns;
    float largest;    /* integer that the vector is rounded to */
    uint8_t *weights; /* q + 128, [group][columns / 4][gate][panel][16][4] */
    float *scales;    /* [group][gate][panel][16], as `sums` */
    int32_t *sums;    /* 128 times the sum of a row's q + 128 */
    uint8_t *vector;  /* [columns / 4]: four lower bytes, four upper ones */
};

struct handwritten_bytes {
    struct {
        struct handwritten_matrix ih, hh;
        float *bias, *cell, *h;
    } layers[LAYERS_MOST];
    size_t layer_count, hidden, panels;
    float *head;
    float head_scale, head_bias;
};

/* Panels of 16 units that are summed at once: 1 or 2. */
enum { VARIANTS_OF_BYTES = 2 };

/* Whether this processor has the instructions. */
int handwritten_bytes_runs(void);

/* The network is of LSTMs, whose units are a multiple of those of all panels that
 * are summed at once. */
void handwritten_bytes_make(struct handwritten_bytes *handwritten,
                            const struct network *network, size_t panels);
void handwritten_bytes_free(struct handwritten_bytes *handwritten);

float handwritten_bytes_step(struct handwritten_bytes *handwritten,
                             const float *input);

#endif
