/* SPDX-License-Identifier: MIT
 *
 * operations.c shows the maintenance of a store: count what is in it, verify
 * it, back it up, and delete old checkpoints. It fills its own store. With
 * LEAT_STORE_READ_ONLY the same calls, except leat_store_prune(), work on a
 * store that another process is writing to.
 *
 *     operations [MODEL [STORE [COPY]]] */
#include <leat_store.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { INPUTS = 11, MACHINES = 200, ROUNDS = 3 };

static leat_error error;

static void die(const char *why)
{
    fprintf(stderr, "operations: %s\n", why);
    exit(1);
}

static int check(int code)
{
    if (code < 0)
        die(error.message);
    return code;
}

/* Each operation calls this repeatedly; a value other than 0 would end it. */
static int show_progress(void *what, uint64_t done, uint64_t total)
{
    fprintf(stderr, "\r%s: %llu of %llu%s", (const char *)what,
            (unsigned long long)done, (unsigned long long)total,
            done == total ? "\n" : "");
    return 0;
}

/* The context is the same as for progress. */
static void show_finding(void *what, const char *line)
{
    fprintf(stderr, "%s: %s\n", (const char *)what, line);
}

static void fill(leat_store *store, const leat_model *model)
{
    size_t size = leat_stream_size(model);
    void *memory = malloc(size); /* NULL gives LEAT_E_ARGUMENT */
    float input[INPUTS] = { 0 }, output[INPUTS];
    leat_stream *stream;

    check(leat_stream_init(memory, size, model, &stream, &error));
    for (int round = 0; round < ROUNDS; round++) {
        check(leat_stream_step(stream, input, output, &error));
        check(leat_store_begin(store, &error));
        for (int i = 0; i < MACHINES; i++) {
            char name[32];

            snprintf(name, sizeof name, "machine-%03d", i);
            check(leat_store_save(store, name, stream, NULL, 0,
                                  LEAT_SAVE_REWIND, &error));
        }
        check(leat_store_commit(store, &error));
    }
    free(memory);
}

static void print_statistics(leat_store *store)
{
    leat_store_statistics_t statistics;

    check(leat_store_statistics(store, &statistics, &error));
    printf("%llu streams, %llu checkpoints of %llu bytes\n",
           (unsigned long long)statistics.streams,
           (unsigned long long)statistics.checkpoints,
           (unsigned long long)(statistics.state_bytes +
                                statistics.cursor_bytes));
}

int main(int argc, char **argv)
{
    const char *copy_path = argc > 3 ? argv[3] : "build/operations.copy.db";
    leat_progress progress = isatty(STDERR_FILENO) ? show_progress : NULL;
    leat_store_options look = { .flags = LEAT_STORE_READ_ONLY };
    leat_prune_options options = { .generations = 1 };
    const leat_model *model;
    leat_model_info_t info;
    leat_store *store, *copy;
    uint64_t deleted;

    check(leat_model_open(argc > 1 ? argv[1]
                                   : "examples-c/telemetry/model.safetensors",
                          &model, &error));
    check(leat_model_info(model, &info, &error));
    if (info.input_size != INPUTS || info.output_size != INPUTS)
        die("the model doesn't have 11 inputs and 11 outputs");
    check(leat_store_open(argc > 2 ? argv[2] : "build/operations.db", NULL,
                          &store, &error));
    fill(store, model);
    print_statistics(store);

    /* This checks every checksum of every checkpoint. */
    check(leat_store_verify(store, show_finding, progress, "verify", &error));
    printf("everything is whole\n");

    /* A copy shows the store as it is now, and never replaces a file. To renew
     * a copy, copy to another name, then rename it. */
    check(leat_store_backup(store, copy_path, progress, "backup", &error));

    /* Keep only the newest checkpoint of each machine. To delete checkpoints by
     * age, set saved_before_ms. */
    check(leat_store_prune(store, &options, progress, "prune", &deleted,
                           &error));
    printf("%llu checkpoints pruned\n", (unsigned long long)deleted);
    print_statistics(store);
    check(leat_store_close(store, &error));

    /* The copy is a store, too, and has the checkpoints that were pruned. */
    check(leat_store_open(copy_path, &look, &copy, &error));
    check(leat_store_verify(copy, show_finding, progress, "copy", &error));
    print_statistics(copy);
    check(leat_store_close(copy, &error));
    leat_model_close(model);
    if (fflush(stdout) != 0 || ferror(stdout))
        die("can't print");
    return 0;
}
