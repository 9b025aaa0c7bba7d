/* SPDX-License-Identifier: MIT
 * The time of single steps while checkpoints are written every 100 samples: by
 * an autosave's thread, by the thread that steps, and not at all. The three
 * take turns; quantiles are medians over the turns. */
#include "bench.h"
#include "leat_store.h"
#include "timing.h"
#include "store_files.h"
#include "streams.h"
#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVERY_SAMPLES = 100, EVERY_MS = 10, TURNS_MOST = 64 };

enum method { NONE, AUTOSAVE, SAVE, METHODS };
static const char *const method_names[METHODS] = {"none", "autosave",
                                                  "save in the loop"};

struct stepper {
    struct stream streams[METHODS];
    struct store_file files[METHODS];
    leat_store *stores[METHODS];
    leat_autosave *autosave;
    uint32_t slot;
};

/* One step, and the offer or save after it. Returns ticks. */
static double timed_step(struct stepper *stepper, enum method method)
{
    struct stream *stream = &stepper->streams[method];
    int code = LEAT_OK;
    leat_error error;
    double start = ticks();
    step_stream(stream, 1);
    if (method == AUTOSAVE)
        code = leat_autosave_offer(stepper->autosave, stepper->slot,
                                   stream->handle, NULL, 0, 0, &error);
    else if (method == SAVE &&
             leat_stream_position(stream->handle) % EVERY_SAMPLES == 0)
        code = leat_store_save(stepper->stores[SAVE], "bench", stream->handle,
                               NULL, 0, 0, &error);
    start = ticks() - start;
    expect_ok(code, &error);
    return start;
}

static void make(struct stepper *stepper, const struct shape *shape)
{
    leat_autosave_options options = {0};
    leat_error error;
    size_t m;
    stream_make_float32(&stepper->streams[NONE], shape);
    for (m = NONE + 1; m < METHODS; m++) {
        stream_make_shared(&stepper->streams[m], &stepper->streams[NONE]);
        store_file_make(&stepper->files[m], ON_DISK);
        expect_ok(leat_store_open(stepper->files[m].path, NULL,
                                  &stepper->stores[m], &error),
                  &error);
    }
    options.stream_size = leat_stream_size(stepper->streams[NONE].model);
    options.streams = 1;
    options.every_samples = EVERY_SAMPLES;
    options.every_ms = EVERY_MS;
    expect_ok(leat_autosave_start(stepper->stores[AUTOSAVE], &options,
                                  &stepper->autosave, &error),
              &error);
    expect_ok(leat_autosave_add(stepper->autosave, "bench", &stepper->slot,
                                &error),
              &error);
}

/* Ends the program unless every checkpoint that was due is durable. */
static void flush(const struct stepper *stepper)
{
    uint64_t position, durable;
    leat_error error;
    position = leat_stream_position(stepper->streams[AUTOSAVE].handle);
    expect_ok(leat_autosave_flush(stepper->autosave, &error), &error);
    expect_ok(leat_autosave_durable(stepper->autosave, stepper->slot, &durable,
                                    &error),
              &error);
    if (durable > position || position - durable >= EVERY_SAMPLES) {
        fprintf(stderr, "durable up to %llu, at position %llu\n",
                (unsigned long long)durable, (unsigned long long)position);
        exit(1);
    }
}

static void end(struct stepper *stepper)
{
    leat_error error;
    size_t m;
    expect_ok(leat_autosave_stop(stepper->autosave, 0, &error), &error);
    for (m = METHODS; m-- > NONE + 1;) {
        expect_ok(leat_store_close(stepper->stores[m], &error), &error);
        store_file_remove(&stepper->files[m]);
        stream_free(&stepper->streams[m]);
    }
    stream_free(&stepper->streams[NONE]);
}

/* In ns, of each turn. */
static struct {
    double p50[TURNS_MOST], p99[TURNS_MOST], p999[TURNS_MOST];
    double longest[TURNS_MOST];
} turns[METHODS];

static void measure(struct stepper *stepper, enum method method, size_t turn,
                    double *values, size_t steps, double timer, double tick)
{
    size_t i;
    for (i = 0; i < steps / 8; i++)
        timed_step(stepper, method);
    for (i = 0; i < steps; i++)
        values[i] = (timed_step(stepper, method) - timer) * tick;
    /* The writer must be idle in the next turn. */
    if (method == AUTOSAVE)
        flush(stepper);
    turns[method].p50[turn] = quantile(values, steps, 0.5);
    turns[method].p99[turn] = quantile(values, steps, 0.99);
    turns[method].p999[turn] = quantile(values, steps, 0.999);
    turns[method].longest[turn] = quantile(values, steps, 1);
}

static double ratio_of_p999(enum method method, size_t count)
{
    double ratios[TURNS_MOST];
    size_t t;
    for (t = 0; t < count; t++)
        ratios[t] = turns[method].p999[t] / turns[NONE].p999[t];
    return median(ratios, count);
}

static void compare(const struct shape *shape, size_t count, size_t steps,
                    double timer, double tick)
{
    double *values = make_block(steps * sizeof *values);
    struct stepper stepper;
    size_t turn, m;
    report_progress("autosave: %s", shape->name);
    make(&stepper, shape);
    for (turn = 0; turn < count; turn++)
        for (m = 0; m < METHODS; m++)
            measure(&stepper, (enum method)m, turn, values, steps, timer, tick);
    end(&stepper);
    for (m = 0; m < METHODS; m++) {
        double p50 = median(turns[m].p50, count);
        double p99 = median(turns[m].p99, count);
        double p999 = median(turns[m].p999, count);
        double longest = quantile(turns[m].longest, count, 1);
        double ratio = ratio_of_p999((enum method)m, count);
        printf("%5s %17s %10.0f %10.0f %10.0f %10.0f %8.2f\n", shape->name,
               method_names[m], p50, p99, p999, longest, ratio);
        report_row("\"shape\": \"%s\", \"checkpoints\": \"%s\", "
                   "\"p50_ns\": %.1f, \"p99_ns\": %.1f, \"p999_ns\": %.1f, "
                   "\"longest_ns\": %.1f, \"p999_ratio\": %.3f",
                   shape->name, method_names[m], p50, p99, p999, longest,
                   ratio);
        if (m == AUTOSAVE && strchr("CF", *shape->name) != NULL)
            report_goal(ratio <= 1.1,
                        "p99.9 at most 1.1 of the one without checkpoints");
    }
    free(values);
}

void bench_autosave(const struct plan *plan)
{
    double tick = ns_per_tick(), timers[1000], timer;
    size_t i;
    for (i = 0; i < 1000; i++) {
        timers[i] = ticks();
        timers[i] = ticks() - timers[i];
    }
    timer = median(timers, 1000);
    printf("\nA step with a checkpoint every %d samples, on this disk: ns, "
           "median of turns\n"
           "%5s %17s %10s %10s %10s %10s %8s\n",
           EVERY_SAMPLES, "shape", "checkpoints", "p50", "p99", "p99.9",
           "longest", "to none");
    report_array("autosave");
    for (i = 0; i < SHAPES; i++) {
        /* A turn takes a fraction of a second. */
        size_t steps = (size_t)1e11 / (500000 + 10 * shape_macs(&shapes[i]));
        compare(&shapes[i], plan->is_quick ? 3 : 15,
                plan->is_quick ? steps / 4 : steps, timer, tick);
    }
    report_array_end();
}
