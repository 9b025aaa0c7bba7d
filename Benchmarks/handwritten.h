/* SPDX-License-Identifier: MIT
 * The hand-written step: a step of an LSTM or a GRU in intrinsics of this processor, with
 * nothing in it but the arithmetic. It shows what a step of one fixed shape
 * could gain over Leat's. It gives Leat's bits for ordinary samples and
 * weights, but doesn't count tiny ones as 0. Units are taken in panels of one
 * vector, and panels in groups of one to three; a group's weights are
 * contiguous, in the order in which they are read. Which variant is fastest
 * depends on the size, so all of them are tried at each size. */
#ifndef LEAT_BENCHMARKS_HANDWRITTEN_H
#define LEAT_BENCHMARKS_HANDWRITTEN_H

#include "models.h"

struct handwritten;
typedef void (*handwritten_step_function)(struct handwritten *handwritten,
                                          const float *input, float *output);

struct handwritten_variant {
    const char *name;
    handwritten_step_function step, gru_step;
    size_t group;    /* units of a group / 8 */
    size_t multiple; /* a layer's units must be a multiple of this */
    size_t least;    /* and at least this */
};

struct handwritten_set {
    const struct handwritten_variant *variants;
    int count;
};
extern const struct handwritten_set handwritten_8, handwritten_8_v4,
    handwritten_16;

#if defined(__x86_64__)
int has_avx512(void);
#endif

enum { HANDWRITTEN_VARIANTS_MOST = 32 };

/* The variants that this processor can run. The first two fit every size. */
int handwritten_variant_count(void);
const struct handwritten_variant *handwritten_variant(int variant);
int handwritten_fits(int variant, const struct shape *shape);
/* The units that a variant computes: those of the shape, and of one layer as
 * many more, with weights of 0, as its vectors have room for. */
size_t handwritten_units(int variant, const struct shape *shape);

struct handwritten_layer {
    size_t hidden, k; /* hidden: handwritten_units(); k: inputs, previous h */
    float *weights;   /* [group][k][gate][panel of the group][8] */
    float *bias;      /* [group][4][panel of the group][8] */
    float *cell;
    float *vector[2]; /* inputs, then h: one loop over k reads both */
    float *block[2];
    size_t inputs;
};

struct handwritten {
    struct handwritten_layer layers[LAYERS_MOST];
    size_t layer_count;
    float *head;
    float head_bias;
    unsigned parity;
    handwritten_step_function step;
};

/* `variant` must fit the network. */
void handwritten_make(struct handwritten *handwritten,
                      const struct network *network, int variant);
void handwritten_free(struct handwritten *handwritten);

static inline void handwritten_step(struct handwritten *handwritten,
                                    const float *input, float *output)
{
    handwritten->step(handwritten, input, output);
}

#endif
