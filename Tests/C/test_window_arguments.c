/* SPDX-License-Identifier: MIT
 * Every bad argument of the functions of windowed streams: its code, its
 * message, and that nothing changes.
 *
 *     test_window_arguments VECTORS */
#define _DEFAULT_SOURCE
#include "refused_calls.h"

enum { ARGUMENT = LEAT_E_ARGUMENT, WINDOW = 5, HOP = 2, ROOM = 32768 };

/* Of three windows, and a copy of it as it must stay. */
static LEAT_ALIGNED unsigned char block[ROOM], kept[ROOM], spare[ROOM];
static leat_stream *stream;
static size_t size;

static void test_sizes(void)
{
    static const uint32_t wrong[][2] = {
        { 0, 0 }, { 0, 1 }, { 1, 0 }, { 5, 6 }, { UINT32_MAX, 0 },
        { 1, UINT32_MAX }, { 0, UINT32_MAX },
    };
    size_t most = LEAT_WINDOW_BYTES(leat_stream_size(model), WINDOW, HOP,
                                    info.input_size, info.output_size);
    uint32_t window, hop;
    size_t i;
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK_EQUAL(leat_window_size(model, wrong[i][0], wrong[i][1]), 0);
        REFUSED(ARGUMENT, i == 0 || i == 1 || i == 6 ? "window is 0" : "hop is",
                leat_window_init(spare, ROOM, model, wrong[i][0], wrong[i][1],
                                 &world.new_stream, wanted));
    }
    CHECK_EQUAL(leat_window_size(NULL, 1, 1), 0);
    CHECK_EQUAL(leat_window_size((const leat_model *)(void *)world.zeros, 1, 1),
                0);
    CHECK_EQUAL(leat_window_size((const leat_model *)(void *)stream, 1, 1), 0);
    CHECK(size <= most);
    CHECK(size >= 3 * leat_stream_size(model));
    for (window = 1; window < 200; window++)
        for (hop = 1; hop <= window; hop += 1 + hop / 3) {
            size_t found = leat_window_size(model, window, hop);
            CHECK(found >= (window + hop - 1) / hop * leat_stream_size(model));
            CHECK(found <= LEAT_WINDOW_BYTES(leat_stream_size(model), window,
                                             hop, info.input_size,
                                             info.output_size));
        }
    /* More than a 32-bit machine has, and what a 64-bit one could have. */
    CHECK(sizeof(void *) == 4 ||
          leat_window_size(model, UINT32_MAX, 1) / UINT32_MAX >=
              leat_stream_size(model));
    CHECK_EQUAL(leat_window_size(model, UINT32_MAX, UINT32_MAX),
                leat_window_size(model, 1, 1));
}

static void test_init(void)
{
    size_t n;
    REFUSED(ARGUMENT, "memory", leat_window_init(NULL, ROOM, model, WINDOW, HOP,
                                                 &world.new_stream, wanted));
    for (n = 1; n < 8; n++) {
        REFUSED(ARGUMENT, "memory",
                leat_window_init(spare + n, ROOM - n, model, WINDOW, HOP,
                                 &world.new_stream, wanted));
        if (n % sizeof(leat_stream *) != 0)
            REFUSED(ARGUMENT, "stream",
                    leat_window_init(
                        spare, ROOM, model, WINDOW, HOP,
                        (leat_stream **)(void *)
                            ((unsigned char *)&world.new_stream + n),
                        wanted));
    }
    REFUSED(ARGUMENT, "stream", leat_window_init(spare, ROOM, model, WINDOW,
                                                 HOP, NULL, wanted));
    REFUSED(ARGUMENT, "model", leat_window_init(spare, ROOM, NULL, WINDOW, HOP,
                                                &world.new_stream, wanted));
    REFUSED(ARGUMENT, "memory_size",
            leat_window_init(spare, SIZE_MAX, model, WINDOW, HOP,
                             &world.new_stream, wanted));
    for (n = 0; n < size; n += 61)
        REFUSED(LEAT_E_SIZE, "expected at least",
                leat_window_init(spare, n, model, WINDOW, HOP,
                                 &world.new_stream, wanted));
    REFUSED(LEAT_E_SIZE, "expected at least",
            leat_window_init(spare, size - 1, model, WINDOW, HOP,
                             &world.new_stream, wanted));
    /* More bytes than 32 bits count. */
    REFUSED(sizeof(size_t) > 4 ? LEAT_E_SIZE : LEAT_E_ARGUMENT,
            sizeof(size_t) > 4 ? "expected at least" : "than memory can hold",
            leat_window_init(spare, ROOM, model, UINT32_MAX, 1,
                             &world.new_stream, wanted));
}

