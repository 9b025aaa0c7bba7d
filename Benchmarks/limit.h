/* SPDX-License-Identifier: MIT
 * The limit to reach: an LSTM step written by hand for this processor, with
 * nothing in it but the arithmetic. Its bits are Leat's. */
#ifndef LEAT_BENCHMARKS_LIMIT_H
#define LEAT_BENCHMARKS_LIMIT_H

#include "models.h"

/* Several ways to do it; which is fastest depends on the size. */
#define LIMIT_WAYS 9
extern const char *const limit_way_names[LIMIT_WAYS];

struct limit;
typedef void (*limit_step_function)(struct limit *limit, const float *input,
                                    float *output);
extern const limit_step_function limit_ways[LIMIT_WAYS];

/* Panels of 8 units that a way takes at once, and whether a layer is of a
 * size for it: the first way is for every multiple of 8. */
size_t limit_group(int way);
int limit_fits(int way, size_t hidden);

struct limit_layer {
    size_t hidden, k; /* k: inputs, then the previous h */
    float *weights;   /* [group][k][gate][panel of the group][8] */
    float *bias;
    float *cell;
    float *vector[2]; /* inputs and h side by side, for one loop over k */
    float *block[2];
    size_t inputs;
};

struct limit {
    struct limit_layer layers[LAYERS_MOST];
    size_t layer_count;
    float *head;
    float head_bias;
    unsigned parity;
    limit_step_function step;
};

/* Whether this processor can run it. */
int limit_can_run(void);

/* `way` must fit. */
void limit_make(struct limit *limit, const struct network *network, int way);
void limit_free(struct limit *limit);

static inline void limit_step(struct limit *limit, const float *input,
                              float *output)
{
    limit->step(limit, input, output);
}

#endif
