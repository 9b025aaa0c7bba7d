/* SPDX-License-Identifier: MIT
 *
 * autosave.c: leat._leat.Autosave: checkpoints without waiting for the disk.
 *
 * offer() never waits, so it keeps the GIL. What waits, lets it go, and other
 * threads may call then: the autosave counts the calls inside, as it may be
 * stopped only when there are none, and knows which slots are being removed.
 *
 * The library reads a stream's model until its slot is removed. The models of
 * all streams that were offered are therefore kept until the end.
 */
#include "leatpy.h"

#include <stdlib.h>

#include "autosave.h"

/* ------------------------------------------------------------------------ *
 * Start and stop
 * ------------------------------------------------------------------------ */

/* Let go of all that it has, but not of a running autosave. */
static void forget(leatpy_autosave *self)
{
    Py_CLEAR(self->models);
    Py_CLEAR(self->store);
    free(self->removing);
    self->removing = NULL;
}

static int initialize(leatpy_autosave *self, PyObject *arguments,
                      PyObject *keywords)
{
    static char *names[] = { "store", "stream_size", "streams", "cursor_size",
                             "every_samples", "every_ms", NULL };
    PyObject *store_object;
    leat_autosave *started;
    Py_ssize_t stream_size;
    PyObject *streams = NULL, *cursor = NULL, *samples = NULL, *ms = NULL;
    leat_autosave_options options = { 0 };
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O!$nOOOO:Autosave",
                                     names, leatpy_store_type, &store_object,
                                     &stream_size, &streams, &cursor, &samples,
                                     &ms) ||
        leatpy_unsigned_32(streams, "streams", &options.streams) != 0 ||
        leatpy_unsigned_32(cursor, "cursor_size", &options.cursor_size) != 0 ||
        leatpy_unsigned_32(samples, "every_samples",
                           &options.every_samples) != 0 ||
        leatpy_unsigned_32(ms, "every_ms", &options.every_ms) != 0) {
        return -1;
    }
    if (self->store != NULL) {
        PyErr_SetString(PyExc_ValueError, "the autosave has been started");
        return -1;
    }
    options.stream_size = stream_size < 0 ? 0 : (size_t)stream_size;
    leatpy_store *store = (leatpy_store *)store_object;
    self->models = PySet_New(NULL);
    self->removing = calloc((size_t)options.streams + 1, sizeof(uint32_t));
    if (self->models == NULL || self->removing == NULL) {
        PyErr_NoMemory();
        forget(self);
        return -1;
    }
    if (leatpy_begin_store_call(store) != 0) {
        forget(self);
        return -1;
    }
    /* From here on another thread's __init__() is refused. */
    self->store = (leatpy_store *)Py_NewRef(store_object);
    int code;
    leat_error error;
    LEATPY_STORE_CALL(store, code,
                      leat_autosave_start(store->store, &options, &started,
                                          &error));
    if (code < 0) {
        leatpy_raise(&error);
        forget(self);
        return -1;
    }
    self->slots = options.streams;
    self->process = leatpy_process;
    self->autosave = started;
    return 0;
}

/* After a fork the child doesn't have the threads of these calls. */
static void notice_fork(leatpy_autosave *self)
{
    if (self->process != leatpy_process) {
        self->process = leatpy_process;
        self->calls = 0;
        self->stopping = 0;
        memset(self->removing, 0, self->slots * sizeof *self->removing);
    }
}

int leatpy_check_autosave(leatpy_autosave *self)
{
    if (self->autosave == NULL) {
        PyErr_SetString(PyExc_ValueError, "the autosave is stopped");
        return -1;
    }
    notice_fork(self);
    if (self->stopping) {
        PyErr_SetString(PyExc_RuntimeError,
                        "another thread is stopping this autosave");
        return -1;
    }
    return 0;
}

int leatpy_check_slot(leatpy_autosave *self, uint32_t slot)
{
    if (leatpy_check_autosave(self) != 0) {
        return -1;
    }
    if (slot < self->slots && self->removing[slot]) {
        PyErr_Format(PyExc_RuntimeError,
                     "another thread is removing slot %u", slot);
        return -1;
    }
    return 0;
}

