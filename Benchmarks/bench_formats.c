/* SPDX-License-Identifier: MIT
 * A step of the same network with weights in each number format, against
 * float32: narrow weights save what they save in reads, and cost their
 * conversion. */
#include "bench.h"
#include "timing.h"
#include "streams.h"

#include <stdio.h>
#include <stdlib.h>

/* Whether this library reads a format. */
static int is_read(const struct network *network, enum format format)
{
    size_t file_size, size;
    unsigned char *file = network_file(network, format, &file_size);
    leat_error error;
    int code = leat_model_measure(file, file_size, &size, &error);
    free(file);
    if (code != LEAT_OK)
        printf("      %-5s %s\n", format_names[format], error.message);
    return code == LEAT_OK;
}

void bench_formats(const struct plan *plan)
{
    static const double bounds[FORMATS] = {0, 0.6, 0, 0.35};
    static struct task tasks[FORMATS];
    struct stream streams[FORMATS];
    const char *letter;
    size_t f, count;
    printf("\nFormats: ns a step\n%5s %5s %12s %12s %10s  %s\n", "shape",
           "", "weights", "model", "Leat", "ratio");
    report_array("formats");
    for (letter = "CDEF"; *letter != '\0'; letter++) {
        const struct shape *shape = shape_named(*letter);
        enum format formats[FORMATS];
        struct network network;
        report_progress("formats: %s", shape->name);
        network_make(&network, shape);
        for (f = count = 0; f < FORMATS; f++) {
            if (!is_read(&network, (enum format)f))
                continue;
            stream_make(&streams[count], &network, (enum format)f);
            set_task(&tasks[count], step_stream, &streams[count]);
            formats[count++] = (enum format)f;
        }
        run_interleaved(tasks, count, plan->rounds, plan->round_ns);
        for (f = 0; f < count; f++) {
            double ns = median(tasks[f].ns, plan->rounds);
            double ratio = median_ratio(&tasks[f], &tasks[0], plan->rounds);
            size_t bytes = format_bytes(shape, formats[f]);
            const char *name = format_names[formats[f]];
            leat_model_info_t info;
            leat_model_info(streams[f].model, &info, NULL);
            printf("%5s %5s %12zu %12llu %10.0f  %.2f\n", shape->name, name,
                   bytes, (unsigned long long)info.model_size, ns, ratio);
            report_row("\"shape\": \"%s\", \"format\": \"%s\", "
                       "\"weight_bytes\": %zu, \"model_bytes\": %llu, "
                       "\"ns\": %.1f, \"ratio\": %.4f",
                       shape->name, name, bytes,
                       (unsigned long long)info.model_size, ns, ratio);
            if (*letter == 'F' && bounds[formats[f]] != 0)
                report_goal(ratio <= bounds[formats[f]],
                            "%s at F <= %.2f x F32 (%.2f)", name,
                            bounds[formats[f]], ratio);
        }
        for (f = 0; f < count; f++)
            stream_free(&streams[f]);
        network_free(&network);
    }
    report_array_end();
}
