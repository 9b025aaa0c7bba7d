/* SPDX-License-Identifier: MIT
 * Goes on with the streams of a store, which another processor may have written,
 * and prints a hash of all outputs since their first sample. It ends without
 * closing the store, as a killed program does: the next one gets a -wal, too.
 *
 *     carry STORE SAMPLES MODEL.safetensors ...   one stream of each model, and
 *                                                 a windowed one of the first */
#define _XOPEN_SOURCE 700
#include "store_fixture.h"

enum { MOST = 16, WINDOW = 24, HOP = 5 };

/* The cursor of the group of all streams. */
static struct {
    uint64_t samples, hash;
} place = { 0, 14695981039346656037u };

static void step(leat_stream *stream)
{
    static float input[256], output[256];
    uint64_t position = leat_stream_position(stream);
    leat_model_info_t info;
    uint32_t i;
    int code;
    need(leat_model_info(leat_stream_model(stream), &info, &error) == LEAT_OK &&
             info.input_size <= 256 && info.output_size <= 256,
         "the model");
    for (i = 0; i < info.input_size; i++) {
        uint32_t noise = (uint32_t)position * 2654435761u + i * 40503u;
        input[i] = (float)(noise >> 16) / 16384.0f - 2.0f;
    }
    code = leat_stream_step(stream, input, output, &error);
    need(code >= LEAT_OK, "leat_stream_step");
    if (code != LEAT_NO_OUTPUT)
        place.hash = hash_bytes(place.hash, output,
                                info.output_size * sizeof *output);
}

int main(int count, char **arguments)
{
    const leat_model *models[MOST];
    leat_stream *streams[MOST];
    char names[MOST][16];
    const char *members[MOST];
    leat_store *store = NULL;
    size_t size, used = 0, k;
    uint64_t until;
    int i, found;
    check_usage(count >= 4 && count - 2 <= MOST,
                "carry STORE SAMPLES MODEL.safetensors ...");
    for (i = 3; i < count; i++, used++) {
        need(leat_model_open(arguments[i], &models[used], &error) == LEAT_OK,
             arguments[i]);
        streams[used] = new_stream(models[used]);
    }
    size = leat_window_size(models[0], WINDOW, HOP);
    need(leat_window_init(malloc(size), size, models[0], WINDOW, HOP,
                          &streams[used++], &error) == LEAT_OK,
         "leat_window_init");
    for (k = 0; k < used; k++) {
        snprintf(names[k], sizeof names[k], "stream-%d", (int)k);
        members[k] = names[k];
    }

    need(leat_store_open(arguments[1], NULL, &store, &error) == LEAT_OK,
         arguments[1]);
    need(leat_store_verify(store, NULL, NULL, NULL, &error) == LEAT_OK,
         "leat_store_verify");
    found = leat_store_load_group(store, "all", members, streams, used, &place,
                                  sizeof place, NULL, &error);
    need(found == LEAT_OK || found == LEAT_E_NOT_FOUND, "the group");
    for (until = place.samples + strtoul(arguments[2], NULL, 10);
         place.samples < until; place.samples++)
        for (k = 0; k < used; k++)
            step(streams[k]);
    need(leat_store_save_group(store, "all", members,
                               (const leat_stream *const *)streams, used,
                               &place, sizeof place, 0, &error) == LEAT_OK,
         "leat_store_save_group");
    printf("%lu samples of %lu streams, hash %08lx%08lx\n",
           (unsigned long)place.samples, (unsigned long)used,
           (unsigned long)(place.hash >> 32),
           (unsigned long)(place.hash & 0xffffffffu));
    fflush(stdout);
    _exit(0);
}
