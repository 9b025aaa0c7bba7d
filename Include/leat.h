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
 * state_dict() of nn.LSTM, nn.RNN and nn.Linear modules. A stream is one
 * sequence in progress: PyTorch's (h_n, c_n), and a position, the number of
 * samples it has taken in. A state is a stream as bytes that may be kept and moved. To
 * keep states safe in SQLite, see leat_store.h.
 *
 * What isn't in this header isn't published: it may change at any time.
 *
 * MEMORY   Every block is the caller's; sizes are known before the first
 *          sample. Only leat_model_open() allocates, once. There is nothing
 *          to free but what it returned.
 * THREADS  A model is read-only once made: any number of threads and streams
 *          may share it. A stream is used by one thread at a time. Nothing
 *          here has global state.
 * ERRORS   Functions that return int give LEAT_OK (0), a positive result
 *          named in their description, or a negative LEAT_E_* code. On a
 *          negative code nothing has changed: no object, no output but
 *          *error. `error` may be NULL. No function aborts or traps.
 * COST     Stepping never allocates, locks or makes a system call, and calls
 *          nothing in libm. Its time depends on the model and not on the
 *          data. The first step costs what every other does.
 * BITS     The same model and inputs give the same output bits on every
 *          processor, however the samples are cut into calls.
 * TYPES    A float is IEEE 754 binary32. Arrays are dense and row-major.
 *
 * Pointers to float need a float's alignment, blocks that hold a model or a
 * stream need LEAT_ALIGNMENT (what malloc gives suffices), files and states
 * need none. Arguments of one call must not overlap except where it is said.
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

/* The library: raised in the usual sense (semver.org). The bytes of a state
 * and the tables of a store have versions of their own: LEAT_STATE_VERSION
 * here, LEAT_STORE_VERSION in leat_store.h. */
#define LEAT_VERSION_MAJOR 0
#define LEAT_VERSION_MINOR 1
#define LEAT_VERSION_PATCH 0
#define LEAT_VERSION                                                           \
    (LEAT_VERSION_MAJOR * 10000 + LEAT_VERSION_MINOR * 100 + LEAT_VERSION_PATCH)

/* Return LEAT_VERSION as the linked library was built with. */
uint32_t leat_version(void);

/* ------------------------------------------------------------------------ *
 * Codes
 * ------------------------------------------------------------------------ */

/* Values never change; new ones may be added. */
#define LEAT_OK              0
#define LEAT_SKIPPED         1  /* the sample had been taken in before      */
#define LEAT_FALLBACK        2  /* loaded, but perhaps not the newest       */

#define LEAT_E_ARGUMENT    (-1) /* NULL, misaligned, or out of its range    */
#define LEAT_E_SIZE        (-2) /* a buffer of the wrong size               */
#define LEAT_E_INPUT       (-3) /* a NaN, infinite or too large value       */
#define LEAT_E_POSITION    (-4) /* a gap in the positions, or a step back   */
#define LEAT_E_FORMAT      (-5) /* the bytes are no safetensors file        */
#define LEAT_E_MODEL       (-6) /* its tensors don't make up a model        */
#define LEAT_E_UNSUPPORTED (-7) /* a model, a file or a connection, but of a
                                 * kind that Leat doesn't run or write to   */
#define LEAT_E_MISMATCH    (-8) /* belongs to another model                 */
#define LEAT_E_CORRUPT     (-9) /* checked bytes are not what was written   */
#define LEAT_E_NEWER      (-10) /* written by a newer version of Leat       */
#define LEAT_E_MEMORY     (-11) /* no memory                                */
#define LEAT_E_IO         (-12) /* the system could not read or write       */

#define LEAT_E_NOT_FOUND  (-20) /* the store has no such stream             */
#define LEAT_E_NOT_STORE  (-21) /* a file, but not a Leat store             */
#define LEAT_E_BUSY       (-22) /* another process or connection holds it   */
#define LEAT_E_READ_ONLY  (-23) /* the store can't be written               */
#define LEAT_E_FULL       (-24) /* the disk is full                         */
#define LEAT_E_FENCED     (-25) /* another process has taken the store over */
#define LEAT_E_SQLITE     (-26) /* any other SQLite error: see sqlite_code  */
#define LEAT_E_EXISTS     (-27) /* that name or path is taken               */
#define LEAT_E_STOPPED    (-28) /* the caller's progress function ended it  */
#define LEAT_E_TOO_LATE   (-29) /* to be called before SQLite is in use     */
#define LEAT_E_GONE       (-30) /* the store's file was deleted or replaced */

