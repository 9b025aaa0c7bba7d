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
 * A store is an SQLite database. It holds the last few checkpoints
 * ("generations") of each named stream. A checkpoint is a state (leat.h), which
 * includes the position, and a cursor: a few bytes of the caller's, such as a
 * file offset, that belong to this position. A checkpoint is written whole or
 * not at all.
 *
 * The promises of leat.h hold here too, with these differences:
 *
 * DURABLE  When leat_store_save() outside a transaction, or
 *          leat_store_commit(), returns LEAT_OK, the checkpoint survives the
 *          death of the process, a crash of the system and a loss of power, on
 *          storage that keeps what fsync() reported as written. A checkpoint
 *          whose save returned an error may still be found after a crash: what
 *          the store holds is the truth, not what the caller remembers.
 * MEMORY   SQLite allocates. Leat takes one small block for each store, one
 *          buffer for the largest state saved, and 32 bytes for each member of
 *          the largest group, from SQLite's allocator, and frees them at close.
 *          While a group is loaded it also takes the states of all members and
 *          the largest stream. leat_store_use_memory() keeps all of this
 *          memory, SQLite's and Leat's, in one block of the caller's. Each
 *          store also has one page from the system, which marks a child
 *          process after fork(). The page stays as long as the store.
 * THREADS  A store is used by one thread at a time. leat_autosave has its own
 *          thread, so that no stream ever waits for the disk.
 * FORKS    A store belongs to the process that opened it. In a child process
 *          that has it by fork(), every call on it or on its autosave is
 *          refused with LEAT_E_ARGUMENT. Only leat_autosave_stop() and
 *          leat_store_close() return LEAT_OK there, and change nothing of the
 *          parent's. A child that lives on must close the store, or it keeps
 *          the lock after the parent's death. SQLite's memory and descriptors
 *          stay until the child ends.
 *          A child must not open a file that its parent had open at the fork,
 *          not even after the parent's end: SQLite would take the parent's
 *          locks for its own. It may do so after exec(), or the parent may
 *          open its stores after the fork.
 * WRITERS  A store has one writer at a time. leat_store_open() takes a lock
 *          that the system releases when the process dies. If another process
 *          holds the lock, it returns LEAT_E_BUSY, and the message names that
 *          process. A writer that has been replaced (LEAT_STORE_TAKE_OVER) can
 *          never write again: LEAT_E_FENCED.
 * FILES    Beside the store are SQLite's "-wal" and "-shm" and Leat's "-lock".
 *          The four files belong together: mount or move the folder, not the
 *          file. A file with a second name, by a hard link or because it is
 *          mounted by itself, isn't written to (LEAT_E_UNSUPPORTED). A file
 *          that is deleted, renamed or replaced while it is open acknowledges
 *          nothing any more (LEAT_E_GONE).
 *          Copy a store that is in use with leat_store_backup(), never with
 *          cp. Don't put a store on a network file system. A path is always
 *          the name of a file: SQLite's "file:" and ":memory:" have no special
 *          meaning. While a store is open, nothing else in the process may
 *          open its file and close it again: the system would drop SQLite's
 *          locks. Leat's descriptors are 3 or more, so that a program whose
 *          standard streams are closed can't print into a store.
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

/* The version of the store's tables. A store with a higher version is refused
 * with LEAT_E_NEWER and left as it is. A store with a lower version is read,
 * and updated to this version when it is first opened for writing. */
#define LEAT_STORE_VERSION 3

/* PRAGMA application_id of a store's file: "Leat". */
#define LEAT_STORE_APPLICATION_ID 0x4c656174

/* Limits, in bytes and in checkpoints. */
#define LEAT_NAME_MAX       255
#define LEAT_CURSOR_MAX     65536
#define LEAT_GENERATION_MAX 64
#define LEAT_GROUP_MAX      1048576 /* members of a group */

typedef struct leat_store leat_store;

/* ------------------------------------------------------------------------ *
 * Open and close
 * ------------------------------------------------------------------------ */

#define LEAT_STORE_READ_ONLY 1u /* only read: changes no byte of the file,
                                 * takes no lock, works beside a writer; an
                                 * empty -wal and a -shm may remain         */
#define LEAT_STORE_NO_CREATE 2u /* LEAT_E_IO when there is no file          */
#define LEAT_STORE_TAKE_OVER 4u /* open even if another process holds the
                                 * lock; that process is fenced             */

