/* SPDX-License-Identifier: MIT
 * Checks that are counted. A check that fails prints its place and what it
 * found; main() ends with `return check_report("name");`, which prints "N
 * passed, N failed". */
#ifndef LEAT_TESTS_CHECK_H
#define LEAT_TESTS_CHECK_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As a message has it. */
#if SIZE_MAX > 0xffffffffu
#define SIZE_MAX_TEXT "18446744073709551615"
#else
#define SIZE_MAX_TEXT "4294967295"
#endif

static struct {
    unsigned long passed, failed;
    char context[160];
} check_state;

/* Name what the following checks are about; failures print it. */
#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
static inline void check_context(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(check_state.context, sizeof check_state.context, format,
              arguments);
    va_end(arguments);
}

/* Count one check. Only the first twenty failures are printed. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
static inline int check_that(int passed, const char *file, int line,
                             const char *format, ...)
{
    va_list arguments;
    if (passed) {
        check_state.passed++;
        return 1;
    }
    if (check_state.failed++ == 20)
        printf("and more\n");
    if (check_state.failed > 20)
        return 0;
    printf("%s:%d: ", file, line);
    if (check_state.context[0] != '\0')
        printf("[%s] ", check_state.context);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    return 0;
}

static inline int check_bytes(const void *actual, const void *expected,
                              size_t size, const char *what, const char *file,
                              int line)
{
    const unsigned char *a = (const unsigned char *)actual;
    const unsigned char *b = (const unsigned char *)expected;
    size_t i = 0;
    if (size == 0 || memcmp(a, b, size) == 0)
        return check_that(1, file, line, "%s", what);
    while (a[i] == b[i])
        i++;
    return check_that(0, file, line,
                      "%s: byte %zu of %zu is 0x%02x, expected 0x%02x", what,
                      i, size, a[i], b[i]);
}

/* All are expressions whose value is whether the check passed. */
#define CHECK(condition)                                                       \
    check((condition) ? 1 : 0, #condition, __FILE__, __LINE__)
static inline int check(int passed, const char *what, const char *file,
                        int line)
{
    return check_that(passed, file, line, "%s", what);
}

/* Two integers. */
#define CHECK_EQUAL(actual, expected)                                          \
    check_equal((long long)(actual), (long long)(expected), #actual, __FILE__, \
                __LINE__)
static inline int check_equal(long long actual, long long expected,
                              const char *what, const char *file, int line)
{
    return check_that(actual == expected, file, line,
                      "%s is %lld, expected %lld", what, actual, expected);
}

/* The code of a call; `error` is the leat_error that it was given. */
#define CHECK_CODE(call, expected, error)                                      \
    check_returned((call), (expected), (error).message, #call, __FILE__,       \
                   __LINE__)
static inline int check_returned(int code, int expected, const char *message,
                                 const char *what, const char *file, int line)
{
    return check_that(code == expected, file, line,
                      "%s gave %d, expected %d; message '%s'", what, code,
                      expected, code < 0 ? message : "");
}

#define CHECK_BYTES(actual, expected, size)                                    \
    check_bytes((actual), (expected), (size), #actual, __FILE__, __LINE__)

/* Whether a text contains some words. */
#define CHECK_WORDS(text, words)                                               \
    check_words((text), (words), __FILE__, __LINE__)
static inline int check_words(const char *text, const char *words,
                              const char *file, int line)
{
    return check_that(strstr(text, words) != NULL, file, line,
                      "'%s' does not contain '%s'", text, words);
}

/* End the program with its usage unless the arguments are right. */
static inline void check_usage(int is_right, const char *usage)
{
    if (is_right)
        return;
    fprintf(stderr, "usage: %s\n", usage);
    exit(2);
}

/* Print the totals and return the program's exit status. A program that checked
 * nothing has failed. */
static inline int check_report(const char *name)
{
    int failed = check_state.failed != 0 || check_state.passed == 0;
    if (failed)
        printf("%s failed\n", name);
    printf("%lu passed, %lu failed\n", check_state.passed, check_state.failed);
    return failed;
}

#endif
