#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh: run what the documents show. Every fenced block of README.md and
# Documentation/*.md is run, in the order of the page and in one folder for
# each page, against what `make install` installs; skipped blocks say why. The README
# has the tarball of `make dist`.
# usage: Tests/Documents/run.sh [DOCUMENT.md ...], after make
#
# A block without a directive is run:
#
#     ```sh       by sh -eu, from the page's folder; must exit with 0
#     ```c        compiled as C99 with every warning an error; a program is
#     ```cpp      run without arguments and must exit with 0; C++ as C++17
#     any other   is a failure: it needs a directive
#
# Directives are comments on their own lines before the block:
#
#     <!-- test: skip=REASON -->    not run; listed, with the reason
#     <!-- test: needs=COMMAND -->  skipped where there is no such command,
#                                   which runs a block of another language
#     <!-- test: file=NAME -->      written to NAME for the blocks after it; C
#                                   and C++ are compiled, too, but not run
#     <!-- test: use=PATH -->       first copy PATH of the project to the
#                                   page's folder; "PATH as NAME" renames it,
#                                   and makes the folder that NAME is in
#     <!-- test: exit=CODE -->      must exit with CODE
#     <!-- test: output -->         what the last block that ran prints,
#                                   standard error included; "..." matches any
#                                   text in a line, alone any lines
#
# COMPILE has more options for the compiler, RUN a command that runs programs:
#
#     COMPILE='-fsanitize=address,undefined -g'
#     RUN='valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=all'
set -u
cd "$(dirname "$0")/../.." || exit 1
LC_ALL=C
export LC_ALL

[ $# -gt 0 ] || set -- README.md Documentation/*.md
: "${COMPILE=}" "${RUN=}"
warnings='-Wall -Wextra -Wpedantic -Wconversion -Werror'
top=$(pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
passed=0 failed=0 skipped=0
: >"$work/skipped"

Scripts/setup cc=gcc c++=g++ sqlite3.h=libsqlite3-dev pkg-config=pkg-config cmake=cmake || exit

# The README unpacks a release's tarball. Compilers find it only with pkg-config and
# CMake, as after an installation in a folder that the system doesn't search.
install_leat() {
    make -s dist TARGETS="$(uname -m)-linux-gnu" >"$work/install" 2>&1 ||
        { cat "$work/install"; echo "make dist failed"; exit 1; }
    prefix=$work/prefix
    make -s install PREFIX="$prefix" LIBDIR="$prefix/lib" DESTDIR= >"$work/install" 2>&1 ||
        { cat "$work/install"; echo "make install failed"; exit 1; }
    PATH=$prefix/bin:$PATH
    PKG_CONFIG_PATH=$prefix/lib/pkgconfig
    CMAKE_PREFIX_PATH=$prefix
    LD_LIBRARY_PATH=$prefix/lib
    export PATH PKG_CONFIG_PATH CMAKE_PREFIX_PATH LD_LIBRARY_PATH
}

# usage: said DIRECTIVE: print its value in the current block
said() {
    sed -n "s/^$1=//p" "$block/directives"
}

# usage: count ok | skipped REASON | failed WHY: count the current block
count() {
    case $1 in
    ok) passed=$((passed + 1)) ran=$((ran + 1)) ;;
    skipped)
        skipped=$((skipped + 1))
        echo "    $where: $2" >>"$work/skipped"
        ;;
    failed)
        failed=$((failed + 1))
        echo "FAILED: $where: $2"
        ;;
    esac
}

# usage: run COMMAND ...: in the page's folder; check its exit status
run() {
    expected=$(said exit)
    (cd "$page" && timeout 120 "$@") </dev/null >"$work/output" 2>&1
    code=$?
    if [ $code -eq "${expected:-0}" ]; then
        count ok
        source_of_output=ok
    else
        count failed "exited with $code"
        sed 's/^/    /' "$work/output" | tail -n 20
    fi
}

