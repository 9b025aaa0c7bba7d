/* SPDX-License-Identifier: MIT
 * A model is read-only once made, and the first step builds nothing in it: not
 * a byte of its block changes, and its pages may be read-only. */
#define _DEFAULT_SOURCE
#include "kernels.h"
#include "random_models.h"

#include <sys/mman.h>

enum { STREAMS = 26, STEPS = 3000, RUN = 40 };

static const struct shape shapes[] = {
    { .inputs = 3, .hidden = { 8 } },
    { .inputs = 5, .hidden = { 16, 9 }, .projected = { 7, 0 },
      .linear = { 6, 9, 4, 3 }, .activations = "xrst", .has_bias = 1,
      .has_normalizer = 1 },
};
static leat_error error;
static uint32_t seed = 5;
static size_t pages_size = 1 << 16;

static void step_all_ways(const leat_model *model, size_t steps)
{
    leat_stream *streams[STREAMS];
    leat_model_info_t info;
    float *inputs, *outputs;
    size_t width, i, t;
    CHECK_EQUAL(leat_model_info(model, &info, NULL), LEAT_OK);
    width = info.input_size > info.output_size ? info.input_size
                                               : info.output_size;
    inputs = (float *)allocate(RUN * width * 4);
    outputs = (float *)allocate(RUN * width * 4);
    for (i = 0; i < STREAMS; i++) {
        size_t size = leat_stream_size(model);
        CHECK_CODE(leat_stream_init(allocate(size), size, model, &streams[i],
                                    &error), LEAT_OK, error);
        set_kernel(streams[i]);
    }
    for (t = 0; t < steps; t++) {
        random_floats(&seed, inputs, RUN * info.input_size, 3);
        CHECK_EQUAL(leat_stream_step(streams[t % STREAMS], inputs, outputs,
                                     NULL), LEAT_OK);
        if (t % 10 == 0)
            CHECK_EQUAL(leat_stream_run(streams[t % STREAMS], RUN, inputs,
                                        outputs, NULL), LEAT_OK);
        if (t % 4 == 0)
            CHECK_EQUAL(leat_batch_step(streams, 1 + t % STREAMS, inputs,
                                        outputs, NULL), LEAT_OK);
    }
    for (i = 0; i < STREAMS; i++)
        free(streams[i]);
    free(outputs);
    free(inputs);
}

static void check_model(const struct shape *shape, enum dtype type,
                        uint32_t kernel)
{
    const leat_model *model = NULL;
    size_t file_size, size = 0;
    unsigned char *file = random_file(shape, type, 9, &file_size);
    unsigned char *before = (unsigned char *)allocate(pages_size);
    unsigned char *pages =
        (unsigned char *)mmap(NULL, pages_size, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == (unsigned char *)MAP_FAILED)
        give_up("mmap");
    CHECK_CODE(leat_model_measure(file, file_size, &size, &error), LEAT_OK,
               error);
    CHECK_CODE(leat_model_init(pages, pages_size, file, file_size, &model,
                               &error), LEAT_OK, error);
    free(file);
    use_kernel(kernel);
    memcpy(before, pages, pages_size);
    /* Compared first: a comparison shows what has changed, read-only pages only
     * that something has. */
    step_all_ways(model, 1);
    if (CHECK_BYTES(pages, before, size)) {
        if (mprotect(pages, pages_size, PROT_READ) != 0)
            give_up("mprotect");
        step_all_ways(model, kernel == 0 ? STEPS : STEPS / 10);
        CHECK_BYTES(pages, before, pages_size);
    }
    munmap(pages, pages_size);
    free(before);
}

int main(void)
{
    size_t s;
    int type;
    uint32_t kernel;
    for (s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (type = F32; type < DTYPES; type++)
            for (kernel = 0; kernel < kernel_count(); kernel++) {
                check_context("shape %zu, %s, %s", s,
                              dtype_name((enum dtype)type),
                              leat_kernel_available(kernel));
                check_model(&shapes[s], (enum dtype)type, kernel);
            }
    return check_report("test_read_only_model");
}
