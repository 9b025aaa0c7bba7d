/* SPDX-License-Identifier: MIT
 * How much the outputs change with narrow weights: 10,000 steps of the
 * telemetry model over its recording, and of random networks over noise, with
 * weights in each number format. The differences are from the outputs with F32.
 * Prints a table in Markdown.
 *
 *     accuracy RECORDING F32 F16 BF16 I8
 *
 * The last four arguments are the telemetry model in each format. */
#include "leat.h"
#include "models.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 10000, COLUMNS = 11 };

/* The part of the recording that train.py doesn't train on, in seconds. */
static const double held_out_begin = 291, held_out_end = 437;

struct recording {
    size_t count;
    double *times;
    float *samples; /* [count][COLUMNS] */
};

/* A model in one format, and how its outputs differ from the first format's. */
struct variant {
    const leat_model *model;
    leat_model_info_t info;
    leat_stream *stream;
    float *output;
    double largest, squares, output_sum, output_squares;
    double held_out; /* sum of squares of the forecast errors */
};

static void check(int code, const leat_error *error)
{
    if (code < 0) {
        fprintf(stderr, "accuracy: %s\n", error->message);
        exit(1);
    }
}

static struct recording read_recording(const char *path)
{
    struct recording r = {0, NULL, NULL};
    FILE *file = fopen(path, "r");
    char line[512];
    if (file == NULL || fgets(line, sizeof line, file) == NULL) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof line, file) != NULL) {
        char *at = line;
        size_t i;
        r.times = realloc(r.times, (r.count + 1) * sizeof *r.times);
        r.samples =
            realloc(r.samples, (r.count + 1) * COLUMNS * sizeof *r.samples);
        if (r.times == NULL || r.samples == NULL)
            exit(1);
        r.times[r.count] = strtod(at, &at);
        for (i = 0; i < COLUMNS; i++)
            r.samples[r.count * COLUMNS + i] = strtof(at + 1, &at);
        if (*at != '\n') {
            fprintf(stderr, "%s: line %zu isn't a time and 11 numbers\n", path,
                    r.count + 2);
            exit(1);
        }
        r.count++;
    }
    fclose(file);
    return r;
}

static void begin(struct variant *v, const leat_model *model)
{
    leat_error error;
    size_t size = leat_stream_size(model);
    memset(v, 0, sizeof *v);
    v->model = model;
    check(leat_model_info(model, &v->info, &error), &error);
    check(leat_stream_init(make_block(size), size, model, &v->stream, &error),
          &error);
    v->output = make_block(v->info.output_size * sizeof *v->output);
}

static void end(struct variant *v)
{
    free(v->output);
    free(v->stream);
}

/* Step all formats with the same sample. */
static void step(struct variant *variants, const float *input)
{
    leat_error error;
    size_t f, i;
    for (f = 0; f < FORMATS; f++) {
        struct variant *v = &variants[f];
        check(leat_stream_step(v->stream, input, v->output, &error), &error);
        for (i = 0; i < v->info.output_size; i++) {
            double output = (double)v->output[i];
            double difference = fabs(output - (double)variants[0].output[i]);
            v->largest = fmax(v->largest, difference);
            v->squares += difference * difference;
            v->output_sum += output;
            v->output_squares += output * output;
        }
    }
}

static void print(const char *name, struct variant *variants, double held_out)
{
    double count = (double)STEPS * variants[0].info.output_size;
    size_t f;
    for (f = 0; f < FORMATS; f++) {
        const struct variant *v = &variants[f];
        double mean = v->output_sum / count;
        printf("| %s | %s | %llu | %.2g | ", f == 0 ? name : "",
               format_names[f], (unsigned long long)v->info.model_size,
               sqrt(v->output_squares / count - mean * mean));
        if (f == 0)
            printf("– | – | ");
        else
            printf("%.1e | %.1e | ", v->largest, sqrt(v->squares / count));
        if (held_out == 0)
            printf("– |\n");
        else
            printf("%.6f |\n", sqrt(v->held_out / held_out));
    }
}

