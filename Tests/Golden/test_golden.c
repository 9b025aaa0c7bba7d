/* SPDX-License-Identifier: MIT
 * The golden files of every version, as make_golden.c wrote them, can be read
 * and continued for ever; and what a newer Leat wrote is refused and not
 * changed.
 * Usage: test_golden MODEL.safetensors GOLDEN */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "store_fixture.h"

/* The streams that make_golden.c saved, in the order of a listing. The last
 * ones are a group and its members, from version 3 on. */
static const struct golden_stream {
    const char *name;
    uint64_t position, generation;
    uint32_t generations;
    size_t cursor_size;
    uint32_t members;
} golden[] = {
    { "a", 40, 4, 3, 8, 0 },
    { "pump 7/\xc3\xa9", 25, 1, 1, 300, 0 },
    { "line", 25, 2, 2, 8, 2 },
    { "line/x", 7, 1, 1, 0, 0 },
    { "line/y", 18, 2, 2, 0, 0 },
};
enum { STREAMS = 2, ALL_STREAMS = sizeof golden / sizeof *golden };

static int golden_version;

static size_t streams_listed(void)
{
    return golden_version < 3 ? STREAMS : ALL_STREAMS;
}

static void golden_cursor(const struct golden_stream *of,
                          unsigned char cursor[300])
{
    size_t i;
    for (i = 0; i < of->cursor_size; i++)
        cursor[i] = of->cursor_size == 8
                        ? (unsigned char)(of->position >> 8 * i)
                        : (unsigned char)i;
}

/* --- a state ------------------------------------------------------------- */

static void put_number(unsigned char *bytes, uint64_t number, int width)
{
    int i;
    for (i = 0; i < width; i++)
        bytes[i] = (unsigned char)(number >> 8 * i);
}

/* States that were continued. */
static int loaded;

static void test_state(const char *folder)
{
    char path[512];
    size_t size, i;
    unsigned char *state;
    leat_state_info_t found;
    leat_model_info_t now;
    leat_stream *stream = new_stream(model);

    snprintf(path, sizeof path, "%s/state.bin", folder);
    state = read_file(path, &size);
    need(state != NULL, path);
    memset(&found, 0, sizeof found);
    OK(leat_state_info(state, size, &found, &error));
    CHECK_EQUAL(found.position, 30);
    /* A later arithmetic gives the same model another fingerprint. Then the
     * state is intact, but of another model. */
    OK(leat_model_info(model, &now, &error));
    if (memcmp(found.fingerprint, now.fingerprint, 32) == 0) {
        OK(leat_stream_load(stream, state, size, &error));
        CHECK(is_run_to(stream, 30));
        loaded++;
    } else {
        printf("%s: of an earlier arithmetic\n", path);
        RETURNS(LEAT_E_MISMATCH,
                leat_stream_load(stream, state, size, &error));
    }

    /* A correct checksum tells a newer state from a damaged one. */
    step_to(stream, 31);
    for (i = 0; i < 3; i++) {
        static const uint32_t versions[] = { LEAT_STATE_VERSION + 1, 1000,
                                             UINT32_MAX };
        unsigned char *before = state_of(stream), *after;
        memset(&found, 7, sizeof found);
        put_number(state + 8, versions[i], 4);
        REFUSED(LEAT_E_CORRUPT, "",
                leat_stream_load(stream, state, size, &error));
        REFUSED(LEAT_E_CORRUPT, "",
                leat_state_info(state, size, &found, &error));
        put_number(state + size - 4, crc32c(0, state, size - 4), 4);
        REFUSED(LEAT_E_NEWER, "version",
                leat_stream_load(stream, state, size, &error));
        REFUSED(LEAT_E_NEWER, "version",
                leat_state_info(state, size, &found, &error));
        after = state_of(stream);
        CHECK_BYTES(after, before, state_size);
        CHECK_EQUAL(found.position, 0x0707070707070707u);
        free(before);
        free(after);
    }
    free(state);
    free(stream);
}

/* --- a store ------------------------------------------------------------- */

/* Copy a golden file here, if it exists. */
static int fetch(const char *folder, const char *name, const char *suffix,
                 const char *to)
{
    char path[512];
    size_t size;
    unsigned char *bytes;
    snprintf(path, sizeof path, "%s/%s%s", folder, name, suffix);
    bytes = read_file(path, &size);
    if (bytes == NULL)
        return 0;
    snprintf(path, sizeof path, "%s%s", to, suffix);
    write_file(path, bytes, size);
    free(bytes);
    return 1;
}

