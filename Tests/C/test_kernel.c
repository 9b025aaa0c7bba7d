/* SPDX-License-Identifier: MIT
 * Which kernels there are, which one a model is made with, and that choosing
 * another one changes that and nothing else. What is refused is in
 * test_arguments.
 *
 *     test_kernel VECTORS */
#include "kernels.h"
#include "safetensors.h"
#include "vectors.h"

/* A model in static memory. */
static LEAT_ALIGNED unsigned char model_block[1 << 15];
static LEAT_ALIGNED unsigned char stream_block[1 << 12];
static unsigned char block_before[sizeof model_block];
static leat_error error;

/* What the processor says of itself, by the compiler's means. */
static const char *best_by_processor(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") ||
        !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2"))
        return "x86-64";
    return __builtin_cpu_supports("avx512f") &&
                   __builtin_cpu_supports("avx512cd") &&
                   __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx512dq") &&
                   __builtin_cpu_supports("avx512vl")
               ? "x86-64-v4"
               : "x86-64-v3";
#elif defined(__aarch64__)
    return "neon";
#elif defined(__ARM_FEATURE_FMA)
    return "fma";
#else
    return "portable";
#endif
}

static void check_names(void)
{
    static const char *const known[] = { "x86-64-v4", "x86-64-v3",
                                         "x86-64", "neon", "fma", "portable" };
    uint32_t count = kernel_count(), i, j;
    CHECK(count > 0);
    CHECK(strcmp(leat_kernel_available(0), best_by_processor()) == 0);
    for (i = 0; i < count; i++) {
        const char *name = leat_kernel_available(i);
        int is_known = 0;
        for (j = 0; j < sizeof known / sizeof *known; j++)
            is_known |= strcmp(name, known[j]) == 0;
        check_that(is_known, __FILE__, __LINE__, "what is '%s'?", name);
        CHECK(name == leat_kernel_available(i));
        for (j = 0; j < i; j++)
            CHECK(strcmp(name, leat_kernel_available(j)) != 0);
        printf("    kernel %u: %s\n", i, name);
    }
#if defined(__x86_64__)
    /* Any x86-64 runs it. */
    CHECK(strcmp(leat_kernel_available(count - 1), "x86-64") == 0);
#endif
    for (i = count; i < count + 300; i++)
        CHECK(leat_kernel_available(i) == NULL);
    for (i = 0; i < 32; i++)
        CHECK(leat_kernel_available(UINT32_MAX >> i) ==
              (UINT32_MAX >> i < count ? leat_kernel_available(UINT32_MAX >> i)
                                       : NULL));
    CHECK(leat_kernel_available(UINT32_MAX) == NULL);
    CHECK(leat_kernel_available((uint32_t)INT32_MAX + 1) == NULL);
}

static size_t different_bytes(void)
{
    size_t i, different = 0;
    for (i = 0; i < sizeof model_block; i++)
        different += model_block[i] != block_before[i];
    return different;
}

static void check_choice(const struct vector *v)
{
    const leat_model *model = NULL;
    leat_stream *stream = NULL;
    leat_model_info_t info, info_before;
    float *output = (float *)allocate(v->outputs * 4);
    float *expected = (float *)allocate(v->outputs * 4);
    leat_stream *reference = new_stream(v->model);
    uint32_t count = kernel_count(), i;
    size_t t;
    memset(model_block, 0xa5, sizeof model_block);
    CHECK_CODE(leat_model_init(model_block, sizeof model_block, v->file,
                               v->file_size, &model, &error), LEAT_OK, error);
    CHECK(leat_kernel_name(model) == leat_kernel_available(0));
    CHECK_CODE(leat_stream_init(stream_block, sizeof stream_block, model,
                                &stream, &error), LEAT_OK, error);
    CHECK_EQUAL(leat_model_info(model, &info_before, NULL), LEAT_OK);
    memcpy(block_before, model_block, sizeof model_block);
    for (t = 0; t < 60; t++) {
        const float *input = v->input + t % v->steps * v->inputs;
        char name[32];
        /* A name of one's own will do, too. */
        i = (uint32_t)(t * 7 / 3) % count;
        snprintf(name, sizeof name, "%s", leat_kernel_available(i));
        memset(&error, '?', sizeof error);
        CHECK_EQUAL(leat_model_set_kernel(model, name, &error), LEAT_OK);
        CHECK_EQUAL(error.code, 0x3f3f3f3f);
        CHECK(leat_kernel_name(model) == leat_kernel_available(i));
        CHECK_EQUAL(leat_model_set_kernel(model, "none", &error),
                    LEAT_E_ARGUMENT);
        CHECK_EQUAL(leat_model_set_kernel(model, "none", NULL),
                    LEAT_E_ARGUMENT);
        CHECK(leat_kernel_name(model) == leat_kernel_available(i));
        CHECK_EQUAL(different_bytes(), i == 0 ? 0 : 1);
        CHECK_EQUAL(leat_model_info(model, &info, NULL), LEAT_OK);
        CHECK_BYTES(&info, &info_before, sizeof info);
        CHECK_EQUAL(leat_stream_step(stream, input, output, NULL), LEAT_OK);
        CHECK_EQUAL(leat_stream_step(reference, input, expected, NULL),
                    LEAT_OK);
        CHECK_BYTES(output, expected, v->outputs * 4);
        CHECK_EQUAL(different_bytes(), i == 0 ? 0 : 1);
    }
    /* A model that is made anew is made with the best. */
    use_kernel(count - 1);
    CHECK_EQUAL(leat_model_init(model_block, sizeof model_block, v->file,
                                v->file_size, &model, NULL), LEAT_OK);
    CHECK(leat_kernel_name(model) == leat_kernel_available(0));
    free(reference);
    free(expected);
    free(output);
}

