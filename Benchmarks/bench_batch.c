/* SPDX-License-Identifier: MIT
 * Many streams in one call, leat_batch_step(), and many steps in one call,
 * leat_stream_run(). A batch is compared with the time its multiply-accumulates
 * take in registers, since its weights are read once for all streams; a run
 * with as many steps one by one. */
#include "bench.h"
#include "roofline.h"
#include "timing.h"
#include "streams.h"

#include <stdio.h>
#include <stdlib.h>

/* The clock frequency varies: each batch is followed by the multiplier. */
void bench_batch(const struct plan *plan)
{
    static const size_t counts[] = {1, 4, 16, 64, 256, 1024, 4096};
    enum { COUNTS = sizeof counts / sizeof *counts };
    static struct task tasks[2 * COUNTS];
    struct batch batches[COUNTS];
    const char *letter;
    size_t i;
    printf("\nBatches: ns a stream-step\n%5s %8s %10s %10s  %s\n", "shape",
           "streams", "Leat", "its MACs", "ratio");
    report_array("batch");
    for (letter = "CD"; *letter != '\0'; letter++) {
        const struct shape *shape = shape_named(*letter);
        double runs_of_step = (double)shape_macs(shape) / MACS_PER_RUN;
        double bound = *letter == 'C' ? 1.6 : 1.25;
        struct stream leat;
        stream_make_float32(&leat, shape);
        report_progress("batch: %s", shape->name);
        for (i = 0; i < COUNTS; i++) {
            batch_make(&batches[i], leat.model, shape->inputs, counts[i]);
            set_task(&tasks[2 * i], step_batch, &batches[i]);
            set_task(&tasks[2 * i + 1], multiply_accumulate, NULL);
        }
        run_interleaved(tasks, 2 * COUNTS, plan->rounds, plan->round_ns);
        for (i = 0; i < COUNTS; i++) {
            const struct task *batch_task = &tasks[2 * i];
            const struct task *multiplier = batch_task + 1;
            double steps = (double)counts[i];
            double ns = median(batch_task->ns, plan->rounds) / steps;
            double macs_ns =
                median(multiplier->ns, plan->rounds) * runs_of_step;
            double ratio = median_ratio(batch_task, multiplier, plan->rounds) /
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
            batch_free(&batches[i]);
        }
        stream_free(&leat);
    }
    report_array_end();
}

struct runner {
    struct stream stream;
    size_t steps;
    float *inputs, *outputs;
};

static void run_steps(void *self, size_t times)
{
    struct runner *runner = self;
    for (; times > 0; times--)
        leat_stream_run(runner->stream.handle, runner->steps, runner->inputs,
                        runner->outputs, NULL);
}

/* As many steps one by one, so that an interrupt in a long round is as likely
 * in both. */
static void single_steps(void *self, size_t times)
{
    struct runner *runner = self;
    step_stream(&runner->stream, times * runner->steps);
}

static const size_t run_lengths[] = {1, 10, 100, 1000};
enum { RUNS = sizeof run_lengths / sizeof *run_lengths };

static void compare_runs(const struct shape *shape, const struct plan *plan)
{
    static struct task tasks[2 * RUNS];
    size_t rounds = plan->rounds < 21 ? plan->rounds : 21, i;
    struct runner runners[RUNS];
    struct stream leat;
    stream_make_float32(&leat, shape);
    for (i = 0; i < RUNS; i++) {
        runners[i].steps = run_lengths[i];
        runners[i].inputs = make_inputs(run_lengths[i] * shape->inputs);
        runners[i].outputs = make_block(4 * run_lengths[i]);
        stream_make_shared(&runners[i].stream, &leat);
        set_task(&tasks[2 * i], run_steps, &runners[i]);
        set_task(&tasks[2 * i + 1], single_steps, &runners[i]);
    }
    run_interleaved(tasks, 2 * RUNS, rounds, plan->round_ns);
    for (i = 0; i < RUNS; i++) {
        const struct task *run = &tasks[2 * i], *step = run + 1;
        double ratio = median_ratio(run, step, rounds);
        double run_ns = median(run->ns, rounds) / (double)run_lengths[i];
        double step_ns = median(step->ns, rounds) / (double)run_lengths[i];
        printf("%5s %6zu %10.1f %10.1f  %.3f\n", shape->name, run_lengths[i],
               run_ns, step_ns, ratio);
        report_row("\"shape\": \"%s\", \"steps\": %zu, "
                   "\"ns_per_step\": %.2f, \"step_ns\": %.2f, "
                   "\"ratio\": %.4f",
                   shape->name, run_lengths[i], run_ns, step_ns, ratio);
        /* Two medians of the same work differ by up to 1 % here. */
        if (run_lengths[i] == 100)
            report_goal(ratio <= 1.01,
                        "%s, run of 100 no slower than step (%.3f)",
                        shape->name, ratio);
        stream_free(&runners[i].stream);
        free(runners[i].inputs);
        free(runners[i].outputs);
    }
    stream_free(&leat);
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
