/* SPDX-License-Identifier: MIT
 * A store on a disk that fails, what was acknowledged of it, and checks of what
 * is left: two streams, "pump", which is used, and "fan", which nothing may
 * change, and the caller's own table of pump's outputs. Where it says so, pump
 * is a member of a group: its mate is always at the same position. */
#ifndef LEAT_TESTS_FAULT_WORLD_H
#define LEAT_TESTS_FAULT_WORLD_H

#include "store_fixture.h"

#include "fault_disk.h"
#include "fault_memory.h"
#include "fault_vfs.h"

#define STORE        "faulty.db"
#define COPY         "copy.db"
#define LOCK_SIZE    4096
#define FAN_POSITION 3
#define LAST_KNOWN   160 /* positions whose states are precomputed */

/* The settings of the store. */
struct setting {
    int is_attached;
    int uses_sql;            /* BEGIN and COMMIT instead of Leat's functions */
    const char *synchronous; /* of an attached store */
    int autocheckpoint;      /* pages; 0: Leat's default */
    int cache_pages;         /* 0: SQLite's default */
    int has_outputs;         /* a row for each position                     */
    size_t cursor_size;      /* 0: eight bytes                              */
    uint32_t generations;
    int is_group; /* pump is saved with another stream, as a group          */
};

struct world {
    struct setting setting;
    leat_store *store;
    sqlite3 *database; /* NULL if no store is open */
    leat_stream *stream;
    const char *name;     /* of pump */
    uint64_t acked;       /* the position last acknowledged, 0: none */
    uint64_t tried;       /* the position of the last save that was begun */
    int may_be_absent;    /* a deletion was begun                           */
    const char *new_name; /* the name of a renaming that was begun */
    int has_fan;
    int must_roll_back;   /* which the caller couldn't do yet */
    int has_row_ahead;    /* of a position without a checkpoint */
    int may_be_between;   /* a save that returned an error may have been done */
    int may_fall_back;    /* when the disk lies                             */
    uint64_t copied;      /* the position in a backup, 0: no backup */
    leat_autosave *autosave;
    uint32_t slot;
    uint64_t first_offer; /* the position of a group's first offer          */
    char found[400]; /* what inspect() found wrong */
};

enum verdict { GOOD, LOST, WRONG, OLDER, BROKEN };

static unsigned char *known_states[LAST_KNOWN + 1];
static leat_stream *found_stream, *mate;

static const char *const pump_and_mate[2] = { "pump", "mate" };

/* --- what is right ------------------------------------------------------- */

static inline void know_states(void)
{
    leat_stream *run = new_stream(model);
    uint64_t position;
    for (position = 0; position <= LAST_KNOWN; position++) {
        step_to(run, position);
        known_states[position] = state_of(run);
    }
    need(is_run_to(run, LAST_KNOWN), "the uninterrupted run");
    free(run);
    found_stream = new_stream(model);
    mate = new_stream(model);
}

static inline void forget_states(void)
{
    uint64_t position;
    for (position = 0; position <= LAST_KNOWN; position++)
        free(known_states[position]);
    free(found_stream);
    free(mate);
}

static inline int is_known(const leat_stream *stream, uint64_t position)
{
    unsigned char *bytes = state_of(stream);
    int same = position <= LAST_KNOWN &&
               memcmp(bytes, known_states[position], state_size) == 0;
    free(bytes);
    return same;
}

static inline void go_back(leat_stream *stream, uint64_t position)
{
    need(position <= LAST_KNOWN &&
             leat_stream_load(stream, known_states[position], state_size,
                              &error) == LEAT_OK,
         "leat_stream_load");
}

static inline size_t cursor_size(const struct world *world)
{
    return world->setting.cursor_size == 0 ? 8 : world->setting.cursor_size;
}

/* A cursor that belongs to a position. */
static inline unsigned char *cursor_at(const struct world *world,
                                       uint64_t position)
{
    size_t size = cursor_size(world), i;
    unsigned char *cursor = malloc(size);
    need(cursor != NULL, "malloc");
    for (i = 0; i < size; i++)
        cursor[i] = (unsigned char)((position + i / 8) >> 8 * (i % 8) ^
                                    i / 256);
    return cursor;
}

