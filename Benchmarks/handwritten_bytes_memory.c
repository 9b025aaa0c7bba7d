/* SPDX-License-Identifier: MIT
 * The weights of the hand-written step of integers, in the order in which it
 * reads them. */
#include "handwritten_bytes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void *zeros(size_t size)
{
    void *block = make_block(size);
    memset(block, 0, size);
    return block;
}

/* The scale of a row, as model_files.c writes it. */
static float scale_of(const float *row, size_t columns)
{
    float largest = 0;
    size_t k;
    for (k = 0; k < columns; k++)
        largest = fmaxf(largest, fabsf(row[k]));
    return largest > 0 ? largest / 127 : 1;
}

/* Where the row of a gate of a unit is among all rows. */
static size_t place_of(size_t gate, size_t unit, size_t panels)
{
    size_t group = unit / (16 * panels), panel = unit / 16 % panels;
    return ((group * 4 + gate) * panels + panel) * 16 + unit % 16;
}

static void pack(struct handwritten_matrix *m, const float *values,
                 size_t columns, size_t hidden, size_t panels)
{
    size_t quads = (columns + 3) / 4, rows = 64 * panels, gate, unit, k;
    long most = 0x7fffffff / (128 * (long)columns);
    m->columns = columns;
    m->largest = (float)(most < 32767 ? most : 32767);
    m->weights = zeros(4 * hidden * quads * 4);
    m->scales = zeros(16 * hidden);
    m->sums = zeros(16 * hidden);
    m->vector = zeros(8 * quads + 32);
    for (gate = 0; gate < 4; gate++)
        for (unit = 0; unit < hidden; unit++) {
            const float *row = values + (gate * hidden + unit) * columns;
            size_t place = place_of(gate, unit, panels), group = place / rows;
            float scale = scale_of(row, columns);
            m->scales[place] = scale;
            for (k = 0; k < columns; k++) {
                int q = (int)lrintf(row[k] / scale) + 128;
                m->weights[((group * quads + k / 4) * rows + place % rows) * 4 +
                           k % 4] = (uint8_t)q;
                m->sums[place] += 128 * q;
            }
        }
}

void handwritten_bytes_make(struct handwritten_bytes *handwritten,
                            const struct network *network, size_t panels)
{
    size_t hidden = network->shape.hidden, l, gate, unit, k;
    memset(handwritten, 0, sizeof *handwritten);
    handwritten->layer_count = network->shape.layers;
    handwritten->hidden = hidden;
    handwritten->panels = panels;
    for (l = 0; l < handwritten->layer_count; l++) {
        float *bias = handwritten->layers[l].bias = zeros(16 * hidden);
        pack(&handwritten->layers[l].ih, network->weight_ih[l],
             layer_inputs(&network->shape, l), hidden, panels);
        pack(&handwritten->layers[l].hh, network->weight_hh[l], hidden, hidden,
             panels);
        handwritten->layers[l].cell = zeros(4 * hidden);
        handwritten->layers[l].h = zeros(4 * hidden);
        for (gate = 0; gate < 4; gate++)
            for (unit = 0; unit < hidden; unit++)
                bias[place_of(gate, unit, panels)] =
                    network->bias_ih[l][gate * hidden + unit] +
                    network->bias_hh[l][gate * hidden + unit];
    }
    handwritten->head = zeros(4 * hidden);
    handwritten->head_scale = scale_of(network->head_weight, hidden);
    for (k = 0; k < hidden; k++)
        handwritten->head[k] =
            rintf(network->head_weight[k] / handwritten->head_scale);
    handwritten->head_bias = network->head_bias[0];
}

static void free_matrix(struct handwritten_matrix *m)
{
    free(m->weights);
    free(m->scales);
    free(m->sums);
    free(m->vector);
}

void handwritten_bytes_free(struct handwritten_bytes *handwritten)
{
    size_t l;
    for (l = 0; l < handwritten->layer_count; l++) {
        free_matrix(&handwritten->layers[l].ih);
        free_matrix(&handwritten->layers[l].hh);
        free(handwritten->layers[l].bias);
        free(handwritten->layers[l].cell);
        free(handwritten->layers[l].h);
    }
    free(handwritten->head);
}
