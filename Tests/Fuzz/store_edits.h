/* SPDX-License-Identifier: MIT
 * The edits to a store's rows and pages that fuzz_store makes from its
 * input. */
#ifndef LEAT_TESTS_STORE_EDITS_H
#define LEAT_TESTS_STORE_EDITS_H

#include "store_image.h"

/* The edits of this input. */
static struct {
    int row_edits, page_edits; /* of a page, up to four bytes each */
    int forged;                /* a right checksum may have been written */
} edits;

static inline int edit_count(void)
{
    return edits.page_edits + edits.row_edits;
}

static inline void bind_value(sqlite3_stmt *statement, int parameter,
                              struct input *input)
{
    static const sqlite3_int64 numbers[] = {
        0, -1, INT64_MAX, INT64_MIN, INT64_MAX >> 6, (INT64_MAX >> 6) + 1,
        63, 64, 65, 127, 128, UINT32_MAX, (sqlite3_int64)UINT32_MAX + 1,
        INT64_MAX - 1, 1, 2
    };
    uint8_t bytes[256];
    unsigned size, i;
    switch (take_byte(input) % 8) {
    case 0:
        sqlite3_bind_int64(statement, parameter, (int8_t)take_byte(input));
        break;
    case 1:
        sqlite3_bind_int64(statement, parameter,
                           (sqlite3_int64)take_number(input, 8));
        break;
    case 2:
        sqlite3_bind_int64(statement, parameter,
                           numbers[take_byte(input) % 16]);
        break;
    case 3:
    case 4:
        size = take_byte(input);
        for (i = 0; i < size; i++)
            bytes[i] = (uint8_t)take_byte(input);
        if (size % 2 != 0)
            sqlite3_bind_text(statement, parameter, (const char *)bytes,
                              (int)size, SQLITE_TRANSIENT);
        else
            sqlite3_bind_blob(statement, parameter, bytes, (int)size,
                              SQLITE_TRANSIENT);
        break;
    case 5:
        sqlite3_bind_double(statement, parameter,
                            (double)(int64_t)take_number(input, 8) / 1e9);
        break;
    case 6:
        sqlite3_bind_zeroblob(statement, parameter,
                              (int)take_number(input, 2) * 2);
        break;
    default:
        sqlite3_bind_null(statement, parameter);
        break;
    }
}

static inline void set_value(sqlite3 *database, struct input *input)
{
    const struct table *table = pick_table(take_byte(input));
    unsigned column = take_byte(input) % table->columns;
    unsigned row = take_byte(input);
    sqlite3_stmt *statement =
        prepare(database, "UPDATE OR REPLACE %s SET %s = ?1 WHERE %s = "
                          "(SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET %u)",
                table->name, table->column[column], table->column[0],
                table->column[0], table->name, table->column[0], row % 16);
    bind_value(statement, 1, input);
    finish(statement);
    edits.forged |= holds_checksum(table, column);
}

/* A value of one row goes into another, or a row to another place. */
static inline void copy_value(sqlite3 *database, struct input *input)
{
    const struct table *table = pick_table(take_byte(input));
    unsigned column = take_byte(input) % (table->columns + 1);
    unsigned from = take_byte(input) % 16, to = take_byte(input) % 16;
    const char *key = table->column[0];
    if (column == table->columns) {
        sqlite3_stmt *statement =
            prepare(database, "INSERT OR REPLACE INTO %s SELECT ?1, %s FROM "
                              "%s ORDER BY %s LIMIT 1 OFFSET %u",
                    table->name, table->rest, table->name, key, from);
        bind_value(statement, 1, input);
        finish(statement);
        return;
    }
    finish(prepare(database, "UPDATE OR REPLACE %s SET %s = (SELECT %s FROM %s "
                             "ORDER BY %s LIMIT 1 OFFSET %u) WHERE %s = "
                             "(SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET "
                             "%u)",
                   table->name, table->column[column], table->column[column],
                   table->name, key, from, key, key, table->name, key, to));
}

static inline void delete_row(sqlite3 *database, struct input *input)
{
    const struct table *table = pick_table(take_byte(input));
    unsigned row = take_byte(input) % 16;
    const char *key = table->column[0];
    finish(prepare(database, "DELETE FROM %s WHERE %s = (SELECT %s FROM %s "
                             "ORDER BY %s LIMIT 1 OFFSET %u)",
                   table->name, key, key, table->name, key, row));
}

/* A few bits of a value, of any type. */
static inline void flip_value(sqlite3 *database, struct input *input)
{
    const struct table *table = pick_table(take_byte(input));
    unsigned column = take_byte(input) % table->columns;
    unsigned row = take_byte(input) % 16;
    size_t offset = (size_t)take_number(input, 2);
    uint8_t bits = (uint8_t)take_byte(input);
    const char *key = table->column[0], *name = table->column[column];
    sqlite3_stmt *read =
        prepare(database, "SELECT %s, %s FROM %s ORDER BY %s LIMIT 1 OFFSET "
                          "%u", key, name, table->name, key, row);
    if (read != NULL && sqlite3_step(read) == SQLITE_ROW) {
        sqlite3_stmt *write =
            prepare(database, "UPDATE OR REPLACE %s SET %s = ?1 WHERE %s = ?2",
                    table->name, name, key);
        if (write != NULL) {
            sqlite3_bind_value(write, 2, sqlite3_column_value(read, 0));
            if (sqlite3_column_type(read, 1) == SQLITE_INTEGER)
                sqlite3_bind_int64(write, 1,
                                   sqlite3_column_int64(read, 1) ^
                                       (sqlite3_int64)((uint64_t)bits
                                                       << offset % 57));
            else {
                const uint8_t *old = sqlite3_column_blob(read, 1);
                size_t size = (size_t)sqlite3_column_bytes(read, 1);
                uint8_t *new = (uint8_t *)allocate(size + 1);
                if (size > 0) {
                    memcpy(new, old, size);
                    new[offset % size] ^= bits;
                }
                if (sqlite3_column_type(read, 1) == SQLITE_TEXT)
                    sqlite3_bind_text(write, 1, (char *)new, (int)size, free);
                else
                    sqlite3_bind_blob(write, 1, new, (int)size, free);
            }
        }
        finish(write);
    }
    sqlite3_finalize(read);
    edits.forged |= holds_checksum(table, column);
}

static inline void edit_rows(sqlite3 *database, struct input *input)
{
    int left;
    for (left = 12; left > 0 && input->left > 0; left--) {
        switch (take_byte(input) % 8) {
        case 0:
        case 1:
            set_value(database, input);
            break;
        case 2:
            copy_value(database, input);
            break;
        case 3:
            delete_row(database, input);
            break;
        case 4:
        case 5:
            flip_value(database, input);
            break;
        case 6: /* all checksums are right again */
            repair_checksums(database);
            edits.forged = 1;
            break;
        default: /* then the pages */
            return;
        }
        edits.row_edits++;
    }
}

/* Writes bytes over bytes; a count of 0 truncates the file there. */
static inline void edit_pages(uint8_t *image, sqlite3_int64 *size,
                              struct input *input)
{
    int left;
    for (left = 12; left > 0 && input->left > 0; left--) {
        unsigned count = take_byte(input) % 5;
        sqlite3_int64 at = (sqlite3_int64)take_number(input, 3) % *size;
        unsigned i;
        if (count == 0)
            *size = at > PAGE_SIZE ? at : PAGE_SIZE;
        for (i = 0; i < count && at + i < *size; i++)
            image[at + i] ^= (uint8_t)take_byte(input);
        edits.page_edits++;
    }
}

#endif
