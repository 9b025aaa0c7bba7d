/* SPDX-License-Identifier: MIT
 * Groups in an autosave: what is offered together is durable together, whatever
 * happens in between, and keeps nothing else from becoming durable.
 * Usage: test_store_autosave_groups MODEL.safetensors [ROUNDS [SEED]] */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "autosave_fixture.h"
#include "group_fixture.h"
#include "own_program.h"

#include <signal.h>
#include <sys/wait.h>

static uint32_t add_group(leat_autosave *autosave, const char *name)
{
    uint32_t slot = UINT32_MAX;
    OK(leat_autosave_add_group(autosave, name, members, MEMBERS, &slot,
                               &error));
    return slot;
}

static int offer_group_at(leat_autosave *autosave, uint32_t slot,
                          group *offered, uint64_t moment, unsigned flags,
                          uint64_t *number)
{
    step_group(offered, moment);
    return leat_autosave_offer_group(autosave, slot, streams_of(offered),
                                     MEMBERS, &moment, sizeof moment, flags,
                                     number, &error);
}

/* The moment of the group that a store has, if it is whole. */
static uint64_t holds_group(leat_store *store)
{
    group found = new_group();
    uint64_t moment = UINT64_MAX;
    OK(load_group(store, "line", &found, &moment, NULL));
    CHECK(is_group_at(&found, moment));
    free_group(found);
    return moment;
}

static void test_refusals(void)
{
    static const char *const twice[2] = { "x", "x" };
    static const char *const taken[2] = { "x", "single" };
    leat_store *store = open_new("groups.db");
    leat_autosave *autosave = start(store, MEMBERS + 3);
    group run = new_group();
    leat_stream *other = new_stream(model);
    const leat_stream *streams[MEMBERS];
    uint64_t number = 77;
    uint32_t slot = 99, single = add(autosave, "single");
#define ADD(code, words, name, names, count)                                   \
    REFUSED(code, words,                                                       \
            leat_autosave_add_group(autosave, name, names, count, &slot,       \
                                    &error))
    ADD(LEAT_E_ARGUMENT, "name is NULL", NULL, members, MEMBERS);
    ADD(LEAT_E_ARGUMENT, "members is NULL", "line", NULL, MEMBERS);
    ADD(LEAT_E_ARGUMENT, "count: found 0", "line", members, 0);
    ADD(LEAT_E_ARGUMENT, "count: found " SIZE_MAX_TEXT, "line", members,
        SIZE_MAX);
    ADD(LEAT_E_EXISTS, "it has a slot already: 'x'", "line", twice, 2);
    ADD(LEAT_E_EXISTS, "it has a slot already: 'single'", "line", taken, 2);
    ADD(LEAT_E_EXISTS, "it has a slot already: 'x'", "x", twice, 1);
    ADD(LEAT_E_EXISTS, "it has a slot already: 'single'", "single", twice, 1);
    REFUSED(LEAT_E_ARGUMENT, "slot is NULL",
            leat_autosave_add_group(autosave, "line", members, MEMBERS, NULL,
                                    &error));
    CHECK_EQUAL(slot, 99);
    /* What failed took no slot: there are still as many as the group needs. */
    slot = add_group(autosave, "line");
    ADD(LEAT_E_FULL, "found 1 free slots, expected 2 for the group 'new'", "new",
        (const char *const[1]){ "y" }, 1);
#undef ADD
    OK(leat_autosave_remove(autosave, add(autosave, "new"), 0, &error));

    memcpy(streams, run.streams, sizeof streams);
#define OFFER(code, words, to, of, count)                                      \
    REFUSED(code, words,                                                       \
            leat_autosave_offer_group(autosave, to, of, count, NULL, 0, 0,     \
                                      &number, &error))
    OFFER(LEAT_E_ARGUMENT, "streams is NULL", slot, NULL, MEMBERS);
    OFFER(LEAT_E_ARGUMENT, "count: found 3, expected the group's, 4", slot,
          streams, 3);
    OFFER(LEAT_E_ARGUMENT, "is a stream's, expected a group's", single, streams,
          MEMBERS);
    OFFER(LEAT_E_ARGUMENT, "slot: found 7, expected 0 to 6", 7, streams,
          MEMBERS);
    OFFER(LEAT_E_ARGUMENT, "slot 6 is free", 6, streams, MEMBERS);
    OFFER(LEAT_E_ARGUMENT, "is one member's, expected that of its group",
          slot + 1, streams, MEMBERS);
    streams[3] = NULL;
    OFFER(LEAT_E_ARGUMENT, "streams[3] is NULL or no leat_stream", slot,
          streams, MEMBERS);
    streams[3] = run.streams[3];
    REFUSED(LEAT_E_SIZE, "cursor_size: found 17, expected at most 16",
            leat_autosave_offer_group(autosave, slot, streams, MEMBERS, twice,
                                      17, 0, &number, &error));
    REFUSED(LEAT_E_ARGUMENT, "flags: found 4",
            leat_autosave_offer_group(autosave, slot, streams, MEMBERS, NULL, 0,
                                      4, &number, &error));
    REFUSED(LEAT_E_ARGUMENT, "is a group's, expected a stream's",
            leat_autosave_offer(autosave, slot, other, NULL, 0, 0, &error));
    REFUSED(LEAT_E_ARGUMENT, "is one member's, expected that of its group",
            leat_autosave_remove(autosave, slot + 1, 0, &error));
    REFUSED(LEAT_E_ARGUMENT, "is one member's, expected that of its group",
            leat_autosave_durable(autosave, slot + 1, &number, &error));
    CHECK_EQUAL(number, 77);
    CHECK_EQUAL(durable(autosave, slot), 0);
    OK(offer_group_at(autosave, slot, &run, 5, 0, &number));
    CHECK_EQUAL(number, 1);
    step_to(other, 3);
    streams[1] = other;
    OFFER(LEAT_E_POSITION,
          "streams[1]: found position 3, expected at least the last", slot,
          streams, MEMBERS);
#undef OFFER
    OK(leat_autosave_stop(autosave, 0, &error));
    CHECK_EQUAL(holds_group(store), 5);
    OK(leat_store_close(store, &error));
    free_group(run);
    free(other);
}

