/* SPDX-License-Identifier: MIT
 *
 * leat.h: step a trained LSTM over a stream, one sample per call.
 *
 *     const leat_model *model;
 *     leat_stream *stream;
 *     leat_model_open("model.safetensors", &model, &error);
 *     leat_stream_init(block, leat_stream_size(model), model, &stream, &error);
 *     for (;;) { read_sensor(x); leat_stream_step(stream, x, y, &error); }
 *
 * A model is a file that PyTorch wrote: safetensors.torch.save_file() of the
 * state_dict() of nn.LSTM, nn.GRU, nn.RNN and nn.Linear modules. A stream is
 * one sequence in progress: PyTorch's (h_n, c_n), and a position, the number of
 * samples it has taken in. A state is a stream as bytes, which may be stored
 * and moved. To keep states safe in SQLite, see leat_store.h.
 *
 * What isn't in this header isn't part of the interface: it may change at any
 * time.
 *
 * MEMORY   The caller provides all memory, and knows its size before the
 *          first sample. Only leat_model_open() allocates, once;
 *          leat_model_close() frees that.
 * THREADS  A model is read-only once it is made: any number of threads and
 *          streams may share it. A stream is used by one thread at a time.
 *          There is no global state.
 * ERRORS   A function that returns int returns LEAT_OK (0), a positive result
 *          that its description names, or a negative LEAT_E_* code. After a
 *          negative code all objects and outputs are as before, except
 *          *error. `error` may be NULL. No function aborts or traps.
 * COST     A step never allocates, locks or makes a system call, and calls
 *          nothing in libm. Its time depends on the model and not on the
 *          data. The first step does no extra work.
 * BITS     The same model and inputs give the same output bits on every
 *          processor, however the samples are divided into calls.
 * TYPES    A float is IEEE 754 binary32. Arrays are dense and row-major.
 *
 * A pointer to float needs the alignment of a float. A block for a model or a
 * stream needs LEAT_ALIGNMENT, which malloc() gives. Files and states need no
 * alignment. The arguments of a call must not overlap unless its description
 * allows it.
 */
#ifndef LEAT_H
#define LEAT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------ *
 * Version
 * ------------------------------------------------------------------------ */

/* The version of the library, raised by the rules of semver.org. The bytes of
 * a state and the tables of a store have their own versions:
 * LEAT_STATE_VERSION here, and LEAT_STORE_VERSION in leat_store.h. */
#define LEAT_VERSION_MAJOR 0
#define LEAT_VERSION_MINOR 1
#define LEAT_VERSION_PATCH 0
#define LEAT_VERSION                                                           \
    (LEAT_VERSION_MAJOR * 10000 + LEAT_VERSION_MINOR * 100 + LEAT_VERSION_PATCH)

/* Return the LEAT_VERSION that the linked library was built with. */
uint32_t leat_version(void);

/* ------------------------------------------------------------------------ *
 * Codes
 * ------------------------------------------------------------------------ */

/* Values never change; new ones may be added. */
#define LEAT_OK              0
#define LEAT_SKIPPED         1  /* the sample had been taken in before      */
#define LEAT_FALLBACK        2  /* loaded, but perhaps not the newest       */
#define LEAT_NO_OUTPUT       3  /* the sample was taken in; no window ends
                                 * with it, so it has no output             */

#define LEAT_E_ARGUMENT    (-1) /* NULL, misaligned, or out of range        */
#define LEAT_E_SIZE        (-2) /* a buffer of the wrong size               */
#define LEAT_E_INPUT       (-3) /* a NaN, infinite or too large value       */
#define LEAT_E_POSITION    (-4) /* a gap in the positions, a step back, or
                                 * a position above LEAT_POSITION_MAX       */
#define LEAT_E_FORMAT      (-5) /* the bytes are not a safetensors file     */
#define LEAT_E_MODEL       (-6) /* the tensors don't make up a model        */
#define LEAT_E_UNSUPPORTED (-7) /* a model, file or connection of a kind that
                                 * Leat doesn't run or write to             */
