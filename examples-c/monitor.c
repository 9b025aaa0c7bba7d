/* SPDX-License-Identifier: MIT
 *
 * monitor.c is a complete program: it forecasts this machine's sensors, from a
 * recording or live, scores each sample by the error of the forecast, and
 * continues where it was after a kill at any point. telemetry/README.md
 * describes the model and the score. */
#define _FILE_OFFSET_BITS 64 /* of 32-bit systems, too */
#define _POSIX_C_SOURCE 200809L

#include "telemetry.h"

#include <errno.h>
#include <inttypes.h>
#include <leat_store.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define COLUMNS TELEMETRY_COLUMNS

/* The cursor of the checkpoints: what must be saved together with the state. A
 * state doesn't hold the last output, which the next score needs. */
typedef struct bookmark {
    int64_t  offset;            /* in the recording, of the next sample     */
    double   time_s;            /* of the last sample                       */
    float    forecast[COLUMNS]; /* of the next sample, normalized           */
    uint32_t has_forecast;
} bookmark;

typedef struct monitor {
    const char *model_path, *input_path, *store_path;
    const char *name;           /* of the stream in the store               */
    double   every, rate, scale, threshold;
    int      is_live, shows_bits, wants_help;
    float    mean[COLUMNS], deviation[COLUMNS];

    leat_stream *stream;
    leat_store  *store;
    bookmark mark;
    uint64_t saved_position;    /* of the newest checkpoint                 */
    uint64_t generation;        /* its number: how many were written so far */

    FILE    *recording;
    int64_t  start_ns, taken;   /* for the rate                             */
    telemetry sensors;
} monitor;

typedef struct sample {
    double time_s;
    float  values[COLUMNS];
} sample;

static leat_error error;
static volatile sig_atomic_t stopped;

static void stop(int number)
{
    (void)number;
    stopped = 1;
}

static void say(const char *format, ...)
{
    va_list arguments;

    fputs("monitor: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    putc('\n', stderr);
}

static void die(const char *what, const char *why)
{
    say("%s: %s", what, why);
    exit(1);
}

static int check(int code)
{
    if (code < 0) {
        say("%s", error.message);
        exit(1);
    }
    return code;
}

static void open_model(monitor *m)
{
    const leat_model *model;
    leat_model_info_t info;
    size_t size;

    check(leat_model_open(m->model_path, &model, &error));
    check(leat_model_info(model, &info, &error));
    if (info.input_size != COLUMNS || info.output_size != COLUMNS)
        die(m->model_path, "doesn't forecast the 11 columns of telemetry.h");
    check(leat_model_normalizer(model, m->mean, m->deviation, &error));
    size = leat_stream_size(model);
    check(leat_stream_init(malloc(size), size, model, &m->stream, &error));
}

/* ------------------------------------------------------------------------ *
 * Samples
 * ------------------------------------------------------------------------ */

static int64_t now_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Return where the next sample begins in the recording. */
static int64_t place_of(monitor *m)
{
    int64_t offset = ftello(m->recording);

    if (offset < 0)
        die(m->input_path, strerror(errno));
    return offset;
}

/* Go to the checkpoint's place. If this is the same file, a line ends there. */
static void go_on_in_recording(monitor *m)
{
    if (fseeko(m->recording, (off_t)m->mark.offset - 1, SEEK_SET) != 0 ||
        getc(m->recording) != '\n')
        die(m->input_path, "is another file than the checkpoint's, or cut");
}

static void open_recording(monitor *m)
{
    char name[64];
    int i, same;

    if ((m->recording = fopen(m->input_path, "r")) == NULL)
        die(m->input_path, strerror(errno));
    same = fscanf(m->recording, "%63[^,\n]", name) == 1 &&
           strcmp(name, TELEMETRY_TIME) == 0;
    for (i = 0; i < COLUMNS && same; i++)
        same = fscanf(m->recording, ",%63[^,\n]", name) == 1 &&
               strcmp(name, telemetry_columns[i].name) == 0;
    if (!same || getc(m->recording) != '\n')
        die(m->input_path, "its columns are not those of telemetry.h");
    m->mark.offset = place_of(m);
}

/* Keep to the rate. Return 0 when a signal came. */
static int wait_for_turn(monitor *m)
{
    int64_t due = m->start_ns + (int64_t)((double)m->taken++ / m->rate * 1e9);
    struct timespec deadline;

    deadline.tv_sec = (time_t)(due / 1000000000);
    deadline.tv_nsec = (long)(due % 1000000000);
    return clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL) ==
           0;
}

/* Return 1; 0 at the end or when a signal came. A line without a newline isn't
 * finished, and is the end. */
