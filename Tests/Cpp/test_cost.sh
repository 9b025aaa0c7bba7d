#!/bin/sh
# SPDX-License-Identifier: MIT
# test_cost.sh: leat.hpp costs at most 32 instructions for each step of a stream, and 128 for each step
# of a batch, more than C does at -O2. callgrind counts them.
# usage: Tests/Cpp/test_cost.sh
cd "$(dirname "$0")/../.." || exit 1
Scripts/setup gcc=gcc g++=g++ valgrind=valgrind || exit 1
. Tests/checks.sh

model=Tests/Vectors/head/model.safetensors
options="-O2 -Wall -Wextra -Wpedantic -Wconversion -Werror -IInclude -Lbuild -Wl,-rpath,$PWD/build"

count() { # name source compiler ...
    built=$work/$1 source=Tests/Cpp/$2
    shift 2
    "$@" $options "$source" -o "$built" -lleat -lm &&
        valgrind --tool=callgrind --callgrind-out-file="$built.out" "$built" $model \
            >"$built.printed" 2>"$built.said" &&
        callgrind_annotate --inclusive=yes --threshold=100 "$built.out" >"$built.counts"
}
# The instructions of one step, in one of the counted functions.
instructions() { # program function
    sed -n "s/^ *\([0-9,]*\) .*:$2 .*/\1/p" "$work/$1.counts" | tr -d , |
        awk 'NR == 1 { print int($1 / 200 + 0.5) }'
}
cheap() { # program function limit
    in_c=$(instructions c "$2") in_cpp=$(instructions "$1" "$2")
    echo "$1: $2: $in_cpp instructions, $in_c in C" | tee -a "$work/counted"
    [ -n "$in_c" ] && [ -n "$in_cpp" ] && [ "$in_c" -gt 1000 ] && [ $((in_cpp - in_c)) -le "$3" ]
}

expect "C" count c cost.c gcc -std=c11
for compiler in g++ clang++; do
    command -v $compiler >/dev/null || continue
    for mode in exceptions results; do
        no=
        [ $mode = exceptions ] || no='-fno-exceptions -fno-rtti'
        program=$compiler-$mode
        expect "$program" count $program cost.cpp $compiler -std=c++17 $no
        expect "$program: the same outputs" cmp "$work/c.printed" "$work/$program.printed"
        for function in count_one count_step count_step_at; do
            expect "$program: $function" cheap $program $function 32
        done
        for function in count_batch count_batch_at; do
            expect "$program: $function" cheap $program $function 128
        done
    done
done
cat "$work/counted"
finish
