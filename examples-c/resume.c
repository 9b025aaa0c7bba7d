/* SPDX-License-Identifier: MIT
 *
 * resume.c shows the store: it steps a model over a file with one sample per
 * line, and prints the outputs. When it is killed, even with -9, the next run
 * continues from the last checkpoint, with the same bits.
 *
 *     cc -std=c99 resume.c -lleat_store -lleat -lsqlite3 -o resume
 *     ./resume model.safetensors state.db samples.txt */
#define _FILE_OFFSET_BITS 64 /* of 32-bit systems, too */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <leat_store.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static leat_error error;

/* How far the samples were read. Each checkpoint keeps this as its cursor. */
static struct {
    int64_t offset, lines;
} place;

static void die(const char *why)
{
    fprintf(stderr, "resume: %s\n", why);
    exit(1);
}

static void die_in_line(const char *why)
{
    fprintf(stderr, "resume: line %" PRId64 " of the samples: %s\n",
            place.lines, why);
    exit(1);
}

static int check(int code)
{
    if (code < 0)
        die(error.message);
    return code;
}

static void *allocate(size_t size)
{
    void *memory = malloc(size);

    if (memory == NULL)
        die("no memory");
    return memory;
}

/* Read one line of numbers with commas or blanks between them; skip empty
 * lines. Return 0 at the end of the file. */
static int read_sample(FILE *file, float *sample, uint32_t size)
{
    static char line[65536];
    char *next = line;

    do {
        if (fgets(line, sizeof line, file) == NULL && ferror(file))
            die("can't read the samples");
        if (feof(file))
            return 0; /* a line without a newline is still being written */
        place.lines++;
    } while (line[strspn(line, " \t\r")] == '\n');
    for (uint32_t i = 0; i < size; i++) {
        char *number = next + strspn(next, " \t");

        number += i > 0 && *number == ',';
        sample[i] = strtof(number, &next);
        if (next == number || strspn(next, " \t,\r\n") == 0)
            die_in_line("too few numbers for the model, or no number");
    }
    if (next[strspn(next, " \t\r")] != '\n')
        die_in_line("more than the model's inputs, or too long");
    return 1;
}

int main(int argc, char **argv)
{
    const leat_model *model;
    leat_model_info_t info;
    leat_stream *stream;
    leat_store *store;

    if (argc != 4)
        die("usage: resume MODEL STORE SAMPLES");
    FILE *file = fopen(argv[3], "r");
    if (file == NULL || fseek(file, 0, SEEK_SET) != 0)
        die("can't open the samples, or they are a pipe: expected a file");
    check(leat_model_open(argv[1], &model, &error));
    check(leat_model_info(model, &info, &error));
    size_t size = leat_stream_size(model);
    check(leat_stream_init(allocate(size), size, model, &stream, &error));
    float *input = allocate(info.input_size * sizeof *input);
    float *output = allocate(info.output_size * sizeof *output);

    check(leat_store_open(argv[2], NULL, &store, &error));
    int found = leat_store_load(store, "pump-7", stream, &place,
                                sizeof place, NULL, &error);
    if (found != LEAT_E_NOT_FOUND) /* else a new stream, at position 0 */
        check(found);
    if (found == LEAT_FALLBACK)
        fprintf(stderr, "resume: an older checkpoint was loaded\n");

    /* A saved offset always follows a newline. */
    if (place.offset > 0 && (fseeko(file, (off_t)place.offset - 1, SEEK_SET) ||
                             getc(file) != '\n'))
        die("the samples are another file than the checkpoint's, or cut");
    while (read_sample(file, input, info.input_size)) {
        if (leat_stream_step(stream, input, output, &error) < 0)
            die_in_line(error.message);
        uint64_t position = leat_stream_position(stream);
        printf("%" PRIu64, position);
        for (uint32_t i = 0; i < info.output_size; i++)
            printf(" %.9g", output[i]);
        printf("\n");
        /* Print, then save: after a kill some lines repeat, none is lost. */
        if (fflush(stdout) != 0 || ferror(stdout))
            die("can't print its output");
        if ((place.offset = ftello(file)) < 0)
            die("can't tell where the line ends");
        if (position % 100 == 0)
            check(leat_store_save(store, "pump-7", stream, &place,
                                  sizeof place, 0, &error));
    }
    return check(leat_store_close(store, &error));
}
