/* SPDX-License-Identifier: MIT
 *
 * reference.c: what one C program puts out, without batches or interruptions.
 * Steps the model over the samples of Reading.java: of `sensors` streams, each from
 * position `first` on. Writes the bits of [sensors][samples][output_size]; an output
 * that a window doesn't have is a NaN.
 * usage: reference MODEL SENSORS SAMPLES FIRST WINDOW HOP >FILE */
#include <leat.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "samples.h"

static int failed(const leat_error *error)
{
    fprintf(stderr, "reference: %s\n", error->message);
    return 1;
}

int main(int argc, char **argv)
{
    const leat_model *model;
    leat_model_info_t info;
    leat_stream *stream;
    leat_error error;
    unsigned long long sensors, samples, first, s, i;
    uint32_t window, hop, j;
    size_t size;
    void *block;
    float *x, *y;
    int code;

    if (argc != 7) {
        fprintf(stderr, "usage: reference MODEL SENSORS SAMPLES FIRST WINDOW HOP\n");
        return 2;
    }
    sensors = strtoull(argv[2], NULL, 10);
    samples = strtoull(argv[3], NULL, 10);
    first = strtoull(argv[4], NULL, 10);
    window = (uint32_t)strtoul(argv[5], NULL, 10);
    hop = (uint32_t)strtoul(argv[6], NULL, 10);
    if (leat_model_open(argv[1], &model, &error) != LEAT_OK ||
        leat_model_info(model, &info, &error) != LEAT_OK)
        return failed(&error);
    size = window ? leat_window_size(model, window, hop) : leat_stream_size(model);
    block = malloc(size);
    x = malloc(info.input_size * sizeof *x);
    y = malloc(info.output_size * sizeof *y);
    if (!block || !x || !y)
        return 1;
    for (s = 0; s < sensors; s++) {
        code = window ? leat_window_init(block, size, model, window, hop, &stream, &error)
                      : leat_stream_init(block, size, model, &stream, &error);
        for (i = 0; code >= 0 && i < samples; i++) {
            sample(s, first + i, x, info.input_size);
            for (j = 0; j < info.output_size; j++)
                y[j] = NAN;
            code = leat_stream_step(stream, x, y, &error);
            if (fwrite(y, sizeof *y, info.output_size, stdout) != info.output_size)
                return 1;
        }
        if (code < 0)
            return failed(&error);
    }
    free(y);
    free(x);
    free(block);
    leat_model_close(model);
    return fflush(stdout) == 0 ? 0 : 1;
}
