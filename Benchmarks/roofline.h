/* SPDX-License-Identifier: MIT
 * What the processor can do at most: read a working set again and again, and
 * multiply and add in registers. */
#ifndef LEAT_BENCHMARKS_ROOFLINE_H
#define LEAT_BENCHMARKS_ROOFLINE_H

#include <stddef.h>

struct reader {
    const float *block;
    size_t bytes;
    volatile float result;
};

void reader_make(struct reader *reader, size_t bytes);
void reader_free(struct reader *reader);

/* A contestant's work: read all of it once, in order. */
void reader_reads(void *reader, size_t times);

/* A contestant's work: MACS_EACH multiply-accumulates; several threads may. */
#define MACS_EACH (1024 * 12 * 8)
void multiplier_runs(void *unused, size_t times);

#endif
