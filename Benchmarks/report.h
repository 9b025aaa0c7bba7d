/* SPDX-License-Identifier: MIT
 * Where figures go: tables to stdout, the same figures as JSON to a file,
 * progress to stderr. */
#ifndef LEAT_BENCHMARKS_REPORT_H
#define LEAT_BENCHMARKS_REPORT_H

#if defined(__GNUC__)
#define FORMAT(text, values) __attribute__((format(printf, text, values)))
#else
#define FORMAT(text, values)
#endif

/* Write to `path` at the end; NULL for nowhere. */
void report_open(const char *path);
void report_close(void);

void report_progress(const char *format, ...) FORMAT(1, 2);

/* A member of the JSON: an object with the members in `format`, or an array of
 * such objects. */
void report_object(const char *key, const char *format, ...) FORMAT(2, 3);
void report_array(const char *key);
void report_row(const char *format, ...) FORMAT(1, 2);
void report_array_end(void);

/* Print a goal and whether it is reached. */
void report_goal(int is_reached, const char *format, ...) FORMAT(2, 3);

#endif