PyObject *leatpy_take_slot(leatpy_autosave *self, uint32_t slot)
{
    self->removing[slot] = 0;
    return PyLong_FromUnsignedLong(slot);
}

/* Stop it without the GIL, and forget it unless it goes on. */
static int stop_autosave(leatpy_autosave *self, unsigned flags,
                         leat_error *error)
{
    int code;
    self->stopping = 1;
    Py_BEGIN_ALLOW_THREADS
    code = leat_autosave_stop(self->autosave, flags, error);
    Py_END_ALLOW_THREADS
    self->stopping = 0;
    if (code >= 0 || (flags & LEAT_AUTOSAVE_ABANDON) != 0) {
        self->autosave = NULL;
        PySet_Clear(self->models);
    }
    return code;
}

static PyObject *stop(leatpy_autosave *self, PyObject *arguments,
                      PyObject *keywords)
{
    static char *names[] = { "abandon", NULL };
    int abandon = 0;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|$p:stop", names,
                                     &abandon)) {
        return NULL;
    }
    if (self->autosave == NULL) {
        return Py_NewRef(Py_None);
    }
    if (leatpy_check_autosave(self) != 0) {
        return NULL;
    }
    if (self->calls != 0) {
        PyErr_SetString(PyExc_RuntimeError,
                        "another thread is inside a call on this autosave");
        return NULL;
    }
    leat_error error;
    int code = stop_autosave(self, abandon ? LEAT_AUTOSAVE_ABANDON : 0, &error);
    return code < 0 ? leatpy_raise(&error) : Py_NewRef(Py_None);
}

/* What was offered is written first; a failure has nobody to be raised to. */
static void dealloc(leatpy_autosave *self)
{
    PyObject_GC_UnTrack(self);
    if (self->autosave != NULL) {
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        leat_error error;
        if (stop_autosave(self, LEAT_AUTOSAVE_ABANDON, &error) < 0) {
            leatpy_raise(&error);
            PyErr_WriteUnraisable(NULL);
        }
        PyErr_Restore(type, value, traceback);
    }
    forget(self);
    leatpy_free(self);
}

/* The store may refer to it by an attribute, and then both are one cycle, which
 * ends there. */
static int traverse(leatpy_autosave *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE((PyObject *)self));
    Py_VISIT((PyObject *)self->store);
    return 0;
}

/* ------------------------------------------------------------------------ *
 * Wait
 * ------------------------------------------------------------------------ */

static PyObject *flush(leatpy_autosave *self, PyObject *unused)
{
    (void)unused;
    if (leatpy_check_autosave(self) != 0) {
        return NULL;
    }
    leat_error error;
    int code;
    self->calls++;
    Py_BEGIN_ALLOW_THREADS
    code = leat_autosave_flush(self->autosave, &error);
    Py_END_ALLOW_THREADS
    self->calls--;
    return code < 0 ? leatpy_raise(&error) : Py_NewRef(Py_None);
}

static PyObject *remove_slot(leatpy_autosave *self, PyObject *arguments,
                             PyObject *keywords)
{
    static char *names[] = { "slot", "abandon", NULL };
    PyObject *slot_object;
    uint32_t slot;
    int abandon = 0, code;
    leat_error error;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O|$p:remove", names,
                                     &slot_object, &abandon) ||
        leatpy_unsigned_32(slot_object, "slot", &slot) != 0 ||
        leatpy_check_slot(self, slot) != 0) {
        return NULL;
    }
    unsigned flags = abandon ? LEAT_AUTOSAVE_ABANDON : 0;
    if (slot >= self->slots) {
        code = leat_autosave_remove(self->autosave, slot, flags, &error);
        return leatpy_outcome(code, &error);
    }
    uint32_t number = self->removals = self->removals % UINT32_MAX + 1;
    self->calls++;
    self->removing[slot] = number;
    Py_BEGIN_ALLOW_THREADS
    code = leat_autosave_remove(self->autosave, slot, flags, &error);
    Py_END_ALLOW_THREADS
    if (self->removing[slot] == number) {
        self->removing[slot] = 0;
    }
    self->calls--;
    return code < 0 ? leatpy_raise(&error) : Py_NewRef(Py_None);
}

