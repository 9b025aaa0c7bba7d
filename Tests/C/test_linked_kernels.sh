#!/bin/sh
# SPDX-License-Identifier: MIT
# A program that lists the kernels its models need links only these, is smaller for it, and computes
# the same bits. A model that needs another kernel is refused.
# usage: test_linked_kernels.sh
set -u
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0
kernel='leat_(exact|fused|wide)_[a-z0-9_]*'
# The kernels that linked_kernels.c chooses.
wanted='leat_[a-z]*_(run|lstm_f32|linear_f32|rows_f32)(_batch)?'

check() { # what, command ...
    what=$1
    shift
    if output=$("$@" 2>&1); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf '%s:\n%s\n' "$what" "$output"
    fi
}

link() { # program, option ...
    program=$1
    shift
    gcc -std=c99 -O1 -Wall -Wextra -Wpedantic -Wconversion -Werror -IInclude -ITests/C "$@" \
        Tests/C/linked_kernels.c -o "$scratch/$program" -Wl,--gc-sections build/libleat.a
}

in_program() { nm "$scratch/$1" | awk '{ print $3 }' | grep -xE "$kernel" | sort; }

text() { size "$scratch/$1" | awk 'NR == 2 { print $1 }'; }

runs() { # program, case
    "$scratch/$1" "Tests/Vectors/$2/model.safetensors" "Tests/Vectors/$2/input.f32"
}

says() { # words, program, case
    words=$1
    shift
    runs "$@" | tee "$scratch/said" | grep -qF -- "$words" || { cat "$scratch/said"; false; }
}

check "the program with all kernels" link all
check "the program with a choice" link chosen -DCHOSEN
check "the program with a choice, as C++" g++ -std=c++11 -x c++ -Wall -Wextra -Wpedantic \
    -Wconversion -Werror -IInclude -ITests/C -DCHOSEN -fsyntax-only Tests/C/linked_kernels.c

in_program all >"$scratch/all.kernels"
in_program chosen >"$scratch/chosen.kernels"
grep -xE "$wanted" "$scratch/all.kernels" >"$scratch/wanted.kernels"
check "there are kernels to choose" test -s "$scratch/wanted.kernels"
check "all has more" test "$(wc -l <"$scratch/all.kernels")" -gt \
    "$(wc -l <"$scratch/wanted.kernels")"
check "what is chosen is linked, and no more" diff "$scratch/wanted.kernels" \
    "$scratch/chosen.kernels"
check "it is smaller by a third" test $(($(text chosen) * 3)) -lt $(($(text all) * 2))

for case in documentation-3-2 head head-wide layers-3 projection-head normaliser size-3-33; do
    runs all $case >"$scratch/all.bits"
    runs chosen $case >"$scratch/chosen.bits"
    check "$case: the same bits" diff "$scratch/all.bits" "$scratch/chosen.bits"
    check "$case: a hash for each kernel" grep -qE '^[a-z0-9-]+ [0-9a-f]{16}$' \
        "$scratch/chosen.bits"
done
# -7 is LEAT_E_UNSUPPORTED; the message says which layer of the list.
for refused in int8:0 f16:0 bf16:0 int8-projection-only:0 head-sigmoid:2; do
    check "${refused%:*} needs other kernels" says "-7: layer ${refused#*:} of the list" \
        chosen ${refused%:*}
    check "${refused%:*} runs with all" says ' ' all ${refused%:*}
    check "${refused%:*} isn't refused with all" sh -c '! grep -q "^-" "$1"' - "$scratch/said"
done
echo "$(text all) bytes of text and constants with all kernels, $(text chosen) with a choice"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
