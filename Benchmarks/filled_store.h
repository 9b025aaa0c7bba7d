/* SPDX-License-Identifier: MIT
 * A store filled with any number of streams, and the file of a loop of SQLite
 * statements with the same content. */
#ifndef LEAT_BENCHMARKS_FILLED_STORE_H
#define LEAT_BENCHMARKS_FILLED_STORE_H

#include "leat_store.h"
#include "sqlite_loop.h"
#include "store_files.h"
#include "streams.h"

/* Saves in one transaction of filled_store_save_together(). */
#define SAVES_PER_TRANSACTION 1000

/* All streams have the state of one. */
struct filled_store {
    struct stream stream;
    struct store_file file, loop_file;
    leat_store *store;
    struct sqlite_loop loop;
    size_t count;
    uint64_t random;
};

/* Make both on the disk, without a stream. */
void filled_store_make(struct filled_store *filled, const struct shape *shape);
void filled_store_free(struct filled_store *filled);

/* Open the store after it was closed, and close it. */
void filled_store_open(struct filled_store *filled);
void filled_store_close(struct filled_store *filled);

/* Add streams up to a count, with as many generations as a store keeps. Returns
 * the seconds that Leat took. */
double filled_store_grow(struct filled_store *filled, size_t count);

/* Tasks: save random streams, each in a transaction or SAVES_PER_TRANSACTION in
 * one; load random streams. */
void filled_store_save(void *filled, size_t times);
void filled_store_save_together(void *filled, size_t times);
void filled_store_loop_save(void *filled, size_t times);
void filled_store_loop_save_together(void *filled, size_t times);
void filled_store_load(void *filled, size_t times);

#endif
