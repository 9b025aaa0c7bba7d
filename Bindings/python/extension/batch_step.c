/* SPDX-License-Identifier: MIT
 *
 * batch_step.c: leat.Batch: one sample of each stream.
 */
#include "batch.h"

PyObject *leatpy_batch_step(leatpy_batch *self, PyObject *const *arguments,
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
    if (leatpy_take_streams(self) != 0) {
        return leatpy_end_exchange(&exchange, 0);
    }
    leat_error error;
    int code;
    Py_BEGIN_ALLOW_THREADS
    code = leat_batch_step(self->streams, (size_t)self->count,
                           exchange.input.buf, exchange.output.buf, &error);
    Py_END_ALLOW_THREADS
    leatpy_give_back_streams(self);
    PyObject *result = leatpy_end_exchange(&exchange, code >= 0);
    return code < 0 ? leatpy_raise(&error) : result;
}

/* Get at (count,) whole numbers of 64 or 32 bits, of one of the formats. */
static int integers(PyObject *object, const char *name, const char *formats,
                    const char *expected, Py_ssize_t size, Py_ssize_t count,
                    int writable, Py_buffer *view)
{
    if (!PyObject_CheckBuffer(object)) {
        PyErr_Format(PyExc_TypeError, "%s is no array but %R; expected %s",
                     name, (PyObject *)Py_TYPE(object), expected);
        return -1;
    }
    if (PyObject_GetBuffer(object, view, PyBUF_RECORDS_RO) != 0) {
        return -1;
    }
    const char *given = view->format == NULL ? "B" : view->format;
    const char *format = leatpy_native_format(given);
    if (view->itemsize != size || format[1] != 0 ||
        strchr(formats, format[0]) == NULL) {
        PyErr_Format(PyExc_TypeError, "%s has elements of type '%s'; expected "
                                      "%s", name, given, expected);
    } else if (view->ndim != 1) {
        PyErr_Format(PyExc_ValueError, "%s has %d dimensions; expected shape "
                                       "(%zd,)", name, view->ndim, count);
    } else if (view->shape[0] != count) {
        PyErr_Format(PyExc_ValueError, "%s has shape (%zd,); expected (%zd,)",
                     name, view->shape[0], count);
    } else if (!PyBuffer_IsContiguous(view, 'C') ||
               ((uintptr_t)view->buf & (uintptr_t)(size - 1)) != 0) {
        PyErr_Format(PyExc_ValueError, "%s is not contiguous and aligned: copy "
                                       "it", name);
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
    int is_signed =
        strchr("lq", *leatpy_native_format(view->format)) != NULL;
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

/* The library writes outputs and results while it reads the others. */
static int check_overlap(const leatpy_exchange *exchange,
                         const Py_buffer *positions, const Py_buffer *results)
{
    const struct {
        const char *names;
        const Py_buffer *one, *other;
    } pairs[] = {
        { "positions and out", positions, &exchange->output },
        { "positions and results", positions, results },
        { "x and results", &exchange->input, results },
        { "out and results", &exchange->output, results },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (leatpy_overlap(pairs[i].one, pairs[i].other)) {
            PyErr_Format(PyExc_ValueError, "%s overlap; expected two arrays",
                         pairs[i].names);
            return -1;
        }
    }
    return 0;
}

PyObject *leatpy_batch_step_at(leatpy_batch *self, PyObject *const *arguments,
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
        if (check_overlap(&exchange, &positions, &results) == 0 &&
            leatpy_take_streams(self) == 0) {
            called = 1;
            Py_BEGIN_ALLOW_THREADS
            code = leat_batch_step_at(self->streams, positions.buf,
                                      (size_t)self->count, exchange.input.buf,
                                      exchange.output.buf, results.buf,
                                      &error);
            Py_END_ALLOW_THREADS
            leatpy_give_back_streams(self);
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
