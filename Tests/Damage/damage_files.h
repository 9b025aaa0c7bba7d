/* SPDX-License-Identifier: MIT
 * Kinds of damage to the bytes of a store's files. */
#ifndef LEAT_TESTS_DAMAGE_FILES_H
#define LEAT_TESTS_DAMAGE_FILES_H

#include "random.h"
#include "sample_stores.h"

/* The files of one case, in their own memory. */
struct damaged {
    const struct source *source;
    struct file files[FILES];
    size_t capacity;
    int lock_is_whole; /* the files of the moment that is damaged */
};

enum { HEADER_SIZE = 100, FRAME = PAGE + 24, WAL_HEADER = 32 };

static void copy_file(struct damaged *d, int which, const struct file *from)
{
    struct file *file = &d->files[which];
    file->size = from->size < d->capacity ? from->size : d->capacity;
    if (from->bytes != NULL)
        memcpy(file->bytes, from->bytes, file->size);
    else
        file->size = SIZE_MAX;
}

static int is_there(const struct damaged *d, int which)
{
    return d->files[which].size != SIZE_MAX;
}

static void remove_file(struct damaged *d, int which)
{
    d->files[which].size = SIZE_MAX;
}

static void put_big(unsigned char *bytes, size_t number)
{
    int i;
    for (i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(number >> (24 - 8 * i));
}

/* --- any file ------------------------------------------------------------ */

static void flip_bit(struct file *file)
{
    if (file->size > 0)
        file->bytes[random_below(file->size)] ^=
            (unsigned char)(1u << random_below(8));
}

static void change_byte(struct file *file)
{
    if (file->size > 0)
        file->bytes[random_below(file->size)] ^=
            (unsigned char)(1 + random_below(255));
}

static void change_bytes(struct file *file)
{
    size_t count = 2 + random_below(30);
    while (count-- > 0)
        change_byte(file);
}

/* A sector, at an aligned offset or not, or a run of any length. */
static void change_run(struct file *file)
{
    size_t length = one_in(2) ? 512 : 1 + random_below(3000);
    size_t start = random_below(file->size);
    if (one_in(2))
        start -= start % 512;
    if (length > file->size - start)
        length = file->size - start;
    random_fill(file->bytes + start, length);
}

static void cut(struct file *file) { file->size = random_below(file->size); }

static void extend(struct damaged *d, struct file *file)
{
    size_t more = one_in(2) ? PAGE * (1 + random_below(4))
                            : 1 + random_below(20000);
    if (more > d->capacity - file->size)
        more = d->capacity - file->size;
    random_fill(file->bytes + file->size, more);
    file->size += more;
}

/* --- the database: https://sqlite.org/fileformat2.html ------------------- */

static struct file *database_of(struct damaged *d)
{
    return &d->files[DATABASE];
}

static size_t pages_of(const struct damaged *d)
{
    return d->files[DATABASE].size / PAGE;
}

static unsigned char *some_page(struct damaged *d)
{
    return d->files[DATABASE].bytes + random_below(pages_of(d)) * PAGE;
}

static void database_bit(struct damaged *d) { flip_bit(database_of(d)); }
static void database_byte(struct damaged *d) { change_byte(database_of(d)); }
static void database_bytes(struct damaged *d) { change_bytes(database_of(d)); }
static void database_run(struct damaged *d) { change_run(database_of(d)); }
static void database_cut(struct damaged *d) { cut(database_of(d)); }
static void database_longer(struct damaged *d) { extend(d, database_of(d)); }
static void database_zeros(struct damaged *d) { memset(some_page(d), 0, PAGE); }

static void database_page(struct damaged *d)
{
    random_fill(some_page(d), PAGE);
}

static void database_exchange(struct damaged *d)
{
    static unsigned char kept[PAGE];
    unsigned char *a = some_page(d), *b = some_page(d);
    memcpy(kept, a, PAGE);
    memmove(a, b, PAGE);
    memcpy(b, kept, PAGE);
}

static void database_copy(struct damaged *d)
{
    unsigned char *to = some_page(d);
    memmove(to, some_page(d), PAGE);
}

static void database_cut_page(struct damaged *d)
{
    database_of(d)->size = random_below(pages_of(d)) * PAGE;
}

static void database_header(struct damaged *d)
{
    size_t count = 1 + random_below(3);
    while (count-- > 0) {
        unsigned char *byte = database_of(d)->bytes + random_below(HEADER_SIZE);
        /* Numbers in it that are small, or count something. */
        *byte = (unsigned char)(one_in(3)   ? random_number()
                                : one_in(2) ? *byte + 1u
                                            : *byte - 1u);
    }
}

/* A tree's page: its type, its counts and the offsets of its cells. */
static void database_cells(struct damaged *d)
{
    unsigned char *page = some_page(d);
    size_t count = 1 + random_below(3), start = 0;
    if (page == database_of(d)->bytes)
        start = HEADER_SIZE;
    while (count-- > 0)
        page[start + random_below(one_in(2) ? 12 : 60)] =
            (unsigned char)random_number();
}

/* A page's pointers to others: to itself, to one above, to any page. */
static void database_links(struct damaged *d)
{
    size_t count = 1 + random_below(4);
    while (count-- > 0) {
        unsigned char *page = some_page(d);
        size_t own = (size_t)(page - database_of(d)->bytes) / PAGE + 1;
        size_t to = one_in(3) ? own : 1 + random_below(pages_of(d) + 1);
        size_t cells, cell;
        if (own == 1)
            page += HEADER_SIZE;
        cells = (size_t)page[3] * 256 + page[4];
        if (page[0] == 2 || page[0] == 5) { /* inside a tree */
            if (cells == 0 || one_in(3)) {
                put_big(page + 8, to);
                continue;
            }
            cell = random_below(cells < 500 ? cells : 500);
            cell = (size_t)page[12 + 2 * cell] * 256 + page[13 + 2 * cell];
            if (own > 1 && cell <= PAGE - 4)
                put_big(page + cell, to);
        } else if (page[0] == 13 || page[0] == 10) { /* a leaf's overflow page */
            put_big(page + 100 + random_below(PAGE - 300), to);
        } else { /* an overflow page, or one of the free list */
            put_big(page, to);
        }
    }
}

/* The list of free pages: a cycle, or with pages that are in use, so that a
 * save overwrites them. */
static void database_free_list(struct damaged *d)
{
    unsigned char *header = database_of(d)->bytes, *trunk;
    size_t pages = pages_of(d), first = 1 + random_below(pages), leaves, i;
    if (one_in(2) && header[35] != 0)
        first = (size_t)header[34] * 256 + header[35];
    if (first > pages)
        first = pages;
    put_big(header + 32, first);
    put_big(header + 36, one_in(3) ? random_below(1u << 31)
                                   : 1 + random_below(2 * pages));
    if (first == 1)
        return;
    trunk = header + (first - 1) * PAGE;
    put_big(trunk, one_in(3)   ? 0
                   : one_in(2) ? first
                               : 1 + random_below(pages));
    leaves = one_in(4) ? random_below(2000) : random_below(20);
    put_big(trunk + 4, leaves);
    for (i = 0; i < leaves && i < 1000; i++)
        put_big(trunk + 8 + 4 * i, 1 + random_below(pages + 1));
}

/* --- the files of other moments ------------------------------------------ */

static const struct moment *earlier(const struct damaged *d)
{
    return &d->source->moments[random_below((size_t)d->source->at)];
}

/* A write that the disk lost. */
static void page_of_earlier(struct damaged *d)
{
    const struct file *old = &earlier(d)->files[DATABASE];
    size_t page = random_below(old->size / PAGE);
    if (page < pages_of(d))
        memcpy(database_of(d)->bytes + page * PAGE, old->bytes + page * PAGE,
               PAGE);
}

static void pages_of_earlier(struct damaged *d)
{
    const struct file *old = &earlier(d)->files[DATABASE];
    size_t page;
    for (page = 0; page < old->size / PAGE && page < pages_of(d); page++)
        if (one_in(2))
            memcpy(database_of(d)->bytes + page * PAGE,
                   old->bytes + page * PAGE, PAGE);
}

static void all_earlier(struct damaged *d)
{
    const struct moment *moment = earlier(d);
    copy_file(d, DATABASE, &moment->files[DATABASE]);
    copy_file(d, WAL, &moment->files[WAL]);
}

static void database_earlier(struct damaged *d)
{
    copy_file(d, DATABASE, &earlier(d)->files[DATABASE]);
}

static void wal_earlier(struct damaged *d)
{
    copy_file(d, WAL, &earlier(d)->files[WAL]);
}

static void wal_of_another(struct damaged *d)
{
    const struct source *other = &sources[random_below(SOURCES)];
    static const int with_wal[] = { 0, 1, 3, 4 };
    copy_file(d, WAL,
              &other->moments[with_wal[random_below(4)]].files[WAL]);
}

/* --- the -wal: https://sqlite.org/walformat.html ------------------------- */

static struct file *wal_of(struct damaged *d) { return &d->files[WAL]; }

static size_t frames_of(const struct damaged *d)
{
    size_t size = d->files[WAL].size;
    return size < WAL_HEADER ? 0 : (size - WAL_HEADER) / FRAME;
}

static void wal_bit(struct damaged *d) { flip_bit(wal_of(d)); }
static void wal_bytes(struct damaged *d) { change_bytes(wal_of(d)); }
static void wal_run(struct damaged *d) { change_run(wal_of(d)); }
static void wal_cut(struct damaged *d) { cut(wal_of(d)); }
static void wal_longer(struct damaged *d) { extend(d, wal_of(d)); }
static void wal_gone(struct damaged *d) { remove_file(d, WAL); }

static void wal_cut_frame(struct damaged *d)
{
    wal_of(d)->size = WAL_HEADER + FRAME * random_below(frames_of(d));
}

/* As if the last commits had never been made. */
static void wal_cut_commit(struct damaged *d)
{
    size_t frame = random_below(frames_of(d)), i;
    for (i = frame; i > 0; i--) {
        const unsigned char *last = wal_of(d)->bytes + WAL_HEADER +
                                    (i - 1) * FRAME;
        /* The database's size after a commit, in the commit's last frame. */
        if ((last[4] | last[5] | last[6] | last[7]) != 0)
            break;
    }
    wal_of(d)->size = WAL_HEADER + FRAME * i;
}

static void wal_frames(struct damaged *d)
{
    static unsigned char kept[FRAME];
    unsigned char *frames = wal_of(d)->bytes + WAL_HEADER;
    unsigned char *a = frames + random_below(frames_of(d)) * FRAME;
    unsigned char *b = frames + random_below(frames_of(d)) * FRAME;
    memcpy(kept, a, FRAME);
    memmove(a, b, FRAME);
    if (one_in(2))
        memcpy(b, kept, FRAME);
}

static void (*const wal_damages[])(struct damaged *) = {
    wal_bit, wal_bytes, wal_run, wal_cut, wal_longer, wal_gone, wal_cut_frame,
    wal_cut_commit, wal_frames, wal_of_another, wal_earlier, all_earlier,
};

static void any_without_lock(struct damaged *d)
{
    wal_damages[random_below(sizeof wal_damages / sizeof *wal_damages)](d);
    remove_file(d, LOCK);
    d->lock_is_whole = 0;
}

/* --- the other files ----------------------------------------------------- */

static void shm_noise(struct damaged *d)
{
    struct file *shm = &d->files[SHM];
    shm->size = one_in(2) ? 32768 : random_below(70000);
    random_fill(shm->bytes, shm->size);
}

/* A file that looks like the journal of a database that isn't in WAL mode. */
static void journal_noise(struct damaged *d)
{
    static const unsigned char magic[] = { 0xd9, 0xd5, 0x05, 0xf9,
                                           0x20, 0xa1, 0x63, 0xd7 };
    struct file *journal = &d->files[JOURNAL];
    journal->size = random_below(20000);
    random_fill(journal->bytes, journal->size);
    if (one_in(2) && journal->size >= 28) {
        memcpy(journal->bytes, magic, sizeof magic);
        put_big(journal->bytes + 8, random_below(5));
        put_big(journal->bytes + 16, random_below(pages_of(d) + 2));
        put_big(journal->bytes + 20, 512);
        put_big(journal->bytes + 24, PAGE);
    }
}

static void lock_damage(struct damaged *d)
{
    struct file *lock = &d->files[LOCK];
    const struct source *other = &sources[random_below(SOURCES)];
    if (!is_there(d, LOCK))
        return;
    switch (random_below(8)) {
    case 0: flip_bit(lock); break;
    case 1: change_byte(lock); break;
    case 2: change_bytes(lock); break;
    case 3: cut(lock); break;
    case 4: remove_file(d, LOCK); break;
    case 5: copy_file(d, LOCK, &earlier(d)->files[LOCK]); break;
    case 6:
        copy_file(d, LOCK,
                  &other->moments[random_below(MOMENTS)].files[LOCK]);
        break;
    default: random_fill(lock->bytes, lock->size);
    }
    d->lock_is_whole = 0;
}

#endif
