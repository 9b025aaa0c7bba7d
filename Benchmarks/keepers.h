/* SPDX-License-Identifier: MIT
 * Streams whose checkpoints Leat writes, and two loops of SQLite statements. */
#ifndef LEAT_BENCHMARKS_KEEPERS_H
#define LEAT_BENCHMARKS_KEEPERS_H

#include "leat_store.h"
#include "sqlite_loop.h"
#include "store_files.h"
#include "subjects.h"

enum { KEEPER_NAME = 32 };

/* Leat, the loop that knows its streams by name as Leat does, and the one that
 * keeps their rows in mind. */
enum keeper { LEAT, LOOP, KNOWING_LOOP, KEEPERS };

/* Each saves all streams in one transaction; the states are the same. */
struct bout {
    size_t count;
    struct subject subject;
    struct herd herd;
    char (*names)[KEEPER_NAME];
    struct store_file files[KEEPERS];
    leat_store *store;
    struct sqlite_loop loop, knowing_loop;
    struct loop_row *rows;
};

void bout_make(struct bout *bout, const struct shape *shape, size_t count,
               enum place place);
void bout_free(struct bout *bout);

/* A contestant's work: save all streams of a bout. */
extern void (*const keeper_saves[KEEPERS])(void *bout, size_t times);

sqlite3 *keeper_database(const struct bout *bout, enum keeper keeper);

/* Ends the program unless what is compared is the same thing: as many
 * checkpoints, and of each stream the same bytes in the newest. */
void bout_check(const struct bout *bout);

#endif
