/* SPDX-License-Identifier: MIT */
#include "roofline_loops.h"
#include "handwritten.h"
#include "models.h"

#include <stdlib.h>
#include <string.h>

/* Those of the widest vectors. */
static const struct roofline_loops *loops(void)
{
#if defined(__x86_64__)
    if (has_avx512())
        return &roofline_16;
#endif
    return &roofline_8;
}

void reader_make(struct reader *reader, size_t bytes)
{
    size_t room = 4 * BLOCK_FLOATS;
    float *block;
    reader->bytes = (bytes + room - 1) / room * room;
    block = make_weights_block(reader->bytes, bytes);
    memset(block, 0, reader->bytes);
    reader->block = block;
    reader->is_reversed = 0;
}

void reader_free(struct reader *reader)
{
    free((void *)reader->block);
}

void read_block(void *self, size_t times)
{
    struct reader *reader = self;
    reader->result = loops()->read(reader->block, reader->bytes / 4, times,
                                   reader->is_reversed);
    reader->is_reversed ^= (int)(times & 1);
}

void multiply_accumulate(void *unused, size_t times)
{
    (void)unused;
    loops()->multiply(times);
}
