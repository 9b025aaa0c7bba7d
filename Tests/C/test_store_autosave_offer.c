/* SPDX-License-Identifier: MIT
 * An offer, of a stream and of a group, allocates nothing and makes no system
 * call, whether it is taken or not.
 * Usage: test_store_autosave_offer MODEL.safetensors */
#define _GNU_SOURCE
#include "autosave_fixture.h"
#include "group_fixture.h"

/* The sanitizers have their own allocator. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define COUNTS_ALLOCATIONS
#include "interpose_malloc.c"
#endif

#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { OFFERS = 300000 };

static leat_store *store;
static leat_autosave *autosave;
static leat_stream *stream;
static group grouped;
static uint32_t slot, group_slot;

static void begin(const char *path, uint32_t every_ms)
{
    leat_autosave_options options = some_options(MEMBERS + 2);
    options.every_samples = 3;
    options.every_ms = every_ms;
    store = open_new(path);
    autosave = start_with(store, &options);
    slot = add(autosave, "a");
    OK(leat_autosave_add_group(autosave, "line", members, MEMBERS, &group_slot,
                               &error));
    stream = new_stream(model);
    grouped = new_group();
}

/* Offers that are due, not due, and refused. Returns how many had another
 * outcome than expected. */
static unsigned long make_offers(void)
{
    uint64_t from = leat_stream_position(stream), i, position, number;
    unsigned long bad = 0;
    leat_error failure;
    for (i = 1; i <= OFFERS; i++) {
        bad += leat_stream_set_position(stream, from + i, &failure) != LEAT_OK;
        bad += leat_autosave_offer(autosave, slot, stream, &i, sizeof i,
                                   i % 7 ? 0 : LEAT_OFFER_NOW, &failure) !=
               LEAT_OK;
        bad += leat_autosave_offer(autosave, slot, NULL, &i, sizeof i, 0,
                                   &failure) != LEAT_E_ARGUMENT;
        bad += leat_autosave_durable(autosave, slot, &position, &failure) !=
               LEAT_OK;
        if (i % 4 != 0)
            continue;
        /* A member moves on, so that every other offer is due. */
        bad += leat_stream_set_position(grouped.streams[i % MEMBERS],
                                        (from + i) / 2, &failure) != LEAT_OK;
        bad += leat_autosave_offer_group(
                   autosave, group_slot, streams_of(&grouped), MEMBERS, &i,
                   sizeof i, i % 28 ? 0 : LEAT_OFFER_NOW, &number, &failure) !=
               LEAT_OK;
        bad += leat_autosave_offer_group(
                   autosave, group_slot, streams_of(&grouped), 1, &i, sizeof i,
                   0, &number, &failure) != LEAT_E_ARGUMENT;
    }
    return bad;
}

#ifdef COUNTS_ALLOCATIONS
static void check_allocations(void)
{
    struct allocations before;
    unsigned long bad, made = 0;
    int i;
    before = allocations;
    free(strdup("counted"));
    CHECK_EQUAL(allocations.made - before.made, 1);
    begin("allocations.db", NEVER_MS);
    /* The thread sleeps. */
    before = allocations;
    bad = make_offers();
    CHECK_EQUAL(allocations.made - before.made, 0);
    CHECK_EQUAL(allocations.freed - before.freed, 0);
    CHECK_EQUAL(allocations.mapped - before.mapped, 0);
    CHECK_EQUAL(bad, 0);
    /* The first offer after the thread took the last one. */
    for (i = 0; i < 100; i++) {
        OK(leat_autosave_flush(autosave, &error));
        before = allocations;
        OK(leat_autosave_offer(autosave, slot, stream, NULL, 0, LEAT_OFFER_NOW,
                               &error));
        OK(leat_autosave_offer_group(autosave, group_slot,
                                     streams_of(&grouped), MEMBERS, NULL, 0,
                                     LEAT_OFFER_NOW, NULL, &error));
        made += allocations.made - before.made;
    }
    CHECK_EQUAL(made, 0);
    OK(leat_autosave_stop(autosave, 0, &error));
    OK(leat_store_close(store, &error));
    free(stream);
    free_group(grouped);
}
#endif

/* In a process whose first thread may only read and write while it offers. It
 * reports the outcome and waits to be killed. */
static void offer_strictly(int output, int with_system_call)
{
    char verdict;
    /* The thread is busy taking the offers. */
    begin("strict.db", 1);
    verdict = make_offers() == 0 ? 'k' : 'b';
    if (write(output, "s", 1) != 1)
        return;
    /* Once more, after the dynamic linker has resolved everything. */
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) {
        verdict = 'p';
    } else {
        if (with_system_call)
            syscall(SYS_getppid);
        if (make_offers() != 0)
            verdict = 'b';
    }
    if (write(output, &verdict, 1) == 1)
        syscall(SYS_exit, 0);
}

/* The byte that it wrote, or 0 if the filter killed it. */
static char in_strict_child(int with_system_call)
{
    struct pollfd end;
    int ends[2];
    char verdict = 0;
    pid_t child;
    need(pipe(ends) == 0, "pipe");
    fflush(stdout);
    child = fork(); /* No store is open. */
    need(child >= 0, "fork");
    if (child == 0) {
        offer_strictly(ends[1], with_system_call);
        _exit(1);
    }
    close(ends[1]);
    memset(&end, 0, sizeof end);
    end.fd = ends[0];
    end.events = POLLIN;
    need(read(ends[0], &verdict, 1) == 1 && verdict == 's', "the child");
    /* The filter kills the thread before its last write. */
    if (poll(&end, 1, with_system_call ? 500 : 60000) != 1 ||
        read(ends[0], &verdict, 1) != 1)
        verdict = 0;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(ends[0]);
    return verdict;
}

int main(int count, char **arguments)
{
    char directory[64];
    check_usage(count == 2, "test_store_autosave_offer MODEL");
    set_up(arguments[1], directory);
    CHECK_EQUAL(in_strict_child(1), 0);
    CHECK_EQUAL(in_strict_child(0), 'k');
    remove_store("strict.db");
#ifdef COUNTS_ALLOCATIONS
    check_allocations();
#endif
    return tear_down("test_store_autosave_offer", directory);
}
