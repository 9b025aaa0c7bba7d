/* SPDX-License-Identifier: MIT
 *
 * store_steps.c: a C program that goes on with the streams of a store that a job
 * filled: it loads each, steps it over the samples of Reading.java up to `end`,
 * saves it, and writes the outputs as reference.c does.
 * usage: store_steps MODEL STORE SENSORS END >FILE */
#include <leat_store.h>
#include <stdio.h>
#include <stdlib.h>
#include "samples.h"

static int failed(const leat_error *error)
{
    fprintf(stderr, "store_steps: %s\n", error->message);
    return 1;
}

int main(int argc, char **argv)
{
    const leat_model *model;
    leat_model_info_t info;
    leat_stream *stream;
    leat_store *store;
    leat_error error;
    unsigned long long sensors, end, s;
    uint64_t position;
    char name[32];
    void *block;
    float *x, *y;

    if (argc != 5) {
        fprintf(stderr, "usage: store_steps MODEL STORE SENSORS END\n");
        return 2;
    }
    sensors = strtoull(argv[3], NULL, 10);
    end = strtoull(argv[4], NULL, 10);
    if (leat_model_open(argv[1], &model, &error) != LEAT_OK ||
        leat_model_info(model, &info, &error) != LEAT_OK ||
        leat_store_open(argv[2], NULL, &store, &error) != LEAT_OK)
        return failed(&error);
    block = malloc(leat_stream_size(model));
    x = malloc(info.input_size * sizeof *x);
    y = malloc(info.output_size * sizeof *y);
    if (!block || !x || !y ||
        leat_stream_init(block, leat_stream_size(model), model, &stream, &error) != LEAT_OK)
        return 1;
    for (s = 0; s < sensors; s++) {
        snprintf(name, sizeof name, "%llu", s);
        if (leat_store_load(store, name, stream, NULL, 0, NULL, &error) != LEAT_OK)
            return failed(&error);
        while ((position = leat_stream_position(stream)) < end) {
            sample(s, position, x, info.input_size);
            if (leat_stream_step(stream, x, y, &error) != LEAT_OK)
                return failed(&error);
            if (fwrite(y, sizeof *y, info.output_size, stdout) != info.output_size)
                return 1;
        }
        if (leat_store_save(store, name, stream, NULL, 0, 0, &error) != LEAT_OK)
            return failed(&error);
    }
    if (leat_store_close(store, &error) != LEAT_OK)
        return failed(&error);
    free(y);
    free(x);
    free(block);
    leat_model_close(model);
    return fflush(stdout) == 0 ? 0 : 1;
}
