/* SPDX-License-Identifier: MIT
 * Two threads on two halves of a batch, one model. */
#include "bench.h"
#include "samples.h"
#include "subjects.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The streams of one thread, and the processor's time it had for them. */
struct part {
    struct herd herd;
    size_t times, steps;
    double busy_ns;
};

static double processor_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void *step_part(void *self)
{
    struct part *part = self;
    double start = processor_ns();
    herd_steps(&part->herd, part->times);
    part->busy_ns += processor_ns() - start;
    part->steps += part->times * part->herd.count;
    return NULL;
}

static void one_thread(void *self, size_t times)
{
    struct part *whole = self;
    whole->times = times;
    step_part(whole);
}

/* The second is started for each round; a round is long against that. */
static void two_threads(void *self, size_t times)
{
    struct part *halves = self;
    pthread_t thread;
    halves[0].times = halves[1].times = times;
    if (pthread_create(&thread, NULL, step_part, &halves[1]) != 0) {
        perror("pthread_create");
        exit(2);
    }
    step_part(&halves[0]);
    pthread_join(thread, NULL);
}

static double busy_ns(const struct part *part)
{
    return part->busy_ns / (double)part->steps;
}

void bench_threads(const struct plan *plan)
{
    static struct contestant contestants[2];
    const struct shape *shape = shape_named('C');
    struct part whole, halves[2];
    struct subject leat;
    double one, two, busy;
    memset(&whole, 0, sizeof whole);
    memset(halves, 0, sizeof halves);
    report_progress("threads");
    subject_of(&leat, shape);
    herd_make(&whole.herd, leat.model, shape->inputs, 256);
    herd_make(&halves[0].herd, leat.model, shape->inputs, 128);
    herd_make(&halves[1].herd, leat.model, shape->inputs, 128);
    contestants[0].work = one_thread;
    contestants[0].self = &whole;
    contestants[1].work = two_threads;
    contestants[1].self = halves;
    interleave(contestants, 2, plan->rounds, 5 * plan->round_ns);
    /* Two threads need both cores for themselves: where something else ran,
     * a median would tell of that. */
    one = quantile(contestants[0].ns, plan->rounds, 0.1) / 256;
    two = quantile(contestants[1].ns, plan->rounds, 0.1) / 256;
    busy = 4 * busy_ns(&whole) / (busy_ns(&halves[0]) + busy_ns(&halves[1]));
    printf("\nC, 256 streams, one model, the fastest tenth: %.1f ns a "
           "stream-step on one\nthread, %.1f on two; by the processor's time "
           "two are %.2f x one\n", one, two, busy);
    report_goal(one / two >= 1.9, "two threads >= 1.9 x one (%.2f)", one / two);
    report_object("threads",
                  "\"one_ns\": %.2f, \"two_ns\": %.2f, \"scaling\": %.4f, "
                  "\"scaling_of_processor_time\": %.4f",
                  one, two, one / two, busy);
    herd_free(&whole.herd);
    herd_free(&halves[0].herd);
    herd_free(&halves[1].herd);
    subject_free(&leat);
}