static void test_calls(void)
{
    float *in = world.input, *y = world.output;
    float saved = in[0];
    leat_stream *batch[2];
    size_t n, state = leat_stream_state_size(stream);
    batch[0] = stream;
    batch[1] = stream;
    REFUSED(LEAT_E_UNSUPPORTED, "window",
            leat_stream_get_state(stream, 0, world.h, world.c, wanted));
    REFUSED(LEAT_E_UNSUPPORTED, "window",
            leat_stream_set_state(stream, 0, world.h, world.c, wanted));
    REFUSED(ARGUMENT, "input is NULL",
            leat_stream_step(stream, NULL, y, wanted));
    REFUSED(ARGUMENT, "output is NULL",
            leat_stream_step_at(stream, 0, in, NULL, wanted));
    REFUSED(ARGUMENT, "inputs is NULL",
            leat_stream_run(stream, 1, NULL, y, wanted));
    REFUSED(ARGUMENT, "outputs is NULL",
            leat_stream_run(stream, 0, in, NULL, wanted));
    REFUSED(ARGUMENT, "samples",
            leat_stream_run(stream, SIZE_MAX, in, y, wanted));
    REFUSED(ARGUMENT, "samples",
            leat_stream_run(stream, SIZE_MAX / 4, in, y, wanted));
    REFUSED(LEAT_E_POSITION, "sample 1, expected sample 0",
            leat_stream_step_at(stream, 1, in, y, wanted));
    REFUSED(ARGUMENT, "position",
            leat_stream_set_position(stream, UINT64_MAX, wanted));
    REFUSED(ARGUMENT, "name", leat_stream_set_kernel(stream, NULL, wanted));
    REFUSED(ARGUMENT, "name", leat_stream_set_kernel(stream, "none", wanted));
    for (n = 1; n < 4; n++) {
        float *bad = (float *)(void *)((unsigned char *)in + n);
        REFUSED(ARGUMENT, "input",
                leat_stream_step(stream, bad, y, wanted));
        REFUSED(ARGUMENT, "outputs",
                leat_stream_run(stream, 1, in, bad, wanted));
        REFUSED(ARGUMENT, "inputs",
                leat_batch_step(batch, 1, bad, y, wanted));
    }
    REFUSED(ARGUMENT, "buffer",
            leat_stream_save(stream, NULL, state, wanted));
    REFUSED(LEAT_E_SIZE, "expected at least",
            leat_stream_save(stream, world.state, state - 1, wanted));
    REFUSED(ARGUMENT, "buffer",
            leat_stream_load(stream, NULL, state, wanted));
    REFUSED(ARGUMENT, "buffer_size",
            leat_stream_load(stream, world.state, SIZE_MAX, wanted));
    REFUSED(ARGUMENT, "streams[1] is in the batch twice",
            leat_batch_step(batch, 2, in, y, wanted));
    REFUSED(ARGUMENT, "samples", leat_batch_step(batch, SIZE_MAX, in, y,
                                                 wanted));
    REFUSED(ARGUMENT, "samples",
            leat_batch_step_at(batch, world.positions, SIZE_MAX / 2, in, y,
                               world.results, wanted));
    REFUSED(ARGUMENT, "streams",
            leat_batch_save(batch, SIZE_MAX / 2, world.state, state, wanted));
    REFUSED(LEAT_E_SIZE, "expected",
            leat_batch_load(batch, 1, world.state, state - 1, wanted));

    /* An input that is refused, also at the end of a run. */
    for (n = 0; n < STEPS; n++) {
        float *at = in + n * info.input_size;
        float value = *at;
        *at = info.input_limit * 2;
        keep_copy();
        REFUSED(LEAT_E_INPUT, "input[",
                leat_stream_run(stream, STEPS, in, y, wanted));
        *at = value;
        keep_copy();
    }
    CHECK(in[0] == saved);
    CHECK_BYTES(block, kept, size);

    /* At the greatest position. */
    CHECK_EQUAL(leat_stream_set_position(stream, LEAT_POSITION_MAX - 1, NULL),
                LEAT_OK);
    REFUSED(LEAT_E_POSITION, "expected at most 1",
            leat_stream_run(stream, 2, in, y, wanted));
    CHECK_EQUAL(leat_stream_step(stream, in, y, NULL), LEAT_NO_OUTPUT);
    REFUSED(LEAT_E_POSITION, "expected at most 0",
            leat_stream_step(stream, in, y, wanted));
    REFUSED(LEAT_E_POSITION, "streams[0]",
            leat_batch_step(batch, 1, in, y, wanted));
    CHECK_EQUAL(leat_stream_position(stream), LEAT_POSITION_MAX);
}

