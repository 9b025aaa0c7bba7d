/* SPDX-License-Identifier: MIT
 * The step that a user would write in C: PyTorch's weights unchanged, two
 * loops, libm's functions. The compiler may reorder and contract all of it. */
#ifndef LEAT_BENCHMARKS_PLAIN_STEP_H
#define LEAT_BENCHMARKS_PLAIN_STEP_H

#include "models.h"

struct plain {
    const struct network *network;
    float *h[LAYERS_MOST], *c[LAYERS_MOST], *gates;
};

void plain_make(struct plain *plain, const struct network *network);
void plain_free(struct plain *plain);
void plain_step(struct plain *plain, const float *input, float *output);

#endif
