/* SPDX-License-Identifier: MIT
 *
 * model.c: leat.Model.
 */
#include "leatpy.h"

#include <stdlib.h>
#include <string.h>

PyTypeObject *leatpy_model_type;

/* Wrap a model, and take it over with its memory also when this fails. */
static PyObject *wrap(const leat_model *model, void *memory)
{
    leatpy_model *self =
        (leatpy_model *)PyType_GenericAlloc(leatpy_model_type, 0);
    if (self == NULL) {
        leat_model_close(model);
        free(memory);
        return NULL;
    }
    self->model = model;
    self->memory = memory;
    leat_error error;
    if (leat_model_info(model, &self->info, &error) < 0) {
        Py_DECREF(self);
        return leatpy_raise(&error);
    }
    return (PyObject *)self;
}

static PyObject *open_file(PyObject *type, PyObject *argument)
{
    (void)type;
    PyObject *path;
    if (!PyUnicode_FSConverter(argument, &path)) {
        return NULL;
    }
    const char *name = PyBytes_AsString(path);
    const leat_model *model;
    leat_error error;
    int code;
    Py_BEGIN_ALLOW_THREADS
    code = leat_model_open(name, &model, &error);
    Py_END_ALLOW_THREADS
    Py_DECREF(path);
    return code < 0 ? leatpy_raise(&error) : wrap(model, NULL);
}

static int make(const Py_buffer *file, const leat_model **model, void **memory,
                leat_error *error)
{
    size_t size;
    int code =
        leat_model_measure(file->buf, (size_t)file->len, &size, error);
    if (code < 0) {
        return code;
    }
    if (posix_memalign(memory, LEAT_FAST_ALIGNMENT, size) != 0) {
        error->code = LEAT_E_MEMORY;
        error->sqlite_code = 0;
        strcpy(error->message, leat_strerror(LEAT_E_MEMORY));
        return LEAT_E_MEMORY;
    }
    code = leat_model_init(*memory, size, file->buf, (size_t)file->len, model,
                           error);
    if (code < 0) {
        free(*memory);
    }
    return code;
}

static PyObject *from_bytes(PyObject *type, PyObject *argument)
{
    (void)type;
    Py_buffer file;
    if (PyObject_GetBuffer(argument, &file, PyBUF_SIMPLE) != 0) {
        return NULL;
    }
    const leat_model *model;
    void *memory;
    leat_error error;
    int code;
    Py_BEGIN_ALLOW_THREADS
    code = make(&file, &model, &memory, &error);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&file);
    return code < 0 ? leatpy_raise(&error) : wrap(model, memory);
}

static void dealloc(leatpy_model *self)
{
    leat_model_close(self->model);
    free(self->memory);
    leatpy_free(self);
}

static PyObject *stream(leatpy_model *self, PyObject *arguments,
                        PyObject *keywords)
{
    static char *names[] = {"window", "hop", NULL};
    PyObject *window = Py_None, *hop = Py_None;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|OO:stream", names,
                                     &window, &hop)) {
        return NULL;
    }
    if (window == Py_None) {
        if (hop == Py_None) {
            return (PyObject *)leatpy_new_stream(self, 0, 0);
        }
        PyErr_SetString(PyExc_ValueError, "stream() has a hop but no window");
        return NULL;
    }
    uint32_t length, step = 1;
    if (leatpy_unsigned_32(window, "window", &length) != 0 ||
        (hop != Py_None && leatpy_unsigned_32(hop, "hop", &step) != 0)) {
        return NULL;
    }
    if (length == 0) {
        PyErr_SetString(PyExc_ValueError, "window is 0; expected at least 1");
        return NULL;
    }
    return (PyObject *)leatpy_new_stream(self, length, step);
}

