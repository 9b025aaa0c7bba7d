/* SPDX-License-Identifier: MIT
 * A million streams of shape C in one block, all stepped once by
 * leat_batch_step() in batches of 1 to a million: what a stream-step costs when
 * the states are far larger than any cache, and how large a batch must be. */
#include "clock.h"
#include "timing.h"
#include "streams.h"

#include <stdio.h>
#include <stdlib.h>

#define STREAMS 1000000
#define ROUNDS  5

int main(void)
{
    static const size_t sizes[] = {1, 16, 64, 256, 1024, 8192, STREAMS};
    const struct shape *shape = shape_named('C');
    struct stream leat;
    struct batch batch;
    size_t b, r;
    stream_make_float32(&leat, shape);
    fprintf(stderr, "... making %d streams\n", STREAMS);
    batch_make(&batch, leat.model, shape->inputs, STREAMS);
    printf("%d streams of C (%zu > %zu x %zu): %zu bytes each, %.0f MB\n",
           STREAMS, shape->inputs, shape->hidden, shape->layers,
           leat_stream_size(leat.model),
           (double)leat_stream_size(leat.model) * STREAMS / 1e6);
    printf("%10s %22s %14s\n", "batch", "stream-steps a second", "ns each");
    for (b = 0; b < sizeof sizes / sizeof *sizes; b++) {
        double seconds[ROUNDS], median_seconds;
        for (r = 0; r < ROUNDS; r++) {
            double start = now_ns();
            size_t first, count;
            for (first = 0; first < STREAMS; first += count) {
                count = sizes[b] < STREAMS - first ? sizes[b] : STREAMS - first;
                leat_batch_step(batch.streams + first, count,
                                batch.inputs + first * shape->inputs,
                                batch.outputs + first, NULL);
                if (first / 100000 != (first + count) / 100000)
                    fprintf(stderr,
                            "\r... batches of %zu, round %zu of %d: "
                            "%zu streams ",
                            sizes[b], r + 1, ROUNDS, first + count);
            }
            seconds[r] = (now_ns() - start) / 1e9;
        }
        fprintf(stderr, "\r%70s\r", "");
        median_seconds = median(seconds, ROUNDS);
        printf("%10zu %22.0f %14.1f\n", sizes[b], STREAMS / median_seconds,
               median_seconds * 1e9 / STREAMS);
        fflush(stdout);
    }
    batch_free(&batch);
    stream_free(&leat);
    return 0;
}
