/* SPDX-License-Identifier: MIT
 * What the store is compared with: prepared SQLite statements that a C program
 * would keep checkpoints with if it had no store, on the same tables and with
 * the same settings. It writes the same bytes, except for the rows' checksums,
 * which are 0. It checks nothing that it reads. An error ends the program.
 * (sqlite_by_hand.h has the loop with checksums, on the same statements.) */
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
    LOOP_ADVANCE_STREAM,
    LOOP_REPLACE_CHECKPOINT,
    LOOP_STATEMENTS
};

enum { LOOP_GENERATIONS = 3 }; /* the store's default */

struct sqlite_loop {
    sqlite3 *database;
    sqlite3_stmt *statements[LOOP_STATEMENTS];
    int64_t commits;      /* written to row 0 of leat_stream */
    unsigned char *state; /* a buffer */
    size_t state_size;
    unsigned char model[32];
};

/* A stream's row. */
struct loop_row {
    int64_t id, generation;
};

/* Create the tables at `path`, for streams of one model. */
void sqlite_loop_open(struct sqlite_loop *loop, const char *path,
                      const leat_model *model);
void sqlite_loop_close(struct sqlite_loop *loop);

void sqlite_loop_begin(struct sqlite_loop *loop);
/* Count the transaction, in a row with this checksum, and commit it. */
void sqlite_loop_commit(struct sqlite_loop *loop, int64_t row_crc);

/* Write a checkpoint, inside a transaction, as leat_store_save() does. */
void sqlite_loop_save(struct sqlite_loop *loop, const char *name,
                      const leat_stream *stream);

/* Find a stream's row, or insert it. */
struct loop_row sqlite_loop_row(struct sqlite_loop *loop, const char *name);

/* Run a statement that returns no row. */
void sqlite_loop_run(struct sqlite_loop *loop, int which);
/* Write the stream's state to loop->state, and return the CRC at its end. */
int64_t sqlite_loop_write_state(struct sqlite_loop *loop,
                                const leat_stream *stream);
/* A stream has 64 ids for checkpoints, used in turn. */
int64_t loop_checkpoint_id(int64_t id, int64_t generation);
/* Unix time in milliseconds. */
int64_t sqlite_loop_now_ms(void);

#endif
