/* SPDX-License-Identifier: MIT
 * Mounts that only the test sees. The including program defines _GNU_SOURCE
 * first. */
#ifndef LEAT_TESTS_MOUNTS_H
#define LEAT_TESTS_MOUNTS_H

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static inline int write_text(const char *path, const char *text)
{
    int file = open(path, O_WRONLY);
    ssize_t length = file < 0 ? -1 : write(file, text, strlen(text));
    if (file >= 0)
        close(file);
    return length == (ssize_t)strlen(text);
}

/* A mount namespace: as root, or as root of a user namespace. */
static inline int own_mounts(void)
{
    char user[32], group[32];
    snprintf(user, sizeof user, "0 %lu 1", (unsigned long)geteuid());
    snprintf(group, sizeof group, "0 %lu 1", (unsigned long)getegid());
    if (unshare(CLONE_NEWNS) != 0) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
            return 0;
        write_text("/proc/self/setgroups", "deny");
        if (!write_text("/proc/self/uid_map", user) ||
            !write_text("/proc/self/gid_map", group))
            return 0;
    }
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

#endif
