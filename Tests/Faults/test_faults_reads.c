/* SPDX-License-Identifier: MIT
 * Reads that give other bytes than were written, once or from then on, in all
 * that a store does; later the disk works again. For a failed read newer
 * versions of SQLite return SQLITE_IOERR_CORRUPTFS and treat the page as
 * damaged. That may lose nothing: what was acknowledged is found, and a load
 * meanwhile gives it, or reports that it doesn't. SQLite reports no read that
 * ends too early, but takes the rest for zeros; the outcomes are counted, and
 * no state may be wrong.
 * Usage: test_faults_reads MODEL.safetensors GOLDEN
 * GOLDEN is Tests/Golden/version-1, absolute. */
#define _XOPEN_SOURCE 700
#include "fault_world.h"

#include "fault_work.h"

static const struct wrong_read {
    const char *name;
    enum fault_error error;
} wrong_reads[] = {
    {"failed reads, as damaged pages", ERROR_CORRUPT_FS},
    {"reads of half the bytes", ERROR_SHORT},
    {"reads of no bytes", ERROR_EMPTY},
};
#define WRONG_READ_COUNT (sizeof wrong_reads / sizeof *wrong_reads)

static struct tally {
    unsigned long tried, failed, fallbacks, missing;
    unsigned long after[BROKEN + 1]; /* by verdict, after the disk works again */
    unsigned long damaged[BROKEN + 1];
} tallies[WRONG_READ_COUNT];
static unsigned long tried;

/* Through the connection that had the fault: a checkpoint that was
 * acknowledged, or a code that says it isn't. */
static void look_meanwhile(struct world *world, const char *name,
                           uint64_t position, struct tally *tally)
{
    leat_checkpoint checkpoint;
    unsigned char *cursor = malloc(cursor_size(world)), *expected;
    int code, is_right;
    need(cursor != NULL, "malloc");
    code = load_found(world, name, &checkpoint, cursor);
    expected = cursor_at(world, checkpoint.position);
    is_right = is_known(found_stream, checkpoint.position) &&
               memcmp(cursor, expected, checkpoint.cursor_size) == 0;
    free(cursor);
    free(expected);
    tally->missing += code == LEAT_E_NOT_FOUND && position != 0 &&
                      !world->may_be_absent && world->new_name == NULL;
    tally->fallbacks += code == LEAT_FALLBACK;
    if (code != LEAT_OK && code != LEAT_FALLBACK)
        return;
    check_that(is_right &&
                   (code == LEAT_FALLBACK || checkpoint.position == position),
               __FILE__, __LINE__, "%s: load gave %d and position %llu, %s", name,
               code, (unsigned long long)checkpoint.position,
               is_right ? "right" : "wrong");
}

/* Load, and write one more, through a connection that may still have wrong
 * pages. */
static void go_on_meanwhile(struct world *world, struct tally *tally)
{
    if (world->must_roll_back)
        roll_back(world);
    look_meanwhile(world, world->name, world->acked, tally);
    if (world->has_fan)
        look_meanwhile(world, "fan", FAN_POSITION, tally);
    go_back(world->stream, world->acked);
    save_next(world);
}

/* Zeros that SQLite read and wrote back are damage, and found as damage: what
 * is loaded is right, or reported not to be. */
static enum verdict look_at_damage(struct world *world, struct tally *tally)
{
    enum verdict verdict = BROKEN;
    uint64_t position = 0;
    int is_silent = 0;
    if (world_open(world) == LEAT_OK) {
        verdict = look_at_stream(world, &position);
        is_silent = verdict == WRONG || (verdict == LOST && position != 0);
        world_close(world);
    }
    tally->damaged[verdict]++;
    return is_silent ? verdict : GOOD;
}

/* Returns 0 if there are fewer reads. */
static int read_wrong_at(const struct work *work, const struct base *base,
                         leat_stream *stream,
                         const struct wrong_read *wrong_read, int lasts,
                         long nth)
{
    struct tally *tally = &tallies[wrong_read - wrong_reads];
    struct fault_plan plan;
    struct world world;
    enum verdict verdict;
    int code;
    start_at(&world, base, stream);
    world.may_fall_back = world.may_be_between = 1;
    if (!work->opens && world_open(&world) != LEAT_OK)
        need(0, "open before the fault");
    plan.kinds = FAULT_OF(FAULT_READ);
    plan.error = wrong_read->error;
    plan.lasts = lasts;
    fault_arm(&plan, nth);
    code = work->run(&world);
    if (fault_disarm() == 0) {
        finish(work, &world, 0);
        if (world.store != NULL)
            OK(world_close(&world));
        return 0;
    }
    tried++;
    tally->tried++;
    tally->failed += code < 0;
    finish(work, &world, wrong_read->error == ERROR_CORRUPT_FS);
    if (world.store != NULL) {
        go_on_meanwhile(&world, tally);
        OK(world_close(&world));
    }
    verdict = inspect(&world);
    tally->after[verdict]++;
    if (verdict == BROKEN && wrong_read->error != ERROR_CORRUPT_FS)
        verdict = look_at_damage(&world, tally);
    check_that(verdict == GOOD, __FILE__, __LINE__, "after %d: %s", code,
               verdict == GOOD ? "" : world.found);
    return 1;
}

/* With a very small cache, so that SQLite must read. */
static struct work forgetful(const struct work *work)
{
    struct work other = *work;
    other.setting.cache_pages = 3;
    if (!work->setting.is_attached)
        other.setting.cursor_size = 5000;
    return other;
}

static void read_wrong_everywhere(const struct work *work)
{
    leat_stream *stream = new_stream(model);
    struct base base;
    unsigned long before = tried;
    size_t i;
    prepare(&base, work);
    for (i = 0; i < 2 * WRONG_READ_COUNT; i++) {
        const struct wrong_read *wrong_read = &wrong_reads[i / 2];
        long nth = 0;
        do {
            nth++;
            check_context("%s, %s%s, the %ldth", work->name, wrong_read->name,
                          i % 2 == 0 ? "" : " from then on", nth);
        } while (
            read_wrong_at(work, &base, stream, wrong_read, (int)(i % 2), nth));
    }
    printf("%-44s %6lu faults\n", work->name, tried - before);
    free_base(&base);
    free(stream);
}

int main(int count, char **arguments)
{
    char directory[64];
    size_t i;
    check_usage(count >= 3, "test_faults_reads MODEL.safetensors GOLDEN");
    golden_folder = arguments[2];
    set_up_faults(arguments[1], directory);
    for (i = 0; i < work_count; i++)
        if (works[i].start == EMPTY || works[i].start >= OLD_CLOSED) {
            read_wrong_everywhere(&works[i]);
        } else {
            const struct work work = forgetful(&works[i]);
            read_wrong_everywhere(&work);
        }
    for (i = 0; i < WRONG_READ_COUNT; i++) {
        const struct tally *tally = &tallies[i];
        printf("%s: %lu, %lu calls failed; meanwhile %lu fallbacks, %lu not "
               "found; later %lu good, %lu lost, %lu wrong, %lu older, "
               "%lu damaged, of these %lu reported by a load\n",
               wrong_reads[i].name, tally->tried, tally->failed,
               tally->fallbacks, tally->missing, tally->after[GOOD],
               tally->after[LOST], tally->after[WRONG], tally->after[OLDER],
               tally->after[BROKEN],
               tally->damaged[LOST] + tally->damaged[OLDER] +
                   tally->damaged[BROKEN]);
    }
    printf("0 cuts and %lu faults tried\n", tried);
    return tear_down_faults("test_faults_reads", directory);
}