#define LEAT_E_MISMATCH    (-8) /* belongs to another model                 */
#define LEAT_E_CORRUPT     (-9) /* bytes are not those that were written    */
#define LEAT_E_NEWER      (-10) /* written by a newer version of Leat       */
#define LEAT_E_MEMORY     (-11) /* out of memory                            */
#define LEAT_E_IO         (-12) /* the system could not read or write       */

#define LEAT_E_NOT_FOUND  (-20) /* the store has no such stream             */
#define LEAT_E_NOT_STORE  (-21) /* a file, but not a Leat store             */
#define LEAT_E_BUSY       (-22) /* another process or connection holds it   */
#define LEAT_E_READ_ONLY  (-23) /* the store can't be written               */
#define LEAT_E_FULL       (-24) /* the disk is full, or all slots are taken */
#define LEAT_E_FENCED     (-25) /* another process has taken the store over */
#define LEAT_E_SQLITE     (-26) /* any other SQLite error: see sqlite_code  */
#define LEAT_E_EXISTS     (-27) /* that name or path is taken               */
#define LEAT_E_STOPPED    (-28) /* the caller's progress function ended it  */
#define LEAT_E_TOO_LATE   (-29) /* must be called before SQLite is in use   */
#define LEAT_E_GONE       (-30) /* the store's file was deleted or replaced */

/* What went wrong. The struct is the caller's and may be NULL. It is written
 * only when the code is negative. */
typedef struct leat_error {
    int  code;         /* the LEAT_E_* that was returned                    */
    int  sqlite_code;  /* SQLite's extended result code, or 0               */
    char message[240]; /* one English line that says what was found and
                        * what was expected; UTF-8, ends with NUL           */
} leat_error;

/* Return a few words that describe a code, or "unknown code": a static string,
 * never NULL. */
const char *leat_strerror(int code);

/* ------------------------------------------------------------------------ *
 * Model
 * ------------------------------------------------------------------------ */

/* A trained network, ready to run: read-only, and independent of its file. */
typedef struct leat_model leat_model;

/* Alignment in bytes of a block that holds a model or a stream. With
 * LEAT_FAST_ALIGNMENT (a cache line) it may run a little faster.
 *
 * A model of 8 MB or more has more pages than a processor keeps addresses of.
 * leat_model_open() asks the system for pages of 2 MB then. For a block of your
 * own on Linux, before leat_model_init() writes to it:
 *
 *     posix_memalign(&block, 2 << 20, size);
 *     madvise(block, size, MADV_HUGEPAGE);
 */
#define LEAT_ALIGNMENT      8
#define LEAT_FAST_ALIGNMENT 64

/* Allocate memory, read a model file into it, and return the model in
 * *model. Close it with leat_model_close() when no stream uses it any more.
 *
 * LEAT_E_IO, LEAT_E_MEMORY, and the codes of leat_model_init(). */
int leat_model_open(const char *path, const leat_model **model,
                    leat_error *error);

/* Free a model that leat_model_open() returned. Does nothing for NULL, and for
 * a model that leat_model_init() made in the caller's memory. */
void leat_model_close(const leat_model *model);

/* Return in *memory_size how many bytes leat_model_init() needs for a model
 * file in memory. Checks the whole file, as leat_model_init() does.
 *
 * file         the bytes of the file, of any alignment
 * LEAT_E_FORMAT, LEAT_E_MODEL, LEAT_E_UNSUPPORTED, LEAT_E_NEWER as for
 * leat_model_init(). */
int leat_model_measure(const void *file, size_t file_size, size_t *memory_size,
                       leat_error *error);

/* Make a model in the caller's block from a file in memory, and return it in
 * *model. The file isn't needed afterwards. The block must outlive every
 * stream of the model; there is nothing to close.
 *
 * memory       aligned to LEAT_ALIGNMENT
 * memory_size  at least what leat_model_measure() says, else LEAT_E_SIZE
 * LEAT_E_FORMAT: not a safetensors file. LEAT_E_MODEL: a tensor is missing,
 * unused, of the wrong shape or not finite; the message names it.
 * LEAT_E_UNSUPPORTED: a bidirectional LSTM; a dtype that Leat doesn't read (it
 * reads F32, F16 and BF16, and weights in I8 with a scale for each row; narrow
 * weights stay narrow in memory); a recurrent layer whose h or c has no bound;
 * or an nn.Linear whose weights are all so small that they count as 0.
 * LEAT_E_NEWER: metadata of a later format. Documentation/Formats.md gives the
 * rules. */
