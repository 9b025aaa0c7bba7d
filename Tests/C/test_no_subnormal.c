/* SPDX-License-Identifier: MIT
 * No subnormal number is computed with: some processors take a hundred times as
 * long for them, others take them for 0. Not while a state decays, which
 * reaches 0, not in ordinary steps, and not with weights, samples and states of
 * any size. The processor's flags for denormal operands and underflow would
 * show one.
 *
 *     test_no_subnormal VECTORS */
#include "kernels.h"
#include "layer_lists.h"
#include "vectors.h"

#if defined(__x86_64__)
#include <xmmintrin.h>

enum { STREAMS = 6, MOST_STEPS = 4000, ORDINARY = 200, LOOPED = 2000 };

static leat_error error;
static uint32_t seed = 11;
static size_t longest, decays, extreme_steps;

static void clear_flags(void) { _mm_setcsr(_mm_getcsr() & ~0x3fu); }

static int raised(void) { return (_mm_getcsr() & 0x12) != 0; }

static const char *flags(void)
{
    static const char *const names[] = { "none", "denormal operand",
                                         "underflow", "both" };
    return names[(_mm_getcsr() >> 1 & 1) | (_mm_getcsr() >> 3 & 2)];
}

/* The flags rise when there is a subnormal number. */
static void check_flags(void)
{
    volatile float tiny = 0x1p-126f, result;
    clear_flags();
    CHECK(!raised());
    result = tiny * 0.3f;
    CHECK(raised());
    clear_flags();
    result = result + 1.0f;
    CHECK(raised());
    clear_flags();
}

static void expect_no_flags(const char *what, size_t step)
{
    check_that(!raised(), __FILE__, __LINE__, "%s %zu raises %s", what, step,
               flags());
    clear_flags();
}

static const char *const ways[] = { "steps", "runs", "batches" };

/* Single steps, runs of one or a batch. */
static void take(int way, leat_stream **streams, const float *inputs,
                 float *outputs, const leat_model_info_t *info)
{
    size_t i;
    if (way == 2)
        CHECK_CODE(leat_batch_step(streams, STREAMS, inputs, outputs, &error),
                   LEAT_OK, error);
    for (i = 0; way != 2 && i < STREAMS; i++)
        CHECK_CODE(way == 0 ? leat_stream_step(streams[i],
                                               inputs + i * info->input_size,
                                               outputs + i * info->output_size,
                                               &error)
                            : leat_stream_run(streams[i], 1,
                                              inputs + i * info->input_size,
                                              outputs + i * info->output_size,
                                              &error), LEAT_OK, error);
}

/* Whether every bit of h and c is 0, except for signs. */
static int is_zero(leat_stream *const *streams, const leat_model_info_t *info)
{
    static float h[64], c[64];
    size_t i, j;
    uint32_t layer;
    for (i = 0; i < STREAMS; i++)
        for (layer = 0; layer < info->recurrent_layers; layer++) {
            leat_layer_info_t sizes = recurrent_layer(
                leat_stream_model(streams[i]), layer);
            CHECK_EQUAL(leat_stream_get_state(streams[i], layer, h, c, NULL),
                        0);
            for (j = 0; j < sizes.output_size; j++)
                if (h[j] != 0)
                    return 0;
            for (j = 0; j < cell_size(&sizes); j++)
                if (c[j] != 0)
                    return 0;
        }
    return 1;
}

static void check_decay(const leat_model *model, int way)
{
    leat_stream *streams[STREAMS];
    leat_model_info_t info;
    float *inputs, *outputs;
    size_t i, t;
    CHECK_EQUAL(leat_model_info(model, &info, NULL), LEAT_OK);
    inputs = (float *)allocate(STREAMS * info.input_size * 4);
    outputs = (float *)allocate(STREAMS * info.output_size * 4);
    for (i = 0; i < STREAMS; i++)
        streams[i] = new_stream(model);
    /* Inputs that keep every gate open or closed. */
    for (i = 0; i < STREAMS * info.input_size; i++)
        inputs[i] = random_float(&seed, 1) < 0 ? -20.0f : 20.0f;
    for (t = 0; t < ORDINARY; t++)
        take(way, streams, inputs, outputs, &info);
    CHECK(!is_zero(streams, &info));
    memset(inputs, 0, STREAMS * info.input_size * 4);
    clear_flags();
    for (t = 0; t < MOST_STEPS && !is_zero(streams, &info); t++) {
        clear_flags();
        take(way, streams, inputs, outputs, &info);
        expect_no_flags("decaying step", t);
    }
    CHECK(is_zero(streams, &info));
    longest = t > longest ? t : longest;
    decays++;
    for (t = 0; t < ORDINARY; t++) {
        random_floats(&seed, inputs, STREAMS * info.input_size, 3);
        clear_flags();
        take(way, streams, inputs, outputs, &info);
        expect_no_flags("ordinary step", t);
    }
    for (i = 0; i < STREAMS; i++)
        free(streams[i]);
    free(outputs);
    free(inputs);
}

