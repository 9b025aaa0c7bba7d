/* SPDX-License-Identifier: MIT
 * Two ways for a process to find out that its parent made something before
 * fork(): the process id, which costs a system call, and a word in memory that
 * fork() clears, which costs none. */
#ifndef LEAT_FORKS_H
#define LEAT_FORKS_H

#include "linux.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static inline int32_t leat_forks_process(void) { return (int32_t)getpid(); }

static inline size_t leat_forks_page(void)
{
    const long size = sysconf(_SC_PAGESIZE);
    return size > 0 ? (size_t)size : 4096;
}

/* Return a word, on its own page, that is 1 here and 0 in a child; NULL without
 * memory. On a kernel before 4.14 it is 2, in a child too. */
static inline uint64_t *leat_forks_make_word(void)
{
    const size_t size = leat_forks_page();
    uint64_t *word = (uint64_t *)mmap(NULL, size, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (word == MAP_FAILED)
        return NULL;
    *word = leat_linux_wipe_on_fork(word, size) == 0 ? 1 : 2;
    return word;
}

static inline void leat_forks_free_word(uint64_t *word)
{
    munmap(word, leat_forks_page());
}

#endif
