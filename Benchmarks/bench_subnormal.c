/* SPDX-License-Identifier: MIT
 * A stream whose state decays to zero, against an ordinary one. Some processors
 * take a hundred times as long for subnormal numbers. A step of Leat computes
 * with none, since smaller numbers count as 0 before they become subnormal; so
 * no part of the decay may be slower. And a caller that flushes subnormal
 * numbers to zero must get the same bits. */
#include "bench.h"
#include "clock.h"
#include "timing.h"
#include "streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

enum { WINDOWS = 40, PASSES = 31 };

/* Set a stream's state to h = c = 0.5. */
static void fill(struct stream *stream)
{
    float half[64];
    size_t l, i;
    leat_error error;
    for (i = 0; i < 64; i++)
        half[i] = 0.5f;
    for (l = 0; l < stream->shape.layers; l++)
        expect_ok(leat_stream_set_state(stream->handle, (uint32_t)l, half, half,
                                        &error),
                  &error);
}

struct slowest {
    double ordinary_ns, decaying_ns, ratio;
};

static double window_ns(struct stream *stream, size_t steps)
{
    double start = now_ns();
    step_stream(stream, steps);
    return (now_ns() - start) / (double)steps;
}

/* A pass of `steps` steps is divided into windows, and the two streams take
 * turns in each, so that the machine's swings are in both. A window's ratio is
 * the median over all passes, which drops what the machine did in few of them.
 * Subnormal numbers would be in the same window of every pass, so the slowest
 * window counts. */
static struct slowest measure(struct stream *ordinary, struct stream *decaying,
                              size_t steps)
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
    struct stream ordinary, decaying;
    struct slowest slowest;
    struct network network;
    network_make(&network, shape);
    memset(network.bias_ih[0], 0, 16 * hidden);
    memset(network.bias_hh[0], 0, 16 * hidden);
    for (i = 0; i < hidden; i++)
        network.bias_ih[0][hidden + i] = forget;
    stream_make(&ordinary, &network, FORMAT_F32);
    stream_make(&decaying, &network, FORMAT_F32);
    memset(decaying.inputs, 0, 4 * INPUT_STEPS * shape->inputs);
    slowest = measure(&ordinary, &decaying, steps);
    printf("%-30s %10.1f %10.1f  %.2f\n", name, slowest.ordinary_ns,
           slowest.decaying_ns, slowest.ratio);
    report_row("\"case\": \"%s\", \"ordinary_ns\": %.2f, \"decaying_ns\": "
               "%.2f, \"ratio\": %.4f",
               name, slowest.ordinary_ns, slowest.decaying_ns, slowest.ratio);
    report_goal(slowest.ratio <= 1.2, "<= 1.2 x");
    stream_free(&ordinary);
    stream_free(&decaying);
    network_free(&network);
}

#if defined(__x86_64__)
/* Whether a decaying stream gives the same bits when the caller flushes. */
static int is_same_flushed(void)
{
    const unsigned flush = 0x8040, was = _mm_getcsr();
    struct stream streams[2];
    int step, is_same = 1;
    stream_make_float32(&streams[0], shape_named('C'));
    stream_make_shared(&streams[1], &streams[0]);
    memset(streams[0].inputs, 0, 4 * INPUT_STEPS * 8);
    memset(streams[1].inputs, 0, 4 * INPUT_STEPS * 8);
    for (step = 0; step < 2000; step++) {
        /* The inputs are subnormal and count as 0. */
        float tiny = (float)(step % 97) * 0x1p-149f;
        streams[0].inputs[0] = streams[1].inputs[0] = tiny;
        step_stream(&streams[0], 1);
        _mm_setcsr(was | flush);
        step_stream(&streams[1], 1);
        _mm_setcsr(was);
        is_same &= memcmp(&streams[0].output, &streams[1].output, 4) == 0;
    }
    stream_free(&streams[1]);
    stream_free(&streams[0]);
    return is_same;
}
#endif

void bench_subnormal(const struct plan *plan)
{
    (void)plan;
    report_progress("subnormal numbers");
    printf("\nA state that decays to zero: ns a step in its slowest fortieth,\n"
           "against an ordinary one, medians of %d passes\n"
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
