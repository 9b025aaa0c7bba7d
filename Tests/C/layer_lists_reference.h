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

static inline double limited(double x, double least, double most)
{
    return x < least ? least : x > most ? most : x;
}

/* One value, of the functions that take each by itself. */
static inline double activated(const struct function *function, double x)
{
    double a = function->numbers[0], b = function->numbers[1];
    switch (function->activation) {
    case LEAT_ACTIVATION_RELU: return x > 0 ? x : 0;
    case LEAT_ACTIVATION_SIGMOID: return logistic(x);
    case LEAT_ACTIVATION_TANH: return tanh(x);
    case LEAT_ACTIVATION_LEAKY_RELU: return x > 0 ? x : a * x;
    case LEAT_ACTIVATION_ELU: return x > 0 ? x : a * expm1(x);
    case LEAT_ACTIVATION_GELU: return x * 0.5 * erfc(-x / sqrt(2));
    case LEAT_ACTIVATION_GELU_TANH:
        return x * logistic(2 * sqrt(2 / acos(-1)) *
                            (x + 0.044715 * x * x * x));
    case LEAT_ACTIVATION_SILU: return x * logistic(x);
    case LEAT_ACTIVATION_SOFTPLUS:
        return a * x > b ? x : log1p(exp(a * x)) / a;
    case LEAT_ACTIVATION_SOFTSIGN: return x / (1 + fabs(x));
    case LEAT_ACTIVATION_HARD_SIGMOID: return limited(a * x + b, 0, 1);
    case LEAT_ACTIVATION_HARDTANH: return limited(x, a, b);
    case LEAT_ACTIVATION_HARDSWISH: return x * limited(x + 3, 0, 6) / 6;
    default: return x;
    }
}

static inline void activate(const struct place *place, double *values,
                            size_t count)
{
    uint32_t activation = place->function.activation;
    const double *slopes = place->weights[OF_INPUT];
    double most = values[0], total = 0;
    size_t i;
    for (i = 0; i < count; i++)
        most = values[i] > most ? values[i] : most;
    for (i = 0; i < count; i++) {
        if (activation == LEAT_ACTIVATION_PRELU && values[i] < 0)
            values[i] *= slopes[count % 2 == 0 ? 0 : i];
        total += exp(values[i] - most);
        values[i] = activated(&place->function, values[i]);
    }
    for (i = 0; activation == LEAT_ACTIVATION_SOFTMAX && i < count; i++)
        values[i] = exp(values[i] - most) / total;
    for (i = 0; activation == LEAT_ACTIVATION_LOG_SOFTMAX && i < count; i++)
        values[i] = values[i] - most - log(total);
}

/* An activation within a cell, of a value within the clip. */
static inline double gate(const struct cell *cell,
                          const struct function *function, double x)
{
    if (cell->clip > 0)
        x = limited(x, -cell->clip, cell->clip);
    return activated(function, x);
}

static const struct cell pytorch_cell = { '\0', SIGMOID, TANH, TANH, 0, 0, 0, 0,
                                          { NULL, NULL, NULL }, 0 };

