/* SPDX-License-Identifier: MIT
 * A store and an autosave in a child process: every call is refused, close and
 * stop change nothing of the parent's, and the parent's lock ends with the
 * parent.
 * Usage: test_store_fork MODEL.safetensors */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "store_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

static const char words[] = "was used by its child";
static const char autosave_words[] = "was used by its child";

static leat_stream *stream;

/* Run `body` in a child, and add its counts of checks to this process's. */
static void in_child(void (*body)(void *), void *context)
{
    int pipes[2], status;
    unsigned long counts[2] = { 0, 1 };
    pid_t child;
    need(pipe(pipes) == 0, "pipe");
    fflush(stdout);
    child = fork();
    need(child >= 0, "fork");
    if (child == 0) {
        check_state.passed = check_state.failed = 0;
        body(context);
        fflush(stdout);
        counts[0] = check_state.passed;
        counts[1] = check_state.failed;
        _exit(write(pipes[1], counts, sizeof counts) != sizeof counts);
    }
    close(pipes[1]);
    CHECK(read(pipes[0], counts, sizeof counts) == (ssize_t)sizeof counts);
    close(pipes[0]);
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) &&
          WEXITSTATUS(status) == 0);
    check_state.passed += counts[0];
    check_state.failed += counts[1];
}

static int visit(void *context, const leat_store_entry *entry)
{
    (void)context;
    (void)entry;
    return 0;
}

