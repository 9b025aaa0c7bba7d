/* SPDX-License-Identifier: MIT
 *
 * reference.c: what the model puts out for the samples of the tests, by one
 * process that nobody disturbs. Sample.java makes the same samples.
 *
 *     reference MODEL SENSORS STEPS OUTPUTS
 *
 * OUTPUTS gets a float for each sensor, position and output, in this order. */
#include <inttypes.h>
#include <leat.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUTS 3

static void die(const char *why)
{
    fprintf(stderr, "reference: %s\n", why);
    exit(1);
}

/* Numbers that look random: SplitMix64. */
static uint64_t mix(uint64_t z)
{
    z += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static void sample(uint64_t sensor, uint64_t position, float *values)
{
    uint64_t i;

    for (i = 0; i < INPUTS; i++) {
        uint64_t hash = mix(((sensor << 32) + position) * INPUTS + i);
        values[i] = (float)(hash >> 40) * 0x1p-23f - 1.0f;
    }
}

int main(int argc, char **argv)
{
    const leat_model *model;
    leat_model_info_t info;
    leat_stream *stream;
    leat_error error;
    void *block;
    float values[INPUTS], *row;
    uint64_t sensors, steps, sensor, position;
    FILE *file;

    if (argc != 5)
        die("usage: reference MODEL SENSORS STEPS OUTPUTS");
    sensors = strtoull(argv[2], NULL, 10);
    steps = strtoull(argv[3], NULL, 10);
    if (leat_model_open(argv[1], &model, &error) ||
        leat_model_info(model, &info, &error))
        die(error.message);
    if (info.input_size != INPUTS)
        die("the model must take 3 inputs");
    block = malloc(leat_stream_size(model));
    row = malloc(sizeof *row * info.output_size);
    file = fopen(argv[4], "wb");
    if (block == NULL || row == NULL || file == NULL)
        die("no memory, or the file can't be written");
    for (sensor = 0; sensor < sensors; sensor++) {
        if (leat_stream_init(block, leat_stream_size(model), model, &stream,
                             &error))
            die(error.message);
        for (position = 0; position < steps; position++) {
            sample(sensor, position, values);
            if (leat_stream_step(stream, values, row, &error))
                die(error.message);
            if (fwrite(row, sizeof *row, info.output_size, file) !=
                info.output_size)
                die("the file can't be written");
        }
    }
    if (fclose(file))
        die("the file can't be written");
    free(row);
    free(block);
    leat_model_close(model);
    return 0;
}
