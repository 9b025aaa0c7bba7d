/* SPDX-License-Identifier: MIT
 * A full block of memory: every call is tried with 0 bytes left, then 64, 128,
 * ... until it succeeds. Until then it returns LEAT_E_MEMORY, and nothing is
 * lost: no stream, no checkpoint, no store.
 *
 *     test_store_memory_full MODEL */
#define _DEFAULT_SOURCE
#include "store_calls.h"

/* UNIT is the allocator's smallest place. */
enum { UNIT = 64, SPARE = 5000 };

static unsigned char block[LEAT_STORE_MEMORY_MIN];
static unsigned long tries;

/* --- filling the block --------------------------------------------------- */

/* Take all free memory, in the smallest places. */
static void *plugs[LEAT_STORE_MEMORY_MIN / UNIT];
static size_t plug_count;

static void take_all_memory(void)
{
    void *place;
    while ((place = sqlite3_malloc(UNIT)) != NULL)
        plugs[plug_count++] = place;
}

/* The last ones are neighbours. */
static void free_all_memory(size_t count)
{
    while (count-- > 0 && plug_count > 0)
        sqlite3_free(plugs[--plug_count]);
}

/* --- nothing is lost ----------------------------------------------------- */

static void prepare(void)
{
    leat_stream *fresh = new_stream(model);
    store = open_new("full.db");
    save_at(store, "a", fresh, OLDER);
    save_at(store, "a", fresh, OLD);
    OK(leat_store_save(store, "b", fresh, NULL, 0, 0, &error));
    /* As a killed process leaves it. Another process reads the file: closing it
     * in this one would drop SQLite's locks on it. */
    remove_store("fresh.db");
    remove_store("killed.db");
    need(system("cp full.db killed.db && cp full.db-wal killed.db-wal") == 0,
         "cp");
    OK(leat_store_close(store, &error));
    store = NULL;
    free(fresh);
}

/* Through another connection, for which there is memory. */
static void check_unchanged(const char *name)
{
    leat_store *reader;
    leat_stream *found = new_stream(model);
    free_all_memory(SPARE);
    reader = open_with("full.db", LEAT_STORE_READ_ONLY, 0);
    for (; *name != '\0'; name++) {
        const char one[2] = { *name, '\0' };
        OK(leat_store_load(reader, one, found, NULL, 0, NULL, &error));
        CHECK_EQUAL(leat_stream_position(found), OLD);
    }
    REFUSED(LEAT_E_NOT_FOUND, "'c'",
            leat_store_load(reader, "c", found, NULL, 0, NULL, &error));
    OK(leat_store_close(reader, &error));
    free(found);
}

/* With this many bytes left, then more. */
static void try_call(const struct call *call, int is_warm)
{
    size_t units, full;
    unsigned char *before, *after;
    int code;
    check_context("%s%s", call->name, is_warm ? ", again" : "");
    prepare();
    if (!call->opens) {
        OK(open_existing());
        /* The statements are prepared, and the buffers allocated. */
        if (is_warm && call->only_reads)
            OK(load());
        else if (is_warm)
            OK(leat_store_save(store, "b", stream, NULL, 0, 0, &error));
    }
    before = state_of(stream);
    take_all_memory();
    full = plug_count;
    for (units = 0; units < full; units++) {
        if (units > full - plug_count)
            free_all_memory(units - (full - plug_count));
        code = call->make();
        tries++;
        if (code == LEAT_OK)
            break;
        check_returned(code, LEAT_E_MEMORY, error.message, call->name,
                       __FILE__, __LINE__);
        if (call->opens)
            CHECK(store == NULL);
        else /* otherwise the next save would seem durable, and not be */
            CHECK(sqlite3_get_autocommit(leat_store_database(store)));
        if (code != LEAT_E_MEMORY)
            break;
        if (units % 64 == 0 && !call->opens)
            check_unchanged(is_warm ? "a" : "ab");
        take_all_memory();
    }
    CHECK(units < full);
    CHECK(units > 0 || is_warm);
    after = state_of(stream);
    CHECK_BYTES(after, before, state_size);
    free(before);
    free(after);
    printf("%s: gets through with %zu bytes left\n", check_state.context,
           units * UNIT);
    free_all_memory(plug_count);
    /* Everything continues. */
    if (call->confirm != NULL)
        call->confirm();
    OK(leat_store_close(store, &error));
    store = NULL;
    CHECK_EQUAL(number_at("full.db", "SELECT count(*) FROM "
                          "pragma_integrity_check WHERE "
                          "integrity_check = 'ok'"), 1);
    CHECK_EQUAL(sqlite3_memory_used(), 0);
}

/* The caller's own database in memory takes all memory, with its pages. */
static void check_starved(void)
{
    sqlite3 *hog;
    int saved;
    check_context("another database takes everything");
    prepare();
    OK(open_existing());
    hog = raw_open(":memory:");
    run_sql(hog, "CREATE TABLE t(x)");
    while (sqlite3_exec(hog, "INSERT INTO t VALUES(zeroblob(4000))", NULL, NULL,
                        NULL) == SQLITE_OK)
        continue;
    take_all_memory();
    RETURNS(LEAT_E_MEMORY, save_other());
    saved = save_known();
    CHECK(saved == LEAT_OK || saved == LEAT_E_MEMORY);
    free_all_memory(plug_count);
    sqlite3_close(hog);
    if (saved != LEAT_OK)
        check_unchanged("ab");
    OK(save_known());
    OK(load());
    CHECK(same_state(loaded, stream));
    OK(leat_store_close(store, &error));
    store = NULL;
}

int main(int count, char **arguments)
{
    char directory[64];
    size_t i;
    check_usage(count == 2, "test_store_memory_full MODEL");
    OK(leat_store_use_memory(block, sizeof block, &error));
    set_up(arguments[1], directory);
    stream = new_stream(model);
    loaded = new_stream(model);
    exported = malloc(state_size);
    step_to(stream, NEW);
    for (i = 0; i < sizeof calls / sizeof *calls; i++) {
        try_call(&calls[i], 0);
        if (!calls[i].opens)
            try_call(&calls[i], 1);
    }
    check_starved();
    printf("%lu calls with too little memory or just enough\n", tries);
    free(stream);
    free(loaded);
    free(exported);
    return tear_down("test_store_memory_full", directory);
}
