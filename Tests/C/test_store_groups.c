/* SPDX-License-Identifier: MIT
 * Groups: what is saved together is loaded together, or not at all.
 * Usage: test_store_groups MODEL.safetensors */
#define _XOPEN_SOURCE 700
#include "group_fixture.h"

#include <time.h>

static void test_round_trip(void)
{
    leat_store *store = open_new("groups.db");
    group saved = new_group(), found = new_group();
    leat_checkpoint checkpoint;
    uint64_t moment, n;
    OK(save_group_at(store, "line", &saved, 5, 0));
    OK(load_group(store, "line", &found, &moment, &checkpoint));
    CHECK(is_group_at(&found, 5));
    CHECK_EQUAL(moment, 5);
    CHECK_EQUAL(checkpoint.generation, 1);
    CHECK_EQUAL(checkpoint.position, sum_at(5));
    CHECK_EQUAL(checkpoint.cursor_size, 8);
    CHECK_EQUAL(checkpoint.corrupt_generations, 0);
    for (n = 6; n < 80; n++) {
        OK(save_group_at(store, "line", &saved, n, 0));
        OK(leat_store_close(store, &error));
        store = open_store("groups.db");
        OK(load_group(store, "line", &found, &moment, &checkpoint));
        CHECK(is_group_at(&found, n));
        CHECK_EQUAL(moment, n);
        CHECK_EQUAL(checkpoint.generation, n - 4);
    }
    /* The cursor isn't wanted, nor what was loaded. */
    OK(leat_store_load_group(store, "line", members, found.streams, MEMBERS,
                             NULL, 0, NULL, &error));
    OK(leat_store_verify(store, NULL, NULL, NULL, &error));
    CHECK_EQUAL(number_of(leat_store_database(store),
                          "SELECT count(*) FROM leat_checkpoint"),
                (MEMBERS + 1) * 3);
    OK(leat_store_close(store, &error));
    free_group(saved);
    free_group(found);
}

/* A member whose stream is NULL stays as it was, and isn't written. New members
 * follow the others. */
static void test_some_members(void)
{
    leat_store *store = open_new("groups.db");
    group run = new_group(), found = new_group();
    const leat_stream *some[MEMBERS] = { NULL };
    leat_checkpoint checkpoint;
    uint64_t n, moment;
    size_t changes;
    step_group(&run, 1);
    some[0] = run.streams[0];
    some[1] = run.streams[1];
    OK(leat_store_save_group(store, "line", members, some, 2, NULL, 0, 0,
                             &error));
    REFUSED(LEAT_E_MISMATCH, "count: found 4, expected the group's, 2: 'line'",
            load_group(store, "line", &found, &moment, &checkpoint));
    OK(leat_store_load_group(store, "line", members, found.streams, 2, NULL, 0,
                             NULL, &error));
    CHECK(is_run_to(found.streams[1], member_at(1, 1)));
    some[0] = NULL;
    REFUSED(LEAT_E_ARGUMENT,
            "streams[2] is NULL, expected the stream of 'line/c'",
            leat_store_save_group(store, "line", members, some, MEMBERS, NULL,
                                  0, 0, &error));
    for (n = 2; n < 20; n++) {
        /* Each time one member moves on, and the last one never. */
        size_t i, moved = n < 4 ? 2 : (size_t)(n % 3);
        step_to(run.streams[moved], member_at(moved, n));
        for (i = 0; i < MEMBERS; i++)
            some[i] = i == moved || (n == 2 && i == 3) ? run.streams[i] : NULL;
        changes = (size_t)sqlite3_total_changes(leat_store_database(store));
        OK(leat_store_save_group(store, "line", members, some, MEMBERS, &n,
                                 sizeof n, 0, &error));
        changes = (size_t)sqlite3_total_changes(leat_store_database(store)) -
                  changes;
        /* A row for each stream and checkpoint, old ones, and the count of
         * commits. */
        CHECK(changes <= (n == 2 ? 9 : 7));
        OK(load_group(store, "line", &found, &moment, &checkpoint));
        CHECK_EQUAL(moment, n);
        for (i = 0; i < MEMBERS; i++)
            CHECK(same_state(found.streams[i], run.streams[i]));
    }
    REFUSED(LEAT_E_MISMATCH, "count: found 3, expected at least the group's, 4",
            leat_store_save_group(store, "line", members, some, 3, NULL, 0, 0,
                                  &error));
    OK(leat_store_verify(store, NULL, NULL, NULL, &error));
    OK(leat_store_close(store, &error));
    free_group(run);
    free_group(found);
}

/* With damage to any row, the newest checkpoint that is whole for every member
 * is found, and the group goes on from there. */
