/* SPDX-License-Identifier: MIT
 * A file's size and a time have 64 bits, on every system. On 32-bit Linux the C
 * library has both widths, and the narrow one by default: then stat() fails for
 * a file of 2 GB, such as a store, and times end in 2038. */
#ifndef LEAT_WIDE_TYPES_H
#define LEAT_WIDE_TYPES_H

#include <sys/types.h>
#include <time.h>

_Static_assert(sizeof(off_t) == 8,
               "off_t is narrow, compile with -D_FILE_OFFSET_BITS=64");
_Static_assert(sizeof(time_t) == 8,
               "time_t is narrow, compile with -D_FILE_OFFSET_BITS=64 "
               "-D_TIME_BITS=64");

#endif
