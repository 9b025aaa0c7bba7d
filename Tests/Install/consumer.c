/* SPDX-License-Identifier: MIT
 * consumer.c: a program of a user who has installed Leat. It steps a stream up
 * to a position, saves every 10 samples, is killed at another position, and
 * resumes. Prints the bits of the last output. C99 and C++.
 *
 *     consumer MODEL STORE UNTIL [KILLED-AT]
 *
 * Exits with 75 if it resumed from a checkpoint, with 0 after a new start. */
#include <inttypes.h>
#include <leat_store.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static leat_error error;

static int check(int code)
{
    if (code < 0) {
        fprintf(stderr, "consumer: %s\n", error.message);
        exit(1);
    }
    return code;
}

/* Samples that can be computed again. */
static float sample(uint64_t position, uint32_t i)
{
    return (float)((position * 7 + i * 3) % 19) / 8 - 1;
}

int main(int argc, char **argv)
{
    const leat_model *model;
    leat_model_info_t info;
    leat_stream *stream;
    leat_store *store;
    uint64_t until, killed_at;

    if (argc < 4 || leat_version() != LEAT_VERSION) {
        fprintf(stderr, "usage: consumer MODEL STORE UNTIL [KILLED-AT]\n");
        return 1;
    }
    until = strtoull(argv[3], NULL, 10);
    killed_at = argc > 4 ? strtoull(argv[4], NULL, 10) : UINT64_MAX;

    check(leat_model_open(argv[1], &model, &error));
    check(leat_model_info(model, &info, &error));
    size_t size = leat_stream_size(model);
    void *block = malloc(size);
    check(leat_stream_init(block, size, model, &stream, &error));
    float *input = (float *)calloc(info.input_size, sizeof *input);
    float *output = (float *)calloc(info.output_size, sizeof *output);
    if (input == NULL || output == NULL)
        return 1;

    check(leat_store_open(argv[2], NULL, &store, &error));
    int found = leat_store_load(store, "pump-7", stream, NULL, 0, NULL, &error);
    if (found != LEAT_E_NOT_FOUND)
        check(found);
    for (;;) {
        uint64_t position = leat_stream_position(stream);
        if (position == until)
            break;
        if (position == killed_at)
            raise(SIGKILL);
        for (uint32_t i = 0; i < info.input_size; i++)
            input[i] = sample(position, i);
        check(leat_stream_step(stream, input, output, &error));
        if ((position + 1) % 10 == 0)
            check(leat_store_save(store, "pump-7", stream, NULL, 0, 0, &error));
    }
    check(leat_store_close(store, &error));

    printf("%" PRIu64, until);
    for (uint32_t i = 0; i < info.output_size; i++) {
        uint32_t bits;
        memcpy(&bits, &output[i], sizeof bits);
        printf(" %08" PRIx32, bits);
    }
    printf("\n");
    free(input);
    free(output);
    free(block);
    leat_model_close(model);
    return found == LEAT_E_NOT_FOUND ? 0 : 75;
}