static void test_damage(void)
{
    static const char *const damages[] = {
        "UPDATE leat_checkpoint SET state = zeroblob(length(state)) "
        "WHERE id = %lld",
        "UPDATE leat_checkpoint SET position = position + 1 WHERE id = %lld",
        "UPDATE leat_checkpoint SET cursor = x'00' WHERE id = %lld",
        "DELETE FROM leat_checkpoint WHERE id = %lld",
    };
    size_t damage, damaged, size;
    unsigned char *file;
    leat_store *store = open_new("groups.db");
    group run = new_group();
    uint64_t n;
    for (n = 1; n <= 5; n++)
        OK(save_group_at(store, "line", &run, n, 0));
    OK(leat_store_close(store, &error));
    free_group(run);
    file = read_file("groups.db", &size);
    for (damage = 0; damage < sizeof damages / sizeof *damages; damage++)
        for (damaged = 0; damaged <= MEMBERS; damaged++) {
            leat_checkpoint checkpoint;
            group found = new_group();
            uint64_t moment = 0;
            char sql[160];
            check_context("damage %zu of stream %zu", damage, damaged + 1);
            remove_store("groups.db");
            write_file("groups.db", file, size);
            snprintf(sql, sizeof sql, damages[damage],
                     (long long)((damaged + 1) * 64 + 5));
            sql_at("groups.db", sql);
            store = open_store("groups.db");
            RETURNS(LEAT_FALLBACK,
                    load_group(store, "line", &found, &moment, &checkpoint));
            CHECK(is_group_at(&found, 4));
            CHECK_EQUAL(moment, 4);
            CHECK_EQUAL(checkpoint.generation, 4);
            CHECK_EQUAL(checkpoint.corrupt_generations, 1);
            CHECK_EQUAL(checkpoint.lost_samples, sum_at(5) - sum_at(4));
            CHECK(leat_store_verify(store, NULL, NULL, NULL, &error) ==
                  LEAT_E_CORRUPT);
            /* It goes on, with and without a step before the next save. */
            n = 4 + damaged % 3;
            OK(save_group_at(store, "line", &found, n, 0));
            OK(leat_store_close(store, &error));
            free_group(found);
            found = new_group();
            store = open_store("groups.db");
            OK(load_group(store, "line", &found, &moment, NULL));
            CHECK(is_group_at(&found, n));
            /* What is damaged goes when it is too old. */
            for (n = 8; n < 11; n++)
                OK(save_group_at(store, "line", &found, n, 0));
            OK(leat_store_verify(store, NULL, NULL, NULL, &error));
            OK(leat_store_close(store, &error));
            free_group(found);
        }
    free(file);
    check_context("%s", "");
}

/* A writer that hasn't loaded the group notices its damage as well. */
static void test_unseen_damage(void)
{
    leat_store *store = open_new("groups.db");
    group run = new_group(), found = new_group();
    uint64_t moment, n;
    for (n = 1; n <= 5; n++)
        OK(save_group_at(store, "line", &run, n, 0));
    OK(leat_store_close(store, &error));
    sql_at("groups.db", "UPDATE leat_checkpoint SET state = x'00' "
                        "WHERE id = 2 * 64 + 5");
    store = open_store("groups.db");
    OK(save_group_at(store, "line", &found, 4, 0));
    OK(load_group(store, "line", &found, &moment, NULL));
    CHECK(is_group_at(&found, 4));
    OK(leat_store_close(store, &error));
    free_group(run);
    free_group(found);
}

static void test_nothing_whole(void)
{
    leat_store *store = open_new("groups.db");
    group run = new_group(), found = new_group();
    leat_checkpoint checkpoint;
    uint64_t moment = 77, n;
    for (n = 1; n <= 4; n++)
        OK(save_group_at(store, "line", &run, n, 0));
    OK(leat_store_close(store, &error));
    /* Each checkpoint of the group lacks another member. */
    sql_at("groups.db", "DELETE FROM leat_checkpoint WHERE id IN "
                        "(1 * 64 + 2, 3 * 64 + 3, 4 * 64 + 4)");
    store = open_store("groups.db");
    step_group(&found, 9);
    REFUSED(LEAT_E_CORRUPT,
            "none of its checkpoints is whole for every member, 3 were tried: "
            "'line'",
            load_group(store, "line", &found, &moment, &checkpoint));
    CHECK(is_group_at(&found, 9));
    CHECK_EQUAL(moment, 77);
    OK(leat_store_close(store, &error));
    free_group(run);
    free_group(found);
}

