/* SPDX-License-Identifier: MIT
 *
 * leat_store.h: keep streams safe in SQLite, so that each resumes exactly
 * where it was.
 *
 *     leat_store_open("state.db", NULL, &store, &error);
 *     leat_store_load(store, "pump-7", stream, NULL, 0, NULL, &error);
 *     for (;;) {
 *         ... read sample number leat_stream_position(stream), step ...
 *         leat_store_save(store, "pump-7", stream, NULL, 0, 0, &error);
 *     }
 *
 * A store is an SQLite database that holds, for each named stream, its last
 * few checkpoints ("generations"). A checkpoint is a state (leat.h), so the
 * position, and the caller's cursor: a few bytes of the caller's own, such as
 * a file offset, that must stay in step with it. One checkpoint is written
 * whole or not at all.
 *
 * The promises of leat.h hold here too, with these differences:
 *
 * DURABLE  When leat_store_save() returns LEAT_OK outside a transaction, or
 *          leat_store_commit() does, the checkpoint survives the death of the
 *          process, a crash of the system and a loss of power, on storage
 *          that keeps what fsync() reported written. A save that returned an
 *          error may still be found after a crash: what the store holds is
 *          the truth, not what the caller remembers.
 * MEMORY   SQLite allocates. Leat's own memory is one small block a store and
 *          one buffer of the largest state saved, taken from SQLite and given
 *          back at close.
 * THREADS  A store is used by one thread at a time. Never carry one across
 *          fork().
 * WRITERS  One at a time. leat_store_open() takes a lock that the system
 *          drops when the process dies, and refuses with LEAT_E_BUSY, naming
 *          the process that holds it. A writer that has been replaced
 *          (LEAT_STORE_TAKE_OVER) can never write again: LEAT_E_FENCED.
 * FILES    Beside the store stand SQLite's own "-wal" and "-shm" and Leat's
 *          "-lock". Copy a store that is in use with SQLite's backup or
 *          VACUUM INTO, never with cp. Not for network file systems.
 *
 * Needs SQLite 3.37 or newer.
 */
#ifndef LEAT_STORE_H
#define LEAT_STORE_H

#include "leat.h"

