/* SPDX-License-Identifier: MIT */
#include "sqlite_by_hand.h"
#include "crc32c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void expect_one_row(const struct sqlite_loop *loop, const char *name)
{
    if (sqlite3_changes64(loop->database) == 1)
        return;
    fprintf(stderr, "%s: its row isn't as the last save left it\n", name);
    exit(2);
}

static uint32_t add_name(const struct by_hand_row *row)
{
    return crc32c_add(crc32c_add_number(~0u, row->name_size), row->name,
                      (size_t)row->name_size);
}

static int64_t stream_crc(const struct sqlite_loop *loop,
                          const struct by_hand_row *row, int64_t position)
{
    uint32_t crc = crc32c_add(add_name(row), loop->model, sizeof loop->model);
    crc = crc32c_add_number(crc, row->generation);
    return (int64_t)(~crc32c_add_number(crc, position));
}

/* The cursor is empty. */
static int64_t checkpoint_crc(const struct by_hand_row *row, int64_t position,
                              int64_t saved_at_ms, int64_t state_crc)
{
    uint32_t crc = crc32c_add_number(add_name(row), row->generation);
    crc = crc32c_add_number(crc, position);
    crc = crc32c_add_number(crc, saved_at_ms);
    crc = crc32c_add_number(crc, state_crc);
    return (int64_t)(~crc32c_add_number(crc, 0));
}

struct by_hand_row by_hand_row(struct sqlite_loop *loop, const char *name)
{
    struct loop_row found = sqlite_loop_row(loop, name);
    struct by_hand_row row;
    row.name = name;
    row.name_size = (int)strlen(name);
    row.id = found.id;
    row.generation = found.generation;
    row.row_crc = 0; /* of the row that was inserted just now */
    return row;
}

void by_hand_save(struct sqlite_loop *loop, struct by_hand_row *row,
                  const leat_stream *stream)
{
    sqlite3_stmt *advance = loop->statements[LOOP_ADVANCE_STREAM];
    sqlite3_stmt *delete = loop->statements[LOOP_DELETE_CHECKPOINT];
    sqlite3_stmt *add = loop->statements[LOOP_REPLACE_CHECKPOINT];
    int64_t position = (int64_t)leat_stream_position(stream);
    int64_t state_crc = sqlite_loop_write_state(loop, stream);
    int64_t generation = row->generation++;
    int64_t row_crc = stream_crc(loop, row, position);
    int64_t now = sqlite_loop_now_ms();
    sqlite3_bind_int64(advance, 1, row->generation);
    sqlite3_bind_int64(advance, 2, position);
    sqlite3_bind_int64(advance, 3, row_crc);
    sqlite3_bind_int64(advance, 4, row->id);
    sqlite3_bind_text(advance, 5, row->name, row->name_size, SQLITE_STATIC);
    sqlite3_bind_blob(advance, 6, loop->model, sizeof loop->model,
                      SQLITE_STATIC);
    sqlite3_bind_int64(advance, 7, generation);
    sqlite3_bind_int64(advance, 8, row->row_crc);
    sqlite_loop_run(loop, LOOP_ADVANCE_STREAM);
    expect_one_row(loop, row->name);
    if (row->generation > LOOP_GENERATIONS) {
        sqlite3_bind_int64(
            delete, 1,
            loop_checkpoint_id(row->id, row->generation - LOOP_GENERATIONS));
        sqlite_loop_run(loop, LOOP_DELETE_CHECKPOINT);
    }
    sqlite3_bind_int64(add, 1, loop_checkpoint_id(row->id, row->generation));
    sqlite3_bind_int64(add, 2, row->generation);
    sqlite3_bind_int64(add, 3, position);
    sqlite3_bind_int64(add, 4, now);
    sqlite3_bind_int64(add, 5, state_crc);
    sqlite3_bind_int64(add, 6, checkpoint_crc(row, position, now, state_crc));
    sqlite3_bind_blob(add, 7, "", 0, SQLITE_STATIC);
    sqlite3_bind_blob(add, 8, loop->state, (int)loop->state_size,
                      SQLITE_STATIC);
    sqlite_loop_run(loop, LOOP_REPLACE_CHECKPOINT);
    row->row_crc = row_crc;
}

void by_hand_commit(struct sqlite_loop *loop)
{
    /* The store's number in the row's `position` is 0. */
    uint32_t crc = crc32c_add_number(~0u, loop->commits + 1);
    sqlite_loop_commit(loop, (int64_t)(~crc32c_add_number(crc, 0)));
}
