/* SPDX-License-Identifier: MIT
 * The process that is killed. It resumes what the stores hold, steps, saves in
 * every possible way, and records what was acknowledged. If anything is wrong
 * it ends itself, which counts as a failure.
 *
 *     soak work DIRECTORY MODEL MODEL SEED UNTIL FLAGS */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "soak.h"

#include <inttypes.h>

static struct shared *page;
static struct run runs[STREAMS];
static float pending[STREAMS][EVERY_MOST][VALUES_MOST];
static uint64_t sent; /* the position of the replayed stream's source */
static uint64_t until;
static uint32_t seed;
static leat_store *stores[FILES];
static sqlite3 *databases[FILES];
static sqlite3_stmt *inserts[FILES];
static leat_autosave *autosave;
static uint32_t slots[STREAMS];

static uint32_t chance(uint32_t of)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % of;
}

static void must(int holds, const char *what, const char *why)
{
    if (holds)
        return;
    fprintf(stderr, "soak worker: %s: %s\n", what, why);
    exit(3);
}

static void done(int code, const char *what)
{
    must(code == LEAT_OK, what, error.message);
}

static void run_on(unsigned file, const char *sql)
{
    must(sqlite3_exec(databases[file], sql, NULL, NULL, NULL) == SQLITE_OK, sql,
         sqlite3_errmsg(databases[file]));
}