/* --- work ---------------------------------------------------------------- */

static inline int execute(sqlite3 *database, const char *sql)
{
    return sqlite3_exec(database, sql, NULL, NULL, NULL);
}

static inline void limit_cache(struct world *world)
{
    char sql[64];
    if (world->setting.cache_pages == 0)
        return;
    snprintf(sql, sizeof sql, "PRAGMA cache_size = %d",
             world->setting.cache_pages);
    execute(world->database, sql);
}

static inline int world_open(struct world *world)
{
    const struct setting *setting = &world->setting;
    leat_store_options options;
    char sql[160];
    int code;
    memset(&options, 0, sizeof options);
    memset(&error, 0, sizeof error);
    options.generations = setting->generations;
    if (!setting->is_attached) {
        code = leat_store_open(STORE, &options, &world->store, &error);
        if (code != LEAT_OK)
            return code;
        world->database = leat_store_database(world->store);
        if (setting->autocheckpoint != 0)
            sqlite3_wal_autocheckpoint(world->database,
                                       setting->autocheckpoint);
        limit_cache(world);
        return code;
    }
    code = sqlite3_open(STORE, &world->database);
    if (world->database != NULL)
        sqlite3_busy_timeout(world->database, 50);
    snprintf(sql, sizeof sql,
             "PRAGMA journal_mode = WAL; PRAGMA synchronous = %s;"
             "PRAGMA wal_autocheckpoint = %d",
             setting->synchronous, setting->autocheckpoint);
    if (code == SQLITE_OK)
        code = execute(world->database, sql);
    /* The caller's own calls of SQLite may fail as well. */
    if (code != SQLITE_OK) {
        error.code = LEAT_E_IO;
        snprintf(error.message, sizeof error.message, "the caller's own: %s",
                 sqlite3_errmsg(world->database));
        code = LEAT_E_IO;
    } else {
        code = leat_store_attach(world->database, &options, &world->store,
                                 &error);
    }
    if (code != LEAT_OK) {
        sqlite3_close(world->database);
        world->database = NULL;
        world->store = NULL;
        return code;
    }
    limit_cache(world);
    return code;
}

static inline int world_close(struct world *world)
{
    int code = leat_store_close(world->store, &error);
    if (code != LEAT_OK)
        return code;
    if (world->setting.is_attached &&
        sqlite3_close(world->database) != SQLITE_OK) {
        snprintf(error.message, sizeof error.message, "%s",
                 "the connection could not be closed");
        return LEAT_E_BUSY;
    }
    world->store = NULL;
    world->database = NULL;
    return LEAT_OK;
}

/* Save the stream at its position. */
static inline int save_here(struct world *world)
{
    uint64_t position = leat_stream_position(world->stream);
    unsigned char *cursor = cursor_at(world, position);
    int code;
    memset(&error, 0, sizeof error);
    if (world->setting.is_group) {
        const leat_stream *streams[2];
        streams[0] = world->stream;
        streams[1] = mate;
        go_back(mate, position);
        code = leat_store_save_group(world->store, "group", pump_and_mate,
                                     streams, 2, cursor, cursor_size(world), 0,
                                     &error);
    } else {
        code = leat_store_save(world->store, world->name, world->stream, cursor,
                               cursor_size(world), 0, &error);
    }
    free(cursor);
    return code;
}

static inline int insert_output(struct world *world, uint64_t position)
{
    sqlite3_stmt *insert = NULL;
    int code = sqlite3_prepare_v2(world->database,
                                  "INSERT INTO outputs VALUES (?1, ?2)", -1,
                                  &insert, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_int64(insert, 1, (sqlite3_int64)position);
        sqlite3_bind_blob(insert, 2, known_states[position], (int)state_size,
                          SQLITE_STATIC);
        code = sqlite3_step(insert);
        code = code == SQLITE_DONE ? SQLITE_OK : code;
    }
    sqlite3_finalize(insert);
    if (code == SQLITE_OK)
        return LEAT_OK;
    error.code = LEAT_E_IO;
    snprintf(error.message, sizeof error.message, "the caller's own: %s",
             sqlite3_errmsg(world->database));
    return LEAT_E_IO;
}

