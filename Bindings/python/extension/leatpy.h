/* SPDX-License-Identifier: MIT
 *
 * leatpy.h: the extension module leat._leat, over leat.h and leat_store.h.
 *
 * It uses Python's limited API (abi3) and the buffer protocol alone, so that
 * one binary serves Python 3.11 and later, and no version of numpy is built in.
 * The rules of all files:
 *
 *   - A call holds Python's lock (the GIL), except while it runs a sequence or
 *     a batch, or waits for a disk. What such a call uses is marked as in use
 *     before the lock is let go. Every call checks the mark, so that two
 *     threads can't be inside the same object.
 *   - After a fork, the child has no other threads: what they had marked is not
 *     in use there. A store and an autosave can be closed; a stream may be in the
 *     middle of a step, and stays unusable.
 *   - Objects hold references to what they need: a stream to its model, an
 *     autosave to its store.
 *   - Python's arguments are checked here for type, shape, order and overlap;
 *     everything else is left to the library, whose sentences are the messages.
 */
#ifndef LEATPY_H
#define LEATPY_H

#define PY_SSIZE_T_CLEAN
#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030b0000
#endif
#include <Python.h>
#include <stdint.h>
#include <string.h>

#include "leat_store.h"

/* ------------------------------------------------------------------------ *
 * Objects
 * ------------------------------------------------------------------------ */

typedef struct leatpy_model {
    PyObject_HEAD
    const leat_model *model;
    void *memory; /* of from_bytes(), else NULL */
    leat_model_info_t info;
} leatpy_model;

typedef struct leatpy_stream {
    PyObject_HEAD
    leatpy_model *model;
    leat_stream *stream;
    uint32_t window, hop;
    unsigned in_use;  /* calls that have let the GIL go */
    unsigned process; /* leatpy_process of the newest of them */
} leatpy_stream;

typedef struct leatpy_store {
    PyObject_HEAD
    leat_store *store; /* NULL before it is opened and after it is closed */
    unsigned in_use;   /* leatpy_process of the call that is inside, or 0 */
    unsigned long user;        /* the thread of that call */
    unsigned long transaction; /* the thread that began one, or 0 */
    int is_undone; /* the library has rolled the transaction back */
} leatpy_store;

extern PyTypeObject *leatpy_model_type, *leatpy_stream_type, *leatpy_store_type;

/* 1, and another number in each child by fork(). */
extern unsigned leatpy_process;

/* What a type has. One with init() is a base for a class in Python; others are
 * made by this module alone. One with traverse() may be in a cycle, and
 * untracks itself when it ends. */
typedef struct leatpy_type {
    const char *name, *text;
    size_t size;
    int (*init)(PyObject *self, PyObject *arguments, PyObject *keywords);
    void (*dealloc)(PyObject *self);
    int (*traverse)(PyObject *self, visitproc visit, void *context);
    PyObject *(*repr)(PyObject *self);
    PyMethodDef *methods;
    PyGetSetDef *properties;
} leatpy_type;

/* Make a type and add it to the module under the last part of its name. Return
 * NULL with an exception set. */
PyTypeObject *leatpy_add_type(PyObject *module, const leatpy_type *type);

/* End the life of an object of one of these types. */
void leatpy_free(void *self);

/* What pickle gets: TypeError. `instead` says what to pickle. */
PyObject *leatpy_refuse_pickle(const char *type, const char *instead);

/* Make a stream: without windows if window is 0. */
leatpy_stream *leatpy_new_stream(leatpy_model *model, uint32_t window,
                                 uint32_t hop);

/* leat.Model.batch(). */
PyObject *leatpy_new_batch(leatpy_model *model, PyObject *streams);

/* Check that an object is a stream that no call is using. Return NULL with an
 * exception set. */
leatpy_stream *leatpy_idle_stream(PyObject *object);

/* Mark an idle stream as in use by one more call. The second function ends
 * that call. */
void leatpy_use_stream(leatpy_stream *self);
void leatpy_leave_stream(leatpy_stream *self);

/* ------------------------------------------------------------------------ *
 * Arguments, errors, records
 * ------------------------------------------------------------------------ */

/* Put the arguments of a METH_FASTCALL | METH_KEYWORDS call into values[], in
 * the order of names[], which ends with NULL. What isn't given is NULL. Return
 * -1 with TypeError unless the first `required` are given. */
int leatpy_arguments(const char *function, const char *const *names,
                     int required, PyObject *const *arguments,
                     Py_ssize_t count, PyObject *keywords, PyObject **values);

/* A position, or another whole number that is not negative. */
int leatpy_unsigned(PyObject *object, const char *name, uint64_t *value);
int leatpy_unsigned_32(PyObject *object, const char *name, uint32_t *value);

/* A name: UTF-8 that ends with NUL and lives as long as the object. */
const char *leatpy_name(PyObject *object, const char *what);

/* Raise the exception of an error's code. Return NULL. */
void *leatpy_raise(const leat_error *error);

/* Make a record of leat/records.py. `format` is that of Py_BuildValue(). */
PyObject *leatpy_record(const char *name, const char *format, ...);

/* Import errors and records. */
int leatpy_import(void);
extern PyObject *leatpy_fallback_warning;

/* ------------------------------------------------------------------------ *
 * Arrays
 * ------------------------------------------------------------------------ */

#define LEATPY_SAMPLE (-1) /* one sample: one dimension */
#define LEATPY_ANY    (-2) /* any number of rows        */

/* Get at an array of float32, C-contiguous, with `rows` rows (or LEATPY_*) of
 * `columns`. Return -1 with TypeError or ValueError. */
int leatpy_floats(PyObject *object, const char *name, Py_ssize_t rows,
                  Py_ssize_t columns, int writable, Py_buffer *view);

/* A format of the buffer protocol, without the byte order if it is the
 * machine's. */
const char *leatpy_native_format(const char *format);

/* Whether two arrays have memory in common. */
int leatpy_overlap(const Py_buffer *one, const Py_buffer *other);

/* Make a numpy array and get at it. */
PyObject *leatpy_new_array(const char *type, Py_ssize_t rows,
                           Py_ssize_t columns, Py_buffer *view);

/* The samples and outputs of one call. */
typedef struct leatpy_exchange {
    Py_buffer input, output;
    Py_ssize_t rows;
    PyObject *result; /* the caller's array for outputs, or a new one */
} leatpy_exchange;

/* Get at x and out. If out is NULL or None, make an array, filled with NaN if
 * `sparse`. Return -1 with an exception set. */
int leatpy_begin_exchange(leatpy_exchange *exchange, PyObject *x, PyObject *out,
                          Py_ssize_t rows, const leatpy_model *model,
                          int sparse);

/* Let go of both arrays. Return exchange->result if `kept`, else NULL. */
PyObject *leatpy_end_exchange(leatpy_exchange *exchange, int kept);

/* ------------------------------------------------------------------------ *
 * The types
 * ------------------------------------------------------------------------ */

int leatpy_import_arrays(void);
int leatpy_add_model(PyObject *module);
int leatpy_add_stream(PyObject *module);
int leatpy_add_batch(PyObject *module);
int leatpy_add_store(PyObject *module);
int leatpy_add_transaction(PyObject *module);
int leatpy_add_autosave(PyObject *module);

#define LEATPY_METHOD(name, function, flags, text)                             \
    { name, (PyCFunction)(void (*)(void))function, flags, text }
#define LEATPY_FAST (METH_FASTCALL | METH_KEYWORDS)
#define LEATPY_KEYWORDS (METH_VARARGS | METH_KEYWORDS)

#endif
