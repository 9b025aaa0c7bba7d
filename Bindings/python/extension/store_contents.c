/* SPDX-License-Identifier: MIT
 *
 * store_contents.c: leat._leat.Store: list, delete, rename, export, import.
 */
#include "store.h"

#include <stdlib.h>

/* ------------------------------------------------------------------------ *
 * List
 * ------------------------------------------------------------------------ */

static PyObject *make_entry(const leat_store_entry *entry)
{
    return leatpy_record("Entry", "(sKKLKKII)", entry->name,
                         (unsigned long long)entry->generation,
                         (unsigned long long)entry->position,
                         (long long)entry->saved_at_ms,
                         (unsigned long long)entry->state_size,
                         (unsigned long long)entry->cursor_size,
                         entry->generations, entry->members);
}

int leatpy_visit(void *context, const leat_store_entry *entry)
{
    leatpy_callbacks *callbacks = context;
    PyEval_RestoreThread(callbacks->thread);
    PyObject *made = make_entry(entry);
    int failed = made == NULL || PyList_Append(callbacks->list, made) != 0;
    Py_XDECREF(made);
    callbacks->thread = PyEval_SaveThread();
    return failed;
}

PyObject *leatpy_store_streams(leatpy_store *self, PyObject *unused)
{
    (void)unused;
    leatpy_callbacks callbacks = { 0 };
    callbacks.list = PyList_New(0);
    if (callbacks.list == NULL || leatpy_begin_store_call(self) != 0) {
        Py_XDECREF(callbacks.list);
        return NULL;
    }
    leat_error error;
    callbacks.thread = PyEval_SaveThread();
    int code = leat_store_list(self->store, leatpy_visit, &callbacks, &error);
    PyEval_RestoreThread(callbacks.thread);
    leatpy_end_store_call(self);
    if (code >= 0 && !PyErr_Occurred()) {
        return callbacks.list;
    }
    Py_DECREF(callbacks.list);
    return PyErr_Occurred() ? NULL : leatpy_raise(&error);
}

/* ------------------------------------------------------------------------ *
 * Delete and rename
 * ------------------------------------------------------------------------ */

PyObject *leatpy_store_delete(leatpy_store *self, PyObject *argument)
{
    const char *name = leatpy_name(argument, "name");
    if (name == NULL || leatpy_begin_store_call(self) != 0) {
        return NULL;
    }
    leat_error error;
    int code;
    LEATPY_STORE_CALL(self, code, leat_store_delete(self->store, name, &error));
    return leatpy_outcome(code, &error);
}

PyObject *leatpy_store_rename(leatpy_store *self, PyObject *arguments,
                              PyObject *keywords)
{
    static char *names[] = { "name", "new_name", NULL };
    PyObject *from_object, *to_object;
    const char *from, *to;
    leat_error error;
    int code;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "OO:rename", names,
                                     &from_object, &to_object) ||
        (from = leatpy_name(from_object, "name")) == NULL ||
        (to = leatpy_name(to_object, "new_name")) == NULL ||
        leatpy_begin_store_call(self) != 0) {
        return NULL;
    }
    LEATPY_STORE_CALL(self, code,
                      leat_store_rename(self->store, from, to, &error));
    return leatpy_outcome(code, &error);
}

/* ------------------------------------------------------------------------ *
 * Export and import
 * ------------------------------------------------------------------------ */

/* Copy a checkpoint out, into a state that is made as large as it needs. */
static int copy_out(leat_store *store, const char *name, void **state,
                    void *cursor, leat_checkpoint *checkpoint,
                    leat_error *error)
{
    int code;
    do {
        /* Another process may write between the two calls: then again. */
        code = leat_store_export(store, name, NULL, 0, NULL, 0, checkpoint,
                                 error);
        if (code < 0) {
            return code;
        }
        size_t size = (size_t)checkpoint->state_size;
        free(*state);
        *state = malloc(size + 1);
        if (*state == NULL) {
            error->code = LEAT_E_MEMORY;
            error->sqlite_code = 0;
            strcpy(error->message, leat_strerror(LEAT_E_MEMORY));
            return LEAT_E_MEMORY;
        }
        code = leat_store_export(store, name, *state, size, cursor,
                                 LEAT_CURSOR_MAX, checkpoint, error);
    } while (code == LEAT_E_SIZE);
    return code;
}

PyObject *leatpy_store_export(leatpy_store *self, PyObject *argument)
{
    const char *name = leatpy_name(argument, "name");
    void *state = NULL, *cursor = malloc(LEAT_CURSOR_MAX);
    PyObject *result = NULL;
    if (cursor == NULL) {
        return PyErr_NoMemory();
    }
    if (name != NULL && leatpy_begin_store_call(self) == 0) {
        leat_checkpoint checkpoint;
        leat_error error;
        int code;
        LEATPY_STORE_CALL(self, code,
                          copy_out(self->store, name, &state, cursor,
                                   &checkpoint, &error));
        if (code < 0) {
            leatpy_raise(&error);
        } else if (leatpy_warn_of_fallback(code, name) == 0) {
            result = Py_BuildValue(
                "(y#N)", state, (Py_ssize_t)checkpoint.state_size,
                leatpy_checkpoint(&checkpoint, cursor, code));
        }
    }
    free(state);
    free(cursor);
    return result;
}

PyObject *leatpy_store_import(leatpy_store *self, PyObject *arguments,
                              PyObject *keywords)
{
    static char *names[] = { "name", "state", "cursor", "rewind", "replace",
                             NULL };
    PyObject *name_object, *result = NULL;
    Py_buffer state = { 0 };
    leatpy_save_options options = { 0 };
    const char *name;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "Oy*|y*$pp:import_",
                                     names, &name_object, &state,
                                     &options.cursor, &options.rewind,
                                     &options.replace)) {
        return NULL;
    }
    if ((name = leatpy_name(name_object, "name")) != NULL &&
        leatpy_begin_store_call(self) == 0) {
        leat_error error;
        int code;
        LEATPY_STORE_CALL(self, code,
                          leat_store_import(self->store, name, state.buf,
                                            (size_t)state.len,
                                            options.cursor.buf,
                                            (size_t)options.cursor.len,
                                            leatpy_save_flags(&options),
                                            &error));
        result = leatpy_outcome(code, &error);
    }
    PyBuffer_Release(&state);
    PyBuffer_Release(&options.cursor);
    return result;
}
