/* SPDX-License-Identifier: MIT
 *
 * transaction.c: leat._leat.Store: transactions, and their context.
 *
 * The context is C, so that no signal can come between the beginning of a
 * transaction and the block that ends it: Python looks for signals between its
 * own instructions only. A transaction that stayed open would take in whatever
 * is saved later.
 *
 * The store knows the thread that began the transaction. It refuses others,
 * whose saves would be undone with it. The library may roll a transaction back
 * when a call in it fails. SQLite tells after each call; from then on all calls
 * are refused until the program ends the transaction, for each would be durable
 * by itself.
 */
#include "store.h"

struct sqlite3;
int sqlite3_get_autocommit(struct sqlite3 *connection);

static PyTypeObject *transaction_type;

/* ------------------------------------------------------------------------ *
 * What each call of a store looks at
 * ------------------------------------------------------------------------ */

static void *refuse_undone(void)
{
    const leat_error error = {
        .code = LEAT_E_ARGUMENT,
        .message = "the whole transaction is rolled back, because a call in it "
                   "failed; nothing of it is in the store: begin again"
    };
    return leatpy_raise(&error);
}

/* Refuse a transaction of another thread's. */
static int check_owner(leatpy_store *self)
{
    if (self->transaction == 0 ||
        self->transaction == PyThread_get_thread_ident()) {
        return 0;
    }
    PyErr_SetString(PyExc_RuntimeError,
                    "another thread has a transaction open on this store; a "
                    "store is used by one thread at a time");
    leatpy_end_store_call(self);
    return -1;
}

int leatpy_check_transaction(leatpy_store *self)
{
    if (check_owner(self) != 0) {
        return -1;
    }
    if (self->is_undone) {
        refuse_undone();
        leatpy_end_store_call(self);
        return -1;
    }
    return 0;
}

void leatpy_watch_transaction(leatpy_store *self)
{
    struct sqlite3 *connection =
        self->transaction == 0 ? NULL : leat_store_database(self->store);
    if (connection != NULL && sqlite3_get_autocommit(connection)) {
        self->is_undone = 1;
    }
}

/* ------------------------------------------------------------------------ *
 * Begin and end
 * ------------------------------------------------------------------------ */

PyObject *leatpy_store_begin(leatpy_store *self, PyObject *unused)
{
    (void)unused;
    if (leatpy_begin_store_call(self) != 0) {
        return NULL;
    }
    int code;
    leat_error error;
    LEATPY_STORE_CALL(self, code, leat_store_begin(self->store, &error));
    if (code >= 0) {
        self->transaction = PyThread_get_thread_ident();
    }
    return leatpy_outcome(code, &error);
}

/* Commit or roll back. The transaction is over unless the library says that it
 * couldn't do anything. */
static PyObject *finish(leatpy_store *self,
                        int (*call)(leat_store *, leat_error *))
{
    if (leatpy_use_store(self) != 0 || check_owner(self) != 0) {
        return NULL;
    }
    if (self->is_undone) {
        self->transaction = 0;
        self->is_undone = 0;
        leatpy_end_store_call(self);
        return call == leat_store_commit ? refuse_undone()
                                         : Py_NewRef(Py_None);
    }
    int code;
    leat_error error;
    LEATPY_STORE_CALL(self, code, call(self->store, &error));
    if (code >= 0 || self->is_undone) {
        self->transaction = 0;
        self->is_undone = 0;
    }
    return leatpy_outcome(code, &error);
}

PyObject *leatpy_store_commit(leatpy_store *self, PyObject *unused)
{
    (void)unused;
    return finish(self, leat_store_commit);
}

PyObject *leatpy_store_rollback(leatpy_store *self, PyObject *unused)
{
    (void)unused;
    return finish(self, leat_store_rollback);
}

/* ------------------------------------------------------------------------ *
 * The context
 * ------------------------------------------------------------------------ */

typedef struct {
    PyObject_HEAD
    leatpy_store *store;
} transaction;

PyObject *leatpy_store_transaction(leatpy_store *self, PyObject *unused)
{
    (void)unused;
    transaction *made = (transaction *)PyType_GenericAlloc(transaction_type, 0);
    if (made != NULL) {
        made->store = (leatpy_store *)Py_NewRef((PyObject *)self);
    }
    return (PyObject *)made;
}

static PyObject *enter(transaction *self, PyObject *unused)
{
    PyObject *begun = leatpy_store_begin(self->store, unused);
    if (begun == NULL) {
        return NULL;
    }
    Py_DECREF(begun);
    return Py_NewRef((PyObject *)self->store);
}

/* An exception that ends the block is more than one that ends the rollback.
 * There is nothing to roll back when the block did so, closed the store, or is
 * in a child by fork(). */
static PyObject *leave(transaction *self, PyObject *arguments)
{
    PyObject *kind, *error, *traceback;
    if (!PyArg_ParseTuple(arguments, "OOO:__exit__", &kind, &error,
                          &traceback)) {
        return NULL;
    }
    if (kind == Py_None) {
        return leatpy_store_commit(self->store, NULL);
    }
    if (self->store->transaction != 0) {
        PyObject *done = leatpy_store_rollback(self->store, NULL);
        if (done == NULL) {
            PyErr_Clear();
        }
        Py_XDECREF(done);
    }
    return Py_NewRef(Py_None);
}

static int traverse(transaction *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE((PyObject *)self));
    Py_VISIT((PyObject *)self->store);
    return 0;
}

static void dealloc(transaction *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF((PyObject *)self->store);
    leatpy_free(self);
}

static PyMethodDef methods[] = {
    LEATPY_METHOD("__enter__", enter, METH_NOARGS,
        "__enter__($self, /)\n--\n\nBegin, and return the store."),
    LEATPY_METHOD("__exit__", leave, METH_VARARGS,
        "__exit__($self, kind, error, traceback, /)\n--\n\n"
        "Commit, or roll back after an exception."),
    { NULL, NULL, 0, NULL }
};

static const leatpy_type type = {
    .name = "leat._leat.Transaction",
    .text = "A transaction as a context, made by Store.transaction().",
    .size = sizeof(transaction),
    .dealloc = (destructor)dealloc,
    .traverse = (traverseproc)traverse,
    .methods = methods
};

int leatpy_add_transaction(PyObject *module)
{
    transaction_type = leatpy_add_type(module, &type);
    return transaction_type == NULL ? -1 : 0;
}