static PyObject *load(leatpy_model *self, PyObject *argument)
{
    Py_buffer state;
    if (PyObject_GetBuffer(argument, &state, PyBUF_SIMPLE) != 0) {
        return NULL;
    }
    leat_state_info_t info;
    leat_error error;
    leatpy_stream *made = NULL;
    if (leat_state_info(state.buf, (size_t)state.len, &info, &error) < 0) {
        leatpy_raise(&error);
    } else {
        made = leatpy_new_stream(self, info.window, info.hop);
    }
    if (made != NULL && leat_stream_load(made->stream, state.buf,
                                         (size_t)state.len, &error) < 0) {
        Py_CLEAR(made);
        leatpy_raise(&error);
    }
    PyBuffer_Release(&state);
    return (PyObject *)made;
}

static PyObject *window_size(leatpy_model *self, PyObject *arguments)
{
    PyObject *window, *hop;
    uint32_t length, step;
    if (!PyArg_ParseTuple(arguments, "OO:window_size", &window, &hop) ||
        leatpy_unsigned_32(window, "window", &length) != 0 ||
        leatpy_unsigned_32(hop, "hop", &step) != 0) {
        return NULL;
    }
    return PyLong_FromSize_t(leat_window_size(self->model, length, step));
}

static PyObject *layer(const leat_layer_info_t *info)
{
    PyObject *recurrent = info->recurrent == LEAT_NOT_RECURRENT
                              ? Py_NewRef(Py_None)
                              : PyLong_FromUnsignedLong(info->recurrent);
    return leatpy_record("Layer", "(IIIINIIIIIII)", info->kind,
                         info->input_size, info->output_size,
                         info->hidden_size, recurrent, info->activation,
                         info->weights, info->projection_weights, info->cell,
                         info->recurrent_activation, info->cell_activation,
                         info->output_activation);
}

static PyObject *get_layers(leatpy_model *self, void *unused)
{
    (void)unused;
    PyObject *layers = PyTuple_New((Py_ssize_t)self->info.layers);
    for (uint32_t i = 0; layers != NULL && i < self->info.layers; i++) {
        leat_layer_info_t info;
        leat_error error;
        PyObject *made = leat_model_layer(self->model, i, &info, &error) < 0
                             ? leatpy_raise(&error)
                             : layer(&info);
        if (made == NULL) {
            Py_CLEAR(layers);
        } else {
            PyTuple_SetItem(layers, (Py_ssize_t)i, made);
        }
    }
    return layers;
}

static PyObject *get_normalizer(leatpy_model *self, void *unused)
{
    (void)unused;
    Py_ssize_t size = (Py_ssize_t)self->info.input_size;
    Py_buffer mean, deviation;
    PyObject *first = leatpy_new_array("f", LEATPY_SAMPLE, size, &mean);
    if (first == NULL) {
        return NULL;
    }
    PyObject *second = leatpy_new_array("f", LEATPY_SAMPLE, size, &deviation);
    if (second == NULL) {
        PyBuffer_Release(&mean);
        Py_DECREF(first);
        return NULL;
    }
    leat_error error;
    int code = leat_model_normalizer(self->model, mean.buf, deviation.buf,
                                     &error);
    PyBuffer_Release(&mean);
    PyBuffer_Release(&deviation);
    PyObject *both = Py_BuildValue("(NN)", first, second);
    if (code < 0) {
        Py_CLEAR(both);
        leatpy_raise(&error);
    }
    return both;
}

static PyObject *get_fingerprint(leatpy_model *self, void *unused)
{
    (void)unused;
    return PyBytes_FromStringAndSize((const char *)self->info.fingerprint,
                                     sizeof self->info.fingerprint);
}

static PyObject *get_input_limit(leatpy_model *self, void *unused)
{
    (void)unused;
    return PyFloat_FromDouble((double)self->info.input_limit);
}

static PyObject *get_has_denormalizer(leatpy_model *self, void *unused)
{
    (void)unused;
    return PyBool_FromLong(self->info.has_denormalizer != 0);
}

#define GET_NUMBER(field)                                                      \
    static PyObject *get_##field(leatpy_model *self, void *unused)             \
    {                                                                          \
        (void)unused;                                                          \
        return PyLong_FromUnsignedLongLong(self->info.field);                  \
    }
