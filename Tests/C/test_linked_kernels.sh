#!/bin/sh
# SPDX-License-Identifier: MIT
# A program that lists the kernels its models need links only these, is smaller for it, and computes
# the same bits. A model that needs another kernel is refused.
# usage: test_linked_kernels.sh
cd "$(dirname "$0")/../.." || exit 1
. Tests/checks.sh
kernel='leat_(software|fma|dot|avx512)_[a-z0-9_]*'
# The kernels that linked_kernels.c chooses.
wanted='leat_[a-z0-9]*_(run|lstm_f32|linear_f32|rows_f32)(_batch)?'

link() { # program, option ...
    program=$1
    shift
    gcc -std=c99 -O1 -Wall -Wextra -Wpedantic -Wconversion -Werror -IInclude -ITests/C "$@" \
        Tests/C/linked_kernels.c -o "$work/$program" -Wl,--gc-sections build/libleat.a
}

in_program() { nm "$work/$1" | awk '{ print $3 }' | grep -xE "$kernel" | sort; }

text() { size "$work/$1" | awk 'NR == 2 { print $1 }'; }

runs() { # program, case
    "$work/$1" "Tests/Vectors/$2/model.safetensors" "Tests/Vectors/$2/input.f32"
}

says() { # words, program, case
    words=$1
    shift
    runs "$@" | tee "$work/said" | grep -qF -- "$words" || { cat "$work/said"; false; }
}

expect "the program with all kernels" link all
expect "the program with a choice" link chosen -DCHOSEN
expect "the program with a choice, as C++" g++ -std=c++11 -x c++ -Wall -Wextra -Wpedantic \
    -Wconversion -Werror -IInclude -ITests/C -DCHOSEN -fsyntax-only Tests/C/linked_kernels.c

in_program all >"$work/all.kernels"
in_program chosen >"$work/chosen.kernels"
grep -xE "$wanted" "$work/all.kernels" >"$work/wanted.kernels"
expect "there are kernels to choose" test -s "$work/wanted.kernels"
expect "all has more" test "$(wc -l <"$work/all.kernels")" -gt \
    "$(wc -l <"$work/wanted.kernels")"
expect "what is chosen is linked, and no more" diff "$work/wanted.kernels" \
    "$work/chosen.kernels"
expect "it is smaller by a third" test $(($(text chosen) * 3)) -lt $(($(text all) * 2))

for case in documentation-3-2 head head-wide layers-3 projection-head normaliser size-3-33; do
    runs all $case >"$work/all.bits"
    runs chosen $case >"$work/chosen.bits"
    expect "$case: the same bits" diff "$work/all.bits" "$work/chosen.bits"
    expect "$case: a hash for each kernel" grep -qE '^[a-z0-9-]+ [0-9a-f]{16}$' \
        "$work/chosen.bits"
done
# -7 is LEAT_E_UNSUPPORTED; the message says which layer of the list.
for refused in int8:0 f16:0 bf16:0 int8-projection-only:0 head-sigmoid:2; do
    expect "${refused%:*} needs other kernels" says "-7: layer ${refused#*:} of the list" \
        chosen ${refused%:*}
    expect "${refused%:*} runs with all" says ' ' all ${refused%:*}
    expect "${refused%:*} isn't refused with all" sh -c '! grep -q "^-" "$1"' - "$work/said"
done
echo "$(text all) bytes of text and constants with all kernels, $(text chosen) with a choice"
finish
