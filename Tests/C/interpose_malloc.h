/* SPDX-License-Identifier: MIT
 * Counts of the blocks and pages that the program requested from the heap and
 * the system. */
#ifndef LEAT_TESTS_INTERPOSE_MALLOC_H
#define LEAT_TESTS_INTERPOSE_MALLOC_H

extern struct allocations {
    unsigned long made, freed;      /* blocks of the heap */
    unsigned long mapped, unmapped; /* pages of the system */
} allocations;

#endif