static PyObject *durable(leatpy_autosave *self, PyObject *argument)
{
    uint32_t slot;
    uint64_t position;
    leat_error error;
    if (leatpy_unsigned_32(argument, "slot", &slot) != 0 ||
        leatpy_check_slot(self, slot) != 0) {
        return NULL;
    }
    return leat_autosave_durable(self->autosave, slot, &position, &error) < 0
               ? leatpy_raise(&error)
               : PyLong_FromUnsignedLongLong(position);
}

static PyObject *get_stopped(leatpy_autosave *self, void *unused)
{
    (void)unused;
    return PyBool_FromLong(self->autosave == NULL);
}

static PyObject *reduce(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return leatpy_refuse_pickle("Autosave", "it belongs to a store of this "
                                            "process");
}

static PyMethodDef methods[] = {
    LEATPY_METHOD("add", leatpy_autosave_add, METH_O,
        "add($self, name, /)\n--\n\n"
        "Take a slot for a stream, and return its number."),
    LEATPY_METHOD("add_group", leatpy_autosave_add_group, METH_VARARGS,
        "add_group($self, name, members, /)\n--\n\n"
        "Take slots for a group and its members, and return the group's number.\n"
        "What is offered together becomes durable together."),
    LEATPY_METHOD("offer", leatpy_autosave_offer, LEATPY_KEYWORDS,
        "offer($self, /, slot, stream, cursor=b'', *, now=False, rewind=False)\n"
        "--\n\n"
        "Offer a stream after a step: copy it, and don't wait.\n\n"
        "cursor  bytes of the caller's that belong to this position\n"
        "now     take it before every_samples have passed\n"
        "rewind  the position may be lower\n\n"
        "ArgumentError, SizeError and PositionError: it wasn't taken, or the\n"
        "store is further on. Other errors: the last attempt to write failed;\n"
        "this stream was taken all the same."),
    LEATPY_METHOD("offer_group", leatpy_autosave_offer_group, LEATPY_KEYWORDS,
        "offer_group($self, /, slot, streams, cursor=b'', *, now=False,\n"
        "            rewind=False)\n--\n\n"
        "Offer all streams of a group, in the order of their names, and return\n"
        "the number of this offer, or 0 if it isn't due."),
    LEATPY_METHOD("durable", durable, METH_O,
        "durable($self, slot, /)\n--\n\n"
        "The position up to which a slot's stream is durable, or the number of\n"
        "the newest offer of a group that is; 0 before the first write."),
    LEATPY_METHOD("flush", flush, METH_NOARGS,
        "flush($self, /)\n--\n\n"
        "Write what has been taken, and wait until it is durable."),
    LEATPY_METHOD("remove", remove_slot, LEATPY_KEYWORDS,
        "remove($self, /, slot, *, abandon=False)\n--\n\n"
        "Give a slot back once what it took is durable. With abandon, also when\n"
        "writing fails."),
    LEATPY_METHOD("stop", stop, LEATPY_KEYWORDS,
        "stop($self, /, *, abandon=False)\n--\n\n"
        "Write what has been taken, end the thread, and give the store back.\n"
        "If writing fails, the autosave goes on, but not with abandon. Does\n"
        "nothing when it is stopped."),
    LEATPY_METHOD("__reduce__", reduce, METH_NOARGS,
        "__reduce__($self, /)\n--\n\nRaise TypeError."),
    { NULL, NULL, 0, NULL }
};

static PyGetSetDef properties[] = {
    { "stopped", (getter)get_stopped, NULL, "Whether it is stopped.", NULL },
    { NULL, NULL, NULL, NULL, NULL }
};

static const leatpy_type type = {
    .name = "leat._leat.Autosave",
    .text = "Autosave(store, *, stream_size, streams, cursor_size, "
            "every_samples, every_ms)\n--\n\nSee leat.Autosave.",
    .size = sizeof(leatpy_autosave),
    .init = (initproc)initialize,
    .dealloc = (destructor)dealloc,
    .traverse = (traverseproc)traverse,
    .methods = methods,
    .properties = properties
};

int leatpy_add_autosave(PyObject *module)
{
    return leatpy_add_type(module, &type) == NULL ? -1 : 0;
}
