/* SPDX-License-Identifier: MIT
 * The pages of a closed store's file, to be damaged:
 * https://sqlite.org/fileformat2.html#b_tree_pages */
#ifndef LEAT_TESTS_STORE_PAGES_H
#define LEAT_TESTS_STORE_PAGES_H

#include "store_fixture.h"

enum { PAGE_SIZE = 4096 };

/* Streams "s0", "s1", ... with checkpoints at 10, 20, ... `last`; returns the
 * closed file's bytes. */
static inline unsigned char *make_pages(const char *path, int streams,
                                        uint64_t last, size_t *size)
{
    leat_store *store = open_new(path);
    leat_stream *stream = new_stream(model);
    char name[16];
    uint64_t n;
    int s;
    for (n = 10; n <= last; n += 10) {
        step_to(stream, n);
        OK(leat_store_begin(store, &error));
        for (s = 0; s < streams; s++) {
            snprintf(name, sizeof name, "s%d", s);
            OK(leat_store_save(store, name, stream, NULL, 0, 0, &error));
        }
        OK(leat_store_commit(store, &error));
    }
    OK(leat_store_close(store, &error));
    free(stream);
    return read_file(path, size);
}

enum { ZEROS, ONES, NOISE, DAMAGES };

static inline void damage_page(unsigned char *bytes, size_t page, size_t damage)
{
    uint32_t noise = (uint32_t)page + 1;
    size_t i;
    for (i = 0; i < PAGE_SIZE; i++) {
        noise = noise * 1664525u + 1013904223u;
        bytes[page * PAGE_SIZE + i] =
            (unsigned char)(damage == ZEROS  ? 0
                            : damage == ONES ? 255
                                             : noise >> 24);
    }
}

static inline size_t root_of(const char *path, const char *name)
{
    char sql[96];
    snprintf(sql, sizeof sql,
             "SELECT rootpage FROM sqlite_schema WHERE name = '%s'", name);
    return (size_t)number_at(path, sql);
}

/* Cell `index` of a page, which in an interior page begins with a child's
 * number. */
static inline unsigned char *cell_of(unsigned char *page, size_t index)
{
    return page + page[12 + 2 * index] * 256 + page[13 + 2 * index];
}

static inline size_t child_of(unsigned char *page, size_t index)
{
    const unsigned char *cell = cell_of(page, index);
    return (size_t)cell[1] * 65536 + (size_t)cell[2] * 256 + cell[3];
}

static inline void put_number(unsigned char *bytes, size_t number)
{
    int i;
    for (i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(number >> (24 - 8 * i));
}

/* Make a tree in which every branch leads to the same page, over many levels:
 * to read it completely would take cells ^ levels rows. Keeps at most
 * `most_cells` of a page. */
static inline void make_endless(const char *path, const char *name,
                                size_t levels, size_t most_cells)
{
    size_t size, level, i, pages[16], root = root_of(path, name);
    unsigned char *whole = read_file(path, &size);
    unsigned char *page = whole + (root - 1) * PAGE_SIZE;
    size_t cells = (size_t)page[3] * 256 + page[4];
    need((page[0] == 5 || page[0] == 2) && cells > levels, "an interior page");
    for (i = 0; i <= levels; i++)
        pages[i] = child_of(page, i);
    if (cells > most_cells)
        cells = most_cells;
    page[3] = (unsigned char)(cells / 256);
    page[4] = (unsigned char)(cells % 256);
    /* The first child remains a leaf; the others become levels. */
    for (level = 0; level <= levels; level++) {
        unsigned char *here =
            level == 0 ? page : whole + (pages[level] - 1) * PAGE_SIZE;
        size_t next = pages[(level + 1) % (levels + 1)];
        if (level > 0)
            memcpy(here, page, PAGE_SIZE);
        put_number(here + 8, next);
        for (i = 0; i < cells; i++)
            put_number(cell_of(here, i), next);
    }
    write_file(path, whole, size);
    free(whole);
}

/* The same of leat_checkpoint, in a new store with 64 checkpoints of "a". */
static inline void make_endless_store(const char *path, leat_stream *stream,
                                      size_t most_cells)
{
    static const unsigned char cursor[1000];
    leat_store *store;
    uint64_t n;
    remove_store(path);
    store = open_with(path, 0, 64);
    for (n = 1; n <= 64; n++) {
        step_to(stream, n);
        OK(leat_store_save(store, "a", stream, cursor, sizeof cursor, 0,
                           &error));
    }
    OK(leat_store_close(store, &error));
    make_endless(path, "leat_checkpoint", 15, most_cells);
}

#endif
