/* SPDX-License-Identifier: MIT
 * Random models with any list of layers, in memory, and their outputs in double
 * precision.
 *
 * A list is written as words, `f5:relu l8/3*2:tanh r7 :elu(2) b p +l1`: an
 * nn.Linear with 5 outputs and its activation; an nn.LSTM with hidden_size 8,
 * proj_size 3 and 2 layers, and an activation after it; an nn.RNN (g: an
 * nn.GRU); an activation alone; an nn.BatchNorm1d; an nn.PReLU; a sum with the
 * module of the second word, whose name is its letter and its place. A module
 * of size 0 is as wide as its input. A last word `u` gives outputs in units.
 * `@1e30` before an activation bounds a module's weights. A letter after a
 * recurrent module's size chooses another cell: see `cells`. */
#ifndef LEAT_TESTS_LAYER_LISTS_H
#define LEAT_TESTS_LAYER_LISTS_H

#include "random_models.h"

#include <math.h>

enum { PLACES_MOST = 24, LIST_TENSORS = 10 * PLACES_MOST };
enum { OF_INPUT, OF_HIDDEN, OF_PROJECTION, BIAS, HIDDEN_BIAS, PEEPHOLE, MEAN,
       VARIANCE, WEIGHTS };
enum { NOT_A_SUM = -1, OF_SAMPLE = 0 }; /* or the number of a place, from 1 */

/* An activation and its numbers. */
struct function {
    uint32_t activation;
    double numbers[2];
};

/* Cells that aren't PyTorch's, and how the metadata says so. */
struct cell {
    char letter;
    struct function recurrent, activation, output;
    double clip; /* 0: none */
    int has_peepholes, input_forget, reset_before;
    const char *arguments[3];
    float most; /* for the weights, divided by the size; 0: ordinary ones */
};

#define SIGMOID      { LEAT_ACTIVATION_SIGMOID, { 0, 0 } }
#define TANH         { LEAT_ACTIVATION_TANH, { 0, 0 } }
#define RELU         { LEAT_ACTIVATION_RELU, { 0, 0 } }
#define SOFTSIGN     { LEAT_ACTIVATION_SOFTSIGN, { 0, 0 } }
#define HARD_SIGMOID { LEAT_ACTIVATION_HARD_SIGMOID, { 0.2f, 0.5f } }

static const struct cell cells[] = {
    { 'p', SIGMOID, TANH, TANH, 0, 1, 0, 0, { NULL, NULL, NULL }, 0 },
    { 'k', SIGMOID, TANH, TANH, 1.5, 0, 1, 0,
      { "clip\":\"1.5", "input_forget\":\"True", NULL }, 0 },
    { 'c', SIGMOID, TANH, TANH, 0.75, 0, 0, 0,
      { "clip\":\"7.5e-1", NULL, NULL }, 0 },
    { 'h', HARD_SIGMOID, SOFTSIGN, TANH, 0, 1, 0, 0,
      { "recurrent_activation\":\"hard_sigmoid(0.2,0.5)",
        "activation\":\"softsign", "output_activation\":\"tanh" }, 0 },
    { 'a', HARD_SIGMOID, SOFTSIGN, SOFTSIGN, 0, 0, 0, 1,
      { "recurrent_activation\":\"hard_sigmoid(0.2,0.5)",
        "activation\":\"softsign", "reset_after\":\"False" }, 0 },
    { 'b', SIGMOID, TANH, TANH, 0, 0, 0, 1,
      { "reset_after\":\"False", NULL, NULL }, 0 },
    { 'u', SIGMOID, RELU, TANH, 0, 0, 0, 0,
      { "activation\":\"relu", "output_activation\":\"tanh", NULL }, 0 },
    { 'v', SIGMOID, RELU, RELU, 0, 0, 0, 0,
      { "activation\":\"relu", NULL, NULL }, 0.3f },
    { 'n', SIGMOID, RELU, TANH, 0, 0, 0, 0,
      { "nonlinearity\":\"relu", NULL, NULL }, 0.5f },
    { 's', SIGMOID, SOFTSIGN, TANH, 2, 0, 0, 0,
      { "nonlinearity\":\"softsign", "clip\":\"2", NULL }, 0 },
};