/* The functions that return a number, of what is no stream and of one without
 * windows. */
static void test_numbers(void)
{
    void *bad[] = { NULL, world.zeros, block + 8, (void *)(uintptr_t)model };
    uint32_t hop;
    size_t i;
    for (i = 0; i < 4; i++) {
        const leat_stream *none = (const leat_stream *)bad[i];
        hop = 7;
        CHECK_EQUAL(leat_stream_window(none, &hop), 0);
        CHECK_EQUAL(hop, 0);
        CHECK_EQUAL(leat_stream_window(none, NULL), 0);
        CHECK_EQUAL(leat_stream_block_size(none), 0);
        CHECK_EQUAL(leat_stream_state_size(none), 0);
        CHECK_EQUAL(leat_stream_outputs(none, 0, 100), 0);
    }
    hop = 7;
    CHECK_EQUAL(leat_stream_window(streams[0], &hop), 0);
    CHECK_EQUAL(hop, 0);
    CHECK_EQUAL(leat_stream_block_size(streams[0]), leat_stream_size(model));
    CHECK_EQUAL(leat_stream_state_size(streams[0]), leat_state_size(model));
    CHECK_EQUAL(leat_stream_outputs(streams[0], 3, 100), 100);
    CHECK_EQUAL(leat_stream_outputs(streams[0], LEAT_POSITION_MAX, 100), 0);
    CHECK_EQUAL(leat_stream_outputs(streams[0], LEAT_POSITION_MAX - 7, 100), 7);
    CHECK_EQUAL(leat_stream_outputs(streams[0], UINT64_MAX, 100), 0);
    CHECK(leat_stream_model(stream) == model);
    CHECK(leat_stream_kernel(stream) == leat_stream_kernel(streams[0]));
}

int main(int count, char **arguments)
{
    check_usage(count == 2, "test_window_arguments VECTORS");
    make_world(arguments[1]);
    size = leat_window_size(model, WINDOW, HOP);
    CHECK(size <= ROOM);
    CHECK_CODE(leat_window_init(block, size, model, WINDOW, HOP, &stream,
                                &error), LEAT_OK, error);
    CHECK((unsigned char *)stream == block);
    CHECK(leat_stream_state_size(stream) <= BLOCK);
    memcpy(kept, block, ROOM);
    test_sizes();
    test_init();
    test_numbers();
    test_calls();
    return check_report("test_window_arguments");
}
