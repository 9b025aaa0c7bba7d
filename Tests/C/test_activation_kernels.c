/* SPDX-License-Identifier: MIT
 * The activations that take one value to another, in each kernel set: compared
 * with libm's functions in double precision, monotone where they should be, the
 * same bits in each set, no NaN, infinite or subnormal number on the way.
 *
 *     test_activation_kernels                a dense sample of floats
 *     test_activation_kernels --all          every float: minutes
 *     test_activation_kernels --all gelu     the same for one of them */
#include "activation_kernels.h"
#include "floats.h"
#include "random_models.h"

#include <math.h>

enum { COUNT = 1 << 14, PARAMETERS = 8 };

#define SQRT_HALF 0.70710678118654752
#define SQRT_8_OVER_PI 1.5957691216057307

static double leaky_relu(double x, const float *p)
{
    return x > 0 ? x : (double)p[0] * x;
}
static double elu(double x, const float *p)
{
    return x > 0 ? x : (double)p[0] * expm1(x);
}
static double gelu(double x, const float *p)
{
    (void)p;
    return x * erfc(-x * SQRT_HALF) / 2;
}
static double gelu_tanh(double x, const float *p)
{
    (void)p;
    return x / (1 + exp(-SQRT_8_OVER_PI * (x + 0.044715 * x * x * x)));
}
static double silu(double x, const float *p)
{
    (void)p;
    return x / (1 + exp(-x));
}
static double softplus(double x, const float *p)
{
    double z = (double)((float)x * p[0]); /* as PyTorch compares it */
    if (z > (double)p[1])
        return x;
    z = x * (double)p[0];
    return (fmax(z, 0) + log1p(exp(-fabs(z)))) / (double)p[0];
}
static double softsign(double x, const float *p)
{
    (void)p;
    return x / (1 + fabs(x));
}
static double hard_sigmoid(double x, const float *p)
{
    return fmin(fmax((double)p[0] * x + (double)p[1], 0), 1);
}
static double hardtanh(double x, const float *p)
{
    return fmin(fmax(x, (double)p[0]), (double)p[1]);
}
static double hardswish(double x, const float *p)
{
    (void)p;
    return x * fmin(fmax(x + 3, 0), 6) / 6;
}
static double relu(double x, const float *p)
{
    (void)p;
    return x > 0 ? x : 0;
}

/* The greatest errors that are documented: in ulps for x of at least -1 and
 * below, and for negative x absolute, in units of 2^-24. */