int leat_model_init(void *memory, size_t memory_size, const void *file,
                    size_t file_size, const leat_model **model,
                    leat_error *error);

typedef struct leat_model_info_t {
    uint32_t input_size;       /* floats in one sample                      */
    uint32_t output_size;      /* floats in one output                      */
    uint32_t layers;           /* in the list of leat_model_layer()         */
    uint32_t recurrent_layers; /* how many of them have a state             */
    uint64_t parameters;       /* weights and biases in the file            */
    uint64_t macs_per_step;    /* multiply-accumulates of one step          */
    uint64_t model_size;       /* bytes of its block: leat_model_measure()  */
    uint64_t stream_size;      /* bytes of one stream: leat_stream_size()   */
    uint64_t state_size;       /* bytes of one state: leat_state_size()     */
    float    input_limit;      /* an input of larger magnitude is refused: the
                                * sums of a step could overflow             */
    uint8_t  fingerprint[32];  /* SHA-256 of architecture and weights       */
    uint32_t has_denormalizer; /* 1 if the last layer multiplies by output_std
                                * and adds output_mean, so that outputs come
                                * in units; else 0                          */
    uint32_t reserved[14];     /* 0                                         */
} leat_model_info_t;

/* Describe a model. */
int leat_model_info(const leat_model *model, leat_model_info_t *info,
                    leat_error *error);

/* Kinds of layers. More may be added. */
#define LEAT_LAYER_LSTM       1 /* one layer of an nn.LSTM                  */
#define LEAT_LAYER_LINEAR     2 /* nn.Linear, and the activation after it   */
#define LEAT_LAYER_ACTIVATION 3 /* an activation as its own layer           */
#define LEAT_LAYER_RNN        4 /* one layer of an nn.RNN; no c             */
#define LEAT_LAYER_GRU        5 /* one layer of an nn.GRU; no c             */
#define LEAT_LAYER_SUM        6 /* the sum of an earlier value and the one
                                 * before it: a residual, a skip            */
#define LEAT_LAYER_SCALE      7 /* constants subtracted, multiplied, added:
                                 * nn.BatchNorm1d, or outputs in units      */

/* Activations. More may be added. */
#define LEAT_ACTIVATION_NONE         0
#define LEAT_ACTIVATION_RELU         1
#define LEAT_ACTIVATION_SIGMOID      2
#define LEAT_ACTIVATION_TANH         3
#define LEAT_ACTIVATION_SOFTMAX      4
#define LEAT_ACTIVATION_LEAKY_RELU   5
#define LEAT_ACTIVATION_ELU          6
#define LEAT_ACTIVATION_GELU         7
#define LEAT_ACTIVATION_GELU_TANH    8
#define LEAT_ACTIVATION_SILU         9
#define LEAT_ACTIVATION_SOFTPLUS     10
#define LEAT_ACTIVATION_SOFTSIGN     11
#define LEAT_ACTIVATION_HARD_SIGMOID 12
#define LEAT_ACTIVATION_HARDTANH     13 /* relu6 is hardtanh(0,6)           */
#define LEAT_ACTIVATION_HARDSWISH    14
#define LEAT_ACTIVATION_PRELU        15
#define LEAT_ACTIVATION_LOG_SOFTMAX  16

/* The type of a layer's weights in memory. */
#define LEAT_WEIGHTS_NONE     0 /* the layer has none                       */
#define LEAT_WEIGHTS_F32      1
#define LEAT_WEIGHTS_F16      2
#define LEAT_WEIGHTS_BF16     3
#define LEAT_WEIGHTS_I8       4

/* How a recurrent layer makes h of its sums. */
#define LEAT_CELL_PYTORCH     0 /* as nn.LSTM, nn.RNN with tanh, nn.GRU     */
#define LEAT_CELL_OTHER       1 /* with peepholes, a clip, other activations
                                 * ...: Documentation/Formats.md            */

/* `recurrent` of a layer without a state. */
#define LEAT_NOT_RECURRENT    0xffffffffu

