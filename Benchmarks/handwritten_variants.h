/* SPDX-License-Identifier: MIT
 * The orders in which a step can go through the groups of a layer, and the set
 * of variants that the including file names: VARIANTS lists them as (function,
 * order, panels in a group, whether the direction alternates, name). */
#ifndef LEAT_BENCHMARKS_HANDWRITTEN_VARIANTS_H
#define LEAT_BENCHMARKS_HANDWRITTEN_VARIANTS_H

#include "handwritten.h"
#include "handwritten_group.h"
#include "handwritten_gru.h"
#include "handwritten_head.h"

/* The index of a group's first unit, its biases and its weights. */
INLINE size_t group_units(int panels, size_t group)
{
    return (size_t)(LANES * panels) * group;
}

INLINE const float *group_bias(const struct handwritten_layer *layer,
                               int panels, size_t group)
{
    return layer->bias + 4 * group_units(panels, group);
}

INLINE const float *group_weights(const struct handwritten_layer *layer,
                                  int gates, int panels, size_t group)
{
    return layer->weights +
           (size_t)gates * group_units(panels, group) * layer->k;
}

/* A GRU's n has two sums, of which the second is added to over the inputs, the
 * first over h. */
INLINE void exchange_rest(int panels, lanes *z)
{
    int n = panels, j;
    EACH
    {
        const lanes kept = z[GATE_N * panels + j];
        z[GATE_N * panels + j] = z[GATE_REST * panels + j];
        z[GATE_REST * panels + j] = kept;
    }
}

/* Begin the sums of a group. Returns where its weights of h are, or of a
 * layer with four gates all its weights; *x is what they are multiplied with. */
INLINE const float *begin_group(const struct handwritten_layer *layer,
                                int gates, int width, size_t group, int panels,
                                lanes *z, const float **x, int prefetch)
{
    const float *weights = group_weights(layer, gates, width, group);
    begin(4 * panels, z, group_bias(layer, width, group));
    if (gates == 4)
        return weights;
    weights =
        accumulate(gates * panels, z, weights, *x, layer->inputs, prefetch);
    exchange_rest(panels, z);
    *x += layer->inputs;
    return weights;
}

/* How many inputs follow begin_group(). */
INLINE size_t remaining_inputs(const struct handwritten_layer *layer, int gates)
{
    return gates == 4 ? layer->k : layer->k - layer->inputs;
}

/* All sums of a group. Returns the weights after it. */
INLINE const float *sum_group(const struct handwritten_layer *layer, int gates,
                              int width, size_t group, int panels, lanes *z,
                              const float *x, int prefetch)
{
    const float *weights =
        begin_group(layer, gates, width, group, panels, z, &x, prefetch);
    return accumulate(gates * panels, z, weights, x,
                      remaining_inputs(layer, gates), prefetch);
}

INLINE void finish_group(int gates, int panels, const lanes *z,
                         const struct units units, struct next_sums *next)
{
    if (gates == 4)
        finish(panels, z, units, next);
    else
        finish_gru(panels, z, units, next);
}

/* Step one group of `panels`; the groups before it have `width` panels. */
INLINE void step_group(const struct handwritten_layer *layer, int gates,
                       const float *x, struct units units, int width,
                       size_t group, int panels, int prefetch)
{
    lanes z[4 * PANELS_MOST];
    sum_group(layer, gates, width, group, panels, z, x, prefetch);
    finish_group(gates, panels, z, units_at(units, group_units(width, group)),
                 NULL);
}

/* The group at a place in the order. When the direction alternates, every
 * other step goes from the last group to the first: the weights that the step
 * before used last are still in the first cache. */
INLINE size_t group_at(size_t place, size_t groups, int is_reversed)
{
    return is_reversed ? groups - 1 - place : place;
}

/* One group after the other, then the remaining panels. */
INLINE void layer_in_order(const struct handwritten_layer *layer, int gates,
                           const float *x, struct units units, int panels,
                           int is_reversed, int prefetch)
{
    const size_t width = group_units(panels, 1), groups = layer->hidden / width;
    const size_t remaining = layer->hidden % width / LANES;
    size_t i;
    for (i = 0; i < groups; i++)
        step_group(layer, gates, x, units, panels, group_at(i, groups, is_reversed),
                   panels, prefetch);
    if (panels > 2 && remaining == 2)
        step_group(layer, gates, x, units, panels, groups, 2, prefetch);
    else if (panels > 1 && remaining == 1)
        step_group(layer, gates, x, units, panels, groups, 1, prefetch);
}

/* The sums of two groups, then the activations of both: more panels hide more
 * of the activations' latency. */
