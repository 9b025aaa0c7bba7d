/* SPDX-License-Identifier: MIT
 *
 * stream.h: the two files of leat.Stream: stream.c steps, stream_state.c gets,
 * sets and copies the state.
 */
#ifndef LEATPY_STREAM_H
#define LEATPY_STREAM_H

#include "leatpy.h"

/* Return -1 with an exception when a call is using the stream. */
int leatpy_check_idle(const leatpy_stream *self);

/* A property's value is NULL when it is deleted: refuse that. */
int leatpy_refuse_delete(PyObject *value, const char *property);

PyObject *leatpy_stream_state(leatpy_stream *self, PyObject *unused);
PyObject *leatpy_stream_load(leatpy_stream *self, PyObject *argument);
PyObject *leatpy_stream_copy(leatpy_stream *self, PyObject *unused);
PyObject *leatpy_stream_get_state(leatpy_stream *self, PyObject *argument);
PyObject *leatpy_stream_set_state(leatpy_stream *self, PyObject *arguments,
                                  PyObject *keywords);
PyObject *leatpy_stream_refuse_pickle(PyObject *self, PyObject *unused);
PyObject *leatpy_stream_get_h_n(leatpy_stream *self, void *unused);
PyObject *leatpy_stream_get_c_n(leatpy_stream *self, void *unused);
int leatpy_stream_set_h_n(leatpy_stream *self, PyObject *value, void *unused);
int leatpy_stream_set_c_n(leatpy_stream *self, PyObject *value, void *unused);

#define LEATPY_STATE_METHODS                                                   \
    LEATPY_METHOD("state", leatpy_stream_state, METH_NOARGS,                   \
        "state($self, /)\n--\n\n"                                              \
        "The stream as bytes, the same on every machine: position, h and c,\n" \
        "the model's fingerprint and a checksum."),                            \
    LEATPY_METHOD("load", leatpy_stream_load, METH_O,                          \
        "load($self, state, /)\n--\n\n"                                        \
        "Set the stream to what state() returned."),                           \
    LEATPY_METHOD("copy", leatpy_stream_copy, METH_NOARGS,                     \
        "copy($self, /)\n--\n\n"                                               \
        "Make an independent stream that continues from here."),               \
    LEATPY_METHOD("__copy__", leatpy_stream_copy, METH_NOARGS,                 \
        "__copy__($self, /)\n--\n\nAs copy()."),                               \
    LEATPY_METHOD("__deepcopy__", leatpy_stream_copy, METH_O,                  \
        "__deepcopy__($self, memo, /)\n--\n\nAs copy()."),                     \
    LEATPY_METHOD("get_state", leatpy_stream_get_state, METH_O,                \
        "get_state($self, layer, /)\n--\n\n"                                   \
        "h and c of one recurrent layer, counted from 0 at the input: float32\n" \
        "(output_size,) and (hidden_size,) of its leat.Layer. c is None if the\n" \
        "layer has none."),                                                    \
    LEATPY_METHOD("set_state", leatpy_stream_set_state, LEATPY_KEYWORDS,       \
        "set_state($self, layer, /, h=None, c=None)\n--\n\n"                   \
        "Set h, c or both of one recurrent layer. The position stays."),       \
    LEATPY_METHOD("__reduce__", leatpy_stream_refuse_pickle, METH_NOARGS,      \
        "__reduce__($self, /)\n--\n\nRaise TypeError: pickle state().")

#define LEATPY_STATE_PROPERTIES                                                \
    { "h_n", (getter)leatpy_stream_get_h_n, (setter)leatpy_stream_set_h_n,     \
      "PyTorch's h_n without its batch: float32 (recurrent layers, size of h).\n" \
      "ValueError when the layers have different sizes: see get_state().",     \
      NULL },                                                                  \
    { "c_n", (getter)leatpy_stream_get_c_n, (setter)leatpy_stream_set_c_n,     \
      "PyTorch's c_n without its batch: float32 (LSTM layers, hidden_size).\n" \
      "None when no layer has a c.",                                           \
      NULL }

#endif