typedef struct leat_layer_info_t {
    uint32_t kind;             /* LEAT_LAYER_*                              */
    uint32_t input_size;       /* floats it reads                           */
    uint32_t output_size;      /* floats it puts out; of a recurrent layer
                                * the floats in h                           */
    uint32_t hidden_size;      /* PyTorch's hidden_size of a recurrent layer
                                * (an LSTM has as many floats in c); else 0 */
    uint32_t recurrent;        /* which recurrent layer it is, for
                                * leat_stream_get_state(), or
                                * LEAT_NOT_RECURRENT                        */
    uint32_t activation;       /* LEAT_ACTIVATION_* at its end              */
    uint32_t weights;          /* LEAT_WEIGHTS_*                            */
    uint32_t projection_weights; /* LEAT_WEIGHTS_* of an LSTM's weight_hr, or
                                * LEAT_WEIGHTS_NONE without proj_size       */
    uint32_t cell;             /* LEAT_CELL_* of a recurrent layer          */
    uint32_t recurrent_activation; /* LEAT_ACTIVATION_* of the gates i, f, o
                                * or r, z of another cell                   */
    uint32_t cell_activation;  /* of g or n, or of the h of an RNN          */
    uint32_t output_activation; /* of the c of an LSTM that becomes h       */
    uint32_t reserved[4];      /* 0                                         */
} leat_layer_info_t;

/* Describe one layer of a model's list.
 *
 * place  in the list, counted from 0 at the input, less than `layers` of
 *        leat_model_info(). leat_stream_get_state() takes another number,
 *        which counts recurrent layers only */
int leat_model_layer(const leat_model *model, uint32_t place,
                     leat_layer_info_t *info, leat_error *error);

/* Copy out the model's normalizer, which computes
 * (input - mean) / standard_deviation: mean 0 and deviation 1 if the model has
 * none. Use it to compare samples with forecasts in the model's units, if it
 * has no denormalizer.
 *
 * mean, standard_deviation  [input_size] each; either may be NULL */
int leat_model_normalizer(const leat_model *model, float *mean,
                          float *standard_deviation, leat_error *error);

/* ------------------------------------------------------------------------ *
 * Kernel
 * ------------------------------------------------------------------------ */

/* A kernel is the code of a step, compiled for one instruction set. A new
 * stream gets the best kernel that the processor can run. All give the same
 * bits:
 *
 *     "x86-64-v4"       AVX-512 with VNNI, but for Cascade and Cooper Lake,
 *                       which lower their clock for it
 *     "x86-64-v3-vnni"  AVX2, FMA, F16C and AVX-VNNI
 *     "x86-64-v3"       AVX2, FMA and F16C
 *     "x86-64"          any other x86-64
 *     "neon-dotprod"    arm64 with dot products of bytes, as of Armv8.2
 *     "neon"            any other arm64
 *     "fma"             another processor with fused multiply-add in hardware
 *     "portable"        any processor, about thirty times slower
 *
 * leat_model_open() and leat_model_init() link all of them; to link fewer, see
 * leat_kernels.h. */

/* Return the name of a kernel that this processor can run, NULL after the last.
 *
 * index  0 for the best, which new streams get unless their model was made with
 *        other kernels (leat_kernels.h) */
const char *leat_kernel_available(uint32_t index);

/* ------------------------------------------------------------------------ *
 * Stream
 * ------------------------------------------------------------------------ */

/* One sequence in progress, in one block of memory. The block may be copied
 * with memcpy() to another aligned block. The copy is an independent stream of
 * the same model, and its address is the handle. */
typedef struct leat_stream leat_stream;

/* The greatest position. */
#define LEAT_POSITION_MAX INT64_MAX

/* Return the bytes of a stream of this model: a multiple of
 * LEAT_FAST_ALIGNMENT, so that streams may follow each other in one array.
 * 0 when model is NULL or not a model. */
size_t leat_stream_size(const leat_model *model);

