/* SPDX-License-Identifier: MIT
 * What LeatStore asks of the system beside SQLite: the look of a file from
 * outside, a new file for a backup, and the time. */
#ifndef LEAT_STORE_FILES_H
#define LEAT_STORE_FILES_H

#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static inline int leat_files_close(int file) { return close(file); }

/* Take the lock without waiting: 1 if it's taken, 0 if another has it, -1
 * with errno set. flock() goes with the open file, so that two stores in one
 * process exclude each other too, and the system drops it at death. */
static inline int leat_files_take_lock(int file)
{
    if (flock(file, LOCK_EX | LOCK_NB) == 0)
        return 1;
    return errno == EWOULDBLOCK ? 0 : -1;
}

/* Say whether `path` still names the open file. */
static inline int leat_files_is_at(int file, const char *path)
{
    struct stat open_file, named;
    return fstat(file, &open_file) == 0 && stat(path, &named) == 0 &&
           open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
}

/* Give a file another name: 0, or -1 with errno set. */
static inline int leat_files_rename(const char *from, const char *to)
{
    return rename(from, to);
}

/* What changes when a file is written to. */
typedef struct leat_file_stamp {
    int64_t size;        /* -1: there is no such file, or it can't be seen */
    int64_t modified_ns;
    uint64_t file;
} leat_file_stamp;

static inline leat_file_stamp leat_files_stamp(const char *path)
{
    struct stat status;
    leat_file_stamp stamp = { -1, 0, 0 };
    if (stat(path, &status) == 0) {
        stamp.size = status.st_size;
        stamp.modified_ns = (int64_t)status.st_mtim.tv_sec * 1000000000 +
                            status.st_mtim.tv_nsec;
        stamp.file = status.st_ino;
    }
    return stamp;
}

/* Unix time in milliseconds. */
static inline int64_t leat_files_now_ms(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return 0;
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Make a new file, where there is none: -1 with errno set. A private one is
 * its owner's alone until leat_files_copy_access(). */
static inline int leat_files_make(const char *path, int is_private)
{
    return leat_open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW,
                     is_private ? 0600 : 0666);
}

/* Open a file to look whether it is locked. */
static inline int leat_files_open_to_look(const char *path)
{
    return leat_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
}

static inline int leat_files_delete(const char *path) { return unlink(path); }

static inline int leat_files_sync(int file) { return fsync(file); }

/* Let those and no others at an open file who may at the file `source`: 0, or
 * -1 with errno set. Where the group can't be given to it, the new file's
 * group gets no more than everybody. */
static inline int leat_files_copy_access(int file, const char *source)
{
    struct stat status, own;
    mode_t mode;
    if (stat(source, &status) != 0 || fstat(file, &own) != 0)
        return -1;
    mode = status.st_mode & 0777;
    if (geteuid() == 0 && own.st_uid != status.st_uid &&
        fchown(file, status.st_uid, (gid_t)-1) != 0) {
        /* As for the lock file: root without this right keeps it. */
    }
    if (own.st_gid != status.st_gid &&
        fchown(file, (uid_t)-1, status.st_gid) != 0)
        mode &= (mode_t)(0707 | (mode & 7) << 3);
    return fchmod(file, mode);
}

/* Give a file another name, but only if that is free: 0, or -1 with errno
 * set, EEXIST when it isn't. Not every file system has the one call that does
 * it; then a hard link does, which not every one has either. */
static inline int leat_files_place(const char *from, const char *to)
{
    const unsigned no_replace = 1; /* RENAME_NOREPLACE */
    if (syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, no_replace) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP)
        return -1;
    if (link(from, to) != 0)
        return -1;
    /* Without the old name all is done as well. */
    if (unlink(from) != 0 && errno != ENOENT) {
        int failed = errno;
        unlink(to);
        errno = failed;
        return -1;
    }
    return 0;
}

/* The folder of `path`: 0, or -1 with errno set when its name is too long. */
static inline int leat_files_folder(const char *path, char folder[4096])
{
    const char *slash = strrchr(path, '/');
    const size_t length = slash == NULL ? 1 : (size_t)(slash - path) + 1;
    if (length >= 4096) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(folder, slash == NULL ? "." : path, length);
    folder[length] = '\0';
    return 0;
}

/* Why no file can be made in the folder of `path`: an errno value, or 0 when
 * one can. (What SQLite reports is the reason of its second try, for reading:
 * "No such file or directory".) */
static inline int leat_files_why_not_made(const char *path)
{
    char folder[4096];
    if (leat_files_folder(path, folder) == 0 &&
        faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0)
        return 0;
    return errno;
}

/* Make the names in the folder of `path` durable: 0, or -1 with errno set. */
static inline int leat_files_sync_folder(const char *path)
{
    char folder[4096];
    int file, result, failed;
    if (leat_files_folder(path, folder) != 0)
        return -1;
    file = leat_open(folder, O_RDONLY | O_DIRECTORY, 0);
    if (file < 0)
        return -1;
    result = fsync(file);
    failed = errno;
    close(file);
    /* A file system that keeps no names to be synced says EINVAL. */
    if (result != 0 && failed == EINVAL)
        return 0;
    errno = failed;
    return result;
}

#endif