static const struct shape shapes[] = {
    { .inputs = 1, .hidden = { 1 } },
    { .inputs = 3, .hidden = { 32 }, .linear = { 1 }, .activations = "n" },
    { .inputs = 5, .hidden = { 16, 9, 24 } },
    { .inputs = 4, .hidden = { 17, 9 }, .projected = { 5, 8 } },
    { .inputs = 2, .hidden = { 20 }, .linear = { 9, 8, 5, 3 },
      .activations = "rstx" },
    { .inputs = 2, .hidden = { 12, 12 }, .weight = 0.002f },
    { .inputs = 3, .hidden = { 4 }, .projected = { 3 }, .weight = 1 },
    { .inputs = 3, .hidden = { 32, 9 }, .kinds = "rr" },
    { .inputs = 2, .hidden = { 5, 12, 17 }, .kinds = "rlr", .weight = 0.25f,
      .linear = { 3 }, .activations = "t" },
    { .inputs = 3, .hidden = { 32, 9 }, .kinds = "gg" },
    { .inputs = 2, .hidden = { 5, 48, 17 }, .kinds = "glg", .weight = 0.25f,
      .linear = { 3 }, .activations = "t" },
};

/* Other cells, sums, nn.BatchNorm1d, nn.PReLU, outputs in units and other
 * activations. With zeros for biases those of `decaying` decay to 0. */
static const char *const decaying[] = {
    "l1p g1b r1n",
    "l17p l32k l12c",
    "l9h g17a g24b r12s",
    "g16b g9c l9k g33c",
    "l16u r17n g9v l8",
    "l9 b:tanh l9 +l0 +b1 p f9:elu(0.5) +l3 :gelu b u",
    "f9:silu l9 :gelu_tanh +f0 p g9:hardtanh(-0.5,2) r9 :hardswish +f0 "
    ":softsign f4:relu6 u",
    "b:leaky_relu l12p f3 +input g12b +l2 b r12s +l2 u",
};

static const char *const staying[] = {
    "f9:softplus(2,5) l9h :log_softmax f9:hard_sigmoid +f0 :softmax g8b "
    ":sigmoid b u",
    "b:softplus g17c :hard_sigmoid(0.2,0.5) b:softmax f5:sigmoid b:log_softmax "
    "+f6 u",
};

enum {
    DECAYING = sizeof decaying / sizeof *decaying,
    STAYING = sizeof staying / sizeof *staying
};

static float float_at(const struct tensor *tensor, size_t i)
{
    const unsigned char *bytes = (const unsigned char *)tensor->values;
    float value;
    memcpy(&value, bytes + 4 * i, 4);
    return value;
}

static void put_float(unsigned char *bytes, enum dtype type, size_t i,
                      float value)
{
    uint32_t bits;
    uint16_t half = half_of(value);
    memcpy(&bits, &value, 4);
    if (type == BF16)
        half = (uint16_t)(bits >> 16);
    if (type == F32)
        memcpy(bytes + 4 * i, &bits, 4);
    else
        memcpy(bytes + 2 * i, &half, 2);
}

/* Nothing that keeps the state away from 0: no biases and means, and no
 * peephole of f, with which a large c stays. */
static void let_decay(struct list *list)
{
    size_t i;
    for (i = 0; i < list->tensor_count; i++) {
        const struct tensor *t = &list->tensors[i];
        unsigned char *bytes = (unsigned char *)(uintptr_t)t->values;
        size_t size = tensor_bytes(t);
        if (strstr(t->name, "bias") != NULL || strstr(t->name, "mean") != NULL)
            memset(bytes, 0, size);
        if (strstr(t->name, "peephole") != NULL)
            memset(bytes + size / 3, 0, size / 3);
    }
}

static void check_decaying_lists(void)
{
    static struct list list;
    size_t s;
    int type, way;
    uint32_t kernel;
    for (s = 0; s < DECAYING; s++)
        for (type = F32; type < DTYPES; type++) {
            void *block;
            const leat_model *model;
            list_make(&list, decaying[s], 3, (enum dtype)type, 0,
                      (uint32_t)s + 1);
            let_decay(&list);
            model = list_model(&list, &block);
            for (kernel = 0; kernel < kernel_count(); kernel++)
                for (way = 0; way < 3; way++) {
                    check_context("%s, %s, %s, %s", decaying[s],
                                  dtype_name((enum dtype)type),
                                  leat_kernel_available(kernel), ways[way]);
                    use_kernel(kernel);
                    check_decay(model, way);
                }
            free(block);
            list_free(&list);
        }
}

