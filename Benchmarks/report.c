/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
    FILE *file;
    const char *path;
    char partial[512];
    const char *separator;
    int rows;
} report;

void report_open(const char *path)
{
    report.path = path;
    if (path == NULL)
        return;
    snprintf(report.partial, sizeof report.partial, "%s.part", path);
    report.file = fopen(report.partial, "w");
    if (report.file == NULL) {
        perror(report.partial);
        exit(2);
    }
    report.separator = "{\n";
}

void report_close(void)
{
    if (report.file == NULL)
        return;
    fprintf(report.file, "\n}\n");
    /* An interrupted run leaves the results of the last complete one. */
    if (fclose(report.file) != 0 || rename(report.partial, report.path) != 0) {
        perror(report.path);
        exit(2);
    }
    report_progress("wrote %s", report.path);
}

void report_progress(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    fflush(stdout);
    fprintf(stderr, "... ");
    vfprintf(stderr, format, values);
    fprintf(stderr, "\n");
    va_end(values);
}

void report_object(const char *key, const char *format, ...)
{
    va_list values;
    if (report.file == NULL)
        return;
    va_start(values, format);
    fprintf(report.file, "%s \"%s\": {", report.separator, key);
    vfprintf(report.file, format, values);
    fprintf(report.file, "}");
    report.separator = ",\n";
    va_end(values);
}

void report_array(const char *key)
{
    if (report.file == NULL)
        return;
    fprintf(report.file, "%s \"%s\": [", report.separator, key);
    report.separator = ",\n";
    report.rows = 0;
}

void report_row(const char *format, ...)
{
    va_list values;
    if (report.file == NULL)
        return;
    va_start(values, format);
    fprintf(report.file, "%s\n  {", report.rows++ == 0 ? "" : ",");
    vfprintf(report.file, format, values);
    fprintf(report.file, "}");
    va_end(values);
}

void report_array_end(void)
{
    if (report.file != NULL)
        fprintf(report.file, "\n ]");
}

void report_goal(int is_reached, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    printf("  goal ");
    vprintf(format, values);
    printf(": %s\n", is_reached ? "reached" : "NOT REACHED");
    va_end(values);
}