GET_NUMBER(input_size)
GET_NUMBER(output_size)
GET_NUMBER(recurrent_layers)
GET_NUMBER(parameters)
GET_NUMBER(macs_per_step)
GET_NUMBER(model_size)
GET_NUMBER(stream_size)
GET_NUMBER(state_size)

static PyObject *repr(leatpy_model *self)
{
    return PyUnicode_FromFormat("<leat.Model %u -> %u, %llu parameters>",
                                self->info.input_size, self->info.output_size,
                                (unsigned long long)self->info.parameters);
}

static PyObject *reduce(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return leatpy_refuse_pickle(
        "Model", "send its file's path or bytes, and open it there");
}

static PyObject *copy(PyObject *self, PyObject *unused)
{
    (void)unused;
    return Py_NewRef(self);
}

static PyMethodDef methods[] = {
    LEATPY_METHOD("open", open_file, METH_O | METH_CLASS,
        "open($type, path, /)\n--\n\n"
        "Read a model file: what PyTorch's safetensors.torch.save_file() wrote."),
    LEATPY_METHOD("from_bytes", from_bytes, METH_O | METH_CLASS,
        "from_bytes($type, file, /)\n--\n\n"
        "Make a model from the bytes of its file."),
    LEATPY_METHOD("stream", stream, LEATPY_KEYWORDS,
        "stream($self, /, window=None, hop=None)\n--\n\n"
        "Begin a stream at position 0.\n\n"
        "With a window of W samples and a hop of H (1 if not given), it puts\n"
        "out after W samples, and then after each H samples, what a stream that\n"
        "began with the last W samples would put out."),
    LEATPY_METHOD("load", load, METH_O,
        "load($self, state, /)\n--\n\n"
        "Begin a stream from what Stream.state() returned, on any machine."),
    LEATPY_METHOD("batch", leatpy_new_batch, METH_O,
        "batch($self, streams, /)\n--\n\n"
        "Make a batch of streams of this model, each of them once."),
    LEATPY_METHOD("window_size", window_size, METH_VARARGS,
        "window_size($self, window, hop, /)\n--\n\n"
        "Bytes of a windowed stream; 0 when no memory could hold it."),
    LEATPY_METHOD("__copy__", copy, METH_NOARGS,
        "__copy__($self, /)\n--\n\nThe model itself: it never changes."),
    LEATPY_METHOD("__deepcopy__", copy, METH_O,
        "__deepcopy__($self, memo, /)\n--\n\nThe model itself."),
    LEATPY_METHOD("__reduce__", reduce, METH_NOARGS,
        "__reduce__($self, /)\n--\n\nRaise TypeError."),
    { NULL, NULL, 0, NULL }
};

#define GET(name, text) { #name, (getter)get_##name, NULL, text, NULL }
static PyGetSetDef properties[] = {
    GET(input_size, "Floats in one sample."),
    GET(output_size, "Floats in one output."),
    GET(layers, "The list of layers: a tuple of leat.Layer."),
    GET(recurrent_layers, "How many layers have a state."),
    GET(parameters, "Weights and biases in the file."),
    GET(macs_per_step, "Multiply-accumulates of one step."),
    GET(model_size, "Bytes of the model."),
    GET(stream_size, "Bytes of one stream without windows."),
    GET(state_size, "Bytes of one state without windows."),
    GET(input_limit, "An input of larger magnitude is refused."),
    GET(fingerprint, "SHA-256 of architecture and weights: 32 bytes."),
    GET(has_denormalizer, "Whether outputs come in units."),
    GET(normalizer, "Mean and standard deviation, (input_size,) each, float32."),
    { NULL, NULL, NULL, NULL, NULL }
};

static const leatpy_type type = {
    .name = "leat.Model",
    .text = "A trained network: read-only, shared by its streams "
            "and by all threads.",
    .size = sizeof(leatpy_model),
    .dealloc = (destructor)dealloc,
    .repr = (reprfunc)repr,
    .methods = methods,
    .properties = properties
};

int leatpy_add_model(PyObject *module)
{
    leatpy_model_type = leatpy_add_type(module, &type);
    return leatpy_model_type == NULL ? -1 : 0;
}
