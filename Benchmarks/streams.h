/* SPDX-License-Identifier: MIT
 * Leat's models, streams and batches with inputs, ready to be timed. A refusal
 * ends the program with its message. */
#ifndef LEAT_BENCHMARKS_STREAMS_H
#define LEAT_BENCHMARKS_STREAMS_H

#include "leat.h"
#include "models.h"

/* End the program unless `code` is LEAT_OK. */
void expect_ok(int code, const leat_error *error);

/* A stream and its model, and the inputs that its steps take in turn. */
struct stream {
    struct shape shape;
    const leat_model *model;
    void *model_block, *stream_block;
    leat_stream *handle;
    float *inputs; /* of INPUT_STEPS steps */
    size_t at;
    float output;
};

enum { INPUT_STEPS = 64 };

void stream_make(struct stream *stream, const struct network *network,
                 enum format format);
/* The same, of a shape's network in float32. */
void stream_make_float32(struct stream *stream, const struct shape *shape);
/* Another stream of the same model; `of` must outlive it. */
void stream_make_shared(struct stream *stream, const struct stream *of);
void stream_free(struct stream *stream);

/* A task: step with the next input. */
void step_stream(void *stream, size_t times);

/* The next of INPUT_STEPS inputs of `size` floats. */
static inline const float *next_input(const float *inputs, size_t *at,
                                      size_t size)
{
    const float *input = inputs + *at * size;
    *at = (*at + 1) % INPUT_STEPS;
    return input;
}

/* Streams of one model, contiguous in one block. */
struct batch {
    unsigned char *block;
    leat_stream **streams;
    float *inputs, *outputs;
    size_t count, input_size;
};

void batch_make(struct batch *batch, const leat_model *model, size_t inputs,
                size_t count);
void batch_free(struct batch *batch);
/* A task: step all streams once. */
void step_batch(void *batch, size_t times);

#endif
