/* SPDX-License-Identifier: MIT
 * The sections of `make bench`, a function for each table. */
#ifndef LEAT_BENCHMARKS_BENCH_H
#define LEAT_BENCHMARKS_BENCH_H

#include "report.h"

#include <stddef.h>

/* How much is measured: rounds of each task, and about how long each takes. */
struct plan {
    size_t rounds;
    double round_ns;
    int is_quick;
};

void bench_step(const struct plan *plan);      /* bench_step.c */
void bench_sweep(const struct plan *plan);
void bench_gru(const struct plan *plan);
void bench_sizes(const struct plan *plan);     /* bench_sizes.c */
void bench_roofline(const struct plan *plan);  /* bench_roofline.c */
void bench_latency(const struct plan *plan);   /* bench_latency.c */
void bench_batch(const struct plan *plan);     /* bench_batch.c */
void bench_run(const struct plan *plan);
void bench_counts(const struct plan *plan);    /* bench_many.c */
void bench_million(const struct plan *plan);
void bench_window(const struct plan *plan);    /* bench_window.c */
void bench_threads(const struct plan *plan);   /* bench_threads.c */
void bench_formats(const struct plan *plan);   /* bench_formats.c */
void bench_subnormal(const struct plan *plan); /* bench_subnormal.c */
void bench_load(const struct plan *plan);      /* bench_state.c */
void bench_state(const struct plan *plan);
void bench_store(const struct plan *plan);     /* bench_store.c */
void bench_growth(const struct plan *plan);    /* bench_store_growth.c */
void bench_autosave(const struct plan *plan);  /* bench_autosave.c */
void bench_machine(const struct plan *plan);   /* bench_machine.c */
void bench_size(const struct plan *plan);
void bench_memory(const struct plan *plan);

#endif
