#!/bin/sh
# SPDX-License-Identifier: MIT
# Each header compiles alone, in every dialect and with every compiler that is installed, without a
# warning.
# usage: test_headers.sh
cd "$(dirname "$0")/../.." || exit 1
. Tests/checks.sh

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
    echo "$text" >"$work/text"
    expect "$compiler -std=$dialect $* $header" "$compiler" "-std=$dialect" -x $language -IInclude \
        -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef -Werror "$@" \
        -fsyntax-only "$work/text"
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
all g++ c++98 c++11 c++17
all clang++ c++98 c++11 c++17

# The compiler finds a fault that is there.
echo 'int f(void) { long x = 1L << 40; return x; }' >"$work/text"
expect "a fault is found" sh -c "! gcc -x c -Wconversion -Werror -fsyntax-only '$work/text'"
echo "with$compilers"
finish
