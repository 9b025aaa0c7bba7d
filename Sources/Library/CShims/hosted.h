/* SPDX-License-Identifier: MIT
 * The functions of libc that LeatHosted and LeatStore use. */
#ifndef LEAT_HOSTED_H
#define LEAT_HOSTED_H

#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Swift can't import errno, which is a macro; open(), which is variadic; and
 * struct stat, which shares its name with a function. */
static inline int leat_hosted_errno(void) { return errno; }

static inline int leat_hosted_open_to_read(const char *path)
{
    /* Without O_NONBLOCK a FIFO would wait for a writer. */
    return leat_open(path, O_RDONLY | O_NONBLOCK, 0);
}

/* Return a regular file's size, -1 with errno set, or -2 when it is something
 * else: a FIFO, a device. */
static inline int64_t leat_hosted_file_size(int file)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        return -1;
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return -1;
    }
    if (!S_ISREG(status.st_mode))
        return -2;
    return status.st_size;
}

/* Return `size` bytes from the system, or NULL. */
static inline void *leat_hosted_map(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

/* Return `size` bytes of the heap on a cache line, or NULL. A large block has
 * more pages than a processor's TLB holds: it begins on a large page, and the
 * system is asked to use such pages. errno is kept, since a system without them
 * refuses. */
static inline void *leat_hosted_allocate_aligned(size_t size)
{
    const size_t least = (size_t)8 << 20, page = (size_t)2 << 20;
    void *block = NULL;
    if (posix_memalign(&block, size < least ? 64 : page, size) != 0)
        return NULL;
#ifdef MADV_HUGEPAGE
    if (size >= least) {
        int before = errno;
        (void)madvise(block, size / page * page, MADV_HUGEPAGE);
        errno = before;
    }
#endif
    return block;
}

/* Describe an errno value in `text`, which always ends with NUL. strerror()
 * may share its text between threads; strerror_r() returns an int by POSIX,
 * a char * by glibc. */
static inline const char *leat_hosted_posix(int failed, const char *text)
{
    return failed ? "unknown error" : text;
}

static inline const char *leat_hosted_glibc(const char *words, const char *text)
{
    (void)text;
    return words;
}

static inline void leat_hosted_describe(int number, char *text, size_t size)
{
    const char *words =
        _Generic(strerror_r(number, text, size), int: leat_hosted_posix,
                 char *: leat_hosted_glibc)(strerror_r(number, text, size),
                                            text);
    size_t length = strlen(words);
    if (words == text || size == 0)
        return;
    if (length >= size)
        length = size - 1;
    memcpy(text, words, length);
    text[length] = '\0';
}

#endif