/* The caller does this, so it is tried again after the fault. */
static inline void roll_back(struct world *world)
{
    if (!sqlite3_get_autocommit(world->database))
        execute(world->database, "ROLLBACK");
    world->must_roll_back = !sqlite3_get_autocommit(world->database);
}

static inline int sql_as_leat(struct world *world, const char *sql)
{
    if (execute(world->database, sql) == SQLITE_OK)
        return LEAT_OK;
    error.code = LEAT_E_IO;
    snprintf(error.message, sizeof error.message, "the caller's own: %s",
             sqlite3_errmsg(world->database));
    return LEAT_E_IO;
}

/* Step one position further and save that, with its row if rows are kept. */
static inline int save_next(struct world *world)
{
    uint64_t position = leat_stream_position(world->stream) + 1;
    int code;
    memset(&error, 0, sizeof error);
    step_to(world->stream, position);
    world->tried = position;
    if (!world->setting.has_outputs) {
        code = save_here(world);
        if (code == LEAT_OK)
            world->acked = position;
        return code;
    }
    code = world->setting.uses_sql
               ? sql_as_leat(world, "BEGIN IMMEDIATE")
               : leat_store_begin(world->store, &error);
    if (code != LEAT_OK)
        return code;
    code = insert_output(world, position);
    if (code == LEAT_OK)
        code = save_here(world);
    if (code == LEAT_OK)
        code = world->setting.uses_sql
                   ? sql_as_leat(world, "COMMIT")
                   : leat_store_commit(world->store, &error);
    if (code == LEAT_OK)
        world->acked = position;
    else
        roll_back(world);
    return code;
}

/* A load gave what was acknowledged; or, if that is allowed, it reported that
 * it didn't. */
static inline void check_loaded(const struct world *world, int code,
                                uint64_t position, int is_right)
{
    if (code != LEAT_OK && code != LEAT_FALLBACK)
        return;
    check_that(is_right && (position == world->acked ||
                            (world->may_fall_back && code == LEAT_FALLBACK)) &&
                   (code == LEAT_OK || world->may_fall_back),
               __FILE__, __LINE__, "load gave %d and position %llu, %s", code,
               (unsigned long long)position, is_right ? "right" : "wrong");
}

/* --- checks -------------------------------------------------------------- */

static inline enum verdict say(struct world *world, enum verdict verdict,
                               const char *words, long long number)
{
    snprintf(world->found, sizeof world->found,
             "%s %lld (acknowledged %llu, tried %llu): %s", words, number,
             (unsigned long long)world->acked,
             (unsigned long long)world->tried, error.message);
    return verdict;
}

static inline int text_is(sqlite3 *database, const char *sql, const char *text,
                          char *found, size_t size)
{
    sqlite3_stmt *statement = NULL;
    int same = 0;
    snprintf(found, size, "%s: ", sql);
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        const char *is = (const char *)sqlite3_column_text(statement, 0);
        same = is != NULL && strcmp(is, text) == 0;
        snprintf(found, size, "%s: %s", sql, is == NULL ? "NULL" : is);
    } else {
        snprintf(found, size, "%s: %s", sql, sqlite3_errmsg(database));
    }
    sqlite3_finalize(statement);
    return same;
}

/* The rows of pump's outputs are those of the positions 1 to `position`. */
static inline int outputs_reach(struct world *world, uint64_t position)
{
    sqlite3_stmt *rows = NULL;
    sqlite3_int64 next = 0;
    int good = sqlite3_prepare_v2(world->database,
                                  "SELECT position, state FROM outputs "
                                  "ORDER BY position",
                                  -1, &rows, NULL) == SQLITE_OK;
    while (good && sqlite3_step(rows) == SQLITE_ROW) {
        const void *state = sqlite3_column_blob(rows, 1);
        good = sqlite3_column_int64(rows, 0) == ++next && next <= LAST_KNOWN &&
               sqlite3_column_bytes(rows, 1) == (int)state_size &&
               state != NULL &&
               memcmp(state, known_states[next], state_size) == 0;
    }
    good = sqlite3_finalize(rows) == SQLITE_OK && good;
    return good && (uint64_t)next == position;
}

