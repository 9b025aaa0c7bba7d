/* SPDX-License-Identifier: MIT
 * The states of windowed streams: a stream that was loaded continues with the
 * same bits, from every position, and saves the same bytes. A damaged or crafted
 * state, one of other windows and one of a stream without windows are refused,
 * and leave the stream as it was. And batches of windowed streams.
 *
 *     test_window_state */
#include "checksums.h"
#include "layer_lists.h"
#include "windows.h"

#include <math.h>

enum { SAMPLES = 60, INPUTS = 3, OUTPUTS = 2, STREAMS = 5, MARK = 0x7f };
enum { VERSION = 8, FINGERPRINT = 16, POSITION = 48, WINDOW = 56, HOP = 60,
       TAKEN = 64, SIZES = 72 };

static const struct {
    uint32_t window, hop;
} windows[] = { { 1, 1 }, { 2, 1 }, { 7, 1 }, { 7, 3 }, { 8, 4 }, { 9, 9 },
                { 30, 4 } };
enum { WINDOWS = sizeof windows / sizeof *windows };

static float samples[SAMPLES * INPUTS];
static leat_error error;

static unsigned char *saved(const leat_stream *stream)
{
    size_t size = leat_stream_state_size(stream);
    unsigned char *bytes = (unsigned char *)allocate(size);
    memset(bytes, MARK, size);
    CHECK_CODE(leat_stream_save(stream, bytes, size, &error), LEAT_OK, error);
    return bytes;
}

/* Step both streams to the end: they put out the same. */
static void check_same(leat_stream *a, leat_stream *b, size_t from)
{
    float of_a[OUTPUTS], of_b[OUTPUTS];
    size_t t;
    for (t = from; t < SAMPLES; t++) {
        memset(of_a, MARK, sizeof of_a);
        memset(of_b, MARK, sizeof of_b);
        CHECK_EQUAL(leat_stream_step(a, samples + t * INPUTS, of_a, NULL),
                    leat_stream_step(b, samples + t * INPUTS, of_b, NULL));
        CHECK_BYTES(of_a, of_b, sizeof of_a);
    }
}

static void check_round_trips(const leat_model *model, uint32_t window,
                              uint32_t hop)
{
    leat_stream *one = new_window(model, window, hop);
    leat_stream *other = new_window(model, window, hop);
    size_t size = leat_stream_state_size(one), block = leat_window_size(
                                                   model, window, hop);
    void *kept = allocate(block);
    leat_state_info_t state;
    float output[OUTPUTS];
    size_t t;
    for (t = 0; t < SAMPLES; t++) {
        unsigned char *bytes = saved(one), *again;
        CHECK_EQUAL(leat_state_info(bytes, size, &state, &error), LEAT_OK);
        CHECK_EQUAL(state.version, 2);
        CHECK_EQUAL(state.window, window);
        CHECK_EQUAL(state.hop, hop);
        CHECK_EQUAL(state.position, t);
        CHECK_CODE(leat_stream_load(other, bytes, size, &error), LEAT_OK,
                   error);
        CHECK_EQUAL(leat_stream_position(other), t);
        again = saved(other);
        CHECK_BYTES(again, bytes, size);
        memcpy(kept, one, block);
        check_same(one, other, t);
        memcpy(one, kept, block);
        leat_stream_step(one, samples + t * INPUTS, output, NULL);
        free(bytes);
        free(again);
    }
    free(one);
    free(other);
    free(kept);
}

/* The load is refused, with words, and the block is as it was. */
static void refused(leat_stream *stream, const void *bytes, size_t size,
                    int code, const char *words)
{
    size_t block = leat_stream_block_size(stream);
    void *kept = memcpy(allocate(block), stream, block);
    CHECK_CODE(leat_stream_load(stream, bytes, size, &error), code, error);
    CHECK_WORDS(error.message, words);
    CHECK_BYTES(stream, kept, block);
    free(kept);
}

