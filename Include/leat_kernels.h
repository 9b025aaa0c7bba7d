/* SPDX-License-Identifier: MIT
 *
 * leat_kernels.h: link only the kernels that a model needs.
 *
 * A kernel is the code of one kind of layer with one type of weights, compiled
 * for one instruction set. (leat.h calls all kernels of one instruction set
 * together a kernel, since a stream uses only one set.) leat_model_open() and
 * leat_model_init() link all kernels. A program for a small machine lists those
 * that its models need, and makes the models with leat_model_init_with(). Then
 * a linker with --gc-sections leaves the others out. `leat embed` writes the
 * list for a model:
 *
 *     #define PUMP_KERNEL_SET(set)                                      \
 *         { LEAT_KERNELS_OF(set), leat_load_lstm,                       \
 *           { LEAT_LAYER(set, lstm_f32), LEAT_NONE, LEAT_NONE,          \
 *             LEAT_NONE },                                              \
 *           { LEAT_LAYER(set, linear_f32), LEAT_NONE, LEAT_NONE,        \
 *             LEAT_NONE },                                              \
 *           LEAT_NO_LAYER, LEAT_NO_LAYER, LEAT_NO_LAYER, LEAT_NONE,     \
 *           LEAT_NONE, LEAT_NONE, LEAT_NO_ROWS, LEAT_NO_FUNCTIONS },
 *     static inline const leat_kernels *pump_kernels(void)
 *     {
 *         static const leat_kernels sets[] = {
 *             LEAT_EACH_SET(PUMP_KERNEL_SET) LEAT_KERNELS_END
 *         };
 *         return sets;
 *     }
 *
 * The list is in a function because GCC without -O keeps an array that nothing
 * uses, and with it the kernels.
 *
 * This needs the static library; the shared one always holds every kernel, and
 * exports none. A program only names the functions of kernels and loaders. The
 * library calls them, with arguments that it has checked.
 */
#ifndef LEAT_KERNELS_H
#define LEAT_KERNELS_H

#include "leat.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------ *
 * The table
 * ------------------------------------------------------------------------ */

/* A step of one layer: `step` for one stream, `batch` for several streams at
 * once. `step` is 0 when the kernel is absent, `batch` when it would be no
 * faster. */
typedef struct leat_kernel {
    void (*step)(const void *model, const void *layer, void *stream);
    void (*batch)(const void *model, const void *layer,
                  leat_stream *const *streams, ptrdiff_t count);
} leat_kernel;

/* Rows `first` to `end` - 1 of a matrix times a vector, and the bias. */
typedef void leat_rows_kernel(const void *model, const void *matrix,
                              ptrdiff_t first, ptrdiff_t end,
                              const float *input, float *output);

/* An activation of `count` values, in place. `parameters` are the numbers of
 * leaky_relu (negative_slope), elu (alpha), softplus (beta, threshold),
 * hard_sigmoid (alpha, beta), hardtanh (min, max) and prelu (a slope for each
 * value); the others ignore them. */
typedef void leat_activation_kernel(float *values, ptrdiff_t count,
                                    const float *parameters);

/* Make a model from a file. Programs only name such a function, in a table. */
struct leat_kernels;
typedef int leat_loader(void *memory, size_t memory_size, const void *file,
                        size_t file_size, const struct leat_kernels *kernels,
                        const leat_model **model, leat_error *error);

