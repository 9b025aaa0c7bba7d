/* SPDX-License-Identifier: MIT
 * What follows a group's sums: the activations, the new c and the new h. z is
 * [gate][panel]. Samples, weights and biases must be ordinary numbers, as those
 * of models.h are: no value counts as 0 because it is too small. */
#ifndef LEAT_BENCHMARKS_HANDWRITTEN_GROUP_H
#define LEAT_BENCHMARKS_HANDWRITTEN_GROUP_H

#include "handwritten_activations.h"

enum { GATE_I, GATE_F, GATE_G, GATE_O, PANELS_MOST = 3 };

/* Where the new c and h of a group go, and where its previous h is; `above` is
 * the next layer's input, or NULL. */
struct units {
    float *cell, *hidden, *above;
    const float *previous;
};

INLINE struct units units_at(struct units units, size_t first)
{
    units.cell += first;
    units.hidden += first;
    units.previous += first;
    if (units.above != NULL)
        units.above += first;
    return units;
}

INLINE void store_hidden(struct units units, int panel, lanes h)
{
    store(units.hidden + LANES * panel, h);
    if (units.above != NULL)
        store(units.above + LANES * panel, h);
}

/* The new c of a group, not yet flushed, from the sums of i, f and g. i g is
 * computed as one fraction. */
INLINE void finish_cells(int panels, const lanes *z, lanes *c,
                         const struct units units, struct next_sums *next)
{
    const lanes *f = z + GATE_F * panels, *g = z + GATE_G * panels;
    lanes x[3 * PANELS_MOST];
    struct exponential e[3 * PANELS_MOST];
    const struct exponential *e_g = e, *e_i = e_g + panels, *e_f = e_i + panels;
    const int n = panels;
    int j;
    EACH x[j] = tanh_argument(g[j]);
    EACH x[n + j] = sigmoid_argument(z[j]);
    EACH x[2 * n + j] = sigmoid_argument(f[j]);
    exponentials(n, 3 * n, 4 * n, x, e, next);
    EACH
    {
        lanes denominator = multiply(one_plus(e_i[j]), one_plus(e_g[j]));
        lanes added = divide(one_minus(e_g[j]), denominator);
        lanes forget = divide(lanes_of(1), one_plus(e_f[j]));
        c[j] = fma3(forget, load(units.cell + LANES * j),
                    flush_signed(added, 0x1p-60f, g[j]));
    }
    advance(4 * panels, next);
}

/* The new h, from the sum of o and the new c, also as one fraction. */
INLINE void finish_hidden(int panels, const lanes *z, const lanes *c,
                          const struct units units, struct next_sums *next)
{
    const lanes *o = z + GATE_O * panels;
    lanes x[2 * PANELS_MOST];
    struct exponential e[2 * PANELS_MOST];
    const struct exponential *e_c = e, *e_o = e_c + panels;
    const int n = panels;
    int j;
    EACH x[j] = tanh_argument(c[j]);
    EACH x[n + j] = sigmoid_argument(o[j]);
    exponentials(n, 2 * n, 4 * n, x, e, next);
    EACH
    {
        lanes denominator = multiply(one_plus(e_o[j]), one_plus(e_c[j]));
        lanes h = divide(one_minus(e_c[j]), denominator);
        store(units.cell + LANES * j, flush(c[j], 0x1p-60f));
        store_hidden(units, j, flush_signed(h, 0x1p-40f, c[j]));
    }
    advance(4 * panels, next);
}

/* Both, which call advance() ADVANCES times. */
enum { ADVANCES = 2 * (EXPONENTIAL_ADVANCES + 1) };
INLINE void finish(int panels, const lanes *z, const struct units units,
                   struct next_sums *next)
{
    lanes c[PANELS_MOST];
    finish_cells(panels, z, c, units, next);
    finish_hidden(panels, z, c, units, next);
}

#endif
