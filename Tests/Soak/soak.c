/* SPDX-License-Identifier: MIT
 * Kill a process that steps and saves at random moments, repeatedly, and check
 * after each kill that nothing acknowledged is lost, nothing is torn, and that
 * what is found continues with the bits of a run that was never interrupted.
 *
 *     soak [--rounds N] [--seed N] [--memory DIRECTORY] [--disk DIRECTORY]
 *          MODEL.safetensors MODEL.safetensors */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "own_program.h"
#include "soak.h"

#include <inttypes.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

static char model_paths[MODELS][512];
static const leat_model *models[MODELS];
static uint32_t seed;

static struct {
    uint64_t kills, early_kills, creation_kills, steps, saves, offers, flushes;
    uint64_t looks, found, ahead, offers_ahead, older_offers;
    uint64_t integrity_checks, rows, backups;
} sums;

/* A directory with the three databases, and uninterrupted runs of the same
 * streams, which are kept at their positions. */
struct place {
    char directory[256];
    struct shared *page;
    struct run expected[STREAMS];
};

static uint32_t chance(uint32_t of)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % of;
}

static void sleep_for(uint32_t microseconds)
{
    struct timespec pause;
    pause.tv_sec = microseconds / 1000000;
    pause.tv_nsec = (long)(microseconds % 1000000) * 1000;
    nanosleep(&pause, NULL);
}

static void remove_tree(const char *directory)
{
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    need(system(command) == 0, command);
}

static void open_place(struct place *place, const char *parent)
{
    char path[300];
    size_t i;
    memset(place, 0, sizeof *place);
    snprintf(place->directory, sizeof place->directory, "%s/leat-soak-XXXXXX",
             parent);
    need(mkdtemp(place->directory) != NULL, place->directory);
    snprintf(path, sizeof path, "%s/page", place->directory);
    place->page = shared_page(path);
    for (i = 0; i < STREAMS; i++)
        start_run(&place->expected[i], i, models[works[i].model]);
}

static void close_place(struct place *place)
{
    size_t i;
    sums.steps += place->page->steps;
    sums.saves += place->page->saves;
    sums.offers += place->page->offers;
    sums.flushes += place->page->flushes;
    munmap(place->page, sizeof *place->page);
    for (i = 0; i < STREAMS; i++)
        free(place->expected[i].stream);
    need(chdir("/") == 0, "/");
    remove_tree(place->directory);
}

/* --- the process that is killed ------------------------------------------- */

static pid_t start(struct place *place, uint64_t until, unsigned flags)
{
    char texts[3][24];
    pid_t process;
    put(&place->page->is_working, 0);
    snprintf(texts[0], sizeof texts[0], "%" PRIu32, chance(1u << 24));
    snprintf(texts[1], sizeof texts[1], "%" PRIu64, until);
    snprintf(texts[2], sizeof texts[2], "%u", flags);
    fflush(stdout);
    process = fork();
    need(process >= 0, "fork");
    if (process == 0) {
        /* Another program, since SQLite connections must not be used after a
         * fork. It doesn't outlive this one. */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        run_own_program("work", place->directory, model_paths[0],
                        model_paths[1], texts[0], texts[1], texts[2],
                        (char *)NULL);
    }
    return process;
}

/* Wait until it has loaded everything and begins to work. */
static int begins(struct place *place, pid_t process)
{
    uint32_t waited;
    for (waited = 0; waited < 120000000; waited += 200) {
        if (get(&place->page->is_working))
            return 1;
        if (has_ended(process))
            return 0;
        sleep_for(200);
    }
    return 0;
}

/* It must have worked until this moment. */
static void end(pid_t process)
{
    int status = 0;
    kill(process, SIGKILL);
    need(waitpid(process, &status, 0) == process, "waitpid");
    check_that(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, __FILE__,
               __LINE__, "the worker ended by itself: status 0x%x", status);
    sums.kills++;
}

static void run_to(struct place *place, uint64_t until)
{
    pid_t process = start(place, until, 0);
    int status = 0;
    need(waitpid(process, &status, 0) == process, "waitpid");
    check_that(WIFEXITED(status) && WEXITSTATUS(status) == 0, __FILE__,
               __LINE__, "the worker that ran to the end: status 0x%x",
               status);
}

/* --- what the killed process left ----------------------------------------- */

static int same_bits(const leat_stream *a, const leat_stream *b)
{
    unsigned char *of_a = state_of(a), *of_b = state_of(b);
    int same = memcmp(of_a, of_b,
                      leat_state_size(leat_stream_model(a))) == 0;
    free(of_a);
    free(of_b);
    return same;
}