static void test_offers(void)
{
    leat_store *store = open_new("groups.db");
    leat_autosave_options options = some_options(2 * (MEMBERS + 1));
    leat_autosave *autosave;
    group run = new_group(), fresh = new_group();
    uint64_t number = 0, n;
    uint32_t slot, again;
    options.every_samples = 25;
    autosave = start_with(store, &options);
    slot = add_group(autosave, "line");
    OK(offer_group_at(autosave, slot, &run, 1, 0, &number));
    CHECK_EQUAL(number, 1);
    /* A moment is 10 samples of all members together. */
    OK(offer_group_at(autosave, slot, &run, 2, 0, &number));
    CHECK_EQUAL(number, 0);
    OK(offer_group_at(autosave, slot, &run, 3, 0, &number));
    CHECK_EQUAL(number, 0);
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, slot), 1);
    OK(offer_group_at(autosave, slot, &run, 4, 0, &number));
    CHECK_EQUAL(number, 2);
    OK(offer_group_at(autosave, slot, &run, 4, LEAT_OFFER_NOW, &number));
    CHECK_EQUAL(number, 3);
    OK(offer_group_at(autosave, slot, &run, 5, LEAT_OFFER_NOW, NULL));
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, slot), 4);

    /* Back, and on from there before that is written. */
    REFUSED(LEAT_E_POSITION, "LEAT_OFFER_REWIND goes back",
            offer_group_at(autosave, slot, &fresh, 3, 0, &number));
    OK(offer_group_at(autosave, slot, &fresh, 3, LEAT_OFFER_REWIND, &number));
    CHECK_EQUAL(number, 5);
    OK(offer_group_at(autosave, slot, &fresh, 4, LEAT_OFFER_NOW, &number));
    OK(leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, slot), 6);

    /* Slots that were a group's serve again. */
    for (n = 0; n < 5; n++) {
        OK(leat_autosave_remove(autosave, slot, 0, &error));
        again = add(autosave, "line/b-is-gone");
        slot = add_group(autosave, "line");
        CHECK_EQUAL(durable(autosave, slot), 0);
        OK(offer_group_at(autosave, slot, &fresh, 10 + n, 0, &number));
        CHECK_EQUAL(number, 1);
        OK(leat_autosave_flush(autosave, &error));
        CHECK_EQUAL(durable(autosave, slot), 1);
        OK(leat_autosave_remove(autosave, again, 0, &error));
    }
    OK(leat_autosave_stop(autosave, 0, &error));
    CHECK_EQUAL(holds_group(store), 14);
    OK(leat_store_verify(store, NULL, NULL, NULL, &error));
    OK(leat_store_close(store, &error));
    free_group(run);
    free_group(fresh);
}

/* A member that can't be written keeps its group from being written, and no
 * other stream or group. */
