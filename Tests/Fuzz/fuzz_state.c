/* SPDX-License-Identifier: MIT
 * The bytes after the first are a state, loaded into a stream of one of four
 * models, or into a windowed one. The first byte chooses the stream, and what of
 * the state is corrected, so that later checks are reached too: its beginning,
 * its checksum. */
#include "checksums.h"
#include "fuzz.h"

enum { MODELS = 4, OF_MODEL = 3, RIGHT_HEADER = 4, RIGHT_CHECKSUM = 8,
       WINDOWED = 16, WINDOW = 5, HOP = 2 };

static const struct shape shapes[MODELS] = {
    { .inputs = 1, .hidden = { 1 }, .has_bias = 1 },
    { .inputs = 2, .hidden = { 5, 4 }, .projected = { 3, 0 },
      .linear = { 2 }, .activations = "n" },
    { .inputs = 3, .hidden = { 9 }, .has_bias = 1, .has_normalizer = 1 },
    /* Sums that could overflow, so that h has a low limit. */
    { .inputs = 2, .hidden = { 3 }, .weight = 1e30f }
};
static const leat_model *models[MODELS];

static void make_models(void)
{
    static void *blocks[MODELS];
    uint32_t i;
    for (i = 0; i < MODELS; i++)
        models[i] = random_model(&shapes[i], i == 2 ? I8 : F32, 7 + i,
                                 &blocks[i]);
}

/* Magic, version, layers, fingerprint, shapes of the layers. */
static void put_header(uint8_t *state, size_t size, const leat_model *model)
{
    leat_stream *stream = make_stream(model);
    unsigned char *right = state_bytes(stream);
    leat_model_info_t info;
    MUST(leat_model_info(model, &info, NULL) == LEAT_OK);
    if (size >= 48)
        memcpy(state, right, 48);
    if (size >= 56 + 8 * (size_t)info.recurrent_layers)
        memcpy(state + 56, right + 56, 8 * (size_t)info.recurrent_layers);
    free(right);
    free(stream);
}

static void put_checksum(uint8_t *state, size_t size)
{
    uint32_t crc, i;
    if (size < 4)
        return;
    crc = crc32c(0, state, size - 4);
    for (i = 0; i < 4; i++)
        state[size - 4 + i] = (uint8_t)(crc >> 8 * i);
}

/* A save gives the state that was loaded, except for small numbers, which count
 * as 0. */
static void must_be_kept(const unsigned char *saved, const uint8_t *state,
                         size_t size, uint32_t layers)
{
    size_t at = 56 + 8 * (size_t)layers;
    MUST(memcmp(saved, state, at) == 0);
    for (; at < size - 4; at += 4) {
        float was;
        uint32_t bits;
        memcpy(&was, state + at, 4);
        memcpy(&bits, saved + at, 4);
        MUST(memcmp(saved + at, state + at, 4) == 0 ||
             (bits == 0 && was > -0x1p-40f && was < 0x1p-40f));
    }
}

/* A stream continues from a state that was loaded. */
static void loaded_must_work(leat_stream *stream, const uint8_t *state,
                             size_t size, const leat_state_info_t *found)
{
    const leat_model *model = leat_stream_model(stream);
    leat_model_info_t info;
    unsigned char *saved = state_bytes(stream);
    float *output;
    uint32_t layer;
    size_t t;
    MUST(size == leat_state_size(model));
    must_be_kept(saved, state, size, found->recurrent_layers);
    free(saved);
    MUST(leat_model_info(model, &info, NULL) == LEAT_OK);
    MUST(found->position == leat_stream_position(stream));
    MUST(found->recurrent_layers == info.recurrent_layers);
    MUST(memcmp(found->fingerprint, info.fingerprint, 32) == 0);
    /* A loaded state obeys the limits of leat_stream_set_state(). */
    for (layer = 0; layer < info.recurrent_layers; layer++) {
        float h[16], c[16];
        MUST(leat_stream_get_state(stream, layer, h, c, NULL) == LEAT_OK);
        MUST(leat_stream_set_state(stream, layer, h, c, NULL) == LEAT_OK);
    }
    output = (float *)allocate(info.output_size * sizeof *output);
    if (found->position < (uint64_t)LEAT_POSITION_MAX - FUZZ_STEPS)
        for (t = 0; t < FUZZ_STEPS; t++)
            step_must_work(stream, &info, t, output);
    free(output);
}

