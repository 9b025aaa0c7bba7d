/* SPDX-License-Identifier: MIT
 * Worker processes that work on stores as ordered, line by line. They are new
 * programs, since SQLite connections must not be used after a fork. */
#ifndef LEAT_TESTS_WORKER_PROCESS_H
#define LEAT_TESTS_WORKER_PROCESS_H

#include "own_program.h"
#include "store_fixture.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

struct worker {
    pid_t process;
    FILE *orders;
    FILE *answers;
};

static char *model_path;

static inline struct worker start_worker(void)
{
    struct worker worker;
    int orders[2], answers[2];
    memset(&worker, 0, sizeof worker);
    need(pipe(orders) == 0 && pipe(answers) == 0, "pipe");
    fcntl(orders[1], F_SETFD, FD_CLOEXEC);
    fcntl(answers[0], F_SETFD, FD_CLOEXEC);
    fflush(stdout);
    worker.process = fork();
    need(worker.process >= 0, "fork");
    if (worker.process == 0) {
        /* No worker stays, stopped or busy, when this program ends. */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(orders[0], 0);
        dup2(answers[1], 1);
        close(orders[0]);
        close(answers[1]);
        run_own_program("worker", model_path, (char *)NULL);
    }
    close(orders[0]);
    close(answers[1]);
    worker.orders = fdopen(orders[1], "w");
    worker.answers = fdopen(answers[0], "r");
    need(worker.orders != NULL && worker.answers != NULL, "fdopen");
    return worker;
}

static inline void order(struct worker *worker, const char *line)
{
    fprintf(worker->orders, "%s\n", line);
    fflush(worker->orders);
}

/* Wait for the code of the worker's last order; its message is put into
 * error. */
static inline int answer(struct worker *worker)
{
    char line[300];
    int code = -99, start = 0;
    memset(&error, 0, sizeof error);
    if (fgets(line, sizeof line, worker->answers) == NULL ||
        sscanf(line, "%d %n", &code, &start) < 1)
        return -99;
    line[strcspn(line, "\n")] = '\0';
    snprintf(error.message, sizeof error.message, "%.239s", line + start);
    error.code = code;
    return code;
}

static inline int ask(struct worker *worker, const char *line)
{
    order(worker, line);
    return answer(worker);
}

static inline void end_worker(struct worker *worker, int signal_number)
{
    int status = 0;
    if (signal_number != 0)
        kill(worker->process, signal_number);
    fclose(worker->orders);
    waitpid(worker->process, &status, 0);
    fclose(worker->answers);
    if (signal_number == 0)
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* --- openers that start at the same moment -------------------------------- */

enum { RACES_MOST = 1000 };

/* Shared by two workers and the process that started them. */
struct race {
    unsigned arrived;
    struct {
        int codes[2], saves[2];
        char messages[2][LEAT_NAME_MAX];
    } rounds[RACES_MOST];
};

static inline struct race *shared_race(const char *path)
{
    int file = open(path, O_RDWR | O_CREAT, 0600);
    void *race;
    need(file >= 0 && ftruncate(file, sizeof(struct race)) == 0, path);
    race = mmap(NULL, sizeof(struct race), PROT_READ | PROT_WRITE, MAP_SHARED,
                file, 0);
    need(race != MAP_FAILED, path);
    close(file);
    return race;
}

/* Wait until both have come here `count` times. */
static inline void wait_for_both(struct race *race, unsigned count)
{
    __atomic_fetch_add(&race->arrived, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&race->arrived, __ATOMIC_SEQ_CST) < 2 * count)
        sched_yield();
}

/* Open, save and close as one of two; every other file is new. */
static inline void run_races(unsigned self, unsigned count, leat_stream *stream)
{
    struct race *race = shared_race("race");
    unsigned i;
    for (i = 0; i < count; i++) {
        leat_store *store = NULL;
        char name[32];
        int *save = &race->rounds[i].saves[self], code;
        snprintf(name, sizeof name, "race%u.db", i / 2);
        memset(&error, 0, sizeof error);
        wait_for_both(race, 3 * i + 1);
        code = leat_store_open(name, NULL, &store, &error);
        race->rounds[i].codes[self] = code;
        snprintf(race->rounds[i].messages[self],
                 sizeof race->rounds[i].messages[self], "%s", error.message);
        wait_for_both(race, 3 * i + 2);
        *save = -1;
        if (code == LEAT_OK) {
            leat_stream_reset(stream, NULL);
            leat_store_load(store, "a", stream, NULL, 0, NULL, NULL);
            step_to(stream, leat_stream_position(stream) + 1);
            *save = leat_store_save(store, "a", stream, NULL, 0, 0, &error);
            leat_store_close(store, NULL);
        }
        wait_for_both(race, 3 * i + 3);
    }
    munmap(race, sizeof *race);
}

/* --- the worker ----------------------------------------------------------- */

