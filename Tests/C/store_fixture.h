/* SPDX-License-Identifier: MIT
 * Shared by the tests of the store: streams with known inputs, a directory to
 * work in, and a second connection to the database. */
#ifndef LEAT_TESTS_STORE_FIXTURE_H
#define LEAT_TESTS_STORE_FIXTURE_H

#include "leat_store.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "checksums.h"

static leat_error error;

static inline void check_error(int expected, const char *words, int code,
                               const char *call, const char *file, int line)
{
    check_that(code == expected && error.code == code &&
                   strstr(error.message, words) != NULL,
               file, line,
               "%s gave %d (in error %d) '%s', expected %d with '%s' in it",
               call, code, error.code, code < 0 ? error.message : "", expected,
               words);
    memset(&error, 0, sizeof error);
}

/* The call fails with this code and a message that contains these words. */
#define REFUSED(expected, words, call)                                         \
    check_error(expected, words, call, #call, __FILE__, __LINE__)

#define RETURNS(expected, call)                                                \
    check_returned(call, expected, error.message, #call, __FILE__, __LINE__)

#define OK(call) RETURNS(LEAT_OK, call)

/* End the program if a condition of all later checks isn't met. */
static inline void need(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "cannot go on: %s: %s\n", what, error.message);
        exit(2);
    }
}

/* --- streams ------------------------------------------------------------- */

static const leat_model *model, *other_model;
static size_t state_size;

static inline leat_stream *new_stream(const leat_model *of)
{
    leat_stream *stream = NULL;
    void *block = malloc(leat_stream_size(of));
    need(block != NULL && leat_stream_init(block, leat_stream_size(of), of,
                                           &stream, &error) == LEAT_OK,
         "leat_stream_init");
    return stream;
}

/* Step to a position. The inputs depend on the position alone, so two streams
 * at the same position are equal. */
static inline void step_to(leat_stream *stream, uint64_t position)
{
    leat_model_info_t info;
    float *input, *output;
    need(leat_model_info(leat_stream_model(stream), &info, &error) == LEAT_OK,
         "leat_model_info");
    input = malloc(info.input_size * sizeof *input);
    output = malloc(info.output_size * sizeof *output);
    need(input != NULL && output != NULL, "malloc");
    for (;;) {
        uint64_t now = leat_stream_position(stream);
        uint32_t i;
        if (now >= position)
            break;
        for (i = 0; i < info.input_size; i++) {
            uint32_t noise = (uint32_t)now * 2654435761u + i * 40503u;
            input[i] = (float)(noise >> 16) / 65536.0f - 0.5f;
        }
        /* LEAT_NO_OUTPUT of a windowed stream. */
        need(leat_stream_step(stream, input, output, &error) >= LEAT_OK,
             "leat_stream_step");
    }
    free(input);
    free(output);
}

/* A stream's state, in its own memory. */
static inline unsigned char *state_of(const leat_stream *stream)
{
    size_t size = leat_stream_state_size(stream);
    unsigned char *bytes = malloc(size);
    need(bytes != NULL &&
             leat_stream_save(stream, bytes, size, &error) == LEAT_OK,
         "leat_stream_save");
    return bytes;
}

static inline int same_state(const leat_stream *a, const leat_stream *b)
{
    unsigned char *of_a = state_of(a), *of_b = state_of(b);
    int same = leat_stream_state_size(a) == leat_stream_state_size(b) &&
               memcmp(of_a, of_b, leat_stream_state_size(a)) == 0;
    free(of_a);
    free(of_b);
    return same;
}

/* Whether a stream equals an uninterrupted run at this position. */
static inline int is_run_to(const leat_stream *stream, uint64_t position)
{
    leat_stream *run = new_stream(model);
    int same;
    step_to(run, position);
    same = same_state(stream, run);
    free(run);
    return same;
}

/* --- files --------------------------------------------------------------- */

static inline unsigned char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes;
    long length;
    *size = 0;
    if (file == NULL)
        return NULL;
    fseek(file, 0, SEEK_END);
    length = ftell(file);
    rewind(file);
    bytes = malloc(length > 0 ? (size_t)length : 1);
    need(length >= 0 && bytes != NULL, path);
    *size = fread(bytes, 1, (size_t)length, file);
    fclose(file);
    return bytes;
}

static inline void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    need(file != NULL && fwrite(bytes, 1, size, file) == size &&
             fclose(file) == 0,
         path);
}

/* Only while no connection of this process has the file open: closing the file
 * here would drop SQLite's locks on it. */
static inline uint64_t hash_file(const char *path)
{
    size_t size;
    unsigned char *bytes = read_file(path, &size);
    uint64_t hash = hash_bytes(hash_start + size, bytes, size);
    free(bytes);
    return hash;
}

static inline void remove_store(const char *path)
{
    static const char *const suffixes[] = { "", "-wal", "-shm", "-lock" };
    char name[64];
    size_t i;
    for (i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        unlink(name);
    }
}

/* --- stores -------------------------------------------------------------- */

