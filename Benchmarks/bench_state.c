/* SPDX-License-Identifier: MIT
 * Models made, states saved and loaded, checkpoints written. */
#include "bench.h"
#include "leat_store.h"
#include "samples.h"
#include "store_files.h"
#include "subjects.h"

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
    static struct contestant contestant;
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
        contestant.work = make_models;
        contestant.self = &loader;
        interleave(&contestant, 1, rounds, plan->round_ns);
        ns = median(contestant.ns, rounds);
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
    struct subject subject;
    leat_store *store;
    void *buffer;
    size_t size;
};

static void save(void *self, size_t times)
{
    struct saver *saver = self;
    for (; times > 0; times--)
        leat_stream_save(saver->subject.stream, saver->buffer, saver->size,
                         NULL);
}

static void load(void *self, size_t times)
{
    struct saver *saver = self;
    for (; times > 0; times--)
        leat_stream_load(saver->subject.stream, saver->buffer, saver->size,
                         NULL);
}

/* A checkpoint behind every step, as a careful program writes them. */
static void save_to_store(void *self, size_t times)
{
    struct saver *saver = self;
    leat_error error;
    for (; times > 0; times--) {
        subject_steps(&saver->subject, 1);
        expect_ok(leat_store_save(saver->store, "bench", saver->subject.stream,
                                  NULL, 0, 0, &error),
                  &error);
    }
}

void bench_state(const struct plan *plan)
{
    static struct contestant contestants[3];
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
        subject_of(&saver.subject, &shapes[s]);
        saver.size = leat_state_size(saver.subject.model);
        saver.buffer = make_block(saver.size);
        expect_ok(leat_store_open(file.path, NULL, &saver.store, &error),
                  &error);
        contestants[0].work = save;
        contestants[1].work = load;
        contestants[2].work = save_to_store;
        for (i = 0; i < 3; i++) {
            contestants[i].self = &saver;
            interleave(&contestants[i], 1, rounds, plan->round_ns);
            ns[i] = median(contestants[i].ns, rounds);
        }
        printf("%5s %10zu %10.0f %10.0f %14.0f\n", shapes[s].name, saver.size,
               ns[0], ns[1], ns[2]);
        report_row("\"shape\": \"%s\", \"bytes\": %zu, \"save_ns\": %.0f, "
                   "\"load_ns\": %.0f, \"store_save_ns\": %.0f",
                   shapes[s].name, saver.size, ns[0], ns[1], ns[2]);
        expect_ok(leat_store_close(saver.store, &error), &error);
        store_file_remove(&file);
        free(saver.buffer);
        subject_free(&saver.subject);
    }
    report_array_end();
}