/* Repeat the recording without a reset. The outputs forecast the next sample;
 * the held-out part counts in the first pass. */
static void telemetry(const struct recording *r, char **paths)
{
    struct variant variants[FORMATS];
    float mean[COLUMNS], deviation[COLUMNS];
    const leat_model *model;
    leat_error error;
    double held_out = 0;
    size_t f, t, i;
    for (f = 0; f < FORMATS; f++) {
        check(leat_model_open(paths[f], &model, &error), &error);
        begin(&variants[f], model);
    }
    check(leat_model_normalizer(variants[0].model, mean, deviation, &error),
          &error);
    for (t = 0; t < STEPS; t++) {
        const float *sample = r->samples + t % r->count * COLUMNS;
        if (t > 0 && t < r->count && r->times[t] >= held_out_begin &&
            r->times[t] < held_out_end) {
            for (f = 0; f < FORMATS; f++)
                for (i = 0; i < COLUMNS; i++) {
                    float actual = (sample[i] - mean[i]) / deviation[i];
                    double miss = (double)(actual - variants[f].output[i]);
                    variants[f].held_out += miss * miss;
                }
            held_out += (int)COLUMNS;
        }
        step(variants, sample);
    }
    print("telemetry", variants, held_out);
    for (f = 0; f < FORMATS; f++) {
        end(&variants[f]);
        leat_model_close(variants[f].model);
    }
}

static void scale(float *values, size_t count, float factor)
{
    size_t i;
    for (i = 0; i < count; i++)
        values[i] *= factor;
}

/* A random network over uniform noise; its LSTM's matrices are multiplied by
 * `factor`. */
static void random_network(char letter, float factor)
{
    const struct shape *shape = shape_named(letter);
    struct variant variants[FORMATS];
    void *blocks[FORMATS];
    struct network network;
    float *inputs = make_inputs(STEPS * shape->inputs);
    leat_error error;
    char name[64];
    size_t f, l, t, rows = 4 * shape->hidden;
    network_make(&network, shape);
    for (l = 0; l < shape->layers; l++) {
        scale(network.weight_ih[l], rows * layer_inputs(shape, l), factor);
        scale(network.weight_hh[l], rows * shape->hidden, factor);
    }
    for (f = 0; f < FORMATS; f++) {
        const leat_model *model;
        size_t file_size, size;
        unsigned char *file =
            network_file(&network, (enum format)f, &file_size);
        check(leat_model_measure(file, file_size, &size, &error), &error);
        blocks[f] = make_block(size);
        check(leat_model_init(blocks[f], size, file, file_size, &model, &error),
              &error);
        begin(&variants[f], model);
        free(file);
    }
    for (t = 0; t < STEPS; t++)
        step(variants, inputs + t * shape->inputs);
    snprintf(name, sizeof name, "%c: %zu → %zu × %zu%s", letter,
             shape->inputs, shape->hidden, shape->layers,
             factor == 1 ? "" : ", weights doubled");
    print(name, variants, 0);
    for (f = 0; f < FORMATS; f++) {
        end(&variants[f]);
        free(blocks[f]);
    }
    network_free(&network);
    free(inputs);
}

int main(int count, char **arguments)
{
    struct recording recording;
    const char *letter;
    if (count != 2 + FORMATS) {
        fprintf(stderr, "usage: accuracy RECORDING F32 F16 BF16 I8\n");
        return 2;
    }
    recording = read_recording(arguments[1]);
    printf("| model | weights | bytes | spread of the outputs "
           "| largest difference | RMS difference | held-out error |\n"
           "|---|---|---:|---:|---:|---:|---:|\n");
    telemetry(&recording, arguments + 2);
    for (letter = "CF"; *letter != '\0'; letter++) {
        random_network(*letter, 1);
        random_network(*letter, 2);
    }
    free(recording.times);
    free(recording.samples);
    return 0;
}
