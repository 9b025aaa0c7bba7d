/* SPDX-License-Identifier: MIT
 *
 * telemetry.c: see telemetry.h. */
#define _POSIX_C_SOURCE 200809L

#include "telemetry.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const telemetry_column telemetry_columns[TELEMETRY_COLUMNS] = {
    {"cpu_busy", 3, "share of all processors' time not spent idle, 0 to 1"},
    {"run_queue", 0, "threads that run or could run, this one included"},
    {"context_switches_per_s", 0, "of all processors"},
    {"memory_used", 5, "share of memory that is not available, 0 to 1"},
    {"disk_read_bytes_per_s", 0, "of all disks"},
    {"disk_written_bytes_per_s", 0, "of all disks"},
    {"network_received_bytes_per_s", 0, "of all interfaces, loopback too"},
    {"network_sent_bytes_per_s", 0, "of all interfaces, loopback too"},
    {"cpu_stalled", 3, "share of time in which some task waited for a"
                       " processor, 0 to 1"},
    {"io_stalled", 3, "the same for input and output"},
    {"memory_stalled", 3, "the same for memory"},
};

/* ------------------------------------------------------------------------ *
 * Reading /proc
 * ------------------------------------------------------------------------ */

/* What one pass over the files has found so far. */
typedef struct reading {
    telemetry_counters counters;
    unsigned found;        /* FOUND_*                                       */
    int      pressure;     /* index into stalled_us                         */
    char     disk[64];     /* the last whole disk                           */
} reading;

#define FOUND_CPU       1u
#define FOUND_SWITCHES  2u
#define FOUND_RUN_QUEUE 4u
#define FOUND_TOTAL     8u
#define FOUND_AVAILABLE 16u
#define FOUND_STALL     32u

static int fail(telemetry *t, const char *path, const char *why)
{
    snprintf(t->error, sizeof t->error, "%s: %s", path, why);
    return -1;
}

static int fail_errno(telemetry *t, const char *path, int number)
{
    return fail(t, path, strerror(number));
}

/* Read an unsigned number at *text, after blanks, and move past it. */
static int take_number(const char **text, uint64_t *number)
{
    const char *p = *text;
    char *end;

    while (*p == ' ' || *p == '\t')
        p++;
    if (!isdigit((unsigned char)*p))
        return -1;
    errno = 0;
    *number = strtoull(p, &end, 10);
    *text = end;
    return errno == 0 ? 0 : -1;
}

/* Return what follows `prefix` in `line`, NULL when it begins otherwise. */
static const char *after(const char *line, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(line, prefix, length) == 0 ? line + length : NULL;
}

/* Each take_*() reads one line of its file. It skips lines and fields that it
 * doesn't know, because new kernels add some. It returns -1 for a known line of
 * an unknown form. */

static int take_stat(reading *r, const char *line)
{
    const char *p;

    if ((p = after(line, "cpu ")) != NULL) {
        /* user nice system idle iowait irq softirq steal; the fields after
         * these are already part of user and nice. Old kernels have fewer. */
        uint64_t ticks, total = 0, idle = 0;
        int field;

        for (field = 0; field < 8 && take_number(&p, &ticks) == 0; field++) {
            total += ticks;
            if (field == 3 || field == 4)
                idle += ticks;
        }
        if (field < 4)
            return -1;
        r->counters.cpu_ticks = total;
        r->counters.cpu_idle_ticks = idle;
        r->found |= FOUND_CPU;
    } else if ((p = after(line, "ctxt ")) != NULL) {
        r->found |= FOUND_SWITCHES;
        return take_number(&p, &r->counters.context_switches);
    } else if ((p = after(line, "procs_running ")) != NULL) {
        r->found |= FOUND_RUN_QUEUE;
        return take_number(&p, &r->counters.run_queue);
    }
    return 0;
}

static int take_meminfo(reading *r, const char *line)
{
    const char *p;

    if ((p = after(line, "MemTotal:")) != NULL) {
        r->found |= FOUND_TOTAL;
        return take_number(&p, &r->counters.memory_total);
    }
    if ((p = after(line, "MemAvailable:")) != NULL) {
        r->found |= FOUND_AVAILABLE;
        return take_number(&p, &r->counters.memory_available);
    }
    return 0;
}

/* A partition follows its disk, and has its name with a number appended,
 * after a "p" where the disk's name ends in a digit: sda1, nvme0n1p1. */
