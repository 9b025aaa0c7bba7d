/* SPDX-License-Identifier: MIT
 * All work that is done on a store while its disk fails. */
#ifndef LEAT_TESTS_FAULT_WORK_H
#define LEAT_TESTS_FAULT_WORK_H

#include "fault_autosave.h"
#include "fault_operations.h"
#include "fault_saving.h"

enum start { EMPTY, CLOSED, KILLED, OLD_CLOSED, OLD_KILLED };

static const char *golden_folder;

struct work {
    const char *name;
    enum start start;
    int opens; /* the work opens the store itself */
    int (*run)(struct world *world);
    struct setting setting;
    /* The work after the fault, or NULL: on a disk that works again, or that
     * can do nothing any more. */
    void (*finish)(struct world *world, int is_healthy);
};

#define OWN        { 0, 0, NULL, 0, 0, 0, 0, 2, 0 }
#define WITH_ROWS  { 0, 0, NULL, 0, 0, 1, 0, 3, 0 }
#define LARGE      { 0, 0, NULL, 0, 0, 0, 20000, 2, 0 }
#define SPILLING   { 0, 0, NULL, 0, 3, 1, 20000, 2, 0 }
#define CHECKPOINT { 0, 0, NULL, 8, 0, 1, 0, 3, 0 }
#define ATTACHED   { 1, 1, "FULL", 8, 0, 1, 0, 3, 0 }
#define NEW_GUEST  { 1, 1, "FULL", 1000, 0, 0, 0, 3, 0 }
#define GROUP           { 0, 0, NULL, 0, 0, 0, 0, 2, 1 }
#define GROUP_WITH_ROWS { 1, 1, "FULL", 8, 3, 1, 0, 3, 1 }

static inline int work_close(struct world *world) { return world_close(world); }

static const struct work works[] = {
    { "create", EMPTY, 1, work_open, OWN, NULL },
    { "create, and save", EMPTY, 1, work_open_save_close, OWN, NULL },
    { "create in the caller's database", EMPTY, 1, work_open, NEW_GUEST, NULL },
    { "open", CLOSED, 1, work_open, OWN, NULL },
    { "open after a kill", KILLED, 1, work_open, OWN, NULL },
    { "open, save, close", CLOSED, 1, work_open_save_close, OWN, NULL },
    { "open after a kill, save, close", KILLED, 1, work_open_save_close,
      WITH_ROWS, NULL },
    { "attach", CLOSED, 1, work_open, ATTACHED, NULL },
    { "attach after a kill, save, detach", KILLED, 1, work_open_save_close,
      ATTACHED, NULL },
    { "first save", EMPTY, 0, work_save, OWN, NULL },
    { "six saves", KILLED, 0, work_six_saves, OWN, NULL },
    { "save with a large cursor", CLOSED, 0, work_six_saves, LARGE, NULL },
    { "save with a row", KILLED, 0, work_six_saves, WITH_ROWS, NULL },
    { "save while the -wal is copied", CLOSED, 0, work_twelve_saves,
      CHECKPOINT, NULL },
    { "save in the caller's transaction", CLOSED, 0, work_twelve_saves,
      ATTACHED, NULL },
    { "three saves and rows together", KILLED, 0, work_together, WITH_ROWS, NULL },
    { "three, more than the cache holds", CLOSED, 0, work_together,
      SPILLING, NULL },
    { "save, and commit anyway", CLOSED, 0, work_commit_anyway, WITH_ROWS,
      finish_commit_anyway },
    { "the same, more than the cache holds", CLOSED, 0, work_commit_anyway,
      SPILLING, finish_commit_anyway },
    { "the same, by SQL", KILLED, 0, work_commit_anyway, ATTACHED,
      finish_commit_anyway },
    { "roll back", KILLED, 0, work_rollback, SPILLING, NULL },
    { "open, load, close", CLOSED, 1, work_open_load_close, OWN, NULL },
    { "open after a kill, load, close", KILLED, 1, work_open_load_close,
      LARGE, NULL },
    { "delete", KILLED, 0, work_delete, OWN, NULL },
    { "delete, and save", CLOSED, 0, work_delete_save, LARGE, NULL },
    { "rename", KILLED, 0, work_rename, OWN, NULL },
    { "import", CLOSED, 0, work_import, LARGE, NULL },
    { "export", KILLED, 0, work_export, LARGE, NULL },
    { "prune", KILLED, 0, work_prune, OWN, NULL },
    { "backup", KILLED, 0, work_backup, LARGE, finish_backup },
    { "autosave", KILLED, 0, work_flush, OWN, finish_autosave },
    { "autosave with a large cursor", CLOSED, 0, work_flush, LARGE,
      finish_autosave },
    { "autosave, to its end", CLOSED, 0, work_autosave_ends, OWN,
      finish_autosave },
    { "first save of a group", EMPTY, 0, work_save, GROUP, NULL },
    { "six saves of a group", KILLED, 0, work_six_saves, GROUP, NULL },
    { "saves of a group with rows, while the -wal is copied", CLOSED, 0,
      work_twelve_saves, GROUP_WITH_ROWS, NULL },
    { "autosave of a group", KILLED, 0, work_flush, GROUP, finish_autosave },
    { "autosave of a group, to its end", CLOSED, 0, work_autosave_ends, GROUP,
      finish_autosave },
    { "migrate from version 1", OLD_CLOSED, 1, work_open, OWN, NULL },
    { "migrate after a kill, save, close", OLD_KILLED, 1, work_open_save_close,
      OWN, NULL },
    { "close", KILLED, 0, work_close, WITH_ROWS, NULL },
    { "detach and close", KILLED, 0, work_close, ATTACHED, NULL },
};
static const size_t work_count = sizeof works / sizeof *works;

/* Work that begins with the remains of an earlier cut. */
static const struct work recovery = { "recovery from a cut in six saves",
                                      KILLED, 1, work_open_save_close, OWN, NULL };
static const struct work recovery_of_new = {
    "recovery from a cut in a creation", KILLED, 1, work_open_save_close, OWN,
    NULL
};

static inline const struct work *work_named(const char *name)
{
    size_t i;
    for (i = 0; i < work_count; i++)
        if (strcmp(works[i].name, name) == 0)
            return &works[i];
    need(0, name);
    return NULL;
}

static inline void finish(const struct work *work, struct world *world,
                          int is_healthy)
{
    if (work->finish != NULL)
        work->finish(world, is_healthy);
}

static inline void prepare(struct base *base, const struct work *work)
{
    switch (work->start) {
    case EMPTY: empty_base(base, &work->setting); break;
    case CLOSED:
    case KILLED:
        make_base(base, &work->setting, work->start == CLOSED);
        break;
    case OLD_CLOSED:
    case OLD_KILLED:
        golden_base(base, &work->setting, golden_folder,
                    work->start == OLD_CLOSED);
        break;
    }
}

#endif
