/* SPDX-License-Identifier: MIT
 *
 * telemetry.h: this machine's sensors, read from /proc at a fixed rate.
 * Shared by record_telemetry.c and monitor.c. Linux only.
 *
 *     if (telemetry_open(&sensors, 10) != 0) ... sensors.error ...
 *     while ((got = telemetry_next(&sensors, &sample)) > 0)
 *         ... sample.time_s, sample.values ...
 *     telemetry_close(&sensors);
 */
#ifndef TELEMETRY_H
#define TELEMETRY_H

#include <stddef.h>
#include <stdint.h>

#define TELEMETRY_COLUMNS 11

/* The name of the time column, which is the first column of a CSV. */
#define TELEMETRY_TIME "time_s"
#define TELEMETRY_TIME_DECIMALS 3

typedef struct telemetry_column {
    const char *name;
    int         decimals;  /* that a CSV needs for the measured precision   */
    const char *meaning;
} telemetry_column;

extern const telemetry_column telemetry_columns[TELEMETRY_COLUMNS];

/* Samples per second. The kernel counts processor time in ticks of 1/100 s, so
 * a higher rate shows nothing more. */
#define TELEMETRY_RATE_MIN 0.1
#define TELEMETRY_RATE_MAX 100.0

typedef struct telemetry_sample {
    double   time_s;       /* since telemetry_open()                        */
    uint64_t tick;         /* 1, 2, ...: time_s is about tick / rate. A gap
                            * means that the machine was too busy or asleep */
    double   values[TELEMETRY_COLUMNS];
} telemetry_sample;

/* Totals since the machine started, from which rates are computed. */
typedef struct telemetry_counters {
    int64_t  time_ns;
    uint64_t cpu_ticks, cpu_idle_ticks;
    uint64_t run_queue;
    uint64_t context_switches;
    uint64_t memory_total, memory_available;
    uint64_t disk_read_sectors, disk_written_sectors;
    uint64_t network_received, network_sent;
    uint64_t stalled_us[3];  /* cpu, io, memory                             */
} telemetry_counters;

typedef struct telemetry {
    telemetry_counters before;
    int64_t  start_ns, period_ns;
    double   cpu_busy;
    int      has_pressure; /* 0: the kernel has no /proc/pressure, and the
                            * stalls are 0                                  */
    char    *line;
    size_t   line_capacity;
    char     error[240];
} telemetry;

/* Read the counters for the first time; the first sample is due one period
 * later. Return 0, or -1 with t->error. */
int telemetry_open(telemetry *t, double rate);

/* Wait until the next sample is due and take it. Return 1; 0 if a signal with
 * a handler came instead; -1 with t->error. */
int telemetry_next(telemetry *t, telemetry_sample *sample);

void telemetry_close(telemetry *t);

#endif /* TELEMETRY_H */
