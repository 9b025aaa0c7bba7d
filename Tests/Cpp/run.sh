#!/bin/sh
# SPDX-License-Identifier: MIT
# Build the tests of leat.hpp and run them: by g++ and clang++, with exceptions and with results, under
# ASan and UBSan; not each program in each way. Prints a line for each, all of its output when it fails
# (or with -v), and the totals on the last line.
# usage: Tests/Cpp/run.sh [-v]
set -u
cd "$(dirname "$0")/../.."
out=build/tests/cpp
model=$PWD/Tests/Vectors/head/model.safetensors       # 3 -> 2
large=$PWD/Tests/Vectors/head-large/model.safetensors # 3 -> 3
warn='-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast
    -Wnon-virtual-dtor -Werror'

build() { # kind program
    kind=$1 program=$2
    compiler='g++ -std=c++17' optimize=-O1 options= objects=
    # What a sanitizer adds gives gcc false warnings.
    sanitize='-fsanitize=address,undefined -fno-sanitize-recover=all -Wno-error'
    case $kind in
    throws) options=-Wuseless-cast ;;
    results) options='-fno-exceptions -fno-rtti -Wuseless-cast' ;;
    clang) compiler='clang++ -std=c++20' optimize=-O0 ;;
    sanitized) options=$sanitize optimize=-O0 ;;
    sanitized-results) optimize=-O0 options="-DLEAT_NO_EXCEPTIONS $sanitize" ;;
    esac
    if [ $program = test_allocations ]; then
        objects=$out/$kind/interpose_malloc.o
        gcc -std=c99 -O1 -c Tests/C/interpose_malloc.c -o $objects || exit
    fi
    rm -f $out/$kind/$program
    $compiler $optimize -g $warn $options -IInclude -isystem Tests/C Tests/Cpp/$program.cpp $objects \
        -o $out/$kind/$program -Lbuild '-Wl,-rpath,$ORIGIN/../../..' -lleat_store -lleat -lsqlite3 \
        -lm -pthread
}

if [ "${1-}" = --build ]; then
    build "$2" "$3"
    exit
fi

verbose=
[ "${1-}" != -v ] || verbose=yes
Scripts/setup gcc=gcc g++=g++ sqlite3.h=libsqlite3-dev || exit 1
. Tests/checks.sh

run() { # kind program command ...
    label="$1 $2"
    shift 2
    start=$(date +%s)
    (cd "$work" && timeout 300 "$@") >"$work/output" 2>&1
    add_counts $? "$work/output"
    printf '%-18s %-18s %6s passed, %s failed, %s s\n' $label "$good" "$bad" $(($(date +%s) - start))
    if [ "$bad" -ne 0 ] || [ -n "$verbose" ]; then sed 's/^/    /' "$work/output"; fi
}

run_all() { # kind program ...
    kind=$1
    shift
    mkdir -p $out/$kind
    if ! log=$(printf "$kind %s\n" "$@" | xargs -P 2 -n 2 Tests/Cpp/run.sh --build 2>&1); then
        echo "$kind: the tests don't compile"
        echo "$log"
        failed=$((failed + 1))
    fi
    for program; do
        rm -f "$work"/*.db*
        set -- "$model"
        [ $program != test_streams ] || set -- "$model" "$large"
        run $kind $program "$PWD/$out/$kind/$program" "$@"
    done
}

run scripts test_header "$PWD/Tests/Cpp/test_header.sh"
run scripts test_cost "$PWD/Tests/Cpp/test_cost.sh"
run_all throws test_streams test_stores test_arguments test_exceptions test_allocations
run_all results test_streams test_allocations
if command -v clang++ >/dev/null; then run_all clang test_moves test_exceptions; fi
# The tests ask for more memory than there is.
ASAN_OPTIONS=allocator_may_return_null=1
export ASAN_OPTIONS
run_all sanitized test_streams test_moves test_exceptions
run_all sanitized-results test_moves test_stores test_arguments
finish
