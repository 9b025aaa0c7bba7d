#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What the libraries export and import: they export exactly the headers' functions, import some of
# libc, nothing of libm and of Swift, and have no variables but one. Instructions of newer
# processors are only in code that is chosen at run time. The libraries are linked as a system's
# libraries must be.
#
# Packaging/debian/libleat0.symbols lists the functions of the ABI, each with the version that added
# it; exports/ lists what the libraries need. `test_exports.sh --write` writes these lists again;
# check what has changed. It adds new functions with the version of leat.h, and drops only those
# that no release had. `--release` keeps the list of a released version in exports/released/, whose
# functions must stay.
# usage: test_exports.sh [--write | --release]
cd "$(dirname "$0")/../.." || exit 1
. Tests/checks.sh
lists=Tests/C/exports
symbols=Packaging/debian/libleat0.symbols
version=$(awk '/^.define LEAT_VERSION_(MAJOR|MINOR|PATCH)/ { v = v s $3; s = "." }
    END { print v }' Include/leat.h)
abi=${version%%.*}

check() { # what, command ...: the command is silent and succeeds
    what=$1
    shift
    expect "$what" silent "$@"
}

# `diff` of what is expected and what is found.
same() { diff "$1" "$2" | sed -n 's/^</missing:/p; s/^>/unexpected:/p'; }

defined() { nm "$@" --defined-only | awk 'NF == 3 && $2 ~ /[A-Zu]/ && $2 != "A" { print $3 }' |
    sed 's/@.*//' | sort -u; }

# Weak imports are of the compiler's start-up code and may be absent.
undefined() { nm "$@" --undefined-only | awk '$1 == "U" { print $2 }' | sed 's/@.*//' | sort -u; }

# The functions that a library's own headers declare, without the kernels and loaders.
declared() { for header in Include/$1.h $([ $1 = leat_store ] || echo Include/leat_kernels.h); do
        sed 's/#include "leat.h"//' "$header" | gcc -E -P -x c - | tr '\n' ' ' |
            sed 's/typedef [^;{]*;//g'
    done | grep -o 'leat_[a-z_]* *(' | tr -d ' (' | grep -Ev "^$kernel|^leat_load_" | sort -u; }

# The kernels that leat_kernels.h names for this processor, and the loaders. An archive has them for
# programs that choose some.
kernel='leat_(software|fma|dot|avx512)_'
loaders='leat_load_any leat_load_lstm'
kernels() { printf '#include "leat_kernels.h"\nTABLE LEAT_EACH_SET(LEAT_KERNELS_ALL)\n' |
    gcc -E -P -x c -IInclude - | sed -n '/TABLE/,$p' | grep -oE "$kernel[a-z0-9_]*" | sort -u; }

lacks() { grep -E "$2" "$1"; true; }

# The ABI's symbols in a list, as lines "SYMBOL VERSION": the version's own symbol, and functions.
entries() { # library, list
    awk -v library="lib$1.so.$abi" '
        /^[^ *#]/ { inside = $1 == library }
        inside && /^ / { sub(/@.*/, "", $1); print $1, $2 }' "$2" | sort
}
listed() { entries "$@" | grep '^leat_'; }

# The symbols of all releases, as listed() prints them; of the same ABI.
released() { # library
    for list in "$lists"/released/*.symbols; do
        [ ! -e "$list" ] || listed "$1" "$list"
    done | sort -u
}

# What was added since the last release has this version.
of_another_version() { # library
    listed "$1" $symbols >"$work/now"
    released "$1" >"$work/then"
    comm -23 "$work/now" "$work/then" | grep -v " $version$" |
        sed "s/$/: new, and leat.h says $version/"
}

vanished() { # library
    listed "$1" $symbols >"$work/now"
    released "$1" >"$work/then"
    comm -13 "$work/now" "$work/then"
}

# Releases of CHANGELOG.md without a list in exports/released/.
not_kept() {
    sed -n 's/^## \([0-9.]*\) *\(.*\)/\1 \2/p' CHANGELOG.md | grep -v '(unreleased)' |
        while read -r release _; do
            [ -e "$lists/released/$release.symbols" ] ||
                echo "$release: test_exports.sh --release keeps it"
        done
}

# A new list: every function of the headers, with its version so far, or with this one.
write_symbols() {
    for name in leat leat_store; do entries $name $symbols; done >"$work/known"
    grep '^#' $symbols
    for name in leat leat_store; do
        printf 'lib%s.so.%s libleat%s #MINVER#\n* Build-Depends-Package: libleat-dev\n' \
            $name $abi $abi
        { echo LEAT_$abi && declared $name && released $name | sed 's/ .*//'; } | sort -u |
            awk -v abi=$abi -v version=$version -v known="$work/known" '
                BEGIN { while ((getline <known) > 0) since[$1] = $2 }
                { print " " $1 "@LEAT_" abi, $1 in since ? since[$1] : version }'
    done
}

# What a library or program lacks in how it is linked.
linked_loosely() { # file, SONAME or nothing
    readelf -lW "$1" >"$work/segments"
    readelf -dW "$1" >"$work/dynamic"
    grep -q GNU_RELRO "$work/segments" || echo "no RELRO"
    grep -Eq 'BIND_NOW|Flags:.*NOW' "$work/dynamic" || echo "not BIND_NOW: RELRO is partial"
    grep -Eq 'GNU_STACK.* RW ' "$work/segments" || echo "an executable stack"
    grep -E 'RPATH|RUNPATH|TEXTREL' "$work/dynamic"
    [ "$(sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p' "$work/dynamic")" = "$2" ] ||
        echo "SONAME is not '$2'"
    [ -n "$2" ] || grep -q 'Flags:.*PIE' "$work/dynamic" || echo "not position-independent"
}

# Sections with variables in them.
writable() {
    objdump -h "$1" | awk '$2 ~ /^\.(data|bss|tdata|tbss)/ && $2 !~ /^\.data\.rel\.ro/ &&
        $3 !~ /^0*$/ { print $2, $3 }'
}

library() { # name, most text, what its shared library must need, sections with variables, sizes
    name=$1
    shared=build/lib$name.so archive=build/lib$name.a
    declared "$name" >"$work/declared"
    listed "$name" $symbols | sed 's/ .*//' >"$work/listed"
    check "$name.h and $symbols" same "$work/listed" "$work/declared"
    check "$symbols: new functions of $name.h" of_another_version "$name"
    check "$symbols: released functions of $name.h are gone" vanished "$name"
    defined -D "$shared" >"$work/defined"
    check "$shared exports" same "$work/listed" "$work/defined"
    defined -g "$archive" >"$work/defined"
    [ $name = leat_store ] || { kernels && printf '%s\n' $loaders; } >>"$work/listed"
    sort -o "$work/listed" "$work/listed"
    check "$archive exports" same "$work/listed" "$work/defined"

    undefined -D "$shared" >"$work/undefined"
    [ -z "$write" ] || cp "$work/undefined" "$lists/$name.undefined.txt"
    check "$shared needs" same "$lists/$name.undefined.txt" "$work/undefined"
    check "$shared needs libm or Swift" lacks "$work/undefined" \
        '^_?(swift|\$s|_Z)|^(fma|exp|log|pow|tanh|sqrt|round|rint|floor|ceil|trunc)'
    undefined -g "$archive" >"$work/undefined"
    check "$archive needs" same "$lists/$name.undefined.txt" "$work/undefined"

    check "$shared is linked" linked_loosely "$shared" "lib$name.so.$abi"
    readelf -d "$shared" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort >"$work/needed"
    printf '%s\n' $3 | sort >"$work/libraries"
    check "$shared needs the libraries" same "$work/libraries" "$work/needed"

    writable "$archive" >"$work/writable"
    printf '%s' "${4:+$4
}" >"$work/variables"
    check "$archive has other global state" same "$work/variables" "$work/writable"

    text=$(size "$shared" | awk 'NR == 2 { print $1 }')
    echo "$shared: $text bytes of text and constants, at most $2"
    check "$shared is too large" test "$text" -le $2
}

# The functions of a linked library; which of them have instructions that not every x86-64 has
# ("newer FUNCTION"), and which of those AVX-512 ("wide FUNCTION") or AVX-VNNI ("dot FUNCTION"); and
# which function refers to which other, by a call, a jump or its address ("uses FUNCTION FUNCTION").
# Instructions with a VEX prefix, all of AVX, FMA and BMI, begin with c4 or c5, those with an EVEX
# prefix with 62.
graph() {
    objdump -d "$1" | awk -F '\t' '
        /^[0-9a-f]+ <.*>:$/ {
            name = substr($0, index($0, "<") + 1)
            name = substr(name, 1, length(name) - 2)
            print "function", name
        }
        NF < 3 { next }
        $2 ~ /^((26|2e|36|3e|64|65|67) )*62 / { print "wide", name }
        $2 ~ /^((26|2e|36|3e|64|65|67) )*c4 / && $3 ~ /vpdp/ { print "dot", name }
        $2 ~ /^((26|2e|36|3e|64|65|67) )*(62|c4|c5) / ||
        $3 ~ /^(lzcnt|popcnt|movbe|crc32[bwlq]?|ptest|pshufb|pmulld|dpp[sd]|insertps) / ||
        $3 ~ /^(p?blendv|pmov[sz]x|round[ps][sd]|pm(in|ax)(s[bd]|u[wd])|pextr[bdq]|pinsr[bdq])/ ||
        $3 ~ /^(h(add|sub)p[sd]|addsubp[sd]|phadd|phsub|pabs|palignr|pmaddubsw|sha256|pcmp[ei]str)/ {
            print "newer", name
        }
        match($3, /<[^<>]*>$/) {
            used = substr($3, RSTART + 1, RLENGTH - 2)
            sub(/[+]0x[0-9a-f]*$/, "", used)
            if (used != name) print "uses", name, used
        }' | sort -u
}

# The functions of the graph of kind $1 (function, newer, wide or dot) that can be reached, or ($2 = not)
# that can't, from functions like $3 without passing any like $4.
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
        }' "$work/graph"
}

