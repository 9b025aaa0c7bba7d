/* SPDX-License-Identifier: MIT
 * Which file a path names. A path and a file are two things: a file can have
 * several names (hard links), a mount can give it one more, and a name can
 * come to name another file. */
#ifndef LEAT_STORE_IDENTITY_H
#define LEAT_STORE_IDENTITY_H

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef STATX_ATTR_MOUNT_ROOT /* Linux 5.8 */
#define STATX_ATTR_MOUNT_ROOT 0x00002000
#endif

typedef struct leat_file_identity {
    uint64_t device; /* device and file together are the file             */
    uint64_t file;
    uint32_t names;          /* hard links; 0: the path names no file      */
    uint32_t is_mount_point; /* 1: something is mounted at this very path  */
} leat_file_identity;

/* Look at what `path` names; `follows_link` as stat() and lstat() differ. An
 * old kernel, or a sandbox, may not have statx(): then whether the path is a
 * mount point can't be told, and it counts as none. */
static inline leat_file_identity leat_files_identify(const char *path,
                                                     int follows_link)
{
    leat_file_identity identity = { 0, 0, 0, 0 };
    struct statx found;
    struct stat status;
    const int flags = follows_link ? 0 : AT_SYMLINK_NOFOLLOW;
    memset(&found, 0, sizeof found);
    if (syscall(SYS_statx, AT_FDCWD, path, flags, STATX_BASIC_STATS, &found) ==
        0) {
        identity.device = (uint64_t)found.stx_dev_major << 32 |
                          found.stx_dev_minor;
        identity.file = found.stx_ino;
        identity.names = found.stx_nlink;
        identity.is_mount_point =
            (found.stx_attributes & found.stx_attributes_mask &
             STATX_ATTR_MOUNT_ROOT) != 0;
    } else if (fstatat(AT_FDCWD, path, &status, flags) == 0) {
        identity.device = status.st_dev;
        identity.file = status.st_ino;
        identity.names = (uint32_t)status.st_nlink;
    }
    return identity;
}

/* Why no file can be made in the folder of `path`: an errno value, or 0 when
 * one can. (What SQLite reports is the reason of its second try, for reading:
 * "No such file or directory".) */
static inline int leat_files_why_not_made(const char *path)
{
    char folder[4096] = ".";
    const char *slash = strrchr(path, '/');
    if (slash != NULL) {
        const size_t length = (size_t)(slash - path) + 1;
        if (length >= sizeof folder)
            return ENAMETOOLONG;
        memcpy(folder, path, length);
        folder[length] = '\0';
    }
    return faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0 ? 0
                                                                     : errno;
}

#endif
