/* SPDX-License-Identifier: MIT
 * One step of an LSTM of 1 to 2048 hidden units, every size up to 64, then one
 * in 8, and above 256 one in 16; 8 inputs. A kernel computes several units at
 * once, so the time grows in stairs; what the first unit of a stair costs is
 * compared with the last one of the stair before. */
#include "bench.h"
#include "streams.h"
#include "timing.h"

#include <stdio.h>

static struct shape shape_of(size_t hidden)
{
    const struct shape shape = {"size", 8, hidden, 1, 0};
    return shape;
}

static void measure(size_t hidden, const struct plan *plan)
{
    static struct task task;
    const struct shape shape = shape_of(hidden);
    const size_t rounds = plan->rounds < 15 ? plan->rounds : 15;
    struct stream leat;
    report_progress("sizes: hidden %zu", hidden);
    stream_make_float32(&leat, &shape);
    set_task(&task, step_stream, &leat);
    run_interleaved(&task, 1, rounds, plan->round_ns);
    report_row("\"hidden\": %zu, \"ns\": %.1f", hidden,
               median(task.ns, rounds));
    stream_free(&leat);
}

/* One unit more than `hidden`, which is a multiple of 16. */
static double measure_stair(size_t hidden, const struct plan *plan)
{
    static struct task tasks[2];
    const struct shape low = shape_of(hidden), high = shape_of(hidden + 1);
    struct stream before, after;
    double ratio;
    stream_make_float32(&before, &low);
    stream_make_float32(&after, &high);
    set_task(&tasks[0], step_stream, &before);
    set_task(&tasks[1], step_stream, &after);
    run_interleaved(tasks, 2, plan->rounds, plan->round_ns);
    ratio = median_ratio(&tasks[1], &tasks[0], plan->rounds);
    printf("%6zu to %-6zu %8.1f to %-8.1f %.2f\n", hidden, hidden + 1,
           median(tasks[0].ns, plan->rounds), median(tasks[1].ns, plan->rounds),
           ratio);
    report_row("\"hidden\": %zu, \"ns\": %.1f, \"one_more_ns\": %.1f, "
               "\"ratio\": %.4f",
               hidden, median(tasks[0].ns, plan->rounds),
               median(tasks[1].ns, plan->rounds), ratio);
    stream_free(&before);
    stream_free(&after);
    return ratio;
}

void bench_sizes(const struct plan *plan)
{
    static const struct {
        size_t hidden;
        double goal;
    } stairs[] = {{16, 1.4}, {32, 1.25}, {48, 1.17}};
    size_t hidden = 0, i;
    printf("\nHidden 1 to 2048, 8 inputs: ns a step\n");
    report_array("stairs");
    for (i = 0; i < sizeof stairs / sizeof *stairs; i++) {
        const double ratio = measure_stair(stairs[i].hidden, plan);
        report_goal(ratio <= stairs[i].goal,
                    "hidden %zu <= %.2f x hidden %zu (%.2f)",
                    stairs[i].hidden + 1, stairs[i].goal, stairs[i].hidden,
                    ratio);
    }
    report_array_end();
    report_array("sizes");
    while (hidden < 2048) {
        hidden += hidden < 64 ? 1 : hidden < 256 ? 8 : hidden / 16;
        if (hidden > 2048)
            hidden = 2048;
        measure(hidden, plan);
    }
    report_array_end();
}
