/* SPDX-License-Identifier: MIT
 * How a process can tell that it is the child of the one that made something:
 * by its process id, which costs a system call, or by a word in memory that
 * fork() wipes, which costs none. */
#ifndef LEAT_FORKS_H
#define LEAT_FORKS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_WIPEONFORK /* Linux 4.14 */
#define MADV_WIPEONFORK 18
#endif

static inline int32_t leat_forks_process(void) { return (int32_t)getpid(); }

static inline size_t leat_forks_page(void)
{
    const long size = sysconf(_SC_PAGESIZE);
    return size > 0 ? (size_t)size : 4096;
}

/* Return a word that is 1 here and 0 in a child, in a page of its own; NULL
 * without memory. On a kernel before 4.14 it is 1 in a child as well. */
static inline uint64_t *leat_forks_make_word(void)
{
    const size_t size = leat_forks_page();
    uint64_t *word = (uint64_t *)mmap(NULL, size, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (word == MAP_FAILED)
        return NULL;
    if (madvise(word, size, MADV_WIPEONFORK) != 0) {
        /* Then a child isn't noticed here; calls on its store notice it. */
    }
    *word = 1;
    return word;
}

static inline void leat_forks_free_word(uint64_t *word)
{
    munmap(word, leat_forks_page());
}

#endif
