/* SPDX-License-Identifier: MIT
 * leat_store_use_memory(): when it is refused, its allocator, and that no
 * memory but the block is ever used.
 *
 *     test_store_memory MODEL */
#define _DEFAULT_SOURCE
#include "interpose_malloc.h"
#include "store_fixture.h"

#ifdef __SANITIZE_ADDRESS__
/* The sanitizer has its own allocator: nothing is counted. */
struct allocations allocations;
#endif

enum {
    OPERATIONS = 1500000,
    PLACES = 4096,
    SIZE = LEAT_STORE_MEMORY_MIN,
    ROUNDS = 10000,
    STREAMS = 10
};

/* The block has no alignment and an odd size. */
static unsigned char block[SIZE + 3];
static unsigned char *const start = block + 1;
enum { GIVEN = SIZE + 1 };

static uint32_t seed = 1;

static uint32_t random_number(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

static int is_within(const void *place, size_t size)
{
    const unsigned char *bytes = place;
    return bytes >= start && size <= GIVEN && bytes + size <= start + GIVEN;
}

/* --- refusals ------------------------------------------------------------ */

static int fail_to_start(void *context)
{
    (void)context;
    return SQLITE_ERROR;
}

static void check_refused(void)
{
    sqlite3_mem_methods before, after;
    sqlite3_pcache_methods2 cache, failing;
    memset(&before, 0, sizeof before);
    memset(&after, 0, sizeof after);
    need(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &before) == SQLITE_OK,
         "SQLITE_CONFIG_GETMALLOC");
    REFUSED(LEAT_E_ARGUMENT, "block is NULL",
            leat_store_use_memory(NULL, SIZE, &error));
    REFUSED(LEAT_E_ARGUMENT, "size: found " SIZE_MAX_TEXT,
            leat_store_use_memory(start, SIZE_MAX, &error));
    REFUSED(LEAT_E_SIZE, "size: found 0, expected at least 1048576",
            leat_store_use_memory(start, 0, &error));
    REFUSED(LEAT_E_SIZE, "size: found 1048575, expected at least 1048576",
            leat_store_use_memory(start, SIZE - 1, &error));

    OK(sqlite3_initialize());
    REFUSED(LEAT_E_TOO_LATE, "in use already",
            leat_store_use_memory(start, GIVEN, &error));
    OK(sqlite3_shutdown());

    /* SQLite fails to start after it got the block. */
    need(sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &cache) == SQLITE_OK,
         "SQLITE_CONFIG_GETPCACHE2");
    failing = cache;
    failing.xInit = fail_to_start;
    sqlite3_config(SQLITE_CONFIG_PCACHE2, &failing);
    REFUSED(LEAT_E_SQLITE, "did not start",
            leat_store_use_memory(start, GIVEN, &error));
    CHECK(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &after) == SQLITE_OK);
    CHECK(after.xMalloc == before.xMalloc && after.xFree == before.xFree &&
          after.xRealloc == before.xRealloc && after.xSize == before.xSize &&
          after.xRoundup == before.xRoundup && after.xInit == before.xInit &&
          after.xShutdown == before.xShutdown);
    sqlite3_config(SQLITE_CONFIG_PCACHE2, &cache);
    /* Without a block everything works as usual. */
    sqlite3_close(raw_open(":memory:"));
    OK(sqlite3_shutdown());
}

/* --- the allocator ------------------------------------------------------- */

static size_t largest_free(void)
{
    size_t size = (size_t)1 << 30;
    while (size > 0) {
        void *place = sqlite3_malloc64(size);
        sqlite3_free(place);
        if (place != NULL)
            break;
        size /= 2;
    }
    return size;
}

/* All places of one size. */
static unsigned count_free(int size)
{
    unsigned count = 0;
    void *last = NULL, *place;
    while ((place = sqlite3_malloc(size)) != NULL) {
        memcpy(place, &last, sizeof last);
        last = place;
        count++;
    }
    while ((place = last) != NULL) {
        memcpy(&last, place, sizeof last);
        sqlite3_free(place);
    }
    return count;
}

