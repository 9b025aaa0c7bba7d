/* SPDX-License-Identifier: MIT
 * What follows a group's sums: the activations, the new c and h. z is
 * [gate][panel]. Samples, weights and biases are taken for ordinary numbers:
 * that those next to nothing count as 0 is left out, which the numbers of
 * models.h don't need. */
#ifndef LEAT_BENCHMARKS_LIMIT_GROUP_H
#define LEAT_BENCHMARKS_LIMIT_GROUP_H

#include "limit_activations.h"

enum { GATE_I, GATE_F, GATE_G, GATE_O, PANELS_MOST = 3 };

/* Where the new c and h of a group go; `above` is the next layer's input. */
struct units {
    float *cell, *hidden, *above;
};

INLINE struct units units_at(struct units units, size_t first)
{
    units.cell += first;
    units.hidden += first;
    if (units.above != NULL)
        units.above += first;
    return units;
}

INLINE void put_hidden(struct units units, int panel, lanes h)
{
    store(units.hidden + LANES * panel, h);
    if (units.above != NULL)
        store(units.above + LANES * panel, h);
}

/* The new c of a group, not yet flushed, from the sums of i, f and g: i g is
 * one fraction. */
INLINE void finish_cells(int panels, const lanes *z, lanes *c,
                         const struct units units, struct beside *beside)
{
    const lanes *f = z + GATE_F * panels, *g = z + GATE_G * panels;
    lanes x[3 * PANELS_MOST];
    struct decay decay[3 * PANELS_MOST];
    const struct decay *of_g = decay, *of_i = of_g + panels;
    const struct decay *of_f = of_i + panels;
    const int n = panels;
    int j;
    EACH x[j] = tangent_argument(g[j]);
    EACH x[n + j] = sigmoid_argument(z[j]);
    EACH x[2 * n + j] = sigmoid_argument(f[j]);
    decays(n, 3 * n, x, decay, beside);
    EACH {
        lanes whole = multiply(one_plus(of_i[j]), one_plus(of_g[j]));
        lanes written = divide(one_minus(of_g[j]), whole);
        lanes keeps = divide(lanes_of(1), one_plus(of_f[j]));
        c[j] = fma3(keeps, load(units.cell + LANES * j),
                    kept_signed(written, 0x1p-60f, g[j]));
    }
    turn(panels, beside);
}

/* The new h, from the sum of o: one fraction, too. */
INLINE void finish_hidden(int panels, const lanes *z, const lanes *c,
                          const struct units units, struct beside *beside)
{
    const lanes *o = z + GATE_O * panels;
    lanes x[2 * PANELS_MOST];
    struct decay decay[2 * PANELS_MOST];
    const struct decay *of_c = decay, *of_o = of_c + panels;
    const int n = panels;
    int j;
    EACH x[j] = tangent_argument(c[j]);
    EACH x[n + j] = sigmoid_argument(o[j]);
    decays(n, 2 * n, x, decay, beside);
    EACH {
        lanes whole = multiply(one_plus(of_o[j]), one_plus(of_c[j]));
        lanes h = divide(one_minus(of_c[j]), whole);
        store(units.cell + LANES * j, kept(c[j], 0x1p-60f));
        put_hidden(units, j, kept_signed(h, 0x1p-40f, c[j]));
    }
    turn(panels, beside);
}

/* All of it, in so many turns. */
enum { TURNS = 2 * (DECAY_TURNS + 1) };
INLINE void finish(int panels, const lanes *z, const struct units units,
                   struct beside *beside)
{
    lanes c[PANELS_MOST];
    finish_cells(panels, z, c, units, beside);
    finish_hidden(panels, z, c, units, beside);
}

#endif
