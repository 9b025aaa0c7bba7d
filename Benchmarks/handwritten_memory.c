/* SPDX-License-Identifier: MIT
 * The weights of the hand-written step, in the order in which it reads them. */
#include "handwritten.h"

#include <stdlib.h>
#include <string.h>

/* Of n of a GRU that of the inputs; the fourth is that of h. */
static float bias_of(const struct network *network, size_t l, size_t gate,
                     size_t unit)
{
    const float *of_inputs = network->bias_ih[l], *of_h = network->bias_hh[l];
    size_t hidden = network->shape.hidden, row = gate * hidden + unit;
    if (unit >= hidden)
        return 0;
    if (!network->shape.is_gru || gate < 2)
        return of_inputs[row] + of_h[row];
    return gate == 2 ? of_inputs[row] : of_h[row - hidden];
}

/* That of input k, and after the inputs of h. */
static float weight_of(const struct network *network, size_t l, size_t gate,
                       size_t unit, size_t k)
{
    size_t inputs = layer_inputs(&network->shape, l);
    size_t hidden = network->shape.hidden, row = gate * hidden + unit;
    if (unit >= hidden)
        return 0;
    return k < inputs ? network->weight_ih[l][row * inputs + k]
                      : network->weight_hh[l][row * hidden + k - inputs];
}

static void pack_layer(struct handwritten_layer *layer,
                       const struct network *network, size_t l,
                       size_t hidden, size_t most)
{
    size_t panels = hidden / 8, first, width;
    size_t inputs = layer_inputs(&network->shape, l), gate, p, u, k;
    size_t gates = shape_gates(&network->shape);
    float *weight, *bias;
    int parity;
    layer->hidden = hidden;
    layer->inputs = inputs;
    layer->k = inputs + network->shape.hidden;
    weight = layer->weights = make_weights_block(4 * gates * hidden * layer->k,
                                                 shape_bytes(&network->shape));
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
                for (u = 0; u < 8; u++)
                    *bias++ = bias_of(network, l, gate, 8 * (first + p) + u);
        for (k = 0; k < layer->k; k++)
            for (gate = 0; gate < gates; gate++)
                for (p = 0; p < width; p++)
                    for (u = 0; u < 8; u++)
                        *weight++ =
                            weight_of(network, l, gate, 8 * (first + p) + u, k);
    }
}

void handwritten_make(struct handwritten *handwritten,
                      const struct network *network, int variant)
{
    size_t l, hidden = handwritten_units(variant, &network->shape);
    memset(handwritten, 0, sizeof *handwritten);
    handwritten->step = network->shape.is_gru
                            ? handwritten_variant(variant)->gru_step
                            : handwritten_variant(variant)->step;
    handwritten->layer_count = network->shape.layers;
    for (l = 0; l < handwritten->layer_count; l++)
        pack_layer(&handwritten->layers[l], network, l, hidden,
                   handwritten_variant(variant)->group);
    handwritten->head = make_block(4 * hidden);
    memset(handwritten->head, 0, 4 * hidden);
    memcpy(handwritten->head, network->head_weight, 4 * network->shape.hidden);
    handwritten->head_bias = network->head_bias[0];
}

void handwritten_free(struct handwritten *handwritten)
{
    size_t l;
    for (l = 0; l < handwritten->layer_count; l++) {
        free(handwritten->layers[l].weights);
        free(handwritten->layers[l].bias);
        free(handwritten->layers[l].cell);
        free(handwritten->layers[l].block[0]);
        free(handwritten->layers[l].block[1]);
    }
    free(handwritten->head);
}