static inline int load_found(struct world *world, const char *name,
                             leat_checkpoint *checkpoint, unsigned char *cursor)
{
    memset(&error, 0, sizeof error);
    memset(checkpoint, 0, sizeof *checkpoint);
    if (world->setting.is_group && strcmp(name, "pump") == 0) {
        leat_stream *streams[2];
        int code;
        streams[0] = found_stream;
        streams[1] = mate;
        code = leat_store_load_group(world->store, "group", pump_and_mate,
                                     streams, 2, cursor,
                                     cursor == NULL ? 0 : cursor_size(world),
                                     checkpoint, &error);
        checkpoint->position /= 2;
        if (code == LEAT_OK && (leat_stream_position(mate) !=
                                    leat_stream_position(found_stream) ||
                                !is_known(mate, checkpoint->position))) {
            snprintf(error.message, sizeof error.message,
                     "the mate is at another position");
            return LEAT_E_MISMATCH;
        }
        return code;
    }
    return leat_store_load(world->store, name, found_stream, cursor,
                           cursor == NULL ? 0 : cursor_size(world), checkpoint,
                           &error);
}

/* Pump, through the open store; *position becomes 0 if it isn't there. */
static inline enum verdict look_at_stream(struct world *world,
                                          uint64_t *position)
{
    leat_checkpoint checkpoint;
    unsigned char *cursor = malloc(cursor_size(world));
    unsigned char *expected;
    const char *name = world->name;
    int code, same;
    need(cursor != NULL, "malloc");
    *position = 0;
    code = load_found(world, name, &checkpoint, cursor);
    if (world->new_name != NULL) {
        /* It has one of the two names, not both. */
        leat_checkpoint other;
        int other_code;
        if (code == LEAT_OK) {
            other_code = load_found(world, world->new_name, &other, NULL);
            if (other_code != LEAT_E_NOT_FOUND) {
                free(cursor);
                return say(world, WRONG, "with two names, the new one gave",
                           other_code);
            }
            code = load_found(world, name, &checkpoint, cursor);
        } else if (code == LEAT_E_NOT_FOUND) {
            world->name = name = world->new_name;
            code = load_found(world, name, &checkpoint, cursor);
        }
        world->new_name = NULL;
    }
    if (code == LEAT_E_NOT_FOUND) {
        free(cursor);
        if (world->acked == 0 || world->may_be_absent)
            return GOOD;
        return say(world, LOST, "no stream", code);
    }
    if (code == LEAT_FALLBACK) {
        free(cursor);
        return checkpoint.store_is_behind
                   ? say(world, OLDER, "older store, position",
                         (long long)checkpoint.position)
                   : say(world, LOST, "fallback to position",
                         (long long)checkpoint.position);
    }
    if (code != LEAT_OK) {
        free(cursor);
        return say(world, BROKEN, "load gave", code);
    }
    *position = checkpoint.position;
    expected = cursor_at(world, *position);
    same = checkpoint.cursor_size == cursor_size(world) &&
           memcmp(cursor, expected, cursor_size(world)) == 0;
    free(cursor);
    free(expected);
    if (!same)
        return say(world, WRONG, "another cursor at", (long long)*position);
    if (leat_stream_position(found_stream) != *position ||
        !is_known(found_stream, *position))
        return say(world, WRONG, "another state at", (long long)*position);
    if (*position < world->acked)
        return say(world, LOST, "position", (long long)*position);
    if (*position != world->acked && *position != world->tried &&
        (!world->may_be_between || *position > world->tried))
        return say(world, WRONG, "position", (long long)*position);
    return GOOD;
}

static inline enum verdict look_at_all(struct world *world, uint64_t *position)
{
    leat_checkpoint checkpoint;
    enum verdict verdict;
    char found[300];
    int code;
    memset(&error, 0, sizeof error);
    if (!text_is(world->database, "PRAGMA integrity_check", "ok", found,
                 sizeof found)) {
        snprintf(error.message, sizeof error.message, "%.200s", found);
        return say(world, BROKEN, "integrity", 0);
    }
    verdict = look_at_stream(world, position);
    if (verdict != GOOD)
        return verdict;
    if (world->setting.has_outputs && !outputs_reach(world, *position))
        return say(world, WRONG, "other rows than", (long long)*position);
    if (!world->has_fan)
        return GOOD;
    code = load_found(world, "fan", &checkpoint, NULL);
    if (code != LEAT_OK || !is_known(found_stream, FAN_POSITION))
        return say(world, WRONG, "fan: load gave", code);
    return GOOD;
}

