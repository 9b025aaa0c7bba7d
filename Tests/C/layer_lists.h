/* SPDX-License-Identifier: MIT
 * Random models with any list of layers, in memory, and their outputs in double
 * precision.
 *
 * A list is written as words, `f5:relu l8/3*2:tanh r7 :softmax`: an nn.Linear
 * with 5 outputs and its activation; an nn.LSTM with hidden_size 8, proj_size 3
 * and 2 layers, and an activation after it; an nn.RNN (g: an nn.GRU); an activation
 * alone.
 * `@1e30` before an activation bounds a module's weights. */
#ifndef LEAT_TESTS_LAYER_LISTS_H
#define LEAT_TESTS_LAYER_LISTS_H

#include "random_models.h"

#include <math.h>

enum { PLACES_MOST = 16, LIST_TENSORS = 10 * PLACES_MOST };
enum { OF_INPUT, OF_HIDDEN, OF_PROJECTION, BIAS, HIDDEN_BIAS, WEIGHTS };

/* One layer of the list, as leat_model_layer() must describe it. */
struct place {
    uint32_t kind, activation;
    size_t inputs, outputs, hidden;
    double *weights[WEIGHTS]; /* NULL: none */
    double *h, *c; /* NULL: none */
};

struct list {
    enum dtype type;
    size_t inputs, count, recurrent, widest_hidden, widest_linear;
    uint64_t parameters, macs;
    struct place places[PLACES_MOST];
    double *mean, *deviation; /* NULL: none */
    char layers[256];         /* leat.layers */
    struct tensor tensors[LIST_TENSORS];
    size_t tensor_count;
    uint32_t seed;
    float most; /* for the weights of the next module; 0: ordinary ones */
};

static inline uint32_t activation_of(const char *word)
{
    static const char *const words[] = { "none", "relu", "sigmoid", "tanh",
                                         "softmax" };
    uint32_t i;
    for (i = 0; i < 5; i++)
        if (strncmp(word, words[i], strlen(words[i])) == 0)
            return i;
    give_up(word);
}

/* The values of the last tensor, with its scales, in double precision. */
static inline double *doubles(const struct list *list, enum dtype type)
{
    const struct tensor *scale = &list->tensors[list->tensor_count - 1];
    const struct tensor *t = type == I8 ? scale - 1 : scale;
    size_t columns = t->columns != 0 ? t->columns : 1;
    double *values = (double *)allocate(t->rows * columns * sizeof *values);
    size_t i;
    for (i = 0; i < t->rows * columns; i++) {
        const unsigned char *bytes = (const unsigned char *)t->values;
        uint32_t bits = 0;
        uint16_t half;
        float value;
        if (type == F32)
            memcpy(&bits, bytes + 4 * i, 4);
        memcpy(&half, bytes + (type == F16 || type == BF16 ? 2 * i : 0), 2);
        if (type == BF16)
            bits = (uint32_t)half << 16;
        memcpy(&value, &bits, 4);
        values[i] = value;
        if (type == F16)
            values[i] = ldexp((half & 0x3ff) | (half & 0x7c00 ? 0x400 : 0),
                              (half >> 10 & 31 ? half >> 10 & 31 : 1) - 25) *
                        (half & 0x8000 ? -1 : 1);
        if (type == I8)
            values[i] = (double)(signed char)bytes[i] *
                        ((const float *)scale->values)[i / columns];
    }
    return values;
}

static inline double *add_weights(struct list *list, enum dtype type,
                                  const char *module, const char *leaf,
                                  size_t rows, size_t columns)
{
    char name[64];
    snprintf(name, sizeof name, "%.30s.%.30s", module, leaf);
    add_random(list->tensors, &list->tensor_count, &list->seed, type,
               list->most > 0 ? list->most : columns > 8 ? 0.4f : 0.8f, name,
               rows, columns);
    list->parameters += rows * (columns != 0 ? columns : 1);
    list->macs += rows * columns;
    return doubles(list, type);
}

static inline struct place *add_place(struct list *list, uint32_t kind,
                                      size_t outputs)
{
    struct place *place = &list->places[list->count];
    place->kind = kind;
    place->inputs = list->count > 0 ? place[-1].outputs : list->inputs;
    place->outputs = outputs;
    list->count++;
    return place;
}

