/* SPDX-License-Identifier: MIT */
#include "sqlite_loop.h"
#include "models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The schema of Documentation/Formats.md. */
static const char tables[] =
    "CREATE TABLE leat_meta(key TEXT PRIMARY KEY, value ANY NOT NULL) "
    "STRICT, WITHOUT ROWID;"
    "CREATE TABLE leat_stream(id INTEGER PRIMARY KEY, "
    "name TEXT NOT NULL UNIQUE, model BLOB NOT NULL, "
    "generation INTEGER NOT NULL, position INTEGER NOT NULL, "
    "row_crc INTEGER NOT NULL) STRICT;"
    "CREATE TABLE leat_checkpoint(id INTEGER PRIMARY KEY, "
    "generation INTEGER NOT NULL, position INTEGER NOT NULL, "
    "saved_at_ms INTEGER NOT NULL, state_crc INTEGER NOT NULL, "
    "row_crc INTEGER NOT NULL, cursor BLOB NOT NULL, state BLOB NOT NULL) "
    "STRICT;"
    "CREATE INDEX leat_group ON leat_stream(id) WHERE model = "
    "x'4C6561742067726F757000000000000000000000000000000000000000000000';"
    "INSERT INTO leat_meta VALUES ('version', 3), ('epoch', 0);"
    "INSERT INTO leat_stream VALUES (0, '', x'', 0, 0, 0);";

static const char *const texts[LOOP_STATEMENTS] = {
    "BEGIN IMMEDIATE",
    "COMMIT",
    "UPDATE leat_stream SET generation = ?1, row_crc = ?2 WHERE id = 0",
    "SELECT id, generation FROM leat_stream WHERE name = ?1",
    "INSERT INTO leat_stream(name, model, generation, position, row_crc) "
    "VALUES (?1, ?2, 0, 0, 0)",
    "UPDATE leat_stream SET model = ?1, generation = ?2, position = ?3, "
    "row_crc = 0 WHERE id = ?4",
    "INSERT INTO leat_checkpoint VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7)",
    "DELETE FROM leat_checkpoint WHERE id = ?1",
    "UPDATE leat_stream SET generation = ?1, position = ?2, row_crc = ?3 "
    "WHERE id = ?4 AND name = ?5 AND model = ?6 AND generation = ?7 "
    "AND row_crc = ?8",
    "INSERT OR REPLACE INTO leat_checkpoint(id, generation, position, "
    "saved_at_ms, state_crc, row_crc, cursor, state) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};

static void fail(const struct sqlite_loop *loop, const char *what)
{
    fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(loop->database));
    exit(2);
}

static void expect(const struct sqlite_loop *loop, int result, int expected)
{
    if (result != expected)
        fail(loop, "the loop of SQLite statements");
}

