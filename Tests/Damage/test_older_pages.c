/* SPDX-License-Identifier: MIT
 * Closed stores in which one to three pages are of an earlier moment, as by
 * lost writes: a load gives the newest, or reports that it doesn't; and the
 * next load, in this process and in the next one, gives what was saved and
 * acknowledged after that.
 *
 * Usage: test_older_pages MODEL.safetensors [CASES [SEED [CASE]]]
 *
 * With CASE, the number of a case that failed, that one is run alone and prints
 * what it does. */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "random.h"
#include "store_fixture.h"

enum {
    STREAMS = 6,
    MOMENTS = 8,
    SAVES = 90, /* between two moments */
    POSITIONS = 600,
    PAGE = 4096,
    CURSOR = 1200
};

static const char path[] = "older.db";

/* --- what was saved ------------------------------------------------------ */

/* The state at each position, equal for all streams. */
static unsigned char *states;
static leat_stream *stream;

static unsigned char *state_at(uint64_t position)
{
    return states + (size_t)position * state_size;
}

static void make_states(void)
{
    uint64_t n;
    states = malloc((POSITIONS + 1) * state_size);
    need(states != NULL, "malloc");
    leat_stream_reset(stream, &error);
    for (n = 0; n <= POSITIONS; n++) {
        step_to(stream, n);
        need(leat_stream_save(stream, state_at(n), state_size, &error) ==
                 LEAT_OK,
             "leat_stream_save");
    }
}

/* A stream's cursor begins with its stream and position. */
struct mark {
    uint64_t stream, position;
};

/* The position of each stream, as far as its saves were acknowledged. */
static uint64_t positions[STREAMS], newest[STREAMS];

static void name_of(int number, char name[4])
{
    snprintf(name, 4, "s%d", number);
}

/* Save a stream some samples further. */
static int save_next(leat_store *store, int number)
{
    unsigned char cursor[CURSOR];
    struct mark mark;
    char name[4];
    int code;
    name_of(number, name);
    mark.stream = (uint64_t)number;
    mark.position = positions[number] + 1 + random_below(3);
    need(mark.position <= POSITIONS, "positions");
    memset(cursor, number, sizeof cursor);
    memcpy(cursor, &mark, sizeof mark);
    need(leat_stream_load(stream, state_at(mark.position), state_size,
                          &error) == LEAT_OK,
         "leat_stream_load");
    /* Of many sizes, so that rows move between pages. */
    code = leat_store_save(store, name, stream, cursor,
                           sizeof mark + random_below(CURSOR - sizeof mark), 0,
                           &error);
    if (code == LEAT_OK)
        positions[number] = mark.position;
    return code;
}

/* --- moments ------------------------------------------------------------- */

static struct {
    unsigned char *bytes;
    size_t size;
} moments[MOMENTS];

static void make_moments(void)
{
    int moment, n;
    remove_store(path);
    for (moment = 0; moment < MOMENTS; moment++) {
        leat_store *store = open_store(path);
        for (n = 0; n < SAVES; n++)
            OK(save_next(store, n < STREAMS ? n : (int)random_below(STREAMS)));
        OK(leat_store_close(store, &error));
        moments[moment].bytes = read_file(path, &moments[moment].size);
    }
    memcpy(newest, positions, sizeof newest);
}

/* --- cases --------------------------------------------------------------- */

static int tells;
static struct {
    unsigned long right, reported, refused, hidden, saves, not_saved,
        lost_and_reported;
} sums;

#define TELL(...) (tells ? (void)printf(__VA_ARGS__) : (void)0)

/* Restore the store of the last moment, with some older pages. Returns their
 * number. */
static size_t make_older(void)
{
    const size_t size = moments[MOMENTS - 1].size;
    unsigned char *bytes = malloc(size);
    size_t count = 1 + random_below(3), done = 0;
    need(bytes != NULL, "malloc");
    memcpy(bytes, moments[MOMENTS - 1].bytes, size);
    while (done < count) {
        size_t moment = random_below(MOMENTS - 1);
        size_t page = random_below(moments[moment].size / PAGE);
        const unsigned char *old = moments[moment].bytes + page * PAGE;
        if (page >= size / PAGE || memcmp(bytes + page * PAGE, old, PAGE) == 0)
            continue;
        TELL("  page %zu is of moment %zu\n", page + 1, moment);
        memcpy(bytes + page * PAGE, old, PAGE);
        done++;
    }
    remove_store(path);
    write_file(path, bytes, size);
    free(bytes);
    return count;
}

