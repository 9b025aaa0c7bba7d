/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700
#include "fault_vfs.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE  192
#define REGION_MAX 64

struct handle;

/* State that the connections of one file share. */
struct meeting {
    struct handle *handles;
    int mapped;
    void *regions[REGION_MAX];
};

struct handle {
    sqlite3_file base;
    disk_file *file;
    struct meeting *meeting;
    struct handle *next;
    int lock;
    unsigned shared, exclusive; /* its locks on shared memory, as bits */
    int is_mapped;
    int syncs_directory; /* at its first sync, as SQLite syncs a journal's */
};

static struct {
    pthread_mutex_t mutex;
    sqlite3_vfs *real;
    int open_files;
    int is_cut, overwrites_safely;
    long events, cut_at, cut_after_failure;
    struct fault_plan plan;
    long operations, nth, failed;
    int number; /* errno of the last failure */
    uint64_t seed;
} state = { PTHREAD_MUTEX_INITIALIZER,
            NULL, 0, 0, 1, 0, 0, 0,
            { 0, ERROR_IO, 0 },
            0, 0, 0, 0, 1 };

static void enter(void) { pthread_mutex_lock(&state.mutex); }
static void leave(void) { pthread_mutex_unlock(&state.mutex); }

/* --- power and failures -------------------------------------------------- */

void power_cut_at(long nth)
{
    enter();
    state.events = 0;
    state.cut_at = nth;
    state.cut_after_failure = 0;
    leave();
}

void power_cut_after_failure(long nth)
{
    enter();
    state.cut_at = 0;
    state.cut_after_failure = nth;
    leave();
}

void power_cut_now(void)
{
    enter();
    state.is_cut = 1;
    leave();
}

int power_is_cut(void)
{
    int is_cut;
    enter();
    is_cut = state.is_cut;
    leave();
    return is_cut;
}

long power_events(void)
{
    long events;
    enter();
    events = state.events;
    leave();
    return events;
}

void power_stayed(void)
{
    if (state.open_files != 0) {
        fprintf(stderr, "%d files are open at the return of power\n",
                state.open_files);
        exit(2);
    }
    state.is_cut = 0;
    state.cut_at = state.cut_after_failure = 0;
}

void power_return(const disk_mode *mode, uint64_t seed)
{
    power_stayed();
    disk_reboot(mode, seed);
}

void power_set_safe_overwrite(int is_safe)
{
    state.overwrites_safely = is_safe;
}

int fault_vfs_open_files(void)
{
    int count;
    enter();
    count = state.open_files;
    leave();
    return count;
}

void fault_arm(const struct fault_plan *plan, long nth)
{
    enter();
    state.plan = *plan;
    state.operations = 0;
    state.failed = 0;
    state.nth = nth;
    leave();
}

long fault_disarm(void)
{
    long failed;
    enter();
    failed = state.failed;
    state.nth = 0;
    leave();
    return failed;
}

/* Whether the power fails at this change, before it is made. */
static int loses_power(const disk_file *file)
{
    if (file != NULL && disk_is_temporary(file))
        return 0;
    state.events++;
    if (state.cut_at != 0 && state.events >= state.cut_at)
        state.is_cut = 1;
    return state.is_cut;
}

static int code_of(enum fault_kind kind)
{
    switch (kind) {
    case FAULT_OPEN:
    case FAULT_CREATE: return SQLITE_CANTOPEN;
    case FAULT_DELETE: return SQLITE_IOERR_DELETE;
    case FAULT_ACCESS: return SQLITE_IOERR_ACCESS;
    case FAULT_PATH: return SQLITE_CANTOPEN_FULLPATH;
    case FAULT_READ: return SQLITE_IOERR_READ;
    case FAULT_WRITE: return SQLITE_IOERR_WRITE;
    case FAULT_TRUNCATE: return SQLITE_IOERR_TRUNCATE;
    case FAULT_SYNC: return SQLITE_IOERR_FSYNC;
    case FAULT_SYNC_DIRECTORY: return SQLITE_IOERR_DIR_FSYNC;
    case FAULT_SIZE: return SQLITE_IOERR_FSTAT;
    case FAULT_LOCK: return SQLITE_IOERR_LOCK;
    case FAULT_CHECK_RESERVED: return SQLITE_IOERR_CHECKRESERVEDLOCK;
    case FAULT_SHM_MAP: return SQLITE_IOERR_SHMMAP;
    case FAULT_SHM_LOCK: return SQLITE_IOERR_SHMLOCK;
    case FAULT_KINDS: break;
    }
    return SQLITE_IOERR;
}

