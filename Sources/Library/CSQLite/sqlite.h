/* SPDX-License-Identifier: MIT
 * SQLite's interface as Swift can import it. */
#ifndef LEAT_CSQLITE_H
#define LEAT_CSQLITE_H

#include <sqlite3.h>

/* Swift can't call variadic functions. This is sqlite3_db_config() for the
 * options that are on or off. */
static inline int leat_sqlite3_set_option(sqlite3 *database, int option, int on)
{
    return sqlite3_db_config(database, option, on, (int *)0);
}

/* The next functions are sqlite3_config() for the memory that SQLite uses. */
static inline int leat_sqlite3_set_malloc(sqlite3_mem_methods *methods)
{
    return sqlite3_config(SQLITE_CONFIG_MALLOC, methods);
}

static inline int leat_sqlite3_get_malloc(sqlite3_mem_methods *methods)
{
    return sqlite3_config(SQLITE_CONFIG_GETMALLOC, methods);
}

static inline int leat_sqlite3_set_page_cache(void *pages, int size, int count)
{
    return sqlite3_config(SQLITE_CONFIG_PAGECACHE, pages, size, count);
}

static inline int leat_sqlite3_get_page_overhead(int *size)
{
    return sqlite3_config(SQLITE_CONFIG_PCACHE_HDRSZ, size);
}

static inline int leat_sqlite3_set_statement_journal(int size)
{
    return sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, size);
}

static inline int leat_sqlite3_set_memory_status(int on)
{
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, on);
}

#endif
