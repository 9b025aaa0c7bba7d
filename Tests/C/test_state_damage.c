/* SPDX-License-Identifier: MIT
 * States: all damage is found, states of other models are refused, and the
 * stream is unchanged afterwards.
 *
 *     test_state_damage VECTORS */
#define _DEFAULT_SOURCE
#include "checksums.h"
#include "refused_calls.h"

#include <math.h>

/* The offsets of a state's fields (Documentation/Formats.md). */
enum { VERSION = 8, LAYERS = 12, FINGERPRINT = 16, POSITION = 48, SIZES = 56 };

static unsigned char good[BLOCK], bytes[BLOCK + 8];
static size_t size;
static leat_stream *target;

static void put(size_t offset, uint64_t value, size_t width)
{
    for (; width > 0; width--, offset++, value >>= 8)
        bytes[offset] = (unsigned char)(value & 255);
}

/* Correct the checksum. */
static void seal(size_t count)
{
    put(count - 4, crc32c(0, bytes, count - 4), 4);
}

static void copy_good(void) { memcpy(bytes, good, sizeof good); }

/* The functions that read states refuse it. */
static void check_both(int code, const char *words, size_t count)
{
    REFUSED(code, words, leat_stream_load(target, bytes, count, wanted));
    if (count == size)
        REFUSED(code, words, leat_batch_load(&target, 1, bytes, count, wanted));
    REFUSED(code, words, leat_state_info(bytes, count, &world.state_info,
                                         wanted));
}

/* Damage that shows only against the model. */
static void check_load(int code, const char *words)
{
    leat_state_info_t state;
    REFUSED(code, words, leat_stream_load(target, bytes, size, wanted));
    REFUSED(code, words, leat_batch_load(&target, 1, bytes, size, wanted));
    ACCEPTED(LEAT_OK, leat_state_info(bytes, size, &state, wanted));
}

static void test_layout(void)
{
    leat_state_info_t state;
    uint64_t position = 0;
    size_t i;
    CHECK_BYTES(good, "LeatStat\1\0\0\0", 12);
    CHECK_EQUAL(good[LAYERS], info.recurrent_layers);
    CHECK_BYTES(good + FINGERPRINT, info.fingerprint, 32);
    for (i = 0; i < 8; i++)
        position |= (uint64_t)good[POSITION + i] << 8 * i;
    CHECK_EQUAL(position, leat_stream_position(streams[2]));
    copy_good();
    seal(size);
    CHECK_BYTES(bytes, good, size);
    ACCEPTED(LEAT_OK, leat_state_info(good, size, &state, wanted));
    CHECK_EQUAL(state.version, 1);
    CHECK_EQUAL(state.window, 0);
    CHECK_EQUAL(state.hop, 0);
    CHECK_EQUAL(state.recurrent_layers, info.recurrent_layers);
    CHECK_EQUAL(state.position, position);
    CHECK_BYTES(state.fingerprint, info.fingerprint, 32);
    for (i = 0; i < 2; i++)
        CHECK_EQUAL(state.reserved[i], 0);
}

static void test_arguments(void)
{
    static unsigned char room[BLOCK];
    size_t n;
    for (n = 0; n < size; n++)
        REFUSED(LEAT_E_SIZE, "expected at least",
                leat_stream_save(target, world.state, n, wanted));
    REFUSED(LEAT_E_ARGUMENT, "buffer",
            leat_stream_save(target, NULL, size, wanted));
    REFUSED(LEAT_E_ARGUMENT, "buffer",
            leat_stream_load(target, NULL, size, wanted));
    REFUSED(LEAT_E_ARGUMENT, "buffer",
            leat_state_info(NULL, size, &world.state_info, wanted));
    REFUSED(LEAT_E_ARGUMENT, "info", leat_state_info(good, size, NULL, wanted));
    for (n = 1; n < 8; n++)
        REFUSED(LEAT_E_ARGUMENT, "info",
                leat_state_info(good, size, (leat_state_info_t *)
                                plus(&world.state_info, n), wanted));
    copy_good();
    check_both(LEAT_E_ARGUMENT, "buffer_size", SIZE_MAX);
    check_both(LEAT_E_ARGUMENT, "buffer_size", (size_t)PTRDIFF_MAX + 1);

    /* With a larger buffer than needed, the rest isn't written to. */
    memset(room, 0xa5, sizeof room);
    ACCEPTED(LEAT_OK, leat_stream_save(streams[2], room, BLOCK, wanted));
    CHECK_BYTES(room, good, BLOCK);
}

