/* SPDX-License-Identifier: MIT */
#include "keepers.h"
#include "models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void leat_saves(void *self, size_t times)
{
    struct bout *bout = self;
    leat_error error;
    size_t i;
    for (; times > 0; times--) {
        /* A save alone is a transaction. */
        if (bout->count > 1)
            expect_ok(leat_store_begin(bout->store, &error), &error);
        for (i = 0; i < bout->count; i++)
            expect_ok(leat_store_save(bout->store, bout->names[i],
                                      bout->herd.streams[i], NULL, 0, 0,
                                      &error),
                      &error);
        if (bout->count > 1)
            expect_ok(leat_store_commit(bout->store, &error), &error);
    }
}

static void loop_saves(void *self, size_t times)
{
    struct bout *bout = self;
    size_t i;
    for (; times > 0; times--) {
        sqlite_loop_begin(&bout->loop);
        for (i = 0; i < bout->count; i++)
            sqlite_loop_save(&bout->loop, bout->names[i],
                             bout->herd.streams[i]);
        sqlite_loop_commit(&bout->loop);
    }
}

static void knowing_loop_saves(void *self, size_t times)
{
    struct bout *bout = self;
    size_t i;
    for (; times > 0; times--) {
        sqlite_loop_begin(&bout->knowing_loop);
        for (i = 0; i < bout->count; i++)
            sqlite_loop_save_known(&bout->knowing_loop, &bout->rows[i],
                                   bout->herd.streams[i]);
        sqlite_loop_commit(&bout->knowing_loop);
    }
}

void (*const keeper_saves[KEEPERS])(void *, size_t) = {leat_saves, loop_saves,
                                                       knowing_loop_saves};

sqlite3 *keeper_database(const struct bout *bout, enum keeper keeper)
{
    if (keeper == LEAT)
        return leat_store_database(bout->store);
    return keeper == LOOP ? bout->loop.database : bout->knowing_loop.database;
}

void bout_make(struct bout *bout, const struct shape *shape,
                      size_t count, enum place place)
{
    leat_error error;
    size_t i, k;
    memset(bout, 0, sizeof *bout);
    bout->count = count;
    subject_of(&bout->subject, shape);
    herd_make(&bout->herd, bout->subject.model, shape->inputs, count);
    /* So that no two states are alike. */
    herd_steps(&bout->herd, 1);
    bout->names = make_block(count * sizeof *bout->names);
    bout->rows = make_block(count * sizeof *bout->rows);
    for (k = 0; k < KEEPERS; k++)
        store_file_make(&bout->files[k], place);
    expect_ok(leat_store_open(bout->files[LEAT].path, NULL, &bout->store,
                              &error),
              &error);
    sqlite_loop_open(&bout->loop, bout->files[LOOP].path, bout->subject.model);
    sqlite_loop_open(&bout->knowing_loop, bout->files[KNOWING_LOOP].path,
                     bout->subject.model);
    sqlite_loop_begin(&bout->knowing_loop);
    for (i = 0; i < count; i++) {
        snprintf(bout->names[i], KEEPER_NAME, "stream-%zu", i);
        bout->rows[i] = sqlite_loop_row(&bout->knowing_loop, bout->names[i]);
    }
    sqlite_loop_commit(&bout->knowing_loop);
    /* As many generations as are kept, and one that goes. */
    for (k = 0; k < KEEPERS; k++)
        keeper_saves[k](bout, 4);
}

void bout_free(struct bout *bout)
{
    leat_error error;
    size_t k;
    expect_ok(leat_store_close(bout->store, &error), &error);
    sqlite_loop_close(&bout->loop);
    sqlite_loop_close(&bout->knowing_loop);
    for (k = 0; k < KEEPERS; k++)
        store_file_remove(&bout->files[k]);
    free(bout->names);
    free(bout->rows);
    herd_free(&bout->herd);
    subject_free(&bout->subject);
}

void bout_check(const struct bout *bout)
{
    static const char sql[] =
        "SELECT s.name, s.model, s.position, c.position, c.state_crc, "
        "c.cursor, c.state, (SELECT count(*) FROM leat_checkpoint) "
        "FROM leat_stream AS s JOIN leat_checkpoint AS c "
        "ON c.id = s.id * 64 + s.generation % 64 ORDER BY s.name";
    size_t k, i;
    for (k = LOOP; k < KEEPERS; k++) {
        sqlite3_stmt *ours, *theirs;
        if (sqlite3_prepare_v2(keeper_database(bout, LEAT), sql, -1, &ours,
                               NULL) != SQLITE_OK ||
            sqlite3_prepare_v2(keeper_database(bout, (enum keeper)k), sql, -1,
                               &theirs, NULL) != SQLITE_OK) {
            fprintf(stderr, "the checkpoints can't be compared\n");
            exit(1);
        }
        for (i = 0; i <= bout->count; i++) {
            int row = sqlite3_step(ours), column, is_same;
            is_same = row == sqlite3_step(theirs) &&
                      row == (i < bout->count ? SQLITE_ROW : SQLITE_DONE);
            for (column = 0; is_same && row == SQLITE_ROW && column < 8;
                 column++) {
                int size = sqlite3_column_bytes(ours, column);
                is_same = size == sqlite3_column_bytes(theirs, column) &&
                          (size == 0 ||
                           memcmp(sqlite3_column_blob(ours, column),
                                  sqlite3_column_blob(theirs, column),
                                  (size_t)size) == 0);
            }
            if (!is_same) {
                fprintf(stderr, "row %zu: the loop's is not Leat's\n", i);
                exit(1);
            }
        }
        sqlite3_finalize(ours);
        sqlite3_finalize(theirs);
    }
}
