/* SPDX-License-Identifier: MIT
 *
 * store_groups.c: leat._leat.Store: groups, many streams as one checkpoint.
 *
 * Python gives a group as a mapping of names to streams. As in store.c, a group
 * is loaded into copies, which go to the streams when nothing can fail.
 */
#include "store.h"

#include <stdlib.h>

typedef struct {
    PyObject *items; /* pairs of name and stream, which keep both alive */
    size_t count;
    const char **names;
    leatpy_stream **streams; /* NULL: the member isn't written */
    leat_stream **handles;   /* theirs */
} members;

static void forget(members *self)
{
    free(self->names);
    free(self->streams);
    free(self->handles);
    Py_XDECREF(self->items);
}

static int add(members *self, Py_ssize_t i, int may_be_none)
{
    PyObject *name, *stream, *item = PyList_GetItem(self->items, i);
    if (!PyTuple_Check(item) || PyTuple_Size(item) != 2) {
        PyErr_Format(PyExc_TypeError,
                     "streams has the item %R; expected a name and its stream",
                     item);
        return -1;
    }
    name = PyTuple_GetItem(item, 0);
    stream = PyTuple_GetItem(item, 1);
    self->names[i] = leatpy_name(name, "a member's name");
    if (self->names[i] == NULL) {
        return -1;
    }
    if (stream == Py_None && may_be_none) {
        return 0;
    }
    self->streams[i] = leatpy_idle_stream(stream);
    if (self->streams[i] == NULL) {
        return -1;
    }
    self->handles[i] = self->streams[i]->stream;
    return 0;
}

/* Read a mapping. Return -1 with an exception, and then there is nothing to
 * forget. */
static int read_members(members *self, PyObject *mapping, int may_be_none)
{
    memset(self, 0, sizeof *self);
    self->items = PyMapping_Items(mapping);
    if (self->items == NULL) {
        PyErr_Format(PyExc_TypeError,
                     "streams is %R; expected a mapping of names to streams",
                     mapping);
        return -1;
    }
    Py_ssize_t count = PyList_Size(self->items);
    self->count = (size_t)count;
    self->names = calloc(self->count + 1, sizeof(char *));
    self->streams = calloc(self->count + 1, sizeof(void *));
    self->handles = calloc(self->count + 1, sizeof(void *));
    if (!self->names || !self->streams || !self->handles) {
        PyErr_NoMemory();
        forget(self);
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        if (add(self, i, may_be_none) != 0) {
            forget(self);
            return -1;
        }
    }
    return 0;
}

static void mark(members *self, int taken)
{
    for (size_t i = 0; i < self->count; i++) {
        if (self->streams[i] != NULL) {
            (taken ? leatpy_use_stream
                   : leatpy_leave_stream)(self->streams[i]);
        }
    }
}

/* ------------------------------------------------------------------------ *
 * Save
 * ------------------------------------------------------------------------ */

PyObject *leatpy_store_save_group(leatpy_store *self, PyObject *arguments,
                                  PyObject *keywords)
{
    static char *names[] = { "name", "streams", "cursor", "rewind", "replace",
                             NULL };
    PyObject *name_object, *mapping, *result = NULL;
    leatpy_save_options options = { 0 };
    members group;
    const char *name;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "OO|y*$pp:save_group",
                                     names, &name_object, &mapping,
                                     &options.cursor, &options.rewind,
                                     &options.replace)) {
        return NULL;
    }
    if ((name = leatpy_name(name_object, "name")) != NULL &&
        read_members(&group, mapping, 1) == 0) {
        if (leatpy_begin_store_call(self) == 0) {
            leat_error error;
            int code;
            mark(&group, 1);
            LEATPY_STORE_CALL(
                self, code,
                leat_store_save_group(
                    self->store, name, group.names,
                    (const leat_stream *const *)group.handles, group.count,
                    options.cursor.buf, (size_t)options.cursor.len,
                    leatpy_save_flags(&options), &error));
            mark(&group, 0);
            result = leatpy_outcome(code, &error);
        }
        forget(&group);
    }
    PyBuffer_Release(&options.cursor);
    return result;
}

