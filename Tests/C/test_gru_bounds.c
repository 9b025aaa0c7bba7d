/* SPDX-License-Identifier: MIT
 * h of an nn.GRU: a step makes none whose magnitude is above 2 and above that
 * of the h before it; an update gate of 1 keeps every h, for ever; and h from
 * outside is at most 2^24.
 *
 *     test_gru_bounds */
#include "kernels.h"
#include "random_models.h"

#include <math.h>

enum { UNITS = 64, R = 0, Z = UNITS, N = 2 * UNITS, ROWS = 3 * UNITS };
enum { STEPS = 20000 };

static leat_error error;
static float largest; /* that came from 1 */

/* One input, weights of weight_ih and weight_hh, and biases of the inputs. */
static const leat_model *make_model(const float *of_input, const float *of_h,
                                    const float *bias, void **block)
{
    const struct tensor tensors[] = {
        { "weight_ih_l0", ROWS, 1, of_input, F32 },
        { "weight_hh_l0", ROWS, UNITS, of_h, F32 },
        { "bias_ih_l0", ROWS, 0, bias, F32 },
        { "bias_hh_l0", ROWS, 0, NULL, F32 },
    };
    size_t size;
    unsigned char *file = make_formatted(tensors, 4, "2", NULL, &size);
    const leat_model *model = model_of(file, size, block);
    free(file);
    return model;
}

/* Steps from the h that is given, with inputs of -1 to 1. No h grows beyond 2,
 * or beyond what it was. */
static void check_growth(const leat_model *model, const float *start,
                         size_t steps)
{
    leat_stream *stream = new_stream(model);
    float h[UNITS], limit[UNITS];
    uint32_t seed = 1;
    size_t t, j;
    CHECK_CODE(leat_stream_set_state(stream, 0, start, NULL, &error), LEAT_OK,
               error);
    for (j = 0; j < UNITS; j++)
        limit[j] = fmaxf(fabsf(start[j]), 2);
    for (t = 0; t < steps; t++) {
        float input = random_float(&seed, 1);
        CHECK_CODE(leat_stream_step(stream, &input, h, &error), LEAT_OK, error);
        for (j = 0; j < UNITS; j++) {
            check_that(fabsf(h[j]) <= limit[j], __FILE__, __LINE__,
                       "step %zu: h[%zu] is %a after %a", t, j, (double)h[j],
                       (double)limit[j]);
            limit[j] = fmaxf(fabsf(h[j]), 2);
            if (fabsf(start[j]) == 1)
                largest = fmaxf(largest, fabsf(h[j]));
        }
    }
    free(stream);
}

/* z from almost 0 to 1, n saturated: h creeps to where it grows no more. */
static void check_saturated(size_t steps)
{
    static const float starts[] = { 1, 1.9995f, 2, 3.25f, 4095.9998f,
                                    0x1p24f };
    static float zeros[ROWS * UNITS], bias[ROWS];
    const leat_model *model;
    void *block;
    size_t i, j;
    for (j = 0; j < UNITS; j++) {
        bias[R + j] = 50;
        bias[Z + j] = 10 + 10 * (float)j / UNITS; /* e^-16 is about 2^-23 */
        bias[N + j] = j % 2 ? 50 : -50;
    }
    model = make_model(zeros, zeros, bias, &block);
    for (i = 0; i < sizeof starts / sizeof *starts; i++) {
        float start[UNITS];
        for (j = 0; j < UNITS; j++)
            start[j] = j % 2 ? starts[i] : -starts[i];
        check_growth(model, start, steps);
    }
    free(block);
}

/* Weights so large that all gates saturate. */
static void check_random(size_t steps)
{
    static float of_input[ROWS], of_h[ROWS * UNITS], bias[ROWS];
    float start[UNITS];
    const leat_model *model;
    void *block;
    uint32_t seed = 3;
    size_t j;
    random_floats(&seed, of_input, ROWS, 30);
    random_floats(&seed, of_h, ROWS * UNITS, 5);
    random_floats(&seed, bias, ROWS, 20);
    model = make_model(of_input, of_h, bias, &block);
    for (j = 0; j < UNITS; j++)
        start[j] = 1;
    check_growth(model, start, steps);
    for (j = 0; j < UNITS; j++)
        start[j] = ldexpf(1, (int)j % 25);
    check_growth(model, start, steps);
    free(block);
}

/* With z = 1, every h stays as it is, to the bit. */
static void check_kept(size_t steps)
{
    static float of_input[ROWS], of_h[ROWS * UNITS], bias[ROWS];
    float start[UNITS], h[UNITS];
    const leat_model *model;
    leat_stream *stream;
    void *block;
    uint32_t seed = 5;
    size_t j, t;
    random_floats(&seed, of_input, ROWS, 1);
    random_floats(&seed, bias, ROWS, 1);
    for (j = 0; j < UNITS; j++) {
        of_input[Z + j] = 0;
        bias[Z + j] = 50;
        start[j] = ldexpf(1 + random_float(&seed, 0.5f), (int)j - 39) *
                   (j % 2 ? 1 : -1);
    }
    start[UNITS - 1] = 0x1p24f;
    model = make_model(of_input, of_h, bias, &block);
    stream = new_stream(model);
    CHECK_CODE(leat_stream_set_state(stream, 0, start, NULL, &error), LEAT_OK,
               error);
    for (t = 0; t < steps; t++) {
        float input = random_float(&seed, 1);
        CHECK_CODE(leat_stream_step(stream, &input, h, &error), LEAT_OK, error);
    }
    CHECK_BYTES(h, start, sizeof h);
    free(stream);
    free(block);
}

static void check_limits(void)
{
    static float zeros[ROWS * UNITS];
    float h[UNITS] = { 0 }, before[UNITS], input = 1e30f;
    void *block;
    const leat_model *model = make_model(zeros, zeros, zeros, &block);
    leat_stream *stream = new_stream(model);
    leat_model_info_t info;
    CHECK_EQUAL(leat_model_info(model, &info, NULL), LEAT_OK);
    CHECK(info.input_limit > 1e37f);
    h[63] = -0x1p24f;
    CHECK_CODE(leat_stream_set_state(stream, 0, h, NULL, &error), LEAT_OK,
               error);
    h[63] = nextafterf(-0x1p24f, -INFINITY);
    CHECK_CODE(leat_stream_set_state(stream, 0, h, NULL, &error), LEAT_E_INPUT,
               error);
    CHECK_WORDS(error.message, "h[63] of recurrent layer 0 is -1.678e7");
    CHECK_WORDS(error.message, "expected a magnitude of at most 1.678e7");
    CHECK_EQUAL(leat_stream_get_state(stream, 0, before, NULL, NULL), LEAT_OK);
    CHECK(before[63] == -0x1p24f);
    /* What it reads may be larger than its h. */
    CHECK_CODE(leat_stream_step(stream, &input, h, &error), LEAT_OK, error);
    free(stream);
    free(block);
}

int main(void)
{
    uint32_t kernel;
    for (kernel = 0; kernel < kernel_count(); kernel++) {
        size_t steps = kernel == 0 ? STEPS : STEPS / 40;
        check_context("%s", leat_kernel_available(kernel));
        use_kernel(kernel);
        check_saturated(steps);
        check_random(steps);
        check_kept(steps);
        check_limits();
    }
    /* The first check would be empty if no h came above 1. */
    CHECK(largest > 1);
    CHECK(largest <= 2);
    printf("the largest h from 1: 1 + %g\n", (double)largest - 1);
    return check_report("test_gru_bounds");
}
