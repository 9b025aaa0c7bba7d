/* SPDX-License-Identifier: MIT */
#include "streams.h"

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

static void make_stream(struct stream *stream)
{
    size_t size = leat_stream_size(stream->model);
    leat_error error;
    stream->stream_block = make_block(size);
    expect_ok(leat_stream_init(stream->stream_block, size, stream->model,
                               &stream->handle, &error),
              &error);
    stream->inputs = make_inputs(INPUT_STEPS * stream->shape.inputs);
}

void stream_make(struct stream *stream, const struct network *network,
                 enum format format)
{
    leat_error error;
    size_t file_size, size = 0;
    unsigned char *file = network_file(network, format, &file_size);
    memset(stream, 0, sizeof *stream);
    stream->shape = network->shape;
    expect_ok(leat_model_measure(file, file_size, &size, &error), &error);
    stream->model_block = make_weights_block(size, size);
    expect_ok(leat_model_init(stream->model_block, size, file, file_size,
                              &stream->model, &error),
              &error);
    free(file);
    make_stream(stream);
}

void stream_make_float32(struct stream *stream, const struct shape *shape)
{
    struct network network;
    network_make(&network, shape);
    stream_make(stream, &network, FORMAT_F32);
    network_free(&network);
}

void stream_make_shared(struct stream *stream, const struct stream *of)
{
    memset(stream, 0, sizeof *stream);
    stream->shape = of->shape;
    stream->model = of->model;
    make_stream(stream);
}

void stream_free(struct stream *stream)
{
    free(stream->model_block);
    free(stream->stream_block);
    free(stream->inputs);
}

void step_stream(void *self, size_t times)
{
    struct stream *stream = self;
    for (; times > 0; times--) {
        const float *input =
            next_input(stream->inputs, &stream->at, stream->shape.inputs);
        leat_stream_step(stream->handle, input, &stream->output, NULL);
    }
}

void batch_make(struct batch *batch, const leat_model *model, size_t inputs,
                size_t count)
{
    size_t size = leat_stream_size(model), i;
    leat_error error;
    batch->count = count;
    batch->input_size = inputs;
    batch->block = make_block(count * size);
    batch->streams = make_block(count * sizeof *batch->streams);
    batch->inputs = make_inputs(count * inputs);
    batch->outputs = make_block(count * sizeof *batch->outputs);
    for (i = 0; i < count; i++)
        expect_ok(leat_stream_init(batch->block + i * size, size, model,
                                   &batch->streams[i], &error),
                  &error);
}

void batch_free(struct batch *batch)
{
    free(batch->block);
    free(batch->streams);
    free(batch->inputs);
    free(batch->outputs);
}

void step_batch(void *self, size_t times)
{
    struct batch *batch = self;
    for (; times > 0; times--)
        leat_batch_step(batch->streams, batch->count, batch->inputs,
                        batch->outputs, NULL);
}
