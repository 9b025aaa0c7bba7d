/* SPDX-License-Identifier: MIT
 * Refused calls: all that a caller owns is in one block, so that one comparison
 * after each call shows whether anything has changed. */
#ifndef LEAT_TESTS_REFUSED_CALLS_H
#define LEAT_TESTS_REFUSED_CALLS_H

#include "leat.h"

#include "check.h"
#include "files.h"

#include <sys/mman.h>

enum { STREAMS = 3, STEPS = 5, BLOCK = 4096, MODEL = 32768 };

/* Blocks of streams, and all that a call may write to. */
static struct world {
    LEAT_ALIGNED unsigned char stream_block[STREAMS + 1][BLOCK];
    LEAT_ALIGNED unsigned char spare_block[BLOCK];
    LEAT_ALIGNED unsigned char zeros[MODEL]; /* neither model nor stream */
    float input[STEPS * 8], output[STEPS * 8], h[64], c[64];
    uint64_t positions[STREAMS + 1];
    int results[STREAMS + 1];
    unsigned char state[BLOCK];
    const leat_model *new_model;
    leat_stream *new_stream;
    size_t new_size;
    leat_model_info_t model_info;
    leat_layer_info_t layer_info;
    leat_state_info_t state_info;
} world, before;

/* Two models: `streams` are of the first, `stranger` is of the second. */
static const leat_model *model, *other_model;
static leat_model_info_t info;
static char model_path[512]; /* of the first */
static leat_stream *streams[STREAMS], *stranger;
static leat_error error, *wanted;

/* Keep a copy of the block, which calls must not change. */
static inline void keep_copy(void) { before = world; }

/* The call is refused with a code and a message that contains some words, with
 * and without a leat_error, and nothing has changed. The call passes `wanted`
 * as its error. */
#define REFUSED(expected, words, call)                                         \
    do {                                                                       \
        memset(&error, '?', sizeof error);                                     \
        wanted = &error;                                                       \
        check_refused((call), (expected), (words), #call, __FILE__, __LINE__); \
        wanted = NULL;                                                         \
        check_refused((call), (expected), NULL, #call, __FILE__, __LINE__);    \
    } while (0)

static inline void check_refused(int code, int expected, const char *words,
                                 const char *call, const char *file, int line)
{
    check_that(code == expected, file, line, "%s gave %d, expected %d",
               call, code, expected);
    check_that(memcmp(&world, &before, sizeof world) == 0, file, line,
               "%s changed something", call);
    world = before;
    if (words == NULL)
        return;
    check_that(error.code == expected && error.sqlite_code == 0 &&
                   memchr(error.message, 0, sizeof error.message) != NULL &&
                   error.message[0] != '\0' &&
                   strstr(error.message, words) != NULL,
               file, line, "%s: error is %d, %d, '%.240s'; expected %d "
               "and '%s'", call, error.code, error.sqlite_code,
               error.message, expected, words);
}

/* The call returns a code that is no error and doesn't write to the
 * leat_error. */
#define ACCEPTED(expected, call)                                               \
    do {                                                                       \
        leat_error untouched;                                                  \
        memset(&untouched, '?', sizeof untouched);                            \
        error = untouched;                                                     \
        wanted = &error;                                                       \
        CHECK_CODE((call), (expected), error);                                 \
        CHECK_BYTES(&error, &untouched, sizeof error);                         \
    } while (0)

/* A model in memory that is no longer writable. */
static inline const leat_model *read_only_model(const char *path)
{
    const leat_model *made = NULL;
    size_t size;
    unsigned char *file = file_bytes(path, &size);
    void *pages = mmap(NULL, MODEL, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        give_up("mmap");
    ACCEPTED(LEAT_OK, leat_model_init(pages, MODEL, file, size, &made, wanted));
    if (mprotect(pages, MODEL, PROT_READ) != 0)
        give_up("mprotect");
    free(file);
    return made;
}

/* Load two models from the folder of vectors, and make the streams. */
static inline void make_world(const char *vectors)
{
    char other_path[512];
    size_t i;
    snprintf(model_path, sizeof model_path, "%s/%s", vectors,
             "documentation-3-2/model.safetensors");
    snprintf(other_path, sizeof other_path, "%s/%s", vectors,
             "head-three/model.safetensors");
    check_context("%s", "");
    memset(&world, 0xa5, sizeof world);
    memset(world.zeros, 0, sizeof world.zeros);
    memset(world.input, 0, sizeof world.input);
    model = read_only_model(model_path);
    other_model = read_only_model(other_path);
    ACCEPTED(LEAT_OK, leat_model_info(model, &info, wanted));
    for (i = 0; i < STREAMS; i++) {
        size_t t;
        ACCEPTED(LEAT_OK, leat_stream_init(world.stream_block[i], BLOCK, model,
                                           &streams[i], wanted));
        for (t = 0; t <= i; t++)
            ACCEPTED(LEAT_OK, leat_stream_step(streams[i], world.input,
                                               world.output, wanted));
    }
    ACCEPTED(LEAT_OK, leat_stream_init(world.stream_block[STREAMS], BLOCK,
                                       other_model, &stranger, wanted));
    memset(world.output, 0xa5, sizeof world.output);
    keep_copy();
}

/* A pointer `by` bytes after another. */
static inline void *plus(void *pointer, size_t by)
{
    return (unsigned char *)pointer + by;
}

#endif