/* All zero, or NULL, means the defaults. */
typedef struct leat_store_options {
    uint32_t flags;            /* LEAT_STORE_*                              */
    uint32_t generations;      /* checkpoints kept of each stream, 1 to
                                * LEAT_GENERATION_MAX; 0 means 3            */
    uint32_t busy_timeout_ms;  /* how long to wait while another connection
                                * holds a lock; 0 means 5000, UINT32_MAX
                                * means don't wait                          */
    uint32_t reserved[5];      /* 0                                         */
} leat_store_options;

/* Open the store at `path`, or make one if there is no file or an empty one,
 * and return it in *store. This sets journal_mode=WAL and synchronous=FULL and
 * reads them back. If the store is a backup, and the process that made it died
 * just after it gave the copy its name, the copy also has a second name, `path`
 * with "-new" at its end; that name is deleted.
 *
 * path     not empty, without a slash at its end. If the store is opened for
 *          writing, also not another store's name with "-wal", "-shm",
 *          "-journal", "-lock" or "-lock.new" at its end. Else LEAT_E_ARGUMENT
 * options  may be NULL
 * LEAT_E_BUSY: another process has it open; the message says which.
 * LEAT_E_NOT_STORE: it is something else: another file, a directory, a FIFO.
 * LEAT_E_EXISTS: one of the names above, beside the store, is taken by
 * something that isn't the store's: a directory, a FIFO, a link of any kind, a
 * "-lock" that Leat didn't write. LEAT_E_NEWER: made by a newer Leat.
 * LEAT_E_UNSUPPORTED: SQLite is older than 3.37; WAL or full sync can't be set;
 * or the file has more than one name, or is mounted by itself (which Linux
 * before 5.8 doesn't report). LEAT_E_CORRUPT: damaged; or there is no file, or
 * an empty one, but the "-lock" beside it records commits, so that the store
 * was lost. To begin a new store, delete that "-lock". LEAT_E_READ_ONLY: the
 * file, or the folder for a new one, can't be written. LEAT_E_GONE: the file
 * was replaced while it was opened. LEAT_E_FULL, LEAT_E_IO, LEAT_E_SQLITE. */
int leat_store_open(const char *path, const leat_store_options *options,
                    leat_store **store, leat_error *error);

/* Keep checkpoints in the caller's database, in tables named leat_*, so that
 * they commit together with the caller's rows. The connection stays the
 * caller's and must outlive the store. It is used by the thread that uses the
 * store. Its journal_mode and synchronous stay as they are, and decide what a
 * commit survives: for the promise above (DURABLE), set journal_mode=WAL and
 * synchronous=FULL before this call. To change journal_mode later, close the
 * store first and attach it again. After LEAT_FALLBACK the caller's rows may be
 * ahead of the state: delete those beyond its position.
 *
 * Other settings of the connection change neither what is written nor what is
 * read: each statement that writes is run to its end, and the rows that it
 * changed are counted. If a trigger (RAISE(IGNORE)) or an authorizer
 * (SQLITE_IGNORE) keeps Leat from its tables, a call that writes returns
 * LEAT_E_UNSUPPORTED, or LEAT_E_CORRUPT when it reads back something else than
 * it wrote, and changes nothing. A call that reads returns one of these, or
 * LEAT_FALLBACK. SQLITE_DENY, a commit hook and a progress handler give
 * LEAT_E_SQLITE; PRAGMA query_only gives LEAT_E_READ_ONLY.
 *
 * options  may be NULL; the only flag allowed is LEAT_STORE_TAKE_OVER, and
 *          busy_timeout_ms isn't used: the connection has its own
 * LEAT_E_ARGUMENT: inside a transaction of the caller's. Other codes as for
 * leat_store_open(); of the names beside the store only "-lock" is checked. */
int leat_store_attach(struct sqlite3 *database,
                      const leat_store_options *options, leat_store **store,
                      leat_error *error);

/* Close a store, and the connection if leat_store_open() made it. A
 * transaction that leat_store_begin() began is rolled back. Does nothing for
 * NULL. LEAT_E_BUSY: statements of the caller's or a backup of the caller's on
 * the connection are not finished; the store stays open. */
int leat_store_close(leat_store *store, leat_error *error);

/* Return the connection, for the caller's SQL inside a transaction. It stays
 * the store's: don't close it, and don't change its PRAGMAs. NULL when store is
 * NULL or not a store. */
