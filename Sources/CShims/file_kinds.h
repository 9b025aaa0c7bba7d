/* SPDX-License-Identifier: MIT
 * What bears a name in the file system, found out without opening it: to open
 * a FIFO may wait for ever, and to close a second descriptor of a database
 * drops the locks that SQLite holds on it for the whole process. */
#ifndef LEAT_FILE_KINDS_H
#define LEAT_FILE_KINDS_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>

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
    leat_file_look look = { LEAT_FILE_UNKNOWN, status->st_nlink,
                            status->st_dev, status->st_ino };
    look.kind = leat_files_kind(status->st_mode);
    return look;
}

/* Look at what `path` names, be it a symbolic link. */
static inline leat_file_look leat_files_look(const char *path)
{
    struct stat status;
    leat_file_look look = { LEAT_FILE_UNKNOWN, 0, 0, 0 };
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
    leat_file_look look = { LEAT_FILE_UNKNOWN, 0, 0, 0 };
    return fstat(file, &status) == 0 ? leat_files_look_of(&status) : look;
}

#endif