/* A failure changes neither the streams nor the cursor nor the store. */
static void test_refusals(void)
{
    leat_store *store = open_new("groups.db");
    group run = new_group(), found = new_group();
    const char *others[MEMBERS];
    const leat_stream *streams[MEMBERS];
    leat_stream *loaded[MEMBERS], *other = new_stream(other_model);
    leat_checkpoint checkpoint;
    uint64_t moment = 77;
    char name[LEAT_NAME_MAX + 2];
    size_t i;
    int changes;
    OK(leat_store_save(store, "single", run.streams[0], NULL, 0, 0, &error));
    OK(save_group_at(store, "line", &run, 5, 0));
    step_group(&found, 7);
    changes = sqlite3_total_changes(leat_store_database(store));
    memset(name, 'n', sizeof name);
    name[LEAT_NAME_MAX + 1] = '\0';

#define SAVE(code, words, group_name, names, of, count)                        \
    REFUSED(code, words,                                                       \
            leat_store_save_group(store, group_name, names, of, count, NULL,   \
                                  0, 0, &error))
    SAVE(LEAT_E_ARGUMENT, "name is NULL", NULL, members, streams_of(&run), 4);
    SAVE(LEAT_E_ARGUMENT, "members is NULL", "line", NULL, streams_of(&run), 4);
    SAVE(LEAT_E_ARGUMENT, "streams is NULL", "line", members, NULL, 4);
    SAVE(LEAT_E_ARGUMENT, "count: found 0, expected 1 to 1048576", "line",
         members, streams_of(&run), 0);
    SAVE(LEAT_E_ARGUMENT, "count: found 1048577", "line", members,
         streams_of(&run), LEAT_GROUP_MAX + 1);
    SAVE(LEAT_E_ARGUMENT, "count: found " SIZE_MAX_TEXT, "line", members,
         streams_of(&run), SIZE_MAX);
    memcpy(others, members, sizeof others);
    others[3] = NULL;
    SAVE(LEAT_E_ARGUMENT, "members[3]: name is NULL", "line", others,
         streams_of(&run), 4);
    others[3] = name;
    SAVE(LEAT_E_ARGUMENT, "members[3]: name: found more than 255 bytes", "line",
         others, streams_of(&run), 4);
    others[3] = "\xff";
    SAVE(LEAT_E_ARGUMENT, "members[3]: name is not valid UTF-8", "line", others,
         streams_of(&run), 4);
    others[3] = "line/x";
    SAVE(LEAT_E_MISMATCH,
         "members[3]: found 'line/x', expected 'line/d': 'line'", "line",
         others, streams_of(&run), 4);
    SAVE(LEAT_E_MISMATCH, "'single' is a stream, expected a group", "single",
         members, streams_of(&run), 4);
    memcpy(streams, run.streams, sizeof streams);
    streams[2] = (const leat_stream *)(const void *)&moment;
    SAVE(LEAT_E_ARGUMENT, "streams[2]: stream is NULL or no leat_stream", "line",
         members, streams, 4);
    streams[2] = other;
    SAVE(LEAT_E_POSITION,
         "streams[2], 'line/c': found position 0, expected at least that of "
         "the group's newest checkpoint, 17: 'line'",
         "line", members, streams, 4);
    REFUSED(LEAT_E_ARGUMENT, "flags: found 8",
            leat_store_save_group(store, "line", members, streams_of(&run),
                                  MEMBERS, NULL, 0, 8, &error));
    REFUSED(LEAT_E_ARGUMENT, "cursor is NULL, and cursor_size 1",
            leat_store_save_group(store, "line", members, streams_of(&run),
                                  MEMBERS, NULL, 1, 0, &error));
    REFUSED(LEAT_E_ARGUMENT, "cursor_size: found 65537",
            leat_store_save_group(store, "line", members, streams_of(&run),
                                  MEMBERS, name, 65537, 0, &error));
    CHECK_EQUAL(sqlite3_total_changes(leat_store_database(store)), changes);
    step_to(other, 100);
    SAVE(LEAT_E_MISMATCH, "found checkpoints of model", "line", members,
         streams, 4);
    others[0] = others[1] = "twice";
    others[2] = "once";
    SAVE(LEAT_E_ARGUMENT,
         "members[1] is members[0] again, 'twice', expected each once", "new",
         others, streams_of(&run), 3);
    /* Also if the streams are there already. */
    others[0] = others[2] = "single";
    others[1] = "other";
    SAVE(LEAT_E_ARGUMENT, "members[2] is members[0] again, 'single'", "single 2",
         others, streams_of(&run), 3);
    others[1] = "new";
    SAVE(LEAT_E_ARGUMENT, "members[1] has the group's own name", "new", others,
         streams_of(&run), 2);
    others[1] = "line/b";
    SAVE(LEAT_E_ARGUMENT, "'line/b' is a member of the group 'line'", "new",
         others, streams_of(&run), 2);
    others[1] = "line";
    SAVE(LEAT_E_ARGUMENT, "'line' is a group, expected a stream", "new", others,
         streams_of(&run), 2);
    REFUSED(LEAT_E_ARGUMENT, "'line/b' is a member of the group 'line'",
            leat_store_save_group(store, "line/b", &others[0],
                                  streams_of(&run), 1, NULL, 0,
                                  LEAT_SAVE_REPLACE, &error));
#undef SAVE

    /* A stream can't take a group's name. */
    REFUSED(LEAT_E_MISMATCH, "'line' is a group, expected a stream",
            leat_store_save(store, "line", run.streams[0], NULL, 0, 0, &error));
    REFUSED(LEAT_E_MISMATCH, "'line' is a group, expected a stream",
            leat_store_load(store, "line", found.streams[0], NULL, 0, NULL,
                            &error));

#define LOAD(code, words, group_name, names, into, count)                      \
    REFUSED(code, words,                                                       \
            leat_store_load_group(store, group_name, names, into, count,       \
                                  &moment, sizeof moment, &checkpoint, &error))
    LOAD(LEAT_E_NOT_FOUND, "no stream 'absent'", "absent", members,
         found.streams, 4);
    LOAD(LEAT_E_MISMATCH, "'single' is a stream, expected a group", "single",
         members, found.streams, 4);
    LOAD(LEAT_E_MISMATCH, "count: found 3, expected the group's, 4", "line",
         members, found.streams, 3);
    LOAD(LEAT_E_ARGUMENT, "count: found 0", "line", members, found.streams, 0);
    memcpy(others, members, sizeof others);
    others[1] = "line/x";
    LOAD(LEAT_E_MISMATCH,
         "members[1]: found 'line/x', expected 'line/b': 'line'", "line",
         others, found.streams, 4);
    memcpy(loaded, found.streams, sizeof loaded);
    loaded[3] = NULL;
    LOAD(LEAT_E_ARGUMENT, "streams[3] is NULL: 'line/d'", "line", members,
         loaded, 4);
    loaded[3] = other;
    LOAD(LEAT_E_MISMATCH, "found a checkpoint of model", "line", members,
         loaded, 4);
    REFUSED(LEAT_E_SIZE, "cursor_capacity: found 7, expected at least 8",
            leat_store_load_group(store, "line", members, found.streams,
                                  MEMBERS, &moment, 7, &checkpoint, &error));
    REFUSED(LEAT_E_ARGUMENT, "checkpoint is misaligned",
            leat_store_load_group(
                store, "line", members, found.streams, MEMBERS, &moment, 8,
                (leat_checkpoint *)(void *)(name + 1), &error));
#undef LOAD
    REFUSED(LEAT_E_ARGUMENT, "visit is NULL",
            leat_store_list_group(store, "line", NULL, NULL, &error));
    CHECK_EQUAL(moment, 77);
    CHECK(is_group_at(&found, 7));
    for (i = 0; i < MEMBERS; i++)
        CHECK(is_run_to(run.streams[i], member_at(i, 5)));
    OK(load_group(store, "line", &found, &moment, &checkpoint));
    CHECK(is_group_at(&found, 5));
    OK(leat_store_close(store, &error));
    free_group(run);
    free_group(found);
    free(other);
}

