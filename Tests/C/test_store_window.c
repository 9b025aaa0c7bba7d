/* SPDX-License-Identifier: MIT
 * Windowed streams in a store: saved, loaded after a reopening, exported,
 * imported, and offered to an autosave. Checkpoints of other windows, or of a
 * stream without, are another model's.
 *
 *     test_store_window MODEL */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "autosave_fixture.h"
#include "windows.h"

enum { WINDOW = 9, HOP = 2, CURSOR = 3 };

/* Saves and loads at each position continue with the same bits. */
static void test_positions(void)
{
    leat_store *store = open_store("positions.db");
    leat_stream *stream = new_window(model, WINDOW, HOP);
    uint64_t position;
    for (position = 0; position < 40; position++) {
        leat_stream *loaded = new_window(model, WINDOW, HOP);
        leat_checkpoint checkpoint;
        unsigned char cursor[CURSOR] = { 0 };
        step_to(stream, position);
        OK(leat_store_save(store, "w", stream, &position, CURSOR, 0, &error));
        if (position % 7 == 3) {
            OK(leat_store_close(store, &error));
            store = open_store("positions.db");
        }
        OK(leat_store_load(store, "w", loaded, cursor, CURSOR, &checkpoint,
                           &error));
        CHECK_EQUAL(checkpoint.position, position);
        CHECK_EQUAL(checkpoint.state_size, leat_stream_state_size(stream));
        CHECK(same_state(stream, loaded));
        step_to(loaded, position + 15);
        step_to(stream, position + 15);
        CHECK(same_state(stream, loaded));
        OK(leat_store_load(store, "w", stream, NULL, 0, NULL, &error));
        free(loaded);
    }
    free(stream);
    OK(leat_store_close(store, &error));
}

/* Neither loaded nor saved over, unless that is asked for. */
static void test_mismatches(void)
{
    leat_store *store = open_store("mismatches.db");
    leat_stream *streams[] = {
        new_window(model, WINDOW, HOP), new_window(model, WINDOW, HOP + 1),
        new_window(model, WINDOW + 1, HOP), new_stream(model),
    };
    static const char *const kinds[] = {
        "window of 9 and a hop of 2", "window of 9 and a hop of 3",
        "window of 10 and a hop of 2", "model",
    };
    size_t i, j;
    for (i = 0; i < 4; i++)
        step_to(streams[i], 20);
    for (i = 0; i < 4; i++) {
        unsigned char *state;
        size_t size = leat_stream_state_size(streams[i]);
        OK(leat_store_save(store, "w", streams[i], NULL, 0, LEAT_SAVE_REPLACE,
                           &error));
        for (j = 0; j < 4; j++) {
            unsigned char *was;
            if (j == i)
                continue;
            was = state_of(streams[j]);
            REFUSED(LEAT_E_MISMATCH, kinds[i],
                    leat_store_load(store, "w", streams[j], NULL, 0, NULL,
                                    &error));
            REFUSED(LEAT_E_MISMATCH, kinds[j],
                    leat_store_save(store, "w", streams[j], NULL, 0, 0,
                                    &error));
            state = state_of(streams[j]);
            CHECK_BYTES(state, was, leat_stream_state_size(streams[j]));
            REFUSED(LEAT_E_MISMATCH, kinds[j],
                    leat_store_import(store, "w", state,
                                      leat_stream_state_size(streams[j]), NULL,
                                      0, 0, &error));
            free(state);
            free(was);
        }
        /* Without a query, after a save of the same writer. */
        OK(leat_store_save(store, "w", streams[i], NULL, 0, 0, &error));
        REFUSED(LEAT_E_MISMATCH, kinds[i],
                leat_store_save(store, "w", streams[(i + 1) % 4], NULL, 0, 0,
                                &error));
        state = (unsigned char *)malloc(size);
        OK(leat_store_export(store, "w", state, size, NULL, 0, NULL, &error));
        OK(leat_store_import(store, "copy", state, size, NULL, 0,
                             LEAT_SAVE_REPLACE, &error));
        OK(leat_store_load(store, "copy", streams[i], NULL, 0, NULL, &error));
        free(state);
    }
    OK(leat_store_verify(store, NULL, NULL, NULL, &error));
    OK(leat_store_close(store, &error));
    for (i = 0; i < 4; i++)
        free(streams[i]);
}

/* An autosave copies each stream as it is, whatever was in the slot before. */
static void test_autosave(void)
{
    leat_store *store = open_store("autosave.db");
    leat_stream *small = new_window(model, 4, 2), *plain = new_stream(model);
    leat_stream *large = new_window(model, WINDOW, HOP), *loaded;
    leat_autosave_options options = some_options(2);
    leat_autosave *autosave;
    uint32_t slot, other;
    uint64_t position;
    options.stream_size = leat_stream_block_size(small);
    autosave = start_with(store, &options);
    slot = add(autosave, "small");
    other = add(autosave, "other");
    for (position = 0; position < 30; position++) {
        step_to(small, position);
        step_to(plain, position);
        step_to(large, position);
        OK(leat_autosave_offer(autosave, slot, small, NULL, 0, 0, &error));
        OK(leat_autosave_offer(autosave, other, plain, NULL, 0, 0, &error));
        REFUSED(LEAT_E_SIZE, "stream",
                leat_autosave_offer(autosave, slot, large, NULL, 0,
                                    LEAT_OFFER_NOW, &error));
        if (position % 10 == 7)
            OK(leat_autosave_flush(autosave, &error));
    }
    OK(leat_autosave_stop(autosave, 0, &error));
    OK(leat_store_close(store, &error));
    store = open_store("autosave.db");
    loaded = new_window(model, 4, 2);
    OK(leat_store_load(store, "small", loaded, NULL, 0, NULL, &error));
    CHECK(same_state(loaded, small));
    step_to(small, 50);
    step_to(loaded, 50);
    CHECK(same_state(loaded, small));
    free(loaded);
    loaded = new_stream(model);
    OK(leat_store_load(store, "other", loaded, NULL, 0, NULL, &error));
    CHECK(same_state(loaded, plain));
    free(loaded);
    free(small);
    free(plain);
    free(large);
    OK(leat_store_close(store, &error));
}

int main(int count, char **arguments)
{
    char directory[64];
    check_usage(count == 2, "test_store_window MODEL");
    set_up(arguments[1], directory);
    test_positions();
    test_mismatches();
    test_autosave();
    return tear_down("test_store_window", directory);
}
