/* SPDX-License-Identifier: MIT
 * The limit's memory: weights in the order in which a step reads them. */
#include "limit.h"

#include <stdlib.h>
#include <string.h>

static void pack_layer(struct limit_layer *layer, const struct network *network,
                       size_t l, size_t most)
{
    size_t hidden = network->shape.hidden, panels = hidden / 8, first, width;
    size_t inputs = layer_inputs(&network->shape, l), gate, p, u, k;
    float *weight, *bias;
    int parity;
    layer->hidden = hidden;
    layer->inputs = inputs;
    layer->k = inputs + hidden;
    weight = layer->weights = make_block(16 * hidden * layer->k);
    bias = layer->bias = make_block(16 * hidden);
    layer->cell = make_block(4 * hidden);
    memset(layer->cell, 0, 4 * hidden);
    for (parity = 0; parity < 2; parity++) {
        size_t room = (inputs + 15) / 16 * 16;
        layer->block[parity] = make_block(4 * (room + hidden));
        memset(layer->block[parity], 0, 4 * (room + hidden));
        layer->vector[parity] = layer->block[parity] + room - inputs;
    }
    for (first = 0; first < panels; first += width) {
        width = panels - first < most ? panels - first : most;
        for (gate = 0; gate < 4; gate++)
            for (p = 0; p < width; p++)
                for (u = 0; u < 8; u++) {
                    size_t row = gate * hidden + 8 * (first + p) + u;
                    *bias++ =
                        network->bias_ih[l][row] + network->bias_hh[l][row];
                }
        for (k = 0; k < layer->k; k++)
            for (gate = 0; gate < 4; gate++)
                for (p = 0; p < width; p++)
                    for (u = 0; u < 8; u++) {
                        size_t row = gate * hidden + 8 * (first + p) + u;
                        *weight++ = k < inputs
                            ? network->weight_ih[l][row * inputs + k]
                            : network->weight_hh[l][row * hidden + k - inputs];
                    }
    }
}

void limit_make(struct limit *limit, const struct network *network, int way)
{
    size_t l, hidden = network->shape.hidden;
    memset(limit, 0, sizeof *limit);
    limit->step = limit_way(way)->step;
    limit->layer_count = network->shape.layers;
    for (l = 0; l < limit->layer_count; l++)
        pack_layer(&limit->layers[l], network, l, limit_way(way)->group);
    limit->head = make_block(4 * hidden);
    memcpy(limit->head, network->head_weight, 4 * hidden);
    limit->head_bias = network->head_bias[0];
}

void limit_free(struct limit *limit)
{
    size_t l;
    for (l = 0; l < limit->layer_count; l++) {
        free(limit->layers[l].weights);
        free(limit->layers[l].bias);
        free(limit->layers[l].cell);
        free(limit->layers[l].block[0]);
        free(limit->layers[l].block[1]);
    }
    free(limit->head);
}
