/* SPDX-License-Identifier: MIT
 *
 * stream_state.c: leat.Stream's state as bytes, as arrays, and its copy.
 *
 * A setter of several layers keeps a copy of the stream's block and puts it
 * back when a layer is refused, so that the stream is changed whole or not.
 */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

int leatpy_refuse_delete(PyObject *value, const char *property)
{
    if (value != NULL) {
        return 0;
    }
    PyErr_Format(PyExc_AttributeError, "%s can't be deleted", property);
    return -1;
}

PyObject *leatpy_stream_state(leatpy_stream *self, PyObject *unused)
{
    (void)unused;
    if (leatpy_check_idle(self) != 0) {
        return NULL;
    }
    size_t size = leat_stream_state_size(self->stream);
    PyObject *state = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size);
    leat_error error;
    if (state != NULL && leat_stream_save(self->stream,
                                          PyBytes_AsString(state), size,
                                          &error) < 0) {
        Py_DECREF(state);
        return leatpy_raise(&error);
    }
    return state;
}

PyObject *leatpy_stream_load(leatpy_stream *self, PyObject *argument)
{
    Py_buffer state;
    leat_error error;
    if (PyObject_GetBuffer(argument, &state, PyBUF_SIMPLE) != 0) {
        return NULL;
    }
    int code = -1;
    int idle = leatpy_check_idle(self) == 0;
    if (idle) {
        code = leat_stream_load(self->stream, state.buf, (size_t)state.len,
                                &error);
    }
    PyBuffer_Release(&state);
    if (!idle) {
        return NULL;
    }
    return code < 0 ? leatpy_raise(&error) : Py_NewRef(Py_None);
}

PyObject *leatpy_stream_copy(leatpy_stream *self, PyObject *unused)
{
    (void)unused;
    if (leatpy_check_idle(self) != 0) {
        return NULL;
    }
    leatpy_stream *copy =
        leatpy_new_stream(self->model, self->window, self->hop);
    if (copy != NULL) {
        memcpy(copy->stream, self->stream,
               leat_stream_block_size(self->stream));
    }
    return (PyObject *)copy;
}

PyObject *leatpy_stream_refuse_pickle(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return leatpy_refuse_pickle(
        "Stream", "pickle its state(), and Model.load() it there");
}

/* ------------------------------------------------------------------------ *
 * h and c of one layer
 * ------------------------------------------------------------------------ */

/* Describe a recurrent layer by its number. Return -1 if there is none. */
static int find(const leatpy_model *model, uint32_t recurrent,
                leat_layer_info_t *info)
{
    for (uint32_t i = 0; i < model->info.layers; i++) {
        leat_error error;
        if (leat_model_layer(model->model, i, info, &error) < 0) {
            leatpy_raise(&error);
            return -1;
        }
        if (info->recurrent == recurrent) {
            return 0;
        }
    }
    PyErr_Format(PyExc_IndexError, "layer is %u; the model has %u recurrent "
                                   "layers", recurrent,
                 model->info.recurrent_layers);
    return -1;
}

static int has_c(const leat_layer_info_t *info)
{
    return info->kind == LEAT_LAYER_LSTM;
}

PyObject *leatpy_stream_get_state(leatpy_stream *self, PyObject *argument)
{
    uint32_t layer;
    leat_layer_info_t info;
    if (leatpy_unsigned_32(argument, "layer", &layer) != 0 ||
        find(self->model, layer, &info) != 0) {
        return NULL;
    }
    Py_buffer h, c;
    PyObject *first = leatpy_new_array("f", LEATPY_SAMPLE,
                                       (Py_ssize_t)info.output_size, &h);
    PyObject *second =
        first == NULL ? NULL
        : has_c(&info) ? leatpy_new_array("f", LEATPY_SAMPLE,
                                          (Py_ssize_t)info.hidden_size, &c)
                       : Py_NewRef(Py_None);
    leat_error error;
    int code = 0;
    int ready = second != NULL && leatpy_check_idle(self) == 0;
    if (ready) {
        code = leat_stream_get_state(self->stream, layer, h.buf,
                                     has_c(&info) ? c.buf : NULL, &error);
    }
    if (first != NULL) {
        PyBuffer_Release(&h);
    }
    if (second != NULL && second != Py_None) {
        PyBuffer_Release(&c);
    }
    if (!ready || code < 0) {
        Py_XDECREF(first);
        Py_XDECREF(second);
        return ready ? leatpy_raise(&error) : NULL;
    }
    return Py_BuildValue("(NN)", first, second);
}

PyObject *leatpy_stream_set_state(leatpy_stream *self, PyObject *arguments,
                                  PyObject *keywords)
{
    static char *names[] = { "", "h", "c", NULL };
    PyObject *number, *h = Py_None, *c = Py_None;
    uint32_t layer;
    leat_layer_info_t info;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O|OO:set_state",
                                     names, &number, &h, &c) ||
        leatpy_unsigned_32(number, "layer", &layer) != 0 ||
        find(self->model, layer, &info) != 0) {
        return NULL;
    }
    if (c != Py_None && !has_c(&info)) {
        PyErr_Format(PyExc_ValueError, "layer %u has no c", layer);
        return NULL;
    }
    Py_buffer first = { 0 }, second = { 0 };
    leat_error error;
    PyObject *result = NULL;
    if ((h == Py_None || leatpy_floats(h, "h", LEATPY_SAMPLE,
                                       (Py_ssize_t)info.output_size, 0,
                                       &first) == 0) &&
        (c == Py_None || leatpy_floats(c, "c", LEATPY_SAMPLE,
                                       (Py_ssize_t)info.hidden_size, 0,
                                       &second) == 0) &&
        leatpy_check_idle(self) == 0) {
        result = leat_stream_set_state(self->stream, layer, first.buf,
                                       second.buf, &error) < 0
                     ? leatpy_raise(&error)
                     : Py_NewRef(Py_None);
    }
    PyBuffer_Release(&first);
    PyBuffer_Release(&second);
    return result;
}

