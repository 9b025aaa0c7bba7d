/* SPDX-License-Identifier: MIT
 * leat_model_open() allocates once. No other function allocates.
 *
 *     test_no_allocation VECTORS */
#define _DEFAULT_SOURCE
#include "interpose_malloc.h"
#include "kernels.h"
#include "random_models.h"
#include "vectors.h"

enum { STEPS = 1000000, RUN = 250, STREAMS = 24, MODEL_STEPS = 20000 };

static struct allocations was;

static void start_counting(void) { was = allocations; }

static void check_counted(const char *what, unsigned long heap,
                          unsigned long pages)
{
    struct allocations now = allocations;
    check_context("%s", what);
    CHECK_EQUAL(now.made - was.made, heap);
    CHECK_EQUAL(now.freed - was.freed, 0);
    CHECK_EQUAL(now.mapped - was.mapped, pages);
    CHECK_EQUAL(now.unmapped - was.unmapped, pages);
}

/* The counter works: it sees libc's own use of malloc. */
static void check_counter(void)
{
    char *text;
    start_counting();
    text = strdup("counted");
    CHECK_EQUAL(allocations.made - was.made, 1);
    free(text);
    CHECK_EQUAL(allocations.freed - was.freed, 1);
}

static void check_open(const char *path)
{
    const leat_model *model = NULL;
    leat_error error;
    start_counting();
    CHECK_CODE(leat_model_open(path, &model, &error), LEAT_OK, error);
    check_counted("open", 1, 1);
    start_counting();
    leat_model_close(model);
    check_context("close");
    CHECK_EQUAL(allocations.made - was.made, 0);
    CHECK_EQUAL(allocations.freed - was.freed, 1);

    /* A refused file leaves no block allocated. */
    start_counting();
    CHECK_EQUAL(leat_model_open("/proc/self/exe", &model, &error),
                LEAT_E_FORMAT);
    check_counted("open refused", 0, 1);
    start_counting();
    CHECK_EQUAL(leat_model_open("/nowhere", &model, &error), LEAT_E_IO);
    check_counted("open of no file", 0, 0);
}

/* Models of every dtype, on every kernel, in batches of 3 to 24. */
static void check_dtype(enum dtype type)
{
    static const struct shape shape = {
        .inputs = 5, .hidden = { 16, 9 }, .projected = { 7, 0 },
        .linear = { 6, 3 }, .activations = "rx", .has_bias = 1,
        .has_normalizer = 1
    };
    void *block;
    const leat_model *model = random_model(&shape, type, 31, &block);
    leat_stream *streams[STREAMS];
    leat_error error;
    float input[STREAMS * 5], output[STREAMS * 5];
    uint64_t positions[STREAMS] = { 0 };
    int results[STREAMS];
    uint32_t kernel, seed = 1;
    size_t i, k;
    int failed = 0;
    random_floats(&seed, input, STREAMS * 5, 2);
    for (i = 0; i < STREAMS; i++)
        streams[i] = new_stream(model);
    for (kernel = 0; kernel < kernel_count(); kernel++) {
        size_t steps = kernel == 0 ? MODEL_STEPS : MODEL_STEPS / 20;
        char what[64];
        snprintf(what, sizeof what, "%s, %s", dtype_name(type),
                 leat_kernel_available(kernel));
        start_counting();
        for (i = 0; i < STREAMS; i++)
            failed |= leat_stream_set_kernel(streams[i],
                                             leat_kernel_available(kernel),
                                             &error);
        for (k = 0; k < steps; k++) {
            failed |= leat_stream_step(streams[0], input, output, &error);
            failed |= leat_stream_run(streams[1], 3, input, output, &error);
        }
        for (k = 0; k < steps / 10; k++)
            failed |= leat_batch_step(streams, 3 + k % (STREAMS - 2), input,
                                      output, &error) |
                      leat_batch_step_at(streams, positions,
                                         3 + k % (STREAMS - 2), input, output,
                                         results, &error);
        check_counted(what, 0, 0);
        CHECK_EQUAL(failed, 0);
    }
    for (i = 0; i < STREAMS; i++)
        free(streams[i]);
    free(block);
}

