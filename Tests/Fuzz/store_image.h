/* SPDX-License-Identifier: MIT
 * The store that fuzz_store edits: an image of a database in memory, the same
 * in every process, and what was saved in it. */
#ifndef LEAT_TESTS_STORE_IMAGE_H
#define LEAT_TESTS_STORE_IMAGE_H

#include "fuzz.h"

#include "leat_store.h"

#include "store_checksums.h"

enum { PAGE_SIZE = 512, TABLES = 3, COLUMNS_MOST = 16, SAVED_MOST = 16 };

/* --- the database -------------------------------------------------------- */

static inline void must_run(sqlite3 *database, const char *sql)
{
    char *words = NULL;
    if (sqlite3_exec(database, sql, NULL, NULL, &words) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", sql, words);
        abort();
    }
}

/* NULL if it can't be prepared in an edited database. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static inline sqlite3_stmt *prepare(sqlite3 *database, const char *format, ...)
{
    sqlite3_stmt *statement = NULL;
    va_list arguments;
    char sql[512];
    va_start(arguments, format);
    vsnprintf(sql, sizeof sql, format, arguments);
    va_end(arguments);
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK) {
        sqlite3_finalize(statement);
        return NULL;
    }
    return statement;
}

/* Run to its end, whatever the outcome. */
static inline void finish(sqlite3_stmt *statement)
{
    if (statement != NULL)
        while (sqlite3_step(statement) == SQLITE_ROW)
            ;
    sqlite3_finalize(statement);
}

/* A database in memory with the pages of an image, whose memory it takes over.
 * NULL if they are too damaged for SQLite to copy them. */
static inline sqlite3 *open_image(uint8_t *image, sqlite3_int64 size)
{
    sqlite3 *source = NULL, *database = NULL;
    sqlite3_backup *copy;
    int code = SQLITE_ERROR;
    MUST(sqlite3_open(":memory:", &source) == SQLITE_OK);
    MUST(sqlite3_open(":memory:", &database) == SQLITE_OK);
    MUST(sqlite3_deserialize(source, "main", image, size, size,
                             SQLITE_DESERIALIZE_FREEONCLOSE) == SQLITE_OK);
    copy = sqlite3_backup_init(database, "main", source, "main");
    if (copy != NULL) {
        sqlite3_backup_step(copy, -1);
        code = sqlite3_backup_finish(copy);
    }
    MUST(sqlite3_close(source) == SQLITE_OK);
    if (code == SQLITE_OK) {
        sqlite3_limit(database, SQLITE_LIMIT_LENGTH, 4 << 20);
        return database;
    }
    MUST(sqlite3_close(database) == SQLITE_OK);
    return NULL;
}

static inline uint8_t *copy_of(const uint8_t *bytes, sqlite3_int64 size)
{
    uint8_t *copy = (uint8_t *)sqlite3_malloc64((sqlite3_uint64)size);
    MUST(copy != NULL);
    memcpy(copy, bytes, (size_t)size);
    return copy;
}

/* --- the tables ---------------------------------------------------------- */

static struct table {
    const char *name;
    char sql[1024];  /* as the library creates it */
    char rest[256];  /* all columns but the first, which is the key */
    char column[COLUMNS_MOST][32];
    unsigned columns;
} tables[TABLES] = {
    { "leat_checkpoint", "", "", { "" }, 0 },
    { "leat_stream", "", "", { "" }, 0 },
    { "leat_meta", "", "", { "" }, 0 }
};

static inline const struct table *pick_table(unsigned byte)
{
    /* Most of the interesting columns are in checkpoints. */
    return &tables[byte % 8 < 4 ? 0 : byte % 8 < 7 ? 1 : 2];
}

/* A state ends with its checksum. */
static inline int holds_checksum(const struct table *table, unsigned column)
{
    const char *name = table->column[column];
    return strstr(name, "crc") != NULL || strcmp(name, "state") == 0;
}

static inline void describe_table(sqlite3 *database, struct table *table)
{
    sqlite3_stmt *rows = prepare(database, "PRAGMA table_info(%s)",
                                 table->name);
    table->columns = 0;
    table->rest[0] = '\0';
    while (sqlite3_step(rows) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(rows, 1);
        MUST(table->columns < COLUMNS_MOST && strlen(name) < 32);
        /* Its key comes first. */
        MUST((sqlite3_column_int(rows, 5) == 1) == (table->columns == 0));
        strcpy(table->column[table->columns], name);
        if (table->columns > 1)
            strcat(table->rest, ", ");
        if (table->columns > 0)
            strcat(table->rest, name);
        table->columns++;
    }
    sqlite3_finalize(rows);
    MUST(table->columns > 1);
    rows = prepare(database, "SELECT sql FROM sqlite_schema WHERE name = '%s'",
                   table->name);
    MUST(sqlite3_step(rows) == SQLITE_ROW);
    MUST(sqlite3_column_bytes(rows, 0) < (int)sizeof table->sql);
    strcpy(table->sql, (const char *)sqlite3_column_text(rows, 0));
    sqlite3_finalize(rows);
}

