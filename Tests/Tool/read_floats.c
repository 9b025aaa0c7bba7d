/* SPDX-License-Identifier: MIT
 * read_floats.c: the numbers on standard input as float32, converted by strtof:
 * outputs that were written as text are compared with them, bit for bit. All
 * characters except digits, signs, points and "e" separate numbers.
 * usage: read_floats <TEXT >FLOATS */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char word[64];
    size_t length = 0;
    int byte;
    do {
        byte = getchar();
        if (byte > 0 && strchr("0123456789+-.e", byte) != NULL) {
            if (length + 1 == sizeof word)
                return 1;
            word[length++] = (char)byte;
        } else if (length > 0) {
            char *end;
            float value;
            word[length] = '\0';
            value = strtof(word, &end);
            if (*end != '\0' || fwrite(&value, sizeof value, 1, stdout) != 1)
                return 1;
            length = 0;
        }
    } while (byte != EOF);
    return fflush(stdout) != 0;
}