/* Return SQLITE_OK, or the code with which an operation of this kind fails. */
static int fails(enum fault_kind kind)
{
    if (state.is_cut) {
        state.number = EIO;
        return code_of(kind);
    }
    if (state.nth == 0 || !(state.plan.kinds & FAULT_OF(kind)))
        return SQLITE_OK;
    state.operations++;
    if (state.operations < state.nth ||
        (state.operations > state.nth && !state.plan.lasts))
        return SQLITE_OK;
    if (state.failed++ == 0 && state.cut_after_failure != 0)
        state.cut_at = state.events + state.cut_after_failure;
    switch (state.plan.error) {
    case ERROR_FULL:
        state.number = ENOSPC;
        if (kind == FAULT_WRITE)
            return SQLITE_FULL;
        return kind == FAULT_SHM_MAP ? SQLITE_IOERR_SHMSIZE : code_of(kind);
    case ERROR_READ_ONLY: state.number = EROFS; return code_of(kind);
    case ERROR_REFUSED:
        state.number = EPERM;
        return kind == FAULT_WRITE ? SQLITE_READONLY : SQLITE_PERM;
    case ERROR_BUSY: state.number = EAGAIN; return SQLITE_BUSY;
    case ERROR_SHORT:
    case ERROR_EMPTY: return SQLITE_IOERR_SHORT_READ;
    case ERROR_CORRUPT_FS: state.number = EIO; return SQLITE_IOERR_CORRUPTFS;
    case ERROR_IO:
    case ERROR_PARTIAL:
    case ERROR_SYNC_LOST: break;
    }
    state.number = EIO;
    return code_of(kind);
}

/* --- files --------------------------------------------------------------- */

static struct handle *handle_of(sqlite3_file *file)
{
    return (struct handle *)(void *)file;
}

static void unmap(struct handle *handle)
{
    struct meeting *meeting = handle->meeting;
    int i;
    handle->shared = handle->exclusive = 0;
    if (!handle->is_mapped)
        return;
    handle->is_mapped = 0;
    if (--meeting->mapped > 0)
        return;
    for (i = 0; i < REGION_MAX; i++) {
        free(meeting->regions[i]);
        meeting->regions[i] = NULL;
    }
}