static inline leat_store *open_with(const char *path, uint32_t flags,
                                    uint32_t generations)
{
    leat_store_options options;
    leat_store *store = NULL;
    memset(&options, 0, sizeof options);
    options.flags = flags;
    options.generations = generations;
    options.busy_timeout_ms = 50;
    RETURNS(LEAT_OK, leat_store_open(path, &options, &store, &error));
    need(store != NULL, path);
    return store;
}

static inline leat_store *open_store(const char *path)
{
    return open_with(path, 0, 0);
}

static inline leat_store *open_new(const char *path)
{
    remove_store(path);
    return open_store(path);
}

static inline void save_at(leat_store *store, const char *name,
                           leat_stream *stream, uint64_t position)
{
    step_to(stream, position);
    OK(leat_store_save(store, name, stream, &position, sizeof position, 0,
                       &error));
}

/* Make a store with checkpoints at 10, 20 and 30 of the streams "a" and "b". "a"
 * is stream 1, so its generation g is row 64 + g; "b" is stream 2. */
static inline void make_two_streams(const char *path)
{
    leat_store *store = open_new(path);
    leat_stream *stream = new_stream(model);
    uint64_t n;
    for (n = 10; n <= 30; n += 10) {
        save_at(store, "a", stream, n);
        OK(leat_store_save(store, "b", stream, NULL, 0, 0, &error));
    }
    OK(leat_store_close(store, &error));
    free(stream);
}

/* A connection of the test. Power never fails here, so it doesn't sync. */
static inline sqlite3 *raw_open(const char *path)
{
    sqlite3 *database = NULL;
    need(sqlite3_open(path, &database) == SQLITE_OK, path);
    sqlite3_busy_timeout(database, 2000);
    sqlite3_exec(database, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
    return database;
}

static inline void run_sql(sqlite3 *database, const char *sql)
{
    char *words = NULL;
    int result = sqlite3_exec(database, sql, NULL, NULL, &words);
    check_that(result == SQLITE_OK, __FILE__, __LINE__, "%s: %s", sql,
               words == NULL ? "" : words);
    sqlite3_free(words);
}

static inline sqlite3_int64 number_of(sqlite3 *database, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    sqlite3_int64 number = -1;
    need(sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK,
         sql);
    if (sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

static inline void sql_at(const char *path, const char *sql)
{
    sqlite3 *database = raw_open(path);
    run_sql(database, sql);
    sqlite3_close(database);
}

static inline sqlite3_int64 number_at(const char *path, const char *sql)
{
    sqlite3 *database = raw_open(path);
    sqlite3_int64 number = number_of(database, sql);
    sqlite3_close(database);
    return number;
}

/* A row's checksum as Documentation/Formats.md defines it. */
static inline uint32_t row_crc(const char *name, int64_t generation,
                               int64_t position, int64_t saved_at_ms,
                               uint32_t state_crc, const void *cursor,
                               size_t cursor_size)
{
    uint32_t crc = crc32c_of_number(0, strlen(name));
    crc = crc32c(crc, name, strlen(name));
    crc = crc32c_of_number(crc, (uint64_t)generation);
    crc = crc32c_of_number(crc, (uint64_t)position);
    crc = crc32c_of_number(crc, (uint64_t)saved_at_ms);
    crc = crc32c_of_number(crc, state_crc);
    crc = crc32c_of_number(crc, cursor_size);
    return crc32c(crc, cursor, cursor_size);
}

/* --- the test program ---------------------------------------------------- */

/* Read the model at `path`, make another that differs in one weight, and enter
 * an empty directory. */
static inline void set_up(const char *path, char directory[64])
{
    size_t size;
    unsigned char *bytes;
    leat_model_info_t info;
    need(leat_model_open(path, &model, &error) == LEAT_OK, path);
    bytes = read_file(path, &size);
    /* In memory if possible: thousands of commits would wait for the disk. */
    snprintf(directory, 64, "/dev/shm/leat-store-XXXXXX");
    if (mkdtemp(directory) == NULL) {
        snprintf(directory, 64, "/tmp/leat-store-XXXXXX");
        need(mkdtemp(directory) != NULL, directory);
    }
    need(size > 8 && chdir(directory) == 0, directory);
    bytes[size - 4] ^= 1;
    write_file("other.safetensors", bytes, size);
    free(bytes);
    need(leat_model_open("other.safetensors", &other_model, &error) == LEAT_OK,
         "the other model");
    need(leat_model_info(model, &info, &error) == LEAT_OK, "leat_model_info");
    state_size = leat_state_size(model);
}

static inline int tear_down(const char *name, const char *directory)
{
    char command[96];
    leat_model_close(model);
    leat_model_close(other_model);
    /* SQLite has freed all its memory. */
    CHECK(sqlite3_memory_used() == 0);
    snprintf(command, sizeof command, "rm -rf %s", directory);
    CHECK(chdir("/") == 0 && system(command) == 0);
    return check_report(name);
}

#endif
