/* SPDX-License-Identifier: MIT
 * nn.BatchNorm1d in evaluation is within 2 units in the last place of its
 * formula in double precision, except where the terms cancel; so are outputs in
 * units.
 *
 * The list is an nn.RNN of zeros, whose h is 0, and the sample added to it.
 *
 *     test_scale */
#include "kernels.h"
#include "random_models.h"

#include <float.h>
#include <math.h>

enum { SIZE = 33, STEPS = 4000 };

static const double epsilon = 1e-5;
static double worst;
static size_t compared;
static leat_error error;

static void compare(float actual, double product, double shift)
{
    double right = product + shift, ulp, off;
    /* Terms that cancel leave few digits to compare. */
    if (fabs(right) < ldexp(fabs(product) + fabs(shift), -16))
        return;
    ulp = ldexp(1, (int)floor(log2(fabs(right))) - FLT_MANT_DIG + 1);
    off = fabs((double)actual - right) / ulp;
    worst = off > worst ? off : worst;
    compared++;
    check_that(off <= 2, __FILE__, __LINE__, "%.9g, expected %.17g: %.2f ulp",
               (double)actual, right, off);
}

/* With `scale` as the largest running_var, or in units with that factor. */
static void check_scale(int is_batch_norm, float scale, uint32_t seed)
{
    static float mean[SIZE], variance[SIZE], weight[SIZE], bias[SIZE];
    struct tensor tensors[6];
    leat_stream *stream;
    const leat_model *model;
    unsigned char *file;
    size_t count = 2, size, i, t;
    uint32_t kernel;
    void *block;
    memset(tensors, 0, sizeof tensors);
    strcpy(tensors[0].name, "rnn.weight_ih_l0");
    strcpy(tensors[1].name, "rnn.weight_hh_l0");
    tensors[0].rows = tensors[0].columns = SIZE;
    tensors[1].rows = tensors[1].columns = SIZE;
#define ADD(leaf, array)                                                       \
    strcpy(tensors[count].name, leaf);                                         \
    tensors[count].rows = SIZE;                                                \
    tensors[count++].values = array
    if (is_batch_norm) {
        ADD("bn.running_mean", mean);
        ADD("bn.running_var", variance);
    }
    ADD(is_batch_norm ? "bn.weight" : "output_std", weight);
    ADD(is_batch_norm ? "bn.bias" : "output_mean", bias);
#undef ADD
    random_floats(&seed, mean, SIZE, scale);
    random_floats(&seed, variance, SIZE, scale);
    random_floats(&seed, weight, SIZE, is_batch_norm ? 2 : scale);
    random_floats(&seed, bias, SIZE, 3);
    for (i = 0; i < SIZE; i++)
        variance[i] = variance[i] < 0 ? -variance[i] : variance[i];
    file = make_formatted(tensors, count, "2",
                          is_batch_norm ? "rnn +input bn" : "rnn +input",
                          &size);
    model = model_of(file, size, &block);
    for (kernel = 0; kernel < kernel_count(); kernel++) {
        use_kernel(kernel);
        stream = new_stream(model);
        for (t = 0; t < STEPS; t++) {
            float x[SIZE], y[SIZE];
            random_floats(&seed, x, SIZE, 4);
            CHECK_CODE(leat_stream_step(stream, x, y, &error), LEAT_OK, error);
            for (i = 0; i < SIZE; i++) {
                double factor = weight[i], from = x[i];
                if (is_batch_norm) {
                    factor /= sqrt((double)variance[i] + epsilon);
                    from -= (double)mean[i];
                }
                compare(y[i], from * factor, bias[i]);
            }
        }
        free(stream);
    }
    free(block);
    free(file);
}

int main(void)
{
    static const float scales[] = { 1e-6f, 0.01f, 1, 100, 1e6f };
    uint32_t i;
    for (i = 0; i < sizeof scales / sizeof *scales; i++) {
        check_scale(1, scales[i], i + 1);
        check_scale(0, scales[i], i + 100);
    }
    printf("%zu values, at most %.2f units in the last place\n", compared,
           worst);
    CHECK(compared > 1000000);
    return check_report("test_scale");
}
