/* SPDX-License-Identifier: MIT
 * SQLite's interface as Swift can import it. */
#ifndef LEAT_CSQLITE_H
#define LEAT_CSQLITE_H

#include <sqlite3.h>

/* sqlite3_db_config() is variadic: this is it for the options that are on or
 * off. */
static inline int leat_sqlite3_set_option(sqlite3 *database, int option, int on)
{
    return sqlite3_db_config(database, option, on, (int *)0);
}

#endif