/* ------------------------------------------------------------------------ *
 * Load
 * ------------------------------------------------------------------------ */

/* A stream that is there twice is in use twice when all are marked. */
static int refuse_twice(members *group)
{
    size_t twice = group->count;
    mark(group, 1);
    for (size_t i = 0; i < group->count; i++) {
        if (group->streams[i]->in_use > 1) {
            twice = i;
        }
    }
    mark(group, 0);
    if (twice == group->count) {
        return 0;
    }
    PyErr_Format(PyExc_ValueError, "the stream of '%s' is in the group twice",
                 group->names[twice]);
    return -1;
}

/* Put copies in the place of the handles. */
static int make_copies(members *group, leatpy_stream **copies)
{
    for (size_t i = 0; i < group->count; i++) {
        leatpy_stream *stream = group->streams[i];
        copies[i] = leatpy_new_stream(stream->model, stream->window,
                                      stream->hop);
        if (copies[i] == NULL) {
            return -1;
        }
        memcpy(copies[i]->stream, stream->stream,
               leat_stream_block_size(stream->stream));
        group->handles[i] = copies[i]->stream;
    }
    return 0;
}

static PyObject *load_copies(leatpy_store *self, const char *name,
                             members *group, void *cursor)
{
    if (leatpy_begin_store_call(self) != 0) {
        return NULL;
    }
    leat_checkpoint checkpoint;
    leat_error error;
    int code;
    mark(group, 1);
    LEATPY_STORE_CALL(self, code,
                      leat_store_load_group(self->store, name, group->names,
                                            group->handles, group->count,
                                            cursor, LEAT_CURSOR_MAX,
                                            &checkpoint, &error));
    PyObject *result = NULL;
    if (code < 0) {
        leatpy_raise(&error);
    } else if (leatpy_warn_of_fallback(code, name) == 0) {
        result = leatpy_checkpoint(&checkpoint, cursor, code);
    }
    for (size_t i = 0; result != NULL && i < group->count; i++) {
        memcpy(group->streams[i]->stream, group->handles[i],
               leat_stream_block_size(group->handles[i]));
    }
    mark(group, 0);
    return result;
}

PyObject *leatpy_store_load_group(leatpy_store *self, PyObject *arguments,
                                  PyObject *keywords)
{
    static char *names[] = { "name", "streams", NULL };
    PyObject *name_object, *mapping, *result = NULL;
    members group;
    const char *name;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "OO:load_group",
                                     names, &name_object, &mapping) ||
        (name = leatpy_name(name_object, "name")) == NULL ||
        read_members(&group, mapping, 0) != 0) {
        return NULL;
    }
    leatpy_stream **copies = calloc(group.count + 1, sizeof(void *));
    void *cursor = malloc(LEAT_CURSOR_MAX);
    if (copies == NULL || cursor == NULL) {
        PyErr_NoMemory();
    } else if (refuse_twice(&group) == 0 && make_copies(&group, copies) == 0) {
        result = load_copies(self, name, &group, cursor);
    }
    for (size_t i = 0; copies != NULL && i < group.count; i++) {
        Py_XDECREF((PyObject *)copies[i]);
    }
    free(copies);
    free(cursor);
    forget(&group);
    return result;
}

PyObject *leatpy_store_members(leatpy_store *self, PyObject *argument)
{
    const char *name = leatpy_name(argument, "name");
    leatpy_callbacks callbacks = { 0 };
    if (name == NULL || (callbacks.list = PyList_New(0)) == NULL) {
        return NULL;
    }
    if (leatpy_begin_store_call(self) != 0) {
        Py_DECREF(callbacks.list);
        return NULL;
    }
    leat_error error;
    callbacks.thread = PyEval_SaveThread();
    int code = leat_store_list_group(self->store, name, leatpy_visit,
                                     &callbacks, &error);
    PyEval_RestoreThread(callbacks.thread);
    leatpy_end_store_call(self);
    if (!PyErr_Occurred() && code < 0) {
        leatpy_raise(&error);
    }
    if (PyErr_Occurred() || leatpy_warn_of_fallback(code, name) != 0) {
        Py_CLEAR(callbacks.list);
    }
    return callbacks.list;
}
