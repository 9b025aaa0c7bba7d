/* SPDX-License-Identifier: MIT
 * A disk in memory that can lose power. For every file, and for the directory,
 * it has the durable content and the changes since the last sync. What happens
 * to the changes is chosen when power returns. */
#ifndef LEAT_TESTS_FAULT_DISK_H
#define LEAT_TESTS_FAULT_DISK_H

#include <stddef.h>
#include <stdint.h>

#define DISK_SECTOR 512

typedef struct disk_file disk_file;

/* --- as a file system ---------------------------------------------------- */

/* NULL if there is no such file. */
disk_file *disk_find(const char *name);
disk_file *disk_create(const char *name);
/* A file without a name, which losses of power don't affect. */
disk_file *disk_temporary(void);
/* The file exists as long as it is open. */
void disk_delete(const char *name);
int disk_is_temporary(const disk_file *file);

size_t disk_size(const disk_file *file);
/* Return the number of bytes read. */
size_t disk_read(const disk_file *file, void *bytes, size_t size,
                 size_t offset);
void disk_write(disk_file *file, const void *bytes, size_t size,
                size_t offset);
void disk_truncate(disk_file *file, size_t size);
void disk_sync(disk_file *file);
void disk_sync_directory(void);
/* What Linux does when a sync fails: the changes are no longer scheduled to be
 * written, although all who read the file see them. They never become durable
 * unless they are written again. */
void disk_forget_changes(disk_file *file);

/* Make a name or a deletion durable, as a program that syncs the directory
 * does. */
void disk_rename(const char *from, const char *to);
void disk_remove(const char *name);

/* A pointer for what belongs to a file but isn't stored: locks, shared
 * memory. */
void **disk_attachment(disk_file *file);

/* --- loss of power ------------------------------------------------------- */

/* The fate of writes that were not synced. */
enum disk_content {
    CONTENT_LOST,
    CONTENT_KEPT,
    CONTENT_PREFIX,  /* all up to some moment, the next one torn */
    CONTENT_SUBSET,  /* some, in order                                      */
    CONTENT_REORDER, /* some, in another order */
    CONTENT_TORN,    /* some sectors of each                                */
    CONTENT_GARBAGE  /* and others of them filled with noise                */
};

/* The length of a file that was extended. */
enum disk_length {
    LENGTH_NATURAL, /* up to the last write that was kept */
    LENGTH_LOST,    /* its durable length */
    LENGTH_ZEROED   /* its extended length, with zeros where nothing was kept */
};

/* The fate of files created and deleted without a sync of the directory. */
enum disk_names { NAMES_LOST, NAMES_KEPT, NAMES_PREFIX, NAMES_SUBSET };

typedef struct disk_mode {
    const char *name;
    enum disk_content content;
    enum disk_length length;
    enum disk_names names;
    /* Noise fills whole sectors, including those that another write shares. */
    int spoils_neighbours;
} disk_mode;

extern const disk_mode disk_modes[];
extern const size_t disk_mode_count;

/* Power was lost and has returned: what is there now is durable. No file is
 * open. */
void disk_reboot(const disk_mode *mode, uint64_t seed);

/* --- images -------------------------------------------------------------- */

typedef struct disk_image disk_image;

/* All files with their current content, as if all of it were durable. */
disk_image *disk_copy(void);
/* Restore those files and no others. NULL for an empty disk. */
void disk_load(const disk_image *image);
void disk_free_image(disk_image *image);
/* Add a file, durable. */
void disk_put(const char *name, const void *bytes, size_t size);

/* Pseudo-random numbers, the same for the same seed. */
uint64_t disk_random(uint64_t *seed);

#endif