/* Sums a hair off the middle between two floats: who rounds them twice, or adds
 * a rounded product, is a bit off. A unit's g is one such sum, w x + b with an
 * odd b and w x = +-2^-24 (1 - 2^-46); i is open, so that c shows tanh(g). */
static void check_near_ties(void)
{
    enum { UNITS = 64 };
    static float weight[4 * UNITS], bias[4 * UNITS], c[2][UNITS];
    static const struct tensor tensors[] = {
        { "lstm.weight_ih_l0", 4 * UNITS, 1, weight, F32 },
        { "lstm.weight_hh_l0", 4 * UNITS, UNITS, NULL, F32 },
        { "lstm.bias_ih_l0", 4 * UNITS, 0, bias, F32 },
        { "lstm.bias_hh_l0", 4 * UNITS, 0, NULL, F32 },
    };
    const float input = 0x1.000002p-12f; /* 1 + 2^-23 */
    float output[UNITS];
    size_t size, i;
    void *block;
    unsigned char *file;
    const leat_model *model;
    uint32_t kernel;
    for (i = 0; i < UNITS; i++) {
        bias[i] = 100; /* i */
        weight[2 * UNITS + i] = i % 2 == 0 ? 0x1.fffffcp-13f
                                           : -0x1.fffffcp-13f;
        bias[2 * UNITS + i] = 1 + (float)(2 * (i * 991) + 1) * 0x1p-23f;
    }
    file = make_safetensors(tensors, 4, NULL, &size);
    model = model_of(file, size, &block);
    free(file);
    for (kernel = 0; kernel < kernel_count(); kernel++) {
        leat_stream *stream = new_stream(model);
        check_context("near ties, %s", leat_kernel_available(kernel));
        use_kernel(kernel);
        CHECK_EQUAL(leat_stream_step(stream, &input, output, NULL), LEAT_OK);
        CHECK_EQUAL(leat_stream_get_state(stream, 0, NULL, c[kernel != 0],
                                          NULL), LEAT_OK);
        if (kernel > 0)
            CHECK_BYTES(c[1], c[0], sizeof c[0]);
        free(stream);
    }
    free(block);
}

/* A model that the library allocated, and another that stays as it is. */
static void check_opened(const char *path)
{
    const leat_model *model = NULL, *other = NULL;
    uint32_t i;
    CHECK_CODE(leat_model_open(path, &model, &error), LEAT_OK, error);
    CHECK_CODE(leat_model_open(path, &other, &error), LEAT_OK, error);
    CHECK(leat_kernel_name(model) == leat_kernel_available(0));
    for (i = 0; i < kernel_count(); i++) {
        use_kernel(i);
        CHECK(leat_kernel_name(model) == leat_kernel_available(i));
        CHECK(leat_kernel_name(other) == leat_kernel_available(0));
    }
    leat_model_close(other);
    leat_model_close(model);
}

int main(int count, char **arguments)
{
    static const char *const cases[] = { "head-three", "f16", "normaliser" };
    char path[512];
    size_t i;
    if (count != 2) {
        fprintf(stderr, "usage: test_kernel VECTORS\n");
        return 2;
    }
    check_names();
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vector v;
        vector_open(&v, arguments[1], cases[i]);
        check_choice(&v);
        vector_close(&v);
    }
    check_near_ties();
    check_context("%s", "");
    snprintf(path, sizeof path, "%s/head-three/model.safetensors",
             arguments[1]);
    check_opened(path);
    return check_report("test_kernel");
}
