/* SPDX-License-Identifier: MIT
 * Calls between Swift modules that must stay calls. Embedded Swift compiles
 * the functions it sees of a module into every module that imports it, with
 * that one's instruction set; through C it sees a declaration only. None of
 * these is exported from the libraries. */
#ifndef LEAT_INTERNAL_H
#define LEAT_INTERNAL_H

#include "../../../Include/leat_kernels.h"

/* Every kernel there is, for models that are made without a choice: nothing else
 * may call this, or no program could leave one out. */
static inline const leat_kernels *leatcore_every_kernel(void)
{
    static const leat_kernels sets[] = { LEAT_EACH_SET(LEAT_KERNELS_ALL)
                                             LEAT_KERNELS_END };
    return sets;
}

/* Where in leat_kernels the kernels of layers are: what a layer's record holds,
 * since a model in memory holds no address of code. */
enum leatcore_kernel_place {
    leatcore_lstm_f32 = offsetof(leat_kernels, lstm.f32),
    leatcore_lstm_f16 = offsetof(leat_kernels, lstm.f16),
    leatcore_lstm_bf16 = offsetof(leat_kernels, lstm.bf16),
    leatcore_lstm_i8 = offsetof(leat_kernels, lstm.i8),
    leatcore_linear_f32 = offsetof(leat_kernels, linear.f32),
    leatcore_linear_f16 = offsetof(leat_kernels, linear.f16),
    leatcore_linear_bf16 = offsetof(leat_kernels, linear.bf16),
    leatcore_linear_i8 = offsetof(leat_kernels, linear.i8),
    leatcore_rnn_f32 = offsetof(leat_kernels, rnn.f32),
    leatcore_rnn_f16 = offsetof(leat_kernels, rnn.f16),
    leatcore_rnn_bf16 = offsetof(leat_kernels, rnn.bf16),
    leatcore_rnn_i8 = offsetof(leat_kernels, rnn.i8),
    leatcore_activation = offsetof(leat_kernels, activation)
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

/* Load a model into a block that `allocate` returns, aligned to
 * LEAT_FAST_ALIGNMENT, and mark it as owned; a NULL block is LEAT_E_MEMORY. */
int leatcore_model_load(const void *file, size_t file_size,
                        void *(*allocate)(size_t size),
                        const leat_model **model, leat_error *error);

/* Return the block of an owned model, NULL for any other pointer. */
void *leatcore_model_block(const leat_model *model);

#endif