/* The kernels of one instruction set. */
typedef struct leat_kernels {
    uint32_t set;              /* LEAT_SET_*; 0 ends a list of sets         */
    uint32_t size;             /* sizeof(leat_kernels): a table of another
                                * version of this header is refused         */
    void (*run)(const void *model, void *stream, ptrdiff_t steps,
                const float *inputs, float *outputs);
    void (*run_batch)(const void *model, leat_stream *const *streams,
                      ptrdiff_t count, const float *inputs, float *outputs);
    leat_loader *load;         /* leat_load_lstm or leat_load_any; that of
                                * the first set is used                     */
    struct leat_layer_kernels {
        leat_kernel f32, f16, bf16, i8;
    } lstm, linear, rnn, gru,  /* by the type of their weights              */
        general;               /* any recurrent layer with LEAT_CELL_OTHER  */
    leat_kernel activation,    /* as its own layer                          */
        sum, scale;            /* LEAT_LAYER_SUM and LEAT_LAYER_SCALE       */
    struct leat_rows_kernels {
        leat_rows_kernel *f32, *f16, *bf16, *i8;
    } projection;              /* of an nn.LSTM with proj_size              */
    struct leat_activation_kernels {
        leat_activation_kernel *relu, *sigmoid, *tanh, *softmax, *leaky_relu,
            *elu, *gelu, *gelu_tanh, *silu, *softplus, *softsign,
            *hard_sigmoid, *hardtanh, *hardswish, *prelu, *log_softmax;
    } function;                /* of linear layers and of activations       */
} leat_kernels;

/* leat_model_init() with kernels of the caller's choice.
 *
 * kernels  a list of sets, the best first, ended by one whose `set` is 0; must
 *          outlive the model
 * LEAT_E_UNSUPPORTED: the model needs a kernel that isn't in the list, or the
 * processor can run none of the sets. LEAT_E_ARGUMENT: the list is of another
 * version of this header, or a set is without LEAT_KERNELS_OF(). And the codes
 * of leat_model_init(). */
int leat_model_init_with(void *memory, size_t memory_size, const void *file,
                         size_t file_size, const leat_kernels *kernels,
                         const leat_model **model, leat_error *error);

/* The loaders: for models of nn.LSTM and nn.Linear layers only, with no other
 * activations than relu, sigmoid, tanh and softmax after a linear layer; and
 * for any model. A program with only the first is smaller. */
int leat_load_lstm(void *memory, size_t memory_size, const void *file,
                   size_t file_size, const leat_kernels *kernels,
                   const leat_model **model, leat_error *error);
int leat_load_any(void *memory, size_t memory_size, const void *file,
                  size_t file_size, const leat_kernels *kernels,
                  const leat_model **model, leat_error *error);

/* ------------------------------------------------------------------------ *
 * Parts of a table
 * ------------------------------------------------------------------------ */

/* The instruction sets: any processor's; with fused multiply-add; AVX-512; with
 * fused multiply-add and dot products of bytes. The last has kernels of its own
 * only for recurrent layers of integer weights: its others are those of the set
 * with fused multiply-add. */
#define LEAT_SET_SOFTWARE 1
#define LEAT_SET_FMA 2
#define LEAT_SET_AVX512  3
#define LEAT_SET_DOT 4

/* The sets for the kind of processor that this is compiled for, the best
 * first. Of x86-64, and of 32-bit Arm with an operating system, some have fused
 * multiply-add and some don't; of x86-64 and arm64 some have dot products.
 * LEAT_EVERY_KERNEL, for tests, adds a set that no
 * processor of this kind needs. */
#if defined(__ARM_FEATURE_FMA) || defined(__aarch64__) || defined(__riscv_flen)
#define LEAT_ALWAYS_FMA 1
#else
#define LEAT_ALWAYS_FMA 0
#endif
#if defined(__x86_64__)
#define LEAT_EACH_SET(item) item(avx512) item(dot) item(fma) item(software)
#elif defined(__aarch64__) && !defined(LEAT_EVERY_KERNEL)
#define LEAT_EACH_SET(item) item(dot) item(fma)
#elif defined(__aarch64__)
#define LEAT_EACH_SET(item) item(dot) item(fma) item(software)
#elif LEAT_ALWAYS_FMA && !defined(LEAT_EVERY_KERNEL)
#define LEAT_EACH_SET(item) item(fma)
#elif LEAT_ALWAYS_FMA || (defined(__arm__) && __ARM_ARCH_PROFILE == 'A')
#define LEAT_EACH_SET(item) item(fma) item(software)
#else
#define LEAT_EACH_SET(item) item(software)
#endif

/* A batch kernel reads the weights once for three streams. In software the sums
 * take so long that this doesn't matter, and without wide registers it gains
 * nothing. */
