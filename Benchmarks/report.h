/* SPDX-License-Identifier: MIT
 * Where figures go: tables to stdout, the same as JSON to a file, what is
 * being done to stderr. */
#ifndef LEAT_BENCHMARKS_REPORT_H
#define LEAT_BENCHMARKS_REPORT_H

#if defined(__GNUC__)
#define FORMAT(text, values) __attribute__((format(printf, text, values)))
#else
#define FORMAT(text, values)
#endif

/* Write to `path` once all is done; NULL for nowhere. */
void report_open(const char *path);
void report_close(void);

void report_progress(const char *format, ...) FORMAT(1, 2);

/* A member of the JSON: one object of `format`, or an array of rows. */
void report_object(const char *key, const char *format, ...) FORMAT(2, 3);
void report_array(const char *key);
void report_row(const char *format, ...) FORMAT(1, 2);
void report_array_end(void);

/* Print what was to be reached and whether it was. */
void report_goal(int is_reached, const char *format, ...) FORMAT(2, 3);

#endif