struct sqlite3 *leat_store_database(leat_store *store);

/* ------------------------------------------------------------------------ *
 * Checkpoints
 * ------------------------------------------------------------------------ */

/* Flags of leat_store_save(), leat_store_import() and
 * leat_store_save_group(). */
#define LEAT_SAVE_REWIND  1u /* the position may be lower than the newest
                              * checkpoint's; checkpoints beyond it are
                              * deleted                                     */
#define LEAT_SAVE_REPLACE 2u /* the stream's checkpoints may be another
                              * model's; they are deleted                   */

/* Write a checkpoint of a stream under a name, and delete the oldest ones
 * beyond the number kept. Inside a transaction (leat_store_begin(), or BEGIN on
 * the connection) it becomes durable when the transaction commits, else before
 * this call returns.
 *
 * name         1 to LEAT_NAME_MAX bytes of UTF-8, ending with NUL
 * cursor       cursor_size bytes, at most LEAT_CURSOR_MAX; may be NULL when
 *              cursor_size is 0
 * LEAT_E_POSITION: the newest checkpoint is further on than the stream.
 * LEAT_E_MISMATCH: the stream's checkpoints are another model's, or of a stream
 * with other windows.
 * LEAT_E_FENCED: another process took the store over. LEAT_E_GONE: the
 * store's file or its "-wal" was deleted, renamed or replaced, so that nobody
 * would find what is written; close the store. LEAT_E_UNSUPPORTED: the file now
 * has a second name, or the connection keeps rows from being written (see
 * leat_store_attach()); saves succeed again when the cause is gone.
 * LEAT_E_CORRUPT: because of damaged pages the checkpoint wouldn't be found
 * again; the one before it is as it was. LEAT_E_FULL, LEAT_E_READ_ONLY,
 * LEAT_E_BUSY, LEAT_E_IO, LEAT_E_SQLITE.
 * Inside a transaction, a failure of the disk, of memory or of a damaged page
 * may roll back the whole transaction; the message then begins with "the whole
 * transaction is rolled back". The stream in memory can always continue. */
int leat_store_save(leat_store *store, const char *name,
                    const leat_stream *stream, const void *cursor,
                    size_t cursor_size, unsigned flags, leat_error *error);

typedef struct leat_checkpoint {
    uint64_t generation;          /* 1, 2, ... of this stream               */
    uint64_t position;            /* samples taken in                       */
    int64_t  saved_at_ms;         /* Unix time in milliseconds              */
    size_t   cursor_size;         /* bytes                                  */
    uint32_t corrupt_generations; /* newer ones that were skipped; at least 1
                                   * when it isn't certain that this one is
                                   * the newest                             */
    uint32_t store_is_behind;     /* 1: the whole store is older than what it
                                   * acknowledged, see below                */
    uint64_t lost_samples;        /* by how many samples those were ahead, as
                                   * far as their rows tell; 0 if none      */
    uint64_t state_size;          /* bytes                                  */
    uint32_t reserved[4];         /* 0                                      */
} leat_checkpoint;

/* Set a stream to its newest checkpoint whose checksum is right.
 *
 * cursor           gets the cursor's bytes; may be NULL when cursor_capacity
 *                  is 0 and the cursor isn't wanted
 * cursor_capacity  LEAT_E_SIZE when cursor isn't NULL and this is too small
 * checkpoint       says what was loaded; may be NULL
 * Return LEAT_OK when this is the checkpoint that the stream's row names as
 * its newest. Return LEAT_FALLBACK when it is another one: newer ones were
 * corrupt or missing, or the row itself is damaged or older (then this may
 * still be the newest, and lost_samples is 0). Return LEAT_FALLBACK also when
 * the whole store is older than what it acknowledged: the "-lock" beside it
 * records a commit that the store doesn't hold, because the file was replaced
 * by an older one, or the "-wal" was cut or deleted. It can't be known which
 * streams this concerns, so every load returns it until the store is closed.
 * LEAT_E_NOT_FOUND: there is no such stream. LEAT_E_CORRUPT: no checkpoint of
 * the stream is whole; or there is no such stream, but the whole store is older
 * than what it acknowledged, and may have lost it.
 * LEAT_E_MISMATCH: the checkpoint is another model's, or of a stream with other
 * windows. */
