/* SPDX-License-Identifier: MIT
 * What anyone with SQLite can do to a store: every page is valid, but not its
 * content. Someone who also corrects the checksums can write anything; then
 * Leat must only not crash or hang. */
#ifndef LEAT_TESTS_DAMAGE_SQL_H
#define LEAT_TESTS_DAMAGE_SQL_H

#include "random.h"
#include "store_fixture.h"

static const char *const tables[] = { "leat_checkpoint", "leat_stream" };
static const char *const columns[2][8] = {
    { "generation", "position", "saved_at_ms", "state_crc", "row_crc", "cursor",
      "state", "id" },
    { "id", "name", "model", "generation", "position", "row_crc", "name",
      "generation" },
};
static const char *const hostile[] = {
    "0", "1", "-1", "2", "63", "64", "255", "4294967295", "4294967296",
    "144115188075855871", "144115188075855872", "9223372036854775807",
    "9223372036854775743", "-9223372036854775808", "x''", "x'00'",
    "zeroblob(56)", "zeroblob(70000)", "zeroblob(2000000)", "randomblob(324)",
    "randomblob(32)", "''", "'name'", "'9223372036854775807'", "1.5", "-0.0",
    "1e999", "NULL", "CAST(zeroblob(300) AS TEXT)", "CAST(x'ff00' AS TEXT)",
    "random()",
};

static const char *some_value(void)
{
    return hostile[random_below(sizeof hostile / sizeof *hostile)];
}

/* Statements may fail: only what they leave is checked. */
static void sql(sqlite3 *database, const char *text)
{
    sqlite3_exec(database, text, NULL, NULL, NULL);
}

/* Some rows of a table, mostly one. */
static void where(char text[160], const char *table)
{
    if (one_in(4))
        snprintf(text, 160, "WHERE random() & 1");
    else
        snprintf(text, 160, "WHERE rowid = (SELECT rowid FROM %s "
                            "ORDER BY random() LIMIT 1)", table);
}

/* --- checksums, as functions of SQL -------------------------------------- */

static void row_crc_in_sql(sqlite3_context *context, int count,
                           sqlite3_value **values)
{
    const char *name = (const char *)sqlite3_value_text(values[0]);
    (void)count;
    sqlite3_result_int64(
        context,
        row_crc(name == NULL ? "" : name, sqlite3_value_int64(values[1]),
                sqlite3_value_int64(values[2]), sqlite3_value_int64(values[3]),
                (uint32_t)sqlite3_value_int64(values[4]),
                sqlite3_value_blob(values[5]),
                (size_t)sqlite3_value_bytes(values[5])));
}

static void stream_crc_in_sql(sqlite3_context *context, int count,
                              sqlite3_value **values)
{
    const char *name = (const char *)sqlite3_value_text(values[0]);
    uint32_t crc = crc32c_of_number(0, name == NULL ? 0 : strlen(name));
    (void)count;
    crc = crc32c(crc, name, name == NULL ? 0 : strlen(name));
    crc = crc32c(crc, sqlite3_value_blob(values[1]),
                 (size_t)sqlite3_value_bytes(values[1]));
    crc = crc32c_of_number(crc, (uint64_t)sqlite3_value_int64(values[2]));
    crc = crc32c_of_number(crc, (uint64_t)sqlite3_value_int64(values[3]));
    sqlite3_result_int64(context, crc);
}

/* --- kinds --------------------------------------------------------------- */

static void sql_values(sqlite3 *database)
{
    size_t table = random_below(2);
    char text[400], rows[160];
    where(rows, tables[table]);
    snprintf(text, sizeof text, "UPDATE OR REPLACE %s SET %s = %s %s",
             tables[table], columns[table][random_below(8)], some_value(),
             rows);
    sql(database, text);
}

/* One row's value in place of another's. */
static void sql_exchange(sqlite3 *database)
{
    size_t table = random_below(2);
    char text[400], rows[160];
    const char *column = columns[table][random_below(8)];
    where(rows, tables[table]);
    snprintf(text, sizeof text,
             "UPDATE OR REPLACE %s SET %s = (SELECT %s FROM %s "
             "ORDER BY random() LIMIT 1) %s", tables[table], column, column,
             tables[table], rows);
    sql(database, text);
}

/* Values of types that the table doesn't accept. */
static void sql_types(sqlite3 *database)
{
    sql(database, "CREATE TEMP TABLE kept AS SELECT name, sql "
                  "FROM main.sqlite_schema;"
                  "PRAGMA writable_schema = ON;"
                  "UPDATE sqlite_schema SET sql = replace(replace(replace("
                  "replace(sql, ' STRICT', ''), ', WITHOUT', ' WITHOUT'), "
                  "' NOT NULL', ''), 'INTEGER NOT', 'NOT');"
                  "PRAGMA writable_schema = RESET");
    if (one_in(5)) {
        char text[200];
        snprintf(text, sizeof text, "UPDATE leat_meta SET value = %s %s",
                 some_value(), one_in(2) ? "WHERE key = 'epoch'" : "");
        sql(database, text);
    } else {
        sql_values(database);
    }
    sql(database, "PRAGMA writable_schema = ON;"
                  "UPDATE main.sqlite_schema AS s SET sql = (SELECT sql "
                  "FROM temp.kept WHERE kept.name = s.name);"
                  "DROP TABLE temp.kept;"
                  "PRAGMA writable_schema = RESET");
}

