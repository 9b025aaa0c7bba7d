/* SPDX-License-Identifier: MIT
 *
 * arrays.c: numpy's arrays as pointers to floats, without a copy.
 *
 * The buffer protocol gives pointer, shape and type of any array. Asking for
 * strides accepts every order, so that the messages here can say what is wrong
 * with it. numpy itself is only called to make arrays.
 */
#include "leatpy.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static PyObject *numpy_empty;

int leatpy_import_arrays(void)
{
    PyObject *numpy = PyImport_ImportModule("numpy");
    if (numpy == NULL) {
        return -1;
    }
    numpy_empty = PyObject_GetAttrString(numpy, "empty");
    Py_DECREF(numpy);
    return numpy_empty == NULL ? -1 : 0;
}

const char *leatpy_native_format(const char *format)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    format += *format == '<' || *format == '=' || *format == '@';
#else
    format += *format == '>' || *format == '=' || *format == '@';
#endif
    return format;
}

static int is_float(const char *format)
{
    return format != NULL && strcmp(leatpy_native_format(format), "f") == 0;
}

/* Write a shape as Python prints it. */
static void describe(char *text, size_t size, int dimensions,
                     const Py_ssize_t *shape)
{
    size_t used = (size_t)snprintf(text, size, "(");
    for (int i = 0; i < dimensions && used < size; i++) {
        used += (size_t)snprintf(text + used, size - used, i ? ", %zd" : "%zd",
                                 shape[i]);
    }
    if (used < size) {
        snprintf(text + used, size - used, dimensions == 1 ? ",)" : ")");
    }
}

static int refuse_shape(const char *name, const Py_buffer *view,
                        Py_ssize_t rows, Py_ssize_t columns)
{
    char found[80];
    describe(found, sizeof found, view->ndim, view->shape);
    if (rows == LEATPY_SAMPLE) {
        PyErr_Format(PyExc_ValueError, "%s has shape %s; expected (%zd,)", name,
                     found, columns);
    } else if (rows == LEATPY_ANY) {
        PyErr_Format(PyExc_ValueError, "%s has shape %s; expected (steps, %zd)",
                     name, found, columns);
    } else {
        PyErr_Format(PyExc_ValueError, "%s has shape %s; expected (%zd, %zd)",
                     name, found, rows, columns);
    }
    return -1;
}

static int check(const char *name, Py_ssize_t rows, Py_ssize_t columns,
                 int writable, const Py_buffer *view)
{
    if (!is_float(view->format)) {
        const char *format = view->format == NULL ? "B" : view->format;
        PyErr_Format(PyExc_TypeError,
                     "%s has elements of type '%s'; expected float32 in the "
                     "machine's byte order: numpy.asarray(%s, numpy.float32)",
                     name, format, name);
        return -1;
    }
    int dimensions = rows == LEATPY_SAMPLE ? 1 : 2;
    if (view->ndim != dimensions || view->shape[dimensions - 1] != columns ||
        (rows >= 0 && view->shape[0] != rows)) {
        return refuse_shape(name, view, rows, columns);
    }
    if (!PyBuffer_IsContiguous(view, 'C')) {
        PyErr_Format(PyExc_ValueError,
                     "%s is not C-contiguous: numpy.ascontiguousarray(%s)",
                     name, name);
        return -1;
    }
    if (((uintptr_t)view->buf & 3) != 0) {
        PyErr_Format(PyExc_ValueError, "%s is not aligned to 4 bytes: copy it",
                     name);
        return -1;
    }
    if (writable && view->readonly) {
        PyErr_Format(PyExc_ValueError, "%s is read-only", name);
        return -1;
    }
    return 0;
}

int leatpy_floats(PyObject *object, const char *name, Py_ssize_t rows,
                  Py_ssize_t columns, int writable, Py_buffer *view)
{
    if (!PyObject_CheckBuffer(object)) {
        PyErr_Format(PyExc_TypeError,
                     "%s is no array but %R: numpy.asarray(%s, numpy.float32)",
                     name, (PyObject *)Py_TYPE(object), name);
        return -1;
    }
    if (PyObject_GetBuffer(object, view, PyBUF_RECORDS_RO) != 0) {
        return -1;
    }
    if (check(name, rows, columns, writable, view) == 0) {
        return 0;
    }
    PyBuffer_Release(view);
    return -1;
}

PyObject *leatpy_new_array(const char *type, Py_ssize_t rows,
                           Py_ssize_t columns, Py_buffer *view)
{
    PyObject *array =
        rows < 0 ? PyObject_CallFunction(numpy_empty, "(n)s", columns, type)
        : columns < 0 ? PyObject_CallFunction(numpy_empty, "(n)s", rows, type)
                      : PyObject_CallFunction(numpy_empty, "(nn)s", rows,
                                              columns, type);
    if (array != NULL && PyObject_GetBuffer(array, view, PyBUF_RECORDS) != 0) {
        Py_CLEAR(array);
    }
    return array;
}

int leatpy_overlap(const Py_buffer *one, const Py_buffer *other)
{
    const char *first = one->buf, *second = other->buf;
    return one->len != 0 && other->len != 0 && first + one->len > second &&
           second + other->len > first;
}

/* The library may read a sample before or after it writes an output, so two
 * arrays must be one or have nothing in common. */
static int check_overlap(const leatpy_exchange *exchange)
{
    const Py_buffer *x = &exchange->input, *out = &exchange->output;
    if (!leatpy_overlap(x, out) || (x->buf == out->buf && x->len == out->len)) {
        return 0;
    }
    PyErr_SetString(PyExc_ValueError, "x and out overlap; expected two arrays, "
                                      "or the same one with equal sizes");
    return -1;
}

int leatpy_begin_exchange(leatpy_exchange *exchange, PyObject *x, PyObject *out,
                          Py_ssize_t rows, const leatpy_model *model,
                          int sparse)
{
    Py_ssize_t outputs = (Py_ssize_t)model->info.output_size;
    if (leatpy_floats(x, "x", rows, (Py_ssize_t)model->info.input_size, 0,
                      &exchange->input) != 0) {
        return -1;
    }
    if (rows == LEATPY_ANY) {
        rows = exchange->input.shape[0];
    }
    exchange->rows = rows;
    if (out != NULL && out != Py_None) {
        if (leatpy_floats(out, "out", rows, outputs, 1, &exchange->output)) {
            PyBuffer_Release(&exchange->input);
            return -1;
        }
        exchange->result = Py_NewRef(out);
        if (check_overlap(exchange) == 0) {
            return 0;
        }
        leatpy_end_exchange(exchange, 0);
        return -1;
    }
    exchange->result =
        leatpy_new_array("f", rows, outputs, &exchange->output);
    if (exchange->result == NULL) {
        PyBuffer_Release(&exchange->input);
        return -1;
    }
    if (sparse) {
        float *values = exchange->output.buf;
        for (Py_ssize_t i = 0; i < exchange->output.len / 4; i++) {
            values[i] = NAN;
        }
    }
    return 0;
}

PyObject *leatpy_end_exchange(leatpy_exchange *exchange, int kept)
{
    PyBuffer_Release(&exchange->input);
    PyBuffer_Release(&exchange->output);
    if (!kept) {
        Py_CLEAR(exchange->result);
    }
    return exchange->result;
}
