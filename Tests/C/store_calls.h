/* SPDX-License-Identifier: MIT
 * Every call on a store. Each is made on the store that
 * test_store_memory_full.c prepares, with what must be found once it
 * succeeds. */
#ifndef LEAT_TESTS_STORE_CALLS_H
#define LEAT_TESTS_STORE_CALLS_H

#include "store_fixture.h"

/* In the store the streams "a" and "b" are at OLD, "a" was at OLDER before. The
 * stream in memory is further. */
enum { OLDER = 5, OLD = 10, NEW = 20 };

static leat_store *store;
static leat_stream *stream, *loaded;
static unsigned char *exported; /* a state's bytes */

static int open_existing(void)
{
    return leat_store_open("full.db", NULL, &store, &error);
}

static int open_fresh(void)
{
    return leat_store_open("fresh.db", NULL, &store, &error);
}

static int open_killed(void)
{
    return leat_store_open("killed.db", NULL, &store, &error);
}

static int open_read_only(void)
{
    leat_store_options options;
    memset(&options, 0, sizeof options);
    options.flags = LEAT_STORE_READ_ONLY;
    return leat_store_open("full.db", &options, &store, &error);
}

static int save_known(void)
{
    return leat_store_save(store, "a", stream, "cursor", 6, 0, &error);
}

static int save_other(void)
{
    static char cursor[LEAT_CURSOR_MAX];
    return leat_store_save(store, "c", stream, cursor, sizeof cursor, 0,
                           &error);
}

static int load(void)
{
    return leat_store_load(store, "a", loaded, NULL, 0, NULL, &error);
}

static int delete_one(void) { return leat_store_delete(store, "b", &error); }

static int visit(void *context, const leat_store_entry *entry)
{
    (void)context;
    (void)entry;
    return 0;
}

static int list(void) { return leat_store_list(store, visit, NULL, &error); }

static int save_together(void)
{
    static const char *const names[] = { "a", "c", "d" };
    size_t i;
    int code = leat_store_begin(store, &error);
    if (code != LEAT_OK)
        return code;
    for (i = 0; i < 3 && code == LEAT_OK; i++)
        code = leat_store_save(store, names[i], stream, NULL, 0, 0, &error);
    if (code == LEAT_OK)
        return leat_store_commit(store, &error);
    /* Refused when the whole transaction has been rolled back already. */
    leat_store_rollback(store, NULL);
    return code;
}

/* Two new members; then the first of them and a third. */
static const char *const grouped[] = { "g1", "g2", "g3" };
static leat_stream *other;

static int save_group(void)
{
    const leat_stream *streams[3];
    int code;
    streams[0] = streams[1] = streams[2] = stream;
    code = leat_store_save_group(store, "group", grouped, streams, 2, NULL, 0,
                                 0, &error);
    if (code != LEAT_OK)
        return code;
    streams[1] = NULL;
    code = leat_store_save_group(store, "group", grouped, streams, 3, NULL, 0,
                                 0, &error);
    /* Without memory for the second the first is there. */
    if (code != LEAT_OK)
        leat_store_delete(store, "group", NULL);
    return code;
}

static int load_group(void)
{
    leat_stream *streams[3];
    if (other == NULL)
        other = new_stream(model);
    streams[0] = loaded;
    streams[1] = streams[2] = other;
    return leat_store_load_group(store, "group", grouped, streams, 3, NULL, 0,
                                 NULL, &error);
}

static int export_one(void)
{
    return leat_store_export(store, "a", exported, state_size, NULL, 0, NULL,
                             &error);
}

static int import_one(void)
{
    unsigned char *state = state_of(stream);
    int code = leat_store_import(store, "a", state, state_size, NULL, 0, 0,
                                 &error);
    free(state);
    return code;
}

static int rename_one(void)
{
    return leat_store_rename(store, "b", "z", &error);
}

static int prune(void)
{
    leat_prune_options options;
    memset(&options, 0, sizeof options);
    options.generations = 1;
    return leat_store_prune(store, &options, NULL, NULL, NULL, &error);
}

static int verify(void)
{
    return leat_store_verify(store, NULL, NULL, NULL, &error);
}

static int count_all(void)
{
    leat_store_statistics_t statistics;
    return leat_store_statistics(store, &statistics, &error);
}

static int back_up(void)
{
    int code = leat_store_backup(store, "backup.db", NULL, NULL, &error);
    /* There is a complete copy or none. */
    CHECK(access("backup.db", F_OK) == (code == LEAT_OK ? 0 : -1));
    CHECK(access("backup.db-new", F_OK) == -1);
    return code;
}

