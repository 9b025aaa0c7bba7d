#!/bin/sh
# SPDX-License-Identifier: MIT
# Instructions of a step on arm64, Leat's and those of plain C, counted under qemu: Leat's must
# not be more at any shape.
# usage: Benchmarks/count_arm64.sh LIBLEAT.a SHAPE ..., by make bench-arm64
set -u
cd "$(dirname "$0")/.." || exit 1
if [ $# -lt 2 ]; then
    sed -n 's/^# \(usage:.*\)/\1/p' "$0" >&2
    exit 2
fi
library=$1
shift
Scripts/setup aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu qemu-aarch64=qemu-user || exit
. Tests/checks.sh
warn='-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror -D_POSIX_C_SOURCE=200809L -IInclude'

compile() { # options of plain C, and where the program goes
    aarch64-linux-gnu-gcc $warn $1 -c -o "$work/plain.o" Benchmarks/plain_step.c &&
        aarch64-linux-gnu-gcc $warn -O2 -o "$work/$2" Benchmarks/steps.c Benchmarks/models.c \
            Benchmarks/model_files.c Benchmarks/streams.c "$work/plain.o" "$library" -lm
}
counted() { # program shape leat|plain times
    program=$1
    shift
    qemu-aarch64 -L /usr/aarch64-linux-gnu -plugin "$work/count.so" "$work/$program" "$@" \
        2>&1 >"$work/output" | sed -n 's/^\([0-9]*\) instructions$/\1/p'
}
# The work before the first step is in both counts. Prints nothing if one is missing.
per_step() { # program shape leat|plain
    few=$(counted "$@" 20) many=$(counted "$@" 60)
    [ -n "$few" ] && [ -n "$many" ] && echo $(((many - few) / 40))
}
fewer() { [ -n "$1" ] && [ "$1" -gt 0 ] && [ -n "$2" ] && [ "$1" -le "$2" ]; }

expect "the plugin" cc -std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror -O2 -fPIC -shared \
    -o "$work/count.so" Benchmarks/qemu_instructions.c
expect "plain C" compile -O3 plain
expect "plain C, with -ffast-math" compile '-O3 -ffast-math' fast
printf '%5s %12s %12s %24s\n' '' Leat 'plain C -O3' '-O3 -ffast-math'
for shape in "$@"; do
    leat=$(per_step plain "$shape" leat) plain=$(per_step plain "$shape" plain)
    fast=$(per_step fast "$shape" plain)
    printf '%5s %12s %12s %24s\n' "$shape" "$leat" "$plain" "$fast"
    expect "$shape: not above plain C" fewer "$leat" "$plain"
    expect "$shape: not above plain C with -ffast-math" fewer "$leat" "$fast"
done
finish
