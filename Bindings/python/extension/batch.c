/* SPDX-License-Identifier: MIT
 *
 * batch.c: leat.Batch, streams of one model that step together.
 *
 * The list of streams is checked once, when the batch is made. A call then has
 * only to see that no other call is using one of them.
 */
#include "batch.h"

#include <stdlib.h>

static PyTypeObject *batch_type;

static void dealloc(leatpy_batch *self)
{
    for (Py_ssize_t i = 0; i < self->count; i++) {
        Py_DECREF((PyObject *)self->members[i]);
    }
    free(self->members);
    free(self->streams);
    Py_XDECREF((PyObject *)self->model);
    leatpy_free(self);
}

/* ------------------------------------------------------------------------ *
 * Use
 * ------------------------------------------------------------------------ */

int leatpy_take_streams(leatpy_batch *self)
{
    for (Py_ssize_t i = 0; i < self->count; i++) {
        if (leatpy_check_idle(self->members[i]) != 0) {
            while (i-- > 0) {
                leatpy_leave_stream(self->members[i]);
            }
            return -1;
        }
        leatpy_use_stream(self->members[i]);
    }
    return 0;
}

void leatpy_give_back_streams(leatpy_batch *self)
{
    for (Py_ssize_t i = 0; i < self->count; i++) {
        leatpy_leave_stream(self->members[i]);
    }
}

/* ------------------------------------------------------------------------ *
 * Make
 * ------------------------------------------------------------------------ */

static int add(leatpy_batch *self, PyObject *object)
{
    leatpy_stream *stream = leatpy_idle_stream(object);
    if (stream == NULL) {
        return -1;
    }
    if (stream->model != self->model) {
        PyErr_Format(PyExc_ValueError,
                     "stream %zd is of another model; a batch has streams of "
                     "one leat.Model", self->count);
        return -1;
    }
    if (self->count != 0 && (stream->window != self->members[0]->window ||
                             stream->hop != self->members[0]->hop)) {
        PyErr_Format(PyExc_ValueError,
                     "stream %zd has window %u and hop %u; stream 0 has %u "
                     "and %u", self->count, stream->window, stream->hop,
                     self->members[0]->window, self->members[0]->hop);
        return -1;
    }
    self->members[self->count] = (leatpy_stream *)Py_NewRef(object);
    self->streams[self->count] = stream->stream;
    self->windowed = stream->window != 0;
    self->count++;
    return 0;
}

/* A stream that is there twice is in use when the second is taken. */
static int refuse_twice(leatpy_batch *self)
{
    Py_ssize_t twice = -1;
    for (Py_ssize_t i = 0; i < self->count; i++) {
        if (self->members[i]->in_use++ != 0 && twice < 0) {
            twice = i;
        }
    }
    leatpy_give_back_streams(self);
    if (twice < 0) {
        return 0;
    }
    PyErr_Format(PyExc_ValueError, "stream %zd is in the batch twice", twice);
    return -1;
}

PyObject *leatpy_new_batch(leatpy_model *model, PyObject *streams)
{
    PyObject *list = PySequence_Tuple(streams);
    if (list == NULL) {
        return NULL;
    }
    Py_ssize_t count = PyTuple_Size(list);
    leatpy_batch *self = (leatpy_batch *)PyType_GenericAlloc(batch_type, 0);
    if (self != NULL) {
        self->model = (leatpy_model *)Py_NewRef((PyObject *)model);
        self->members = calloc((size_t)count + 1, sizeof(void *));
        self->streams = calloc((size_t)count + 1, sizeof(void *));
        if (self->members == NULL || self->streams == NULL) {
            PyErr_NoMemory();
            Py_CLEAR(self);
        }
    }
    for (Py_ssize_t i = 0; self != NULL && i < count; i++) {
        if (add(self, PyTuple_GetItem(list, i)) != 0) {
            Py_CLEAR(self);
        }
    }
    Py_DECREF(list);
    if (self != NULL && refuse_twice(self) != 0) {
        Py_CLEAR(self);
    }
    return (PyObject *)self;
}

/* ------------------------------------------------------------------------ *
 * State
 * ------------------------------------------------------------------------ */

