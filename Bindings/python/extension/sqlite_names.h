/* SPDX-License-Identifier: MIT
 *
 * sqlite_names.h: the functions of SQLite that the store's library calls, and
 * the two that sqlite.c calls itself. A name that is missing here stays
 * undefined, and then the module can't be imported.
 */
#define LEATPY_SQLITE_NAMES(EACH)                                              \
    EACH(sqlite3_auto_extension)                                               \
    EACH(sqlite3_backup_finish)                                                \
    EACH(sqlite3_backup_init)                                                  \
    EACH(sqlite3_backup_pagecount)                                             \
    EACH(sqlite3_backup_remaining)                                             \
    EACH(sqlite3_backup_step)                                                  \
    EACH(sqlite3_bind_blob64)                                                  \
    EACH(sqlite3_bind_int64)                                                   \
    EACH(sqlite3_bind_text64)                                                  \
    EACH(sqlite3_busy_timeout)                                                 \
    EACH(sqlite3_cancel_auto_extension)                                        \
    EACH(sqlite3_changes64)                                                    \
    EACH(sqlite3_close)                                                        \
    EACH(sqlite3_column_blob)                                                  \
    EACH(sqlite3_column_bytes)                                                 \
    EACH(sqlite3_column_count)                                                 \
    EACH(sqlite3_column_int64)                                                 \
    EACH(sqlite3_column_text)                                                  \
    EACH(sqlite3_column_type)                                                  \
    EACH(sqlite3_config)                                                       \
    EACH(sqlite3_db_config)                                                    \
    EACH(sqlite3_db_filename)                                                  \
    EACH(sqlite3_db_readonly)                                                  \
    EACH(sqlite3_errcode)                                                      \
    EACH(sqlite3_errmsg)                                                       \
    EACH(sqlite3_errstr)                                                       \
    EACH(sqlite3_extended_errcode)                                             \
    EACH(sqlite3_extended_result_codes)                                        \
    EACH(sqlite3_file_control)                                                 \
    EACH(sqlite3_filename_wal)                                                 \
    EACH(sqlite3_finalize)                                                     \
    EACH(sqlite3_free)                                                         \
    EACH(sqlite3_get_autocommit)                                               \
    EACH(sqlite3_initialize)                                                   \
    EACH(sqlite3_last_insert_rowid)                                            \
    EACH(sqlite3_libversion)                                                   \
    EACH(sqlite3_libversion_number)                                            \
    EACH(sqlite3_malloc64)                                                     \
    EACH(sqlite3_memory_highwater)                                             \
    EACH(sqlite3_memory_used)                                                  \
    EACH(sqlite3_next_stmt)                                                    \
    EACH(sqlite3_open_v2)                                                      \
    EACH(sqlite3_prepare_v3)                                                   \
    EACH(sqlite3_randomness)                                                   \
    EACH(sqlite3_reset)                                                        \
    EACH(sqlite3_set_last_insert_rowid)                                        \
    EACH(sqlite3_shutdown)                                                     \
    EACH(sqlite3_soft_heap_limit64)                                            \
    EACH(sqlite3_step)                                                         \
    EACH(sqlite3_stmt_status)                                                  \
    EACH(sqlite3_system_errno)                                                 \
    EACH(sqlite3_threadsafe)                                                   \
    EACH(sqlite3_total_changes64)                                              \
    EACH(sqlite3_txn_state)                                                    \
    EACH(sqlite3_vfs_find)                                                     \
    EACH(sqlite3_wal_checkpoint_v2)