write=
case ${1-} in
--write)
    write=yes
    write_symbols >"$work/symbols" && cat "$work/symbols" >$symbols
    ;;
--release)
    mkdir -p $lists/released && cp $symbols "$lists/released/$version.symbols"
    ;;
esac
check "CHANGELOG.md: the functions of a release" not_kept
check "exports.map" grep -q "^LEAT_$abi {" Sources/Library/CShims/exports.map
# The kernels with vectors of 512 bits have 324,000 of the bytes, dot products of bytes 32,000.
library leat 840000 libc.so.6
# One pointer, to the block of leat_store_use_memory(): SQLite passes no context to its allocator.
[ ! -e build/libleat_store.so ] ||
    library leat_store 235000 'libleat.so.0 libsqlite3.so.0 libc.so.6' '.bss 00000008'

# A debugger finds a function's callers by .debug_frame, since functions have no frame pointers.
without_frame() {
    readelf --debug-dump=frames "$1" 2>&1 |
        sed -n 's/.* FDE .* pc=\([0-9a-f]*\)\.\..*/\1/p' | sort -u >"$work/frames"
    nm --defined-only "$1" | awk '$2 ~ /[tT]/ && $3 ~ /^([$]e|leat)/ { print $1 }' |
        sort -u >"$work/functions"
    [ -s "$work/functions" ] || echo "no symbols"
    comm -23 "$work/functions" "$work/frames"
}
for name in $(ls build | grep '^libleat.*[.]so$'); do
    check "$name: each function is in a table of frames" without_frame "build/$name"
