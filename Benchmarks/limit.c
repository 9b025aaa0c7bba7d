/* SPDX-License-Identifier: MIT */
#include "limit.h"

#if defined(__x86_64__) || defined(__aarch64__)

#include "limit_group.h"

/* One group after the other. */
INLINE void layer_plain(const struct limit_layer *layer, const float *x,
                        struct units units, int panels, int ahead)
{
    const size_t group = (size_t)(32 * panels);
    const float *weights = layer->weights, *bias = layer->bias;
    size_t unit = 0, left = layer->hidden / 8;
    lanes z[4 * PANELS_MOST];
    int n = 4 * panels, j;
    for (; left >= (size_t)panels; left -= (size_t)panels) {
        EACH z[j] = load(bias + 8 * j);
        weights = accumulate(4 * panels, z, weights, x, layer->k, ahead);
        finish(panels, z, units_at(units, unit), NULL);
        bias += group;
        unit += 8 * (size_t)panels;
    }
    if (panels == 3 && left == 2) {
        n = 8;
        EACH z[j] = load(bias + 8 * j);
        accumulate(8, z, weights, x, layer->k, ahead);
        finish(2, z, units_at(units, unit), NULL);
    } else if (panels > 1 && left == 1) {
        n = 4;
        EACH z[j] = load(bias + 8 * j);
        accumulate(4, z, weights, x, layer->k, ahead);
        finish(1, z, units_at(units, unit), NULL);
    }
}

/* Pair number `turn`; every other step from the last to the first: what the
 * step before used last is still in the first cache. */
INLINE size_t pair_at(size_t turn, size_t pairs, int is_back)
{
    return is_back ? pairs - 1 - turn : turn;
}

INLINE void layer_pairs(const struct limit_layer *layer, const float *x,
                        struct units units, int is_back, int ahead)
{
    const size_t pairs = layer->hidden / 16;
    size_t turn;
    for (turn = 0; turn < pairs; turn++) {
        size_t pair = pair_at(turn, pairs, is_back);
        const float *bias = layer->bias + 64 * pair;
        const int n = 8;
        lanes z[8];
        int j;
        EACH z[j] = load(bias + 8 * j);
        accumulate(8, z, layer->weights + pair * 64 * layer->k, x, layer->k,
                   ahead);
        finish(2, z, units_at(units, 16 * pair), NULL);
    }
}

/* Two pairs' sums, then the activations of both: four panels hide the
 * waiting of the activations as two can't. */
INLINE void layer_fours(const struct limit_layer *layer, const float *x,
                        struct units units)
{
    const size_t pairs = layer->hidden / 16, total = layer->k;
    const float *weights = layer->weights, *bias = layer->bias;
    const int n = 8;
    size_t pair;
    int j;
    for (pair = 0; pair + 1 < pairs; pair += 2) {
        struct units first = units_at(units, 16 * pair);
        struct units second = units_at(first, 16);
        lanes y[8], z[8], c[2], d[2];
        EACH y[j] = load(bias + 8 * j);
        weights = accumulate(8, y, weights, x, total, 0);
        bias += 64;
        EACH z[j] = load(bias + 8 * j);
        weights = accumulate(8, z, weights, x, total, 0);
        bias += 64;
        finish_cells(2, y, c, first, NULL);
        finish_cells(2, z, d, second, NULL);
        finish_hidden(2, y, c, first, NULL);
        finish_hidden(2, z, d, second, NULL);
    }
    if (pair < pairs) {
        lanes z[8];
        EACH z[j] = load(bias + 8 * j);
        accumulate(8, z, weights, x, total, 0);
        finish(2, z, units_at(units, 16 * pair), NULL);
    }
}