/* Continue from what is there, as if nothing had happened. */
static inline enum verdict go_on(struct world *world, uint64_t position)
{
    uint64_t found;
    enum verdict verdict;
    int i, code;
    go_back(world->stream, position);
    for (i = 0; i < 2; i++) {
        code = save_next(world);
        if (code != LEAT_OK)
            return say(world, BROKEN, "a later save gave", code);
    }
    world->may_be_absent = 0;
    verdict = look_at_all(world, &found);
    if (verdict == GOOD && found != position + 2)
        return say(world, WRONG, "went on to", (long long)found);
    return verdict;
}

/* A backup that was reported complete is complete. */
static inline enum verdict look_at_copy(struct world *world, const char *path)
{
    leat_store_options options;
    leat_checkpoint checkpoint;
    leat_store *store = world->store;
    enum verdict verdict = GOOD;
    char found[300];
    int code;
    memset(&options, 0, sizeof options);
    memset(&error, 0, sizeof error);
    options.flags = LEAT_STORE_NO_CREATE;
    code = leat_store_open(path, &options, &world->store, &error);
    if (code != LEAT_OK)
        return say(world, BROKEN, "the copy: open gave", code);
    if (!text_is(leat_store_database(world->store), "PRAGMA integrity_check",
                 "ok", found, sizeof found)) {
        snprintf(error.message, sizeof error.message, "%.200s", found);
        verdict = say(world, BROKEN, "the copy: integrity", 0);
    }
    code = load_found(world, "fan", &checkpoint, NULL);
    if (code != LEAT_OK || !is_known(found_stream, FAN_POSITION))
        verdict = say(world, LOST, "the copy: fan gave", code);
    code = load_found(world, world->name, &checkpoint, NULL);
    if (code != LEAT_OK || !is_known(found_stream, world->copied))
        verdict = say(world, LOST, "the copy: load gave", code);
    code = leat_store_close(world->store, &error);
    if (code != LEAT_OK)
        verdict = say(world, BROKEN, "the copy: close gave", code);
    world->store = store;
    return verdict;
}

/* Open what is there, and check all of it. */
static inline enum verdict inspect(struct world *world)
{
    uint64_t position = 0;
    enum verdict verdict;
    int code = world_open(world);
    if (code != LEAT_OK)
        return say(world, BROKEN, "open gave", code);
    verdict = look_at_all(world, &position);
    if (verdict == GOOD)
        verdict = go_on(world, position);
    code = world_close(world);
    if (code != LEAT_OK && verdict == GOOD)
        verdict = say(world, BROKEN, "close gave", code);
    if (world->copied != 0 && verdict == GOOD)
        verdict = look_at_copy(world, COPY);
    return verdict;
}

/* --- starting points ----------------------------------------------------- */

/* A disk, and what is known about it. */
struct base {
    disk_image *image;
    unsigned char lock[LOCK_SIZE];
    size_t lock_size;
    struct world world;
};

static inline void put_lock(const struct base *base)
{
    if (base->lock_size == 0)
        unlink(STORE "-lock");
    else
        write_file(STORE "-lock", base->lock, base->lock_size);
}

static inline void get_lock(struct base *base)
{
    size_t size;
    unsigned char *bytes = read_file(STORE "-lock", &size);
    need(size <= LOCK_SIZE, "the lock file's size");
    base->lock_size = size;
    if (bytes != NULL)
        memcpy(base->lock, bytes, size);
    free(bytes);
}

static inline void empty_base(struct base *base, const struct setting *setting)
{
    memset(base, 0, sizeof *base);
    base->world.setting = *setting;
    base->world.name = "pump";
}

/* A store with pump at position 5 and fan, closed properly or cut off with all
 * of it in the -wal. */