static void check_hostile_sizes(void)
{
    static const int sizes[] = { 0, -1, INT32_MIN, INT32_MAX, 1 << 30, SIZE };
    sqlite3_mem_methods methods;
    unsigned char *place, *other, foreign[64];
    size_t largest = largest_free(), i;
    memset(&methods, 0, sizeof methods);
    OK(sqlite3_shutdown());
    need(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &methods) == SQLITE_OK,
         "SQLITE_CONFIG_GETMALLOC");
    place = methods.xMalloc(100);
    other = methods.xMalloc(1);
    need(place != NULL && other != NULL, "xMalloc");
    CHECK_EQUAL(methods.xSize(place), 128);
    CHECK_EQUAL(methods.xSize(other), 64);
    CHECK_EQUAL(methods.xRoundup(4097), 8192);
    memset(place, 7, 128);
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        check_context("size %d", sizes[i]);
        CHECK(methods.xMalloc(sizes[i]) == NULL);
        CHECK(methods.xRealloc(place, sizes[i]) == NULL);
    }
    CHECK_EQUAL(methods.xRoundup(INT32_MAX), 0);
    CHECK_EQUAL(methods.xRoundup(-1), 0);
    check_context("what was never given");
    methods.xFree(NULL);
    methods.xFree(foreign);
    methods.xFree(start);
    methods.xFree(place + 1);
    methods.xFree(place + 64);
    CHECK(methods.xRealloc(NULL, 100) == NULL);
    CHECK(methods.xRealloc(foreign, 100) == NULL);
    CHECK_EQUAL(methods.xSize(NULL), 0);
    CHECK_EQUAL(methods.xSize(foreign), 0);
    CHECK_EQUAL(methods.xSize(place), 128);
    CHECK(place[0] == 7 && place[127] == 7);
    CHECK(methods.xRealloc(place, 1) == place);
    methods.xFree(other);
    methods.xFree(place);
    methods.xFree(place);
    CHECK_EQUAL(methods.xSize(place), 0);
    CHECK_EQUAL(largest_free(), largest);
    check_context("%s", "");
}

static struct place {
    unsigned char *bytes;
    size_t size;
    unsigned char mark;
} places[PLACES];

static void fill(struct place *place)
{
    place->mark = (unsigned char)random_number();
    memset(place->bytes, place->mark, place->size);
}

/* A place that overlaps another would contain the other's marks. */
static int is_whole(const struct place *place, size_t size)
{
    size_t i;
    for (i = 0; i < size; i++)
        if (place->bytes[i] != place->mark)
            return 0;
    return 1;
}

/* Between 1 byte and 64 KB, each power of two as likely as any other. */
static size_t random_size(void)
{
    size_t most = (size_t)1 << random_number() % 17;
    return most - random_number() % ((most + 1) / 2);
}

static size_t size_of(void *bytes) { return (size_t)sqlite3_msize(bytes); }

static void check_random_sizes(void)
{
    size_t largest = largest_free(), total = 0, most = 0;
    unsigned given = 0, refused = 0, damaged = 0, outside = 0, i;
    unsigned before[3];
    before[0] = count_free(64);
    before[1] = count_free(4096);
    before[2] = count_free(65536);
    for (i = 0; i < OPERATIONS; i++) {
        struct place *place = &places[random_number() % PLACES];
        size_t size = random_size();
        unsigned char *bytes;
        /* Sometimes most of it is freed. */
        int gives_back = i / 50000 % 3 == 2 || random_number() % 4 == 0;
        if (place->bytes != NULL && gives_back) {
            damaged += !is_whole(place, place->size);
            total -= size_of(place->bytes);
            sqlite3_free(place->bytes);
            place->bytes = NULL;
            continue;
        }
        if (place->bytes != NULL) {
            size_t kept = place->size < size ? place->size : size;
            size_t was = size_of(place->bytes);
            bytes = sqlite3_realloc64(place->bytes, size);
            if (bytes != NULL) {
                place->bytes = bytes;
                damaged += !is_whole(place, kept);
                total -= was;
            } else {
                damaged += !is_whole(place, place->size);
            }
        } else {
            place->bytes = bytes = sqlite3_malloc64(size);
        }
        if (bytes == NULL) {
            refused++;
            continue;
        }
        given++;
        place->size = size;
        total += size_of(bytes);
        most = total > most ? total : most;
        outside += ((uintptr_t)bytes & 63) != 0 ||
                   size_of(bytes) < size ||
                   !is_within(bytes, size_of(bytes));
        fill(place);
    }
    CHECK_EQUAL(sqlite3_memory_used(), total);
    for (i = 0; i < PLACES; i++) {
        damaged += places[i].bytes != NULL &&
                   !is_whole(&places[i], places[i].size);
        sqlite3_free(places[i].bytes);
        places[i].bytes = NULL;
    }
    CHECK_EQUAL(damaged, 0);
    CHECK_EQUAL(outside, 0);
    CHECK_EQUAL(sqlite3_memory_used(), 0);
    CHECK_EQUAL(largest_free(), largest);
    CHECK_EQUAL(count_free(64), before[0]);
    CHECK_EQUAL(count_free(4096), before[1]);
    CHECK_EQUAL(count_free(65536), before[2]);
    CHECK(given > OPERATIONS / 4 && refused > 0);
    printf("%d operations, %u refused; at most %zu of %u bytes taken\n",
           OPERATIONS, refused, most, before[0] * 64);
}

