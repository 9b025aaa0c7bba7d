/* SPDX-License-Identifier: MIT
 * core.c: a program that needs only the core. Prints the header's version and
 * the library's. */
#include <leat.h>
#include <stdio.h>

int main(void)
{
    printf("%d %u\n", LEAT_VERSION, (unsigned)leat_version());
    return leat_version() != LEAT_VERSION;
}