static void fetch_store(const char *folder, const char *name, const char *to)
{
    remove_store(to);
    need(fetch(folder, name, "", to), name);
    fetch(folder, name, "-wal", to);
    fetch(folder, name, "-lock", to);
}

static int check_entry(void *context, const leat_store_entry *entry)
{
    static const size_t order[2][ALL_STREAMS] = { { 0, 1 }, { 0, 2, 3, 4, 1 } };
    size_t *seen = context;
    const struct golden_stream *expected =
        &golden[order[golden_version >= 3][*seen % ALL_STREAMS]];
    CHECK(*seen < streams_listed());
    CHECK_WORDS(entry->name, expected->name);
    CHECK(strlen(entry->name) == strlen(expected->name));
    CHECK_EQUAL(entry->generation, expected->generation);
    CHECK_EQUAL(entry->position, expected->position);
    CHECK_EQUAL(entry->generations, expected->generations);
    CHECK_EQUAL(entry->cursor_size, expected->cursor_size);
    CHECK_EQUAL(entry->state_size,
                expected->members > 0 ? 60 + 32 * expected->members
                                      : state_size);
    CHECK_EQUAL(entry->members, expected->members);
    CHECK(entry->saved_at_ms > 1700000000000);
    ++*seen;
    return 0;
}

/* The group is as it was saved. Returns whether it can be loaded: with another
 * arithmetic it can't. */
static int check_group(leat_store *store)
{
    static const char *const members[2] = { "line/x", "line/y" };
    leat_stream *streams[2];
    leat_checkpoint checkpoint;
    uint64_t cursor = 0;
    int code;
    streams[0] = new_stream(model);
    streams[1] = new_stream(model);
    memset(&checkpoint, 0, sizeof checkpoint);
    code = leat_store_load_group(store, "line", members, streams, 2, &cursor,
                                 sizeof cursor, &checkpoint, &error);
    CHECK(code == LEAT_OK || code == LEAT_E_MISMATCH);
    if (code == LEAT_OK) {
        CHECK(is_run_to(streams[0], 7));
        CHECK(is_run_to(streams[1], 18));
        CHECK_EQUAL(cursor, 25);
        CHECK_EQUAL(checkpoint.generation, 2);
        CHECK_EQUAL(checkpoint.position, 25);
    }
    free(streams[0]);
    free(streams[1]);
    return code == LEAT_OK;
}

static int groups_loaded;

/* All that was saved is there. */
static void check_store(leat_store *store)
{
    leat_stream *stream = new_stream(model);
    leat_model_info_t now;
    leat_state_info_t found;
    unsigned char *state = malloc(state_size);
    size_t seen = 0, i;
    OK(leat_model_info(model, &now, &error));
    OK(leat_store_list(store, check_entry, &seen, &error));
    CHECK_EQUAL(seen, streams_listed());
    for (i = 0; i < STREAMS; i++) {
        unsigned char cursor[300], expected[300];
        leat_checkpoint checkpoint;
        const char *name = golden[i].name;
        memset(&checkpoint, 0, sizeof checkpoint);
        memset(cursor, 0, sizeof cursor);
        golden_cursor(&golden[i], expected);
        OK(leat_store_export(store, name, state, state_size, cursor,
                             sizeof cursor, &checkpoint, &error));
        CHECK_EQUAL(checkpoint.generation, golden[i].generation);
        CHECK_EQUAL(checkpoint.position, golden[i].position);
        CHECK_EQUAL(checkpoint.cursor_size, golden[i].cursor_size);
        CHECK_EQUAL(checkpoint.state_size, state_size);
        CHECK_EQUAL(checkpoint.store_is_behind, 0);
        CHECK_BYTES(cursor, expected, golden[i].cursor_size);
        OK(leat_state_info(state, state_size, &found, &error));
        CHECK_EQUAL(found.position, golden[i].position);
        if (memcmp(found.fingerprint, now.fingerprint, 32) != 0)
            continue;
        memset(cursor, 0, sizeof cursor);
        OK(leat_store_load(store, name, stream, cursor, sizeof cursor,
                           &checkpoint, &error));
        CHECK(is_run_to(stream, golden[i].position));
        CHECK_BYTES(cursor, expected, golden[i].cursor_size);
    }
    if (golden_version >= 3)
        groups_loaded += check_group(store);
    OK(leat_store_verify(store, NULL, NULL, NULL, &error));
    free(state);
    free(stream);
}

