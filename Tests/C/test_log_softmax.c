/* SPDX-License-Identifier: MIT
 * log_softmax, in each kernel set: compared with libm's functions in double
 * precision, in the order of the values, the same bits in each set, no NaN,
 * infinite or subnormal number on the way. The logarithm by itself is that of
 * many equal values.
 *
 *     test_log_softmax [--all]     with --all more numbers of equal values */
#include "activation_kernels.h"
#include "floats.h"
#include "random_models.h"

#include <math.h>

enum { MOST = 64 };

static uint32_t seed = 5;
static double worst_near_0, worst_ulps, worst_of_log;
static size_t tried;

/* Apply it in every set, which must agree. */
static void log_softmax(float *values, size_t count)
{
    const leat_kernels *set;
    size_t padded = (count + 7) / 8 * 8;
    float *start = (float *)allocate(padded * sizeof *start);
    float *others = (float *)allocate(padded * sizeof *others);
    memset(start, 0, padded * sizeof *start);
    memcpy(start, values, count * sizeof *start);
    for (set = sets_here(); set->set != 0; set++) {
        memcpy(others, start, padded * sizeof *others);
        apply(set->function.log_softmax, others, count, NULL);
        if (set == sets_here())
            memcpy(values, others, count * sizeof *values);
        else
            CHECK(memcmp(values, others, count * sizeof *values) == 0);
    }
    free(others);
    free(start);
}

/* A greater value never has a smaller result. */
static void check_order(const float *values, const float *results, size_t count)
{
    size_t i, j;
    for (i = 0; i < count; i++)
        for (j = 0; j < count; j++)
            if (values[i] >= values[j] && !(results[i] >= results[j]))
                check_that(0, __FILE__, __LINE__, "%a of %a, but %a of %a",
                           (double)results[i], (double)values[i],
                           (double)results[j], (double)values[j]);
}

/* Compare the results for random values of at most this size. */
static void check_random(size_t count, float size)
{
    float values[MOST] = { 0 }, results[MOST] = { 0 };
    double largest, total = 0;
    size_t i;
    random_floats(&seed, values, count, size);
    memcpy(results, values, count * sizeof *values);
    log_softmax(results, count);
    check_order(values, results, count);
    largest = (double)values[0];
    for (i = 1; i < count; i++)
        largest = fmax(largest, (double)values[i]);
    for (i = 0; i < count; i++)
        total += exp((double)values[i] - largest);
    for (i = 0; i < count; i++) {
        double exact = (double)values[i] - largest - log(total);
        double error = fabs((double)results[i] - exact);
        /* The sum was rounded after each value. */
        double most = 2 * ulp_at(exact) + (double)count * 0x1p-25;
        if (exact > -1 && error > worst_near_0)
            worst_near_0 = error;
        if (exact <= -1 && error / ulp_at(exact) > worst_ulps)
            worst_ulps = error / ulp_at(exact);
        check_that(error <= most && results[i] <= 0, __FILE__, __LINE__,
                   "%zu values to %g: %a, expected %a: %.2f * 2^-24 off", count,
                   (double)size, (double)results[i], exact, error * 0x1p24);
        tried++;
    }
}

/* The results for equal values are -log of their number. */
static void check_log(size_t count)
{
    size_t padded = (count + 7) / 8 * 8;
    float *values = (float *)allocate(padded * sizeof *values);
    double exact = -log((double)count), ulps;
    size_t i;
    for (i = 0; i < padded; i++)
        values[i] = i < count ? -3.7f : 0;
    if (count <= 4096)
        log_softmax(values, count);
    else
        apply(sets_here()->function.log_softmax, values, count, NULL);
    ulps = fabs((double)values[0] - exact) / ulp_at(exact);
    if (count > 1 && ulps > worst_of_log)
        worst_of_log = ulps;
    check_that(count == 1 ? values[0] == 0 : ulps <= 1.5, __FILE__, __LINE__,
               "log of %zu: %a, expected %a: %.2f ulp off", count,
               -(double)values[0], -exact, ulps);
    for (i = 1; i < count; i++)
        if (bits_of(values[i]) != bits_of(values[0]))
            check_that(0, __FILE__, __LINE__, "value %zu of %zu differs", i,
                       count);
    free(values);
}

/* Any numbers. */
static void check_extreme(void)
{
    static const float extremes[] = {
        LARGEST_INPUT, -LARGEST_INPUT, 0x1p-126f, -0x1.8p-126f, 0,
        0x1.000002p-126f, 0x1p-60f, 0x1.8p-61f, 1, -41.5f, 0x1p100f, -0x1p30f,
    };
    float values[MOST] = { 0 }, results[MOST] = { 0 };
    size_t count, i, round;
    for (round = 0; round < 2000; round++) {
        count = 1 + next_random(&seed) % 20;
        for (i = 0; i < count; i++)
            values[i] = extremes[next_random(&seed) % 12];
        memcpy(results, values, count * sizeof *values);
        log_softmax(results, count);
        check_order(values, results, count);
        for (i = 0; i < count; i++)
            CHECK(results[i] == 0 || (results[i] <= -0x1p-126f &&
                                      results[i] >= -2.1f * LARGEST_INPUT));
    }
}

int main(int count, char **arguments)
{
    int all = count == 2 && strcmp(arguments[1], "--all") == 0;
    size_t n, i;
    check_usage(count == 1 || all, "test_log_softmax [--all]");
    for (n = 1; n <= MOST; n++)
        for (i = 0; i < 60; i++)
            check_random(n, i % 3 == 0 ? 1 : i % 3 == 1 ? 8 : 60);
    for (n = 1; n < 3000; n++)
        check_log(n);
    for (n = 3000; n < (all ? 1u << 24 : 1u << 20); n += n / 7)
        check_log(n);
    check_log(1u << 24);
    check_extreme();
    printf("%zu results: above -1 at most %.2f * 2^-24 off, else %.2f ulp; a "
           "logarithm %.2f ulp\n",
           tried, worst_near_0 * 0x1p24, worst_ulps, worst_of_log);
    return check_report("test_log_softmax");
}
