/* SPDX-License-Identifier: MIT */
#include "step_comparison.h"
#include "handwritten.h"
#include "plain_step.h"
#include "roofline.h"
#include "timing.h"
#include "streams.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Both step over Leat's inputs, in the same order. */
struct handwritten_task {
    struct handwritten handwritten;
    const struct stream *leat;
    size_t at;
    float output;
};

struct plain_task {
    struct plain plain;
    const struct stream *leat;
    size_t at;
    float output;
};

static void run_handwritten(void *self, size_t times)
{
    struct handwritten_task *s = self;
    for (; times > 0; times--)
        handwritten_step(
            &s->handwritten,
            next_input(s->leat->inputs, &s->at, s->leat->shape.inputs),
            &s->output);
}

static void run_plain(void *self, size_t times)
{
    struct plain_task *s = self;
    for (; times > 0; times--)
        plain_step(&s->plain,
                   next_input(s->leat->inputs, &s->at, s->leat->shape.inputs),
                   &s->output);
}

/* Ends the program unless the outputs of the hand-written step have Leat's
 * bits, and those of plain C nearly its values. */
static void check(struct stream *leat, struct handwritten_task *handwritten,
                  int variant, struct plain_task *plain)
{
    size_t step;
    for (step = 0; step < 300; step++) {
        step_stream(leat, 1);
        run_handwritten(handwritten, 1);
        if (memcmp(&leat->output, &handwritten->output, 4) != 0) {
            fprintf(
                stderr,
                "%s, step %zu: the hand-written step (%s) gives %a, Leat %a\n",
                leat->shape.name, step, handwritten_variant(variant)->name,
                (double)handwritten->output, (double)leat->output);
            exit(1);
        }
        if (plain == NULL)
            continue;
        run_plain(plain, 1);
        if (!(fabsf(plain->output - leat->output) <= 1e-4f)) {
            fprintf(stderr, "%s, step %zu: plain C gives %g, Leat %g\n",
                    leat->shape.name, step, (double)plain->output,
                    (double)leat->output);
            exit(1);
        }
    }
}

/* The variant that is fastest at this size. */
static int fastest_variant(const struct network *network,
                           const struct stream *leat, const struct plan *plan)
{
    static struct task tasks[HANDWRITTEN_VARIANTS_MOST];
    static struct handwritten_task variants[HANDWRITTEN_VARIANTS_MOST];
    size_t rounds = plan->rounds / 2, count = 0, i, best = 0;
    int of[HANDWRITTEN_VARIANTS_MOST], variant;
    for (variant = 0; variant < handwritten_variant_count(); variant++) {
        struct stream fresh;
        if (!handwritten_fits(variant, &network->shape))
            continue;
        memset(&variants[variant], 0, sizeof variants[variant]);
        handwritten_make(&variants[variant].handwritten, network, variant);
        variants[variant].leat = leat;
        stream_make_shared(&fresh, leat);
        check(&fresh, &variants[variant], variant, NULL);
        stream_free(&fresh);
        set_task(&tasks[count], run_handwritten, &variants[variant]);
        of[count++] = variant;
    }
    run_interleaved(tasks, count, rounds, plan->round_ns / 2);
    for (i = 0; i < count; i++) {
        if (median(tasks[i].ns, rounds) < median(tasks[best].ns, rounds))
            best = i;
        handwritten_free(&variants[of[i]].handwritten);
    }
    return of[best];
}

double macs_per_ns(const struct plan *plan)
{
    static double rate;
    static struct task multiplier = {multiply_accumulate, NULL, {0}};
    if (rate == 0) {
        run_interleaved(&multiplier, 1, plan->rounds, plan->round_ns / 4);
        rate = MACS_PER_RUN / median(multiplier.ns, plan->rounds);
    }
    return rate;
}

void compare_step(const struct shape *shape, const struct plan *plan,
                  struct step_times *out)
{
    static struct task tasks[4];
    struct network network;
    struct stream leat;
    struct handwritten_task handwritten;
    struct plain_task plain;
    struct reader reader;
    double by_macs = (double)shape_macs(shape) / macs_per_ns(plan);
    size_t rounds = plan->rounds;
    network_make(&network, shape);
    stream_make(&leat, &network, FORMAT_F32);
    out->variant = fastest_variant(&network, &leat, plan);
    memset(&handwritten, 0, sizeof handwritten);
    memset(&plain, 0, sizeof plain);
    handwritten_make(&handwritten.handwritten, &network, out->variant);
    plain_make(&plain.plain, &network);
    handwritten.leat = plain.leat = &leat;
    reader_make(&reader, shape_bytes(shape));
    check(&leat, &handwritten, out->variant, &plain);
    set_task(&tasks[0], step_stream, &leat);
    set_task(&tasks[1], run_handwritten, &handwritten);
    set_task(&tasks[2], run_plain, &plain);
    set_task(&tasks[3], read_block, &reader);
    run_interleaved(tasks, 4, rounds, plan->round_ns);
    out->leat = median(tasks[0].ns, rounds);
    out->leat_p99 = quantile(tasks[0].ns, rounds, 0.99);
    out->handwritten = median(tasks[1].ns, rounds);
    out->handwritten_p99 = quantile(tasks[1].ns, rounds, 0.99);
    out->plain = median(tasks[2].ns, rounds);
    out->plain_p99 = quantile(tasks[2].ns, rounds, 0.99);
    /* The reader's block is a few bytes larger than the weights. */
    out->reading = median(tasks[3].ns, rounds) * (double)shape_bytes(shape) /
                   (double)reader.bytes;
    out->roofline = out->reading > by_macs ? out->reading : by_macs;
    out->ratio = median_ratio(&tasks[0], &tasks[1], rounds);
    reader_free(&reader);
    plain_free(&plain.plain);
    handwritten_free(&handwritten.handwritten);
    stream_free(&leat);
    network_free(&network);
}
