/* SPDX-License-Identifier: MIT
 * A windowed stream puts out, bit for bit, what a stream puts out that began
 * with the last W samples, and only where a window ends: step by step, in runs
 * and in place, with every kernel and type of weights. Its block may be copied.
 *
 *     test_window VECTORS [--quick]
 *
 * With --quick of one type of weights. */
#include "layer_lists.h"
#include "vectors.h"
#include "windows.h"

enum { SAMPLES = 150, WIDEST = 32, MARK = 0x7f };

static const struct {
    uint32_t window, hop;
} windows[] = {
    { 1, 1 }, { 2, 1 }, { 2, 2 }, { 5, 1 }, { 5, 2 }, { 5, 5 }, { 7, 3 },
    { 24, 1 }, { 25, 1 }, { 30, 1 }, { 30, 7 }, { 30, 30 }, { 53, 2 },
    { 100, 99 },
};
enum { WINDOWS = sizeof windows / sizeof *windows };

static const struct {
    const char *text;
    size_t inputs;
} lists[] = {
    { "l17 f3", 3 }, { "l1", 1 }, { "g9 f2", 4 }, { "l8 l16 f1", 5 },
    { "g9 r7s l8/3*2", 8 }, { "l9p f2", 3 },
};

static float samples[SAMPLES * WIDEST], expected[SAMPLES * WIDEST];
static leat_model_info_t info;
static leat_error error;

/* expected[t]: the output of a stream over the last W samples up to t. */
static void step_fresh_streams(const leat_model *model, uint32_t window,
                               size_t count)
{
    leat_stream *stream = new_stream(model);
    float output[WIDEST];
    size_t t, i;
    for (t = window - 1; t < count; t++) {
        CHECK_EQUAL(leat_stream_reset(stream, NULL), LEAT_OK);
        for (i = t + 1 - window; i <= t; i++)
            CHECK_EQUAL(leat_stream_step(stream, samples + i * info.input_size,
                                         output, NULL), LEAT_OK);
        memcpy(expected + t * info.output_size, output,
               4 * info.output_size);
    }
    free(stream);
}

/* The output of sample t, or untouched bytes where it has none. */
static void check_output(const float *output, size_t t, int has_output)
{
    float untouched[WIDEST];
    memset(untouched, MARK, sizeof untouched);
    CHECK_BYTES(output, has_output ? expected + t * info.output_size
                                   : untouched, 4 * info.output_size);
}

static void check_steps(leat_stream *stream, uint32_t window, uint32_t hop,
                        uint64_t first, size_t count)
{
    float output[WIDEST];
    uint64_t number;
    size_t t;
    for (t = 0; t < count; t++) {
        const float *input = samples + t * info.input_size;
        int ends = ends_window(t, window, hop);
        number = first + t;
        memset(output, MARK, sizeof output);
        CHECK_EQUAL(leat_stream_position(stream), number);
        CHECK_EQUAL(leat_stream_outputs(stream, number, 1), ends);
        if (t % 3 == 1) {
            CHECK_EQUAL(leat_stream_step_at(stream, number + 1, input, output,
                                            NULL), LEAT_E_POSITION);
            if (number > 0)
                CHECK_EQUAL(leat_stream_step_at(stream, number - 1, input,
                                                output, NULL), LEAT_SKIPPED);
            check_output(output, t, 0);
            CHECK_CODE(leat_stream_step_at(stream, number, input, output,
                                           &error),
                       ends ? LEAT_OK : LEAT_NO_OUTPUT, error);
        } else
            CHECK_CODE(leat_stream_step(stream, input, output, &error),
                       ends ? LEAT_OK : LEAT_NO_OUTPUT, error);
        check_output(output, t, ends);
    }
}

/* In runs of 0, 1, 2, ... samples; in place when the sizes are equal. */
static void check_runs(leat_stream *stream, uint32_t window, uint32_t hop,
                       size_t count)
{
    static float outputs[SAMPLES * WIDEST];
    int in_place = info.input_size == info.output_size;
    size_t t = 0, steps = 0, i;
    while (t < count) {
        uint64_t ends = 0;
        float *output = outputs + t * info.output_size;
        if (steps > count - t)
            steps = count - t;
        for (i = 0; i < steps; i++)
            ends += (uint64_t)ends_window(t + i, window, hop);
        CHECK_EQUAL(leat_stream_outputs(stream, t, steps), ends);
        if (in_place)
            memcpy(output, samples + t * info.input_size,
                   4 * steps * info.input_size);
        else
            memset(output, MARK, 4 * steps * info.output_size);
        CHECK_CODE(leat_stream_run(stream, steps,
                                   in_place ? output
                                            : samples + t * info.input_size,
                                   output, &error),
                   ends > 0 || steps == 0 ? LEAT_OK : LEAT_NO_OUTPUT, error);
        for (i = 0; i < steps; i++, output += info.output_size)
            if (!in_place || ends_window(t + i, window, hop))
                check_output(output, t + i, ends_window(t + i, window, hop));
            else
                CHECK_BYTES(output, samples + (t + i) * info.input_size,
                            4 * info.output_size);
        t += steps++;
    }
}

