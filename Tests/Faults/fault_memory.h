/* SPDX-License-Identifier: MIT
 * Memory for SQLite that runs out. */
#ifndef LEAT_TESTS_FAULT_MEMORY_H
#define LEAT_TESTS_FAULT_MEMORY_H

/* Before anything uses SQLite. */
void fault_memory_start(void);

/* Fail the n-th allocation from now; with `lasts` all from there on. */
void fault_memory_arm(long nth, int lasts);
/* Return how many allocations failed. */
long fault_memory_disarm(void);

#endif
