/* SPDX-License-Identifier: MIT
 *
 * store.c: leat._leat.Store: open and close, save and load.
 */
#include "store.h"

#include <math.h>
#include <stdlib.h>

#include "sqlite.h"

PyTypeObject *leatpy_store_type;

/* ------------------------------------------------------------------------ *
 * Calls
 * ------------------------------------------------------------------------ */

/* A call that this process hasn't begun was a thread's that isn't here, or this
 * one's: then a call-back has forked, and the call goes on. */
static int is_in_use(const leatpy_store *self)
{
    return self->in_use == leatpy_process ||
           (self->in_use != 0 && self->user == PyThread_get_thread_ident());
}

int leatpy_use_store(leatpy_store *self)
{
    if (self->store == NULL) {
        PyErr_SetString(PyExc_ValueError, "the store is closed");
        return -1;
    }
    if (is_in_use(self)) {
        PyErr_SetString(PyExc_RuntimeError,
                        "another call is using this store; a store is used by "
                        "one thread at a time, and not by its callbacks");
        return -1;
    }
    self->in_use = leatpy_process;
    self->user = PyThread_get_thread_ident();
    return 0;
}

int leatpy_begin_store_call(leatpy_store *self)
{
    return leatpy_use_store(self) == 0 ? leatpy_check_transaction(self) : -1;
}

void leatpy_end_store_call(leatpy_store *self)
{
    leatpy_watch_transaction(self);
    self->in_use = 0;
}

PyObject *leatpy_outcome(int code, const leat_error *error)
{
    return code < 0 ? leatpy_raise(error) : Py_NewRef(Py_None);
}

/* ------------------------------------------------------------------------ *
 * Open and close
 * ------------------------------------------------------------------------ */

/* Seconds as the library's milliseconds, where 0 means the default. */
static int milliseconds(PyObject *timeout, uint32_t *result)
{
    double seconds = PyFloat_AsDouble(timeout);
    if (seconds == -1 && PyErr_Occurred()) {
        PyErr_Format(PyExc_TypeError, "timeout is %R; expected seconds",
                     timeout);
        return -1;
    }
    if (!(seconds >= 0) || seconds > 4294967) {
        PyErr_Format(PyExc_ValueError,
                     "timeout is %S; expected 0 to 4294967 seconds", timeout);
        return -1;
    }
    uint32_t whole = (uint32_t)ceil(seconds * 1000);
    *result = whole == 0 ? UINT32_MAX : whole;
    return 0;
}

static int initialize(leatpy_store *self, PyObject *arguments,
                      PyObject *keywords)
{
    static char *names[] = { "path", "read_only", "create", "take_over",
                             "generations", "timeout", NULL };
    PyObject *path, *generations = NULL, *timeout = NULL;
    int read_only = 0, create = 1, take_over = 0, code;
    leat_store_options options = { .busy_timeout_ms = 5000 };
    leat_store *store;
    leat_error error;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O&|$pppOO:Store",
                                     names, PyUnicode_FSConverter, &path,
                                     &read_only, &create, &take_over,
                                     &generations, &timeout)) {
        return -1;
    }
    if ((timeout != NULL &&
         milliseconds(timeout, &options.busy_timeout_ms) != 0) ||
        (generations != NULL &&
         leatpy_unsigned_32(generations, "generations",
                            &options.generations) != 0) ||
        leatpy_bind_sqlite() != 0) {
        Py_DECREF(path);
        return -1;
    }
    if (self->store != NULL || self->in_use) {
        PyErr_SetString(PyExc_ValueError, "the store is open already");
        Py_DECREF(path);
        return -1;
    }
    options.flags = (read_only ? LEAT_STORE_READ_ONLY : 0) |
                    (create ? 0 : LEAT_STORE_NO_CREATE) |
                    (take_over ? LEAT_STORE_TAKE_OVER : 0);
    const char *name = PyBytes_AsString(path);
    self->in_use = leatpy_process;
    self->user = PyThread_get_thread_ident();
    Py_BEGIN_ALLOW_THREADS
    code = leat_store_open(name, &options, &store, &error);
    Py_END_ALLOW_THREADS
    self->in_use = 0;
    Py_DECREF(path);
    if (code < 0) {
        leatpy_raise(&error);
        return -1;
    }
    self->store = store;
    return 0;
}