/* Load a stream. It has what was saved at its position. */
static int load(leat_store *store, int number, uint64_t *position)
{
    unsigned char cursor[CURSOR], *state;
    struct mark mark;
    leat_checkpoint found;
    char name[4];
    int code;
    name_of(number, name);
    leat_stream_reset(stream, &error);
    code = leat_store_load(store, name, stream, cursor, sizeof cursor, &found,
                           &error);
    *position = leat_stream_position(stream);
    TELL("  %s: load %d at %llu %s\n", name, code,
         (unsigned long long)*position, code < 0 ? error.message : "");
    if (code < 0) {
        CHECK(code == LEAT_E_CORRUPT && *position == 0);
        return code;
    }
    memcpy(&mark, cursor, sizeof mark);
    CHECK(mark.stream == (uint64_t)number && mark.position == *position);
    CHECK(found.position == *position);
    CHECK((code == LEAT_OK) == (found.corrupt_generations == 0));
    state = state_of(stream);
    CHECK_BYTES(state, state_at(*position), state_size);
    free(state);
    return code;
}

/* Load exactly what was acknowledged, or get a report: after other streams were
 * saved on pages of different moments, or if the store hasn't seen any of the
 * damage. */
static void load_saved(leat_store *store, int number, int may_report)
{
    uint64_t position;
    int code = load(store, number, &position);
    if (may_report && code != LEAT_OK) {
        sums.lost_and_reported++;
        return;
    }
    CHECK_EQUAL(code, LEAT_OK);
    CHECK_EQUAL(position, positions[number]);
}

static void run_case(unsigned long number)
{
    leat_store *store = NULL;
    int is_saved[STREAMS] = { 0 }, s, n, code, verified, wrong = 0, last = -1;
    int only = one_in(2) ? (int)random_below(STREAMS) : -1;
    int sees_all = only < 0 || one_in(2);
    size_t pages;
    check_context("case %lu", number);
    TELL("case %lu\n", number);
    pages = make_older();
    code = leat_store_open(path, NULL, &store, &error);
    if (code != LEAT_OK) {
        TELL("  open %d %s\n", code, error.message);
        CHECK_EQUAL(code, LEAT_E_CORRUPT);
        return;
    }
    verified = sees_all && one_in(2)
                   ? leat_store_verify(store, NULL, NULL, NULL, &error)
                   : LEAT_E_CORRUPT;
    for (s = 0; s < STREAMS; s++) {
        if (!sees_all && s != only)
            continue;
        code = load(store, s, &positions[s]);
        wrong += code != LEAT_OK;
        if (code < 0)
            sums.refused++;
        else if (code == LEAT_FALLBACK)
            sums.reported++;
        else if (positions[s] == newest[s])
            sums.right++;
        else if (CHECK(pages > 1)) /* they may be deleted together */
            sums.hidden++;
    }
    CHECK(wrong == 0 || verified == LEAT_E_CORRUPT);
    for (n = 0; n < 20; n++) {
        s = only >= 0 ? only : (int)random_below(STREAMS);
        code = save_next(store, s);
        TELL("  s%d: save %d at %llu %s\n", s, code,
             (unsigned long long)positions[s], code < 0 ? error.message : "");
        if (code == LEAT_OK) {
            sums.saves++;
            is_saved[s] = 1;
            last = s;
            load_saved(store, s, !sees_all);
        } else {
            sums.not_saved++;
            /* A newer one may have appeared. */
            CHECK(code == LEAT_E_CORRUPT || code == LEAT_E_POSITION);
        }
    }
    CHECK(leat_store_close(store, &error) == LEAT_OK);
    if (leat_store_open(path, NULL, &store, &error) != LEAT_OK)
        return;
    for (s = 0; s < STREAMS; s++)
        if (is_saved[s])
            load_saved(store, s, s != last || !sees_all);
    leat_store_close(store, NULL);
}

int main(int count, char **arguments)
{
    char directory[64];
    unsigned long cases = 3000, n;
    uint64_t seed = 1;
    size_t i;
    check_usage(count >= 2,
                "test_older_pages MODEL.safetensors [CASES [SEED [CASE]]]");
    if (count > 2)
        cases = strtoul(arguments[2], NULL, 0);
    if (count > 3)
        seed = strtoull(arguments[3], NULL, 0);
    tells = count > 4;
    set_up(arguments[1], directory);
    stream = new_stream(model);
    make_states();
    random_state = seed;
    make_moments();
    for (n = tells ? strtoul(arguments[4], NULL, 0) : 0; n < cases; n++) {
        random_state = seed * 0x9e3779b97f4a7c15u ^ (uint64_t)n << 20;
        run_case(n);
        if (tells) {
            printf("its files are in %s\n", directory);
            return 0;
        }
    }
    check_context("%s", "");
    printf("of %lu stores with older pages: %lu loads right, %lu older or "
           "newer than their row and said so, %lu refused, %lu older unseen; "
           "%lu saves, %lu refused; %lu acknowledged were lost and said "
           "so\n", cases, sums.right, sums.reported, sums.refused, sums.hidden,
           sums.saves, sums.not_saved, sums.lost_and_reported);
    for (i = 0; i < MOMENTS; i++)
        free(moments[i].bytes);
    free(states);
    free(stream);
    return tear_down("test_older_pages", directory);
}
