/* SPDX-License-Identifier: MIT
 * Runs a fuzz target on files, without libFuzzer, and prints the counts on the
 * last line. A file that ends the process, or takes a minute, has failed, and
 * the others are run all the same.
 * Usage: fuzz_TARGET FILE|FOLDER ... */
#define _DEFAULT_SOURCE
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { SECONDS = 60 };

static char **paths;
static size_t count;

static void add(const char *folder, const char *name)
{
    size_t length = strlen(folder) + strlen(name) + 2;
    char *path = (char *)allocate(length);
    struct stat status;
    snprintf(path, length, "%s%s%s", folder, *folder != '\0' ? "/" : "", name);
    if (stat(path, &status) != 0)
        give_up(path);
    if (S_ISDIR(status.st_mode)) {
        struct names names = names_in(path);
        size_t i;
        for (i = 0; i < names.count; i++)
            add(path, names.name[i]);
        free(names.name);
        free(path);
        return;
    }
    paths = (char **)realloc(paths, (count + 1) * sizeof *paths);
    if (paths == NULL)
        give_up("realloc");
    paths[count++] = path;
}

/* In its own process, from one file on. */
static void run_from(volatile size_t *current)
{
    for (; *current < count; ++*current) {
        size_t size;
        unsigned char *bytes = file_bytes(paths[*current], &size);
        alarm(SECONDS);
        LLVMFuzzerTestOneInput(bytes, size);
        free(bytes);
    }
}

int main(int argument_count, char **arguments)
{
    volatile size_t *current;
    size_t failed = 0;
    int i;
    for (i = 1; i < argument_count; i++)
        add("", arguments[i]);
    /* The child's progress, which the parent reads after its death. */
    current = (volatile size_t *)mmap(NULL, sizeof *current,
                                      PROT_READ | PROT_WRITE,
                                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if ((volatile void *)current == MAP_FAILED)
        give_up("mmap");
    for (*current = 0; *current < count; ++*current) {
        int status;
        pid_t child = fork();
        if (child == -1)
            give_up("fork");
        if (child == 0) {
            run_from(current);
            exit(0); /* the sanitizer looks for leaks */
        }
        if (waitpid(child, &status, 0) != child)
            give_up("waitpid");
        if (status == 0 && *current == count)
            break;
        failed++;
        if (WIFSIGNALED(status))
            printf("%s: signal %d\n",
                   *current < count ? paths[*current] : "at the end",
                   WTERMSIG(status));
        else
            printf("%s: exit status %d\n",
                   *current < count ? paths[*current] : "at the end",
                   WEXITSTATUS(status));
        if (*current == count)
            break;
    }
    /* A leak is found at the end, whichever file it was. */
    if (failed > count)
        failed = count;
    printf("%zu passed, %zu failed\n", count - failed, failed);
    return failed != 0 || count == 0;
}