/* --- numbers of any size --------------------------------------------------- */

/* Magnitudes from 2^-149 to 2^3, all equally likely. */
static float extreme_float(void)
{
    float value = 1 + (float)(next_random(&seed) & 0x7fffff) / 8388608.0f;
    int exponent = (int)(next_random(&seed) % 153) - 149;
    for (; exponent > 0; exponent--)
        value *= 2;
    for (; exponent < 0; exponent++)
        value /= 2;
    return next_random(&seed) & 1 ? -value : value;
}

/* With one that is very large beside it, whatever it is. */
static float extreme_input(const leat_model_info_t *info)
{
    return next_random(&seed) % 4 == 0 ? info->input_limit : extreme_float();
}

/* Replace all weights and biases of a file. */
static void make_extreme(unsigned char *file, size_t size, enum dtype type)
{
    uint64_t header;
    size_t i;
    memcpy(&header, file, 8);
    for (i = 8 + (size_t)header; i + (type == F32 ? 4 : 2) <= size;
         i += type == F32 ? 4 : 2)
        put_float(file + i, type, 0, extreme_float());
}

/* The same for a list: every tensor up to about the size of its values before,
 * as some cells have a bound only then. Scales of integers get `unit`. */
static void make_list_extreme(struct list *list, float unit)
{
    size_t i, j;
    for (i = 0; i < list->tensor_count; i++) {
        const struct tensor *t = &list->tensors[i];
        unsigned char *bytes = (unsigned char *)(uintptr_t)t->values;
        size_t count = t->rows * (t->columns != 0 ? t->columns : 1);
        float most = t->columns > 0 ? 0.4f / (float)t->columns : 0.5f;
        if (t->type == I8)
            continue;
        for (j = 0; j < count; j++) {
            float value = extreme_float() / 16 * most;
            float size = value < 0 ? -value : value;
            if (strstr(t->name, "_scale") != NULL)
                value = float_at(t, j) * unit;
            if (strstr(t->name, "running_var") != NULL)
                value = size;
            if (strstr(t->name, "output_std") != NULL && size < 0x1p-40f)
                value = 0;
            put_float(bytes, t->type, j, value);
        }
    }
}

static void check_extreme(const leat_model *model, int way)
{
    leat_stream *streams[STREAMS];
    leat_model_info_t info;
    float *inputs, *outputs, state[64];
    size_t i, j, t;
    uint32_t layer;
    CHECK_EQUAL(leat_model_info(model, &info, NULL), LEAT_OK);
    inputs = (float *)allocate(STREAMS * info.input_size * 4);
    outputs = (float *)allocate(STREAMS * info.output_size * 4);
    for (i = 0; i < STREAMS; i++)
        streams[i] = new_stream(model);
    for (t = 0; t < ORDINARY; t++) {
        for (i = 0; i < STREAMS * info.input_size; i++)
            inputs[i] = t % 3 == 0 ? extreme_input(&info) : extreme_float();
        /* Sometimes a state that the caller sets. */
        for (i = 0; t % 8 == 0 && i < STREAMS; i++)
            for (layer = 0; layer < info.recurrent_layers; layer++) {
                leat_layer_info_t about = recurrent_layer(model, layer);
                for (j = 0; j < 64; j++) {
                    state[j] = extreme_float() / 16;
                    /* With relu an h below 0 isn't one of the cell's own. */
                    if (about.cell == LEAT_CELL_OTHER &&
                        about.kind != LEAT_LAYER_LSTM && state[j] < 0)
                        state[j] = -state[j];
                }
                CHECK_EQUAL(leat_stream_set_state(streams[i], layer, state,
                                                  state, NULL), LEAT_OK);
            }
        clear_flags();
        take(way, streams, inputs, outputs, &info);
        expect_no_flags("extreme step", t);
        for (i = 0; i < STREAMS * info.output_size; i++) {
            float size = outputs[i] < 0 ? -outputs[i] : outputs[i];
            check_that(size == 0 || size >= 0x1p-126f, __FILE__, __LINE__,
                       "output %zu of step %zu is %a", i, t,
                       (double)outputs[i]);
        }
        extreme_steps++;
    }
    for (i = 0; i < STREAMS; i++)
        free(streams[i]);
    free(outputs);
    free(inputs);
}

/* On every kernel, in every way, unless by chance all weights of an nn.Linear
 * count as 0; whether that wasn't so. */
