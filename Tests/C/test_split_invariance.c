/* SPDX-License-Identifier: MIT
 * However the samples are split into calls, and whatever is done to a stream
 * between them, the bits are the same: on every kernel, and when the kernel
 * changes.
 *
 *     test_split_invariance VECTORS [--quick] */
#include "kernels.h"
#include "vectors.h"

/* One case, and the outputs and state of an uninterrupted run. */
static struct vector v;
static float *whole, *output;
static unsigned char *whole_state, *state;
static leat_error error;
static unsigned in_place;
static int is_quick;
static size_t switches;

static uint32_t random_number(void)
{
    static uint32_t seed = 1;
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

static const float *input_at(size_t t) { return v.input + t * v.inputs; }
static float *whole_at(size_t t) { return whole + t * v.outputs; }

static void run(leat_stream *stream, size_t from, size_t to)
{
    CHECK_CODE(leat_stream_run(stream, to - from, input_at(from),
                               output + from * v.outputs, &error),
               LEAT_OK, error);
}

/* A state contains position, h and c. */
static void check_state_at(const leat_stream *stream, const void *expected)
{
    CHECK_CODE(leat_stream_save(stream, state, v.state_size, &error), LEAT_OK,
               error);
    CHECK_BYTES(state, expected, v.state_size);
}

/* Step the samples from `from` on, and compare the outputs and the last
 * state. */
static void check_rest(leat_stream *stream, size_t from)
{
    run(stream, from, v.steps);
    CHECK_BYTES(output + from * v.outputs, whole_at(from),
                (v.steps - from) * v.outputs * 4);
    check_state_at(stream, whole_state);
}

static void clear_output(void)
{
    memset(output, 0xa5, v.steps * v.outputs * 4);
}

static void check_single_steps(void)
{
    leat_stream *stream = new_stream(v.model);
    size_t t;
    clear_output();
    for (t = 0; t < v.steps; t++)
        CHECK_CODE(leat_stream_step(stream, input_at(t),
                                    output + t * v.outputs, &error),
                   LEAT_OK, error);
    CHECK_BYTES(output, whole, v.steps * v.outputs * 4);
    check_state_at(stream, whole_state);
    free(stream);
}

/* At every k, with --quick at some: step on, save and load, memcpy, get and
 * set. */
static void check_every_cut(void)
{
    leat_stream *walker = new_stream(v.model), *other = new_stream(v.model);
    leat_stream *loaded = new_stream(v.model);
    unsigned char *saved = (unsigned char *)allocate(v.state_size + 8);
    unsigned char *block = (unsigned char *)allocate(v.stream_size + 8);
    float *floats = (float *)allocate(v.state_floats * 4);
    leat_layer_info_t layer;
    size_t k, next;
    for (k = 0; k <= v.steps; k = next) {
        /* Buffers of every alignment; streams with any history. */
        unsigned char *bytes = saved + k % 8;
        float *h = floats;
        uint32_t i;
        next = k + (is_quick && k > 8 ? 16 : 1);
        if (k < v.steps && next > v.steps)
            next = v.steps;
        check_context("%s, cut at %zu", v.name, k);
        clear_output();
        CHECK_EQUAL(leat_stream_reset(other, NULL), 0);
        run(other, 0, k);
        check_rest(other, k);
        CHECK_BYTES(output, whole, k * v.outputs * 4);

        CHECK_EQUAL(leat_stream_save(walker, bytes, v.state_size, NULL), 0);
        CHECK_CODE(leat_stream_load(loaded, bytes, v.state_size, &error),
                   LEAT_OK, error);
        CHECK_EQUAL(leat_stream_position(loaded), k);
        check_state_at(loaded, bytes);
        check_rest(loaded, k);

        memcpy(block + 8 * (k & 1), walker, v.stream_size);
        check_rest((leat_stream *)(void *)(block + 8 * (k & 1)), k);

        all_state(&v, walker, floats);
        CHECK_EQUAL(leat_stream_reset(loaded, NULL), 0);
        for (i = 0; i < v.layers; i++) {
            layer = recurrent_layer(v.model, i);
            CHECK_EQUAL(leat_stream_set_state(loaded, i, h, NULL, NULL), 0);
            h += layer.output_size;
            CHECK_EQUAL(leat_stream_set_state(loaded, i, NULL, h, NULL), 0);
            h += cell_size(&layer);
        }
        CHECK_EQUAL(leat_stream_set_position(loaded, k, NULL), 0);
        check_state_at(loaded, bytes);
        check_rest(loaded, k);
        if (k < v.steps)
            run(walker, k, next);
    }
    /* What was done to copies of the stream hasn't changed it. */
    check_state_at(walker, whole_state);
    check_context("%s", v.name);
    free(floats);
    free(block);
    free(saved);
    free(loaded);
    free(other);
    free(walker);
}

/* A source that goes back and sends samples again. */
static void check_replays(void)
{
    leat_stream *stream = new_stream(v.model);
    float *poison = (float *)allocate(v.outputs * 4);
    float *sample = (float *)allocate(v.outputs * 4);
    size_t t = 0, skipped = 0, k;
    memset(poison, 0xa5, v.outputs * 4);
    memset(sample, 0xa5, v.outputs * 4);
    while (t < v.steps) {
        size_t back = t < 9 ? t : 9, from = t - random_number() % (back + 1);
        CHECK_CODE(leat_stream_step_at(stream, t + 1 + random_number() % 5,
                                       input_at(t), sample, &error),
                   LEAT_E_POSITION, error);
        CHECK_BYTES(sample, poison, v.outputs * 4);
        for (k = from; k < t; k++) {
            CHECK_CODE(leat_stream_step_at(stream, k, input_at(k), sample,
                                           &error), LEAT_SKIPPED, error);
            CHECK_BYTES(sample, poison, v.outputs * 4);
            skipped++;
        }
        CHECK_CODE(leat_stream_step_at(stream, t, input_at(t), sample, &error),
                   LEAT_OK, error);
        CHECK_BYTES(sample, whole_at(t), v.outputs * 4);
        memcpy(sample, poison, v.outputs * 4);
        t++;
    }
    CHECK(skipped > 0);
    check_state_at(stream, whole_state);
    free(sample);
    free(poison);
    free(stream);
}

/* Streams at different positions, in random batches of any size. */
static void check_batches(void)
{
    enum { STREAMS = 17 };
    leat_stream *stream[STREAMS], *chosen[STREAMS];
    size_t width = v.inputs > v.outputs ? v.inputs : v.outputs;
    float *inputs = (float *)allocate(STREAMS * width * 4);
    float *outputs = (float *)allocate(STREAMS * width * 4);
    size_t round, i, count;
    for (i = 0; i < STREAMS; i++) {
        stream[i] = new_stream(v.model);
        run(stream[i], 0, i * 5 % v.steps);
    }
    for (round = 0;; round++) {
        float *target = outputs;
        for (i = STREAMS; i > 1; i--) {
            size_t j = random_number() % i;
            leat_stream *swapped = stream[i - 1];
            stream[i - 1] = stream[j];
            stream[j] = swapped;
        }
        count = 0;
        for (i = 0; i < STREAMS && count < 1 + round % STREAMS; i++)
            if (leat_stream_position(stream[i]) < v.steps)
                chosen[count++] = stream[i];
        if (count == 0)
            break;
        for (i = 0; i < count; i++)
            memcpy(inputs + i * v.inputs,
                   input_at((size_t)leat_stream_position(chosen[i])), v.inputs * 4);
        if (v.inputs == v.outputs && round % 2 == 1)
            target = inputs;
        CHECK_CODE(leat_batch_step((leat_stream *const *)chosen, count, inputs,
                                   target, &error), LEAT_OK, error);
        for (i = 0; i < count; i++)
            CHECK_BYTES(target + i * v.outputs,
                        whole_at((size_t)leat_stream_position(chosen[i]) - 1),
                        v.outputs * 4);
    }
    for (i = 0; i < STREAMS; i++) {
        check_state_at(stream[i], whole_state);
        free(stream[i]);
    }
    free(outputs);
    free(inputs);
}

/* Outputs written over their inputs. */
static void check_in_place(void)
{
    size_t width = v.inputs > v.outputs ? v.inputs : v.outputs, t;
    leat_stream *stream = new_stream(v.model);
    float *sample = (float *)allocate(width * 4);
    for (t = 0; t < v.steps; t++) {
        memcpy(sample, input_at(t), v.inputs * 4);
        CHECK_EQUAL(leat_stream_step(stream, sample, sample, NULL), 0);
        CHECK_BYTES(sample, whole_at(t), v.outputs * 4);
    }
    check_state_at(stream, whole_state);
    if (v.inputs == v.outputs) {
        in_place++;
        memcpy(output, v.input, v.steps * v.inputs * 4);
        CHECK_EQUAL(leat_stream_reset(stream, NULL), 0);
        CHECK_EQUAL(leat_stream_run(stream, v.steps, output, output, NULL), 0);
        CHECK_BYTES(output, whole, v.steps * v.outputs * 4);
    }
    free(sample);
    free(stream);
}

/* The first samples in calls of 1 to 7, and in batches of one, on another
 * kernel and then on any. Slow kernels step a part. */
static void check_kernels(void)
{
    uint32_t kernels = kernel_count(), kernel;
    for (kernel = 0; kernel < kernels; kernel++) {
        leat_stream *stream = new_stream(v.model);
        size_t first = steps_for_kernel(v.model, kernel, v.steps) / 2, t = 0;
        size_t last = steps_for_kernel(v.model, kernels - 1, v.steps), n;
        uint32_t at = kernel;
        check_context("%s, first on %s", v.name, leat_kernel_available(kernel));
        use_kernel(kernel);
        set_kernel(stream);
        clear_output();
        while (t < last) {
            n = 1 + random_number() % 7;
            n = n < last - t ? n : last - t;
            if (n == 1)
                CHECK_CODE(leat_batch_step(&stream, 1, input_at(t),
                                           output + t * v.outputs, &error),
                           LEAT_OK, error);
            else
                run(stream, t, t + n);
            t += n;
            if (t < first)
                continue;
            at = (at + 1) % kernels;
            use_kernel(at);
            set_kernel(stream);
            CHECK(leat_stream_kernel(stream) == leat_kernel_available(at));
            switches++;
        }
        use_kernel(0);
        set_kernel(stream);
        CHECK_BYTES(output, whole, last * v.outputs * 4);
        check_rest(stream, last);
        free(stream);
    }
    check_context("%s", v.name);
}

/* Model and stream at every address that LEAT_ALIGNMENT allows, within a cache
 * line. A stream that was reset is as a new one. */
static void check_addresses(void)
{
    size_t size = 0, offset;
    unsigned char *memory, *block;
    leat_stream *stream;
    CHECK_EQUAL(leat_model_measure(v.file, v.file_size, &size, NULL), 0);
    memory = (unsigned char *)allocate(size + 64);
    block = (unsigned char *)allocate(v.stream_size + 64);
    for (offset = 0; offset < 64; offset += LEAT_ALIGNMENT) {
        const leat_model *model;
        check_context("%s, offset %zu", v.name, offset);
        memset(memory, 0xa5, size + 64);
        memset(block, 0xa5, v.stream_size + 64);
        CHECK_CODE(leat_model_init(memory + offset, size, v.file, v.file_size,
                                   &model, &error), LEAT_OK, error);
        CHECK_CODE(leat_stream_init(block + offset, v.stream_size, model,
                                    &stream, &error), LEAT_OK, error);
        CHECK((void *)stream == (void *)(block + offset));
        CHECK(leat_stream_model(stream) == model);
        clear_output();
        check_rest(stream, 0);
        CHECK_CODE(leat_stream_reset(stream, &error), LEAT_OK, error);
        CHECK_EQUAL(leat_stream_position(stream), 0);
        check_rest(stream, 0);
    }
    check_context("%s", v.name);
    free(block);
    free(memory);
}

int main(int count, char **arguments)
{
    struct names cases;
    size_t i;
    is_quick = count == 3 && strcmp(arguments[2], "--quick") == 0;
    check_usage(count == 2 + is_quick,
                "test_split_invariance VECTORS [--quick]");
    cases = names_in(arguments[1]);
    for (i = 0; i < cases.count; i++) {
        leat_stream *stream;
        vector_open(&v, arguments[1], cases.name[i]);
        whole = (float *)allocate(v.steps * v.outputs * 4);
        output = (float *)allocate(
            v.steps * (v.inputs > v.outputs ? v.inputs : v.outputs) * 4);
        state = (unsigned char *)allocate(v.state_size);
        whole_state = (unsigned char *)allocate(v.state_size);
        stream = new_stream(v.model);
        run(stream, 0, v.steps);
        memcpy(whole, output, v.steps * v.outputs * 4);
        CHECK_EQUAL(leat_stream_save(stream, whole_state, v.state_size, NULL),
                    0);
        free(stream);
        check_single_steps();
        check_every_cut();
        check_replays();
        check_batches();
        check_in_place();
        check_addresses();
        check_kernels();
        free(whole_state);
        free(state);
        free(output);
        free(whole);
        vector_close(&v);
    }
    check_context("%s", "");
    CHECK(in_place > 0);
    CHECK(switches > 0);
    printf("%zu cases, %u of them with outputs as wide as inputs; the kernel "
           "changed %zu times, within the first %g multiply-accumulates\n",
           cases.count, in_place, switches, SLOW_MACS);
    free(cases.name);
    return check_report("test_split_invariance");
}