int leat_store_load(leat_store *store, const char *name, leat_stream *stream,
                    void *cursor, size_t cursor_capacity,
                    leat_checkpoint *checkpoint, leat_error *error);

/* Delete a stream and all its checkpoints, or a group with its members.
 * LEAT_E_NOT_FOUND when there is no such stream or group. LEAT_E_ARGUMENT when
 * it is a member of a group. */
int leat_store_delete(leat_store *store, const char *name, leat_error *error);

typedef struct leat_store_entry {
    const char *name;             /* valid during the call only             */
    uint64_t    generation;       /* of its newest checkpoint               */
    uint64_t    position;         /* samples taken in                       */
    int64_t     saved_at_ms;      /* Unix time in milliseconds              */
    uint64_t    state_size;       /* bytes                                  */
    uint64_t    cursor_size;      /* bytes                                  */
    uint32_t    generations;      /* checkpoints kept                       */
    uint32_t    members;          /* of a group; 0 of a stream              */
    uint32_t    reserved[4];      /* 0                                      */
} leat_store_entry;

/* Call visit(context, entry) for every stream, in the order of their names'
 * bytes. The numbers are read without checking the checksums. visit returns 0
 * to continue; any other value ends the listing, which still returns LEAT_OK.
 * visit must not use the store. LEAT_E_CORRUPT: a row can't be right. */
int leat_store_list(leat_store *store,
                    int (*visit)(void *context, const leat_store_entry *entry),
                    void *context, leat_error *error);

/* Give a stream and its checkpoints another name. LEAT_E_NOT_FOUND: there is no
 * stream `from`. LEAT_E_EXISTS: there is a stream `to`. LEAT_E_CORRUPT: no
 * checkpoint of `from` is whole. LEAT_E_ARGUMENT: `from` is a member of a
 * group. LEAT_E_UNSUPPORTED: it is a group. */
int leat_store_rename(leat_store *store, const char *from, const char *to,
                      leat_error *error);

/* Copy out a stream's newest whole checkpoint. No model is needed.
 * leat_stream_load() takes the state, on any machine.
 *
 * state           gets the state's bytes; may be NULL when state_capacity is 0
 *                 and the state isn't wanted
 * state_capacity  LEAT_E_SIZE when state isn't NULL and this is too small
 * cursor, cursor_capacity, checkpoint and results: as for leat_store_load()
 * LEAT_E_UNSUPPORTED: it is a group; export its members. */
int leat_store_export(leat_store *store, const char *name, void *state,
                      size_t state_capacity, void *cursor,
                      size_t cursor_capacity, leat_checkpoint *checkpoint,
                      leat_error *error);

/* Write a checkpoint from a state that leat_stream_save() or
 * leat_store_export() wrote, as leat_store_save() does from a stream.
 *
 * state_size  exactly the size of the state
 * LEAT_E_CORRUPT, LEAT_E_NEWER: as for leat_state_info(). */
int leat_store_import(leat_store *store, const char *name, const void *state,
                      size_t state_size, const void *cursor,
                      size_t cursor_size, unsigned flags, leat_error *error);

/* ------------------------------------------------------------------------ *
 * Groups: many streams, one checkpoint
 * ------------------------------------------------------------------------ */

/* A group is several streams that are saved and loaded together, with one
 * cursor: after a crash all are found as they were at the same moment. It has a
 * name of its own, which no stream has. Its members are streams like others:
 * leat_store_list() names them, leat_store_export() copies them. A stream is a
 * member of one group at most. It can't be deleted or renamed without the group,
 * and a group can't be renamed. Save a member only with its group: what
 * leat_store_save() writes is undone by the group's next save, and after as many
 * of these saves as generations are kept, the group can't be loaded.
 *
 * Write a checkpoint of a group, in one transaction. For each member that is
 * written this costs as much as leat_store_save() within a transaction.
 *
 * The new checkpoint follows the one that leat_store_load_group() would load. If
 * this store has not loaded or saved the group before, all members are read.
 *
 * name     as for leat_store_save()
 * members  [count] names of streams, each once; as for leat_store_save(). They
 *          must be those of the checkpoint before, in the same order. New ones
 *          may follow
 * streams  [count] their streams, which may be of different models. NULL: the
 *          member is as it was in the checkpoint before, and isn't written
 * count    1 to LEAT_GROUP_MAX
 * cursor, flags and codes: as for leat_store_save(). With LEAT_SAVE_REPLACE the
 * group may have other members than before, all of which need a stream; those
 * that are left out stay in the store as streams; and a stream with the group's
 * name is deleted. If one member can't be written, nothing is; inside a
 * transaction of the caller's, the whole transaction is then rolled back if
 * another member was written before. LEAT_E_MISMATCH: the members are others;
 * there is a stream of the group's name; or a member's checkpoints are another
 * model's. LEAT_E_POSITION: a member's checkpoint is further on than its stream.
 * LEAT_E_ARGUMENT: also if a member has the group's name, is a group, or is a
 * member of another group. */