static struct activation {
    const char *name;
    size_t function;
    float parameters[PARAMETERS];
    double (*exact)(double, const float *);
    int direction; /* 1 never decreases, -1 never increases, 0 does both */
    double near_ulps, far_ulps, units;
    double near, far, absolute; /* found */
    float near_at, far_at, absolute_at;
} activations[] = {
#define NO { 0 }
#define ONE(a) { a, a, a, a, a, a, a, a }
#define FOUND 0, 0, 0, 0, 0, 0
    { "relu", FUNCTION(relu), NO, relu, 1, 0, 0, 0, FOUND },
    { "leaky_relu(0.01)", FUNCTION(leaky_relu), ONE(0.01f), leaky_relu, 1,
      0.5, 0.5, HUGE_VAL, FOUND },
    { "leaky_relu(-0.5)", FUNCTION(leaky_relu), ONE(-0.5f), leaky_relu, 0,
      0.5, 0.5, HUGE_VAL, FOUND },
    { "leaky_relu(0)", FUNCTION(leaky_relu), ONE(0), leaky_relu, 1, 0, 0, 0,
      FOUND },
    { "prelu(0.3)", FUNCTION(prelu), ONE(0.3f), leaky_relu, 1, 0.5, 0.5,
      HUGE_VAL, FOUND },
    { "elu", FUNCTION(elu), ONE(1), elu, 1, 1.1, 1.1, 1, FOUND },
    { "elu(0.3)", FUNCTION(elu), ONE(0.3f), elu, 1, 2, 2, 1, FOUND },
    { "elu(-2)", FUNCTION(elu), ONE(-2), elu, 0, 1.1, 1.1, 2, FOUND },
    { "gelu", FUNCTION(gelu), NO, gelu, 0, 2.25, 6.5, 1, FOUND },
    { "gelu_tanh", FUNCTION(gelu_tanh), NO, gelu_tanh, 0, 2, 3, 1, FOUND },
    { "silu", FUNCTION(silu), NO, silu, 0, 2, 3, 1, FOUND },
    { "softplus", FUNCTION(softplus), { 1, 20 }, softplus, 1, 2, 2, 1.5,
      FOUND },
    { "softplus(0.3)", FUNCTION(softplus), { 0.3f, 20 }, softplus, 1, 2.5, 2.5,
      4, FOUND },
    { "softplus(7)", FUNCTION(softplus), { 7, 20 }, softplus, 1, 2.5, 2.5, 1,
      FOUND },
    { "softplus(1,3)", FUNCTION(softplus), { 1, 3 }, softplus, 0, 2, 2, 1.5,
      FOUND },
    { "softsign", FUNCTION(softsign), NO, softsign, 1, 2.5, 2.5, 2, FOUND },
    { "hard_sigmoid", FUNCTION(hard_sigmoid), { 1 / 6.0f, 0.5f }, hard_sigmoid,
      1, 0.5, 0.5, 0.5, FOUND },
    { "hard_sigmoid(-0.2,0.3)", FUNCTION(hard_sigmoid), { -0.2f, 0.3f },
      hard_sigmoid, -1, 0.5, 0.5, 0.5, FOUND },
    { "hardtanh", FUNCTION(hardtanh), { -1, 1 }, hardtanh, 1, 0, 0, 0, FOUND },
    { "hardtanh(0,6)", FUNCTION(hardtanh), { 0, 6 }, hardtanh, 1, 0, 0, 0,
      FOUND },
    { "hardswish", FUNCTION(hardswish), NO, hardswish, 0, 2, 2, 1, FOUND },
};

static float input[COUNT], output[COUNT], others[COUNT], parameters[COUNT];

static void check_value(struct activation *a, float x, float y)
{
    double exact = a->exact((double)x, a->parameters);
    double error = fabs((double)y - exact), ulps = error / ulp_at(exact);
    double most = x >= -1 ? a->near_ulps : a->far_ulps;
    double *worst = x >= -1 ? &a->near : &a->far;
    /* A smaller result, or one of a smaller value, counts as 0. */
    double least = 0x1p-40 * fmax(1, fabs((double)a->parameters[0]));
    int passed;
    if (fabs(exact) < least)
        passed = error < least;
    else
        passed = ulps <= most && (x >= 0 || error <= a->units * 0x1p-24);
    if (!passed)
        check_that(0, __FILE__, __LINE__,
                   "%s(%a) is %a, expected %a: %.3f ulp off", a->name,
                   (double)x, (double)y, exact, ulps);
    if (y != 0 && !(fabsf(y) >= 0x1p-126f && fabsf(y) <= 2 * LARGEST_INPUT))
        check_that(0, __FILE__, __LINE__, "%s(%a) is %a", a->name, (double)x,
                   (double)y);
    if (fabs(exact) >= least && ulps > *worst) {
        *worst = ulps;
        *(x >= -1 ? &a->near_at : &a->far_at) = x;
    }
    if (x < 0 && error > a->absolute) {
        a->absolute = error;
        a->absolute_at = x;
    }
}

/* Check floats of one sign, from 0 outwards: all of them, or every `step`th and
 * those around powers of two and the places where a formula changes. Other sets
 * than the best compute only some blocks. */
