/* SPDX-License-Identifier: MIT
 *
 * autosave.h: the two files of leat._leat.Autosave: autosave.c starts, waits
 * and stops; autosave_offer.c takes streams.
 */
#ifndef LEATPY_AUTOSAVE_H
#define LEATPY_AUTOSAVE_H

#include "leatpy.h"
#include "store.h"

typedef struct leatpy_autosave {
    PyObject_HEAD
    leat_autosave *autosave; /* NULL before it starts and after it stops */
    leatpy_store *store;
    PyObject *models;       /* a set of all that the library may read */
    leatpy_model *newest;   /* the one that was added last */
    uint32_t slots;
    /* Of each slot the number of the call that removes it, or 0. The library
     * gives a slot back before that call has the GIL again; if it is taken
     * anew meanwhile, leatpy_take_slot() makes the number 0, and the call
     * leaves it so. */
    uint32_t *removing;
    uint32_t removals; /* so many have begun */
    unsigned calls;    /* that have let the GIL go */
    unsigned process;  /* leatpy_process of these calls */
    int stopping;
} leatpy_autosave;

/* Return -1 with an exception when it is stopped or being stopped, or when a
 * thread removes the slot. */
int leatpy_check_autosave(leatpy_autosave *self);
int leatpy_check_slot(leatpy_autosave *self, uint32_t slot);

/* Return the number of a slot that the library gave, as Python's. */
PyObject *leatpy_take_slot(leatpy_autosave *self, uint32_t slot);

PyObject *leatpy_autosave_add(leatpy_autosave *self, PyObject *argument);
PyObject *leatpy_autosave_add_group(leatpy_autosave *self, PyObject *arguments);
PyObject *leatpy_autosave_offer(leatpy_autosave *self, PyObject *arguments,
                                PyObject *keywords);
PyObject *leatpy_autosave_offer_group(leatpy_autosave *self,
                                      PyObject *arguments, PyObject *keywords);

#endif
