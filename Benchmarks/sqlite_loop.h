/* SPDX-License-Identifier: MIT
 * What a program keeps checkpoints with that does without Leat's store: some
 * prepared statements, on the same tables and with the same settings. It keeps
 * the same bytes, but for the rows' checksums, which are 0 here; what it finds
 * it takes as it is. An error ends the program. */
#ifndef LEAT_BENCHMARKS_SQLITE_LOOP_H
#define LEAT_BENCHMARKS_SQLITE_LOOP_H

#include "leat.h"

#include <sqlite3.h>
#include <stdint.h>

enum {
    LOOP_BEGIN,
    LOOP_COMMIT,
    LOOP_COUNT,
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
    int64_t commits;      /* stand in row 0 of leat_stream */
    unsigned char *state; /* room for one */
    size_t state_size;
    unsigned char model[32];
};

/* A stream's row, for a program that keeps it in mind. */
struct loop_row {
    int64_t id, generation;
};

/* Make the file at `path`, for streams of one model. */
void sqlite_loop_open(struct sqlite_loop *loop, const char *path,
                      const leat_model *model);
void sqlite_loop_close(struct sqlite_loop *loop);

void sqlite_loop_begin(struct sqlite_loop *loop);
void sqlite_loop_commit(struct sqlite_loop *loop);

/* Write a checkpoint, inside a transaction: of the stream of a name, as
 * leat_store_save() does; or of one whose row is known, which goes on. */
void sqlite_loop_save(struct sqlite_loop *loop, const char *name,
                      const leat_stream *stream);
void sqlite_loop_save_known(struct sqlite_loop *loop, struct loop_row *row,
                            const leat_stream *stream);

/* Find a stream's row, or make it. */
struct loop_row sqlite_loop_row(struct sqlite_loop *loop, const char *name);

#endif
