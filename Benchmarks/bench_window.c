/* SPDX-License-Identifier: MIT
 * A windowed stream, leat_window_init(), takes each sample in with all of its
 * windows. It is compared with as many single steps of a stream without. */
#include "bench.h"
#include "streams.h"
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    uint32_t window, hop;
} windows[] = {{30, 1}, {100, 1}, {100, 10}};
enum { WINDOWS = sizeof windows / sizeof *windows };

struct single {
    struct stream *stream;
    size_t streams;
};

static void single_steps(void *self, size_t times)
{
    struct single *single = self;
    step_stream(single->stream, times * single->streams);
}

/* A stream with windows of a model, filled, in the place of its own. */
static void window_make(struct stream *stream, const struct stream *of,
                        uint32_t window, uint32_t hop)
{
    size_t size = leat_window_size(of->model, window, hop);
    leat_error error;
    stream_make_shared(stream, of);
    free(stream->stream_block);
    stream->stream_block = make_block(size);
    expect_ok(leat_window_init(stream->stream_block, size, of->model, window,
                               hop, &stream->handle, &error),
              &error);
    step_stream(stream, window);
}

static void compare_windows(const struct shape *shape, const struct plan *plan)
{
    static struct task tasks[2 * WINDOWS];
    struct stream leat, windowed[WINDOWS];
    struct single singles[WINDOWS];
    size_t i;
    stream_make_float32(&leat, shape);
    for (i = 0; i < WINDOWS; i++) {
        window_make(&windowed[i], &leat, windows[i].window, windows[i].hop);
        singles[i].stream = &leat;
        singles[i].streams = (windows[i].window - 1) / windows[i].hop + 1;
        set_task(&tasks[2 * i], step_stream, &windowed[i]);
        set_task(&tasks[2 * i + 1], single_steps, &singles[i]);
    }
    run_interleaved(tasks, 2 * WINDOWS, plan->rounds, plan->round_ns);
    for (i = 0; i < WINDOWS; i++) {
        const struct task *window = &tasks[2 * i], *single = window + 1;
        double ns = median(window->ns, plan->rounds);
        double single_ns = median(single->ns, plan->rounds);
        double ratio = median_ratio(window, single, plan->rounds);
        size_t bytes = leat_stream_block_size(windowed[i].handle);
        printf("%5s %6u %4u %7zu %10.0f %10.0f  %.2f %10zu\n", shape->name,
               (unsigned)windows[i].window, (unsigned)windows[i].hop,
               singles[i].streams, ns, single_ns, ratio, bytes);
        report_row("\"shape\": \"%s\", \"window\": %u, \"hop\": %u, "
                   "\"streams\": %zu, \"ns\": %.1f, \"single_ns\": %.1f, "
                   "\"ratio\": %.4f, \"bytes\": %zu",
                   shape->name, (unsigned)windows[i].window,
                   (unsigned)windows[i].hop, singles[i].streams, ns, single_ns,
                   ratio, bytes);
        stream_free(&windowed[i]);
    }
    stream_free(&leat);
}

void bench_window(const struct plan *plan)
{
    const char *letter;
    printf("\nWindows: ns a sample, and as many single steps\n"
           "%5s %6s %4s %7s %10s %10s  %s %10s\n",
           "shape", "window", "hop", "streams", "window", "steps", "ratio",
           "bytes");
    report_array("window");
    for (letter = "ABCD"; *letter != '\0'; letter++) {
        const struct shape *shape = shape_named(*letter);
        report_progress("window: %s", shape->name);
        compare_windows(shape, plan);
    }
    report_array_end();
}
