/* SPDX-License-Identifier: MIT */
#include "store_files.h"
#include "models.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const place_names[PLACES] = {"disk", "memory"};

enum { ENDS = 4, END = 8, FILES_MOST = 8 };
static const char *const ends[ENDS] = {"", "-wal", "-shm", "-lock"};

/* The files there are, to be removed however the program ends: a store of a
 * million streams must not stay behind in memory. */
static char paths[FILES_MOST][ENDS][sizeof(struct store_file) + END];

static void remove_all(void)
{
    size_t f, e;
    for (f = 0; f < FILES_MOST; f++)
        for (e = 0; paths[f][0][0] != '\0' && e < ENDS; e++)
            unlink(paths[f][e]);
}

static void interrupted(int number)
{
    remove_all();
    _exit(128 + number);
}

/* The entry of a file, or a free one for "". */
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

static void note(const char *path)
{
    static int is_ready;
    size_t entry = entry_of(""), e;
    if (!is_ready) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_handler = interrupted;
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGTERM, &action, NULL);
        atexit(remove_all);
        is_ready = 1;
    }
    for (e = ENDS; e-- > 0;)
        snprintf(paths[entry][e], sizeof paths[entry][e], "%s%s", path,
                 ends[e]);
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
    note(file->path);
}

void store_file_remove(const struct store_file *file)
{
    size_t entry = entry_of(file->path), e;
    for (e = 0; e < ENDS; e++)
        unlink(paths[entry][e]);
    paths[entry][0][0] = '\0';
}

void store_file_copy(const struct store_file *from,
                     const struct store_file *to)
{
    const size_t size = 1 << 20;
    char *block = make_block(size);
    int source = open(from->path, O_RDONLY);
    int target = open(to->path, O_WRONLY | O_TRUNC);
    ssize_t count;
    if (source < 0 || target < 0)
        fail(from->path);
    while ((count = read(source, block, size)) > 0)
        if (write(target, block, (size_t)count) != count)
            fail(to->path);
    if (count < 0 || fsync(target) != 0 || close(target) != 0)
        fail(to->path);
    close(source);
    free(block);
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

long long store_file_size(const struct store_file *file, const char *end)
{
    char path[sizeof file->path + END];
    struct stat info;
    snprintf(path, sizeof path, "%s%s", file->path, end);
    return stat(path, &info) == 0 ? (long long)info.st_size : 0;
}
