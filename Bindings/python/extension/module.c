/* SPDX-License-Identifier: MIT
 *
 * module.c: the module leat._leat.
 *
 * Its types and the classes it raises are the process's, so it has one
 * interpreter: another with its own GIL can't import it.
 */
#include "leatpy.h"

#include <pthread.h>
#include <string.h>

unsigned leatpy_process = 1;

static void count_child(void)
{
    leatpy_process++;
}

PyTypeObject *leatpy_add_type(PyObject *module, const leatpy_type *type)
{
    PyType_Slot slots[] = {
        { Py_tp_doc, (void *)(uintptr_t)type->text },
        { Py_tp_dealloc, (void *)(uintptr_t)type->dealloc },
        { Py_tp_methods, type->methods },
        { Py_tp_getset, type->properties },
        { 0, NULL }, /* for the next three */
        { 0, NULL },
        { 0, NULL },
        { 0, NULL }
    };
    PyType_Slot *next = &slots[4];
    if (type->init != NULL) {
        *next++ = (PyType_Slot){ Py_tp_init, (void *)(uintptr_t)type->init };
    }
    if (type->traverse != NULL) {
        *next++ = (PyType_Slot){ Py_tp_traverse,
                                 (void *)(uintptr_t)type->traverse };
    }
    if (type->repr != NULL) {
        *next = (PyType_Slot){ Py_tp_repr, (void *)(uintptr_t)type->repr };
    }
    unsigned flags = type->init != NULL
                         ? Py_TPFLAGS_BASETYPE
                         : Py_TPFLAGS_DISALLOW_INSTANTIATION |
                               Py_TPFLAGS_IMMUTABLETYPE;
    if (type->traverse != NULL) {
        flags |= Py_TPFLAGS_HAVE_GC;
    }
    PyType_Spec spec = { type->name, (int)type->size, 0,
                         (unsigned)Py_TPFLAGS_DEFAULT | flags, slots };
    PyObject *made = PyType_FromModuleAndSpec(module, &spec, NULL);
    const char *name = strrchr(type->name, '.') + 1;
    if (made != NULL && PyModule_AddObjectRef(module, name, made) != 0) {
        Py_CLEAR(made);
    }
    return (PyTypeObject *)made;
}

void leatpy_free(void *self)
{
    PyTypeObject *type = Py_TYPE((PyObject *)self);
    freefunc release;
    void *slot = PyType_GetSlot(type, Py_tp_free);
    memcpy(&release, &slot, sizeof release);
    release(self);
    Py_DECREF(type);
}

PyObject *leatpy_refuse_pickle(const char *type, const char *instead)
{
    PyErr_Format(PyExc_TypeError, "a leat.%s can't be pickled: %s", type,
                 instead);
    return NULL;
}

static PyObject *state_info(PyObject *module, PyObject *argument)
{
    (void)module;
    Py_buffer state;
    if (PyObject_GetBuffer(argument, &state, PyBUF_SIMPLE) != 0) {
        return NULL;
    }
    leat_state_info_t info;
    leat_error error;
    int code = leat_state_info(state.buf, (size_t)state.len, &info, &error);
    PyBuffer_Release(&state);
    if (code < 0) {
        return leatpy_raise(&error);
    }
    return leatpy_record("StateInfo", "(IIKy#II)", info.version,
                         info.recurrent_layers,
                         (unsigned long long)info.position, info.fingerprint,
                         (Py_ssize_t)sizeof info.fingerprint, info.window,
                         info.hop);
}

static PyObject *kernels(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    PyObject *list = PyList_New(0);
    const char *name;
    for (uint32_t i = 0;
         list != NULL && (name = leat_kernel_available(i)) != NULL; i++) {
        PyObject *text = PyUnicode_FromString(name);
        if (text == NULL || PyList_Append(list, text) != 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(text);
    }
    return list;
}

static PyMethodDef methods[] = {
    LEATPY_METHOD("state_info", state_info, METH_O,
        "state_info(state, /)\n--\n\n"
        "Check a state and describe it, without its model."),
    LEATPY_METHOD("kernels", kernels, METH_NOARGS,
        "kernels()\n--\n\n"
        "Names of the kernels that this processor can run, the best first."),
    { NULL, NULL, 0, NULL }
};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "leat._leat",
    "Leat's libraries, as the classes of the package leat.", -1, methods,
    NULL, NULL, NULL, NULL
};

static int add_version(PyObject *module)
{
    uint32_t version = leat_version();
    PyObject *text = PyUnicode_FromFormat("%u.%u.%u", version / 10000,
                                          version / 100 % 100, version % 100);
    int code = text == NULL
                   ? -1 : PyModule_AddObjectRef(module, "__version__", text);
    Py_XDECREF(text);
    return code;
}

PyMODINIT_FUNC PyInit__leat(void)
{
    static int is_counting;
    if (!is_counting) {
        if (pthread_atfork(NULL, NULL, count_child) != 0) {
            return PyErr_NoMemory();
        }
        is_counting = 1;
    }
    PyObject *module = PyModule_Create(&definition);
    if (module != NULL &&
        (leatpy_import() != 0 || leatpy_import_arrays() != 0 ||
         add_version(module) != 0 || leatpy_add_model(module) != 0 ||
         leatpy_add_stream(module) != 0 || leatpy_add_batch(module) != 0 ||
         leatpy_add_store(module) != 0 ||
         leatpy_add_transaction(module) != 0 ||
         leatpy_add_autosave(module) != 0)) {
        Py_CLEAR(module);
    }
    return module;
}