int leat_store_save_group(leat_store *store, const char *name,
                          const char *const *members,
                          const leat_stream *const *streams, size_t count,
                          const void *cursor, size_t cursor_size,
                          unsigned flags, leat_error *error);

/* Set all members of a group to its newest checkpoint that is whole for every
 * member, or change nothing.
 *
 * members, streams  [count] as for leat_store_save_group(); no stream is NULL,
 *                   and none is there twice
 * count             exactly the number of members, see leat_store_list_group()
 * cursor, cursor_capacity  as for leat_store_load()
 * checkpoint        says what was loaded; may be NULL. Its position is the sum
 *                   of all members' positions; its generation is the group's
 * Return LEAT_OK or LEAT_FALLBACK, and other codes, as leat_store_load() does.
 * After LEAT_FALLBACK the group can be saved on from where it is: what newer
 * checkpoints have of its members is rewound. LEAT_E_MISMATCH: also if the
 * members are others, or if there is a stream of this name. */
int leat_store_load_group(leat_store *store, const char *name,
                          const char *const *members,
                          leat_stream *const *streams, size_t count,
                          void *cursor, size_t cursor_capacity,
                          leat_checkpoint *checkpoint, leat_error *error);

/* Call visit(context, entry) for every member of the checkpoint that
 * leat_store_load_group() loads, in its order. The entry has the member's name,
 * generation and position; its other fields are 0. visit returns 0 to continue,
 * and must not use the store, as for leat_store_list(). Return LEAT_OK or
 * LEAT_FALLBACK, and other codes, as leat_store_load_group() does. */
int leat_store_list_group(leat_store *store, const char *name,
                          int (*visit)(void *context,
                                       const leat_store_entry *entry),
                          void *context, leat_error *error);

/* ------------------------------------------------------------------------ *
 * Transactions
 * ------------------------------------------------------------------------ */

/* Begin, commit or roll back a transaction. Many saves, deletes and statements
 * of the caller's become durable together and cost one sync: after a crash all
 * streams that were saved in it are found as they were at its commit, or all as
 * they were before. (If one checkpoint is damaged later, leat_store_load()
 * returns an older one of that stream alone. A group goes back as a whole.)
 * After a failed
 * commit the transaction is rolled back. There is one exception: if the commit
 * failed with LEAT_E_GONE or LEAT_E_UNSUPPORTED because the files changed at
 * that very moment, its changes may be in the store: read them back.
 *
 * LEAT_E_ARGUMENT: to begin, a transaction is open already; to commit or roll
 * back, none is open. From leat_store_begin() also LEAT_E_FENCED, LEAT_E_BUSY
 * and LEAT_E_READ_ONLY, from leat_store_commit() also LEAT_E_GONE and
 * LEAT_E_UNSUPPORTED, as for leat_store_save(). */
int leat_store_begin(leat_store *store, leat_error *error);
int leat_store_commit(leat_store *store, leat_error *error);
int leat_store_rollback(leat_store *store, leat_error *error);

/* ------------------------------------------------------------------------ *
 * Autosave: checkpoints without waiting for the disk
 * ------------------------------------------------------------------------ */