static PyObject *close_store(leatpy_store *self, PyObject *unused)
{
    (void)unused;
    if (self->store == NULL) {
        return Py_NewRef(Py_None);
    }
    if (leatpy_use_store(self) != 0) {
        return NULL;
    }
    int code;
    leat_error error;
    Py_BEGIN_ALLOW_THREADS
    code = leat_store_close(self->store, &error);
    Py_END_ALLOW_THREADS
    if (code >= 0) {
        self->store = NULL;
        self->transaction = 0;
    }
    leatpy_end_store_call(self);
    return leatpy_outcome(code, &error);
}

static void dealloc(leatpy_store *self)
{
    if (self->store != NULL) {
        Py_BEGIN_ALLOW_THREADS
        leat_store_close(self->store, NULL);
        Py_END_ALLOW_THREADS
    }
    leatpy_free(self);
}

/* ------------------------------------------------------------------------ *
 * Save
 * ------------------------------------------------------------------------ */

unsigned leatpy_save_flags(const leatpy_save_options *options)
{
    return (options->rewind ? LEAT_SAVE_REWIND : 0) |
           (options->replace ? LEAT_SAVE_REPLACE : 0);
}

static PyObject *save(leatpy_store *self, PyObject *arguments,
                      PyObject *keywords)
{
    static char *names[] = { "name", "stream", "cursor", "rewind", "replace",
                             NULL };
    PyObject *name_object, *stream_object, *result = NULL;
    leatpy_save_options options = { 0 };
    const char *name;
    leatpy_stream *stream;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "OO|y*$pp:save",
                                     names, &name_object, &stream_object,
                                     &options.cursor, &options.rewind,
                                     &options.replace)) {
        return NULL;
    }
    if ((name = leatpy_name(name_object, "name")) != NULL &&
        (stream = leatpy_idle_stream(stream_object)) != NULL &&
        leatpy_begin_store_call(self) == 0) {
        leat_error error;
        int code;
        leatpy_use_stream(stream);
        LEATPY_STORE_CALL(self, code,
                          leat_store_save(self->store, name, stream->stream,
                                          options.cursor.buf,
                                          (size_t)options.cursor.len,
                                          leatpy_save_flags(&options), &error));
        leatpy_leave_stream(stream);
        result = leatpy_outcome(code, &error);
    }
    PyBuffer_Release(&options.cursor);
    return result;
}

/* ------------------------------------------------------------------------ *
 * Load
 * ------------------------------------------------------------------------ */

PyObject *leatpy_checkpoint(const leat_checkpoint *checkpoint,
                            const void *cursor, int code)
{
    return leatpy_record(
        "Checkpoint", "(KKLy#INKKN)",
        (unsigned long long)checkpoint->generation,
        (unsigned long long)checkpoint->position,
        (long long)checkpoint->saved_at_ms, cursor,
        (Py_ssize_t)checkpoint->cursor_size, checkpoint->corrupt_generations,
        PyBool_FromLong(checkpoint->store_is_behind != 0),
        (unsigned long long)checkpoint->lost_samples,
        (unsigned long long)checkpoint->state_size,
        PyBool_FromLong(code == LEAT_FALLBACK));
}

int leatpy_warn_of_fallback(int code, const char *name)
{
    return code != LEAT_FALLBACK
               ? 0
               : PyErr_WarnFormat(leatpy_fallback_warning, 1,
                                  "what was loaded of '%s' is perhaps not its "
                                  "newest checkpoint: see the leat.Checkpoint",
                                  name);
}

/* The stream is loaded into a copy. It changes when nothing can fail any more,
 * not even a warning that is made an exception. Until then it is in use: the
 * warning and the record run Python code, and so may other threads. */