/* An upper bound of leat_stream_size() as a constant, for static storage:
 *
 *     static LEAT_ALIGNED unsigned char block[LEAT_STREAM_BYTES(3, 32, 1, 2)];
 *
 * inputs       floats in one sample
 * hidden       the largest hidden_size
 * recurrent    the number of recurrent layers
 * linear       the largest out_features of an nn.Linear, 0 if there is none
 *
 * It holds for lists of nn.LSTM, nn.RNN, nn.GRU, nn.Linear, nn.BatchNorm1d and
 * activations. For lists with sums (LEAT_LAYER_SUM) or other cells
 * (LEAT_CELL_OTHER) there is LEAT_STREAM_BYTES_ANY(). */
#define LEAT_STREAM_BYTES(inputs, hidden, recurrent, linear)                   \
    ((LEAT_SIZE(64) +                                                          \
      LEAT_SIZE(4) * (LEAT_SIZE(3) * LEAT_SIZE(recurrent) *                    \
                          LEAT_ROUND_UP(hidden) +                              \
                      LEAT_SIZE(3) * LEAT_ROUND_UP(hidden) +                   \
                      LEAT_SIZE(2) * LEAT_ROUND_UP(inputs) +                   \
                      LEAT_SIZE(2) * LEAT_ROUND_UP(linear)) +                  \
      LEAT_SIZE(63)) / 64 * 64)
#define LEAT_ROUND_UP(n) ((LEAT_SIZE(n) + 7) / 8 * 8)
#ifdef __cplusplus
#define LEAT_SIZE(n) static_cast<size_t>(n)
#else
#define LEAT_SIZE(n) ((size_t)(n))
#endif

/* The same for any model. It is larger.
 *
 * inputs, hidden, recurrent, linear: as above
 * sums         the number of sums: LEAT_LAYER_SUM */
#define LEAT_STREAM_BYTES_ANY(inputs, hidden, recurrent, linear, sums)         \
    (LEAT_STREAM_BYTES(inputs, hidden, recurrent, linear) +                    \
     LEAT_SIZE(4) * (LEAT_SIZE(4) * LEAT_ROUND_UP(hidden) +                    \
                     LEAT_SIZE(2) * LEAT_SIZE(sums) *                          \
                         (LEAT_ROUND_UP(inputs) + LEAT_ROUND_UP(hidden) +      \
                          LEAT_ROUND_UP(linear))) +                            \
     LEAT_SIZE(64))

#if defined(__GNUC__) || defined(__clang__)
#define LEAT_ALIGNED __attribute__((aligned(64)))
#elif defined(__cplusplus) && __cplusplus >= 201103L
#define LEAT_ALIGNED alignas(64)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define LEAT_ALIGNED _Alignas(64)
#endif

/* Make a stream in the caller's block and return it in *stream. Its position is
 * 0; h and c are zero, or the file's h0 and c0. *stream is the block's address.
 *
 * memory       aligned to LEAT_ALIGNMENT
 * memory_size  at least leat_stream_size(model), else LEAT_E_SIZE
 * model        must outlive the stream */
int leat_stream_init(void *memory, size_t memory_size, const leat_model *model,
                     leat_stream **stream, leat_error *error);

/* Set a stream back to what leat_stream_init() made, but keep the kernel.
 * Nothing else ever resets a stream. */
int leat_stream_reset(leat_stream *stream, leat_error *error);

/* Take in one sample and put out one output.
 *
 * input   [input_size]; if the model has no normalizer, a magnitude below
 *         2^-40, about 10^-12, counts as 0
 * output  [output_size]: the output of the last layer; of an nn.LSTM, its new
 *         h. May be the same array as input
 * LEAT_E_INPUT: a value is NaN, infinite or beyond input_limit. The stream is
 * as it was: skip this sample, or step the previous one again in its place. */
int leat_stream_step(leat_stream *stream, const float *input, float *output,
                     leat_error *error);

/* Take in the sample with number `position`, counted from 0, if it is the
 * stream's next one. For sources that may send a sample again.
 *
 * Return LEAT_OK when the sample was taken in. Return LEAT_SKIPPED when it had
 * been taken in before (position < the stream's), and leave output untouched.
 * Return LEAT_E_POSITION when samples before it are missing (position > the
 * stream's). */
int leat_stream_step_at(leat_stream *stream, uint64_t position,
                        const float *input, float *output, leat_error *error);

