/* SPDX-License-Identifier: MIT
 * How long it takes to make a model from a file in memory, to save and load a
 * stream's state in memory, and to step and write a checkpoint to a store on
 * the disk. */
#include "bench.h"
#include "leat_store.h"
#include "timing.h"
#include "store_files.h"
#include "streams.h"

#include <stdio.h>
#include <stdlib.h>

struct loader {
    unsigned char *file;
    void *block;
    size_t file_size, size;
};

static void make_models(void *self, size_t times)
{
    struct loader *loader = self;
    const leat_model *model;
    for (; times > 0; times--)
        leat_model_init(loader->block, loader->size, loader->file,
                        loader->file_size, &model, NULL);
}

void bench_load(const struct plan *plan)
{
    static struct task task;
    size_t rounds = plan->is_quick ? 5 : 15, s;
    printf("\nleat_model_init: a model from a file in memory\n"
           "%5s %12s %12s %10s\n",
           "shape", "file bytes", "ns", "bytes/ns");
    report_array("load");
    for (s = 0; s < SHAPES; s++) {
        struct network network;
        struct loader loader;
        leat_error error;
        double ns;
        report_progress("load: %s", shapes[s].name);
        network_make(&network, &shapes[s]);
        loader.file = network_file(&network, FORMAT_F32, &loader.file_size);
        expect_ok(leat_model_measure(loader.file, loader.file_size,
                                     &loader.size, &error),
                  &error);
        loader.block = make_block(loader.size);
        set_task(&task, make_models, &loader);
        run_interleaved(&task, 1, rounds, plan->round_ns);
        ns = median(task.ns, rounds);
        printf("%5s %12zu %12.0f %10.3f\n", shapes[s].name, loader.file_size,
               ns, (double)loader.file_size / ns);
        report_row("\"shape\": \"%s\", \"file_bytes\": %zu, \"ns\": %.0f",
                   shapes[s].name, loader.file_size, ns);
        free(loader.block);
        free(loader.file);
        network_free(&network);
    }
    report_array_end();
}

struct saver {
    struct stream stream;
    leat_store *store;
    void *buffer;
    size_t size;
};

static void save(void *self, size_t times)
{
    struct saver *saver = self;
    for (; times > 0; times--)
        leat_stream_save(saver->stream.handle, saver->buffer, saver->size,
                         NULL);
}

static void load(void *self, size_t times)
{
    struct saver *saver = self;
    for (; times > 0; times--)
        leat_stream_load(saver->stream.handle, saver->buffer, saver->size,
                         NULL);
}

/* A checkpoint after every step, as a careful program writes them. */
static void save_to_store(void *self, size_t times)
{
    struct saver *saver = self;
    leat_error error;
    for (; times > 0; times--) {
        step_stream(&saver->stream, 1);
        expect_ok(leat_store_save(saver->store, "bench", saver->stream.handle,
                                  NULL, 0, 0, &error),
                  &error);
    }
}

void bench_state(const struct plan *plan)
{
    static struct task tasks[3];
    size_t rounds = plan->is_quick ? 5 : 31, s;
    printf("\nStates: ns; a store's save is on this disk, synced\n"
           "%5s %10s %10s %10s %14s\n",
           "shape", "bytes", "save", "load", "store save");
    report_array("state");
    for (s = 0; s < SHAPES; s++) {
        struct saver saver;
        struct store_file file;
        leat_error error;
        size_t i;
        double ns[3];
        report_progress("state: %s", shapes[s].name);
        store_file_make(&file, ON_DISK);
        stream_make_float32(&saver.stream, &shapes[s]);
        saver.size = leat_state_size(saver.stream.model);
        saver.buffer = make_block(saver.size);
        expect_ok(leat_store_open(file.path, NULL, &saver.store, &error),
                  &error);
        set_task(&tasks[0], save, &saver);
        set_task(&tasks[1], load, &saver);
        set_task(&tasks[2], save_to_store, &saver);
        for (i = 0; i < 3; i++) {
            run_interleaved(&tasks[i], 1, rounds, plan->round_ns);
            ns[i] = median(tasks[i].ns, rounds);
        }
        printf("%5s %10zu %10.0f %10.0f %14.0f\n", shapes[s].name, saver.size,
               ns[0], ns[1], ns[2]);
        report_row("\"shape\": \"%s\", \"bytes\": %zu, \"save_ns\": %.0f, "
                   "\"load_ns\": %.0f, \"store_save_ns\": %.0f",
                   shapes[s].name, saver.size, ns[0], ns[1], ns[2]);
        expect_ok(leat_store_close(saver.store, &error), &error);
        store_file_remove(&file);
        free(saver.buffer);
        stream_free(&saver.stream);
    }
    report_array_end();
}