/* Step `run` to a position; every row of an output up to there must be in the
 * database, once and with its bits. */
static void follow(struct run *run, uint64_t position, sqlite3 *database)
{
    sqlite3_stmt *rows = NULL;
    uint64_t now;
    int bad = 0;
    if (works[run->number].has_rows) {
        need(sqlite3_prepare_v2(database, "SELECT position, output FROM "
                                "soak_output WHERE stream = ? AND position > ? "
                                "ORDER BY position", -1, &rows, NULL) ==
                 SQLITE_OK,
             sqlite3_errmsg(database));
        sqlite3_bind_int64(rows, 1, (sqlite3_int64)run->number);
        sqlite3_bind_int64(rows, 2,
                           (sqlite3_int64)leat_stream_position(run->stream));
    }
    for (now = leat_stream_position(run->stream) + 1; now <= position; now++) {
        size_t size = run->outputs * sizeof(float);
        step_run(run);
        if (rows == NULL)
            continue;
        sums.rows++;
        if (bad || sqlite3_step(rows) != SQLITE_ROW ||
            (uint64_t)sqlite3_column_int64(rows, 0) != now ||
            (size_t)sqlite3_column_bytes(rows, 1) != size ||
            memcmp(sqlite3_column_blob(rows, 1), run->output, size) != 0)
            bad = 1;
    }
    if (rows != NULL) {
        check_that(!bad && sqlite3_step(rows) == SQLITE_DONE, __FILE__,
                   __LINE__, "%s: the rows up to %" PRIu64 " are not its "
                   "outputs", works[run->number].name, position);
        sqlite3_finalize(rows);
    }
}

/* One stream of a store, against the uninterrupted run; returns its
 * position. */
static uint64_t look_at(struct run *run, leat_store *store)
{
    const struct work *work = &works[run->number];
    leat_stream *found = new_stream(leat_stream_model(run->stream));
    struct cursor cursor;
    leat_checkpoint checkpoint;
    uint64_t position;
    int code;
    memset(&cursor, 0, sizeof cursor);
    memset(&checkpoint, 0, sizeof checkpoint);
    code = leat_store_load(store, work->name, found, &cursor, sizeof cursor,
                           &checkpoint, &error);
    check_that(code == LEAT_OK || code == LEAT_E_NOT_FOUND, __FILE__, __LINE__,
               "%s: %d '%s'", work->name, code, error.message);
    position = leat_stream_position(found);
    check_that(position >= leat_stream_position(run->stream), __FILE__,
               __LINE__, "%s: it went back, to %" PRIu64, work->name, position);
    follow(run, position, leat_store_database(store));
    check_that(same_bits(found, run->stream), __FILE__, __LINE__,
               "%s: another state at %" PRIu64, work->name, position);
    if (code == LEAT_OK)
        check_that(cursor.position == position && cursor.digest == run->digest,
                   __FILE__, __LINE__,
                   "%s: another cursor at %" PRIu64 ", of %" PRIu64, work->name,
                   position, cursor.position);
    free(found);
    return position;
}

static void check_integrity(sqlite3 *database, const char *name)
{
    sqlite3_stmt *check = NULL;
    const char *words = "nothing";
    need(sqlite3_prepare_v2(database, "PRAGMA integrity_check", -1, &check,
                            NULL) == SQLITE_OK,
         name);
    if (sqlite3_step(check) == SQLITE_ROW)
        words = (const char *)sqlite3_column_text(check, 0);
    check_that(strcmp(words, "ok") == 0, __FILE__, __LINE__, "%s: %s", name,
               words);
    sqlite3_finalize(check);
    sums.integrity_checks++;
}

static leat_store *open_file(unsigned file, int writes, sqlite3 **database)
{
    leat_store *store = NULL;
    if (file == ATTACHED) {
        need(sqlite3_open(soak_files[file], database) == SQLITE_OK,
             soak_files[file]);
        RETURNS(LEAT_OK, leat_store_attach(*database, NULL, &store, &error));
    } else {
        store = open_with(soak_files[file], writes ? 0 : LEAT_STORE_READ_ONLY,
                          0);
        *database = leat_store_database(store);
    }
    need(store != NULL, soak_files[file]);
    return store;
}

/* Everything that the killed process left. `writes`: as the next writer, not as
 * a reader, which leaves recovery to the next writer. */
