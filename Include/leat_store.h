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
 *          back at close. leat_store_use_memory() keeps all of it, SQLite's
 *          and Leat's, in one block of the caller's.
 * THREADS  A store is used by one thread at a time. leat_autosave has a
 *          thread of its own, so that no stream ever waits for the disk.
 * FORKS    A store belongs to the process that opened it. In a child that has
 *          it by fork() every call on it, or on its autosave, is refused with
 *          LEAT_E_ARGUMENT. leat_autosave_stop() and leat_store_close() return
 *          LEAT_OK there and change nothing of the parent's: close it in a
 *          child that lives on, or the child keeps the lock after the parent's
 *          death. SQLite's memory and descriptors stay until the child ends.
 *          A child must not open a file that its parent had open at the fork,
 *          not even after the parent's end: SQLite takes the parent's locks
 *          for its own. It may after exec(); or the parent opens its stores
 *          after it has forked.
 * WRITERS  One at a time. leat_store_open() takes a lock that the system
 *          drops when the process dies, and refuses with LEAT_E_BUSY, naming
 *          the process that holds it. A writer that has been replaced
 *          (LEAT_STORE_TAKE_OVER) can never write again: LEAT_E_FENCED.
 * FILES    Beside the store are SQLite's own "-wal" and "-shm" and Leat's
 *          "-lock". All four belong together: mount or move the folder, not
 *          the file. A file with a second name, by a hard link or because it
 *          is mounted by itself, isn't written to (LEAT_E_UNSUPPORTED), and
 *          one that is deleted, renamed or replaced while it is open
 *          acknowledges nothing any more (LEAT_E_GONE). Copy a store that is
 *          in use with leat_store_backup(), never with cp. Not for network
 *          file systems. A path is the name of a file, whatever SQLite makes
 *          of it: "file:" and ":memory:" mean nothing. While a store is open,
 *          nothing else in the process may open its file and close it again:
 *          the system would drop SQLite's locks. Leat's own descriptors are 3
 *          or more, so that what a program with closed streams prints goes
 *          into no store.
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
 * with LEAT_E_NEWER and left as it is; one with a lower one is read, and
 * brought up to this version by the first who opens it for writing. */
