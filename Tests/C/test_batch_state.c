/* SPDX-License-Identifier: MIT
 * The states of many streams in one buffer: the bytes that each stream's own
 * save writes, at any alignment, and nothing beside them. A load takes all or
 * none: what one state lacks leaves every stream as it was.
 *
 *     test_batch_state */
#include "kernels.h"
#include "layer_lists.h"

enum { STREAMS = 29, PATTERN = 0xa5, GUARD = 16 };

static const struct {
    const char *text;
    size_t inputs;
} lists[] = {
    { "l17 f3", 3 }, { "g9 r7s l8/3*2", 8 }, { "l1", 1 },
};

static leat_stream *streams[STREAMS], *others[STREAMS];
static unsigned char *buffer, *kept, *one;
static size_t size, all;
static uint32_t seed = 4;
static leat_error error;

/* Different positions, h and c. */
static void age(const leat_model_info_t *info)
{
    float input[17], output[17];
    size_t i, t;
    for (i = 0; i < STREAMS; i++)
        for (t = 0; t <= i % 5; t++) {
            random_floats(&seed, input, info->input_size, 3);
            CHECK_EQUAL(leat_stream_step(streams[i], input, output, NULL), 0);
        }
}

static void save_others(void)
{
    CHECK_CODE(leat_batch_save(others, STREAMS, kept, all, &error), LEAT_OK,
               error);
}

/* The call is refused with words, and no stream has changed. */
static void refused(int code, int expected, const char *words)
{
    unsigned char *now = (unsigned char *)allocate(all);
    CHECK_CODE(code, expected, error);
    CHECK_WORDS(error.message, words);
    CHECK_EQUAL(leat_batch_save(others, STREAMS, now, all, NULL), 0);
    CHECK_BYTES(now, kept, all);
    free(now);
}

static void check_round_trip(size_t shift)
{
    unsigned char *at = buffer + shift;
    size_t i;
    memset(buffer, PATTERN, all + 2 * GUARD);
    CHECK_CODE(leat_batch_save(streams, STREAMS, at, all + shift, &error),
               LEAT_OK, error);
    for (i = 0; i < shift; i++)
        CHECK_EQUAL(buffer[i], PATTERN);
    for (i = shift + all; i < all + 2 * GUARD; i++)
        CHECK_EQUAL(buffer[i], PATTERN);
    for (i = 0; i < STREAMS; i++) {
        CHECK_EQUAL(leat_stream_save(streams[i], one, size, NULL), 0);
        CHECK_BYTES(at + i * size, one, size);
    }
    CHECK_CODE(leat_batch_load(others, STREAMS, at, all, &error), LEAT_OK,
               error);
    for (i = 0; i < STREAMS; i++) {
        CHECK_EQUAL(leat_stream_save(others[i], one, size, NULL), 0);
        CHECK_BYTES(at + i * size, one, size);
    }
}