static void check_stores(struct place *place, int writes, int checks_integrity)
{
    unsigned file;
    size_t i;
    need(chdir(place->directory) == 0, place->directory);
    for (file = 0; file < FILES; file++) {
        sqlite3 *database;
        leat_store *store = open_file(file, writes, &database);
        uint64_t together = 0;
        for (i = 0; i < STREAMS; i++) {
            uint64_t acknowledged = place->page->stream[i].acknowledged;
            uint64_t attempted = place->page->stream[i].attempted, position;
            if (works[i].file != file)
                continue;
            position = look_at(&place->expected[i], store);
            check_that(position == acknowledged || position == attempted ||
                           (file == AUTOSAVED && position > acknowledged &&
                            position < attempted),
                       __FILE__, __LINE__, "%s: found at %" PRIu64
                       ", acknowledged %" PRIu64 ", attempted %" PRIu64,
                       works[i].name, position, acknowledged, attempted);
            sums.found++;
            sums.ahead += position != acknowledged && file != AUTOSAVED;
            sums.offers_ahead += position != acknowledged && file == AUTOSAVED;
            sums.older_offers += position != attempted && file == AUTOSAVED;
            /* Both are of one transaction. */
            if (file == OWN && works[i].has_rows) {
                CHECK(together == 0 || position == together);
                together = position;
            }
            /* From here on that is what is right. */
            place->page->stream[i].acknowledged = position;
            place->page->stream[i].attempted = position;
        }
        if (checks_integrity)
            check_integrity(database, soak_files[file]);
        OK(leat_store_close(store, &error));
        if (file == ATTACHED)
            sqlite3_close(database);
    }
    sums.looks++;
}

/* --- backups -------------------------------------------------------------- */

/* From this process, while the other one continues. */
static void back_up(struct place *place)
{
    leat_store *store;
    need(chdir(place->directory) == 0, place->directory);
    store = open_with(soak_files[OWN], LEAT_STORE_READ_ONLY, 0);
    OK(leat_store_backup(store, "backup.db", NULL, NULL, &error));
    OK(leat_store_close(store, &error));
    CHECK(access("backup.db", F_OK) == 0);
}

/* A backup is older than the last position, so it is checked first, against
 * copies of the expected runs. */
static void look_at_backup(struct place *place)
{
    leat_store *store;
    size_t i;
    need(chdir(place->directory) == 0, place->directory);
    if (access("backup.db", F_OK) != 0)
        return;
    store = open_store("backup.db");
    for (i = 0; i < STREAMS; i++) {
        struct run copy = place->expected[i];
        if (works[i].file != OWN)
            continue;
        copy.stream = new_stream(leat_stream_model(copy.stream));
        memcpy(copy.stream, place->expected[i].stream,
               leat_stream_size(leat_stream_model(copy.stream)));
        look_at(&copy, store);
        free(copy.stream);
    }
    check_integrity(leat_store_database(store), "backup.db");
    OK(leat_store_close(store, &error));
    remove_store("backup.db");
    sums.backups++;
}

/* --- rounds --------------------------------------------------------------- */

/* The kind of a round depends on its number, in cycles without a common
 * factor. */
static void round_in(struct place *place, uint64_t number)
{
    int is_early = number % 9 == 5, is_backed_up = number % 7 == 3;
    int is_backed_up_here = number % 11 == 7 && !is_early && !is_backed_up;
    uint32_t lifetime = 1000 + chance(49000);
    pid_t process = start(place, UINT64_MAX, is_backed_up ? WORK_BACKUP : 0);
    if (is_early) {
        /* While it opens, recovers and loads. */
        sleep_for(chance(12000));
        sums.early_kills++;
    } else if (begins(place, process)) {
        if (is_backed_up_here) {
            sleep_for(lifetime / 2);
            back_up(place);
        }
        sleep_for(lifetime);
    } else {
        check_that(0, __FILE__, __LINE__, "the worker did not begin");
    }
    end(process);
    if (number % 4 != 2 || is_backed_up || is_backed_up_here) {
        look_at_backup(place);
        check_stores(place, number % 5 == 1, number % 10 == 0);
    }
}

/* Killed while it creates its files; the next one must cope. */
static void kill_at_creation(const char *parent)
{
    struct place place;
    pid_t process;
    open_place(&place, parent);
    process = start(&place, UINT64_MAX, 0);
    sleep_for(chance(15000));
    end(process);
    run_to(&place, WHOLE);
    check_stores(&place, 0, 1);
    close_place(&place);
    sums.creation_kills++;
}

/* To a position that all streams reach; then all outputs and states against new
 * runs in one piece. Returns a hash of all. */
