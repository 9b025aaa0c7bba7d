#!/bin/sh
# SPDX-License-Identifier: MIT
# Run the fuzz targets on their corpora, against the shipped library, under ASan and UBSan. Needs no
# libFuzzer. The totals are on the last line.
# usage: Tests/Fuzz/run.sh
set -u
cd "$(dirname "$0")/../.."
out=build/tests/fuzz
warn='-Wall -Wextra -Wpedantic -Wconversion'
. Tests/checks.sh
mkdir -p $out

build() { # target
    gcc -std=c99 -O1 -g $warn -fsanitize=address,undefined -fno-sanitize-recover=all \
        -IInclude -ITests/C Tests/Fuzz/fuzz_$1.c Tests/Fuzz/replay.c -o $out/fuzz_$1 \
        -Lbuild '-Wl,-rpath,$ORIGIN/../..' -lleat_store -lleat -lsqlite3 -lm -pthread
}

for target in model metadata state store; do
    more=
    [ $target != model ] || more='Tests/Refused/models Tests/Accepted/models'
    start=$(date +%s)
    rm -f $out/fuzz_$target
    { build $target && timeout 900 $out/fuzz_$target Tests/Fuzz/corpus/$target $more; } \
        >"$work/output" 2>&1
    add_counts $? "$work/output"
    printf '%-9s %5s passed, %s failed, %s s\n' $target $good $bad \
        $(($(date +%s) - start))
    [ "$bad" -eq 0 ] || sed 's/^/    /' "$work/output"
done
finish
