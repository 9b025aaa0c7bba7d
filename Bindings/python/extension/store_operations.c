/* SPDX-License-Identifier: MIT
 *
 * store_operations.c: leat._leat.Store: backup, verify, prune, statistics.
 *
 * They may take long, so they let the GIL go, look at signals (Ctrl-C) as often
 * as the library reports progress, and tell it to Python.
 */
#include "store.h"

/* Whether a call-back has failed, or said False: numpy's, too. */
static int is_end(PyObject *result)
{
    int end = result == NULL ||
              (result != Py_None && PyObject_IsTrue(result) != 1);
    Py_XDECREF(result);
    return end;
}

static int check_callable(PyObject *object, const char *name)
{
    if (object == Py_None || PyCallable_Check(object)) {
        return 0;
    }
    PyErr_Format(PyExc_TypeError, "%s is %R; expected a function or None", name,
                 object);
    return -1;
}

static int report_progress(void *context, uint64_t done, uint64_t total)
{
    leatpy_callbacks *callbacks = context;
    PyEval_RestoreThread(callbacks->thread);
    int end = PyErr_Occurred() != NULL || PyErr_CheckSignals() != 0;
    if (!end && callbacks->progress != Py_None) {
        end = is_end(PyObject_CallFunction(callbacks->progress, "KK",
                                           (unsigned long long)done,
                                           (unsigned long long)total));
    }
    callbacks->thread = PyEval_SaveThread();
    return end;
}

/* A finding can't end the call, but the next report of progress can. */
static void report_finding(void *context, const char *line)
{
    leatpy_callbacks *callbacks = context;
    PyEval_RestoreThread(callbacks->thread);
    if (!PyErr_Occurred() && callbacks->finding != Py_None) {
        PyObject *text = PyUnicode_DecodeUTF8(line, (Py_ssize_t)strlen(line),
                                              "replace");
        PyObject *result = text == NULL
                               ? NULL
                               : PyObject_CallFunctionObjArgs(
                                     callbacks->finding, text, NULL);
        Py_XDECREF(text);
        Py_XDECREF(result);
    }
    callbacks->thread = PyEval_SaveThread();
}

/* The exception of a call-back, or of a code. */
static int failed(int code, const leat_error *error)
{
    if (!PyErr_Occurred() && code < 0) {
        leatpy_raise(error);
    }
    return PyErr_Occurred() != NULL;
}

PyObject *leatpy_store_backup(leatpy_store *self, PyObject *arguments,
                              PyObject *keywords)
{
    static char *names[] = { "path", "progress", NULL };
    PyObject *path;
    leatpy_callbacks callbacks = { 0 };
    callbacks.progress = Py_None;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O&|O:backup", names,
                                     PyUnicode_FSConverter, &path,
                                     &callbacks.progress)) {
        return NULL;
    }
    if (check_callable(callbacks.progress, "progress") != 0 ||
        leatpy_begin_store_call(self) != 0) {
        Py_DECREF(path);
        return NULL;
    }
    const char *name = PyBytes_AsString(path);
    leat_error error;
    callbacks.thread = PyEval_SaveThread();
    int code = leat_store_backup(self->store, name, report_progress, &callbacks,
                                 &error);
    PyEval_RestoreThread(callbacks.thread);
    leatpy_end_store_call(self);
    Py_DECREF(path);
    return failed(code, &error) ? NULL : Py_NewRef(Py_None);
}

PyObject *leatpy_store_verify(leatpy_store *self, PyObject *arguments,
                              PyObject *keywords)
{
    static char *names[] = { "finding", "progress", NULL };
    leatpy_callbacks callbacks = { 0 };
    callbacks.finding = callbacks.progress = Py_None;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|OO:verify", names,
                                     &callbacks.finding,
                                     &callbacks.progress) ||
        check_callable(callbacks.finding, "finding") != 0 ||
        check_callable(callbacks.progress, "progress") != 0 ||
        leatpy_begin_store_call(self) != 0) {
        return NULL;
    }
    leat_error error;
    callbacks.thread = PyEval_SaveThread();
    int code = leat_store_verify(self->store, report_finding, report_progress,
                                 &callbacks, &error);
    PyEval_RestoreThread(callbacks.thread);
    leatpy_end_store_call(self);
    return failed(code, &error) ? NULL : Py_NewRef(Py_None);
}

PyObject *leatpy_store_prune(leatpy_store *self, PyObject *arguments,
                             PyObject *keywords)
{
    static char *names[] = { "saved_before_ms", "generations", "streams",
                             "progress", NULL };
    long long before = 0;
    PyObject *generations = NULL;
    int streams = 0;
    leatpy_callbacks callbacks = { 0 };
    callbacks.progress = Py_None;
    leat_prune_options options = { 0 };
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|$LOpO:prune", names,
                                     &before, &generations, &streams,
                                     &callbacks.progress) ||
        check_callable(callbacks.progress, "progress") != 0 ||
        (generations != NULL &&
         leatpy_unsigned_32(generations, "generations",
                            &options.generations) != 0) ||
        leatpy_begin_store_call(self) != 0) {
        return NULL;
    }
    options.saved_before_ms = before;
    options.flags = streams ? LEAT_PRUNE_STREAMS : 0;
    uint64_t deleted = 0;
    leat_error error;
    callbacks.thread = PyEval_SaveThread();
    int code = leat_store_prune(self->store, &options, report_progress,
                                &callbacks, &deleted, &error);
    PyEval_RestoreThread(callbacks.thread);
    leatpy_end_store_call(self);
    return failed(code, &error) ? NULL : PyLong_FromUnsignedLongLong(deleted);
}

PyObject *leatpy_store_statistics(leatpy_store *self, PyObject *unused)
{
    (void)unused;
    if (leatpy_begin_store_call(self) != 0) {
        return NULL;
    }
    leat_store_statistics_t found;
    leat_error error;
    int code;
    LEATPY_STORE_CALL(self, code,
                      leat_store_statistics(self->store, &found, &error));
    if (code < 0) {
        return leatpy_raise(&error);
    }
#define NUMBER(field) (unsigned long long)found.field
    return leatpy_record(
        "Statistics", "(KKKKLLKKKKKKKIN)", NUMBER(streams), NUMBER(checkpoints),
        NUMBER(state_bytes), NUMBER(cursor_bytes), (long long)found.oldest_ms,
        (long long)found.newest_ms, NUMBER(file_bytes), NUMBER(free_bytes),
        NUMBER(wal_bytes), NUMBER(commits), NUMBER(epoch), NUMBER(memory_used),
        NUMBER(memory_highest), found.version,
        PyBool_FromLong(found.is_behind != 0));
}
