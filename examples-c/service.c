/* SPDX-License-Identifier: MIT
 *
 * service.c is a service that runs for months: it reads samples from a serial
 * line, a FIFO or standard input, and writes a line for each. It saves a
 * checkpoint every few seconds and when it ends. At SIGHUP it loads the model
 * file again, without a gap. Documentation/Guide.md explains it.
 *
 *     service [--every SECONDS] [--warm-up SAMPLES] MODEL STORE STREAM [SOURCE]
 *
 * Exits with 0 after SIGTERM, SIGINT or the end of the source, with 75 when
 * another try may succeed, and with 78 when someone has to look at it first. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <leat_store.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

enum { TRY_AGAIN = 75, LOOK_FIRST = 78, LINE_MAX_BYTES = 65536 };

/* A model and its stream. */
typedef struct runner {
    const leat_model *model;
    leat_stream      *stream;
    leat_model_info_t info;
    float            *output;
} runner;

typedef struct service {
    const char *model_path, *name;
    double   every;      /* seconds between checkpoints                     */
    uint64_t warm_up;    /* samples a new model takes in before it prints   */
    runner   current;
    uint64_t silent;     /* samples current still takes in without printing */
    runner   next;       /* the next model, if its model isn't NULL         */
    uint64_t next_left;  /* samples next still has to take in               */
    leat_store *store;
    unsigned save_flags; /* of the next checkpoint                          */
    float   *input;
    uint64_t dropped;    /* lines that were not samples                     */
} service;

static leat_error error;
static volatile sig_atomic_t told_to_end, told_to_renew;

static void note(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    fputs("service: ", stderr);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
}

static void end_if_failed(int code)
{
    if (code >= 0)
        return;
    note("%s", error.message);
    exit(code == LEAT_E_BUSY || code == LEAT_E_FULL || code == LEAT_E_IO ||
                 code == LEAT_E_MEMORY
             ? TRY_AGAIN
             : LOOK_FIRST);
}

static void *reserve(size_t size)
{
    void *block = malloc(size);
    if (block == NULL) {
        note("no memory");
        exit(TRY_AGAIN);
    }
    return block;
}

/* Returns a code; if it is negative there is nothing to close. */
static int open_runner(runner *r, const char *path)
{
    int code = leat_model_open(path, &r->model, &error);
    if (code < 0)
        return code;
    end_if_failed(leat_model_info(r->model, &r->info, &error));
    size_t size = leat_stream_size(r->model);
    end_if_failed(leat_stream_init(reserve(size), size, r->model, &r->stream,
                                   &error));
    r->output = reserve(r->info.output_size * sizeof *r->output);
    return code;
}

static void close_runner(runner *r)
{
    free(r->output);
    free(r->stream); /* the address of the block */
    leat_model_close(r->model);
    memset(r, 0, sizeof *r);
}

/* Return whether the stream is durable now. */
static int save(service *s)
{
    int code = leat_store_save(s->store, s->name, s->current.stream, NULL, 0,
                               s->save_flags, &error);
    /* A full disk may get space again: the stream goes on, and the next try
     * may succeed. */
    if (code == LEAT_E_FULL || code == LEAT_E_BUSY) {
        note("not saved: %s", error.message);
        return 0;
    }
    end_if_failed(code);
    s->save_flags = 0;
    return 1;
}

/* Continue from the newest checkpoint. If it is another model's, take only its
 * position; then this model warms up before it prints anything. */
