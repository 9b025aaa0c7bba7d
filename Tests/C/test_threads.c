/* SPDX-License-Identifier: MIT
 * Four threads step streams of one model, each its own, in single steps, runs
 * and batches: the bits are those of one thread. ThreadSanitizer and helgrind
 * must find no race. The former sees this file but not the library, which isn't
 * compiled for it; the latter sees every access. */
#include "kernels.h"
#include "random_models.h"

#include <pthread.h>

enum { THREADS = 4, EACH = 7, STEPS = 600, RUN = 5 };

static const struct shape shape = {
    .inputs = 4, .hidden = { 16, 9 }, .projected = { 0, 6 },
    .linear = { 5, 4 }, .activations = "rs", .has_bias = 1,
    .has_normalizer = 1
};

static const leat_model *model;
static leat_model_info_t info;
static size_t steps;

struct work {
    uint32_t number;
    leat_stream *streams[EACH];
    float *outputs; /* the last ones */
    unsigned char *states;
    unsigned long bad;
};

/* All that a thread does. `bad` counts the calls that failed, since only the
 * main thread makes checks. */
static void *step_streams(void *argument)
{
    struct work *work = (struct work *)argument;
    uint32_t seed = 77 + work->number;
    float *inputs = (float *)allocate(EACH * RUN * info.input_size * 4);
    float *outputs = (float *)allocate(EACH * RUN * info.output_size * 4);
    size_t t, i, state_size = leat_state_size(model);
    for (t = 0; t < steps; t++) {
        random_floats(&seed, inputs, EACH * RUN * info.input_size, 2);
        for (i = 0; i < EACH; i++)
            work->bad += leat_stream_step(work->streams[i],
                                          inputs + i * info.input_size,
                                          outputs, NULL) != LEAT_OK;
        work->bad += leat_stream_run(work->streams[t % EACH], RUN, inputs,
                                     outputs, NULL) != LEAT_OK;
        work->bad += leat_batch_step(work->streams, EACH, inputs,
                                     work->outputs, NULL) != LEAT_OK;
        work->bad += leat_stream_kernel(work->streams[t % EACH]) !=
                     leat_kernel_available(kernel_in_use);
    }
    for (i = 0; i < EACH; i++)
        work->bad += leat_stream_save(work->streams[i],
                                      work->states + i * state_size,
                                      state_size, NULL) != LEAT_OK;
    free(outputs);
    free(inputs);
    return NULL;
}

static void make_work(struct work *work, uint32_t number)
{
    size_t size = leat_stream_size(model), i;
    unsigned char *block = (unsigned char *)allocate(EACH * size);
    leat_error error;
    memset(work, 0, sizeof *work);
    work->number = number;
    work->outputs = (float *)allocate(EACH * info.output_size * 4);
    work->states = (unsigned char *)allocate(EACH * leat_state_size(model));
    for (i = 0; i < EACH; i++) {
        CHECK_CODE(leat_stream_init(block + i * size, size, model,
                                    &work->streams[i], &error), LEAT_OK,
                   error);
        set_kernel(work->streams[i]);
    }
}

static void free_work(struct work *work)
{
    free(work->streams[0]);
    free(work->states);
    free(work->outputs);
}

static void check_threads(void)
{
    struct work alone[THREADS], together[THREADS];
    pthread_t threads[THREADS];
    uint32_t i;
    CHECK_EQUAL(leat_model_info(model, &info, NULL), LEAT_OK);
    for (i = 0; i < THREADS; i++) {
        make_work(&alone[i], i);
        make_work(&together[i], i);
    }
    for (i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, step_streams, &together[i]) != 0)
            give_up("pthread_create");
    for (i = 0; i < THREADS; i++)
        if (pthread_join(threads[i], NULL) != 0)
            give_up("pthread_join");
    for (i = 0; i < THREADS; i++) {
        step_streams(&alone[i]);
        CHECK_EQUAL(alone[i].bad, 0);
        CHECK_EQUAL(together[i].bad, 0);
        CHECK_BYTES(together[i].outputs, alone[i].outputs,
                    EACH * info.output_size * 4);
        CHECK_BYTES(together[i].states, alone[i].states,
                    EACH * leat_state_size(model));
        free_work(&together[i]);
        free_work(&alone[i]);
    }
}

int main(int count, char **arguments)
{
    int is_quick = count == 2 && strcmp(arguments[1], "--quick") == 0;
    int type;
    uint32_t kernel;
    check_usage(count == 1 + is_quick, "test_threads [--quick]");
    for (type = F32; type < DTYPES; type++) {
        void *block;
        model = random_model(&shape, (enum dtype)type, 21, &block);
        for (kernel = 0; kernel < kernel_count(); kernel++) {
            check_context("%s, %s", dtype_name((enum dtype)type),
                          leat_kernel_available(kernel));
            steps = is_quick ? STEPS / 100 : kernel == 0 ? STEPS : STEPS / 10;
            use_kernel(kernel);
            check_threads();
        }
        free(block);
    }
    return check_report("test_threads");
}
