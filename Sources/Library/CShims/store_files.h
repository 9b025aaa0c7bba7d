/* SPDX-License-Identifier: MIT
 * What LeatStore needs from the system besides SQLite: locks, stamps and names
 * of files, new files for backups, and the time. */
#ifndef LEAT_STORE_FILES_H
#define LEAT_STORE_FILES_H

#include "descriptors.h"
#include "linux.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static inline int leat_files_close(int file) { return close(file); }

/* Lock the file without waiting: 1 if it is locked now, 0 if another has the
 * lock, -1 with errno set. flock() belongs to the open file, so that it also
 * excludes another store in this process, and the system drops it when the
 * process dies. */
static inline int leat_files_try_lock(int file)
{
    if (flock(file, LOCK_EX | LOCK_NB) == 0)
        return 1;
    return errno == EWOULDBLOCK ? 0 : -1;
}

/* Return whether `path` still names the open file. */
static inline int leat_files_is_at(int file, const char *path)
{
    struct stat open_file, named;
    return fstat(file, &open_file) == 0 && stat(path, &named) == 0 &&
           open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
}

/* Rename a file, over another one if there is one: 0, or -1 with errno set. */
static inline int leat_files_rename(const char *from, const char *to)
{
    return rename(from, to);
}

/* What changes when a file is written to or replaced. */
typedef struct leat_file_stamp {
    int64_t size;        /* -1: there is no file, or it can't be seen */
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

/* Make a new file where there is none: its descriptor, or -1 with errno set. A
 * private file is for its owner alone until leat_files_copy_access(). */
static inline int leat_files_create(const char *path, int is_private)
{
    return leat_open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW,
                     is_private ? 0600 : 0666);
}

/* Open a file to find out whether it is locked. */
static inline int leat_files_open_for_lock(const char *path)
{
    return leat_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
}

static inline int leat_files_delete(const char *path) { return unlink(path); }

static inline int leat_files_sync(int file) { return fsync(file); }

/* Give an open file the permissions and the owner of the file `source`: 0, or
 * -1 with errno set. If its group can't be set, the group gets no more
 * permissions than everybody. */
static inline int leat_files_copy_access(int file, const char *source)
{
    struct stat status, own;
    mode_t mode;
    if (stat(source, &status) != 0 || fstat(file, &own) != 0)
        return -1;
    mode = status.st_mode & 0777;
    if (geteuid() == 0 && own.st_uid != status.st_uid &&
        fchown(file, status.st_uid, (gid_t)-1) != 0) {
        /* Root may lack this right in a container. The file is then root's. */
    }
    if (own.st_gid != status.st_gid &&
        fchown(file, (uid_t)-1, status.st_gid) != 0)
        mode &= (mode_t)(0707 | (mode & 7) << 3);
    return fchmod(file, mode);
}

/* Rename a file unless the new name is taken: 0, or -1 with errno set, which is
 * EEXIST when it is taken. File systems without the one call for that mostly
 * have hard links, which do it in two steps. */
static inline int leat_files_rename_if_free(const char *from, const char *to)
{
    if (leat_linux_rename_if_free(from, to) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP)
        return -1;
    if (link(from, to) != 0)
        return -1;
    /* If the old name is gone already, all is done. */
    if (unlink(from) != 0 && errno != ENOENT) {
        int failed = errno;
        unlink(to);
        errno = failed;
        return -1;
    }
    return 0;
}

/* Get the folder of `path`: 0, or -1 with errno set when its name is too long.
 */
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

/* Return the errno value of making a file in the folder of `path`, 0 if that
 * can be done. (SQLite reports the error of its second attempt, for reading:
 * "No such file or directory".) */
static inline int leat_files_create_error(const char *path)
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
    /* EINVAL comes from a file system that can't sync names. */
    if (result != 0 && failed == EINVAL)
        return 0;
    errno = failed;
    return result;
}

#endif