static int file_close(sqlite3_file *file)
{
    struct handle *handle = handle_of(file), **link;
    enter();
    unmap(handle);
    for (link = &handle->meeting->handles; *link != handle;
         link = &(*link)->next) {
    }
    *link = handle->next;
    if (handle->meeting->handles == NULL) {
        free(handle->meeting);
        *disk_attachment(handle->file) = NULL;
    }
    state.open_files--;
    leave();
    return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *bytes, int size,
                     sqlite3_int64 offset)
{
    size_t wanted = (size_t)size, found;
    int code;
    enter();
    code = fails(FAULT_READ);
    if (code != SQLITE_OK &&
        (state.is_cut || (code != SQLITE_IOERR_SHORT_READ &&
                          state.plan.error != ERROR_PARTIAL))) {
        leave();
        return code;
    }
    if (code != SQLITE_OK)
        wanted = state.plan.error == ERROR_EMPTY ? 0 : wanted / 2;
    found = disk_read(handle_of(file)->file, bytes, wanted, (size_t)offset);
    leave();
    if (found < (size_t)size && code != SQLITE_IOERR_READ)
        memset((char *)bytes + found, 0, (size_t)size - found);
    if (code != SQLITE_OK)
        return code;
    return found < (size_t)size ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int file_write(sqlite3_file *file, const void *bytes, int size,
                      sqlite3_int64 offset)
{
    disk_file *stored = handle_of(file)->file;
    int code;
    enter();
    code = fails(FAULT_WRITE);
    if (code == SQLITE_OK) {
        disk_write(stored, bytes, (size_t)size, (size_t)offset);
        if (loses_power(stored))
            code = SQLITE_IOERR_WRITE;
    } else if (!state.is_cut && (state.plan.error == ERROR_FULL ||
                                 state.plan.error == ERROR_PARTIAL)) {
        disk_write(stored, bytes, (size_t)size / 2, (size_t)offset);
    }
    leave();
    return code;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    disk_file *stored = handle_of(file)->file;
    int code;
    enter();
    code = fails(FAULT_TRUNCATE);
    if (code == SQLITE_OK) {
        disk_truncate(stored, (size_t)size);
        if (loses_power(stored))
            code = SQLITE_IOERR_TRUNCATE;
    }
    leave();
    return code;
}

static int file_sync(sqlite3_file *file, int flags)
{
    struct handle *handle = handle_of(file);
    int code;
    (void)flags;
    enter();
    code = fails(FAULT_SYNC);
    if (code == SQLITE_OK) {
        if (loses_power(handle->file))
            code = SQLITE_IOERR_FSYNC;
        else
            disk_sync(handle->file);
    } else if (!state.is_cut && state.plan.error == ERROR_SYNC_LOST) {
        disk_forget_changes(handle->file);
    }
    if (code == SQLITE_OK && handle->syncs_directory) {
        code = fails(FAULT_SYNC_DIRECTORY);
        if (code == SQLITE_OK && loses_power(NULL))
            code = SQLITE_IOERR_DIR_FSYNC;
        if (code == SQLITE_OK) {
            disk_sync_directory();
            handle->syncs_directory = 0;
        }
    }
    leave();
    return code;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    int code;
    enter();
    code = fails(FAULT_SIZE);
    if (code == SQLITE_OK)
        *size = (sqlite3_int64)disk_size(handle_of(file)->file);
    leave();
    return code;
}

/* Whether another connection has a lock of this level or a higher one. */
static int is_locked(const struct handle *handle, int level)
{
    const struct handle *other;
    for (other = handle->meeting->handles; other != NULL; other = other->next)
        if (other != handle && other->lock >= level)
            return 1;
    return 0;
}

static int file_lock(sqlite3_file *file, int level)
{
    struct handle *handle = handle_of(file);
    int code = SQLITE_OK;
    enter();
    if (handle->lock < level)
        code = fails(FAULT_LOCK);
    if (handle->lock >= level || code != SQLITE_OK) {
        leave();
        return code;
    }
    if (is_locked(handle, level == SQLITE_LOCK_SHARED ? SQLITE_LOCK_PENDING
                                                      : SQLITE_LOCK_RESERVED)) {
        code = SQLITE_BUSY;
    } else if (level == SQLITE_LOCK_EXCLUSIVE &&
               is_locked(handle, SQLITE_LOCK_SHARED)) {
        handle->lock = SQLITE_LOCK_PENDING;
        code = SQLITE_BUSY;
    } else {
        handle->lock = level;
    }
    leave();
    return code;
}

static int file_unlock(sqlite3_file *file, int level)
{
    enter();
    if (handle_of(file)->lock > level)
        handle_of(file)->lock = level;
    leave();
    return SQLITE_OK;
}

static int file_check_reserved(sqlite3_file *file, int *is_reserved)
{
    int code;
    enter();
    code = fails(FAULT_CHECK_RESERVED);
    if (code == SQLITE_OK)
        *is_reserved = handle_of(file)->lock >= SQLITE_LOCK_RESERVED ||
                       is_locked(handle_of(file), SQLITE_LOCK_RESERVED);
    leave();
    return code;
}

static int file_control(sqlite3_file *file, int operation, void *argument)
{
    (void)file;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *file)
{
    (void)file;
    return state.overwrites_safely ? 4096 : DISK_SECTOR;
}

static int file_characteristics(sqlite3_file *file)
{
    (void)file;
    return state.overwrites_safely ? SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0;
}

/* --- shared memory ------------------------------------------------------- */

static int shm_map(sqlite3_file *file, int region, int size, int extends,
                   void volatile **memory)
{
    struct handle *handle = handle_of(file);
    int code;
    *memory = NULL;
    enter();
    code = region < REGION_MAX ? fails(FAULT_SHM_MAP) : SQLITE_IOERR_SHMMAP;
    if (code == SQLITE_OK) {
        void **place = &handle->meeting->regions[region];
        if (!handle->is_mapped) {
            handle->is_mapped = 1;
            handle->meeting->mapped++;
        }
        if (*place == NULL && extends)
            *place = calloc(1, (size_t)size);
        if (*place == NULL && extends)
            code = SQLITE_NOMEM;
        *memory = *place;
    }
    leave();
    return code;
}

static int shm_lock(sqlite3_file *file, int first, int count, int flags)
{
    struct handle *handle = handle_of(file), *other;
    unsigned mask = ((1u << count) - 1) << first;
    int code = SQLITE_OK;
    enter();
    if (flags & SQLITE_SHM_UNLOCK) {
        handle->shared &= ~mask;
        handle->exclusive &= ~mask;
        leave();
        return SQLITE_OK;
    }
    code = fails(FAULT_SHM_LOCK);
    for (other = handle->meeting->handles; other != NULL && code == SQLITE_OK;
         other = other->next) {
        unsigned held = other->exclusive;
        if (flags & SQLITE_SHM_EXCLUSIVE)
            held |= other->shared;
        if (other != handle && (held & mask))
            code = SQLITE_BUSY;
    }
    if (code == SQLITE_OK && (flags & SQLITE_SHM_EXCLUSIVE))
        handle->exclusive |= mask;
    else if (code == SQLITE_OK)
        handle->shared |= mask;
    leave();
    return code;
}

static void shm_barrier(sqlite3_file *file)
{
    (void)file;
    enter();
    leave();
}

static int shm_unmap(sqlite3_file *file, int deletes)
{
    (void)deletes;
    enter();
    unmap(handle_of(file));
    leave();
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    2,
    file_close,
    file_read,
    file_write,
    file_truncate,
    file_sync,
    file_size,
    file_lock,
    file_unlock,
    file_check_reserved,
    file_control,
    file_sector_size,
    file_characteristics,
    shm_map,
    shm_lock,
    shm_barrier,
    shm_unmap,
    NULL,
    NULL,
};

/* --- the file system ----------------------------------------------------- */

static int open_or_create(struct handle *handle, const char *name, int flags)
{
    int code = fails(FAULT_OPEN);
    if (code != SQLITE_OK)
        return code;
    if (name == NULL) {
        handle->file = disk_temporary();
        return SQLITE_OK;
    }
    /* As SQLite does, also for one that exists already. */
    handle->syncs_directory = (flags & SQLITE_OPEN_CREATE) != 0 &&
                              (flags & (SQLITE_OPEN_WAL |
                                        SQLITE_OPEN_MAIN_JOURNAL |
                                        SQLITE_OPEN_SUPER_JOURNAL)) != 0;
    handle->file = disk_find(name);
    if (handle->file != NULL)
        return SQLITE_OK;
    state.number = ENOENT;
    if (!(flags & SQLITE_OPEN_CREATE)) {
        if (access(name, F_OK) != 0)
            return SQLITE_CANTOPEN;
        disk_put(name, NULL, 0);
        handle->file = disk_find(name);
        return SQLITE_OK;
    }
    code = fails(FAULT_CREATE);
    if (code != SQLITE_OK)
        return code;
    handle->file = disk_create(name);
    return loses_power(handle->file) ? SQLITE_CANTOPEN : SQLITE_OK;
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
                    int flags, int *flags_out)
{
    struct handle *handle = handle_of(file);
    int code;
    (void)vfs;
    memset(handle, 0, sizeof *handle);
    enter();
    code = open_or_create(handle, name, flags);
    if (code == SQLITE_OK) {
        void **attachment = disk_attachment(handle->file);
        if (*attachment == NULL)
            *attachment = calloc(1, sizeof(struct meeting));
        handle->meeting = *attachment;
        if (handle->meeting == NULL)
            code = SQLITE_NOMEM;
    }
    if (code == SQLITE_OK) {
        handle->base.pMethods = &methods;
        handle->next = handle->meeting->handles;
        handle->meeting->handles = handle;
        state.open_files++;
        if (flags_out != NULL)
            *flags_out = flags;
    }
    leave();
    return code;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int syncs_directory)
{
    int code;
    (void)vfs;
    enter();
    code = fails(FAULT_DELETE);
    if (code == SQLITE_OK && disk_find(name) == NULL) {
        leave();
        return SQLITE_IOERR_DELETE_NOENT;
    }
    if (code == SQLITE_OK) {
        disk_delete(name);
        if (loses_power(NULL))
            code = SQLITE_IOERR_DELETE;
    }
    if (code == SQLITE_OK && syncs_directory) {
        code = fails(FAULT_SYNC_DIRECTORY);
        if (code == SQLITE_OK && loses_power(NULL))
            code = SQLITE_IOERR_DIR_FSYNC;
        if (code == SQLITE_OK)
            disk_sync_directory();
    }
    leave();
    return code;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *yes)
{
    int code;
    (void)vfs;
    enter();
    code = fails(FAULT_ACCESS);
    if (code == SQLITE_OK) {
        disk_file *file = disk_find(name);
        /* As SQLite does: an empty journal doesn't count. */
        *yes = file != NULL &&
               (flags != SQLITE_ACCESS_EXISTS || disk_size(file) > 0);
    }
    leave();
    return code;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int size,
                         char *path)
{
    char directory[PATH_SIZE] = "";
    int code, length;
    (void)vfs;
    enter();
    code = fails(FAULT_PATH);
    leave();
    if (code != SQLITE_OK)
        return code;
    if (name[0] != '/' && getcwd(directory, sizeof directory) == NULL)
        return SQLITE_CANTOPEN;
    length = snprintf(path, (size_t)size, "%s%s%s", directory,
                      name[0] == '/' ? "" : "/", name);
    return length > 0 && length < size ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int vfs_randomness(sqlite3_vfs *vfs, int size, char *bytes)
{
    int i;
    (void)vfs;
    enter();
    for (i = 0; i < size; i++)
        bytes[i] = (char)disk_random(&state.seed);
    leave();
    return size;
}

/* Waiting changes nothing here, except for the threads of this process. */
static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    sched_yield();
    return microseconds;
}

static int vfs_time(sqlite3_vfs *vfs, double *now)
{
    (void)vfs;
    return state.real->xCurrentTime(state.real, now);
}

static int vfs_time_64(sqlite3_vfs *vfs, sqlite3_int64 *now)
{
    (void)vfs;
    return state.real->xCurrentTimeInt64(state.real, now);
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *text)
{
    (void)vfs;
    (void)size;
    (void)text;
    return state.number;
}

void fault_vfs_start(void)
{
    static sqlite3_vfs vfs;
    state.real = sqlite3_vfs_find(NULL);
    vfs.iVersion = 2;
    vfs.szOsFile = (int)sizeof(struct handle);
    vfs.mxPathname = PATH_SIZE;
    vfs.zName = "faults";
    vfs.xOpen = vfs_open;
    vfs.xDelete = vfs_delete;
    vfs.xAccess = vfs_access;
    vfs.xFullPathname = vfs_full_path;
    vfs.xRandomness = vfs_randomness;
    vfs.xSleep = vfs_sleep;
    vfs.xCurrentTime = vfs_time;
    vfs.xGetLastError = vfs_last_error;
    vfs.xCurrentTimeInt64 = vfs_time_64;
    if (state.real == NULL || sqlite3_vfs_register(&vfs, 1) != SQLITE_OK) {
        fprintf(stderr, "cannot register the VFS\n");
        exit(2);
    }
}