/* One crafted state with right checksums, whose value no step could start from:
 * no stream is loaded. */
static void test_bad_state(void)
{
    leat_store *store = open_new("groups.db");
    group run = new_group(), found = new_group();
    unsigned char *state = state_of(run.streams[0]);
    leat_checkpoint checkpoint;
    uint64_t moment = 77;
    const uint32_t bad = 0x7fc00000; /* NaN */
    uint32_t crc;
    const leat_stream *const *streams = streams_of(&run);
    OK(leat_store_save_group(store, "line", members, streams, MEMBERS, &moment,
                             sizeof moment, 0, &error));
    memcpy(state + state_size - 4 - sizeof bad, &bad, sizeof bad);
    crc = crc32c(0, state, state_size - 4);
    memcpy(state + state_size - 4, &crc, 4);
    {
        /* In place of member d's, and in the manifest. */
        sqlite3 *database = leat_store_database(store);
        sqlite3_stmt *statement;
        unsigned char manifest[60 + 32 * MEMBERS];
        int64_t saved_at = number_of(database, "SELECT saved_at_ms FROM "
                                               "leat_checkpoint WHERE id = "
                                               "4 * 64 + 1");
        uint32_t row = row_crc("line/d", 1, 0, saved_at, crc, NULL, 0), sum;
        need(sqlite3_prepare_v2(database,
                                "UPDATE leat_checkpoint SET state = ?1, "
                                "state_crc = ?2, row_crc = ?3 WHERE id = ?4",
                                -1, &statement, NULL) == SQLITE_OK,
             "UPDATE");
        sqlite3_bind_blob(statement, 1, state, (int)state_size, NULL);
        sqlite3_bind_int64(statement, 2, crc);
        sqlite3_bind_int64(statement, 3, row);
        sqlite3_bind_int64(statement, 4, 4 * 64 + 1);
        CHECK(sqlite3_step(statement) == SQLITE_DONE);
        sqlite3_finalize(statement);
        need(sqlite3_prepare_v2(database,
                                "SELECT state, saved_at_ms FROM "
                                "leat_checkpoint WHERE id = 5 * 64 + 1",
                                -1, &statement, NULL) == SQLITE_OK &&
                 sqlite3_step(statement) == SQLITE_ROW &&
                 sqlite3_column_bytes(statement, 0) == (int)sizeof manifest,
             "the manifest");
        memcpy(manifest, sqlite3_column_blob(statement, 0), sizeof manifest);
        saved_at = sqlite3_column_int64(statement, 1);
        sqlite3_finalize(statement);
        memcpy(manifest + 56 + 32 * 3 + 24, &row, 4);
        sum = crc32c(0, manifest, sizeof manifest - 4);
        memcpy(manifest + sizeof manifest - 4, &sum, 4);
        row = row_crc("line", 1, 0, saved_at, sum, &moment, sizeof moment);
        need(sqlite3_prepare_v2(database,
                                "UPDATE leat_checkpoint SET state = ?1, "
                                "state_crc = ?2, row_crc = ?3 WHERE id = ?4",
                                -1, &statement, NULL) == SQLITE_OK,
             "UPDATE");
        sqlite3_bind_blob(statement, 1, manifest, sizeof manifest, NULL);
        sqlite3_bind_int64(statement, 2, sum);
        sqlite3_bind_int64(statement, 3, row);
        sqlite3_bind_int64(statement, 4, 5 * 64 + 1);
        CHECK(sqlite3_step(statement) == SQLITE_DONE);
        sqlite3_finalize(statement);
    }
    step_group(&found, 3);
    REFUSED(LEAT_E_CORRUPT, "expected a",
            load_group(store, "line", &found, &moment, &checkpoint));
    CHECK(is_group_at(&found, 3));
    OK(leat_store_close(store, &error));
    free(state);
    free_group(run);
    free_group(found);
}

