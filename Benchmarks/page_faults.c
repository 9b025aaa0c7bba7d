/* SPDX-License-Identifier: MIT
 *
 *     page_faults [STEPS]
 *
 * Page faults of STEPS steps after a stream's first, at A to F; without STEPS
 * 100,000, and 10,000 of the large ones. There must be none: a step touches the
 * model, the stream, its sample and a stack of fixed size, all of which the
 * first step has touched. But the system may move a page at any time, which is
 * a fault, too: so a shape has several tries, each with a new stream. */
#define _GNU_SOURCE
#include "faults.h"
#include "streams.h"

#include <stdio.h>
#include <stdlib.h>

enum { TRIES = 5 };

static long faults_of(const struct shape *shape, size_t steps)
{
    struct stream stream;
    long faults;
    stream_make_float32(&stream, shape);
    page_faults();
    step_stream(&stream, 1);
    faults = page_faults();
    step_stream(&stream, steps);
    faults = page_faults() - faults;
    stream_free(&stream);
    return faults;
}

int main(int count, char **arguments)
{
    size_t given = count > 1 ? strtoul(arguments[1], NULL, 10) : 0, s;
    int failed = 0;
    for (s = 0; s < SHAPES; s++) {
        size_t usual = shape_macs(&shapes[s]) < 500000 ? 100000 : 10000;
        size_t steps = given != 0 ? given : usual;
        long faults = 1;
        int tries;
        for (tries = 0; faults != 0 && tries < TRIES; tries++)
            faults = faults_of(&shapes[s], steps);
        if (faults != 0) {
            printf("%s: %ld page faults in %zu steps after the first, "
                   "expected 0 in one of %d tries\n",
                   shapes[s].name, faults, steps, TRIES);
            failed++;
        }
    }
    printf("%d passed, %d failed\n", SHAPES - failed, failed);
    return failed != 0;
}
