/* SPDX-License-Identifier: MIT
 *
 * static_memory.c shows fixed memory: the model and the stream are in static
 * arrays, whose sizes are constants, and Leat allocates nothing. It prints the
 * forecast after the last sample of a recording.
 *
 *     static_memory [MODEL [RECORDING.csv]] */
#include <inttypes.h>
#include <leat.h>
#include <stdio.h>
#include <stdlib.h>

/* nn.LSTM(11, 32) and nn.Linear(32, 11) */
enum { INPUTS = 11, HIDDEN = 32, LAYERS = 1, OUTPUTS = 11 };

/* Without a file system, the file would be a const array that the linker
 * places in flash. It isn't needed any more once the model is made. */
static unsigned char file[32 * 1024];
static LEAT_ALIGNED unsigned char model_memory[32 * 1024];
static LEAT_ALIGNED unsigned char
    stream_memory[LEAT_STREAM_BYTES(INPUTS, HIDDEN, LAYERS, OUTPUTS)];
static float input[INPUTS], output[OUTPUTS];

static leat_error error;

static void die(const char *why)
{
    fprintf(stderr, "static_memory: %s\n", why);
    exit(1);
}

static void check(int code)
{
    if (code < 0)
        die(error.message);
}

static FILE *open_file(const char *path)
{
    FILE *stream = fopen(path, "rb");

    if (stream == NULL) {
        perror(path);
        exit(1);
    }
    return stream;
}

/* Each line has a time, which the model doesn't see, and the inputs. */
static int read_sample(FILE *recording)
{
    if (fscanf(recording, "%*f") == EOF) {
        if (ferror(recording))
            die("can't read the recording");
        return 0;
    }
    for (int i = 0; i < INPUTS; i++)
        if (fscanf(recording, ",%f", &input[i]) != 1)
            die("a line of the recording is not a time and 11 numbers");
    return 1;
}

int main(int argc, char **argv)
{
    const char *paths[] = {"examples-c/telemetry/model.safetensors",
                           "examples-c/telemetry/recording.csv"};
    FILE *saved = open_file(argc > 1 ? argv[1] : paths[0]);
    FILE *recording = open_file(argc > 2 ? argv[2] : paths[1]);
    size_t file_size = fread(file, 1, sizeof file, saved), model_size;
    const leat_model *model;
    leat_model_info_t info;
    leat_stream *stream;

    if (ferror(saved) || getc(saved) != EOF)
        die("can't read the model file, or it is larger than its array");
    fclose(saved);

    /* Returns LEAT_E_SIZE if an array is too small. */
    check(leat_model_measure(file, file_size, &model_size, &error));
    check(leat_model_init(model_memory, sizeof model_memory, file, file_size,
                          &model, &error));
    check(leat_model_info(model, &info, &error));
    if (info.input_size != INPUTS || info.output_size != OUTPUTS)
        die("the model doesn't have 11 inputs and 11 outputs");
    check(leat_stream_init(stream_memory, sizeof stream_memory, model, &stream,
                           &error));
    fprintf(stderr, "model: %zu of %zu bytes; stream: %zu of %zu bytes\n",
            model_size, sizeof model_memory, leat_stream_size(model),
            sizeof stream_memory);

    if (fscanf(recording, "%*[^\n]") == EOF) /* the names of the columns */
        die("the recording is empty");
    while (read_sample(recording))
        check(leat_stream_step(stream, input, output, &error));

    printf("%" PRIu64, leat_stream_position(stream));
    for (int i = 0; i < OUTPUTS; i++)
        printf(" %.9g", output[i]);
    printf("\n");
    if (fflush(stdout) != 0 || ferror(stdout))
        die("can't print");
    fclose(recording);
    return 0;
}
