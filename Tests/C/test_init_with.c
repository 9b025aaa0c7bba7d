/* SPDX-License-Identifier: MIT
 * Every bad argument of leat_model_init_with() and of the loaders, which only
 * the static library has: as test_arguments.
 *
 *     test_init_with VECTORS */
#define _DEFAULT_SOURCE
#include "refused_calls.h"

#include "leat_kernels.h"

enum { ARGUMENT = LEAT_E_ARGUMENT };

static unsigned char *file;
static size_t file_size;

/* Kernels that do nothing. */
static void run_nothing(const void *of, void *stream, ptrdiff_t steps,
                        const float *inputs, float *outputs)
{
    (void)of, (void)stream, (void)steps, (void)inputs, (void)outputs;
}

static void step_nothing(const void *of, const void *layer, void *stream)
{
    (void)of, (void)layer, (void)stream;
}

/* The kernels of an LSTM of floats, for the instruction set of any
 * processor. */
static leat_kernels fewest(void)
{
    leat_kernels set = LEAT_KERNELS_END;
    set.set = LEAT_SET_SOFTWARE;
    set.run = run_nothing;
    set.load = leat_load_lstm;
    set.lstm.f32.step = step_nothing;
    return set;
}

/* The loaders that a table names check their arguments themselves. */
static void test_loader(leat_loader *load)
{
    leat_kernels list[2], other;
    void *m = world.spare_block;
    size_t size = 0;
    list[0] = other = fewest();
    list[1].set = 0;
    list[1].size = sizeof list[1];
    other.size--;
    ACCEPTED(LEAT_OK, leat_model_measure(file, file_size, &size, wanted));
#define LOAD(memory, memory_size, bytes, kernels, made)                        \
    load(memory, memory_size, bytes, file_size, kernels, made, wanted)
    REFUSED(ARGUMENT, "memory", LOAD(NULL, size, file, list, &world.new_model));
    REFUSED(ARGUMENT, "memory",
            LOAD(plus(m, 1), size, file, list, &world.new_model));
    REFUSED(LEAT_E_SIZE, "expected at least",
            LOAD(m, size - 1, file, list, &world.new_model));
    REFUSED(ARGUMENT, "file", LOAD(m, size, NULL, list, &world.new_model));
    REFUSED(ARGUMENT, "kernels", LOAD(m, size, file, NULL, &world.new_model));
    REFUSED(ARGUMENT, "version", LOAD(m, size, file, &other, &world.new_model));
    REFUSED(ARGUMENT, "model", LOAD(m, size, file, list, NULL));
#undef LOAD
}

static void test_init_with(void)
{
    static const leat_kernels end = LEAT_KERNELS_END;
    static LEAT_ALIGNED unsigned char block[MODEL];
    leat_kernels list[3], moved[4];
    const leat_model *made = NULL;
    leat_stream *stream = NULL;
    void *m = world.spare_block;
    size_t size = 0, n;
    ACCEPTED(LEAT_OK, leat_model_measure(file, file_size, &size, wanted));
#define INIT(kernels)                                                          \
    leat_model_init_with(m, size, file, file_size, (kernels),                  \
                         &world.new_model, wanted)
    list[0] = fewest();
    list[1] = list[2] = end;
    REFUSED(ARGUMENT, "kernels", INIT(NULL));
    for (n = 1; n < 8; n++) {
        memcpy((unsigned char *)moved + n, list, sizeof list);
        REFUSED(ARGUMENT, "kernels", INIT((leat_kernels *)plus(moved, n)));
    }
    REFUSED(LEAT_E_UNSUPPORTED, "processor", INIT(list + 1));
    list[0].size += 8;
    REFUSED(ARGUMENT, "version", INIT(list));
    list[0] = fewest();
    list[0].set = 99;
    REFUSED(LEAT_E_UNSUPPORTED, "processor", INIT(list));
    list[0] = fewest();
    list[0].run = NULL;
    REFUSED(ARGUMENT, "run", INIT(list));
    list[0] = fewest();
    list[0].load = NULL;
    REFUSED(ARGUMENT, "load", INIT(list));
    list[0] = fewest();
    list[0].lstm.f32.step = NULL;
    list[0].lstm.f16.step = list[0].lstm.bf16.step = list[0].lstm.i8.step =
        step_nothing;
    REFUSED(LEAT_E_UNSUPPORTED, "layer 0", INIT(list));
    /* Every set that the processor can run, not only the best. */
    list[0] = fewest();
    list[1] = fewest();
    list[1].lstm.f32.step = NULL;
    REFUSED(LEAT_E_UNSUPPORTED, "layer 0", INIT(list));
    list[1] = end;
    /* What leat_model_init() refuses. */
    REFUSED(LEAT_E_SIZE, "expected at least",
            leat_model_init_with(m, size - 1, file, file_size, list,
                                 &world.new_model, wanted));
    REFUSED(LEAT_E_FORMAT, "", leat_model_init_with(m, size, file,
                                                    file_size - 1, list,
                                                    &world.new_model, wanted));
    REFUSED(ARGUMENT, "model", leat_model_init_with(m, size, file, file_size,
                                                    list, NULL, wanted));
#undef INIT
    ACCEPTED(LEAT_OK, leat_model_init_with(block, sizeof block, file, file_size,
                                           list, &made, wanted));
    ACCEPTED(LEAT_OK, leat_stream_init(world.spare_block, BLOCK, made, &stream,
                                       wanted));
    keep_copy();
    /* The last kernel, which any processor can run. */
    for (n = 0; leat_kernel_available((uint32_t)n + 1) != NULL; n++)
        REFUSED(LEAT_E_UNSUPPORTED, "kernel",
                leat_stream_set_kernel(
                    stream, leat_kernel_available((uint32_t)n), wanted));
    if (n > 0)
        CHECK(leat_stream_kernel(stream) == leat_kernel_available((uint32_t)n));
}

int main(int count, char **arguments)
{
    check_usage(count == 2, "test_init_with VECTORS");
    make_world(arguments[1]);
    file = file_bytes(model_path, &file_size);
    test_loader(leat_load_lstm);
    test_loader(leat_load_any);
    test_init_with();
    free(file);
    return check_report("test_init_with");
}
