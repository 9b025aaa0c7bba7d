/* SPDX-License-Identifier: MIT
 * Shared by the worker and the process that kills it: the streams, their
 * inputs, and a page of memory that outlives the worker. */
#ifndef LEAT_TESTS_SOAK_H
#define LEAT_TESTS_SOAK_H

#include "store_fixture.h"

#include <fcntl.h>
#include <sys/mman.h>

enum { STREAMS = 7, MODELS = 2, VALUES_MOST = 16, EVERY_MOST = 8 };
enum { OWN, ATTACHED, AUTOSAVED, FILES };

static const char *const soak_files[FILES] = { "own.db", "attached.db",
                                               "autosaved.db" };

static const struct work {
    const char *name;
    unsigned file;
    unsigned model;
    unsigned every; /* samples between two saves */
    int has_rows;   /* its outputs are rows in the same database */
    int is_replayed;
} works[STREAMS] = {
    { "alone", OWN, 0, 1, 0, 0 },      { "replayed", OWN, 1, 3, 0, 1 },
    { "together-1", OWN, 0, 5, 1, 0 }, { "together-2", OWN, 1, 5, 1, 0 },
    { "attached", ATTACHED, 0, 4, 1, 0 },
    { "offered-1", AUTOSAVED, 0, 1, 0, 0 },
    { "offered-2", AUTOSAVED, 1, 1, 0, 0 },
};

/* Runs end at multiples of this, which all intervals divide. */
enum { WHOLE = 60 };

/* Flags of a worker. */
enum { WORK_BACKUP = 1 };

/* The worker's progress, as it is when the worker is killed. */
struct shared {
    uint64_t is_working;
    uint64_t steps, saves, offers, flushes;
    struct {
        uint64_t attempted;    /* the position it last began to save, or offered */
        uint64_t acknowledged; /* the position that the store acknowledged */
    } stream[STREAMS];
};

static inline struct shared *shared_page(const char *path)
{
    int file = open(path, O_RDWR | O_CREAT, 0600);
    void *page;
    need(file >= 0 && ftruncate(file, sizeof(struct shared)) == 0, path);
    page = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED,
                file, 0);
    need(page != MAP_FAILED, path);
    close(file);
    return page;
}

/* A barrier for the compiler: a kill falls between two of them. */
static inline void put(uint64_t *number, uint64_t value)
{
    __atomic_store_n(number, value, __ATOMIC_SEQ_CST);
}

static inline uint64_t get(const uint64_t *number)
{
    return __atomic_load_n(number, __ATOMIC_SEQ_CST);
}

/* The application's cursor: what it has written so far, and where it reads. */
struct cursor {
    uint64_t position;
    uint64_t digest;
    uint64_t offset;
};

/* A stream and its sequence of samples. */
struct run {
    size_t number;
    size_t inputs, outputs;
    leat_stream *stream;
    uint64_t digest;
    float input[VALUES_MOST], output[VALUES_MOST];
};

static inline void start_run(struct run *run, size_t number,
                             const leat_model *of)
{
    leat_model_info_t info;
    memset(run, 0, sizeof *run);
    need(leat_model_info(of, &info, &error) == LEAT_OK &&
             info.input_size <= VALUES_MOST && info.output_size <= VALUES_MOST,
         "a model's size");
    run->number = number;
    run->inputs = info.input_size;
    run->outputs = info.output_size;
    run->stream = new_stream(of);
    run->digest = hash_start;
}

/* Sample number `position` of this sequence. */
static inline const float *sample_at(struct run *run, uint64_t position)
{
    size_t i;
    for (i = 0; i < run->inputs; i++) {
        uint32_t noise = (uint32_t)position * 2654435761u +
                         (uint32_t)(run->number * 97 + i) * 40503u;
        noise ^= noise >> 15;
        run->input[i] = (float)(noise >> 8) / 8388608.0f - 1;
    }
    return run->input;
}

static inline uint64_t digest_of(uint64_t digest, const float *output,
                                 size_t count)
{
    uint32_t bits;
    size_t i;
    for (i = 0; i < count; i++) {
        memcpy(&bits, output + i, 4);
        digest = (digest ^ bits) * 1099511628211u;
    }
    return digest;
}

static inline void step_run(struct run *run)
{
    uint64_t position = leat_stream_position(run->stream);
    need(leat_stream_step(run->stream, sample_at(run, position), run->output,
                          &error) == LEAT_OK,
         "leat_stream_step");
    run->digest = digest_of(run->digest, run->output, run->outputs);
}

/* soak_worker.c: the work of the process that is killed. */
int soak_work(int count, char **arguments);

#endif
