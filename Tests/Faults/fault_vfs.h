/* SPDX-License-Identifier: MIT
 * An SQLite VFS over fault_disk.h: files that are cut off from power, and
 * operations that fail. The connections of one process see each other's locks
 * and share memory, as they do on a real file system. */
#ifndef LEAT_TESTS_FAULT_VFS_H
#define LEAT_TESTS_FAULT_VFS_H

#include "fault_disk.h"

/* Make it the VFS that everything opens its files with. Names that it keeps
 * are absolute: put an empty file beside for what asks the real directory. A
 * file that is only there is taken for an empty one. */
void fault_vfs_start(void);

/* How many files are open. */
int fault_vfs_open_files(void);

/* --- power --------------------------------------------------------------- */

/* Cut the power at the n-th operation from now that changes what is stored: a
 * write, a truncation, a sync of a file or a directory, a creation, a
 * deletion. It isn't carried out, or is under way then, and nothing works any
 * more. 0: leave the power on. */
void power_cut_at(long nth);
void power_cut_now(void);
/* Cut it at the n-th such operation from the first failure that is to come. */
void power_cut_after_failure(long nth);
int power_is_cut(void);
/* How many such operations there were since power_cut_at(). */
long power_events(void);
/* All files have been closed: see what is left. */
void power_return(const disk_mode *mode, uint64_t seed);
/* All files have been closed: it was only the process that died. */
void power_stayed(void);

/* Whether the storage says that a write leaves the other bytes of a sector
 * alone (SQLITE_IOCAP_POWERSAFE_OVERWRITE), as SQLite assumes by default.
 * What `spoils_neighbours` does is fair only without. */
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
    ERROR_BUSY,      /* another has the lock                                */
    ERROR_SHORT,     /* a read that comes to an end half-way, as at the end
                      * of the file                                         */
    ERROR_EMPTY,     /* the same, of no bytes                               */
    ERROR_CORRUPT_FS, /* a read, by newer versions of SQLite for EIO         */
    ERROR_SYNC_LOST  /* a failed sync after which the changes never go out  */
};

struct fault_plan {
    unsigned kinds; /* FAULT_OF() of those that fail                        */
    enum fault_error error;
    int lasts;      /* all from the n-th on                                 */
};

void fault_arm(const struct fault_plan *plan, long nth);
/* Return how many operations failed. */
long fault_disarm(void);

#endif
