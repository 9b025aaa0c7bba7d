/* SPDX-License-Identifier: MIT
 * An SQLite VFS on fault_disk.h: files that lose power, and operations that
 * fail. The connections of one process see each other's locks and share memory,
 * as on a real file system. */
#ifndef LEAT_TESTS_FAULT_VFS_H
#define LEAT_TESTS_FAULT_VFS_H

#include "fault_disk.h"

/* Make it the default VFS. Its names are absolute: put an empty file with the
 * name on the real disk for calls that look there. A file that is only there
 * counts as empty. */
void fault_vfs_start(void);

/* The number of open files. */
int fault_vfs_open_files(void);

/* --- power --------------------------------------------------------------- */

/* Cut the power at the n-th operation from now that changes what is stored: a
 * write, a truncation, a sync of a file or a directory, a creation, a deletion.
 * It is not carried out, or only in part, and no operation works any more. 0:
 * leave the power on. */
void power_cut_at(long nth);
void power_cut_now(void);
/* Cut it at the n-th such operation after the next failure. */
void power_cut_after_failure(long nth);
int power_is_cut(void);
/* The number of such operations since power_cut_at(). */
long power_events(void);
/* All files are closed: choose what is left. */
void power_return(const disk_mode *mode, uint64_t seed);
/* All files are closed: only the process died. */
void power_stayed(void);

/* Whether the storage promises that a write doesn't change the other bytes of a
 * sector (SQLITE_IOCAP_POWERSAFE_OVERWRITE), as SQLite assumes by default.
 * `spoils_neighbours` is fair only without this promise. */
void power_set_safe_overwrite(int is_safe);

/* --- failures ------------------------------------------------------------ */

enum fault_kind {
    FAULT_OPEN,
    FAULT_CREATE,
    FAULT_DELETE,
    FAULT_ACCESS,
    FAULT_PATH,
    FAULT_READ,
    FAULT_WRITE,
    FAULT_TRUNCATE,
    FAULT_SYNC,
    FAULT_SYNC_DIRECTORY,
    FAULT_SIZE,
    FAULT_LOCK,
    FAULT_CHECK_RESERVED,
    FAULT_SHM_MAP,
    FAULT_SHM_LOCK,
    FAULT_KINDS
};

#define FAULT_OF(kind) (1u << (kind))
#define FAULT_ANY      (FAULT_OF(FAULT_KINDS) - 1)
#define FAULT_CHANGE                                                           \
    (FAULT_OF(FAULT_CREATE) | FAULT_OF(FAULT_DELETE) | FAULT_OF(FAULT_WRITE) | \
     FAULT_OF(FAULT_TRUNCATE))

enum fault_error {
    ERROR_IO,        /* EIO; nothing was done                               */
    ERROR_PARTIAL,   /* EIO after half of a read or write                   */
    ERROR_FULL,      /* ENOSPC after half of a write                        */
    ERROR_READ_ONLY, /* EROFS                                               */
    ERROR_REFUSED,   /* SQLITE_READONLY from a write, SQLITE_PERM elsewhere */
    ERROR_BUSY,      /* another process has the lock */
    ERROR_SHORT,     /* a read that ends half-way, as at the end of the file */
    ERROR_EMPTY,     /* the same, without a byte */
    ERROR_CORRUPT_FS, /* a read, for which newer versions of SQLite return it instead of EIO */
    ERROR_SYNC_LOST  /* a failed sync, after which the changes are never written */
};

struct fault_plan {
    unsigned kinds; /* FAULT_OF() of the operations that fail */
    enum fault_error error;
    int lasts;      /* all from the n-th on */
};

void fault_arm(const struct fault_plan *plan, long nth);
/* Return the number of operations that failed. */
long fault_disarm(void);

#endif
