/* SPDX-License-Identifier: MIT
 * A million streams of C in one block. */
#include "clock.h"
#include "samples.h"
#include "subjects.h"

#include <stdio.h>
#include <stdlib.h>

#define STREAMS 1000000
#define ROUNDS  5

int main(void)
{
    static const size_t batches[] = {1, 16, 64, 256, 1024, 8192, STREAMS};
    const struct shape *shape = shape_named('C');
    struct subject leat;
    struct herd herd;
    size_t b, r;
    subject_of(&leat, shape);
    fprintf(stderr, "... making %d streams\n", STREAMS);
    herd_make(&herd, leat.model, shape->inputs, STREAMS);
    printf("%d streams of C (%zu > %zu x %zu): %zu bytes each, %.0f MB\n",
           STREAMS, shape->inputs, shape->hidden, shape->layers,
           leat_stream_size(leat.model),
           (double)leat_stream_size(leat.model) * STREAMS / 1e6);
    printf("%10s %22s %14s\n", "batch", "stream-steps a second", "ns each");
    for (b = 0; b < sizeof batches / sizeof *batches; b++) {
        double seconds[ROUNDS], middle;
        for (r = 0; r < ROUNDS; r++) {
            double start = now_ns();
            size_t first, count;
            for (first = 0; first < STREAMS; first += count) {
                count = batches[b] < STREAMS - first ? batches[b]
                                                     : STREAMS - first;
                leat_batch_step(herd.streams + first, count,
                                herd.inputs + first * shape->inputs,
                                herd.outputs + first, NULL);
                if (first / 100000 != (first + count) / 100000)
                    fprintf(stderr, "\r... batches of %zu, round %zu of %d: "
                            "%zu streams ", batches[b], r + 1, ROUNDS,
                            first + count);
            }
            seconds[r] = (now_ns() - start) / 1e9;
        }
        fprintf(stderr, "\r%70s\r", "");
        middle = median(seconds, ROUNDS);
        printf("%10zu %22.0f %14.1f\n", batches[b], STREAMS / middle,
               middle * 1e9 / STREAMS);
        fflush(stdout);
    }
    herd_free(&herd);
    subject_free(&leat);
    return 0;
}