/* What went wrong. The caller's; pass NULL when it isn't wanted. Written on
 * negative codes only. */
typedef struct leat_error {
    int  code;         /* the LEAT_E_* that was returned                    */
    int  sqlite_code;  /* SQLite's extended result code, or 0               */
    char message[240]; /* one English line that says what was found and
                        * what was expected; UTF-8, ends with NUL           */
} leat_error;

/* Return a few words for a code, "unknown code" for one it doesn't know.
 * Static, never NULL. */
const char *leat_strerror(int code);

/* ------------------------------------------------------------------------ *
 * Model
 * ------------------------------------------------------------------------ */

/* A trained network, ready to run: read-only, and independent of the file it
 * came from. */
typedef struct leat_model leat_model;

/* Alignment in bytes of a block that holds a model or a stream. Blocks
 * aligned to LEAT_FAST_ALIGNMENT (a cache line) may run a little faster. */
#define LEAT_ALIGNMENT      8
#define LEAT_FAST_ALIGNMENT 64

/* Read a model file into memory of its own and return it in *model. This
 * allocates once; close it with leat_model_close() when no stream uses it.
 *
 * LEAT_E_IO, LEAT_E_MEMORY, and what leat_model_init() returns. */
int leat_model_open(const char *path, const leat_model **model,
                    leat_error *error);

/* Free a model that leat_model_open() returned. Does nothing for one that
 * leat_model_init() made in the caller's memory, and nothing for NULL. */
void leat_model_close(const leat_model *model);

/* Return in *memory_size the bytes leat_model_init() needs for a model file
 * that stands in memory. Checks the whole file, as leat_model_init() does.
 *
 * file         its bytes, of any alignment
 * LEAT_E_FORMAT, LEAT_E_MODEL, LEAT_E_UNSUPPORTED, LEAT_E_NEWER as for
 * leat_model_init(). */
int leat_model_measure(const void *file, size_t file_size, size_t *memory_size,
                       leat_error *error);

/* Make a model from a file in memory, in the caller's block, and return it in
 * *model. The file isn't needed afterwards. The block must outlive every
 * stream of the model; there is nothing to close.
 *
 * memory       aligned to LEAT_ALIGNMENT
 * memory_size  at least what leat_model_measure() says, else LEAT_E_SIZE
 * LEAT_E_FORMAT: no safetensors file. LEAT_E_MODEL: a tensor is missing,
 * unused, of the wrong shape or not finite; the message names it.
 * LEAT_E_UNSUPPORTED: bidirectional, or a dtype that isn't read (F32, F16
 * and BF16 are, and weights in I8 with a scale for each row; narrow weights
 * stay narrow in memory), or an nn.Linear whose weights are all so small that
 * they count as 0. Documentation/Formats.md gives the rules.
 * LEAT_E_NEWER: metadata of a later format. */
int leat_model_init(void *memory, size_t memory_size, const void *file,
                    size_t file_size, const leat_model **model,
                    leat_error *error);

typedef struct leat_model_info_t {
    uint32_t input_size;       /* floats in one sample                      */
    uint32_t output_size;      /* floats in one output                      */
    uint32_t layers;           /* in the list: leat_model_layer()           */
    uint32_t recurrent_layers; /* of those, the ones that have a state      */
    uint64_t parameters;       /* weights and biases in the file            */
    uint64_t macs_per_step;    /* multiply-accumulates of one step          */
    uint64_t model_size;       /* bytes of its block: leat_model_measure()  */
    uint64_t stream_size;      /* bytes of one stream: leat_stream_size()   */
    uint64_t state_size;       /* bytes of one state: leat_state_size()     */
    float    input_limit;      /* |input| beyond it is refused: the sums of
                                * a step could overflow                     */
    uint8_t  fingerprint[32];  /* SHA-256 of architecture and weights       */
    uint32_t reserved[15];     /* 0                                         */
} leat_model_info_t;

