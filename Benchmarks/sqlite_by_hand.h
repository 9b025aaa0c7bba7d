/* SPDX-License-Identifier: MIT
 * What the store's speed is measured by: its work, written in C for a program
 * that keeps each stream's row between saves. The same three statements write
 * the same bytes with the same checksums. The first changes the stream's row
 * only if it is as the last save left it; if it isn't, the program ends. */
#ifndef LEAT_BENCHMARKS_SQLITE_BY_HAND_H
#define LEAT_BENCHMARKS_SQLITE_BY_HAND_H

#include "sqlite_loop.h"

struct by_hand_row {
    const char *name;
    int name_size;
    int64_t id, generation;
    int64_t row_crc;
};

/* Find a stream's row, or insert it. The name must stay where it is. */
struct by_hand_row by_hand_row(struct sqlite_loop *loop, const char *name);

/* Write a checkpoint, inside a transaction. */
void by_hand_save(struct sqlite_loop *loop, struct by_hand_row *row,
                  const leat_stream *stream);

/* The end of a transaction, which is counted, with its checksum. */
void by_hand_commit(struct sqlite_loop *loop);

#endif