static void open_files(void)
{
    unsigned file;
    must(sqlite3_open(soak_files[ATTACHED], &databases[ATTACHED]) == SQLITE_OK,
         "sqlite3_open", soak_files[ATTACHED]);
    sqlite3_busy_timeout(databases[ATTACHED], 5000);
    run_on(ATTACHED, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    done(leat_store_attach(databases[ATTACHED], NULL, &stores[ATTACHED],
                           &error),
         "leat_store_attach");
    for (file = 0; file < FILES; file++) {
        if (file == ATTACHED)
            continue;
        done(leat_store_open(soak_files[file], NULL, &stores[file], &error),
             "leat_store_open");
        databases[file] = leat_store_database(stores[file]);
    }
    for (file = 0; file <= ATTACHED; file++) {
        run_on(file, "CREATE TABLE IF NOT EXISTS soak_output(stream INTEGER, "
                     "position INTEGER, output BLOB NOT NULL, PRIMARY KEY("
                     "stream, position)) WITHOUT ROWID");
        must(sqlite3_prepare_v2(databases[file],
                                "INSERT INTO soak_output VALUES (?, ?, ?)", -1,
                                &inserts[file], NULL) == SQLITE_OK,
             "prepare", sqlite3_errmsg(databases[file]));
    }
}

static void resume(size_t i)
{
    uint64_t acknowledged = get(&page->stream[i].acknowledged);
    uint64_t attempted = get(&page->stream[i].attempted);
    uint64_t position;
    struct cursor cursor;
    leat_checkpoint checkpoint;
    char words[160];
    int code = leat_store_load(stores[works[i].file], works[i].name,
                               runs[i].stream, &cursor, sizeof cursor,
                               &checkpoint, &error);
    if (code == LEAT_OK) {
        must(checkpoint.cursor_size == sizeof cursor &&
                 cursor.position == checkpoint.position,
             works[i].name, "the cursor is another checkpoint's");
        runs[i].digest = cursor.digest;
    } else {
        must(code == LEAT_E_NOT_FOUND, works[i].name, error.message);
    }
    position = leat_stream_position(runs[i].stream);
    snprintf(words, sizeof words,
             "resumed at %" PRIu64 ", acknowledged is %" PRIu64
             ", attempted %" PRIu64,
             position, acknowledged, attempted);
    must(position == acknowledged || position == attempted ||
             (works[i].file == AUTOSAVED && position > acknowledged &&
              position < attempted),
         works[i].name, words);
    put(&page->stream[i].acknowledged, position);
    put(&page->stream[i].attempted, position);
    if (works[i].is_replayed)
        sent = position;
}

/* --- steps ---------------------------------------------------------------- */

/* From a source that sometimes goes back, and rarely leaves out a sample. Ends
 * one sample further. */
static void step_replayed(struct run *run)
{
    uint64_t position = leat_stream_position(run->stream);
    int code;
    if (chance(16) == 0) {
        uint32_t back = chance(20);
        sent -= sent < back ? sent : back;
    }
    if (chance(32) == 0)
        must(leat_stream_step_at(run->stream, position + 1 + chance(3),
                                 sample_at(run, position + 1), run->output,
                                 &error) == LEAT_E_POSITION,
             "a gap", "was not refused");
    do {
        code = leat_stream_step_at(run->stream, sent, sample_at(run, sent),
                                   run->output, &error);
        must(code == (sent < position ? LEAT_SKIPPED : LEAT_OK),
             "leat_stream_step_at", error.message);
        sent++;
    } while (code == LEAT_SKIPPED);
    run->digest = digest_of(run->digest, run->output, run->outputs);
}

/* Step, unless this stream is at its end. */
static int step(size_t i)
{
    if (leat_stream_position(runs[i].stream) >= until)
        return 0;
    if (works[i].is_replayed)
        step_replayed(&runs[i]);
    else
        step_run(&runs[i]);
    memcpy(pending[i][(leat_stream_position(runs[i].stream) - 1) %
                      works[i].every],
           runs[i].output, sizeof runs[i].output);
    put(&page->steps, page->steps + 1);
    return 1;
}

/* --- saves ---------------------------------------------------------------- */

static struct cursor cursor_of(size_t i)
{
    struct cursor cursor;
    cursor.position = leat_stream_position(runs[i].stream);
    cursor.digest = runs[i].digest;
    cursor.offset = works[i].is_replayed ? sent : cursor.position;
    return cursor;
}

static void attempt(size_t i)
{
    put(&page->stream[i].attempted, leat_stream_position(runs[i].stream));
}

static void acknowledge(size_t i, uint64_t position)
{
    put(&page->stream[i].acknowledged, position);
    put(&page->saves, page->saves + 1);
}

static void save(size_t i)
{
    struct cursor cursor = cursor_of(i);
    done(leat_store_save(stores[works[i].file], works[i].name, runs[i].stream,
                         &cursor, sizeof cursor, 0, &error),
         works[i].name);
}

static void insert_rows(size_t i)
{
    sqlite3_stmt *insert = inserts[works[i].file];
    uint64_t position = leat_stream_position(runs[i].stream), row;
    for (row = position - works[i].every + 1; row <= position; row++) {
        sqlite3_bind_int64(insert, 1, (sqlite3_int64)i);
        sqlite3_bind_int64(insert, 2, (sqlite3_int64)row);
        sqlite3_bind_blob(insert, 3, pending[i][(row - 1) % works[i].every],
                          (int)(runs[i].outputs * sizeof(float)),
                          SQLITE_STATIC);
        must(sqlite3_step(insert) == SQLITE_DONE, "an output's row",
             sqlite3_errmsg(databases[works[i].file]));
        sqlite3_reset(insert);
    }
}

/* Save the streams from..to with their rows in one transaction, by the store's
 * calls or by plain SQL; rarely an attempt before it is rolled back. */
static void save_together(size_t from, size_t to, int by_sql)
{
    unsigned file = works[from].file;
    leat_store *store = stores[file];
    int in_vain = chance(8) == 0;
    size_t i;
    for (i = from; i <= to; i++)
        attempt(i);
    do {
        if (by_sql)
            run_on(file, "BEGIN IMMEDIATE");
        else
            done(leat_store_begin(store, &error), "leat_store_begin");
        for (i = from; i <= to; i++) {
            /* In either order, wherever it is cut. */
            if (by_sql)
                save(i);
            insert_rows(i);
            if (!by_sql)
                save(i);
        }
        if (in_vain)
            done(leat_store_rollback(store, &error), "leat_store_rollback");
        else if (by_sql)
            run_on(file, "COMMIT");
        else
            done(leat_store_commit(store, &error), "leat_store_commit");
    } while (in_vain--);
    for (i = from; i <= to; i++)
        acknowledge(i, leat_stream_position(runs[i].stream));
}

static void start_autosave(void)
{
    leat_autosave_options options;
    size_t i;
    memset(&options, 0, sizeof options);
    options.streams = STREAMS;
    options.cursor_size = sizeof(struct cursor);
    options.every_samples = 3;
    options.every_ms = 1;
    for (i = 0; i < STREAMS; i++) {
        size_t size = leat_stream_size(leat_stream_model(runs[i].stream));
        if (size > options.stream_size)
            options.stream_size = size;
    }
    done(leat_autosave_start(stores[AUTOSAVED], &options, &autosave, &error),
         "leat_autosave_start");
    for (i = 0; i < STREAMS; i++)
        if (works[i].file == AUTOSAVED)
            done(leat_autosave_add(autosave, works[i].name, &slots[i], &error),
                 "leat_autosave_add");
}

/* What the thread has written by now. Asked often: it must never be reported
 * too early, not even for a moment. */
static void note_durable(void)
{
    size_t i;
    for (i = 0; i < STREAMS; i++) {
        uint64_t durable = 0;
        if (works[i].file != AUTOSAVED)
            continue;
        done(leat_autosave_durable(autosave, slots[i], &durable, &error),
             "leat_autosave_durable");
        must(durable <= get(&page->stream[i].attempted), works[i].name,
             "is durable further on than it was offered");
        if (durable > get(&page->stream[i].acknowledged))
            put(&page->stream[i].acknowledged, durable);
    }
}

static void offer(size_t i)
{
    struct cursor cursor = cursor_of(i);
    uint64_t durable = 0;
    int flushes = chance(64) == 0 || cursor.position == until;
    attempt(i);
    done(leat_autosave_offer(autosave, slots[i], runs[i].stream, &cursor,
                             sizeof cursor, flushes ? LEAT_OFFER_NOW : 0,
                             &error),
         "leat_autosave_offer");
    put(&page->offers, page->offers + 1);
    if (flushes) {
        done(leat_autosave_flush(autosave, &error), "leat_autosave_flush");
        put(&page->stream[i].acknowledged, cursor.position);
        put(&page->flushes, page->flushes + 1);
        done(leat_autosave_durable(autosave, slots[i], &durable, &error),
             "leat_autosave_durable");
        must(durable == cursor.position, "leat_autosave_durable",
             "is not what was flushed");
    }
}

/* Step each stream that isn't at its end, and save those that are due. */
static int step_all(void)
{
    int stepped[STREAMS], steps = 0;
    size_t i;
    for (i = 0; i < STREAMS; i++)
        steps += stepped[i] = step(i);
    for (i = 0; i < STREAMS; i++) {
        uint64_t position = leat_stream_position(runs[i].stream);
        note_durable();
        if (!stepped[i] || position % works[i].every != 0)
            continue;
        if (works[i].file == AUTOSAVED) {
            offer(i);
        } else if (works[i].file == ATTACHED) {
            save_together(i, i, (int)chance(2));
        } else if (works[i].has_rows) {
            save_together(i, i + 1, (int)chance(2));
            i++;
        } else {
            attempt(i);
            save(i);
            acknowledge(i, position);
        }
    }
    return steps;
}

int soak_work(int count, char **arguments)
{
    const leat_model *models[MODELS];
    unsigned flags, file;
    size_t i;
    need(count == 8, "the worker's arguments");
    for (i = 0; i < MODELS; i++)
        need(leat_model_open(arguments[3 + i], &models[i], &error) == LEAT_OK,
             arguments[3 + i]);
    seed = (uint32_t)strtoul(arguments[5], NULL, 10);
    until = strtoull(arguments[6], NULL, 10);
    flags = (unsigned)strtoul(arguments[7], NULL, 10);
    need(chdir(arguments[2]) == 0, arguments[2]);
    /* A worker that hangs is a failure, too. */
    alarm(300);
    page = shared_page("page");
    open_files();
    for (i = 0; i < STREAMS; i++) {
        start_run(&runs[i], i, models[works[i].model]);
        resume(i);
    }
    start_autosave();
    put(&page->is_working, 1);
    if (flags & WORK_BACKUP)
        done(leat_store_backup(stores[OWN], "backup.db", NULL, NULL, &error),
             "leat_store_backup");
    while (step_all() > 0) {
    }
    done(leat_autosave_stop(autosave, 0, &error), "leat_autosave_stop");
    for (file = 0; file < FILES; file++) {
        sqlite3_finalize(inserts[file]);
        done(leat_store_close(stores[file], &error), "leat_store_close");
    }
    sqlite3_close(databases[ATTACHED]);
    for (i = 0; i < STREAMS; i++)
        free(runs[i].stream);
    for (i = 0; i < MODELS; i++)
        leat_model_close(models[i]);
    return 0;
}
