/* SPDX-License-Identifier: MIT
 * Streams whose checkpoints are written by Leat and by two loops of SQLite
 * statements, each to a file. */
#ifndef LEAT_BENCHMARKS_STORE_COMPARISON_H
#define LEAT_BENCHMARKS_STORE_COMPARISON_H

#include "leat_store.h"
#include "sqlite_by_hand.h"
#include "store_files.h"
#include "streams.h"

enum { STREAM_NAME_SIZE = 32 };

/* Leat; the loop that looks up streams by name, and has no checksums; Leat's
 * work by hand. */
enum writer { LEAT, LOOP, BY_HAND, WRITERS };

/* Each writer saves the same streams. */
struct store_comparison {
    size_t count;
    struct stream stream;
    struct batch batch;
    char (*names)[STREAM_NAME_SIZE];
    struct store_file files[WRITERS];
    leat_store *store;
    struct sqlite_loop loop, by_hand;
    struct by_hand_row *rows;
};

void comparison_make(struct store_comparison *comparison,
                     const struct shape *shape, size_t count, enum place place);
void comparison_free(struct store_comparison *comparison);

/* Tasks: save all streams of a comparison in one transaction. */
extern void (*const save_with[WRITERS])(void *comparison, size_t times);

sqlite3 *writer_database(const struct store_comparison *comparison,
                         enum writer writer);

/* Ends the program unless the files hold the same checkpoints, and the checksums
 * in the file that was written by hand are those of its rows. The generations
 * are compared with the stream's newest one, since each has saved at its own
 * speed. */
void comparison_check(const struct store_comparison *comparison);

#endif