static int check_extreme_file(const unsigned char *file, size_t size,
                              const char *name, int type, size_t round)
{
    const leat_model *model;
    size_t memory;
    void *block;
    uint32_t kernel;
    int way;
    if (leat_model_measure(file, size, &memory, NULL) == LEAT_E_UNSUPPORTED)
        return 0;
    model = model_of(file, size, &block);
    for (kernel = 0; kernel < kernel_count(); kernel++)
        for (way = 0; way < 3; way++) {
            check_context("%s, %s, round %zu, %s, %s", name,
                          dtype_name((enum dtype)type), round,
                          leat_kernel_available(kernel), ways[way]);
            use_kernel(kernel);
            check_extreme(model, way);
        }
    free(block);
    return 1;
}

/* Scales of integers, from ordinary to subnormal. */
static const float units[] = { 1, 1e-8f, 1e-10f, 1e-30f };
enum { UNITS = sizeof units / sizeof *units };

static void check_extreme_shapes(void)
{
    size_t s, round;
    int type;
    for (s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (type = F32; type < DTYPES; type++)
            for (round = 0; round < UNITS; round++) {
                struct shape shape = shapes[s];
                unsigned char *file;
                size_t size;
                char name[32];
                sprintf(name, "shape %zu", s);
                shape.has_bias = 1;
                if (type == I8)
                    shape.weight = units[round];
                file = random_file(&shape, (enum dtype)type, (uint32_t)s + 1,
                                   &size);
                if (type != I8)
                    make_extreme(file, size, (enum dtype)type);
                check_extreme_file(file, size, name, type, round);
                free(file);
            }
}

static void check_extreme_lists(void)
{
    static struct list list;
    size_t s, round, tried;
    int type;
    for (s = 0; s < DECAYING + STAYING; s++)
        for (type = F32; type < DTYPES; type++) {
            const char *text = s < DECAYING ? decaying[s]
                                            : staying[s - DECAYING];
            for (round = 0, tried = 0; round < UNITS; round++) {
                unsigned char *file;
                size_t size;
                list_make(&list, text, 3, (enum dtype)type, 0,
                          (uint32_t)(s + 7 * round) + 1);
                make_list_extreme(&list, units[round]);
                file = list_file(&list, &size);
                tried += (size_t)check_extreme_file(file, size, text, type,
                                                    round);
                free(file);
                list_free(&list);
            }
            check_context("%s, %s", text, dtype_name((enum dtype)type));
            CHECK(tried > 0);
        }
}

/* --- the vectors ------------------------------------------------------------ */

/* A vector's inputs, repeated. */
static void check_vector(const char *folder, const char *name)
{
    struct vector v;
    leat_stream *stream;
    float *output;
    uint32_t kernel;
    size_t t;
    vector_open(&v, folder, name);
    output = (float *)allocate(v.outputs * 4);
    for (kernel = 0; kernel < kernel_count(); kernel++) {
        size_t steps = steps_for_kernel(v.model, kernel, LOOPED);
        check_context("%s, %s", name, leat_kernel_available(kernel));
        use_kernel(kernel);
        stream = new_stream(v.model);
        for (t = 0; t < steps; t++) {
            clear_flags();
            CHECK_EQUAL(leat_stream_step(stream,
                                         v.input + t % v.steps * v.inputs,
                                         output, NULL), 0);
            expect_no_flags("step", t);
        }
        free(stream);
    }
    use_kernel(0);
    free(output);
    vector_close(&v);
}

int main(int count, char **arguments)
{
    struct names cases;
    size_t s, i;
    int type, way;
    uint32_t kernel;
    check_usage(count == 2, "test_no_subnormal VECTORS");
    check_flags();
    for (s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (type = F32; type < DTYPES; type++) {
            void *block;
            const leat_model *model = random_model(&shapes[s], (enum dtype)type,
                                                   (uint32_t)s + 1, &block);
            for (kernel = 0; kernel < kernel_count(); kernel++)
                for (way = 0; way < 3; way++) {
                    check_context("shape %zu, %s, %s, %s", s,
                                  dtype_name((enum dtype)type),
                                  leat_kernel_available(kernel), ways[way]);
                    use_kernel(kernel);
                    check_decay(model, way);
                }
            free(block);
        }
    cases = names_in(arguments[1]);
    for (i = 0; i < cases.count; i++)
        check_vector(arguments[1], cases.name[i]);
    check_decaying_lists();
    check_extreme_shapes();
    check_extreme_lists();
    printf("%zu decays of %d streams, the longest of %zu steps; %d steps of "
           "%zu cases; %zu steps with numbers of any size\n",
           decays, (int)STREAMS, longest, (int)LOOPED, cases.count,
           extreme_steps);
    free(cases.name);
    return check_report("test_no_subnormal");
}
#else
int main(void)
{
    printf("no flags of this processor tell: not tested\n0 passed, 0 failed\n");
    return 0;
}
#endif