/* Load into a stream at some position: LEAT_OK, or nothing changes. */
static int load(const leat_model *model, const uint8_t *state, size_t size)
{
    leat_stream *stream = make_stream(model);
    unsigned char *before, *after;
    leat_error error;
    leat_state_info_t found;
    int code, info_code;
    MUST(leat_stream_set_position(stream, 77, NULL) == LEAT_OK);
    before = state_bytes(stream);
    memset(&found, 0, sizeof found);
    info_code = leat_state_info(state, size, &found, &error);
    if (info_code != LEAT_OK)
        must_report(info_code, &error);
    code = leat_stream_load(stream, state, size, &error);
    if (code == LEAT_OK) {
        MUST(info_code == LEAT_OK);
        loaded_must_work(stream, state, size, &found);
    } else {
        must_report(code, &error);
        after = state_bytes(stream);
        MUST(memcmp(before, after, leat_state_size(model)) == 0);
        free(after);
    }
    free(before);
    free(stream);
    return code;
}

static unsigned char *window_state(const leat_stream *stream)
{
    size_t size = leat_stream_state_size(stream);
    unsigned char *bytes = (unsigned char *)allocate(size);
    MUST(leat_stream_save(stream, bytes, size, NULL) == LEAT_OK);
    return bytes;
}

/* Load into a windowed stream: LEAT_OK, and it continues, or nothing changes.
 * Up to the layers' sizes the beginning may be put right, but for the position
 * and the samples taken in. */
static void load_window(const leat_model *model, uint8_t *state, size_t size,
                        unsigned flags)
{
    size_t block = leat_window_size(model, WINDOW, HOP), all, t;
    leat_stream *stream;
    leat_model_info_t info;
    leat_state_info_t found;
    leat_error error;
    unsigned char *kept = (unsigned char *)allocate(block), *right;
    float input[4] = { 0.5f, -0.25f, 1, 0 }, output[16];
    int code;
    MUST(leat_model_info(model, &info, NULL) == LEAT_OK);
    MUST(leat_window_init(allocate(block), block, model, WINDOW, HOP, &stream,
                          &error) == LEAT_OK);
    for (t = 0; t < 8; t++)
        MUST(leat_stream_step(stream, input, output, NULL) >= 0);
    right = window_state(stream);
    all = leat_stream_state_size(stream);
    if (flags & RIGHT_HEADER) {
        if (size >= 48)
            memcpy(state, right, 48);
        if (size >= 64)
            memcpy(state + 56, right + 56, 8);
        if (size >= 72 + 8 * (size_t)info.recurrent_layers)
            memcpy(state + 72, right + 72, 8 * (size_t)info.recurrent_layers);
    }
    if (flags & RIGHT_CHECKSUM)
        put_checksum(state, size);
    free(right);
    memcpy(kept, stream, block);
    code = leat_stream_load(stream, state, size, &error);
    if (code == LEAT_OK) {
        MUST(size == all);
        MUST(leat_state_info(state, size, &found, NULL) == LEAT_OK);
        MUST(found.window == WINDOW && found.hop == HOP);
        MUST(found.position == leat_stream_position(stream));
        right = window_state(stream);
        must_be_kept(right, state, size, 2 + info.recurrent_layers);
        free(right);
        for (t = 0; t < 2 * WINDOW; t++)
            MUST(leat_stream_step(stream, input, output, &error) >= 0 ||
                 error.code == LEAT_E_POSITION);
    } else {
        must_report(code, &error);
        MUST(memcmp(kept, stream, block) == 0);
    }
    free(kept);
    free(stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const leat_model *model;
    uint8_t *state, *cut;
    unsigned flags, i;
    int code;
    if (models[0] == NULL)
        make_models();
    if (size == 0)
        return 0;
    flags = *bytes++;
    size--;
    model = models[flags & OF_MODEL];
    state = (uint8_t *)allocate(size);
    if (size > 0)
        memcpy(state, bytes, size);
    if (flags & WINDOWED) {
        load_window(model, state, size, flags);
        free(state);
        return 0;
    }
    if (flags & RIGHT_HEADER)
        put_header(state, size, model);
    if (flags & RIGHT_CHECKSUM)
        put_checksum(state, size);
    code = load(model, state, size);
    /* An intact state is refused when it is shortened or extended. */
    for (i = 1; code == LEAT_OK && i <= size; i = i * 2 + 1) {
        cut = (uint8_t *)allocate(size - i);
        memcpy(cut, state, size - i);
        MUST(load(model, cut, size - i) != LEAT_OK);
        free(cut);
    }
    if (code == LEAT_OK) {
        cut = (uint8_t *)allocate(size + 4);
        memcpy(cut, state, size);
        memset(cut + size, 0, 4);
        MUST(load(model, cut, size + 4) != LEAT_OK);
        put_checksum(cut, size + 4);
        MUST(load(model, cut, size + 4) != LEAT_OK);
        free(cut);
    }
    free(state);
    return 0;
}
