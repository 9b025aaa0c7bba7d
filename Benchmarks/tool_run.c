/* SPDX-License-Identifier: MIT
 * Samples a second of `leat run`, against tool_run_baseline, the C program that
 * a user would write instead: nn.LSTM(8, 64), all 64 outputs written as text.
 * The two alternate, so that the machine's swings are in both, and the medians
 * count. Their outputs must be the same floats.
 *
 *     tool_run LEAT BASELINE FOLDER [SAMPLES] */
#include "clock.h"
#include "models.h"
#include "timing.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 11, PATH = 512 };

static void die(const char *why)
{
    fprintf(stderr, "tool_run: %s\n", why);
    exit(1);
}

static FILE *open_file(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);
    if (file == NULL)
        die(path);
    return file;
}

/* nn.LSTM without a Linear layer, as a model file. */
static void write_model(const char *path, const struct shape *shape)
{
    struct network network;
    size_t size;
    unsigned char *bytes;
    FILE *file = open_file(path, "wb");
    network_make(&network, shape);
    free(network.head_weight);
    network.head_weight = NULL;
    bytes = network_file(&network, FORMAT_F32, &size);
    if (fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
        die("can't write the model");
    free(bytes);
    network_free(&network);
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

/* Seconds from a program's start to its end. */
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

/* The number of outputs in two files, which must be the same floats. */
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
    size_t count, compared;
    int round;
    if (argc < 4 || strlen(argv[3]) > PATH - 32)
        die("usage: tool_run LEAT BASELINE FOLDER [SAMPLES]");
    count = argc > 4 ? strtoul(argv[4], NULL, 10) : 200000;
    snprintf(model, PATH, "%s/tool_run.safetensors", argv[3]);
    snprintf(samples, PATH, "%s/tool_run.csv", argv[3]);
    snprintf(outputs[0], PATH, "%s/tool_run.leat.csv", argv[3]);
    snprintf(outputs[1], PATH, "%s/tool_run.baseline.csv", argv[3]);
    write_model(model, &shape);
    write_samples(samples, shape.inputs, count);
    for (round = 0; round < ROUNDS; round++) {
        char *const leat[] = {argv[1], "run", model, NULL};
        char *const baseline[] = {argv[2], model, NULL};
        times[0][round] = seconds(leat, samples, outputs[0]);
        times[1][round] = seconds(baseline, samples, outputs[1]);
    }
    compared = compare(outputs[0], outputs[1]);
    remove(model);
    remove(samples);
    remove(outputs[0]);
    remove(outputs[1]);
    rate[0] = (double)count / median(times[0], ROUNDS);
    rate[1] = (double)count / median(times[1], ROUNDS);
    printf("%zu samples, %zu outputs alike, median of %d runs in alternation\n"
           "leat run              %9.0f samples a second, %.2f us each\n"
           "strtof, step, printf  %9.0f samples a second, %.2f us each\n"
           "ratio                 %9.2f\n",
           count, compared, ROUNDS, rate[0], 1e6 / rate[0], rate[1],
           1e6 / rate[1], rate[0] / rate[1]);
    return 0;
}