static int is_partition(const char *name, const char *disk)
{
    size_t length = strlen(disk);

    if (length == 0 || strncmp(name, disk, length) != 0)
        return 0;
    if (isdigit((unsigned char)disk[length - 1]) && name[length++] != 'p')
        return 0;
    return isdigit((unsigned char)name[length]);
}

static int take_diskstats(reading *r, const char *line)
{
    /* In memory, or made of other disks, which are counted themselves. */
    static const char *const skipped[] = {"loop", "ram", "zram",
                                          "dm-",  "md",  "bcache"};
    const char *p = line;
    uint64_t ignored, sectors_read = 0, sectors_written = 0;
    char name[sizeof r->disk];
    size_t length, i;
    int field;

    if (take_number(&p, &ignored) != 0 || take_number(&p, &ignored) != 0)
        return -1;
    p += strspn(p, " ");
    length = strcspn(p, " \n");
    if (length == 0 || length >= sizeof name)
        return -1;
    memcpy(name, p, length);
    name[length] = '\0';
    p += length;

    if (is_partition(name, r->disk))
        return 0;
    memcpy(r->disk, name, length + 1);
    for (i = 0; i < sizeof skipped / sizeof *skipped; i++)
        if (after(name, skipped[i]) != NULL)
            return 0;

    /* reads, merged, SECTORS, ms, writes, merged, SECTORS, ... */
    for (field = 0; field < 7; field++) {
        uint64_t number;

        if (take_number(&p, &number) != 0)
            return -1;
        if (field == 2)
            sectors_read = number;
        if (field == 6)
            sectors_written = number;
    }
    r->counters.disk_read_sectors += sectors_read;
    r->counters.disk_written_sectors += sectors_written;
    return 0;
}

static int take_net(reading *r, const char *line)
{
    /* "  eth0: ", then BYTES and 7 more received, then BYTES ... sent. The
     * two lines of heading have no colon. */
    const char *p = strrchr(line, ':');
    uint64_t number;
    int field;

    if (p == NULL)
        return 0;
    p++;
    for (field = 0; field < 9; field++) {
        if (take_number(&p, &number) != 0)
            return -1;
        if (field == 0)
            r->counters.network_received += number;
    }
    r->counters.network_sent += number;
    return 0;
}

static int take_pressure(reading *r, const char *line)
{
    const char *p;

    if (after(line, "some ") == NULL)
        return 0;
    if ((p = strstr(line, "total=")) == NULL)
        return -1;
    p += strlen("total=");
    r->found |= FOUND_STALL;
    return take_number(&p, &r->counters.stalled_us[r->pressure]);
}

/* Read a file line by line. Return 0; -1 with t->error; or, if it could not be
 * read at all, errno, without t->error. */
static int read_lines(telemetry *t, const char *path,
                      int (*take)(reading *, const char *), reading *r)
{
    FILE *file = fopen(path, "r");
    int result = 0;

    if (file == NULL)
        return errno;
    errno = 0;
    while (result == 0 && getline(&t->line, &t->line_capacity, file) > 0)
        if (take(r, t->line) != 0) {
            t->line[strcspn(t->line, "\n")] = '\0';
            snprintf(t->error, sizeof t->error, "%s: unknown form: \"%.80s\"",
                     path, t->line);
            result = -1;
        }
    if (result == 0 && !feof(file))
        result = errno != 0 ? errno : EIO;
    fclose(file);
    return result;
}

/* As above, for a file that must exist and have all of `wanted`. */
static int need_lines(telemetry *t, const char *path,
                      int (*take)(reading *, const char *), reading *r,
                      unsigned wanted)
{
    int result = read_lines(t, path, take, r);

    if (result > 0)
        return fail_errno(t, path, result);
    if (result == 0 && (r->found & wanted) != wanted)
        return fail(t, path, "lacks a line that this program needs");
    return result;
}

static const char *const pressure_paths[3] = {
    "/proc/pressure/cpu", "/proc/pressure/io", "/proc/pressure/memory"};

/* CLOCK_MONOTONIC always works on Linux. */
static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int read_counters(telemetry *t, telemetry_counters *counters)
{
    reading r;

    memset(&r, 0, sizeof r);
    r.counters.time_ns = now_ns();
    if (need_lines(t, "/proc/stat", take_stat, &r,
                   FOUND_CPU | FOUND_SWITCHES | FOUND_RUN_QUEUE) != 0 ||
        need_lines(t, "/proc/meminfo", take_meminfo, &r,
                   FOUND_TOTAL | FOUND_AVAILABLE) != 0 ||
        need_lines(t, "/proc/diskstats", take_diskstats, &r, 0) != 0 ||
        need_lines(t, "/proc/net/dev", take_net, &r, 0) != 0)
        return -1;
    if (t->has_pressure)
        for (r.pressure = 0; r.pressure < 3; r.pressure++) {
            r.found &= ~FOUND_STALL;
            if (need_lines(t, pressure_paths[r.pressure], take_pressure, &r,
                           FOUND_STALL) != 0)
                return -1;
        }
    if (r.counters.memory_total == 0)
        return fail(t, "/proc/meminfo", "MemTotal is 0");
    *counters = r.counters;
    return 0;
}