static void test_damage(void)
{
    unsigned bit;
    size_t n;
    for (n = 0; n < size; n++) {
        unsigned char *exact = (unsigned char *)allocate(n);
        check_context("cut to %zu bytes", n);
        memcpy(exact, good, n);
        REFUSED(LEAT_E_CORRUPT, "state",
                leat_stream_load(target, exact, n, wanted));
        REFUSED(LEAT_E_CORRUPT, "state",
                leat_state_info(exact, n, &world.state_info, wanted));
        free(exact);
    }
    for (n = 0; n < size; n++)
        for (bit = 0; bit < 8; bit++) {
            check_context("bit %u of byte %zu", bit, n);
            copy_good();
            bytes[n] ^= (unsigned char)(1u << bit);
            check_both(LEAT_E_CORRUPT, "", size);
        }
    for (n = size + 1; n < size + 20; n++) {
        check_context("%zu bytes more", n - size);
        copy_good();
        check_both(LEAT_E_CORRUPT, "state of", n);
        seal(n);
        check_both(LEAT_E_CORRUPT, "state of", n);
    }
    check_context("%s", "all zero, all one");
    memset(bytes, 0, sizeof bytes);
    check_both(LEAT_E_CORRUPT, "not a state", size);
    memset(bytes, 0xff, sizeof bytes);
    check_both(LEAT_E_CORRUPT, "not a state", size);
}

/* Wrong in one respect, with a correct checksum. */
static void test_crafted(void)
{
    static const uint64_t counts[] = { 0, 2, 3, 1000, 0x20000001, 0xffffffff };
    static const uint32_t sizes[] = { 0, 1, 3, 0x40000000, 0x7fffffff,
                                      0x80000000, 0xffffffff };
    const float values[] = { NAN, INFINITY, -INFINITY, -NAN };
    leat_layer_info_t shape;
    char words[40];
    size_t n, i, floats;
    CHECK_EQUAL(leat_model_layer(model, 0, &shape, NULL), LEAT_OK);
    check_context("%s", "versions");
    for (n = 0; n < 3; n++) {
        static const uint64_t versions[] = { LEAT_STATE_VERSION + 1, 256,
                                             0xffffffff };
        copy_good();
        put(VERSION, versions[n], 4);
        seal(size);
        snprintf(words, sizeof words, "version %llu",
                 (unsigned long long)versions[n]);
        check_both(LEAT_E_NEWER, words, size);
    }
    copy_good();
    put(VERSION, 0, 4);
    seal(size);
    check_both(LEAT_E_CORRUPT, "", size);

    check_context("%s", "magic");
    copy_good();
    bytes[0] = 'l';
    seal(size);
    check_both(LEAT_E_CORRUPT, "not a state", size);

    for (n = 0; n < sizeof counts / sizeof *counts; n++) {
        check_context("%llu layers", (unsigned long long)counts[n]);
        copy_good();
        put(LAYERS, counts[n], 4);
        seal(size);
        check_both(LEAT_E_CORRUPT, "layers", size);
    }
    for (n = 0; n < sizeof sizes / sizeof *sizes; n++)
        for (i = 0; i < 2; i++) {
            check_context("%s of %lu floats", i == 0 ? "h" : "c",
                          (unsigned long)sizes[n]);
            copy_good();
            put(SIZES + 4 * i, sizes[n], 4);
            seal(size);
            check_both(LEAT_E_CORRUPT, "layers", size);
        }
    /* The same number of floats in all, but not this model's h and c. */
    check_context("%s", "sizes that add up");
    copy_good();
    put(SIZES, shape.output_size + 1, 4);
    put(SIZES + 4, shape.hidden_size - 1, 4);
    seal(size);
    check_load(LEAT_E_CORRUPT, "sizes");

    check_context("%s", "positions");
    copy_good();
    put(POSITION, (uint64_t)LEAT_POSITION_MAX + 1, 8);
    seal(size);
    check_both(LEAT_E_CORRUPT, "position", size);
    put(POSITION, UINT64_MAX, 8);
    seal(size);
    check_both(LEAT_E_CORRUPT, "position", size);

    floats = shape.output_size + shape.hidden_size;
    for (i = 0; i < floats; i++)
        for (n = 0; n < 5; n++) {
            int is_h = i < shape.output_size;
            uint32_t bits = 0x7f7fffff; /* FLT_MAX, too large for an h */
            if (n < 4)
                memcpy(&bits, &values[n], 4);
            else if (!is_h)
                continue;
            snprintf(words, sizeof words, "%s[%zu] of recurrent layer 0",
                     is_h ? "h" : "c", is_h ? i : i - shape.output_size);
            check_context("%s is %#lx", words, (unsigned long)bits);
            copy_good();
            put(SIZES + 8 * info.recurrent_layers + 4 * i, bits, 4);
            seal(size);
            check_load(LEAT_E_CORRUPT, words);
        }
}