#if defined(__x86_64__) || defined(__aarch64__)
#define LEAT_BATCH_fma(kernel) kernel
#define LEAT_BATCH_dot(kernel) kernel
#define LEAT_BATCH_avx512(kernel)  kernel
#else
#define LEAT_BATCH_fma(kernel) 0
#define LEAT_BATCH_dot(kernel) 0
#define LEAT_BATCH_avx512(kernel)  0
#endif
#define LEAT_BATCH_software(kernel) 0

#define LEAT_SET_software LEAT_SET_SOFTWARE
#define LEAT_SET_fma LEAT_SET_FMA
#define LEAT_SET_dot LEAT_SET_DOT
#define LEAT_SET_avx512  LEAT_SET_AVX512

/* A set's kernel: its own; and the one that it may share with another set. */
#define LEAT_OWN(set, name) leat_##set##_##name
#define LEAT_SHARES_software software
#define LEAT_SHARES_fma fma
#define LEAT_SHARES_dot fma
#define LEAT_SHARES_avx512 avx512
#define LEAT_NAME(set, name) LEAT_OWN(set, name)
#define LEAT_SHARED(set, name) LEAT_NAME(LEAT_SHARES_##set, name)

/* LEAT_LAYER_I8 and LEAT_STEP_I8 are of recurrent layers of integer weights. */
#define LEAT_KERNELS_OF(set)                                                   \
    LEAT_SET_##set, sizeof(leat_kernels), LEAT_SHARED(set, run),               \
        LEAT_BATCH_##set(LEAT_SHARED(set, run_batch))
