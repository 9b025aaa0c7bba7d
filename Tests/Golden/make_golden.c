/* SPDX-License-Identifier: MIT
 * Writes the golden files of the library's current version of the store and of
 * the state: once for each version, and for each version of the arithmetic,
 * into its own folder, and never again. test_golden.c reads all of them for
 * ever.
 *
 *     closed.db           closed properly
 *     killed.db, -wal     of a killed writer: most of it in the -wal
 *     state.bin           a state at position 30
 *
 * Usage: make_golden MODEL.safetensors FOLDER */
#define _XOPEN_SOURCE 700
#include "store_fixture.h"

/* Checkpoints of "a" at 10, 20, 30 and 40, of which three are kept; one at 25
 * of another stream, whose cursor has 300 bytes; and two of a group, whose
 * member "line/x" is the same in both. */
static leat_store *fill(const char *path)
{
    leat_store *store = open_new(path);
    leat_stream *stream = new_stream(model);
    unsigned char cursor[300];
    uint64_t n;
    for (n = 10; n <= 40; n += 10)
        save_at(store, "a", stream, n);
    for (n = 0; n < sizeof cursor; n++)
        cursor[n] = (unsigned char)n;
    OK(leat_stream_reset(stream, &error));
    step_to(stream, 25);
    OK(leat_store_save(store, "pump 7/\xc3\xa9", stream, cursor, sizeof cursor,
                       0, &error));
    {
        static const char *const members[2] = { "line/x", "line/y" };
        leat_stream *other = new_stream(model);
        const leat_stream *streams[2];
        streams[0] = stream;
        streams[1] = other;
        OK(leat_stream_reset(stream, &error));
        step_to(stream, 7);
        step_to(other, 8);
        n = 15;
        OK(leat_store_save_group(store, "line", members, streams, 2, &n,
                                 sizeof n, 0, &error));
        step_to(other, 18);
        streams[0] = NULL;
        n = 25;
        OK(leat_store_save_group(store, "line", members, streams, 2, &n,
                                 sizeof n, 0, &error));
        free(other);
    }
    free(stream);
    return store;
}

static void copy(const char *from, const char *folder, const char *name)
{
    char path[512];
    size_t size;
    unsigned char *bytes = read_file(from, &size);
    need(bytes != NULL, from);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    write_file(path, bytes, size);
    free(bytes);
}

int main(int count, char **arguments)
{
    char directory[64], folder[400];
    leat_store *store;
    leat_stream *stream;
    unsigned char *state;
    if (count != 3 || realpath(arguments[2], folder) == NULL) {
        fprintf(stderr, "usage: make_golden MODEL.safetensors FOLDER\n");
        return 2;
    }
    set_up(arguments[1], directory);
    store = fill("golden.db");
    copy("golden.db", folder, "killed.db");
    copy("golden.db-wal", folder, "killed.db-wal");
    OK(leat_store_close(store, &error));
    copy("golden.db", folder, "closed.db");
    stream = new_stream(model);
    step_to(stream, 30);
    state = state_of(stream);
    write_file("state.bin", state, state_size);
    copy("state.bin", folder, "state.bin");
    free(state);
    free(stream);
    return tear_down("make_golden", directory);
}