static void put(unsigned char *at, uint64_t number, size_t size)
{
    size_t i;
    for (i = 0; i < size; i++)
        at[i] = (unsigned char)(number >> 8 * i);
}

/* A changed state whose checksum is right. */
static void refused_change(leat_stream *stream, const unsigned char *bytes,
                           size_t size, size_t offset, uint64_t number,
                           size_t width, int code, const char *words)
{
    unsigned char *changed = (unsigned char *)memcpy(allocate(size), bytes,
                                                     size);
    leat_state_info_t state;
    put(changed + offset, number, width);
    put(changed + size - 4, crc32c(0, changed, size - 4), 4);
    refused(stream, changed, size, code, words);
    if (code == LEAT_E_CORRUPT && offset < SIZES && number != 0)
        CHECK_EQUAL(leat_state_info(changed, size, &state, NULL), code);
    free(changed);
}

static void check_damage(const leat_model *model, uint32_t window,
                         uint32_t hop)
{
    leat_stream *stream = new_window(model, window, hop);
    size_t size = leat_stream_state_size(stream), i;
    size_t streams = (window + hop - 1) / hop;
    size_t values = SIZES + 8 * 2, of_one = (size - values - 4) / streams;
    unsigned char *bytes;
    float output[OUTPUTS];
    int bit;
    leat_stream_step(stream, samples, output, NULL);
    bytes = saved(stream);
    for (i = 0; i < size; i++)
        for (bit = 0; bit < 8; bit++) {
            bytes[i] ^= (unsigned char)(1 << bit);
            refused(stream, bytes, size, LEAT_E_CORRUPT, "");
            bytes[i] ^= (unsigned char)(1 << bit);
        }
    for (i = 0; i < size; i++)
        refused(stream, bytes, i, LEAT_E_CORRUPT, "");
    refused(stream, bytes, size + 1, LEAT_E_CORRUPT, "");
    /* Cut short, with a right checksum. */
    for (i = 0; i < size; i++) {
        unsigned char *cut = (unsigned char *)memcpy(allocate(size), bytes, i);
        if (i >= 16)
            put(cut + i - 4, crc32c(0, cut, i - 4), 4);
        refused(stream, cut, i, LEAT_E_CORRUPT, "expected");
        free(cut);
    }
#define REFUSED(offset, number, width, code, words)                            \
    refused_change(stream, bytes, size, offset, number, width, code, words)
    REFUSED(VERSION, 0, 4, LEAT_E_CORRUPT, "version 0");
    REFUSED(VERSION, 3, 4, LEAT_E_NEWER, "version 3");
    REFUSED(VERSION, 1, 4, LEAT_E_MISMATCH, "without windows");
    REFUSED(12, 1, 4, LEAT_E_CORRUPT, "size");
    REFUSED(12, UINT32_MAX, 4, LEAT_E_CORRUPT, "size");
    REFUSED(FINGERPRINT, ~(uint64_t)bytes[FINGERPRINT], 1, LEAT_E_MISMATCH,
            "model");
    REFUSED(POSITION, UINT64_MAX, 8, LEAT_E_CORRUPT, "position");
    REFUSED(TAKEN, UINT64_MAX, 8, LEAT_E_CORRUPT, "position");
    REFUSED(WINDOW, 0, 4, LEAT_E_CORRUPT, "window of 0");
    REFUSED(HOP, 0, 4, LEAT_E_CORRUPT, "hop of 0");
    REFUSED(HOP, (uint64_t)window + 1, 4, LEAT_E_CORRUPT, "hop");
    REFUSED(WINDOW, UINT32_MAX, 4, LEAT_E_CORRUPT, "size");
    REFUSED(SIZES, UINT32_MAX, 4, LEAT_E_CORRUPT, "size");
    REFUSED(values, 0x7fc00000, 4, LEAT_E_CORRUPT,
            window == 1 ? "in no window" : "h[0]");
    if (streams > 1) {
        /* The second window hasn't begun. */
        REFUSED(values + of_one, 1, 1, LEAT_E_CORRUPT, "stream 1");
        REFUSED(values + streams * of_one - 1, 1, 1, LEAT_E_CORRUPT,
                "in no window");
    }
    /* At position 0 none has begun. */
    if (window > 1)
        REFUSED(TAKEN, 0, 8, LEAT_E_CORRUPT, "stream 0");
#undef REFUSED
    free(bytes);
    free(stream);
}

