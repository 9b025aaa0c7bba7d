/* SPDX-License-Identifier: MIT
 *
 * stream.c: leat.Stream, one sequence in progress.
 *
 * step() is the call that is made for each sample. It keeps Python's lock: to
 * let it go and take it back would cost more than most steps do.
 */
#include "stream.h"

#include <stdlib.h>

PyTypeObject *leatpy_stream_type;

leatpy_stream *leatpy_new_stream(leatpy_model *model, uint32_t window,
                                 uint32_t hop)
{
    leatpy_stream *self =
        (leatpy_stream *)PyType_GenericAlloc(leatpy_stream_type, 0);
    if (self == NULL) {
        return NULL;
    }
    self->model = (leatpy_model *)Py_NewRef((PyObject *)model);
    self->window = window;
    self->hop = hop;
    size_t size = window == 0 ? leat_stream_size(model->model)
                              : leat_window_size(model->model, window, hop);
    /* No such windows: the library says so before it writes to the block. */
    void *block = NULL;
    leat_error error;
    if (posix_memalign(&block, LEAT_FAST_ALIGNMENT, size ? size : 64) != 0) {
        Py_DECREF(self);
        return (leatpy_stream *)PyErr_NoMemory();
    }
    int code = window == 0
                   ? leat_stream_init(block, size, model->model, &self->stream,
                                      &error)
                   : leat_window_init(block, size, model->model, window, hop,
                                      &self->stream, &error);
    if (code < 0) {
        free(block);
        self->stream = NULL;
        Py_DECREF(self);
        return leatpy_raise(&error);
    }
    return self;
}

static void dealloc(leatpy_stream *self)
{
    free(self->stream);
    Py_DECREF((PyObject *)self->model);
    leatpy_free(self);
}

int leatpy_check_idle(const leatpy_stream *self)
{
    if (self->in_use == 0) {
        return 0;
    }
    PyErr_SetString(PyExc_RuntimeError,
                    self->process == leatpy_process
                        ? "another thread is using this stream; a stream is "
                          "used by one thread at a time"
                        : "another thread was using this stream when the "
                          "process was forked; it is in the middle of a step, "
                          "so begin one from a state: Model.load()");
    return -1;
}

void leatpy_use_stream(leatpy_stream *self)
{
    self->in_use++;
    self->process = leatpy_process;
}

void leatpy_leave_stream(leatpy_stream *self)
{
    self->in_use--;
}

leatpy_stream *leatpy_idle_stream(PyObject *object)
{
    if (Py_TYPE(object) != leatpy_stream_type) {
        PyErr_Format(PyExc_TypeError, "%R is no leat.Stream", object);
        return NULL;
    }
    leatpy_stream *stream = (leatpy_stream *)object;
    return leatpy_check_idle(stream) == 0 ? stream : NULL;
}

/* ------------------------------------------------------------------------ *
 * Steps
 * ------------------------------------------------------------------------ */

/* Return the outputs, or None when there is none, or raise. */
static PyObject *finish(leatpy_exchange *exchange, int code,
                        const leat_error *error)
{
    PyObject *result = leatpy_end_exchange(exchange, code == LEAT_OK);
    if (code < 0) {
        return leatpy_raise(error);
    }
    return code == LEAT_OK ? result : Py_NewRef(Py_None);
}

static PyObject *step(leatpy_stream *self, PyObject *const *arguments,
                      Py_ssize_t count, PyObject *keywords)
{
    static const char *const names[] = { "x", "out", NULL };
    PyObject *values[2];
    leatpy_exchange exchange;
    if (leatpy_arguments("step", names, 1, arguments, count, keywords,
                         values) != 0 ||
        leatpy_begin_exchange(&exchange, values[0], values[1], LEATPY_SAMPLE,
                              self->model, 0) != 0) {
        return NULL;
    }
    if (leatpy_check_idle(self) != 0) {
        return leatpy_end_exchange(&exchange, 0);
    }
    leat_error error;
    int code = leat_stream_step(self->stream, exchange.input.buf,
                                exchange.output.buf, &error);
    return finish(&exchange, code, &error);
}

