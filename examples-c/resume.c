/* SPDX-License-Identifier: MIT
 *
 * resume.c introduces the store: it steps a model over a file of samples, one
 * a line, and prints the outputs. When it is killed, even with -9, the next run
 * goes on from the last checkpoint, with the same bits.
 *
 *     cc -std=c99 resume.c -lleat_store -lleat -lsqlite3 -o resume
 *     ./resume model.safetensors state.db samples.txt */
#include <inttypes.h>
#include <leat_store.h>
#include <stdio.h>
#include <stdlib.h>

static leat_error error;

static void die(const char *why)
{
    fprintf(stderr, "resume: %s\n", why);
    exit(1);
}

static int check(int code)
{
    if (code < 0)
        die(error.message);
    return code;
}

static int read_sample(FILE *file, float *sample, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        if (fscanf(file, "%f", &sample[i]) != 1)
            return 0;
    int end = getc(file);
    if (end == '\r')
        end = getc(file);
    return end == '\n'; /* an unfinished line is no sample yet */
}

int main(int argc, char **argv)
{
    const leat_model *model;
    leat_model_info_t info;
    leat_stream *stream;
    leat_store *store;
    long offset = 0; /* in the file, of the sample the stream waits for */

    if (argc != 4)
        die("usage: resume MODEL STORE SAMPLES");
    FILE *file = fopen(argv[3], "r");
    if (file == NULL)
        die("can't open the samples");
    check(leat_model_open(argv[1], &model, &error));
    check(leat_model_info(model, &info, &error));
    size_t size = leat_stream_size(model);
    check(leat_stream_init(malloc(size), size, model, &stream, &error));
    float *input = malloc(info.input_size * sizeof *input);
    float *output = malloc(info.output_size * sizeof *output);

    check(leat_store_open(argv[2], NULL, &store, &error));
    int found = leat_store_load(store, "pump-7", stream, &offset,
                                sizeof offset, NULL, &error);
    if (found != LEAT_E_NOT_FOUND) /* else a fresh start, at position 0 */
        check(found);
    if (found == LEAT_FALLBACK)
        fprintf(stderr, "resume: an older checkpoint was loaded\n");

    fseek(file, offset, SEEK_SET);
    while (read_sample(file, input, info.input_size)) {
        check(leat_stream_step(stream, input, output, &error));
        uint64_t position = leat_stream_position(stream);
        printf("%" PRIu64, position);
        for (uint32_t i = 0; i < info.output_size; i++)
            printf(" %.9g", output[i]);
        printf("\n");
        fflush(stdout);
        /* Print, then save: what a kill undoes is done again, never lost. */
        offset = ftell(file);
        if (position % 100 == 0)
            check(leat_store_save(store, "pump-7", stream, &offset,
                                  sizeof offset, 0, &error));
    }
    if (!feof(file))
        die("a line of the samples that the model can't take in");
    return check(leat_store_close(store, &error));
}
