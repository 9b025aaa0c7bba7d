/* SPDX-License-Identifier: MIT
 * Two threads on two halves of a batch, one model; and what a second thread
 * brings on this machine to work that shares nothing. */
#include "bench.h"
#include "roofline.h"
#include "samples.h"
#include "subjects.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What is done once is milliseconds on each thread: even if only one fits in a
 * round, the start of the second thread is little of it. */
enum { BATCHES = 32, RUNS = 2048 };

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
    herd_steps(&part->herd, BATCHES * part->times);
    part->busy_ns += processor_ns() - start;
    part->steps += BATCHES * part->times * part->herd.count;
    return NULL;
}

static void one_thread(void *self, size_t times)
{
    struct part *whole = self;
    whole->times = times;
    step_part(whole);
}

static void start_thread(pthread_t *thread, void *(*work)(void *), void *self)
{
    if (pthread_create(thread, NULL, work, self) != 0) {
        perror("pthread_create");
        exit(2);
    }
}

static void two_threads(void *self, size_t times)
{
    struct part *halves = self;
    pthread_t thread;
    halves[0].times = halves[1].times = times;
    start_thread(&thread, step_part, &halves[1]);
    step_part(&halves[0]);
    pthread_join(thread, NULL);
}

static void one_multiplier(void *self, size_t times)
{
    multiplier_runs(self, 2 * RUNS * times);
}

static void *multiply(void *times)
{
    multiplier_runs(NULL, RUNS * *(size_t *)times);
    return NULL;
}

static void two_multipliers(void *self, size_t times)
{
    pthread_t thread;
    start_thread(&thread, multiply, &times);
    multiplier_runs(self, RUNS * times);
    pthread_join(thread, NULL);
}

static double busy_ns(const struct part *part)
{
    return part->busy_ns / (double)part->steps;
}

void bench_threads(const struct plan *plan)
{
    static struct contestant contestants[4];
    const struct shape *shape = shape_named('C');
    size_t rounds = plan->rounds;
    struct part whole, halves[2];
    struct subject leat;
    double one, two, scaling, machine, busy;
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
    contestants[2].work = one_multiplier;
    contestants[3].work = two_multipliers;
    interleave(contestants, 4, rounds, 5 * plan->round_ns);
    one = median(contestants[0].ns, rounds) / (256 * BATCHES);
    two = median(contestants[1].ns, rounds) / (256 * BATCHES);
    scaling = median_ratio(&contestants[0], &contestants[1], rounds);
    machine = median_ratio(&contestants[2], &contestants[3], rounds);
    busy = 4 * busy_ns(&whole) / (busy_ns(&halves[0]) + busy_ns(&halves[1]));
    printf("\nC, 256 streams, one model: %.1f ns a stream-step on one thread, "
           "%.1f on two;\nby the processor's time two are %.2f x one\n",
           one, two, busy);
    printf("two threads: %.2f x one; the machine's own, in registers only: "
           "%.2f\n",
           scaling, machine);
    /* Where two threads have no two whole cores, nothing scales to 1.9. */
    report_goal(scaling >= 1.9 || scaling >= 0.97 * machine,
                "two threads >= 1.9 x one (%.2f), or >= 0.97 of the machine's "
                "own %.2f (%.2f)",
                scaling, machine, scaling / machine);
    report_object("threads",
                  "\"one_ns\": %.2f, \"two_ns\": %.2f, \"scaling\": %.4f, "
                  "\"machine_scaling\": %.4f, "
                  "\"scaling_of_processor_time\": %.4f",
                  one, two, scaling, machine, busy);
    herd_free(&whole.herd);
    herd_free(&halves[0].herd);
    herd_free(&halves[1].herd);
    subject_free(&leat);
}
