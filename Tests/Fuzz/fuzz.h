/* SPDX-License-Identifier: MIT
 * Shared by the fuzz targets: the function that libFuzzer and replay.c call,
 * and rules that hold for any input. A broken rule ends the process, which both
 * of them notice. */
#ifndef LEAT_TESTS_FUZZ_H
#define LEAT_TESTS_FUZZ_H

#include "leat.h"

#include "random_models.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define MUST(condition)                                                        \
    ((condition) ? (void)0 : fuzz_stop(#condition, __FILE__, __LINE__))

#if defined(__GNUC__)
__attribute__((noreturn))
#endif
static inline void fuzz_stop(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: this must hold: %s\n", file, line, what);
    abort();
}

/* --- the bytes, as numbers ----------------------------------------------- */

/* The rest of the input. Beyond its end all bytes are 0. */
struct input {
    const uint8_t *next;
    size_t left;
};

static inline unsigned take_byte(struct input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->next++;
}

static inline uint64_t take_number(struct input *input, int bytes)
{
    uint64_t number = 0;
    int i;
    for (i = 0; i < bytes; i++)
        number |= (uint64_t)take_byte(input) << 8 * i;
    return number;
}

/* --- errors -------------------------------------------------------------- */

static inline int is_utf8(const char *text)
{
    const unsigned char *next = (const unsigned char *)text;
    while (*next != 0) {
        unsigned first = *next++;
        unsigned least = 0x80, most = 0xbf;
        int more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
        if ((first >= 0x80 && first < 0xc2) || first > 0xf4)
            return 0;
        if (first == 0xe0)
            least = 0xa0; /* overlong */
        if (first == 0xed)
            most = 0x9f; /* a surrogate */
        if (first == 0xf0)
            least = 0x90;
        if (first == 0xf4)
            most = 0x8f; /* beyond U+10FFFF */
        for (; more > 0; more--) {
            if (*next < least || *next > most)
                return 0;
            next++;
            least = 0x80;
            most = 0xbf;
        }
    }
    return 1;
}

/* A call with `error` failed as the header says, and set a message, one line of
 * UTF-8. */
static inline void must_report(int code, const leat_error *error)
{
    MUST(code < 0);
    MUST(error->code == code);
    MUST(memchr(error->message, 0, sizeof error->message) != NULL);
    MUST(error->message[0] != '\0');
    MUST(strchr(error->message, '\n') == NULL);
    MUST(is_utf8(error->message));
    MUST(strcmp(leat_strerror(code), leat_strerror(12345)) != 0);
}

/* --- models and streams -------------------------------------------------- */

/* A stream in a block of exactly its size, so that the sanitizer sees writes
 * beyond it; free() it. */
static inline leat_stream *make_stream(const leat_model *model)
{
    leat_stream *stream = NULL;
    size_t size = leat_stream_size(model);
    void *block = allocate(size);
    MUST(leat_stream_init(block, size, model, &stream, NULL) == LEAT_OK);
    return stream;
}

/* A stream's state in a block of exactly its size; free() it. */
static inline unsigned char *state_bytes(const leat_stream *stream)
{
    size_t size = leat_state_size(leat_stream_model(stream));
    unsigned char *state = (unsigned char *)allocate(size);
    MUST(leat_stream_save(stream, state, size, NULL) == LEAT_OK);
    return state;
}

enum { FUZZ_STEPS = 4 };

/* Input number t: zeros, small values, the largest that a step accepts with
 * changing signs, subnormals. */
static inline void make_input(float *input, const leat_model_info_t *info,
                              size_t t)
{
    uint32_t seed = 5, i;
    float most = info->input_limit < 2 ? info->input_limit : 2;
    for (i = 0; i < info->input_size; i++) {
        float sign = i % 2 != 0 ? -1.0f : 1.0f;
        float values[FUZZ_STEPS];
        values[0] = 0;
        values[1] = random_float(&seed, most);
        values[2] = info->input_limit * sign;
        values[3] = 1e-40f * sign;
        input[i] = values[t % FUZZ_STEPS];
    }
}

/* A step accepts what is within the limit and gives finite numbers; it refuses
 * what is beyond. */
static inline void step_must_work(leat_stream *stream,
                                  const leat_model_info_t *info, size_t t,
                                  float *output)
{
    float *input = (float *)allocate(info->input_size * sizeof *input);
    leat_error error;
    uint32_t i;
    make_input(input, info, t);
    MUST(leat_stream_step(stream, input, output, &error) == LEAT_OK);
    for (i = 0; i < info->output_size; i++)
        MUST(isfinite(output[i]));
    input[info->input_size - 1] = nextafterf(info->input_limit, INFINITY);
    must_report(leat_stream_step(stream, input, output, &error), &error);
    MUST(error.code == LEAT_E_INPUT);
    free(input);
}

/* Some steps, with a save and a load between them: the same bits on every
 * kernel, and as without the save and load. */
static inline void model_must_work(const leat_model *model)
{
    leat_model_info_t info;
    unsigned char *expected = NULL;
    float *output;
    uint32_t kernel, layer, recurrent = 0;
    MUST(leat_model_info(model, &info, NULL) == LEAT_OK);
    MUST(info.input_size > 0 && info.output_size > 0 && info.layers > 0);
    MUST(info.stream_size == leat_stream_size(model));
    MUST(info.state_size == leat_state_size(model));
    MUST(info.input_limit > 0 && isfinite(info.input_limit));
    for (layer = 0; layer < info.layers; layer++) {
        leat_layer_info_t of_layer;
        int has_state;
        MUST(leat_model_layer(model, layer, &of_layer, NULL) == LEAT_OK);
        MUST(of_layer.input_size > 0 && of_layer.output_size > 0);
        has_state = of_layer.recurrent != LEAT_NOT_RECURRENT;
        MUST((of_layer.hidden_size > 0) == has_state);
        MUST(!has_state || of_layer.recurrent == recurrent++);
    }
    MUST(recurrent == info.recurrent_layers && recurrent > 0);
    output = (float *)allocate(info.output_size * sizeof *output);
    for (kernel = 0; leat_kernel_available(kernel) != NULL; kernel++) {
        leat_stream *first, *second;
        unsigned char *state;
        size_t t;
        first = make_stream(model);
        second = make_stream(model);
        MUST(leat_stream_set_kernel(first, leat_kernel_available(kernel),
                                    NULL) == LEAT_OK);
        MUST(leat_stream_set_kernel(second, leat_kernel_available(kernel),
                                    NULL) == LEAT_OK);
        for (t = 0; t < 2; t++)
            step_must_work(first, &info, t, output);
        state = state_bytes(first);
        MUST(leat_stream_load(second, state, leat_state_size(model), NULL) ==
             LEAT_OK);
        free(state);
        for (; t < FUZZ_STEPS; t++)
            step_must_work(second, &info, t, output);
        state = state_bytes(second);
        if (expected == NULL)
            expected = state;
        else {
            MUST(memcmp(state, expected, leat_state_size(model)) == 0);
            free(state);
        }
        free(second);
        free(first);
    }
    free(expected);
    free(output);
}

/* A model file in memory: it is refused with a message, or makes a model that
 * works. */
static inline void file_must_be_safe(const uint8_t *bytes, size_t size)
{
    const leat_model *model = NULL;
    leat_error error;
    size_t memory_size = 0;
    void *memory;
    int code = leat_model_measure(bytes, size, &memory_size, &error);
    if (code != LEAT_OK) {
        char small[64];
        must_report(code, &error);
        MUST(memory_size == 0);
        /* The file is at fault, whatever the block. */
        code = leat_model_init(small, 0, bytes, size, &model, &error);
        MUST(model == NULL && code < 0);
        return;
    }
    memory = allocate(memory_size);
    code = leat_model_init(memory, memory_size - 1, bytes, size, &model,
                           &error);
    must_report(code, &error);
    MUST(code == LEAT_E_SIZE && model == NULL);
    MUST(leat_model_init(memory, memory_size, bytes, size, &model, &error) ==
         LEAT_OK);
    model_must_work(model);
    free(memory);
}

#endif
