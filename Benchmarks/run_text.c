/* SPDX-License-Identifier: MIT
 * run_text: `leat run` beside run_text_loop, at nn.LSTM(8, 64) with all 64
 * outputs written as text: the two in alternation, so that both meet the same
 * machine, and the median of each.
 * usage: run_text LEAT LOOP FOLDER [SAMPLES] */
#include "clock.h"
#include "models.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 11, PATH = 512 };

static void die(const char *why)
{
    fprintf(stderr, "run_text: %s\n", why);
    exit(1);
}

static FILE *open_file(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);
    if (file == NULL)
        die(path);
    return file;
}

/* nn.LSTM alone, as a model file. */
static void write_model(const char *path, const struct network *network)
{
    size_t hidden = network->shape.hidden, inputs = network->shape.inputs;
    size_t rows = 4 * hidden, offset = 0, i;
    const struct {
        const char *name;
        const float *values;
        size_t columns;
    } tensors[] = {{"weight_ih_l0", network->weight_ih[0], inputs},
                   {"weight_hh_l0", network->weight_hh[0], hidden},
                   {"bias_ih_l0", network->bias_ih[0], 0},
                   {"bias_hh_l0", network->bias_hh[0], 0}};
    char header[1024] = "{";
    uint64_t length;
    FILE *file = open_file(path, "wb");
    for (i = 0; i < 4; i++) {
        size_t columns = tensors[i].columns, used = strlen(header);
        size_t end = offset + 4 * rows * (columns != 0 ? columns : 1);
        char second[32] = "";
        if (columns != 0)
            snprintf(second, sizeof second, ",%zu", columns);
        snprintf(header + used, sizeof header - used,
                 "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[%zu%s],"
                 "\"data_offsets\":[%zu,%zu]}",
                 i > 0 ? "," : "", tensors[i].name, rows, second, offset, end);
        offset = end;
    }
    strcat(header, "}");
    length = strlen(header);
    fwrite(&length, sizeof length, 1, file);
    fputs(header, file);
    for (i = 0; i < 4; i++)
        fwrite(tensors[i].values, sizeof(float),
               rows * (tensors[i].columns != 0 ? tensors[i].columns : 1), file);
    if (fclose(file) != 0)
        die("can't write the model");
}

static void write_samples(const char *path, size_t inputs, size_t samples)
{
    float *values = make_inputs(inputs * samples);
    FILE *file = open_file(path, "w");
    size_t i;
    for (i = 0; i < inputs; i++)
        fprintf(file, "%sx%zu", i > 0 ? "," : "", i);
    for (i = 0; i < inputs * samples; i++)
        fprintf(file, "%c%.6f", i % inputs > 0 ? ',' : '\n', values[i]);
    fputc('\n', file);
    if (fclose(file) != 0)
        die("can't write the samples");
    free(values);
}

/* Seconds that a program takes, from its start to its end. */
static double seconds(char *const *arguments, const char *in, const char *out)
{
    double start = now_ns();
    int status;
    pid_t process = fork();
    if (process == 0) {
        int from = open(in, O_RDONLY);
        int to = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0666);
        if (from >= 0 && to >= 0 && dup2(from, 0) == 0 && dup2(to, 1) == 1)
            execv(arguments[0], arguments);
        _exit(127);
    }
    if (process < 0 || waitpid(process, &status, 0) != process || status != 0)
        die(arguments[0]);
    return (now_ns() - start) / 1e9;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof *values, ascending);
    return values[ROUNDS / 2];
}

/* Returns how many numbers two files hold, which are the same float32. */
static size_t compare(const char *a, const char *b)
{
    FILE *files[2] = {open_file(a, "r"), open_file(b, "r")};
    size_t count = 0;
    char words[2][64];
    while (fscanf(files[0], "%63[^,\n]%*c", words[0]) == 1) {
        float x, y;
        if (fscanf(files[1], "%63[^,\n]%*c", words[1]) != 1)
            die("one has fewer outputs than the other");
        x = strtof(words[0], NULL);
        y = strtof(words[1], NULL);
        if (memcmp(&x, &y, sizeof x) != 0)
            die("the outputs are not the same");
        count++;
    }
    if (fscanf(files[1], "%63s", words[1]) == 1)
        die("one has fewer outputs than the other");
    fclose(files[0]);
    fclose(files[1]);
    return count;
}

int main(int argc, char **argv)
{
    const struct shape shape = {"8 -> 64", 8, 64, 1};
    char model[PATH], samples[PATH], outputs[2][PATH];
    double times[2][ROUNDS], rate[2];
    size_t count, numbers;
    struct network network;
    int round;
    if (argc < 4 || strlen(argv[3]) > PATH - 32)
        die("usage: run_text LEAT LOOP FOLDER [SAMPLES]");
    count = argc > 4 ? strtoul(argv[4], NULL, 10) : 200000;
    snprintf(model, PATH, "%s/run_text.safetensors", argv[3]);
    snprintf(samples, PATH, "%s/run_text.csv", argv[3]);
    snprintf(outputs[0], PATH, "%s/run_text.leat.csv", argv[3]);
    snprintf(outputs[1], PATH, "%s/run_text.loop.csv", argv[3]);
    network_make(&network, &shape);
    write_model(model, &network);
    network_free(&network);
    write_samples(samples, shape.inputs, count);
    for (round = 0; round < ROUNDS; round++) {
        char *const leat[] = {argv[1], "run", model, NULL};
        char *const loop[] = {argv[2], model, NULL};
        times[0][round] = seconds(leat, samples, outputs[0]);
        times[1][round] = seconds(loop, samples, outputs[1]);
    }
    numbers = compare(outputs[0], outputs[1]);
    remove(model);
    remove(samples);
    remove(outputs[0]);
    remove(outputs[1]);
    rate[0] = (double)count / median(times[0]);
    rate[1] = (double)count / median(times[1]);
    printf("%zu samples, %zu numbers alike, median of %d runs in alternation\n"
           "leat run              %9.0f samples a second, %.2f us each\n"
           "strtof, step, printf  %9.0f samples a second, %.2f us each\n"
           "ratio                 %9.2f\n",
           count, numbers, ROUNDS, rate[0], 1e6 / rate[0], rate[1],
           1e6 / rate[1], rate[0] / rate[1]);
    return 0;
}
