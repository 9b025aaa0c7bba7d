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
        sqlite_loop_commit(&comparison->loop);
    }
}

static void save_with_caching_loop(void *self, size_t times)
{
    struct store_comparison *comparison = self;
    size_t i;
    for (; times > 0; times--) {
        sqlite_loop_begin(&comparison->caching_loop);
        for (i = 0; i < comparison->count; i++)
            sqlite_loop_save_known(&comparison->caching_loop,
                                   &comparison->rows[i],
                                   comparison->batch.streams[i]);
        sqlite_loop_commit(&comparison->caching_loop);
    }
}

void (*const save_with[WRITERS])(void *, size_t) = {
    save_with_leat, save_with_loop, save_with_caching_loop};

sqlite3 *writer_database(const struct store_comparison *comparison,
                         enum writer writer)
{
    if (writer == LEAT)
        return leat_store_database(comparison->store);
    return writer == LOOP ? comparison->loop.database
                          : comparison->caching_loop.database;
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
    sqlite_loop_open(&comparison->caching_loop,
                     comparison->files[CACHING_LOOP].path,
                     comparison->stream.model);
    sqlite_loop_begin(&comparison->caching_loop);
    for (i = 0; i < count; i++) {
        snprintf(comparison->names[i], STREAM_NAME_SIZE, "stream-%zu", i);
        comparison->rows[i] =
            sqlite_loop_row(&comparison->caching_loop, comparison->names[i]);
    }
    sqlite_loop_commit(&comparison->caching_loop);
    /* As many generations as a store keeps, and one to delete. */
    for (k = 0; k < WRITERS; k++)
        save_with[k](comparison, 4);
}

void comparison_free(struct store_comparison *comparison)
{
    leat_error error;
    size_t k;
    expect_ok(leat_store_close(comparison->store, &error), &error);
    sqlite_loop_close(&comparison->loop);
    sqlite_loop_close(&comparison->caching_loop);
    for (k = 0; k < WRITERS; k++)
        store_file_remove(&comparison->files[k]);
    free(comparison->names);
    free(comparison->rows);
    batch_free(&comparison->batch);
    stream_free(&comparison->stream);
}

void comparison_check(const struct store_comparison *comparison)
{
    static const char sql[] =
        "SELECT s.name, s.model, s.position, c.position, c.state_crc, "
        "c.cursor, c.state, (SELECT count(*) FROM leat_checkpoint) "
        "FROM leat_stream AS s JOIN leat_checkpoint AS c "
        "ON c.id = s.id * 64 + s.generation % 64 ORDER BY s.name";
    size_t k, i;
    for (k = LOOP; k < WRITERS; k++) {
        sqlite3_stmt *ours, *theirs;
        if (sqlite3_prepare_v2(writer_database(comparison, LEAT), sql, -1,
                               &ours, NULL) != SQLITE_OK ||
            sqlite3_prepare_v2(writer_database(comparison, (enum writer)k), sql,
                               -1, &theirs, NULL) != SQLITE_OK) {
            fprintf(stderr, "the checkpoints can't be compared\n");
            exit(1);
        }
        for (i = 0; i <= comparison->count; i++) {
            int row = sqlite3_step(ours), column, is_same;
            is_same = row == sqlite3_step(theirs) &&
                      row == (i < comparison->count ? SQLITE_ROW : SQLITE_DONE);
            for (column = 0; is_same && row == SQLITE_ROW && column < 8;
                 column++) {
                int size = sqlite3_column_bytes(ours, column);
                is_same =
                    size == sqlite3_column_bytes(theirs, column) &&
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
}