static PyObject *step_at(leatpy_stream *self, PyObject *const *arguments,
                         Py_ssize_t count, PyObject *keywords)
{
    static const char *const names[] = { "position", "x", "out", NULL };
    PyObject *values[3];
    uint64_t position;
    leatpy_exchange exchange;
    if (leatpy_arguments("step_at", names, 2, arguments, count, keywords,
                         values) != 0 ||
        leatpy_unsigned(values[0], "position", &position) != 0 ||
        leatpy_begin_exchange(&exchange, values[1], values[2], LEATPY_SAMPLE,
                              self->model, 0) != 0) {
        return NULL;
    }
    if (leatpy_check_idle(self) != 0) {
        return leatpy_end_exchange(&exchange, 0);
    }
    leat_error error;
    int code = leat_stream_step_at(self->stream, position, exchange.input.buf,
                                   exchange.output.buf, &error);
    return finish(&exchange, code, &error);
}

static PyObject *run(leatpy_stream *self, PyObject *const *arguments,
                     Py_ssize_t count, PyObject *keywords)
{
    static const char *const names[] = { "x", "out", NULL };
    PyObject *values[2];
    leatpy_exchange exchange;
    if (leatpy_arguments("run", names, 1, arguments, count, keywords,
                         values) != 0 ||
        leatpy_begin_exchange(&exchange, values[0], values[1], LEATPY_ANY,
                              self->model, self->window != 0) != 0) {
        return NULL;
    }
    if (leatpy_check_idle(self) != 0) {
        return leatpy_end_exchange(&exchange, 0);
    }
    leat_error error;
    int code;
    leatpy_use_stream(self);
    Py_BEGIN_ALLOW_THREADS
    code = leat_stream_run(self->stream, (size_t)exchange.rows,
                           exchange.input.buf, exchange.output.buf, &error);
    Py_END_ALLOW_THREADS
    leatpy_leave_stream(self);
    PyObject *result = leatpy_end_exchange(&exchange, code >= 0);
    return code < 0 ? leatpy_raise(&error) : result;
}

static PyObject *reset(leatpy_stream *self, PyObject *unused)
{
    (void)unused;
    leat_error error;
    if (leatpy_check_idle(self) != 0) {
        return NULL;
    }
    return leat_stream_reset(self->stream, &error) < 0 ? leatpy_raise(&error)
                                                       : Py_NewRef(Py_None);
}

static PyObject *outputs(leatpy_stream *self, PyObject *arguments)
{
    PyObject *position, *count;
    uint64_t first, number;
    if (!PyArg_ParseTuple(arguments, "OO:outputs", &position, &count) ||
        leatpy_unsigned(position, "position", &first) != 0 ||
        leatpy_unsigned(count, "count", &number) != 0 ||
        leatpy_check_idle(self) != 0) {
        return NULL;
    }
    return PyLong_FromUnsignedLongLong(
        leat_stream_outputs(self->stream, first, number));
}

/* ------------------------------------------------------------------------ *
 * Properties
 * ------------------------------------------------------------------------ */

static PyObject *get_model(leatpy_stream *self, void *unused)
{
    (void)unused;
    return Py_NewRef((PyObject *)self->model);
}

static PyObject *get_window(leatpy_stream *self, void *unused)
{
    (void)unused;
    return PyLong_FromUnsignedLong(self->window);
}

static PyObject *get_hop(leatpy_stream *self, void *unused)
{
    (void)unused;
    return PyLong_FromUnsignedLong(self->hop);
}

static PyObject *get_size(leatpy_stream *self, void *unused)
{
    (void)unused;
    return PyLong_FromSize_t(leat_stream_block_size(self->stream));
}

static PyObject *get_position(leatpy_stream *self, void *unused)
{
    (void)unused;
    if (leatpy_check_idle(self) != 0) {
        return NULL;
    }
    return PyLong_FromUnsignedLongLong(leat_stream_position(self->stream));
}

static int set_position(leatpy_stream *self, PyObject *value, void *unused)
{
    (void)unused;
    uint64_t position;
    leat_error error;
    if (leatpy_refuse_delete(value, "position") != 0 ||
        leatpy_unsigned(value, "position", &position) != 0 ||
        leatpy_check_idle(self) != 0) {
        return -1;
    }
    if (leat_stream_set_position(self->stream, position, &error) < 0) {
        leatpy_raise(&error);
        return -1;
    }
    return 0;
}

