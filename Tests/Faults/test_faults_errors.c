/* SPDX-License-Identifier: MIT
 * Each operation of the disk and each allocation of SQLite fails in turn, once
 * or from then on, in all that a store does: the call reports it or has
 * succeeded all the same, the same store continues after the fault, and nothing
 * that was acknowledged is lost.
 * Usage: test_faults_errors MODEL.safetensors GOLDEN
 * GOLDEN is Tests/Golden/version-1, absolute. */
#define _XOPEN_SOURCE 700
#include "fault_world.h"

#include "fault_work.h"

struct fault {
    const char *name;
    struct fault_plan plan;
    int is_memory;
};

#define ONE(name, kind, error)                                                 \
    { name, { FAULT_OF(kind), error, 0 }, 0 },                                 \
    {                                                                          \
        name " from then on", { FAULT_OF(kind), error, 1 }, 0                  \
    }
#define ALL(name, kinds, error)                                                \
    { name, { kinds, error, 0 }, 0 },                                          \
    {                                                                          \
        name " from then on", { kinds, error, 1 }, 0                           \
    }

static const struct fault faults[] = {
    ONE("open", FAULT_OPEN, ERROR_IO),
    ONE("open, no right to", FAULT_OPEN, ERROR_REFUSED),
    ONE("create", FAULT_CREATE, ERROR_IO),
    ONE("delete", FAULT_DELETE, ERROR_IO),
    ONE("access", FAULT_ACCESS, ERROR_IO),
    ONE("path", FAULT_PATH, ERROR_IO),
    ONE("read", FAULT_READ, ERROR_IO),
    ONE("half a read", FAULT_READ, ERROR_PARTIAL),
    ONE("write", FAULT_WRITE, ERROR_IO),
    ONE("half a write", FAULT_WRITE, ERROR_PARTIAL),
    ONE("write, disk full", FAULT_WRITE, ERROR_FULL),
    ONE("write, read-only", FAULT_WRITE, ERROR_REFUSED),
    ONE("truncate", FAULT_TRUNCATE, ERROR_IO),
    ONE("sync", FAULT_SYNC, ERROR_IO),
    ONE("sync that drops the writes", FAULT_SYNC, ERROR_SYNC_LOST),
    ONE("sync of the directory", FAULT_SYNC_DIRECTORY, ERROR_IO),
    ONE("size", FAULT_SIZE, ERROR_IO),
    ONE("lock", FAULT_LOCK, ERROR_IO),
    ONE("lock is taken", FAULT_LOCK, ERROR_BUSY),
    ONE("look at a lock", FAULT_CHECK_RESERVED, ERROR_IO),
    ONE("shared memory", FAULT_SHM_MAP, ERROR_IO),
    ONE("shared memory, disk full", FAULT_SHM_MAP, ERROR_FULL),
    ONE("lock in shared memory", FAULT_SHM_LOCK, ERROR_IO),
    ONE("lock in shared memory is taken", FAULT_SHM_LOCK, ERROR_BUSY),
    ALL("anything", FAULT_ANY, ERROR_IO),
    ALL("any change, disk full", FAULT_CHANGE, ERROR_FULL),
    ALL("any change, read-only disk", FAULT_CHANGE, ERROR_READ_ONLY),
    { "memory", { 0, ERROR_IO, 0 }, 1 },
    { "memory from then on", { 0, ERROR_IO, 1 }, 1 },
};
#define FAULT_COUNT (sizeof faults / sizeof *faults)

static struct {
    unsigned long tried, failed; /* calls that returned an error */
} totals[FAULT_COUNT];
static unsigned long tried;

static void arm(const struct fault *fault, long nth)
{
    if (fault->is_memory)
        fault_memory_arm(nth, fault->plan.lasts);
    else
        fault_arm(&fault->plan, nth);
}

static long disarm(const struct fault *fault)
{
    return fault->is_memory ? fault_memory_disarm() : fault_disarm();
}

