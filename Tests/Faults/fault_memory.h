/* SPDX-License-Identifier: MIT
 * SQLite's memory, which can run out. */
#ifndef LEAT_TESTS_FAULT_MEMORY_H
#define LEAT_TESTS_FAULT_MEMORY_H

/* Call it before anything uses SQLite. */
void fault_memory_start(void);

/* Fail the n-th allocation from now; with `lasts` also all after it. */
void fault_memory_arm(long nth, int lasts);
/* Return the number of failed allocations. */
long fault_memory_disarm(void);

#endif
