/* SPDX-License-Identifier: MIT
 * The vectors and the model files on a machine that may have no files, no
 * allocator and 32 bits. All blocks are static. Prints one hash for each
 * kernel, over all that a program can see; it is the same on every machine. */
#include "check.h"
#include "checksums.h"
#include "environment.h"
#include "leat.h"
#include "packed.h"

enum { BATCH = 5, BATCHES = 2, CHUNK = 7, FEW = 6, WINDOW = 5, HOP = 2,
       WINDOWED = 12 };

static LEAT_ALIGNED unsigned char model_block[1 << 20];
static LEAT_ALIGNED unsigned char stream_block[BATCH][16 * 1024];
static LEAT_ALIGNED unsigned char window_block[2][64 * 1024];
/* States need no alignment. */
static LEAT_ALIGNED unsigned char states[4 + 48 * 1024];
static unsigned char *state = states;
static float inputs[4096], outputs[4096], floats[4096];
static leat_error error;

/* All machines here are little-endian. */
static uint64_t hash_number(uint64_t so_far, uint64_t number)
{
    return hash_bytes(so_far, &number, sizeof number);
}

static const leat_model *make_model(const struct vector_case *v)
{
    const leat_model *model = NULL;
    size_t size = 0;
    CHECK_CODE(leat_model_measure(v->model, v->model_size, &size, &error),
               LEAT_OK, error);
    if (!CHECK(size <= sizeof model_block) ||
        !CHECK_CODE(leat_model_init(model_block, size, v->model, v->model_size,
                                    &model, &error), LEAT_OK, error))
        return NULL;
    return model;
}

static void set_kernel(leat_stream *stream, const char *kernel)
{
    CHECK_CODE(leat_stream_set_kernel(stream, kernel, &error), LEAT_OK, error);
    CHECK(strcmp(leat_stream_kernel(stream), kernel) == 0);
}

/* The description of a model; model_size differs between machines. */
static uint64_t hash_info(uint64_t so_far, const leat_model *model)
{
    leat_model_info_t info;
    memset(&info, 0, sizeof info);
    CHECK_CODE(leat_model_info(model, &info, &error), LEAT_OK, error);
    info.model_size = 0;
    return hash_bytes(so_far, &info, sizeof info);
}

/* The sample of step t for all streams of a batch, which must all give the same
 * outputs; one of them is written to outputs[0 ... v->outputs - 1]. */
static void step_batch(const struct vector_case *v, size_t t)
{
    leat_stream *streams[BATCH];
    size_t k;
    for (k = 0; k < BATCH; k++) {
        streams[k] = (leat_stream *)(void *)stream_block[k];
        memcpy(inputs + k * v->inputs, v->input + t * v->inputs,
               v->inputs * sizeof *inputs);
    }
    CHECK_CODE(leat_batch_step(streams, BATCH, inputs, outputs, &error),
               LEAT_OK, error);
    for (k = 1; k < BATCH; k++)
        CHECK_BYTES(outputs + k * v->outputs, outputs,
                    v->outputs * sizeof *outputs);
}

/* All functions that take samples: the first third in single steps, the second
 * in runs by a caller with an unusual floating-point environment, on a stream
 * that was saved and loaded, and the last few in a batch. */
static uint64_t take_samples(const struct vector_case *v, size_t steps,
                             leat_stream *stream, const leat_model *model,
                             const char *kernel, uint64_t *all)
{
    uint64_t bits = hash_start, usual = environment_get();
    size_t size = leat_state_size(model), t = 0, k;
    state = states + v->inputs % 4;
    for (; t < steps / 3; t++) {
        CHECK_CODE(leat_stream_step(stream, v->input + t * v->inputs, outputs,
                                    &error), LEAT_OK, error);
        bits = hash_bytes(bits, outputs, v->outputs * sizeof *outputs);
    }
    if (!CHECK(size <= sizeof states - 4))
        return 0;
    CHECK_CODE(leat_stream_save(stream, state, size, &error), LEAT_OK, error);
    *all = hash_bytes(*all, state, size);
    CHECK_CODE(leat_stream_reset(stream, &error), LEAT_OK, error);
    set_kernel(stream, kernel);
    environment_set(STRANGE);
    CHECK_CODE(leat_stream_load(stream, state, size, &error), LEAT_OK, error);
    while (t < steps - BATCHES) {
        size_t count = steps - BATCHES - t;
        count = count < CHUNK ? count : CHUNK;
        CHECK_CODE(leat_stream_run(stream, count, v->input + t * v->inputs,
                                   outputs, &error), LEAT_OK, error);
        bits = hash_bytes(bits, outputs, count * v->outputs * sizeof *outputs);
        t += count;
    }
    CHECK(environment_get() == STRANGE);
    environment_set(usual);
    for (k = 1; k < BATCH; k++)
        memcpy(stream_block[k], stream, leat_stream_size(model));
    for (; t < steps; t++) {
        step_batch(v, t);
        bits = hash_bytes(bits, outputs, v->outputs * sizeof *outputs);
    }
    CHECK_EQUAL(leat_stream_position(stream), steps);
    return bits;
}

