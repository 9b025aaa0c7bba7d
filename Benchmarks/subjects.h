/* SPDX-License-Identifier: MIT
 * Leat's models and streams, made ready to be timed. A refusal ends the
 * program with its reason. */
#ifndef LEAT_BENCHMARKS_SUBJECTS_H
#define LEAT_BENCHMARKS_SUBJECTS_H

#include "leat.h"
#include "models.h"

/* End the program unless `code` is LEAT_OK. */
void expect_ok(int code, const leat_error *error);

struct subject {
    struct shape shape;
    const leat_model *model;
    void *model_block, *stream_block;
    leat_stream *stream;
    float *inputs; /* INPUT_STEPS samples that steps take in turn */
    size_t at;
    float output;
};

enum { INPUT_STEPS = 64 };

void subject_make(struct subject *subject, const struct network *network,
                  enum format format);
/* The same for a shape's own network in float32. */
void subject_of(struct subject *subject, const struct shape *shape);
/* Another stream of the same model; `of` must outlive it. */
void subject_share(struct subject *subject, const struct subject *of);
void subject_free(struct subject *subject);

/* A contestant's work: step with the next input. */
void subject_steps(void *subject, size_t times);

/* The next of the inputs that contestants take in turn. */
static inline const float *next_input(const float *inputs, size_t *at,
                                      size_t size)
{
    const float *input = inputs + *at * size;
    *at = (*at + 1) % INPUT_STEPS;
    return input;
}

/* Streams of one model side by side in one block. */
struct herd {
    unsigned char *block;
    leat_stream **streams;
    float *inputs, *outputs;
    size_t count;
};

void herd_make(struct herd *herd, const leat_model *model, size_t inputs,
               size_t count);
void herd_free(struct herd *herd);
void herd_steps(void *herd, size_t times);

#endif
