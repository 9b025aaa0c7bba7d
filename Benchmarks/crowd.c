/* SPDX-License-Identifier: MIT */
#include "crowd.h"
#include "clock.h"
#include "report.h"

#include <stdio.h>
#include <string.h>

enum { NAME = 24 };

/* Names whose order isn't that in which the streams come. */
static const char *name_of(size_t number, char name[NAME])
{
    snprintf(name, NAME, "stream-%08x", (uint32_t)number * 2654435761u);
    return name;
}

static const char *any_name(struct crowd *crowd, char name[NAME])
{
    crowd->random ^= crowd->random << 13;
    crowd->random ^= crowd->random >> 7;
    crowd->random ^= crowd->random << 17;
    return name_of((size_t)(crowd->random % crowd->count), name);
}

static void save(struct crowd *crowd, const char *name)
{
    leat_error error;
    expect_ok(leat_store_save(crowd->store, name, crowd->subject.stream, NULL,
                              0, 0, &error),
              &error);
}

void crowd_open(struct crowd *crowd)
{
    leat_error error;
    expect_ok(leat_store_open(crowd->file.path, NULL, &crowd->store, &error),
              &error);
}

void crowd_close(struct crowd *crowd)
{
    leat_error error;
    expect_ok(leat_store_close(crowd->store, &error), &error);
}

/* Add streams, with all the generations that are kept, from the count on. */
static void add(struct crowd *crowd, size_t end)
{
    leat_error error;
    char name[NAME];
    size_t i;
    int generation;
    expect_ok(leat_store_begin(crowd->store, &error), &error);
    for (i = crowd->count; i < end; i++)
        for (generation = 0; generation < 3; generation++)
            save(crowd, name_of(i, name));
    expect_ok(leat_store_commit(crowd->store, &error), &error);
}

static void add_to_loop(struct crowd *crowd, size_t end)
{
    char name[NAME];
    size_t i;
    int generation;
    sqlite_loop_begin(&crowd->loop);
    for (i = crowd->count; i < end; i++)
        for (generation = 0; generation < 3; generation++)
            sqlite_loop_save(&crowd->loop, name_of(i, name),
                             crowd->subject.stream);
    sqlite_loop_commit(&crowd->loop);
}

double crowd_grow(struct crowd *crowd, size_t count)
{
    double ns = 0;
    while (crowd->count < count) {
        size_t end = crowd->count + 10000;
        double start = now_ns();
        if (end > count)
            end = count;
        add(crowd, end);
        ns += now_ns() - start;
        add_to_loop(crowd, end);
        crowd->count = end;
        if (end % 100000 == 0)
            report_progress("store: %zu streams", end);
    }
    return ns / 1e9;
}

void crowd_save(void *self, size_t times)
{
    char name[NAME];
    for (; times > 0; times--)
        save(self, any_name(self, name));
}

void crowd_save_together(void *self, size_t times)
{
    struct crowd *crowd = self;
    leat_error error;
    char name[NAME];
    for (; times > 0; times--) {
        size_t i;
        expect_ok(leat_store_begin(crowd->store, &error), &error);
        for (i = 0; i < CROWD_TOGETHER; i++)
            save(crowd, any_name(crowd, name));
        expect_ok(leat_store_commit(crowd->store, &error), &error);
    }
}

void crowd_loop_save(void *self, size_t times)
{
    struct crowd *crowd = self;
    char name[NAME];
    for (; times > 0; times--) {
        sqlite_loop_begin(&crowd->loop);
        sqlite_loop_save(&crowd->loop, any_name(crowd, name),
                         crowd->subject.stream);
        sqlite_loop_commit(&crowd->loop);
    }
}

void crowd_loop_save_together(void *self, size_t times)
{
    struct crowd *crowd = self;
    char name[NAME];
    for (; times > 0; times--) {
        size_t i;
        sqlite_loop_begin(&crowd->loop);
        for (i = 0; i < CROWD_TOGETHER; i++)
            sqlite_loop_save(&crowd->loop, any_name(crowd, name),
                             crowd->subject.stream);
        sqlite_loop_commit(&crowd->loop);
    }
}

void crowd_load(void *self, size_t times)
{
    struct crowd *crowd = self;
    leat_error error;
    char name[NAME];
    for (; times > 0; times--)
        expect_ok(leat_store_load(crowd->store, any_name(crowd, name),
                                  crowd->subject.stream, NULL, 0, NULL,
                                  &error),
                  &error);
}

void crowd_make(struct crowd *crowd, const struct shape *shape)
{
    memset(crowd, 0, sizeof *crowd);
    crowd->random = 88172645463325252u;
    subject_of(&crowd->subject, shape);
    store_file_make(&crowd->file, ON_DISK);
    store_file_make(&crowd->loop_file, ON_DISK);
    crowd_open(crowd);
    sqlite_loop_open(&crowd->loop, crowd->loop_file.path,
                     crowd->subject.model);
}

void crowd_to_disk(struct crowd *crowd)
{
    struct store_file on_disk;
    crowd_close(crowd);
    store_file_make(&on_disk, ON_DISK);
    store_file_copy(&crowd->file, &on_disk);
    store_file_remove(&crowd->file);
    crowd->file = on_disk;
    crowd_open(crowd);
}

void crowd_free(struct crowd *crowd)
{
    sqlite_loop_close(&crowd->loop);
    store_file_remove(&crowd->loop_file);
    crowd_close(crowd);
    store_file_remove(&crowd->file);
    subject_free(&crowd->subject);
}