/* A thread that writes checkpoints, and a slot of memory for each stream.
 * After a step the program offers the stream. The offer copies the stream into
 * its slot and never waits: it makes no system call, takes no lock that is held
 * during I/O, and allocates nothing. The thread commits what it finds in the
 * slots, all in one transaction, and begins again.
 *
 *     leat_autosave_start(store, &options, &autosave, &error);
 *     leat_autosave_add(autosave, "pump-7", &slot, &error);
 *     for (;;) {
 *         ... step ...
 *         leat_autosave_offer(autosave, slot, stream, NULL, 0, 0, &error);
 *     }
 *     leat_autosave_stop(autosave, 0, &error);
 *
 * ACKNOWLEDGED is the position that leat_autosave_durable() returns, and
 * everything offered before a leat_autosave_flush() that returned LEAT_OK. An
 * offer that returned LEAT_OK isn't acknowledged: it is still in memory only.
 * After a crash a stream is found at its acknowledged position or a later one.
 *
 * SEVERAL STREAMS: a commit holds each stream as it was when it was last taken,
 * which isn't the same moment for all. After a crash they are found at
 * different positions. A program that continues all of them from the position
 * of the first applies samples twice to some and leaves samples out of others.
 * Continue each stream at its own leat_stream_position(), or step with
 * leat_stream_step_at(), which skips a sample that the stream has taken in. To
 * get streams back at the same moment, make them a group:
 * leat_autosave_add_group(). */
typedef struct leat_autosave leat_autosave;

#define LEAT_AUTOSAVE_STREAM_MAX 1048576

typedef struct leat_autosave_options {
    size_t   stream_size;   /* of the largest stream: leat_stream_size() or
                             * leat_window_size()                           */
    uint32_t streams;       /* the most slots taken at the same time, 1 to
                             * LEAT_AUTOSAVE_STREAM_MAX: one for a stream,
                             * n + 1 for a group of n                       */
    uint32_t cursor_size;   /* bytes of the largest cursor                  */
    uint32_t every_samples; /* an offer takes a stream that is this many
                             * samples past the last one taken; 0 means 1.
                             * The first offer, and an offer that goes back,
                             * always take it                               */
    uint32_t every_ms;      /* milliseconds from one commit to the next; 0
                             * means 100                                    */
    uint32_t reserved[4];   /* 0                                            */
} leat_autosave_options;

/* Start the thread, and take memory for the slots from SQLite's allocator: for
 * each slot three times (stream_size + cursor_size) and about 800 bytes. One
 * page comes from the system; it marks a child process after fork(). The store
 * is the thread's until leat_autosave_stop(): other calls on it are refused
 * with LEAT_E_ARGUMENT, and leat_store_database() returns NULL. The store must
 * not be inside a transaction or READ_ONLY. Load streams before this call.
 *
 * LEAT_E_ARGUMENT, LEAT_E_MEMORY, LEAT_E_READ_ONLY. LEAT_E_IO: the system can't
 * start a thread. LEAT_E_UNSUPPORTED: SQLite was compiled without threads. */
int leat_autosave_start(leat_store *store, const leat_autosave_options *options,
                        leat_autosave **autosave, leat_error *error);

/* Take a slot for a stream, and return its number in *slot. Any thread may
 * call this, at any time.
 *
 * name  as for leat_store_save()
 * LEAT_E_EXISTS: the name has a slot. LEAT_E_FULL: all slots are taken. */
int leat_autosave_add(leat_autosave *autosave, const char *name,
                      uint32_t *slot, leat_error *error);

/* Take slots for a group (see Groups above), and return the group's number in
 * *slot: one slot for the group and one for each member. What is offered
 * together becomes durable together, or not at all. Any thread may call this,
 * at any time.
 *
 * name, members, count  as for leat_store_save_group()
 * LEAT_E_EXISTS: one of the names has a slot. LEAT_E_FULL: fewer than count + 1
 * slots are free. (So a group of LEAT_GROUP_MAX members can't be added.) */
int leat_autosave_add_group(leat_autosave *autosave, const char *name,
                            const char *const *members, size_t count,
                            uint32_t *slot, leat_error *error);

/* Flags of leat_autosave_remove() and leat_autosave_stop(). */
#define LEAT_AUTOSAVE_ABANDON 1u /* do it even if writing fails             */

/* Give a slot back once what it took is durable. This waits and fails as
 * leat_autosave_flush() does; if it fails, the slot is as it was. With
 * LEAT_AUTOSAVE_ABANDON in flags, what could not be written is dropped instead,
 * and the code is returned. Called by the thread that offers the stream. */
int leat_autosave_remove(leat_autosave *autosave, uint32_t slot,
                         unsigned flags, leat_error *error);

/* Flags of leat_autosave_offer() and leat_autosave_offer_group(). */
#define LEAT_OFFER_NOW    1u /* take it before every_samples have passed    */
#define LEAT_OFFER_REWIND 2u /* the position may be lower, as with
                              * LEAT_SAVE_REWIND                            */

