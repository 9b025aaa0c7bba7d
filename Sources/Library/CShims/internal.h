/* SPDX-License-Identifier: MIT
 * Functions that Swift modules call through C. Embedded Swift compiles the Swift
 * functions of a module into every module that calls them, with the caller's
 * instruction set; of a C function it sees the declaration only. The libraries
 * export none of these. */
#ifndef LEAT_INTERNAL_H
#define LEAT_INTERNAL_H

#include "../../../Include/leat_kernels.h"

/* All kernels, for models that are made without a list. Nothing else may call
 * this, or programs could not leave kernels out. */
static inline const leat_kernels *leatcore_every_kernel(void)
{
    static const leat_kernels sets[] = { LEAT_EACH_SET(LEAT_KERNELS_ALL)
                                             LEAT_KERNELS_END };
    return sets;
}

/* Where in leat_kernels the kernels of a kind begin; those of the types of weights
 * follow each other. A layer's record holds such an offset: a model in memory
 * holds no address of code but those of the tables. */
enum leatcore_kernel_offset {
    leatcore_lstm = offsetof(leat_kernels, lstm),
    leatcore_linear = offsetof(leat_kernels, linear),
    leatcore_rnn = offsetof(leat_kernels, rnn),
    leatcore_gru = offsetof(leat_kernels, gru),
    leatcore_general = offsetof(leat_kernels, general),
    leatcore_activation = offsetof(leat_kernels, activation),
    leatcore_sum = offsetof(leat_kernels, sum),
    leatcore_scale = offsetof(leat_kernels, scale)
};

/* The sets that a processor of this kind may have, best first; 0 ends them. */
static inline uint32_t leatcore_set(uint32_t index)
{
#define LEAT_SET_NUMBER(set) LEAT_SET_##set,
    static const uint32_t sets[] = { LEAT_EACH_SET(LEAT_SET_NUMBER) 0 };
#undef LEAT_SET_NUMBER
    const uint32_t count = sizeof sets / sizeof *sets;
    return index < count ? sets[index] : 0;
}

/* Bring what is there to the second cache: the first may not hold all that is
 * wanted at once. The address may be any. */
static inline void leatcore_prefetch(const void *address)
{
    __builtin_prefetch(address, 0, 2);
}

/* Whether all values are from -limit to limit, and none is NaN; `limit` is
 * above 0. It compares bits, since a value may be subnormal: without their signs,
 * floats have the order of their bits, and NaN is above all others. Most samples
 * have few inputs, so fewer than four are no loop: a processor may guess wrongly
 * where a loop ends. Inlined even where code is optimised for size. */
__attribute__((always_inline)) static inline int
leatcore_are_within(const float *values, ptrdiff_t count, float limit)
{
    typedef int32_t int4 __attribute__((vector_size(16)));
    int32_t most, first, middle, last;
    int4 bits, all, are_beyond = { 0, 0, 0, 0 };
    uint64_t halves[2];
    ptrdiff_t j = 0;
    __builtin_memcpy(&most, &limit, sizeof most);
    if (count <= 0)
        return 1;
    if (count < 4) { /* of one or two, some of these are the same */
        __builtin_memcpy(&first, values, sizeof first);
        __builtin_memcpy(&middle, values + count / 2, sizeof middle);
        __builtin_memcpy(&last, values + count - 1, sizeof last);
        return ((first & INT32_MAX) <= most) & ((middle & INT32_MAX) <= most) &
               ((last & INT32_MAX) <= most);
    }
    all = (int4){ most, most, most, most };
    for (;; j += 4) {
        if (j > count - 4)
            j = count - 4; /* the last four, some of them again */
        __builtin_memcpy(&bits, values + j, sizeof bits);
        are_beyond |= (bits & INT32_MAX) > all;
        if (j == count - 4)
            break;
    }
    __builtin_memcpy(halves, &are_beyond, sizeof halves);
    return (halves[0] | halves[1]) == 0;
}

/* What the functions of streams do with a windowed one. Only leat_window_init()
 * names the table, and each windowed stream holds its address: a program without
 * windows links none of them. `stream`, and the first of `streams`, was checked;
 * `run` gets checked pointers. */
typedef struct leatcore_window_functions {
    int (*run)(leat_stream *stream, size_t steps, const float *inputs,
               float *outputs, leat_error *error);
    int (*reset)(leat_stream *stream, leat_error *error);
    int (*save)(const leat_stream *stream, void *buffer, size_t buffer_size,
                leat_error *error);
    int (*load)(leat_stream *stream, const void *buffer, size_t buffer_size,
                leat_error *error);
    int (*batch_step)(leat_stream *const *streams, size_t count,
                      const float *inputs, float *outputs, leat_error *error);
    int (*batch_step_at)(leat_stream *const *streams,
                         const uint64_t *positions, size_t count,
                         const float *inputs, float *outputs, int *results,
                         leat_error *error);
    int (*batch_save)(leat_stream *const *streams, size_t count, void *buffer,
                      size_t buffer_size, leat_error *error);
    int (*batch_load)(leat_stream *const *streams, size_t count,
                      const void *buffer, size_t buffer_size,
                      leat_error *error);
} leatcore_window_functions;

int leatcore_window_run(leat_stream *stream, size_t steps, const float *inputs,
                        float *outputs, leat_error *error);
int leatcore_window_reset(leat_stream *stream, leat_error *error);
int leatcore_window_save(const leat_stream *stream, void *buffer,
                         size_t buffer_size, leat_error *error);
int leatcore_window_load(leat_stream *stream, const void *buffer,
                         size_t buffer_size, leat_error *error);
int leatcore_window_batch_step(leat_stream *const *streams, size_t count,
                               const float *inputs, float *outputs,
                               leat_error *error);
int leatcore_window_batch_step_at(leat_stream *const *streams,
                                  const uint64_t *positions, size_t count,
                                  const float *inputs, float *outputs,
                                  int *results, leat_error *error);
int leatcore_window_batch_save(leat_stream *const *streams, size_t count,
                               void *buffer, size_t buffer_size,
                               leat_error *error);
int leatcore_window_batch_load(leat_stream *const *streams, size_t count,
                               const void *buffer, size_t buffer_size,
                               leat_error *error);

static inline const leatcore_window_functions *leatcore_window_table(void)
{
    static const leatcore_window_functions table = {
        leatcore_window_run,        leatcore_window_reset,
        leatcore_window_save,       leatcore_window_load,
        leatcore_window_batch_step, leatcore_window_batch_step_at,
        leatcore_window_batch_save, leatcore_window_batch_load
    };
    return &table;
}

/* Load a model into a block that `allocate` returns, aligned to
 * LEAT_FAST_ALIGNMENT, and mark it as owned; a NULL block is LEAT_E_MEMORY. */
int leatcore_model_load(const void *file, size_t file_size,
                        void *(*allocate)(size_t size),
                        const leat_model **model, leat_error *error);

/* Return the block of an owned model, NULL for any other pointer. */
void *leatcore_model_block(const leat_model *model);

#endif