static void run_case(const struct vector_case *v, size_t steps,
                     const char *kernel, uint64_t *all)
{
    const leat_model *model;
    leat_stream *stream = NULL;
    leat_model_info_t info;
    leat_layer_info_t layer;
    uint64_t bits;
    uint32_t cell, k;
    check_context("%s, kernel %s", v->name, kernel);
    if ((model = make_model(v)) == NULL ||
        !CHECK_CODE(leat_model_info(model, &info, &error), LEAT_OK, error) ||
        !CHECK(leat_stream_size(model) <= sizeof stream_block[0]) ||
        !CHECK(BATCH * v->inputs <= sizeof inputs / sizeof *inputs) ||
        !CHECK((BATCH > CHUNK ? BATCH : CHUNK) * v->outputs <=
               sizeof outputs / sizeof *outputs) ||
        !CHECK_CODE(leat_stream_init(stream_block[0], sizeof stream_block[0],
                                     model, &stream, &error), LEAT_OK, error))
        return;
    *all = hash_info(*all, model);
    set_kernel(stream, kernel);
    bits = take_samples(v, steps, stream, model, kernel, all);
    for (k = 0; k < info.layers; k++) {
        CHECK_CODE(leat_model_layer(model, k, &layer, &error), LEAT_OK, error);
        if (layer.recurrent == LEAT_NOT_RECURRENT)
            continue;
        CHECK_CODE(leat_stream_get_state(stream, layer.recurrent, floats,
                                         floats + layer.output_size, &error),
                   LEAT_OK, error);
        cell = layer.kind == LEAT_LAYER_LSTM ? layer.hidden_size : 0;
        bits = hash_bytes(bits, floats, (layer.output_size + cell) * sizeof *floats);
    }
    check_that(bits == v->bits || steps < v->steps, __FILE__, __LINE__,
               "bits %08lx%08lx, expected %08lx%08lx",
               (unsigned long)(bits >> 32), (unsigned long)(bits & 0xffffffffu),
               (unsigned long)(v->bits >> 32),
               (unsigned long)(v->bits & 0xffffffffu));
    *all = hash_number(*all, bits);
}

/* The first samples of a windowed stream, which is saved, and loaded into
 * another before each: the outputs of fresh streams over its windows. */
static void check_window(const struct vector_case *v)
{
    const leat_model *model;
    leat_stream *windows[2], *fresh = NULL;
    size_t size, t, first;
    check_context("%s, windows", v->name);
    if ((model = make_model(v)) == NULL ||
        (size = leat_window_size(model, WINDOW, HOP)) > sizeof window_block[0])
        return;
    for (t = 0; t < 2; t++)
        CHECK_CODE(leat_window_init(window_block[t], size, model, WINDOW, HOP,
                                    &windows[t], &error), LEAT_OK, error);
    size = leat_stream_state_size(windows[0]);
    if (!CHECK(size <= sizeof states - 4))
        return;
    for (t = 0; t < WINDOWED && t < v->steps; t++) {
        leat_stream *stream = windows[t % 2];
        int ends = t + 1 >= WINDOW && (t + 1 - WINDOW) % HOP == 0;
        CHECK_CODE(leat_stream_save(windows[1 - t % 2], state, size, &error),
                   LEAT_OK, error);
        CHECK_CODE(leat_stream_load(stream, state, size, &error), LEAT_OK,
                   error);
        CHECK_CODE(leat_stream_step(stream, v->input + t * v->inputs, outputs,
                                    &error),
                   ends ? LEAT_OK : LEAT_NO_OUTPUT, error);
        if (!ends)
            continue;
        CHECK_CODE(leat_stream_init(stream_block[0], sizeof stream_block[0],
                                    model, &fresh, &error), LEAT_OK, error);
        for (first = t + 1 - WINDOW; first <= t; first++)
            CHECK_CODE(leat_stream_step(fresh, v->input + first * v->inputs,
                                        floats, &error), LEAT_OK, error);
        CHECK_BYTES(outputs, floats, v->outputs * sizeof *outputs);
    }
}

