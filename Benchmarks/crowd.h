/* SPDX-License-Identifier: MIT
 * A store of very many streams, and the loop's file with the same in it. */
#ifndef LEAT_BENCHMARKS_CROWD_H
#define LEAT_BENCHMARKS_CROWD_H

#include "leat_store.h"
#include "sqlite_loop.h"
#include "store_files.h"
#include "subjects.h"

/* Saves in one transaction, of those that aren't alone. */
#define CROWD_TOGETHER 1000

/* One stream's state stands for all. */
struct crowd {
    struct subject subject;
    struct store_file file, loop_file;
    leat_store *store;
    struct sqlite_loop loop;
    size_t count;
    uint64_t random;
};

/* Without a stream yet, on the disk. */
void crowd_make(struct crowd *crowd, const struct shape *shape);
void crowd_free(struct crowd *crowd);
/* Put the store on the disk. */
void crowd_to_disk(struct crowd *crowd);

/* Open a store that is closed, and close it. */
void crowd_open(struct crowd *crowd);
void crowd_close(struct crowd *crowd);

/* Add streams up to a count, with all the generations that are kept. Returns
 * the seconds that Leat took. */
double crowd_grow(struct crowd *crowd, size_t count);

/* Contestants' works: save any of the streams, alone or CROWD_TOGETHER in a
 * transaction; load any. */
void crowd_save(void *crowd, size_t times);
void crowd_save_together(void *crowd, size_t times);
void crowd_loop_save(void *crowd, size_t times);
void crowd_loop_save_together(void *crowd, size_t times);
void crowd_load(void *crowd, size_t times);

#endif