static size_t state_size(const leatpy_batch *self)
{
    return self->count == 0 ? 0 : leat_stream_state_size(self->streams[0]);
}

static PyObject *state(leatpy_batch *self, PyObject *unused)
{
    (void)unused;
    size_t size = state_size(self) * (size_t)self->count;
    PyObject *states = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    if (states == NULL || leatpy_take_streams(self) != 0) {
        Py_XDECREF(states);
        return NULL;
    }
    leat_error error;
    int code = leat_batch_save(self->streams, (size_t)self->count,
                               PyBytes_AsString(states), size, &error);
    leatpy_give_back_streams(self);
    if (code < 0) {
        Py_DECREF(states);
        return leatpy_raise(&error);
    }
    return states;
}

static PyObject *load(leatpy_batch *self, PyObject *argument)
{
    Py_buffer states;
    if (PyObject_GetBuffer(argument, &states, PyBUF_SIMPLE) != 0) {
        return NULL;
    }
    leat_error error;
    int code = -1, called = leatpy_take_streams(self) == 0;
    if (called) {
        code = leat_batch_load(self->streams, (size_t)self->count, states.buf,
                               (size_t)states.len, &error);
        leatpy_give_back_streams(self);
    }
    PyBuffer_Release(&states);
    if (code < 0) {
        return called ? leatpy_raise(&error) : NULL;
    }
    return Py_NewRef(Py_None);
}

static PyObject *get_streams(leatpy_batch *self, void *unused)
{
    (void)unused;
    PyObject *streams = PyTuple_New(self->count);
    for (Py_ssize_t i = 0; streams != NULL && i < self->count; i++) {
        PyTuple_SetItem(streams, i, Py_NewRef((PyObject *)self->members[i]));
    }
    return streams;
}

static PyObject *reduce(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return leatpy_refuse_pickle("Batch", "pickle its state(), and load() it "
                                         "into a batch there");
}

static PyMethodDef methods[] = {
    LEATPY_METHOD("step", leatpy_batch_step, LEATPY_FAST,
        "step($self, /, x, out=None)\n--\n\n"
        "Take in one sample of each stream: the same bits as stepping each.\n\n"
        "x    float32 (streams, input_size)\n"
        "out  float32 (streams, output_size) to write to, else a new array; may\n"
        "     be x when the sizes are equal\n\n"
        "Rows of windowed streams without an output stay untouched in out, and\n"
        "are NaN in a new array; Stream.outputs() tells which. Other threads run\n"
        "meanwhile."),
    LEATPY_METHOD("step_at", leatpy_batch_step_at, LEATPY_FAST,
        "step_at($self, /, positions, x, out=None, results=None)\n--\n\n"
        "Take in one sample of each stream, each with its number: see\n"
        "Stream.step_at(). Return the outputs and the results.\n\n"
        "positions  int64 or uint64 (streams,)\n"
        "x, out     as for step()\n"
        "results    int32 (streams,) to write to, else a new array: a\n"
        "           leat.Result for each stream. Only where it is OK does the\n"
        "           row of out have an output."),
    LEATPY_METHOD("state", state, METH_NOARGS,
        "state($self, /)\n--\n\n"
        "The states of all streams, one after the other."),
    LEATPY_METHOD("load", load, METH_O,
        "load($self, states, /)\n--\n\n"
        "Set all streams to what state() returned, or change none."),
    LEATPY_METHOD("__reduce__", reduce, METH_NOARGS,
        "__reduce__($self, /)\n--\n\nRaise TypeError: pickle state()."),
    { NULL, NULL, 0, NULL }
};

static PyGetSetDef properties[] = {
    { "streams", (getter)get_streams, NULL, "The streams, as a tuple.", NULL },
    { NULL, NULL, NULL, NULL, NULL }
};

static const leatpy_type type = {
    .name = "leat.Batch",
    .text = "Streams of one model that step together, made by "
            "Model.batch().",
    .size = sizeof(leatpy_batch),
    .dealloc = (destructor)dealloc,
    .methods = methods,
    .properties = properties
};

int leatpy_add_batch(PyObject *module)
{
    batch_type = leatpy_add_type(module, &type);
    return batch_type == NULL ? -1 : 0;
}
