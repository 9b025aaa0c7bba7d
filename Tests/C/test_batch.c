/* SPDX-License-Identifier: MIT
 * A batch gives the bits of single steps: for any number of streams, anywhere
 * in memory, in any order, of models of every shape and dtype, on every kernel.
 * A batch that is refused changes nothing.
 *
 *     test_batch [--quick] */
#include "kernels.h"
#include "layer_lists.h"

enum { STREAMS = 257, MOST_GAP = 160, PATTERN = 0xa5 };
enum { FAR_SIZE = 1 << 20 };

static const struct shape shapes[] = {
    { .inputs = 1, .hidden = { 1 } },
    { .inputs = 3, .hidden = { 32 }, .linear = { 1 }, .activations = "n",
      .has_bias = 1 },
    { .inputs = 2, .hidden = { 8, 24, 9 }, .has_bias = 1 },
    { .inputs = 9, .hidden = { 17 }, .projected = { 9 }, .has_bias = 1 },
    { .inputs = 7, .hidden = { 16, 33 }, .projected = { 0, 5 },
      .linear = { 13, 6, 11, 4 }, .activations = "rstx", .has_bias = 1,
      .has_normalizer = 1 },
    { .inputs = 5, .hidden = { 9, 12, 40 }, .projected = { 8, 1, 0 },
      .linear = { 5 }, .activations = "x", .has_normalizer = 1 },
    { .inputs = 3, .hidden = { 33, 12, 16 }, .kinds = "rlr",
      .projected = { 0, 5, 0 }, .linear = { 2 }, .activations = "n",
      .has_bias = 1 },
    { .inputs = 9, .hidden = { 8, 17 }, .kinds = "rr" },
    { .inputs = 3, .hidden = { 33, 12, 16 }, .kinds = "glg",
      .projected = { 0, 5, 0 }, .linear = { 2 }, .activations = "n",
      .has_bias = 1 },
    { .inputs = 9, .hidden = { 8, 41, 17 }, .kinds = "grg" },
};

/* Models of more than 1 MB in every dtype: their passes have other lengths, and
 * the streams that remain after the last three are among them. */
static const struct shape far_shapes[] = {
    { .inputs = 5, .hidden = { 17, 536 }, .projected = { 9, 0 }, .linear = { 2 },
      .activations = "n", .has_bias = 1 },
    { .inputs = 3, .hidden = { 620 }, .kinds = "g", .has_bias = 1 },
    { .inputs = 2, .hidden = { 1040 }, .kinds = "r" },
};

/* Other cells, sums, nn.BatchNorm1d, nn.PReLU, outputs in units and other
 * activations; their inputs. */
static const struct {
    const char *text;
    size_t inputs;
} lists[] = {
    { "l17p f5:leaky_relu g9b r33s f3 +input u", 3 },
    { "b:softplus l24k*2 p g17c*2 :hardswish l9u f7:log_softmax b", 7 },
    { "f9:silu l9h +f0 g9a +l1 r9n +f0 :gelu l33c f9 +l1 :elu f2 u", 5 },
    { "g40v l16c +input[0:16] g16b :softsign r16s +g0[0:16] p f4:relu6 b", 17 },
};

/* Two of each stream, of two models with the same weights: one is stepped in
 * batches, in blocks scattered over `arena`, the other one by one. */
static leat_model_info_t info;
static unsigned char *arena, *arena_before, *is_block;
static size_t arena_size, stream_size, state_size;
static leat_stream *batched[STREAMS], *single[STREAMS], *stranger;
static unsigned char *single_blocks;
static float *inputs, *outputs, *one;
static unsigned char *state, *expected_state;
static leat_error error;
static uint32_t seed = 3;
static size_t in_place, refused, batches;
static int is_quick;

static void shuffle(size_t *order)
{
    size_t i;
    for (i = STREAMS; i > 1; i--) {
        size_t j = next_random(&seed) % i, swapped = order[i - 1];
        order[i - 1] = order[j];
        order[j] = swapped;
    }
}