/* Take in `steps` samples: the same bits as that many calls of
 * leat_stream_step(). All inputs are checked before the first is taken in. With
 * 0 steps, only the arguments are checked.
 *
 * inputs   [steps][input_size]
 * outputs  [steps][output_size]; may be the same array as inputs when
 *          output_size equals input_size */
int leat_stream_run(leat_stream *stream, size_t steps, const float *inputs,
                    float *outputs, leat_error *error);

/* Take in one sample for each of `count` streams of one model: the same bits
 * as stepping each by itself, in any order. All are checked before the
 * first is stepped. A stream may be in the batch only once. With a count of 0,
 * only the arguments are checked.
 *
 * inputs   [count][input_size]
 * outputs  [count][output_size]; may be the same array as inputs when
 *          output_size equals input_size
 * LEAT_E_MISMATCH: the streams are not all of one model. */
int leat_batch_step(leat_stream *const *streams, size_t count,
                    const float *inputs, float *outputs, leat_error *error);

/* Take in one sample for each of `count` streams of one model, each with its
 * number, counted from 0, by the rule of leat_stream_step_at(). For streams
 * that are at different positions, as after a restart. All arguments are
 * checked before the first stream is stepped; what is wrong with one sample
 * does not keep the other streams from theirs, and is only in its result: it
 * fills no error. A stream may be in the batch only once. With a count of 0,
 * only the arguments are checked.
 *
 * positions  [count]: the number of each stream's sample
 * inputs     [count][input_size]
 * outputs    [count][output_size]; a stream that takes no sample in leaves its
 *            row untouched. May be the same array as inputs when output_size
 *            equals input_size
 * results    [count]: for each stream LEAT_OK, LEAT_SKIPPED (the sample had
 *            been taken in before), LEAT_E_POSITION (samples before it are
 *            missing, or the position is the greatest) or LEAT_E_INPUT (a
 *            value is NaN, infinite or beyond input_limit)
 * Return LEAT_OK when the results are written. Otherwise no result is.
 * LEAT_E_MISMATCH: the streams are not all of one model. LEAT_E_ARGUMENT: one
 * is in the batch twice. */
int leat_batch_step_at(leat_stream *const *streams, const uint64_t *positions,
                       size_t count, const float *inputs, float *outputs,
                       int *results, leat_error *error);

/* Return how many samples the stream has taken in. This is also the number of
 * its next sample, counted from 0. 0 when stream is NULL or not a stream. */
uint64_t leat_stream_position(const leat_stream *stream);

/* Set how many samples the stream has taken in, after leat_stream_set_state()
 * for example. h and c stay as they are.
 *
 * position  at most LEAT_POSITION_MAX, else LEAT_E_ARGUMENT */
int leat_stream_set_position(leat_stream *stream, uint64_t position,
                             leat_error *error);

/* Return the name of a stream's kernel, a static string. NULL when stream is
 * NULL or not a stream. */
const char *leat_stream_kernel(const leat_stream *stream);

/* Change a stream's kernel, for tests and measurements. The stream continues
 * with the same bits.
 *
 * name  a name that leat_kernel_available() returns, else LEAT_E_ARGUMENT
 * LEAT_E_UNSUPPORTED: the model was made without that kernel. */
int leat_stream_set_kernel(leat_stream *stream, const char *name,
                           leat_error *error);

/* Return a stream's model, NULL when stream is NULL or not a stream. */
const leat_model *leat_stream_model(const leat_stream *stream);

/* Copy out h and c of one recurrent layer: PyTorch's h_n[layer] and
 * c_n[layer].
 *
 * recurrent  number of the layer, counted from 0 at the input over recurrent
 *            layers only: `recurrent` of leat_model_layer()
 * h          [output_size] of leat_model_layer(), or NULL
 * c          [hidden_size], or NULL; untouched if the layer has no c */
int leat_stream_get_state(const leat_stream *stream, uint32_t recurrent,
                          float *h, float *c, leat_error *error);

/* Set h and c of one recurrent layer; the position stays as it is.
 *
 * h, c  sizes as above; NULL leaves h or c as it is
 * LEAT_E_INPUT: a value is not finite, or an h is so large that the sums of a
 * step could overflow. */
