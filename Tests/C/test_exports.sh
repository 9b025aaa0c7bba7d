#!/bin/sh
# SPDX-License-Identifier: MIT
# What the libraries show and what they need: exactly the headers' functions,
# a little of libc, nothing of libm and of Swift, no variables but one, and instructions
# of newer processors only where they are chosen at run time. The lists are in exports/;
# `test_exports.sh --write` makes them anew: look at what has changed.
# usage: test_exports.sh [--write]
set -u
cd "$(dirname "$0")/../.."
lists=Tests/C/exports
passed=0 failed=0
most_text=400000
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

library() { # name, what its shared library must need, sections with variables and their sizes
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

    writable "$archive" >"$scratch/writable"
    printf '%s' "${3:+$3
}" >"$scratch/variables"
    check "$archive has other global state" same "$scratch/variables" "$scratch/writable"

    text=$(size "$shared" | awk 'NR == 2 { print $1 }')
    echo "$shared: $text bytes of text and constants, at most $most_text"
    check "$shared is too large" test "$text" -le $most_text
}

# A linked library's functions; which of them hold instructions that not every
# x86-64 has ("newer FUNCTION"), which of those AVX-512 ("wide FUNCTION"), and
# which function mentions which other: calls it, jumps to it or takes its address
# ("uses FUNCTION FUNCTION"). Instructions with a VEX prefix, all of AVX, FMA and
# BMI, begin with c4 or c5, those with an EVEX prefix with 62.
graph() {
    objdump -d "$1" | awk -F '\t' '
        /^[0-9a-f]+ <.*>:$/ {
            name = substr($0, index($0, "<") + 1)
            name = substr(name, 1, length(name) - 2)
            print "function", name
        }
        NF < 3 { next }
        $2 ~ /^((26|2e|36|3e|64|65|67) )*62 / { print "wide", name }
        $2 ~ /^((26|2e|36|3e|64|65|67) )*(62|c4|c5) / ||
        $3 ~ /^(lzcnt|popcnt|movbe|crc32[bwlq]?|ptest|pshufb|pmulld|dpp[sd]|insertps) / ||
        $3 ~ /^(p?blendv|pmov[sz]x|round[ps][sd]|pm(in|ax)(s[bd]|u[wd])|pextr[bdq]|pinsr[bdq])/ ||
        $3 ~ /^(h(add|sub)p[sd]|addsubp[sd]|phadd|phsub|pabs|palignr|pmaddubsw|pcmp[ei]str)/ {
            print "newer", name
        }
        match($3, /<[^<>]*>$/) {
            used = substr($3, RSTART + 1, RLENGTH - 2)
            sub(/[+]0x[0-9a-f]*$/, "", used)
            if (used != name) print "uses", name, used
        }' | sort -u
}

# Those of the graph's functions of kind $1, function, newer or wide, that can be reached,
# or ($2 = not) that can't, from functions like $3, but not through any like $4.
reached() {
    awk -v kind="$1" -v negated="$2" -v from="^($3)$" -v barrier="^($4)$" '
        $1 == "function" && $2 ~ from { queue[++last] = $2; seen[$2] = 1 }
        $1 == "uses" { uses[$2] = uses[$2] " " $3 }
        $1 == kind { chosen[$2] = 1 }
        END {
            for (first = 1; first <= last; first++) {
                count = split(uses[queue[first]], names, " ")
                for (i = 1; i <= count; i++)
                    if (!(names[i] in seen) && names[i] !~ barrier) {
                        seen[names[i]] = 1
                        queue[++last] = names[i]
                    }
            }
            for (name in chosen)
                if ((name in seen) == (negated == "")) print name
        }' "$scratch/graph"
}

write=
[ "${1-}" != --write ] || write=yes
library leat libc.so.6
# One pointer, to the block of leat_store_use_memory(): SQLite tells its allocator no context.
[ ! -e build/libleat_store.so ] ||
    library leat_store 'libleat.so.0 libsqlite3.so.0 libc.so.6' '.bss 00000008'

if [ "$(uname -m)" = x86_64 ]; then
    # What a module compiled for one instruction set emits, any other may call:
    # it isn't enough to look at names.
    nobody='no function'
    fused='leatkernel_(run|batch)_fused' wide='leatkernel_(run|batch)_wide'
    chosen="$fused|$wide"
    loading='_init|_fini|frame_dummy|.*_tm_clones.*|__do_global.*'
    graph build/libleat.so >"$scratch/graph"
    printf '%s functions, %s with instructions of x86-64-v3 or later, %s of AVX-512\n' \
        $(for kind in function newer wide; do grep -c "^$kind " "$scratch/graph"; done)
    for entry in $(sed -n 's/^void \(leatkernel_[a-z_]*\)(.*/\1/p' Sources/CShims/internal.h); do
        case $entry in
        *_exact) kind=function what='it is not in the library' ;;
        *_wide) kind=wide what='no AVX-512' ;;
        *) kind=newer what='no newer instructions' ;;
        esac
        check "$entry: $what" test -n "$(reached $kind '' "$entry" "$nobody")"
    done
    check "newer instructions that no kernel for them uses" \
        reached newer not "$chosen" "$nobody"
    check "AVX-512 that the wide kernel doesn't use" reached wide not "$wide" "$nobody"
    check "newer instructions that the exact kernel reaches" \
        reached newer '' leatkernel_run_exact "$nobody"
    check "AVX-512 that the fused kernel reaches" reached wide '' "$fused" "$nobody"
    # From what is exported, and what runs when the library is loaded.
    check "newer instructions reached otherwise than through the kernels for them" \
        reached newer '' "leat_.*|$loading" "$chosen"
    check "AVX-512 reached otherwise than through the kernel for it" \
        reached wide '' "leat_.*|$loading" "$wide"
    if [ -e build/libleat_store.so ]; then
        graph build/libleat_store.so >"$scratch/graph"
        check "newer instructions in the store" reached newer '' '.*' "$nobody"
    fi
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
