/* SPDX-License-Identifier: MIT
 *
 * errors.c: raise the exceptions of leat/errors.py, make the records of
 * leat/records.py.
 */
#include "leatpy.h"

#include <stdarg.h>

static PyObject *error_type, *by_code, *records;
PyObject *leatpy_fallback_warning;

int leatpy_import(void)
{
    PyObject *errors = PyImport_ImportModule("leat.errors");
    if (errors == NULL) {
        return -1;
    }
    error_type = PyObject_GetAttrString(errors, "Error");
    by_code = PyObject_GetAttrString(errors, "by_code");
    leatpy_fallback_warning =
        PyObject_GetAttrString(errors, "FallbackWarning");
    Py_DECREF(errors);
    records = PyImport_ImportModule("leat.records");
    return error_type != NULL && by_code != NULL &&
           leatpy_fallback_warning != NULL && records != NULL ? 0 : -1;
}

/* Make the exception, or return NULL with another one set. */
static PyObject *exception(const leat_error *error)
{
    PyObject *code = PyLong_FromLong(error->code);
    PyObject *made = NULL;
    if (code != NULL) {
        PyObject *type = PyDict_GetItemWithError(by_code, code);
        if (type != NULL || !PyErr_Occurred()) {
            PyObject *text = PyUnicode_DecodeUTF8(
                error->message, (Py_ssize_t)strlen(error->message), "replace");
            if (text != NULL) {
                made = PyObject_CallFunctionObjArgs(
                    type == NULL ? error_type : type, text, NULL);
                Py_DECREF(text);
            }
        }
        if (made != NULL && PyObject_SetAttrString(made, "code", code) != 0) {
            Py_CLEAR(made);
        }
        Py_DECREF(code);
    }
    if (made != NULL && error->sqlite_code != 0) {
        PyObject *number = PyLong_FromLong(error->sqlite_code);
        if (number == NULL ||
            PyObject_SetAttrString(made, "sqlite_code", number) != 0) {
            Py_CLEAR(made);
        }
        Py_XDECREF(number);
    }
    return made;
}

void *leatpy_raise(const leat_error *error)
{
    PyObject *made = exception(error);
    if (made != NULL) {
        PyErr_SetObject((PyObject *)Py_TYPE(made), made);
        Py_DECREF(made);
    }
    return NULL;
}

PyObject *leatpy_record(const char *name, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *fields = Py_VaBuildValue(format, values);
    va_end(values);
    if (fields == NULL) {
        return NULL;
    }
    PyObject *record = NULL, *type = PyObject_GetAttrString(records, name);
    if (type != NULL) {
        record = PyObject_CallObject(type, fields);
        Py_DECREF(type);
    }
    Py_DECREF(fields);
    return record;
}