static uint64_t finish(struct place *place)
{
    uint64_t common = 0, hash = hash_start;
    size_t i;
    for (i = 0; i < STREAMS; i++)
        if (place->page->stream[i].attempted > common)
            common = place->page->stream[i].attempted;
    common = (common / WHOLE + 2) * WHOLE;
    run_to(place, common);
    check_stores(place, 0, 1);
    need(chdir(place->directory) == 0, place->directory);
    for (i = 0; i < STREAMS; i++) {
        sqlite3 *database;
        struct run whole;
        leat_store *store = open_file(works[i].file, 0, &database);
        start_run(&whole, i, models[works[i].model]);
        CHECK_EQUAL(look_at(&whole, store), common);
        hash = (hash ^ whole.digest) * 1099511628211u;
        free(whole.stream);
        OK(leat_store_close(store, &error));
        if (works[i].file == ATTACHED)
            sqlite3_close(database);
    }
    return hash;
}

static void report(const uint64_t hashes[2])
{
    printf("%" PRIu64 " kills (%" PRIu64 " while opening, %" PRIu64
           " while making the files) over %" PRIu64 " steps\n",
           sums.kills, sums.early_kills, sums.creation_kills, sums.steps);
    printf("%" PRIu64 " saves; autosave: %" PRIu64 " offers and %" PRIu64
           " flushes\n",
           sums.saves, sums.offers, sums.flushes);
    printf("%" PRIu64 " checks found %" PRIu64 " streams: further than "
           "acknowledged %" PRIu64 " saved and %" PRIu64
           " offered, not at their last offer %" PRIu64 "\n",
           sums.looks, sums.found, sums.ahead, sums.offers_ahead,
           sums.older_offers);
    printf("%" PRIu64 " rows of outputs, %" PRIu64 " integrity checks, %" PRIu64
           " backups; hashes of all outputs %016" PRIx64 " %016" PRIx64 "\n",
           sums.rows, sums.integrity_checks, sums.backups, hashes[0],
           hashes[1]);
}

static void usage(void)
{
    fprintf(stderr, "usage: soak [--rounds N] [--seed N] [--memory DIRECTORY] "
                    "[--disk DIRECTORY] MODEL MODEL\n");
    exit(2);
}

int main(int count, char **arguments)
{
    const char *memory = "/dev/shm", *disk = getenv("TMPDIR");
    struct place places[2];
    uint64_t rounds = 50, number, hashes[2];
    int next, i;

    if (count > 1 && strcmp(arguments[1], "work") == 0)
        return soak_work(count, arguments);
    seed = (uint32_t)time(NULL) ^ (uint32_t)getpid() << 16;
    for (next = 1; next + 1 < count && arguments[next][0] == '-'; next += 2) {
        const char *value = arguments[next + 1];
        if (strcmp(arguments[next], "--rounds") == 0)
            rounds = strtoull(value, NULL, 10);
        else if (strcmp(arguments[next], "--seed") == 0)
            seed = (uint32_t)strtoul(value, NULL, 10);
        else if (strcmp(arguments[next], "--memory") == 0)
            memory = value;
        else if (strcmp(arguments[next], "--disk") == 0)
            disk = value;
        else
            usage();
    }
    if (count - next != MODELS)
        usage();
    find_own_program();
    for (i = 0; i < MODELS; i++)
        need(realpath(arguments[next + i], model_paths[i]) != NULL &&
                 leat_model_open(model_paths[i], &models[i], &error) == LEAT_OK,
             arguments[next + i]);
    if (access(memory, W_OK) != 0)
        memory = "/tmp";
    printf("seed %" PRIu32 "\n", seed);
    open_place(&places[0], memory);
    open_place(&places[1], disk == NULL ? "/tmp" : disk);
    for (i = 0; i < 2; i++)
        run_to(&places[i], WHOLE);

    for (number = 0; number < rounds; number++) {
        if (isatty(1)) {
            printf("\r%" PRIu64 " of %" PRIu64, number, rounds);
            fflush(stdout);
        }
        check_context("round %" PRIu64, number);
        if (number % 25 == 12)
            kill_at_creation(places[number % 2].directory);
        else
            round_in(&places[number % 6 == 4], number);
    }
    if (isatty(1))
        printf("\r                    \r");

    for (i = 0; i < 2; i++) {
        check_context("the end in %s", places[i].directory);
        hashes[i] = finish(&places[i]);
        close_place(&places[i]);
    }
    check_context("%s", "");
    report(hashes);
    /* Chance must not leave out any kind of round. */
    if (rounds >= 50) {
        CHECK(sums.saves >= rounds && sums.offers >= rounds);
        CHECK(sums.flushes > 0 && sums.backups > 0 && sums.rows > 0);
    }
    for (i = 0; i < MODELS; i++)
        leat_model_close(models[i]);
    return check_report("soak");
}
