#!/bin/sh
# SPDX-License-Identifier: MIT
# Carry one store from this machine through other processors and back. Each goes on where the one
# before was killed; at the end all outputs have the hash of a run that was never interrupted.
# usage: Tests/Emulated/carry.sh TARGET ...
cd "$(dirname "$0")/../.." || exit 1
. Tests/checks.sh
vectors='head projection-head gru-kept rnn-relu-17 int8-head onnx-clip-17 bf16-projection
    batch-norm-7 sum-17 faint-heads'
models=
for vector in $vectors; do models="$models Tests/Vectors/$vector/model.safetensors"; done
samples=150

build() { # target
    CROSS=$1
    . Tests/Emulated/target.sh
    mkdir -p "$made/tests"
    $cc -std=c99 -O1 -Wall -Wextra -Wpedantic -Wconversion -Werror -IInclude -ITests/C \
        Tests/Emulated/carry.c -o "$made/tests/carry" -L"$made" '-Wl,-rpath,$ORIGIN/..' \
        -lleat_store -lleat $sqlite -lm
}

go_on() { # target store samples
    (
        CROSS=$1
        . Tests/Emulated/target.sh
        timeout 120 $emulator "$made/tests/carry" "$2" "$3" $models
    ) >"$work/last"
}

stations=0
for target in '' "$@"; do
    expect "a program for ${target:-this machine}" build "$target"
    expect "${target:-this machine}: $samples samples more" go_on "$target" "$work/carried" $samples
    echo "${target:-this machine}: $(cat "$work/last")"
    stations=$((stations + 1))
done
expect "back on this machine" go_on '' "$work/carried" $samples
carried=$(cat "$work/last")
expect "a whole run" go_on '' "$work/whole" $((samples * (stations + 1)))
whole=$(cat "$work/last")
expect "the outputs have one hash: '$carried', expected '$whole'" [ "$carried" = "$whole" ]
expect "there is a hash" grep -q 'hash [0-9a-f]\{16\}$' "$work/last"
finish
