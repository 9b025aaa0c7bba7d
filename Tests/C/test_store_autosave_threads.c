/* SPDX-License-Identifier: MIT
 * Many threads and one autosave: they offer, add, remove, flush and query
 * streams at the same time, while another connection reads the store. Whatever
 * was reported durable is there at that moment, and each state is complete and
 * matches its position and cursor.
 * Usage: test_store_autosave_threads MODEL.safetensors [--quick] */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "autosave_fixture.h"

enum { THREADS = 4, EACH = 8, FLUSHERS = 2, STREAMS = THREADS * EACH };

/* A cursor so large that copying it takes time: a wrong order of writes would
 * show. */
enum { CURSOR = 2048 };

static uint64_t length = 5000;

static leat_autosave *autosave;
static uint32_t slots[STREAMS];

/* Only the main thread makes checks; the others report faults by number. */
struct worker {
    pthread_t thread;
    unsigned first; /* stream */
    unsigned long bad, done;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int running; /* offering threads */

static int still_running(void)
{
    int any;
    pthread_mutex_lock(&mutex);
    any = running != 0;
    pthread_mutex_unlock(&mutex);
    return any;
}

static void name_stream(char name[16], unsigned stream)
{
    snprintf(name, 16, "s%u", stream);
}

static void fill_cursor(uint64_t cursor[CURSOR], uint64_t position)
{
    unsigned i;
    for (i = 0; i < CURSOR; i++)
        cursor[i] = position;
}

static void *offer_streams(void *argument)
{
    struct worker *worker = argument;
    leat_stream *streams[EACH];
    uint64_t cursor[CURSOR];
    unsigned i;
    uint64_t position;
    for (i = 0; i < EACH; i++)
        streams[i] = new_stream(model);
    for (position = 1; position <= length; position++) {
        fill_cursor(cursor, position);
        for (i = 0; i < EACH; i++) {
            uint32_t slot = slots[worker->first + i];
            uint64_t before, after;
            worker->bad += leat_autosave_durable(autosave, slot, &before,
                                                 NULL) != LEAT_OK;
            step_to(streams[i], position);
            worker->bad += leat_autosave_offer(
                               autosave, slot, streams[i], cursor,
                               sizeof cursor,
                               position == length ? LEAT_OFFER_NOW : 0,
                               NULL) != LEAT_OK;
            worker->bad += leat_autosave_durable(autosave, slot, &after,
                                                 NULL) != LEAT_OK;
            worker->bad += before > after || after > position;
            worker->done++;
        }
    }
    for (i = 0; i < EACH; i++)
        free(streams[i]);
    pthread_mutex_lock(&mutex);
    running--;
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void *flush_all(void *argument)
{
    struct worker *worker = argument;
    while (still_running()) {
        uint64_t before[STREAMS], after;
        unsigned i;
        for (i = 0; i < STREAMS; i++)
            worker->bad += leat_autosave_durable(autosave, slots[i],
                                                 &before[i], NULL) != LEAT_OK;
        worker->bad += leat_autosave_flush(autosave, NULL) != LEAT_OK;
        for (i = 0; i < STREAMS; i++)
            worker->bad += leat_autosave_durable(autosave, slots[i], &after,
                                                 NULL) != LEAT_OK ||
                           after < before[i];
        worker->done++;
    }
    return NULL;
}

/* Add a stream, offer it, flush, and remove it, repeatedly. */
static void *add_and_remove(void *argument)
{
    struct worker *worker = argument;
    leat_stream *stream = new_stream(model);
    uint64_t position = 0, found;
    while (still_running()) {
        uint32_t slot = UINT32_MAX;
        char name[16];
        snprintf(name, sizeof name, "guest%lu", worker->done % 3);
        worker->bad += leat_autosave_add(autosave, name, &slot, NULL) !=
                       LEAT_OK;
        step_to(stream, ++position);
        worker->bad += leat_autosave_offer(autosave, slot, stream, &position,
                                           sizeof position, 0, NULL) !=
                       LEAT_OK;
        if (worker->done % 2) {
            worker->bad += leat_autosave_flush(autosave, NULL) != LEAT_OK;
            worker->bad += leat_autosave_durable(autosave, slot, &found,
                                                 NULL) != LEAT_OK ||
                           found != position;
        }
        worker->bad += leat_autosave_remove(autosave, slot, 0, NULL) != LEAT_OK;
        worker->done++;
    }
    free(stream);
    return NULL;
}

/* The state at a position, of runs that continue one another. */
static void check_run(leat_stream *run, const leat_stream *stream,
                      const uint64_t *cursor)
{
    uint64_t position = leat_stream_position(stream);
    unsigned i = 0;
    if (position < leat_stream_position(run))
        leat_stream_reset(run, NULL);
    step_to(run, position);
    while (i + 1 < CURSOR && cursor[i] == position)
        i++;
    CHECK_EQUAL(cursor[i], position);
    CHECK(same_state(run, stream));
}

static void read_concurrently(leat_store *reader)
{
    leat_stream *runs[STREAMS], *stream = new_stream(model);
    uint64_t cursor[CURSOR];
    unsigned long loads = 0;
    unsigned i;
    char name[16];
    for (i = 0; i < STREAMS; i++)
        runs[i] = new_stream(model);
    while (still_running())
        for (i = 0; i < STREAMS; i++) {
            uint64_t acknowledged = durable(autosave, slots[i]);
            int code;
            name_stream(name, i);
            code = leat_store_load(reader, name, stream, cursor,
                                   sizeof cursor, NULL, &error);
            if (code == LEAT_E_NOT_FOUND && acknowledged == 0)
                continue;
            RETURNS(LEAT_OK, code);
            CHECK(leat_stream_position(stream) >= acknowledged);
            CHECK(leat_stream_position(stream) >=
                  leat_stream_position(runs[i]));
            check_run(runs[i], stream, cursor);
            loads++;
        }
    printf("%lu loads beside it\n", loads);
    for (i = 0; i < STREAMS; i++)
        free(runs[i]);
    free(stream);
}

/* --- one slot, as fast as possible ---------------------------------------- */

static void *offer_fast(void *argument)
{
    struct worker *worker = argument;
    leat_stream *stream = new_stream(model);
    uint64_t cursor[CURSOR], position = 0;
    while (still_running()) {
        fill_cursor(cursor, ++position);
        worker->bad += leat_stream_set_position(stream, position, NULL) !=
                       LEAT_OK;
        worker->bad += leat_autosave_offer(autosave, slots[0], stream, cursor,
                                           sizeof cursor, 0, NULL) != LEAT_OK;
        worker->done++;
    }
    free(stream);
    return NULL;
}

/* Stream, cursor and durable position are always of the same offer. */
static void check_fast(leat_store *reader, unsigned rounds)
{
    leat_stream *stream = new_stream(model);
    struct worker worker;
    uint64_t cursor[CURSOR], acknowledged;
    unsigned round, i;
    memset(&worker, 0, sizeof worker);
    slots[0] = add(autosave, "fast");
    OK(leat_autosave_offer(autosave, slots[0], stream, NULL, 0, 0, &error));
    OK(leat_autosave_flush(autosave, &error));
    running = 1;
    need(pthread_create(&worker.thread, NULL, offer_fast, &worker) == 0,
         "pthread_create");
    for (round = 0; round < rounds; round++) {
        OK(leat_autosave_flush(autosave, &error));
        acknowledged = durable(autosave, slots[0]);
        memset(cursor, 0, sizeof cursor);
        OK(leat_store_load(reader, "fast", stream, cursor, sizeof cursor, NULL,
                           &error));
        CHECK(leat_stream_position(stream) >= acknowledged);
        i = 0;
        while (i + 1 < CURSOR && cursor[i] == leat_stream_position(stream))
            i++;
        CHECK_EQUAL(cursor[i], leat_stream_position(stream));
    }
    pthread_mutex_lock(&mutex);
    running = 0;
    pthread_mutex_unlock(&mutex);
    pthread_join(worker.thread, NULL);
    CHECK_EQUAL(worker.bad, 0);
    printf("%lu fast offers, %u flushes\n", worker.done, rounds);
    OK(leat_autosave_remove(autosave, slots[0], 0, &error));
    free(stream);
}

int main(int count, char **arguments)
{
    struct worker workers[THREADS + FLUSHERS + 1];
    leat_autosave_options options;
    leat_store *store, *reader;
    leat_stream *run;
    char directory[64], name[16];
    unsigned long offers = 0;
    unsigned i;
    check_usage(count >= 2, "test_store_autosave_threads MODEL [--quick]");
    if (count > 2)
        length = 60;
    set_up(arguments[1], directory);
    store = open_new("threads.db");
    options = some_options(STREAMS + 1);
    options.cursor_size = CURSOR * sizeof(uint64_t);
    options.every_ms = 1;
    options.every_samples = 2;
    autosave = start_with(store, &options);
    for (i = 0; i < STREAMS; i++) {
        name_stream(name, i);
        slots[i] = add(autosave, name);
    }
    reader = open_with("threads.db", LEAT_STORE_READ_ONLY, 0);
    running = THREADS;
    memset(workers, 0, sizeof workers);
    for (i = 0; i < THREADS + FLUSHERS + 1; i++) {
        workers[i].first = i * EACH;
        need(pthread_create(&workers[i].thread, NULL,
                            i < THREADS              ? offer_streams
                            : i < THREADS + FLUSHERS ? flush_all
                                                     : add_and_remove,
                            &workers[i]) == 0,
             "pthread_create");
    }
    read_concurrently(reader);
    for (i = 0; i < THREADS + FLUSHERS + 1; i++) {
        pthread_join(workers[i].thread, NULL);
        CHECK_EQUAL(workers[i].bad, 0);
        if (i < THREADS)
            offers += workers[i].done;
    }
    OK(leat_autosave_flush(autosave, &error));
    for (i = 0; i < STREAMS; i++)
        CHECK_EQUAL(durable(autosave, slots[i]), length);
    check_fast(reader, count > 2 ? 20 : 2000);
    OK(leat_store_close(reader, &error));
    OK(leat_autosave_stop(autosave, 0, &error));
    run = new_stream(model);
    step_to(run, length);
    for (i = 0; i < STREAMS; i++) {
        leat_stream *stream = new_stream(model);
        uint64_t cursor[CURSOR];
        name_stream(name, i);
        OK(leat_store_load(store, name, stream, cursor, sizeof cursor, NULL,
                           &error));
        check_run(run, stream, cursor);
        CHECK_EQUAL(leat_stream_position(stream), length);
        free(stream);
    }
    free(run);
    OK(leat_store_close(store, &error));
    printf("%lu offers of %d streams by %d threads, %lu and %lu flushes, %lu "
           "streams added and removed meanwhile\n",
           offers, STREAMS, THREADS, workers[THREADS].done,
           workers[THREADS + 1].done, workers[THREADS + FLUSHERS].done);
    return tear_down("test_store_autosave_threads", directory);
}