static void resume(service *s)
{
    leat_checkpoint checkpoint;
    int code = leat_store_load(s->store, s->name, s->current.stream, NULL, 0,
                               &checkpoint, &error);
    if (code == LEAT_E_NOT_FOUND) {
        note("a new stream, %s", s->name);
        return;
    }
    if (code == LEAT_E_MISMATCH) {
        note("%s; warming up", error.message);
        end_if_failed(leat_store_export(s->store, s->name, NULL, 0, NULL, 0,
                                        &checkpoint, &error));
        end_if_failed(leat_stream_set_position(
            s->current.stream, checkpoint.position, &error));
        s->silent = s->warm_up;
        s->save_flags = LEAT_SAVE_REPLACE;
    } else {
        end_if_failed(code);
        if (code == LEAT_FALLBACK)
            note("an older checkpoint was loaded, %" PRIu64 " samples back",
                 checkpoint.lost_samples);
    }
    note("%s goes on at sample %" PRIu64, s->name, checkpoint.position);
}

static void renew(service *s)
{
    told_to_renew = 0;
    if (s->next.model != NULL)
        close_runner(&s->next);
    if (open_runner(&s->next, s->model_path) < 0) {
        note("the model stays as it is: %s", error.message);
    } else if (s->next.info.input_size != s->current.info.input_size) {
        note("the model stays as it is: the new one takes %" PRIu32
             " inputs, samples have %" PRIu32,
             s->next.info.input_size, s->current.info.input_size);
        close_runner(&s->next);
    } else {
        s->next_left = s->warm_up;
        note("a new model warms up from sample %" PRIu64,
             leat_stream_position(s->current.stream));
    }
}

/* The new model has warmed up: from now on it is the stream. */
static void switch_over(service *s)
{
    uint64_t position = leat_stream_position(s->current.stream);
    end_if_failed(leat_stream_set_position(s->next.stream, position, &error));
    close_runner(&s->current);
    s->current = s->next;
    memset(&s->next, 0, sizeof s->next);
    s->silent = 0;
    s->save_flags = LEAT_SAVE_REPLACE;
    save(s);
    note("the new model speaks from sample %" PRIu64, position);
}

/* Read numbers with a comma, a semicolon or blanks between them. Between two
 * commas a number is missing. */
static int parse(const char *line, float *sample, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        char *end;
        line += strspn(line, " \t");
        if (i > 0 && (*line == ',' || *line == ';'))
            line++;
        sample[i] = strtof(line, &end);
        if (end == line || strchr(" \t,;\r", *end) == NULL) /* or its end */
            return 0;
        line = end;
    }
    return line[strspn(line, " \t\r")] == '\0';
}

