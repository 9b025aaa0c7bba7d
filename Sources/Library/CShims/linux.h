/* SPDX-License-Identifier: MIT
 * The calls that only Linux has. A port to another system begins here: each
 * function says what its callers do when the system has no such call. */
#ifndef LEAT_LINUX_H
#define LEAT_LINUX_H

#include "wide_types.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__aarch64__) || defined(__arm__)
#include <sys/auxv.h>
#endif
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

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

/* What statx() writes, 256 bytes on every processor. glibc declares it with
 * _GNU_SOURCE alone, musl since 1.2.5, and <linux/stat.h> isn't in every
 * toolchain. */
struct leat_linux_statx {
    uint32_t mask, block_size;
    uint64_t attributes;
    uint32_t names, user, group;
    uint16_t mode;
    uint64_t file, size, blocks, known_attributes;
    struct {
        int64_t seconds;
        uint32_t nanoseconds;
    } accessed, born, changed, modified;
    uint32_t own_major, own_minor, device_major, device_minor;
    uint64_t later[14];
};

/* statx(), the only call that reports mount points: 1, or 0 if it fails, or a
 * sandbox or an old kernel lacks it. Then stat() gives the rest. */
static inline int leat_linux_statx(int folder, const char *path, int flags,
                                   leat_linux_status *status)
{
    const unsigned basic_fields = 0x7ff;          /* STATX_BASIC_STATS     */
    const uint64_t mount_root = 0x2000;           /* STATX_ATTR_MOUNT_ROOT */
    struct leat_linux_statx found;
    memset(&found, 0, sizeof found);
    if (syscall(SYS_statx, folder, path, flags, basic_fields, &found) != 0)
        return 0;
    status->mode = found.mode;
    status->names = found.names;
    status->device = (uint64_t)found.device_major << 32 | found.device_minor;
    status->file = found.file;
    status->is_mount_point =
        (found.attributes & found.known_attributes & mount_root) != 0;
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

/* The same of fused multiply-add, which 32-bit Arm has with VFPv4. Without it the
 * exact multiply-add in software is used. */
static inline int leat_linux_has_fma(void)
{
#if defined(__arm__)
    return (getauxval(AT_HWCAP) & 1u << 16) != 0; /* HWCAP_VFPv4 */
#else
    return 0;
#endif
}

/* The same of instructions for dot products of bytes, which arm64 has since
 * Armv8.2, or 8.4. */
static inline int leat_linux_has_dot(void)
{
#if defined(__aarch64__)
    return (getauxval(AT_HWCAP) & 1u << 20) != 0; /* HWCAP_ASIMDDP */
#else
    return 0;
#endif
}

/* The same of instructions for SHA-256. */
static inline int leat_linux_has_sha256(void)
{
#if defined(__aarch64__)
    return (getauxval(AT_HWCAP) & 1u << 6) != 0; /* HWCAP_SHA2 */
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
