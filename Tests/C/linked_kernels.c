/* SPDX-License-Identifier: MIT
 * A program that test_linked_kernels.sh links twice: with CHOSEN it links the
 * kernels that an LSTM of floats and an nn.Linear need, without it every
 * kernel. It prints a hash of outputs and state for each kernel and one of a
 * batch, or why the model was refused.
 *
 *     linked_kernels MODEL INPUT */
#include "leat_kernels.h"

#include "checksums.h"
#include "files.h"

enum { STREAMS = 5 };

#ifdef CHOSEN
#define CHOSEN_SET(set)                                                        \
    { LEAT_KERNELS_OF(set),                                                    \
      { LEAT_LAYER(set, lstm_f32), LEAT_NONE, LEAT_NONE, LEAT_NONE },          \
      { LEAT_LAYER(set, linear_f32), LEAT_NONE, LEAT_NONE, LEAT_NONE },        \
      { LEAT_NONE, LEAT_NONE, LEAT_NONE, LEAT_NONE },                          \
      LEAT_NONE, { LEAT_ROWS(set, f32), 0, 0, 0 }, LEAT_NO_FUNCTIONS },
static const leat_kernels chosen[] = {
    LEAT_EACH_SET(CHOSEN_SET) LEAT_KERNELS_END
};
#endif

static LEAT_ALIGNED unsigned char model_block[1 << 18];
static LEAT_ALIGNED unsigned char stream_blocks[STREAMS][1 << 12];
static unsigned char state[1 << 12];
static float outputs[1 << 10], batch_inputs[1 << 10];
static leat_error error;

static void check(int code)
{
    if (code == LEAT_OK)
        return;
    printf("%d: %s\n", code, error.message);
    exit(0);
}

int main(int count, char **arguments)
{
    const leat_model *model;
    leat_model_info_t info;
    leat_stream *streams[STREAMS];
    unsigned char *file, *bytes;
    size_t file_size, size, steps, t, i;
    const float *input;
    const char *name;
    uint32_t kernel;
    if (count != 3)
        return 2;
    file = file_bytes(arguments[1], &file_size);
#ifdef CHOSEN
    check(leat_model_init_with(model_block, sizeof model_block, file, file_size,
                               chosen, &model, &error));
#else
    check(leat_model_init(model_block, sizeof model_block, file, file_size,
                          &model, &error));
#endif
    check(leat_model_info(model, &info, &error));
    bytes = file_bytes(arguments[2], &size);
    input = (const float *)(void *)bytes;
    steps = size / 4 / info.input_size;
    for (kernel = 0; (name = leat_kernel_available(kernel)) != NULL; kernel++) {
        uint64_t bits = hash_start;
        for (i = 0; i < STREAMS; i++) {
            check(leat_stream_init(stream_blocks[i], sizeof stream_blocks[i],
                                   model, &streams[i], &error));
            check(leat_stream_set_kernel(streams[i], name, &error));
        }
        for (t = 0; t < steps; t++) {
            const float *x = input + t * info.input_size;
            for (i = 0; i < STREAMS; i++)
                memcpy(batch_inputs + i * info.input_size, x,
                       info.input_size * 4);
            check(t % 2 == 0 ? leat_batch_step(streams, STREAMS, batch_inputs,
                                               outputs, &error)
                             : leat_stream_step(streams[t % STREAMS], x,
                                                outputs, &error));
            bits = hash_bytes(bits, outputs, info.output_size * 4);
        }
        for (i = 0; i < STREAMS; i++) {
            check(leat_stream_save(streams[i], state, sizeof state, &error));
            bits = hash_bytes(bits, state, leat_state_size(model));
        }
        printf("%s %016llx\n", name, (unsigned long long)bits);
    }
    free(bytes);
    free(file);
    return 0;
}
