/* SPDX-License-Identifier: MIT
 * Windowed streams for tests. */
#ifndef LEAT_TESTS_WINDOWS_H
#define LEAT_TESTS_WINDOWS_H

#include "kernels.h"

/* A new windowed stream in a block of exactly its size; free() the stream. */
static inline leat_stream *new_window(const leat_model *model, uint32_t window,
                                      uint32_t hop)
{
    leat_error error;
    leat_stream *stream = NULL;
    size_t size = leat_window_size(model, window, hop);
    if (!CHECK_CODE(leat_window_init(allocate(size), size, model, window, hop,
                                     &stream, &error), LEAT_OK, error))
        exit(check_report("leat_window_init"));
    set_kernel(stream);
    return stream;
}

/* Whether sample number `index`, counted from where the windows began, is the
 * last of a window. */
static inline int ends_window(uint64_t index, uint32_t window, uint32_t hop)
{
    return index + 1 >= window && (index + 1 - window) % hop == 0;
}

#endif