/* Blocks in any order, at any valid address, with gaps between them. */
static void place_streams(const leat_model *model, const leat_model *reference)
{
    size_t order[STREAMS], i, at = 0;
    unsigned char *base;
    arena_size = STREAMS * (stream_size + MOST_GAP) + MOST_GAP;
    arena = (unsigned char *)allocate(arena_size);
    arena_before = (unsigned char *)allocate(arena_size);
    is_block = (unsigned char *)allocate(arena_size);
    single_blocks = (unsigned char *)allocate(STREAMS * stream_size);
    memset(arena, PATTERN, arena_size);
    memset(is_block, 0, arena_size);
    base = arena;
    for (i = 0; i < STREAMS; i++)
        order[i] = i;
    shuffle(order);
    for (i = 0; i < STREAMS; i++) {
        at += 8 + 8 * (next_random(&seed) % (MOST_GAP / 8));
        CHECK_CODE(leat_stream_init(base + at, stream_size, model,
                                    &batched[order[i]], &error), LEAT_OK,
                   error);
        memset(is_block + at, 1, stream_size);
        at += stream_size;
        CHECK_CODE(leat_stream_init(single_blocks + i * stream_size,
                                    stream_size, reference, &single[i],
                                    &error), LEAT_OK, error);
        set_kernel(batched[order[i]]);
        set_kernel(single[i]);
    }
}

static void check_gaps(void)
{
    size_t i, bad = 0;
    for (i = 0; i < arena_size; i++)
        bad += !is_block[i] && arena[i] != PATTERN;
    CHECK_EQUAL(bad, 0);
}

static void check_same_state(size_t i)
{
    CHECK_CODE(leat_stream_save(batched[i], state, state_size, &error),
               LEAT_OK, error);
    CHECK_CODE(leat_stream_save(single[i], expected_state, state_size, &error),
               LEAT_OK, error);
    CHECK_BYTES(state, expected_state, state_size);
}

/* Ordinary samples, a few of them 0 or large. */
static void new_samples(float *values, size_t count)
{
    random_floats(&seed, values, count, 2);
    while (count-- > 0)
        if (next_random(&seed) % 16 == 0)
            values[count] *= next_random(&seed) % 2 ? 0.0f : 50.0f;
}

/* Different histories: positions 0 to 6, both parities. */
static void age_streams(void)
{
    size_t i, t;
    for (i = 0; i < STREAMS; i++)
        for (t = 0; t < i % 7; t++) {
            new_samples(inputs, info.input_size);
            CHECK_EQUAL(leat_stream_step(batched[i], inputs, outputs, NULL), 0);
            CHECK_EQUAL(leat_stream_step(single[i], inputs, one, NULL), 0);
            CHECK_BYTES(outputs, one, info.output_size * 4);
        }
}

static void check_batch(size_t count)
{
    leat_stream *chosen[STREAMS];
    size_t order[STREAMS], i, guard = info.output_size, bad = 0;
    float *source = inputs, *target = outputs;
    float *kept = (float *)allocate(count * info.input_size * 4);
    for (i = 0; i < STREAMS; i++)
        order[i] = i;
    shuffle(order);
    for (i = 0; i < count; i++)
        chosen[i] = batched[order[i]];
    new_samples(inputs, count * info.input_size);
    memcpy(kept, inputs, count * info.input_size * 4);
    memset(outputs, PATTERN, (STREAMS + 1) * info.output_size * 4);
    if (info.input_size == info.output_size && (count + order[0]) % 2 == 1) {
        memcpy(outputs, inputs, count * info.input_size * 4);
        source = target;
        in_place++;
    }
    CHECK_CODE(leat_batch_step((leat_stream *const *)chosen, count, source,
                               target, &error), LEAT_OK, error);
    if (source == inputs)
        CHECK_BYTES(inputs, kept, count * info.input_size * 4);
    for (i = 0; i < guard * 4; i++)
        bad += ((unsigned char *)(target + count * info.output_size))[i] !=
               PATTERN;
    CHECK_EQUAL(bad, 0);
    for (i = 0; i < count; i++) {
        CHECK_EQUAL(leat_stream_step(single[order[i]],
                                     kept + i * info.input_size, one, NULL),
                    0);
        check_bytes(target + i * info.output_size, one, info.output_size * 4,
                    "output of the batch", __FILE__, __LINE__);
        check_same_state(order[i]);
    }
    check_gaps();
    batches++;
    free(kept);
}

