/* SPDX-License-Identifier: MIT
 * Complete stores to damage, at several moments of their lives, and all that
 * was ever saved in them. */
#ifndef LEAT_TESTS_SAMPLE_STORES_H
#define LEAT_TESTS_SAMPLE_STORES_H

#include "store_fixture.h"

enum {
    STREAMS_MOST = 160,
    ROUNDS = 6, /* a session has three rounds of saves */
    STEPS = 4,  /* samples between two rounds */
    MOMENTS = 6,
    PAGE = 4096,
    CURSOR_MOST = LEAT_CURSOR_MAX
};

/* --- what is saved ------------------------------------------------------- */

/* The state of a stream after a round. No two are equal, as each stream has its
 * own samples. */
static unsigned char *states;

static unsigned char *state_after(int stream, int round)
{
    return states + (size_t)(stream * ROUNDS + round) * state_size;
}

static uint64_t position_after(int round)
{
    return (uint64_t)(round + 1) * STEPS;
}

static void step_once(leat_stream *stream, int number)
{
    float input[64], output[64];
    uint32_t noise = (uint32_t)leat_stream_position(stream) * 2654435761u +
                     (uint32_t)number * 40503u;
    size_t i;
    for (i = 0; i < 64; i++) {
        noise = noise * 1664525u + 1013904223u;
        input[i] = (float)(noise >> 16) / 65536.0f - 0.5f;
    }
    need(leat_stream_step(stream, input, output, &error) == LEAT_OK,
         "leat_stream_step");
}

static void make_states(void)
{
    leat_model_info_t info;
    leat_stream *stream = new_stream(model);
    int s, round, i;
    need(leat_model_info(model, &info, &error) == LEAT_OK &&
             info.input_size <= 64 && info.output_size <= 64,
         "a small model");
    states = malloc((size_t)(STREAMS_MOST * ROUNDS) * state_size);
    need(states != NULL, "malloc");
    for (s = 0; s < STREAMS_MOST; s++) {
        leat_stream_reset(stream, &error);
        for (round = 0; round < ROUNDS; round++) {
            for (i = 0; i < STEPS; i++)
                step_once(stream, s);
            need(leat_stream_save(stream, state_after(s, round), state_size,
                                  &error) == LEAT_OK,
                 "leat_stream_save");
        }
    }
    free(stream);
}

static void stream_name(int stream, char name[32])
{
    /* Names of several lengths, so that rows differ in length, too. */
    snprintf(name, 32, "stream %d%.*s", stream, stream % 7, "......");
}

/* Cursors of no bytes, a few, one overflow page, many. */
static size_t cursor_size(int stream, size_t most)
{
    static const size_t sizes[] = { 8, 0, 300, 5000, CURSOR_MOST };
    size_t size = sizes[stream % 5];
    return size < most ? size : most;
}

static void fill_cursor(int stream, uint64_t position, unsigned char *cursor,
                        size_t size)
{
    size_t i;
    for (i = 0; i < size; i++)
        cursor[i] = (unsigned char)(i * 7 + i / 256 + (size_t)stream * 31 +
                                    (size_t)position * 3);
}

/* --- stores -------------------------------------------------------------- */

struct file {
    unsigned char *bytes; /* NULL: there is no such file */
    size_t size;
};

enum { DATABASE, WAL, SHM, JOURNAL, LOCK, FILES };
static const char *const suffixes[FILES] = { "", "-wal", "-shm", "-journal",
                                             "-lock" };

/* The files at one moment, as a copy at that moment has them, and the number of
 * rounds saved until then. */
struct moment {
    struct file files[FILES];
    int rounds;
};

struct source {
    const char *name;
    int streams;      /* of which the last `deleted` are deleted at the end */
    int deleted;
    size_t cursor;    /* the largest cursor */
    int at;           /* the moment that is damaged; all before it are older */
    int share;        /* its share of the cases of all sources */
    struct moment moments[MOMENTS];
};

