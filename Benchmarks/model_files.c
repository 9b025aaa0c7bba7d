/* SPDX-License-Identifier: MIT
 * Networks as safetensors files, in every number format that Leat reads. */
#include "models.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t format_sizes[FORMATS] = {4, 2, 2, 1};

struct file_writer {
    char header[8192];
    size_t header_length;
    unsigned char *data;
    size_t offset;
};

static uint16_t half_of(float value)
{
    int exponent;
    float mantissa = frexpf(fabsf(value), &exponent);
    long bits = exponent < -13
                    ? lrintf(fabsf(value) * 0x1p24f)
                    : ((long)exponent + 14) * 1024 +
                          lrintf((2 * mantissa - 1) * 1024);
    return (uint16_t)(bits | (signbit(value) ? 0x8000 : 0));
}

static uint16_t brain_float_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static void entry(struct file_writer *writer, const char *name,
                  const char *suffix, const char *type, size_t rows,
                  size_t columns, size_t bytes)
{
    char *to = writer->header + writer->header_length;
    size_t left = sizeof writer->header - writer->header_length;
    char second[32] = "";
    if (columns != 0)
        snprintf(second, sizeof second, ",%zu", columns);
    writer->header_length += (size_t)snprintf(
        to, left,
        "%s\"%s%s\":{\"dtype\":\"%s\",\"shape\":[%zu%s],\"data_offsets\":["
        "%zu,%zu]}",
        writer->header_length == 0 ? "{" : ",", name, suffix, type, rows,
        second, writer->offset, writer->offset + bytes);
}

static void append(struct file_writer *writer, const void *bytes, size_t size)
{
    memcpy(writer->data + writer->offset, bytes, size);
    writer->offset += size;
}

float round_row(const float *row, size_t columns, int8_t *rounded)
{
    float largest = 0, scale;
    size_t j;
    for (j = 0; j < columns; j++)
        largest = fmaxf(largest, fabsf(row[j]));
    scale = largest > 0 ? largest / 127 : 1;
    for (j = 0; j < columns; j++)
        rounded[j] = (int8_t)lrintf(row[j] / scale);
    return scale;
}

static void add_scaled_rows(struct file_writer *writer, const char *name,
                            const float *values, size_t rows, size_t columns)
{
    float *scales = make_block(rows * sizeof *scales);
    int8_t *rounded = make_block(columns);
    size_t i;
    entry(writer, name, "", "I8", rows, columns, rows * columns);
    for (i = 0; i < rows; i++) {
        scales[i] = round_row(values + i * columns, columns, rounded);
        append(writer, rounded, columns);
    }
    entry(writer, name, "_scale", "F32", rows, 0, 4 * rows);
    append(writer, scales, 4 * rows);
    free(rounded);
    free(scales);
}

static void add(struct file_writer *writer, enum format format,
                const char *name, const float *values, size_t rows,
                size_t columns)
{
    size_t count = rows * (columns != 0 ? columns : 1), i;
    if (format == FORMAT_I8 && columns != 0) {
        add_scaled_rows(writer, name, values, rows, columns);
        return;
    }
    if (format == FORMAT_I8)
        format = FORMAT_F32;
    entry(writer, name, "", format_names[format], rows, columns,
          count * format_sizes[format]);
    if (format == FORMAT_F32) {
        append(writer, values, 4 * count);
        return;
    }
    for (i = 0; i < count; i++) {
        uint16_t bits = format == FORMAT_F16 ? half_of(values[i])
                                             : brain_float_of(values[i]);
        append(writer, &bits, sizeof bits);
    }
}

size_t format_bytes(const struct shape *shape, enum format format)
{
    size_t rows = shape_gates(shape) * shape->hidden * shape->layers + 1;
    size_t other = format == FORMAT_I8 ? 8 * rows : format_sizes[format] * rows;
    return format_sizes[format] * shape_macs(shape) + other;
}

unsigned char *network_file(const struct network *network, enum format format,
                            size_t *size)
{
    static struct file_writer writer;
    const struct shape *shape = &network->shape;
    const char *module = shape->is_gru ? "gru" : "lstm";
    size_t rows = shape_gates(shape) * shape->hidden, l, i;
    unsigned char *file;
    char name[64];
    writer.header_length = writer.offset = 0;
    /* Room for float32 and both biases, whatever the format. */
    writer.data = make_block(shape_bytes(shape) + 16 * rows * shape->layers);
    for (l = 0; l < shape->layers; l++) {
        snprintf(name, sizeof name, "%s.weight_ih_l%zu", module, l);
        add(&writer, format, name, network->weight_ih[l], rows,
            layer_inputs(shape, l));
        snprintf(name, sizeof name, "%s.weight_hh_l%zu", module, l);
        add(&writer, format, name, network->weight_hh[l], rows, shape->hidden);
        snprintf(name, sizeof name, "%s.bias_ih_l%zu", module, l);
        add(&writer, format, name, network->bias_ih[l], rows, 0);
        snprintf(name, sizeof name, "%s.bias_hh_l%zu", module, l);
        add(&writer, format, name, network->bias_hh[l], rows, 0);
    }
    if (network->head_weight != NULL) {
        add(&writer, format, "head.weight", network->head_weight, 1,
            shape->hidden);
        add(&writer, format, "head.bias", network->head_bias, 1, 0);
    }
    writer.header_length += (size_t)snprintf(
        writer.header + writer.header_length,
        sizeof writer.header - writer.header_length, "%s",
        shape->is_gru ? ",\"__metadata__\":{\"leat.format\":\"2\"}}" : "}");
    *size = 8 + writer.header_length + writer.offset;
    file = make_block(*size);
    for (i = 0; i < 8; i++)
        file[i] = (unsigned char)(writer.header_length >> 8 * i & 255);
    memcpy(file + 8, writer.header, writer.header_length);
    memcpy(file + 8 + writer.header_length, writer.data, writer.offset);
    free(writer.data);
    return file;
}
