/* SPDX-License-Identifier: MIT
 * store_writer.c: writes to a store that another process reads: streams
 * "pump-000", "pump-001", ..., of which number n steps n + 1 samples between
 * its checkpoints, ten times a second. It ends on its own after a minute, also
 * when the test has died.
 *
 *     store_writer MODEL STORE STREAMS */
#define _DEFAULT_SOURCE /* usleep() */
#include <leat_store.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static leat_error error;

static void check(int code)
{
    if (code < 0) {
        fprintf(stderr, "store_writer: %s\n", error.message);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    const leat_model *model;
    leat_model_info_t info;
    leat_store *store;

    if (argc != 4)
        return 2;
    int count = atoi(argv[3]);
    check(leat_model_open(argv[1], &model, &error));
    check(leat_model_info(model, &info, &error));
    check(leat_store_open(argv[2], NULL, &store, &error));
    leat_stream **streams = malloc((size_t)count * sizeof *streams);
    float *input = calloc(info.input_size, sizeof *input);
    float *output = calloc(info.output_size, sizeof *output);
    size_t size = leat_stream_size(model);
    for (int i = 0; i < count; i++)
        check(leat_stream_init(malloc(size), size, model, &streams[i], &error));
    for (int round = 0; round < 600; round++) {
        check(leat_store_begin(store, &error));
        for (int i = 0; i < count; i++) {
            char name[32];
            for (int k = 0; k <= i; k++)
                check(leat_stream_step(streams[i], input, output, &error));
            snprintf(name, sizeof name, "pump-%03d", i);
            check(leat_store_save(store, name, streams[i], NULL, 0,
                                  LEAT_SAVE_REWIND, &error));
        }
        check(leat_store_commit(store, &error));
        usleep(100000);
    }
    return leat_store_close(store, &error);
}
