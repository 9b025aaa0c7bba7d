/* SPDX-License-Identifier: MIT */
#include "store_comparison.h"
#include "models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void save_with_leat(void *self, size_t times)
{
    struct store_comparison *comparison = self;
    leat_error error;
    size_t i;
    for (; times > 0; times--) {
        /* A save alone is a transaction. */
        if (comparison->count > 1)
            expect_ok(leat_store_begin(comparison->store, &error), &error);
        for (i = 0; i < comparison->count; i++)
            expect_ok(leat_store_save(comparison->store, comparison->names[i],
                                      comparison->batch.streams[i], NULL, 0, 0,
                                      &error),
                      &error);
        if (comparison->count > 1)
            expect_ok(leat_store_commit(comparison->store, &error), &error);
    }
}

static void save_with_loop(void *self, size_t times)
{
    struct store_comparison *comparison = self;
    size_t i;
    for (; times > 0; times--) {
        sqlite_loop_begin(&comparison->loop);
        for (i = 0; i < comparison->count; i++)
            sqlite_loop_save(&comparison->loop, comparison->names[i],
                             comparison->batch.streams[i]);
        sqlite_loop_commit(&comparison->loop, 0);
    }
}

static void save_by_hand(void *self, size_t times)
{
    struct store_comparison *comparison = self;
    size_t i;
    for (; times > 0; times--) {
        sqlite_loop_begin(&comparison->by_hand);
        for (i = 0; i < comparison->count; i++)
            by_hand_save(&comparison->by_hand, &comparison->rows[i],
                         comparison->batch.streams[i]);
        by_hand_commit(&comparison->by_hand);
    }
}

void (*const save_with[WRITERS])(void *, size_t) = {
    save_with_leat, save_with_loop, save_by_hand};

sqlite3 *writer_database(const struct store_comparison *comparison,
                         enum writer writer)
{
    if (writer == LEAT)
        return leat_store_database(comparison->store);
    return writer == LOOP ? comparison->loop.database
                          : comparison->by_hand.database;
}

void comparison_make(struct store_comparison *comparison,
                     const struct shape *shape, size_t count, enum place place)
{
    leat_error error;
    size_t i, k;
    memset(comparison, 0, sizeof *comparison);
    comparison->count = count;
    stream_make_float32(&comparison->stream, shape);
    batch_make(&comparison->batch, comparison->stream.model, shape->inputs,
               count);
    /* So that no two states are equal. */
    step_batch(&comparison->batch, 1);
    comparison->names = make_block(count * sizeof *comparison->names);
    comparison->rows = make_block(count * sizeof *comparison->rows);
    for (k = 0; k < WRITERS; k++)
        store_file_make(&comparison->files[k], place);
    expect_ok(leat_store_open(comparison->files[LEAT].path, NULL,
                              &comparison->store, &error),
              &error);
    sqlite_loop_open(&comparison->loop, comparison->files[LOOP].path,
                     comparison->stream.model);
    sqlite_loop_open(&comparison->by_hand,
                     comparison->files[BY_HAND].path,
                     comparison->stream.model);
    sqlite_loop_begin(&comparison->by_hand);
    for (i = 0; i < count; i++) {
        snprintf(comparison->names[i], STREAM_NAME_SIZE, "stream-%zu", i);
        comparison->rows[i] =
            by_hand_row(&comparison->by_hand, comparison->names[i]);
    }
    by_hand_commit(&comparison->by_hand);
    /* As many generations as a store keeps, and one to delete. The last one is
     * at a new position, as saves mostly are: until Leat has seen one, it reads
     * back what it wrote. */
    for (k = 0; k < WRITERS; k++)
        save_with[k](comparison, LOOP_GENERATIONS);
    step_batch(&comparison->batch, 1);
    for (k = 0; k < WRITERS; k++)
        save_with[k](comparison, 1);
}

void comparison_free(struct store_comparison *comparison)
{
    leat_error error;
    size_t k;
    expect_ok(leat_store_close(comparison->store, &error), &error);
    sqlite_loop_close(&comparison->loop);
    sqlite_loop_close(&comparison->by_hand);
    for (k = 0; k < WRITERS; k++)
        store_file_remove(&comparison->files[k]);
    free(comparison->names);
    free(comparison->rows);
    batch_free(&comparison->batch);
    stream_free(&comparison->stream);
}

/* Compare all checkpoints of two files. */
static void compare_checkpoints(const struct store_comparison *comparison,
                                enum writer writer)
{
    static const char sql[] =
        "SELECT s.name, s.model, s.position, s.generation - c.generation, "
        "c.position, c.state_crc, c.cursor, c.state "
        "FROM leat_stream AS s JOIN leat_checkpoint AS c "
        "ON c.id BETWEEN s.id * 64 AND s.id * 64 + 63 ORDER BY 1, 4";
    const size_t rows = comparison->count * LOOP_GENERATIONS;
    sqlite3_stmt *ours, *theirs;
    size_t i;
    if (sqlite3_prepare_v2(writer_database(comparison, LEAT), sql, -1, &ours,
                           NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(writer_database(comparison, writer), sql, -1,
                           &theirs, NULL) != SQLITE_OK) {
        fprintf(stderr, "the checkpoints can't be compared\n");
        exit(1);
    }
    for (i = 0; i <= rows; i++) {
        int row = sqlite3_step(ours), column, is_same;
        is_same = row == sqlite3_step(theirs) &&
                  row == (i < rows ? SQLITE_ROW : SQLITE_DONE);
        for (column = 0; is_same && row == SQLITE_ROW && column < 8; column++) {
            int size = sqlite3_column_bytes(ours, column);
            is_same = size == sqlite3_column_bytes(theirs, column) &&
                      (size == 0 || memcmp(sqlite3_column_blob(ours, column),
                                           sqlite3_column_blob(theirs, column),
                                           (size_t)size) == 0);
        }
        if (!is_same) {
            fprintf(stderr, "row %zu: the loop's isn't Leat's\n", i);
            exit(1);
        }
    }
    sqlite3_finalize(ours);
    sqlite3_finalize(theirs);
}

static void print_finding(void *context, const char *line)
{
    (void)context;
    fprintf(stderr, "written by hand: %s\n", line);
}

/* Have Leat check every row of the file that was written by hand. */
static void verify_by_hand(const struct store_comparison *comparison)
{
    leat_store *store;
    leat_error error;
    expect_ok(leat_store_attach(comparison->by_hand.database, NULL, &store,
                                &error),
              &error);
    expect_ok(leat_store_verify(store, print_finding, NULL, NULL, &error),
              &error);
    expect_ok(leat_store_close(store, &error), &error);
}

void comparison_check(const struct store_comparison *comparison)
{
    compare_checkpoints(comparison, LOOP);
    compare_checkpoints(comparison, BY_HAND);
    verify_by_hand(comparison);
}