/* Read-only: right, and not a byte of the file is changed. */
static void test_read(const char *folder, const char *name)
{
    leat_store *store;
    uint64_t hash;
    check_context("%s/%s, READ_ONLY", folder, name);
    fetch_store(folder, name, "golden.db");
    hash = hash_file("golden.db");
    store = open_with("golden.db", LEAT_STORE_READ_ONLY, 0);
    check_store(store);
    OK(leat_store_close(store, &error));
    CHECK(hash_file("golden.db") == hash);
}

/* Opened for writing: migrated to the current version, and continued. */
static void test_write(const char *folder, const char *name)
{
    leat_store *store;
    leat_stream *stream = new_stream(model), *found = new_stream(model);
    uint64_t saves[STREAMS] = { 0 };
    size_t i;
    check_context("%s/%s", folder, name);
    fetch_store(folder, name, "golden.db");
    store = open_store("golden.db");
    check_store(store);
    CHECK_EQUAL(number_of(leat_store_database(store), "PRAGMA user_version"),
                LEAT_STORE_VERSION);
    CHECK_EQUAL(number_of(leat_store_database(store),
                          "SELECT value FROM leat_meta WHERE key = 'version'"),
                LEAT_STORE_VERSION);
    for (i = 0; i < STREAMS; i++) {
        uint64_t position = golden[i].position;
        const char *of = golden[i].name;
        /* From a state of another arithmetic a stream can't continue; it must
         * start anew. */
        if (leat_store_load(store, of, stream, NULL, 0, NULL, &error) ==
            LEAT_E_MISMATCH) {
            OK(leat_stream_reset(stream, &error));
            step_to(stream, position);
            OK(leat_store_save(store, of, stream, NULL, 0, LEAT_SAVE_REPLACE,
                               &error));
            saves[i]++;
        }
        CHECK(is_run_to(stream, position));
        step_to(stream, position - 1);
        save_at(store, of, stream, position + 7);
        /* The previous position is too low now. */
        OK(leat_stream_reset(stream, &error));
        step_to(stream, position);
        REFUSED(LEAT_E_POSITION, "newest checkpoint",
                leat_store_save(store, of, stream, NULL, 0, 0, &error));
    }
    OK(leat_stream_reset(stream, &error));
    save_at(store, "new", stream, 5);
    OK(leat_store_close(store, &error));

    store = open_store("golden.db");
    for (i = 0; i < STREAMS; i++) {
        leat_checkpoint checkpoint;
        uint64_t cursor = 0;
        memset(&checkpoint, 0, sizeof checkpoint);
        OK(leat_store_load(store, golden[i].name, found, &cursor, 8,
                           &checkpoint, &error));
        CHECK(is_run_to(found, golden[i].position + 7));
        CHECK_EQUAL(cursor, golden[i].position + 7);
        CHECK_EQUAL(checkpoint.generation,
                    golden[i].generation + saves[i] + 1);
    }
    OK(leat_store_load(store, "new", found, NULL, 0, NULL, &error));
    CHECK(is_run_to(found, 5));
    OK(leat_store_verify(store, NULL, NULL, NULL, &error));
    OK(leat_store_close(store, &error));
    free(stream);
    free(found);
}

/* Once more, but the process that opens it is stopped half-way: the migration
 * is one transaction, so either version is found. Here the end of the -wal is
 * missing, cut at every length. */
static void test_cut_migration(const char *folder, const char *name)
{
    leat_store *store;
    unsigned char *wal;
    size_t before, size, cut;
    check_context("%s/%s, cut", folder, name);
    fetch_store(folder, name, "golden.db");
    free(read_file("golden.db-wal", &before));
    store = open_store("golden.db");
    wal = read_file("golden.db-wal", &size);
    need(wal != NULL && size >= before, "the -wal of a migration");
    {
        size_t file_size;
        unsigned char *file = read_file("golden.db", &file_size);
        OK(leat_store_close(store, &error));
        for (cut = before; cut <= size; cut += 515) {
            check_context("%s/%s, cut at %zu of %zu", folder, name, cut, size);
            remove_store("golden.db");
            write_file("golden.db", file, file_size);
            write_file("golden.db-wal", wal, cut);
            store = open_with("golden.db", LEAT_STORE_READ_ONLY, 0);
            check_store(store);
            OK(leat_store_close(store, &error));
            store = open_store("golden.db");
            check_store(store);
            CHECK_EQUAL(number_of(leat_store_database(store),
                                  "PRAGMA user_version"), LEAT_STORE_VERSION);
            OK(leat_store_close(store, &error));
        }
        free(file);
    }
    free(wal);
}

/* --- a newer store ------------------------------------------------------- */

