/* SPDX-License-Identifier: MIT
 * The calls that only Linux has. A port to another system begins here: each
 * function says what its callers do when the system has no such call. */
#ifndef LEAT_LINUX_H
#define LEAT_LINUX_H

#include "wide_types.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__aarch64__)
#include <sys/auxv.h>
#endif
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef STATX_ATTR_MOUNT_ROOT /* Linux 5.8 */
#define STATX_ATTR_MOUNT_ROOT 0x00002000
#endif
#ifndef AT_EMPTY_PATH /* hidden without _GNU_SOURCE */
#define AT_EMPTY_PATH 0x1000
#endif
#ifndef MADV_WIPEONFORK /* Linux 4.14 */
#define MADV_WIPEONFORK 18
#endif

typedef struct leat_linux_status {
    mode_t mode;
    uint64_t names, device, file;
    int is_mount_point;
} leat_linux_status;

/* statx(), the only call that reports mount points: 1, or 0 if it fails, or a
 * sandbox or an old kernel lacks it. Then stat() gives the rest. */
static inline int leat_linux_statx(int folder, const char *path, int flags,
                                   leat_linux_status *status)
{
    struct statx found;
    memset(&found, 0, sizeof found);
    if (syscall(SYS_statx, folder, path, flags, STATX_BASIC_STATS, &found) != 0)
        return 0;
    status->mode = found.stx_mode;
    status->names = found.stx_nlink;
    status->device = (uint64_t)found.stx_dev_major << 32 | found.stx_dev_minor;
    status->file = found.stx_ino;
    status->is_mount_point = (found.stx_attributes & found.stx_attributes_mask &
                              STATX_ATTR_MOUNT_ROOT) != 0;
    return 1;
}

/* Rename a file unless the new name is taken: 0, or -1 with errno set. With
 * ENOSYS a hard link and a deletion do the same in two steps. */
static inline int leat_linux_rename_if_free(const char *from, const char *to)
{
    const unsigned no_replace = 1; /* RENAME_NOREPLACE */
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to,
                        no_replace);
}

/* Have a child process find zeros in these pages: 0, or -1. Without it calls on
 * the store notice the child by its process id. */
static inline int leat_linux_wipe_on_fork(void *pages, size_t size)
{
    return madvise(pages, size, MADV_WIPEONFORK);
}

/* Say whether the processor has an instruction for CRC32C, where only the system
 * can tell. Without it a table is used. */
static inline int leat_linux_has_crc32c(void)
{
#if defined(__aarch64__)
    return (getauxval(AT_HWCAP) & 1u << 7) != 0; /* HWCAP_CRC32 */
#else
    return 0;
#endif
}

/* Have waits with a time limit use the clock that nobody sets: 0, or an errno
 * value. macOS has another call for such a wait. */
static inline int leat_linux_use_monotonic(pthread_condattr_t *attributes)
{
    return pthread_condattr_setclock(attributes, CLOCK_MONOTONIC);
}

#endif
