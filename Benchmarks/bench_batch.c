/* SPDX-License-Identifier: MIT
 * Many streams at once, many steps at once. */
#include "bench.h"
#include "roofline.h"
#include "samples.h"
#include "subjects.h"

#include <stdio.h>
#include <stdlib.h>

/* The machine's clock swings: each batch has the multiplier next to it. */
void bench_batch(const struct plan *plan)
{
    static const size_t counts[] = {1, 4, 16, 64, 256, 1024, 4096};
    enum { COUNTS = sizeof counts / sizeof *counts };
    static struct contestant contestants[2 * COUNTS];
    struct herd herds[COUNTS];
    const char *letter;
    size_t i;
    printf("\nBatches: ns a stream-step\n%5s %8s %10s %10s  %s\n", "shape",
           "streams", "Leat", "its MACs", "ratio");
    report_array("batch");
    for (letter = "CD"; *letter != '\0'; letter++) {
        const struct shape *shape = shape_named(*letter);
        double runs_of_step = (double)shape_macs(shape) / MACS_EACH;
        double bound = *letter == 'C' ? 1.6 : 1.25;
        struct subject leat;
        subject_of(&leat, shape);
        report_progress("batch: %s", shape->name);
        for (i = 0; i < COUNTS; i++) {
            herd_make(&herds[i], leat.model, shape->inputs, counts[i]);
            contestants[2 * i].work = herd_steps;
            contestants[2 * i].self = &herds[i];
            contestants[2 * i + 1].work = multiplier_runs;
        }
        interleave(contestants, 2 * COUNTS, plan->rounds, plan->round_ns);
        for (i = 0; i < COUNTS; i++) {
            const struct contestant *batch = &contestants[2 * i];
            const struct contestant *multiplier = batch + 1;
            double steps = (double)counts[i];
            double ns = median(batch->ns, plan->rounds) / steps;
            double macs_ns =
                median(multiplier->ns, plan->rounds) * runs_of_step;
            double ratio = median_ratio(batch, multiplier, plan->rounds) /
                           (steps * runs_of_step);
            printf("%5s %8zu %10.1f %10.1f  %.2f\n", shape->name, counts[i], ns,
                   macs_ns, ratio);
            report_row("\"shape\": \"%s\", \"streams\": %zu, "
                       "\"leat_ns\": %.2f, \"mac_ns\": %.2f, \"ratio\": %.4f",
                       shape->name, counts[i], ns, macs_ns, ratio);
            if (counts[i] == 256)
                report_goal(ratio <= bound,
                            "%s, 256 streams, <= %.2f x its MACs (%.2f)",
                            shape->name, bound, ratio);
            herd_free(&herds[i]);
        }
        subject_free(&leat);
    }
    report_array_end();
}

struct runner {
    struct subject subject;
    size_t steps;
    float *inputs, *outputs;
};

static void runs(void *self, size_t times)
{
    struct runner *runner = self;
    for (; times > 0; times--)
        leat_stream_run(runner->subject.stream, runner->steps, runner->inputs,
                        runner->outputs, NULL);
}

/* As many steps one by one: what interrupts a long round is in both. */
static void steps_of_run(void *self, size_t times)
{
    struct runner *runner = self;
    subject_steps(&runner->subject, times * runner->steps);
}

static const size_t run_steps[] = {1, 10, 100, 1000};
enum { RUNS = sizeof run_steps / sizeof *run_steps };

static void compare_runs(const struct shape *shape, const struct plan *plan)
{
    static struct contestant contestants[2 * RUNS];
    size_t rounds = plan->rounds < 21 ? plan->rounds : 21, i;
    struct runner runners[RUNS];
    struct subject leat;
    subject_of(&leat, shape);
    for (i = 0; i < RUNS; i++) {
        runners[i].steps = run_steps[i];
        runners[i].inputs = make_inputs(run_steps[i] * shape->inputs);
        runners[i].outputs = make_block(4 * run_steps[i]);
        subject_share(&runners[i].subject, &leat);
        contestants[2 * i].work = runs;
        contestants[2 * i + 1].work = steps_of_run;
        contestants[2 * i].self = contestants[2 * i + 1].self = &runners[i];
    }
    interleave(contestants, 2 * RUNS, rounds, plan->round_ns);
    for (i = 0; i < RUNS; i++) {
        const struct contestant *run = &contestants[2 * i], *step = run + 1;
        double ratio = median_ratio(run, step, rounds);
        double run_ns = median(run->ns, rounds) / (double)run_steps[i];
        double step_ns = median(step->ns, rounds) / (double)run_steps[i];
        printf("%5s %6zu %10.1f %10.1f  %.3f\n", shape->name, run_steps[i],
               run_ns, step_ns, ratio);
        report_row("\"shape\": \"%s\", \"steps\": %zu, "
                   "\"ns_per_step\": %.2f, \"step_ns\": %.2f, "
                   "\"ratio\": %.4f",
                   shape->name, run_steps[i], run_ns, step_ns, ratio);
        /* Two medians of one thing differ by a hundredth here. */
        if (run_steps[i] == 100)
            report_goal(ratio <= 1.01,
                        "%s, run of 100 no slower than step (%.3f)",
                        shape->name, ratio);
        subject_free(&runners[i].subject);
        free(runners[i].inputs);
        free(runners[i].outputs);
    }
    subject_free(&leat);
}

void bench_run(const struct plan *plan)
{
    size_t s;
    printf("\nleat_stream_run against leat_stream_step: ns a step\n"
           "%5s %6s %10s %10s  %s\n",
           "shape", "steps", "run", "step", "ratio");
    report_array("run");
    for (s = 0; s < SHAPES; s++) {
        report_progress("run: %s", shapes[s].name);
        compare_runs(&shapes[s], plan);
    }
    report_array_end();
}
