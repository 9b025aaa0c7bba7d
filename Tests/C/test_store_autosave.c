/* SPDX-License-Identifier: MIT
 * leat_autosave: what it refuses, when it writes, what it reports as durable,
 * and what it does when the disk fails or hangs.
 * Usage: test_store_autosave MODEL.safetensors */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "autosave_fixture.h"

static void check_start_refusals(void)
{
    leat_store *store = open_new("refuse.db"), *reader;
    leat_autosave *autosave = NULL;
    leat_autosave_options options = some_options(4);
    char text[320];
#define START(words)                                                           \
    REFUSED(LEAT_E_ARGUMENT, words,                                            \
            leat_autosave_start(store, &options, &autosave, &error))
    REFUSED(LEAT_E_ARGUMENT, "store is NULL",
            leat_autosave_start(NULL, &options, &autosave, &error));
    REFUSED(LEAT_E_ARGUMENT, "options is NULL",
            leat_autosave_start(store, NULL, &autosave, &error));
    REFUSED(LEAT_E_ARGUMENT, "options is misaligned",
            leat_autosave_start(store,
                                (const leat_autosave_options *)(const void *)
                                    (text + 1),
                                &autosave, &error));
    REFUSED(LEAT_E_ARGUMENT, "autosave is NULL",
            leat_autosave_start(store, &options, NULL, &error));
    options.stream_size = 0;
    START("options->stream_size: found 0");
    options.stream_size = SIZE_MAX;
    START("options->stream_size: found " SIZE_MAX_TEXT);
    options.stream_size = SIZE_MAX / 2;
    REFUSED(LEAT_E_MEMORY, "no memory for streams",
            leat_autosave_start(store, &options, &autosave, &error));
    options.stream_size = SIZE_MAX / 8 - 4096; /* a slot has three such */
    REFUSED(LEAT_E_MEMORY, "no memory for",
            leat_autosave_start(store, &options, &autosave, &error));
    options = some_options(0);
    START("options->streams: found 0, expected 1 to 1048576");
    options = some_options(LEAT_AUTOSAVE_STREAM_MAX + 1);
    START("options->streams: found 1048577");
    options = some_options(4);
    options.cursor_size = LEAT_CURSOR_MAX + 1;
    START("options->cursor_size: found 65537, expected at most 65536");
    options = some_options(4);
    options.reserved[3] = 1;
    START("options->reserved: found 1, expected 0");
    options = some_options(4);
    OK(leat_store_begin(store, &error));
    START("a transaction is open on");
    OK(leat_store_rollback(store, &error));
    reader = open_with("refuse.db", LEAT_STORE_READ_ONLY, 0);
    REFUSED(LEAT_E_READ_ONLY, "READ_ONLY",
            leat_autosave_start(reader, &options, &autosave, &error));
    OK(leat_store_close(reader, &error));
    CHECK(autosave == NULL);
    CHECK(leat_store_database(store) != NULL);
    OK(leat_store_close(store, &error));
#undef START
}

/* No call takes a slot that isn't there. On 32 bits a number of 32 bits may be
 * more than Swift's Int holds. */
static void refuse_slot(leat_autosave *autosave, uint32_t slot,
                        const char *words)
{
    leat_stream *stream = new_stream(model);
    const leat_stream *members[1];
    uint64_t number = 77;
    members[0] = stream;
    REFUSED(LEAT_E_ARGUMENT, words,
            leat_autosave_durable(autosave, slot, &number, &error));
    REFUSED(LEAT_E_ARGUMENT, words,
            leat_autosave_offer(autosave, slot, stream, NULL, 0, 0, &error));
    REFUSED(LEAT_E_ARGUMENT, words,
            leat_autosave_offer_group(autosave, slot, members, 1, NULL, 0, 0,
                                      &number, &error));
    REFUSED(LEAT_E_ARGUMENT, words,
            leat_autosave_remove(autosave, slot, 0, &error));
    CHECK_EQUAL(number, 77);
    free(stream);
}

