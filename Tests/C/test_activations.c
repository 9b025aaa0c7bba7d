/* SPDX-License-Identifier: MIT
 * The library's sigmoid, tanh and relu against libm's in double precision,
 * float by float, through a model whose outputs are the activations of its
 * biases.
 *
 *     test_activations                  a dense sample
 *     test_activations --all            every float that a bias may be: minutes
 *     test_activations --all sigmoid    the same for one of them */
#define _POSIX_C_SOURCE 200809L
#include "floats.h"
#include "safetensors.h"

#include <math.h>
#include <unistd.h>

/* Biases of one model: half of them x, half of them -x. */
enum { COUNT = 1 << 14 };

/* The bits of the largest bias that can't overflow, FLT_MAX / 16. */
#define LARGEST 0x7d7fffffu

/* Below this, sigmoid keeps its value here, about 2^-60. */
#define LOWEST (-41.5f)
#define LEAST  0x1.17c804p-60f

static double exact_sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double exact_relu(double x) { return x > 0 ? x : 0; }

static struct activation {
    const char *name;
    double (*exact)(double);
    double low, high, ulps; /* documented: the range, and the greatest error */
    double worst, worst_at; /* found */
    float last[2];          /* of x and of -x */
    uint64_t tried;
} activations[] = {
    { "sigmoid", exact_sigmoid, 0, 1, 2, 0, 0, { 0, 0 }, 0 },
    { "tanh", tanh, -1, 1, 2, 0, 0, { 0, 0 }, 0 },
    { "relu", exact_relu, 0, HUGE_VAL, 0, 0, 0, { 0, 0 }, 0 },
};

/* One unit and COUNT outputs; all weights are zero, so only biases matter. */
static struct evaluator {
    unsigned char *file;
    size_t file_size, memory_size, stream_size;
    void *memory, *block;
    float input[1], bias[COUNT], output[COUNT];
} evaluator;

static void make_evaluator(const char *activation)
{
    static const struct tensor tensors[] = {
        { "lstm.weight_ih_l0", 4, 1, NULL, F32 },
        { "lstm.weight_hh_l0", 4, 1, NULL, F32 },
        { "fc.weight", COUNT, 1, NULL, F32 },
        { "fc.bias", COUNT, 0, NULL, F32 },
    };
    char layers[40];
    snprintf(layers, sizeof layers, "lstm fc:%s", activation);
    evaluator.file = make_safetensors(tensors, 4, layers, &evaluator.file_size);
    CHECK_EQUAL(leat_model_measure(evaluator.file, evaluator.file_size,
                                   &evaluator.memory_size, NULL),
                LEAT_OK);
    evaluator.memory = allocate(evaluator.memory_size);
    evaluator.stream_size = LEAT_STREAM_BYTES(1, 1, 1, COUNT);
    evaluator.block = allocate(evaluator.stream_size);
}

/* Apply the activation to the biases. */
static void evaluate(void)
{
    const leat_model *model = NULL;
    leat_stream *stream = NULL;
    leat_error error;
    memcpy(evaluator.file + evaluator.file_size - sizeof evaluator.bias,
           evaluator.bias, sizeof evaluator.bias);
    if (leat_model_init(evaluator.memory, evaluator.memory_size, evaluator.file,
                        evaluator.file_size, &model, &error) != LEAT_OK ||
        leat_stream_init(evaluator.block, evaluator.stream_size, model, &stream,
                         &error) != LEAT_OK ||
        leat_stream_step(stream, evaluator.input, evaluator.output, &error) !=
            LEAT_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(2);
    }
}

static void free_evaluator(void)
{
    free(evaluator.block);
    free(evaluator.memory);
    free(evaluator.file);
}

static void check_value(struct activation *a, float x, float y)
{
    /* Such a bias counts as 0. */
    double exact = a->exact(fabsf(x) < 0x1p-100f ? 0 : x);
    double error = fabs(y - exact);
    if (a->exact == exact_sigmoid && x < LOWEST) {
        if (y != LEAST)
            check_that(0, __FILE__, __LINE__, "%s(%a) is %a, expected %a",
                       a->name, (double)x, (double)y, (double)LEAST);
    } else {
        error /= ulp_at(exact);
        if (error > a->worst) {
            a->worst = error;
            a->worst_at = x;
        }
        if (!(error <= a->ulps))
            check_that(0, __FILE__, __LINE__,
                       "%s(%a) is %a, expected %a: %.2f ulp off", a->name,
                       (double)x, (double)y, exact, error);
    }
    if (!(y >= a->low && y <= a->high))
        check_that(0, __FILE__, __LINE__, "%s(%a) is %a: out of its range",
                   a->name, (double)x, (double)y);
    a->tried++;
}

