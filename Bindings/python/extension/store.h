/* SPDX-License-Identifier: MIT
 *
 * store.h: what the files of leat._leat.Store share.
 *
 * store.c opens, saves and loads; store_contents.c lists, copies and changes
 * what is inside; store_groups.c saves and loads many streams as one;
 * store_operations.c copies, checks and prunes the whole store; transaction.c
 * has the transactions. leat/store.py adds what Python says better than C.
 */
#ifndef LEATPY_STORE_H
#define LEATPY_STORE_H

#include "leatpy.h"

/* Mark a store as in use by a call that lets the GIL go. Return -1 with an
 * exception when it is closed or in use. The second function ends the call. */
int leatpy_use_store(leatpy_store *self);
void leatpy_end_store_call(leatpy_store *self);

/* As leatpy_use_store(), but also refuse another thread's transaction, and one
 * that the library has undone. */
int leatpy_begin_store_call(leatpy_store *self);

/* The two halves of that: check at the beginning of a call, which it ends when
 * it fails; and see at the end of each call whether the transaction is undone. */
int leatpy_check_transaction(leatpy_store *self);
void leatpy_watch_transaction(leatpy_store *self);

/* A call of the store's without other results, made without the GIL. */
#define LEATPY_STORE_CALL(self, code, call)                                    \
    do {                                                                       \
        Py_BEGIN_ALLOW_THREADS                                                 \
        code = call;                                                           \
        Py_END_ALLOW_THREADS                                                   \
        leatpy_end_store_call(self);                                           \
    } while (0)

/* None, or NULL with the exception of a negative code. */
PyObject *leatpy_outcome(int code, const leat_error *error);

/* Make a leat.Checkpoint. */
PyObject *leatpy_checkpoint(const leat_checkpoint *checkpoint,
                            const void *cursor, int code);

/* Warn of LEAT_FALLBACK. Return -1 when the warning is an exception. */
int leatpy_warn_of_fallback(int code, const char *name);

/* The cursor and flags of a call that saves. */
typedef struct leatpy_save_options {
    Py_buffer cursor; /* to be released, also if it wasn't given */
    int rewind, replace;
} leatpy_save_options;

unsigned leatpy_save_flags(const leatpy_save_options *options);

/* Python's functions that a long call calls back. They get the GIL for it. An
 * exception in one ends the call, and is what the call raises. */
typedef struct leatpy_callbacks {
    PyThreadState *thread;
    PyObject *progress; /* NULL or None: only signals are looked at */
    PyObject *finding;
    PyObject *list; /* gets leat.Entry records */
} leatpy_callbacks;

int leatpy_visit(void *context, const leat_store_entry *entry);

PyObject *leatpy_store_transaction(leatpy_store *, PyObject *);
PyObject *leatpy_store_begin(leatpy_store *, PyObject *);
PyObject *leatpy_store_commit(leatpy_store *, PyObject *);
PyObject *leatpy_store_rollback(leatpy_store *, PyObject *);
PyObject *leatpy_store_streams(leatpy_store *, PyObject *);
PyObject *leatpy_store_delete(leatpy_store *, PyObject *);
PyObject *leatpy_store_rename(leatpy_store *, PyObject *, PyObject *);
PyObject *leatpy_store_export(leatpy_store *, PyObject *);
PyObject *leatpy_store_import(leatpy_store *, PyObject *, PyObject *);
PyObject *leatpy_store_save_group(leatpy_store *, PyObject *, PyObject *);
PyObject *leatpy_store_load_group(leatpy_store *, PyObject *, PyObject *);
PyObject *leatpy_store_members(leatpy_store *, PyObject *);
PyObject *leatpy_store_backup(leatpy_store *, PyObject *, PyObject *);
PyObject *leatpy_store_verify(leatpy_store *, PyObject *, PyObject *);
PyObject *leatpy_store_prune(leatpy_store *, PyObject *, PyObject *);
PyObject *leatpy_store_statistics(leatpy_store *, PyObject *);

#endif
