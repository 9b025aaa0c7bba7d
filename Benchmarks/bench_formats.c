/* SPDX-License-Identifier: MIT
 * A step of the same network with weights in each number format, against
 * float32: narrow weights save what they save in reads, and cost their
 * conversion. Integers are also compared with their hand-written step. */
#include "bench.h"
#include "handwritten_bytes.h"
#include "timing.h"
#include "streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* It steps over Leat's inputs, in the same order. */
struct bytes_task {
    struct handwritten_bytes handwritten;
    const struct stream *leat;
    size_t at;
    float output;
};

static void run_bytes(void *self, size_t times)
{
    struct bytes_task *s = self;
    for (; times > 0; times--)
        s->output = handwritten_bytes_step(
            &s->handwritten,
            next_input(s->leat->inputs, &s->at, s->leat->shape.inputs));
}

/* Ends the program unless the outputs have Leat's bits. */
static void check_bytes(const struct stream *leat, struct bytes_task *task)
{
    struct stream fresh;
    size_t step;
    stream_make_shared(&fresh, leat);
    for (step = 0; step < 300; step++) {
        step_stream(&fresh, 1);
        run_bytes(task, 1);
        if (memcmp(&fresh.output, &task->output, 4) != 0) {
            fprintf(stderr,
                    "%s, step %zu: the hand-written step of integers gives %a, "
                    "Leat %a\n",
                    leat->shape.name, step, (double)task->output,
                    (double)fresh.output);
            exit(1);
        }
    }
    stream_free(&fresh);
}

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

/* Print the faster hand-written step's time, and Leat's, task `leat`, as a
 * multiple; and write both as members of a row. */
static void compare_by_hand(const struct task *tasks, size_t leat, size_t first,
                            size_t count, size_t rounds, char *members,
                            size_t size)
{
    size_t best = first, i;
    double ns, ratio;
    for (i = first + 1; i < first + count; i++)
        if (median(tasks[i].ns, rounds) < median(tasks[best].ns, rounds))
            best = i;
    ns = median(tasks[best].ns, rounds);
    ratio = median_ratio(&tasks[leat], &tasks[best], rounds);
    printf("%54s %.0f ns, Leat %.2f x\n", "by hand", ns, ratio);
    snprintf(members, size, ", \"hand_written_ns\": %.1f, \"times\": %.4f", ns,
             ratio);
}

void bench_formats(const struct plan *plan)
{
    static const double bounds[FORMATS] = {0, 0.6, 0, 0.35};
    static struct task tasks[FORMATS + VARIANTS_OF_BYTES];
    static struct bytes_task by_hand[VARIANTS_OF_BYTES];
    struct stream streams[FORMATS];
    const char *letter;
    size_t f, count, hands;
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
        for (hands = 0; hands < VARIANTS_OF_BYTES && handwritten_bytes_runs(); hands++) {
            memset(&by_hand[hands], 0, sizeof by_hand[hands]);
            handwritten_bytes_make(&by_hand[hands].handwritten, &network,
                                   hands + 1);
            by_hand[hands].leat = &streams[count - 1];
            check_bytes(&streams[count - 1], &by_hand[hands]);
            set_task(&tasks[count + hands], run_bytes, &by_hand[hands]);
        }
        run_interleaved(tasks, count + hands, plan->rounds, plan->round_ns);
        for (f = 0; f < count; f++) {
            double ns = median(tasks[f].ns, plan->rounds);
            double ratio = median_ratio(&tasks[f], &tasks[0], plan->rounds);
            size_t bytes = format_bytes(shape, formats[f]);
            const char *name = format_names[formats[f]];
            char compared[80];
            leat_model_info_t info;
            leat_model_info(streams[f].model, &info, NULL);
            printf("%5s %5s %12zu %12llu %10.0f  %.2f\n", shape->name, name,
                   bytes, (unsigned long long)info.model_size, ns, ratio);
            compared[0] = '\0';
            if (formats[f] == FORMAT_I8 && hands > 0)
                compare_by_hand(tasks, f, count, hands, plan->rounds, compared,
                                sizeof compared);
            report_row("\"shape\": \"%s\", \"format\": \"%s\", "
                       "\"weight_bytes\": %zu, \"model_bytes\": %llu, "
                       "\"ns\": %.1f, \"ratio\": %.4f%s",
                       shape->name, name, bytes,
                       (unsigned long long)info.model_size, ns, ratio,
                       compared);
            if (*letter == 'F' && bounds[formats[f]] != 0)
                report_goal(ratio <= bounds[formats[f]],
                            "%s at F <= %.2f x F32 (%.2f)", name,
                            bounds[formats[f]], ratio);
        }
        for (f = 0; f < count; f++)
            stream_free(&streams[f]);
        for (f = 0; f < hands; f++)
            handwritten_bytes_free(&by_hand[f].handwritten);
        network_free(&network);
    }
    report_array_end();
}
