/* SPDX-License-Identifier: MIT
 * The limit to reach: an LSTM step written by hand for this processor, with
 * nothing in it but the arithmetic. Its bits are Leat's, of ordinary samples
 * and weights: it doesn't make those 0 that are next to nothing. */
#ifndef LEAT_BENCHMARKS_LIMIT_H
#define LEAT_BENCHMARKS_LIMIT_H

#include "models.h"

struct limit;
typedef void (*limit_step_function)(struct limit *limit, const float *input,
                                    float *output);

/* One way to do it; which is fastest depends on the size. */
struct limit_way {
    const char *name;
    limit_step_function step;
    size_t group;    /* panels of 8 units that it takes at once */
    size_t multiple; /* a layer's units must be a multiple of this */
    size_t least;    /* and at least this */
};

struct limit_set {
    const struct limit_way *ways;
    int count;
};
extern const struct limit_set limit_narrow, limit_narrow_v4, limit_wide;

enum { LIMIT_WAYS_MOST = 30 };

/* Those that this processor can run, of which the first two fit every size. */
int limit_way_count(void);
const struct limit_way *limit_way(int way);
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

/* `way` must fit. */
void limit_make(struct limit *limit, const struct network *network, int way);
void limit_free(struct limit *limit);

static inline void limit_step(struct limit *limit, const float *input,
                              float *output)
{
    limit->step(limit, input, output);
}

#endif