static void check_refusals(void)
{
    leat_store *store = open_new("refuse.db");
    leat_autosave *autosave = start(store, 2), *second = NULL;
    leat_autosave_options options = some_options(1);
    leat_stream *stream = new_stream(model);
    uint64_t position = 77;
    uint32_t slot, other = 99;
    char name[LEAT_NAME_MAX + 2], cursor[17];

    /* The store belongs to the thread. */
    REFUSED(LEAT_E_ARGUMENT, "in use by leat_autosave until it is stopped",
            leat_autosave_start(store, &options, &second, &error));
    REFUSED(LEAT_E_ARGUMENT, "in use by leat_autosave",
            leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    REFUSED(LEAT_E_ARGUMENT, "in use by leat_autosave",
            leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, "in use by leat_autosave",
            leat_store_begin(store, &error));
    REFUSED(LEAT_E_ARGUMENT, "in use by leat_autosave",
            leat_store_close(store, &error));
    CHECK(leat_store_database(store) == NULL);

    REFUSED(LEAT_E_ARGUMENT, "autosave is NULL",
            leat_autosave_add(NULL, "a", &slot, &error));
    REFUSED(LEAT_E_ARGUMENT, "autosave is no leat_autosave: misaligned",
            leat_autosave_flush((leat_autosave *)(void *)(name + 1), &error));
    memset(cursor, 0, sizeof cursor);
    REFUSED(LEAT_E_ARGUMENT, "autosave is no leat_autosave, or is stopped",
            leat_autosave_flush((leat_autosave *)(void *)store, &error));
    REFUSED(LEAT_E_ARGUMENT, "name is NULL",
            leat_autosave_add(autosave, NULL, &other, &error));
    REFUSED(LEAT_E_ARGUMENT, "name: found 0 bytes",
            leat_autosave_add(autosave, "", &other, &error));
    REFUSED(LEAT_E_ARGUMENT, "name is not valid UTF-8",
            leat_autosave_add(autosave, "\xff", &other, &error));
    memset(name, 'x', sizeof name);
    name[LEAT_NAME_MAX + 1] = '\0';
    REFUSED(LEAT_E_ARGUMENT, "name: found more than 255 bytes",
            leat_autosave_add(autosave, name, &other, &error));
    REFUSED(LEAT_E_ARGUMENT, "slot is NULL",
            leat_autosave_add(autosave, "a", NULL, &error));
    CHECK_EQUAL(other, 99);
    slot = add(autosave, "a");
    REFUSED(LEAT_E_EXISTS, "it has a slot already: 'a'",
            leat_autosave_add(autosave, "a", &other, &error));
    name[LEAT_NAME_MAX] = '\0';
    add(autosave, name);
    REFUSED(LEAT_E_EXISTS, "it has a slot already: 'a'",
            leat_autosave_add(autosave, "a", &other, &error));
    REFUSED(LEAT_E_FULL, "all 2 slots are taken, there is none for 'b'",
            leat_autosave_add(autosave, "b", &other, &error));

    refuse_slot(autosave, 2, "slot: found 2, expected 0 to 1");
    refuse_slot(autosave, 0x7fffffff, "slot: found 2147483647");
    refuse_slot(autosave, 0x80000000, "slot: found 2147483648");
    refuse_slot(autosave, UINT32_MAX, "slot: found 4294967295");
    REFUSED(LEAT_E_ARGUMENT, "position is NULL",
            leat_autosave_durable(autosave, slot, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, "stream is NULL or no leat_stream",
            leat_autosave_offer(autosave, slot, NULL, NULL, 0, 0, &error));
    REFUSED(LEAT_E_ARGUMENT, "stream is NULL or no leat_stream",
            leat_autosave_offer(autosave, slot,
                                (const leat_stream *)(const void *)store, NULL,
                                0, 0, &error));
    REFUSED(LEAT_E_ARGUMENT, "cursor is NULL, and cursor_size 1",
            leat_autosave_offer(autosave, slot, stream, NULL, 1, 0, &error));
    REFUSED(LEAT_E_SIZE, "cursor_size: found 17, expected at most 16",
            leat_autosave_offer(autosave, slot, stream, cursor, 17, 0,
                                &error));
    REFUSED(LEAT_E_SIZE, "cursor_size: found " SIZE_MAX_TEXT,
            leat_autosave_offer(autosave, slot, stream, cursor, SIZE_MAX, 0,
                                &error));
    REFUSED(LEAT_E_ARGUMENT, "flags: found 4",
            leat_autosave_offer(autosave, slot, stream, NULL, 0, 4, &error));
    REFUSED(LEAT_E_ARGUMENT, "flags: found 2, expected only LEAT_AUTOSAVE",
            leat_autosave_stop(autosave, 2, &error));
    REFUSED(LEAT_E_ARGUMENT, "slot: found 7",
            leat_autosave_remove(autosave, 7, 0, &error));
    /* None of these was accepted. */
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, slot), 0);
    CHECK_EQUAL(position, 77);

    OK(leat_autosave_remove(autosave, slot, 0, &error));
    REFUSED(LEAT_E_ARGUMENT, "slot 0 is free: no stream was added to it",
            leat_autosave_remove(autosave, slot, 0, &error));
    REFUSED(LEAT_E_ARGUMENT, "slot 0 is free",
            leat_autosave_offer(autosave, slot, stream, NULL, 0, 0, &error));
    REFUSED(LEAT_E_ARGUMENT, "slot 0 is free",
            leat_autosave_durable(autosave, slot, &position, &error));
    OK(leat_autosave_stop(autosave, 0, &error));
    OK(leat_autosave_stop(NULL, 0, &error));

    /* A stream that is too large. */
    options.stream_size = leat_stream_size(model) - 1;
    autosave = start_with(store, &options);
    slot = add(autosave, "a");
    REFUSED(LEAT_E_SIZE, "expected at most options->stream_size",
            leat_autosave_offer(autosave, slot, stream, NULL, 0, 0, &error));
    OK(leat_autosave_stop(autosave, 0, &error));
    REFUSED(LEAT_E_NOT_FOUND, "no stream 'a'",
            leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    OK(leat_store_close(store, &error));
    free(stream);
}

/* --- when it writes ------------------------------------------------------ */

static int count_commit(void *context)
{
    ++*(int *)context;
    return 0;
}

static void check_group_commit(void)
{
    enum { STREAMS = 100 };
    leat_store *store = open_new("group.db");
    leat_autosave *autosave;
    leat_stream *streams[STREAMS];
    uint32_t slots[STREAMS];
    int commits = 0, i;
    char name[32];
    sqlite3_commit_hook(leat_store_database(store), count_commit, &commits);
    autosave = start(store, STREAMS);
    for (i = 0; i < STREAMS; i++) {
        snprintf(name, sizeof name, "stream-%d", i);
        slots[i] = add(autosave, name);
        streams[i] = new_stream(model);
    }
    CHECK_EQUAL(commits, 0);
    for (i = 0; i < 5 * STREAMS; i++)
        OK(offer_at(autosave, slots[i % STREAMS], streams[i % STREAMS],
                    (uint64_t)(i / STREAMS + 1), 0));
    CHECK_EQUAL(commits, 0);
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(commits, 1);
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(commits, 1);
    OK(offer_at(autosave, slots[7], streams[7], 6, 0));
    OK(leat_autosave_stop(autosave, 0, &error));
    CHECK_EQUAL(commits, 2);
    for (i = 0; i < STREAMS; i++) {
        snprintf(name, sizeof name, "stream-%d", i);
        CHECK_EQUAL(holds_run(store, name), i == 7 ? 6 : 5);
        free(streams[i]);
    }
    /* One checkpoint each, except for the stream that was written twice. */
    CHECK_EQUAL(number_of(leat_store_database(store),
                          "SELECT count(*) FROM leat_checkpoint"),
                STREAMS + 1);
    OK(leat_store_close(store, &error));
}

/* On its own, without a flush. */
static void check_every_ms(void)
{
    leat_store *store = open_new("ms.db");
    leat_autosave_options options = some_options(1);
    leat_stream *stream = new_stream(model);
    leat_autosave *autosave;
    uint64_t position;
    uint32_t slot;
    double start;
    int commits = 0;
    sqlite3_commit_hook(leat_store_database(store), count_commit, &commits);
    options.every_ms = 20;
    autosave = start_with(store, &options);
    slot = add(autosave, "a");
    for (position = 1; position <= 3; position++) {
        OK(offer_at(autosave, slot, stream, position, 0));
        start = seconds();
        while (durable(autosave, slot) != position && seconds() - start < 20)
            sleep_ms(1);
        CHECK_EQUAL(durable(autosave, slot), position);
    }
    OK(leat_autosave_stop(autosave, 0, &error));
    CHECK_EQUAL(commits, 3);
    OK(leat_store_close(store, &error));
    free(stream);
}

static void check_every_samples(void)
{
    leat_store *store = open_new("samples.db");
    leat_autosave_options options = some_options(1);
    leat_stream *stream = new_stream(model);
    leat_autosave *autosave;
    uint64_t position;
    uint32_t slot;
    options.every_samples = 10;
    autosave = start_with(store, &options);
    slot = add(autosave, "a");
    /* The first offer is taken, and every tenth after it. */
    OK(offer_at(autosave, slot, stream, 3, 0));
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, slot), 3);
    for (position = 4; position <= 36; position++) {
        OK(offer_at(autosave, slot, stream, position, 0));
        if (position % 4 == 0) {
            OK(leat_autosave_flush(autosave, &error));
            CHECK_EQUAL(durable(autosave, slot), (position - 3) / 10 * 10 + 3);
        }
    }
    OK(offer_at(autosave, slot, stream, 38, LEAT_OFFER_NOW));
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, slot), 38);
    OK(offer_at(autosave, slot, stream, 47, 0));
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, slot), 38);
    OK(offer_at(autosave, slot, stream, 48, 0));
    OK(leat_autosave_stop(autosave, 0, &error));
    CHECK_EQUAL(holds_run(store, "a"), 48);
    OK(leat_store_close(store, &error));
    free(stream);
}

