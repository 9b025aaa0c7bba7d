/* SPDX-License-Identifier: MIT
 * The outputs of a list of layer_lists.h in double precision, as PyTorch's
 * documentation defines them. */
#ifndef LEAT_TESTS_LAYER_LISTS_REFERENCE_H
#define LEAT_TESTS_LAYER_LISTS_REFERENCE_H

#include "layer_lists.h"

enum { WIDEST = 64 };

static inline double logistic(double x) { return 1 / (1 + exp(-x)); }

/* out = matrix * in, or out += matrix * in. */
static inline void product(const double *matrix, size_t rows, size_t columns,
                           const double *in, double *out, int is_added)
{
    size_t r, k;
    for (r = 0; r < rows; r++) {
        double sum = is_added ? out[r] : 0;
        for (k = 0; k < columns; k++)
            sum += matrix[r * columns + k] * in[k];
        out[r] = sum;
    }
}

static inline void activate(uint32_t activation, double *values, size_t count)
{
    double most = values[0], total = 0;
    size_t i;
    for (i = 0; i < count; i++)
        most = values[i] > most ? values[i] : most;
    for (i = 0; i < count; i++) {
        switch (activation) {
        case LEAT_ACTIVATION_RELU:
            values[i] = values[i] > 0 ? values[i] : 0;
            break;
        case LEAT_ACTIVATION_SIGMOID: values[i] = logistic(values[i]); break;
        case LEAT_ACTIVATION_TANH: values[i] = tanh(values[i]); break;
        case LEAT_ACTIVATION_SOFTMAX: values[i] = exp(values[i] - most); break;
        default: break;
        }
        total += values[i];
    }
    for (i = 0; activation == LEAT_ACTIVATION_SOFTMAX && i < count; i++)
        values[i] /= total;
}

static inline void lstm_step(struct place *place, const double *in, double *out)
{
    double gates[4 * WIDEST], h[WIDEST];
    size_t units = place->hidden, j;
    for (j = 0; j < 4 * units; j++)
        gates[j] = place->weights[BIAS][j] + place->weights[HIDDEN_BIAS][j];
    product(place->weights[OF_INPUT], 4 * units, place->inputs, in, gates, 1);
    product(place->weights[OF_HIDDEN], 4 * units, place->outputs, place->h,
            gates, 1);
    for (j = 0; j < units; j++) {
        place->c[j] = logistic(gates[units + j]) * place->c[j] +
                      logistic(gates[j]) * tanh(gates[2 * units + j]);
        h[j] = logistic(gates[3 * units + j]) * tanh(place->c[j]);
    }
    if (place->weights[OF_PROJECTION] != NULL)
        product(place->weights[OF_PROJECTION], place->outputs, units, h,
                place->h, 0);
    else
        memcpy(place->h, h, units * sizeof *h);
    memcpy(out, place->h, place->outputs * sizeof *out);
}

static inline void rnn_step(struct place *place, const double *in, double *out)
{
    size_t units = place->hidden, j;
    for (j = 0; j < units; j++)
        out[j] = place->weights[BIAS][j] + place->weights[HIDDEN_BIAS][j];
    product(place->weights[OF_INPUT], units, place->inputs, in, out, 1);
    product(place->weights[OF_HIDDEN], units, units, place->h, out, 1);
    activate(LEAT_ACTIVATION_TANH, out, units);
    memcpy(place->h, out, units * sizeof *out);
}

static inline void gru_step(struct place *place, const double *in, double *out)
{
    double x[3 * WIDEST], h[3 * WIDEST];
    size_t units = place->hidden, j;
    memcpy(x, place->weights[BIAS], 3 * units * sizeof *x);
    memcpy(h, place->weights[HIDDEN_BIAS], 3 * units * sizeof *h);
    product(place->weights[OF_INPUT], 3 * units, place->inputs, in, x, 1);
    product(place->weights[OF_HIDDEN], 3 * units, units, place->h, h, 1);
    for (j = 0; j < units; j++) {
        double r = logistic(x[j] + h[j]);
        double z = logistic(x[units + j] + h[units + j]);
        double n = tanh(x[2 * units + j] + r * h[2 * units + j]);
        out[j] = (1 - z) * n + z * place->h[j];
    }
    memcpy(place->h, out, units * sizeof *out);
}

static inline void reference_reset(struct list *list)
{
    size_t i, j;
    for (i = 0; i < list->count; i++) {
        struct place *place = &list->places[i];
        for (j = 0; place->h != NULL && j < place->outputs; j++)
            place->h[j] = 0;
        for (j = 0; place->c != NULL && j < place->hidden; j++)
            place->c[j] = 0;
    }
}

static inline void reference_step(struct list *list, const float *input,
                                  double *output)
{
    double in[WIDEST];
    size_t i;
    for (i = 0; i < list->inputs; i++)
        in[i] = list->mean != NULL
                    ? (input[i] - list->mean[i]) / list->deviation[i]
                    : input[i];
    for (i = 0; i < list->count; i++) {
        struct place *place = &list->places[i];
        memcpy(output, in, place->inputs * sizeof *in);
        if (place->kind == LEAT_LAYER_LSTM)
            lstm_step(place, in, output);
        if (place->kind == LEAT_LAYER_RNN)
            rnn_step(place, in, output);
        if (place->kind == LEAT_LAYER_GRU)
            gru_step(place, in, output);
        if (place->kind == LEAT_LAYER_LINEAR) {
            memcpy(output, place->weights[BIAS],
                   place->outputs * sizeof *output);
            product(place->weights[OF_INPUT], place->outputs, place->inputs,
                    in, output, 1);
        }
        activate(place->activation, output, place->outputs);
        memcpy(in, output, place->outputs * sizeof *in);
    }
}

#endif
