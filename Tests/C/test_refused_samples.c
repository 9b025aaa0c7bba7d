/* SPDX-License-Identifier: MIT
 * Samples and values that a stream refuses: too many, out of turn, not finite,
 * too large, of another model; in every place, and nothing changes.
 *
 *     test_refused_samples VECTORS */
#define _DEFAULT_SOURCE
#include "refused_calls.h"

#include <math.h>
#include <unistd.h>

enum { ARGUMENT = LEAT_E_ARGUMENT };

static void test_counts(void)
{
    static const size_t counts[] = {
        SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2, SIZE_MAX / 2 + 1,
        SIZE_MAX / 3, SIZE_MAX / 4, SIZE_MAX / 4 + 1, SIZE_MAX / 12 + 1,
    };
    leat_stream *s = streams[0];
    float *in = world.input, *y = world.output;
    size_t n;
    for (n = 0; n < sizeof counts / sizeof *counts; n++) {
        check_context("%zu samples", counts[n]);
        REFUSED(ARGUMENT, "samples",
                leat_stream_run(s, counts[n], in, y, wanted));
        REFUSED(ARGUMENT, "samples",
                leat_batch_step(streams, counts[n], in, y, wanted));
        REFUSED(ARGUMENT, "samples",
                leat_batch_step_at(streams, world.positions, counts[n], in, y,
                                   world.results, wanted));
    }
    check_context("%s", "positions");
    REFUSED(ARGUMENT, "position",
            leat_stream_set_position(s, (uint64_t)LEAT_POSITION_MAX + 1,
                                     wanted));
    REFUSED(ARGUMENT, "position",
            leat_stream_set_position(s, UINT64_MAX, wanted));
    REFUSED(LEAT_E_POSITION, "expected sample",
            leat_stream_step_at(s, leat_stream_position(s) + 1, in, y, wanted));
    REFUSED(LEAT_E_POSITION, "expected sample",
            leat_stream_step_at(s, UINT64_MAX, in, y, wanted));

    /* Streams at the last position, or close to it. */
    ACCEPTED(LEAT_OK, leat_stream_set_position(streams[1], LEAT_POSITION_MAX,
                                               wanted));
    ACCEPTED(LEAT_OK, leat_stream_set_position(s, LEAT_POSITION_MAX - 2,
                                               wanted));
    keep_copy();
    REFUSED(LEAT_E_POSITION, "position",
            leat_stream_step(streams[1], in, y, wanted));
    REFUSED(LEAT_E_POSITION, "position",
            leat_stream_step_at(streams[1], LEAT_POSITION_MAX, in, y, wanted));
    REFUSED(LEAT_E_POSITION, "position",
            leat_stream_run(streams[1], 1, in, y, wanted));
    REFUSED(LEAT_E_POSITION, "position", leat_stream_run(s, 3, in, y, wanted));
    REFUSED(LEAT_E_POSITION, "streams[1]",
            leat_batch_step(streams, 3, in, y, wanted));
    REFUSED(LEAT_E_POSITION, "streams[1]",
            leat_batch_step(streams, 2, in, y, wanted));
    REFUSED(LEAT_E_POSITION, "streams[0]",
            leat_batch_step(streams + 1, 1, in, y, wanted));
    ACCEPTED(LEAT_OK, leat_stream_run(s, 2, in, y, wanted));
    CHECK(leat_stream_position(s) == LEAT_POSITION_MAX);
}

/* Turn a batch around: streams that descend in memory are marked, those that
 * ascend are not. */
static void turn(leat_stream **batch, size_t count)
{
    size_t i;
    for (i = 0; i < count / 2; i++) {
        leat_stream *first = batch[i];
        batch[i] = batch[count - 1 - i];
        batch[count - 1 - i] = first;
    }
}

