/* SPDX-License-Identifier: MIT
 * Shared by the tests of autosave: a disk that fails or hangs on request, and a
 * store with an autosave. */
#ifndef LEAT_TESTS_AUTOSAVE_FIXTURE_H
#define LEAT_TESTS_AUTOSAVE_FIXTURE_H

#include "store_fixture.h"

#include <pthread.h>
#include <time.h>

/* --- the disk ------------------------------------------------------------ */

/* The system's VFS with other functions for what changes a file: they fail with
 * disk.code if it isn't 0, and syncs wait while the disk hangs. */
static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int code;
    int hangs;
    int passes;  /* syncs that may go on although it hangs */
    int waiting; /* syncs that wait                   */
} disk = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0, 0 };

enum { KINDS_OF_FILES = 4 };

static const sqlite3_io_methods *real_methods[KINDS_OF_FILES];
static sqlite3_io_methods disk_methods[KINDS_OF_FILES];
static int (*real_open)(sqlite3_vfs *, const char *, sqlite3_file *, int,
                        int *);

static inline int disk_code(void)
{
    int code;
    pthread_mutex_lock(&disk.mutex);
    code = disk.code;
    pthread_mutex_unlock(&disk.mutex);
    return code;
}

static inline void set_disk(int code, int hangs)
{
    pthread_mutex_lock(&disk.mutex);
    disk.code = code;
    disk.hangs = hangs;
    pthread_cond_broadcast(&disk.changed);
    pthread_mutex_unlock(&disk.mutex);
}

/* Let one sync go on while the disk hangs. */
static inline void let_one_sync_pass(void)
{
    pthread_mutex_lock(&disk.mutex);
    disk.passes = 1;
    pthread_cond_broadcast(&disk.changed);
    while (disk.passes != 0)
        pthread_cond_wait(&disk.changed, &disk.mutex);
    pthread_mutex_unlock(&disk.mutex);
}

static inline void wait_until_disk_hangs(void)
{
    pthread_mutex_lock(&disk.mutex);
    while (disk.waiting == 0)
        pthread_cond_wait(&disk.changed, &disk.mutex);
    pthread_mutex_unlock(&disk.mutex);
}

static inline const sqlite3_io_methods *real_of(const sqlite3_file *file)
{
    return real_methods[file->pMethods - disk_methods];
}

static inline int disk_write(sqlite3_file *file, const void *bytes, int count,
                             sqlite3_int64 offset)
{
    int code = disk_code();
    return code ? code : real_of(file)->xWrite(file, bytes, count, offset);
}

static inline int disk_sync(sqlite3_file *file, int flags)
{
    int code;
    pthread_mutex_lock(&disk.mutex);
    while (disk.hangs && disk.passes == 0) {
        disk.waiting++;
        pthread_cond_broadcast(&disk.changed);
        pthread_cond_wait(&disk.changed, &disk.mutex);
        disk.waiting--;
    }
    disk.passes = 0;
    pthread_cond_broadcast(&disk.changed);
    code = disk.code;
    pthread_mutex_unlock(&disk.mutex);
    return code ? code : real_of(file)->xSync(file, flags);
}

static inline int disk_open(sqlite3_vfs *vfs, const char *name,
                            sqlite3_file *file, int flags, int *opened)
{
    int kind = 0, result = real_open(vfs, name, file, flags, opened);
    if (result != SQLITE_OK)
        return result;
    /* For this thread alone: the tests open their stores one after the
     * other. */
    while (real_methods[kind] != NULL && real_methods[kind] != file->pMethods)
        need(++kind < KINDS_OF_FILES, "a VFS with fewer kinds of files");
    if (real_methods[kind] == NULL) {
        disk_methods[kind] = *file->pMethods;
        disk_methods[kind].xWrite = disk_write;
        disk_methods[kind].xSync = disk_sync;
        real_methods[kind] = file->pMethods;
    }
    file->pMethods = &disk_methods[kind];
    return SQLITE_OK;
}

static inline void make_disk(void)
{
    static sqlite3_vfs vfs;
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    need(real != NULL, "sqlite3_vfs_find");
    vfs = *real;
    real_open = real->xOpen;
    vfs.xOpen = disk_open;
    vfs.zName = "leat-disk";
    vfs.pNext = NULL;
    need(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK, "sqlite3_vfs_register");
}

/* --- autosaves ----------------------------------------------------------- */

/* An interval so long that only a flush writes. */
enum { NEVER_MS = 1000000000 };

static inline leat_autosave_options some_options(uint32_t streams)
{
    leat_autosave_options options;
    memset(&options, 0, sizeof options);
    options.stream_size = leat_stream_size(model);
    options.streams = streams;
    options.cursor_size = 16;
    options.every_ms = NEVER_MS;
    return options;
}

static inline leat_autosave *
start_with(leat_store *store, const leat_autosave_options *options)
{
    leat_autosave *autosave = NULL;
    OK(leat_autosave_start(store, options, &autosave, &error));
    need(autosave != NULL, "leat_autosave_start");
    return autosave;
}

static inline leat_autosave *start(leat_store *store, uint32_t streams)
{
    leat_autosave_options options = some_options(streams);
    return start_with(store, &options);
}

static inline uint32_t add(leat_autosave *autosave, const char *name)
{
    uint32_t slot = UINT32_MAX;
    OK(leat_autosave_add(autosave, name, &slot, &error));
    return slot;
}

/* Step to a position and offer the stream, with the position as cursor. */
static inline int offer_at(leat_autosave *autosave, uint32_t slot,
                           leat_stream *stream, uint64_t position,
                           unsigned flags)
{
    step_to(stream, position);
    position = leat_stream_position(stream);
    return leat_autosave_offer(autosave, slot, stream, &position,
                               sizeof position, flags, &error);
}

static inline uint64_t durable(const leat_autosave *autosave, uint32_t slot)
{
    uint64_t position = UINT64_MAX;
    OK(leat_autosave_durable(autosave, slot, &position, &error));
    return position;
}

/* The stream that a store has under a name: a run's state, with the right
 * cursor. Returns its position. */
static inline uint64_t holds_run(leat_store *store, const char *name)
{
    leat_stream *stream = new_stream(model);
    uint64_t cursor = UINT64_MAX, position;
    OK(leat_store_load(store, name, stream, &cursor, sizeof cursor, NULL,
                       &error));
    position = leat_stream_position(stream);
    CHECK_EQUAL(cursor, position);
    CHECK(is_run_to(stream, position));
    free(stream);
    return position;
}

static inline double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static inline void sleep_ms(unsigned milliseconds)
{
    struct timespec time;
    time.tv_sec = (time_t)(milliseconds / 1000);
    time.tv_nsec = (long)(milliseconds % 1000) * 1000000;
    nanosleep(&time, NULL);
}

#endif
