/* SPDX-License-Identifier: MIT
 * A store attached to a database of the test, on a connection with something
 * that keeps Leat's statements from working. */
#ifndef LEAT_TESTS_ATTACHED_FIXTURE_H
#define LEAT_TESTS_ATTACHED_FIXTURE_H

#include "store_fixture.h"

static const char app_path[] = "app.db";

/* The database at the start of each case: the streams "a" and "b", each with
 * checkpoints at 10, 20 and 30, and a table of the caller. */
static unsigned char *template_bytes;
static size_t template_size;

static sqlite3 *app;
static leat_store *store;
static leat_stream *stream;

static inline int try_attach(void)
{
    return leat_store_attach(app, NULL, &store, &error);
}

static inline void attach(void)
{
    app = raw_open(app_path);
    run_sql(app, "PRAGMA journal_mode = WAL");
    OK(try_attach());
}

static inline void detach(void)
{
    OK(leat_store_close(store, &error));
    store = NULL;
    CHECK(sqlite3_close(app) == SQLITE_OK);
    app = NULL;
}

static inline void make_template(void)
{
    uint64_t n;
    stream = new_stream(model);
    remove_store(app_path);
    attach();
    run_sql(app, "CREATE TABLE rows(n INTEGER)");
    for (n = 10; n <= 30; n += 10) {
        save_at(store, "a", stream, n);
        OK(leat_store_save(store, "b", stream, NULL, 0, 0, &error));
    }
    detach();
    template_bytes = read_file(app_path, &template_size);
}

static inline void free_template(void)
{
    free(template_bytes);
    free(stream);
}

/* A copy of the template with a store attached. Then `saves` saves of "a", each
 * one sample further: after one Leat knows its rows. */
static inline void begin_case(int saves)
{
    remove_store(app_path);
    write_file(app_path, template_bytes, template_size);
    attach();
    leat_stream_reset(stream, &error);
    step_to(stream, 30);
    while (saves-- > 0)
        save_at(store, "a", stream, leat_stream_position(stream) + 1);
}

/* What another connection finds of a stream: its position if the load returns
 * LEAT_OK, with the right state; a code below 0; or 1, which no position is,
 * after a fallback. */
static inline int64_t found_at(const char *name)
{
    leat_stream *found = new_stream(model);
    leat_store *other = NULL;
    sqlite3 *database = raw_open(app_path);
    int64_t position;
    int code;
    need(leat_store_attach(database, NULL, &other, &error) == LEAT_OK,
         "attach once more");
    code = leat_store_load(other, name, found, NULL, 0, NULL, &error);
    position = (int64_t)leat_stream_position(found);
    if (code >= 0)
        CHECK(is_run_to(found, (uint64_t)position));
    free(found);
    OK(leat_store_close(other, &error));
    CHECK(sqlite3_close(database) == SQLITE_OK);
    return code < 0 ? code : code == LEAT_OK ? position : 1;
}

/* The same after the case's own connection is closed. */
static inline int64_t end_case(const char *name)
{
    detach();
    return found_at(name);
}

#endif