static void check_rewind(void)
{
    leat_store *store = open_new("rewind.db");
    leat_stream *stream = new_stream(model);
    leat_autosave_options options = some_options(1);
    leat_autosave *autosave;
    uint32_t slot;
    options.every_samples = 10;
    autosave = start_with(store, &options);
    slot = add(autosave, "a");
    OK(offer_at(autosave, slot, stream, 100, 0));
    OK(leat_autosave_flush(autosave, &error));
    OK(leat_stream_reset(stream, &error));
    REFUSED(LEAT_E_POSITION, "found position 50, expected at least the last "
            "offer's, 100",
            offer_at(autosave, slot, stream, 50, 0));
    REFUSED(LEAT_E_POSITION, "LEAT_OFFER_REWIND",
            offer_at(autosave, slot, stream, 50, LEAT_OFFER_NOW));
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, slot), 100);
    OK(offer_at(autosave, slot, stream, 50, LEAT_OFFER_REWIND));
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, slot), 50);

    /* A rewind that is replaced by a later offer before it is written still
     * rewinds. */
    OK(leat_stream_reset(stream, &error));
    OK(offer_at(autosave, slot, stream, 20, LEAT_OFFER_REWIND));
    OK(offer_at(autosave, slot, stream, 30, 0));
    OK(offer_at(autosave, slot, stream, 31, LEAT_OFFER_NOW));
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, slot), 31);

    /* So does one that the writer took but could not write. */
    OK(leat_stream_reset(stream, &error));
    set_disk(SQLITE_IOERR_FSYNC, 0);
    OK(offer_at(autosave, slot, stream, 5, LEAT_OFFER_REWIND));
    REFUSED(LEAT_E_IO, "disk I/O error", leat_autosave_flush(autosave, &error));
    set_disk(0, 0);
    REFUSED(LEAT_E_IO, "disk I/O error",
            offer_at(autosave, slot, stream, 15, 0));
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, slot), 15);
    OK(leat_autosave_stop(autosave, 0, &error));
    CHECK_EQUAL(holds_run(store, "a"), 15);
    OK(leat_store_close(store, &error));
    free(stream);
}