static void execute(const struct sqlite_loop *loop, const char *sql)
{
    if (sqlite3_exec(loop->database, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail(loop, sql);
}

void sqlite_loop_run(struct sqlite_loop *loop, int which)
{
    sqlite3_stmt *statement = loop->statements[which];
    expect(loop, sqlite3_step(statement), SQLITE_DONE);
    sqlite3_reset(statement);
}

void sqlite_loop_open(struct sqlite_loop *loop, const char *path,
                      const leat_model *model)
{
    leat_model_info_t info;
    int i;
    memset(loop, 0, sizeof *loop);
    leat_model_info(model, &info, NULL);
    memcpy(loop->model, info.fingerprint, sizeof loop->model);
    loop->state_size = leat_state_size(model);
    loop->state = make_block(loop->state_size);
    expect(loop,
           sqlite3_open_v2(path, &loop->database,
                           SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                               SQLITE_OPEN_NOMUTEX,
                           NULL),
           SQLITE_OK);
    execute(loop, "PRAGMA journal_mode = WAL");
    execute(loop, "PRAGMA synchronous = FULL");
    execute(loop, "PRAGMA wal_autocheckpoint = 1000");
    execute(loop, "PRAGMA journal_size_limit = 8388608");
    execute(loop, tables);
    for (i = 0; i < LOOP_STATEMENTS; i++)
        expect(loop,
               sqlite3_prepare_v3(loop->database, texts[i], -1,
                                  SQLITE_PREPARE_PERSISTENT,
                                  &loop->statements[i], NULL),
               SQLITE_OK);
}

void sqlite_loop_close(struct sqlite_loop *loop)
{
    int i;
    for (i = 0; i < LOOP_STATEMENTS; i++)
        sqlite3_finalize(loop->statements[i]);
    expect(loop, sqlite3_close(loop->database), SQLITE_OK);
    free(loop->state);
}

void sqlite_loop_begin(struct sqlite_loop *loop)
{
    sqlite_loop_run(loop, LOOP_BEGIN);
}

void sqlite_loop_commit(struct sqlite_loop *loop, int64_t row_crc)
{
    sqlite3_stmt *count = loop->statements[LOOP_COUNT_COMMITS];
    sqlite3_bind_int64(count, 1, ++loop->commits);
    sqlite3_bind_int64(count, 2, row_crc);
    sqlite_loop_run(loop, LOOP_COUNT_COMMITS);
    sqlite_loop_run(loop, LOOP_COMMIT);
}

struct loop_row sqlite_loop_row(struct sqlite_loop *loop, const char *name)
{
    sqlite3_stmt *find = loop->statements[LOOP_FIND];
    sqlite3_stmt *add = loop->statements[LOOP_ADD_STREAM];
    struct loop_row row = {0, 0};
    int result;
    sqlite3_bind_text(find, 1, name, -1, SQLITE_STATIC);
    result = sqlite3_step(find);
    if (result == SQLITE_ROW) {
        row.id = sqlite3_column_int64(find, 0);
        row.generation = sqlite3_column_int64(find, 1);
        sqlite3_reset(find);
        return row;
    }
    expect(loop, result, SQLITE_DONE);
    sqlite3_reset(find);
    sqlite3_bind_text(add, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_blob(add, 2, loop->model, sizeof loop->model, SQLITE_STATIC);
    sqlite_loop_run(loop, LOOP_ADD_STREAM);
    row.id = sqlite3_last_insert_rowid(loop->database);
    return row;
}

int64_t loop_checkpoint_id(int64_t id, int64_t generation)
{
    return id * 64 + generation % 64;
}

int64_t sqlite_loop_now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int64_t sqlite_loop_write_state(struct sqlite_loop *loop,
                                const leat_stream *stream)
{
    const unsigned char *crc = loop->state + loop->state_size - 4;
    if (leat_stream_save(stream, loop->state, loop->state_size, NULL) !=
        LEAT_OK)
        fail(loop, "leat_stream_save");
    return (int64_t)crc[0] | (int64_t)crc[1] << 8 | (int64_t)crc[2] << 16 |
           (int64_t)crc[3] << 24;
}

void sqlite_loop_save(struct sqlite_loop *loop, const char *name,
                      const leat_stream *stream)
{
    sqlite3_stmt *update = loop->statements[LOOP_UPDATE_STREAM];
    sqlite3_stmt *add = loop->statements[LOOP_ADD_CHECKPOINT];
    sqlite3_stmt *delete = loop->statements[LOOP_DELETE_CHECKPOINT];
    struct loop_row row = sqlite_loop_row(loop, name);
    int64_t position = (int64_t)leat_stream_position(stream);
    int64_t state_crc = sqlite_loop_write_state(loop, stream);
    row.generation++;
    sqlite3_bind_blob(update, 1, loop->model, sizeof loop->model,
                      SQLITE_STATIC);
    sqlite3_bind_int64(update, 2, row.generation);
    sqlite3_bind_int64(update, 3, position);
    sqlite3_bind_int64(update, 4, row.id);
    sqlite_loop_run(loop, LOOP_UPDATE_STREAM);
    /* Deleted first, so that the new one fits into the same page. */
    if (row.generation > LOOP_GENERATIONS) {
        sqlite3_bind_int64(
            delete, 1,
            loop_checkpoint_id(row.id, row.generation - LOOP_GENERATIONS));
        sqlite_loop_run(loop, LOOP_DELETE_CHECKPOINT);
    }
    sqlite3_bind_int64(add, 1, loop_checkpoint_id(row.id, row.generation));
    sqlite3_bind_int64(add, 2, row.generation);
    sqlite3_bind_int64(add, 3, position);
    sqlite3_bind_int64(add, 4, sqlite_loop_now_ms());
    sqlite3_bind_int64(add, 5, state_crc);
    sqlite3_bind_zeroblob(add, 6, 0);
    sqlite3_bind_blob(add, 7, loop->state, (int)loop->state_size,
                      SQLITE_STATIC);
    sqlite_loop_run(loop, LOOP_ADD_CHECKPOINT);
}
