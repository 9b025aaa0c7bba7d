/* SPDX-License-Identifier: MIT
 * The networks that are measured: nn.LSTM `lstm` or nn.GRU `gru`, and nn.Linear
 * `head` with one output, with weights distributed as PyTorch initialises them.
 * They are the same on every machine. */
#ifndef LEAT_BENCHMARKS_MODELS_H
#define LEAT_BENCHMARKS_MODELS_H

#include <stddef.h>
#include <stdint.h>

enum { LAYERS_MOST = 2 };

struct shape {
    const char *name;
    size_t inputs, hidden, layers;
    int is_gru;
};

/* A to F. */
#define SHAPES 6
extern const struct shape shapes[SHAPES];

/* Of nn.GRU. */
#define GRU_SHAPES 5
extern const struct shape gru_shapes[GRU_SHAPES];

/* A shape of A to F. */
const struct shape *shape_named(char letter);

size_t shape_gates(const struct shape *shape);

/* Inputs of a layer; multiply-accumulates of a step of the whole network; bytes
 * of float32 weights that a step reads. */
size_t layer_inputs(const struct shape *shape, size_t layer);
size_t shape_macs(const struct shape *shape);
size_t shape_bytes(const struct shape *shape);

/* PyTorch's tensors, rows in its gate order: i, f, g, o, or r, z, n. */
struct network {
    struct shape shape;
    float *weight_ih[LAYERS_MOST], *weight_hh[LAYERS_MOST];
    float *bias_ih[LAYERS_MOST], *bias_hh[LAYERS_MOST];
    float *head_weight, *head_bias;
};

void network_make(struct network *network, const struct shape *shape);
void network_free(struct network *network);

enum format { FORMAT_F32, FORMAT_F16, FORMAT_BF16, FORMAT_I8, FORMATS };
extern const char *const format_names[FORMATS];

/* The network as a model file; free() it. Without a head_weight the recurrent
 * module alone.
 * I8 are only the matrices, with a scale for each row. */
unsigned char *network_file(const struct network *network, enum format format,
                            size_t *size);

/* A row as int8; returns its scale. */
float round_row(const float *row, size_t columns, int8_t *rounded);

/* Bytes of the weights as the file holds them. */
size_t format_bytes(const struct shape *shape, enum format format);

/* Inputs in -1...1, the same on every machine; free() them. */
float *make_inputs(size_t count);

/* Memory aligned to a cache line; free() it. Ends the program if there is
 * none. */
void *make_block(size_t size);

/* Memory for the weights of a model of `model_size` bytes, or for a part of
 * them: with pages of 2 MB if the model is large, as the library's own. Or each
 * step would look up more pages than a processor remembers. */
void *make_weights_block(size_t size, size_t model_size);

#endif
