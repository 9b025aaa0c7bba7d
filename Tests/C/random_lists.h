/* SPDX-License-Identifier: MIT
 * Lists of layer_lists.h at random: any module, cell, activation and sum in any
 * order. */
#ifndef LEAT_TESTS_RANDOM_LISTS_H
#define LEAT_TESTS_RANDOM_LISTS_H

#include "layer_lists.h"

enum { TEXT_MOST = 256, WORDS_MOST = 9, PLACES_RANDOM = PLACES_MOST - 4 };

/* The words so far. */
struct writer {
    char *text;
    uint32_t *seed;
    size_t inputs, width, places, modules;
    struct { char name[16]; size_t width; } module[WORDS_MOST];
};

/* Less than count. */
static inline size_t any(struct writer *writer, size_t count)
{
    return next_random(writer->seed) % count;
}

static inline size_t any_size(struct writer *writer)
{
    static const size_t sizes[] = { 1, 7, 8, 9, 16, 17, 24, 25, 33, 40 };
    return any(writer, 2) ? sizes[any(writer, sizeof sizes / sizeof *sizes)]
                          : 1 + any(writer, 48);
}

/* Its word; whether it isn't `none`. */
static inline int write_activation(struct writer *writer)
{
    static const char *const words[] = {
        "none", "relu", "sigmoid", "tanh", "softmax", "leaky_relu",
        "leaky_relu(-0.2)", "elu", "elu(2)", "gelu", "gelu_tanh", "silu",
        "softplus", "softplus(2,5)", "softsign", "hard_sigmoid",
        "hard_sigmoid(0.2,0.5)", "hardtanh", "hardtanh(-0.5,2)", "relu6",
        "hardswish", "log_softmax"
    };
    size_t word = any(writer, sizeof words / sizeof *words);
    sprintf(writer->text + strlen(writer->text), ":%s", words[word]);
    return word > 0;
}

static inline void begin_module(struct writer *writer, char letter)
{
    sprintf(writer->module[writer->modules++].name, "%c%zu", letter,
            writer->places);
}

static inline void write_recurrent(struct writer *writer)
{
    /* The letters of `cells` that each kind has. */
    static const char *const letters[] = { "pkchu", "cns", "cabv" };
    size_t kind = any(writer, 3), size = any_size(writer), times = 1;
    char *end;
    begin_module(writer, "lrg"[kind]);
    writer->width = size;
    end = writer->text + strlen(writer->text);
    end += sprintf(end, "%c%zu", "lrg"[kind], size);
    if (any(writer, 2) == 0) {
        const char *cell = letters[kind];
        end += sprintf(end, "%c", cell[any(writer, strlen(cell))]);
    } else if (kind == 0 && size > 1 && any(writer, 3) == 0) {
        writer->width = 1 + any(writer, size - 1);
        end += sprintf(end, "/%zu", writer->width);
    }
    if (any(writer, 4) == 0)
        sprintf(end, "*%zu", times = 2);
    writer->places += times;
}

static inline void write_module(struct writer *writer, char letter)
{
    char *end = writer->text + strlen(writer->text);
    begin_module(writer, letter);
    if (letter == 'f')
        sprintf(end, "f%zu", writer->width = any_size(writer));
    else
        sprintf(end, "%c", letter);
    writer->places++;
}

/* A sum with something that is wide enough, if there is any. */
static inline void write_sum(struct writer *writer)
{
    size_t which = any(writer, writer->modules), width = writer->inputs;
    const char *name = "input";
    if (which > 0) {
        width = writer->module[which - 1].width;
        name = writer->module[which - 1].name;
    }
    if (width < writer->width)
        return;
    writer->places++;
    sprintf(writer->text + strlen(writer->text),
            width == writer->width ? "+%s " : "+%s[0:%zu] ", name,
            writer->width);
}

/* Write the list of a seed, and how many inputs it has. */
static inline void write_random_list(uint32_t seed, char text[TEXT_MOST],
                                     size_t *inputs)
{
    struct writer writer;
    size_t words, recurrent, k;
    memset(&writer, 0, sizeof writer);
    text[0] = '\0';
    writer.text = text;
    writer.seed = &seed;
    for (k = 0; k < 8; k++) /* Seeds that follow each other begin alike. */
        next_random(&seed);
    *inputs = writer.inputs = writer.width = any_size(&writer);
    words = 1 + any(&writer, WORDS_MOST);
    recurrent = any(&writer, words);
    for (k = 0; k < words && writer.places < PLACES_RANDOM; k++) {
        size_t choice = any(&writer, 8);
        if (k == recurrent || choice < 3)
            write_recurrent(&writer);
        else
            /* An nn.PReLU with one slope says nothing of the sample's size. */
            write_module(&writer, choice < 6                ? 'f'
                                  : choice == 6 || k == 0 ? 'b'
                                                            : 'p');
        /* An nn.Linear has its activation in its own place. */
        if (any(&writer, 3) == 0 && write_activation(&writer) &&
            writer.module[k].name[0] != 'f')
            writer.places++;
        strcat(text, " ");
        writer.module[k].width = writer.width;
        while (any(&writer, 3) == 0 && writer.places < PLACES_RANDOM)
            write_sum(&writer);
        if (any(&writer, 5) == 0) {
            write_activation(&writer);
            writer.places++;
            strcat(text, " ");
        }
    }
    if (any(&writer, 3) == 0)
        strcat(text, "u");
    else
        text[strlen(text) - 1] = '\0';
}

#endif
