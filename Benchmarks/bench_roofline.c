/* SPDX-License-Identifier: MIT
 * What this processor can do at most: multiply-accumulates a nanosecond, and
 * bytes read a nanosecond from working sets as large as the weights of each
 * shape. */
#include "step_comparison.h"
#include "roofline.h"
#include "timing.h"

#include <stdio.h>

void bench_roofline(const struct plan *plan)
{
    static struct task readers[SHAPES + 3];
    struct reader blocks[SHAPES + 3];
    static const size_t others[3] = {16384, 262144, 67108864};
    double rate = macs_per_ns(plan);
    char rows[1024] = "";
    size_t i, length = 0;
    report_progress("roofline");
    for (i = 0; i < SHAPES + 3; i++) {
        reader_make(&blocks[i],
                    i < SHAPES ? shape_bytes(&shapes[i]) : others[i - SHAPES]);
        set_task(&readers[i], read_block, &blocks[i]);
    }
    run_interleaved(readers, SHAPES + 3, plan->rounds, plan->round_ns);
    printf("\nThis processor: %.1f MAC/ns; bytes/ns by size of working set\n",
           rate);
    for (i = 0; i < SHAPES + 3; i++) {
        double bandwidth =
            (double)blocks[i].bytes / median(readers[i].ns, plan->rounds);
        printf("%12zu %8.1f\n", blocks[i].bytes, bandwidth);
        length += (size_t)snprintf(
            rows + length, sizeof rows - length,
            "%s{\"bytes\": %zu, \"bytes_per_ns\": %.2f}", i == 0 ? "" : ", ",
            blocks[i].bytes, bandwidth);
        reader_free(&blocks[i]);
    }
    report_object("roofline", "\"mac_per_ns\": %.2f, \"bandwidth\": [%s]", rate,
                  rows);
}
