/* SPDX-License-Identifier: MIT
 * The time of single steps: p50, p99, p99.9 and the longest of calls timed one
 * by one and their page faults, and the first step of a new stream and of a new
 * model, whose memory no cache holds yet. The timer's own time is subtracted. */
#define _GNU_SOURCE
#include "bench.h"
#include "timing.h"
#include "streams.h"
#include "clock.h"
#include "faults.h"

#include <stdio.h>
#include <stdlib.h>

static double timed_step(struct stream *stream)
{
    double start = ticks();
    step_stream(stream, 1);
    return ticks() - start;
}

/* The first step of a new stream, in ticks, median of `times`. Its model is
 * that of `of`, which is in use, or a new one when `of` is NULL. */
static double first_step(const struct shape *shape, const struct stream *of,
                         size_t times)
{
    double values[32];
    size_t i;
    for (i = 0; i < times; i++) {
        struct stream fresh;
        if (of == NULL)
            stream_make_float32(&fresh, shape);
        else
            stream_make_shared(&fresh, of);
        values[i] = timed_step(&fresh);
        stream_free(&fresh);
    }
    return median(values, times);
}

void bench_latency(const struct plan *plan)
{
    size_t most = plan->is_quick ? 5000 : 50000, i, s;
    double *values = make_block(most * sizeof *values), tick = ns_per_tick();
    double timer;
    for (i = 0; i < most; i++) {
        double start = ticks();
        values[i] = ticks() - start;
    }
    timer = median(values, most);
    printf("\nSingle calls: ns each, the timer's own %.0f ns subtracted\n"
           "%5s %10s %10s %10s %10s %7s  %s\n",
           timer * tick, "shape", "p50", "p99", "p99.9", "longest", "faults",
           "first of a stream, of a model");
    report_array("latency");
    for (s = 0; s < SHAPES; s++) {
        size_t count = most, firsts = plan->is_quick ? 5 : 31;
        double p50, p99, p999, longest, first, cold;
        long faults;
        struct stream leat;
        report_progress("latency: %s", shapes[s].name);
        stream_make_float32(&leat, &shapes[s]);
        /* The largest need no more than a second. */
        if (shape_macs(&shapes[s]) > 1000000)
            count = most / 10;
        step_stream(&leat, 100);
        faults = page_faults();
        for (i = 0; i < count; i++)
            values[i] = (timed_step(&leat) - timer) * tick;
        faults = page_faults() - faults;
        p50 = median(values, count);
        p99 = quantile(values, count, 0.99);
        p999 = quantile(values, count, 0.999);
        longest = quantile(values, count, 1);
        first = (first_step(&shapes[s], &leat, firsts) - timer) * tick;
        cold = (first_step(&shapes[s], NULL, 5) - timer) * tick;
        printf("%5s %10.0f %10.0f %10.0f %10.0f %7ld  %.0f, %.0f\n",
               shapes[s].name, p50, p99, p999, longest, faults, first, cold);
        report_row("\"shape\": \"%s\", \"p50_ns\": %.1f, \"p99_ns\": %.1f, "
                   "\"p999_ns\": %.1f, \"longest_ns\": %.1f, "
                   "\"page_faults\": %ld, \"first_ns\": %.1f, "
                   "\"first_of_model_ns\": %.1f, \"timer_ns\": %.1f",
                   shapes[s].name, p50, p99, p999, longest, faults, first, cold,
                   timer * tick);
        report_goal(faults == 0, "no page fault after the first step (%ld)",
                    faults);
        stream_free(&leat);
    }
    report_array_end();
    free(values);
}
