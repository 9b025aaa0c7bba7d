/* SPDX-License-Identifier: MIT
 *
 *     bench [--quick] [--only step,batch,...] [--json FILE]
 *
 * Measures the shipped library: steps, batches, stores, memory. Each section
 * prints a table and whether the goals of Documentation/Benchmarks.md are
 * reached. All that is compared is timed in turns, many short ones (timing.h),
 * so that a slow spell of the machine is in all of it. `make bench` runs it. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    void (*run)(const struct plan *plan);
} sections[] = {
    /* Memory comes first, before others leave free blocks to malloc(). */
    {"machine", bench_machine},
    {"memory", bench_memory},
    {"roofline", bench_roofline},
    {"step", bench_step},
    {"gru", bench_gru},
    {"latency", bench_latency},
    {"batch", bench_batch},
    {"run", bench_run},
    {"counts", bench_counts},
    {"million", bench_million},
    {"window", bench_window},
    {"sweep", bench_sweep},
    {"sizes", bench_sizes},
    {"formats", bench_formats},
    {"threads", bench_threads},
    {"subnormal", bench_subnormal},
    {"load", bench_load},
    {"state", bench_state},
    {"store", bench_store},
    {"growth", bench_growth},
    {"autosave", bench_autosave},
    {"size", bench_size}};
enum { SECTIONS = sizeof sections / sizeof *sections };

static int usage(void)
{
    size_t i;
    fprintf(stderr, "usage: bench [--quick] [--only NAME,...] [--json FILE]\n"
                    "names:");
    for (i = 0; i < SECTIONS; i++)
        fprintf(stderr, " %s", sections[i].name);
    fprintf(stderr, "\n");
    return 2;
}

static int choose(char *names, int *chosen)
{
    char *name;
    size_t i;
    memset(chosen, 0, SECTIONS * sizeof *chosen);
    for (name = strtok(names, ","); name != NULL; name = strtok(NULL, ",")) {
        for (i = 0; i < SECTIONS; i++)
            if (strcmp(name, sections[i].name) == 0)
                break;
        if (i == SECTIONS)
            return 0;
        chosen[i] = 1;
    }
    return 1;
}

int main(int count, char **arguments)
{
    struct plan plan = {101, 2e6, 0};
    const char *json = NULL;
    int chosen[SECTIONS], i;
    for (i = 0; i < SECTIONS; i++)
        chosen[i] = 1;
    for (i = 1; i < count; i++) {
        if (strcmp(arguments[i], "--quick") == 0) {
            plan.is_quick = 1;
            plan.rounds = 31;
            plan.round_ns = 5e5;
        } else if (strcmp(arguments[i], "--only") == 0 && i + 1 < count) {
            if (!choose(arguments[++i], chosen))
                return usage();
        } else if (strcmp(arguments[i], "--json") == 0 && i + 1 < count) {
            json = arguments[++i];
        } else {
            return usage();
        }
    }
    report_open(json);
    for (i = 0; i < SECTIONS; i++)
        if (chosen[i])
            sections[i].run(&plan);
    report_close();
    return 0;
}
