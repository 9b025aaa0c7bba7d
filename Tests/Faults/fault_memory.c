/* SPDX-License-Identifier: MIT */
#include "fault_memory.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static sqlite3_mem_methods real;
static struct {
    pthread_mutex_t mutex;
    long count, nth, failed;
    int lasts;
} state = { PTHREAD_MUTEX_INITIALIZER, 0, 0, 0, 0 };

static int fails(void)
{
    int failed = 0;
    pthread_mutex_lock(&state.mutex);
    if (state.nth != 0) {
        state.count++;
        failed = state.count == state.nth ||
                 (state.count > state.nth && state.lasts);
        state.failed += failed;
    }
    pthread_mutex_unlock(&state.mutex);
    return failed;
}

static void *take(int size) { return fails() ? NULL : real.xMalloc(size); }

static void *resize(void *block, int size)
{
    return fails() ? NULL : real.xRealloc(block, size);
}

void fault_memory_start(void)
{
    sqlite3_mem_methods methods;
    int code = sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real);
    methods = real;
    methods.xMalloc = take;
    methods.xRealloc = resize;
    if (code == SQLITE_OK)
        code = sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
    /* Small blocks would otherwise come from a connection's lookaside memory,
     * and never fail. */
    if (code == SQLITE_OK)
        code = sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
    if (code != SQLITE_OK) {
        fprintf(stderr, "cannot replace SQLite's memory: %d\n", code);
        exit(2);
    }
}

void fault_memory_arm(long nth, int lasts)
{
    pthread_mutex_lock(&state.mutex);
    state.count = state.failed = 0;
    state.lasts = lasts;
    state.nth = nth;
    pthread_mutex_unlock(&state.mutex);
}

long fault_memory_disarm(void)
{
    long failed;
    pthread_mutex_lock(&state.mutex);
    failed = state.failed;
    state.nth = 0;
    pthread_mutex_unlock(&state.mutex);
    return failed;
}