/* ------------------------------------------------------------------------ *
 * h_n and c_n
 * ------------------------------------------------------------------------ */

/* One of the two: which layers are in it, and their size. */
typedef struct {
    int is_c;
    uint32_t layers; /* in it */
    uint32_t size;   /* of each */
} stack;

/* Describe layer `recurrent` for a stack. Return its size, 0 if it isn't in
 * the stack, -1 with an exception set. */
static int64_t member(const leatpy_stream *self, const stack *stack,
                      uint32_t recurrent)
{
    leat_layer_info_t info;
    if (find(self->model, recurrent, &info) != 0) {
        return -1;
    }
    return !stack->is_c ? info.output_size
           : has_c(&info) ? info.hidden_size : 0;
}

static int measure(const leatpy_stream *self, int is_c, stack *stack)
{
    stack->is_c = is_c;
    stack->layers = stack->size = 0;
    for (uint32_t i = 0; i < self->model->info.recurrent_layers; i++) {
        int64_t size = member(self, stack, i);
        if (size < 0) {
            return -1;
        }
        if (size == 0) {
            continue;
        }
        if (stack->layers != 0 && stack->size != (uint32_t)size) {
            PyErr_Format(PyExc_ValueError,
                         "%s has no rectangular shape: the layers' sizes are "
                         "%u and %u; use get_state() and set_state()",
                         is_c ? "c_n" : "h_n", stack->size, (uint32_t)size);
            return -1;
        }
        stack->size = (uint32_t)size;
        stack->layers++;
    }
    return 0;
}

static PyObject *get(leatpy_stream *self, int is_c)
{
    stack stack;
    if (measure(self, is_c, &stack) != 0) {
        return NULL;
    }
    if (stack.layers == 0) {
        return Py_NewRef(Py_None);
    }
    Py_buffer view;
    PyObject *array = leatpy_new_array("f", (Py_ssize_t)stack.layers,
                                       (Py_ssize_t)stack.size, &view);
    if (array == NULL) {
        return NULL;
    }
    float *row = view.buf;
    leat_error error;
    /* Making an array may run Python code. */
    int code = 0, idle = leatpy_check_idle(self) == 0;
    for (uint32_t i = 0;
         idle && code >= 0 && i < self->model->info.recurrent_layers; i++) {
        int64_t size = member(self, &stack, i);
        if (size > 0) {
            code = leat_stream_get_state(self->stream, i, is_c ? NULL : row,
                                         is_c ? row : NULL, &error);
            row += size;
        }
    }
    PyBuffer_Release(&view);
    if (!idle || code < 0) {
        Py_DECREF(array);
        return idle ? leatpy_raise(&error) : NULL;
    }
    return array;
}

/* Set all layers, or none. */
static int set_rows(leatpy_stream *self, const stack *stack, const float *row,
                    leat_error *error)
{
    size_t block = leat_stream_block_size(self->stream);
    void *before = malloc(block);
    if (before == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(before, self->stream, block);
    int code = 0;
    for (uint32_t i = 0;
         code >= 0 && i < self->model->info.recurrent_layers; i++) {
        int64_t size = member(self, stack, i);
        if (size > 0) {
            code = leat_stream_set_state(
                self->stream, i, stack->is_c ? NULL : row,
                stack->is_c ? row : NULL, error);
            row += size;
        }
    }
    if (code < 0) {
        memcpy(self->stream, before, block);
        leatpy_raise(error);
    }
    free(before);
    return code < 0 ? -1 : 0;
}

static int set(leatpy_stream *self, int is_c, PyObject *value)
{
    const char *name = is_c ? "c_n" : "h_n";
    stack stack;
    Py_buffer view;
    leat_error error;
    if (leatpy_refuse_delete(value, name) != 0 ||
        measure(self, is_c, &stack) != 0) {
        return -1;
    }
    if (stack.layers == 0) {
        PyErr_Format(PyExc_ValueError, "no layer of the model has a %s",
                     is_c ? "c" : "h");
        return -1;
    }
    if (leatpy_floats(value, name, (Py_ssize_t)stack.layers,
                      (Py_ssize_t)stack.size, 0, &view) != 0) {
        return -1;
    }
    int outcome = leatpy_check_idle(self) == 0
                      ? set_rows(self, &stack, view.buf, &error) : -1;
    PyBuffer_Release(&view);
    return outcome;
}

PyObject *leatpy_stream_get_h_n(leatpy_stream *self, void *unused)
{
    (void)unused;
    return get(self, 0);
}

PyObject *leatpy_stream_get_c_n(leatpy_stream *self, void *unused)
{
    (void)unused;
    return get(self, 1);
}

int leatpy_stream_set_h_n(leatpy_stream *self, PyObject *value, void *unused)
{
    (void)unused;
    return set(self, 0, value);
}

int leatpy_stream_set_c_n(leatpy_stream *self, PyObject *value, void *unused)
{
    (void)unused;
    return set(self, 1, value);
}
