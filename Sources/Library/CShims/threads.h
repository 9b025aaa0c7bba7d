/* SPDX-License-Identifier: MIT
 * What LeatStore needs of threads: atomic words, and one thread with a lock and
 * conditions through which others communicate with it. */
#ifndef LEAT_THREADS_H
#define LEAT_THREADS_H

#include "linux.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>

/* --- atomic words -------------------------------------------------------- */

static inline uint64_t leat_atomic_load(const uint64_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static inline void leat_atomic_store(uint64_t *word, uint64_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static inline uint64_t leat_atomic_exchange(uint64_t *word, uint64_t value)
{
    return __atomic_exchange_n(word, value, __ATOMIC_ACQ_REL);
}

static inline void leat_atomic_or(uint64_t *word, uint64_t bits)
{
    __atomic_fetch_or(word, bits, __ATOMIC_RELEASE);
}

/* --- a thread and its monitor -------------------------------------------- */

typedef struct leat_monitor {
    pthread_mutex_t mutex;
    pthread_cond_t work; /* for the thread: there is something to do */
    pthread_cond_t done; /* for others: it has done something        */
    pthread_t thread;
} leat_monitor;

/* Return 0 or an errno value. */
static inline int leat_monitor_init(leat_monitor *monitor)
{
    pthread_condattr_t monotonic;
    int failed = pthread_condattr_init(&monotonic);
    if (failed)
        return failed;
    failed = leat_linux_use_monotonic(&monotonic);
    if (!failed)
        failed = pthread_mutex_init(&monitor->mutex, NULL);
    if (!failed) {
        failed = pthread_cond_init(&monitor->work, &monotonic);
        if (!failed) {
            failed = pthread_cond_init(&monitor->done, NULL);
            if (failed)
                pthread_cond_destroy(&monitor->work);
        }
        if (failed)
            pthread_mutex_destroy(&monitor->mutex);
    }
    pthread_condattr_destroy(&monotonic);
    return failed;
}

static inline void leat_monitor_destroy(leat_monitor *monitor)
{
    pthread_cond_destroy(&monitor->done);
    pthread_cond_destroy(&monitor->work);
    pthread_mutex_destroy(&monitor->mutex);
}

static inline void leat_monitor_lock(leat_monitor *monitor)
{
    pthread_mutex_lock(&monitor->mutex);
}

static inline void leat_monitor_unlock(leat_monitor *monitor)
{
    pthread_mutex_unlock(&monitor->mutex);
}

static inline void leat_monitor_signal_work(leat_monitor *monitor)
{
    pthread_cond_signal(&monitor->work);
}

static inline void leat_monitor_signal_done(leat_monitor *monitor)
{
    pthread_cond_broadcast(&monitor->done);
}

static inline void leat_monitor_wait_done(leat_monitor *monitor)
{
    pthread_cond_wait(&monitor->done, &monitor->mutex);
}

/* The time in nanoseconds, by a clock that nobody sets. */
static inline int64_t leat_monitor_now(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return 0;
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Wait until a signal, 1, or until the time `until`, 0. */
static inline int leat_monitor_wait_work(leat_monitor *monitor, int64_t until)
{
    struct timespec time;
    time.tv_sec = (time_t)(until / 1000000000);
    time.tv_nsec = (long)(until % 1000000000);
    return pthread_cond_timedwait(&monitor->work, &monitor->mutex, &time) !=
           ETIMEDOUT;
}

/* Start the thread: 0 or an errno value. It blocks all signals except those of
 * its own faults: the others go to the program's threads. */
static inline int leat_monitor_start(leat_monitor *monitor, size_t stack_size,
                                     void *(*body)(void *context),
                                     void *context)
{
    static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP,
                                  SIGABRT };
    pthread_attr_t attributes;
    sigset_t blocked, before;
    size_t i;
    int failed = pthread_attr_init(&attributes);
    if (failed)
        return failed;
    sigfillset(&blocked);
    for (i = 0; i < sizeof faults / sizeof *faults; i++)
        sigdelset(&blocked, faults[i]);
    failed = pthread_sigmask(SIG_SETMASK, &blocked, &before);
    if (!failed) {
        failed = pthread_attr_setstacksize(&attributes, stack_size);
        if (!failed)
            failed = pthread_create(&monitor->thread, &attributes, body,
                                    context);
        /* The program's thread-local variables may need more stack. */
        if (failed == EINVAL)
            failed = pthread_create(&monitor->thread, NULL, body, context);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    pthread_attr_destroy(&attributes);
    return failed;
}

static inline void leat_monitor_join(leat_monitor *monitor)
{
    pthread_join(monitor->thread, NULL);
}

#endif
