/* SPDX-License-Identifier: MIT
 * What the store is compared with: prepared SQLite statements that a C program
 * would keep checkpoints with if it had no store, on the same tables and with
 * the same settings. It writes the same bytes, except for the rows' checksums,
 * which are 0. It checks nothing that it reads. An error ends the program. */
#ifndef LEAT_BENCHMARKS_SQLITE_LOOP_H
#define LEAT_BENCHMARKS_SQLITE_LOOP_H

#include "leat.h"

#include <sqlite3.h>
#include <stdint.h>

enum {
    LOOP_BEGIN,
    LOOP_COMMIT,
    LOOP_COUNT_COMMITS,
    LOOP_FIND,
    LOOP_ADD_STREAM,
    LOOP_UPDATE_STREAM,
    LOOP_ADD_CHECKPOINT,
    LOOP_DELETE_CHECKPOINT,
    LOOP_STATEMENTS
};

struct sqlite_loop {
    sqlite3 *database;
    sqlite3_stmt *statements[LOOP_STATEMENTS];
    int64_t commits;      /* written to row 0 of leat_stream */
    unsigned char *state; /* a buffer */
    size_t state_size;
    unsigned char model[32];
};

/* A stream's row, for a program that keeps it between saves. */
struct loop_row {
    int64_t id, generation;
};

/* Create the tables at `path`, for streams of one model. */
void sqlite_loop_open(struct sqlite_loop *loop, const char *path,
                      const leat_model *model);
void sqlite_loop_close(struct sqlite_loop *loop);

void sqlite_loop_begin(struct sqlite_loop *loop);
void sqlite_loop_commit(struct sqlite_loop *loop);

/* Write a checkpoint, inside a transaction: for a name, as leat_store_save()
 * does, or for a known row, whose generation is counted up. */
void sqlite_loop_save(struct sqlite_loop *loop, const char *name,
                      const leat_stream *stream);
void sqlite_loop_save_known(struct sqlite_loop *loop, struct loop_row *row,
                            const leat_stream *stream);

/* Find a stream's row, or insert it. */
struct loop_row sqlite_loop_row(struct sqlite_loop *loop, const char *name);

#endif
