/* SPDX-License-Identifier: MIT
 * Files for stores, on the disk and in memory. */
#ifndef LEAT_BENCHMARKS_STORE_FILES_H
#define LEAT_BENCHMARKS_STORE_FILES_H

enum place { ON_DISK, IN_MEMORY, PLACES };
extern const char *const place_names[PLACES];

struct store_file {
    char path[1024];
};

/* Find a name for a new store: on the disk in $TMPDIR, or in build/bench if
 * that isn't set; in memory in /dev/shm. A folder that doesn't exist ends the
 * program. A store that is still there when the program ends is removed. */
void store_file_make(struct store_file *file, enum place place);
/* Remove the store and the files beside it. */
void store_file_remove(const struct store_file *file);

/* Drop the file's pages from the system's memory. */
void store_file_evict(const struct store_file *file);
/* Bytes of the file beside the store with this suffix; "" is the store. */
long long store_file_size(const struct store_file *file, const char *suffix);

#endif
