/* SPDX-License-Identifier: MIT
 * Whole files and folders. A program that can't read its input ends. */
#ifndef LEAT_TESTS_FILES_H
#define LEAT_TESTS_FILES_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__GNUC__)
__attribute__((noreturn))
#endif
static inline void give_up(const char *what)
{
    perror(what);
    exit(2);
}

static inline void *allocate(size_t size)
{
    void *block = malloc(size);
    if (block == NULL)
        give_up("malloc");
    return block;
}

/* A file's bytes in a block of exactly their size, so that valgrind sees a
 * read beyond them; free() it. */
static inline unsigned char *file_bytes(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes;
    long length;
    if (file == NULL || fseek(file, 0, SEEK_END) != 0 ||
        (length = ftell(file)) < 0 || fseek(file, 0, SEEK_SET) != 0)
        give_up(path);
    *size = (size_t)length;
    bytes = (unsigned char *)allocate(*size);
    if (fread(bytes, 1, *size, file) != *size || fclose(file) != 0)
        give_up(path);
    return bytes;
}

struct names {
    char (*name)[256];
    size_t count;
};

static inline int compare_names(const void *a, const void *b)
{
    return strcmp((const char *)a, (const char *)b);
}

/* The names in a folder, sorted, without those that begin with a dot or end
 * with a suffix of source files. */
static inline struct names names_in(const char *folder)
{
    struct names names = { NULL, 0 };
    struct dirent *entry;
    DIR *directory = opendir(folder);
    if (directory == NULL)
        give_up(folder);
    while ((entry = readdir(directory)) != NULL) {
        const char *name = entry->d_name;
        if (name[0] == '.' || strstr(name, ".py") || strstr(name, ".md"))
            continue;
        names.name = (char(*)[256])realloc(names.name,
                                           (names.count + 1) * 256);
        if (names.name == NULL)
            give_up("realloc");
        snprintf(names.name[names.count++], 256, "%s", name);
    }
    closedir(directory);
    qsort(names.name, names.count, 256, compare_names);
    return names;
}

#endif
