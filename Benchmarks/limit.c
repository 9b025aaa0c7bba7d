/* SPDX-License-Identifier: MIT
 * The ways with eight floats at once, and the list of all. */
#include "limit.h"

#if defined(__x86_64__) || defined(__aarch64__)

#include "limit_ways.h"

WAY(pairs, IN_ORDER, 2, 0)
WAY(pairs_ahead, PREFETCHED, 2, 0)
WAY(pairs_back, IN_ORDER, 2, 1)
WAY(triples, IN_ORDER, 3, 0)
WAY(fours, TWOS, 2, 0)
WAY(woven, WOVEN, 2, 0)
WAY(woven_back, WOVEN, 2, 1)
WAY(loosely_woven, WOVEN_TWICE, 2, 0)
WAY(loosely_woven_back, WOVEN_TWICE, 2, 1)

static const struct limit_way ways[] = {
    {"pairs", pairs, 2, 8, 0},
    {"triples", triples, 3, 8, 0},
    {"pairs, prefetch", pairs_ahead, 2, 16, 0},
    {"pairs, back and forth", pairs_back, 2, 16, 0},
    {"fours", fours, 2, 16, 0},
    {"woven pairs", woven, 2, 16, TURNS},
    {"woven pairs, back and forth", woven_back, 2, 16, TURNS},
    {"loosely woven pairs", loosely_woven, 2, 16, 2 * TURNS},
    {"loosely woven pairs, back and forth", loosely_woven_back, 2, 16,
     2 * TURNS}};
enum { WAYS = sizeof ways / sizeof *ways };

int limit_can_run(void) { return can_run(); }

int limit_way_count(void)
{
    return WAYS + limit_wide_way_count();
}

const struct limit_way *limit_way(int way)
{
    return way < WAYS ? &ways[way] : &limit_wide_ways[way - WAYS];
}

int limit_fits(int way, size_t hidden)
{
    const struct limit_way *w = limit_way(way);
    return hidden % w->multiple == 0 && hidden >= w->least;
}

#endif
