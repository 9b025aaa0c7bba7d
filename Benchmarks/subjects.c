/* SPDX-License-Identifier: MIT */
#include "subjects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void expect_ok(int code, const leat_error *error)
{
    if (code == LEAT_OK)
        return;
    fprintf(stderr, "%d: %s\n", code, error->message);
    exit(2);
}

static void make_stream(struct subject *subject)
{
    size_t size = leat_stream_size(subject->model);
    leat_error error;
    subject->stream_block = make_block(size);
    expect_ok(leat_stream_init(subject->stream_block, size, subject->model,
                               &subject->stream, &error),
              &error);
    subject->inputs = make_inputs(INPUT_STEPS * subject->shape.inputs);
}

void subject_make(struct subject *subject, const struct network *network,
                  enum format format)
{
    leat_error error;
    size_t file_size, size = 0;
    unsigned char *file = network_file(network, format, &file_size);
    memset(subject, 0, sizeof *subject);
    subject->shape = network->shape;
    expect_ok(leat_model_measure(file, file_size, &size, &error), &error);
    subject->model_block = make_block(size);
    expect_ok(leat_model_init(subject->model_block, size, file, file_size,
                              &subject->model, &error),
              &error);
    free(file);
    make_stream(subject);
}

void subject_of(struct subject *subject, const struct shape *shape)
{
    struct network network;
    network_make(&network, shape);
    subject_make(subject, &network, FORMAT_F32);
    network_free(&network);
}

void subject_share(struct subject *subject, const struct subject *of)
{
    memset(subject, 0, sizeof *subject);
    subject->shape = of->shape;
    subject->model = of->model;
    make_stream(subject);
}

void subject_free(struct subject *subject)
{
    free(subject->model_block);
    free(subject->stream_block);
    free(subject->inputs);
}

void subject_steps(void *self, size_t times)
{
    struct subject *subject = self;
    for (; times > 0; times--) {
        const float *input =
            next_input(subject->inputs, &subject->at, subject->shape.inputs);
        leat_stream_step(subject->stream, input, &subject->output, NULL);
    }
}

void herd_make(struct herd *herd, const leat_model *model, size_t inputs,
               size_t count)
{
    size_t size = leat_stream_size(model), i;
    leat_error error;
    herd->count = count;
    herd->block = make_block(count * size);
    herd->streams = make_block(count * sizeof *herd->streams);
    herd->inputs = make_inputs(count * inputs);
    herd->outputs = make_block(count * sizeof *herd->outputs);
    for (i = 0; i < count; i++)
        expect_ok(leat_stream_init(herd->block + i * size, size, model,
                                   &herd->streams[i], &error),
                  &error);
}

void herd_free(struct herd *herd)
{
    free(herd->block);
    free(herd->streams);
    free(herd->inputs);
    free(herd->outputs);
}

void herd_steps(void *self, size_t times)
{
    struct herd *herd = self;
    for (; times > 0; times--)
        leat_batch_step(herd->streams, herd->count, herd->inputs,
                        herd->outputs, NULL);
}
