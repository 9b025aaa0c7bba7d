/* SPDX-License-Identifier: MIT
 * Which kernels there are, which one a new stream has, and that setting another
 * one changes nothing else. What is refused is in test_arguments.
 *
 *     test_kernel VECTORS */
#include "kernels.h"
#include "random_models.h"
#include "vectors.h"

#if (defined(__arm__) || defined(__aarch64__)) && defined(__linux__)
#include <sys/auxv.h>
#endif

/* A model in static memory. */
static LEAT_ALIGNED unsigned char model_block[1 << 15];
static LEAT_ALIGNED unsigned char stream_block[1 << 12];
static unsigned char block_before[sizeof model_block];
static leat_error error;

#if defined(__x86_64__)
/* Of the same model number are Cascade Lake and Cooper Lake. */
static int is_skylake_sp(void)
{
    return __builtin_cpu_is("skylake-avx512") || __builtin_cpu_is("cascadelake") ||
           __builtin_cpu_is("cooperlake");
}

/* What /proc/cpuinfo says, since compilers know AVX-VNNI only by a later name. */
static int has_avx_vnni(void)
{
    static char line[1 << 13];
    FILE *file = fopen("/proc/cpuinfo", "r");
    int found = 0;
    if (file == NULL)
        give_up("/proc/cpuinfo");
    while (!found && fgets(line, sizeof line, file) != NULL)
        found = strncmp(line, "flags", 5) == 0 && strstr(line, " avx_vnni") != NULL;
    fclose(file);
    return found;
}

static int has_kernel(const char *name)
{
    uint32_t i;
    for (i = 0; leat_kernel_available(i) != NULL; i++)
        if (strcmp(leat_kernel_available(i), name) == 0)
            return 1;
    return 0;
}
#endif

/* The processor's features, as the compiler's built-in functions report
 * them, or the system. */