/* A store of a newer version is refused in every way to open it, and none of
 * its files changes. */
static void test_newer(const char *folder, const char *name)
{
    static const struct {
        const char *what, *sql;
    } newer[] = {
        { "in user_version", "PRAGMA user_version = %d" },
        { "in leat_meta",
          "UPDATE leat_meta SET value = %d WHERE key = 'version'" },
        { "in both", "PRAGMA user_version = %1$d; "
                     "UPDATE leat_meta SET value = %1$d "
                     "WHERE key = 'version'" },
        { "and in another table",
          "PRAGMA user_version = %1$d; "
          "UPDATE leat_meta SET value = %1$d WHERE key = 'version'; "
          "DROP TABLE leat_stream; CREATE TABLE leat_later(x)" },
    };
    static const uint32_t flags[] = { 0, LEAT_STORE_READ_ONLY,
                                      LEAT_STORE_NO_CREATE,
                                      LEAT_STORE_TAKE_OVER };
    static const char *const suffixes[] = { "", "-wal" };
    size_t i, j, k;
    for (i = 0; i < sizeof newer / sizeof *newer; i++)
        for (j = 0; j < sizeof flags / sizeof *flags; j++) {
            leat_store_options options;
            leat_store *store = (leat_store *)&options;
            unsigned char *before[2], *after;
            size_t sizes[2], size;
            char sql[256], path[32];
            sqlite3 *database;
            check_context("%s/%s, newer %s, flags %u", folder, name,
                          newer[i].what, flags[j]);
            fetch_store(folder, name, "golden.db");
            snprintf(sql, sizeof sql, newer[i].sql, LEAT_STORE_VERSION + 1);
            database = raw_open("golden.db");
            run_sql(database, sql);
            /* Half of them as a killed writer leaves them. */
            if (strcmp(name, "closed.db") == 0)
                sqlite3_close(database);
            for (k = 0; k < 2; k++) {
                snprintf(path, sizeof path, "golden.db%s", suffixes[k]);
                before[k] = read_file(path, &sizes[k]);
            }
            if (strcmp(name, "closed.db") != 0) {
                CHECK(sizes[1] > 0);
                sqlite3_close(database);
                write_file("golden.db", before[0], sizes[0]);
                write_file("golden.db-wal", before[1], sizes[1]);
                unlink("golden.db-shm");
            }
            memset(&options, 0, sizeof options);
            options.flags = flags[j];
            REFUSED(LEAT_E_NEWER, "version",
                    leat_store_open("golden.db", &options, &store, &error));
            CHECK(store == (leat_store *)&options);
            for (k = 0; k < 2; k++) {
                snprintf(path, sizeof path, "golden.db%s", suffixes[k]);
                after = read_file(path, &size);
                CHECK_EQUAL(size, sizes[k]);
                if (size == sizes[k] && size > 0)
                    CHECK_BYTES(after, before[k], size);
                free(before[k]);
                free(after);
            }
        }
}

/* Test the files of one folder, if it exists. */
static int test_folder(const char *golden_folder, const char *name)
{
    static const char *const names[] = { "closed.db", "killed.db" };
    char folder[440];
    size_t i;
    snprintf(folder, sizeof folder, "%s/%s", golden_folder, name);
    if (access(folder, F_OK) != 0)
        return 0;
    check_context("%s", folder);
    golden_version = atoi(name + strlen("version-"));
    test_state(folder);
    for (i = 0; i < 2; i++) {
        test_read(folder, names[i]);
        test_write(folder, names[i]);
        test_cut_migration(folder, names[i]);
        test_newer(folder, names[i]);
    }
    return 1;
}

int main(int count, char **arguments)
{
    char directory[64], golden_folder[400], name[32];
    int version;
    if (count != 3 || realpath(arguments[2], golden_folder) == NULL) {
        fprintf(stderr, "usage: test_golden MODEL.safetensors GOLDEN\n");
        return 2;
    }
    set_up(arguments[1], directory);
    for (version = 1;; version++) {
        snprintf(name, sizeof name, "version-%d", version);
        if (!test_folder(golden_folder, name))
            break;
    }
    /* The versions above are of earlier arithmetics; these are of the current
     * one. */
    CHECK(test_folder(golden_folder, "version-1-arithmetic-3"));
    CHECK(test_folder(golden_folder, "version-2-arithmetic-3"));
    CHECK(loaded > 0);
    CHECK(groups_loaded > 0);
    check_context("%s", "");
    printf("golden files of versions 1 to %d\n", version - 1);
    CHECK(version > 1);
    return tear_down("test_golden", directory);
}
