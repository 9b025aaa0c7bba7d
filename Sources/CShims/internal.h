/* SPDX-License-Identifier: MIT
 * Calls between Swift modules that must stay calls. Embedded Swift compiles
 * the functions it sees of a module into every module that imports it, with
 * that one's instruction set; through C it sees a declaration only. None of
 * these is exported from the libraries. */
#ifndef LEAT_INTERNAL_H
#define LEAT_INTERNAL_H

#include "../../Include/leat.h"

/* The kernels, one per instruction set. The arguments are those of `run` in
 * LeatKernel/Steps.swift and of `stepBatch` in LeatKernel/Batch.swift. */
void leatkernel_run_exact(const void *model, void *stream, ptrdiff_t steps,
                          const float *inputs, float *outputs);
void leatkernel_run_fused(const void *model, void *stream, ptrdiff_t steps,
                          const float *inputs, float *outputs);
void leatkernel_run_wide(const void *model, void *stream, ptrdiff_t steps,
                         const float *inputs, float *outputs);
void leatkernel_batch_fused(const void *model, leat_stream *const *streams,
                            ptrdiff_t count, const float *inputs,
                            float *outputs);
void leatkernel_batch_wide(const void *model, leat_stream *const *streams,
                           ptrdiff_t count, const float *inputs,
                           float *outputs);

/* Load a model into a block that `allocate` returns, aligned to
 * LEAT_FAST_ALIGNMENT, and mark it as owned; a NULL block is LEAT_E_MEMORY. */
int leatcore_model_load(const void *file, size_t file_size,
                        void *(*allocate)(size_t size),
                        const leat_model **model, leat_error *error);

/* Return the block of an owned model, NULL for any other pointer. */
void *leatcore_model_block(const leat_model *model);

#endif
