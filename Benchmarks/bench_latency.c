/* SPDX-License-Identifier: MIT
 * Calls timed one by one, and the first of all. */
#include "bench.h"
#include "samples.h"
#include "subjects.h"
#include "ticks.h"

#include <stdio.h>
#include <stdlib.h>

static double timed_step(struct subject *subject)
{
    double start = ticks();
    subject_steps(subject, 1);
    return ticks() - start;
}

/* The first step of a stream just made, in ticks, median of `times`; of a model
 * in steady use or, when `of` is NULL, of one just made too. */
static double first_step(const struct shape *shape, const struct subject *of,
                         size_t times)
{
    double values[32];
    size_t i;
    for (i = 0; i < times; i++) {
        struct subject fresh;
        if (of == NULL)
            subject_of(&fresh, shape);
        else
            subject_share(&fresh, of);
        values[i] = timed_step(&fresh);
        subject_free(&fresh);
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
    printf("\nSingle calls: ns each, the timer's own %.0f ns taken off\n"
           "%5s %10s %10s %10s  %s\n",
           timer * tick, "shape", "p50", "p99", "p99.9",
           "first of a stream, of a model just made");
    report_array("latency");
    for (s = 0; s < SHAPES; s++) {
        size_t count = most, firsts = plan->is_quick ? 5 : 31;
        double p50, p99, p999, first, cold;
        struct subject leat;
        report_progress("latency: %s", shapes[s].name);
        subject_of(&leat, &shapes[s]);
        /* A second is enough for the largest. */
        if (shape_macs(&shapes[s]) > 1000000)
            count = most / 10;
        subject_steps(&leat, 100);
        for (i = 0; i < count; i++)
            values[i] = (timed_step(&leat) - timer) * tick;
        p50 = median(values, count);
        p99 = quantile(values, count, 0.99);
        p999 = quantile(values, count, 0.999);
        first = (first_step(&shapes[s], &leat, firsts) - timer) * tick;
        cold = (first_step(&shapes[s], NULL, 5) - timer) * tick;
        printf("%5s %10.0f %10.0f %10.0f  %.0f, %.0f\n", shapes[s].name, p50,
               p99, p999, first, cold);
        report_row("\"shape\": \"%s\", \"p50_ns\": %.1f, \"p99_ns\": %.1f, "
                   "\"p999_ns\": %.1f, \"first_ns\": %.1f, "
                   "\"first_of_model_ns\": %.1f, \"timer_ns\": %.1f",
                   shapes[s].name, p50, p99, p999, first, cold, timer * tick);
        subject_free(&leat);
    }
    report_array_end();
    free(values);
}