static int next_recorded(monitor *m, sample *s)
{
    int i, got, last = 0;

    if (m->rate > 0 && !wait_for_turn(m))
        return 0;
    got = fscanf(m->recording, "%lf", &s->time_s);
    for (i = 0; i < COLUMNS && got == 1; i++)
        got = fscanf(m->recording, ",%f", &s->values[i]);
    if (got == 1)
        last = getc(m->recording);
    if (last != '\n') {
        if (!feof(m->recording))
            die(m->input_path, "a line that isn't a time and 11 numbers");
        return 0;
    }
    m->mark.offset = place_of(m);
    return 1;
}

static int next_live(monitor *m, sample *s)
{
    telemetry_sample measured;
    int got = telemetry_next(&m->sensors, &measured), i;

    if (got < 0)
        die("sampling", m->sensors.error);
    if (got == 0)
        return 0;
    for (i = 0; i < COLUMNS; i++)
        s->values[i] = (float)measured.values[i];
    s->time_s = (double)now_ns(CLOCK_REALTIME) * 1e-9;

    /* The samples between are unknown, so the forecast is for another time. */
    if (m->mark.has_forecast && s->time_s - m->mark.time_s > 1.5 / m->rate) {
        say("%.1f s passed unseen before sample %" PRIu64,
            s->time_s - m->mark.time_s, leat_stream_position(m->stream));
        m->mark.has_forecast = 0;
    }
    return 1;
}

/* ------------------------------------------------------------------------ *
 * Forecast and score
 * ------------------------------------------------------------------------ */

/* Print the score of this sample, then take it in. A line depends only on the
 * samples up to it, so that a line repeated after a kill is the same. */
static void take(monitor *m, const sample *s)
{
    double sum = 0, largest = -1, score;
    char time_text[32], score_text[32] = "-";
    int i, worst = 0;

    for (i = 0; i < COLUMNS; i++) {
        double normalised =
            ((double)s->values[i] - m->mean[i]) / m->deviation[i];
        double off = normalised - m->mark.forecast[i];

        sum += off * off;
        if (fabs(off) > largest) {
            largest = fabs(off);
            worst = i;
        }
    }
    score = sqrt(sum / COLUMNS) / m->scale;
    if (m->mark.has_forecast)
        snprintf(score_text, sizeof score_text, "%.2f", score);
    snprintf(time_text, sizeof time_text, "%.*f", TELEMETRY_TIME_DECIMALS,
             s->time_s);
    if (m->is_live) {
        time_t seconds = (time_t)s->time_s;
        strftime(time_text, sizeof time_text, "%H:%M:%S", localtime(&seconds));
    }
    printf("%10s %8" PRIu64 " %7s", time_text, leat_stream_position(m->stream),
           score_text);
    if (m->mark.has_forecast)
        printf("  %-28s %12.6g %12.6g%s", telemetry_columns[worst].name,
               s->values[worst],
               m->mean[worst] + m->deviation[worst] * m->mark.forecast[worst],
               score > m->threshold ? "  ANOMALY" : "");

    check(leat_stream_step(m->stream, s->values, m->mark.forecast, &error));
    m->mark.has_forecast = 1;
    m->mark.time_s = s->time_s;
    for (i = 0; m->shows_bits && i < COLUMNS; i++) {
        uint32_t bits;

        memcpy(&bits, &m->mark.forecast[i], sizeof bits);
        printf(" %08" PRIx32, bits);
    }
    printf("\n");
    if (fflush(stdout) != 0 || ferror(stdout))
        die("standard output", strerror(errno));
}

/* ------------------------------------------------------------------------ *
 * The store
 * ------------------------------------------------------------------------ */

static void save(monitor *m)
{
    uint64_t position = leat_stream_position(m->stream);

    if (position == m->saved_position)
        return;
    check(leat_store_save(m->store, m->name, m->stream, &m->mark,
                          sizeof m->mark, 0, &error));
    m->saved_position = position;
    m->generation++;
}

static void resume(monitor *m)
{
    leat_checkpoint found;
    int code;

    check(leat_store_open(m->store_path, NULL, &m->store, &error));
    code = leat_store_load(m->store, m->name, m->stream, &m->mark,
                           sizeof m->mark, &found, &error);
    if (code == LEAT_E_NOT_FOUND) {
        say("a new stream: %s has no stream \"%s\"", m->store_path, m->name);
        return;
    }
    check(code);
    if (found.cursor_size != sizeof m->mark)
        die(m->store_path, "the stream's cursor is not this program's");
    m->saved_position = found.position;
    m->generation = found.generation + found.corrupt_generations;
    say("resumes at position %" PRIu64 ", checkpoint %" PRIu64, found.position,
        found.generation);
    if (code == LEAT_FALLBACK)
        say("%" PRIu32 " newer checkpoints are corrupt; they were %" PRIu64
            " samples ahead",
            found.corrupt_generations, found.lost_samples);
}