/* ------------------------------------------------------------------------ *
 * Samples
 * ------------------------------------------------------------------------ */

/* A sum of counters falls when a disk or an interface is removed. Then the rate
 * isn't known, and 0 is the least wrong. */
static double increase(uint64_t before, uint64_t now)
{
    return now >= before ? (double)(now - before) : 0;
}

static double at_most_1(double share)
{
    return share < 1 ? share : 1;
}

static void make_sample(telemetry *t, const telemetry_counters *now,
                        telemetry_sample *sample)
{
    const telemetry_counters *before = &t->before;
    double seconds = (double)(now->time_ns - before->time_ns) * 1e-9;
    double ticks = increase(before->cpu_ticks, now->cpu_ticks);
    double idle = increase(before->cpu_idle_ticks, now->cpu_idle_ticks);
    double *value = sample->values;
    int i;

    /* Without a tick nothing is new. iowait may fall, so that idle grows by
     * more than the total. */
    if (ticks > 0)
        t->cpu_busy = idle < ticks ? 1 - idle / ticks : 0;
    *value++ = t->cpu_busy;
    *value++ = (double)now->run_queue;
    *value++ =
        increase(before->context_switches, now->context_switches) / seconds;
    *value++ = 1 - at_most_1((double)now->memory_available /
                             (double)now->memory_total);
    /* A sector of /proc/diskstats is 512 bytes on every disk. */
    *value++ = increase(before->disk_read_sectors, now->disk_read_sectors) *
               512 / seconds;
    *value++ =
        increase(before->disk_written_sectors, now->disk_written_sectors) *
        512 / seconds;
    *value++ =
        increase(before->network_received, now->network_received) / seconds;
    *value++ = increase(before->network_sent, now->network_sent) / seconds;
    for (i = 0; i < 3; i++)
        *value++ = at_most_1(
            increase(before->stalled_us[i], now->stalled_us[i]) * 1e-6 /
            seconds);
}

int telemetry_open(telemetry *t, double rate)
{
    reading r;

    memset(t, 0, sizeof *t);
    if (!(rate >= TELEMETRY_RATE_MIN && rate <= TELEMETRY_RATE_MAX)) {
        snprintf(t->error, sizeof t->error,
                 "a rate of %g samples/s; it must be %g to %g", rate,
                 TELEMETRY_RATE_MIN, TELEMETRY_RATE_MAX);
        return -1;
    }
    t->period_ns = (int64_t)(1e9 / rate + 0.5);

    /* Not readable means none; read_counters() reports a malformed file. */
    memset(&r, 0, sizeof r);
    t->has_pressure =
        read_lines(t, pressure_paths[0], take_pressure, &r) <= 0;
    if (read_counters(t, &t->before) != 0) {
        telemetry_close(t);
        return -1;
    }
    t->start_ns = t->before.time_ns;
    return 0;
}

int telemetry_next(telemetry *t, telemetry_sample *sample)
{
    /* Deadlines are multiples of the period from the start, so that they don't
     * drift. One less than half a period away is skipped: the time is too short
     * for a rate. */
    int64_t elapsed = now_ns() - t->start_ns;
    int64_t tick = (elapsed + t->period_ns / 2) / t->period_ns + 1;
    int64_t due = t->start_ns + tick * t->period_ns;
    struct timespec deadline;
    telemetry_counters now;
    int result;

    deadline.tv_sec = (time_t)(due / 1000000000);
    deadline.tv_nsec = (long)(due % 1000000000);
    result = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL);
    if (result == EINTR)
        return 0;
    if (result != 0)
        return fail_errno(t, "clock_nanosleep", result);
    if (read_counters(t, &now) != 0)
        return -1;

    make_sample(t, &now, sample);
    sample->time_s = (double)(now.time_ns - t->start_ns) * 1e-9;
    sample->tick = (uint64_t)tick;
    t->before = now;
    return 1;
}

void telemetry_close(telemetry *t)
{
    free(t->line);
    t->line = NULL;
    t->line_capacity = 0;
}