/* The call returns `code`, names the stream, and changes no byte. */
static void check_refused_batch(leat_stream *const *chosen, size_t count,
                                int code, size_t index)
{
    char words[32];
    size_t size = STREAMS * info.output_size * 4;
    float *untouched = (float *)allocate(size);
    memset(outputs, PATTERN, size);
    memset(untouched, PATTERN, size);
    memcpy(arena_before, arena, arena_size);
    snprintf(words, sizeof words, "streams[%zu]", index);
    memset(&error, 0, sizeof error);
    CHECK_CODE(leat_batch_step(chosen, count, inputs, outputs, &error), code,
               error);
    CHECK_WORDS(error.message, words);
    CHECK_BYTES(outputs, untouched, size);
    CHECK_BYTES(arena, arena_before, arena_size);
    free(untouched);
    refused++;
}

static void check_refusals(size_t count)
{
    static const uint32_t bad_values[] = { 0x7fc00000u, 0xff800000u,
                                           0x7f7fffffu, 0xffa00001u };
    leat_stream *chosen[STREAMS];
    size_t i;
    for (i = 0; i < count; i++)
        chosen[i] = batched[STREAMS - 1 - i];
    new_samples(inputs, count * info.input_size);
    for (i = 0; i < count; i++) {
        uint64_t position = leat_stream_position(chosen[i]);
        leat_stream *was = chosen[i];
        size_t place = i * info.input_size + i % info.input_size;
        float sample = inputs[place];
        memcpy(&inputs[place], &bad_values[i % 4], 4);
        check_refused_batch((leat_stream *const *)chosen, count, LEAT_E_INPUT,
                            i);
        inputs[place] = sample;

        CHECK_EQUAL(leat_stream_set_position(chosen[i], LEAT_POSITION_MAX,
                                             NULL), 0);
        check_refused_batch((leat_stream *const *)chosen, count,
                            LEAT_E_POSITION, i);
        CHECK_EQUAL(leat_stream_set_position(chosen[i], position, NULL), 0);

        if (i == 0)
            continue;
        chosen[i] = stranger;
        check_refused_batch((leat_stream *const *)chosen, count,
                            LEAT_E_MISMATCH, i);
        chosen[i] = chosen[next_random(&seed) % i];
        check_refused_batch((leat_stream *const *)chosen, count,
                            LEAT_E_ARGUMENT, i);
        chosen[i] = NULL;
        check_refused_batch((leat_stream *const *)chosen, count,
                            LEAT_E_ARGUMENT, i);
        chosen[i] = was;
    }
    CHECK_CODE(leat_batch_step((leat_stream *const *)chosen, count, inputs,
                               outputs, &error), LEAT_OK, error);
    for (i = 0; i < count; i++) {
        CHECK_EQUAL(leat_stream_step(single[STREAMS - 1 - i],
                                     inputs + i * info.input_size, one, NULL),
                    0);
        CHECK_BYTES(outputs + i * info.output_size, one, info.output_size * 4);
        check_same_state(STREAMS - 1 - i);
    }
}

static void check_counts(void)
{
    static const size_t refused_counts[] = { 1, 2, 3, 5, 24, 25, 50 };
    size_t count, i;
    for (count = 1; count <= 60; count++)
        if (!is_quick || count <= 6 || count == 25)
            check_batch(count);
    for (count = 255; count <= STREAMS && !is_quick; count++)
        check_batch(count);
    for (i = 0; i < sizeof refused_counts / sizeof *refused_counts; i++)
        if (!is_quick || refused_counts[i] <= 3)
            check_refusals(refused_counts[i]);
}

static void check_far_counts(void)
{
    static const size_t counts[] = { 1, 2, 3, 4, 5, 7, 8, 144, 145, 146, 149 };
    size_t i;
    for (i = 0; i < sizeof counts / sizeof *counts; i++)
        check_batch(counts[i]);
}