INLINE void layer_two_groups(const struct handwritten_layer *layer, int gates,
                             const float *x, struct units units, int panels)
{
    const size_t groups = layer->hidden / group_units(panels, 1);
    size_t group;
    for (group = 0; group + 1 < groups; group += 2) {
        struct units first = units_at(units, group_units(panels, group));
        struct units second = units_at(first, group_units(panels, 1));
        lanes y[8], z[8], c[2], d[2];
        sum_group(layer, gates, panels, group, panels, y, x, 0);
        sum_group(layer, gates, panels, group + 1, panels, z, x, 0);
        if (gates == 3) {
            struct gru_gates a, b;
            finish_gates(panels, y, &a, NULL);
            finish_gates(panels, z, &b, NULL);
            finish_gru_hidden(panels, &a, first, NULL);
            finish_gru_hidden(panels, &b, second, NULL);
            continue;
        }
        finish_cells(panels, y, c, first, NULL);
        finish_cells(panels, z, d, second, NULL);
        finish_hidden(panels, y, c, first, NULL);
        finish_hidden(panels, z, d, second, NULL);
    }
    if (group < groups)
        step_group(layer, gates, x, units, panels, group, panels, 0);
}

/* Each group's activations are interleaved with the next group's sums, which
 * take `rate` inputs between two operations. */
INLINE void layer_interleaved(const struct handwritten_layer *layer, int gates,
                              const float *x, struct units units, int panels,
                              int is_reversed, int rate)
{
    const size_t groups = layer->hidden / group_units(panels, 1);
    const size_t interleaved = (size_t)(ADVANCES * rate);
    const int n = 4 * panels;
    size_t group = group_at(0, groups, is_reversed), i;
    lanes z[8];
    int j;
    sum_group(layer, gates, panels, group, panels, z, x, 0);
    for (i = 1; i < groups; i++) {
        const size_t next_group = group_at(i, groups, is_reversed);
        struct next_sums next;
        next.x = x;
        next.rate = rate;
        next.weights = begin_group(layer, gates, panels, next_group, panels,
                                   next.z, &next.x, 0);
        finish_group(gates, panels, z,
                     units_at(units, group_units(panels, group)), &next);
        accumulate(gates * panels, next.z, next.weights, next.x,
                   remaining_inputs(layer, gates) - interleaved, 0);
        EACH z[j] = next.z[j];
        group = next_group;
    }
    finish_group(gates, panels, z, units_at(units, group_units(panels, group)),
                 NULL);
}

enum order { ONE_GROUP, PREFETCH, TWO_GROUPS, INTERLEAVED, INTERLEAVED_TWICE };

INLINE void step(struct handwritten *handwritten, const float *input,
                 float *output, int gates, enum order order, int panels,
                 int alternates)
{
    const unsigned now = handwritten->parity, next = now ^ 1;
    const int is_reversed = alternates && now;
    const struct handwritten_layer *layer = handwritten->layers;
    size_t l, k;
    for (k = 0; k < layer->inputs; k++)
        layer->vector[now][k] = input[k];
    for (l = 0; l < handwritten->layer_count; l++, layer++) {
        struct units units;
        const float *x = layer->vector[now];
        units.cell = layer->cell;
        units.previous = x + layer->inputs;
        units.hidden = layer->vector[next] + layer->inputs;
        units.above =
            l + 1 < handwritten->layer_count ? layer[1].vector[now] : NULL;
        if (order == INTERLEAVED || order == INTERLEAVED_TWICE)
            layer_interleaved(layer, gates, x, units, panels, is_reversed,
                              order == INTERLEAVED ? 1 : 2);
        else if (order == TWO_GROUPS)
            layer_two_groups(layer, gates, x, units, panels);
        else
            layer_in_order(layer, gates, x, units, panels, is_reversed,
                           order == PREFETCH ? 2048 : 0);
    }
    layer--;
    output[0] = head_row(handwritten->head, layer->vector[next] + layer->inputs,
                         layer->hidden) +
                handwritten->head_bias;
    handwritten->parity = next;
}

#define FUNCTION(name, order, panels, alternates, text)                        \
    static void name(struct handwritten *handwritten, const float *input,      \
                     float *output)                                            \
    {                                                                          \
        step(handwritten, input, output, 4, order, panels, alternates);        \
    }                                                                          \
    static void name##_gru(struct handwritten *handwritten,                    \
                           const float *input, float *output)                  \
    {                                                                          \
        step(handwritten, input, output, 3, order, panels, alternates);        \
    }
VARIANTS(FUNCTION)

/* Only layer_in_order() can take groups of which the last is smaller, and
 * interleaving needs as many units as it takes inputs. */
#define MULTIPLE(order, panels, alternates)                                    \
    ((order) <= PREFETCH && !(alternates) ? LANES : LANES * (panels))
#define LEAST(order)                                                           \
    ((order) == INTERLEAVED         ? ADVANCES                                 \
     : (order) == INTERLEAVED_TWICE ? 2 * ADVANCES                             \
                                    : 0)
#define ENTRY(name, order, panels, alternates, text)                           \
    {VARIANT_PREFIX text, name, name##_gru, LANES / 8 * (panels),              \
     MULTIPLE(order, panels, alternates), LEAST(order)},
static const struct handwritten_variant variants[] = {VARIANTS(ENTRY)};

const struct handwritten_set VARIANT_SET = {variants,
                                            sizeof variants / sizeof *variants};

#endif
