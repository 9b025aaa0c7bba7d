/* SPDX-License-Identifier: MIT
 * The loops of roofline.h. Compiled twice for x86-64, with vectors of eight
 * floats and of sixteen. */
#include "roofline_loops.h"
#include "handwritten_lanes.h"

static float sum(lanes x)
{
    float each[LANES], total = 0;
    int j;
    store(each, x);
    for (j = 0; j < LANES; j++)
        total += each[j];
    return total;
}

static float read_floats(const float *block, size_t count, size_t times,
                         int is_reversed)
{
    const int n = 8;
    const size_t width = 8 * LANES;
    lanes sums[8], total = lanes_of(0);
    int j;
    EACH sums[j] = total;
    for (; times > 0; times--, is_reversed = !is_reversed) {
        const float *p = is_reversed ? block + count - width : block;
        size_t i;
        /* Or the compiler could read the block only once. */
        __asm__ volatile("" : : "r"(block) : "memory");
        for (i = 0; i < count; i += width) {
            EACH sums[j] = bit_or(sums[j], load(p + LANES * j));
            p = is_reversed ? p - width : p + width;
        }
    }
    EACH total = add(total, sums[j]);
    return sum(total);
}

static void multiply_and_add(size_t times)
{
    static const volatile float factor = 1;
    volatile float result;
    const lanes x = lanes_of(factor), y = lanes_of(0);
    const int n = 12;
    lanes sums[12], total = lanes_of(0);
    size_t i;
    int j;
    EACH sums[j] = y;
    for (i = 0; i < times * MACS_PER_RUN / (12 * LANES); i++) {
        EACH sums[j] = fma3(sums[j], x, y);
#if defined(__x86_64__)
        /* Each sum is a register written here. Or the compiler could compute
         * fewer sums. */
        EACH __asm__ volatile("" : "+v"(sums[j]));
#endif
    }
    EACH total = add(total, sums[j]);
    result = sum(total);
    (void)result;
}

#if defined(HANDWRITTEN_16)
const struct roofline_loops roofline_16 = {read_floats, multiply_and_add};
#else
const struct roofline_loops roofline_8 = {read_floats, multiply_and_add};
#endif
