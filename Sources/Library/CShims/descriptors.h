/* SPDX-License-Identifier: MIT
 * How Leat opens files: never on the descriptors of the standard streams. */
#ifndef LEAT_DESCRIPTORS_H
#define LEAT_DESCRIPTORS_H

#include "wide_types.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* open(), but the descriptor is 3 or more, or -1 with errno set. In a process
 * whose stderr is closed, open() returns 2, and what the process prints would
 * go into the file. SQLite avoids these three as well. exec() closes the
 * descriptor. */
static inline int leat_open(const char *path, int flags, mode_t mode)
{
    int moved, failed, file = open(path, flags | O_CLOEXEC, mode);
    if (file < 0 || file > STDERR_FILENO)
        return file;
    moved = fcntl(file, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    failed = errno;
    /* Delete what was made. */
    if (moved < 0 && (flags & O_CREAT) != 0 && (flags & O_EXCL) != 0)
        unlink(path);
    close(file);
    errno = failed;
    return moved;
}

#endif
