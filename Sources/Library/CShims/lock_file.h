/* SPDX-License-Identifier: MIT
 * The file "-lock" beside a store: who holds the lock, and the witness of the
 * last commit. */
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

/* Open the file at `path` to hold a lock on, or make it: -1 with errno set. A
 * new one gets the permissions of the file `beside`, and its owner when root
 * makes it: else a store that root looked at once would be lost to the user who
 * owns it. Only a file that was made here changes its owner: in a folder of
 * that user's `path` may name anything by the time it is opened. */
static inline int leat_files_open_lock(const char *path, const char *beside)
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
            /* Root may be without this right in a container. Not worth failing
             * for: the lock works. */
        }
        return file;
    }
    errno = EEXIST;
    return -1;
}

/* Say whether an open file is one that may be written to as a lock's: regular,
 * without other names, and empty or with the line of a lock at its start. The
 * line may be blank, or zeros after a loss of power. */
static inline int leat_files_is_lock(int file)
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

/* Take the line back before the lock is dropped. Otherwise a process that looks
 * after the next writer has locked the file, and before it has written its
 * line, would be told of this one. */
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

#endif