/* --- the disk ------------------------------------------------------------ */

/* A sync that never ends blocks no offer, and the last offer wins. */
static void check_hanging_disk(void)
{
    leat_store *store = open_new("hang.db");
    leat_autosave_options options = some_options(2);
    leat_stream *stream = new_stream(model), *other = new_stream(model);
    leat_autosave *autosave;
    uint32_t slot, second;
    uint64_t position;
    options.every_ms = 1;
    autosave = start_with(store, &options);
    slot = add(autosave, "a");
    set_disk(0, 1);
    OK(offer_at(autosave, slot, stream, 1, 0));
    wait_until_disk_hangs();
    for (position = 2; position <= 1000; position++)
        OK(offer_at(autosave, slot, stream, position, 0));
    second = add(autosave, "b");
    OK(offer_at(autosave, second, other, 10, 0));
    CHECK_EQUAL(durable(autosave, slot), 0);
    CHECK_EQUAL(durable(autosave, second), 0);
    /* The first commit is what the thread had taken, not what was offered
     * since. A commit may need several syncs; the next one hangs again. */
    while (durable(autosave, slot) == 0) {
        let_one_sync_pass();
        wait_until_disk_hangs();
    }
    CHECK_EQUAL(durable(autosave, slot), 1);
    CHECK_EQUAL(durable(autosave, second), 0);
    set_disk(0, 0);
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, slot), 1000);
    CHECK_EQUAL(durable(autosave, second), 10);
    OK(leat_autosave_stop(autosave, 0, &error));
    CHECK_EQUAL(holds_run(store, "a"), 1000);
    /* Positions 1 and 1000: the offers between them were replaced. */
    CHECK_EQUAL(number_of(leat_store_database(store),
                          "SELECT count(*) FROM leat_checkpoint"), 3);
    OK(leat_store_close(store, &error));
    free(stream);
    free(other);
}

