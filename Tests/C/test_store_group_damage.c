/* SPDX-License-Identifier: MIT
 * Groups in a store with damaged pages, and with pages of an earlier moment: a
 * load gives all members as they were at one moment that was saved, and
 * reports when it may not be the newest; or it gives nothing.
 * Usage: test_store_group_damage MODEL.safetensors */
#define _XOPEN_SOURCE 700
#include "group_fixture.h"
#include "store_pages.h"

enum { FIRST = 1, LAST = 9, FILLERS = 40, EARLIER = 7 };

static const char path[] = "damage.db";
static unsigned long right, older, refused;

/* The store's -lock, which knows the last commit. */
static unsigned char *lock;
static size_t lock_size;

/* Members between other streams, so that they are on different pages. Returns
 * the file as it was at moment EARLIER, and writes that of moment LAST. */
static unsigned char *make_moments(size_t *size)
{
    leat_store *store = open_new(path);
    group run = new_group();
    leat_stream *other = new_stream(model);
    unsigned char *earlier = NULL;
    char name[16];
    uint64_t moment;
    int s;
    for (moment = FIRST; moment <= LAST; moment++) {
        step_to(other, moment);
        OK(leat_store_begin(store, &error));
        for (s = 0; s < FILLERS; s++) {
            snprintf(name, sizeof name, "other %d", s);
            if (moment == FIRST || s % 3 == (int)(moment % 3))
                OK(leat_store_save(store, name, other, NULL, 0, 0, &error));
            /* The first save of a member decides where it is. */
            if (moment == FIRST && s % 10 == 0)
                OK(leat_store_save(store, members[s / 10], other, NULL, 0, 0,
                                   &error));
        }
        OK(save_group_at(store, "line", &run, moment, 0));
        OK(leat_store_commit(store, &error));
        if (moment == EARLIER) {
            OK(leat_store_close(store, &error));
            earlier = read_file(path, size);
            store = open_store(path);
        }
    }
    OK(leat_store_close(store, &error));
    free_group(run);
    free(other);
    return earlier;
}

/* What a load gives is right. Then the group goes on. */
static void check_damaged(const unsigned char *bytes, size_t size)
{
    group found = new_group();
    leat_store *store = NULL;
    leat_checkpoint checkpoint;
    leat_store_options options;
    uint64_t moment = UINT64_MAX;
    int code;
    remove_store(path);
    write_file(path, bytes, size);
    write_file("damage.db-lock", lock, lock_size);
    memset(&options, 0, sizeof options);
    memset(&error, 0, sizeof error);
    code = leat_store_open(path, &options, &store, &error);
    if (code == LEAT_OK) {
        step_group(&found, 2);
        code = load_group(store, "line", &found, &moment, &checkpoint);
    }
    if (code == LEAT_OK || code == LEAT_FALLBACK) {
        CHECK(is_group_at(&found, moment));
        CHECK(moment <= LAST);
        if (code == LEAT_OK)
            CHECK_EQUAL(moment, LAST);
        else
            CHECK(checkpoint.corrupt_generations > 0 ||
                  checkpoint.store_is_behind);
        right += code == LEAT_OK;
        older += code != LEAT_OK;
        /* What is saved now is found, or the save says that it can't be. */
        moment = LAST + 3;
        if (save_group_at(store, "line", &found, moment, 0) == LEAT_OK) {
            group again = new_group();
            uint64_t cursor = 0;
            code = load_group(store, "line", &again, &cursor, NULL);
            CHECK(code == LEAT_OK || checkpoint.store_is_behind);
            CHECK(is_group_at(&again, moment));
            CHECK_EQUAL(cursor, moment);
            free_group(again);
        }
    } else {
        /* Nothing was changed. */
        CHECK(code < 0);
        CHECK_EQUAL(moment, UINT64_MAX);
        CHECK(store == NULL || is_group_at(&found, 2));
        refused++;
    }
    if (store != NULL)
        leat_store_close(store, &error);
    free_group(found);
}

int main(int count, char **arguments)
{
    char directory[64];
    unsigned char *earlier, *last, *damaged;
    size_t size, size_earlier, page, damage, other;
    if (count != 2) {
        fprintf(stderr, "usage: test_store_group_damage MODEL\n");
        return 2;
    }
    set_up(arguments[1], directory);
    earlier = make_moments(&size_earlier);
    last = read_file(path, &size);
    lock = read_file("damage.db-lock", &lock_size);
    damaged = malloc(size);
    need(damaged != NULL && lock != NULL && size_earlier <= size, "the files");
    for (page = 0; page < size / PAGE_SIZE; page++)
        for (damage = 0; damage < DAMAGES; damage++) {
            check_context("page %zu, damage %zu", page, damage);
            memcpy(damaged, last, size);
            damage_page(damaged, page, damage);
            check_damaged(damaged, size);
        }
    printf("damaged pages: %lu right, %lu older and said so, %lu refused\n",
           right, older, refused);
    /* A stream's checkpoints are on one page. */
    CHECK(right > 0 && refused > 0);
    right = older = refused = 0;
    /* One page of the earlier moment, or two, or all but one or two. */
    for (page = 0; page < size_earlier / PAGE_SIZE; page++)
        for (other = page; other < size_earlier / PAGE_SIZE; other++) {
            check_context("pages %zu and %zu of an earlier moment", page,
                          other);
            memcpy(damaged, last, size);
            memcpy(damaged + page * PAGE_SIZE, earlier + page * PAGE_SIZE,
                   PAGE_SIZE);
            memcpy(damaged + other * PAGE_SIZE, earlier + other * PAGE_SIZE,
                   PAGE_SIZE);
            check_damaged(damaged, size);
            check_context("all pages but %zu and %zu of an earlier moment",
                          page, other);
            memcpy(damaged, last, size);
            memcpy(damaged, earlier, size_earlier);
            memcpy(damaged + page * PAGE_SIZE, last + page * PAGE_SIZE,
                   PAGE_SIZE);
            memcpy(damaged + other * PAGE_SIZE, last + other * PAGE_SIZE,
                   PAGE_SIZE);
            check_damaged(damaged, size);
        }
    printf("earlier pages: %lu right, %lu older and said so, %lu refused\n",
           right, older, refused);
    CHECK(right > 0 && older > 0);
    free(earlier);
    free(last);
    free(damaged);
    free(lock);
    return tear_down("test_store_group_damage", directory);
}