/* A windowed stream of its own memory, through all its functions. */
static void check_window(const struct vector *v, float *batch, float *output)
{
    leat_stream *streams[2];
    leat_state_info_t state;
    leat_error error;
    size_t size = leat_window_size(v->model, 30, 4), bytes_size, k;
    unsigned char *blocks[2], *bytes;
    int failed = 0;
    for (k = 0; k < 2; k++) {
        blocks[k] = (unsigned char *)allocate(size);
        failed |= leat_window_init(blocks[k], size, v->model, 30, 4,
                                   &streams[k], &error);
    }
    bytes_size = leat_stream_state_size(streams[0]);
    bytes = (unsigned char *)allocate(2 * bytes_size);
    start_counting();
    for (k = 0; k < STEPS / 100; k++) {
        failed |= leat_stream_step(streams[0], batch, output, &error) < 0;
        failed |= leat_stream_run(streams[0], 3, batch, output, &error) < 0;
        failed |= leat_batch_step(streams, 2, batch, output, &error) < 0;
    }
    for (k = 0; k < 1000; k++) {
        failed |= leat_stream_save(streams[0], bytes, bytes_size, &error);
        failed |= leat_stream_load(streams[1], bytes, bytes_size, &error);
        failed |= leat_state_info(bytes, bytes_size, &state, &error);
        failed |= leat_batch_save(streams, 2, bytes, 2 * bytes_size, &error);
        failed |= leat_batch_load(streams, 2, bytes, 2 * bytes_size, &error);
        failed |= leat_window_init(blocks[1], size, v->model, 30, 4,
                                   &streams[1], &error);
        failed |= leat_stream_reset(streams[1], &error);
    }
    check_counted("a windowed stream", 0, 0);
    CHECK_EQUAL(failed, 0);
    free(blocks[0]);
    free(blocks[1]);
    free(bytes);
}

int main(int count, char **arguments)
{
    struct vector v;
    char path[512];
    leat_stream *streams[STREAMS], *made;
    const leat_model *model;
    leat_state_info_t state;
    leat_error error;
    float *output, *batch;
    unsigned char *bytes, *block;
    size_t memory_size, i, k;
    int failed = 0, type;
    check_usage(count == 2, "test_no_allocation VECTORS");
    printf("counting\n"); /* stdout allocates its buffer here */
    check_counter();
    snprintf(path, sizeof path, "%s/head-three/model.safetensors",
             arguments[1]);
    check_open(path);

    vector_open(&v, arguments[1], "head-three");
    for (i = 0; i < STREAMS; i++)
        streams[i] = new_stream(v.model);
    output = (float *)allocate(RUN * v.outputs * 4);
    batch = (float *)allocate(RUN * v.inputs * 4);
    memset(batch, 0, RUN * v.inputs * 4);
    bytes = (unsigned char *)allocate(v.state_size);
    block = (unsigned char *)allocate(v.stream_size);

    start_counting();
    for (k = 0; k < STEPS; k++)
        failed |= leat_stream_step(streams[0], v.input + k % v.steps * v.inputs,
                                   output, &error);
    check_counted("steps", 0, 0);
    start_counting();
    for (k = 0; k < STEPS; k++)
        failed |= leat_stream_step_at(streams[1], k, v.input, output, &error);
    check_counted("steps at a position", 0, 0);
    start_counting();
    for (k = 0; k < STEPS / RUN; k++)
        failed |= leat_stream_run(streams[1], RUN, batch, output, &error);
    check_counted("runs", 0, 0);
    start_counting();
    for (k = 0; k < STEPS / STREAMS; k++)
        failed |= leat_batch_step(streams, STREAMS, batch, output, &error);
    check_counted("batches", 0, 0);
    start_counting();
    for (k = 0; k < STEPS / 10; k++) {
        failed |= leat_stream_save(streams[0], bytes, v.state_size, &error);
        failed |= leat_stream_load(streams[1], bytes, v.state_size, &error);
        failed |= leat_state_info(bytes, v.state_size, &state, &error);
    }
    check_counted("saves and loads", 0, 0);
    start_counting();
    for (k = 0; k < STEPS / 10; k++) {
        failed |= leat_stream_init(block, v.stream_size, v.model, &made,
                                   &error);
        failed |= leat_stream_reset(made, &error);
        failed |= leat_stream_set_position(made, k, &error);
        failed |= leat_stream_get_state(streams[0], 0, batch, NULL, &error);
        failed |= leat_stream_set_state(made, 0, batch, NULL, &error);
    }
    check_counted("init, reset, get and set", 0, 0);
    start_counting();
    for (k = 0; k < 1000; k++) {
        failed |= leat_model_measure(v.file, v.file_size, &memory_size, &error);
        failed |= leat_model_init(v.block, memory_size, v.file, v.file_size,
                                  &model, &error);
    }
    check_counted("measure and init of a model", 0, 0);
    CHECK_EQUAL(failed, 0);

    start_counting();
    for (k = 0; k < 1000; k++) {
        failed |= leat_stream_step(streams[0], NULL, output, &error) !=
                  LEAT_E_ARGUMENT;
        failed |= leat_stream_load(streams[0], block, v.state_size, &error) !=
                  LEAT_E_CORRUPT;
    }
    check_counted("refused calls", 0, 0);
    CHECK_EQUAL(failed, 0);
    check_window(&v, batch, output);
    for (type = F32; type < DTYPES; type++)
        check_dtype((enum dtype)type);
    printf("%d steps, as many at a position, in runs of %d and in batches of "
           "%d; %d of each dtype, in runs of 3 and batches of 3 to %d\n",
           STEPS, RUN, STREAMS, MODEL_STEPS, STREAMS);
    for (i = 0; i < STREAMS; i++)
        free(streams[i]);
    free(block);
    free(bytes);
    free(batch);
    free(output);
    vector_close(&v);
    return check_report("test_no_allocation");
}
