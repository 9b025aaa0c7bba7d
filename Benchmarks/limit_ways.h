/* SPDX-License-Identifier: MIT
 * The orders in which a layer can be gone through, of either width of
 * `lanes`. */
#ifndef LEAT_BENCHMARKS_LIMIT_WAYS_H
#define LEAT_BENCHMARKS_LIMIT_WAYS_H

#include "limit.h"
#include "limit_group.h"
#include "limit_row.h"

/* The layer's units, biases and weights from a group on. */
INLINE size_t group_units(int panels, size_t group)
{
    return (size_t)(LANES * panels) * group;
}

INLINE const float *group_bias(const struct limit_layer *layer, int panels,
                               size_t group)
{
    return layer->bias + 4 * group_units(panels, group);
}

INLINE const float *group_weights(const struct limit_layer *layer, int panels,
                                  size_t group)
{
    return layer->weights + 4 * group_units(panels, group) * layer->k;
}

/* The sums of a group of `panels`, and all that follows; `width` is that of
 * the groups before it. */
INLINE void step_group(const struct limit_layer *layer, const float *x,
                       struct units units, int width, size_t group, int panels,
                       int ahead)
{
    lanes z[4 * PANELS_MOST];
    begin(4 * panels, z, group_bias(layer, width, group));
    accumulate(4 * panels, z, group_weights(layer, width, group), x, layer->k,
               ahead);
    finish(panels, z, units_at(units, group_units(width, group)), NULL);
}

/* Group number `turn`; every other step from the last to the first: what the
 * step before used last is still in the first cache. */
INLINE size_t group_at(size_t turn, size_t groups, int is_back)
{
    return is_back ? groups - 1 - turn : turn;
}

/* One group after the other, then the panels that are left. */
INLINE void layer_plain(const struct limit_layer *layer, const float *x,
                        struct units units, int panels, int is_back, int ahead)
{
    const size_t width = group_units(panels, 1), groups = layer->hidden / width;
    const size_t left = layer->hidden % width / LANES;
    size_t turn;
    for (turn = 0; turn < groups; turn++)
        step_group(layer, x, units, panels, group_at(turn, groups, is_back),
                   panels, ahead);
    if (panels > 2 && left == 2)
        step_group(layer, x, units, panels, groups, 2, ahead);
    else if (panels > 1 && left == 1)
        step_group(layer, x, units, panels, groups, 1, ahead);
}

/* Two groups' sums, then the activations of both: more panels hide the waiting
 * of the activations as one group's can't. */
INLINE void layer_twos(const struct limit_layer *layer, const float *x,
                       struct units units, int panels)
{
    const size_t groups = layer->hidden / group_units(panels, 1);
    const int n = 4 * panels;
    size_t group;
    for (group = 0; group + 1 < groups; group += 2) {
        struct units first = units_at(units, group_units(panels, group));
        struct units second = units_at(first, group_units(panels, 1));
        const float *weights = group_weights(layer, panels, group);
        lanes y[8], z[8], c[2], d[2];
        begin(n, y, group_bias(layer, panels, group));
        weights = accumulate(n, y, weights, x, layer->k, 0);
        begin(n, z, group_bias(layer, panels, group + 1));
        accumulate(n, z, weights, x, layer->k, 0);
        finish_cells(panels, y, c, first, NULL);
        finish_cells(panels, z, d, second, NULL);
        finish_hidden(panels, y, c, first, NULL);
        finish_hidden(panels, z, d, second, NULL);
    }
    if (group < groups)
        step_group(layer, x, units, panels, group, panels, 0);
}

/* Groups, each one's activations between the sums of the next. */
INLINE void layer_woven(const struct limit_layer *layer, const float *x,
                        struct units units, int panels, int is_back, int each)
{
    const size_t groups = layer->hidden / group_units(panels, 1);
    const size_t woven = (size_t)(TURNS * each);
    const int n = 4 * panels;
    size_t group = group_at(0, groups, is_back), next, turn;
    lanes z[8];
    int j;
    begin(n, z, group_bias(layer, panels, group));
    accumulate(n, z, group_weights(layer, panels, group), x, layer->k, 0);
    for (turn = 1; turn < groups; turn++) {
        struct beside beside;
        next = group_at(turn, groups, is_back);
        beside.weights = group_weights(layer, panels, next);
        beside.x = x;
        beside.each = each;
        begin(n, beside.z, group_bias(layer, panels, next));
        finish(panels, z, units_at(units, group_units(panels, group)), &beside);
        accumulate(n, beside.z, beside.weights, beside.x, layer->k - woven, 0);
        EACH z[j] = beside.z[j];
        group = next;
    }
    finish(panels, z, units_at(units, group_units(panels, group)), NULL);
}

/* WOVEN_TWICE takes two inputs in each turn. */
enum order { IN_ORDER, PREFETCHED, TWOS, WOVEN, WOVEN_TWICE };

INLINE void step(struct limit *limit, const float *input, float *output,
                 enum order order, int panels, int can_turn)
{
    const unsigned now = limit->parity, next = now ^ 1;
    const int is_back = can_turn && now;
    const struct limit_layer *layer = limit->layers;
    size_t l, k;
    for (k = 0; k < layer->inputs; k++)
        layer->vector[now][k] = input[k];
    for (l = 0; l < limit->layer_count; l++, layer++) {
        struct units units;
        const float *x = layer->vector[now];
        units.cell = layer->cell;
        units.hidden = layer->vector[next] + layer->inputs;
        units.above =
            l + 1 < limit->layer_count ? layer[1].vector[now] : NULL;
        if (order == WOVEN || order == WOVEN_TWICE)
            layer_woven(layer, x, units, panels, is_back,
                        order == WOVEN ? 1 : 2);
        else if (order == TWOS)
            layer_twos(layer, x, units, panels);
        else
            layer_plain(layer, x, units, panels, is_back,
                        order == PREFETCHED ? 2048 : 0);
    }
    layer--;
    output[0] = row(limit->head, layer->vector[next] + layer->inputs,
                    layer->hidden) +
        limit->head_bias;
    limit->parity = next;
}

/* Every other step from the last group to the first where `can_turn`. */
#define WAY(name, order, panels, can_turn)                                     \
    static void name(struct limit *limit, const float *input, float *output)   \
    {                                                                          \
        step(limit, input, output, order, panels, can_turn);                   \
    }

#endif