static void sql_checkpoints_gone(sqlite3 *database)
{
    char text[400], rows[160];
    where(rows, "leat_checkpoint");
    snprintf(text, sizeof text, "DELETE FROM leat_checkpoint %s", rows);
    sql(database, text);
}

static void sql_meta(sqlite3 *database)
{
    char text[400];
    switch (random_below(4)) {
    case 0:
        sql(database, "DELETE FROM leat_meta WHERE random() & 1");
        return;
    case 1:
        snprintf(text, sizeof text, "PRAGMA user_version = %d",
                 (int)random_below(5) - 1);
        break;
    case 2:
        snprintf(text, sizeof text, "PRAGMA application_id = %d",
                 (int)random_below(5));
        break;
    default:
        snprintf(text, sizeof text, "UPDATE leat_meta SET value = %s "
                                    "WHERE random() & 1", some_value());
    }
    sql(database, text);
}

/* Rows that no save wrote, beside the right ones. */
static void sql_more_rows(sqlite3 *database)
{
    char text[600];
    if (one_in(2))
        snprintf(text, sizeof text,
                 "INSERT OR IGNORE INTO leat_checkpoint SELECT "
                 "(id & ~63) + (id + %d) %% 64, generation + %d, %s, "
                 "saved_at_ms, state_crc, row_crc, cursor, state "
                 "FROM leat_checkpoint WHERE random() & 1",
                 (int)random_below(64), (int)random_below(64),
                 one_in(2) ? "position" : some_value());
    else
        snprintf(text, sizeof text,
                 "INSERT OR IGNORE INTO leat_stream SELECT %s, name || 'x', "
                 "model, generation, position, row_crc FROM leat_stream "
                 "WHERE random() & 1", one_in(2) ? "NULL" : some_value());
    sql(database, text);
}

/* Triggers, views, indexes and tables that don't belong there, and a schema
 * that refers to other pages. */
static void sql_schema(sqlite3 *database)
{
    static const char *const changes[] = {
        "CREATE INDEX more ON leat_checkpoint(generation)",
        "CREATE INDEX more ON leat_checkpoint(hex(state))",
        "CREATE UNIQUE INDEX more ON leat_stream(1)",
        "CREATE TABLE leat_more(x); CREATE VIEW more AS SELECT * FROM "
          "leat_stream",
        "CREATE TRIGGER more AFTER INSERT ON leat_checkpoint BEGIN "
          "SELECT RAISE(ABORT, 'no'); END",
        "CREATE TRIGGER more AFTER INSERT ON leat_checkpoint BEGIN "
          "DELETE FROM leat_checkpoint; END",
        "CREATE TRIGGER more BEFORE UPDATE ON leat_meta BEGIN "
          "DELETE FROM leat_stream; END",
        "CREATE TRIGGER more AFTER INSERT ON leat_checkpoint BEGIN "
          "INSERT INTO leat_meta WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL "
          "SELECT x + 1 FROM c) SELECT 'x', x FROM c WHERE x < 0; END",
        "ALTER TABLE leat_stream ADD COLUMN more",
        "ALTER TABLE leat_checkpoint RENAME TO leat_old",
        "DROP TABLE leat_stream",
        "DROP TABLE leat_stream; CREATE VIEW leat_stream AS SELECT 1",
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = "
          "(SELECT rootpage FROM sqlite_schema ORDER BY random() LIMIT 1) "
          "WHERE random() & 1",
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = "
          "abs(random()) % 20 WHERE random() & 1",
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET type = 'view', "
          "rootpage = 0 WHERE name = 'leat_stream'",
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = NULL "
          "WHERE random() & 1",
        "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema "
          "WHERE name LIKE 'sqlite_autoindex%'",
        "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema SELECT * "
          "FROM sqlite_schema",
        "PRAGMA journal_mode = DELETE",
        "VACUUM",
    };
    sql(database, changes[random_below(sizeof changes / sizeof *changes)]);
}

static void sql_streams_gone(sqlite3 *database)
{
    char text[400], rows[160];
    where(rows, "leat_stream");
    snprintf(text, sizeof text, "DELETE FROM leat_stream %s", rows);
    sql(database, text);
}

/* Any change, and then all checksums corrected. */
static void sql_forged(sqlite3 *database)
{
    size_t count = 1 + random_below(3);
    int utf8 = SQLITE_UTF8;
    while (count-- > 0) {
        if (one_in(3))
            sql_more_rows(database);
        else if (one_in(3))
            sql_types(database);
        else
            sql_values(database);
    }
    sqlite3_create_function(database, "row_crc", 6, utf8, NULL, row_crc_in_sql,
                            NULL, NULL);
    sqlite3_create_function(database, "stream_crc", 4, utf8, NULL,
                            stream_crc_in_sql, NULL, NULL);
    sql(database,
        "UPDATE OR IGNORE leat_checkpoint SET row_crc = row_crc("
        "(SELECT name FROM leat_stream AS s WHERE s.id = "
        "leat_checkpoint.id / 64), generation, position, saved_at_ms, "
        "state_crc, cursor);"
        "UPDATE OR IGNORE leat_stream SET row_crc = stream_crc(name, model, "
        "generation, position)");
}

#endif
