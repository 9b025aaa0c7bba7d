/* SPDX-License-Identifier: MIT
 * pwrite() for a program that has a function of that name in place of libc's. A
 * bare system call would need another list of arguments on 32 bits. */
#ifndef LEAT_TESTS_WRITE_AT_H
#define LEAT_TESTS_WRITE_AT_H

#include <sys/types.h>
#include <sys/uio.h>

static inline ssize_t write_at(int file, const void *bytes, size_t size,
                               off_t offset)
{
    struct iovec part;
    part.iov_base = (void *)(size_t)bytes;
    part.iov_len = size;
    return pwritev(file, &part, 1, offset);
}

#endif
