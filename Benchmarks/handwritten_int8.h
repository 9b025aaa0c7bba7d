/* SPDX-License-Identifier: MIT
 * The hand-written step of an LSTM with weights of int8, in AVX-512 with its dot
 * products of bytes (VNNI), with nothing in it but the arithmetic. It gives
 * Leat's bits. Units are taken in pairs of panels of sixteen. */
#ifndef LEAT_BENCHMARKS_HANDWRITTEN_INT8_H
#define LEAT_BENCHMARKS_HANDWRITTEN_INT8_H

#include "models.h"

#include <stdint.h>

struct handwritten_int8;

/* Rounded inputs q, in bytes: q = 256 (high - 128) + low. */
struct bytes {
    uint8_t *high, *low;
    float scale;
    size_t count;
};

struct int8_matrix {
    int8_t *weights;     /* [pair][columns / 4][gate][panel][16][4] */
    int32_t *correction; /* [pair][gate][panel][16]: -32768 times a row's sum */
    float *scales;       /* the same order */
    size_t columns;
};

struct int8_layer {
    struct int8_matrix ih, hh;
    float *bias, *cell, *hidden[2];
    struct bytes rounded; /* h */
};

struct handwritten_int8 {
    struct int8_layer layers[LAYERS_MOST];
    size_t layer_count, hidden;
    struct bytes sample;
    float *head, head_scale, head_bias;
    unsigned parity;
    int alternates; /* every other step goes from the last pair to the first */
    void (*step)(struct handwritten_int8 *handwritten, const float *input,
                 float *output);
};

/* Whether this processor has the instructions, and the shape whole pairs. */
int handwritten_int8_fits(const struct shape *shape);

void handwritten_int8_make(struct handwritten_int8 *handwritten,
                           const struct network *network, int alternates);
void handwritten_int8_free(struct handwritten_int8 *handwritten);

/* Of AVX-512. */
void step_int8_by_vnni(struct handwritten_int8 *handwritten, const float *input,
                       float *output);

#endif
