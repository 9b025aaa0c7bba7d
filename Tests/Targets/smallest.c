/* SPDX-License-Identifier: MIT
 * The smallest firmware: make a model in static memory and step it; with
 * OWN_KERNELS only the kernels of an LSTM and an nn.Linear of floats are
 * linked. It is linked and measured, not run. */
#include "leat_kernels.h"

#include <stddef.h>

#define OWN __attribute__((section("own")))

void start(void);
void *memset(void *to, int value, size_t size);
void *memcpy(void *to, const void *from, size_t size);
void __stack_chk_fail(void);

extern const unsigned char model_file[];
extern const size_t model_file_size;
extern volatile float input, output;

static LEAT_ALIGNED unsigned char model_block[16 * 1024];
static LEAT_ALIGNED unsigned char stream_block[LEAT_STREAM_BYTES(1, 16, 1, 1)];

#ifdef OWN_KERNELS
#define OWN_SET(set)                                                           \
    { LEAT_KERNELS_OF(set),                                                    \
      { LEAT_LAYER(set, lstm_f32), LEAT_NONE, LEAT_NONE, LEAT_NONE },          \
      { LEAT_LAYER(set, linear_f32), LEAT_NONE, LEAT_NONE, LEAT_NONE },        \
      { LEAT_NONE, LEAT_NONE, LEAT_NONE, LEAT_NONE },                          \
      LEAT_NONE, { 0, 0, 0, 0 }, LEAT_NO_FUNCTIONS },
static const leat_kernels own_kernels[] = {
    LEAT_EACH_SET(OWN_SET) LEAT_KERNELS_END
};
#define MAKE_MODEL(...) leat_model_init_with(__VA_ARGS__, own_kernels, &model, NULL)
#else
#define MAKE_MODEL(...) leat_model_init(__VA_ARGS__, &model, NULL)
#endif

OWN void start(void)
{
    const leat_model *model;
    leat_stream *stream;
    float x, y;
    if (MAKE_MODEL(model_block, sizeof model_block, model_file,
                   model_file_size) != LEAT_OK ||
        leat_stream_init(stream_block, sizeof stream_block, model, &stream,
                         NULL) != LEAT_OK)
        return;
    for (;;) {
        x = input;
        leat_stream_step(stream, &x, &y, NULL);
        output = y;
    }
}

/* Every program has these anyway. */
OWN void *memset(void *to, int value, size_t size)
{
    volatile unsigned char *byte = (volatile unsigned char *)to;
    while (size-- > 0)
        *byte++ = (unsigned char)value;
    return to;
}

OWN void *memcpy(void *to, const void *from, size_t size)
{
    volatile unsigned char *byte = (volatile unsigned char *)to;
    const unsigned char *source = (const unsigned char *)from;
    while (size-- > 0)
        *byte++ = *source++;
    return to;
}

OWN void __stack_chk_fail(void) { for (;;) {} }