/* Pairs, each one's activations between the sums of the next. */
INLINE void layer_woven(const struct limit_layer *layer, const float *x,
                        struct units units, int is_back, int each)
{
    const size_t pairs = layer->hidden / 16, total = layer->k;
    const size_t woven = (size_t)(TURNS * each);
    const int n = 8;
    size_t pair = pair_at(0, pairs, is_back), next, turn;
    const float *bias = layer->bias + 64 * pair;
    lanes z[8];
    int j;
    EACH z[j] = load(bias + 8 * j);
    accumulate(8, z, layer->weights + pair * 64 * total, x, total, 0);
    for (turn = 1; turn < pairs; turn++) {
        struct beside beside;
        next = pair_at(turn, pairs, is_back);
        bias = layer->bias + 64 * next;
        beside.weights = layer->weights + next * 64 * total;
        beside.x = x;
        beside.each = each;
        EACH beside.z[j] = load(bias + 8 * j);
        finish(2, z, units_at(units, 16 * pair), &beside);
        accumulate(8, beside.z, beside.weights, beside.x, total - woven, 0);
        EACH z[j] = beside.z[j];
        pair = next;
    }
    finish(2, z, units_at(units, 16 * pair), NULL);
}

enum order { ONE_BY_ONE, BACK_AND_FORTH, FOURS, WOVEN, WOVEN_BACK_AND_FORTH };

INLINE void step(struct limit *limit, const float *input, float *output,
                 enum order order, int panels, int ahead)
{
    const unsigned now = limit->parity, next = now ^ 1;
    const struct limit_layer *layer = limit->layers;
    size_t l, k;
    lanes total = lanes_of(0);
    const float *h;
    for (k = 0; k < layer->inputs; k++)
        layer->vector[now][k] = input[k];
    for (l = 0; l < limit->layer_count; l++, layer++) {
        struct units units;
        const float *x = layer->vector[now];
        units.cell = layer->cell;
        units.hidden = layer->vector[next] + layer->inputs;
        units.above =
            l + 1 < limit->layer_count ? layer[1].vector[now] : NULL;
        if (order == WOVEN || order == WOVEN_BACK_AND_FORTH)
            layer_woven(layer, x, units, order == WOVEN ? 0 : (int)now,
                        ahead);
        else if (order == FOURS)
            layer_fours(layer, x, units);
        else if (order == BACK_AND_FORTH)
            layer_pairs(layer, x, units, (int)now, ahead);
        else
            layer_plain(layer, x, units, panels, ahead);
    }
    layer--;
    h = layer->vector[next] + layer->inputs;
    for (k = 0; k < layer->hidden; k += 8)
        total = fma3(load(limit->head + k), load(h + k), total);
    output[0] = sum(total) + limit->head_bias;
    limit->parity = next;
}

#define WAY(name, order, panels, ahead)                                        \
    static void name(struct limit *limit, const float *input, float *output)   \
    {                                                                          \
        step(limit, input, output, order, panels, ahead);                      \
    }
WAY(pairs, ONE_BY_ONE, 2, 0)
WAY(pairs_ahead, ONE_BY_ONE, 2, 2048)
WAY(triples, ONE_BY_ONE, 3, 0)
WAY(back, BACK_AND_FORTH, 2, 0)
WAY(fours, FOURS, 2, 0)
WAY(woven, WOVEN, 2, 1)
WAY(woven_back, WOVEN_BACK_AND_FORTH, 2, 1)
WAY(loosely_woven, WOVEN, 2, 2)
WAY(loosely_woven_back, WOVEN_BACK_AND_FORTH, 2, 2)

const char *const limit_way_names[LIMIT_WAYS] = {
    "pairs",
    "pairs, prefetch",
    "triples",
    "pairs, back and forth",
    "fours",
    "woven pairs",
    "woven pairs, back and forth",
    "loosely woven pairs",
    "loosely woven pairs, back and forth"};

const limit_step_function limit_ways[LIMIT_WAYS] = {
    pairs, pairs_ahead, triples,       back, fours,
    woven, woven_back,  loosely_woven, loosely_woven_back};

int limit_can_run(void) { return can_run(); }

size_t limit_group(int way)
{
    return limit_ways[way] == triples ? 3 : 2;
}

int limit_fits(int way, size_t hidden)
{
    const limit_step_function step = limit_ways[way];
    if (step == loosely_woven || step == loosely_woven_back)
        return hidden % 16 == 0 && hidden >= 2 * TURNS;
    if (step == woven || step == woven_back)
        return hidden % 16 == 0 && hidden >= TURNS;
    return step == pairs || step == triples || hidden % 16 == 0;
}

#endif