/* Describe a model. */
int leat_model_info(const leat_model *model, leat_model_info_t *info,
                    leat_error *error);

/* Kinds of layers. More may be added. */
#define LEAT_LAYER_LSTM       1 /* one layer of an nn.LSTM                  */
#define LEAT_LAYER_LINEAR     2 /* nn.Linear, and the activation after it   */
#define LEAT_LAYER_ACTIVATION 3 /* an activation of its own                 */
#define LEAT_LAYER_RNN        4 /* one layer of an nn.RNN, with tanh; no c  */

#define LEAT_ACTIVATION_NONE    0
#define LEAT_ACTIVATION_RELU    1
#define LEAT_ACTIVATION_SIGMOID 2
#define LEAT_ACTIVATION_TANH    3
#define LEAT_ACTIVATION_SOFTMAX 4

/* What weights are in memory. */
#define LEAT_WEIGHTS_NONE     0 /* the layer has none                       */
#define LEAT_WEIGHTS_F32      1
#define LEAT_WEIGHTS_F16      2
#define LEAT_WEIGHTS_BF16     3
#define LEAT_WEIGHTS_I8       4

/* The `recurrent` of a layer without a state. */
#define LEAT_NOT_RECURRENT    0xffffffffu

typedef struct leat_layer_info_t {
    uint32_t kind;             /* LEAT_LAYER_*                              */
    uint32_t input_size;       /* floats it reads                           */
    uint32_t output_size;      /* floats it puts out; of a recurrent layer
                                * the floats in h                           */
    uint32_t hidden_size;      /* PyTorch's hidden_size of a recurrent
                                * layer: floats in c, if it has one; else 0 */
    uint32_t recurrent;        /* which recurrent layer it is, for
                                * leat_stream_get_state(), or
                                * LEAT_NOT_RECURRENT                        */
    uint32_t activation;       /* LEAT_ACTIVATION_* that ends it            */
    uint32_t weights;          /* LEAT_WEIGHTS_*                            */
    uint32_t projection_weights; /* LEAT_WEIGHTS_* of an LSTM's weight_hr, or
                                * LEAT_WEIGHTS_NONE without proj_size       */
    uint32_t reserved[8];      /* 0                                         */
} leat_layer_info_t;

/* Describe one layer of a model's list.
 *
 * place  in the list, counted from 0 at the input, below `layers` of
 *        leat_model_info(); not the number that leat_stream_get_state() takes,
 *        which counts recurrent layers only */
int leat_model_layer(const leat_model *model, uint32_t place,
                     leat_layer_info_t *info, leat_error *error);

/* Copy out the figures the model normalises its inputs with, as it computes
 * (input - mean) / standard_deviation: 0 and 1 of a model without. For who
 * wants to compare samples with forecasts in the model's units.
 *
 * mean, standard_deviation  [input_size] each, or NULL if it isn't wanted */
int leat_model_normalizer(const leat_model *model, float *mean,
                          float *standard_deviation, leat_error *error);

/* ------------------------------------------------------------------------ *
 * Kernel
 * ------------------------------------------------------------------------ */

/* The step compiled for an instruction set. A stream is made with the best one
 * that the processor can run; all of them give the same bits:
 *
 *     "x86-64-v4"  AVX-512
 *     "x86-64-v3"  AVX2, FMA and F16C
 *     "x86-64"     any other x86-64
 *     "neon"       arm64
 *     "fma"        another processor with fused multiply-add in hardware
 *     "portable"   any processor, some thirty times slower
 *
 * A model brings all of them along; to link fewer, see leat_kernels.h. */

/* Return the name of a kernel this processor can run, NULL after the last.
 *
 * index  0 for the best, the one that streams are made with, unless their model
 *        was made with other kernels (leat_kernels.h) */
const char *leat_kernel_available(uint32_t index);

/* ------------------------------------------------------------------------ *
 * Stream
 * ------------------------------------------------------------------------ */