static PyObject *load_copy(leatpy_store *self, const char *name,
                           leatpy_stream *stream, void *cursor)
{
    leatpy_stream *copy =
        leatpy_new_stream(stream->model, stream->window, stream->hop);
    if (copy == NULL) {
        return NULL;
    }
    size_t size = leat_stream_block_size(stream->stream);
    memcpy(copy->stream, stream->stream, size);
    leat_checkpoint checkpoint;
    leat_error error;
    int code;
    PyObject *result = NULL;
    if (leatpy_begin_store_call(self) == 0) {
        leatpy_use_stream(stream);
        LEATPY_STORE_CALL(self, code,
                          leat_store_load(self->store, name, copy->stream,
                                          cursor, LEAT_CURSOR_MAX, &checkpoint,
                                          &error));
        if (code < 0) {
            leatpy_raise(&error);
        } else if (leatpy_warn_of_fallback(code, name) == 0) {
            result = leatpy_checkpoint(&checkpoint, cursor, code);
        }
        if (result != NULL) {
            memcpy(stream->stream, copy->stream, size);
        }
        leatpy_leave_stream(stream);
    }
    Py_DECREF((PyObject *)copy);
    return result;
}

static PyObject *load(leatpy_store *self, PyObject *arguments,
                      PyObject *keywords)
{
    static char *names[] = { "name", "stream", NULL };
    PyObject *name_object, *stream_object, *result = NULL;
    const char *name;
    leatpy_stream *stream;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "OO:load", names,
                                     &name_object, &stream_object) ||
        (name = leatpy_name(name_object, "name")) == NULL ||
        (stream = leatpy_idle_stream(stream_object)) == NULL) {
        return NULL;
    }
    void *cursor = malloc(LEAT_CURSOR_MAX);
    if (cursor == NULL) {
        return PyErr_NoMemory();
    }
    result = load_copy(self, name, stream, cursor);
    free(cursor);
    return result;
}

/* ------------------------------------------------------------------------ *
 * The type
 * ------------------------------------------------------------------------ */

static PyObject *get_closed(leatpy_store *self, void *unused)
{
    (void)unused;
    return PyBool_FromLong(self->store == NULL);
}

static PyObject *reduce(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return leatpy_refuse_pickle("Store", "a store belongs to the process that "
                                         "opened it; send its path, and close "
                                         "it here before it is opened there");
}