static void test_bad_member(void)
{
    static const char *const others[2] = { "fine/a", "fine/b" };
    leat_store *store = open_new("groups.db");
    leat_autosave *autosave;
    group run = new_group(), found = new_group();
    leat_stream *single = new_stream(model), *blocker = new_stream(other_model);
    uint64_t moment = 6, number;
    uint32_t slot, slot_single, slot_fine;
    OK(save_group_at(store, "line", &run, 5, 0));
    /* Member c has a checkpoint of another model now. */
    step_to(blocker, 3);
    OK(leat_store_save(store, "line/c", blocker, NULL, 0,
                       LEAT_SAVE_REPLACE | LEAT_SAVE_REWIND, &error));
    autosave = start(store, 20);
    slot = add_group(autosave, "line");
    slot_single = add(autosave, "single");
    OK(leat_autosave_add_group(autosave, "fine", others, 2, &slot_fine,
                               &error));
    OK(offer_group_at(autosave, slot, &run, 6, 0, &number));
    OK(offer_at(autosave, slot_single, single, 9, 0));
    OK(leat_autosave_offer_group(autosave, slot_fine, streams_of(&run), 2,
                                 &moment, sizeof moment, 0, &number, &error));
    REFUSED(LEAT_E_MISMATCH, "'line/c'", leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, slot), 0);
    CHECK_EQUAL(durable(autosave, slot_single), 9);
    CHECK_EQUAL(durable(autosave, slot_fine), 1);
    REFUSED(LEAT_E_MISMATCH, "'line/c'",
            offer_group_at(autosave, slot, &run, 7, 0, &number));
    /* It was taken all the same. */
    CHECK_EQUAL(number, 2);
    OK(offer_at(autosave, slot_single, single, 10, 0));
    REFUSED(LEAT_E_MISMATCH, "'line/c'", leat_autosave_flush(autosave, &error));
    CHECK_EQUAL(durable(autosave, slot_single), 10);
    REFUSED(LEAT_E_MISMATCH, "'line/c'",
            leat_autosave_remove(autosave, slot, 0, &error));
    REFUSED(LEAT_E_MISMATCH, "'line/c'",
            leat_autosave_remove(autosave, slot, LEAT_AUTOSAVE_ABANDON,
                                 &error));
    OK(leat_autosave_stop(autosave, 0, &error));
    CHECK_EQUAL(holds_run(store, "single"), 10);
    OK(leat_store_load(store, "line/a", found.streams[0], NULL, 0, NULL,
                       &error));
    CHECK(is_run_to(found.streams[0], member_at(0, 5)));
    OK(leat_store_close(store, &error));
    free_group(run);
    free_group(found);
    free(single);
    free(blocker);
}

/* A group that is abandoned while the writer waits to write it is not written
 * as something else. The slot was a stream's before, whose model is gone. */
static unsigned release_after_ms;

static void *release_lock(void *database)
{
    sleep_ms(release_after_ms);
    run_sql(database, "ROLLBACK");
    return NULL;
}

static void test_abandoned(void)
{
    for (release_after_ms = 40; release_after_ms < 160;
         release_after_ms += 4) {
        leat_store *store = open_new("groups.db");
        leat_autosave_options options = some_options(MEMBERS + 1);
        leat_autosave *autosave;
        group run = new_group();
        leat_stream *before = new_stream(model);
        uint64_t number;
        uint32_t slot;
        sqlite3 *other;
        pthread_t thread;
        int code;
        options.every_ms = 5;
        autosave = start_with(store, &options);
        slot = add(autosave, "before");
        OK(offer_at(autosave, slot, before, 28, 0));
        OK(leat_autosave_remove(autosave, slot, 0, &error));
        slot = add_group(autosave, "line");
        other = raw_open("groups.db");
        run_sql(other, "BEGIN IMMEDIATE");
        OK(offer_group_at(autosave, slot, &run, 5, 0, &number));
        need(pthread_create(&thread, NULL, release_lock, other) == 0, "thread");
        code = leat_autosave_remove(autosave, slot, LEAT_AUTOSAVE_ABANDON,
                                    &error);
        CHECK(code == LEAT_OK || code == LEAT_E_BUSY);
        pthread_join(thread, NULL);
        sqlite3_close(other);
        code = leat_autosave_stop(autosave, LEAT_AUTOSAVE_ABANDON, &error);
        CHECK(code == LEAT_OK || code == LEAT_E_BUSY);
        {
            group found = new_group();
            uint64_t moment = 0;
            code = load_group(store, "line", &found, &moment, NULL);
            CHECK(code == LEAT_E_NOT_FOUND ||
                  (code == LEAT_OK && is_group_at(&found, 5)));
            free_group(found);
        }
        OK(leat_store_close(store, &error));
        free_group(run);
        free(before);
    }
}