static void refuse_store(void *context)
{
    leat_store *store = context;
    leat_autosave *autosave = NULL;
    leat_autosave_options options;
    leat_store_statistics_t statistics;
    leat_prune_options prune;
    const leat_stream *grouped = stream;
    const char *const names[1] = { "b" };
    uint64_t deleted;
    memset(&options, 0, sizeof options);
    options.stream_size = leat_stream_size(model);
    options.streams = 1;
    memset(&prune, 0, sizeof prune);
    prune.generations = 1;
    REFUSED(LEAT_E_ARGUMENT, words,
            leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    REFUSED(LEAT_E_ARGUMENT, words,
            leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, words, leat_store_delete(store, "a", &error));
    REFUSED(LEAT_E_ARGUMENT, words, leat_store_rename(store, "a", "b", &error));
    REFUSED(LEAT_E_ARGUMENT, words,
            leat_store_list(store, visit, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, words,
            leat_store_save_group(store, "g", names, &grouped, 1, NULL, 0, 0,
                                  &error));
    REFUSED(LEAT_E_ARGUMENT, words,
            leat_store_load_group(store, "g", names, &stream, 1, NULL, 0, NULL,
                                  &error));
    REFUSED(LEAT_E_ARGUMENT, words,
            leat_store_list_group(store, "g", visit, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, words,
            leat_store_export(store, "a", NULL, 0, NULL, 0, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, words, leat_store_begin(store, &error));
    REFUSED(LEAT_E_ARGUMENT, words, leat_store_commit(store, &error));
    REFUSED(LEAT_E_ARGUMENT, words, leat_store_rollback(store, &error));
    REFUSED(LEAT_E_ARGUMENT, words,
            leat_store_backup(store, "copy.db", NULL, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, words,
            leat_store_verify(store, NULL, NULL, NULL, &error));
    REFUSED(LEAT_E_ARGUMENT, words,
            leat_store_statistics(store, &statistics, &error));
    REFUSED(LEAT_E_ARGUMENT, words,
            leat_store_prune(store, &prune, NULL, NULL, &deleted, &error));
    REFUSED(LEAT_E_ARGUMENT, words,
            leat_autosave_start(store, &options, &autosave, &error));
    CHECK(leat_store_database(store) == NULL);
    CHECK(leat_stream_position(stream) == 5);
}

static void close_store(void *context)
{
    leat_store *store = context;
    OK(leat_store_close(store, &error));
    /* The second close refuses it, as after any close. */
    REFUSED(LEAT_E_ARGUMENT, "closed", leat_store_close(store, &error));
}

static void test_store(void)
{
    leat_store *store = open_new("forked.db"), *second = NULL;
    uint64_t lock_before, file_before, log_before;
    stream = new_stream(model);
    save_at(store, "a", stream, 5);
    lock_before = hash_file("forked.db-lock");
    log_before = hash_file("forked.db-wal");
    in_child(refuse_store, store);
    in_child(close_store, store);
    CHECK(hash_file("forked.db-lock") == lock_before);
    CHECK(hash_file("forked.db-wal") == log_before);

    /* The parent's store is unchanged, and so is its lock; in a transaction,
     * too. */
    REFUSED(LEAT_E_BUSY, "held by",
            leat_store_open("forked.db", NULL, &second, &error));
    OK(leat_store_begin(store, &error));
    step_to(stream, 6);
    OK(leat_store_save(store, "a", stream, NULL, 0, 0, &error));
    in_child(close_store, store);
    OK(leat_store_commit(store, &error));
    OK(leat_store_verify(store, NULL, NULL, NULL, &error));
    OK(leat_store_close(store, &error));
    file_before = hash_file("forked.db");
    store = open_with("forked.db", LEAT_STORE_READ_ONLY, 0);
    OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    CHECK(is_run_to(stream, 6));
    in_child(close_store, store);
    OK(leat_store_close(store, &error));
    CHECK(hash_file("forked.db") == file_before);
    remove_store("forked.db");
    free(stream);
}

/* A child opens its own store while the parent has another. */
static void use_another(void *context)
{
    leat_store *store = open_new("child.db");
    (void)context;
    save_at(store, "a", stream, leat_stream_position(stream) + 1);
    OK(leat_store_close(store, &error));
}

static void test_attached(void)
{
    sqlite3 *database = raw_open("app.db");
    leat_store *store = NULL;
    OK(leat_store_attach(database, NULL, &store, &error));
    stream = new_stream(model);
    save_at(store, "a", stream, 5);
    in_child(refuse_store, store);
    in_child(close_store, store);
    in_child(use_another, NULL);
    save_at(store, "a", stream, 6);
    OK(leat_store_close(store, &error));
    sqlite3_close(database);
    remove_store("app.db");
    remove_store("child.db");
    free(stream);
}

struct autosaved {
    leat_store *store;
    leat_autosave *autosave;
    uint32_t slot;
};

static void refuse_autosave(void *context)
{
    const struct autosaved *it = context;
    const leat_stream *grouped = stream;
    const char *const names[1] = { "b" };
    uint64_t position = 77;
    uint32_t slot = 77;
    REFUSED(LEAT_E_ARGUMENT, autosave_words,
            leat_autosave_offer(it->autosave, it->slot, stream, NULL, 0,
                                LEAT_OFFER_NOW, &error));
    REFUSED(LEAT_E_ARGUMENT, autosave_words,
            leat_autosave_durable(it->autosave, it->slot, &position, &error));
    REFUSED(LEAT_E_ARGUMENT, autosave_words,
            leat_autosave_flush(it->autosave, &error));
    REFUSED(LEAT_E_ARGUMENT, autosave_words,
            leat_autosave_add(it->autosave, "b", &slot, &error));
    REFUSED(LEAT_E_ARGUMENT, autosave_words,
            leat_autosave_add_group(it->autosave, "g", names, 1, &slot,
                                    &error));
    REFUSED(LEAT_E_ARGUMENT, autosave_words,
            leat_autosave_offer_group(it->autosave, it->slot, &grouped, 1, NULL,
                                      0, 0, &position, &error));
    REFUSED(LEAT_E_ARGUMENT, autosave_words,
            leat_autosave_remove(it->autosave, it->slot, 0, &error));
    CHECK(position == 77 && slot == 77);
    REFUSED(LEAT_E_ARGUMENT, words,
            leat_store_save(it->store, "a", stream, NULL, 0, 0, &error));
    OK(leat_autosave_stop(it->autosave, 0, &error));
    REFUSED(LEAT_E_ARGUMENT, "stopped",
            leat_autosave_stop(it->autosave, 0, &error));
    OK(leat_store_close(it->store, &error));
}

static void test_autosave(void)
{
    struct autosaved it;
    leat_autosave_options options;
    uint64_t position = 0;
    memset(&it, 0, sizeof it);
    memset(&options, 0, sizeof options);
    options.stream_size = leat_stream_size(model);
    options.streams = 1;
    it.store = open_new("auto.db");
    stream = new_stream(model);
    OK(leat_autosave_start(it.store, &options, &it.autosave, &error));
    OK(leat_autosave_add(it.autosave, "a", &it.slot, &error));
    step_to(stream, 5);
    OK(leat_autosave_offer(it.autosave, it.slot, stream, NULL, 0, 0, &error));
    in_child(refuse_autosave, &it);
    step_to(stream, 6);
    OK(leat_autosave_offer(it.autosave, it.slot, stream, NULL, 0, 0, &error));
    OK(leat_autosave_flush(it.autosave, &error));
    OK(leat_autosave_durable(it.autosave, it.slot, &position, &error));
    CHECK_EQUAL(position, 6u);
    OK(leat_autosave_stop(it.autosave, 0, &error));
    OK(leat_store_close(it.store, &error));
    remove_store("auto.db");
    free(stream);
}

/* A parent that dies keeps no lock although a child lives on: the child has
 * closed the descriptor that it inherited. */
static void test_parent_that_dies(void)
{
    int ready[2], end[2], status;
    char byte = 0;
    leat_store *store;
    pid_t parent;
    need(pipe(ready) == 0 && pipe(end) == 0, "pipe");
    fflush(stdout);
    parent = fork();
    need(parent >= 0, "fork");
    if (parent == 0) {
        store = open_new("daemon.db");
        if (fork() == 0) {
            leat_store_close(store, NULL);
            close(end[1]);
            if (write(ready[1], "", 1) == 1 && read(end[0], &byte, 1) >= 0)
                _exit(0);
            _exit(1);
        }
        if (read(ready[0], &byte, 1) != 1)
            _exit(1);
        kill(getpid(), SIGKILL);
    }
    CHECK(waitpid(parent, &status, 0) == parent && WIFSIGNALED(status));
    store = open_store("daemon.db");
    OK(leat_store_close(store, &error));
    close(end[0]);
    close(end[1]);
    close(ready[0]);
    close(ready[1]);
    remove_store("daemon.db");
}

int main(int count, char **arguments)
{
    char directory[64];
    check_usage(count == 2, "test_store_fork MODEL.safetensors");
    set_up(arguments[1], directory);
    test_parent_that_dies();
    test_store();
    test_attached();
    test_autosave();
    return tear_down("test_store_fork", directory);
}