static void check_refusals(leat_stream *stranger)
{
    static const size_t counts[] = { SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 8 + 1,
                                     SIZE_MAX / 4096 };
    leat_stream *chosen[STREAMS];
    char words[32];
    size_t i, n;
    save_others();
    for (i = 0; i < STREAMS; i++) {
        size_t place = i * size + next_random(&seed) % size;
        unsigned char was = buffer[place];
        buffer[place] = (unsigned char)(was ^ 1u << next_random(&seed) % 8);
        snprintf(words, sizeof words, "streams[%zu]: ", i);
        refused(leat_batch_load(others, STREAMS, buffer, all, &error),
                LEAT_E_CORRUPT, words);
        buffer[place] = was;
        snprintf(words, sizeof words, "streams[%zu]", i);
        memcpy(chosen, others, sizeof chosen);
        chosen[i] = NULL;
        refused(leat_batch_load(chosen, STREAMS, buffer, all, &error),
                LEAT_E_ARGUMENT, i == 0 ? "stream" : words);
        refused(leat_batch_save(chosen, STREAMS, one, all, &error),
                LEAT_E_ARGUMENT, i == 0 ? "stream" : words);
        if (i == 0)
            continue;
        chosen[i] = stranger;
        refused(leat_batch_load(chosen, STREAMS, buffer, all, &error),
                LEAT_E_MISMATCH, words);
        refused(leat_batch_save(chosen, STREAMS, one, all, &error),
                LEAT_E_MISMATCH, words);
        chosen[i] = chosen[next_random(&seed) % i];
        refused(leat_batch_load(chosen, STREAMS, buffer, all, &error),
                LEAT_E_ARGUMENT, words);
        refused(leat_batch_save(chosen, STREAMS, one, all, &error),
                LEAT_E_ARGUMENT, words);
    }
    for (n = 0; n < all; n += 1 + n / 7) {
        refused(leat_batch_load(others, STREAMS, buffer, n, &error),
                LEAT_E_SIZE, "expected");
        refused(leat_batch_save(others, STREAMS, one, n, &error), LEAT_E_SIZE,
                "expected at least");
    }
    refused(leat_batch_load(others, STREAMS, buffer, all + 1, &error),
            LEAT_E_SIZE, "expected");
    refused(leat_batch_load(others, STREAMS, buffer, SIZE_MAX, &error),
            LEAT_E_ARGUMENT, "buffer_size");
    for (n = 0; n < sizeof counts / sizeof *counts; n++) {
        refused(leat_batch_load(others, counts[n], buffer, all, &error),
                n < 3 ? LEAT_E_ARGUMENT : LEAT_E_SIZE, "expected");
        refused(leat_batch_save(others, counts[n], one, all, &error),
                n < 3 ? LEAT_E_ARGUMENT : LEAT_E_SIZE, "expected");
    }
    for (n = 1; n < sizeof *chosen; n++) {
        leat_stream *const *bad =
            (leat_stream *const *)(const void *)((unsigned char *)chosen + n);
        refused(leat_batch_load(bad, 1, buffer, size, &error), LEAT_E_ARGUMENT,
                "streams");
        refused(leat_batch_save(bad, 1, one, size, &error), LEAT_E_ARGUMENT,
                "streams");
    }
    refused(leat_batch_load(NULL, 1, buffer, size, &error), LEAT_E_ARGUMENT,
            "streams");
    refused(leat_batch_save(NULL, 1, one, size, &error), LEAT_E_ARGUMENT,
            "streams");
    refused(leat_batch_load(others, 1, NULL, size, &error), LEAT_E_ARGUMENT,
            "buffer");
    refused(leat_batch_save(others, 1, NULL, size, &error), LEAT_E_ARGUMENT,
            "buffer");
    CHECK_CODE(leat_batch_load(others, 0, buffer, 0, &error), LEAT_OK, error);
    CHECK_CODE(leat_batch_save(others, 0, one, 0, &error), LEAT_OK, error);
}

static void check_list(const char *text, size_t inputs)
{
    static struct list list, other;
    const leat_model *model, *stranger_model;
    leat_model_info_t info;
    leat_stream *stranger;
    void *block, *stranger_block;
    size_t i;
    check_context("%s", text);
    list_make(&list, text, inputs, F32, 0, 1);
    model = list_model(&list, &block);
    list_make(&other, text, inputs, F32, 0, 2);
    stranger_model = list_model(&other, &stranger_block);
    CHECK_EQUAL(leat_model_info(model, &info, NULL), LEAT_OK);
    for (i = 0; i < STREAMS; i++) {
        streams[i] = new_stream(model);
        others[i] = new_stream(model);
    }
    stranger = new_stream(stranger_model);
    size = leat_state_size(model);
    all = STREAMS * size;
    buffer = (unsigned char *)allocate(all + 2 * GUARD);
    kept = (unsigned char *)allocate(all);
    one = (unsigned char *)allocate(all);
    age(&info);
    for (i = GUARD; i > 0; i--)
        check_round_trip(i - 1);
    age(&info);
    check_refusals(stranger);
    for (i = 0; i < STREAMS; i++) {
        free(streams[i]);
        free(others[i]);
    }
    free(stranger);
    free(buffer);
    free(kept);
    free(one);
    free(block);
    free(stranger_block);
    list_free(&list);
    list_free(&other);
}

int main(void)
{
    size_t i;
    for (i = 0; i < sizeof lists / sizeof *lists; i++)
        check_list(lists[i].text, lists[i].inputs);
    return check_report("test_batch_state");
}
