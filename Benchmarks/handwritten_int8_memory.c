/* SPDX-License-Identifier: MIT
 * The weights of the hand-written step of int8, in the order in which it reads
 * them. */
#include "handwritten_int8.h"
#include "handwritten.h"

#include <stdlib.h>
#include <string.h>

enum { UNITS = 32 };

int handwritten_int8_fits(const struct shape *shape)
{
#if defined(__x86_64__)
    return !shape->is_gru && shape->hidden % UNITS == 0 && has_avx512() &&
           __builtin_cpu_supports("avx512vnni");
#else
    (void)shape;
    return 0;
#endif
}

static void *zeros(size_t size)
{
    return memset(make_block(size), 0, size);
}

static void bytes_make(struct bytes *bytes, size_t count)
{
    const size_t room = (count + 15) / 16 * 16;
    bytes->count = count;
    bytes->low = zeros(room);
    /* Those of h before the first step, which are 0. */
    bytes->high = memset(zeros(room), 128, room);
    bytes->scale = 0;
}

static void bytes_free(struct bytes *bytes)
{
    free(bytes->low);
    free(bytes->high);
}

static void matrix_make(struct int8_matrix *matrix, const float *rows,
                        size_t columns, size_t hidden)
{
    const size_t padded = (columns + 3) / 4 * 4, count = 4 * hidden;
    int8_t *rounded = make_block(columns);
    size_t place, k;
    matrix->columns = padded;
    matrix->weights = zeros(count * padded);
    matrix->correction = zeros(count * sizeof *matrix->correction);
    matrix->scales = zeros(count * sizeof *matrix->scales);
    for (place = 0; place < count; place++) {
        const size_t pair = place / (4 * UNITS), within = place % (4 * UNITS);
        const size_t row =
            within / UNITS * hidden + pair * UNITS + within % UNITS;
        matrix->scales[place] = round_row(rows + row * columns, columns, rounded);
        for (k = 0; k < columns; k++) {
            matrix->weights[pair * 4 * UNITS * padded +
                            (k / 4 * 4 * UNITS + within) * 4 + k % 4] =
                rounded[k];
            matrix->correction[place] -= 32768 * rounded[k];
        }
    }
    free(rounded);
}

static void matrix_free(struct int8_matrix *matrix)
{
    free(matrix->weights);
    free(matrix->correction);
    free(matrix->scales);
}

void handwritten_int8_make(struct handwritten_int8 *handwritten,
                           const struct network *network, int alternates)
{
    const struct shape *shape = &network->shape;
    const size_t hidden = shape->hidden;
    int8_t *rounded = make_block(hidden);
    size_t l, k;
    memset(handwritten, 0, sizeof *handwritten);
    handwritten->layer_count = shape->layers;
    handwritten->hidden = hidden;
    handwritten->alternates = alternates;
#if defined(__x86_64__)
    handwritten->step = step_int8_by_vnni;
#endif
    bytes_make(&handwritten->sample, shape->inputs);
    for (l = 0; l < shape->layers; l++) {
        struct int8_layer *layer = &handwritten->layers[l];
        matrix_make(&layer->ih, network->weight_ih[l], layer_inputs(shape, l),
                    hidden);
        matrix_make(&layer->hh, network->weight_hh[l], hidden, hidden);
        layer->bias = make_block(16 * hidden);
        for (k = 0; k < 4 * hidden; k++) {
            const size_t pair = k / (4 * UNITS), within = k % (4 * UNITS);
            const size_t row =
                within / UNITS * hidden + pair * UNITS + within % UNITS;
            layer->bias[k] = network->bias_ih[l][row] + network->bias_hh[l][row];
        }
        layer->cell = zeros(4 * hidden);
        layer->hidden[0] = zeros(4 * hidden);
        layer->hidden[1] = zeros(4 * hidden);
        bytes_make(&layer->rounded, hidden);
    }
    handwritten->head = make_block(4 * hidden);
    handwritten->head_scale = round_row(network->head_weight, hidden, rounded);
    for (k = 0; k < hidden; k++)
        handwritten->head[k] = rounded[k];
    handwritten->head_bias = network->head_bias[0];
    free(rounded);
}

void handwritten_int8_free(struct handwritten_int8 *handwritten)
{
    size_t l;
    for (l = 0; l < handwritten->layer_count; l++) {
        struct int8_layer *layer = &handwritten->layers[l];
        matrix_free(&layer->ih);
        matrix_free(&layer->hh);
        free(layer->bias);
        free(layer->cell);
        free(layer->hidden[0]);
        free(layer->hidden[1]);
        bytes_free(&layer->rounded);
    }
    bytes_free(&handwritten->sample);
    free(handwritten->head);
}
