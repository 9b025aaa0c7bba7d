/* SPDX-License-Identifier: MIT
 * Verifying, pruning and statistics of a store.
 * Usage: test_store_maintenance MODEL.safetensors */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "store_pages.h"

#include <sys/syscall.h>
#include <time.h>

/* --- a clock that the test sets ------------------------------------------- */

static int64_t clock_ms;

/* The call that fills this program's timespec, on 32 bits too. */
#if defined(SYS_clock_gettime64)
#define SYSTEM_CLOCK SYS_clock_gettime64
#else
#define SYSTEM_CLOCK SYS_clock_gettime
#endif

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (clock_ms == 0 || clock != CLOCK_REALTIME)
        return (int)syscall(SYSTEM_CLOCK, clock, now);
    now->tv_sec = clock_ms / 1000;
    now->tv_nsec = (long)(clock_ms % 1000) * 1000000;
    return 0;
}

/* --- helpers -------------------------------------------------------------- */

struct findings {
    unsigned count;
    char lines[64][256];
    leat_store *store;
};

static void note(void *context, const char *line)
{
    struct findings *findings = context;
    if (findings->count < 64)
        snprintf(findings->lines[findings->count], 256, "%s", line);
    findings->count++;
}

static int has(const struct findings *findings, const char *words)
{
    unsigned i;
    for (i = 0; i < findings->count && i < 64; i++)
        if (strstr(findings->lines[i], words) != NULL)
            return 1;
    return 0;
}

static int verify(const char *path, struct findings *findings)
{
    leat_store *store = open_with(path, LEAT_STORE_READ_ONLY, 0);
    int code;
    memset(findings, 0, sizeof *findings);
    memset(&error, 0, sizeof error);
    code = leat_store_verify(store, note, NULL, findings, &error);
    leat_store_close(store, NULL);
    CHECK(code == LEAT_E_CORRUPT ? findings->count > 0 : findings->count == 0);
    return code;
}

/* Exactly one finding, with these words. */
static void check_finding(const char *path, const char *words)
{
    struct findings findings;
    char count[32];
    CHECK_EQUAL(verify(path, &findings), LEAT_E_CORRUPT);
    check_that(findings.count == 1 && has(&findings, words), __FILE__, __LINE__,
               "%u findings, the first '%s', expected '%s'", findings.count,
               findings.lines[0], words);
    snprintf(count, sizeof count, "%u finding", findings.count);
    CHECK_WORDS(error.message, count);
    CHECK_WORDS(error.message, findings.lines[0]);
}

static sqlite3_int64 count_of(leat_store *store, const char *sql)
{
    return number_of(leat_store_database(store), sql);
}

struct calls {
    uint64_t count, stop_at, done, total;
};

static int count_calls(void *context, uint64_t done, uint64_t total)
{
    struct calls *calls = context;
    CHECK(done <= total && done >= calls->done);
    calls->done = done;
    calls->total = total;
    return ++calls->count == calls->stop_at;
}

/* --- arguments ------------------------------------------------------------ */


