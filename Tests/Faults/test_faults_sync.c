/* SPDX-License-Identifier: MIT
 * A sync fails, and what it should have written never gets to the disk,
 * although all who read the file still see it: what Linux does. The saves
 * continue, and later the power is cut, at every place after the failure. A
 * save that failed may or may not be found; one that returned LEAT_OK after the
 * failure is durable.
 *
 * In two cases SQLite loses saves all the same, with all that follows them in
 * the -wal. The losses are counted, and the "-lock" must report them, except
 * for commits without a call of Leat. First, on a disk that doesn't overwrite
 * safely, SQLite fills the sector in which a commit ends with another frame,
 * and leaves the rest of that frame to the next sync; if that fails, nobody
 * writes the rest again. Second, when the store is opened again after the
 * failure, by this process or, after its death, by the next one, the frames in
 * the -wal look intact and aren't on the disk, and new saves are written after
 * them.
 * Usage: test_faults_sync MODEL.safetensors GOLDEN [ROUNDS]
 * ROUNDS is how many fates of the writes are drawn for each cut, 1. */
#define _XOPEN_SOURCE 700
#include "fault_world.h"

#include "fault_work.h"

static unsigned long faults, cuts, saved_after;
static int rounds = 1;

static struct tally {
    unsigned long cuts, good, reported, refused, silent, wrong;
} unsafe;

static void count(struct tally *tally, enum verdict verdict)
{
    tally->cuts++;
    tally->good += verdict == GOOD;
    tally->reported += verdict == OLDER;
    tally->refused += verdict == BROKEN;
    tally->silent += verdict == LOST;
    tally->wrong += verdict == WRONG;
}

static void print(const char *when, const struct tally *tally)
{
    printf("%s, %lu cuts: %lu lost nothing, %lu lost acknowledged commits and "
           "were reported, %lu were not, %lu were damaged, %lu wrong\n",
           when, tally->cuts, tally->good, tally->reported, tally->silent,
           tally->refused, tally->wrong);
}

/* Save whatever happens, as long as there is power. */
static int work_persist(struct world *world)
{
    int i, has_failed = 0;
    for (i = 0; i < 12 && !power_is_cut(); i++) {
        int code = save_next(world);
        if (world->must_roll_back)
            roll_back(world);
        if (code == LEAT_OK) {
            saved_after += has_failed != 0;
            continue;
        }
        has_failed = 1;
        /* The rows must have no gaps, so the next save is of the same position;
         * without rows the stream goes on. */
        if (world->setting.has_outputs)
            go_back(world->stream, world->acked);
    }
    return LEAT_OK;
}

static int work_open_and_persist(struct world *world)
{
    int code = LEAT_OK, i;
    for (i = 0; i < 3 && world->store == NULL && !power_is_cut(); i++)
        code = world_open(world);
    if (world->store == NULL)
        return code;
    if (!power_is_cut()) {
        char found[200];
        check_that(text_is(world->database, "PRAGMA journal_mode", "wal",
                           found, sizeof found),
                   __FILE__, __LINE__, "the store is open, and %s", found);
    }
    return work_persist(world);
}

static const struct work persistent[] = {
    { "saves", KILLED, 0, work_persist, OWN, NULL },
    { "saves with a row", CLOSED, 0, work_persist, WITH_ROWS, NULL },
    { "saves with a large cursor", CLOSED, 0, work_persist, LARGE, NULL },
    { "saves while the -wal is copied", CLOSED, 0, work_persist, CHECKPOINT,
      NULL },
    { "saves in the caller's transaction", CLOSED, 0, work_persist, ATTACHED,
      NULL },
    { "creation and saves", EMPTY, 1, work_open_and_persist, OWN, NULL },
    { "opening and saves", KILLED, 1, work_open_and_persist, OWN, NULL },
};

/* Fail the n-th sync, and cut the power at the `after`-th change from there.
 * Returns whether there were as many; *failed is 0 if there are fewer syncs. */
static int lose_at(const struct work *work, const struct base *base,
                   leat_stream *stream, const disk_mode *mode, long nth,
                   long after, uint64_t seed, struct world *world,
                   long *failed)
{
    static const struct fault_plan plan = { FAULT_OF(FAULT_SYNC),
                                            ERROR_SYNC_LOST, 0 };
    int was_cut;
    start_at(world, base, stream);
    world->may_be_between = 1;
    if (!work->opens && world_open(world) != LEAT_OK)
        need(0, "open before the fault");
    power_cut_after_failure(after);
    fault_arm(&plan, nth);
    work->run(world);
    *failed = fault_disarm();
    was_cut = power_is_cut();
    power_cut_now();
    if (world->store != NULL)
        OK(world_close(world));
    power_return(mode, seed);
    return was_cut;
}

/* The caller's own COMMIT isn't counted before the next call. */
static int is_reported(const struct work *work, enum verdict verdict)
{
    return verdict == OLDER || verdict == BROKEN ||
           (verdict == LOST && work->setting.uses_sql);
}