/* Offer a stream after a step. One thread at a time offers to a slot;
 * different threads may offer to different slots. A stream that was taken
 * before and isn't written yet is replaced.
 *
 * stream  its model must live until the slot is removed or the autosave stopped
 * cursor  cursor_size bytes, at most options->cursor_size; may be NULL when
 *         cursor_size is 0
 * LEAT_OK: the stream was taken, or isn't due yet. LEAT_E_ARGUMENT,
 * LEAT_E_SIZE: nothing was taken. LEAT_E_POSITION: the position is lower than
 * the last one taken, and nothing was taken; or the store's newest checkpoint
 * is further on, and the stream was taken and is written once it has passed
 * that checkpoint. Any other code: the last attempt to write failed with it;
 * the stream was taken all the same, if it was due. The thread tries again,
 * except after LEAT_E_FENCED and LEAT_E_GONE. A stream that it can't write
 * (LEAT_E_MISMATCH, LEAT_E_CORRUPT) doesn't keep it from writing others. */
int leat_autosave_offer(leat_autosave *autosave, uint32_t slot,
                        const leat_stream *stream, const void *cursor,
                        size_t cursor_size, unsigned flags, leat_error *error);

/* Offer all streams of a group after a step of each that has one. The offer
 * copies all of them, and waits for nothing; the time is proportional to their
 * number. It is due when the members together have taken in
 * options->every_samples more samples than at the last one taken.
 *
 * streams  [count] the members' streams, in the order of their names
 * count    exactly the number of members
 * number   gets the number of this offer, 1, 2, ... of those taken since the
 *          group was added, or 0 if it isn't due; also when the offer is taken
 *          and the code of the last attempt to write is returned; may be NULL
 * Codes: as for leat_autosave_offer(). If one member can't be written, none is,
 * and other groups and streams are. */
int leat_autosave_offer_group(leat_autosave *autosave, uint32_t slot,
                              const leat_stream *const *streams, size_t count,
                              const void *cursor, size_t cursor_size,
                              unsigned flags, uint64_t *number,
                              leat_error *error);

/* Return in *position the position up to which a slot's stream is durable, or
 * the number of the newest offer of a group that is durable; 0 before the first
 * write. Neither waits nor locks. */
int leat_autosave_durable(const leat_autosave *autosave, uint32_t slot,
                          uint64_t *position, leat_error *error);

/* Write what has been taken, and wait until it is durable. Any thread may
 * call this. Returns LEAT_OK, or the code with which writing failed. */
int leat_autosave_flush(leat_autosave *autosave, leat_error *error);

/* Flush, end the thread, free the memory, and give the store back to the
 * caller. No other thread may be inside a call on the autosave. Does nothing
 * for NULL. If writing fails, this returns the code and the autosave continues
 * as before. With LEAT_AUTOSAVE_ABANDON in flags it stops, and returns the
 * code. */
int leat_autosave_stop(leat_autosave *autosave, unsigned flags,
                       leat_error *error);

/* ------------------------------------------------------------------------ *
 * Operations
 * ------------------------------------------------------------------------ */

/* Called repeatedly during a long operation with how much of `total` is done.
 * Returns 0 to continue; any other value ends the operation with
 * LEAT_E_STOPPED. Must not use the store. */
typedef int (*leat_progress)(void *context, uint64_t done, uint64_t total);

/* Copy the store as it is now to a new file at `path`. This connection stays
 * usable; if it is READ_ONLY, another process may write to the store meanwhile.
 * The copy gets its name when it is whole and durable. Before that its name is
 * `path` with "-new" at its end; a file of that name that isn't a store is
 * taken for the remains of a crash, and deleted. Of an attached store the
 * caller's whole database is copied.
 *
 * path      as for leat_store_open() when it opens for writing
 * progress  in pages; may be NULL
 * LEAT_E_EXISTS: there is something at `path`; or at `path` with "-new" there
 * is a store, or something that isn't a file; or beside `path` is a "-wal" or
 * "-journal" of another store, which SQLite would put into the copy.
 * LEAT_E_ARGUMENT: inside a transaction. LEAT_E_STOPPED, LEAT_E_BUSY,
 * LEAT_E_FULL, LEAT_E_READ_ONLY, LEAT_E_IO, LEAT_E_CORRUPT. After any of these
 * there is no copy. */
