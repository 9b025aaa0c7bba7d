/* SPDX-License-Identifier: MIT
 * What follows a group's sums in a GRU. z is [r, z, n over h, n over the
 * inputs][panel]. As in handwritten_group.h, values must be ordinary. */
#ifndef LEAT_BENCHMARKS_HANDWRITTEN_GRU_H
#define LEAT_BENCHMARKS_HANDWRITTEN_GRU_H

#include "handwritten_group.h"

enum { GATE_R, GATE_Z, GATE_N, GATE_REST };

/* What the new h is computed from: the sum whose tanh is n, and of z's sum
 * 1 / (1 + e^-z), 1 + e^-z and e^-z. */
struct gru_gates {
    lanes candidate[PANELS_MOST], update[PANELS_MOST];
    lanes denominator[PANELS_MOST], decay[PANELS_MOST];
};

INLINE void finish_gates(int panels, const lanes *z, struct gru_gates *gates,
                         struct next_sums *next)
{
    const lanes *over_h = z + GATE_N * panels, *rest = z + GATE_REST * panels;
    lanes x[2 * PANELS_MOST];
    struct exponential e[2 * PANELS_MOST];
    const struct exponential *e_r = e, *e_z = e + panels;
    const int n = panels;
    int j;
    EACH x[j] = sigmoid_argument(z[j]);
    EACH x[n + j] = sigmoid_argument(z[GATE_Z * n + j]);
    exponentials(0, 2 * n, 3 * n, x, e, next);
    EACH
    {
        lanes product = divide(flush(over_h[j], 0x1p-60f), one_plus(e_r[j]));
        gates->candidate[j] = add(rest[j], flush(product, 0x1p-60f));
        gates->denominator[j] = one_plus(e_z[j]);
        gates->update[j] = divide(lanes_of(1), gates->denominator[j]);
        gates->decay[j] = negated_fma3(e_z[j].scale, e_z[j].tail, e_z[j].scale);
    }
    advance(3 * panels, next);
}

/* (1 - z) n is computed as one fraction. */
INLINE void finish_gru_hidden(int panels, const struct gru_gates *gates,
                              const struct units units, struct next_sums *next)
{
    lanes x[PANELS_MOST];
    struct exponential e[PANELS_MOST];
    const int n = panels;
    int j;
    EACH x[j] = tanh_argument(gates->candidate[j]);
    exponentials(n, n, 3 * n, x, e, next);
    EACH
    {
        lanes added =
            divide(multiply(gates->decay[j], one_minus(e[j])),
                   multiply(gates->denominator[j], one_plus(e[j])));
        lanes h = fma3(gates->update[j], load(units.previous + LANES * j),
                       flush_signed(added, 0x1p-60f, gates->candidate[j]));
        store_hidden(units, j, flush(h, 0x1p-40f));
    }
    advance(3 * panels, next);
}

/* Both, which call advance() ADVANCES times. */
INLINE void finish_gru(int panels, const lanes *z, const struct units units,
                       struct next_sums *next)
{
    struct gru_gates gates;
    finish_gates(panels, z, &gates, next);
    finish_gru_hidden(panels, &gates, units, next);
}

#endif
