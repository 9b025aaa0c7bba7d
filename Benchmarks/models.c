/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* madvise() */
#include "models.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

const struct shape shapes[SHAPES] = {
    {"A", 1, 16, 1, 0},   {"B", 3, 32, 1, 0},   {"C", 8, 64, 1, 0},
    {"D", 16, 128, 2, 0}, {"E", 64, 256, 2, 0}, {"F", 64, 512, 2, 0}};

const struct shape gru_shapes[GRU_SHAPES] = {{"GRU 8", 1, 8, 1, 1},
                                             {"GRU 16", 1, 16, 1, 1},
                                             {"GRU 40", 1, 40, 1, 1},
                                             {"GRU 64", 3, 64, 1, 1},
                                             {"GRU 128", 16, 128, 1, 1}};

const char *const format_names[FORMATS] = {"F32", "F16", "BF16", "I8"};

const struct shape *shape_named(char letter)
{
    return &shapes[letter - 'A'];
}

size_t shape_gates(const struct shape *shape)
{
    return shape->is_gru ? 3 : 4;
}

size_t layer_inputs(const struct shape *shape, size_t layer)
{
    return layer == 0 ? shape->inputs : shape->hidden;
}

size_t shape_macs(const struct shape *shape)
{
    size_t macs = shape->hidden, l;
    for (l = 0; l < shape->layers; l++)
        macs += shape_gates(shape) * shape->hidden *
                (layer_inputs(shape, l) + shape->hidden);
    return macs;
}

size_t shape_bytes(const struct shape *shape)
{
    /* A model holds the sum of a gate's two biases, but both of n of a GRU:
     * four for each unit. */
    return 4 * (shape_macs(shape) + 4 * shape->hidden * shape->layers + 1);
}

static void *make_aligned(size_t size, size_t alignment)
{
    void *block = NULL;
    if (posix_memalign(&block, alignment, size) != 0) {
        fprintf(stderr, "no memory for %zu bytes\n", size);
        exit(2);
    }
    return block;
}

void *make_block(size_t size)
{
    return make_aligned(size, 64);
}

void *make_weights_block(size_t size, size_t model_size)
{
    const size_t page = 2 << 20;
    size_t whole = (size + page - 1) / page * page;
    void *block;
    if (model_size < 8 << 20)
        return make_block(size);
    block = make_aligned(whole, page);
    madvise(block, whole, MADV_HUGEPAGE); /* where the system has them */
    return block;
}

static double next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-52 - 1;
}

static float *random_floats(size_t count, double bound, uint64_t *state)
{
    float *values = make_block(count * sizeof *values);
    size_t i;
    for (i = 0; i < count; i++)
        values[i] = (float)(bound * next_random(state));
    return values;
}

float *make_inputs(size_t count)
{
    uint64_t state = 7;
    return random_floats(count, 1, &state);
}

void network_make(struct network *network, const struct shape *shape)
{
    size_t rows = shape_gates(shape) * shape->hidden, l;
    double bound = 1 / sqrt((double)shape->hidden);
    uint64_t state = rows;
    memset(network, 0, sizeof *network);
    network->shape = *shape;
    for (l = 0; l < shape->layers; l++) {
        network->weight_ih[l] =
            random_floats(rows * layer_inputs(shape, l), bound, &state);
        network->weight_hh[l] =
            random_floats(rows * shape->hidden, bound, &state);
        network->bias_ih[l] = random_floats(rows, bound, &state);
        network->bias_hh[l] = random_floats(rows, bound, &state);
    }
    network->head_weight = random_floats(shape->hidden, bound, &state);
    network->head_bias = random_floats(1, bound, &state);
}

void network_free(struct network *network)
{
    size_t l;
    for (l = 0; l < LAYERS_MOST; l++) {
        free(network->weight_ih[l]);
        free(network->weight_hh[l]);
        free(network->bias_ih[l]);
        free(network->bias_hh[l]);
    }
    free(network->head_weight);
    free(network->head_bias);
}