int leat_store_backup(leat_store *store, const char *path,
                      leat_progress progress, void *context,
                      leat_error *error);

/* Check everything: SQLite's integrity_check, the tables, every checkpoint's
 * checksums, and that each stream's newest checkpoint is there and whole.
 *
 * finding   called for each fault with one English line, which is valid during
 *           the call only; may be NULL
 * progress  in checkpoints; may be NULL
 * Return LEAT_OK when nothing is wrong, else LEAT_E_CORRUPT with the first
 * finding and the number of findings in the message. */
int leat_store_verify(leat_store *store,
                      void (*finding)(void *context, const char *line),
                      leat_progress progress, void *context,
                      leat_error *error);

/* Flags of leat_store_prune(). */
#define LEAT_PRUNE_STREAMS 1u /* also delete streams whose newest checkpoint
                               * was saved before saved_before_ms           */

typedef struct leat_prune_options {
    int64_t  saved_before_ms; /* delete checkpoints saved before this Unix
                               * time in milliseconds; 0: ignore the age    */
    uint32_t generations;     /* delete all but this many of the newest; 0:
                               * ignore the number                          */
    uint32_t flags;           /* LEAT_PRUNE_*                               */
    uint32_t reserved[4];     /* 0                                          */
} leat_prune_options;

/* Delete old checkpoints, but never a stream's newest whole checkpoint or a
 * newer one, unless the stream itself is deleted. A group and its members keep
 * all their checkpoints; with LEAT_PRUNE_STREAMS, a group whose newest checkpoint
 * is old is deleted with its members. Inside a transaction this is
 * a part of it. Else it runs in transactions of about a thousand checkpoints
 * each, and after an error the finished transactions remain.
 *
 * options   with an age, a number or both, else LEAT_E_ARGUMENT;
 *           LEAT_PRUNE_STREAMS needs an age
 * progress  in streams; may be NULL
 * deleted   gets the number of deleted checkpoints, also after an error;
 *           may be NULL */
int leat_store_prune(leat_store *store, const leat_prune_options *options,
                     leat_progress progress, void *context, uint64_t *deleted,
                     leat_error *error);

typedef struct leat_store_statistics_t {
    uint64_t streams;           /* and groups                               */
    uint64_t checkpoints;       /* of all generations                       */
    uint64_t state_bytes;       /* in all checkpoints                       */
    uint64_t cursor_bytes;      /* in all checkpoints                       */
    int64_t  oldest_ms;         /* when the oldest and the newest checkpoint
                                 * were saved, Unix time in milliseconds;   */
    int64_t  newest_ms;         /* 0 when there is none                     */
    uint64_t file_bytes;        /* of the database                          */
    uint64_t free_bytes;        /* of the database, in free pages           */
    uint64_t wal_bytes;         /* of the -wal beside it                    */
    uint64_t commits;           /* transactions that Leat has committed     */
    uint64_t epoch;             /* how many writers there have been         */
    uint64_t memory_used;       /* bytes SQLite has from its allocator now, */
    uint64_t memory_highest;    /* and the most it had: in the whole process */
    uint32_t version;           /* of the tables                            */
    uint32_t is_behind;         /* as store_is_behind of leat_checkpoint    */
    uint32_t reserved[8];       /* 0                                        */
} leat_store_statistics_t;

/* Count what is in a store: reads every checkpoint's row, but no state. */
int leat_store_statistics(leat_store *store,
                          leat_store_statistics_t *statistics,
                          leat_error *error);

/* ------------------------------------------------------------------------ *
 * Memory
 * ------------------------------------------------------------------------ */

/* The smallest block for leat_store_use_memory(): for one store with states of
 * a few kilobytes. */
#define LEAT_STORE_MEMORY_MIN 1048576

/* Make SQLite, and with it Leat's stores, take all memory from one block. This
 * applies to every use of SQLite in the process, until the process ends: call
 * it once, before anything else uses SQLite. A later call that needs more than
 * is left returns LEAT_E_MEMORY, and nothing is lost.
 *
 * block  of any alignment; must stay until the process ends
 * size   at least LEAT_STORE_MEMORY_MIN, else LEAT_E_SIZE
 * LEAT_E_TOO_LATE: SQLite is in use already, or has a block. */
int leat_store_use_memory(void *block, size_t size, leat_error *error);

#ifdef __cplusplus
}
#endif

#endif /* LEAT_STORE_H */
