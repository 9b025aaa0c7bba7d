/* SPDX-License-Identifier: MIT
 *
 * batch_cost.c: print the nanoseconds of processor time that a sample costs in C: streams
 * of one model, stepped by leat_batch_step_at() in batches, as the operator steps them.
 * usage: batch_cost MODEL STREAMS SAMPLES BATCH */
#define _POSIX_C_SOURCE 200809L
#include <leat.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int main(int argc, char **argv)
{
    const leat_model *model;
    leat_model_info_t info;
    leat_stream **streams;
    leat_error error;
    uint64_t *positions, samples, position;
    size_t count, batch, size, i, j, part;
    unsigned char *block;
    float *x, *y;
    int *results;
    double start;

    if (argc != 5 || leat_model_open(argv[1], &model, &error) != LEAT_OK ||
        leat_model_info(model, &info, &error) != LEAT_OK)
        return 1;
    count = strtoul(argv[2], NULL, 10);
    samples = strtoul(argv[3], NULL, 10);
    batch = strtoul(argv[4], NULL, 10);
    size = leat_stream_size(model);
    if (posix_memalign((void **)&block, LEAT_FAST_ALIGNMENT, count * size) != 0)
        return 1;
    streams = malloc(count * sizeof *streams);
    positions = malloc(batch * sizeof *positions);
    results = malloc(batch * sizeof *results);
    x = malloc(batch * info.input_size * sizeof *x);
    y = malloc(batch * info.output_size * sizeof *y);
    if (!streams || !positions || !results || !x || !y)
        return 1;
    for (i = 0; i < count; i++)
        if (leat_stream_init(block + i * size, size, model, &streams[i], &error) != LEAT_OK)
            return 1;
    start = seconds();
    for (position = 0; position < samples; position++)
        for (i = 0; i < count; i += part) {
            part = count - i < batch ? count - i : batch;
            for (j = 0; j < part; j++)
                positions[j] = position;
            for (j = 0; j < part * info.input_size; j++)
                x[j] = (float)((i + j + position) % 97) / 97.0f;
            if (leat_batch_step_at(streams + i, positions, part, x, y, results, &error) != LEAT_OK)
                return 1;
        }
    printf("%.1f\n", (seconds() - start) * 1e9 / ((double)samples * (double)count));
    return 0;
}
