/* SPDX-License-Identifier: MIT
 * A process that steps and offers several streams is killed at random moments,
 * repeatedly. Each stream resumes at a position that was acknowledged, or
 * further, with the bits of an uninterrupted run. The last is a windowed one.
 * Usage: test_store_autosave_kill MODEL.safetensors [ROUNDS [SEED]] */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "autosave_fixture.h"
#include "own_program.h"
#include "windows.h"

#include <signal.h>
#include <sys/wait.h>

enum { STREAMS = 3 };

/* The child's message: the streams are durable up to these positions. */
struct report {
    uint64_t positions[STREAMS];
};

static void name_stream(char name[16], unsigned stream)
{
    snprintf(name, 16, "s%u", stream);
}

static leat_stream *make_stream(unsigned stream)
{
    return stream == STREAMS - 1 ? new_window(model, 9, 2) : new_stream(model);
}

/* Until it is killed. */
static int work(const char *path, const char *store_path, int output)
{
    leat_store *store = NULL;
    leat_autosave *autosave;
    leat_autosave_options options;
    leat_stream *streams[STREAMS];
    uint32_t slots[STREAMS];
    struct report reported, now;
    unsigned long turn;
    char name[16];
    unsigned i;
    need(leat_model_open(path, &model, &error) == LEAT_OK, path);
    need(leat_store_open(store_path, NULL, &store, &error) == LEAT_OK,
         store_path);
    memset(&reported, 0, sizeof reported);
    for (i = 0; i < STREAMS; i++) {
        int code;
        name_stream(name, i);
        streams[i] = make_stream(i);
        code = leat_store_load(store, name, streams[i], NULL, 0, NULL, &error);
        need(code == LEAT_OK || code == LEAT_E_NOT_FOUND, name);
    }
    options = some_options(STREAMS);
    options.stream_size = leat_stream_block_size(streams[STREAMS - 1]);
    options.every_ms = 1;
    options.every_samples = 5;
    need(leat_autosave_start(store, &options, &autosave, &error) == LEAT_OK,
         "leat_autosave_start");
    for (i = 0; i < STREAMS; i++) {
        name_stream(name, i);
        need(leat_autosave_add(autosave, name, &slots[i], &error) == LEAT_OK,
             name);
    }
    for (turn = 0;; turn++) {
        for (i = 0; i < STREAMS; i++) {
            uint64_t position = leat_stream_position(streams[i]) + 1 + i;
            step_to(streams[i], position);
            need(leat_autosave_offer(autosave, slots[i], streams[i],
                                     &position, sizeof position, 0,
                                     &error) == LEAT_OK,
                 "leat_autosave_offer");
        }
        if (turn % 64 == 63)
            need(leat_autosave_flush(autosave, &error) == LEAT_OK,
                 "leat_autosave_flush");
        for (i = 0; i < STREAMS; i++)
            need(leat_autosave_durable(autosave, slots[i], &now.positions[i],
                                       &error) == LEAT_OK,
                 "leat_autosave_durable");
        if (memcmp(&now, &reported, sizeof now) != 0 &&
            write(output, &now, sizeof now) != (ssize_t)sizeof now)
            return 1;
        reported = now;
    }
}

static char *model_path;

/* Start a child, kill it after a while, and return its last message. */
static struct report kill_one(unsigned microseconds)
{
    struct report report, last;
    struct timespec time;
    char end[16];
    int ends[2], status = 0;
    pid_t child;
    memset(&last, 0, sizeof last);
    need(pipe(ends) == 0, "pipe");
    fflush(stdout);
    child = fork();
    need(child >= 0, "fork");
    if (child == 0) {
        snprintf(end, sizeof end, "%d", ends[1]);
        close(ends[0]);
        run_own_program("worker", model_path, "kill.db", end, (char *)NULL);
    }
    close(ends[1]);
    /* Counted from its first message, so that there is something to lose. */
    if (read(ends[0], &report, sizeof report) == (ssize_t)sizeof report)
        last = report;
    time.tv_sec = 0;
    time.tv_nsec = (long)microseconds * 1000;
    nanosleep(&time, NULL);
    kill(child, SIGKILL);
    while (read(ends[0], &report, sizeof report) == (ssize_t)sizeof report)
        last = report;
    waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    close(ends[0]);
    return last;
}

int main(int count, char **arguments)
{
    char directory[64], name[16];
    leat_stream *runs[STREAMS], *loaded[STREAMS], *stream;
    unsigned rounds = 40, seed = (unsigned)time(NULL), round, i;
    uint64_t ahead = 0;
    find_own_program();
    if (count == 5 && strcmp(arguments[1], "worker") == 0)
        return work(arguments[2], arguments[3], atoi(arguments[4]));
    if (count < 2) {
        fprintf(stderr,
                "usage: test_store_autosave_kill MODEL [ROUNDS [SEED]]\n");
        return 2;
    }
    model_path = arguments[1];
    if (count > 2)
        rounds = (unsigned)atoi(arguments[2]);
    if (count > 3)
        seed = (unsigned)strtoul(arguments[3], NULL, 10);
    printf("%u kills, seed %u\n", rounds, seed);
    set_up(model_path, directory);
    for (i = 0; i < STREAMS; i++) {
        runs[i] = make_stream(i);
        loaded[i] = make_stream(i);
    }
    for (round = 0; round < rounds; round++) {
        struct report acknowledged;
        leat_store *store;
        check_context("round %u, seed %u", round, seed);
        acknowledged = kill_one((unsigned)rand_r(&seed) % 30000);
        store = open_store("kill.db");
        for (i = 0; i < STREAMS; i++) {
            uint64_t cursor = UINT64_MAX, position;
            stream = loaded[i];
            name_stream(name, i);
            CHECK(acknowledged.positions[i] >= leat_stream_position(runs[i]) ||
                  acknowledged.positions[i] == 0);
            if (leat_store_load(store, name, stream, &cursor, sizeof cursor,
                                NULL, &error) == LEAT_E_NOT_FOUND &&
                acknowledged.positions[i] == 0)
                continue;
            position = leat_stream_position(stream);
            CHECK_EQUAL(cursor, position);
            CHECK(position >= acknowledged.positions[i]);
            CHECK(position >= leat_stream_position(runs[i]));
            ahead += position - acknowledged.positions[i];
            step_to(runs[i], position);
            CHECK(same_state(runs[i], stream));
        }
        OK(leat_store_close(store, &error));
    }
    check_context("%s", "");
    for (i = 0; i < STREAMS; i++) {
        CHECK(leat_stream_position(runs[i]) > 0);
        printf("stream %u got to position %llu\n", i,
               (unsigned long long)leat_stream_position(runs[i]));
        free(runs[i]);
        free(loaded[i]);
    }
    printf("%llu samples further on than acknowledged, on average\n",
           (unsigned long long)(ahead / (rounds * STREAMS)));
    return tear_down("test_store_autosave_kill", directory);
}
