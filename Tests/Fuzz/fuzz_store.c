/* SPDX-License-Identifier: MIT
 * The input is edits to a store in memory: to its rows, with values of any
 * type, and to its pages. What the library loads then must be right, or older
 * and reported as such, or an error.
 *
 * A checkpoint that was never saved may be loaded only if the edits wrote a
 * checksum: see judge(). */
#include "store_operations.h"

enum { LISTED_MOST = 8 };

/* --- rules -------------------------------------------------------------- */

/* Whether a load that reports the newest checkpoint, or only a saved one, must
 * be right. A CRC finds every change of up to 32 consecutive bits, and of any
 * value that it covers, as long as the checksums themselves are unchanged. */
static int must_be_right(void)
{
    if (edits.page_edits == 0)
        return !edits.forged;
    return edits.page_edits == 1 && edits.row_edits == 0;
}

/* Whether the loaded checkpoint is among the saved ones. */
static void judge(int code, const char *name, const leat_stream *stream,
                  const void *cursor, const leat_checkpoint *checkpoint)
{
    const struct saved *found = NULL;
    unsigned char *state = state_bytes(stream);
    size_t i;
    MUST(checkpoint->position == leat_stream_position(stream));
    for (i = 0; i < saved_count; i++)
        if (strcmp(saved[i].name, name) == 0 &&
            saved[i].generation == checkpoint->generation &&
            saved[i].position == checkpoint->position &&
            saved[i].cursor_size == checkpoint->cursor_size &&
            memcmp(saved[i].cursor, cursor, saved[i].cursor_size) == 0 &&
            memcmp(saved[i].state, state, saved[i].state_size) == 0)
            found = &saved[i];
    free(state);
    if (must_be_right())
        MUST(found != NULL);
    if (must_be_right() && edit_count() <= 1 && code == LEAT_OK)
        MUST(found->is_newest);
    if (code == LEAT_FALLBACK)
        MUST(checkpoint->corrupt_generations > 0 ||
             checkpoint->store_is_behind != 0);
    else
        MUST(checkpoint->corrupt_generations == 0 &&
             checkpoint->lost_samples == 0);
}

/* Load a stream by its name; returns the code. */
static int load(leat_store *store, const char *name, leat_stream *stream)
{
    unsigned char *before = state_bytes(stream), *after;
    leat_checkpoint checkpoint;
    leat_error error;
    void *cursor;
    int code, again;
    memset(&checkpoint, 0x55, sizeof checkpoint);
    code = leat_store_load(store, name, stream, NULL, 0, &checkpoint, &error);
    if (code < 0) {
        must_report(code, &error);
        after = state_bytes(stream);
        MUST(memcmp(before, after,
                    leat_state_size(leat_stream_model(stream))) == 0);
        free(after);
        free(before);
        return code;
    }
    free(before);
    MUST(code == LEAT_OK || code == LEAT_FALLBACK);
    MUST(checkpoint.cursor_size <= LEAT_CURSOR_MAX);
    /* Again, with a cursor of exactly its size. */
    cursor = allocate(checkpoint.cursor_size);
    again = leat_store_load(store, name, stream, cursor,
                            checkpoint.cursor_size, &checkpoint, &error);
    MUST(again == code);
    judge(code, name, stream, cursor, &checkpoint);
    free(cursor);
    return code;
}

/* The names that a listing gave. */
struct listing {
    char names[LISTED_MOST][LEAT_NAME_MAX + 1];
    size_t count;
};

static int note(void *context, const leat_store_entry *entry)
{
    struct listing *listing = (struct listing *)context;
    MUST(entry->name[0] != '\0' && strlen(entry->name) <= LEAT_NAME_MAX);
    MUST(is_utf8(entry->name));
    if (listing->count == LISTED_MOST)
        return 1;
    if (listing->count > 0 && edits.page_edits == 0)
        MUST(strcmp(listing->names[listing->count - 1], entry->name) < 0);
    strcpy(listing->names[listing->count++], entry->name);
    return 0;
}