#define LEAT_STORE_VERSION 2

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
 * and reads them back. Where a backup died after it had given the copy its
 * name, the copy's second name, `path` with "-new" at its end, is deleted.
 *
 * path     not empty, without a slash at its end; and not, to write to it, a
 *          name of another store's with "-wal", "-shm", "-journal", "-lock"
 *          or "-lock.new" at its end: LEAT_E_ARGUMENT
 * options  may be NULL
 * LEAT_E_BUSY: another process has it open; the message says which.
 * LEAT_E_NOT_STORE: it is something else: another file, a directory, a FIFO.
 * LEAT_E_EXISTS: one of the names beside it, those above, is taken by what
 * can't be the store's: a directory, a FIFO, a link of any kind, a "-lock"
 * that Leat didn't write. LEAT_E_NEWER: made by a newer Leat.
 * LEAT_E_UNSUPPORTED: SQLite before 3.37, or no WAL or no full sync to be had
 * there; or the file has more than one name, or is mounted by itself (which a
 * Linux before 5.8 doesn't tell). LEAT_E_CORRUPT: damaged; or there is no file,
 * or an empty one, and the "-lock" beside it tells of commits: the store was
 * lost, and to begin a new one delete that "-lock". LEAT_E_READ_ONLY: the file,
 * or the folder that it is to be made in, can't be written. LEAT_E_GONE: it was
 * replaced while it was being opened. LEAT_E_FULL, LEAT_E_IO, LEAT_E_SQLITE. */
int leat_store_open(const char *path, const leat_store_options *options,
                    leat_store **store, leat_error *error);

/* Keep checkpoints in the caller's own database, in tables named leat_*, so
 * that they commit together with the caller's own rows. The connection stays
 * the caller's and must outlive the store; it is used by the thread that uses
 * the store. Its journal_mode and synchronous stay as they are, and with them
 * what a commit survives: set journal_mode=WAL and synchronous=FULL for the
 * promise above, before this call; to change journal_mode later close the
 * store first and attach anew. After LEAT_FALLBACK rows of the caller's
 * own may be further on than the state: delete those beyond its position.
 *
 * What else is set on the connection neither changes what is written nor what
 * is read: each statement that writes is run to its end, and the rows that it
 * changed are counted. Where a trigger (RAISE(IGNORE)) or an authorizer
 * (SQLITE_IGNORE) keeps Leat from its tables, a call that writes returns
 * LEAT_E_UNSUPPORTED, or LEAT_E_CORRUPT when what it wrote isn't what it reads
 * back; it leaves all as it was. A call that reads returns either, or
 * LEAT_FALLBACK. SQLITE_DENY, a commit hook and a progress handler give
 * LEAT_E_SQLITE, PRAGMA query_only LEAT_E_READ_ONLY.
 *
 * options  may be NULL; of the flags only LEAT_STORE_TAKE_OVER is taken, and
 *          busy_timeout_ms is the caller's affair
 * Inside a transaction of the caller's: LEAT_E_ARGUMENT. Else as
 * leat_store_open(); of the names beside it only "-lock" is looked at. */
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

/* Flags of leat_store_save() and leat_store_import(). */
#define LEAT_SAVE_REWIND  1u /* the position may be lower than the newest
                              * checkpoint's; those beyond it are deleted   */
#define LEAT_SAVE_REPLACE 2u /* the stream's checkpoints may be of another
                              * model; they are deleted                     */

/* Write a checkpoint of a stream under a name, and drop the oldest beyond
 * the number kept. Inside a transaction (leat_store_begin(), or BEGIN on the
 * connection) it becomes durable when that commits, else before this returns.
 *
 * name         1 to LEAT_NAME_MAX bytes of UTF-8, ending with NUL
 * cursor       cursor_size bytes, at most LEAT_CURSOR_MAX; may be NULL when
 *              cursor_size is 0
 * LEAT_E_POSITION: the newest checkpoint is further on than the stream.
 * LEAT_E_MISMATCH: the stream's checkpoints are another model's.
 * LEAT_E_FENCED: another process took the store over. LEAT_E_GONE: the
 * store's file or its "-wal" was deleted, renamed or replaced, so that nobody
 * will find what is written; close the store. LEAT_E_UNSUPPORTED: the file has
 * got a second name, or what was done to the connection keeps rows from being
 * written (leat_store_attach()); saves go on when that is gone.
 * LEAT_E_CORRUPT: damaged pages don't let the checkpoint be found again; the
 * one before it is as it was. LEAT_E_FULL, LEAT_E_READ_ONLY, LEAT_E_BUSY,
 * LEAT_E_IO, LEAT_E_SQLITE.
 * Inside a transaction, a failure of the disk, of memory or of a damaged
 * page may roll back all of it; the message then begins with "the whole
 * transaction is rolled back". The stream goes on in memory whatever happens
 * here. */
int leat_store_save(leat_store *store, const char *name,
                    const leat_stream *stream, const void *cursor,
                    size_t cursor_size, unsigned flags, leat_error *error);

typedef struct leat_checkpoint {
    uint64_t generation;          /* 1, 2, ... of this stream               */
    uint64_t position;            /* samples taken in                       */
    int64_t  saved_at_ms;         /* Unix time in milliseconds              */
    size_t   cursor_size;         /* bytes                                  */
    uint32_t corrupt_generations; /* newer ones that were passed over; 1 at
                                   * least when this one isn't known to be
                                   * the newest                             */
    uint32_t store_is_behind;     /* 1: the store as a whole is older than
                                   * what it acknowledged, see below        */
    uint64_t lost_samples;        /* how far those were ahead, as far as
                                   * their rows still tell; 0 if none       */
    uint64_t state_size;          /* bytes                                  */
    uint32_t reserved[4];         /* 0                                      */
} leat_checkpoint;

/* Set a stream to its newest checkpoint whose checksum holds.
 *
 * cursor           gets the cursor's bytes; may be NULL when cursor_capacity
 *                  is 0 and the cursor isn't wanted
 * cursor_capacity  LEAT_E_SIZE when cursor isn't NULL and this is too small
 * checkpoint       says what was loaded; may be NULL
 * Return LEAT_OK when this is the checkpoint that the stream's row names as
 * its newest. Return LEAT_FALLBACK when it is another: newer ones were corrupt
 * or missing, or the row itself is damaged or of an earlier moment (then this
 * may be the newest all the same, and lost_samples is 0). Or when the store is
 * behind: the "-lock" beside it tells of a commit that it doesn't hold,
 * because the file was replaced by an older one, or the "-wal" cut or deleted.
 * Which streams that concerns can't be told; until this store is closed all
 * loads say so.
 * LEAT_E_NOT_FOUND: there is no such stream. LEAT_E_CORRUPT: there is, but
 * no checkpoint of it is whole; or there is none, and the store is behind, so
 * that it may be one that was lost.
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

/* Give a stream and its checkpoints another name. LEAT_E_NOT_FOUND when there
 * is no `from`, LEAT_E_EXISTS when there is a `to`, LEAT_E_CORRUPT when no
 * checkpoint of it is whole. */
int leat_store_rename(leat_store *store, const char *from, const char *to,
                      leat_error *error);

/* Copy out a stream's newest whole checkpoint, for which no model is needed:
 * state is what leat_stream_load() takes, on any machine.
 *
 * state           gets the state's bytes; may be NULL when state_capacity is 0
 *                 and only the rest is wanted
 * state_capacity  LEAT_E_SIZE when state isn't NULL and this is too small
 * cursor, cursor_capacity, checkpoint, and what is returned: as of
 * leat_store_load() */
int leat_store_export(leat_store *store, const char *name, void *state,
                      size_t state_capacity, void *cursor,
                      size_t cursor_capacity, leat_checkpoint *checkpoint,
                      leat_error *error);

/* Write a checkpoint of a state that leat_stream_save() or
 * leat_store_export() wrote: as leat_store_save() of a stream with it.
 *
 * state_size  exactly the bytes of the state
 * LEAT_E_CORRUPT, LEAT_E_NEWER: as of leat_state_info(). */
int leat_store_import(leat_store *store, const char *name, const void *state,
                      size_t state_size, const void *cursor,
                      size_t cursor_size, unsigned flags, leat_error *error);

/* ------------------------------------------------------------------------ *
 * Transactions
 * ------------------------------------------------------------------------ */

/* Begin, commit or roll back a transaction, so that many saves, deletes and
 * statements of the caller's own become durable together and cost one sync.
 * After a failed commit the transaction is gone and nothing of it is left; but
 * after a LEAT_E_GONE or LEAT_E_UNSUPPORTED for files that changed in that very
 * moment it may be there: ask the store.
 *
 * LEAT_E_ARGUMENT: a transaction is open already, or none is. LEAT_E_FENCED,
 * LEAT_E_BUSY, LEAT_E_READ_ONLY of leat_store_begin(), LEAT_E_GONE and
 * LEAT_E_UNSUPPORTED of leat_store_commit(), as for leat_store_save(). */
int leat_store_begin(leat_store *store, leat_error *error);
int leat_store_commit(leat_store *store, leat_error *error);
int leat_store_rollback(leat_store *store, leat_error *error);

/* ------------------------------------------------------------------------ *
 * Autosave: checkpoints without waiting for the disk
 * ------------------------------------------------------------------------ */

/* A thread that writes checkpoints, and a slot of memory for each stream.
 * Whoever steps a stream offers it after the step; the offer copies the
 * stream into its slot and never waits: it makes no system call, takes no
 * lock that is held across I/O, and allocates nothing. The thread commits
 * what it finds in the slots, all in one transaction, and begins again.
 *
 *     leat_autosave_start(store, &options, &autosave, &error);
 *     leat_autosave_add(autosave, "pump-7", &slot, &error);
 *     for (;;) {
 *         ... step ...
 *         leat_autosave_offer(autosave, slot, stream, NULL, 0, 0, &error);
 *     }
 *     leat_autosave_stop(autosave, 0, &error);
 *
 * ACKNOWLEDGED is what leat_autosave_durable() returns, and everything
 * offered before a leat_autosave_flush() that returned LEAT_OK. An offer that
 * returned LEAT_OK is not: what it took is in memory yet. After a crash a
 * stream is found at its acknowledged position or further on.
 *
 * SEVERAL STREAMS: a commit holds what each was when it was last taken, which
 * is not one moment of all. After a crash they are found at different
 * positions. A program that goes on with all of them from the position of the
 * first applies samples twice to some, and misses some of others: begin with
 * each at its own leat_stream_position(), or step with leat_stream_step_at(),
 * which skips a sample that the stream has taken in. Streams that must come
 * back together are saved in one leat_store_begin() and leat_store_commit(). */
typedef struct leat_autosave leat_autosave;

#define LEAT_AUTOSAVE_STREAM_MAX 1048576

typedef struct leat_autosave_options {
    size_t   stream_size;   /* leat_stream_size(), of the largest model     */
    uint32_t streams;       /* the most that will be added at one time, 1 to
                             * LEAT_AUTOSAVE_STREAM_MAX                     */
    uint32_t cursor_size;   /* bytes of the largest cursor                  */
    uint32_t every_samples; /* an offer takes a stream when it has gone on by
                             * so many since the last it took; 0 means 1.
                             * The first offer, and one that goes back, take
                             * it in any case                               */
    uint32_t every_ms;      /* from one commit to the next, milliseconds; 0
                             * means 100                                    */
    uint32_t reserved[4];   /* 0                                            */
} leat_autosave_options;

/* Begin: take memory for the slots, for each three times stream_size and
 * cursor_size and some 800 bytes, from SQLite's allocator, and a page from
 * the system, by which a child process is told; and start the thread. The store is the thread's until leat_autosave_stop(): other calls on
 * it are refused with LEAT_E_ARGUMENT, and leat_store_database() returns NULL.
 * It must not be inside a transaction, nor READ_ONLY. Load streams before
 * this.
 *
 * LEAT_E_ARGUMENT, LEAT_E_MEMORY, LEAT_E_READ_ONLY; LEAT_E_IO: the system has
 * no thread to give; LEAT_E_UNSUPPORTED: an SQLite compiled without threads. */
int leat_autosave_start(leat_store *store, const leat_autosave_options *options,
                        leat_autosave **autosave, leat_error *error);

/* Take a slot for a stream, and return its number in *slot. Any thread may
 * call this, at any time.
 *
 * name  as of leat_store_save()
 * LEAT_E_EXISTS: the name has a slot. LEAT_E_FULL: all slots are taken. */
int leat_autosave_add(leat_autosave *autosave, const char *name,
                      uint32_t *slot, leat_error *error);

/* Flags of leat_autosave_remove() and leat_autosave_stop(). */
#define LEAT_AUTOSAVE_ABANDON 1u /* do it even though writing fails         */

/* Give a slot back, once what it took is durable: waits for that, as
 * leat_autosave_flush() does, and fails as that does, with the slot as it was,
 * unless flags has LEAT_AUTOSAVE_ABANDON: then what could not be written is
 * dropped, and the code returned. The thread that offers the stream calls
 * this. */
int leat_autosave_remove(leat_autosave *autosave, uint32_t slot,
                         unsigned flags, leat_error *error);

/* Flags of leat_autosave_offer(). */
#define LEAT_OFFER_NOW    1u /* take it, though every_samples isn't over    */
#define LEAT_OFFER_REWIND 2u /* the position may be lower, as of
                              * LEAT_SAVE_REWIND                            */

/* Offer a stream after a step. One thread at a time offers to a slot;
 * different slots may be offered to by different threads. A stream that was
 * taken before and isn't written yet is replaced.
 *
 * stream  its model must live until the slot is removed, or all is stopped
 * cursor  cursor_size bytes, at most options->cursor_size; may be NULL when
 *         cursor_size is 0
 * LEAT_OK: taken, or not due. LEAT_E_ARGUMENT, LEAT_E_SIZE: nothing was
 * taken. LEAT_E_POSITION: lower than the last taken, and nothing was taken; or
 * the store's newest checkpoint is further on: taken, and written once the
 * stream has passed it. Any other code: the last attempt to write failed with
 * it, and this stream has been taken (if due) all the same. The thread goes on
 * trying, but for a LEAT_E_FENCED and a LEAT_E_GONE; a stream that it can't write
 * (LEAT_E_MISMATCH, LEAT_E_CORRUPT) doesn't keep it from writing others. */
int leat_autosave_offer(leat_autosave *autosave, uint32_t slot,
                        const leat_stream *stream, const void *cursor,
                        size_t cursor_size, unsigned flags, leat_error *error);

/* Return in *position the position up to which a slot's stream is durable, 0
 * when it has been given none to write yet. Neither waits nor locks. */
int leat_autosave_durable(const leat_autosave *autosave, uint32_t slot,
                          uint64_t *position, leat_error *error);

/* Write what has been taken, and wait until it is durable. Any thread may
 * call this. Returns LEAT_OK, or what the writing failed with. */
int leat_autosave_flush(leat_autosave *autosave, leat_error *error);

/* Flush, end the thread, give the memory back, and the store to the caller.
 * No other thread may be inside a call on it. Does nothing for NULL. When
 * writing fails it returns the code and everything goes on as before, unless
 * flags has LEAT_AUTOSAVE_ABANDON: then it stops, and returns the code. */
int leat_autosave_stop(leat_autosave *autosave, unsigned flags,
                       leat_error *error);

/* ------------------------------------------------------------------------ *
 * Operations
 * ------------------------------------------------------------------------ */

/* Called now and then with how much of a long work is done, out of how much.
 * Returns 0 to go on; anything else ends the work with LEAT_E_STOPPED. Must
 * not use the store. */
typedef int (*leat_progress)(void *context, uint64_t done, uint64_t total);

/* Copy the store, as it is now, to a new file at `path`, while this
 * connection or, READ_ONLY, another process's writer goes on. The copy appears
 * under its name when it is whole and durable; before, it is `path` with
 * "-new" at its end, and a file of that name, unless it is a store, is taken
 * for what a crash left, and deleted. Of an attached store all of the caller's
 * database is copied.
 *
 * path      as of leat_store_open(), to write to
 * progress  in pages; may be NULL
 * LEAT_E_EXISTS: there is something at `path`, a store or no file at all at
 * that with "-new", or beside `path` a "-wal" or "-journal" that another store
 * left and that SQLite would put into the copy. LEAT_E_ARGUMENT: inside a
 * transaction. LEAT_E_STOPPED, LEAT_E_BUSY, LEAT_E_FULL, LEAT_E_READ_ONLY,
 * LEAT_E_IO, LEAT_E_CORRUPT: there is no copy. */
int leat_store_backup(leat_store *store, const char *path,
                      leat_progress progress, void *context,
                      leat_error *error);

/* Check everything: SQLite's integrity_check, the tables, every checkpoint's
 * checksums, and that each stream's newest checkpoint is there and whole.
 *
 * finding   called with each thing that is wrong, one English line, valid
 *           during the call only; may be NULL
 * progress  in checkpoints; may be NULL
 * Return LEAT_OK when nothing is wrong, else LEAT_E_CORRUPT, with the first
 * finding and their number in the message. */
int leat_store_verify(leat_store *store,
                      void (*finding)(void *context, const char *line),
                      leat_progress progress, void *context,
                      leat_error *error);

/* Flags of leat_store_prune(). */
#define LEAT_PRUNE_STREAMS 1u /* a stream goes too when its newest checkpoint
                               * was saved before saved_before_ms           */

typedef struct leat_prune_options {
    int64_t  saved_before_ms; /* checkpoints saved before this go, Unix time
                               * in milliseconds; 0: none for its age       */
    uint32_t generations;     /* more than the newest so many go; 0: none
                               * for their number                           */
    uint32_t flags;           /* LEAT_PRUNE_*                               */
    uint32_t reserved[4];     /* 0                                          */
} leat_prune_options;

/* Delete old checkpoints, but never a stream's newest whole one, and nothing
 * that is newer than that, unless the stream goes. Inside a transaction it is
 * a part of that; else it is done in transactions of some thousand
 * checkpoints each, and an error leaves standing what was done before.
 *
 * options   with an age, a number or both, else LEAT_E_ARGUMENT;
 *           LEAT_PRUNE_STREAMS needs an age
 * progress  in streams; may be NULL
 * deleted   gets the number of checkpoints that went, also after an error;
 *           may be NULL */
int leat_store_prune(leat_store *store, const leat_prune_options *options,
                     leat_progress progress, void *context, uint64_t *deleted,
                     leat_error *error);

typedef struct leat_store_statistics_t {
    uint64_t streams;
    uint64_t checkpoints;       /* of all generations                       */
    uint64_t state_bytes;       /* in all checkpoints                       */
    uint64_t cursor_bytes;      /* in all checkpoints                       */
    int64_t  oldest_ms;         /* when the oldest and the newest checkpoint
                                 * were saved, Unix time in milliseconds;   */
    int64_t  newest_ms;         /* 0 when there is none                     */
    uint64_t file_bytes;        /* of the database                          */
    uint64_t free_bytes;        /* of these, in pages that are free         */
    uint64_t wal_bytes;         /* of the -wal beside it                    */
    uint64_t commits;           /* transactions that Leat has committed     */
    uint64_t epoch;             /* writers there have been                  */
    uint64_t memory_used;       /* bytes SQLite has from its allocator now, */
    uint64_t memory_highest;    /* and the most it had: in the whole process */
    uint32_t version;           /* of the tables                            */
    uint32_t is_behind;         /* as store_is_behind of leat_store_load()  */
    uint32_t reserved[8];       /* 0                                        */
} leat_store_statistics_t;

/* Count what is in a store: reads every checkpoint's row, but no state. */
int leat_store_statistics(leat_store *store,
                          leat_store_statistics_t *statistics,
                          leat_error *error);

/* ------------------------------------------------------------------------ *
 * Memory
 * ------------------------------------------------------------------------ */

/* The least that leat_store_use_memory() takes: for one store with states of
 * some kilobytes. */
#define LEAT_STORE_MEMORY_MIN 1048576

/* Have SQLite take all of its memory, and with it Leat's stores theirs, from
 * one block. This holds for the whole process, and so for every other use of
 * SQLite in it, until it ends: call it once, before anything else there uses
 * SQLite. A call that needs more than is left returns LEAT_E_MEMORY, with
 * nothing lost.
 *
 * block  of any alignment; must stay until the process ends
 * size   at least LEAT_STORE_MEMORY_MIN, else LEAT_E_SIZE
 * LEAT_E_TOO_LATE: SQLite is in use already, or has a block. */
int leat_store_use_memory(void *block, size_t size, leat_error *error);

#ifdef __cplusplus
}
#endif

#endif /* LEAT_STORE_H */