/* One layer of the list, as leat_model_layer() must describe it. */
struct place {
    uint32_t kind;
    struct function function;
    size_t inputs, outputs, hidden;
    int source; /* of a sum */
    const struct cell *cell; /* NULL: PyTorch's */
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
    char arguments[1024];     /* other metadata */
    size_t sums, other_cells;
    size_t modules;
    struct { char name[16]; size_t end; } ends[PLACES_MOST];
    struct tensor tensors[LIST_TENSORS];
    size_t tensor_count;
    uint32_t seed;
    float most; /* for the weights of the next module; 0: ordinary ones */
};

static inline struct function function_of(const char *word)
{
    static const char *const words[] = {
        "none", "relu", "sigmoid", "tanh", "softmax", "leaky_relu", "elu",
        "gelu", "gelu_tanh", "silu", "softplus", "softsign", "hard_sigmoid",
        "hardtanh", "hardswish", "prelu", "log_softmax"
    };
    static const double defaults[][2] = {
        { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0.01f, 0 },
        { 1, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 1, 20 }, { 0, 0 },
        { 1 / 6.0f, 0.5 }, { -1, 1 }, { 0, 0 }, { 0, 0 }, { 0, 0 }
    };
    struct function made = { LEAT_ACTIVATION_HARDTANH, { 0, 6 } };
    size_t length = strcspn(word, " (");
    uint32_t i;
    char *end;
    if (length == 5 && strncmp(word, "relu6", length) == 0)
        return made;
    for (i = 0; i < sizeof words / sizeof *words; i++) {
        if (length != strlen(words[i]) || strncmp(word, words[i], length) != 0)
            continue;
        made.activation = i;
        memcpy(made.numbers, defaults[i], sizeof made.numbers);
        if (word[length] == '(') {
            made.numbers[0] = strtof(word + length + 1, &end);
            if (*end == ',')
                made.numbers[1] = strtof(end + 1, &end);
        }
        return made;
    }
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
    place->source = NOT_A_SUM;
    place->inputs = list->count > 0 ? place[-1].outputs : list->inputs;
    place->outputs = outputs;
    list->count++;
    return place;
}

static inline void add_recurrent(struct list *list, uint32_t kind,
                                 const char *module, size_t layer,
                                 size_t hidden, size_t projected,
                                 const struct cell *cell)
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
    if (cell != NULL && cell->has_peepholes && kind == LEAT_LAYER_LSTM) {
        ADD(PEEPHOLE, "peephole", bias, 3 * hidden, 0);
        list->macs += 3 * hidden;
    }
#undef ADD
    place->cell = cell;
    list->other_cells += cell != NULL;
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

/* An nn.BatchNorm1d, or with `is_last` outputs in units. */
static inline void add_scale(struct list *list, const char *module, int is_last)
{
    struct place *place = add_place(list, LEAT_LAYER_SCALE, 0);
    size_t size = place->outputs = place->inputs, i;
    float *variances;
    place->weights[OF_INPUT] = add_weights(
        list, F32, module, is_last ? "output_std" : "weight", size, 0);
    place->weights[BIAS] = add_weights(
        list, F32, module, is_last ? "output_mean" : "bias", size, 0);
    if (is_last)
        return;
    place->weights[MEAN] = add_weights(list, F32, module, "running_mean", size,
                                       0);
    free(add_weights(list, F32, module, "running_var", size, 0));
    variances = (float *)(uintptr_t)
        list->tensors[list->tensor_count - 1].values;
    for (i = 0; i < size; i++)
        variances[i] = 0.25f + (float)(i % 16) / 8;
    place->weights[VARIANCE] = doubles(list, F32);
}

