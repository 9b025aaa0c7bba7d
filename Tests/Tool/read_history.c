/* SPDX-License-Identifier: MIT
 * read_history.c: the kills and resumes in the cursor of a checkpoint that
 * `leat run` saved, one event on a line: its kind and the sample.
 * usage: read_history STORE STREAM */
#include <inttypes.h>
#include <leat_store.h>
#include <stdio.h>

enum { EVENT = 1 + 8 + 8 + 8 };

static uint64_t number(const unsigned char *bytes, size_t size)
{
    uint64_t value = 0;
    while (size-- > 0)
        value = value << 8 | bytes[size];
    return value;
}

int main(int argc, char **argv)
{
    static const char *const kinds[] = {"started", "resumed", "killed"};
    static unsigned char cursor[LEAT_CURSOR_MAX];
    leat_store_options options = {LEAT_STORE_READ_ONLY, 0, 0, {0}};
    leat_checkpoint checkpoint;
    leat_error error;
    leat_store *store;
    size_t offset = 4 + 4 + 1 + 1 + 2 * (8 + 4 + 8) + 4 * 8, i;
    if (argc != 3 ||
        leat_store_open(argv[1], &options, &store, &error) < 0 ||
        leat_store_export(store, argv[2], NULL, 0, cursor, sizeof cursor,
                          &checkpoint, &error) < 0) {
        fprintf(stderr, "%s\n", argc != 3 ? "usage" : error.message);
        return 1;
    }
    printf("%s at %" PRIu64 "\n", cursor[8] & 1 ? "ended" : "not ended",
           checkpoint.position);
    for (i = 0; i < 2; i++) /* first line, layout */
        offset += 4 + number(cursor + offset, 4);
    i = number(cursor + offset, 4);
    offset += 4;
    if (cursor[4] < 3 ? offset + i * EVENT != checkpoint.cursor_size
                      : offset + i * EVENT > checkpoint.cursor_size)
        return 1; /* version 3 has what the reader remembers after them */
    for (; i > 0; i--, offset += EVENT)
        printf("%s at %" PRIu64 "\n", kinds[cursor[offset] % 3],
               number(cursor + offset + 1, 8));
    return 0;
}