static PyObject *get_kernel(leatpy_stream *self, void *unused)
{
    (void)unused;
    if (leatpy_check_idle(self) != 0) {
        return NULL;
    }
    return PyUnicode_FromString(leat_stream_kernel(self->stream));
}

static int set_kernel(leatpy_stream *self, PyObject *value, void *unused)
{
    (void)unused;
    const char *name;
    leat_error error;
    if (leatpy_refuse_delete(value, "kernel") != 0 ||
        (name = leatpy_name(value, "kernel")) == NULL ||
        leatpy_check_idle(self) != 0) {
        return -1;
    }
    if (leat_stream_set_kernel(self->stream, name, &error) < 0) {
        leatpy_raise(&error);
        return -1;
    }
    return 0;
}

static PyObject *repr(leatpy_stream *self)
{
    return PyUnicode_FromFormat(
        self->window == 0 ? "<leat.Stream at position %llu>"
                          : "<leat.Stream at position %llu, window %u, hop %u>",
        (unsigned long long)leat_stream_position(self->stream), self->window,
        self->hop);
}

static PyMethodDef methods[] = {
    LEATPY_METHOD("step", step, LEATPY_FAST,
        "step($self, /, x, out=None)\n--\n\n"
        "Take in one sample and return its output.\n\n"
        "x    float32 (input_size,)\n"
        "out  float32 (output_size,) to write to, else a new array; may be x\n\n"
        "Of a windowed stream, return None and leave out untouched for a sample\n"
        "with which no window ends."),
    LEATPY_METHOD("step_at", step_at, LEATPY_FAST,
        "step_at($self, /, position, x, out=None)\n--\n\n"
        "Take in the sample with number `position`, counted from 0, if it is the\n"
        "next one. Return None if it had been taken in before. Raise\n"
        "PositionError if samples before it are missing. Else as step(): of a\n"
        "windowed stream, None also says that no window ends with it; then its\n"
        "`position` has gone on."),
    LEATPY_METHOD("run", run, LEATPY_FAST,
        "run($self, /, x, out=None)\n--\n\n"
        "Take in many samples: the same bits as that many calls of step().\n\n"
        "x    float32 (steps, input_size)\n"
        "out  float32 (steps, output_size) to write to, else a new array; may be\n"
        "     x when the sizes are equal\n\n"
        "Of a windowed stream, rows of samples without an output stay untouched\n"
        "in out, and are NaN in a new array. Other threads run meanwhile."),
    LEATPY_METHOD("reset", reset, METH_NOARGS,
        "reset($self, /)\n--\n\n"
        "Go back to position 0 and the initial state; keep the kernel."),
    LEATPY_METHOD("outputs", outputs, METH_VARARGS,
        "outputs($self, position, count, /)\n--\n\n"
        "How many of `count` samples from `position` on have an output."),
    LEATPY_STATE_METHODS,
    { NULL, NULL, 0, NULL }
};

static PyGetSetDef properties[] = {
    { "model", (getter)get_model, NULL, "The stream's Model.", NULL },
    { "window", (getter)get_window, NULL, "Samples in a window, or 0.", NULL },
    { "hop", (getter)get_hop, NULL, "Samples from window to window, or 0.",
      NULL },
    { "size", (getter)get_size, NULL, "Bytes of the stream.", NULL },
    { "position", (getter)get_position, (setter)set_position,
      "How many samples it has taken in: the number of its next one.", NULL },
    { "kernel", (getter)get_kernel, (setter)set_kernel,
      "The code of a step. All give the same bits.", NULL },
    LEATPY_STATE_PROPERTIES,
    { NULL, NULL, NULL, NULL, NULL }
};

static const leatpy_type type = {
    .name = "leat.Stream",
    .text = "One sequence in progress, made by Model.stream(). "
            "Used by one thread at a time.",
    .size = sizeof(leatpy_stream),
    .dealloc = (destructor)dealloc,
    .repr = (reprfunc)repr,
    .methods = methods,
    .properties = properties
};

int leatpy_add_stream(PyObject *module)
{
    leatpy_stream_type = leatpy_add_type(module, &type);
    return leatpy_stream_type == NULL ? -1 : 0;
}
