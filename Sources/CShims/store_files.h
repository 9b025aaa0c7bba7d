/* SPDX-License-Identifier: MIT
 * What LeatStore asks of the system beside SQLite: the lock file, the look of
 * a file from outside, and the time. */
#ifndef LEAT_STORE_FILES_H
#define LEAT_STORE_FILES_H

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Open the file at `path` to hold a lock on, or make it. A new one gets the
 * permissions of the file `beside`, and its owner when root makes it: else a
 * store that root looked at once would be lost to the user who owns it. */
static inline int leat_files_open_lock(const char *path, const char *beside)
{
    struct stat status;
    const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;
    int file = open(path, flags);
    if (file >= 0 || errno != ENOENT || stat(beside, &status) != 0)
        return file;
    file = open(path, flags | O_CREAT, status.st_mode & 0666);
    if (file >= 0 && geteuid() == 0 &&
        fchown(file, status.st_uid, status.st_gid) != 0) {
        /* Root may be without this right in a container. Not worth failing
         * for: the lock works. */
    }
    return file;
}

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

/* Write who holds the lock into its file, as one line of text of fixed
 * length. */
static inline void leat_files_sign_lock(int file)
{
    char text[64], when[32];
    struct tm utc;
    time_t now = time(NULL);
    if (gmtime_r(&now, &utc) == NULL ||
        strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S UTC", &utc) == 0)
        return;
    memset(text, ' ', sizeof text);
    int length = snprintf(text, sizeof text, "process %ld since %s",
                          (long)getpid(), when);
    if (length < 0 || (size_t)length >= sizeof text)
        return;
    text[length] = ' ';
    text[sizeof text - 1] = '\n';
    if (pwrite(file, text, sizeof text, 0) < 0) {
        /* The line only helps to explain; the lock is held all the same. */
    }
}

/* The second line of the lock's file, LEAT_WITNESS_OFFSET bytes on: the witness
 * of the last commit. */
enum { LEAT_WITNESS_OFFSET = 64, LEAT_WITNESS_SIZE = 80 };

static inline void leat_files_write_witness(int file, uint64_t store,
                                            int64_t commits, uint32_t check)
{
    char text[LEAT_WITNESS_SIZE];
    int length = snprintf(text, sizeof text,
                          "store %016" PRIx64 " commit %" PRId64
                          " check %08" PRIx32,
                          store, commits, check);
    if (length < 0 || (size_t)length >= sizeof text)
        return;
    memset(text + length, ' ', sizeof text - (size_t)length);
    text[sizeof text - 1] = '\n';
    if (pwrite(file, text, sizeof text, LEAT_WITNESS_OFFSET) < 0) {
        /* Then an older witness stands there, or none: it never claims what
         * isn't so. */
    }
}

/* Read that line of the lock's file at `path`: 1, or 0 if there is none. */
static inline int leat_files_read_witness(const char *path, uint64_t *store,
                                          int64_t *commits, uint32_t *check)
{
    char text[LEAT_WITNESS_SIZE + 1];
    ssize_t length;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return 0;
    length = pread(file, text, LEAT_WITNESS_SIZE, LEAT_WITNESS_OFFSET);
    close(file);
    if (length != LEAT_WITNESS_SIZE)
        return 0;
    text[length] = '\0';
    return sscanf(text, "store %16" SCNx64 " commit %19" SCNd64
                        " check %8" SCNx32, store, commits, check) == 3;
}

/* Take the line back, before the lock goes: else whoever comes between the next
 * one's lock and its line would be told of this one. */
static inline void leat_files_unsign_lock(int file)
{
    char blanks[LEAT_WITNESS_OFFSET];
    memset(blanks, ' ', sizeof blanks);
    blanks[sizeof blanks - 1] = '\n';
    if (pwrite(file, blanks, sizeof blanks, 0) < 0) {
        /* As with the line itself. */
    }
}

/* Read the first line into `text`, without the blanks at its end. The holder of
 * the lock may be about to write it; the line of one that died isn't it. */
static inline void leat_files_read_lock(int file, char *text, size_t size)
{
    const struct timespec pause = { 0, 1000000 };
    const size_t line = LEAT_WITNESS_OFFSET;
    const size_t most = size - 1 < line ? size - 1 : line;
    int tries;
    for (tries = 0; tries < 50; tries++) {
        long process = 0;
        ssize_t length = pread(file, text, most, 0);
        if (length < 0)
            length = 0;
        while (length > 0 &&
               (text[length - 1] == ' ' || text[length - 1] == '\n'))
            length--;
        text[length] = '\0';
        if (sscanf(text, "process %ld", &process) == 1 && process > 0 &&
            (kill((pid_t)process, 0) == 0 || errno == EPERM))
            return;
        nanosleep(&pause, NULL);
    }
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
    return open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                is_private ? 0600 : 0666);
}

/* Open a file to look whether it is locked. */
static inline int leat_files_open_to_look(const char *path)
{
    return open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

/* Say whether anything bears this name, be it a link that leads nowhere. */
static inline int leat_files_exists(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
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
    if (unlink(from) != 0) {
        int failed = errno;
        unlink(to);
        errno = failed;
        return -1;
    }
    return 0;
}

/* Make the names in the folder of `path` durable: 0, or -1 with errno set. */
static inline int leat_files_sync_folder(const char *path)
{
    char folder[4096] = ".";
    const char *slash = strrchr(path, '/');
    int file, result, failed;
    if (slash != NULL) {
        size_t length = (size_t)(slash - path) + 1;
        if (length >= sizeof folder) {
            errno = ENAMETOOLONG;
            return -1;
        }
        memcpy(folder, path, length);
        folder[length] = '\0';
    }
    file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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