int leat_stream_set_state(leat_stream *stream, uint32_t recurrent,
                          const float *h, const float *c, leat_error *error);

/* ------------------------------------------------------------------------ *
 * Windowed stream
 * ------------------------------------------------------------------------ */

/* Many models were trained on windows of W samples, each from the initial
 * state, and only the output at a window's last sample was used. A windowed
 * stream computes that of an endless sequence. With a window of W and a hop of
 * H, it puts out after W samples, and then after each H samples, what a stream
 * that began with the last W samples would put out: the same bits.
 *
 * It is a leat_stream, and all functions of streams take it, with these
 * differences:
 *
 *   - leat_stream_step() and leat_stream_step_at() return LEAT_NO_OUTPUT, and
 *     leave output untouched, for a sample with which no window ends.
 *   - leat_stream_run() writes output t for input t, where input t has an
 *     output, and leaves the other outputs untouched. It returns LEAT_NO_OUTPUT
 *     when it has written none, unless steps is 0. leat_stream_outputs() tells
 *     how many it will write.
 *   - leat_batch_step() leaves the outputs of streams without one untouched,
 *     and returns LEAT_NO_OUTPUT when it has written none.
 *     leat_batch_step_at() has LEAT_NO_OUTPUT among its results. All streams of
 *     a batch must have the same windows, or none: else LEAT_E_MISMATCH.
 *   - leat_stream_reset() begins the windows anew: the next output comes after
 *     W samples. leat_stream_set_position() changes the number and not the
 *     windows: after a reset, the windows begin at the position that was set.
 *   - leat_stream_get_state() and leat_stream_set_state() return
 *     LEAT_E_UNSUPPORTED.
 *   - Its state is larger: leat_stream_state_size().
 *
 * A sample costs as much as a batch of W / H steps, rounded up, and the memory
 * is that of as many streams. */

/* Return the bytes of a windowed stream: a multiple of LEAT_FAST_ALIGNMENT. 0
 * when model is NULL or not a model, when there are no such windows, or when no
 * memory could hold them.
 *
 * window  W, at least 1
 * hop     H, 1 to W */
size_t leat_window_size(const leat_model *model, uint32_t window, uint32_t hop);

/* An upper bound of leat_window_size() as a constant, for static storage.
 *
 * stream_bytes     LEAT_STREAM_BYTES() or LEAT_STREAM_BYTES_ANY() of the model
 * inputs, outputs  floats in one sample and in one output */
#define LEAT_WINDOW_BYTES(stream_bytes, window, hop, inputs, outputs)          \
    ((LEAT_SIZE(64) +                                                          \
      (LEAT_SIZE(window) + LEAT_SIZE(hop) - 1) / LEAT_SIZE(hop) *              \
          LEAT_SIZE(stream_bytes) +                                            \
      LEAT_SIZE(24) * (sizeof(void *) + LEAT_SIZE(4) * LEAT_SIZE(inputs) +     \
                       LEAT_SIZE(4) * LEAT_SIZE(outputs)) +                    \
      LEAT_SIZE(63)) / 64 * 64)

/* Make a windowed stream in the caller's block and return it in *stream. Its
 * position is 0. *stream is the block's address. The block may be copied as
 * that of another stream.
 *
 * memory       aligned to LEAT_ALIGNMENT
 * memory_size  at least leat_window_size(), else LEAT_E_SIZE
 * model        must outlive the stream
 * window, hop  W and H, as above, else LEAT_E_ARGUMENT */
int leat_window_init(void *memory, size_t memory_size, const leat_model *model,
                     uint32_t window, uint32_t hop, leat_stream **stream,
                     leat_error *error);

/* Return a stream's window in samples; 0 when it has none, or when stream is
 * NULL or not a stream.
 *
 * hop  gets the hop, or 0; may be NULL */
uint32_t leat_stream_window(const leat_stream *stream, uint32_t *hop);

/* Return the bytes of this stream's block: leat_stream_size() or
 * leat_window_size(). 0 when stream is NULL or not a stream. */
size_t leat_stream_block_size(const leat_stream *stream);

