/* SPDX-License-Identifier: MIT
 * Files for stores, on the disk and in memory. */
#ifndef LEAT_BENCHMARKS_STORE_FILES_H
#define LEAT_BENCHMARKS_STORE_FILES_H

enum place { ON_DISK, IN_MEMORY, PLACES };
extern const char *const place_names[PLACES];

struct store_file {
    char path[1024];
};

/* Find a name for a new store: on the disk in $TMPDIR or else in build/bench,
 * in memory in /dev/shm. Ends the program where there is no such place. Should
 * the program end before store_file_remove(), the store is removed. */
void store_file_make(struct store_file *file, enum place place);
/* Remove it with all that stands beside it. */
void store_file_remove(const struct store_file *file);

/* Copy a closed store, durably. */
void store_file_copy(const struct store_file *from,
                     const struct store_file *to);
/* Have the system forget what it keeps of the file in memory. */
void store_file_evict(const struct store_file *file);
/* Bytes of what is called so beside the store; "" for the store. */
long long store_file_size(const struct store_file *file, const char *end);

#endif
