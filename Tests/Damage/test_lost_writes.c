/* SPDX-License-Identifier: MIT
 * Stores in which some pages are of an earlier moment: each stream is loaded as
 * the newest, or reported not to be, and the next load finds what is saved and
 * acknowledged after that.
 *
 * Usage: test_lost_writes MODEL.safetensors FOLDER */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "store_fixture.h"

enum { STREAMS = 6, SAVES = 12 };

static const struct store {
    const char *name;
    struct {
        int code;
        uint64_t position; /* of what is loaded */
    } streams[STREAMS];
} stores[] = {
    { "rows-of-all-older.db",
      { { LEAT_FALLBACK, 219 },
        { LEAT_FALLBACK, 252 },
        { LEAT_FALLBACK, 218 },
        { LEAT_FALLBACK, 233 },
        { LEAT_E_CORRUPT, 0 },
        { LEAT_FALLBACK, 244 } } },
    { "checkpoints-older.db",
      { { LEAT_OK, 219 },
        { LEAT_FALLBACK, 185 },
        { LEAT_OK, 222 },
        { LEAT_OK, 233 },
        { LEAT_OK, 206 },
        { LEAT_FALLBACK, 241 } } },
    { "pages-mixed.db",
      { { LEAT_FALLBACK, 219 },
        { LEAT_FALLBACK, 250 },
        { LEAT_FALLBACK, 222 },
        { LEAT_E_CORRUPT, 0 },
        { LEAT_FALLBACK, 206 },
        { LEAT_FALLBACK, 244 } } },
};

static const char path[] = "lost.db";
static leat_stream *stream;
static unsigned char cursor[LEAT_CURSOR_MAX], *saved;

static int load(leat_store *store, const char *name)
{
    return leat_store_load(store, name, stream, cursor, sizeof cursor, NULL,
                           &error);
}

static uint64_t acknowledged;
static unsigned long refused;

/* Save a sample further, or get an error because of the pages. */
static void save_next(leat_store *store, const char *name, int may_be_refused)
{
    float input[64] = { 0.25f }, output[64];
    int code;
    OK(leat_stream_step(stream, input, output, &error));
    code = leat_store_save(store, name, stream, cursor, 300, 0, &error);
    if (code == LEAT_E_CORRUPT && may_be_refused) {
        refused++;
        return;
    }
    CHECK_CODE(code, LEAT_OK, error);
    acknowledged = leat_stream_position(stream);
    need(leat_stream_save(stream, saved, state_size, &error) == LEAT_OK,
         "leat_stream_save");
}

static void load_saved(leat_store *store, const char *name)
{
    unsigned char *found;
    leat_stream_reset(stream, &error);
    OK(load(store, name));
    CHECK_EQUAL(leat_stream_position(stream), acknowledged);
    found = state_of(stream);
    CHECK_BYTES(found, saved, state_size);
    free(found);
}

static void test_store(const struct store *of, const unsigned char *bytes,
                       size_t size)
{
    leat_store *store;
    char name[4];
    int s, n, all;
    for (all = 0; all < 2; all++)
        for (s = 0; s < STREAMS; s++) {
            check_context("%s, s%d", of->name, s);
            remove_store(path);
            write_file(path, bytes, size);
            store = open_store(path);
            if (all) /* whatever else shows the damage */
                CHECK(leat_store_verify(store, NULL, NULL, NULL, &error) ==
                      LEAT_E_CORRUPT);
            snprintf(name, sizeof name, "s%d", s);
            leat_stream_reset(stream, &error);
            RETURNS(of->streams[s].code, load(store, name));
            CHECK_EQUAL(leat_stream_position(stream),
                        of->streams[s].position);
            for (n = 0; n < SAVES; n++) {
                /* Each save writes to pages of different moments. */
                save_next(store, name, n > 0);
                load_saved(store, name);
                if (n % 3 != 2)
                    continue;
                OK(leat_store_close(store, &error));
                store = open_store(path);
                load_saved(store, name);
            }
            OK(leat_store_close(store, &error));
        }
    check_context("%s", "");
}

/* The stores are of arithmetic 2. Give the model the fingerprint that it had
 * then: it is in a state, after its first 16 bytes. */
static void name_model(const unsigned char *store, size_t size)
{
    leat_model_info_t info;
    unsigned char *header = (unsigned char *)(uintptr_t)model;
    size_t at = 0, to = 0;
    OK(leat_model_info(model, &info, &error));
    while (at + 48 < size && memcmp(store + at, "LeatStat", 8) != 0)
        at++;
    while (to < 1024 && memcmp(header + to, info.fingerprint, 32) != 0)
        to++;
    need(at + 48 < size && to < 1024, "both names of the model");
    memcpy(header + to, store + at + 16, 32);
}

int main(int count, char **arguments)
{
    char directory[64], file[600];
    unsigned char *bytes[sizeof stores / sizeof *stores];
    size_t sizes[sizeof stores / sizeof *stores], i;
    check_usage(count == 3, "test_lost_writes MODEL.safetensors FOLDER");
    for (i = 0; i < sizeof stores / sizeof *stores; i++) {
        snprintf(file, sizeof file, "%s/%s", arguments[2], stores[i].name);
        bytes[i] = read_file(file, &sizes[i]);
        need(bytes[i] != NULL, file);
    }
    set_up(arguments[1], directory);
    name_model(bytes[0], sizes[0]);
    stream = new_stream(model);
    saved = malloc(state_size);
    for (i = 0; i < sizeof stores / sizeof *stores; i++) {
        test_store(&stores[i], bytes[i], sizes[i]);
        free(bytes[i]);
    }
    printf("%lu saves refused\n", refused);
    free(saved);
    free(stream);
    return tear_down("test_lost_writes", directory);
}
