/* SPDX-License-Identifier: MIT */
#include "filled_store.h"
#include "clock.h"
#include "report.h"

#include <stdio.h>
#include <string.h>

enum { NAME = 24 };

/* Names whose order isn't the order in which the streams are added. */
static const char *name_of(size_t number, char name[NAME])
{
    snprintf(name, NAME, "stream-%08x", (uint32_t)number * 2654435761u);
    return name;
}

static const char *random_name(struct filled_store *filled, char name[NAME])
{
    filled->random ^= filled->random << 13;
    filled->random ^= filled->random >> 7;
    filled->random ^= filled->random << 17;
    return name_of((size_t)(filled->random % filled->count), name);
}

static void save(struct filled_store *filled, const char *name)
{
    leat_error error;
    expect_ok(leat_store_save(filled->store, name, filled->stream.handle, NULL,
                              0, 0, &error),
              &error);
}

void filled_store_open(struct filled_store *filled)
{
    leat_error error;
    expect_ok(leat_store_open(filled->file.path, NULL, &filled->store, &error),
              &error);
}

void filled_store_close(struct filled_store *filled)
{
    leat_error error;
    expect_ok(leat_store_close(filled->store, &error), &error);
}

/* Add the streams from the count to `end`, with as many generations as a store
 * keeps. */
static void add(struct filled_store *filled, size_t end)
{
    leat_error error;
    char name[NAME];
    size_t i;
    int generation;
    expect_ok(leat_store_begin(filled->store, &error), &error);
    for (i = filled->count; i < end; i++)
        for (generation = 0; generation < 3; generation++)
            save(filled, name_of(i, name));
    expect_ok(leat_store_commit(filled->store, &error), &error);
}

static void add_to_loop(struct filled_store *filled, size_t end)
{
    char name[NAME];
    size_t i;
    int generation;
    sqlite_loop_begin(&filled->loop);
    for (i = filled->count; i < end; i++)
        for (generation = 0; generation < 3; generation++)
            sqlite_loop_save(&filled->loop, name_of(i, name),
                             filled->stream.handle);
    sqlite_loop_commit(&filled->loop, 0);
}

double filled_store_grow(struct filled_store *filled, size_t count)
{
    double ns = 0;
    while (filled->count < count) {
        size_t end = filled->count + 10000;
        double start = now_ns();
        if (end > count)
            end = count;
        add(filled, end);
        ns += now_ns() - start;
        add_to_loop(filled, end);
        filled->count = end;
        if (end % 100000 == 0)
            report_progress("store: %zu streams", end);
    }
    return ns / 1e9;
}

/* Save random streams, `count` in a transaction. */
static void save_random(struct filled_store *filled, size_t count,
                        size_t transactions)
{
    leat_error error;
    char name[NAME];
    size_t i;
    for (; transactions > 0; transactions--) {
        /* A save outside a transaction is one. */
        if (count > 1)
            expect_ok(leat_store_begin(filled->store, &error), &error);
        for (i = 0; i < count; i++)
            save(filled, random_name(filled, name));
        if (count > 1)
            expect_ok(leat_store_commit(filled->store, &error), &error);
    }
}

static void loop_save_random(struct filled_store *filled, size_t count,
                             size_t transactions)
{
    char name[NAME];
    size_t i;
    for (; transactions > 0; transactions--) {
        sqlite_loop_begin(&filled->loop);
        for (i = 0; i < count; i++)
            sqlite_loop_save(&filled->loop, random_name(filled, name),
                             filled->stream.handle);
        sqlite_loop_commit(&filled->loop, 0);
    }
}

void filled_store_save(void *self, size_t times)
{
    save_random(self, 1, times);
}

void filled_store_save_together(void *self, size_t times)
{
    save_random(self, SAVES_PER_TRANSACTION, times);
}

void filled_store_loop_save(void *self, size_t times)
{
    loop_save_random(self, 1, times);
}

void filled_store_loop_save_together(void *self, size_t times)
{
    loop_save_random(self, SAVES_PER_TRANSACTION, times);
}

void filled_store_load(void *self, size_t times)
{
    struct filled_store *filled = self;
    leat_error error;
    char name[NAME];
    for (; times > 0; times--)
        expect_ok(leat_store_load(filled->store, random_name(filled, name),
                                  filled->stream.handle, NULL, 0, NULL, &error),
                  &error);
}

void filled_store_make(struct filled_store *filled, const struct shape *shape)
{
    memset(filled, 0, sizeof *filled);
    filled->random = 88172645463325252u;
    stream_make_float32(&filled->stream, shape);
    store_file_make(&filled->file, ON_DISK);
    store_file_make(&filled->loop_file, ON_DISK);
    filled_store_open(filled);
    sqlite_loop_open(&filled->loop, filled->loop_file.path,
                     filled->stream.model);
}

void filled_store_free(struct filled_store *filled)
{
    sqlite_loop_close(&filled->loop);
    store_file_remove(&filled->loop_file);
    filled_store_close(filled);
    store_file_remove(&filled->file);
    stream_free(&filled->stream);
}
