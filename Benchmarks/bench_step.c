/* SPDX-License-Identifier: MIT
 * One step of one stream, Leat's, hand-written and in plain C, beside the
 * roofline: for the shapes A to F, and for 8 to 1024 hidden units, which shows
 * where the weights outgrow a cache. */
#include "step_comparison.h"
#include "handwritten.h"

#include <stdio.h>

/* Compare the steps of `count` shapes, and write a row for each. Counts those
 * whose ratio is at most 1.05, or 1.1 for the first of A to F, and at most 1. */
static void compare_shapes(const struct shape *of, size_t count,
                           const struct plan *plan, size_t *within,
                           size_t *equal)
{
    struct step_times t;
    size_t i;
    printf("%-20s %18s %18s %20s %9s  %5s  %5s  %s\n", "shape", "Leat",
           "hand-written", "plain C", "roofline", "ratio", "share", "variant");
    for (i = 0; i < count; i++) {
        const struct shape *s = &of[i];
        char name[32];
        report_progress("step: %s", s->name);
        compare_step(s, plan, &t);
        snprintf(name, sizeof name, "%s: %zu>%zux%zu", s->name, s->inputs,
                 s->hidden, s->layers);
        printf("%-20s %8.0f (%7.0f) %8.0f (%7.0f) %9.0f (%8.0f) %9.0f  %5.2f  "
               "%4.0f%%  %s\n",
               name, t.leat, t.leat_p99, t.handwritten, t.handwritten_p99,
               t.plain, t.plain_p99, t.roofline, t.ratio,
               100 * t.roofline / t.leat, handwritten_variant(t.variant)->name);
        report_row("\"shape\": \"%s\", \"input\": %zu, \"hidden\": %zu, "
                   "\"layers\": %zu, \"weight_bytes\": %zu, \"macs\": %zu, "
                   "\"leat_ns\": %.1f, \"leat_p99_ns\": %.1f, "
                   "\"handwritten_ns\": %.1f, \"handwritten_p99_ns\": %.1f, "
                   "\"plain_ns\": %.1f, \"plain_p99_ns\": %.1f, "
                   "\"roofline_ns\": %.1f, \"ratio\": %.4f, \"share\": %.4f, "
                   "\"handwritten_variant\": \"%s\"",
                   s->name, s->inputs, s->hidden, s->layers, shape_bytes(s),
                   shape_macs(s), t.leat, t.leat_p99, t.handwritten,
                   t.handwritten_p99, t.plain, t.plain_p99, t.roofline, t.ratio,
                   t.roofline / t.leat, handwritten_variant(t.variant)->name);
        *within += t.ratio <= (s == shapes ? 1.1 : 1.05);
        *equal += t.ratio <= 1.0;
    }
}

static int can_compare(const char *section)
{
    if (handwritten_variant_count() > 0)
        return 1;
    printf("\n%s: this processor can't run the hand-written step\n", section);
    return 0;
}

void bench_step(const struct plan *plan)
{
    size_t within = 0, equal = 0;
    if (!can_compare("step"))
        return;
    printf("\nOne stream, one step: ns, median (p99) of %zu rounds\n",
           plan->rounds);
    report_array("step");
    compare_shapes(shapes, SHAPES, plan, &within, &equal);
    report_array_end();
    report_goal(within == SHAPES,
                "<= 1.05 x the hand-written step at every shape, <= 1.1 at A "
                "(%zu of %d)",
                within, SHAPES);
    report_goal(equal >= 3,
                "<= 1.00 x the hand-written step at three shapes (%zu)", equal);
}

void bench_gru(const struct plan *plan)
{
    size_t within = 0, equal = 0;
    if (!can_compare("gru"))
        return;
    printf("\nOne step of nn.GRU: ns, median (p99) of %zu rounds\n",
           plan->rounds);
    report_array("gru");
    compare_shapes(gru_shapes, GRU_SHAPES, plan, &within, &equal);
    report_array_end();
    report_goal(within == GRU_SHAPES,
                "<= 1.05 x the hand-written GRU at every shape (%zu of %d)",
                within, GRU_SHAPES);
}

void bench_sweep(const struct plan *plan)
{
    static const size_t sizes[] = {8,   16,  24,  32,  48,  64,  96, 128,
                                   192, 256, 384, 512, 768, 1024};
    struct step_times t;
    size_t i;
    if (handwritten_variant_count() == 0)
        return;
    printf("\nHidden 8 to 1024, 8 inputs, one layer: ns a step\n"
           "%6s %12s %10s %12s %10s  %s\n",
           "hidden", "weights", "Leat", "hand-written", "roofline", "ratio");
    report_array("sweep");
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct shape shape = {"sweep", 8, 0, 1, 0};
        shape.hidden = sizes[i];
        report_progress("sweep: hidden %zu", shape.hidden);
        compare_step(&shape, plan, &t);
        printf("%6zu %12zu %10.0f %12.0f %10.0f  %.2f\n", shape.hidden,
               shape_bytes(&shape), t.leat, t.handwritten, t.roofline, t.ratio);
        report_row("\"hidden\": %zu, \"weight_bytes\": %zu, \"leat_ns\": %.1f, "
                   "\"handwritten_ns\": %.1f, \"roofline_ns\": %.1f, "
                   "\"ratio\": %.4f",
                   shape.hidden, shape_bytes(&shape), t.leat, t.handwritten,
                   t.roofline, t.ratio);
    }
    report_array_end();
}