static inline int sql_by(sqlite3 *database, const char *sql)
{
    int result = sqlite3_exec(database, sql, NULL, NULL, NULL);
    snprintf(error.message, sizeof error.message, "%s",
             sqlite3_errmsg(database));
    return result;
}

static inline int change_by(leat_store *store, leat_stream *stream,
                            const char *what)
{
    leat_prune_options options;
    unsigned char *state;
    int code = -98;
    memset(&options, 0, sizeof options);
    options.generations = 1;
    if (strcmp(what, "delete") == 0)
        return leat_store_delete(store, "a", &error);
    if (strcmp(what, "rewind") == 0)
        return leat_store_save(store, "a", stream, NULL, 0, LEAT_SAVE_REWIND,
                               &error);
    if (strcmp(what, "new") == 0)
        return leat_store_save(store, "new", stream, NULL, 0, 0, &error);
    if (strcmp(what, "rename") == 0)
        return leat_store_rename(store, "a", "b", &error);
    if (strcmp(what, "prune") == 0)
        return leat_store_prune(store, &options, NULL, NULL, NULL, &error);
    if (strcmp(what, "import") == 0) {
        state = state_of(stream);
        code = leat_store_import(store, "a", state,
                                 leat_state_size(leat_stream_model(stream)),
                                 NULL, 0, 0, &error);
        free(state);
    }
    return code;
}

static inline int work(const char *path)
{
    char line[128], name[96];
    leat_store *store = NULL;
    leat_stream *stream;
    sqlite3 *database = NULL;
    need(leat_model_open(path, &model, &error) == LEAT_OK, path);
    stream = new_stream(model);
    while (fgets(line, sizeof line, stdin) != NULL) {
        int code = -98, start = 0;
        unsigned flags = 0, count = 0;
        leat_store_options options;
        memset(&error, 0, sizeof error);
        memset(&options, 0, sizeof options);
        options.busy_timeout_ms = 100;
        line[strcspn(line, "\n")] = '\0';
        if (sscanf(line, "open %90s %u", name, &flags) == 2) {
            options.flags = flags;
            code = leat_store_open(name, &options, &store, &error);
        } else if (sscanf(line, "attach %90s %u", name, &flags) == 2) {
            options.flags = flags;
            database = raw_open(name);
            code = leat_store_attach(database, &options, &store, &error);
        } else if (strcmp(line, "save") == 0) {
            step_to(stream, leat_stream_position(stream) + 1);
            code = leat_store_save(store, "a", stream, NULL, 0, 0, &error);
        } else if (strcmp(line, "load") == 0) {
            code = leat_store_load(store, "a", stream, NULL, 0, NULL, &error);
        } else if (strcmp(line, "begin") == 0) {
            code = leat_store_begin(store, &error);
        } else if (strcmp(line, "commit") == 0) {
            code = leat_store_commit(store, &error);
        } else if (strcmp(line, "rollback") == 0) {
            code = leat_store_rollback(store, &error);
        } else if (strcmp(line, "close") == 0) {
            code = leat_store_close(store, &error);
            sqlite3_close(database);
            database = NULL;
        } else if (sscanf(line, "sql %n%90s", &start, name) == 1) {
            code = sql_by(leat_store_database(store), line + start);
        } else if (sscanf(line, "hash %90s", name) == 1) {
            snprintf(error.message, sizeof error.message, "%016llx",
                     (unsigned long long)hash_file(name));
            code = LEAT_OK;
        } else if (sscanf(line, "race %u %u", &flags, &count) == 2) {
            run_races(flags, count, stream);
            code = LEAT_OK;
        } else if (strcmp(line, "run") == 0) {
            /* Until killed: step, save, and report what was acknowledged. */
            for (;;) {
                step_to(stream, leat_stream_position(stream) + 1);
                code = leat_store_save(store, "a", stream, NULL, 0, 0, &error);
                if (code != LEAT_OK)
                    break;
                printf("%d\n", (int)leat_stream_position(stream));
                fflush(stdout);
            }
        } else {
            code = change_by(store, stream, line);
        }
        printf("%d %s\n", code, error.message);
        fflush(stdout);
    }
    free(stream);
    leat_model_close(model);
    return 0;
}

/* Be a worker if this program was started as one; otherwise find out how to
 * start workers. Returns what main() must return, or -1. */
static inline int become_worker(int count, char **arguments)
{
    static char path[512];
    if (count == 3 && strcmp(arguments[1], "worker") == 0)
        return work(arguments[2]);
    if (count != 2) {
        fprintf(stderr, "usage: %s MODEL.safetensors\n", arguments[0]);
        return 2;
    }
    need(realpath(arguments[1], path) != NULL, arguments[1]);
    find_own_program();
    model_path = path;
    signal(SIGPIPE, SIG_IGN);
    return -1;
}

#endif
