/* SPDX-License-Identifier: MIT
 * The input is a model file. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    /* A file needs no alignment: those of odd size get none. */
    size_t shift = size % 2;
    uint8_t *file = (uint8_t *)allocate(size + shift);
    if (size > 0)
        memcpy(file + shift, bytes, size);
    file_must_be_safe(file + shift, size);
    free(file);
    return 0;
}