static void lose_everywhere(const struct work *work)
{
    leat_stream *stream = new_stream(model);
    unsigned long faults_before = faults, cuts_before = cuts;
    int is_safe;
    for (is_safe = 0; is_safe < 2; is_safe++) {
        struct base base;
        long nth, failed = 1;
        power_set_safe_overwrite(is_safe);
        prepare(&base, work);
        for (nth = 1; failed > 0; nth++) {
            long after = 0;
            int was_cut = 1, round;
            for (after = 1; failed > 0 && was_cut; after++)
                for (round = 0; failed > 0 && round < rounds; round++) {
                    struct world world;
                    enum verdict verdict;
                    const disk_mode *mode =
                        mode_of((cuts + (size_t)round) % count_modes(is_safe),
                                is_safe);
                    uint64_t seed = cuts * 15485863u;
                    was_cut = lose_at(work, &base, stream, mode, nth, after,
                                      seed, &world, &failed);
                    check_context("%s, sync %ld, cut %ld later, %s",
                                  work->name, nth, after, mode->name);
                    verdict = inspect(&world);
                    if (!is_safe && failed > 0)
                        count(&unsafe, verdict);
                    check_that(verdict == GOOD ||
                                   ((!is_safe || work->opens) &&
                                    is_reported(work, verdict)),
                               __FILE__, __LINE__, "%s",
                               verdict == GOOD ? "" : world.found);
                    cuts += failed > 0;
                }
            faults += failed > 0;
        }
        free_base(&base);
    }
    printf("%-44s %6lu cuts after %lu failed syncs\n", work->name,
           cuts - cuts_before, faults - faults_before);
    free(stream);
}

/* The same, but the process dies with the first failed save, and another one
 * continues before the power is cut. */
static struct tally die_between(const struct setting *setting)
{
    static const struct fault_plan plan = { FAULT_OF(FAULT_SYNC),
                                            ERROR_SYNC_LOST, 0 };
    leat_stream *stream = new_stream(model);
    struct tally tally;
    struct base base;
    size_t mode;
    memset(&tally, 0, sizeof tally);
    power_set_safe_overwrite(1);
    make_base(&base, setting, 1);
    for (mode = 0; mode < count_modes(1); mode++) {
        long nth;
        for (nth = 1;; nth++) {
            struct world world;
            enum verdict verdict = BROKEN;
            uint64_t position = 0;
            int code = LEAT_OK, i;
            long failed;
            start_at(&world, &base, stream);
            world.may_be_between = 1;
            need(world_open(&world) == LEAT_OK, "open before the fault");
            fault_arm(&plan, nth);
            for (i = 0; i < 12 && code == LEAT_OK; i++)
                code = save_next(&world);
            failed = fault_disarm();
            power_cut_now();
            OK(world_close(&world));
            power_stayed();
            if (failed == 0)
                break;
            faults++;
            need(world_open(&world) == LEAT_OK, "open after the fault");
            check_context("a process later, sync %ld, %s", nth,
                          mode_of(mode, 1)->name);
            /* What is found there is right from now on. */
            if (look_at_all(&world, &position) == GOOD) {
                world.acked = world.tried = position;
                go_back(world.stream, position);
                for (i = 0; i < 3; i++)
                    OK(save_next(&world));
            }
            power_cut_now();
            OK(world_close(&world));
            power_return(mode_of(mode, 1), (uint64_t)nth * 31u + mode);
            cuts++;
            if (world_open(&world) == LEAT_OK) {
                verdict = look_at_all(&world, &position);
                OK(world_close(&world));
            }
            count(&tally, verdict);
        }
    }
    free_base(&base);
    free(stream);
    return tally;
}

int main(int arguments_count, char **arguments)
{
    static const struct setting with_rows = WITH_ROWS;
    char directory[64];
    struct tally tally;
    size_t i;
    check_usage(arguments_count >= 3,
                "test_faults_sync MODEL.safetensors GOLDEN [ROUNDS]");
    golden_folder = arguments[2];
    if (arguments_count > 3)
        rounds = atoi(arguments[3]);
    set_up_faults(arguments[1], directory);
    for (i = 0; i < sizeof persistent / sizeof *persistent; i++)
        lose_everywhere(&persistent[i]);
    printf("%lu saves returned LEAT_OK after a failed sync\n", saved_after);
    CHECK(saved_after > 1000);
    print("on a disk that doesn't overwrite safely", &unsafe);
    CHECK(unsafe.wrong == 0 && unsafe.good > 0);
    tally = die_between(&with_rows);
    print("when the process died between", &tally);
    CHECK(tally.good + tally.reported == tally.cuts && tally.cuts > 100);
    printf("%lu cuts and %lu faults tried\n", cuts, faults);
    return tear_down_faults("test_faults_sync", directory);
}
