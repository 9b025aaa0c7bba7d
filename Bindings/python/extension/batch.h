/* SPDX-License-Identifier: MIT
 *
 * batch.h: the two files of leat.Batch: batch.c makes, saves and loads,
 * batch_step.c steps.
 */
#ifndef LEATPY_BATCH_H
#define LEATPY_BATCH_H

#include "stream.h"

typedef struct leatpy_batch {
    PyObject_HEAD
    leatpy_model *model;
    Py_ssize_t count;
    leatpy_stream **members; /* with a reference to each */
    leat_stream **streams;   /* theirs, as the library takes them */
    int windowed;
} leatpy_batch;

/* Mark all streams as in use. Return -1 with an exception if one is. The second
 * function ends that. */
int leatpy_take_streams(leatpy_batch *self);
void leatpy_give_back_streams(leatpy_batch *self);

PyObject *leatpy_batch_step(leatpy_batch *self, PyObject *const *arguments,
                            Py_ssize_t count, PyObject *keywords);
PyObject *leatpy_batch_step_at(leatpy_batch *self, PyObject *const *arguments,
                               Py_ssize_t count, PyObject *keywords);

#endif