static void test_rewind_and_replace(void)
{
    leat_store *store = open_new("groups.db");
    group run = new_group(), fresh = new_group(), found = new_group();
    const char *others[2] = { "line/b", "line/z" };
    leat_stream *others_found[2];
    uint64_t moment, n;
    for (n = 1; n <= 5; n++)
        OK(save_group_at(store, "line", &run, n, 0));
    REFUSED(LEAT_E_POSITION, "'line/a': found position 2",
            save_group_at(store, "line", &fresh, 2, 0));
    OK(save_group_at(store, "line", &fresh, 2, LEAT_SAVE_REWIND));
    OK(load_group(store, "line", &found, &moment, NULL));
    CHECK(is_group_at(&found, 2));
    CHECK_EQUAL(moment, 2);
    for (n = 3; n <= 9; n++)
        OK(save_group_at(store, "line", &fresh, n, 0));
    OK(load_group(store, "line", &found, &moment, NULL));
    CHECK(is_group_at(&found, 9));

    /* Other members. */
    REFUSED(LEAT_E_MISMATCH, "count: found 2, expected at least the group's, 4",
            leat_store_save_group(store, "line", others,
                                  streams_of(&fresh) + 1, 2, NULL, 0, 0,
                                  &error));
    OK(leat_store_save_group(store, "line", others, streams_of(&fresh) + 1, 2,
                             NULL, 0, LEAT_SAVE_REPLACE, &error));
    others_found[0] = found.streams[0];
    others_found[1] = found.streams[1];
    OK(leat_store_load_group(store, "line", others, others_found, 2, NULL, 0,
                             NULL, &error));
    CHECK(is_run_to(found.streams[1], member_at(2, 9)));
    /* Those that were left out are streams still. */
    OK(leat_store_load(store, "line/a", found.streams[0], NULL, 0, NULL,
                       &error));
    CHECK(is_run_to(found.streams[0], member_at(0, 9)));

    /* A stream in place of a group, and a group in place of a stream. */
    OK(leat_store_save(store, "line", fresh.streams[0], NULL, 0,
                       LEAT_SAVE_REPLACE | LEAT_SAVE_REWIND, &error));
    OK(leat_store_load(store, "line", found.streams[0], NULL, 0, NULL, &error));
    OK(leat_store_save_group(store, "line", members, streams_of(&fresh),
                             MEMBERS, NULL, 0, LEAT_SAVE_REPLACE, &error));
    OK(leat_store_load_group(store, "line", members, found.streams, MEMBERS,
                             NULL, 0, NULL, &error));
    CHECK(is_group_at(&found, 9));
    OK(leat_store_verify(store, NULL, NULL, NULL, &error));
    OK(leat_store_close(store, &error));
    free_group(run);
    free_group(fresh);
    free_group(found);
}

static struct visited {
    char names[8][16];
    leat_store_entry entries[8];
    int count, limit;
} visited;

static int visit(void *context, const leat_store_entry *entry)
{
    struct visited *into = context;
    if (into->count == 8)
        return 1;
    snprintf(into->names[into->count], 16, "%s", entry->name);
    into->entries[into->count] = *entry;
    return ++into->count == into->limit;
}

