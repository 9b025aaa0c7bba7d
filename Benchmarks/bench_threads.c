/* SPDX-License-Identifier: MIT
 * One thread steps a batch of 256 streams, then two threads step half of it
 * each, with one model. The same for a loop in registers, which shares no
 * memory: its speedup is what this machine gives to a second thread at most,
 * and Leat's is judged by it. */
#include "bench.h"
#include "roofline.h"
#include "timing.h"
#include "streams.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Repetitions in one call of a task. They take each thread milliseconds, so
 * that the time to start the second thread is negligible. */
enum { BATCH_STEPS = 32, MULTIPLIER_RUNS = 2048 };

/* The streams of one thread, and the processor time it took for them. */
struct part {
    struct batch batch;
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
    step_batch(&part->batch, BATCH_STEPS * part->times);
    part->busy_ns += processor_ns() - start;
    part->steps += BATCH_STEPS * part->times * part->batch.count;
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
    multiply_accumulate(self, 2 * MULTIPLIER_RUNS * times);
}

static void *multiply(void *times)
{
    multiply_accumulate(NULL, MULTIPLIER_RUNS * *(size_t *)times);
    return NULL;
}

static void two_multipliers(void *self, size_t times)
{
    pthread_t thread;
    start_thread(&thread, multiply, &times);
    multiply_accumulate(self, MULTIPLIER_RUNS * times);
    pthread_join(thread, NULL);
}

static double busy_ns(const struct part *part)
{
    return part->busy_ns / (double)part->steps;
}

void bench_threads(const struct plan *plan)
{
    static struct task tasks[4];
    const struct shape *shape = shape_named('C');
    size_t rounds = plan->rounds;
    struct part whole, halves[2];
    struct stream leat;
    double one, two, scaling, machine, busy;
    memset(&whole, 0, sizeof whole);
    memset(halves, 0, sizeof halves);
    report_progress("threads");
    stream_make_float32(&leat, shape);
    batch_make(&whole.batch, leat.model, shape->inputs, 256);
    batch_make(&halves[0].batch, leat.model, shape->inputs, 128);
    batch_make(&halves[1].batch, leat.model, shape->inputs, 128);
    set_task(&tasks[0], one_thread, &whole);
    set_task(&tasks[1], two_threads, halves);
    set_task(&tasks[2], one_multiplier, NULL);
    set_task(&tasks[3], two_multipliers, NULL);
    run_interleaved(tasks, 4, rounds, 5 * plan->round_ns);
    one = median(tasks[0].ns, rounds) / (256 * BATCH_STEPS);
    two = median(tasks[1].ns, rounds) / (256 * BATCH_STEPS);
    scaling = median_ratio(&tasks[0], &tasks[1], rounds);
    machine = median_ratio(&tasks[2], &tasks[3], rounds);
    busy = 4 * busy_ns(&whole) / (busy_ns(&halves[0]) + busy_ns(&halves[1]));
    printf("\nC, 256 streams, one model: %.1f ns a stream-step on one thread, "
           "%.1f on two;\nby processor time two are %.2f x one\n",
           one, two, busy);
    printf("two threads: %.2f x one; a loop in registers: "
           "%.2f\n",
           scaling, machine);
    /* Two threads need two whole cores for a speedup of 1.9. */
    report_goal(scaling >= 1.9 || scaling >= 0.97 * machine,
                "two threads >= 1.9 x one (%.2f), or >= 0.97 of what a loop "
                "in registers gains, %.2f (%.2f)",
                scaling, machine, scaling / machine);
    report_object("threads",
                  "\"one_ns\": %.2f, \"two_ns\": %.2f, \"scaling\": %.4f, "
                  "\"machine_scaling\": %.4f, "
                  "\"scaling_of_processor_time\": %.4f",
                  one, two, scaling, machine, busy);
    batch_free(&whole.batch);
    batch_free(&halves[0].batch);
    batch_free(&halves[1].batch);
    stream_free(&leat);
}