/* Check x and -x, the pair after the last one; x >= 0. */
static void check_pair(struct activation *a, const float *x, const float *y)
{
    check_value(a, x[0], y[0]);
    check_value(a, x[1], y[1]);
    if (!(y[0] >= a->last[0] && y[1] <= a->last[1]))
        check_that(0, __FILE__, __LINE__, "%s is not monotone at %a", a->name,
                   (double)x[0]);
    if (a->exact == tanh && !(y[1] == -y[0]))
        check_that(0, __FILE__, __LINE__, "tanh is not odd at %a",
                   (double)x[0]);
    a->last[0] = y[0];
    a->last[1] = y[1];
}

/* Check ascending floats and their negatives: those whose bits `sample` lists,
 * or without a sample the first `count` floats. */
static void try_floats(struct activation *a, const uint32_t *sample,
                       uint32_t count)
{
    int show_progress = sample == NULL && isatty(2);
    unsigned long failed = check_state.failed;
    uint32_t next = 0;
    make_evaluator(a->name);
    while (next < count) {
        uint32_t some = count - next < COUNT / 2 ? count - next : COUNT / 2, i;
        for (i = 0; i < some; i++) {
            float x = float_of(sample != NULL ? sample[next + i] : next + i);
            evaluator.bias[2 * i] = x;
            evaluator.bias[2 * i + 1] = -x;
        }
        evaluate();
        if (next == 0) {
            a->last[0] = evaluator.output[0];
            a->last[1] = evaluator.output[1];
        }
        for (i = 0; i < some; i++)
            check_pair(a, evaluator.bias + 2 * i, evaluator.output + 2 * i);
        next += some;
        if (show_progress && next % (1u << 22) == 0)
            fprintf(stderr, "\r%s %3.0f %%", a->name,
                    100.0 * next / count);
    }
    if (show_progress)
        fprintf(stderr, "\r              \r");
    free_evaluator();
    /* One check for all of them. */
    CHECK_EQUAL(check_state.failed, failed);
    CHECK_EQUAL(a->tried, 2 * (uint64_t)count);
    printf("%-8s %10llu floats, at most %.2f ulp off, at %a\n", a->name,
           (unsigned long long)a->tried, a->worst, a->worst_at);
}

static int compare_bits(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Every 997th float, and all near the points where something changes. */
static uint32_t *make_sample(uint32_t *count)
{
    enum { AROUND = 300, MOST = LARGEST / 997 + 300 * (2 * AROUND + 1) };
    static const float points[] = { 0x1p-100f, 0x1p-40f, 0.7f, 0.35f, -LOWEST,
                                    -LOWEST / 2, 9.02f, 16.7f, 17.33f };
    uint32_t *sample = (uint32_t *)allocate(MOST * sizeof *sample), bits;
    uint32_t used = 0, unique = 0, i, k;
    for (bits = 0; bits <= LARGEST; bits += 997)
        sample[used++] = bits;
    for (i = 0; i < 252 + sizeof points / sizeof *points; i++) {
        bits = i < 252 ? i << 23 : bits_of(points[i - 252]);
        for (k = 0; k <= 2 * AROUND; k++)
            if (bits + k >= AROUND && bits + k - AROUND <= LARGEST)
                sample[used++] = bits + k - AROUND;
    }
    qsort(sample, used, sizeof *sample, compare_bits);
    for (i = 0; i < used; i++)
        if (i == 0 || sample[i] != sample[unique - 1])
            sample[unique++] = sample[i];
    *count = unique;
    return sample;
}

int main(int count, char **arguments)
{
    uint32_t *sample = NULL, floats = LARGEST + 1;
    int all = count > 1 && strcmp(arguments[1], "--all") == 0;
    size_t i, tried = 0;
    if (count > 1 + 2 * all || (count > 1 && !all)) {
        fprintf(stderr, "usage: test_activations [--all [NAME]]\n");
        return 2;
    }
    if (!all)
        sample = make_sample(&floats);
    for (i = 0; i < sizeof activations / sizeof *activations; i++)
        if (count < 3 || strcmp(arguments[2], activations[i].name) == 0) {
            try_floats(&activations[i], sample, floats);
            tried++;
        }
    CHECK(tried > 0);
    free(sample);
    return check_report("test_activations");
}