static inline void make_base(struct base *base, const struct setting *setting,
                             int is_closed)
{
    struct world world;
    struct setting safe = *setting;
    unsigned long failed = check_state.failed;
    int i;
    empty_base(base, setting);
    world = base->world;
    if (safe.is_attached)
        safe.synchronous = "FULL";
    world.setting = safe;
    world.stream = new_stream(model);
    disk_load(NULL);
    unlink(STORE "-lock");
    write_file(STORE, "", 0);
    need(world_open(&world) == LEAT_OK, "the base opens");
    if (safe.has_outputs)
        OK(sql_as_leat(&world, "CREATE TABLE outputs(position INTEGER PRIMARY "
                               "KEY, state BLOB NOT NULL)"));
    step_to(world.stream, FAN_POSITION);
    OK(leat_store_save(world.store, "fan", world.stream, NULL, 0, 0, &error));
    world.has_fan = 1;
    go_back(world.stream, 0);
    for (i = 0; i < 5; i++)
        OK(save_next(&world));
    if (!is_closed)
        power_cut_now();
    OK(world_close(&world));
    if (!is_closed)
        power_return(&disk_modes[1], 0);
    free(world.stream);
    world.stream = NULL;
    world.setting = *setting;
    base->world = world;
    base->image = disk_copy();
    get_lock(base);
    need(check_state.failed == failed, "the base is good");
}

/* The store of an earlier version from a folder of Tests/Golden, with its -wal
 * or closed: stream "a" at position 40. */
static inline void golden_base(struct base *base,
                               const struct setting *setting,
                               const char *folder, int is_closed)
{
    static const char *const files[2][2] = { { "killed.db", "killed.db-wal" },
                                             { "closed.db", NULL } };
    int i;
    empty_base(base, setting);
    disk_load(NULL);
    for (i = 0; i < 2; i++) {
        const char *file = files[is_closed][i];
        char path[512], name[128];
        size_t size, length;
        unsigned char *bytes;
        if (file == NULL)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, file);
        bytes = read_file(path, &size);
        need(bytes != NULL && getcwd(name, 64) != NULL, path);
        length = strlen(name);
        snprintf(name + length, sizeof name - length, "/%s%s", STORE,
                 i == 0 ? "" : "-wal");
        disk_put(name, bytes, size);
        free(bytes);
    }
    base->world.name = "a";
    base->world.acked = base->world.tried = 40;
    base->image = disk_copy();
}

/* Take the current disk as a starting point. */
static inline void take_base(struct base *base, const struct world *world)
{
    memset(base, 0, sizeof *base);
    base->world = *world;
    base->world.stream = NULL;
    base->image = disk_copy();
    get_lock(base);
}

static inline void free_base(struct base *base)
{
    disk_free_image(base->image);
    base->image = NULL;
}

/* Begin at a starting point, with the stream in memory at its position. */
static inline void start_at(struct world *world, const struct base *base,
                            leat_stream *stream)
{
    disk_load(base->image);
    put_lock(base);
    *world = base->world;
    world->stream = stream;
    go_back(stream, world->acked);
}

/* --- the fate of the writes ---------------------------------------------- */

/* The fates that are possible on a disk that overwrites safely, or those on one
 * that doesn't: the bytes on a disk were written by a VFS that knew which it
 * is. */
static inline const disk_mode *mode_of(size_t i, int is_safe)
{
    size_t mode, last = 0;
    for (mode = 0; mode < disk_mode_count; mode++)
        if (disk_modes[mode].spoils_neighbours != is_safe && last++ == i)
            return &disk_modes[mode];
    return NULL;
}

static inline size_t count_modes(int is_safe)
{
    size_t count = 0;
    while (mode_of(count, is_safe) != NULL)
        count++;
    return count;
}

/* --- the program --------------------------------------------------------- */

static inline void set_up_faults(const char *path, char directory[64])
{
    fault_memory_start();
    fault_vfs_start();
    set_up(path, directory);
    know_states();
    write_file(STORE, "", 0);
}

static inline int tear_down_faults(const char *name, const char *directory)
{
    disk_load(NULL);
    forget_states();
    return tear_down(name, directory);
}

#endif
