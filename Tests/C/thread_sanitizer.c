/* SPDX-License-Identifier: MIT
 * Linked into what gcc builds for ThreadSanitizer with a store's library that
 * Swift's compiler built for it: what that calls and gcc's runtime doesn't
 * have, and what the core, which isn't built for it, reads of a stream when
 * the store asks for its state. Compile with -fno-builtin, and link with
 * -Wl,--wrap=leat_stream_save. */
#include "leat.h"

#include <string.h>

void *__tsan_memcpy(void *to, const void *from, size_t size);
void *__tsan_memmove(void *to, const void *from, size_t size);
void *__tsan_memset(void *block, int byte, size_t size);
int __real_leat_stream_save(const leat_stream *stream, void *buffer,
                            size_t size, leat_error *error);
int __wrap_leat_stream_save(const leat_stream *stream, void *buffer,
                            size_t size, leat_error *error);

void *__tsan_memcpy(void *to, const void *from, size_t size)
{
    return memcpy(to, from, size);
}

void *__tsan_memmove(void *to, const void *from, size_t size)
{
    return memmove(to, from, size);
}

void *__tsan_memset(void *block, int byte, size_t size)
{
    return memset(block, byte, size);
}

int __wrap_leat_stream_save(const leat_stream *stream, void *buffer,
                            size_t size, leat_error *error)
{
    const volatile unsigned char *bytes =
        (const volatile unsigned char *)stream;
    size_t i, count = leat_stream_size(leat_stream_model(stream));
    for (i = 0; i < count; i++)
        (void)bytes[i];
    return __real_leat_stream_save(stream, buffer, size, error);
}
