/* SPDX-License-Identifier: MIT
 *
 * batch.c: leat.Batch, streams of one model that step together.
 *
 * The list of streams is checked once, when the batch is made. A call then has
 * only to see that no other call is using one of them.
 */
#include "stream.h"

#include <stdlib.h>

typedef struct batch {
    PyObject_HEAD
    leatpy_model *model;
    Py_ssize_t count;
    leatpy_stream **members; /* with a reference to each */
    leat_stream **streams;   /* theirs, as the library takes them */
    int windowed;
} batch;

static PyTypeObject *batch_type;

static void dealloc(batch *self)
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

/* Mark all streams as in use. Return -1 with an exception if one is. */
static int take(batch *self)
{
    for (Py_ssize_t i = 0; i < self->count; i++) {
        if (self->members[i]->in_use++ != 0) {
            leatpy_check_idle(self->members[i]);
            for (; i >= 0; i--) {
                self->members[i]->in_use--;
            }
            return -1;
        }
    }
    return 0;
}

static void give_back(batch *self)
{
    for (Py_ssize_t i = 0; i < self->count; i++) {
        self->members[i]->in_use--;
    }
}

/* ------------------------------------------------------------------------ *
 * Make
 * ------------------------------------------------------------------------ */

static int add(batch *self, PyObject *object)
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
static int refuse_twice(batch *self)
{
    Py_ssize_t twice = -1;
    for (Py_ssize_t i = 0; i < self->count; i++) {
        if (self->members[i]->in_use++ != 0 && twice < 0) {
            twice = i;
        }
    }
    give_back(self);
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
    batch *self = (batch *)PyType_GenericAlloc(batch_type, 0);
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
 * Steps
 * ------------------------------------------------------------------------ */

static PyObject *step(batch *self, PyObject *const *arguments,
                      Py_ssize_t count, PyObject *keywords)
{
    static const char *const names[] = { "x", "out", NULL };
    PyObject *values[2];
    leatpy_exchange exchange;
    if (leatpy_arguments("step", names, 1, arguments, count, keywords,
                         values) != 0 ||
        leatpy_begin_exchange(&exchange, values[0], values[1], self->count,
                              self->model, self->windowed) != 0) {
        return NULL;
    }
    if (take(self) != 0) {
        return leatpy_end_exchange(&exchange, 0);
    }
    leat_error error;
    int code;
    Py_BEGIN_ALLOW_THREADS
    code = leat_batch_step(self->streams, (size_t)self->count,
                           exchange.input.buf, exchange.output.buf, &error);
    Py_END_ALLOW_THREADS
    give_back(self);
    PyObject *result = leatpy_end_exchange(&exchange, code >= 0);
    return code < 0 ? leatpy_raise(&error) : result;
}

/* Get at (count,) whole numbers of 64 or 32 bits, of one of the formats. */
static int integers(PyObject *object, const char *name, const char *formats,
                    const char *expected, Py_ssize_t size, Py_ssize_t count,
                    int writable, Py_buffer *view)
{
    if (!PyObject_CheckBuffer(object)) {
        PyErr_Format(PyExc_TypeError, "%s is no array; expected %s", name,
                     expected);
        return -1;
    }
    if (PyObject_GetBuffer(object, view, PyBUF_RECORDS_RO) != 0) {
        return -1;
    }
    const char *format = view->format == NULL ? "B" : view->format;
    if (view->itemsize != size || format[1] != 0 ||
        strchr(formats, format[0]) == NULL) {
        PyErr_Format(PyExc_TypeError, "%s has elements of type '%s'; expected "
                                      "%s", name, format, expected);
    } else if (view->ndim != 1 || view->shape[0] != count ||
               !PyBuffer_IsContiguous(view, 'C') ||
               ((uintptr_t)view->buf & (uintptr_t)(size - 1)) != 0) {
        PyErr_Format(PyExc_ValueError, "%s has another shape; expected (%zd,), "
                                       "contiguous and aligned", name, count);
    } else if (writable && view->readonly) {
        PyErr_Format(PyExc_ValueError, "%s is read-only", name);
    } else {
        return 0;
    }
    PyBuffer_Release(view);
    return -1;
}

/* Negative numbers of a signed type would be huge positions. */
static int get_positions(PyObject *object, Py_ssize_t count, Py_buffer *view)
{
    if (integers(object, "positions", "LQlq", "int64 or uint64",
                 sizeof(uint64_t), count, 0, view) != 0) {
        return -1;
    }
    const int64_t *values = view->buf;
    int is_signed = strchr("lq", view->format[0]) != NULL;
    for (Py_ssize_t i = 0; is_signed && i < count; i++) {
        if (values[i] < 0) {
            PyErr_Format(PyExc_ValueError, "position %zd is %lld; expected at "
                                           "least 0", i, (long long)values[i]);
            PyBuffer_Release(view);
            return -1;
        }
    }
    return 0;
}

static PyObject *get_results(PyObject *given, Py_ssize_t count, Py_buffer *view)
{
    if (given == NULL || given == Py_None) {
        return leatpy_new_array("i", count, -1, view);
    }
    return integers(given, "results", "il", "int32", sizeof(int), count, 1,
                    view) == 0 ? Py_NewRef(given) : NULL;
}

static PyObject *step_at(batch *self, PyObject *const *arguments,
                         Py_ssize_t count, PyObject *keywords)
{
    static const char *const names[] = { "positions", "x", "out", "results",
                                         NULL };
    PyObject *values[4];
    Py_buffer positions, results;
    leatpy_exchange exchange;
    if (leatpy_arguments("step_at", names, 2, arguments, count, keywords,
                         values) != 0 ||
        get_positions(values[0], self->count, &positions) != 0) {
        return NULL;
    }
    PyObject *result = get_results(values[3], self->count, &results);
    if (result == NULL) {
        PyBuffer_Release(&positions);
        return NULL;
    }
    leat_error error;
    int code = -1, called = 0;
    if (leatpy_begin_exchange(&exchange, values[1], values[2], self->count,
                              self->model, 1) == 0) {
        if (take(self) == 0) {
            called = 1;
            Py_BEGIN_ALLOW_THREADS
            code = leat_batch_step_at(self->streams, positions.buf,
                                      (size_t)self->count, exchange.input.buf,
                                      exchange.output.buf, results.buf,
                                      &error);
            Py_END_ALLOW_THREADS
            give_back(self);
        }
        leatpy_end_exchange(&exchange, code >= 0);
    }
    PyBuffer_Release(&positions);
    PyBuffer_Release(&results);
    if (code < 0) {
        Py_DECREF(result);
        return called ? leatpy_raise(&error) : NULL;
    }
    return Py_BuildValue("(NN)", exchange.result, result);
}

/* ------------------------------------------------------------------------ *
 * State
 * ------------------------------------------------------------------------ */

static size_t state_size(const batch *self)
{
    return self->count == 0 ? 0 : leat_stream_state_size(self->streams[0]);
}

static PyObject *state(batch *self, PyObject *unused)
{
    (void)unused;
    size_t size = state_size(self) * (size_t)self->count;
    PyObject *states = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    if (states == NULL || take(self) != 0) {
        Py_XDECREF(states);
        return NULL;
    }
    leat_error error;
    int code = leat_batch_save(self->streams, (size_t)self->count,
                               PyBytes_AsString(states), size, &error);
    give_back(self);
    if (code < 0) {
        Py_DECREF(states);
        return leatpy_raise(&error);
    }
    return states;
}

static PyObject *load(batch *self, PyObject *argument)
{
    Py_buffer states;
    if (PyObject_GetBuffer(argument, &states, PyBUF_SIMPLE) != 0) {
        return NULL;
    }
    leat_error error;
    int code = -1, called = take(self) == 0;
    if (called) {
        code = leat_batch_load(self->streams, (size_t)self->count, states.buf,
                               (size_t)states.len, &error);
        give_back(self);
    }
    PyBuffer_Release(&states);
    if (code < 0) {
        return called ? leatpy_raise(&error) : NULL;
    }
    return Py_NewRef(Py_None);
}

static PyObject *get_streams(batch *self, void *unused)
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
    LEATPY_METHOD("step", step, LEATPY_FAST,
        "step($self, /, x, out=None)\n--\n\n"
        "Take in one sample of each stream: the same bits as stepping each.\n\n"
        "x    float32 (streams, input_size)\n"
        "out  float32 (streams, output_size) to write to, else a new array; may\n"
        "     be x when the sizes are equal\n\n"
        "Rows of windowed streams without an output stay untouched in out, and\n"
        "are NaN in a new array. Other threads run meanwhile."),
    LEATPY_METHOD("step_at", step_at, LEATPY_FAST,
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
    .size = sizeof(batch),
    .dealloc = (destructor)dealloc,
    .methods = methods,
    .properties = properties
};

int leatpy_add_batch(PyObject *module)
{
    batch_type = leatpy_add_type(module, &type);
    return batch_type == NULL ? -1 : 0;
}
