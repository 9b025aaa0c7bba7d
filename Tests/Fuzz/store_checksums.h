/* SPDX-License-Identifier: MIT
 * The checksums of a store as Documentation/Formats.md defines them, in a
 * second implementation, as functions of SQL. */
#ifndef LEAT_TESTS_STORE_CHECKSUMS_H
#define LEAT_TESTS_STORE_CHECKSUMS_H

#include <sqlite3.h>

#include "checksums.h"
#include "files.h"

#include <stdint.h>

/* leat_crc(value, ...): of numbers as u64, of texts with their length before
 * them, of blobs alone. */
static inline void sql_crc(sqlite3_context *context, int count,
                           sqlite3_value **values)
{
    uint32_t crc = 0;
    int i;
    for (i = 0; i < count; i++) {
        int size = sqlite3_value_bytes(values[i]);
        switch (sqlite3_value_type(values[i])) {
        case SQLITE_INTEGER:
            crc = crc32c_of_number(
                crc, (uint64_t)sqlite3_value_int64(values[i]));
            break;
        case SQLITE_TEXT:
            crc = crc32c_of_number(crc, (uint64_t)size);
            crc = crc32c(crc, sqlite3_value_text(values[i]), (size_t)size);
            break;
        default:
            crc = crc32c(crc, sqlite3_value_blob(values[i]), (size_t)size);
            break;
        }
    }
    sqlite3_result_int64(context, crc);
}

/* leat_sealed(state): the state with the right checksum for its bytes. */
static inline void sql_sealed(sqlite3_context *context, int count,
                              sqlite3_value **values)
{
    size_t size = (size_t)sqlite3_value_bytes(values[0]);
    const uint8_t *bytes = (const uint8_t *)sqlite3_value_blob(values[0]);
    uint8_t *state;
    uint32_t crc, i;
    (void)count;
    if (size < 4) {
        sqlite3_result_value(context, values[0]);
        return;
    }
    state = (uint8_t *)allocate(size);
    memcpy(state, bytes, size);
    crc = crc32c(0, state, size - 4);
    for (i = 0; i < 4; i++)
        state[size - 4 + i] = (uint8_t)(crc >> 8 * i);
    sqlite3_result_blob(context, state, (int)size, free);
}

static inline void sql_last_crc(sqlite3_context *context, int count,
                                sqlite3_value **values)
{
    int size = sqlite3_value_bytes(values[0]);
    const uint8_t *bytes = (const uint8_t *)sqlite3_value_blob(values[0]);
    sqlite3_int64 crc = 0;
    int i;
    (void)count;
    for (i = 1; size >= 4 && i <= 4; i++)
        crc = crc << 8 | bytes[size - i];
    sqlite3_result_int64(context, crc);
}

static inline void add_functions(sqlite3 *database)
{
    sqlite3_create_function(database, "leat_crc", -1, SQLITE_UTF8, NULL,
                            sql_crc, NULL, NULL);
    sqlite3_create_function(database, "leat_sealed", 1, SQLITE_UTF8, NULL,
                            sql_sealed, NULL, NULL);
    sqlite3_create_function(database, "leat_last_crc", 1, SQLITE_UTF8, NULL,
                            sql_last_crc, NULL, NULL);
}

/* So that all checksums are right, whatever the rows contain. */
static inline void repair_checksums(sqlite3 *database)
{
    static const char *const updates[] = {
        "UPDATE leat_checkpoint SET state = leat_sealed(state) "
        "WHERE typeof(state) = 'blob'",
        "UPDATE leat_checkpoint SET state_crc = leat_last_crc(state)",
        "UPDATE leat_checkpoint SET row_crc = leat_crc("
        "(SELECT name FROM leat_stream WHERE leat_stream.id = "
        "leat_checkpoint.id / 64), generation, position, saved_at_ms, "
        "state_crc, length(cursor), cursor)",
        /* Row 0 is no stream: it has the count of commits. */
        "UPDATE leat_stream SET row_crc = CASE id WHEN 0 THEN "
        "leat_crc(generation, position) ELSE "
        "leat_crc(name, model, generation, position) END"
    };
    size_t i;
    for (i = 0; i < sizeof updates / sizeof *updates; i++)
        sqlite3_exec(database, updates[i], NULL, NULL, NULL);
}

#endif
