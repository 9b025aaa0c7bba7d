/* SPDX-License-Identifier: MIT
 * The kernels that this processor can run. */
#ifndef LEAT_TESTS_KERNELS_H
#define LEAT_TESTS_KERNELS_H

#include "leat.h"

#include "check.h"
#include "files.h"

/* Kernels other than the best may be thirty times slower. They step at most
 * this many multiply-accumulates of a case. */
#define SLOW_MACS 50e6

static inline uint32_t kernel_count(void)
{
    uint32_t count = 0;
    while (leat_kernel_available(count) != NULL)
        count++;
    return count;
}

/* The kernel that new_stream() sets. */
static uint32_t kernel_in_use;

static inline void use_kernel(uint32_t kernel) { kernel_in_use = kernel; }

/* Set a stream's kernel. */
static inline void set_kernel(leat_stream *stream)
{
    leat_error error;
    CHECK_CODE(leat_stream_set_kernel(stream,
                                      leat_kernel_available(kernel_in_use),
                                      &error), LEAT_OK, error);
}

#ifndef LEAT_TESTS_STORE_FIXTURE_H /* which must have one */
/* A new stream in a block of exactly its size; free() the stream. */
static inline leat_stream *new_stream(const leat_model *model)
{
    leat_error error;
    leat_stream *stream = NULL;
    size_t size = leat_stream_size(model);
    if (!CHECK_CODE(leat_stream_init(allocate(size), size, model, &stream,
                                     &error), LEAT_OK, error))
        exit(check_report("leat_stream_init"));
    set_kernel(stream);
    return stream;
}
#endif

/* How many of `steps` samples kernel number `kernel` steps. */
static inline size_t steps_for_kernel(const leat_model *model, uint32_t kernel,
                                      size_t steps)
{
    leat_model_info_t info;
    double most;
    if (kernel == 0 || leat_model_info(model, &info, NULL) != LEAT_OK)
        return steps;
    most = SLOW_MACS / (double)info.macs_per_step;
    return most < (double)steps ? (size_t)most + 1 : steps;
}

#endif
