/* SPDX-License-Identifier: MIT
 * The machine that measures, the sizes of the library's sections, and the
 * memory that a model and its streams occupy. */
#include "bench.h"
#include "streams.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#if defined(__clang__)
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* The value in the first line of a file that begins with `key`. For "", the
 * whole first line. */
static void read_line(const char *path, const char *key, char *value,
                      size_t size)
{
    char line[512];
    FILE *file = fopen(path, "r");
    snprintf(value, size, "unknown");
    if (file == NULL)
        return;
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, key, strlen(key)) == 0) {
            const char *from = key[0] == '\0' ? line : strchr(line, ':') + 1;
            from += strspn(from, " \t");
            snprintf(value, size, "%.*s", (int)strcspn(from, "\n\""), from);
            break;
        }
    fclose(file);
}

/* In bytes; 0 when the system doesn't say. */
static long cache_size(int index)
{
    char path[96], text[64];
    long size;
    snprintf(path, sizeof path,
             "/sys/devices/system/cpu/cpu0/cache/index%d/size", index);
    read_line(path, "", text, sizeof text);
    size = strtol(text, NULL, 10);
    return strchr(text, 'M') != NULL ? size << 20 : size << 10;
}

void bench_machine(const struct plan *plan)
{
    char processor[256], date[32];
    struct utsname names;
    struct stream leat;
    uint32_t version = leat_version();
    time_t now = time(NULL);
    const char *kernel;
    (void)plan;
    read_line("/proc/cpuinfo", "model name", processor, sizeof processor);
    if (strcmp(processor, "unknown") == 0)
        read_line("/proc/cpuinfo", "CPU part", processor, sizeof processor);
    uname(&names);
    strftime(date, sizeof date, "%Y-%m-%d", gmtime(&now));
    stream_make_float32(&leat, shape_named('A'));
    kernel = leat_kernel_available(0);
    printf("Leat %u.%u.%u, kernel %s, %s, %ld cores, %s %s, %s\n",
           version / 10000, version / 100 % 100, version % 100, kernel,
           processor, sysconf(_SC_NPROCESSORS_ONLN), names.sysname,
           names.machine, date);
    /* The caches of a core: index 0 is L1 data, 2 is L2, 3 is L3. */
    report_object("machine",
                  "\"processor\": \"%s\", \"cores\": %ld, \"l1_bytes\": %ld, "
                  "\"l2_bytes\": %ld, \"l3_bytes\": %ld, "
                  "\"compiler\": \"%s\", \"date\": \"%s\", "
                  "\"leat_version\": \"%u.%u.%u\", \"kernel\": \"%s\", "
                  "\"system\": \"%s %s %s\"",
                  processor, sysconf(_SC_NPROCESSORS_ONLN), cache_size(0),
                  cache_size(2), cache_size(3), COMPILER, date,
                  version / 10000, version / 100 % 100, version % 100, kernel,
                  names.sysname, names.release, names.machine);
    stream_free(&leat);
}

void bench_size(const struct plan *plan)
{
    const char *library = "build/libleat.so";
    unsigned long text = 0, data = 0, bss = 0;
    struct stat whole;
    FILE *size;
    (void)plan;
    if (stat(library, &whole) != 0) {
        perror(library);
        exit(2);
    }
    size = popen("size build/libleat.so | tail -n 1", "r");
    if (size == NULL || fscanf(size, "%lu %lu %lu", &text, &data, &bss) != 3)
        report_progress("size(1) isn't installed: no sizes of sections");
    if (size != NULL)
        pclose(size);
    printf("\n%s: %lld bytes, text %lu, data %lu, bss %lu\n", library,
           (long long)whole.st_size, text, data, bss);
    report_object("size",
                  "\"file_bytes\": %lld, \"text_bytes\": %lu, "
                  "\"data_bytes\": %lu, \"bss_bytes\": %lu",
                  (long long)whole.st_size, text, data, bss);
}

static double resident(void)
{
    char text[64];
    read_line("/proc/self/status", "VmRSS", text, sizeof text);
    return strtod(text, NULL) * 1024;
}

void bench_memory(const struct plan *plan)
{
    const size_t streams = 4096;
    struct stream leat;
    struct batch batch;
    leat_model_info_t info;
    double start, with_model, with_streams;
    (void)plan;
#if defined(__GLIBC__)
    /* Freed memory goes back to the system. */
    mallopt(M_MMAP_THRESHOLD, 1 << 17);
#endif
    start = resident();
    stream_make_float32(&leat, shape_named('F'));
    with_model = resident();
    batch_make(&batch, leat.model, leat.shape.inputs, streams);
    step_batch(&batch, 1);
    with_streams = resident();
    leat_model_info(leat.model, &info, NULL);
    printf("\nResident: %.0f kB before, %.0f kB more with a model of F (%llu "
           "bytes),\n%.0f bytes more for each stream (%llu and its inputs)\n",
           start / 1024, (with_model - start) / 1024,
           (unsigned long long)info.model_size,
           (with_streams - with_model) / (double)streams,
           (unsigned long long)info.stream_size);
    report_object("memory",
                  "\"before_bytes\": %.0f, \"model_bytes\": %llu, "
                  "\"resident_model_bytes\": %.0f, \"stream_bytes\": %llu, "
                  "\"resident_stream_bytes\": %.0f",
                  start, (unsigned long long)info.model_size,
                  with_model - start, (unsigned long long)info.stream_size,
                  (with_streams - with_model) / (double)streams);
    batch_free(&batch);
    stream_free(&leat);
}
