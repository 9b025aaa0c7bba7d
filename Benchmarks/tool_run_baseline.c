/* SPDX-License-Identifier: MIT
 * The program that `leat run` is compared with: strtof, leat_stream_step and
 * printf, as a user of the library would write it. It reads samples as CSV with
 * a header line and writes outputs as CSV.
 *
 *     tool_run_baseline MODEL <SAMPLES >OUTPUTS */
#include <inttypes.h>
#include <leat.h>
#include <stdio.h>
#include <stdlib.h>

static leat_error error;

static void check(int code)
{
    if (code < 0) {
        fprintf(stderr, "tool_run_baseline: %s\n", error.message);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    static char line[65536];
    const leat_model *model;
    leat_model_info_t info;
    leat_stream *stream;
    float *input, *output;
    size_t size;
    uint32_t i;
    if (argc != 2)
        return 2;
    check(leat_model_open(argv[1], &model, &error));
    check(leat_model_info(model, &info, &error));
    size = leat_stream_size(model);
    check(leat_stream_init(malloc(size), size, model, &stream, &error));
    input = malloc(info.input_size * sizeof *input);
    output = malloc(info.output_size * sizeof *output);
    printf("sample");
    for (i = 0; i < info.output_size; i++)
        printf(",out%" PRIu32, i);
    printf("\n");
    if (fgets(line, sizeof line, stdin) == NULL)
        return 1;
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *at = line;
        for (i = 0; i < info.input_size; i++) {
            char *end;
            input[i] = strtof(at, &end);
            if (end == at || (*end != ',' && *end != '\n'))
                return 1;
            at = end + 1;
        }
        printf("%" PRIu64, leat_stream_position(stream));
        check(leat_stream_step(stream, input, output, &error));
        for (i = 0; i < info.output_size; i++)
            printf(",%.9g", output[i]);
        printf("\n");
    }
    return fflush(stdout) != 0;
}