/* Moments: in the middle of the first session, at its end before the store is
 * closed, and after that; and those of the second. */
static struct source sources[] = {
    { "one", 1, 0, 8, 5, 4, { { { { NULL, 0 } }, 0 } } },
    { "five", 5, 0, CURSOR_MOST, 5, 6, { { { { NULL, 0 } }, 0 } } },
    { "many", STREAMS_MOST, 0, 8, 5, 1, { { { { NULL, 0 } }, 0 } } },
    { "free", 25, 20, 5000, 5, 3, { { { { NULL, 0 } }, 0 } } },
    { "log", 5, 0, 20000, 1, 6, { { { { NULL, 0 } }, 0 } } },
    { "half", 5, 0, 5000, 4, 6, { { { { NULL, 0 } }, 0 } } },
};
enum { SOURCES = sizeof sources / sizeof *sources };

static int is_saved_in(int stream, int round)
{
    return round % 3 == 0 || (stream + round) % 4 != 0;
}

/* The round of a stream's newest checkpoint after so many rounds. */
static int newest_round(int stream, int rounds)
{
    int round = rounds - 1;
    while (round > 0 && !is_saved_in(stream, round))
        round--;
    return round;
}

static void file_name(char name[64], const char *path, int which)
{
    snprintf(name, 64, "%s%s", path, suffixes[which]);
}

static void take_moment(struct moment *moment, const char *path, int rounds)
{
    static const int kept[] = { DATABASE, WAL, LOCK };
    size_t i;
    moment->rounds = rounds;
    for (i = 0; i < sizeof kept / sizeof *kept; i++) {
        struct file *file = &moment->files[kept[i]];
        char name[64];
        file_name(name, path, kept[i]);
        file->bytes = read_file(name, &file->size);
    }
}

static void save_round(leat_store *store, const struct source *source,
                       leat_stream *stream, unsigned char *cursor, int round)
{
    int s;
    /* A commit for each of a few streams, one commit for all of many. */
    if (source->streams > 20)
        OK(leat_store_begin(store, &error));
    for (s = 0; s < source->streams; s++) {
        size_t size = cursor_size(s, source->cursor);
        char name[32];
        if (!is_saved_in(s, round))
            continue;
        stream_name(s, name);
        fill_cursor(s, position_after(round), cursor, size);
        OK(leat_stream_load(stream, state_after(s, round), state_size, &error));
        OK(leat_store_save(store, name, stream, cursor, size, 0, &error));
    }
    if (source->streams > 20)
        OK(leat_store_commit(store, &error));
}

static void make_source(struct source *source)
{
    static const char path[] = "source.db";
    unsigned char *cursor = malloc(CURSOR_MOST);
    leat_stream *stream = new_stream(model);
    int round, s;
    need(cursor != NULL, "malloc");
    remove_store(path);
    for (round = 0; round < ROUNDS; round += 3) {
        struct moment *moment = source->moments + round;
        leat_store *store = open_store(path);
        save_round(store, source, stream, cursor, round);
        take_moment(&moment[0], path, round + 1);
        save_round(store, source, stream, cursor, round + 1);
        save_round(store, source, stream, cursor, round + 2);
        for (s = source->streams - source->deleted;
             round == 3 && s < source->streams; s++) {
            char name[32];
            stream_name(s, name);
            OK(leat_store_delete(store, name, &error));
        }
        take_moment(&moment[1], path, round + 3);
        OK(leat_store_close(store, &error));
        take_moment(&moment[2], path, round + 3);
    }
    remove_store(path);
    free(stream);
    free(cursor);
}

static void make_sources(void)
{
    size_t i;
    make_states();
    for (i = 0; i < SOURCES; i++)
        make_source(&sources[i]);
}

static void free_sources(void)
{
    size_t i, j, k;
    for (i = 0; i < SOURCES; i++)
        for (j = 0; j < MOMENTS; j++)
            for (k = 0; k < FILES; k++)
                free(sources[i].moments[j].files[k].bytes);
    free(states);
}

#endif
