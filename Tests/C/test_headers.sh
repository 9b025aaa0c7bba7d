#!/bin/sh
# SPDX-License-Identifier: MIT
# Each header compiles alone, in every dialect and with every compiler that is installed, without a
# warning.
# usage: test_headers.sh
set -u
cd "$(dirname "$0")/../.."
passed=0 failed=0

compile() { # compiler dialect header option ...
    compiler=$1 dialect=$2 header=$3
    shift 3
    language=c
    case $dialect in *++*) language=c++ ;; esac
    # Through a file that includes it: a header alone is compiled differently.
    text="#include \"$header\""
    [ "$header" != leat_kernels.h ] || text="$text
        extern const leat_kernels every[];
        const leat_kernels every[] = { LEAT_EACH_SET(LEAT_KERNELS_ALL) LEAT_KERNELS_END };"
    if output=$(echo "$text" | "$compiler" "-std=$dialect" -x $language -IInclude \
        -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef -Werror "$@" \
        -fsyntax-only - 2>&1); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$compiler -std=$dialect $* $header:"
        echo "$output"
    fi
}

all() { # compiler ...
    compiler=$1
    shift
    command -v "$compiler" >/dev/null 2>&1 || return 0
    compilers="$compilers $compiler"
    for dialect; do
        compile "$compiler" "$dialect" leat.h
        compile "$compiler" "$dialect" leat_kernels.h
        compile "$compiler" "$dialect" leat_store.h
        compile "$compiler" "$dialect" leat.h -ffreestanding
        compile "$compiler" "$dialect" leat_kernels.h -ffreestanding
    done
}

compilers=
all gcc c99 c11 c17
all clang c99 c11 c17
all g++ c++11 c++17
all clang++ c++11 c++17

# The compiler finds a fault that is there.
if echo 'int f(void) { long x = 1L << 40; return x; }' |
    gcc -x c -Wconversion -Werror -fsyntax-only - 2>/dev/null; then
    failed=$((failed + 1))
    echo "gcc let a fault through"
fi
echo "with$compilers"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
