/* SPDX-License-Identifier: MIT */
#include "plain_step.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void plain_make(struct plain *plain, const struct network *network)
{
    size_t hidden = network->shape.hidden, l;
    memset(plain, 0, sizeof *plain);
    plain->network = network;
    for (l = 0; l < network->shape.layers; l++) {
        plain->h[l] = make_block(4 * hidden);
        plain->c[l] = make_block(4 * hidden);
        memset(plain->h[l], 0, 4 * hidden);
        memset(plain->c[l], 0, 4 * hidden);
    }
    plain->gates = make_block(24 * hidden);
}

void plain_free(struct plain *plain)
{
    size_t l;
    for (l = 0; l < LAYERS_MOST; l++) {
        free(plain->h[l]);
        free(plain->c[l]);
    }
    free(plain->gates);
}

static float dot(const float *restrict a, const float *restrict b, size_t count)
{
    float sum = 0;
    size_t i;
    for (i = 0; i < count; i++)
        sum += a[i] * b[i];
    return sum;
}

static float sigmoid(float x)
{
    return 1 / (1 + expf(-x));
}

static void lstm_layer(size_t inputs, size_t hidden, const float *restrict w_ih,
                  const float *restrict w_hh, const float *restrict b_ih,
                  const float *restrict b_hh, const float *restrict x,
                  float *restrict h, float *restrict c, float *restrict gates)
{
    size_t j;
    for (j = 0; j < 4 * hidden; j++)
        gates[j] = b_ih[j] + b_hh[j] + dot(w_ih + j * inputs, x, inputs) +
                   dot(w_hh + j * hidden, h, hidden);
    for (j = 0; j < hidden; j++) {
        float i = sigmoid(gates[j]), f = sigmoid(gates[hidden + j]);
        float g = tanhf(gates[2 * hidden + j]);
        float o = sigmoid(gates[3 * hidden + j]);
        c[j] = f * c[j] + i * g;
        h[j] = o * tanhf(c[j]);
    }
}

/* `gates` are those of the inputs, then those of h. */
static void gru_layer(size_t inputs, size_t hidden, const float *restrict w_ih,
                      const float *restrict w_hh, const float *restrict b_ih,
                      const float *restrict b_hh, const float *restrict x,
                      float *restrict h, float *restrict gates)
{
    float *of_h = gates + 3 * hidden;
    size_t j;
    for (j = 0; j < 3 * hidden; j++) {
        gates[j] = b_ih[j] + dot(w_ih + j * inputs, x, inputs);
        of_h[j] = b_hh[j] + dot(w_hh + j * hidden, h, hidden);
    }
    for (j = 0; j < hidden; j++) {
        float r = sigmoid(gates[j] + of_h[j]);
        float z = sigmoid(gates[hidden + j] + of_h[hidden + j]);
        float n = tanhf(gates[2 * hidden + j] + r * of_h[2 * hidden + j]);
        h[j] = (1 - z) * n + z * h[j];
    }
}

void plain_step(struct plain *plain, const float *input, float *output)
{
    const struct network *n = plain->network;
    size_t hidden = n->shape.hidden, l;
    for (l = 0; l < n->shape.layers; l++) {
        size_t inputs = layer_inputs(&n->shape, l);
        if (n->shape.is_gru)
            gru_layer(inputs, hidden, n->weight_ih[l], n->weight_hh[l],
                      n->bias_ih[l], n->bias_hh[l], input, plain->h[l],
                      plain->gates);
        else
            lstm_layer(inputs, hidden, n->weight_ih[l], n->weight_hh[l],
                       n->bias_ih[l], n->bias_hh[l], input, plain->h[l],
                       plain->c[l], plain->gates);
        input = plain->h[l];
    }
    output[0] = dot(n->head_weight, input, hidden) + n->head_bias[0];
}
