/* SPDX-License-Identifier: MIT
 * A batch compared with single steps of the same streams: of 1 to 65,536
 * streams, and of a million, whose states are far larger than any cache, in the
 * order of their memory and in random order. */
#include "bench.h"
#include "streams.h"
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>

#define MILLION 1000000

/* A task: a step of each stream, one by one. */
static void step_one_by_one(void *self, size_t times)
{
    const struct batch *batch = self;
    for (; times > 0; times--) {
        size_t i;
        for (i = 0; i < batch->count; i++)
            leat_stream_step(batch->streams[i],
                             batch->inputs + i * batch->input_size,
                             batch->outputs + i, NULL);
    }
}

/* The largest ratio of a batch's time to that of single steps. */
static double compare_counts(const struct shape *shape, const struct plan *plan)
{
    static const size_t counts[] = {1,  2,  3,  4,   5,   6,   7,    8,    9,
                                    10, 12, 16, 17,  24,  25,  32,   48,   49,
                                    64, 96, 97, 144, 256, 1024, 4096, 16384,
                                    65536};
    static struct task tasks[2];
    struct stream leat;
    double largest = 0;
    size_t i;
    stream_make_float32(&leat, shape);
    for (i = 0; i < sizeof counts / sizeof *counts; i++) {
        const double count = (double)counts[i];
        const size_t rounds = plan->rounds < 31 ? plan->rounds : 31;
        struct batch batch;
        double ratio;
        report_progress("counts: %s, %zu", shape->name, counts[i]);
        batch_make(&batch, leat.model, shape->inputs, counts[i]);
        set_task(&tasks[0], step_batch, &batch);
        set_task(&tasks[1], step_one_by_one, &batch);
        run_interleaved(tasks, 2, rounds, plan->round_ns);
        ratio = median_ratio(&tasks[0], &tasks[1], rounds);
        printf("%5s %8zu %10.1f %10.1f  %.3f\n", shape->name, counts[i],
               median(tasks[0].ns, rounds) / count,
               median(tasks[1].ns, rounds) / count, ratio);
        report_row("\"shape\": \"%s\", \"streams\": %zu, \"batch_ns\": %.2f, "
                   "\"one_by_one_ns\": %.2f, \"ratio\": %.4f",
                   shape->name, counts[i],
                   median(tasks[0].ns, rounds) / count,
                   median(tasks[1].ns, rounds) / count, ratio);
        if (ratio > largest)
            largest = ratio;
        batch_free(&batch);
    }
    stream_free(&leat);
    return largest;
}

void bench_counts(const struct plan *plan)
{
    const char *letter;
    printf("\nA batch and its streams one by one: ns a stream-step\n"
           "%5s %8s %10s %10s  %s\n",
           "shape", "streams", "batch", "one by one", "ratio");
    report_array("counts");
    for (letter = "ABC"; *letter != '\0'; letter++) {
        const double largest = compare_counts(shape_named(*letter), plan);
        report_goal(largest <= 1.02,
                    "%c, a batch of any count <= 1.02 x one by one (%.3f)",
                    *letter, largest);
    }
    report_array_end();
}

/* The same numbers on every machine. */
static size_t random_below(size_t bound)
{
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)((state >> 33) % bound);
}

static void shuffle(leat_stream **streams, size_t count)
{
    for (; count > 1; count--) {
        const size_t chosen = random_below(count);
        leat_stream *last = streams[count - 1];
        streams[count - 1] = streams[chosen];
        streams[chosen] = last;
    }
}

void bench_million(const struct plan *plan)
{
    static const char *const ways[] = {
        "one by one", "batch", "one by one, random order",
        "batch, random order"};
    enum { WAYS = sizeof ways / sizeof *ways };
    const size_t rounds = plan->is_quick ? 3 : 9;
    static struct task tasks[WAYS];
    const struct shape *shape = shape_named('A');
    struct stream leat;
    struct batch batch, shuffled;
    double ratio;
    size_t i;
    stream_make_float32(&leat, shape);
    report_progress("million: making the streams");
    batch_make(&batch, leat.model, shape->inputs, MILLION);
    shuffled = batch;
    shuffled.streams = make_block(MILLION * sizeof *shuffled.streams);
    for (i = 0; i < MILLION; i++)
        shuffled.streams[i] = batch.streams[i];
    shuffle(shuffled.streams, MILLION);
    set_task(&tasks[0], step_one_by_one, &batch);
    set_task(&tasks[1], step_batch, &batch);
    set_task(&tasks[2], step_one_by_one, &shuffled);
    set_task(&tasks[3], step_batch, &shuffled);
    report_progress("million: %zu rounds", rounds);
    run_interleaved(tasks, WAYS, rounds, 0);
    printf("\n%d streams of A, %zu bytes each: ns a stream-step\n", MILLION,
           leat_stream_size(leat.model));
    report_array("million");
    for (i = 0; i < WAYS; i++) {
        const double ns = median(tasks[i].ns, rounds) / MILLION;
        ratio = median_ratio(&tasks[i], &tasks[0], rounds);
        printf("%26s %8.1f  %.3f\n", ways[i], ns, ratio);
        report_row("\"way\": \"%s\", \"ns\": %.2f, \"ratio\": %.4f", ways[i],
                   ns, ratio);
    }
    report_array_end();
    ratio = median_ratio(&tasks[1], &tasks[0], rounds);
    report_goal(ratio <= 1.1, "a batch <= 1.10 x one by one (%.3f)", ratio);
    ratio = median_ratio(&tasks[3], &tasks[1], rounds);
    report_goal(ratio <= 1.3, "in random order <= 1.30 x in order (%.3f)",
                ratio);
    free(shuffled.streams);
    batch_free(&batch);
    stream_free(&leat);
}