/* One sequence in progress, in one block of memory. The block may be copied
 * with memcpy() to another aligned block: the copy, by its own address, is an
 * independent stream of the same model. */
typedef struct leat_stream leat_stream;

/* The greatest position. */
#define LEAT_POSITION_MAX INT64_MAX

/* Return the bytes of a stream of this model, 0 when model is NULL or none: a
 * multiple of LEAT_FAST_ALIGNMENT, so that streams can stand side by side. */
size_t leat_stream_size(const leat_model *model);

/* A bound on leat_stream_size() known to the compiler, for static storage:
 *
 *     static LEAT_ALIGNED unsigned char block[LEAT_STREAM_BYTES(3, 32, 1, 2)];
 *
 * inputs       floats in one sample
 * hidden       the largest hidden_size
 * recurrent    recurrent layers, all together
 * linear       the largest out_features of an nn.Linear, 0 if there is none
 *
 * Of a list in which each layer reads the one before, as all do today. */
#define LEAT_STREAM_BYTES(inputs, hidden, recurrent, linear)                   \
    (((size_t)64 +                                                             \
      (size_t)4 * ((size_t)3 * (size_t)(recurrent) * LEAT_ROUND_UP(hidden) +   \
                   (size_t)3 * LEAT_ROUND_UP(hidden) +                         \
                   (size_t)2 * LEAT_ROUND_UP(inputs) +                         \
                   (size_t)2 * LEAT_ROUND_UP(linear)) +                        \
      (size_t)63) / 64 * 64)
#define LEAT_ROUND_UP(n) (((size_t)(n) + 7) / 8 * 8)

#if defined(__GNUC__) || defined(__clang__)
#define LEAT_ALIGNED __attribute__((aligned(64)))
#elif defined(__cplusplus) && __cplusplus >= 201103L
#define LEAT_ALIGNED alignas(64)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define LEAT_ALIGNED _Alignas(64)
#endif

/* Make a stream in the caller's block and return it in *stream: position 0,
 * h and c zero, or the file's h0 and c0. *stream is the block's own address.
 *
 * memory       aligned to LEAT_ALIGNMENT
 * memory_size  at least leat_stream_size(model), else LEAT_E_SIZE
 * model        must outlive the stream */
int leat_stream_init(void *memory, size_t memory_size, const leat_model *model,
                     leat_stream **stream, leat_error *error);

/* Go back to what leat_stream_init() made, but keep the kernel. Nothing else
 * ever resets a stream. */
int leat_stream_reset(leat_stream *stream, leat_error *error);

/* Take in one sample and put out one output.
 *
 * input   [input_size]; of a model without a normalizer magnitudes below 2^-40,
 *         about 10^-12, count as 0
 * output  [output_size]: what the last layer puts out, of an nn.LSTM its new h;
 *         may be the same array as input
 * LEAT_E_INPUT: a value is NaN, infinite or beyond input_limit. The stream
 * is as it was: take the next sample, or repeat the last. */
int leat_stream_step(leat_stream *stream, const float *input, float *output,
                     leat_error *error);

/* Step if this is the sample the stream waits for: number `position` of the
 * sequence, counted from 0. For sources that repeat what they sent.
 *
 * Return LEAT_OK when it was taken in; LEAT_SKIPPED when it had been before
 * (position < the stream's), with output untouched; LEAT_E_POSITION when
 * samples are missing before it (position > the stream's). */
int leat_stream_step_at(leat_stream *stream, uint64_t position,
                        const float *input, float *output, leat_error *error);

/* Take in `steps` samples: the same bits as that many leat_stream_step().
 * All inputs are checked before the first is taken in. 0 steps do nothing,
 * but that the arguments are checked all the same.
 *
 * inputs   [steps][input_size]
 * outputs  [steps][output_size]; may be the same array as inputs when
 *          output_size equals input_size */
int leat_stream_run(leat_stream *stream, size_t steps, const float *inputs,
                    float *outputs, leat_error *error);