static void check_mismatches(const leat_model *model,
                             const leat_model *stranger)
{
    leat_stream *endless = new_stream(model);
    leat_stream *stream = new_window(model, 6, 2);
    leat_stream *others[] = { new_window(model, 6, 3), new_window(model, 7, 2),
                              new_window(model, 5, 2),
                              new_window(stranger, 6, 2), NULL };
    unsigned char *bytes = saved(endless);
    size_t i;
    refused(stream, bytes, leat_state_size(model), LEAT_E_MISMATCH,
            "without windows");
    free(bytes);
    bytes = saved(stream);
    refused(endless, bytes, leat_stream_state_size(stream), LEAT_E_MISMATCH,
            "windowed");
    free(bytes);
    for (i = 0; others[i] != NULL; i++) {
        bytes = saved(others[i]);
        refused(stream, bytes, leat_stream_state_size(others[i]),
                LEAT_E_MISMATCH, i == 3   ? "model"
                                 : i == 0 ? "window of 6 and a hop of 3"
                                          : "expected a window of 6");
        free(bytes);
        free(others[i]);
    }
    free(endless);
    free(stream);
}

/* A batch steps each stream as that stream alone. */
static void check_batch(const leat_model *model, uint32_t window, uint32_t hop)
{
    leat_stream *alone[STREAMS], *streams[STREAMS], *odd[2], *twin;
    float inputs[STREAMS * INPUTS], outputs[STREAMS * OUTPUTS];
    float expected[STREAMS * OUTPUTS];
    uint64_t positions[STREAMS];
    int results[STREAMS];
    size_t size, all, i, t;
    unsigned char *bytes;
    for (i = 0; i < STREAMS; i++) {
        alone[i] = new_window(model, window, hop);
        streams[i] = new_window(model, window, hop);
        /* At different positions. */
        for (t = 0; t < i; t++) {
            leat_stream_step(alone[i], samples, expected, NULL);
            leat_stream_step(streams[i], samples, expected, NULL);
        }
    }
    for (t = 0; t + STREAMS <= SAMPLES; t++) {
        int any = LEAT_NO_OUTPUT;
        memcpy(inputs, samples + t * INPUTS, sizeof inputs);
        memset(outputs, MARK, sizeof outputs);
        memset(expected, MARK, sizeof expected);
        for (i = 0; i < STREAMS; i++) {
            positions[i] = leat_stream_position(streams[i]) +
                           (i == t % STREAMS ? t % 3 - 1 : 0);
            if (t % 2 == 0 || positions[i] == leat_stream_position(alone[i]))
                results[i] = leat_stream_step(alone[i], inputs + i * INPUTS,
                                              expected + i * OUTPUTS, NULL);
            else
                results[i] = positions[i] < leat_stream_position(alone[i])
                                 ? LEAT_SKIPPED
                                 : LEAT_E_POSITION;
            if (results[i] == LEAT_OK)
                any = LEAT_OK;
        }
        if (t % 2 == 0) {
            CHECK_CODE(leat_batch_step(streams, STREAMS, inputs, outputs,
                                       &error), any, error);
        } else {
            int found[STREAMS];
            CHECK_CODE(leat_batch_step_at(streams, positions, STREAMS, inputs,
                                          outputs, found, &error), LEAT_OK,
                       error);
            CHECK_BYTES(found, results, sizeof found);
        }
        CHECK_BYTES(outputs, expected, sizeof outputs);
    }

    /* All states in one buffer. */
    size = leat_stream_state_size(streams[0]);
    all = STREAMS * size;
    bytes = (unsigned char *)allocate(all);
    CHECK_CODE(leat_batch_save(streams, STREAMS, bytes, all - 1, &error),
               LEAT_E_SIZE, error);
    CHECK_CODE(leat_batch_save(streams, STREAMS, bytes, all, &error), LEAT_OK,
               error);
    for (i = 0; i < STREAMS; i++) {
        unsigned char *one = saved(alone[i]);
        CHECK_BYTES(bytes + i * size, one, size);
        CHECK_EQUAL(leat_stream_reset(alone[i], NULL), LEAT_OK);
        free(one);
    }
    CHECK_CODE(leat_batch_load(alone, STREAMS, bytes, all, &error), LEAT_OK,
               error);
    for (i = 0; i < STREAMS; i++)
        check_same(streams[i], alone[i], SAMPLES - 3);
    bytes[3 * size + 20] ^= 1;
    CHECK_EQUAL(leat_batch_load(streams, STREAMS, bytes, all, &error),
                LEAT_E_CORRUPT);
    CHECK_WORDS(error.message, "streams[3]");
    for (i = 0; i < STREAMS; i++)
        check_same(streams[i], alone[i], SAMPLES - 2);

    /* Streams of two kinds, with other windows, one twice. */
    odd[0] = new_stream(model);
    odd[1] = new_window(model, window + 1, hop);
    twin = streams[0];
    for (i = 0; i < 7; i++) {
        leat_stream *two[2];
        int code = LEAT_E_MISMATCH;
        two[0] = i == 1 ? odd[0] : streams[0];
        two[1] = i == 0 ? odd[0] : i == 1 ? streams[0] : odd[1];
        if (i == 3)
            two[1] = twin, code = LEAT_E_ARGUMENT;
        if (i == 4)
            two[1] = NULL, code = LEAT_E_ARGUMENT;
        CHECK_EQUAL(leat_batch_step(two, 2, inputs, outputs, &error), code);
        CHECK_WORDS(error.message, "streams[1]");
        CHECK_EQUAL(leat_batch_step_at(two, positions, 2, inputs, outputs,
                                       results, &error), code);
        CHECK_EQUAL(leat_batch_save(two, 2, bytes, all, &error), code);
        if (i != 1) /* the buffer has states of windowed streams */
            CHECK_EQUAL(leat_batch_load(two, 2, bytes,
                                        2 * leat_stream_state_size(two[0]),
                                        &error), code);
    }
    /* Nothing is marked as in a batch. */
    CHECK(leat_batch_step(streams, STREAMS, inputs, outputs, &error) >= 0);
    inputs[INPUTS + 1] = (float)HUGE_VAL;
    CHECK_EQUAL(leat_batch_step(streams, STREAMS, inputs, outputs, &error),
                LEAT_E_INPUT);
    CHECK_WORDS(error.message, "streams[1]: input[0][1]");
    for (i = 0; i < STREAMS; i++) {
        free(alone[i]);
        free(streams[i]);
    }
    free(odd[0]);
    free(odd[1]);
    free(bytes);
}

int main(void)
{
    static struct list list, other;
    const leat_model *model, *stranger;
    void *block, *stranger_block;
    uint32_t seed = 3;
    size_t w;
    random_floats(&seed, samples, SAMPLES * INPUTS, 3);
    list_make(&list, "l5 g3 f2", INPUTS, F32, 0, 1);
    model = list_model(&list, &block);
    list_make(&other, "l5 g3 f2", INPUTS, F32, 0, 2);
    stranger = list_model(&other, &stranger_block);
    for (w = 0; w < WINDOWS; w++) {
        uint32_t window = windows[w].window, hop = windows[w].hop;
        check_context("window %u, hop %u", (unsigned)window, (unsigned)hop);
        check_round_trips(model, window, hop);
        check_damage(model, window, hop);
        check_batch(model, window, hop);
    }
    check_mismatches(model, stranger);
    free(block);
    free(stranger_block);
    list_free(&list);
    list_free(&other);
    return check_report("test_window_state");
}