static void check_failing_disk(int disk_failure, int code, const char *words)
{
    leat_store *store = open_new("fail.db");
    leat_autosave_options options = some_options(2);
    leat_stream *stream = new_stream(model), *other = new_stream(model);
    leat_autosave *autosave;
    uint32_t slot, second;
    uint64_t position;
    double start;
    int seen = LEAT_OK;
    check_context("disk fails with %d", disk_failure);
    options.every_ms = 2;
    options.every_samples = 10;
    autosave = start_with(store, &options);
    slot = add(autosave, "a");
    second = add(autosave, "b");
    OK(offer_at(autosave, slot, stream, 10, 0));
    OK(offer_at(autosave, second, other, 10, 0));
    OK(leat_autosave_flush(autosave, &error));

    set_disk(disk_failure, 0);
    OK(offer_at(autosave, slot, stream, 20, 0));
    /* Without a flush the next offers report it, also for the other stream. */
    start = seconds();
    while (seen == LEAT_OK && seconds() - start < 20) {
        sleep_ms(1);
        seen = leat_autosave_offer(autosave, second, other, NULL, 0, 0,
                                   &error);
    }
    CHECK_EQUAL(seen, code);
    CHECK_EQUAL(error.code, code);
    CHECK_WORDS(error.message, words);
    CHECK(error.sqlite_code != 0);
    REFUSED(code, words, leat_autosave_flush(autosave, &error));
    REFUSED(code, words, leat_autosave_remove(autosave, slot, 0, &error));
    REFUSED(code, words, leat_autosave_stop(autosave, 0, &error));
    /* A stream that is durable can be removed without the disk. */
    OK(leat_autosave_remove(autosave, second, 0, &error));
    CHECK_EQUAL(add(autosave, "b"), second);
    /* So can one that isn't, if it is abandoned. */
    leat_autosave_offer(autosave, second, other, NULL, 0, 0, NULL);
    REFUSED(code, words,
            leat_autosave_remove(autosave, second, LEAT_AUTOSAVE_ABANDON,
                                 &error));
    CHECK_EQUAL(add(autosave, "b"), second);
    /* Each offer is accepted all the same, and the stream continues. */
    for (position = 21; position <= 500; position++)
        REFUSED(code, words, offer_at(autosave, slot, stream, position, 0));
    CHECK_EQUAL(durable(autosave, slot), 10);

    set_disk(0, 0);
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, slot), 500);
    OK(offer_at(autosave, slot, stream, 510, 0));
    OK(leat_autosave_stop(autosave, 0, &error));
    CHECK_EQUAL(holds_run(store, "a"), 510);
    CHECK_EQUAL(holds_run(store, "b"), 10);

    /* It recovers without a flush, too. */
    autosave = start_with(store, &options);
    slot = add(autosave, "a");
    set_disk(disk_failure, 0);
    OK(offer_at(autosave, slot, stream, 520, 0));
    REFUSED(code, words, leat_autosave_flush(autosave, &error));
    set_disk(0, 0);
    start = seconds();
    while (durable(autosave, slot) != 520 && seconds() - start < 20)
        sleep_ms(1);
    CHECK_EQUAL(durable(autosave, slot), 520);

    /* After a stop that abandons offers, the store is usable and has what is
     * durable. */
    set_disk(disk_failure, 0);
    step_to(stream, 530);
    leat_autosave_offer(autosave, slot, stream, NULL, 0, 0, &error);
    REFUSED(code, words,
            leat_autosave_stop(autosave, LEAT_AUTOSAVE_ABANDON, &error));
    set_disk(0, 0);
    CHECK_EQUAL(holds_run(store, "a"), 520);
    save_at(store, "a", stream, 540);
    OK(leat_store_close(store, &error));
    check_context("%s", "");
    free(stream);
    free(other);
}

