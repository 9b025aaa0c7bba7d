/* SPDX-License-Identifier: MIT
 * A state that fades, and a program that flushes subnormal numbers to zero.
 * Some processors take a hundred times as long for subnormal numbers. No step
 * of Leat meets one: small numbers count as 0 before. Here that shows. */
#include "bench.h"
#include "clock.h"
#include "samples.h"
#include "subjects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

enum { WINDOWS = 40, PASSES = 31 };

/* Bring a stream to h = c = 0.5. */
static void fill(struct subject *subject)
{
    float half[64];
    size_t l, i;
    leat_error error;
    for (i = 0; i < 64; i++)
        half[i] = 0.5f;
    for (l = 0; l < subject->shape.layers; l++)
        expect_ok(leat_stream_set_state(subject->stream, (uint32_t)l, half,
                                        half, &error),
                  &error);
}

struct slowest {
    double ordinary_ns, decaying_ns, ratio;
};

static double window_ns(struct subject *subject, size_t steps)
{
    double start = now_ns();
    subject_steps(subject, steps);
    return (now_ns() - start) / (double)steps;
}

/* A pass of `steps` has WINDOWS parts, and in each the two take turns, so that
 * the machine's swings are in both. A part's ratio is the median over PASSES
 * passes: what only the machine did isn't in most of them. A subnormal number
 * would be in the same part of every pass: the slowest part is what counts. */
static struct slowest measure(struct subject *ordinary,
                              struct subject *decaying, size_t steps)
{
    static double ns[2][WINDOWS][PASSES], ratios[WINDOWS][PASSES];
    struct slowest slowest = {0, 0, 0};
    size_t w, p;
    for (p = 0; p < PASSES; p++) {
        fill(ordinary);
        fill(decaying);
        for (w = 0; w < WINDOWS; w++) {
            ns[0][w][p] = window_ns(ordinary, steps / WINDOWS);
            ns[1][w][p] = window_ns(decaying, steps / WINDOWS);
            ratios[w][p] = ns[1][w][p] / ns[0][w][p];
        }
    }
    for (w = 0; w < WINDOWS; w++) {
        double ratio = median(ratios[w], PASSES);
        if (ratio > slowest.ratio) {
            slowest.ordinary_ns = median(ns[0][w], PASSES);
            slowest.decaying_ns = median(ns[1][w], PASSES);
            slowest.ratio = ratio;
        }
    }
    return slowest;
}

static void compare_decay(const char *name, const struct shape *shape,
                          float forget, size_t steps)
{
    size_t hidden = shape->hidden, i;
    struct subject ordinary, decaying;
    struct slowest slowest;
    struct network network;
    network_make(&network, shape);
    memset(network.bias_ih[0], 0, 16 * hidden);
    memset(network.bias_hh[0], 0, 16 * hidden);
    for (i = 0; i < hidden; i++)
        network.bias_ih[0][hidden + i] = forget;
    subject_make(&ordinary, &network, FORMAT_F32);
    subject_make(&decaying, &network, FORMAT_F32);
    memset(decaying.inputs, 0, 4 * INPUT_STEPS * shape->inputs);
    slowest = measure(&ordinary, &decaying, steps);
    printf("%-30s %10.1f %10.1f  %.2f\n", name, slowest.ordinary_ns,
           slowest.decaying_ns, slowest.ratio);
    report_row("\"case\": \"%s\", \"ordinary_ns\": %.2f, \"decaying_ns\": "
               "%.2f, \"ratio\": %.4f",
               name, slowest.ordinary_ns, slowest.decaying_ns, slowest.ratio);
    report_goal(slowest.ratio <= 1.2, "<= 1.2 x");
    subject_free(&ordinary);
    subject_free(&decaying);
    network_free(&network);
}

#if defined(__x86_64__)
/* Whether a decaying stream's bits are the same for a caller that flushes. */
static int is_same_flushed(void)
{
    const unsigned flush = 0x8040, was = _mm_getcsr();
    struct subject subjects[2];
    int step, is_same = 1;
    subject_of(&subjects[0], shape_named('C'));
    subject_share(&subjects[1], &subjects[0]);
    memset(subjects[0].inputs, 0, 4 * INPUT_STEPS * 8);
    memset(subjects[1].inputs, 0, 4 * INPUT_STEPS * 8);
    for (step = 0; step < 2000; step++) {
        /* The inputs are subnormal, too: they count as 0. */
        float tiny = (float)(step % 97) * 0x1p-149f;
        subjects[0].inputs[0] = subjects[1].inputs[0] = tiny;
        subject_steps(&subjects[0], 1);
        _mm_setcsr(was | flush);
        subject_steps(&subjects[1], 1);
        _mm_setcsr(was);
        is_same &= memcmp(&subjects[0].output, &subjects[1].output, 4) == 0;
    }
    subject_free(&subjects[1]);
    subject_free(&subjects[0]);
    return is_same;
}
#endif

void bench_subnormal(const struct plan *plan)
{
    (void)plan;
    report_progress("subnormal numbers");
    printf("\nA state that decays to zero: ns a step in the fortieth where it "
           "is slowest\nbeside an ordinary one, medians of %d turns\n"
           "%-30s %10s %10s  %s\n",
           PASSES, "", "ordinary", "decaying", "ratio");
    report_array("subnormal");
    compare_decay("A, forget gate near 1/2", shape_named('A'), 0, 4000);
    compare_decay("A, forget gate near 0.99", shape_named('A'), 4.6f, 40000);
    compare_decay("C, forget gate near 1/2", shape_named('C'), 0, 2000);
    compare_decay("C, forget gate near 0.99", shape_named('C'), 4.6f, 20000);
    report_array_end();
#if defined(__x86_64__)
    report_goal(is_same_flushed(),
                "same bits when the caller flushes subnormal numbers");
#endif
}