/* An offer while the disk hangs waits for nothing, and only the last counts. */
static void test_hanging_disk(void)
{
    leat_store *store = open_new("groups.db");
    leat_autosave_options options = some_options(MEMBERS + 1);
    leat_autosave *autosave;
    group run = new_group();
    uint64_t n, number = 0;
    uint32_t slot;
    options.every_ms = 1;
    autosave = start_with(store, &options);
    slot = add_group(autosave, "line");
    set_disk(0, 1);
    OK(offer_group_at(autosave, slot, &run, 1, 0, &number));
    wait_until_disk_hangs();
    for (n = 2; n < 500; n++)
        OK(offer_group_at(autosave, slot, &run, n, 0, &number));
    CHECK_EQUAL(number, 499);
    CHECK_EQUAL(durable(autosave, slot), 0);
    set_disk(0, 0);
    OK(leat_autosave_stop(autosave, 0, &error));
    CHECK_EQUAL(holds_group(store), 499);
    OK(leat_store_close(store, &error));
    free_group(run);
}

/* --- kills --------------------------------------------------------------- */

/* Until it is killed. Reports the moment up to which the group is durable. */
static int work(const char *path, int output)
{
    leat_store *store = NULL;
    leat_autosave *autosave;
    leat_autosave_options options;
    group run;
    uint64_t moment = 0, reported = 0, first, now, number;
    uint32_t slot;
    int code;
    need(leat_model_open(path, &model, &error) == LEAT_OK, path);
    need(leat_store_open("kill.db", NULL, &store, &error) == LEAT_OK, "open");
    run = new_group();
    code = load_group(store, "line", &run, &moment, NULL);
    need(code == LEAT_OK || code == LEAT_E_NOT_FOUND, "load");
    first = moment;
    options = some_options(MEMBERS + 1);
    options.every_ms = 1;
    need(leat_autosave_start(store, &options, &autosave, &error) == LEAT_OK &&
             leat_autosave_add_group(autosave, "line", members, MEMBERS, &slot,
                                     &error) == LEAT_OK,
         "start");
    for (;;) {
        moment++;
        need(offer_group_at(autosave, slot, &run, moment, 0, &number) ==
                     LEAT_OK &&
                 number == moment - first,
             "offer");
        need(leat_autosave_durable(autosave, slot, &now, &error) == LEAT_OK,
             "durable");
        now = now == 0 ? 0 : now + first;
        if (now > reported &&
            write(output, &now, sizeof now) != (ssize_t)sizeof now)
            return 1;
        if (now > reported)
            reported = now;
    }
}

static uint64_t kill_one(char *path, unsigned microseconds)
{
    uint64_t reported, last = 0;
    struct timespec time;
    char end[16];
    int ends[2], status = 0;
    pid_t child;
    need(pipe(ends) == 0, "pipe");
    fflush(stdout);
    child = fork();
    need(child >= 0, "fork");
    if (child == 0) {
        snprintf(end, sizeof end, "%d", ends[1]);
        close(ends[0]);
        run_own_program("worker", path, end, (char *)NULL);
    }
    close(ends[1]);
    if (read(ends[0], &reported, sizeof reported) == (ssize_t)sizeof reported)
        last = reported;
    time.tv_sec = 0;
    time.tv_nsec = (long)microseconds * 1000;
    nanosleep(&time, NULL);
    kill(child, SIGKILL);
    while (read(ends[0], &reported, sizeof reported) ==
           (ssize_t)sizeof reported)
        last = reported;
    waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    close(ends[0]);
    return last;
}

static void test_kills(char *path, unsigned rounds, unsigned seed)
{
    unsigned round;
    printf("%u kills, seed %u\n", rounds, seed);
    for (round = 0; round < rounds; round++) {
        leat_store *store;
        uint64_t acknowledged, moment;
        check_context("round %u, seed %u", round, seed);
        acknowledged = kill_one(path, (unsigned)rand_r(&seed) % 20000);
        store = open_store("kill.db");
        moment = holds_group(store);
        CHECK(moment >= acknowledged);
        OK(leat_store_verify(store, NULL, NULL, NULL, &error));
        OK(leat_store_close(store, &error));
    }
    check_context("%s", "");
}

int main(int count, char **arguments)
{
    char directory[64];
    unsigned rounds = 25, seed = (unsigned)time(NULL);
    find_own_program();
    if (count == 4 && strcmp(arguments[1], "worker") == 0)
        return work(arguments[2], atoi(arguments[3]));
    if (count < 2) {
        fprintf(stderr, "usage: test_store_autosave_groups MODEL "
                        "[ROUNDS [SEED]]\n");
        return 2;
    }
    if (count > 2)
        rounds = (unsigned)atoi(arguments[2]);
    if (count > 3)
        seed = (unsigned)strtoul(arguments[3], NULL, 10);
    make_disk();
    set_up(arguments[1], directory);
    test_refusals();
    test_offers();
    test_bad_member();
    test_abandoned();
    test_hanging_disk();
    test_kills(arguments[1], rounds, seed);
    return tear_down("test_store_autosave_groups", directory);
}