static PyMethodDef methods[] = {
    LEATPY_METHOD("close", close_store, METH_NOARGS,
        "close($self, /)\n--\n\n"
        "Close the store. An open transaction is rolled back. Does nothing when\n"
        "it is closed."),
    LEATPY_METHOD("save", save, LEATPY_KEYWORDS,
        "save($self, /, name, stream, cursor=b'', *, rewind=False, replace=False)\n"
        "--\n\n"
        "Write a checkpoint of a stream; when this returns outside a\n"
        "transaction, it survives a crash and a loss of power.\n\n"
        "cursor   bytes of the caller's that belong to this position\n"
        "rewind   the position may be lower than the newest checkpoint's\n"
        "replace  the checkpoints may be another model's; they are deleted"),
    LEATPY_METHOD("load", load, LEATPY_KEYWORDS,
        "load($self, /, name, stream)\n--\n\n"
        "Set a stream to its newest checkpoint that is whole, and return a\n"
        "leat.Checkpoint. Warns with leat.FallbackWarning when this is perhaps\n"
        "not the newest. NotFoundError: there is no such stream."),
    LEATPY_METHOD("transaction", leatpy_store_transaction, METH_NOARGS,
        "transaction($self, /)\n--\n\n"
        "A context whose saves become durable together at its end, with one\n"
        "sync. When it ends by an exception, they are undone. It is its thread's:\n"
        "others get a RuntimeError. If a failure has undone all that it wrote,\n"
        "further calls in it raise ArgumentError, and so does its end."),
    LEATPY_METHOD("begin", leatpy_store_begin, METH_NOARGS,
        "begin($self, /)\n--\n\nBegin a transaction: see transaction()."),
    LEATPY_METHOD("commit", leatpy_store_commit, METH_NOARGS,
        "commit($self, /)\n--\n\nMake what the transaction wrote durable."),
    LEATPY_METHOD("rollback", leatpy_store_rollback, METH_NOARGS,
        "rollback($self, /)\n--\n\nUndo what the transaction wrote."),
    LEATPY_METHOD("streams", leatpy_store_streams, METH_NOARGS,
        "streams($self, /)\n--\n\n"
        "All streams and groups, as a list of leat.Entry, by name."),
    LEATPY_METHOD("delete", leatpy_store_delete, METH_O,
        "delete($self, name, /)\n--\n\n"
        "Delete a stream, or a group with its members."),
    LEATPY_METHOD("rename", leatpy_store_rename, LEATPY_KEYWORDS,
        "rename($self, /, name, new_name)\n--\n\n"
        "Give a stream another name."),
    LEATPY_METHOD("export", leatpy_store_export, METH_O,
        "export($self, name, /)\n--\n\n"
        "Return the state and the leat.Checkpoint of a stream's newest whole\n"
        "checkpoint. No model is needed."),
    LEATPY_METHOD("import_", leatpy_store_import, LEATPY_KEYWORDS,
        "import_($self, /, name, state, cursor=b'', *, rewind=False,\n"
        "        replace=False)\n--\n\n"
        "Write a checkpoint from a state: see save()."),
    LEATPY_METHOD("save_group", leatpy_store_save_group, LEATPY_KEYWORDS,
        "save_group($self, /, name, streams, cursor=b'', *, rewind=False,\n"
        "           replace=False)\n--\n\n"
        "Write one checkpoint of many streams.\n\n"
        "streams  a mapping of the members' names to their streams, in the same\n"
        "         order each time; None: as in the checkpoint before"),
    LEATPY_METHOD("load_group", leatpy_store_load_group, LEATPY_KEYWORDS,
        "load_group($self, /, name, streams)\n--\n\n"
        "Set all members of a group to its newest checkpoint that is whole for\n"
        "each, or change none. Returns and warns as load()."),
    LEATPY_METHOD("members", leatpy_store_members, METH_O,
        "members($self, name, /)\n--\n\n"
        "The members that load_group() loads, as a list of leat.Entry in their\n"
        "order."),
    LEATPY_METHOD("backup", leatpy_store_backup, LEATPY_KEYWORDS,
        "backup($self, /, path, progress=None)\n--\n\n"
        "Copy the store to a new file, while it is in use.\n\n"
        "progress  called with (done, total), in pages; returns False (or another\n"
        "          false value, but not None) to end it"),
    LEATPY_METHOD("verify", leatpy_store_verify, LEATPY_KEYWORDS,
        "verify($self, /, finding=None, progress=None)\n--\n\n"
        "Check every checkpoint and the file. CorruptError: something is wrong.\n\n"
        "finding   called with one line for each fault\n"
        "progress  called with (done, total), in checkpoints; returns False to\n"
        "          end it"),
    LEATPY_METHOD("prune", leatpy_store_prune, LEATPY_KEYWORDS,
        "prune($self, /, *, saved_before_ms=0, generations=0, streams=False,\n"
        "      progress=None)\n--\n\n"
        "Delete old checkpoints, never the newest whole one of a stream, and\n"
        "return how many.\n\n"
        "saved_before_ms  those saved before this Unix time in milliseconds\n"
        "generations      all but this many of the newest\n"
        "streams          also streams whose newest checkpoint is so old\n"
        "progress         called with (done, total), in streams"),
    LEATPY_METHOD("statistics", leatpy_store_statistics, METH_NOARGS,
        "statistics($self, /)\n--\n\n"
        "Count what is in the store: leat.Statistics."),
    LEATPY_METHOD("__reduce__", reduce, METH_NOARGS,
        "__reduce__($self, /)\n--\n\nRaise TypeError."),
    { NULL, NULL, 0, NULL }
};

static PyGetSetDef properties[] = {
    { "closed", (getter)get_closed, NULL, "Whether the store is closed.",
      NULL },
    { NULL, NULL, NULL, NULL, NULL }
};

static const leatpy_type type = {
    .name = "leat._leat.Store",
    .text = "Store(path, *, read_only=False, create=True, take_over=False, "
            "generations=3, timeout=5.0)\n--\n\nSee leat.Store.",
    .size = sizeof(leatpy_store),
    .init = (initproc)initialize,
    .dealloc = (destructor)dealloc,
    .methods = methods,
    .properties = properties
};

int leatpy_add_store(PyObject *module)
{
    leatpy_store_type = leatpy_add_type(module, &type);
    return leatpy_store_type == NULL ? -1 : 0;
}
