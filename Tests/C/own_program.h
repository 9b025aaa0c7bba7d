/* SPDX-License-Identifier: MIT
 * A test's own program, started again: SQLite connections must not be used after
 * a fork. On another processor's emulator, which can't start such programs by
 * itself, it is started with the emulator that the environment names. */
#ifndef LEAT_TESTS_OWN_PROGRAM_H
#define LEAT_TESTS_OWN_PROGRAM_H

#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OWN_WORDS = 12 };

static char own_program[512];

static inline void find_own_program(void)
{
    ssize_t length = readlink("/proc/self/exe", own_program,
                              sizeof own_program - 1);
    if (length <= 0) {
        perror("/proc/self/exe");
        exit(2);
    }
    own_program[length] = '\0';
}

/* Become a new run of the program, with these words and a NULL. */
static inline void run_own_program(char *word, ...)
{
    char *words[OWN_WORDS + 1], *emulator = getenv("LEAT_EMULATOR");
    size_t count = 0;
    va_list others;
    if (emulator != NULL)
        words[count++] = emulator;
    words[count++] = own_program;
    va_start(others, word);
    for (; word != NULL && count < OWN_WORDS; word = va_arg(others, char *))
        words[count++] = word;
    va_end(others);
    words[count] = NULL;
    execv(words[0], words);
    _exit(127);
}

/* Whether a new run of the program, with two words, ends with success. */
static inline int own_program_succeeds(char *first, char *second)
{
    int status = -1;
    pid_t child;
    fflush(stdout);
    child = fork();
    if (child == 0)
        run_own_program(first, second, (char *)NULL);
    return child > 0 && waitpid(child, &status, 0) == child &&
           WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Whether a child has ended. It must still be waited for. */
static inline int has_ended(pid_t child)
{
    siginfo_t info;
    info.si_pid = 0;
    return waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == child;
}

#endif