/* --- checkpoints --------------------------------------------------------- */

static const leat_model *store_model;

static struct saved {
    const char *name;
    uint64_t generation, position;
    unsigned char *state;
    size_t state_size;
    const char *cursor;
    size_t cursor_size;
    int is_newest;
} saved[SAVED_MOST];
static size_t saved_count;

enum { NAMES = 3 };
static const char *const names_saved[NAMES] = { "a", "pump 7/\xc3\xa9",
                                                "other" };

/* Four checkpoints of each of two streams, of which three are kept; one of a
 * stream of another model. */
static inline void fill(leat_store *store)
{
    static const struct shape shape = { .inputs = 2, .hidden = { 3 } };
    static const struct shape other = { .inputs = 1, .hidden = { 2, 2 } };
    static void *block, *other_block;
    leat_model_info_t info;
    uint64_t generation;
    size_t i;
    store_model = random_model(&shape, F32, 4, &block);
    MUST(leat_model_info(store_model, &info, NULL) == LEAT_OK);
    for (i = 0; i < NAMES; i++) {
        int is_other = i + 1 == NAMES;
        const leat_model *model =
            is_other ? random_model(&other, F32, 5, &other_block)
                     : store_model;
        leat_stream *stream = make_stream(model);
        float output[3];
        MUST(leat_model_info(model, &info, NULL) == LEAT_OK);
        for (generation = 1; generation <= (is_other ? 1 : 4); generation++) {
            struct saved *entry = &saved[saved_count];
            step_must_work(stream, &info, 1, output);
            step_must_work(stream, &info, (size_t)generation, output);
            MUST(leat_stream_set_position(stream, 10 * generation + i, NULL) ==
                 LEAT_OK);
            entry->name = names_saved[i];
            entry->generation = generation;
            entry->position = 10 * generation + i;
            entry->cursor = "position of a file";
            entry->cursor_size = i == 0 ? 0 : (size_t)generation * 4;
            entry->state = state_bytes(stream);
            entry->state_size = leat_state_size(model);
            entry->is_newest = is_other || generation == 4;
            MUST(leat_store_save(store, names_saved[i], stream, entry->cursor,
                                 entry->cursor_size, 0, NULL) == LEAT_OK);
            if (is_other || generation > 1)
                saved_count++;
            else
                free(entry->state);
        }
        free(stream);
    }
}

static uint8_t *loose_image;
static sqlite3_int64 loose_size;

/* Tables without STRICT and NOT NULL, so that rows accept any value; the
 * library finds the tables as it creates them. */
static inline void loosen(sqlite3 *database)
{
    must_run(database,
             "PRAGMA writable_schema = ON;"
             "UPDATE sqlite_schema SET sql = replace(replace(replace(sql, "
             "' NOT NULL', ''), ') STRICT, ', ') '), ') STRICT', ')')");
}

static inline void make_image(void)
{
    sqlite3 *database = NULL;
    leat_store *store = NULL;
    int i;
    if (loose_image != NULL)
        return;
    /* Each connection would take 120 kB of memory at once, which the sanitizer
     * would poison. */
    MUST(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) == SQLITE_OK);
    MUST(sqlite3_open(":memory:", &database) == SQLITE_OK);
    must_run(database, "PRAGMA page_size = 512");
    add_functions(database);
    MUST(leat_store_attach(database, NULL, &store, NULL) == LEAT_OK);
    fill(store);
    MUST(leat_store_close(store, NULL) == LEAT_OK);
    /* The same bytes at any time. */
    must_run(database, "UPDATE leat_checkpoint SET saved_at_ms = "
                       "1700000000000 + position;"
                       "UPDATE leat_stream SET position = 77 WHERE id = 0");
    repair_checksums(database);
    for (i = 0; i < TABLES; i++)
        describe_table(database, &tables[i]);
    loosen(database);
    loose_image = sqlite3_serialize(database, "main", &loose_size, 0);
    MUST(loose_image != NULL);
    MUST(sqlite3_close(database) == SQLITE_OK);
}

static inline sqlite3 *open_loose_image(void)
{
    sqlite3 *database = open_image(copy_of(loose_image, loose_size),
                                   loose_size);
    MUST(database != NULL);
    add_functions(database);
    must_run(database, "PRAGMA writable_schema = ON");
    return database;
}

/* The image with the tables as the library creates them; sqlite3_free() it, or
 * pass it to open_image(). */
static inline uint8_t *close_and_tighten(sqlite3 *database,
                                         sqlite3_int64 *size)
{
    uint8_t *image;
    int i;
    for (i = 0; i < TABLES; i++) {
        sqlite3_stmt *put = prepare(
            database, "UPDATE sqlite_schema SET sql = ?1 WHERE name = '%s'",
            tables[i].name);
        MUST(put != NULL);
        sqlite3_bind_text(put, 1, tables[i].sql, -1, SQLITE_STATIC);
        finish(put);
    }
    image = sqlite3_serialize(database, "main", size, 0);
    MUST(image != NULL);
    MUST(sqlite3_close(database) == SQLITE_OK);
    return image;
}

#endif
