/* SPDX-License-Identifier: MIT
 * A disk in memory that loses power. It knows of every file what would be
 * there after a loss of power, its durable bytes, and what has been changed
 * since the last sync; the same for the directory. What becomes of the changes
 * is chosen when power returns. */
#ifndef LEAT_TESTS_FAULT_DISK_H
#define LEAT_TESTS_FAULT_DISK_H

#include <stddef.h>
#include <stdint.h>

#define DISK_SECTOR 512

typedef struct disk_file disk_file;

/* --- as the file system sees it ------------------------------------------ */

/* NULL when there is no such file. */
disk_file *disk_find(const char *name);
disk_file *disk_create(const char *name);
/* A file without a name that no loss of power matters to. */
disk_file *disk_temporary(void);
/* The file lives on for those who have it open. */
void disk_delete(const char *name);
int disk_is_temporary(const disk_file *file);

size_t disk_size(const disk_file *file);
/* Return how many bytes there were to read. */
size_t disk_read(const disk_file *file, void *bytes, size_t size,
                 size_t offset);
void disk_write(disk_file *file, const void *bytes, size_t size,
                size_t offset);
void disk_truncate(disk_file *file, size_t size);
void disk_sync(disk_file *file);
void disk_sync_directory(void);
/* What Linux does when a sync fails: the changes are no longer due to be
 * written, though all who read the file see them. They'll never be durable,
 * unless they are written again. */
void disk_forget_changes(disk_file *file);

/* Have been called so, or be gone, durably: a program did it and saw to it. */
void disk_rename(const char *from, const char *to);
void disk_remove(const char *name);

/* A place for what hangs on a file but isn't stored: locks, shared memory. */
void **disk_attachment(disk_file *file);

/* --- loss of power ------------------------------------------------------- */

/* What becomes of the writes that were not synced. */
enum disk_content {
    CONTENT_LOST,
    CONTENT_KEPT,
    CONTENT_PREFIX,  /* all until some moment, the next one torn            */
    CONTENT_SUBSET,  /* some, in order                                      */
    CONTENT_REORDER, /* some, in another order                              */
    CONTENT_TORN,    /* some sectors of each                                */
    CONTENT_GARBAGE  /* and others of them filled with noise                */
};

/* How long a file is that was made longer. */
enum disk_length {
    LENGTH_NATURAL, /* up to the last write that was kept                   */
    LENGTH_LOST,    /* as long as it durably was                            */
    LENGTH_ZEROED   /* as long as it was made, zeros where nothing was kept */
};

/* What becomes of files created and deleted without a sync of the directory. */
enum disk_names { NAMES_LOST, NAMES_KEPT, NAMES_PREFIX, NAMES_SUBSET };

typedef struct disk_mode {
    const char *name;
    enum disk_content content;
    enum disk_length length;
    enum disk_names names;
    /* Noise fills whole sectors, also where another write shares them. */
    int spoils_neighbours;
} disk_mode;

extern const disk_mode disk_modes[];
extern const size_t disk_mode_count;

/* Power was lost and is back: what's there now is durable. No file is open. */
void disk_reboot(const disk_mode *mode, uint64_t seed);

/* --- images -------------------------------------------------------------- */

typedef struct disk_image disk_image;

/* All files as they stand, as if all were durable. */
disk_image *disk_copy(void);
/* Have those files and no others. NULL for an empty disk. */
void disk_load(const disk_image *image);
void disk_free_image(disk_image *image);
/* Put a file there, durable. */
void disk_put(const char *name, const void *bytes, size_t size);

/* Numbers without pattern, the same for the same seed. */
uint64_t disk_random(uint64_t *seed);

#endif
