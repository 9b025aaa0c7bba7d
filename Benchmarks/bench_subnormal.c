/* SPDX-License-Identifier: MIT
 * A state that dies away passes through the numbers that some processors take
 * a hundred times as long for; and programs that flush those to zero. */
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

enum { WINDOWS = 40, PASSES = 11 };

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

/* The time of a step in each of WINDOWS parts of a pass of `steps`, medians
 * of PASSES passes, of both subjects in turn. */
static void measure(struct subject *subjects, size_t steps,
                    double (*ns)[WINDOWS])
{
    static double values[2][WINDOWS][PASSES];
    size_t s, w, p;
    for (p = 0; p < PASSES; p++)
        for (s = 0; s < 2; s++) {
            fill(&subjects[s]);
            for (w = 0; w < WINDOWS; w++) {
                double start = now_ns();
                subject_steps(&subjects[s], steps / WINDOWS);
                values[s][w][p] =
                    (now_ns() - start) / (double)(steps / WINDOWS);
            }
        }
    for (s = 0; s < 2; s++)
        for (w = 0; w < WINDOWS; w++)
            ns[s][w] = median(values[s][w], PASSES);
}

static void compare_decay(const char *name, const struct shape *shape,
                          float forget, size_t steps)
{
    size_t hidden = shape->hidden, i;
    double ns[2][WINDOWS], ordinary, decaying;
    struct subject subjects[2];
    struct network network;
    network_make(&network, shape);
    memset(network.bias_ih[0], 0, 16 * hidden);
    memset(network.bias_hh[0], 0, 16 * hidden);
    for (i = 0; i < hidden; i++)
        network.bias_ih[0][hidden + i] = forget;
    subject_make(&subjects[0], &network, FORMAT_F32);
    subject_make(&subjects[1], &network, FORMAT_F32);
    memset(subjects[1].inputs, 0, 4 * INPUT_STEPS * shape->inputs);
    measure(subjects, steps, ns);
    ordinary = median(ns[0], WINDOWS);
    decaying = quantile(ns[1], WINDOWS, 1);
    printf("%-30s %10.1f %10.1f  %.2f\n", name, ordinary, decaying,
           decaying / ordinary);
    report_row("\"case\": \"%s\", \"ordinary_ns\": %.2f, \"decaying_ns\": "
               "%.2f, \"ratio\": %.4f",
               name, ordinary, decaying, decaying / ordinary);
    report_goal(decaying <= 1.2 * ordinary, "<= 1.2 x");
    subject_free(&subjects[0]);
    subject_free(&subjects[1]);
    network_free(&network);
}

#if defined(__x86_64__)
/* Whether a decaying stream's bits are the same to a caller that flushes. */
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
        /* Inputs too small for a normal number, too. */
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
    printf("\nA state that decays to zero: ns a step, the slowest fortieth\n"
           "%-30s %10s %10s  %s\n",
           "", "ordinary", "decaying", "ratio");
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