/* Within the documented bound no allocation fails, not even in the worst case:
 * a caller that keeps, of all it has, one small place in each larger one, so
 * that none of the memory between can serve the next size. */
static void check_bound(void)
{
    enum { LARGEST = 16384, LEVELS = 8, FACTOR = 1 + LEVELS / 2 };
    unsigned units = count_free(64), kept = 0, i, k, count = 0;
    size_t most = (units * 64u - LARGEST * 3 / 2) / FACTOR, live = 0;
    unsigned refused = 0;
    static unsigned char *held[SIZE / 64];
    static size_t sizes[SIZE / 64];
    for (k = 0; k <= LEVELS; k++) {
        size_t size = (size_t)64 << k;
        const unsigned char *last = NULL;
        /* Keep only the first of what is in one place of this size. */
        for (i = 0, kept = 0; i < count; i++) {
            size_t in = (size_t)(held[i] - held[0]) / size;
            if (last != NULL && (size_t)(last - held[0]) / size == in) {
                live -= sizes[i];
                sqlite3_free(held[i]);
                continue;
            }
            last = held[i];
            sizes[kept] = sizes[i];
            held[kept++] = held[i];
        }
        count = kept;
        while (live + size <= most) {
            unsigned char *bytes = sqlite3_malloc64(size);
            if (bytes == NULL) {
                refused++;
                break;
            }
            /* In the order of their addresses. */
            for (i = count++; i > 0 && held[i - 1] > bytes; i--) {
                held[i] = held[i - 1];
                sizes[i] = sizes[i - 1];
            }
            held[i] = bytes;
            sizes[i] = size;
            live += size;
        }
    }
    CHECK_EQUAL(refused, 0);
    printf("%zu bytes live, in pieces of 64 to %d, reach to byte %zu of %u\n",
           most, LARGEST,
           (size_t)(held[count - 1] - held[0]) + sizes[count - 1], units * 64);
    CHECK(held[count - 1] > held[0] + 2 * most);
    while (count > 0)
        sqlite3_free(held[--count]);
    CHECK_EQUAL(sqlite3_memory_used(), 0);
}

/* --- stores -------------------------------------------------------------- */

static int visit(void *context, const leat_store_entry *entry)
{
    *(unsigned *)context += entry->generations > 0;
    return 0;
}

