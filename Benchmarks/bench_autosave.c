/* SPDX-License-Identifier: MIT
 * Steps of a stream while its checkpoints are written: by a thread of their
 * own, by the thread that steps, and not at all. */
#include "bench.h"
#include "leat_store.h"
#include "samples.h"
#include "store_files.h"
#include "subjects.h"
#include "ticks.h"

#include <stdio.h>
#include <stdlib.h>

enum { EVERY_SAMPLES = 100, EVERY_MS = 10, TURNS_MOST = 64 };

enum way { NONE, AUTOSAVE, SAVE, WAYS };
static const char *const way_names[WAYS] = {"none", "autosave",
                                            "save in the loop"};

struct stepper {
    struct subject subjects[WAYS];
    struct store_file files[WAYS];
    leat_store *stores[WAYS];
    leat_autosave *autosave;
    uint32_t slot;
};

/* One step, and what is done behind it. Returns ticks. */
static double timed_step(struct stepper *stepper, enum way way)
{
    struct subject *subject = &stepper->subjects[way];
    int code = LEAT_OK;
    leat_error error;
    double start = ticks();
    subject_steps(subject, 1);
    if (way == AUTOSAVE)
        code = leat_autosave_offer(stepper->autosave, stepper->slot,
                                   subject->stream, NULL, 0, 0, &error);
    else if (way == SAVE &&
             leat_stream_position(subject->stream) % EVERY_SAMPLES == 0)
        code = leat_store_save(stepper->stores[SAVE], "bench",
                               subject->stream, NULL, 0, 0, &error);
    start = ticks() - start;
    expect_ok(code, &error);
    return start;
}

static void make(struct stepper *stepper, const struct shape *shape)
{
    leat_autosave_options options = {0};
    leat_error error;
    size_t w;
    subject_of(&stepper->subjects[NONE], shape);
    for (w = NONE + 1; w < WAYS; w++) {
        subject_share(&stepper->subjects[w], &stepper->subjects[NONE]);
        store_file_make(&stepper->files[w], ON_DISK);
        expect_ok(leat_store_open(stepper->files[w].path, NULL,
                                  &stepper->stores[w], &error),
                  &error);
    }
    options.stream_size = leat_stream_size(stepper->subjects[NONE].model);
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

/* Ends the program unless all that was due is durable. */
static void flush(const struct stepper *stepper)
{
    uint64_t position, durable;
    leat_error error;
    position = leat_stream_position(stepper->subjects[AUTOSAVE].stream);
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
    size_t w;
    expect_ok(leat_autosave_stop(stepper->autosave, 0, &error), &error);
    for (w = WAYS; w-- > NONE + 1;) {
        expect_ok(leat_store_close(stepper->stores[w], &error), &error);
        store_file_remove(&stepper->files[w]);
        subject_free(&stepper->subjects[w]);
    }
    subject_free(&stepper->subjects[NONE]);
}

/* In ns, of every turn. */
static struct {
    double p50[TURNS_MOST], p99[TURNS_MOST], p999[TURNS_MOST];
    double most[TURNS_MOST];
} turns[WAYS];

static void measure(struct stepper *stepper, enum way way, size_t turn,
                    double *values, size_t steps, double timer, double tick)
{
    size_t i;
    for (i = 0; i < steps / 8; i++)
        timed_step(stepper, way);
    for (i = 0; i < steps; i++)
        values[i] = (timed_step(stepper, way) - timer) * tick;
    /* The next one's turn is to be undisturbed. */
    if (way == AUTOSAVE)
        flush(stepper);
    turns[way].p50[turn] = quantile(values, steps, 0.5);
    turns[way].p99[turn] = quantile(values, steps, 0.99);
    turns[way].p999[turn] = quantile(values, steps, 0.999);
    turns[way].most[turn] = quantile(values, steps, 1);
}

static double ratio_of_p999(enum way way, size_t count)
{
    double ratios[TURNS_MOST];
    size_t t;
    for (t = 0; t < count; t++)
        ratios[t] = turns[way].p999[t] / turns[NONE].p999[t];
    return median(ratios, count);
}

static void compare(const struct shape *shape, size_t count, size_t steps,
                    double timer, double tick)
{
    double *values = make_block(steps * sizeof *values);
    struct stepper stepper;
    size_t turn, w;
    report_progress("autosave: %s", shape->name);
    make(&stepper, shape);
    for (turn = 0; turn < count; turn++)
        for (w = 0; w < WAYS; w++)
            measure(&stepper, (enum way)w, turn, values, steps, timer, tick);
    end(&stepper);
    for (w = 0; w < WAYS; w++) {
        double p50 = median(turns[w].p50, count);
        double p99 = median(turns[w].p99, count);
        double p999 = median(turns[w].p999, count);
        double most = quantile(turns[w].most, count, 1);
        double ratio = ratio_of_p999((enum way)w, count);
        printf("%5s %17s %10.0f %10.0f %10.0f %10.0f %8.2f\n", shape->name,
               way_names[w], p50, p99, p999, most, ratio);
        report_row("\"shape\": \"%s\", \"checkpoints\": \"%s\", "
                   "\"p50_ns\": %.1f, \"p99_ns\": %.1f, \"p999_ns\": %.1f, "
                   "\"most_ns\": %.1f, \"p999_ratio\": %.3f",
                   shape->name, way_names[w], p50, p99, p999, most, ratio);
        if (w == AUTOSAVE)
            report_goal(ratio <= 1.1, "p99.9 at most 1.1 of that without");
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
    compare(shape_named('C'), plan->is_quick ? 5 : 31,
            plan->is_quick ? 50000 : 200000, timer, tick);
    compare(shape_named('F'), plan->is_quick ? 3 : 11,
            plan->is_quick ? 2000 : 6000, timer, tick);
    report_array_end();
}
