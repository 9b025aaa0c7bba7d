/* SPDX-License-Identifier: MIT
 *
 *     instructions SHAPE
 *
 * Makes the calls whose instructions count_instructions.sh counts, at a shape
 * of A to D, with the kernel of AVX2. Prints each function and of how many
 * steps, states or models it is the work. */
#include "streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 50, STREAMS = 256, STATES = 10 };

static const char kernel[] = "x86-64-v3";

static void set_kernel(leat_stream *stream)
{
    leat_error error;
    expect_ok(leat_stream_set_kernel(stream, kernel, &error), &error);
}

static void counted(const char *function, int of)
{
    printf("%s %d\n", function, of);
}

static void count_steps(struct stream *stream)
{
    float outputs[STEPS];
    leat_error error;
    step_stream(stream, STEPS);
    counted("leat_stream_step", STEPS);
    expect_ok(leat_stream_run(stream->handle, STEPS, stream->inputs, outputs,
                              &error),
              &error);
    counted("leat_stream_run", STEPS);
}

static void count_batch(const struct stream *stream)
{
    struct batch batch;
    leat_error error;
    size_t i;
    batch_make(&batch, stream->model, stream->shape.inputs, STREAMS);
    for (i = 0; i < STREAMS; i++)
        set_kernel(batch.streams[i]);
    expect_ok(leat_batch_step(batch.streams, STREAMS, batch.inputs,
                              batch.outputs, &error),
              &error);
    counted("leat_batch_step", STREAMS);
    batch_free(&batch);
}

static void count_states(const struct stream *stream)
{
    size_t size = leat_state_size(stream->model);
    void *state = make_block(size);
    leat_error error;
    int i;
    for (i = 0; i < STATES; i++) {
        expect_ok(leat_stream_save(stream->handle, state, size, &error),
                  &error);
        expect_ok(leat_stream_load(stream->handle, state, size, &error),
                  &error);
    }
    counted("leat_stream_save", STATES);
    counted("leat_stream_load", STATES);
    free(state);
}

int main(int count, char **arguments)
{
    struct stream stream;
    if (count != 2 || strlen(arguments[1]) != 1 ||
        strchr("ABCD", *arguments[1]) == NULL) {
        fprintf(stderr, "usage: instructions A|B|C|D\n");
        return 2;
    }
    stream_make_float32(&stream, shape_named(*arguments[1]));
    counted("leat_model_init", 1);
    set_kernel(stream.handle);
    count_steps(&stream);
    count_batch(&stream);
    count_states(&stream);
    stream_free(&stream);
    return 0;
}
