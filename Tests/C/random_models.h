/* SPDX-License-Identifier: MIT
 * Random models of any shape and dtype, in memory. */
#ifndef LEAT_TESTS_RANDOM_MODELS_H
#define LEAT_TESTS_RANDOM_MODELS_H

#include "safetensors.h"

enum { LAYERS_MOST = 4, TENSORS_MOST = 2 + LAYERS_MOST * (8 + 3) };

struct shape {
    size_t inputs;
    size_t hidden[LAYERS_MOST];    /* one nn.LSTM of one layer each */
    const char *kinds; /* a letter for each: l, r nn.RNN, g nn.GRU; NULL: l */
    size_t projected[LAYERS_MOST]; /* its proj_size, or 0 */
    size_t linear[LAYERS_MOST];
    const char *activations; /* a letter for each nn.Linear: n r s t x */
    int has_bias, has_normalizer;
    float weight; /* the largest magnitude; 0: about 1 / sqrt of the inputs */
};

static inline uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Between -most and most. */
static inline float random_float(uint32_t *seed, float most)
{
    return ((float)next_random(seed) / 8388608.0f - 1) * most;
}

static inline void random_floats(uint32_t *seed, float *values, size_t count,
                                 float most)
{
    while (count-- > 0)
        *values++ = random_float(seed, most);
}

/* Rounded towards 0 to binary16. */
static inline uint16_t half_of(float value)
{
    uint32_t bits, exponent;
    memcpy(&bits, &value, 4);
    exponent = bits >> 23 & 255;
    if (exponent <= 112) /* subnormal */
        return (uint16_t)((bits >> 16 & 0x8000) |
                          (exponent < 102 ? 0 : ((bits & 0x7fffff) | 0x800000)
                                                    >> (126 - exponent)));
    return (uint16_t)((bits >> 16 & 0x8000) | (exponent - 112) << 10 |
                      (bits >> 13 & 0x3ff));
}

/* A tensor of this many random values of `type`, none above `most`. A tensor of
 * scales follows those of integers. */
static inline void add_random(struct tensor *tensors, size_t *count,
                              uint32_t *seed, enum dtype type, float most,
                              const char *name, size_t rows, size_t columns)
{
    struct tensor *tensor = &tensors[(*count)++];
    size_t elements, i;
    unsigned char *bytes;
    snprintf(tensor->name, sizeof tensor->name, "%s", name);
    tensor->rows = rows;
    tensor->columns = columns;
    tensor->type = type;
    elements = rows * (columns != 0 ? columns : 1);
    bytes = (unsigned char *)allocate(elements * 4);
    tensor->values = bytes;
    for (i = 0; i < elements; i++) {
        /* Some are zero, of either sign. */
        float value = next_random(seed) % 16 == 0
                          ? (next_random(seed) % 2 ? 0.0f : -0.0f)
                          : random_float(seed, most);
        uint16_t half = half_of(value);
        uint32_t bits;
        memcpy(&bits, &value, 4);
        if (type == F32)
            memcpy(bytes + 4 * i, &bits, 4);
        if (type == BF16)
            half = (uint16_t)(bits >> 16);
        if (type == F16 || type == BF16)
            memcpy(bytes + 2 * i, &half, 2);
        if (type == I8)
            bytes[i] = (unsigned char)(next_random(seed) % 255 - 127);
    }
    if (type == I8) {
        float *scales = (float *)allocate(rows * 4);
        struct tensor *scale = &tensors[(*count)++];
        for (i = 0; i < rows; i++)
            scales[i] = most / 127 * (0.5f + (float)(i % 8) / 16);
        memset(scale, 0, sizeof *scale);
        snprintf(scale->name, sizeof scale->name, "%.50s_scale", name);
        scale->rows = rows;
        scale->values = scales;
    }
}

/* The file of such a model; free() it. With integers, biases are floats. */
static inline unsigned char *random_file(const struct shape *shape,
                                         enum dtype type, uint32_t seed,
                                         size_t *file_size)
{
    struct tensor tensors[TENSORS_MOST];
    enum dtype bias_type = type == I8 ? F32 : type;
    char layers[128] = "", name[64];
    size_t count = 0, length = 0, width = shape->inputs, i;
    const char *format = NULL;
    unsigned char *file;
    memset(tensors, 0, sizeof tensors);
    if (shape->has_normalizer) {
        add_random(tensors, &count, &seed, F32, 2, "input_mean", width, 0);
        add_random(tensors, &count, &seed, F32, 1, "input_std", width, 0);
        for (i = 0; i < width; i++) {
            float deviation = 0.5f + (float)i / 8;
            memcpy((float *)tensors[1].values + i, &deviation, 4);
        }
    }
    for (i = 0; i < LAYERS_MOST && shape->hidden[i] != 0; i++) {
        size_t hidden = shape->hidden[i];
        size_t out = shape->projected[i] != 0 ? shape->projected[i] : hidden;
        char kind = shape->kinds != NULL ? shape->kinds[i] : 'l';
        size_t rows = (kind == 'r' ? 1 : kind == 'g' ? 3 : 4) * hidden;
        float most = shape->weight != 0 ? shape->weight
                     : hidden < 8       ? 0.7f
                                        : 0.25f;
#define ADD(leaf, type, rows, columns)                                         \
    snprintf(name, sizeof name, "m%zu.%s_l0", i, leaf);                        \
    add_random(tensors, &count, &seed, type, most, name, rows, columns)
        ADD("weight_ih", type, rows, width);
        ADD("weight_hh", type, rows, out);
        if (shape->has_bias) {
            ADD("bias_ih", bias_type, rows, 0);
            ADD("bias_hh", bias_type, rows, 0);
        }
        if (out != hidden) {
            ADD("weight_hr", type, out, hidden);
        }
#undef ADD
        if (kind != 'l')
            format = "2";
        length += (size_t)sprintf(layers + length, "%sm%zu", i > 0 ? " " : "",
                                  i);
        width = out;
    }
    for (i = 0; i < LAYERS_MOST && shape->linear[i] != 0; i++) {
        static const char letters[] = "nrstx";
        static const char *const words[] = { "none", "relu", "sigmoid", "tanh",
                                             "softmax" };
        size_t word = (size_t)(strchr(letters, shape->activations[i]) -
                               letters);
        snprintf(name, sizeof name, "n%zu.weight", i);
        add_random(tensors, &count, &seed, type, 0.5f, name, shape->linear[i],
                   width);
        if (shape->has_bias) {
            snprintf(name, sizeof name, "n%zu.bias", i);
            add_random(tensors, &count, &seed, bias_type, 0.5f, name,
                       shape->linear[i], 0);
        }
        length += (size_t)sprintf(layers + length, " n%zu:%s", i, words[word]);
        width = shape->linear[i];
    }
    file = make_formatted(tensors, count, format, layers, file_size);
    for (i = 0; i < count; i++)
        free((void *)(uintptr_t)tensors[i].values);
    return file;
}

/* Such a model in its own memory; free() *block. */
static inline const leat_model *random_model(const struct shape *shape,
                                             enum dtype type, uint32_t seed,
                                             void **block)
{
    size_t size;
    unsigned char *file = random_file(shape, type, seed, &size);
    const leat_model *model = model_of(file, size, block);
    free(file);
    return model;
}

#endif