static void check_fenced(void)
{
    leat_store *store = open_new("fenced.db"), *taker;
    leat_autosave *autosave = start(store, 1);
    leat_stream *stream = new_stream(model), *other = new_stream(model);
    uint32_t slot = add(autosave, "a");
    OK(offer_at(autosave, slot, stream, 10, 0));
    OK(leat_autosave_flush(autosave, &error));
    taker = open_with("fenced.db", LEAT_STORE_TAKE_OVER, 0);
    OK(offer_at(autosave, slot, stream, 30, 0));
    REFUSED(LEAT_E_FENCED, "", leat_autosave_flush(autosave, &error));
    REFUSED(LEAT_E_FENCED, "", offer_at(autosave, slot, stream, 31, 0));
    save_at(taker, "a", other, 20);
    REFUSED(LEAT_E_FENCED, "", leat_autosave_flush(autosave, &error));
    REFUSED(LEAT_E_FENCED, "", leat_autosave_stop(autosave, 0, &error));
    CHECK_EQUAL(durable(autosave, slot), 10);
    REFUSED(LEAT_E_FENCED, "",
            leat_autosave_stop(autosave, LEAT_AUTOSAVE_ABANDON, &error));
    OK(leat_store_close(store, &error));
    CHECK_EQUAL(holds_run(taker, "a"), 20);
    OK(leat_store_close(taker, &error));
    free(stream);
    free(other);
}

/* --- a stream that can't be written -------------------------------------- */

static void check_mismatch(void)
{
    leat_store *store = open_new("mismatch.db"), *reader;
    leat_autosave *autosave;
    leat_stream *stranger = new_stream(other_model);
    leat_stream *stream = new_stream(model), *right = new_stream(model);
    uint32_t good, bad, lower;
    int commits = 0;
    save_at(store, "bad", stranger, 5);
    save_at(store, "lower", right, 40);
    sqlite3_commit_hook(leat_store_database(store), count_commit, &commits);
    autosave = start(store, 3);
    bad = add(autosave, "bad");
    good = add(autosave, "good");
    lower = add(autosave, "lower");
    /* A model of the slot's size, but not the store's. */
    OK(offer_at(autosave, bad, right, 40, 0));
    OK(offer_at(autosave, good, stream, 7, 0));
    REFUSED(LEAT_E_MISMATCH, "'bad'", leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, good), 7);
    CHECK_EQUAL(durable(autosave, bad), 0);
    OK(offer_at(autosave, good, stream, 8, 0));
    REFUSED(LEAT_E_MISMATCH, "'bad'",
            offer_at(autosave, bad, right, 41, 0));
    REFUSED(LEAT_E_MISMATCH, "'bad'",
            leat_autosave_remove(autosave, bad, 0, &error));
    OK(leat_autosave_remove(autosave, good, 0, &error));
    reader = open_with("mismatch.db", LEAT_STORE_READ_ONLY, 0);
    CHECK_EQUAL(holds_run(reader, "good"), 8);
    OK(leat_store_close(reader, &error));
    good = add(autosave, "good");
    REFUSED(LEAT_E_MISMATCH, "'bad'", leat_autosave_stop(autosave, 0, &error));

    /* The store's newest checkpoint is further: refused until the stream passes
     * it. */
    OK(leat_stream_reset(stream, &error));
    OK(offer_at(autosave, lower, stream, 30, 0));
    leat_autosave_flush(autosave, &error);
    REFUSED(LEAT_E_POSITION, "the newest checkpoint's, 40: 'lower'",
            offer_at(autosave, lower, stream, 50, 0));
    REFUSED(LEAT_E_MISMATCH, "'bad'", leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, lower), 50);
    OK(offer_at(autosave, lower, stream, 51, 0));

    /* With the store's model everything works again. */
    REFUSED(LEAT_E_MISMATCH, "'bad'",
            leat_autosave_offer(autosave, bad, stranger, NULL, 0,
                                LEAT_OFFER_REWIND, &error));
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, bad), 5);
    CHECK_EQUAL(durable(autosave, lower), 51);

    /* What can't be written can be abandoned: the slot is as a new one. */
    OK(offer_at(autosave, bad, right, 42, 0));
    REFUSED(LEAT_E_MISMATCH, "'bad'", leat_autosave_flush(autosave, &error));
    REFUSED(LEAT_E_ARGUMENT, "flags: found 2",
            leat_autosave_remove(autosave, bad, 2, &error));
    REFUSED(LEAT_E_MISMATCH, "'bad'",
            leat_autosave_remove(autosave, bad, LEAT_AUTOSAVE_ABANDON,
                                 &error));
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(add(autosave, "other"), bad);
    CHECK_EQUAL(durable(autosave, bad), 0);
    OK(leat_autosave_remove(autosave, bad, 0, &error));
    CHECK_EQUAL(add(autosave, "other"), bad);
    OK(offer_at(autosave, bad, right, 43, 0));
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, bad), 43);
    OK(leat_autosave_remove(autosave, bad, LEAT_AUTOSAVE_ABANDON, &error));
    OK(leat_autosave_stop(autosave, 0, &error));
    OK(leat_store_close(store, &error));
    free(stream);
    free(right);
    free(stranger);
}