/* Whether a file is refused, and its message, are the same everywhere. */
static uint64_t hash_files(uint64_t so_far)
{
    size_t i, size;
    for (i = 0; i < model_file_count; i++) {
        int code;
        memset(&error, 0, sizeof error);
        check_context("%s", model_files[i].name);
        code = leat_model_measure(model_files[i].bytes, model_files[i].size,
                                  &size, &error);
        CHECK(code <= LEAT_OK && code == error.code);
        so_far = hash_number(so_far, (uint64_t)(int64_t)code);
        so_far = hash_bytes(so_far, error.message, sizeof error.message);
    }
    return so_far;
}

/* Numbers that a 32-bit machine can't reach by counting: an overflow would trap
 * here. */
static void check_large_numbers(const struct vector_case *v)
{
    const leat_model *model;
    leat_stream *stream = NULL;
    leat_layer_info_t layer;
    const uint32_t large[] = { 0x7fffffffu, 0x80000000u, 0xffffffffu };
    const size_t many[] = { SIZE_MAX, SIZE_MAX / 2 + 1, SIZE_MAX / 8 + 1 };
    size_t size, i, place;
    check_context("large numbers");
    if ((model = make_model(v)) == NULL)
        return;
    CHECK_CODE(leat_stream_init(stream_block[0], sizeof stream_block[0], model,
                                &stream, &error), LEAT_OK, error);
    size = leat_state_size(model);
    CHECK(leat_window_size(model, large[2], 1) == 0 || sizeof(void *) > 4);
    CHECK_EQUAL(leat_window_size(model, large[2], large[2]),
                leat_window_size(model, 1, 1));
    CHECK_EQUAL(leat_window_size(model, large[0], large[1]), 0);
    for (i = 0; i < 3; i++) {
        state = states + i + 1;
        CHECK(leat_kernel_available(large[i]) == NULL);
        CHECK_CODE(leat_model_layer(model, large[i], &layer, &error),
                   LEAT_E_ARGUMENT, error);
        CHECK_CODE(leat_stream_run(stream, many[i], v->input, outputs, &error),
                   LEAT_E_ARGUMENT, error);
        /* The numbers of a state: layers, and the sizes of layer 0. */
        for (place = 12; place < 64; place += place == 12 ? 44 : 4) {
            uint32_t sum;
            CHECK_CODE(leat_stream_save(stream, state, size, &error), LEAT_OK,
                       error);
            memcpy(state + place, &large[i], 4);
            sum = crc32c(0, state, size - 4);
            memcpy(state + size - 4, &sum, 4);
            CHECK_CODE(leat_stream_load(stream, state, size, &error),
                       LEAT_E_CORRUPT, error);
        }
    }
}

/* All cases on one kernel, with all steps or the first few. */
static void run_cases(const char *kernel, int few, uint64_t files)
{
    uint64_t all = hash_start;
    size_t i;
    for (i = 0; i < vector_case_count; i++) {
        const struct vector_case *v = &vector_cases[i];
        run_case(v, few && v->steps > FEW ? FEW : v->steps, kernel, &all);
    }
    all = hash_number(all, files);
    printf("%s, %lu vectors, %u left out (models of more than %u bytes), ",
           kernel, (unsigned long)vector_case_count, left_out, largest);
    if (few)
        printf("the first %d steps", FEW);
    else
        printf("all steps");
    printf(": hash %08lx%08lx\n", (unsigned long)(all >> 32),
           (unsigned long)(all & 0xffffffffu));
}

int main(void)
{
    const char *kernel;
    uint64_t files = hash_files(hash_start);
    uint32_t k;
    for (k = 0; (kernel = leat_kernel_available(k)) != NULL; k++) {
        /* A 32-bit processor without FMA also lacks Double, and emulated that
         * takes minutes. */
        if (k == 0 || sizeof(void *) > 4)
            run_cases(kernel, 0, files);
        run_cases(kernel, 1, files);
    }
    CHECK(k > 0);
    for (k = 0; k < vector_case_count; k++)
        check_window(&vector_cases[k]);
    check_large_numbers(&vector_cases[0]);
    return check_report("test_target");
}
