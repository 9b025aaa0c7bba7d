/* SPDX-License-Identifier: MIT
 * The file "-lock" beside a store. It has two lines of text of fixed length.
 * The first names the process that holds the lock. It begins with "process ", or
 * is blank while nobody holds the lock. The second is the witness of the last
 * commit: the store's number, the count of its commits, and a checksum. Both
 * are written without a sync, since they only help to explain and to check. */
#ifndef LEAT_LOCK_FILE_H
#define LEAT_LOCK_FILE_H

#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LEAT_WITNESS_OFFSET = 64, LEAT_WITNESS_SIZE = 80 };

/* Open the lock file at `path`, or make it: its descriptor, or -1 with errno
 * set. A new file gets the permissions of the file `beside`. If root makes it,
 * it also gets the owner of that file, who could not open the store otherwise.
 * A file that was there keeps its owner: in a folder of another user `path` may
 * name any file by the time it is opened. */
static inline int leat_lock_open(const char *path, const char *beside)
{
    const int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    int tries;
    for (tries = 0; tries < 16; tries++) {
        struct stat status;
        int file = leat_open(path, flags, 0);
        if (file >= 0 || errno != ENOENT || stat(beside, &status) != 0)
            return file;
        file = leat_open(path, flags | O_CREAT | O_EXCL, status.st_mode & 0666);
        if (file < 0 && errno == EEXIST)
            continue;
        if (file >= 0 && geteuid() == 0 &&
            fchown(file, status.st_uid, status.st_gid) != 0) {
            /* Root may lack this right in a container. The lock works all the
             * same. */
        }
        return file;
    }
    errno = EEXIST;
    return -1;
}

/* Return whether an open file is a lock file that may be written to: regular,
 * without a second name, and empty or with a holder's line at its start. The
 * line may be blank, or zeros after a loss of power. */
static inline int leat_lock_is_valid(int file)
{
    static const char word[] = "process ";
    char start[sizeof word - 1];
    struct stat status;
    ssize_t i, length;
    int is_line = 1, is_blank = 1;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_nlink > 1)
        return 0;
    length = pread(file, start, sizeof start, 0);
    for (i = 0; i < length; i++) {
        is_line &= start[i] == word[i];
        is_blank &= start[i] == ' ' || start[i] == '\n' || start[i] == '\0';
    }
    return length >= 0 && (is_line || is_blank);
}

/* Write this process as the holder. */
static inline void leat_lock_write_holder(int file)
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
        /* The lock is held all the same. */
    }
}

static inline void leat_lock_write_witness(int file, uint64_t store,
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
        /* The older witness that remains claims nothing false. */
    }
}

/* Read the witness in the file at `path`: 1, or 0 if there is none. */
static inline int leat_lock_read_witness(const char *path, uint64_t *store,
                                         int64_t *commits, uint32_t *check)
{
    char text[LEAT_WITNESS_SIZE + 1];
    ssize_t length;
    int file = leat_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
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

/* Remove the holder's line before the lock is dropped. Otherwise a process that
 * reads it after the next writer has locked the file, and before that has
 * written its own line, would be given this one. */
static inline void leat_lock_clear_holder(int file)
{
    char blanks[LEAT_WITNESS_OFFSET];
    memset(blanks, ' ', sizeof blanks);
    blanks[sizeof blanks - 1] = '\n';
    if (pwrite(file, blanks, sizeof blanks, 0) < 0) {
        /* The line only helps to explain. */
    }
}

/* Read the holder's line into `text`, without the blanks at its end. Return the
 * process, or 0 if the line names none that is alive: a process that died could
 * not remove its line. */
static inline long leat_lock_read_holder(int file, char *text, size_t size)
{
    const size_t line = LEAT_WITNESS_OFFSET;
    long process = 0;
    ssize_t length = pread(file, text, size - 1 < line ? size - 1 : line, 0);
    if (length < 0)
        length = 0;
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\n'))
        length--;
    text[length] = '\0';
    if (sscanf(text, "process %ld", &process) == 1 && process > 0 &&
        (kill((pid_t)process, 0) == 0 || errno == EPERM))
        return process;
    return 0;
}

/* The same for the file at `path`. It is opened only if it has no other name: it
 * could be the database, and closing that drops SQLite's locks on it. */
static inline long leat_lock_read_holder_at(const char *path, char *text,
                                            size_t size)
{
    struct stat status;
    long process;
    int file;
    text[0] = '\0';
    if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_nlink > 1)
        return 0;
    file = leat_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
    if (file < 0)
        return 0;
    process = leat_lock_read_holder(file, text, size);
    close(file);
    return process;
}

/* The same for a lock that is held: its holder may be about to write the line,
 * so wait for it, 50 ms at most. */
static inline void leat_lock_wait_for_holder(int file, char *text, size_t size)
{
    const struct timespec pause = { 0, 1000000 };
    int tries;
    for (tries = 0; tries < 50; tries++) {
        if (leat_lock_read_holder(file, text, size) != 0)
            return;
        nanosleep(&pause, NULL);
    }
}

#endif
