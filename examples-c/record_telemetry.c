/* SPDX-License-Identifier: MIT
 *
 * record_telemetry.c: record this machine's sensors as CSV, the input of
 * telemetry/train.py and monitor.c. */
#define _POSIX_C_SOURCE 200809L

#include "telemetry.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t stopped;

static void stop(int number)
{
    (void)number;
    stopped = 1;
}

static void print_help(void)
{
    int i;

    printf("record_telemetry [--rate HZ] [--seconds S] [--output FILE]\n"
           "Record this machine's sensors as CSV.\n\n"
           "  --rate HZ      samples per second, %g to %g; 10 if not given\n"
           "  --seconds S    how long; until SIGINT or SIGTERM if not given\n"
           "  --output FILE  is overwritten; standard output if not given\n"
           "\nColumns:\n"
           "  %-29s since the start\n",
           TELEMETRY_RATE_MIN, TELEMETRY_RATE_MAX, TELEMETRY_TIME);
    for (i = 0; i < TELEMETRY_COLUMNS; i++)
        printf("  %-29s %s\n", telemetry_columns[i].name,
               telemetry_columns[i].meaning);
}

static int complain(const char *what, const char *why)
{
    fprintf(stderr, "record_telemetry: %s: %s\n", what, why);
    return 1;
}

/* Write each line whole and at once: a reader may follow the file. */
static int end_line(FILE *output)
{
    putc('\n', output);
    return fflush(output) != 0 || ferror(output);
}

static int write_header(FILE *output)
{
    int i;

    fputs(TELEMETRY_TIME, output);
    for (i = 0; i < TELEMETRY_COLUMNS; i++)
        fprintf(output, ",%s", telemetry_columns[i].name);
    return end_line(output);
}

static int write_sample(FILE *output, const telemetry_sample *sample)
{
    int i;

    fprintf(output, "%.*f", TELEMETRY_TIME_DECIMALS, sample->time_s);
    for (i = 0; i < TELEMETRY_COLUMNS; i++)
        fprintf(output, ",%.*f", telemetry_columns[i].decimals,
                sample->values[i]);
    return end_line(output);
}

static int record(telemetry *sensors, uint64_t last_tick, FILE *output,
                  const char *name)
{
    telemetry_sample sample;
    int got = 1;

    sample.tick = 0;
    if (write_header(output) != 0)
        return complain(name, strerror(errno));
    while (!stopped && sample.tick < last_tick) {
        got = telemetry_next(sensors, &sample);
        if (got < 0)
            return complain("sampling", sensors->error);
        if (got > 0 && write_sample(output, &sample) != 0)
            return complain(name, strerror(errno));
    }
    return 0;
}

int main(int argc, char **argv)
{
    double rate = 10, seconds = 0;
    const char *path = NULL, *name = "standard output";
    uint64_t last_tick = UINT64_MAX;
    FILE *output = stdout;
    struct sigaction action;
    telemetry sensors;
    int i, status;

    for (i = 1; i < argc; i++) {
        const char *option = argv[i];
        double *number = NULL;
        char *end;

        if (strcmp(option, "--help") == 0) {
            print_help();
            return 0;
        }
        if (strcmp(option, "--rate") == 0)
            number = &rate;
        else if (strcmp(option, "--seconds") == 0)
            number = &seconds;
        else if (strcmp(option, "--output") != 0)
            return complain(option, "unknown; see --help");
        if (++i == argc)
            return complain(option, "its value is missing");
        if (number == NULL) {
            name = path = argv[i];
            continue;
        }
        *number = strtod(argv[i], &end);
        if (end == argv[i] || *end != '\0' || !(*number > 0 && *number < 1e9))
            return complain(option, "expected a number above 0");
    }

    memset(&action, 0, sizeof action);
    action.sa_handler = stop;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);

    if (telemetry_open(&sensors, rate) != 0)
        return complain("sampling", sensors.error);
    if (!sensors.has_pressure)
        fputs("record_telemetry: this kernel has no /proc/pressure;"
              " *_stalled will be 0\n", stderr);
    if (seconds > 0)
        last_tick = (uint64_t)(seconds * rate + 0.5);
    if (path != NULL && (output = fopen(path, "w")) == NULL) {
        telemetry_close(&sensors);
        return complain(path, strerror(errno));
    }

    status = record(&sensors, last_tick, output, name);
    telemetry_close(&sensors);
    if (fclose(output) != 0 && status == 0)
        status = complain(name, strerror(errno));
    return status;
}
