/* SPDX-License-Identifier: MIT
 *
 * sqlite.c: let stores use the SQLite of Python's own module sqlite3.
 *
 * Two SQLites in one process break each other's locks: when one of them closes
 * a file, the system drops the locks that the other has on it. So this module
 * brings no SQLite. It is linked to none either, as nobody knows at that time
 * which one Python will have: a shared library of the system, one of conda's,
 * or one inside the Python that runs.
 *
 * Instead, each function of SQLite is a jump here, through a pointer that is
 * found when the first store is opened: in what Python's _sqlite3 is linked to,
 * else in the process. Then a check: an extension that is registered through
 * these pointers must be called when Python opens a connection. This holds only
 * if both are the same SQLite.
 */
#include "sqlite.h"

#include <dlfcn.h>

#include "sqlite_names.h"

/* The pointers. Only the jumps name them, which the compiler doesn't see. */
#define POINTER(name)                                                          \
    __attribute__((visibility("hidden"), used)) void *leatpy_##name;
LEATPY_SQLITE_NAMES(POINTER)

#if defined(__x86_64__)
#define JUMP(name) "endbr64\n jmp *leatpy_" #name "(%rip)\n"
#elif defined(__aarch64__)
#define JUMP(name)                                                             \
    "hint #34\n adrp x16, leatpy_" #name "\n"                                  \
    " ldr x16, [x16, :lo12:leatpy_" #name "]\n br x16\n"
#else
#error "no jump for this processor"
#endif

#define FUNCTION(name)                                                         \
    __asm__(".pushsection .text\n .globl " #name "\n .hidden " #name "\n"      \
            " .type " #name ", %function\n" #name ":\n " JUMP(name)            \
            " .size " #name ", .-" #name "\n .popsection\n");
LEATPY_SQLITE_NAMES(FUNCTION)

/* ------------------------------------------------------------------------ *
 * Find
 * ------------------------------------------------------------------------ */

#define ENTRY(name) { #name, &leatpy_##name },
static const struct {
    const char *name;
    void **pointer;
} entries[] = { LEATPY_SQLITE_NAMES(ENTRY) };

enum { COUNT = sizeof entries / sizeof entries[0] };

/* Point all jumps to what a library and its dependencies have. Return the name
 * of a function that is missing, or NULL. */
static const char *find_in(void *library)
{
    for (int i = 0; i < COUNT; i++) {
        *entries[i].pointer = dlsym(library, entries[i].name);
        if (*entries[i].pointer == NULL) {
            return entries[i].name;
        }
    }
    return NULL;
}

/* ------------------------------------------------------------------------ *
 * Check
 * ------------------------------------------------------------------------ */

int sqlite3_auto_extension(void (*entry)(void));
int sqlite3_cancel_auto_extension(void (*entry)(void));

static int connections;

static void count_connection(void)
{
    connections++;
}

/* Whether a connection of Python's is one of the SQLite that was found. Return
 * -1 with an exception set. */
static int is_pythons(PyObject *module)
{
    connections = 0;
    sqlite3_auto_extension(count_connection);
    PyObject *connection =
        PyObject_CallMethod(module, "connect", "s", ":memory:");
    sqlite3_cancel_auto_extension(count_connection);
    PyObject *closed =
        connection == NULL ? NULL
                           : PyObject_CallMethod(connection, "close", NULL);
    Py_XDECREF(connection);
    Py_XDECREF(closed);
    return closed == NULL ? -1 : connections > 0;
}

/* ------------------------------------------------------------------------ *
 * Bind
 * ------------------------------------------------------------------------ */

/* Whether a library has the SQLite of Python's, or -1. *missing is the name of
 * a function that it hasn't. */
static int try_library(void *library, PyObject *module, const char **missing)
{
    *missing = find_in(library);
    return *missing == NULL ? is_pythons(module) : 0;
}

/* The loaded file of _sqlite3, or NULL when it is built into Python. */
static void *loaded_file(PyObject *module)
{
    void *library = NULL;
    PyObject *file = PyObject_GetAttrString(module, "__file__");
    PyObject *path = NULL;
    if (file != NULL && PyUnicode_FSConverter(file, &path)) {
        library = dlopen(PyBytes_AsString(path), RTLD_LAZY | RTLD_NOLOAD);
    }
    Py_XDECREF(path);
    Py_XDECREF(file);
    PyErr_Clear();
    return library;
}

int leatpy_bind_sqlite(void)
{
    static int bound;
    if (bound) {
        return 0;
    }
    PyObject *module = PyImport_ImportModule("_sqlite3");
    if (module == NULL) {
        return -1;
    }
    const char *missing = NULL, *ignored;
    void *library = loaded_file(module);
    int found = library == NULL ? 0 : try_library(library, module, &missing);
    if (library != NULL && found <= 0) {
        dlclose(library);
    }
    if (found == 0) {
        found = try_library(RTLD_DEFAULT, module, &ignored);
    }
    Py_DECREF(module);
    bound = found == 1;
    if (found == 0) {
        PyErr_Format(PyExc_ImportError,
                     "a store needs the SQLite of Python's module sqlite3, "
                     "which %s%s; models and streams work without it",
                     missing == NULL ? "is hidden inside this Python"
                                     : "is older than 3.37: it has no ",
                     missing == NULL ? "" : missing);
    }
    return found == 1 ? 0 : -1;
}