/* The message names both models. */
static void test_foreign(void)
{
    static unsigned char foreign[BLOCK];
    size_t foreign_size = leat_state_size(other_model), i;
    leat_model_info_t other;
    leat_state_info_t state;
    char words[2][17];
    CHECK_EQUAL(leat_model_info(other_model, &other, NULL), LEAT_OK);
    for (i = 0; i < 8; i++) {
        sprintf(words[0] + 2 * i, "%02x", info.fingerprint[i]);
        sprintf(words[1] + 2 * i, "%02x", other.fingerprint[i]);
    }
    check_context("%s", "a state of another model");
    ACCEPTED(LEAT_OK, leat_stream_save(stranger, foreign, BLOCK, wanted));
    ACCEPTED(LEAT_OK, leat_state_info(foreign, foreign_size, &state, wanted));
    CHECK_BYTES(state.fingerprint, other.fingerprint, 32);
    for (i = 0; i < 2; i++)
        REFUSED(LEAT_E_MISMATCH, words[i],
                leat_stream_load(target, foreign, foreign_size, wanted));
    REFUSED(LEAT_E_MISMATCH, words[0],
            leat_stream_load(stranger, good, size, wanted));
    for (i = 0; i < 32; i++) {
        check_context("byte %zu of the fingerprint", i);
        copy_good();
        bytes[FINGERPRINT + i] ^= 1;
        seal(size);
        check_load(LEAT_E_MISMATCH, words[0]);
    }
}

int main(int count, char **arguments)
{
    check_usage(count == 2, "test_state_damage VECTORS");
    make_world(arguments[1]);
    target = streams[0];
    size = leat_state_size(model);
    memset(good, 0xa5, sizeof good);
    ACCEPTED(LEAT_OK, leat_stream_save(streams[2], good, BLOCK, wanted));
    test_layout();
    test_arguments();
    test_damage();
    test_crafted();
    test_foreign();
    check_context("%s", "after all that was refused");
    ACCEPTED(LEAT_OK, leat_stream_load(target, good, size, wanted));
    ACCEPTED(LEAT_OK, leat_stream_save(target, bytes, size, wanted));
    CHECK_BYTES(bytes, good, size);
    return check_report("test_state_damage");
}