static void take(service *s, const char *line)
{
    runner *r = &s->current;
    int code = LEAT_E_INPUT;
    if (parse(line, s->input, r->info.input_size))
        code = leat_stream_step(r->stream, s->input, r->output, &error);
    if (code < 0) { /* the stream is as it was: wait for the next sample */
        if (s->dropped++ % 1000 == 0)
            note("no sample, %" PRIu64 " so far: %.80s", s->dropped, line);
        return;
    }
    if (s->silent > 0) {
        s->silent--;
    } else {
        printf("%" PRIu64, leat_stream_position(r->stream));
        for (uint32_t i = 0; i < r->info.output_size; i++)
            printf(" %.9g", r->output[i]);
        printf("\n");
    }
    if (s->next.model == NULL)
        return;
    code = leat_stream_step(s->next.stream, s->input, s->next.output, &error);
    if (code < 0 || s->next_left-- > 1)
        return;
    switch_over(s);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Run until a signal or the end of the source. Signals are delivered only while
 * it waits, so that none comes between a check and the wait. Returns the exit
 * status. */
static int serve(service *s, int source, const sigset_t *while_waiting)
{
    static char line[LINE_MAX_BYTES];
    size_t length = 0;
    int is_noise = 0; /* the line so far was too long */
    double due = now() + s->every;
    uint64_t saved = leat_stream_position(s->current.stream);
    while (!told_to_end) {
        if (told_to_renew)
            renew(s);
        double wait = due - now();
        if (wait <= 0) {
            if (leat_stream_position(s->current.stream) != saved && save(s))
                saved = leat_stream_position(s->current.stream);
            due = now() + s->every;
            continue;
        }
        struct timespec timeout = {(time_t)wait,
                                   (long)((wait - (double)(time_t)wait) * 1e9)};
        fd_set readable;
        FD_ZERO(&readable);
        FD_SET(source, &readable);
        int ready = pselect(source + 1, &readable, NULL, NULL, &timeout,
                            while_waiting);
        if (ready == 0 || (ready < 0 && errno == EINTR))
            continue; /* the time is over, or a signal came */
        ssize_t count = -1;
        if (ready > 0)
            count = read(source, line + length, sizeof line - 1 - length);
        if (count == 0)
            break;
        if (count < 0) {
            note("can't read: %s", strerror(errno));
            save(s);
            return TRY_AGAIN;
        }
        length += (size_t)count;
        char *start = line, *end;
        while ((end = memchr(start, '\n',
                             length - (size_t)(start - line))) != NULL) {
            *end = '\0';
            if (is_noise)
                is_noise = 0;
            else
                take(s, start);
            start = end + 1;
        }
        length -= (size_t)(start - line);
        memmove(line, start, length);
        if (length == sizeof line - 1) {
            if (!is_noise)
                note("no sample, %" PRIu64 " so far: a line without an end",
                     ++s->dropped);
            is_noise = 1;
            length = 0;
        }
        /* Don't save: the lines that were not written come again. */
        if (fflush(stdout) != 0 || ferror(stdout)) {
            note("can't write: %s", strerror(errno));
            return TRY_AGAIN;
        }
    }
    return save(s) ? 0 : TRY_AGAIN;
}

static void on_signal(int number)
{
    if (number == SIGHUP)
        told_to_renew = 1;
    else
        told_to_end = 1;
}

static sigset_t set_signals(void)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    struct sigaction action;
    sigset_t blocked, while_waiting;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigemptyset(&blocked);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        sigaction(numbers[i], &action, NULL);
        sigaddset(&blocked, numbers[i]);
    }
    sigprocmask(SIG_BLOCK, &blocked, &while_waiting);
    return while_waiting;
}

int main(int argc, char **argv)
{
    static service s;
    s.every = 10;
    s.warm_up = 200;
    int next = 1;
    for (; next + 1 < argc && argv[next][0] == '-' && argv[next][1] == '-';
         next += 2) {
        char *end = NULL;
        if (strcmp(argv[next], "--every") == 0)
            s.every = strtod(argv[next + 1], &end);
        else if (strcmp(argv[next], "--warm-up") == 0)
            s.warm_up = strtoull(argv[next + 1], &end, 10);
        if (end == NULL || end == argv[next + 1] || *end != '\0')
            next = argc;
    }
    if (argc - next < 3 || argc - next > 4 ||
        !(s.every > 0 && s.every <= 86400)) {
        note("usage: service [--every SECONDS] [--warm-up SAMPLES] "
             "MODEL STORE STREAM [SOURCE]");
        return LOOK_FIRST;
    }
    s.model_path = argv[next];
    s.name = argv[next + 2];

    /* This waits for the writer of a FIFO; the store isn't open yet. */
    int source = STDIN_FILENO;
    if (argc - next == 4)
        source = open(argv[next + 3], O_RDONLY | O_NOCTTY);
    if (source < 0) {
        note("%s: %s", argv[next + 3], strerror(errno));
        return TRY_AGAIN;
    }
    sigset_t while_waiting = set_signals();
    end_if_failed(open_runner(&s.current, s.model_path));
    s.input = reserve(s.current.info.input_size * sizeof *s.input);
    end_if_failed(leat_store_open(argv[next + 1], NULL, &s.store, &error));
    resume(&s);
    int status = serve(&s, source, &while_waiting);
    end_if_failed(leat_store_close(s.store, &error));
    note("%s ends at sample %" PRIu64, s.name,
         leat_stream_position(s.current.stream));
    if (s.next.model != NULL)
        close_runner(&s.next);
    close_runner(&s.current);
    free(s.input);
    return status;
}
