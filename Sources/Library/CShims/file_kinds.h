/* SPDX-License-Identifier: MIT
 * What is at a path, found out without opening it: opening a FIFO can block for
 * ever, and closing a second descriptor of a database drops the locks that
 * SQLite holds on it for the whole process. */
#ifndef LEAT_FILE_KINDS_H
#define LEAT_FILE_KINDS_H

#include "linux.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

enum leat_file_kind {
    LEAT_FILE_UNKNOWN, /* the system doesn't say: errno has the reason */
    LEAT_FILE_NONE,
    LEAT_FILE_REGULAR,
    LEAT_FILE_FOLDER,
    LEAT_FILE_PIPE,
    LEAT_FILE_SOCKET,
    LEAT_FILE_DEVICE,
    LEAT_FILE_LINK
};

typedef struct leat_file_status {
    int kind;              /* an enum leat_file_kind                */
    uint64_t names;        /* the number of the file's hard links   */
    uint64_t device, file; /* these identify the file               */
    int is_mount_point;    /* 1: something is mounted at this path  */
} leat_file_status;

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

/* The device has the form that statx() gives it, because one file may be looked
 * at in both ways. */
static inline leat_file_status leat_files_of_stat(const struct stat *found)
{
    const uint64_t device = (uint64_t)major(found->st_dev) << 32 |
                            minor(found->st_dev);
    leat_file_status status = { LEAT_FILE_UNKNOWN, found->st_nlink, device,
                                found->st_ino, 0 };
    status.kind = leat_files_kind(found->st_mode);
    return status;
}

/* Ask statx(): 1, or 0 if it has no answer. */
static inline int leat_files_statx(int folder, const char *path, int flags,
                                   leat_file_status *status)
{
    leat_linux_status found;
    if (!leat_linux_statx(folder, path, flags, &found))
        return 0;
    status->kind = leat_files_kind(found.mode);
    status->names = found.names;
    status->device = found.device;
    status->file = found.file;
    status->is_mount_point = found.is_mount_point;
    return 1;
}

/* Get the status of what `path` names, which may be a symbolic link. Without
 * statx(), and on a Linux before 5.8, nothing counts as a mount point. */
static inline leat_file_status leat_files_status(const char *path)
{
    struct stat found;
    leat_file_status status = { LEAT_FILE_UNKNOWN, 0, 0, 0, 0 };
    if (leat_files_statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, &status))
        return status;
    if (lstat(path, &found) == 0)
        return leat_files_of_stat(&found);
    if (errno == ENOENT || errno == ENOTDIR)
        status.kind = LEAT_FILE_NONE;
    return status;
}

static inline leat_file_status leat_files_open_status(int file)
{
    struct stat found;
    leat_file_status status = { LEAT_FILE_UNKNOWN, 0, 0, 0, 0 };
    if (leat_files_statx(file, "", AT_EMPTY_PATH, &status))
        return status;
    return fstat(file, &found) == 0 ? leat_files_of_stat(&found) : status;
}

#endif