static inline void add_recurrent(struct list *list, uint32_t kind,
                                 const char *module, size_t layer,
                                 size_t hidden, size_t projected)
{
    enum dtype bias = list->type == I8 ? F32 : list->type;
    size_t outputs = projected != 0 ? projected : hidden;
    size_t gates = kind == LEAT_LAYER_LSTM  ? 4
                   : kind == LEAT_LAYER_GRU ? 3
                                            : 1;
    size_t rows = gates * hidden;
    struct place *place = add_place(list, kind, outputs);
    char leaf[32];
#define ADD(which, stem, type, rows, columns)                                  \
    sprintf(leaf, stem "_l%zu", layer);                                        \
    place->weights[which] = add_weights(list, type, module, leaf, rows, columns)
    ADD(OF_INPUT, "weight_ih", list->type, rows, place->inputs);
    ADD(OF_HIDDEN, "weight_hh", list->type, rows, outputs);
    ADD(BIAS, "bias_ih", bias, rows, 0);
    ADD(HIDDEN_BIAS, "bias_hh", bias, rows, 0);
    if (projected != 0) {
        ADD(OF_PROJECTION, "weight_hr", list->type, projected, hidden);
    }
#undef ADD
    place->hidden = hidden;
    place->h = (double *)allocate(outputs * sizeof(double));
    if (kind == LEAT_LAYER_LSTM)
        place->c = (double *)allocate(hidden * sizeof(double));
    list->recurrent++;
    if (hidden > list->widest_hidden)
        list->widest_hidden = hidden;
}

static inline void add_linear(struct list *list, const char *module,
                              size_t outputs)
{
    struct place *place = add_place(list, LEAT_LAYER_LINEAR, outputs);
    place->weights[OF_INPUT] = add_weights(list, list->type, module, "weight",
                                           outputs, place->inputs);
    place->weights[BIAS] = add_weights(list, list->type == I8 ? F32
                                                              : list->type,
                                       module, "bias", outputs, 0);
    if (outputs > list->widest_linear)
        list->widest_linear = outputs;
}

static inline void add_normalizer(struct list *list)
{
    float *deviations;
    size_t i;
    list->mean = add_weights(list, F32, "norm", "input_mean", list->inputs, 0);
    free(add_weights(list, F32, "norm", "input_std", list->inputs, 0));
    deviations = (float *)(uintptr_t)
        list->tensors[list->tensor_count - 1].values;
    for (i = 0; i < list->inputs; i++)
        deviations[i] = 0.5f + (float)i / 8;
    list->deviation = doubles(list, F32);
}

/* A list with random weights; list_free() it. */
static inline void list_make(struct list *list, const char *text, size_t inputs,
                             enum dtype type, int has_normalizer, uint32_t seed)
{
    const char *word;
    size_t length = 0, layer;
    memset(list, 0, sizeof *list);
    list->type = type;
    list->inputs = inputs;
    list->seed = seed;
    if (has_normalizer)
        add_normalizer(list);
    for (word = text; *word != '\0'; word += strcspn(word, " ")) {
        char module[16] = "", *end;
        uint32_t activation = LEAT_ACTIVATION_NONE;
        word += strspn(word, " ");
        end = (char *)(uintptr_t)word;
        if (*word != ':') {
            size_t size = strtoul(word + 1, &end, 10), projected = 0, times = 1;
            if (*end == '/')
                projected = strtoul(end + 1, &end, 10);
            if (*end == '*')
                times = strtoul(end + 1, &end, 10);
            list->most = *end == '@' ? strtof(end + 1, &end) : 0;
            sprintf(module, "%c%zu", *word, list->count);
            if (*word == 'f')
                add_linear(list, module, size);
            else
                for (layer = 0; layer < times; layer++)
                    add_recurrent(list, *word == 'r'   ? LEAT_LAYER_RNN
                                        : *word == 'g' ? LEAT_LAYER_GRU
                                                       : LEAT_LAYER_LSTM,
                                  module, layer, size, projected);
        }
        length += (size_t)sprintf(list->layers + length, "%s%s%.*s",
                                  length > 0 ? " " : "", module,
                                  (int)strcspn(end, " "), end);
        if (*end != ':')
            continue;
        activation = activation_of(end + 1);
        if (*word == 'f')
            list->places[list->count - 1].activation = activation;
        else if (*word == ':' || activation != LEAT_ACTIVATION_NONE)
            add_place(list, LEAT_LAYER_ACTIVATION,
                      list->places[list->count - 1].outputs)
                ->activation = activation;
    }
}

static inline void list_free(struct list *list)
{
    size_t i, k;
    for (i = 0; i < list->tensor_count; i++)
        free((void *)(uintptr_t)list->tensors[i].values);
    for (i = 0; i < list->count; i++) {
        for (k = 0; k < WEIGHTS; k++)
            free(list->places[i].weights[k]);
        free(list->places[i].h);
        free(list->places[i].c);
    }
    free(list->mean);
    free(list->deviation);
}

static inline unsigned char *list_file(const struct list *list, size_t *size)
{
    return make_formatted(list->tensors, list->tensor_count, "2", list->layers,
                          size);
}

/* Its model, in its own memory; free() *block. */
static inline const leat_model *list_model(const struct list *list,
                                           void **block)
{
    size_t size;
    unsigned char *file = list_file(list, &size);
    const leat_model *model = model_of(file, size, block);
    free(file);
    return model;
}

#endif