static void try_floats(struct activation *a, float sign, uint32_t step)
{
    static const float places[] = { 0x1p-40f, 0.6931472f, 1, 3, 6, 7.4375f,
                                    9.1f, 20, 41.5f, 0x1p60f, 2.3104906f };
    enum { PLACES = sizeof places / sizeof *places, AROUND = 64 };
    const leat_kernels *best = sets_here(), *set;
    uint32_t next = 0, block = 0, last = bits_of(LARGEST_INPUT), i, k;
    uint32_t turns[256 + PLACES];
    float before = 0;
    int has_before = 0;
    for (i = 0; i < COUNT; i++)
        parameters[i] = a->parameters[i % PARAMETERS];
    for (i = 0; i < 256; i++)
        turns[i] = i << 23;
    for (i = 0; i < PLACES; i++) {
        uint32_t place = bits_of(places[i]);
        for (k = 256 + i; k > 0 && turns[k - 1] > place; k--)
            turns[k] = turns[k - 1];
        turns[k] = place;
    }
    k = 0;
    while (next <= last) {
        uint32_t some = 0;
        for (; some < COUNT && next <= last; some++) {
            input[some] = sign * float_of(next);
            while (k < 256 + PLACES && next >= turns[k] &&
                   next - turns[k] >= AROUND)
                k++;
            if (next == 0)
                next = 1u << 23; /* no subnormal numbers */
            else if (k < 256 + PLACES && turns[k] <= next + AROUND)
                next++;
            else if (k < 256 + PLACES && turns[k] - AROUND < next + step)
                next = turns[k] - AROUND;
            else
                next += step;
        }
        memcpy(output, input, some * sizeof *input);
        apply(function_of(best, a->function), output, some, parameters);
        for (set = best + 1; set->set != 0; set++)
            if (set->set != LEAT_SET_SOFTWARE || block % 8 == 0) {
                memcpy(others, input, some * sizeof *input);
                apply(function_of(set, a->function), others, some,
                      parameters);
                if (memcmp(output, others, some * sizeof *output) != 0)
                    check_that(0, __FILE__, __LINE__,
                               "%s from %a: set %u has other bits", a->name,
                               (double)input[0], set->set);
            }
        for (i = 0; i < some; i++) {
            float change = output[i] - before;
            check_value(a, input[i], output[i]);
            if (has_before && change * sign * (float)a->direction < 0)
                check_that(0, __FILE__, __LINE__, "%s is not monotone at %a",
                           a->name, (double)input[i]);
            before = output[i];
            has_before = 1;
        }
        block++;
    }
}

/* A value's result doesn't depend on how many others there are, and nothing
 * after a multiple of eight is touched. */
static void check_counts(const struct activation *a)
{
    enum { MOST = 40 };
    const leat_kernels *set;
    float whole[MOST], some[MOST], slopes[MOST];
    size_t count, i;
    for (i = 0; i < MOST; i++) {
        whole[i] = ((float)i - 20.3f) / 4;
        slopes[i] = a->parameters[i % PARAMETERS];
    }
    memcpy(some, whole, sizeof whole);
    apply(function_of(sets_here(), a->function), whole, MOST, slopes);
    for (set = sets_here(); set->set != 0; set++)
        for (count = 0; count <= MOST; count++) {
            size_t end = (count + 7) / 8 * 8;
            float values[MOST];
            for (i = 0; i < MOST; i++)
                values[i] = i < count ? some[i] : i < end ? 0 : 12345;
            if (count > 0)
                apply(function_of(set, a->function), values, count, slopes);
            CHECK(memcmp(values, whole, count * sizeof *values) == 0);
            for (i = end; i < MOST; i++)
                CHECK(values[i] == 12345);
        }
}

/* Each value has its own slope. */
static void check_slopes(void)
{
    enum { UNITS = 21, PADDED = 24 };
    float slopes[PADDED], values[PADDED];
    const leat_kernels *set;
    size_t i;
    for (i = 0; i < PADDED; i++)
        slopes[i] = i < UNITS ? (float)i / 8 - 1 : 0;
    slopes[5] = 0x1p-41f; /* counts as 0 */
    for (set = sets_here(); set->set != 0; set++) {
        for (i = 0; i < PADDED; i++)
            values[i] = i >= UNITS ? 0 : i % 3 == 0 ? 2 : -2;
        apply(set->function.prelu, values, UNITS, slopes);
        for (i = 0; i < UNITS; i++)
            CHECK(values[i] == (i % 3 == 0 ? 2 : i == 5 ? 0 : -2 * slopes[i]));
    }
}

