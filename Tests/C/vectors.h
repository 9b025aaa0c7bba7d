/* SPDX-License-Identifier: MIT
 * The cases of Tests/Vectors, whose README.md describes the files. */
#ifndef LEAT_TESTS_VECTORS_H
#define LEAT_TESTS_VECTORS_H

#include "leat.h"

#include "check.h"
#include "files.h"
#include "kernels.h"

struct vector {
    char name[256];
    size_t steps, inputs, outputs;
    uint32_t layers;
    size_t state_floats; /* in h and c of all layers */
    double tolerance64, tolerance32;
    unsigned char *file;
    size_t file_size;
    float *input, *output32, *state32;
    double *output64, *state64;
    void *block; /* holds the model */
    const leat_model *model;
    size_t stream_size, state_size;
};

/* The recurrent layer with this index, counted among the recurrent ones. */
static inline leat_layer_info_t recurrent_layer(const leat_model *model,
                                                uint32_t recurrent)
{
    leat_layer_info_t layer;
    uint32_t place = 0;
    do
        if (!CHECK_EQUAL(leat_model_layer(model, place++, &layer, NULL), 0))
            exit(check_report("leat_model_layer"));
    while (layer.recurrent != recurrent);
    return layer;
}

/* The number of floats in its c. */
static inline size_t cell_size(const leat_layer_info_t *layer)
{
    return layer->kind == LEAT_LAYER_LSTM ? layer->hidden_size : 0;
}

/* A file of a case, which must have this many bytes. */
static inline void *vector_file(const char *folder, const char *name,
                                const char *file, size_t expected)
{
    char path[512];
    size_t size;
    void *bytes;
    snprintf(path, sizeof path, "%s/%s/%s", folder, name, file);
    bytes = file_bytes(path, &size);
    if (size != expected) {
        fprintf(stderr, "%s: %zu bytes, expected %zu\n", path, size, expected);
        exit(2);
    }
    return bytes;
}

/* Read case.txt, and check the model's own description against it. */
static inline void vector_describe(struct vector *v, const char *folder)
{
    char path[512], key[64];
    unsigned number, input, hidden, output;
    leat_layer_info_t layer;
    FILE *file;
    snprintf(path, sizeof path, "%s/%s/case.txt", folder, v->name);
    if ((file = fopen(path, "r")) == NULL)
        give_up(path);
    while (fscanf(file, "%63s", key) == 1) {
        if (strcmp(key, "steps") == 0 && fscanf(file, "%u", &number) == 1)
            v->steps = number;
        if (strcmp(key, "inputs") == 0 && fscanf(file, "%u", &number) == 1)
            v->inputs = number;
        if (strcmp(key, "outputs") == 0 && fscanf(file, "%u", &number) == 1)
            v->outputs = number;
        if ((strcmp(key, "lstm_layers") == 0 ||
             strcmp(key, "rnn_layers") == 0 ||
             strcmp(key, "gru_layers") == 0) && fscanf(file, "%u", &number) == 1)
            v->layers += number;
        if (strcmp(key, "tolerance_f64") == 0 &&
            fscanf(file, "%lf", &v->tolerance64) != 1)
            give_up(path);
        if (strcmp(key, "tolerance_f32") == 0 &&
            fscanf(file, "%lf", &v->tolerance32) != 1)
            give_up(path);
        if (strcmp(key, "layer") == 0 &&
            fscanf(file, "%u %u %u %u", &number, &input, &hidden, &output) ==
                4) {
            layer = recurrent_layer(v->model, number);
            CHECK_EQUAL(layer.kind, LEAT_LAYER_LSTM);
            CHECK_EQUAL(layer.input_size, input);
            CHECK_EQUAL(layer.hidden_size, hidden);
            CHECK_EQUAL(layer.output_size, output);
            v->state_floats += hidden + output;
        }
        if ((strcmp(key, "rnn") == 0 || strcmp(key, "gru") == 0) &&
            fscanf(file, "%u %u %u", &number, &input, &hidden) == 3) {
            layer = recurrent_layer(v->model, number);
            CHECK_EQUAL(layer.kind, key[0] == 'r' ? LEAT_LAYER_RNN
                                                  : LEAT_LAYER_GRU);
            CHECK_EQUAL(layer.input_size, input);
            CHECK_EQUAL(layer.hidden_size, hidden);
            CHECK_EQUAL(layer.output_size, hidden);
            v->state_floats += hidden;
        }
        if (strcmp(key, "made") == 0)
            break;
    }
    fclose(file);
}

static inline void vector_open(struct vector *v, const char *folder,
                               const char *name)
{
    char path[512];
    size_t size = 0;
    leat_error error;
    leat_model_info_t info;
    memset(v, 0, sizeof *v);
    memset(&info, 0, sizeof info);
    snprintf(v->name, sizeof v->name, "%s", name);
    check_context("%s", name);
    snprintf(path, sizeof path, "%s/%s/model.safetensors", folder, name);
    v->file = file_bytes(path, &v->file_size);
    CHECK_CODE(leat_model_measure(v->file, v->file_size, &size, &error),
               LEAT_OK, error);
    v->block = allocate(size);
    if (!CHECK_CODE(leat_model_init(v->block, size, v->file, v->file_size,
                                    &v->model, &error), LEAT_OK, error))
        exit(check_report(name));
    vector_describe(v, folder);
    CHECK_EQUAL(leat_model_info(v->model, &info, NULL), LEAT_OK);
    CHECK_EQUAL(info.input_size, v->inputs);
    CHECK_EQUAL(info.output_size, v->outputs);
    CHECK_EQUAL(info.recurrent_layers, v->layers);
    v->stream_size = leat_stream_size(v->model);
    v->state_size = leat_state_size(v->model);
    v->input = (float *)vector_file(folder, name, "input.f32",
                                    v->steps * v->inputs * 4);
    v->output32 = (float *)vector_file(folder, name, "output.f32",
                                       v->steps * v->outputs * 4);
    v->output64 = (double *)vector_file(folder, name, "output.f64",
                                        v->steps * v->outputs * 8);
    v->state32 = (float *)vector_file(folder, name, "state.f32",
                                      v->state_floats * 4);
    v->state64 = (double *)vector_file(folder, name, "state.f64",
                                       v->state_floats * 8);
}

static inline void vector_close(struct vector *v)
{
    free(v->file);
    free(v->block);
    free(v->input);
    free(v->output32);
    free(v->output64);
    free(v->state32);
    free(v->state64);
}

/* h, then c if there is one, of each recurrent layer: the order of
 * state.f32. */
static inline void all_state(const struct vector *v, const leat_stream *stream,
                             float *state)
{
    uint32_t k;
    for (k = 0; k < v->layers; k++) {
        leat_layer_info_t layer = recurrent_layer(v->model, k);
        CHECK_EQUAL(leat_stream_get_state(stream, k, state,
                                          state + layer.output_size, NULL), 0);
        state += layer.output_size + cell_size(&layer);
    }
}

#endif
