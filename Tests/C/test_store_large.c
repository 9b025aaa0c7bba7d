/* SPDX-License-Identifier: MIT
 * A store of 2.7 GB, which most systems of 32 bits can look at only when
 * everything is compiled for that. The file has a hole where most of its pages
 * are, so it takes no such room.
 * Usage: test_store_large MODEL.safetensors */
#define _FILE_OFFSET_BITS 64
#define _GNU_SOURCE
#include "own_program.h"
#include "store_fixture.h"

#include <fcntl.h>

enum { PAGE = 4096, PAGES = 660000, STREAMS = 100 };

static const uint64_t large = (uint64_t)PAGE * PAGES;

/* Make the file so large: https://sqlite.org/fileformat.html. The number of its
 * pages is at byte 28. */
static void grow(const char *path)
{
    unsigned char number[4];
    int i, file = open(path, O_WRONLY);
    for (i = 0; i < 4; i++)
        number[i] = (unsigned char)(PAGES >> (24 - 8 * i));
    need(file >= 0 && pwrite(file, number, 4, 28) == 4 &&
             ftruncate(file, (off_t)large) == 0 && close(file) == 0,
         path);
}

/* New streams, on pages at the end, by a process that dies with the store open,
 * so that a -wal stays. */
static int save_and_die(const char *model_path, const char *path)
{
    leat_store *store;
    leat_stream *stream;
    leat_store_statistics_t statistics;
    char name[16];
    int i;
    need(leat_model_open(model_path, &model, &error) == LEAT_OK, model_path);
    store = open_store(path);
    stream = new_stream(model);
    OK(leat_store_load(store, "a", stream, NULL, 0, NULL, &error));
    CHECK_EQUAL(leat_stream_position(stream), 30);
    for (i = 0; i < STREAMS; i++) {
        snprintf(name, sizeof name, "new-%d", i);
        OK(leat_store_save(store, name, stream, NULL, 0, 0, &error));
    }
    OK(leat_store_statistics(store, &statistics, &error));
    CHECK_EQUAL(statistics.streams, STREAMS + 2);
    CHECK(statistics.file_bytes > large);
    fflush(stdout);
    _exit(check_state.failed != 0);
}

/* They are there when the file is opened again, also for reading alone. */
static void check_loads(const char *path, uint32_t flags)
{
    leat_store *store = open_with(path, flags, 0);
    leat_stream *stream = new_stream(model);
    char name[16];
    int i;
    for (i = 0; i < STREAMS; i++) {
        snprintf(name, sizeof name, "new-%d", i);
        OK(leat_store_load(store, name, stream, NULL, 0, NULL, &error));
        CHECK(is_run_to(stream, 30));
    }
    OK(leat_store_close(store, &error));
    free(stream);
}

int main(int count, char **arguments)
{
    char directory[64];
    struct stat status;
    char *model_path;
    if (count == 3 && strcmp(arguments[1], "writer") == 0)
        return save_and_die(arguments[2], "large.db");
    check_usage(count == 2, "test_store_large MODEL.safetensors");
    find_own_program();
    model_path = realpath(arguments[1], NULL);
    need(model_path != NULL, "realpath");
    set_up(arguments[1], directory);
    make_two_streams("large.db");
    grow("large.db");
    CHECK(own_program_succeeds("writer", model_path));
    free(model_path);
    CHECK(stat("large.db-wal", &status) == 0 && status.st_size > 0);
    check_loads("large.db", 0);
    CHECK(stat("large.db", &status) == 0 && status.st_size > (off_t)large);
    check_loads("large.db", LEAT_STORE_READ_ONLY);
    return tear_down("test_store_large", directory);
}