static void good(struct world *world, enum verdict verdict)
{
    check_that(verdict == GOOD, __FILE__, __LINE__, "%s",
               verdict == GOOD ? "" : world->found);
}

/* What the still open connection has after the fault: the new checkpoint if the
 * call succeeded, the old one if it didn't. */
static void look_at_once(struct world *world, int code)
{
    uint64_t position = 0, tried_position = world->tried;
    int may_be_absent = world->may_be_absent;
    check_that(sqlite3_get_autocommit(world->database), __FILE__, __LINE__,
               "a transaction is left open");
    if (code != LEAT_OK) {
        world->tried = world->acked;
        world->may_be_absent = 0;
    }
    good(world, look_at_all(world, &position));
    if (code == LEAT_OK && !may_be_absent)
        CHECK_EQUAL(position, world->acked);
    world->tried = tried_position;
    world->may_be_absent = may_be_absent;
    good(world, go_on(world, position));
}

/* Fail the n-th operation. Returns 0 if there are fewer. */
static int fail_at(const struct work *work, const struct base *base,
                   leat_stream *stream, const struct fault *fault, long nth)
{
    struct world world;
    long failed;
    int code;
    start_at(&world, base, stream);
    if (!work->opens && world_open(&world) != LEAT_OK)
        need(0, "open before the fault");
    memset(&error, 0, sizeof error);
    arm(fault, nth);
    code = work->run(&world);
    failed = disarm(fault);
    if (code != LEAT_OK) {
        check_that(failed > 0, __FILE__, __LINE__, "without a fault: %d, %s",
                   code, error.message);
        check_that(error.code == code && error.message[0] != '\0', __FILE__,
                   __LINE__, "%d, but the error says %d '%s'", code,
                   error.code, error.message);
        totals[fault - faults].failed++;
    }
    /* Work in memory was done whatever the disk did. */
    CHECK(is_known(stream, leat_stream_position(stream)));
    if (world.store != NULL) {
        int has_autosave = world.autosave != NULL;
        if (world.must_roll_back)
            roll_back(&world);
        finish(work, &world, 1);
        /* Now an autosave writes what it has taken. */
        look_at_once(&world, has_autosave ? LEAT_OK : code);
        OK(world_close(&world));
    }
    good(&world, inspect(&world));
    check_that(sqlite3_memory_used() == 0 && fault_vfs_open_files() == 0,
               __FILE__, __LINE__, "%lld bytes and %d files are not given back",
               (long long)sqlite3_memory_used(), fault_vfs_open_files());
    if (failed > 0) {
        totals[fault - faults].tried++;
        tried++;
    }
    return failed > 0;
}

static void fail_everywhere(const struct work *work)
{
    leat_stream *stream = new_stream(model);
    struct base base;
    unsigned long before = tried;
    size_t i;
    prepare(&base, work);
    for (i = 0; i < FAULT_COUNT; i++) {
        long nth = 0;
        do {
            nth++;
            check_context("%s, %s, the %ldth", work->name, faults[i].name,
                          nth);
        } while (fail_at(work, &base, stream, &faults[i], nth));
    }
    printf("%-44s %6lu faults\n", work->name, tried - before);
    free_base(&base);
    free(stream);
}

int main(int count, char **arguments)
{
    char directory[64];
    size_t i;
    check_usage(count >= 3, "test_faults_errors MODEL.safetensors GOLDEN");
    golden_folder = arguments[2];
    set_up_faults(arguments[1], directory);
    for (i = 0; i < work_count; i++)
        fail_everywhere(&works[i]);
    printf("\n");
    for (i = 0; i < FAULT_COUNT; i++)
        printf("%-44s %6lu faults, %lu calls failed\n", faults[i].name,
               totals[i].tried, totals[i].failed);
    printf("0 cuts and %lu faults tried\n", tried);
    printf("after a failed save %lu transactions were open and committed, "
           "%lu gone\n",
           left_open, rolled_back);
    CHECK(left_open > 10 && rolled_back > 10);
    return tear_down_faults("test_faults_errors", directory);
}
