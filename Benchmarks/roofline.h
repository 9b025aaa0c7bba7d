/* SPDX-License-Identifier: MIT
 * The two limits of a step on this processor: reading a working set repeatedly,
 * and multiplying and adding in registers. */
#ifndef LEAT_BENCHMARKS_ROOFLINE_H
#define LEAT_BENCHMARKS_ROOFLINE_H

#include <stddef.h>

struct reader {
    const float *block;
    size_t bytes;
    volatile float result;
    int is_reversed;
};

void reader_make(struct reader *reader, size_t bytes);
void reader_free(struct reader *reader);

/* A task: read the whole block once. Every other time from its end, so that what
 * the nearest cache still holds is read from there, as a step could do it. */
void read_block(void *reader, size_t times);

/* A task: MACS_PER_RUN multiply-accumulates. Several threads may run it. */
#define MACS_PER_RUN (1024 * 12 * 8)
void multiply_accumulate(void *unused, size_t times);

#endif
