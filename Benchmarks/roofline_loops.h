/* SPDX-License-Identifier: MIT */
#ifndef LEAT_BENCHMARKS_ROOFLINE_LOOPS_H
#define LEAT_BENCHMARKS_ROOFLINE_LOOPS_H

#include "roofline.h"

struct roofline_loops {
    /* `count` is a multiple of BLOCK_FLOATS. */
    float (*read)(const float *block, size_t count, size_t times,
                  int is_reversed);
    void (*multiply)(size_t times);
};
enum { BLOCK_FLOATS = 128 };

extern const struct roofline_loops roofline_8, roofline_16;

#endif