static void count_row(void *context, int what, const char *schema,
                      const char *table, sqlite3_int64 row)
{
    (void)schema;
    (void)row;
    if (what == SQLITE_INSERT && strcmp(table, "leat_checkpoint") == 0)
        ++*(int *)context;
}

/* A stream that fails when half of it is written, which ends the transaction:
 * the others are written again. */
static void check_failure_within(void)
{
    enum { STREAMS = 9, BAD = 4 };
    leat_store *store = open_new("within.db");
    leat_autosave *autosave;
    leat_stream *streams[STREAMS];
    uint32_t slots[STREAMS];
    char name[16];
    int i, rows = 0, commits = 0;
    for (i = 0; i < STREAMS; i++) {
        snprintf(name, sizeof name, "s%d", i);
        streams[i] = new_stream(model);
        save_at(store, name, streams[i], 5);
    }
    sqlite3_update_hook(leat_store_database(store), count_row, &rows);
    sqlite3_commit_hook(leat_store_database(store), count_commit, &commits);
    run_sql(leat_store_database(store),
            "CREATE TABLE main.allowed(position INTEGER);"
            "INSERT INTO main.allowed VALUES(9);"
            "CREATE TEMP TRIGGER fails BEFORE INSERT ON main.leat_checkpoint "
            "WHEN NEW.id >> 6 = (SELECT id FROM main.leat_stream WHERE name = "
            "'s4') AND NEW.position > (SELECT position FROM main.allowed) "
            "BEGIN SELECT RAISE(ABORT, 'no'); END");
    autosave = start(store, STREAMS);
    commits = 0;
    for (i = 0; i < STREAMS; i++) {
        snprintf(name, sizeof name, "s%d", i);
        slots[i] = add(autosave, name);
        OK(offer_at(autosave, slots[i], streams[i], 10, 0));
    }
    REFUSED(LEAT_E_SQLITE, "no", leat_autosave_flush(autosave, &error));
    for (i = 0; i < STREAMS; i++)
        CHECK_EQUAL(durable(autosave, slots[i]), i == BAD ? 0 : 10);
    CHECK_EQUAL(commits, 1);
    /* From now on it is tried alone, at no cost to the others. */
    rows = 0;
    for (i = 0; i < STREAMS; i++)
        RETURNS(i == BAD ? LEAT_E_SQLITE : LEAT_OK,
                offer_at(autosave, slots[i], streams[i], 20, 0));
    REFUSED(LEAT_E_SQLITE, "no", leat_autosave_flush(autosave, &error));
    for (i = 0; i < STREAMS; i++)
        CHECK_EQUAL(durable(autosave, slots[i]), i == BAD ? 0 : 20);
    CHECK_EQUAL(rows, STREAMS - 1);
    /* A flush tries it again without an offer, and so does a stop. */
    sql_at("within.db", "UPDATE allowed SET position = 99");
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, slots[BAD]), 20);
    REFUSED(LEAT_E_SQLITE, "no",
            (OK(offer_at(autosave, slots[BAD], streams[BAD], 100, 0)),
             leat_autosave_flush(autosave, &error)));
    sql_at("within.db", "UPDATE allowed SET position = 100");
    OK(leat_autosave_stop(autosave, 0, &error));
    for (i = 0; i < STREAMS; i++) {
        snprintf(name, sizeof name, "s%d", i);
        CHECK_EQUAL(holds_run(store, name), i == BAD ? 100 : 20);
        free(streams[i]);
    }
    OK(leat_store_close(store, &error));
}

/* --- slots --------------------------------------------------------------- */