static void check_steady_state(void)
{
    static const char *const names[STREAMS] = { "0", "1", "2", "3", "4",
                                                "5", "6", "7", "8", "9" };
    leat_stream *streams[STREAMS], *loaded = new_stream(model);
    leat_model_info_t info;
    leat_store *store;
    struct allocations was, now;
    float *input, *output;
    unsigned listed = 0, failed = 0, round, i;
    sqlite3_int64 pages, pages_highest;
    need(leat_model_info(model, &info, &error) == LEAT_OK, "leat_model_info");
    input = calloc(info.input_size, sizeof *input);
    output = calloc(info.output_size, sizeof *output);
    need(input != NULL && output != NULL, "calloc");
    for (i = 0; i < STREAMS; i++)
        streams[i] = new_stream(model);
    /* libc reads the time zone once in a process. */
    leat_store_close(open_new("steady.db"), NULL);
    printf("counting\n"); /* stdout allocates its buffer here */
    was = allocations;
#ifndef __SANITIZE_ADDRESS__
    /* The counter works. */
    free(strdup("counted"));
    CHECK_EQUAL(allocations.made - was.made, 1);
    was = allocations;
#endif
    sqlite3_memory_highwater(1);
    need(leat_store_open("steady.db", NULL, &store, &error) == LEAT_OK,
         "steady.db");
    for (round = 0; round < ROUNDS; round++) {
        input[0] = (float)(round % 100) / 100;
        for (i = 0; i < STREAMS; i++)
            failed += leat_stream_step(streams[i], input, output, &error) != 0;
        failed += leat_store_save(store, "one", streams[0], &round,
                                  sizeof round, 0, &error) != LEAT_OK;
        failed += leat_store_load(store, "one", loaded, NULL, 0, NULL,
                                  &error) != LEAT_OK;
        failed += leat_store_begin(store, &error) != LEAT_OK;
        for (i = 0; i < STREAMS; i++)
            failed += leat_store_save(store, names[i], streams[i], NULL, 0, 0,
                                      &error) != LEAT_OK;
        failed += leat_store_commit(store, &error) != LEAT_OK;
    }
    failed += leat_store_list(store, visit, &listed, &error) != LEAT_OK;
    failed += leat_store_close(store, &error) != LEAT_OK;
    now = allocations;
    CHECK_EQUAL(failed, 0);
    CHECK_EQUAL(listed, STREAMS + 1);
    CHECK(same_state(loaded, streams[0]));
    CHECK_EQUAL(leat_stream_position(loaded), ROUNDS);
    /* Opening and closing didn't use the heap either. */
    CHECK_EQUAL(now.made - was.made, 0);
    CHECK_EQUAL(now.freed - was.freed, 0);
    sqlite3_status64(SQLITE_STATUS_PAGECACHE_USED, &pages, &pages_highest, 0);
    CHECK_EQUAL(pages, 0);
    printf("%d rounds of %d saves: %lu blocks of the heap; SQLite had at most "
           "%lld bytes of it and %lld pages\n",
           ROUNDS, STREAMS + 1, now.made - was.made,
           (long long)sqlite3_memory_highwater(0), (long long)pages_highest);
    CHECK_EQUAL(sqlite3_memory_used(), 0);
    for (i = 0; i < STREAMS; i++)
        free(streams[i]);
    free(loaded);
    free(input);
    free(output);
}

/* A store of more pages than the cache has places, all changed in one
 * transaction: pages that don't fit are written to the -wal, and don't use the
 * heap. */
static void check_page_cache(void)
{
    leat_stream *stream = new_stream(model);
    leat_store *store = open_new("pages.db");
    sqlite3_int64 pages, pages_highest, overflow, overflow_highest;
    char name[16];
    unsigned failed = 0, i;
    sqlite3_status64(SQLITE_STATUS_PAGECACHE_OVERFLOW, &overflow,
                     &overflow_highest, 1);
    OK(leat_store_begin(store, &error));
    for (i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "%u", i);
        failed += leat_store_save(store, name, stream, NULL, 0, 0, &error) !=
                  LEAT_OK;
    }
    CHECK_EQUAL(failed, 0);
    OK(leat_store_commit(store, &error));
    CHECK(number_of(leat_store_database(store), "PRAGMA page_count") > 200);
    sqlite3_status64(SQLITE_STATUS_PAGECACHE_USED, &pages, &pages_highest, 0);
    sqlite3_status64(SQLITE_STATUS_PAGECACHE_OVERFLOW, &overflow,
                     &overflow_highest, 0);
    CHECK(pages_highest > 40 && pages_highest < 64);
    CHECK_EQUAL(overflow_highest, 0);
    OK(leat_store_close(store, &error));
    free(stream);
}

int main(int count, char **arguments)
{
    char directory[64];
    check_usage(count == 2, "test_store_memory MODEL");
    block[0] = block[SIZE + 2] = 0xa5;
    check_refused();
    OK(leat_store_use_memory(start, GIVEN, &error));
    REFUSED(LEAT_E_TOO_LATE, "has a block",
            leat_store_use_memory(start, GIVEN, &error));
    OK(sqlite3_shutdown());
    REFUSED(LEAT_E_TOO_LATE, "has a block",
            leat_store_use_memory(start, GIVEN, &error));
    check_hostile_sizes();
    check_random_sizes();
    check_bound();
    set_up(arguments[1], directory);
    check_steady_state();
    check_page_cache();
    CHECK(block[0] == 0xa5 && block[SIZE + 2] == 0xa5);
    return tear_down("test_store_memory", directory);
}
