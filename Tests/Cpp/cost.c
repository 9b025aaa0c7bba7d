/* SPDX-License-Identifier: MIT
 * cost.c: steps in C. test_cost.sh counts the instructions of each function,
 * and of those of cost.cpp, which do the same in C++.
 *
 *     cost MODEL */
#include <leat.h>
#include <stdio.h>
#include <stdlib.h>

enum { STREAMS = 8, STEPS = 200 };

static leat_error error;
static float x[STREAMS * 3], y[STREAMS * 2];

#define COUNTED __attribute__((noinline)) int
COUNTED count_step(leat_stream *stream);
COUNTED count_step_at(leat_stream *stream);
COUNTED count_one(leat_stream *stream);
COUNTED count_batch(leat_stream *const *streams);
COUNTED count_batch_at(leat_stream *const *streams);

COUNTED count_step(leat_stream *stream)
{
    for (int step = 0; step < STEPS; step++)
        if (leat_stream_step(stream, x, y, &error) < 0)
            return 1;
    return 0;
}

COUNTED count_step_at(leat_stream *stream)
{
    for (uint64_t step = 0; step < STEPS; step++)
        if (leat_stream_step_at(stream, step, x, y, &error) < 0)
            return 1;
    return 0;
}

/* One step, whose code is returned. */
COUNTED count_one(leat_stream *stream)
{
    return leat_stream_step(stream, x, y, &error);
}

COUNTED count_batch(leat_stream *const *streams)
{
    for (int step = 0; step < STEPS; step++)
        if (leat_batch_step(streams, STREAMS, x, y, &error) < 0)
            return 1;
    return 0;
}

COUNTED count_batch_at(leat_stream *const *streams)
{
    uint64_t positions[STREAMS] = { 0 };
    int results[STREAMS];
    for (int step = 0; step < STEPS; step++) {
        if (leat_batch_step_at(streams, positions, STREAMS, x, y, results,
                               &error) < 0)
            return 1;
        for (int i = 0; i < STREAMS; i++)
            positions[i]++;
    }
    return 0;
}

int main(int argc, char **argv)
{
    const leat_model *model;
    leat_stream *streams[STREAMS];
    int i;

    if (argc != 2 || leat_model_open(argv[1], &model, &error) < 0)
        return 2;
    for (i = 0; i < STREAMS * 3; i++)
        x[i] = (float)i / 8 - 1;
    for (i = 0; i < STREAMS; i++) {
        size_t size = leat_stream_size(model);
        void *block = aligned_alloc(LEAT_FAST_ALIGNMENT, size);
        if (leat_stream_init(block, size, model, &streams[i], &error) < 0)
            return 2;
    }
    for (i = 0; i < STEPS; i++)
        if (count_one(streams[0]) < 0)
            return 1;
    leat_stream_reset(streams[0], NULL);
    if (count_step(streams[0]) ||
        leat_stream_reset(streams[0], NULL) < 0 || count_step_at(streams[0]) ||
        leat_stream_reset(streams[0], NULL) < 0 || count_batch(streams))
        return 1;
    for (i = 0; i < STREAMS; i++)
        leat_stream_reset(streams[i], NULL);
    if (count_batch_at(streams))
        return 1;
    printf("%.9g %.9g\n", (double)y[0], (double)y[STREAMS * 2 - 1]);
    return 0;
}
