/* SPDX-License-Identifier: MIT
 *
 *     steps SHAPE leat|plain TIMES
 *
 * Steps one stream so many times, Leat's or that of plain C, and prints the last
 * output. count_arm64.sh counts the instructions. */
#include "plain_step.h"
#include "streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int count, char **arguments)
{
    size_t times = count == 4 ? strtoul(arguments[3], NULL, 10) : 0, i, s = 0;
    struct network network;
    struct stream leat;
    struct plain plain;
    while (count == 4 && s < SHAPES && strcmp(shapes[s].name, arguments[1]) != 0)
        s++;
    if (count != 4 || s == SHAPES) {
        fprintf(stderr, "usage: steps A|B|C|D|E|F leat|plain TIMES\n");
        return 2;
    }
    network_make(&network, &shapes[s]);
    stream_make(&leat, &network, FORMAT_F32);
    plain_make(&plain, &network);
    if (strcmp(arguments[2], "leat") == 0)
        step_stream(&leat, times);
    else
        for (i = 0; i < times; i++)
            plain_step(&plain,
                       next_input(leat.inputs, &leat.at, leat.shape.inputs),
                       &leat.output);
    printf("%.6g\n", (double)leat.output);
    return 0;
}