/* Save after what is there, and find it again. */
static void save_and_load(leat_store *store, const char *name,
                          leat_stream *stream, unsigned flags)
{
    uint64_t position = leat_stream_position(stream);
    unsigned char *state = state_bytes(stream), *found;
    leat_checkpoint checkpoint = { 0 };
    leat_error error;
    int code = leat_store_save(store, name, stream, "cursor", 6, flags, &error);
    if (code != LEAT_OK)
        must_report(code, &error);
    else {
        char cursor[6];
        code = leat_store_load(store, name, stream, cursor, 6, &checkpoint,
                               &error);
        /* In damaged pages SQLite may not find what it wrote. */
        if (edits.page_edits == 0)
            MUST(code == LEAT_OK || checkpoint.store_is_behind != 0);
        if (code >= 0 && edits.page_edits == 0) {
            found = state_bytes(stream);
            MUST(checkpoint.position == position);
            MUST(memcmp(cursor, "cursor", 6) == 0);
            MUST(memcmp(state, found,
                        leat_state_size(leat_stream_model(stream))) == 0);
            free(found);
        }
    }
    free(state);
}

static void delete_and_load(leat_store *store, const char *name,
                            leat_stream *stream)
{
    leat_error error;
    int code = leat_store_delete(store, name, &error);
    if (code != LEAT_OK) {
        must_report(code, &error);
        return;
    }
    code = leat_store_load(store, name, stream, NULL, 0, NULL, &error);
    if (edits.page_edits == 0)
        MUST(is_gone(code));
}

static void use(leat_store *store, unsigned choice, unsigned more)
{
    struct listing listing;
    leat_stream *stream = make_stream(store_model);
    leat_error error;
    size_t i;
    int code;
    listing.count = 0;
    code = leat_store_list(store, note, &listing, &error);
    if (code != LEAT_OK)
        must_report(code, &error);
    for (i = 0; i < listing.count; i++) {
        code = load(store, listing.names[i], stream);
        /* Rows contain what the listing reported. */
        MUST(code != LEAT_E_NOT_FOUND || edits.page_edits > 0);
    }
    for (i = 0; i < NAMES; i++) {
        code = load(store, names_saved[i], stream);
        export_like_load(store, names_saved[i], code, stream);
        if (edit_count() == 0)
            MUST(code == (i < 2 ? LEAT_OK : LEAT_E_MISMATCH));
    }
    if (more & 1)
        verify(store);
    if (more & 2)
        prune(store, more >> 4);
    if (more & 4)
        move_and_copy(store, names_saved[more >> 3 & 1]);
    if (choice & 4)
        delete_and_load(store, names_saved[choice >> 6 & 1], stream);
    MUST(leat_stream_set_position(stream, choice & 8 ? 35 : 1000000, NULL) ==
         LEAT_OK);
    for (i = 0; i < NAMES; i++)
        save_and_load(store, names_saved[i], stream, choice >> 4 & 3);
    save_and_load(store, "new", stream, choice >> 4 & 3);
    free(stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input input = { bytes, size };
    unsigned choice = take_byte(&input), more = take_byte(&input);
    leat_store_options options;
    leat_store *store = NULL;
    leat_error error;
    sqlite3_int64 image_size, used;
    uint8_t *image;
    sqlite3 *database;
    int code;
    make_image();
    used = sqlite3_memory_used();
    memset(&edits, 0, sizeof edits);
    database = open_loose_image();
    edit_rows(database, &input);
    image = close_and_tighten(database, &image_size);
    edit_pages(image, &image_size, &input);

    database = open_image(image, image_size);
    if (database == NULL)
        return 0;
    memset(&options, 0, sizeof options);
    options.generations = 1 + choice % 4;
    code = leat_store_attach(database, &options, &store, &error);
    if (code != LEAT_OK) {
        must_report(code, &error);
        MUST(store == NULL && edit_count() > 0);
    } else {
        use(store, choice, more);
        MUST(leat_store_close(store, &error) == LEAT_OK);
    }
    MUST(sqlite3_close(database) == SQLITE_OK);
    MUST(sqlite3_memory_used() == used);
    return 0;
}
