/* SPDX-License-Identifier: MIT */
#include "roofline.h"
#include "models.h"

#if defined(__x86_64__) || defined(__aarch64__)

#include "handwritten_lanes.h"

#include <stdlib.h>
#include <string.h>

void reader_make(struct reader *reader, size_t bytes)
{
    float *block = make_block((bytes + 511) / 512 * 512);
    reader->bytes = (bytes + 511) / 512 * 512;
    memset(block, 0, reader->bytes);
    reader->block = block;
}

void reader_free(struct reader *reader)
{
    free((void *)reader->block);
}

static float sum(lanes x)
{
    float each[LANES], total = 0;
    int j;
    store(each, x);
    for (j = 0; j < LANES; j++)
        total += each[j];
    return total;
}

void read_block(void *self, size_t times)
{
    struct reader *reader = self;
    const float *end = reader->block + reader->bytes / 4;
    const int n = 8;
    lanes sums[8], total = lanes_of(0);
    int j;
    EACH sums[j] = total;
    for (; times > 0; times--) {
        const float *p;
        /* Or the compiler could read the block only once. */
        __asm__ volatile("" : : "r"(reader->block) : "memory");
        for (p = reader->block; p < end; p += 128) {
            EACH sums[j] = bit_or(sums[j], load(p + 8 * j));
            EACH sums[j] = bit_or(sums[j], load(p + 64 + 8 * j));
        }
    }
    EACH total = add(total, sums[j]);
    reader->result = sum(total);
}

void multiply_accumulate(void *unused, size_t times)
{
    static const volatile float factor = 1;
    volatile float result;
    const lanes x = lanes_of(factor), y = lanes_of(0);
    const int n = 12;
    lanes sums[12], total = lanes_of(0);
    size_t i;
    int j;
    (void)unused;
    EACH sums[j] = y;
    for (i = 0; i < 1024 * times; i++) {
        EACH sums[j] = fma3(sums[j], x, y);
#if defined(__x86_64__)
        /* Each sum is a register written here. Or the compiler could compute
         * fewer sums. */
        EACH __asm__ volatile("" : "+x"(sums[j]));
#endif
    }
    EACH total = add(total, sums[j]);
    result = sum(total);
    (void)result;
}

#endif
