/* SPDX-License-Identifier: MIT
 * The ways with eight floats at once. Compiled twice for x86-64: with AVX-512
 * there are 32 registers instead of 16. */
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

#if defined(__AVX512VL__)
#define SET limit_narrow_v4
#define NAME(name) "v4 " name
#else
#define SET limit_narrow
#define NAME(name) name
#endif

static const struct limit_way ways[] = {
    {NAME("pairs"), pairs, 2, 8, 0},
    {NAME("triples"), triples, 3, 8, 0},
    {NAME("pairs, prefetch"), pairs_ahead, 2, 16, 0},
    {NAME("pairs, back and forth"), pairs_back, 2, 16, 0},
    {NAME("fours"), fours, 2, 16, 0},
    {NAME("woven pairs"), woven, 2, 16, TURNS},
    {NAME("woven pairs, back and forth"), woven_back, 2, 16, TURNS},
    {NAME("loosely woven pairs"), loosely_woven, 2, 16, 2 * TURNS},
    {NAME("loosely woven pairs, back and forth"), loosely_woven_back, 2, 16,
     2 * TURNS}};

const struct limit_set SET = {ways, sizeof ways / sizeof *ways};
