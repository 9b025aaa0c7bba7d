#!/bin/sh
# SPDX-License-Identifier: MIT
# Build the tests in which the store's disk and memory fail, run them in parallel, and print what
# each tried; the totals are on the last line.
# usage: Tests/Faults/run.sh [ROUNDS]   how often each fate of the writes before a
#                                       cut is drawn: 1
set -u
cd "$(dirname "$0")/../.."
. Tests/Emulated/target.sh
out=$made/tests/faults
model=$PWD/Tests/Vectors/head/model.safetensors
golden=$PWD/Tests/Golden/version-1-arithmetic-3
programs=$(cd Tests/Faults && ls test_faults_*.c | sed 's/\.c$//')
mkdir -p $out

run() { # program rounds
    $cc -std=c99 -O1 -g -Wall -Wextra -Wpedantic -Wconversion -Werror -IInclude -ITests/C \
        Tests/Faults/$1.c Tests/Faults/fault_*.c -o $out/$1 -L$made '-Wl,-rpath,$ORIGIN/../..' \
        -lleat_store -lleat $sqlite -lm -pthread || return
    timeout 3600 $emulator $out/$1 "$model" "$golden" "$2"
}

for program in $programs; do
    { run $program "${1-1}"; echo "ended with $?"; } >$out/$program.log 2>&1 &
done
wait

. Tests/checks.sh
cuts=0 faults=0
for program in $programs; do
    echo "$program"
    sed 's/^/    /' $out/$program.log
    tried=$(sed -n 's/^\([0-9]*\) cuts and \([0-9]*\) faults tried$/\1 \2/p' \
        $out/$program.log)
    [ -n "$tried" ] || tried='0 0'
    cuts=$((cuts + ${tried% *})) faults=$((faults + ${tried#* }))
    add_counts "$(sed -n 's/^ended with //p' $out/$program.log)" $out/$program.log
done
echo "$cuts cuts and $faults faults tried"
finish