static void check_slots(void)
{
    enum { SLOTS = 1000, ROUNDS = 20000 };
    leat_store *store = open_new("slots.db");
    leat_autosave *autosave = start(store, SLOTS);
    leat_stream *stream = new_stream(model);
    static uint32_t slot_of[2 * SLOTS]; /* by name; + 1, 0 for none */
    static int taken[SLOTS];
    uint32_t seed = 5, slot;
    char name[16];
    int i, used = 0, bad = 0;
    for (i = 0; i < ROUNDS; i++) {
        int code;
        unsigned which;
        seed = seed * 1664525u + 1013904223u;
        which = (seed >> 8) % (2 * SLOTS);
        snprintf(name, sizeof name, "%x", which * 7919);
        if (slot_of[which] != 0) {
            slot = UINT32_MAX;
            bad |= leat_autosave_add(autosave, name, &slot, NULL) !=
                   LEAT_E_EXISTS;
            if (seed >> 24 < 100)
                continue;
            bad |= leat_autosave_remove(autosave, slot_of[which] - 1, 0,
                                        NULL) != LEAT_OK;
            taken[slot_of[which] - 1] = 0;
            slot_of[which] = 0;
            used--;
            continue;
        }
        code = leat_autosave_add(autosave, name, &slot, NULL);
        if (used == SLOTS) {
            bad |= code != LEAT_E_FULL;
            continue;
        }
        bad |= code != LEAT_OK || slot >= SLOTS || taken[slot];
        if (bad)
            break;
        taken[slot] = 1;
        slot_of[which] = slot + 1;
        used++;
    }
    CHECK_EQUAL(bad, 0);
    for (i = 0; i < 2 * SLOTS; i++)
        if (slot_of[i] != 0)
            OK(leat_autosave_remove(autosave, slot_of[i] - 1, 0, &error));

    /* A slot's next stream is independent of its last one. */
    slot = add(autosave, "first");
    OK(offer_at(autosave, slot, stream, 50, 0));
    OK(leat_autosave_remove(autosave, slot, 0, &error));
    CHECK_EQUAL(add(autosave, "second"), slot);
    CHECK_EQUAL(durable(autosave, slot), 0);
    OK(leat_stream_reset(stream, &error));
    OK(offer_at(autosave, slot, stream, 20, 0));
    OK(leat_autosave_stop(autosave, 0, &error));
    CHECK_EQUAL(holds_run(store, "first"), 50);
    CHECK_EQUAL(holds_run(store, "second"), 20);
    OK(leat_store_close(store, &error));
    free(stream);
}

static void check_many_starts(void)
{
    leat_store *store = open_new("starts.db");
    leat_stream *stream = new_stream(model);
    sqlite3_int64 used = 0;
    uint64_t i;
    for (i = 1; i <= 200; i++) {
        leat_autosave *autosave = start(store, 3);
        uint32_t slot = add(autosave, "a");
        OK(offer_at(autosave, slot, stream, i, 0));
        OK(leat_autosave_stop(autosave, 0, &error));
        if (i == 20)
            used = sqlite3_memory_used();
    }
    CHECK(sqlite3_memory_used() <= used);
    CHECK_EQUAL(holds_run(store, "a"), 200);
    OK(leat_store_close(store, &error));
    free(stream);
}

static void check_attached(void)
{
    sqlite3 *database;
    leat_store *store = NULL;
    leat_autosave *autosave;
    leat_stream *stream = new_stream(model);
    uint32_t slot;
    remove_store("attached.db");
    database = raw_open("attached.db");
    run_sql(database, "PRAGMA journal_mode = WAL");
    OK(leat_store_attach(database, NULL, &store, &error));
    autosave = start(store, 1);
    slot = add(autosave, "a");
    OK(offer_at(autosave, slot, stream, 9, 0));
    OK(leat_autosave_stop(autosave, 0, &error));
    CHECK_EQUAL(holds_run(store, "a"), 9);
    OK(leat_store_close(store, &error));
    sqlite3_close(database);
    free(stream);
}

int main(int count, char **arguments)
{
    char directory[64];
    check_usage(count == 2, "test_store_autosave MODEL");
    make_disk();
    set_up(arguments[1], directory);
    check_start_refusals();
    check_refusals();
    check_group_commit();
    check_every_ms();
    check_every_samples();
    check_rewind();
    check_hanging_disk();
    check_failing_disk(SQLITE_FULL, LEAT_E_FULL, "is full");
    check_failing_disk(SQLITE_IOERR_WRITE, LEAT_E_IO, "disk I/O error");
    check_fenced();
    check_mismatch();
    check_failure_within();
    check_slots();
    check_many_starts();
    check_attached();
    return tear_down("test_store_autosave", directory);
}
