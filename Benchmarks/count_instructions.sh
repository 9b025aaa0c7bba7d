#!/bin/sh
# SPDX-License-Identifier: MIT
# Print the instructions of a step, and of other calls, at the shapes A to D: a line
# "SHAPE FUNCTION NUMBER" for each, after a line with the compiler. callgrind counts
# them. It has no AVX-512, so the kernel is that of AVX2 on every machine.
# usage: Benchmarks/count_instructions.sh PROGRAM, which is build/bench/instructions
set -eu
program=$1
if [ "$(uname -m)" != x86_64 ] || ! grep -qw avx2 /proc/cpuinfo; then
    echo "the instructions of the kernel x86-64-v3 can only be counted on x86-64 with AVX2" >&2
    exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

echo "compiler $(swift --version 2>&1 | sed -n 's/.*(\(swift[^ ]*\)).*/\1/p' | head -n 1)"
for shape in A B C D; do
    if ! valgrind --tool=callgrind --callgrind-out-file="$work/out" "$program" $shape \
        >"$work/made" 2>"$work/said"; then
        cat "$work/said" >&2
        exit 1
    fi
    callgrind_annotate --inclusive=yes --threshold=100 "$work/out" >"$work/counts"
    while read -r function times; do
        sed -n "s/^ *\([0-9,]*\) .*:$function\( .*\)*$/\1/p" "$work/counts" | tr -d , |
            awk -v shape=$shape -v name=$function -v times="$times" '
                { instructions = $1 }
                END {
                    if (NR != 1) { print shape, name ": counted " NR " times" >"/dev/stderr"; exit 1 }
                    printf "%s %s %.0f\n", shape, name, instructions / times
                }'
    done <"$work/made"
done
