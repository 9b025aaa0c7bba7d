/* SPDX-License-Identifier: MIT */
#include "store_files.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const place_names[PLACES] = {"disk", "memory"};

enum { SUFFIXES = 4, SUFFIX_SIZE = 8, FILES_MOST = 8 };
static const char *const suffixes[SUFFIXES] = {"", "-wal", "-shm", "-lock"};

/* The files that exist. They are removed when the program ends, also by a
 * signal: a store of a million streams must not stay in memory. */
static char paths[FILES_MOST][SUFFIXES]
                 [sizeof(struct store_file) + SUFFIX_SIZE];

static void remove_all(void)
{
    size_t f, e;
    for (f = 0; f < FILES_MOST; f++)
        for (e = 0; paths[f][0][0] != '\0' && e < SUFFIXES; e++)
            unlink(paths[f][e]);
}

static void interrupted(int number)
{
    remove_all();
    _exit(128 + number);
}

/* The entry of a file; for "" a free one. */
static size_t entry_of(const char *path)
{
    size_t f = 0;
    while (f < FILES_MOST && strcmp(paths[f][0], path) != 0)
        f++;
    if (f == FILES_MOST) {
        fprintf(stderr, "more than %d stores at a time\n", FILES_MOST);
        exit(2);
    }
    return f;
}

static void register_paths(const char *path)
{
    static int is_registered;
    size_t entry = entry_of(""), e;
    if (!is_registered) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_handler = interrupted;
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGTERM, &action, NULL);
        atexit(remove_all);
        is_registered = 1;
    }
    for (e = SUFFIXES; e-- > 0;)
        snprintf(paths[entry][e], sizeof paths[entry][e], "%s%s", path,
                 suffixes[e]);
}

static void fail(const char *path)
{
    perror(path);
    exit(2);
}

void store_file_make(struct store_file *file, enum place place)
{
    const char *folder = "/dev/shm";
    int handle;
    if (place == ON_DISK) {
        folder = getenv("TMPDIR");
        if (folder == NULL || folder[0] == '\0')
            folder = "build/bench";
    }
    snprintf(file->path, sizeof file->path, "%s/store-XXXXXX", folder);
    handle = mkstemp(file->path);
    if (handle < 0 || close(handle) != 0)
        fail(file->path);
    register_paths(file->path);
}

void store_file_remove(const struct store_file *file)
{
    size_t entry = entry_of(file->path), e;
    for (e = 0; e < SUFFIXES; e++)
        unlink(paths[entry][e]);
    paths[entry][0][0] = '\0';
}

void store_file_evict(const struct store_file *file)
{
    int handle = open(file->path, O_RDONLY);
    if (handle < 0)
        fail(file->path);
    fsync(handle);
    posix_fadvise(handle, 0, 0, POSIX_FADV_DONTNEED);
    close(handle);
}

long long store_file_size(const struct store_file *file, const char *suffix)
{
    char path[sizeof file->path + SUFFIX_SIZE];
    struct stat info;
    snprintf(path, sizeof path, "%s%s", file->path, suffix);
    return stat(path, &info) == 0 ? (long long)info.st_size : 0;
}
