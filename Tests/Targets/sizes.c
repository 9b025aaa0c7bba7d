/* SPDX-License-Identifier: MIT
 * What a small model needs on this machine: prints the stack of
 * leat_model_init() and of a step, then the bytes of the model and of a stream
 * for two shapes, each an nn.LSTM and an nn.Linear with one output. */
#include "leat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STACK = 256 * 1024, PAINT = 0xa5 };

static LEAT_ALIGNED unsigned char stack[STACK];
static LEAT_ALIGNED unsigned char model_block[64 * 1024];
static LEAT_ALIGNED unsigned char stream_block[LEAT_STREAM_BYTES(3, 32, 1, 1)];
static unsigned char file[64 * 1024];
static char header[1024];
static size_t file_size, length, offset;
static const leat_model *model;
static leat_stream *stream;
static int code;

static void add(const char *name, unsigned rows, unsigned columns)
{
    size_t end = offset + 4 * rows * columns;
    length += (size_t)sprintf(
        header + length, "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[%u%s",
        length == 0 ? "{" : ",", name, rows, columns == 1 ? "" : ",");
    if (columns != 1)
        length += (size_t)sprintf(header + length, "%u", columns);
    length += (size_t)sprintf(header + length, "],\"data_offsets\":[%lu,%lu]}",
                              (unsigned long)offset, (unsigned long)end);
    offset = end;
}

/* A file of that shape, with zero weights. */
static void make_file(unsigned inputs, unsigned hidden)
{
    length = offset = 0;
    memset(file, 0, sizeof file);
    add("lstm.weight_hh_l0", 4 * hidden, hidden);
    add("lstm.bias_ih_l0", 4 * hidden, 1);
    add("lstm.bias_hh_l0", 4 * hidden, 1);
    length += (size_t)sprintf(
        header + length, ",\"lstm.weight_ih_l0\":{\"dtype\":\"F32\",\"shape\":"
        "[%u,%u],\"data_offsets\":[%lu,%lu]}", 4 * hidden, inputs,
        (unsigned long)offset, (unsigned long)offset + 16 * hidden * inputs);
    offset += 16 * hidden * inputs;
    add("head.bias", 1, 1);
    length += (size_t)sprintf(
        header + length, ",\"head.weight\":{\"dtype\":\"F32\",\"shape\":"
        "[1,%u],\"data_offsets\":[%lu,%lu]}}", hidden, (unsigned long)offset,
        (unsigned long)offset + 4 * hidden);
    offset += 4 * hidden;
    file[0] = (unsigned char)(length & 255);
    file[1] = (unsigned char)(length >> 8);
    memcpy(file + 8, header, length);
    file_size = 8 + length + offset;
}

static void do_nothing(void) { code = LEAT_OK; }

static void do_init(void)
{
    code = leat_model_init(model_block, sizeof model_block, file, file_size,
                           &model, NULL);
}

static void do_step(void)
{
    const float input[3] = { 0, 0, 0 };
    float output;
    code = leat_stream_step(stream, input, &output, NULL);
}

/* Call `work` with the stack pointer at the end of `stack`. */
static void call_on_stack(void (*work)(void))
{
    unsigned char *top = stack + STACK;
#if defined(__x86_64__)
    __asm__ volatile("mov %%rsp, %%rbx\n\tmov %0, %%rsp\n\tcall *%1\n\t"
                     "mov %%rbx, %%rsp"
                     : : "r"(top), "r"(work)
                     : "rbx", "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9",
                       "r10", "r11", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4",
                       "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
                       "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "cc",
                       "memory");
#elif defined(__aarch64__)
    __asm__ volatile("mov x19, sp\n\tmov sp, %0\n\tblr %1\n\tmov sp, x19"
                     : : "r"(top), "r"(work)
                     : "x19", "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7",
                       "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
                       "x16", "x17", "x18", "x30", "v0", "v1", "v2", "v3",
                       "v4", "v5", "v6", "v7", "v16", "v17", "v18", "v19",
                       "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27",
                       "v28", "v29", "v30", "v31", "cc", "memory");
#else
    __asm__ volatile("mov r4, sp\n\tmov sp, %0\n\tblx %1\n\tmov sp, r4"
                     : : "r"(top), "r"(work)
                     : "r4", "r0", "r1", "r2", "r3", "r12", "lr", "s0", "s1",
                       "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10",
                       "s11", "s12", "s13", "s14", "s15", "cc", "memory");
#endif
}

/* The bytes of the pattern that were overwritten. */
static size_t touched(void (*work)(void))
{
    size_t low = 0;
    memset(stack, PAINT, STACK);
    call_on_stack(work);
    while (low < STACK && stack[low] == PAINT)
        low++;
    if (code != LEAT_OK || low == 0) {
        printf("failed: code %d, %lu bytes of stack left\n", code,
               (unsigned long)low);
        exit(1);
    }
    return STACK - low;
}

static void measure(unsigned inputs, unsigned hidden, size_t sizes[4])
{
    size_t nothing = touched(do_nothing);
    make_file(inputs, hidden);
    sizes[0] = touched(do_init) - nothing;
    code = leat_stream_init(stream_block, sizeof stream_block, model, &stream,
                            NULL);
    sizes[1] = touched(do_step) - nothing;
    leat_model_measure(file, file_size, &sizes[2], NULL);
    sizes[3] = leat_stream_size(model);
}

int main(void)
{
    size_t a[4], b[4];
    int i;
    measure(1, 16, a);
    measure(3, 32, b);
    for (i = 0; i < 2; i++)
        printf("%lu ", (unsigned long)(a[i] > b[i] ? a[i] : b[i]));
    printf("%lu %lu %lu %lu\n", (unsigned long)a[2], (unsigned long)a[3],
           (unsigned long)b[2], (unsigned long)b[3]);
    return 0;
}