/* Listing, and what must not separate a group from its members. */
static void test_care(void)
{
    leat_store *store = open_new("groups.db");
    group run = new_group(), found = new_group();
    leat_prune_options prune;
    uint64_t moment, deleted = 0;
    int i;
    OK(save_group_at(store, "line", &run, 3, 0));
    OK(leat_store_save(store, "single", run.streams[0], NULL, 0, 0, &error));

    memset(&visited, 0, sizeof visited);
    OK(leat_store_list_group(store, "line", visit, &visited, &error));
    CHECK_EQUAL(visited.count, MEMBERS);
    for (i = 0; i < MEMBERS; i++) {
        CHECK(strcmp(visited.names[i], members[i]) == 0);
        CHECK_EQUAL(visited.entries[i].position, member_at((size_t)i, 3));
        CHECK_EQUAL(visited.entries[i].generation, 1);
        CHECK_EQUAL(visited.entries[i].members, 0);
    }
    memset(&visited, 0, sizeof visited);
    visited.limit = 2;
    OK(leat_store_list_group(store, "line", visit, &visited, &error));
    CHECK_EQUAL(visited.count, 2);
    memset(&visited, 0, sizeof visited);
    OK(leat_store_list(store, visit, &visited, &error));
    CHECK_EQUAL(visited.count, MEMBERS + 2);
    CHECK(strcmp(visited.names[0], "line") == 0);
    CHECK_EQUAL(visited.entries[0].members, MEMBERS);
    CHECK_EQUAL(visited.entries[0].position, sum_at(3));
    CHECK_EQUAL(visited.entries[1].members, 0);

    REFUSED(LEAT_E_ARGUMENT, "'line/b' is a member of the group 'line'",
            leat_store_delete(store, "line/b", &error));
    REFUSED(LEAT_E_ARGUMENT, "'line/b' is a member of the group 'line'",
            leat_store_rename(store, "line/b", "x", &error));
    REFUSED(LEAT_E_UNSUPPORTED, "'line' is a group",
            leat_store_rename(store, "line", "x", &error));
    REFUSED(LEAT_E_UNSUPPORTED, "'line' is a group",
            leat_store_export(store, "line", NULL, 0, NULL, 0, NULL, &error));

    /* A member that hasn't changed for long isn't old. */
    sql_at("groups.db", "UPDATE leat_meta SET value = value");
    {
        const leat_stream *some[MEMBERS] = { NULL };
        struct timespec pause = { 0, 20000000 };
        nanosleep(&pause, NULL);
        some[0] = run.streams[0];
        OK(leat_store_save_group(store, "line", members, some, MEMBERS, &moment,
                                 8, 0, &error));
        memset(&visited, 0, sizeof visited);
        OK(leat_store_list(store, visit, &visited, &error));
        memset(&prune, 0, sizeof prune);
        prune.saved_before_ms = visited.entries[0].saved_at_ms;
        prune.flags = LEAT_PRUNE_STREAMS;
        CHECK(visited.entries[2].saved_at_ms < prune.saved_before_ms);
    }
    OK(leat_store_prune(store, &prune, NULL, NULL, &deleted, &error));
    REFUSED(LEAT_E_NOT_FOUND, "no stream 'single'",
            leat_store_load(store, "single", found.streams[0], NULL, 0, NULL,
                            &error));
    OK(load_group(store, "line", &found, &moment, NULL));
    CHECK(is_group_at(&found, 3));
    OK(leat_store_verify(store, NULL, NULL, NULL, &error));
    /* When the group itself is old, all of it goes. */
    prune.saved_before_ms += 1000000;
    OK(leat_store_prune(store, &prune, NULL, NULL, &deleted, &error));
    memset(&visited, 0, sizeof visited);
    OK(leat_store_list(store, visit, &visited, &error));
    CHECK_EQUAL(visited.count, 0);

    OK(save_group_at(store, "line", &run, 4, 0));
    OK(leat_store_delete(store, "line", &error));
    CHECK_EQUAL(number_of(leat_store_database(store),
                          "SELECT count(*) FROM leat_checkpoint"), 0);
    OK(leat_store_verify(store, NULL, NULL, NULL, &error));
    OK(leat_store_close(store, &error));
    free_group(run);
    free_group(found);
}

static char finding[320];

static void note(void *context, const char *line)
{
    (void)context;
    snprintf(finding, sizeof finding, "%s", line);
}

/* A verification reads the members of each group. */
static void test_verify(void)
{
    leat_store *store = open_new("groups.db");
    group run = new_group();
    uint64_t n;
    for (n = 1; n <= 5; n++)
        OK(save_group_at(store, "line", &run, n, 0));
    OK(leat_store_verify(store, note, NULL, NULL, &error));
    OK(leat_store_close(store, &error));
    /* The stream alone is as it was at the checkpoint before. */
    store = open_store("groups.db");
    OK(leat_stream_reset(run.streams[1], &error));
    step_to(run.streams[1], member_at(1, 1));
    OK(leat_store_save(store, "line/b", run.streams[1], NULL, 0,
                       LEAT_SAVE_REWIND, &error));
    REFUSED(LEAT_E_CORRUPT, "1 ",
            leat_store_verify(store, note, NULL, NULL, &error));
    CHECK(strcmp(finding, "'line', generation 5: generation 5 of its member "
                          "'line/b' is missing or damaged") == 0);
    OK(leat_store_close(store, &error));
    free_group(run);
}

