/* SPDX-License-Identifier: MIT
 *
 * autosave_offer.c: leat._leat.Autosave: slots, and streams for them.
 */
#include "autosave.h"

#include <stdlib.h>

/* ------------------------------------------------------------------------ *
 * Slots
 * ------------------------------------------------------------------------ */

PyObject *leatpy_autosave_add(leatpy_autosave *self, PyObject *argument)
{
    const char *name = leatpy_name(argument, "name");
    uint32_t slot;
    leat_error error;
    if (name == NULL || leatpy_check_autosave(self) != 0) {
        return NULL;
    }
    return leat_autosave_add(self->autosave, name, &slot, &error) < 0
               ? leatpy_raise(&error)
               : leatpy_take_slot(self, slot);
}

PyObject *leatpy_autosave_add_group(leatpy_autosave *self, PyObject *arguments)
{
    PyObject *name_object, *members;
    const char *name;
    if (!PyArg_ParseTuple(arguments, "OO:add_group", &name_object, &members) ||
        (name = leatpy_name(name_object, "name")) == NULL) {
        return NULL;
    }
    if (PyUnicode_Check(members)) {
        PyErr_SetString(PyExc_TypeError, "members is a str; expected names");
        return NULL;
    }
    PyObject *list = PySequence_Tuple(members);
    if (list == NULL) {
        return NULL;
    }
    Py_ssize_t count = PyTuple_Size(list), i = 0;
    const char **names = calloc((size_t)count + 1, sizeof *names);
    PyObject *result = NULL;
    for (; names != NULL && i < count; i++) {
        names[i] = leatpy_name(PyTuple_GetItem(list, i), "a member's name");
        if (names[i] == NULL) {
            break;
        }
    }
    if (names == NULL) {
        PyErr_NoMemory();
    } else if (i == count && leatpy_check_autosave(self) == 0) {
        uint32_t slot;
        leat_error error;
        result = leat_autosave_add_group(self->autosave, name, names,
                                         (size_t)count, &slot, &error) < 0
                     ? leatpy_raise(&error)
                     : leatpy_take_slot(self, slot);
    }
    free(names);
    Py_DECREF(list);
    return result;
}

/* ------------------------------------------------------------------------ *
 * Offers
 * ------------------------------------------------------------------------ */

static unsigned offer_flags(int now, int rewind)
{
    return (now ? LEAT_OFFER_NOW : 0) | (rewind ? LEAT_OFFER_REWIND : 0);
}

static int keep_model(leatpy_autosave *self, leatpy_model *model)
{
    if (self->newest == model) {
        return 0;
    }
    if (PySet_Add(self->models, (PyObject *)model) != 0) {
        return -1;
    }
    self->newest = model;
    return 0;
}

PyObject *leatpy_autosave_offer(leatpy_autosave *self, PyObject *arguments,
                                PyObject *keywords)
{
    static char *names[] = { "slot", "stream", "cursor", "now", "rewind",
                             NULL };
    PyObject *slot_object, *stream_object, *result = NULL;
    Py_buffer cursor = { 0 };
    int now = 0, rewind = 0;
    uint32_t slot;
    leatpy_stream *stream;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "OO|y*$pp:offer",
                                     names, &slot_object, &stream_object,
                                     &cursor, &now, &rewind)) {
        return NULL;
    }
    if (leatpy_unsigned_32(slot_object, "slot", &slot) == 0 &&
        (stream = leatpy_idle_stream(stream_object)) != NULL &&
        leatpy_check_slot(self, slot) == 0 &&
        keep_model(self, stream->model) == 0) {
        leat_error error;
        int code = leat_autosave_offer(self->autosave, slot, stream->stream,
                                       cursor.buf, (size_t)cursor.len,
                                       offer_flags(now, rewind), &error);
        result = leatpy_outcome(code, &error);
    }
    PyBuffer_Release(&cursor);
    return result;
}

/* Put the streams of a tuple into handles[]. */
static int get_handles(leatpy_autosave *self, PyObject *list,
                       const leat_stream **handles)
{
    Py_ssize_t count = PyTuple_Size(list);
    for (Py_ssize_t i = 0; i < count; i++) {
        leatpy_stream *stream = leatpy_idle_stream(PyTuple_GetItem(list, i));
        if (stream == NULL || keep_model(self, stream->model) != 0) {
            return -1;
        }
        handles[i] = stream->stream;
    }
    return 0;
}

PyObject *leatpy_autosave_offer_group(leatpy_autosave *self,
                                      PyObject *arguments, PyObject *keywords)
{
    static char *names[] = { "slot", "streams", "cursor", "now", "rewind",
                             NULL };
    PyObject *slot_object, *streams, *result = NULL;
    Py_buffer cursor = { 0 };
    int now = 0, rewind = 0;
    uint32_t slot;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords,
                                     "OO|y*$pp:offer_group", names,
                                     &slot_object, &streams, &cursor, &now,
                                     &rewind)) {
        return NULL;
    }
    PyObject *list = PySequence_Tuple(streams);
    size_t count = list == NULL ? 0 : (size_t)PyTuple_Size(list);
    const leat_stream **handles = calloc(count + 1, sizeof *handles);
    if (list != NULL && handles == NULL) {
        PyErr_NoMemory();
    } else if (list != NULL &&
               leatpy_unsigned_32(slot_object, "slot", &slot) == 0 &&
               leatpy_check_slot(self, slot) == 0 &&
               get_handles(self, list, handles) == 0) {
        uint64_t number;
        leat_error error;
        result = leat_autosave_offer_group(self->autosave, slot, handles, count,
                                           cursor.buf, (size_t)cursor.len,
                                           offer_flags(now, rewind), &number,
                                           &error) < 0
                     ? leatpy_raise(&error)
                     : PyLong_FromUnsignedLongLong(number);
    }
    free(handles);
    Py_XDECREF(list);
    PyBuffer_Release(&cursor);
    return result;
}
