/* SPDX-License-Identifier: MIT
 * What follows a group's sums: the activations, the new c and h. z is
 * [gate][panel]. */
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
    store(units.hidden + 8 * panel, h);
    if (units.above != NULL)
        store(units.above + 8 * panel, h);
}

/* The new c of a group, not yet flushed, from the sums of i, f and g. */
INLINE void finish_cells(int panels, const lanes *z, lanes *c,
                         const struct units units, struct beside *beside)
{
    const lanes *f = z + GATE_F * panels, *g = z + GATE_G * panels;
    lanes y[3 * PANELS_MOST], t[3 * PANELS_MOST];
    lanes up[3 * PANELS_MOST], down[3 * PANELS_MOST];
    const int n = panels;
    int j;
    EACH sigmoid_begin(z[j], &y[j], &t[j]);
    EACH tanh_begin(g[j], &y[n + j], &t[n + j]);
    EACH sigmoid_begin(f[j], &y[2 * n + j], &t[2 * n + j]);
    turn(beside);
    logistic(3 * panels, y, t, up, down, beside);
    EACH {
        lanes i = sigmoid_end(z[j], up[j], down[j]);
        lanes written = multiply(i, tanh_end(g[j], up[n + j], down[n + j]));
        lanes kept = sigmoid_end(f[j], up[2 * n + j], down[2 * n + j]);
        c[j] = fma3(kept, load(units.cell + 8 * j), written);
    }
}

/* The new h, from the sum of o. */
INLINE void finish_hidden(int panels, const lanes *z, lanes *c,
                          const struct units units, struct beside *beside)
{
    const lanes *o = z + GATE_O * panels;
    lanes y[2 * PANELS_MOST], t[2 * PANELS_MOST];
    lanes up[2 * PANELS_MOST], down[2 * PANELS_MOST];
    const int n = panels;
    int j;
    EACH tanh_begin(c[j], &y[j], &t[j]);
    EACH sigmoid_begin(o[j], &y[n + j], &t[n + j]);
    turn(beside);
    logistic(2 * panels, y, t, up, down, beside);
    EACH {
        lanes out = sigmoid_end(o[j], up[n + j], down[n + j]);
        /* The flush is beside the long chain, which it doesn't change. */
        c[j] = flushed(c[j]);
        store(units.cell + 8 * j, c[j]);
        put_hidden(units, j, multiply(out, tanh_end(c[j], up[j], down[j])));
    }
}

/* All of it, in so many turns. */
enum { TURNS = 2 * LOGISTIC_TURNS + 2 };
INLINE void finish(int panels, const lanes *z, const struct units units,
                   struct beside *beside)
{
    lanes c[PANELS_MOST];
    finish_cells(panels, z, c, units, beside);
    finish_hidden(panels, z, c, units, beside);
}

#endif
