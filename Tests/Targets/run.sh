#!/bin/sh
# SPDX-License-Identifier: MIT
# The library, compiled for other processors from the same sources, gives the same bits there: build
# it for a target, run the vectors on it and on this machine, and compare the printed hashes. The
# last line has the totals.
# usage: Tests/Targets/run.sh TARGET ...    arm64, cortex-m4, cortex-m7, cortex-m33, cortex-m55
set -u
cd "$(dirname "$0")/../.."
define=-DLEAT_EVERY_KERNEL
. Tests/Targets/target.sh
. Tests/checks.sh
hashes=
warn='-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror'

build_and_run() {
    start=$(date +%s)
    compile_library &&
        Scripts/quietly "${tools}gcc" $warn -O2 $machine -IInclude -ITests/C -ITests/Targets \
            Tests/Targets/test_target.c build/targets/packed.c "$folder/leat.o" $link \
            -o "$folder/test_target" || return
    built=$(date +%s)
    timeout 900 $emulator "$folder/test_target" | tr -d '\r'
    echo "built in $((built - start)) s, ran for $(($(date +%s) - built)) s"
}

mkdir -p build/targets
gcc $warn -O1 -ITests/C Tests/Targets/pack.c -o build/targets/pack &&
    build/targets/pack Tests/Vectors Tests/Refused/models Tests/Accepted/models \
        >build/targets/packed.c || exit

# All in parallel: a Swift build keeps one core busy.
for name in x86-64 "$@"; do
    choose "$name"
    mkdir -p "$folder" && Scripts/setup $packages || exit
    build_and_run >"$folder/log" 2>&1 &
done
wait

# Add the counts of the programs; one that prints none has failed.
for name in x86-64 "$@"; do
    choose "$name"
    sed "s/^/$target: /" "$folder/log"
    add_counts 0 "$folder/log"
    hashes="$hashes$(sed -n 's/.*, \([^,]*: hash [0-9a-f]*\)$/\1/p' "$folder/log")
"
done

# One hash for all steps, and one for the first few.
hashes=$(echo "$hashes" | grep . | sort -u)
expect "two hashes" [ "$(echo "$hashes" | wc -l)" = 2 ]
expect "of the two kinds" [ "$(echo "$hashes" | sed 's/:.*//' | uniq | wc -l)" = 2 ]
finish
