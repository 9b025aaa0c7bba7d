/* SPDX-License-Identifier: MIT */
#include "contest.h"
#include "limit.h"
#include "plain.h"
#include "roofline.h"
#include "samples.h"
#include "subjects.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The other two's inputs are Leat's, in the same turn. */
struct limit_subject {
    struct limit limit;
    const struct subject *leat;
    size_t at;
    float output;
};

struct plain_subject {
    struct plain plain;
    const struct subject *leat;
    size_t at;
    float output;
};

static void limit_steps(void *self, size_t times)
{
    struct limit_subject *s = self;
    for (; times > 0; times--)
        limit_step(&s->limit,
                   next_input(s->leat->inputs, &s->at, s->leat->shape.inputs),
                   &s->output);
}

static void plain_steps(void *self, size_t times)
{
    struct plain_subject *s = self;
    for (; times > 0; times--)
        plain_step(&s->plain,
                   next_input(s->leat->inputs, &s->at, s->leat->shape.inputs),
                   &s->output);
}

/* What is compared must be the same thing: the bits of the step by hand are Leat's, plain
 * C's values nearly. */
static void check(struct subject *leat, struct limit_subject *limit, int way,
                  struct plain_subject *plain)
{
    size_t step;
    for (step = 0; step < 300; step++) {
        subject_steps(leat, 1);
        limit_steps(limit, 1);
        if (memcmp(&leat->output, &limit->output, 4) != 0) {
            fprintf(stderr, "%s, step %zu: the step by hand (%s) gives %a, Leat %a\n",
                    leat->shape.name, step, limit_way(way)->name,
                    (double)limit->output, (double)leat->output);
            exit(1);
        }
        if (plain == NULL)
            continue;
        plain_steps(plain, 1);
        if (!(fabsf(plain->output - leat->output) <= 1e-4f)) {
            fprintf(stderr, "%s, step %zu: plain C gives %g, Leat %g\n",
                    leat->shape.name, step, (double)plain->output,
                    (double)leat->output);
            exit(1);
        }
    }
}

/* The way that is fastest at this size. */
static int best_way(const struct network *network, const struct subject *leat,
                    const struct plan *plan)
{
    static struct contestant contestants[LIMIT_WAYS_MOST];
    static struct limit_subject ways[LIMIT_WAYS_MOST];
    size_t rounds = plan->rounds / 2, count = 0, i, best = 0;
    int of[LIMIT_WAYS_MOST], way;
    for (way = 0; way < limit_way_count(); way++) {
        struct subject fresh;
        if (!limit_fits(way, network->shape.hidden))
            continue;
        memset(&ways[way], 0, sizeof ways[way]);
        limit_make(&ways[way].limit, network, way);
        ways[way].leat = leat;
        subject_share(&fresh, leat);
        check(&fresh, &ways[way], way, NULL);
        subject_free(&fresh);
        contestants[count].work = limit_steps;
        contestants[count].self = &ways[way];
        of[count++] = way;
    }
    interleave(contestants, count, rounds, plan->round_ns / 2);
    for (i = 0; i < count; i++) {
        if (median(contestants[i].ns, rounds) <
            median(contestants[best].ns, rounds))
            best = i;
        limit_free(&ways[of[i]].limit);
    }
    return of[best];
}

double macs_per_ns(const struct plan *plan)
{
    static double rate;
    static struct contestant multiplier = {multiplier_runs, NULL, {0}};
    if (rate == 0) {
        interleave(&multiplier, 1, plan->rounds, plan->round_ns / 4);
        rate = MACS_EACH / median(multiplier.ns, plan->rounds);
    }
    return rate;
}

void contest(const struct shape *shape, const struct plan *plan,
             struct outcome *out)
{
    static struct contestant contestants[4];
    struct network network;
    struct subject leat;
    struct limit_subject limit;
    struct plain_subject plain;
    struct reader reader;
    double by_macs = (double)shape_macs(shape) / macs_per_ns(plan);
    size_t rounds = plan->rounds, c;
    network_make(&network, shape);
    subject_make(&leat, &network, FORMAT_F32);
    out->way = best_way(&network, &leat, plan);
    memset(&limit, 0, sizeof limit);
    memset(&plain, 0, sizeof plain);
    limit_make(&limit.limit, &network, out->way);
    plain_make(&plain.plain, &network);
    limit.leat = plain.leat = &leat;
    reader_make(&reader, shape_bytes(shape));
    check(&leat, &limit, out->way, &plain);
    contestants[0].work = subject_steps;
    contestants[0].self = &leat;
    contestants[1].work = limit_steps;
    contestants[1].self = &limit;
    contestants[2].work = plain_steps;
    contestants[2].self = &plain;
    contestants[3].work = reader_reads;
    contestants[3].self = &reader;
    interleave(contestants, 4, rounds, plan->round_ns);
    out->leat = median(contestants[0].ns, rounds);
    out->leat_p99 = quantile(contestants[0].ns, rounds, 0.99);
    out->limit = median(contestants[1].ns, rounds);
    out->limit_p99 = quantile(contestants[1].ns, rounds, 0.99);
    out->plain = median(contestants[2].ns, rounds);
    out->plain_p99 = quantile(contestants[2].ns, rounds, 0.99);
    /* What the reader reads is a few bytes more. */
    out->reading = median(contestants[3].ns, rounds) *
                   (double)shape_bytes(shape) / (double)reader.bytes;
    out->roofline = out->reading > by_macs ? out->reading : by_macs;
    out->ratio = median_ratio(&contestants[0], &contestants[1], rounds);
    for (c = 0; c < 4; c++)
        contestants[c].self = NULL;
    reader_free(&reader);
    plain_free(&plain.plain);
    limit_free(&limit.limit);
    subject_free(&leat);
    network_free(&network);
}
