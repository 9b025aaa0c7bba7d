/* SPDX-License-Identifier: MIT
 *
 * bounded_memory.c shows a store in fixed memory: SQLite, and with it Leat's
 * store, gets one static block and takes nothing from the heap. It steps over a
 * recording, saves every tenth sample, and prints how much of the block was
 * needed.
 *
 *     bounded_memory [STORE [MODEL [RECORDING.csv]]] */
#include <inttypes.h>
#include <leat_store.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned char memory[LEAT_STORE_MEMORY_MIN];
static LEAT_ALIGNED unsigned char stream_memory[64 * 1024];
static float input[64], output[64];

static leat_error error;

static void die(const char *why)
{
    fprintf(stderr, "bounded_memory: %s\n", why);
    exit(1);
}

static int check(int code)
{
    if (code < 0)
        die(error.message);
    return code;
}

/* Each line has a time, which the model doesn't see, and the inputs. */
static int read_sample(FILE *recording, uint32_t size)
{
    if (fscanf(recording, "%*f") == EOF) {
        if (ferror(recording))
            die("can't read the recording");
        return 0;
    }
    for (uint32_t i = 0; i < size; i++)
        if (fscanf(recording, ",%f", &input[i]) != 1)
            die("a line of the recording is not a time and the inputs");
    return 1;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "bounded.db";
    const char *model_path =
        argc > 2 ? argv[2] : "examples-c/telemetry/model.safetensors";
    FILE *recording =
        fopen(argc > 3 ? argv[3] : "examples-c/telemetry/recording.csv", "r");
    const leat_model *model;
    leat_model_info_t info;
    leat_stream *stream;
    leat_store *store;
    sqlite3_int64 heap, highest = 0, pages, most_pages = 0;

    if (recording == NULL)
        die("can't open the recording");

    /* Before anything else in the process uses SQLite. */
    check(leat_store_use_memory(memory, sizeof memory, &error));

    check(leat_model_open(model_path, &model, &error));
    check(leat_model_info(model, &info, &error));
    if (info.input_size > 64 || info.output_size > 64)
        die("the model has more than 64 inputs or outputs");
    check(leat_stream_init(stream_memory, sizeof stream_memory, model, &stream,
                           &error));

    check(leat_store_open(path, NULL, &store, &error));
    int found =
        leat_store_load(store, "pump-7", stream, NULL, 0, NULL, &error);
    if (found != LEAT_E_NOT_FOUND) /* else a new stream, at position 0 */
        check(found);
    uint64_t first = leat_stream_position(stream);

    if (fscanf(recording, "%*[^\n]") == EOF) /* the names of the columns */
        die("the recording is empty");
    while (read_sample(recording, info.input_size)) {
        check(leat_stream_step(stream, input, output, &error));
        if (leat_stream_position(stream) % 10 != 0)
            continue;
        int saved =
            leat_store_save(store, "pump-7", stream, NULL, 0, 0, &error);
        /* If the block is full, only this checkpoint is missing. */
        if (saved == LEAT_E_MEMORY)
            fprintf(stderr, "bounded_memory: %s\n", error.message);
        else
            check(saved);
    }
    check(leat_store_save(store, "pump-7", stream, NULL, 0, 0, &error));
    printf("from position %" PRIu64 " to %" PRIu64 "\n", first,
           leat_stream_position(stream));

    /* The pages of SQLite's cache have their own part of the block. */
    if (sqlite3_status64(SQLITE_STATUS_MEMORY_USED, &heap, &highest, 0) !=
            SQLITE_OK ||
        sqlite3_status64(SQLITE_STATUS_PAGECACHE_USED, &pages, &most_pages,
                         0) != SQLITE_OK)
        die("SQLite doesn't tell what it used");
    printf("at most %lld bytes and %lld pages of a block of %zu bytes\n",
           (long long)highest, (long long)most_pages, sizeof memory);
    check(leat_store_close(store, &error));
    leat_model_close(model);
    fclose(recording);
    if (fflush(stdout) != 0 || ferror(stdout))
        die("can't print");
    return 0;
}
