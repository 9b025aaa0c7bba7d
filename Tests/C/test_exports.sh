#!/bin/sh
# SPDX-License-Identifier: MIT
# What the libraries show and what they need: exactly the headers' functions,
# a little of libc, nothing of libm and of Swift, no variables, and instructions
# of newer processors only where they are chosen at run time. The lists are in exports/;
# `test_exports.sh --write` makes them anew: look at what has changed.
# usage: test_exports.sh [--write]
set -u
cd "$(dirname "$0")/../.."
lists=Tests/C/exports
passed=0 failed=0
most_text=290000
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

check() { # what, command ...: the command is silent and succeeds
    what=$1
    shift
    if output=$("$@" 2>&1) && [ -z "$output" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf '%s:\n%s\n' "$what" "$output"
    fi
}

# `diff`, with what is expected first.
same() { diff "$1" "$2" | sed -n 's/^</missing:/p; s/^>/unexpected:/p'; }

defined() { nm "$@" --defined-only | awk 'NF == 3 && $2 ~ /[A-Zu]/ && $2 != "A" { print $3 }' |
    sed 's/@.*//' | sort -u; }

# Weak needs are of the compiler's start-up code and may be absent.
undefined() { nm "$@" --undefined-only | awk '$1 == "U" { print $2 }' | sed 's/@.*//' | sort -u; }

# The functions that a header declares itself, not what it includes.
declared() { sed 's/#include "leat.h"//' "Include/$1.h" | gcc -E -P -x c - | tr '\n' ' ' |
    grep -o 'leat_[a-z_]* *(' | tr -d ' (' | sort -u; }

lacks() { grep -E "$2" "$1"; true; }

# Sections with variables in them.
writable() {
    objdump -h "$1" | awk '$2 ~ /^\.(data|bss|tdata|tbss)/ && $2 !~ /^\.data\.rel\.ro/ &&
        $3 !~ /^0*$/ { print $2, $3 }'
}

library() { # name, what its shared library must need
    name=$1
    shared=build/lib$1.so archive=build/lib$1.a
    declared "$name" >"$scratch/declared"
    [ -z "$write" ] || cp "$scratch/declared" "$lists/$name.txt"
    check "$name.h and $name.txt" same "$scratch/declared" "$lists/$name.txt"
    defined -D "$shared" >"$scratch/defined"
    check "$shared exports" same "$lists/$name.txt" "$scratch/defined"
    defined -g "$archive" >"$scratch/defined"
    check "$archive exports" same "$lists/$name.txt" "$scratch/defined"

    undefined -D "$shared" >"$scratch/undefined"
    [ -z "$write" ] || cp "$scratch/undefined" "$lists/$name.undefined.txt"
    check "$shared needs" same "$lists/$name.undefined.txt" "$scratch/undefined"
    check "$shared needs libm or Swift" lacks "$scratch/undefined" \
        '^_?(swift|\$s|_Z)|^(fma|exp|log|pow|tanh|sqrt|round|rint|floor|ceil|trunc)'
    undefined -g "$archive" >"$scratch/undefined"
    check "$archive needs" same "$lists/$name.undefined.txt" "$scratch/undefined"

    readelf -d "$shared" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort >"$scratch/needed"
    printf '%s\n' $2 | sort >"$scratch/libraries"
    check "$shared needs the libraries" same "$scratch/libraries" "$scratch/needed"

    check "$archive has global state" writable "$archive"

    text=$(size "$shared" | awk 'NR == 2 { print $1 }')
    echo "$shared: $text bytes of text and constants, at most $most_text"
    check "$shared is too large" test "$text" -le $most_text
}

# Functions that hold AVX, FMA, BMI or MOVBE instructions.
newer_functions() {
    objdump -d --no-show-raw-insn "$1" | awk '
        /^[0-9a-f]+ <.*>:$/ { name = $2 }
        $2 ~ /^v[a-z]/ && $2 !~ /^ver[rw]$/ { print name }
        $2 ~ /^(andn|bextr|blsi|blsmsk|blsr|bzhi|mulx|pdep|pext|rorx|sarx|shlx|shrx)$/ { print name }
        $2 ~ /^(lzcnt|movbe)$/ { print name }' | sort -u
}

write=
[ "${1-}" != --write ] || write=yes
library leat libc.so.6
[ ! -e build/libleat_store.so ] ||
    library leat_store 'libleat.so.0 libsqlite3.so.0 libc.so.6'

if [ "$(uname -m)" = x86_64 ]; then
    newer_functions build/libleat.so >"$scratch/newer"
    check "the fused kernel has no newer instructions" grep -q leatkernel_run_fused "$scratch/newer"
    grep -vE 'LeatKernelFused|HardwareFMA|leatkernel_run_fused' "$scratch/newer" >"$scratch/stray"
    check "newer instructions outside the fused kernel" cat "$scratch/stray"
    [ ! -e build/libleat_store.so ] ||
        check "newer instructions in the store" newer_functions build/libleat_store.so
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