/* Any parameters that a model may have, with inputs of any size. */
static void check_parameters(void)
{
    static const struct {
        size_t function;
        float parameters[2];
        int most; /* exponent of the largest input whose product is finite */
    } cases[] = {
        { FUNCTION(leaky_relu), { 0x1p-126f, 0 }, 124 },
        { FUNCTION(leaky_relu), { 0x1.8p-40f, 0 }, 124 },
        { FUNCTION(leaky_relu), { -0x1.fp60f, 0 }, 64 },
        { FUNCTION(elu), { 0x1p-126f, 0 }, 124 },
        { FUNCTION(elu), { 0x1.8p-40f, 0 }, 124 },
        { FUNCTION(elu), { 0x1.8p124f, 0 }, 124 },
        { FUNCTION(softplus), { 0x1p-40f, 20 }, 124 },
        { FUNCTION(softplus), { 0x1p40f, 20 }, 84 },
        { FUNCTION(softplus), { 1.1f, 0x1.8p-126f }, 124 },
        { FUNCTION(softplus), { 0.7f, -5 }, 124 },
        { FUNCTION(softplus), { 3, 0x1p124f }, 123 },
        { FUNCTION(hard_sigmoid), { 0x1p-126f, 0x1p-126f }, 124 },
        { FUNCTION(hard_sigmoid), { 0x1.8p-40f, -0x1.8p-100f }, 124 },
        { FUNCTION(hard_sigmoid), { 0x1.8p40f, -0x1p124f }, 83 },
        { FUNCTION(hardtanh), { 0x1p-126f, 0x1.8p-100f }, 124 },
        { FUNCTION(hardtanh), { -0x1p124f, 0x1p124f }, 124 },
    };
    const leat_kernels *set;
    uint32_t seed = 3, exponent, i;
    size_t c;
    for (c = 0; c < sizeof cases / sizeof *cases; c++)
        for (set = sets_here(); set->set != 0; set++) {
            for (i = 0; i < COUNT; i++) {
                exponent = next_random(&seed) % (uint32_t)(cases[c].most + 127);
                input[i] = float_of(next_random(&seed) << 31 |
                                    (exponent + 1) << 23 |
                                    (next_random(&seed) & 0x7fffff));
            }
            apply(function_of(set, cases[c].function), input, COUNT,
                  cases[c].parameters);
            for (i = 0; i < COUNT; i++)
                if (input[i] != 0 && !(fabsf(input[i]) >= 0x1p-126f &&
                                       fabsf(input[i]) <= 0x1.fffffep127f))
                    check_that(0, __FILE__, __LINE__, "case %zu: %a", c,
                               (double)input[i]);
        }
}

int main(int count, char **arguments)
{
    int all = count > 1 && strcmp(arguments[1], "--all") == 0;
    size_t i, tried = 0;
    check_usage(count == 1 || (all && count <= 3),
                "test_activation_kernels [--all [NAME]]");
    for (i = 0; i < sizeof activations / sizeof *activations; i++) {
        struct activation *a = &activations[i];
        unsigned long failed = check_state.failed;
        if (count == 3 && strcmp(arguments[2], a->name) != 0)
            continue;
        try_floats(a, 1, all ? 1 : 997);
        try_floats(a, -1, all ? 1 : 997);
        check_counts(a);
        printf("%-22s %.2f ulp at %a, below -1 %.2f at %a; below 0 "
               "%.2f * 2^-24 at %a\n",
               a->name, a->near, (double)a->near_at, a->far, (double)a->far_at,
               a->absolute * 0x1p24, (double)a->absolute_at);
        CHECK_EQUAL(check_state.failed, failed);
        tried++;
    }
    check_slopes();
    check_parameters();
    CHECK(tried > 0);
    return check_report("test_activation_kernels");
}
