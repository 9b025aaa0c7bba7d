/* SPDX-License-Identifier: MIT
 * Model files in memory, for tests that need one of a certain shape. */
#ifndef LEAT_TESTS_SAFETENSORS_H
#define LEAT_TESTS_SAFETENSORS_H

#include "leat.h"

#include "check.h"
#include "files.h"

enum dtype { F32, F16, BF16, I8, DTYPES };

struct tensor {
    char name[64];
    size_t rows, columns; /* columns 0: a vector */
    const void *values;   /* NULL: all zero */
    enum dtype type;
};

static inline size_t tensor_bytes(const struct tensor *t)
{
    static const size_t bytes[] = { 4, 2, 2, 1 };
    return t->rows * (t->columns != 0 ? t->columns : 1) * bytes[t->type];
}

static inline const char *dtype_name(enum dtype type)
{
    static const char *const names[] = { "F32", "F16", "BF16", "I8" };
    return names[type];
}

/* A safetensors file of these tensors; free() it.
 *
 * format, layers  `leat.format` and `leat.layers` of its metadata, or NULL for
 *                 none */
static inline unsigned char *make_formatted(const struct tensor *tensors,
                                            size_t count, const char *format,
                                            const char *layers, size_t *size)
{
    const char *text = layers != NULL ? layers : "";
    char *header = (char *)allocate(256 + strlen(text) + 192 * count);
    size_t length = 0, offset = 0, i;
    unsigned char *file, *data;
    length += (size_t)sprintf(header, "{");
    if (format != NULL || layers != NULL)
        length += (size_t)sprintf(header + length, "\"__metadata__\":{");
    if (format != NULL)
        length += (size_t)sprintf(header + length, "\"leat.format\":\"%s\"%s",
                                  format, layers != NULL ? "," : "},");
    if (layers != NULL)
        length += (size_t)sprintf(header + length, "\"leat.layers\":\"%s\"},",
                                  text);
    for (i = 0; i < count; i++) {
        const struct tensor *t = &tensors[i];
        size_t end = offset + tensor_bytes(t);
        length += (size_t)sprintf(header + length,
                                  "\"%s\":{\"dtype\":\"%s\",\"shape\":[%zu",
                                  t->name, dtype_name(t->type), t->rows);
        if (t->columns != 0)
            length += (size_t)sprintf(header + length, ",%zu", t->columns);
        length += (size_t)sprintf(header + length,
                                  "],\"data_offsets\":[%zu,%zu]}%s", offset,
                                  end, i + 1 < count ? "," : "}");
        offset = end;
    }
    *size = 8 + length + offset;
    file = (unsigned char *)allocate(*size);
    for (i = 0; i < 8; i++)
        file[i] = (unsigned char)(length >> 8 * i & 255);
    memcpy(file + 8, header, length);
    data = file + 8 + length;
    for (i = 0; i < count; i++) {
        size_t bytes = tensor_bytes(&tensors[i]);
        if (tensors[i].values != NULL)
            memcpy(data, tensors[i].values, bytes);
        else
            memset(data, 0, bytes);
        data += bytes;
    }
    free(header);
    return file;
}

static inline unsigned char *make_safetensors(const struct tensor *tensors,
                                              size_t count, const char *layers,
                                              size_t *size)
{
    return make_formatted(tensors, count, NULL, layers, size);
}

/* Make a model of such a file in its own memory; free() *block. */
static inline const leat_model *model_of(const unsigned char *file,
                                         size_t file_size, void **block)
{
    const leat_model *model = NULL;
    leat_error error;
    size_t size = 0;
    CHECK_CODE(leat_model_measure(file, file_size, &size, &error), LEAT_OK,
               error);
    *block = allocate(size);
    if (!CHECK_CODE(leat_model_init(*block, size, file, file_size, &model,
                                    &error), LEAT_OK, error))
        exit(check_report("leat_model_init"));
    return model;
}

#endif