/* From start to stop. Stopping writes what a flush could not. */
static int autosave(void)
{
    leat_autosave_options options;
    leat_autosave *autosave = NULL;
    uint32_t slot;
    int code, stopped;
    memset(&options, 0, sizeof options);
    options.stream_size = leat_stream_size(model);
    options.streams = 4;
    options.every_ms = 1000000000;
    code = leat_autosave_start(store, &options, &autosave, &error);
    if (code != LEAT_OK) {
        CHECK(autosave == NULL);
        return code;
    }
    code = leat_autosave_add(autosave, "a", &slot, &error);
    if (code == LEAT_OK)
        code = leat_autosave_offer(autosave, slot, stream, NULL, 0, 0, &error);
    /* An offer needs no memory. */
    OK(code);
    code = leat_autosave_flush(autosave, &error);
    CHECK(code == LEAT_OK || code == LEAT_E_MEMORY);
    stopped = leat_autosave_stop(autosave, LEAT_AUTOSAVE_ABANDON, &error);
    CHECK(code != LEAT_OK || stopped == LEAT_OK);
    return stopped;
}

/* --- what is found afterwards --------------------------------------------- */

static void is_saved(void)
{
    OK(load());
    CHECK(same_state(loaded, stream));
}

static void goes_on(void)
{
    OK(load());
    OK(save_known());
    is_saved();
}

static void begins(void)
{
    RETURNS(LEAT_E_NOT_FOUND, load());
    OK(save_known());
    is_saved();
}

static void is_grouped(void)
{
    OK(load_group());
    CHECK(same_state(loaded, stream) && same_state(other, stream));
}

static int save_and_load_group(void)
{
    int code = leat_store_delete(store, "group", &error);
    if (code == LEAT_OK || code == LEAT_E_NOT_FOUND)
        code = save_group();
    return code == LEAT_OK ? load_group() : code;
}

static void is_deleted(void) { RETURNS(LEAT_E_NOT_FOUND, delete_one()); }

static void is_loaded(void)
{
    CHECK_EQUAL(leat_stream_position(loaded), OLD);
    CHECK(is_run_to(loaded, OLD));
}

static void is_exported(void)
{
    OK(leat_stream_load(loaded, exported, state_size, &error));
    is_loaded();
}

static void is_renamed(void)
{
    RETURNS(LEAT_E_NOT_FOUND, delete_one());
    OK(leat_store_load(store, "z", loaded, NULL, 0, NULL, &error));
}

static void is_pruned(void)
{
    CHECK_EQUAL(number_of(leat_store_database(store),
                          "SELECT max(n) FROM (SELECT count(*) AS n FROM "
                          "leat_checkpoint GROUP BY id / 64)"), 1);
    OK(load());
}

static void is_copied(void)
{
    leat_store *copy = open_store("backup.db");
    OK(leat_store_load(copy, "a", loaded, NULL, 0, NULL, &error));
    is_loaded();
    OK(leat_store_close(copy, &error));
    remove_store("backup.db");
}

static const struct call {
    const char *name;
    int (*make)(void);
    void (*confirm)(void); /* may be NULL */
    int opens, only_reads;
} calls[] = {
    { "open", open_existing, goes_on, 1, 0 },
    { "open a new store", open_fresh, begins, 1, 0 },
    { "open after a kill", open_killed, goes_on, 1, 0 },
    { "open READ_ONLY", open_read_only, NULL, 1, 0 },
    { "save", save_known, is_saved, 0, 0 },
    { "save a new stream", save_other, NULL, 0, 0 },
    { "load", load, is_loaded, 0, 1 },
    { "delete", delete_one, is_deleted, 0, 0 },
    { "list", list, NULL, 0, 0 },
    { "save three in a transaction", save_together, is_saved, 0, 0 },
    { "save a group", save_group, is_grouped, 0, 0 },
    { "save a group, and load it", save_and_load_group, is_grouped, 0, 0 },
    { "export", export_one, is_exported, 0, 1 },
    { "import", import_one, is_saved, 0, 0 },
    { "rename", rename_one, is_renamed, 0, 0 },
    { "prune", prune, is_pruned, 0, 0 },
    { "verify", verify, NULL, 0, 0 },
    { "statistics", count_all, NULL, 0, 0 },
    { "backup", back_up, is_copied, 0, 0 },
    { "autosave", autosave, is_saved, 0, 0 },
};

#endif
