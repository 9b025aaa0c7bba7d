/* SPDX-License-Identifier: MIT
 *
 * autosave.c shows checkpoints that no stream waits for: each stream is
 * offered after its step, and a thread writes what was offered, all streams in
 * one commit. A disk that is full or slow delays checkpoints, never a step.
 * Machine i reads the recording from sample 71 i on, again and again.
 *
 *     autosave [MODEL [STORE [RECORDING.csv]]]
 *
 * Prints a line for each step: its number and the forecast. After a kill it
 * continues each machine from its last checkpoint, and prints the lines since
 * then again. */
#include <leat_store.h>
#include <stdio.h>
#include <stdlib.h>

enum { INPUTS = 11, SAMPLES = 8192, MACHINES = 4, STEPS = 10000 };

static float recording[SAMPLES][INPUTS];
static size_t samples;
static leat_stream *streams[MACHINES];
static leat_error error;

static void die(const char *why)
{
    fprintf(stderr, "autosave: %s\n", why);
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

static const char *name_of(size_t machine)
{
    static char name[32];

    snprintf(name, sizeof name, "machine-%zu", machine);
    return name;
}

/* Return the machine to step next: the first with the lowest position. After a
 * kill their positions differ. */
static size_t next_machine(void)
{
    size_t next = 0;

    for (size_t i = 1; i < MACHINES; i++)
        if (leat_stream_position(streams[i]) <
            leat_stream_position(streams[next]))
            next = i;
    return next;
}

static void print_step(uint64_t number, const float *output)
{
    printf("%llu", (unsigned long long)number);
    for (int i = 0; i < INPUTS; i++)
        printf(" %.9g", output[i]);
    printf("\n");
    /* Before the offer: a step in a checkpoint must have been printed. */
    if (fflush(stdout) != 0 || ferror(stdout))
        die("can't print a step");
}

/* A write that failed is tried again, and the streams go on meanwhile, so a
 * message is enough. But end if another process has taken the store over, or
 * the stream is not the one in the store. */
static void report(int code)
{
    static int failing;

    if (code == LEAT_E_FENCED || code == LEAT_E_MISMATCH ||
        code == LEAT_E_ARGUMENT || code == LEAT_E_SIZE)
        die(error.message);
    if (code < 0 && !failing)
        fprintf(stderr, "not saved for now: %s\n", error.message);
    if (code == LEAT_OK && failing)
        fprintf(stderr, "saved again\n");
    failing = code < 0;
}

int main(int argc, char **argv)
{
    uint32_t slots[MACHINES];
    leat_autosave_options options = { .streams = MACHINES,
                                      .every_samples = 100,
                                      .every_ms = 10 };
    leat_autosave *autosave;
    const leat_model *model;
    leat_model_info_t info;
    leat_store *store;

    check(leat_model_open(argc > 1 ? argv[1]
                                   : "examples-c/telemetry/model.safetensors",
                          &model, &error));
    check(leat_model_info(model, &info, &error));
    if (info.input_size != INPUTS || info.output_size != INPUTS)
        die("the model doesn't have 11 inputs and 11 outputs");
    check(leat_store_open(argc > 2 ? argv[2] : "build/autosave.db", NULL,
                          &store, &error));
    read_recording(argc > 3 ? argv[3] : "examples-c/telemetry/recording.csv");

    /* Load before the thread has the store. */
    for (size_t i = 0; i < MACHINES; i++) {
        void *memory = malloc(leat_stream_size(model));
        check(leat_stream_init(memory, leat_stream_size(model), model,
                               &streams[i], &error));
        int found = leat_store_load(store, name_of(i), streams[i], NULL, 0,
                                    NULL, &error);
        if (found != LEAT_E_NOT_FOUND)
            check(found);
    }

    options.stream_size = leat_stream_size(model);
    check(leat_autosave_start(store, &options, &autosave, &error));
    for (size_t i = 0; i < MACHINES; i++)
        check(leat_autosave_add(autosave, name_of(i), &slots[i], &error));

    for (;;) {
        size_t machine = next_machine();
        uint64_t position = leat_stream_position(streams[machine]);
        float output[INPUTS];

        if (position == STEPS)
            break;
        check(leat_stream_step(streams[machine],
                               recording[(machine * 71 + position) % samples],
                               output, &error));
        print_step(position * MACHINES + machine + 1, output);
        report(leat_autosave_offer(autosave, slots[machine], streams[machine],
                                   NULL, 0, 0, &error));
    }
    /* Save the last steps, too, even if they are fewer than a hundred. */
    for (size_t i = 0; i < MACHINES; i++)
        report(leat_autosave_offer(autosave, slots[i], streams[i], NULL, 0,
                                   LEAT_OFFER_NOW, &error));
    check(leat_autosave_stop(autosave, 0, &error));
    check(leat_store_close(store, &error));
    return 0;
}