# usage: compile SUFFIX COMMAND ...: and run it, if it is a program without a
# name; a program with a name is for the commands after it
compile() {
    suffix=$1
    shift
    source=${name:-line-$(cat "$block/line").$suffix}
    program=./${source%.*}
    cp "$block/body" "$page/$source"
    main=$(grep -c '^int main(' "$block/body")
    if [ "$main" -eq 0 ]; then
        set -- "$@" $warnings -c -o "$program.o" "$source" $(pkg-config --cflags leat_store)
    else
        set -- "$@" $warnings $COMPILE -o "$program" "$source" \
            $(pkg-config --cflags --libs leat_store)
    fi
    if ! (cd "$page" && "$@") >"$work/compiled" 2>&1; then
        count failed "doesn't compile"
        sed 's/^/    /' "$work/compiled" | head -n 20
    elif [ "$main" -eq 0 ] || [ -n "$name" ]; then
        count ok
    else
        run $RUN "$program"
    fi
}

# usage: compare: the current block with what the last one printed
compare() {
    case $source_of_output in
    skipped) count skipped "the output of the block before it" ;;
    failed) count failed "there is no output to compare it with" ;;
    ok)
        if awk -f Tests/Documents/compare.awk "$block/body" "$work/output"; then
            count ok
        else
            count failed "the output is another:"
            sed 's/^/    /' "$work/output" | head -n 40
        fi
        ;;
    esac
}

# Commands that would change the machine of whoever runs the tests.
dangerous() {
    grep -Eq '(^|[^[:alnum:]_-])(sudo|systemctl|apt|apt-get|dpkg|mount|useradd)([[:space:]]|$)' \
        "$block/body"
}

run_block() {
    language=$(cat "$block/language")
    where=$document:$(cat "$block/line")
    if grep -qx output "$block/directives"; then
        compare
        return
    fi
    reason=$(said skip) command=$(said needs) name=$(said file)
    if [ -z "$reason" ] && [ -n "$command" ] && ! command -v "$command" >/dev/null; then
        reason="there is no $command here"
    fi
    if [ -n "$reason" ]; then
        count skipped "${language:-plain text}, $reason"
        source_of_output=skipped
        return
    fi
    [ -n "$name" ] || source_of_output=failed
    said use >"$work/uses"
    while read -r path as copy; do
        copy=$page/${copy:-${path##*/}}
        if ! mkdir -p "${copy%/*}" || ! cp "$top/$path" "$copy" 2>/dev/null; then
            count failed "there is no $path"
            return
        fi
    done <"$work/uses"
    case $language in
    c) compile c cc -std=c99 ;;
    cpp) compile cpp c++ -std=c++17 ;;
    *)
        if [ -n "$name" ]; then
            cp "$block/body" "$page/$name"
            count ok
        elif [ "$language" = sh ] && dangerous; then
            count failed "changes the machine: say skip=REASON"
        elif [ "$language" = sh ]; then
            cp "$block/body" "$work/block"
            run sh -eu "$work/block"
        elif [ -n "$command" ]; then
            cp "$block/body" "$work/block"
            run "$command" "$work/block"
        else
            count failed "${language:-plain text} without a directive: file=, output or skip=?"
        fi
        ;;
    esac
}

install_leat
number=0
for document; do
    number=$((number + 1))
    blocks=$work/blocks-$number page=$work/page-$number
    mkdir "$blocks" "$page"
    : >"$work/output"
    ran=0 skipped_before=$skipped source_of_output=failed
    awk -v folder="$blocks" -f Tests/Documents/extract.awk "$document" || exit
    if [ -f "$blocks/problems" ]; then
        while read -r line problem; do
            where=$document:$line
            count failed "$problem"
        done <"$blocks/problems"
    fi
    n=1
    while [ -d "$blocks/$n" ]; do
        block=$blocks/$n
        run_block
        n=$((n + 1))
    done
    echo "$document: $ran run, $((skipped - skipped_before)) skipped"
done

echo "$skipped skipped:"
cat "$work/skipped"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
