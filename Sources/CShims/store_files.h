/* SPDX-License-Identifier: MIT
 * What LeatStore asks of the system beside SQLite: the lock file, the look of
 * a file from outside, and the time. */
#ifndef LEAT_STORE_FILES_H
#define LEAT_STORE_FILES_H

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
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

/* Read the first line into `text`, without the blanks at its end. */
static inline void leat_files_read_lock(int file, char *text, size_t size)
{
    size_t most = size - 1 < LEAT_WITNESS_OFFSET ? size - 1 : LEAT_WITNESS_OFFSET;
    ssize_t length = pread(file, text, most, 0);
    if (length < 0)
        length = 0;
    while (length > 0 &&
           (text[length - 1] == ' ' || text[length - 1] == '\n'))
        length--;
    text[length] = '\0';
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

#endif
