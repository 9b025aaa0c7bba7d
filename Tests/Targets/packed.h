/* SPDX-License-Identifier: MIT
 * The output of pack.c: Tests/Vectors and model files as C. */
#ifndef LEAT_TESTS_PACKED_H
#define LEAT_TESTS_PACKED_H

#include <stddef.h>
#include <stdint.h>

extern const struct vector_case {
    const char *name;
    uint64_t bits; /* of bits.txt */
    uint32_t steps, inputs, outputs;
    const void *model;
    size_t model_size;
    const float *input;
} vector_cases[];
extern const size_t vector_case_count;

/* The number of cases left out because their models have more bytes than
 * `largest`. */
extern const unsigned left_out, largest;

extern const struct model_file {
    const char *name;
    const void *bytes;
    size_t size;
} model_files[];
extern const size_t model_file_count;

#endif