/* Return how many of `count` samples, from the sample with number `position`
 * on, have an output. All have one when the stream has no windows. Of a
 * windowed stream, samples before its last reset have none. With a count of 1
 * it tells whether a sample has one.
 *
 *     leat_stream_outputs(stream, leat_stream_position(stream), steps)
 *
 * is how many outputs leat_stream_run() would write. 0 when stream is NULL or
 * not a stream. */
uint64_t leat_stream_outputs(const leat_stream *stream, uint64_t position,
                             uint64_t count);

/* ------------------------------------------------------------------------ *
 * State: a stream as bytes
 * ------------------------------------------------------------------------ */

/* A state holds the position, h and c, the fingerprint of their model, and a
 * checksum. It doesn't hold the last output: a program that needs it after a
 * load must store it, too. A state is little-endian, without padding, of any
 * alignment: the same bytes on every machine. Documentation/Formats.md gives
 * every byte. This library reads versions 1 to LEAT_STATE_VERSION. It writes
 * version 1, and version 2 of windowed streams. */
#define LEAT_STATE_VERSION 2

/* Return the bytes of a state of this model, 0 when model is NULL or not a
 * model. Of a windowed stream, see leat_stream_state_size(). */
size_t leat_state_size(const leat_model *model);

/* Return the bytes of this stream's state: leat_state_size() of its model, or
 * for a windowed stream more. 0 when stream is NULL or not a stream. */
size_t leat_stream_state_size(const leat_stream *stream);

/* Write a stream's state to a buffer of at least leat_stream_state_size()
 * bytes. */
int leat_stream_save(const leat_stream *stream, void *buffer,
                     size_t buffer_size, leat_error *error);

/* Set a stream to a state that leat_stream_save() wrote, on any machine.
 *
 * buffer_size  exactly the size of the state
 * LEAT_E_CORRUPT: not a state, cut short, or changed since it was written.
 * LEAT_E_MISMATCH: the state of another model, or of a stream with other
 * windows, or with windows when this one has none or the reverse.
 * LEAT_E_NEWER: its version is above LEAT_STATE_VERSION. */
int leat_stream_load(leat_stream *stream, const void *buffer,
                     size_t buffer_size, leat_error *error);

/* Write the states of `count` streams of one model to a buffer, one after the
 * other: each as leat_stream_save() writes it, in leat_stream_state_size()
 * bytes. A program can keep them all in one place, or send them all at once.
 *
 * buffer_size  at least count * leat_stream_state_size(), else LEAT_E_SIZE
 * LEAT_E_MISMATCH: the streams are not all of one model, or have not all the
 * same windows. LEAT_E_ARGUMENT: one
 * is in the batch twice. With a count of 0, only the pointers are checked. The
 * call marks the streams while it checks them, so no other thread may use them
 * meanwhile, not even to save them. */
int leat_batch_save(leat_stream *const *streams, size_t count, void *buffer,
                    size_t buffer_size, leat_error *error);

/* Set `count` streams of one model to states that are one after the other in a
 * buffer. All of them are checked before the first stream changes.
 *
 * buffer_size  exactly count * leat_stream_state_size(), else LEAT_E_SIZE
 * Other codes: as leat_stream_load() and leat_batch_save(). The message names
 * the stream. */
int leat_batch_load(leat_stream *const *streams, size_t count,
                    const void *buffer, size_t buffer_size, leat_error *error);

typedef struct leat_state_info_t {
    uint32_t version;          /* 1, or 2 of a windowed stream              */
    uint32_t recurrent_layers;
    uint64_t position;
    uint8_t  fingerprint[32];  /* of the model it belongs to                */
    uint32_t window;           /* of a windowed stream, else 0              */
    uint32_t hop;              /* of a windowed stream, else 0              */
    uint32_t reserved[2];      /* 0                                         */
} leat_state_info_t;

/* Check a state and describe it, without its model.
 *
 * LEAT_E_CORRUPT, LEAT_E_NEWER as for leat_stream_load(). */
int leat_state_info(const void *buffer, size_t buffer_size,
                    leat_state_info_t *info, leat_error *error);

#ifdef __cplusplus
}
#endif

#endif /* LEAT_H */
