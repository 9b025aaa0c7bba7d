/* SPDX-License-Identifier: MIT
 *
 * sequence_and_step.c shows the relations that a PyTorch user knows from
 *
 *     output, (h_n, c_n) = lstm(x)
 *
 * They hold in Leat bit for bit: a whole sequence in one call gives the same as
 * its samples one at a time. The program fails if a bit differs.
 *
 *     sequence_and_step [MODEL], a model that is only an nn.LSTM */
#include <leat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 50, CUT = 17 };

static leat_error error;
static int differences;

static void die(const char *why)
{
    fprintf(stderr, "sequence_and_step: %s\n", why);
    exit(1);
}

static void check(int code)
{
    if (code < 0)
        die(error.message);
}

static void *allocate(size_t size)
{
    void *memory = malloc(size);

    if (memory == NULL)
        die("no memory");
    return memory;
}

static leat_stream *new_stream(const leat_model *model)
{
    size_t size = leat_stream_size(model);
    leat_stream *stream;

    check(leat_stream_init(allocate(size), size, model, &stream, &error));
    return stream;
}

static void report(const char *what, int same)
{
    printf("%-62s %s\n", what, same ? "same bits" : "DIFFERENT");
    differences += !same;
}

/* Compare the states of all layers, as portable bytes. */
static int same_state(const leat_model *model, const leat_stream *a,
                      const leat_stream *b)
{
    size_t size = leat_state_size(model);
    void *bytes_a = allocate(size), *bytes_b = allocate(size);
    int same;

    check(leat_stream_save(a, bytes_a, size, &error));
    check(leat_stream_save(b, bytes_b, size, &error));
    same = memcmp(bytes_a, bytes_b, size) == 0;
    free(bytes_a);
    free(bytes_b);
    return same;
}

int main(int argc, char **argv)
{
    const char *path = "Tests/Vectors/layers-2/model.safetensors";
    const leat_model *model;
    leat_model_info_t info;
    leat_stream *whole, *stepped, *cut;
    int every_row = 1, every_h = 1;

    check(leat_model_open(argc > 1 ? argv[1] : path, &model, &error));
    check(leat_model_info(model, &info, &error));
    if (info.recurrent_layers != info.layers)
        die("it has layers other than nn.LSTM, as an nn.Linear: the output may not be h");

    size_t row = info.output_size, row_bytes = row * sizeof(float);
    uint32_t top = info.recurrent_layers - 1;
    float *x = allocate(STEPS * info.input_size * sizeof *x);
    float *output = allocate(STEPS * row_bytes);
    float *cut_output = allocate(STEPS * row_bytes);
    float *y = allocate(row_bytes), *h = allocate(row_bytes);

    srand(1);
    for (size_t i = 0; i < STEPS * info.input_size; i++)
        x[i] = (float)rand() / (float)RAND_MAX * 4 - 2;

    /* output, (h_n, c_n) = lstm(x) */
    whole = new_stream(model);
    check(leat_stream_run(whole, STEPS, x, output, &error));
    check(leat_stream_get_state(whole, top, h, NULL, &error));
    report("many steps: the last row of output = h_n[-1]",
           memcmp(output + (STEPS - 1) * row, h, row_bytes) == 0);

    /* for t in range(STEPS): y, state = lstm(x[t:t+1], state) */
    stepped = new_stream(model);
    for (size_t t = 0; t < STEPS; t++) {
        check(leat_stream_step(stepped, x + t * info.input_size, y, &error));
        check(leat_stream_get_state(stepped, top, h, NULL, &error));
        every_h &= memcmp(y, h, row_bytes) == 0;
        every_row &= memcmp(y, output + t * row, row_bytes) == 0;
    }
    report("one step: output = h_n[-1], at each of the steps", every_h);
    report("stepping: each output = its row of the whole sequence", every_row);
    report("stepping: h_n and c_n of all layers = the whole sequence's",
           same_state(model, stepped, whole));

    cut = new_stream(model);
    check(leat_stream_run(cut, CUT, x, cut_output, &error));
    check(leat_stream_run(cut, STEPS - CUT, x + CUT * info.input_size,
                          cut_output + CUT * row, &error));
    report("the sequence in two calls = in one: output, h_n and c_n",
           memcmp(cut_output, output, STEPS * row_bytes) == 0 &&
               same_state(model, cut, whole));

    printf("%d steps of %u inputs through %u layers\n", STEPS, info.input_size,
           info.layers);
    if (fflush(stdout) != 0 || ferror(stdout))
        die("can't print");
    return differences != 0;
}
