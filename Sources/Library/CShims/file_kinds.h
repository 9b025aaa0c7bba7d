/* SPDX-License-Identifier: MIT
 * What bears a name in the file system, found out without opening it: to open
 * a FIFO may wait for ever, and to close a second descriptor of a database
 * drops the locks that SQLite holds on it for the whole process. */
#ifndef LEAT_FILE_KINDS_H
#define LEAT_FILE_KINDS_H

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#ifndef STATX_ATTR_MOUNT_ROOT /* Linux 5.8 */
#define STATX_ATTR_MOUNT_ROOT 0x00002000
#endif
#ifndef AT_EMPTY_PATH /* hidden without _GNU_SOURCE */
#define AT_EMPTY_PATH 0x1000
#endif

enum leat_file_kind {
    LEAT_FILE_UNKNOWN, /* it can't be looked at: errno says why */
    LEAT_FILE_NONE,
    LEAT_FILE_REGULAR,
    LEAT_FILE_FOLDER,
    LEAT_FILE_PIPE,
    LEAT_FILE_SOCKET,
    LEAT_FILE_DEVICE,
    LEAT_FILE_LINK
};

typedef struct leat_file_look {
    int kind;              /* an enum leat_file_kind                     */
    uint64_t names;        /* how many names the file has: hard links    */
    uint64_t device, file; /* which file it is                           */
    int is_mount_point;    /* 1: something is mounted at this very path  */
} leat_file_look;

static inline int leat_files_kind(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG: return LEAT_FILE_REGULAR;
    case S_IFDIR: return LEAT_FILE_FOLDER;
    case S_IFIFO: return LEAT_FILE_PIPE;
    case S_IFSOCK: return LEAT_FILE_SOCKET;
    case S_IFLNK: return LEAT_FILE_LINK;
    default: return LEAT_FILE_DEVICE;
    }
}

static inline leat_file_look leat_files_look_of(const struct stat *status)
{
    /* The device as statx() gives it: a file may be looked at in both ways. */
    const uint64_t device = (uint64_t)major(status->st_dev) << 32 |
                            minor(status->st_dev);
    leat_file_look look = { LEAT_FILE_UNKNOWN, status->st_nlink, device,
                            status->st_ino, 0 };
    look.kind = leat_files_kind(status->st_mode);
    return look;
}

/* The same of what statx() found: 1, or 0 where a sandbox or an old kernel
 * doesn't have it. */
static inline int leat_files_look_further(int folder, const char *path,
                                          int flags, leat_file_look *look)
{
    struct statx found;
    memset(&found, 0, sizeof found);
    if (syscall(SYS_statx, folder, path, flags, STATX_BASIC_STATS, &found) != 0)
        return 0;
    look->kind = leat_files_kind(found.stx_mode);
    look->names = found.stx_nlink;
    look->device = (uint64_t)found.stx_dev_major << 32 | found.stx_dev_minor;
    look->file = found.stx_ino;
    look->is_mount_point = (found.stx_attributes & found.stx_attributes_mask &
                            STATX_ATTR_MOUNT_ROOT) != 0;
    return 1;
}

/* Look at what `path` names, be it a symbolic link. Without statx(), and on a
 * Linux before 5.8, nothing counts as a mount point. */
static inline leat_file_look leat_files_look(const char *path)
{
    struct stat status;
    leat_file_look look = { LEAT_FILE_UNKNOWN, 0, 0, 0, 0 };
    if (leat_files_look_further(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, &look))
        return look;
    if (lstat(path, &status) == 0)
        return leat_files_look_of(&status);
    if (errno == ENOENT || errno == ENOTDIR)
        look.kind = LEAT_FILE_NONE;
    return look;
}

/* Look at an open file. */
static inline leat_file_look leat_files_look_at(int file)
{
    struct stat status;
    leat_file_look look = { LEAT_FILE_UNKNOWN, 0, 0, 0, 0 };
    if (leat_files_look_further(file, "", AT_EMPTY_PATH, &look))
        return look;
    return fstat(file, &status) == 0 ? leat_files_look_of(&status) : look;
}

#endif