#ifdef __cplusplus
extern "C" {
#endif

struct sqlite3;

/* The version of the store's tables. A store with a higher one is refused
 * with LEAT_E_NEWER and left as it is. */
#define LEAT_STORE_VERSION 1

/* PRAGMA application_id of a store's file: "Leat". */
#define LEAT_STORE_APPLICATION_ID 0x4c656174

/* Bounds, in bytes and in checkpoints. */
#define LEAT_NAME_MAX       255
#define LEAT_CURSOR_MAX     65536
#define LEAT_GENERATION_MAX 64

typedef struct leat_store leat_store;

/* ------------------------------------------------------------------------ *
 * Open and close
 * ------------------------------------------------------------------------ */

#define LEAT_STORE_READ_ONLY 1u /* look only: changes no byte of the file,
                                 * takes no lock, works beside a writer; may
                                 * leave an empty -wal and a -shm behind    */
#define LEAT_STORE_NO_CREATE 2u /* LEAT_E_IO when there is no file          */
#define LEAT_STORE_TAKE_OVER 4u /* open even though another process holds
                                 * the lock; that one is fenced             */

/* All zero means the defaults, and so does NULL. */
typedef struct leat_store_options {
    uint32_t flags;            /* LEAT_STORE_*                              */
    uint32_t generations;      /* checkpoints kept of each stream, 1 to
                                * LEAT_GENERATION_MAX; 0 means 3            */
    uint32_t busy_timeout_ms;  /* how long to wait for a lock that another
                                * connection holds for a moment; 0 means
                                * 5000, UINT32_MAX not at all               */
    uint32_t reserved[5];      /* 0                                         */
} leat_store_options;

/* Open the store at `path`, or make one where there is no file or an empty
 * one, and return it in *store. Sets journal_mode=WAL and synchronous=FULL
 * and reads them back.
 *
 * options  may be NULL
 * LEAT_E_BUSY: another process has it open; the message says which.
 * LEAT_E_NOT_STORE: the file is something else. LEAT_E_NEWER: made by a newer
 * Leat. LEAT_E_UNSUPPORTED: SQLite before 3.37, or no WAL or no full sync to
 * be had there. LEAT_E_READ_ONLY, LEAT_E_FULL, LEAT_E_IO, LEAT_E_CORRUPT,
 * LEAT_E_SQLITE. */
int leat_store_open(const char *path, const leat_store_options *options,
                    leat_store **store, leat_error *error);

/* Keep checkpoints in the caller's own database, in tables named leat_*, so
 * that they commit together with the caller's own rows. The connection stays
 * the caller's and must outlive the store; it is used by the thread that uses
 * the store. Its journal_mode and synchronous stay as they are, and with them
 * what a commit survives: set journal_mode=WAL and synchronous=FULL for the
 * promise above. After LEAT_FALLBACK rows of the caller's own may be further
 * on than the state: delete those beyond its position.
 *
 * options  may be NULL; of the flags only LEAT_STORE_TAKE_OVER is taken, and
 *          busy_timeout_ms is the caller's affair
 * Inside a transaction of the caller's: LEAT_E_ARGUMENT. Else as
 * leat_store_open(). */
int leat_store_attach(struct sqlite3 *database,
                      const leat_store_options *options, leat_store **store,
                      leat_error *error);

/* Close a store, and the connection if leat_store_open() made it. A
 * transaction that leat_store_begin() began is rolled back. Does nothing for
 * NULL. LEAT_E_BUSY: statements or a backup of the caller's own on the
 * connection are not finished; the store stays open. */
int leat_store_close(leat_store *store, leat_error *error);

/* Return the connection, for SQL of the caller's own inside a transaction.
 * It stays the store's: don't close it, don't change its PRAGMAs. NULL when
 * store is NULL or none. */
struct sqlite3 *leat_store_database(leat_store *store);

/* ------------------------------------------------------------------------ *
 * Checkpoints
 * ------------------------------------------------------------------------ */

/* Flags of leat_store_save(). */
#define LEAT_SAVE_REWIND 1u /* the position may be lower than the newest
                             * checkpoint's; those beyond it are deleted    */

/* Write a checkpoint of a stream under a name, and drop the oldest beyond
 * the number kept. Inside a transaction (leat_store_begin(), or BEGIN on the
 * connection) it becomes durable when that commits, else before this returns.
 *
 * name         1 to LEAT_NAME_MAX bytes of UTF-8, ending with NUL
 * cursor       cursor_size bytes, at most LEAT_CURSOR_MAX; may be NULL when
 *              cursor_size is 0
 * LEAT_E_POSITION: the newest checkpoint is further on than the stream.
 * LEAT_E_MISMATCH: the stream's checkpoints are another model's; delete them
 * first. LEAT_E_FENCED: another process took the store over. LEAT_E_FULL,
 * LEAT_E_READ_ONLY, LEAT_E_BUSY, LEAT_E_IO, LEAT_E_CORRUPT, LEAT_E_SQLITE.
 * On a full disk or a failed I/O SQLite may drop the caller's whole
 * transaction; the message then begins with "the whole transaction is rolled
 * back". The stream goes on in memory whatever happens here. */
int leat_store_save(leat_store *store, const char *name,
                    const leat_stream *stream, const void *cursor,
                    size_t cursor_size, unsigned flags, leat_error *error);

typedef struct leat_checkpoint {
    uint64_t generation;          /* 1, 2, ... of this stream               */
    uint64_t position;            /* samples taken in                       */
    int64_t  saved_at_ms;         /* Unix time in milliseconds              */
    size_t   cursor_size;         /* bytes                                  */
    uint32_t corrupt_generations; /* newer ones that were passed over       */
    uint32_t reserved0;           /* 0                                      */
    uint64_t lost_samples;        /* how far those were ahead, as far as
                                   * their rows still tell; 0 if none       */
    uint32_t reserved[6];         /* 0                                      */
} leat_checkpoint;

/* Set a stream to its newest checkpoint whose checksum holds.
 *
 * cursor           gets the cursor's bytes; may be NULL when cursor_capacity
 *                  is 0 and the cursor isn't wanted
 * cursor_capacity  LEAT_E_SIZE when cursor isn't NULL and this is too small
 * checkpoint       says what was loaded; may be NULL
 * Return LEAT_OK, or LEAT_FALLBACK when newer checkpoints were corrupt and an
 * older one was loaded. LEAT_E_NOT_FOUND: there is no such stream.
 * LEAT_E_CORRUPT: there is, but no checkpoint of it is whole.
 * LEAT_E_MISMATCH: it is another model's. */
int leat_store_load(leat_store *store, const char *name, leat_stream *stream,
                    void *cursor, size_t cursor_capacity,
                    leat_checkpoint *checkpoint, leat_error *error);

/* Delete a stream and all its checkpoints. LEAT_E_NOT_FOUND when there is no
 * such stream. */
int leat_store_delete(leat_store *store, const char *name, leat_error *error);

typedef struct leat_store_entry {
    const char *name;             /* valid during the call only             */
    uint64_t    generation;       /* of its newest checkpoint               */
    uint64_t    position;         /* samples taken in                       */
    int64_t     saved_at_ms;      /* Unix time in milliseconds              */
    uint64_t    state_size;       /* bytes                                  */
    uint64_t    cursor_size;      /* bytes                                  */
    uint32_t    generations;      /* checkpoints kept                       */
    uint32_t    reserved[5];      /* 0                                      */
} leat_store_entry;

/* Call visit(context, entry) for every stream, in the order of their names'
 * bytes. Figures are read as they stand, without their checksums. visit
 * returns 0 to go on; anything else ends the listing, which then returns
 * LEAT_OK all the same. visit must not use the store. LEAT_E_CORRUPT: a row
 * that can't be right. */
int leat_store_list(leat_store *store,
                    int (*visit)(void *context, const leat_store_entry *entry),
                    void *context, leat_error *error);

/* ------------------------------------------------------------------------ *
 * Transactions
 * ------------------------------------------------------------------------ */

/* Begin, commit or roll back a transaction, so that many saves, deletes and
 * statements of the caller's own become durable together and cost one sync.
 * After a failed commit the transaction is gone and nothing of it stands.
 *
 * LEAT_E_ARGUMENT: a transaction is open already, or none is. LEAT_E_FENCED,
 * LEAT_E_BUSY, LEAT_E_READ_ONLY of leat_store_begin() as for
 * leat_store_save(). */
int leat_store_begin(leat_store *store, leat_error *error);
int leat_store_commit(leat_store *store, leat_error *error);
int leat_store_rollback(leat_store *store, leat_error *error);

#ifdef __cplusplus
}
#endif

#endif /* LEAT_STORE_H */
