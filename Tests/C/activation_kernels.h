/* SPDX-License-Identifier: MIT
 * The functions of activations of every kernel set, called directly: only the
 * static library has them. */
#ifndef LEAT_TESTS_ACTIVATION_KERNELS_H
#define LEAT_TESTS_ACTIVATION_KERNELS_H

#include "leat_kernels.h"

#include "kernels.h"

static const leat_kernels every_set[] = {
    LEAT_EACH_SET(LEAT_KERNELS_ALL) LEAT_KERNELS_END
};

/* The sets that this processor runs, best first. Asking it takes long. */
static inline const leat_kernels *sets_here(void)
{
    static const leat_kernels *sets;
    if (sets == NULL)
        sets = every_set + (sizeof every_set / sizeof *every_set - 1) -
               kernel_count();
    return sets;
}

/* One of a set's functions, which begins `offset` bytes after the first. */
static inline leat_activation_kernel *function_of(const leat_kernels *set,
                                                  size_t offset)
{
    leat_activation_kernel *function;
    memcpy(&function, (const char *)&set->function + offset, sizeof function);
    return function;
}

#define FUNCTION(name) offsetof(struct leat_activation_kernels, name)

/* The largest input: outputs of layers are at most twice FLT_MAX / 16. */
#define LARGEST_INPUT 0x1.fffffep124f

/* Whether an operation since clear_exceptions() had a NaN, infinite or
 * subnormal number. Only x86-64's flags tell all of these. */
#if defined(__x86_64__)
#include <xmmintrin.h>
static inline void clear_exceptions(void)
{
    _mm_setcsr(_mm_getcsr() & ~0x3fu);
}
static inline int raised_exceptions(void)
{
    return (_mm_getcsr() & 0x1f) != 0; /* all but inexact */
}
#else
static inline void clear_exceptions(void) {}
static inline int raised_exceptions(void) { return 0; }
#endif

/* Apply a function, and expect no exceptions. */
static inline void apply(leat_activation_kernel *function, float *values,
                         size_t count, const float *parameters)
{
    clear_exceptions();
    function(values, (ptrdiff_t)count, parameters);
    if (raised_exceptions())
        check_that(0, __FILE__, __LINE__,
                   "a NaN, infinite or subnormal number between %a and %a",
                   (double)values[0], (double)values[count - 1]);
}

#endif