/* --- what was wrong once ------------------------------------------------- */

static int save_two(leat_store *store, leat_stream *a, leat_stream *b,
                    uint64_t cursor, unsigned flags)
{
    static const char *const names[2] = { "a", "b" };
    const leat_stream *streams[2];
    streams[0] = a;
    streams[1] = b;
    return leat_store_save_group(store, "g", names, streams, 2, &cursor,
                                 sizeof cursor, flags, &error);
}

/* Positions of a and b, and the cursor, as a load gives them. */
static int load_two(leat_store *store, uint64_t found[3])
{
    static const char *const names[2] = { "a", "b" };
    leat_stream *streams[2];
    int code;
    streams[0] = new_stream(model);
    streams[1] = new_stream(model);
    code = leat_store_load_group(store, "g", names, streams, 2, &found[2],
                                 sizeof found[2], NULL, &error);
    found[0] = leat_stream_position(streams[0]);
    found[1] = leat_stream_position(streams[1]);
    if (code >= 0)
        CHECK(is_run_to(streams[0], found[0]) &&
              is_run_to(streams[1], found[1]));
    free(streams[0]);
    free(streams[1]);
    return code;
}

static void check_two(leat_store *store, int code, uint64_t a, uint64_t b,
                      uint64_t cursor)
{
    uint64_t found[3] = { 0, 0, 0 };
    RETURNS(code, load_two(store, found));
    CHECK_EQUAL(found[0], a);
    CHECK_EQUAL(found[1], b);
    CHECK_EQUAL(found[2], cursor);
}

/* A group at 10, 10 and then at 20, 20, whose newest checkpoint is damaged by
 * this statement; reopened. */
static leat_store *damaged_two(leat_stream *a, leat_stream *b, const char *sql)
{
    leat_store *store = open_new("two.db");
    step_to(a, 10);
    step_to(b, 10);
    OK(save_two(store, a, b, 100, 0));
    step_to(a, 20);
    step_to(b, 20);
    OK(save_two(store, a, b, 200, 0));
    OK(leat_store_close(store, &error));
    sql_at("two.db", sql);
    return open_store("two.db");
}

static const char damage_b[] = "UPDATE leat_checkpoint SET state = x'00' "
                               "WHERE id = 2 * 64 + 2",
                  damage_manifest[] = "UPDATE leat_checkpoint SET state = "
                                      "x'00' WHERE id = 3 * 64 + 2",
                  damage_row[] = "UPDATE leat_stream SET row_crc = row_crc + 1 "
                                 "WHERE id = 3";

/* Another handle has loaded the older checkpoint. So NULL means what that has,
 * and a load finds no two moments, and no loss where there is none. */
static void test_unchanged_after_fallback(void)
{
    const char *const damages[] = { damage_b, damage_manifest };
    size_t i;
    for (i = 0; i < 2; i++) {
        leat_stream *a = new_stream(model), *b = new_stream(model);
        leat_store *store = damaged_two(a, b, damages[i]), *reader;
        check_context("%s", damages[i]);
        reader = open_with("two.db", LEAT_STORE_READ_ONLY, 0);
        check_two(reader, LEAT_FALLBACK, 10, 10, 100);
        OK(leat_store_close(reader, &error));
        OK(leat_stream_reset(b, &error));
        step_to(b, 15);
        OK(save_two(store, NULL, b, 150, 0));
        check_two(store, LEAT_OK, 10, 15, 150);
        OK(leat_store_close(store, &error));
        store = open_store("two.db");
        check_two(store, LEAT_OK, 10, 15, 150);
        OK(leat_stream_reset(a, &error));
        step_to(a, 13);
        OK(save_two(store, a, NULL, 170, 0));
        check_two(store, LEAT_OK, 13, 15, 170);
        OK(leat_store_close(store, &error));
        free(a);
        free(b);
    }
    check_context("%s", "");
}

/* All streams are given, further on than the older checkpoint. */
static void test_save_after_fallback(void)
{
    const char *const damages[] = { damage_b, damage_manifest };
    size_t i;
    for (i = 0; i < 2; i++) {
        leat_stream *a = new_stream(model), *b = new_stream(model);
        leat_store *store = damaged_two(a, b, damages[i]);
        check_context("%s", damages[i]);
        OK(leat_stream_reset(a, &error));
        OK(leat_stream_reset(b, &error));
        step_to(a, 12);
        step_to(b, 12);
        OK(save_two(store, a, b, 120, 0));
        check_two(store, LEAT_OK, 12, 12, 120);
        OK(leat_store_close(store, &error));
        free(a);
        free(b);
    }
    check_context("%s", "");
}

/* What a member has by itself doesn't make its group one that can't be loaded
 * after a save. */
