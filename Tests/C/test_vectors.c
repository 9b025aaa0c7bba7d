/* SPDX-License-Identifier: MIT
 * The outputs that PyTorch computes, within tolerances, and the exact bits,
 * which must never change, on every kernel.
 *
 *     test_vectors VECTORS [--write-bits] */
#include "checksums.h"
#include "kernels.h"
#include "vectors.h"

#include <math.h>

/* Cases that a slow kernel stepped completely, and in part. */
static size_t whole_cases, cut_cases;

/* The worst error for each bound, as a fraction of the tolerance. */
static struct worst {
    double error, share;
    char name[256];
} worst[4];

enum { OUTPUT_64, OUTPUT_32, STATE_64, STATE_32 };

static void compare(const struct vector *v, int which, double actual,
                    double expected, size_t index)
{
    int is64 = which == OUTPUT_64 || which == STATE_64;
    double tolerance = is64 ? v->tolerance64 : v->tolerance32;
    double scale = fabs(expected) > 1 ? fabs(expected) : 1;
    double error = fabs(actual - expected) / scale;
    /* A NaN must not pass. */
    check_that(error <= tolerance, __FILE__, __LINE__,
               "%s of float%s: [%zu] is %.9g, expected %.9g: error %.2g, "
               "tolerance %.2g",
               which < STATE_64 ? "output" : "state", is64 ? "64" : "32", index,
               actual, expected, error, tolerance);
    if (error > worst[which].error) {
        worst[which].error = error;
        worst[which].share = error / tolerance;
        memcpy(worst[which].name, v->name, sizeof v->name);
    }
}

static void compare_bits(const char *folder, const char *name, uint64_t bits,
                         int write)
{
    char path[512], found[32], expected[32];
    FILE *file;
    snprintf(path, sizeof path, "%s/%s/bits.txt", folder, name);
    snprintf(found, sizeof found, "%016llx", (unsigned long long)bits);
    if (write) {
        if ((file = fopen(path, "w")) == NULL)
            give_up(path);
        fprintf(file, "%s\n", found);
    } else {
        if ((file = fopen(path, "r")) == NULL ||
            fscanf(file, "%31s", expected) != 1)
            give_up(path);
        check_that(strcmp(found, expected) == 0, __FILE__, __LINE__,
                   "the bits have changed: %s, expected %s", found, expected);
    }
    fclose(file);
}

/* The sensors of make_vectors.py, or none. */
static void check_normalizer(const struct vector *v)
{
    static const float means[] = { 21.5f, 1013.25f, 0.375f };
    static const float deviations[] = { 4.0f, 7.5f, 0.0625f };
    int has_one = strncmp(v->name, "normaliser", 10) == 0;
    float *mean = (float *)allocate(v->inputs * 4);
    float *deviation = (float *)allocate(v->inputs * 4);
    size_t i;
    CHECK_EQUAL(leat_model_normalizer(v->model, mean, NULL, NULL), LEAT_OK);
    CHECK_EQUAL(leat_model_normalizer(v->model, NULL, deviation, NULL),
                LEAT_OK);
    for (i = 0; i < v->inputs; i++)
        CHECK(mean[i] == (has_one ? means[i] : 0) &&
              deviation[i] == (has_one ? deviations[i] : 1));
    free(deviation);
    free(mean);
}

/* The best kernel's outputs of all steps go to `outputs`. */
static void run_best(const char *folder, const struct vector *v, float *outputs,
                     int write)
{
    leat_stream *stream = new_stream(v->model);
    leat_error error;
    float *state = (float *)allocate(v->state_floats * 4);
    uint64_t bits;
    size_t t, i;
    for (t = 0; t < v->steps; t++) {
        float *output = outputs + t * v->outputs;
        CHECK_CODE(leat_stream_step(stream, v->input + t * v->inputs, output,
                                    &error), LEAT_OK, error);
        for (i = 0; i < v->outputs; i++) {
            size_t index = t * v->outputs + i;
            compare(v, OUTPUT_64, output[i], v->output64[index], index);
            compare(v, OUTPUT_32, output[i], v->output32[index], index);
        }
    }
    all_state(v, stream, state);
    for (i = 0; i < v->state_floats; i++) {
        compare(v, STATE_64, state[i], v->state64[i], i);
        compare(v, STATE_32, state[i], v->state32[i], i);
    }
    CHECK_EQUAL(leat_stream_position(stream), v->steps);
    bits = hash_bytes(hash_start, outputs, 4 * v->steps * v->outputs);
    bits = hash_bytes(bits, state, 4 * v->state_floats);
    compare_bits(folder, v->name, bits, write);
    free(state);
    free(stream);
}

/* Another kernel: the bits of the file, or those of the best kernel's first
 * steps. */
static void run_other(const char *folder, const struct vector *v,
                      const float *outputs, uint32_t kernel)
{
    leat_stream *stream;
    leat_error error;
    float *output = (float *)allocate(v->outputs * 4);
    float *state = (float *)allocate(v->state_floats * 4);
    size_t steps = steps_for_kernel(v->model, kernel, v->steps), t;
    uint64_t bits = hash_start;
    check_context("%s, %s", v->name, leat_kernel_available(kernel));
    use_kernel(kernel);
    stream = new_stream(v->model);
    CHECK(leat_stream_kernel(stream) == leat_kernel_available(kernel));
    for (t = 0; t < steps; t++) {
        CHECK_CODE(leat_stream_step(stream, v->input + t * v->inputs, output,
                                    &error), LEAT_OK, error);
        CHECK_BYTES(output, outputs + t * v->outputs, v->outputs * 4);
        bits = hash_bytes(bits, output, 4 * v->outputs);
    }
    all_state(v, stream, state);
    if (steps == v->steps)
        compare_bits(folder, v->name, hash_bytes(bits, state, 4 * v->state_floats), 0);
    whole_cases += steps == v->steps;
    cut_cases += steps < v->steps;
    free(state);
    free(output);
    free(stream);
}

static void run_case(const char *folder, const char *name, int write)
{
    struct vector v;
    float *outputs;
    uint32_t kernel;
    vector_open(&v, folder, name);
    check_normalizer(&v);
    outputs = (float *)allocate(v.steps * v.outputs * 4);
    use_kernel(0);
    run_best(folder, &v, outputs, write);
    for (kernel = 1; kernel < kernel_count(); kernel++)
        run_other(folder, &v, outputs, kernel);
    free(outputs);
    vector_close(&v);
}

int main(int count, char **arguments)
{
    static const char *const names[] = {
        "outputs against float64", "outputs against PyTorch's float32",
        "h and c against float64", "h and c against PyTorch's float32",
    };
    int write = count == 3 && strcmp(arguments[2], "--write-bits") == 0;
    struct names cases;
    size_t i;
    check_usage(count == 2 + write, "test_vectors VECTORS [--write-bits]");
    cases = names_in(arguments[1]);
    for (i = 0; i < cases.count; i++)
        run_case(arguments[1], cases.name[i], write);
    printf("%zu cases; worst errors:\n", cases.count);
    for (i = 0; i < 4; i++)
        printf("    %-33s %.2g, %2.0f %% of the tolerance, in %s\n", names[i],
               worst[i].error, 100 * worst[i].share, worst[i].name);
    printf("%u kernels; on all but the best one %zu cases whole, and of %zu "
           "the first steps, up to %g multiply-accumulates\n", kernel_count(),
           whole_cases, cut_cases, SLOW_MACS);
    free(cases.name);
    return check_report("test_vectors");
}