/* Take in one sample on each of `count` streams of one model: the same bits
 * as a leat_stream_step() on each, in any order. All are checked before the
 * first is stepped; a stream may stand in the batch only once. A batch of 0
 * does nothing, but that the arguments are checked all the same.
 *
 * inputs   [count][input_size]
 * outputs  [count][output_size]; may be the same array as inputs when
 *          output_size equals input_size
 * LEAT_E_MISMATCH: the streams are not all of one model. */
int leat_batch_step(leat_stream *const *streams, size_t count,
                    const float *inputs, float *outputs, leat_error *error);

/* Return the number of samples taken in, which is the number, counted from
 * 0, of the sample it waits for. 0 when stream is NULL or none. */
uint64_t leat_stream_position(const leat_stream *stream);

/* Say that the stream has taken in `position` samples, as after
 * leat_stream_set_state(). h and c stay as they are.
 *
 * position  at most LEAT_POSITION_MAX, else LEAT_E_ARGUMENT */
int leat_stream_set_position(leat_stream *stream, uint64_t position,
                             leat_error *error);

/* Return the name of the kernel a stream is stepped by; static. NULL when
 * stream is NULL or none. */
const char *leat_stream_kernel(const leat_stream *stream);

/* Have a stream stepped by another kernel, for tests and measurements: it goes
 * on with the same bits.
 *
 * name  one that leat_kernel_available() gives, else LEAT_E_ARGUMENT
 * LEAT_E_UNSUPPORTED: the model was made without that kernel. */
int leat_stream_set_kernel(leat_stream *stream, const char *name,
                           leat_error *error);

/* Return the model a stream runs, NULL when stream is NULL or none. */
const leat_model *leat_stream_model(const leat_stream *stream);

/* Copy out h and c of one recurrent layer: PyTorch's h_n[layer] and
 * c_n[layer].
 *
 * recurrent  counted from 0 at the input over the recurrent layers of the list
 *            alone: `recurrent` of leat_model_layer()
 * h          [output_size] of leat_model_layer(), or NULL if it isn't wanted
 * c          [hidden_size], or NULL if it isn't wanted; untouched of a layer
 *            that has no c */
int leat_stream_get_state(const leat_stream *stream, uint32_t recurrent,
                          float *h, float *c, leat_error *error);

/* Set h and c of one recurrent layer; the position stays as it is.
 *
 * h, c  shapes as above; NULL leaves that one as it is
 * LEAT_E_INPUT: a value is not finite, or an h so large that the sums of a
 * step could overflow. */
int leat_stream_set_state(leat_stream *stream, uint32_t recurrent,
                          const float *h, const float *c, leat_error *error);

/* ------------------------------------------------------------------------ *
 * State: a stream as bytes
 * ------------------------------------------------------------------------ */

/* A state holds position, h and c, which model they belong to, and a
 * checksum; not the last output: who needs that again after a load keeps it
 * beside the state. It is little-endian, without padding, of any alignment:
 * the same bytes on every machine. Documentation/Formats.md gives every byte.
 * This library reads versions 1 to LEAT_STATE_VERSION and writes the last; it
 * is raised when the bytes change. */
#define LEAT_STATE_VERSION 1

/* Return the bytes of a state of this model, 0 when model is NULL or none. */
size_t leat_state_size(const leat_model *model);

/* Write a stream's state to a buffer of at least leat_state_size() bytes. */
int leat_stream_save(const leat_stream *stream, void *buffer,
                     size_t buffer_size, leat_error *error);

/* Set a stream to a state that leat_stream_save() wrote, here or elsewhere.
 *
 * buffer_size  exactly the bytes of the state
 * LEAT_E_CORRUPT: not a state, cut short, or changed since. LEAT_E_MISMATCH:
 * the state of another model. LEAT_E_NEWER: of a newer LEAT_STATE_VERSION. */
int leat_stream_load(leat_stream *stream, const void *buffer,
                     size_t buffer_size, leat_error *error);

typedef struct leat_state_info_t {
    uint32_t version;          /* LEAT_STATE_VERSION of the writer          */
    uint32_t recurrent_layers;
    uint64_t position;
    uint8_t  fingerprint[32];  /* of the model it belongs to                */
    uint32_t reserved[4];      /* 0                                         */
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