/* ------------------------------------------------------------------------ *
 * The program
 * ------------------------------------------------------------------------ */

static void print_help(void)
{
    printf(
        "monitor [--live] [OPTION VALUE]...\n"
        "Forecast each sample of this machine's sensors from those before it,\n"
        "and score it by the error of the forecast. Start it again after a\n"
        "kill: it continues from its last checkpoint, with the same bits.\n\n"
        "  --live         sample /proc now, not a recording\n"
        "  --input FILE   the recording, as record_telemetry writes it\n"
        "  --model FILE   the forecaster\n"
        "  --store FILE   the checkpoints; build/monitor.db if not given\n"
        "  --every N      samples between checkpoints; 100 if not given\n"
        "  --rate HZ      samples per second; if not given, live 10, and from\n"
        "                 a recording as fast as possible\n"
        "  --scale S      the error that scores 1; 0.3798 if not given\n"
        "  --threshold S  mark scores above it; 17 if not given\n"
        "  --bits         append the bits of the next sample's forecast\n\n"
        "Prints each sample's time, number and score, and the name, value and\n"
        "forecast of the column with the largest error.\n");
}

static void read_options(monitor *m, int argc, char **argv)
{
    const struct {
        const char  *name;
        const char **text;
        double      *number;
        int         *flag;
    } options[] = {
        {"--input", &m->input_path, NULL, NULL},
        {"--model", &m->model_path, NULL, NULL},
        {"--store", &m->store_path, NULL, NULL},
        {"--every", NULL, &m->every, NULL},
        {"--rate", NULL, &m->rate, NULL},
        {"--scale", NULL, &m->scale, NULL},
        {"--threshold", NULL, &m->threshold, NULL},
        {"--live", NULL, NULL, &m->is_live},
        {"--bits", NULL, NULL, &m->shows_bits},
        {"--help", NULL, NULL, &m->wants_help}};
    const size_t count = sizeof options / sizeof *options;
    int i;

    for (i = 1; i < argc; i++) {
        char *end;
        size_t o = 0;

        while (o < count && strcmp(argv[i], options[o].name) != 0)
            o++;
        if (o == count)
            die(argv[i], "unknown; see --help");
        if (options[o].flag != NULL) {
            *options[o].flag = 1;
            continue;
        }
        if (++i == argc)
            die(argv[i - 1], "its value is missing");
        if (options[o].text != NULL) {
            *options[o].text = argv[i];
            continue;
        }
        *options[o].number = strtod(argv[i], &end);
        if (end == argv[i] || *end != '\0' ||
            !(*options[o].number > 0 && *options[o].number < 1e9))
            die(argv[i - 1], "expected a number above 0");
    }
    if (m->every < 1)
        die("--every", "expected at least 1");
}

int main(int argc, char **argv)
{
    static monitor m; /* all zero */
    struct sigaction action;
    sample s;

    m.model_path = "examples-c/telemetry/model.safetensors";
    m.input_path = "examples-c/telemetry/recording.csv";
    m.store_path = "build/monitor.db";
    m.every = 100;
    m.scale = 0.3798; /* score_scale of telemetry/held_out_error.txt */
    m.threshold = 17;
    read_options(&m, argc, argv);
    if (m.wants_help) {
        print_help();
        return 0;
    }

    memset(&action, 0, sizeof action);
    action.sa_handler = stop;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);

    open_model(&m);
    if (m.is_live) {
        m.name = "live";
        m.rate = m.rate > 0 ? m.rate : 10;
        if (telemetry_open(&m.sensors, m.rate) != 0)
            die("sampling", m.sensors.error);
        resume(&m);
    } else {
        m.name = m.input_path;
        open_recording(&m);
        resume(&m);
        go_on_in_recording(&m);
    }

    if (isatty(STDOUT_FILENO))
        fprintf(stderr, "%10s %8s %7s  %-28s %12s %12s\n", "time", "sample",
                "score", "largest error", "value", "forecast");
    m.start_ns = now_ns(CLOCK_MONOTONIC);
    while (!stopped &&
           (m.is_live ? next_live(&m, &s) : next_recorded(&m, &s))) {
        take(&m, &s);
        if (leat_stream_position(m.stream) % (uint64_t)m.every == 0)
            save(&m);
    }
    save(&m);
    say("%s at position %" PRIu64 ", checkpoint %" PRIu64,
        stopped ? "stopped" : "the recording ends", m.saved_position,
        m.generation);
    check(leat_store_close(m.store, &error));
    return 0;
}
