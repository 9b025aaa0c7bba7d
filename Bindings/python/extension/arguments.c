/* SPDX-License-Identifier: MIT
 *
 * arguments.c: Python's arguments as numbers and names.
 */
#include "leatpy.h"

#include <string.h>

static int keyword(const char *function, const char *const *names,
                   PyObject *given, PyObject *value, PyObject **values)
{
    for (int i = 0; names[i] != NULL; i++) {
        if (PyUnicode_CompareWithASCIIString(given, names[i]) != 0) {
            continue;
        }
        if (values[i] != NULL) {
            PyErr_Format(PyExc_TypeError, "%s() got %s twice", function,
                         names[i]);
            return -1;
        }
        values[i] = value;
        return 0;
    }
    PyErr_Format(PyExc_TypeError, "%s() has no argument %R", function, given);
    return -1;
}

int leatpy_arguments(const char *function, const char *const *names,
                     int required, PyObject *const *arguments,
                     Py_ssize_t count, PyObject *keywords, PyObject **values)
{
    Py_ssize_t most = 0;
    for (; names[most] != NULL; most++) {
        values[most] = most < count ? arguments[most] : NULL;
    }
    if (count > most) {
        PyErr_Format(PyExc_TypeError,
                     "%s() takes at most %zd arguments (%zd given)", function,
                     most, count);
        return -1;
    }
    Py_ssize_t named = keywords == NULL ? 0 : PyTuple_Size(keywords);
    for (Py_ssize_t i = 0; i < named; i++) {
        if (keyword(function, names, PyTuple_GetItem(keywords, i),
                    arguments[count + i], values) != 0) {
            return -1;
        }
    }
    for (int i = 0; i < required; i++) {
        if (values[i] == NULL) {
            PyErr_Format(PyExc_TypeError, "%s() needs %s", function, names[i]);
            return -1;
        }
    }
    return 0;
}

/* A number of thousands of digits isn't printed. */
static int refuse_number(PyObject *object, const char *name, int bits)
{
    PyObject *text = PyObject_Str(object);
    PyErr_Clear();
    if (text == NULL) {
        PyErr_Format(PyExc_ValueError, "%s is too large; expected 0 to 2^%d - 1",
                     name, bits);
    } else {
        PyErr_Format(PyExc_ValueError, "%s is %U; expected 0 to 2^%d - 1", name,
                     text, bits);
        Py_DECREF(text);
    }
    return -1;
}

static int whole_number(PyObject *object, const char *name, int bits,
                        uint64_t *value)
{
    if (!PyIndex_Check(object)) {
        PyErr_Format(PyExc_TypeError, "%s is %R; expected a whole number", name,
                     object);
        return -1;
    }
    PyObject *index = PyNumber_Index(object);
    if (index == NULL) {
        return -1;
    }
    unsigned long long number = PyLong_AsUnsignedLongLong(index);
    Py_DECREF(index);
    if ((number == (unsigned long long)-1 && PyErr_Occurred()) ||
        (bits == 32 && number > UINT32_MAX)) {
        PyErr_Clear();
        return refuse_number(object, name, bits);
    }
    *value = number;
    return 0;
}

int leatpy_unsigned(PyObject *object, const char *name, uint64_t *value)
{
    return whole_number(object, name, 64, value);
}

int leatpy_unsigned_32(PyObject *object, const char *name, uint32_t *value)
{
    uint64_t number;
    if (whole_number(object, name, 32, &number) != 0) {
        return -1;
    }
    *value = (uint32_t)number;
    return 0;
}

const char *leatpy_name(PyObject *object, const char *what)
{
    if (!PyUnicode_Check(object)) {
        PyErr_Format(PyExc_TypeError, "%s is %R; expected a str", what, object);
        return NULL;
    }
    Py_ssize_t size;
    const char *text = PyUnicode_AsUTF8AndSize(object, &size);
    if (text != NULL && strlen(text) != (size_t)size) {
        PyErr_Format(PyExc_ValueError, "%s has a NUL in it: %R", what, object);
        return NULL;
    }
    return text;
}
