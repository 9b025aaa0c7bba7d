#!/bin/sh
# SPDX-License-Identifier: MIT
# Compare counted instructions with those that are committed. Each must be within 1 %:
# a call that takes more has become slower, and one that takes fewer is to be recorded.
# usage: Benchmarks/check_instructions.sh COUNTED COMMITTED
exec awk '
    $1 == "compiler" { compiler[FILENAME] = $2; next }
    FILENAME == ARGV[1] { found[$1 " " $2] = $3; calls[$1 " " $2]; next }
    { expected[$1 " " $2] = $3; calls[$1 " " $2] }
    END {
        # Another compiler makes other code of the same source: its figures say nothing.
        if (compiler[ARGV[1]] != compiler[ARGV[2]]) {
            print "the library is of " compiler[ARGV[1]] ", the figures are of " compiler[ARGV[2]]
            failed++
            delete calls
        }
        for (call in calls) {
            if (!(call in found) || !(call in expected))
                change = 100
            else
                change = 100 * (found[call] / expected[call] - 1)
            if (change >= -1 && change <= 1) {
                passed++
                continue
            }
            printf "%s: %s instructions, expected %s", call, \
                call in found ? found[call] : "no", call in expected ? expected[call] : "no"
            printf call in found && call in expected ? " (%+.2f %%)\n" : "\n", change
            failed++
        }
        if (failed) print "If this is intended, write the figures again: make bench-check WRITE=1"
        printf "%d passed, %d failed\n", passed, failed
        exit failed > 0 || passed == 0
    }' "$1" "$2"