/* NaN, infinities and values that are too large, in every place. */
static void test_inputs(void)
{
    const float values[] = { NAN, -NAN, INFINITY, -INFINITY,
                             nextafterf(info.input_limit, INFINITY),
                             -nextafterf(info.input_limit, INFINITY) };
    float *in = world.input, *y = world.output;
    size_t size = info.input_size, n, i;
    leat_stream *turned[STREAMS];
    memcpy(turned, streams, sizeof streams);
    turn(turned, STREAMS);
    for (n = 0; n < sizeof values / sizeof *values; n++)
        for (i = 0; i < STEPS * size; i++) {
            char words[32];
            check_context("%g in input %zu", (double)values[n], i);
            snprintf(words, sizeof words, "input[%zu][%zu]", i / size,
                     i % size);
            in[i] = values[n];
            keep_copy();
            if (i < size) {
                REFUSED(LEAT_E_INPUT, words,
                        leat_stream_step(streams[0], in, y, wanted));
                REFUSED(LEAT_E_INPUT, words,
                        leat_stream_step_at(
                            streams[0], leat_stream_position(streams[0]), in,
                            y, wanted));
            }
            REFUSED(LEAT_E_INPUT, words,
                    leat_stream_run(streams[0], STEPS, in, y, wanted));
            if (i < STREAMS * size) {
                snprintf(words, sizeof words, "streams[%zu]", i / size);
                REFUSED(LEAT_E_INPUT, words,
                        leat_batch_step(streams, STREAMS, in, y, wanted));
                REFUSED(LEAT_E_INPUT, words,
                        leat_batch_step(turned, STREAMS, in, y, wanted));
                /* One and two streams have checks of their own. */
                if (i < 2 * size)
                    REFUSED(LEAT_E_INPUT, words,
                            leat_batch_step(streams, i / size + 1, in, y,
                                            wanted));
                /* A place in it that a batch doesn't reach. */
                if (i >= size)
                    ACCEPTED(LEAT_OK, leat_batch_step(streams, 1, in, y,
                                                      wanted));
            }
            world = before;
            in[i] = 0;
        }
    check_context("%s", "the limit itself");
    keep_copy();
    in[0] = info.input_limit;
    in[1] = -info.input_limit;
    ACCEPTED(LEAT_OK, leat_stream_step(streams[0], in, y, wanted));
    world = before;
}

/* Arrays of 1 to 21 floats, which end where a page does: a bad value in every
 * place, and one just before the array. */
static void test_lengths(const char *vectors)
{
    enum { MOST = 21 };
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const leat_model *single;
    leat_stream *s;
    leat_model_info_t single_info;
    char path[512], words[32];
    float *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    float bad[5] = { NAN, -NAN, -INFINITY }, *end, y[MOST];
    size_t length, place, n;
    if (pages == MAP_FAILED)
        give_up("mmap");
    end = (float *)plus(pages, page);
    if (mprotect(end, page, PROT_NONE) != 0)
        give_up("mprotect");
    snprintf(path, sizeof path, "%s/gru-1-1/model.safetensors", vectors);
    single = read_only_model(path);
    ACCEPTED(LEAT_OK, leat_model_info(single, &single_info, wanted));
    CHECK_EQUAL(single_info.input_size, 1);
    CHECK_EQUAL(single_info.output_size, 1);
    bad[3] = nextafterf(single_info.input_limit, INFINITY);
    bad[4] = -bad[3];
    ACCEPTED(LEAT_OK, leat_stream_init(world.spare_block, BLOCK, single, &s,
                                       wanted));
    for (length = 1; length <= MOST; length++)
        for (n = 0; n < sizeof bad / sizeof *bad; n++) {
            float *in = end - length;
            check_context("%g in an array of %zu", (double)bad[n], length);
            in[-1] = bad[n];
            ACCEPTED(LEAT_OK, leat_stream_run(s, length, in, y, wanted));
            keep_copy();
            for (place = 0; place < length; place++) {
                in[place] = bad[n];
                snprintf(words, sizeof words, "input[%zu][0]", place);
                REFUSED(LEAT_E_INPUT, words,
                        leat_stream_run(s, length, in, y, wanted));
                in[place] = 0;
            }
            in[-1] = 0;
        }
    munmap(pages, 2 * page);
}

static void test_twice(int is_turned)
{
    leat_stream *batch[STREAMS + 1];
    float *in = world.input, *y = world.output;
    size_t i, j;
    for (i = 0; i <= STREAMS; i++)
        for (j = 0; j < i; j++) {
            memcpy(batch, streams, sizeof streams);
            batch[STREAMS] = batch[j];
            batch[i] = batch[j];
            if (is_turned)
                turn(batch, STREAMS + 1);
            check_context("stream %zu is stream %zu, turned %d", i, j,
                          is_turned);
            REFUSED(ARGUMENT, "twice",
                    leat_batch_step(batch, STREAMS + 1, in, y, wanted));
            REFUSED(ARGUMENT, "twice",
                    leat_batch_step_at(batch, world.positions, STREAMS + 1, in,
                                       y, world.results, wanted));
        }
    check_context("turned %d", is_turned);
    batch[0] = batch[1] = streams[0];
    REFUSED(ARGUMENT, "twice", leat_batch_step(batch, 2, in, y, wanted));
}