/* The samples before the last reset, after the end, and in between. */
static void check_counts(leat_stream *stream, uint32_t window, uint32_t hop,
                         size_t count)
{
    uint64_t first = leat_stream_position(stream) - count, a, b;
    uint32_t found_hop = 9;
    CHECK_EQUAL(leat_stream_window(stream, &found_hop), window);
    CHECK_EQUAL(found_hop, hop);
    CHECK_EQUAL(leat_stream_window(stream, NULL), window);
    for (a = 0; a < 60; a += 7)
        for (b = 0; b < 120; b += 11) {
            uint64_t ends = 0, i;
            for (i = a; i < a + b; i++)
                ends += (uint64_t)ends_window(i, window, hop);
            CHECK_EQUAL(leat_stream_outputs(stream, first + a, b), ends);
        }
    CHECK_EQUAL(leat_stream_outputs(stream, first >= 50 ? first - 50 : 0, 50),
                first >= 50 ? 0 : leat_stream_outputs(stream, first, 50));
    CHECK_EQUAL(leat_stream_outputs(stream, LEAT_POSITION_MAX, UINT64_MAX), 0);
    CHECK_EQUAL(leat_stream_outputs(stream, UINT64_MAX, UINT64_MAX), 0);
    CHECK_EQUAL(leat_stream_outputs(stream, first, UINT64_MAX),
                ((uint64_t)LEAT_POSITION_MAX - first - window) / hop + 1);
    CHECK_EQUAL(leat_stream_outputs(stream, first, 0), 0);
}

static void check_windows(const leat_model *model, size_t count)
{
    size_t w;
    for (w = 0; w < WINDOWS; w++) {
        uint32_t window = windows[w].window, hop = windows[w].hop;
        leat_stream *stream, *copy;
        size_t size = leat_window_size(model, window, hop), half = count / 2;
        if (window > count)
            continue;
        CHECK_EQUAL(size % LEAT_FAST_ALIGNMENT, 0);
        step_fresh_streams(model, window, count);
        stream = new_window(model, window, hop);
        CHECK_EQUAL(leat_stream_block_size(stream), size);
        check_steps(stream, window, hop, 0, count);
        check_counts(stream, window, hop, count);
        CHECK_EQUAL(leat_stream_reset(stream, NULL), LEAT_OK);
        CHECK_EQUAL(leat_stream_position(stream), 0);
        check_runs(stream, window, hop, count);

        /* After a reset, the windows begin at the position that was set. */
        CHECK_EQUAL(leat_stream_reset(stream, NULL), LEAT_OK);
        CHECK_EQUAL(leat_stream_set_position(stream, 1000, NULL), LEAT_OK);
        check_steps(stream, window, hop, 1000, half);
        check_counts(stream, window, hop, half);

        /* A copy of the block is a stream. A position changes no window. */
        copy = (leat_stream *)memcpy(allocate(size), stream, size);
        memset(stream, 0xee, size);
        free(stream);
        CHECK_EQUAL(leat_stream_set_position(copy, 3, NULL), LEAT_OK);
        for (; half < count; half++) {
            float output[WIDEST];
            int ends = ends_window(half, window, hop);
            memset(output, MARK, sizeof output);
            CHECK_EQUAL(leat_stream_step(copy, samples +
                                                   half * info.input_size,
                                         output, NULL),
                        ends ? LEAT_OK : LEAT_NO_OUTPUT);
            check_output(output, half, ends);
        }
        free(copy);
    }
}

/* A stream that changes its kernel in the middle of its windows. */
static void check_kernels(const leat_model *model)
{
    leat_stream *stream = new_window(model, 9, 2);
    float output[WIDEST];
    size_t t;
    step_fresh_streams(model, 9, SAMPLES);
    for (t = 0; t < SAMPLES; t++) {
        const char *name =
            leat_kernel_available((uint32_t)t % kernel_count());
        CHECK_EQUAL(leat_stream_set_kernel(stream, name, NULL), LEAT_OK);
        CHECK(strcmp(leat_stream_kernel(stream), name) == 0);
        memset(output, MARK, sizeof output);
        leat_stream_step(stream, samples + t * info.input_size, output, NULL);
        check_output(output, t, ends_window(t, 9, 2));
    }
    free(stream);
}

static void check_list(const char *text, size_t inputs, enum dtype type)
{
    static struct list list;
    const leat_model *model;
    void *block;
    uint32_t kernel, seed = 7;
    list_make(&list, text, inputs, type, inputs == 3, 5);
    model = list_model(&list, &block);
    CHECK_EQUAL(leat_model_info(model, &info, NULL), LEAT_OK);
    random_floats(&seed, samples, SAMPLES * inputs, 3);
    for (kernel = 0; kernel < kernel_count(); kernel++) {
        int is_slow = kernel == kernel_count() - 1 && kernel > 0;
        use_kernel(kernel);
        check_context("%s, type %d, %s", text, (int)type,
                      leat_kernel_available(kernel));
        check_windows(model, is_slow ? 33 : SAMPLES);
    }
    use_kernel(0);
    check_kernels(model);
    free(block);
    list_free(&list);
}

/* A model with its own initial state. */
static void check_initial_state(const char *folder, const char *name)
{
    struct vector v;
    check_context("%s", name);
    vector_open(&v, folder, name);
    CHECK_EQUAL(leat_model_info(v.model, &info, NULL), LEAT_OK);
    CHECK(v.steps >= 30 && v.steps <= SAMPLES);
    CHECK(v.inputs <= WIDEST && v.outputs <= WIDEST);
    memcpy(samples, v.input, 4 * v.steps * v.inputs);
    check_windows(v.model, v.steps);
    vector_close(&v);
}

int main(int count, char **arguments)
{
    int is_quick = count == 3 && strcmp(arguments[2], "--quick") == 0;
    int types = is_quick ? F32 + 1 : DTYPES, type;
    size_t i;
    check_usage(count == 2 + is_quick, "test_window VECTORS [--quick]");
    for (i = 0; i < sizeof lists / sizeof *lists; i++)
        for (type = F32; type < types; type++)
            check_list(lists[i].text, lists[i].inputs, (enum dtype)type);
    check_initial_state(arguments[1], "initial-state");
    return check_report("test_window");
}
