/* SPDX-License-Identifier: MIT
 * The step a user would write: PyTorch's weights as they are, two loops,
 * libm's functions. The compiler may do with it what it likes. */
#ifndef LEAT_BENCHMARKS_PLAIN_H
#define LEAT_BENCHMARKS_PLAIN_H

#include "models.h"

struct plain {
    const struct network *network;
    float *h[LAYERS_MOST], *c[LAYERS_MOST], *gates;
};

void plain_make(struct plain *plain, const struct network *network);
void plain_free(struct plain *plain);
void plain_step(struct plain *plain, const float *input, float *output);

#endif