static void test_batches(void)
{
    leat_stream *batch[STREAMS];
    float *in = world.input, *y = world.output;
    size_t i;
    test_twice(0);
    test_twice(1);
    for (i = 0; i < STREAMS; i++) {
        check_context("stream %zu is a stranger", i);
        memcpy(batch, streams, sizeof streams);
        batch[i] = stranger;
        REFUSED(LEAT_E_MISMATCH, "model",
                leat_batch_step(batch, STREAMS, in, y, wanted));
        REFUSED(LEAT_E_MISMATCH, "model",
                leat_batch_step_at(batch, world.positions, STREAMS, in, y,
                                   world.results, wanted));
        if (i < 2)
            REFUSED(LEAT_E_MISMATCH, "model",
                    leat_batch_step(batch, 2, in, y, wanted));
        turn(batch, STREAMS);
        REFUSED(LEAT_E_MISMATCH, "model",
                leat_batch_step(batch, STREAMS, in, y, wanted));
    }
    memcpy(batch, streams, sizeof streams);
    turn(batch, STREAMS);
    check_context("%s", "after refused batches");
    ACCEPTED(LEAT_OK, leat_batch_step(streams, STREAMS, in, y, wanted));
    for (i = 0; i < STREAMS; i++)
        CHECK_EQUAL(leat_stream_position(streams[i]), i + 2);
    ACCEPTED(LEAT_OK, leat_batch_step(batch, STREAMS, in, y, wanted));
    ACCEPTED(LEAT_OK, leat_batch_step(batch, 2, in, y, wanted));
    for (i = 0; i < STREAMS; i++)
        CHECK_EQUAL(leat_stream_position(streams[i]),
                    i + (i < STREAMS - 2 ? 3 : 4));
    memset(y, 0xa5, sizeof world.output);
    keep_copy();
}

static void test_states(void)
{
    const float values[] = { NAN, INFINITY, -INFINITY };
    leat_stream *s = streams[0];
    uint32_t layer;
    size_t n, i;
    for (layer = 0; layer < info.recurrent_layers; layer++) {
        leat_layer_info_t shape;
        CHECK_EQUAL(leat_model_layer(model, layer, &shape, NULL), LEAT_OK);
        memset(world.h, 0, sizeof world.h);
        memset(world.c, 0, sizeof world.c);
        for (n = 0; n < 5; n++) {
            float value = n < 3 ? values[n] : n == 3 ? 3.4e38f : -3.4e38f;
            check_context("%g in layer %u", (double)value, (unsigned)layer);
            for (i = 0; i < shape.output_size; i++) {
                world.h[i] = value;
                keep_copy();
                REFUSED(LEAT_E_INPUT, "h[",
                        leat_stream_set_state(s, layer, world.h, NULL,
                                              wanted));
                REFUSED(LEAT_E_INPUT, "h[",
                        leat_stream_set_state(s, layer, world.h, world.c,
                                              wanted));
                world.h[i] = 0;
            }
            for (i = 0; i < shape.hidden_size && n < 3; i++) {
                world.c[i] = value;
                keep_copy();
                REFUSED(LEAT_E_INPUT, "c[",
                        leat_stream_set_state(s, layer, NULL, world.c,
                                              wanted));
                REFUSED(LEAT_E_INPUT, "c[",
                        leat_stream_set_state(s, layer, world.h, world.c,
                                              wanted));
                world.c[i] = 0;
            }
        }
        /* Any finite c is accepted. */
        check_context("%s", "the largest c");
        world.c[0] = 3.4028235e38f;
        ACCEPTED(LEAT_OK, leat_stream_set_state(s, layer, NULL, world.c,
                                                wanted));
        ACCEPTED(LEAT_OK, leat_stream_step(s, world.input, world.output,
                                           wanted));
        CHECK(isfinite(world.output[0]));
        ACCEPTED(LEAT_OK, leat_stream_reset(s, wanted));
        memset(world.output, 0xa5, sizeof world.output);
    }
    keep_copy();
}

int main(int count, char **arguments)
{
    check_usage(count == 2, "test_refused_samples VECTORS");
    make_world(arguments[1]);
    test_counts();
    make_world(arguments[1]);
    test_inputs();
    test_lengths(arguments[1]);
    test_batches();
    test_states();
    return check_report("test_refused_samples");
}
