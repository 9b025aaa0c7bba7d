/* SPDX-License-Identifier: MIT
 * A step of the same network with weights in each number format, against
 * float32: narrow weights save what they save in reads, and cost their
 * conversion. Beside int8 a step written by hand, where the processor has the
 * instructions. */
#include "bench.h"
#include "handwritten_int8.h"
#include "timing.h"
#include "streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

struct int8_task {
    struct handwritten_int8 handwritten;
    const struct stream *leat;
    size_t at;
    float output;
};

/* In order, and every other step from the end. */
enum { INT8_TASKS = 2 };

static void run_int8(void *self, size_t times)
{
    struct int8_task *s = self;
    for (; times > 0; times--)
        s->handwritten.step(
            &s->handwritten,
            next_input(s->leat->inputs, &s->at, s->leat->shape.inputs),
            &s->output);
}

/* Make the hand-written steps of a network. Returns how many: 0 where this
 * processor or the shape has none. Ends the program unless their outputs have
 * Leat's bits. */
static size_t make_int8(struct int8_task *int8, struct task *tasks,
                        const struct network *network, const struct stream *leat)
{
    size_t i, step;
    if (!handwritten_int8_fits(&network->shape))
        return 0;
    for (i = 0; i < INT8_TASKS; i++) {
        struct stream fresh;
        stream_make_shared(&fresh, leat);
        handwritten_int8_make(&int8[i].handwritten, network, (int)i);
        int8[i].leat = leat;
        int8[i].at = 0;
        for (step = 0; step < 300; step++) {
            step_stream(&fresh, 1);
            run_int8(&int8[i], 1);
            if (memcmp(&fresh.output, &int8[i].output, 4) != 0) {
                fprintf(stderr,
                        "%s, step %zu: the hand-written step of int8 gives %a, "
                        "Leat %a\n",
                        network->shape.name, step, (double)int8[i].output,
                        (double)fresh.output);
                exit(1);
            }
        }
        stream_free(&fresh);
        set_task(&tasks[i], run_int8, &int8[i]);
    }
    return INT8_TASKS;
}

static const struct task *fastest(const struct task *tasks, size_t count,
                                  const struct plan *plan)
{
    const struct task *best = tasks;
    size_t i;
    for (i = 1; i < count; i++)
        if (median(tasks[i].ns, plan->rounds) < median(best->ns, plan->rounds))
            best = &tasks[i];
    return best;
}

static void free_int8(struct int8_task *int8, size_t count)
{
    while (count-- > 0)
        handwritten_int8_free(&int8[count].handwritten);
}

void bench_formats(const struct plan *plan)
{
    static const double bounds[FORMATS] = {0, 0.6, 0, 0.35};
    static struct task tasks[FORMATS + INT8_TASKS];
    struct stream streams[FORMATS];
    struct int8_task int8[INT8_TASKS];
    const char *letter;
    size_t f, count;
    printf("\nFormats: ns a step\n%5s %5s %12s %12s %10s  %5s  %s\n", "shape",
           "", "weights", "model", "Leat", "ratio", "hand-written, ratio");
    report_array("formats");
    for (letter = "CDEF"; *letter != '\0'; letter++) {
        const struct shape *shape = shape_named(*letter);
        enum format formats[FORMATS];
        struct network network;
        size_t by_hand = 0;
        report_progress("formats: %s", shape->name);
        network_make(&network, shape);
        for (f = count = 0; f < FORMATS; f++) {
            if (!is_read(&network, (enum format)f))
                continue;
            stream_make(&streams[count], &network, (enum format)f);
            set_task(&tasks[count], step_stream, &streams[count]);
            formats[count++] = (enum format)f;
        }
        if (count > 0 && formats[count - 1] == FORMAT_I8)
            by_hand = make_int8(int8, &tasks[count], &network,
                                &streams[count - 1]);
        run_interleaved(tasks, count + by_hand, plan->rounds, plan->round_ns);
        for (f = 0; f < count; f++) {
            double ns = median(tasks[f].ns, plan->rounds);
            double ratio = median_ratio(&tasks[f], &tasks[0], plan->rounds);
            size_t bytes = format_bytes(shape, formats[f]);
            const char *name = format_names[formats[f]];
            leat_model_info_t info;
            leat_model_info(streams[f].model, &info, NULL);
            char beside[128] = "";
            printf("%5s %5s %12zu %12llu %10.0f  %5.2f", shape->name, name,
                   bytes, (unsigned long long)info.model_size, ns, ratio);
            if (formats[f] == FORMAT_I8 && by_hand > 0) {
                const struct task *best = fastest(&tasks[count], by_hand, plan);
                double reference = median(best->ns, plan->rounds);
                double to = median_ratio(&tasks[f], best, plan->rounds);
                printf("  %.0f, %.2f", reference, to);
                snprintf(beside, sizeof beside,
                         ", \"handwritten_ns\": %.1f, "
                         "\"handwritten_ratio\": %.4f",
                         reference, to);
            }
            printf("\n");
            report_row("\"shape\": \"%s\", \"format\": \"%s\", "
                       "\"weight_bytes\": %zu, \"model_bytes\": %llu, "
                       "\"ns\": %.1f, \"ratio\": %.4f%s",
                       shape->name, name, bytes,
                       (unsigned long long)info.model_size, ns, ratio, beside);
            if (*letter == 'F' && bounds[formats[f]] != 0)
                report_goal(ratio <= bounds[formats[f]],
                            "%s at F <= %.2f x F32 (%.2f)", name,
                            bounds[formats[f]], ratio);
        }
        for (f = 0; f < count; f++)
            stream_free(&streams[f]);
        free_int8(int8, by_hand);
        network_free(&network);
    }
    report_array_end();
}