/* Two models with the same weights. */
static void check_models(const leat_model *model, const leat_model *reference,
                         uint32_t kernel)
{
    size_t i;
    use_kernel(kernel);
    CHECK_EQUAL(leat_model_info(model, &info, NULL), LEAT_OK);
    stream_size = leat_stream_size(model);
    state_size = leat_state_size(model);
    state = (unsigned char *)allocate(state_size);
    expected_state = (unsigned char *)allocate(state_size);
    inputs = (float *)allocate(STREAMS * info.input_size * 4);
    outputs = (float *)allocate((STREAMS + 1) * info.output_size * 4);
    one = (float *)allocate(info.output_size * 4);
    place_streams(model, reference);
    stranger = NULL;
    CHECK_EQUAL(leat_stream_init(allocate(stream_size), stream_size, reference,
                                 &stranger, NULL), 0);
    age_streams();
    if (info.model_size > FAR_SIZE)
        check_far_counts();
    else
        check_counts();
    for (i = 0; i < STREAMS; i++)
        check_same_state(i);
    free(stranger);
    free(single_blocks);
    free(is_block);
    free(arena_before);
    free(arena);
    free(one);
    free(outputs);
    free(inputs);
    free(expected_state);
    free(state);
}

static void check_shape(const struct shape *shape, enum dtype type,
                        uint32_t kernel, uint32_t model_seed)
{
    void *block, *reference_block;
    const leat_model *model = random_model(shape, type, model_seed, &block);
    const leat_model *reference = random_model(shape, type, model_seed,
                                               &reference_block);
    check_models(model, reference, kernel);
    free(reference_block);
    free(block);
}

static void check_list(size_t which, enum dtype type, uint32_t kernel)
{
    static struct list list;
    void *block, *reference_block;
    const leat_model *model, *reference;
    list_make(&list, lists[which].text, lists[which].inputs, type,
              which % 2 == 1, 200 + (uint32_t)which);
    model = list_model(&list, &block);
    reference = list_model(&list, &reference_block);
    check_models(model, reference, kernel);
    free(reference_block);
    free(block);
    list_free(&list);
}

int main(int argument_count, char **arguments)
{
    uint32_t kernel, kernels, s, made = 0;
    int type;
    is_quick = argument_count == 2 && strcmp(arguments[1], "--quick") == 0;
    check_usage(argument_count == 1 + is_quick, "test_batch [--quick]");
    /* With --quick the shapes that cover most, on the best kernel. */
    kernels = is_quick ? 1 : kernel_count();
    for (s = is_quick ? 3 : 0; s < sizeof shapes / sizeof *shapes; s++)
        for (type = F32; type < DTYPES; type++)
            for (kernel = 0; kernel < kernels; kernel++) {
                check_context("shape %u, %s, %s", s,
                              dtype_name((enum dtype)type),
                              leat_kernel_available(kernel));
                check_shape(&shapes[s], (enum dtype)type, kernel, 100 + s);
                made++;
            }
    /* In software they would take minutes. */
    for (s = 0; s < sizeof far_shapes / sizeof *far_shapes && !is_quick; s++)
        for (type = F32; type < DTYPES; type++)
            for (kernel = 0; kernel + 1 < kernels; kernel++) {
                check_context("far shape %u, %s, %s", s,
                              dtype_name((enum dtype)type),
                              leat_kernel_available(kernel));
                check_shape(&far_shapes[s], (enum dtype)type, kernel, 300 + s);
                CHECK(info.model_size > FAR_SIZE);
                made++;
            }
    for (s = 0; s < sizeof lists / sizeof *lists; s++)
        for (type = F32; type < DTYPES; type++)
            for (kernel = 0; kernel < kernels; kernel++) {
                check_context("%s, %s, %s", lists[s].text,
                              dtype_name((enum dtype)type),
                              leat_kernel_available(kernel));
                check_list(s, (enum dtype)type, kernel);
                made++;
            }
    CHECK(in_place > 0);
    printf("%u models; %zu batches of 1 to %d streams, %zu of them in place; "
           "%zu refused\n", made, batches, is_quick ? 25 : STREAMS, in_place,
           refused);
    return check_report("test_batch");
}