#define LEAT_LAYER(set, name)                                                  \
    { LEAT_SHARED(set, name), LEAT_BATCH_##set(LEAT_SHARED(set, name##_batch)) }
#define LEAT_LAYER_I8(set, kind)                                               \
    { LEAT_OWN(set, kind##_i8),                                                \
      LEAT_BATCH_##set(LEAT_OWN(set, kind##_i8_batch)) }
#define LEAT_STEP(set, name)     { LEAT_SHARED(set, name), 0 }
#define LEAT_STEP_I8(set, kind)  { LEAT_OWN(set, kind##_i8), 0 }
#define LEAT_ROWS(set, type)     LEAT_SHARED(set, rows_##type)
#define LEAT_FUNCTION(set, name) LEAT_SHARED(set, name)
#define LEAT_NONE                { 0, 0 }
#define LEAT_NO_LAYER            { LEAT_NONE, LEAT_NONE, LEAT_NONE, LEAT_NONE }
#define LEAT_NO_ROWS             { 0, 0, 0, 0 }
#define LEAT_NO_FUNCTIONS                                                      \
    { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
#define LEAT_KERNELS_END                                                       \
    { 0, sizeof(leat_kernels), 0, 0, 0, LEAT_NO_LAYER, LEAT_NO_LAYER,          \
      LEAT_NO_LAYER, LEAT_NO_LAYER, LEAT_NO_LAYER, LEAT_NONE, LEAT_NONE,       \
      LEAT_NONE, LEAT_NO_ROWS, LEAT_NO_FUNCTIONS }

/* All kernels of a set. */
#define LEAT_EVERY_TYPE(set, kind)                                             \
    { LEAT_LAYER(set, kind##_f32), LEAT_LAYER(set, kind##_f16),                \
      LEAT_LAYER(set, kind##_bf16), LEAT_LAYER_I8(set, kind) }
#define LEAT_LINEAR(set)                                                       \
    { LEAT_LAYER(set, linear_f32), LEAT_LAYER(set, linear_f16),                \
      LEAT_LAYER(set, linear_bf16), LEAT_LAYER(set, linear_i8) }
#define LEAT_GENERAL(set)                                                      \
    { LEAT_STEP(set, general_f32), LEAT_STEP(set, general_f16),                \
      LEAT_STEP(set, general_bf16), LEAT_STEP_I8(set, general) }
#define LEAT_KERNELS_ALL(set)                                                  \
    { LEAT_KERNELS_OF(set), leat_load_any, LEAT_EVERY_TYPE(set, lstm),         \
      LEAT_LINEAR(set), LEAT_EVERY_TYPE(set, rnn),                             \
      LEAT_EVERY_TYPE(set, gru), LEAT_GENERAL(set),                            \
      LEAT_STEP(set, activation), LEAT_STEP(set, sum), LEAT_STEP(set, scale),  \
      { LEAT_ROWS(set, f32), LEAT_ROWS(set, f16), LEAT_ROWS(set, bf16),        \
        LEAT_ROWS(set, i8) },                                                  \
      { LEAT_FUNCTION(set, relu), LEAT_FUNCTION(set, sigmoid),                 \
        LEAT_FUNCTION(set, tanh), LEAT_FUNCTION(set, softmax),                 \
        LEAT_FUNCTION(set, leaky_relu), LEAT_FUNCTION(set, elu),               \
        LEAT_FUNCTION(set, gelu), LEAT_FUNCTION(set, gelu_tanh),               \
        LEAT_FUNCTION(set, silu), LEAT_FUNCTION(set, softplus),                \
        LEAT_FUNCTION(set, softsign), LEAT_FUNCTION(set, hard_sigmoid),        \
        LEAT_FUNCTION(set, hardtanh), LEAT_FUNCTION(set, hardswish),           \
        LEAT_FUNCTION(set, prelu), LEAT_FUNCTION(set, log_softmax) } },

#define LEAT_DECLARE_STEP(name)                                                \
    void name(const void *model, const void *layer, void *stream);
#define LEAT_DECLARE_LAYER(name)                                               \
    LEAT_DECLARE_STEP(name)                                                    \
    void name##_batch(const void *model, const void *layer,                    \
                      leat_stream *const *streams, ptrdiff_t count);
#define LEAT_DECLARE_TYPE(set, type)                                           \
    LEAT_DECLARE_LAYER(leat_##set##_lstm_##type)                               \
    LEAT_DECLARE_LAYER(leat_##set##_linear_##type)                             \
    LEAT_DECLARE_LAYER(leat_##set##_rnn_##type)                                \
    LEAT_DECLARE_LAYER(leat_##set##_gru_##type)                                \
    LEAT_DECLARE_STEP(leat_##set##_general_##type)                             \
    leat_rows_kernel leat_##set##_rows_##type;
#define LEAT_DECLARE_SET(set)                                                  \
    void leat_##set##_run(const void *model, void *stream, ptrdiff_t steps,    \
                          const float *inputs, float *outputs);                \
    void leat_##set##_run_batch(const void *model,                             \
                                leat_stream *const *streams, ptrdiff_t count,  \
                                const float *inputs, float *outputs);          \
    LEAT_DECLARE_TYPE(set, f32)                                                \
    LEAT_DECLARE_TYPE(set, f16)                                                \
    LEAT_DECLARE_TYPE(set, bf16)                                               \
    LEAT_DECLARE_TYPE(set, i8)                                                 \
    LEAT_DECLARE_STEP(leat_##set##_activation)                                 \
    LEAT_DECLARE_STEP(leat_##set##_sum)                                        \
    LEAT_DECLARE_STEP(leat_##set##_scale)                                      \
    leat_activation_kernel leat_##set##_relu, leat_##set##_sigmoid,            \
        leat_##set##_tanh, leat_##set##_softmax, leat_##set##_leaky_relu,      \
        leat_##set##_elu, leat_##set##_gelu, leat_##set##_gelu_tanh,           \
        leat_##set##_silu, leat_##set##_softplus, leat_##set##_softsign,       \
        leat_##set##_hard_sigmoid, leat_##set##_hardtanh,                      \
        leat_##set##_hardswish, leat_##set##_prelu, leat_##set##_log_softmax;

LEAT_DECLARE_SET(software)
LEAT_DECLARE_SET(fma)
LEAT_DECLARE_SET(avx512)
LEAT_DECLARE_LAYER(leat_dot_lstm_i8)
LEAT_DECLARE_LAYER(leat_dot_rnn_i8)
LEAT_DECLARE_LAYER(leat_dot_gru_i8)
LEAT_DECLARE_STEP(leat_dot_general_i8)

#ifdef __cplusplus
}
#endif

#endif /* LEAT_KERNELS_H */