static void test_member_alone(void)
{
    leat_stream *a = new_stream(model), *b = new_stream(model);
    leat_store *store = open_new("two.db");
    uint64_t n;
    int code;
    step_to(a, 10);
    step_to(b, 10);
    OK(save_two(store, a, b, 100, 0));
    for (n = 11; n < 15; n++)
        save_at(store, "a", a, n);
    step_to(b, 20);
    code = save_two(store, NULL, b, 200, 0);
    CHECK(code == LEAT_E_ARGUMENT && strstr(error.message, "'a'") != NULL);
    OK(save_two(store, a, b, 200, 0));
    check_two(store, LEAT_OK, 14, 20, 200);
    /* Newer than its group: not the moment of the group. */
    save_at(store, "a", a, 15);
    check_two(store, LEAT_FALLBACK, 14, 20, 200);
    OK(save_two(store, NULL, b, 210, 0));
    check_two(store, LEAT_OK, 14, 20, 210);
    OK(leat_store_verify(store, NULL, NULL, NULL, &error));
    OK(leat_store_close(store, &error));
    free(a);
    free(b);
}

/* Neither a prune nor a deletion takes what an older checkpoint needs. */
static void test_needed(void)
{
    const char *const damages[] = { damage_b, damage_manifest, damage_row };
    size_t i;
    for (i = 0; i < 3; i++) {
        leat_stream *a = new_stream(model), *b = new_stream(model);
        leat_store *store = damaged_two(a, b, damages[i]);
        leat_prune_options prune;
        uint64_t deleted = 0, position = i == 2 ? 20 : 10;
        check_context("%s", damages[i]);
        memset(&prune, 0, sizeof prune);
        prune.generations = 1;
        OK(leat_store_prune(store, &prune, NULL, NULL, &deleted, &error));
        CHECK_EQUAL(deleted, 0);
        prune.saved_before_ms = INT64_MAX;
        OK(leat_store_prune(store, &prune, NULL, NULL, &deleted, &error));
        check_two(store, LEAT_FALLBACK, position, position, position * 10);
        REFUSED(LEAT_E_ARGUMENT, "'b' is a member of the group 'g'",
                leat_store_delete(store, "b", &error));
        memset(&visited, 0, sizeof visited);
        RETURNS(LEAT_FALLBACK,
                leat_store_list_group(store, "g", visit, &visited, &error));
        CHECK_EQUAL(visited.count, 2);
        CHECK_EQUAL(visited.entries[0].position, position);
        OK(leat_store_delete(store, "g", &error));
        CHECK_EQUAL(number_of(leat_store_database(store),
                              "SELECT count(*) FROM leat_stream"), 1);
        OK(leat_store_close(store, &error));
        free(a);
        free(b);
    }
    check_context("%s", "");
}

/* A temporary table of the caller's doesn't get the index. */
static void test_temporary_table(void)
{
    sqlite3 *database = raw_open("attached.db");
    leat_store *store = NULL;
    leat_stream *a = new_stream(model), *b = new_stream(model);
    run_sql(database, "CREATE TEMP TABLE leat_stream(id, model)");
    OK(leat_store_attach(database, NULL, &store, &error));
    OK(save_two(store, a, b, 1, 0));
    check_two(store, LEAT_OK, 0, 0, 1);
    OK(leat_store_close(store, &error));
    sqlite3_close(database);
    free(a);
    free(b);
}

/* In a transaction of the caller's. */
static void test_transaction(void)
{
    leat_store *store = open_new("groups.db");
    group run = new_group(), found = new_group();
    uint64_t moment;
    OK(save_group_at(store, "line", &run, 1, 0));
    OK(leat_store_begin(store, &error));
    OK(save_group_at(store, "line", &run, 2, 0));
    OK(load_group(store, "line", &found, &moment, NULL));
    CHECK_EQUAL(moment, 2);
    OK(leat_store_rollback(store, &error));
    OK(load_group(store, "line", &found, &moment, NULL));
    CHECK(is_group_at(&found, 1));
    OK(leat_store_begin(store, &error));
    OK(save_group_at(store, "line", &run, 3, 0));
    OK(leat_store_commit(store, &error));
    OK(load_group(store, "line", &found, &moment, NULL));
    CHECK(is_group_at(&found, 3));
    OK(leat_store_close(store, &error));
    free_group(run);
    free_group(found);
}

int main(int count, char **arguments)
{
    char directory[64];
    if (count != 2) {
        fprintf(stderr, "usage: test_store_groups MODEL\n");
        return 2;
    }
    set_up(arguments[1], directory);
    test_round_trip();
    test_some_members();
    test_damage();
    test_unseen_damage();
    test_nothing_whole();
    test_refusals();
    test_bad_state();
    test_rewind_and_replace();
    test_care();
    test_verify();
    test_unchanged_after_fallback();
    test_save_after_fallback();
    test_member_alone();
    test_needed();
    test_temporary_table();
    test_transaction();
    return tear_down("test_store_groups", directory);
}