static int use_store(void *context, uint64_t done, uint64_t total)
{
    leat_store *store = context;
    leat_store_statistics_t statistics;
    (void)done, (void)total;
    REFUSED(LEAT_E_ARGUMENT, "in use",
            leat_store_statistics(store, &statistics, &error));
    REFUSED(LEAT_E_ARGUMENT, "in use",
            leat_store_verify(store, NULL, NULL, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, "in use", leat_store_delete(store, "a", &error));
    REFUSED(LEAT_E_ARGUMENT, "in use", leat_store_close(store, &error));
    CHECK(leat_store_database(store) == NULL);
    return 0;
}

static void use_findings_store(void *context, const char *line)
{
    (void)line;
    use_store(context, 0, 0);
}

static void test_arguments(void)
{
    leat_store *store;
    leat_store_statistics_t statistics[2];
    leat_prune_options options;
    uint64_t deleted[2];
    int i;

    make_two_streams("arguments.db");
    store = open_store("arguments.db");
    REFUSED(LEAT_E_ARGUMENT, "store is NULL",
            leat_store_statistics(NULL, statistics, &error));
    REFUSED(LEAT_E_ARGUMENT, "statistics is NULL",
            leat_store_statistics(store, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, "misaligned",
            leat_store_statistics(store,
                                  (void *)((char *)statistics + 1), &error));
    REFUSED(LEAT_E_ARGUMENT, "store is NULL",
            leat_store_verify(NULL, NULL, NULL, NULL, &error));
    memset(&options, 0, sizeof options);
    options.generations = 1;
    REFUSED(LEAT_E_ARGUMENT, "store is NULL",
            leat_store_prune(NULL, &options, NULL, NULL, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, "options is NULL",
            leat_store_prune(store, NULL, NULL, NULL, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, "misaligned",
            leat_store_prune(store, &options, NULL, NULL,
                             (void *)((char *)deleted + 1), &error));
    options.generations = 65;
    REFUSED(LEAT_E_ARGUMENT, "found 65, expected at most 64",
            leat_store_prune(store, &options, NULL, NULL, NULL, &error));
    options.generations = 0;
    REFUSED(LEAT_E_ARGUMENT, "neither",
            leat_store_prune(store, &options, NULL, NULL, NULL, &error));
    options.saved_before_ms = -1;
    REFUSED(LEAT_E_ARGUMENT, "saved_before_ms: found -1",
            leat_store_prune(store, &options, NULL, NULL, NULL, &error));
    options.saved_before_ms = 1;
    options.flags = 2;
    REFUSED(LEAT_E_ARGUMENT, "flags: found 2",
            leat_store_prune(store, &options, NULL, NULL, NULL, &error));
    options.flags = LEAT_PRUNE_STREAMS;
    options.saved_before_ms = 0;
    options.generations = 1;
    REFUSED(LEAT_E_ARGUMENT, "no saved_before_ms",
            leat_store_prune(store, &options, NULL, NULL, NULL, &error));
    options.flags = 0;
    for (i = 0; i < 4; i++) {
        options.reserved[i] = 1;
        REFUSED(LEAT_E_ARGUMENT, "reserved",
                leat_store_prune(store, &options, NULL, NULL, NULL, &error));
        options.reserved[i] = 0;
    }
    CHECK_EQUAL(count_of(store, "SELECT count(*) FROM leat_checkpoint"), 6);

    /* A callback can't use the store. */
    OK(leat_store_verify(store, NULL, use_store, store, &error));
    options.generations = 3;
    OK(leat_store_prune(store, &options, use_store, store, NULL, &error));
    run_sql(leat_store_database(store),
            "UPDATE leat_checkpoint SET position = 0 WHERE id = 65");
    REFUSED(LEAT_E_CORRUPT, "1 finding: 'a', generation 1: the checksum of its "
            "row",
            leat_store_verify(store, use_findings_store, NULL, store, &error));
    OK(leat_store_close(store, &error));

    /* A store that is opened read-only. */
    store = open_with("arguments.db", LEAT_STORE_READ_ONLY, 0);
    OK(leat_store_statistics(store, statistics, &error));
    deleted[0] = 9;
    REFUSED(LEAT_E_READ_ONLY, "READ_ONLY",
            leat_store_prune(store, &options, NULL, NULL, deleted, &error));
    CHECK_EQUAL(deleted[0], 0);
    OK(leat_store_close(store, &error));
}

static void test_fenced(void)
{
    leat_store *first = open_new("fenced.db"), *second;
    leat_stream *stream = new_stream(model);
    leat_store_statistics_t statistics;
    leat_prune_options options;
    uint64_t deleted = 9;
    save_at(first, "a", stream, 1);
    save_at(first, "a", stream, 2);
    second = open_with("fenced.db", LEAT_STORE_TAKE_OVER, 0);
    memset(&options, 0, sizeof options);
    options.generations = 1;
    REFUSED(LEAT_E_FENCED, "epoch",
            leat_store_prune(first, &options, NULL, NULL, &deleted, &error));
    CHECK_EQUAL(deleted, 0);
    OK(leat_store_verify(first, NULL, NULL, NULL, &error));
    OK(leat_store_statistics(first, &statistics, &error));
    CHECK_EQUAL(statistics.checkpoints, 2);
    CHECK_EQUAL(statistics.epoch, 2);
    OK(leat_store_prune(second, &options, NULL, NULL, &deleted, &error));
    CHECK_EQUAL(deleted, 1);
    OK(leat_store_close(first, &error));
    OK(leat_store_close(second, &error));
    free(stream);
}

/* --- statistics ----------------------------------------------------------- */

static void test_statistics(void)
{
    leat_store *store = open_new("counted.db");
    leat_stream *stream = new_stream(model);
    leat_store_statistics_t s;
    struct stat wal;
    char name[16];
    int i, n;

    memset(&s, 0xff, sizeof s);
    OK(leat_store_statistics(store, &s, &error));
    CHECK(s.streams == 0 && s.checkpoints == 0 && s.state_bytes == 0 &&
          s.cursor_bytes == 0 && s.oldest_ms == 0 && s.newest_ms == 0);
    for (n = 1; n <= 4; n++) {
        clock_ms = 1000 * n;
        step_to(stream, (uint64_t)n);
        for (i = 0; i < 50; i++) {
            snprintf(name, sizeof name, "s%d", i);
            OK(leat_store_save(store, name, stream, name, (size_t)(i % 7), 0,
                               &error));
        }
    }
    clock_ms = 0;
    OK(leat_store_delete(store, "s7", &error));
    OK(leat_store_statistics(store, &s, &error));
    CHECK_EQUAL(s.streams, 49);
    CHECK_EQUAL(s.checkpoints,
                count_of(store, "SELECT count(*) FROM leat_checkpoint"));
    CHECK_EQUAL(s.checkpoints, 49 * 3);
    CHECK_EQUAL(s.state_bytes, 49 * 3 * state_size);
    CHECK_EQUAL(s.cursor_bytes,
                count_of(store,
                         "SELECT sum(length(cursor)) FROM leat_checkpoint"));
    CHECK_EQUAL(s.oldest_ms, 2000);
    CHECK_EQUAL(s.newest_ms, 4000);
    CHECK_EQUAL(s.file_bytes, count_of(store, "SELECT page_count * page_size "
                                              "FROM pragma_page_count, "
                                              "pragma_page_size"));
    CHECK_EQUAL(s.free_bytes, count_of(store, "SELECT freelist_count * "
                                              "page_size FROM "
                                              "pragma_freelist_count, "
                                              "pragma_page_size"));
    CHECK(stat("counted.db-wal", &wal) == 0);
    CHECK_EQUAL(s.wal_bytes, wal.st_size);
    CHECK(s.memory_used > 0 && s.memory_highest >= s.memory_used);
    CHECK_EQUAL(s.epoch, 1);
    CHECK_EQUAL(s.version,
                count_of(store,
                         "SELECT value FROM leat_meta WHERE key = 'version'"));
    for (i = 0; i < 8; i++)
        CHECK_EQUAL(s.reserved[i], 0);

    /* In a transaction, including its changes. */
    OK(leat_store_begin(store, &error));
    OK(leat_store_delete(store, "s8", &error));
    OK(leat_store_statistics(store, &s, &error));
    CHECK_EQUAL(s.streams, 48);
    OK(leat_store_rollback(store, &error));
    OK(leat_store_statistics(store, &s, &error));
    CHECK_EQUAL(s.streams, 49);
    OK(leat_store_close(store, &error));
    free(stream);
}

/* --- verification --------------------------------------------------------- */

static void test_verify_healthy(void)
{
    leat_store *store = open_new("healthy.db");
    leat_stream *stream = new_stream(model);
    struct findings findings;
    struct calls calls;
    char name[32];
    uint64_t n, last = 0;
    int i;

    memset(&findings, 0, sizeof findings);
    OK(leat_store_verify(store, note, NULL, &findings, &error));
    for (n = 1; n <= 4; n++) {
        step_to(stream, n);
        OK(leat_store_begin(store, &error));
        for (i = 0; i < 3000; i++) {
            snprintf(name, sizeof name, "stream %d", i);
            OK(leat_store_save(store, name, stream, name, 6, 0, &error));
        }
        OK(leat_store_commit(store, &error));
    }
    for (i = 0; i < 3000; i += 7) {
        snprintf(name, sizeof name, "stream %d", i);
        OK(leat_store_delete(store, name, &error));
    }
    /* A rewind, and a new checkpoint in place of a damaged one. */
    leat_stream_reset(stream, &error);
    step_to(stream, 3);
    OK(leat_store_save(store, "stream 1", stream, NULL, 0, LEAT_SAVE_REWIND,
                       &error));
    memset(&calls, 0, sizeof calls);
    OK(leat_store_verify(store, NULL, count_calls, &calls, &error));
    CHECK_EQUAL(calls.total,
                count_of(store, "SELECT count(*) FROM leat_checkpoint"));
    CHECK_EQUAL(calls.done, calls.total);
    OK(leat_store_verify(store, note, NULL, &findings, &error));
    OK(leat_store_begin(store, &error));
    save_at(store, "new", stream, 9);
    OK(leat_store_verify(store, note, NULL, &findings, &error));
    OK(leat_store_commit(store, &error));
    OK(leat_store_close(store, &error));
    CHECK_EQUAL(verify("healthy.db", &findings), LEAT_OK);

    make_two_streams("healthy.db");
    store = open_store("healthy.db");
    for (n = 1; n < 100; n++) {
        int code;
        memset(&calls, 0, sizeof calls);
        calls.stop_at = n;
        code = leat_store_verify(store, NULL, count_calls, &calls, &error);
        if (code == LEAT_OK)
            break;
        CHECK_EQUAL(code, LEAT_E_STOPPED);
        CHECK(sqlite3_get_autocommit(leat_store_database(store)));
        last = n;
    }
    CHECK(last >= 3 && last < 99);
    OK(leat_store_close(store, &error));
    free(stream);
}

static void test_verify_rows(void)
{
    static const struct {
        const char *sql, *words;
    } damages[] = {
        { "UPDATE leat_checkpoint SET position = 31 WHERE id = 67",
          "'a', generation 3: the checksum of its row" },
        { "UPDATE leat_checkpoint SET saved_at_ms = 1 WHERE id = 65",
          "'a', generation 1: the checksum of its row" },
        { "UPDATE leat_checkpoint SET cursor = x'00' WHERE id = 66",
          "'a', generation 2: the checksum of its row" },
        { "UPDATE leat_checkpoint SET state = zeroblob(length(state)) "
          "WHERE id = 130",
          "'b', generation 2: the checksum of its state" },
        { "UPDATE leat_checkpoint SET state = x'' WHERE id = 131",
          "'b', generation 3: the checksum of its state" },
        { "UPDATE leat_checkpoint SET state = (SELECT state FROM "
          "leat_checkpoint WHERE id = 66) WHERE id = 67",
          "'a', generation 3: row and state don't belong" },
        { "UPDATE leat_checkpoint SET id = 70 WHERE id = 65",
          "'a', generation 1: it is in slot 6" },
        { "DELETE FROM leat_checkpoint WHERE id = 67",
          "'a': its newest checkpoint is missing, generation 3 at position 3" },
        { "DELETE FROM leat_checkpoint WHERE id < 128",
          "'a': it has no checkpoint" },
        { "DELETE FROM leat_stream WHERE id = 1",
          "rows of no stream: 3, of ids from 65 to 67" },
        { "DELETE FROM leat_stream WHERE id = 2",
          "rows of no stream: 3, of ids from 129 to 131" },
        { "INSERT INTO leat_checkpoint SELECT -5, generation, position, "
          "saved_at_ms, state_crc, row_crc, cursor, state FROM "
          "leat_checkpoint WHERE id = 65",
          "rows of no stream: 1, of ids from -5 to -5" },
        { "UPDATE leat_stream SET row_crc = row_crc + 1 WHERE id = 2",
          "'b': the checksum of its row in leat_stream" },
        { "UPDATE leat_stream SET model = x'00' WHERE id = 2",
          "'b': the checksum of its row in leat_stream" },
        { "UPDATE leat_stream SET generation = 2 WHERE id = 2",
          "'b': the checksum of its row in leat_stream" },
        { "DELETE FROM leat_meta WHERE key = 'epoch'", "no epoch" },
        { "UPDATE leat_stream SET generation = generation + 1 WHERE id = 0",
          "the count of commits" },
        { "DELETE FROM leat_stream WHERE id = 0", "the count of commits" },
    };
    /* With these there may be several findings. */
    static const struct {
        const char *sql, *words;
    } others[] = {
        { "UPDATE leat_stream SET id = 144115188075855872 WHERE id = 1",
          "'a': leat_stream gives it the impossible id 144115188075855872" },
        { "UPDATE leat_stream SET id = -9223372036854775808 WHERE id = 1",
          "impossible id -9223372036854775808" },
        { "UPDATE leat_stream SET id = 9223372036854775807 WHERE id = 1",
          "impossible id 9223372036854775807" },
        { "UPDATE leat_stream SET name = 'c' WHERE id = 1",
          "'c', generation 3: the checksum of its row" },
        { "UPDATE leat_stream SET name = substr('x', 1, 1 - id) WHERE id < 2",
          "id 1: its name can't be one" },
        { "UPDATE leat_stream SET name = CAST(x'610062' AS TEXT) WHERE id = 1",
          "id 1: its name can't be one" },
        { "UPDATE leat_stream SET name = CAST(x'ff' AS TEXT) WHERE id = 1",
          "id 1: its name can't be one" },
        { "UPDATE leat_checkpoint SET id = id + 300",
          "rows of no stream: 6, of ids from 365 to 431" },
        { "UPDATE leat_checkpoint SET generation = -1 WHERE id = 67",
          "'a': its newest checkpoint is missing" },
        { "UPDATE leat_stream SET name = 'x' || name", "'xb', generation 1:" },
    };
    struct findings findings;
    size_t i;

    for (i = 0; i < sizeof damages / sizeof *damages; i++) {
        check_context("%s", damages[i].sql);
        make_two_streams("rows.db");
        sql_at("rows.db", damages[i].sql);
        check_finding("rows.db", damages[i].words);
    }
    for (i = 0; i < sizeof others / sizeof *others; i++) {
        check_context("%s", others[i].sql);
        make_two_streams("rows.db");
        sql_at("rows.db", others[i].sql);
        CHECK_EQUAL(verify("rows.db", &findings), LEAT_E_CORRUPT);
        check_that(has(&findings, others[i].words), __FILE__, __LINE__,
                   "%u findings, the first '%s', expected '%s'", findings.count,
                   findings.lines[0], others[i].words);
    }
    check_context("%s", "");
}

/* Write another row of "a" in leat_stream, with a correct checksum. */
static void write_stream_row(const char *path, int64_t generation,
                             int64_t position, const char *model_sql)
{
    sqlite3 *database = raw_open(path);
    sqlite3_stmt *row = NULL;
    char sql[160];
    uint32_t crc;
    snprintf(sql, sizeof sql, "UPDATE leat_stream SET model = %s, generation = "
             "%lld, position = %lld WHERE id = 1", model_sql,
             (long long)generation, (long long)position);
    run_sql(database, sql);
    need(sqlite3_prepare_v2(database, "SELECT model FROM leat_stream WHERE "
                            "id = 1", -1, &row, NULL) == SQLITE_OK &&
             sqlite3_step(row) == SQLITE_ROW,
         "the stream's row");
    crc = crc32c_of_number(0, 1);
    crc = crc32c(crc, "a", 1);
    crc = crc32c(crc, sqlite3_column_blob(row, 0), 32);
    crc = crc32c_of_number(crc, (uint64_t)generation);
    crc = crc32c_of_number(crc, (uint64_t)position);
    sqlite3_finalize(row);
    snprintf(sql, sizeof sql, "UPDATE leat_stream SET row_crc = %lld WHERE "
             "id = 1", (long long)crc);
    run_sql(database, sql);
    sqlite3_close(database);
}

static void test_verify_newest(void)
{
    struct findings findings;
    make_two_streams("newest.db");
    write_stream_row("newest.db", 3, 30, "model");
    CHECK_EQUAL(verify("newest.db", &findings), LEAT_OK);
    write_stream_row("newest.db", 2, 20, "model");
    check_finding("newest.db", "'a', generation 3: it is newer than "
                               "leat_stream's, 2");
    write_stream_row("newest.db", 4, 40, "model");
    check_finding("newest.db", "'a': its newest checkpoint is missing, "
                               "generation 4 at position 40");
    write_stream_row("newest.db", 3, 31, "model");
    check_finding("newest.db", "'a', generation 3: found position 30, "
                               "expected leat_stream's, 31");
    write_stream_row("newest.db", 4, 25, "model");
    CHECK_EQUAL(verify("newest.db", &findings), LEAT_E_CORRUPT);
    CHECK(has(&findings, "generation 3: found position 30, expected at "
                         "most the newest one's, 25"));
    write_stream_row("newest.db", 3, 30, "zeroblob(32)");
    CHECK_EQUAL(verify("newest.db", &findings), LEAT_E_CORRUPT);
    CHECK(findings.count == 3 && has(&findings, "the stream's, 00000000"));
    /* The number of generation 3, 64 later. */
    make_two_streams("newest.db");
    write_stream_row("newest.db", 67, 30, "model");
    check_finding("newest.db", "its newest checkpoint is missing, generation "
                               "67");
}

/* Damage to the tables themselves, while the store is open. */
static void test_verify_tables(void)
{
    leat_store *store;
    struct findings findings;
    make_two_streams("tables.db");
    store = open_with("tables.db", LEAT_STORE_READ_ONLY, 0);
    sql_at("tables.db", "DROP TABLE leat_stream");
    memset(&findings, 0, sizeof findings);
    REFUSED(LEAT_E_CORRUPT, "1 finding: leat_stream, leat_checkpoint or "
            "leat_group is missing",
            leat_store_verify(store, note, NULL, &findings, &error));
    CHECK_EQUAL(findings.count, 1);
    OK(leat_store_close(store, &error));
}

/* Enough streams for a tree in both tables. */
enum { STREAMS = 400 };

static void test_verify_pages(void)
{
    size_t size, page, damage, found = 0, refused = 0;
    unsigned char *whole = make_pages("page.db", STREAMS, 20, &size);
    unsigned char *damaged = malloc(size);
    struct findings findings;

    need(damaged != NULL, "malloc");
    for (page = 0; page < size / PAGE_SIZE; page++)
        for (damage = 0; damage < DAMAGES; damage++) {
            leat_store *store = NULL;
            leat_store_options options;
            leat_store_statistics_t statistics;
            int code;
            check_context("page %d damaged", (int)page);
            memcpy(damaged, whole, size);
            damage_page(damaged, page, damage);
            remove_store("page.db");
            write_file("page.db", damaged, size);
            memset(&options, 0, sizeof options);
            options.flags = LEAT_STORE_READ_ONLY;
            if (leat_store_open("page.db", &options, &store, &error) !=
                LEAT_OK) {
                refused++;
                continue;
            }
            memset(&findings, 0, sizeof findings);
            code = leat_store_verify(store, note, NULL, &findings, &error);
            check_that(code == LEAT_E_CORRUPT && findings.count > 0, __FILE__,
                       __LINE__, "%d '%s'", code, error.message);
            found += code == LEAT_E_CORRUPT;
            code = leat_store_statistics(store, &statistics, &error);
            CHECK(code == LEAT_OK || code == LEAT_E_CORRUPT);
            leat_store_close(store, NULL);
        }
    check_context("%s", "");
    printf("damaged pages: verify found %d, open refused %d\n", (int)found,
           (int)refused);
    CHECK(found > 20 && refused > 0);
    free(damaged);
    free(whole);
    remove_store("page.db");
}

/* A damaged page of leat_stream hides its streams and no others: the streams
 * after them are checked all the same. */
static void test_verify_goes_on(void)
{
    size_t size, root, child;
    unsigned char *bytes, *page;
    struct findings findings;

    /* Not the first page: without its row 0 the store doesn't open. */
    for (child = 1; child < 3; child++) {
        check_context("page %d of leat_stream", (int)child);
        free(make_pages("on.db", STREAMS, 20, &size));
        sql_at("on.db", "UPDATE leat_checkpoint SET position = 0 WHERE id / 64 "
                        "IN (1, 400) AND id % 64 = 1; "
                        "PRAGMA wal_checkpoint(TRUNCATE)");
        root = root_of("on.db", "leat_stream");
        bytes = read_file("on.db", &size);
        page = bytes + (root - 1) * PAGE_SIZE;
        need(page[0] == 5 && (size_t)page[3] * 256 + page[4] > 2, "a tree");
        memset(bytes + (child_of(page, child) - 1) * PAGE_SIZE, 0, PAGE_SIZE);
        remove_store("on.db");
        write_file("on.db", bytes, size);
        free(bytes);
        CHECK_EQUAL(verify("on.db", &findings), LEAT_E_CORRUPT);
        CHECK(has(&findings, "SQLite: "));
        CHECK(has(&findings, "streams of ids"));
        CHECK(has(&findings, "'s0', generation 1: the checksum of its "
                             "row"));
        CHECK(has(&findings, "'s399', generation 1: the checksum of its row"));
        CHECK(!has(&findings, "of no stream"));
        remove_store("on.db");
    }
    check_context("%s", "");

    /* And a page of leat_checkpoint. */
    free(make_pages("on.db", STREAMS, 20, &size));
    root = root_of("on.db", "leat_checkpoint");
    bytes = read_file("on.db", &size);
    page = bytes + (root - 1) * PAGE_SIZE;
    need(page[0] == 5, "a tree");
    memset(bytes + (child_of(page, 1) - 1) * PAGE_SIZE, 0, PAGE_SIZE);
    remove_store("on.db");
    write_file("on.db", bytes, size);
    CHECK_EQUAL(verify("on.db", &findings), LEAT_E_CORRUPT);
    CHECK(!has(&findings, "'s0'") && !has(&findings, "'s399'"));
    CHECK(has(&findings, "malformed"));
    free(bytes);
    remove_store("on.db");
}

/* With all cells of a page, reading an endless tree completely would take 20^15
 * rows. With a few it takes 4^15, and SQLite finds too few errors to stop on its
 * own. */
static void test_endless_tree(size_t most_cells)
{
    leat_store *store;
    leat_stream *stream = new_stream(model);
    leat_store_statistics_t statistics;
    leat_prune_options options;
    struct calls calls;

    make_endless_store("tree.db", stream, most_cells);
    alarm(60);
    store = open_store("tree.db");
    memset(&calls, 0, sizeof calls);
    REFUSED(LEAT_E_CORRUPT, "SQLite: ",
            leat_store_verify(store, NULL, count_calls, &calls, &error));
    CHECK(calls.count > 1 && calls.done == calls.total);
    REFUSED(LEAT_E_CORRUPT, "out of order",
            leat_store_statistics(store, &statistics, &error));
    memset(&options, 0, sizeof options);
    options.generations = 1;
    REFUSED(LEAT_E_CORRUPT, "out of order",
            leat_store_prune(store, &options, count_calls, &calls, NULL,
                             &error));
    leat_store_close(store, NULL);
    alarm(0);
    free(stream);
}

/* --- pruning -------------------------------------------------------------- */

/* Streams s0, s1, ... with four checkpoints each: number g of stream i is saved
 * at 1000 i + 10 g milliseconds after the first. */
static leat_store *make_ages(const char *path, int streams)
{
    leat_store *store;
    leat_stream *stream = new_stream(model);
    char name[16];
    int i, g;
    remove_store(path);
    store = open_with(path, 0, 8);
    for (g = 1; g <= 4; g++) {
        step_to(stream, (uint64_t)g);
        OK(leat_store_begin(store, &error));
        for (i = 0; i < streams; i++) {
            clock_ms = 1000000 + 1000 * i + 10 * g;
            snprintf(name, sizeof name, "s%d", i);
            OK(leat_store_save(store, name, stream, NULL, 0, 0, &error));
        }
        OK(leat_store_commit(store, &error));
    }
    clock_ms = 0;
    free(stream);
    return store;
}

static uint64_t prune(leat_store *store, int64_t before, uint32_t generations,
                      uint32_t flags)
{
    leat_prune_options options;
    uint64_t deleted = 99;
    memset(&options, 0, sizeof options);
    options.saved_before_ms = before;
    options.generations = generations;
    options.flags = flags;
    OK(leat_store_prune(store, &options, NULL, NULL, &deleted, &error));
    OK(leat_store_verify(store, NULL, NULL, NULL, &error));
    return deleted;
}

/* The checkpoints of stream i are its newest `count`. */
static void check_kept(leat_store *store, int i, int count)
{
    leat_stream *stream = new_stream(model);
    leat_checkpoint checkpoint;
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT coalesce(count(*) * 10 + min(generation),"
             " 0) FROM leat_checkpoint WHERE id / 64 = (SELECT id FROM "
             "leat_stream WHERE name = 's%d')", i);
    CHECK_EQUAL(count_of(store, sql), count == 0 ? 0 : count * 10 + 5 - count);
    snprintf(sql, sizeof sql, "s%d", i);
    if (count == 0) {
        REFUSED(LEAT_E_NOT_FOUND, sql,
                leat_store_load(store, sql, stream, NULL, 0, NULL, &error));
    } else {
        OK(leat_store_load(store, sql, stream, NULL, 0, &checkpoint, &error));
        CHECK(checkpoint.position == 4 && is_run_to(stream, 4));
    }
    free(stream);
}

static void test_prune(void)
{
    leat_store *store = make_ages("prune.db", 10);
    leat_stream *stream = new_stream(model);
    leat_prune_options options;
    uint64_t deleted = 0;
    int i;

    /* By number, which never deletes the newest. */
    CHECK_EQUAL(prune(store, 0, 4, 0), 0);
    CHECK_EQUAL(prune(store, 0, 3, 0), 10);
    for (i = 0; i < 10; i++)
        check_kept(store, i, 3);
    CHECK_EQUAL(prune(store, 0, 1, 0), 20);
    for (i = 0; i < 10; i++)
        check_kept(store, i, 1);
    CHECK_EQUAL(prune(store, 0, 1, 0), 0);
    OK(leat_store_close(store, &error));

    /* By age: the newest stays, however old; the moment itself isn't older. */
    store = make_ages("prune.db", 10);
    CHECK_EQUAL(prune(store, 1000000, 0, 0), 0);
    CHECK_EQUAL(prune(store, 1000010, 0, 0), 0);
    CHECK_EQUAL(prune(store, 1000011, 0, 0), 1);
    check_kept(store, 0, 3);
    CHECK_EQUAL(prune(store, 1005021, 0, 0), 2 + 4 * 3 + 2);
    for (i = 0; i < 10; i++)
        check_kept(store, i, i < 5 ? 1 : i == 5 ? 2 : 4);
    /* Both: what either would delete. */
    CHECK_EQUAL(prune(store, 1007021, 3, 0), 1 + 3 + 2 + 1 + 1);
    for (i = 0; i < 10; i++)
        check_kept(store, i, i < 7 ? 1 : i == 7 ? 2 : 3);
    /* A pruned stream continues. */
    step_to(stream, 5);
    OK(leat_store_save(store, "s0", stream, NULL, 0, 0, &error));
    OK(leat_store_verify(store, NULL, NULL, NULL, &error));
    OK(leat_store_close(store, &error));

    /* Streams whose newest is old, and old checkpoints of the others. */
    store = make_ages("prune.db", 10);
    CHECK_EQUAL(prune(store, 1003031, 0, LEAT_PRUNE_STREAMS), 3 * 4 + 3);
    for (i = 0; i < 10; i++)
        check_kept(store, i, i < 3 ? 0 : i == 3 ? 1 : 4);
    CHECK_EQUAL(prune(store, 1003040, 0, LEAT_PRUNE_STREAMS), 0);
    CHECK_EQUAL(prune(store, 1003041, 2, LEAT_PRUNE_STREAMS), 1 + 6 * 2);
    CHECK_EQUAL(count_of(store, "SELECT count(*) FROM leat_stream "
                                "WHERE id > 0"), 6);

    /* In a transaction, as a part of it. */
    OK(leat_store_begin(store, &error));
    CHECK_EQUAL(prune(store, 0, 1, 0), 6);
    OK(leat_store_rollback(store, &error));
    for (i = 4; i < 10; i++)
        check_kept(store, i, 2);
    OK(leat_store_begin(store, &error));
    CHECK_EQUAL(prune(store, 0, 1, 0), 6);
    OK(leat_store_commit(store, &error));
    for (i = 4; i < 10; i++)
        check_kept(store, i, 1);

    /* deleted may be NULL. */
    memset(&options, 0, sizeof options);
    options.saved_before_ms = INT64_MAX;
    options.flags = LEAT_PRUNE_STREAMS;
    OK(leat_store_prune(store, &options, NULL, NULL, NULL, &error));
    CHECK_EQUAL(count_of(store, "SELECT (SELECT count(*) FROM leat_stream "
                                "WHERE id > 0) + "
                                "(SELECT count(*) FROM leat_checkpoint)"), 0);
    OK(leat_store_prune(store, &options, NULL, NULL, &deleted, &error));
    CHECK_EQUAL(deleted, 0);
    OK(leat_store_close(store, &error));
    free(stream);
}

/* A damaged checkpoint neither counts as one that is kept nor is deleted in its
 * place. */
static void test_prune_damaged(void)
{
    leat_store *store = make_ages("hurt.db", 3);
    sqlite3 *database = leat_store_database(store);
    leat_stream *stream = new_stream(model);
    leat_prune_options options;
    uint64_t deleted = 99;

    /* The two newest of s0 are damaged, all of s1, and the row of s2 in
     * leat_stream. */
    run_sql(database, "UPDATE leat_checkpoint SET position = 9 WHERE id IN "
                      "(67, 68) OR id / 64 = 2; "
                      "UPDATE leat_stream SET row_crc = 0 WHERE id = 3");
    memset(&options, 0, sizeof options);
    options.saved_before_ms = INT64_MAX;
    options.generations = 1;
    options.flags = LEAT_PRUNE_STREAMS;
    OK(leat_store_prune(store, &options, NULL, NULL, &deleted, &error));
    CHECK_EQUAL(deleted, 1 + 3);
    CHECK_EQUAL(count_of(store, "SELECT sum(generation) FROM leat_checkpoint "
                                "WHERE id / 64 = 1"), 2 + 3 + 4);
    CHECK_EQUAL(count_of(store, "SELECT count(*) FROM leat_checkpoint "
                                "WHERE id / 64 = 2"), 4);
    RETURNS(LEAT_FALLBACK, leat_store_load(store, "s0", stream, NULL, 0, NULL,
                                           &error));
    CHECK(is_run_to(stream, 2));
    RETURNS(LEAT_FALLBACK, leat_store_load(store, "s2", stream, NULL, 0, NULL,
                                           &error));
    CHECK(is_run_to(stream, 4));
    /* The newest is missing: nothing proves that the remaining ones are the
     * newest. */
    run_sql(database, "DELETE FROM leat_checkpoint WHERE id = 68; "
                      "DELETE FROM leat_checkpoint WHERE id = 67");
    OK(leat_store_prune(store, &options, NULL, NULL, &deleted, &error));
    CHECK_EQUAL(deleted, 0);
    /* Rows in the wrong slots are left alone. */
    run_sql(database, "UPDATE leat_checkpoint SET id = 64 + 40 WHERE id = 66");
    OK(leat_store_prune(store, &options, NULL, NULL, &deleted, &error));
    CHECK_EQUAL(deleted, 0);
    OK(leat_store_close(store, &error));
    free(stream);
}

static void test_prune_stopped(void)
{
    enum { STREAMS = 5000 };
    leat_store *store;
    leat_prune_options options;
    uint64_t n, deleted;
    struct calls calls;

    memset(&options, 0, sizeof options);
    options.generations = 3;
    for (n = 1; n < 20; n++) {
        int code;
        check_context("stopped at call %d", (int)n);
        store = make_ages("stop.db", STREAMS);
        memset(&calls, 0, sizeof calls);
        calls.stop_at = n;
        deleted = 99;
        code = leat_store_prune(store, &options, count_calls, &calls, &deleted,
                                &error);
        CHECK_EQUAL(calls.total, STREAMS);
        CHECK_EQUAL(count_of(store, "SELECT count(*) FROM leat_checkpoint") +
                        (int64_t)deleted,
                    4 * STREAMS);
        CHECK_EQUAL(deleted, calls.done);
        OK(leat_store_verify(store, NULL, NULL, NULL, &error));
        if (code == LEAT_OK) {
            OK(leat_store_close(store, &error));
            break;
        }
        CHECK_EQUAL(code, LEAT_E_STOPPED);
        CHECK(deleted > 0);
        /* A prune continues where it stopped; inside a transaction it does all
         * or nothing. */
        if (n == 1) {
            OK(leat_store_begin(store, &error));
            memset(&calls, 0, sizeof calls);
            calls.stop_at = 2;
            REFUSED(LEAT_E_STOPPED, "the whole transaction is rolled back: "
                    "stopped by progress",
                    leat_store_prune(store, &options, count_calls, &calls,
                                     &deleted, &error));
            CHECK_EQUAL(deleted, 0);
            CHECK(sqlite3_get_autocommit(leat_store_database(store)));
            CHECK(count_of(store, "SELECT count(*) FROM leat_checkpoint") >
                  3 * STREAMS);
        }
        OK(leat_store_prune(store, &options, NULL, NULL, &deleted, &error));
        CHECK_EQUAL(count_of(store, "SELECT count(*) FROM leat_checkpoint"),
                    3 * STREAMS);
        OK(leat_store_close(store, &error));
    }
    check_context("%s", "");
    CHECK(n > 1 && n < 20);
}

int main(int count, char **arguments)
{
    char directory[64];
    check_usage(count == 2, "test_store_maintenance MODEL.safetensors");
    set_up(arguments[1], directory);
    test_arguments();
    test_fenced();
    test_statistics();
    test_verify_healthy();
    test_verify_rows();
    test_verify_newest();
    test_verify_tables();
    test_verify_pages();
    test_verify_goes_on();
    test_endless_tree(255);
    test_endless_tree(3);
    test_prune();
    test_prune_damaged();
    test_prune_stopped();
    return tear_down("test_store_maintenance", directory);
}