done

# The object files of a kernel module, from which the library was linked.
objects() { grep "/LeatKernel$1.build/" .build-embedded/release/LeatArchive.product/Objects.LinkFileList; }
# If two of those modules emit the same function, the linker keeps one for both, which could be
# AVX-512's. Functions of Swift's runtime are stubs.
shared() {
    for module in Software FMA Dot AVX512; do
        nm --defined-only $(objects $module) | awk '$2 ~ /[TWV]/ { print $3 }' | sort -u
    done | sort | uniq -d | grep LeatKernel || true
}
check "the list of objects names the kernels' modules" test -n "$(objects AVX512)"
check "no function of the kernels is in two modules" shared

if [ "$(uname -m)" = x86_64 ]; then
    # Any other module may call what a module compiled for one instruction set emits: comparing
    # names isn't enough. The kernels themselves are called through their table, which isn't seen
    # here.
    nobody='no function'
    fma='leat_fma_.*' dot='leat_dot_.*' avx512='leat_avx512_.*' software='leat_software_.*'
    # The loader, and who opens a store, ask the processor for these instructions.
    checksums='leat_(crc32c|sha256)_.*by_instruction'
    chosen="$fma|$dot|$avx512|$checksums"
    public='leat_(version|strerror|(model|kernel|stream|batch|state)_.*)'
    loading='_init|_fini|frame_dummy|.*_tm_clones.*|__do_global.*'
    graph build/libleat.so >"$work/graph"
    printf '%s functions, %s with instructions of x86-64-v3 or later, %s of AVX-512, %s of AVX-VNNI\n' \
        $(for kind in function newer wide dot; do grep -c "^$kind " "$work/graph"; done)
    for entry in $(kernels); do
        case $entry in
        leat_software_*) kind=function what='it is not in the library' ;;
        leat_avx512_lstm_* | leat_avx512_gru_*) kind=wide what='no AVX-512' ;;
        leat_dot_*) kind=dot what='no dot product' ;;
        *) kind=newer what='no newer instructions' ;;
        esac
        check "$entry: $what" test -n "$(reached $kind '' "$entry" "$nobody")"
    done
    check "newer instructions that no kernel for them uses" \
        reached newer not "$chosen" "$nobody"
    check "AVX-512 that the avx512 kernel doesn't use" reached wide not "$avx512" "$nobody"
    check "newer instructions that the software kernel reaches" \
        reached newer '' "$software" "$nobody"
    check "AVX-512 that the fma or the dot kernel reaches" reached wide '' "$fma|$dot" "$nobody"
    check "AVX-VNNI that the dot kernel doesn't use" reached dot not "$dot" "$nobody"
    # From the exported functions, and from what runs when the library is loaded.
    check "newer instructions reached otherwise than through the kernels for them" \
        reached newer '' "$public|$loading" "$chosen"
    check "AVX-512 reached otherwise than through the kernel for it" \
        reached wide '' "$public|$loading" "$avx512"
    check "AVX-VNNI reached otherwise than through the kernel for it" \
        reached dot '' "$public|$loading" "$dot"
    if [ -e build/libleat_store.so ]; then
        graph build/libleat_store.so >"$work/graph"
        check "newer instructions in the store" reached newer not "$checksums" "$nobody"
        check "the store's CRC32C by instruction" test -n "$(reached newer '' "$checksums" "$nobody")"
    fi
fi
[ ! -e build/leat ] || check "build/leat is linked" linked_loosely build/leat ''
finish
