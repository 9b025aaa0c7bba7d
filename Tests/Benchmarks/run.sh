#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh: the counted instructions are the committed ones, and steps have no page faults.
# First, that the comparison sees what it must see.
# usage: Tests/Benchmarks/run.sh, run by make bench-check, which counts first
cd "$(dirname "$0")/../.." || exit 1
. Tests/checks.sh

figures() { # compiler lines ...
    printf 'compiler %s\n' "$1"
    shift
    printf '%s\n' "$@"
}
compared() { # what is expected of it: ok, or a line that it must print
    Benchmarks/check_instructions.sh "$work/counted" "$work/committed" >"$work/compared"
    code=$?
    cat "$work/compared"
    if [ "$1" = ok ]; then [ $code -eq 0 ]; else [ $code -eq 1 ] && grep -qxF "$1" "$work/compared"; fi
}

figures swift-1 'A step 1000' 'B step 2000' >"$work/committed"
figures swift-1 'A step 1009' 'B step 1981' >"$work/counted"
expect "0.9 % more and less" compared ok
figures swift-1 'A step 1011' 'B step 2000' >"$work/counted"
expect "1.1 % more" compared 'A step: 1011 instructions, expected 1000 (+1.10 %)'
figures swift-1 'A step 1000' 'B step 1978' >"$work/counted"
expect "1.1 % fewer" compared 'B step: 1978 instructions, expected 2000 (-1.10 %)'
figures swift-1 'A step 1000' >"$work/counted"
expect "a call that wasn't counted" compared 'B step: no instructions, expected 2000'
figures swift-1 'A step 1000' 'B step 2000' 'C step 1' >"$work/counted"
expect "a call without a figure" compared 'C step: 1 instructions, expected no'
figures swift-2 'A step 1000' 'B step 2000' >"$work/counted"
expect "another compiler" compared 'the library is of swift-2, the figures are of swift-1'
: >"$work/committed"
expect "no figures" compared 'the library is of swift-2, the figures are of '

run() { # command ...
    "$@" >"$work/output" 2>&1
    add_counts $? "$work/output"
    [ "$bad" -eq 0 ] || cat "$work/output"
}
run Benchmarks/check_instructions.sh build/bench/instructions.txt Benchmarks/instructions.txt
run build/bench/page_faults
finish
