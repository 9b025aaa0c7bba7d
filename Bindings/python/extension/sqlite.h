/* SPDX-License-Identifier: MIT
 *
 * sqlite.h: sqlite.c's one function.
 */
#ifndef LEATPY_SQLITE_H
#define LEATPY_SQLITE_H

#include "leatpy.h"

/* Bind the store's library to the SQLite of Python's module sqlite3, once.
 * Return -1 with ImportError when it can't be reached. */
int leatpy_bind_sqlite(void);

#endif
