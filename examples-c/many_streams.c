/* SPDX-License-Identifier: MIT
 *
 * many_streams.c shows many streams of one model. One call steps all of them,
 * so that the weights are read once for several. One transaction holds the
 * checkpoints of all, so that they cost one sync and resume together.
 * Machine i reads the recording from sample 71 i on, again and again.
 *
 *     many_streams [MODEL [STORE [RECORDING.csv]]] */
#include <leat_store.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUTS = 11, SAMPLES = 8192, STREAMS = 64, STEPS = 1000, EVERY = 100 };

static float recording[SAMPLES][INPUTS];
static size_t samples;
static leat_stream *streams[STREAMS];
static leat_error error;

static void die(const char *why)
{
    fprintf(stderr, "many_streams: %s\n", why);
    exit(1);
}

static int check(int code)
{
    if (code < 0)
        die(error.message);
    return code;
}

/* Each line has a time, which the model doesn't see, and the inputs. */
static void read_recording(const char *path)
{
    FILE *file = fopen(path, "r");

    if (file == NULL || fscanf(file, "%*[^\n]") == EOF)
        die("can't read the recording");
    for (; samples < SAMPLES && fscanf(file, "%*f") != EOF; samples++)
        for (int i = 0; i < INPUTS; i++)
            if (fscanf(file, ",%f", &recording[samples][i]) != 1)
                die("a line of the recording is not a time and 11 numbers");
    if (samples == 0 || ferror(file))
        die("the recording is empty, or can't be read");
    fclose(file);
}

static const float *sample_of(size_t machine, uint64_t position)
{
    return recording[(machine * 71 + position) % samples];
}

static const char *name_of(size_t machine)
{
    static char name[32];

    snprintf(name, sizeof name, "machine-%02zu", machine);
    return name;
}

static leat_stream *new_stream(const leat_model *model)
{
    size_t size = leat_stream_size(model);
    void *memory = malloc(size); /* NULL gives LEAT_E_ARGUMENT */
    leat_stream *stream;

    check(leat_stream_init(memory, size, model, &stream, &error));
    return stream;
}

static void checkpoint(leat_store *store)
{
    check(leat_store_begin(store, &error));
    for (size_t i = 0; i < STREAMS; i++)
        check(leat_store_save(store, name_of(i), streams[i], NULL, 0, 0,
                              &error));
    check(leat_store_commit(store, &error));
}

int main(int argc, char **argv)
{
    static float inputs[STREAMS][INPUTS], outputs[STREAMS][INPUTS];
    static float output[INPUTS];
    const leat_model *model;
    leat_model_info_t info;
    leat_store *store;
    leat_stream *alone;

    check(leat_model_open(argc > 1 ? argv[1]
                                   : "examples-c/telemetry/model.safetensors",
                          &model, &error));
    check(leat_model_info(model, &info, &error));
    if (info.input_size != INPUTS || info.output_size != INPUTS)
        die("the model doesn't have 11 inputs and 11 outputs");
    check(leat_store_open(argc > 2 ? argv[2] : "build/many_streams.db", NULL,
                          &store, &error));
    read_recording(argc > 3 ? argv[3] : "examples-c/telemetry/recording.csv");

    for (size_t i = 0; i < STREAMS; i++) {
        streams[i] = new_stream(model);
        int found = leat_store_load(store, name_of(i), streams[i], NULL, 0,
                                    NULL, &error);
        if (found != LEAT_E_NOT_FOUND)
            check(found);
        if (leat_stream_position(streams[i]) !=
            leat_stream_position(streams[0]))
            die("the streams of the store are not at one position");
    }
    uint64_t start = leat_stream_position(streams[0]), end = start + STEPS;

    for (uint64_t position = start; position < end;) {
        for (size_t i = 0; i < STREAMS; i++)
            memcpy(inputs[i], sample_of(i, position), sizeof inputs[i]);
        check(leat_batch_step(streams, STREAMS, inputs[0], outputs[0],
                              &error));
        if (++position % EVERY == 0)
            checkpoint(store);
    }
    printf("%d streams from position %llu to %llu, %d checkpoints of all\n",
           STREAMS, (unsigned long long)start, (unsigned long long)end,
           STEPS / EVERY);

    /* A batch changes no bit: step machine 17 alone, from its first sample. */
    alone = new_stream(model);
    while (leat_stream_position(alone) < end)
        check(leat_stream_step(alone,
                               sample_of(17, leat_stream_position(alone)),
                               output, &error));
    if (memcmp(output, outputs[17], sizeof output) != 0)
        die("machine 17 alone gives other bits than in the batch");
    printf("machine 17 stepped alone gives the same bits\n");
    check(leat_store_close(store, &error));
    if (fflush(stdout) != 0 || ferror(stdout))
        die("can't print");
    return 0;
}
