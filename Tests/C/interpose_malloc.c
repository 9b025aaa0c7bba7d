/* SPDX-License-Identifier: MIT
 * The allocator of the test program and of all its libraries: glibc's, with
 * counts. */
#define _GNU_SOURCE
#include "interpose_malloc.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc's allocator, under the names that it exports for this purpose. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

struct allocations allocations;

void *malloc(size_t size)
{
    allocations.made++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    allocations.made++;
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    allocations.made++;
    return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size)
{
    allocations.made++;
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    void *memory = memalign(alignment, size);
    if (memory == NULL)
        return ENOMEM;
    *block = memory;
    return 0;
}

void free(void *block)
{
    allocations.freed += block != NULL;
    __libc_free(block);
}

void *mmap(void *address, size_t length, int protection, int flags, int file,
           off_t offset)
{
    allocations.mapped++;
#if defined(SYS_mmap)
    return (void *)syscall(SYS_mmap, address, length, protection, flags, file,
                           offset);
#else /* 32 bits: the offset is in pages */
    return (void *)syscall(SYS_mmap2, address, length, protection, flags, file,
                           (long)(offset / 4096));
#endif
}

int munmap(void *address, size_t length)
{
    allocations.unmapped++;
    return (int)syscall(SYS_munmap, address, length);
}