/* An nn.PReLU with one slope if its input has an even size. */
static inline void add_prelu(struct list *list, const char *module)
{
    struct place *place = add_place(list, LEAT_LAYER_ACTIVATION, 0);
    place->outputs = place->inputs;
    place->function.activation = LEAT_ACTIVATION_PRELU;
    place->weights[OF_INPUT] = add_weights(
        list, F32, module, "weight",
        place->inputs % 2 == 0 ? 1 : place->inputs, 0);
}

/* `+NAME` or `+NAME[0:SIZE]` */
static inline void add_sum(struct list *list, const char *word)
{
    size_t length = strcspn(word + 1, " ["), i;
    struct place *place = add_place(list, LEAT_LAYER_SUM, 0);
    place->outputs = place->inputs;
    place->source = OF_SAMPLE;
    list->sums++;
    for (i = 0; i < list->modules; i++)
        if (strlen(list->ends[i].name) == length &&
            strncmp(list->ends[i].name, word + 1, length) == 0)
            place->source = (int)list->ends[i].end;
}

/* Begins a module, which ends the one before. */
static inline void add_module(struct list *list, char letter, char *name)
{
    size_t i = list->modules++;
    if (i > 0)
        list->ends[i - 1].end = list->count;
    sprintf(name, "%c%zu", letter, list->count);
    strcpy(list->ends[i].name, name);
}

static inline const struct cell *cell_of(struct list *list, char letter,
                                         const char *module, size_t size)
{
    size_t i, k;
    for (i = 0; i < sizeof cells / sizeof *cells; i++) {
        if (cells[i].letter != letter)
            continue;
        for (k = 0; k < 3 && cells[i].arguments[k] != NULL; k++)
            sprintf(list->arguments + strlen(list->arguments),
                    "\",\"leat.%s.%s", module, cells[i].arguments[k]);
        if (cells[i].most > 0)
            list->most = cells[i].most / (float)size;
        return &cells[i];
    }
    return NULL;
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
        const char *kind = "";
        struct function function = { LEAT_ACTIVATION_NONE, { 0, 0 } };
        word += strspn(word, " ");
        end = (char *)(uintptr_t)word;
        if (*word == '+') {
            add_sum(list, word);
        } else if (*word == 'u') {
            add_scale(list, "units", 1);
            continue;
        } else if (*word != ':') {
            const struct cell *cell;
            size_t size = strtoul(word + 1, &end, 10), projected = 0, times = 1;
            add_module(list, *word, module);
            cell = cell_of(list, *end, module, size);
            end += cell != NULL;
            if (*end == '/')
                projected = strtoul(end + 1, &end, 10);
            if (*end == '*')
                times = strtoul(end + 1, &end, 10);
            if (*end == '@')
                list->most = strtof(end + 1, &end);
            if (*word == 'f')
                add_linear(list, module, size);
            else if (*word == 'b')
                add_scale(list, module, 0);
            else if (*word == 'p')
                add_prelu(list, module), kind = "=prelu";
            else
                for (layer = 0; layer < times; layer++)
                    add_recurrent(list, *word == 'r'   ? LEAT_LAYER_RNN
                                        : *word == 'g' ? LEAT_LAYER_GRU
                                                       : LEAT_LAYER_LSTM,
                                  module, layer, size, projected, cell);
            list->most = 0;
        }
        length += (size_t)sprintf(list->layers + length, "%s%s%s%.*s",
                                  length > 0 ? " " : "", module, kind,
                                  (int)strcspn(end, " "), end);
        if (*end != ':')
            continue;
        function = function_of(end + 1);
        if (*word == 'f')
            list->places[list->count - 1].function = function;
        else if (*word == ':' || function.activation != LEAT_ACTIVATION_NONE)
            add_place(list, LEAT_LAYER_ACTIVATION,
                      list->places[list->count - 1].outputs)
                ->function = function;
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
    char both[sizeof list->layers + sizeof list->arguments];
    snprintf(both, sizeof both, "%s%s", list->layers, list->arguments);
    return make_formatted(list->tensors, list->tensor_count, "2", both, size);
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