static const char *best_by_processor(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") ||
        !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2"))
        return "x86-64";
    if (__builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vnni") && !is_skylake_sp())
        return "x86-64-v4";
    return has_avx_vnni() ? "x86-64-v3-vnni" : "x86-64-v3";
#elif defined(__aarch64__) && defined(__linux__)
    return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0 ? "neon-dotprod" : "neon";
#elif defined(__aarch64__)
    return "neon";
#elif defined(__ARM_FEATURE_FMA) || defined(__riscv_flen)
    return "fma";
#elif defined(__arm__) && defined(__linux__)
    return (getauxval(AT_HWCAP) & HWCAP_ARM_VFPv4) != 0 ? "fma" : "portable";
#else
    return "portable";
#endif
}

static void check_names(void)
{
    static const char *const known[] = { "x86-64-v4", "x86-64-v3-vnni",
                                         "x86-64-v3", "x86-64", "neon-dotprod",
                                         "neon", "fma", "portable" };
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
    /* One with AVX-VNNI need not run only its best. */
    CHECK(has_avx_vnni() == has_kernel("x86-64-v3-vnni"));
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

static int is_name(const leat_stream *stream, uint32_t kernel)
{
    return leat_stream_kernel(stream) == leat_kernel_available(kernel);
}

/* One stream that changes from kernel to kernel, beside one that stays on the
 * best: only the name of the kernel differs, and no byte of their model
 * changes. */
static void check_choice(const struct vector *v)
{
    const leat_model *model = NULL;
    leat_stream *stream = NULL, *copy;
    float *output = (float *)allocate(v->outputs * 4);
    float *expected = (float *)allocate(v->outputs * 4);
    unsigned char *state = (unsigned char *)allocate(v->state_size);
    unsigned char *saved = (unsigned char *)allocate(v->state_size);
    static LEAT_ALIGNED unsigned char copy_block[sizeof stream_block];
    leat_stream *reference = new_stream(v->model);
    uint32_t count = kernel_count(), i;
    size_t t;
    memset(model_block, 0xa5, sizeof model_block);
    CHECK_CODE(leat_model_init(model_block, sizeof model_block, v->file,
                               v->file_size, &model, &error), LEAT_OK, error);
    memcpy(block_before, model_block, sizeof model_block);
    CHECK_CODE(leat_stream_init(stream_block, sizeof stream_block, model,
                                &stream, &error), LEAT_OK, error);
    CHECK(is_name(stream, 0));
    for (t = 0; t < 60; t++) {
        const float *input = v->input + t % v->steps * v->inputs;
        char name[32];
        /* A caller's own string with the name is accepted, too. */
        i = (uint32_t)(t * 7 / 3) % count;
        snprintf(name, sizeof name, "%s", leat_kernel_available(i));
        memset(&error, '?', sizeof error);
        CHECK_EQUAL(leat_stream_save(stream, saved, v->state_size, NULL),
                    LEAT_OK);
        CHECK_EQUAL(leat_stream_set_kernel(stream, name, &error), LEAT_OK);
        CHECK_EQUAL(error.code, 0x3f3f3f3f);
        CHECK(is_name(stream, i));
        CHECK_EQUAL(leat_stream_set_kernel(stream, "none", &error),
                    LEAT_E_ARGUMENT);
        CHECK_EQUAL(leat_stream_set_kernel(stream, "none", NULL),
                    LEAT_E_ARGUMENT);
        CHECK(is_name(stream, i));
        CHECK_EQUAL(leat_stream_save(stream, state, v->state_size, NULL),
                    LEAT_OK);
        CHECK_BYTES(state, saved, v->state_size);
        /* A state doesn't include the kernel; a copy has its original's. */
        CHECK_EQUAL(leat_stream_load(stream, saved, v->state_size, NULL),
                    LEAT_OK);
        CHECK(is_name(stream, i));
        memcpy(copy_block, stream_block, sizeof copy_block);
        copy = (leat_stream *)(void *)copy_block;
        CHECK(is_name(copy, i));
        CHECK_EQUAL(leat_stream_step(stream, input, output, NULL), LEAT_OK);
        CHECK_EQUAL(leat_stream_step(reference, input, expected, NULL),
                    LEAT_OK);
        CHECK_BYTES(output, expected, v->outputs * 4);
        CHECK(is_name(reference, 0));
        CHECK_BYTES(model_block, block_before, sizeof model_block);
    }
    CHECK_EQUAL(leat_stream_set_kernel(stream, leat_kernel_available(count - 1),
                                       NULL), LEAT_OK);
    CHECK_EQUAL(leat_stream_reset(stream, NULL), LEAT_OK);
    CHECK(is_name(stream, count - 1));
    free(reference);
    free(saved);
    free(state);
    free(expected);
    free(output);
}

/* Streams of one model, each on its own kernel, alone and in batches. A kernel
 * for several streams at once may step them only when it is the kernel of
 * all. */
static void check_mixed(enum dtype type)
{
    enum { STREAMS = 8, ROUNDS = 60 };
    static const struct shape shape = {
        .inputs = 3, .hidden = { 16, 9 }, .projected = { 0, 5 },
        .linear = { 6, 3 }, .activations = "rx", .has_bias = 1,
        .has_normalizer = 1
    };
    void *block;
    const leat_model *model = random_model(&shape, type, 17, &block);
    leat_stream *mixed[STREAMS], *best[STREAMS];
    size_t size = leat_state_size(model), i, t;
    unsigned char *states = (unsigned char *)allocate(2 * size);
    float inputs[STREAMS * 3], outputs[STREAMS * 3], expected[STREAMS * 3];
    uint32_t seed = 1, count = kernel_count();
    use_kernel(0);
    for (i = 0; i < STREAMS; i++) {
        mixed[i] = new_stream(model);
        best[i] = new_stream(model);
    }
    for (t = 0; t < ROUNDS; t++) {
        check_context("%s, round %zu", dtype_name(type), t);
        random_floats(&seed, inputs, STREAMS * 3, 2);
        /* Sometimes all but the last are on one kernel. */
        for (i = 0; i < STREAMS; i++) {
            use_kernel(t % 4 == 0 && i + 1 < STREAMS
                           ? (uint32_t)t / 4 % count
                           : next_random(&seed) % count);
            set_kernel(mixed[i]);
        }
        use_kernel(0);
        if (t % 3 == 0) {
            for (i = 0; i < STREAMS; i++)
                CHECK_EQUAL(leat_stream_step(mixed[i], inputs + i * 3,
                                             outputs + i * 3, NULL), LEAT_OK);
        } else {
            CHECK_CODE(leat_batch_step(mixed, STREAMS, inputs, outputs,
                                       &error), LEAT_OK, error);
        }
        CHECK_CODE(leat_batch_step(best, STREAMS, inputs, expected, &error),
                   LEAT_OK, error);
        CHECK_BYTES(outputs, expected, sizeof outputs);
        for (i = 0; i < STREAMS; i++) {
            CHECK_EQUAL(leat_stream_save(mixed[i], states, size, NULL), 0);
            CHECK_EQUAL(leat_stream_save(best[i], states + size, size, NULL),
                        0);
            CHECK_BYTES(states, states + size, size);
        }
    }
    for (i = 0; i < STREAMS; i++) {
        free(mixed[i]);
        free(best[i]);
    }
    free(states);
    free(block);
}

/* Sums that are very close to the middle between two floats: a kernel that
 * rounds twice, or adds a rounded product, is a bit off. A unit's g is one such
 * sum, w x + b with an odd b and w x = +-2^-24 (1 - 2^-46); i is open, so that
 * c shows tanh(g). */
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
        leat_stream *stream;
        check_context("near ties, %s", leat_kernel_available(kernel));
        use_kernel(kernel);
        stream = new_stream(model);
        CHECK_EQUAL(leat_stream_step(stream, &input, output, NULL), LEAT_OK);
        CHECK_EQUAL(leat_stream_get_state(stream, 0, NULL, c[kernel != 0],
                                          NULL), LEAT_OK);
        if (kernel > 0)
            CHECK_BYTES(c[1], c[0], sizeof c[0]);
        free(stream);
    }
    free(block);
}

/* Streams of a model that the library allocated. */
static void check_opened(const char *path)
{
    const leat_model *model = NULL;
    leat_stream *stream, *other;
    uint32_t i;
    CHECK_CODE(leat_model_open(path, &model, &error), LEAT_OK, error);
    use_kernel(0);
    stream = new_stream(model);
    other = new_stream(model);
    for (i = 0; i < kernel_count(); i++) {
        use_kernel(i);
        set_kernel(stream);
        CHECK(is_name(stream, i));
        CHECK(is_name(other, 0));
    }
    free(other);
    free(stream);
    leat_model_close(model);
}

int main(int count, char **arguments)
{
    static const char *const cases[] = { "head-three", "f16", "normaliser" };
    char path[512];
    size_t i;
    int type;
    check_usage(count == 2, "test_kernel VECTORS");
    check_names();
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vector v;
        vector_open(&v, arguments[1], cases[i]);
        check_choice(&v);
        vector_close(&v);
    }
    for (type = F32; type < DTYPES; type++)
        check_mixed((enum dtype)type);
    check_near_ties();
    check_context("%s", "");
    snprintf(path, sizeof path, "%s/head-three/model.safetensors",
             arguments[1]);
    check_opened(path);
    return check_report("test_kernel");
}
