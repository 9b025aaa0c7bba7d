/* SPDX-License-Identifier: MIT
 * The ways with sixteen floats at once, of x86-64 with AVX-512. */
#define LIMIT_WIDE
#include "limit_ways.h"

WAY(singles, IN_ORDER, 1, 0)
WAY(singles_back, IN_ORDER, 1, 1)
WAY(twos, TWOS, 1, 0)
WAY(woven_singles, WOVEN, 1, 0)
WAY(woven_singles_back, WOVEN, 1, 1)
WAY(pairs, IN_ORDER, 2, 0)
WAY(pairs_ahead, PREFETCHED, 2, 0)
WAY(pairs_back, IN_ORDER, 2, 1)
WAY(woven, WOVEN, 2, 0)
WAY(woven_back, WOVEN, 2, 1)
WAY(loosely_woven, WOVEN_TWICE, 2, 0)
WAY(loosely_woven_back, WOVEN_TWICE, 2, 1)

static const struct limit_way ways[] = {
    {"wide", singles, 2, 16, 0},
    {"wide, back and forth", singles_back, 2, 16, 0},
    {"wide twos", twos, 2, 16, 0},
    {"wide woven", woven_singles, 2, 16, TURNS},
    {"wide woven, back and forth", woven_singles_back, 2, 16, TURNS},
    {"wide pairs", pairs, 4, 16, 0},
    {"wide pairs, prefetch", pairs_ahead, 4, 16, 0},
    {"wide pairs, back and forth", pairs_back, 4, 32, 0},
    {"wide woven pairs", woven, 4, 32, TURNS},
    {"wide woven pairs, back and forth", woven_back, 4, 32, TURNS},
    {"wide loosely woven pairs", loosely_woven, 4, 32, 2 * TURNS},
    {"wide loosely woven pairs, back and forth", loosely_woven_back, 4, 32,
     2 * TURNS}};

const struct limit_set limit_wide = {ways, sizeof ways / sizeof *ways};