static inline void lstm_step(struct place *place, const double *in, double *out)
{
    const struct cell *cell = place->cell != NULL ? place->cell : &pytorch_cell;
    const double *peephole = place->weights[PEEPHOLE];
    double gates[4 * WIDEST], h[WIDEST];
    size_t units = place->hidden, j;
    for (j = 0; j < 4 * units; j++)
        gates[j] = place->weights[BIAS][j] + place->weights[HIDDEN_BIAS][j];
    product(place->weights[OF_INPUT], 4 * units, place->inputs, in, gates, 1);
    product(place->weights[OF_HIDDEN], 4 * units, place->outputs, place->h,
            gates, 1);
    for (j = 0; j < units; j++) {
        double c = place->c[j], i, f, o;
        double p = peephole != NULL ? peephole[j] : 0;
        double p_f = peephole != NULL ? peephole[units + j] : 0;
        double p_o = peephole != NULL ? peephole[2 * units + j] : 0;
        i = gate(cell, &cell->recurrent, gates[j] + p * c);
        f = cell->input_forget
                ? 1 - i
                : gate(cell, &cell->recurrent, gates[units + j] + p_f * c);
        c = f * c + i * gate(cell, &cell->activation, gates[2 * units + j]);
        o = gate(cell, &cell->recurrent, gates[3 * units + j] + p_o * c);
        h[j] = o * gate(cell, &cell->output, c);
        place->c[j] = c;
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
    const struct cell *cell = place->cell != NULL ? place->cell : &pytorch_cell;
    size_t units = place->hidden, j;
    for (j = 0; j < units; j++)
        out[j] = place->weights[BIAS][j] + place->weights[HIDDEN_BIAS][j];
    product(place->weights[OF_INPUT], units, place->inputs, in, out, 1);
    product(place->weights[OF_HIDDEN], units, units, place->h, out, 1);
    for (j = 0; j < units; j++)
        out[j] = gate(cell, &cell->activation, out[j]);
    memcpy(place->h, out, units * sizeof *out);
}

static inline void gru_step(struct place *place, const double *in, double *out)
{
    const struct cell *cell = place->cell != NULL ? place->cell : &pytorch_cell;
    const double *matrix = place->weights[OF_HIDDEN];
    const double *bias = place->weights[HIDDEN_BIAS];
    double x[3 * WIDEST], h[3 * WIDEST], reset[WIDEST], n[WIDEST];
    size_t units = place->hidden, j;
    memcpy(x, place->weights[BIAS], 3 * units * sizeof *x);
    memcpy(h, bias, 3 * units * sizeof *h);
    product(place->weights[OF_INPUT], 3 * units, place->inputs, in, x, 1);
    product(matrix, 3 * units, units, place->h, h, 1);
    for (j = 0; j < units; j++) {
        double r = gate(cell, &cell->recurrent, x[j] + h[j]);
        reset[j] = r * place->h[j];
        n[j] = r * h[2 * units + j];
    }
    if (cell->reset_before) {
        memcpy(n, bias + 2 * units, units * sizeof *n);
        product(matrix + 2 * units * units, units, units, reset, n, 1);
    }
    for (j = 0; j < units; j++) {
        double z = gate(cell, &cell->recurrent, x[units + j] + h[units + j]);
        out[j] = (1 - z) * gate(cell, &cell->activation, x[2 * units + j] + n[j]) +
                 z * place->h[j];
    }
    memcpy(place->h, out, units * sizeof *out);
}

static inline void scale_step(const struct place *place, const double *in,
                              double *out)
{
    const double *mean = place->weights[MEAN];
    const double *variance = place->weights[VARIANCE];
    size_t j;
    for (j = 0; j < place->outputs; j++) {
        double x = mean != NULL ? (in[j] - mean[j]) / sqrt(variance[j] + 1e-5)
                                : in[j];
        out[j] = x * place->weights[OF_INPUT][j] + place->weights[BIAS][j];
    }
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
    /* The sample, then the output of each place. */
    static double values[PLACES_MOST + 1][WIDEST];
    size_t i, j;
    for (i = 0; i < list->inputs; i++)
        values[0][i] = list->mean != NULL
                           ? (input[i] - list->mean[i]) / list->deviation[i]
                           : input[i];
    for (i = 0; i < list->count; i++) {
        struct place *place = &list->places[i];
        const double *in = values[i];
        memcpy(output, in, place->inputs * sizeof *in);
        if (place->kind == LEAT_LAYER_LSTM)
            lstm_step(place, in, output);
        if (place->kind == LEAT_LAYER_RNN)
            rnn_step(place, in, output);
        if (place->kind == LEAT_LAYER_GRU)
            gru_step(place, in, output);
        if (place->kind == LEAT_LAYER_SCALE)
            scale_step(place, in, output);
        if (place->kind == LEAT_LAYER_LINEAR) {
            memcpy(output, place->weights[BIAS],
                   place->outputs * sizeof *output);
            product(place->weights[OF_INPUT], place->outputs, place->inputs,
                    in, output, 1);
        }
        for (j = 0; place->source != NOT_A_SUM && j < place->outputs; j++)
            output[j] += values[place->source][j];
        activate(place, output, place->outputs);
        memcpy(values[i + 1], output, place->outputs * sizeof *in);
    }
}

#endif
