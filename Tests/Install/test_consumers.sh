#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_consumers.sh: programs that find an installed Leat with pkg-config and CMake, link it shared
# and static, as C and as C++, step, are killed and resume. They see a prefix and nothing else of
# this folder; CMake sees one that was moved after the installation.
# usage: Tests/Install/test_consumers.sh
cd "$(dirname "$0")/../.." || exit 1
Scripts/setup gcc=gcc g++=g++ pkg-config=pkg-config cmake=cmake readelf=binutils \
    sqlite3.h=libsqlite3-dev || exit 1
. Tests/Install/common.sh

top=$PWD
warn='-Wall -Wextra -Wpedantic -Wconversion -Werror'
prefix=$work/leat moved=$work/moved/opt/leat
cp Tests/Install/consumer.c Tests/Install/consumer_hpp.cpp Tests/Install/core.c \
    Tests/Install/cmake/CMakeLists.txt "$model" "$work"
cp "$work/consumer.c" "$work/consumer.cpp"

expect "make install" make -s install PREFIX="$prefix"
expect "make install DESTDIR" make -s install DESTDIR="$work/stage" PREFIX=/opt/leat
mv "$work/stage" "$work/moved"
cd "$work" || exit 1

# --- pkg-config ---

asked() { # option of pkg-config ...
    clean PKG_CONFIG_PATH="${tree-$prefix}/lib/pkgconfig" pkg-config "$@"
}

# usage: by_pkg_config PROGRAM MODULE SOURCE --static|'' COMPILER ...
by_pkg_config() {
    program=$1 module=$2 source=$3 static=$4
    shift 4
    flags=$(asked $static --cflags --libs "$module") || return 1
    echo "$* $flags"
    clean "$@" $warn "$source" -o "$program" $flags
}

needs() { readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' '; }
needs_leat() { needs "$1" | grep 'libleat\.so\.0 libleat_store\.so\.0 '; }
needs_no_leat() { ! needs "$1" | grep leat; }

# A line that pkg-config prints, with its words sorted.
gives() { # words, option ...
    wanted=$1
    shift
    got=$(asked "$@" | tr -s ' ' '\n' | grep . | tr '\n' ' ')
    [ "$got" = "$wanted " ] || { echo "'$got', expected '$wanted '"; return 1; }
}

version=$(awk '/^.define LEAT_VERSION_(MAJOR|MINOR|PATCH)/ { v = v s $3; s = "." }
    END { print v }' "$prefix/include/leat.h")
expect "leat.pc: version" gives "$version" --modversion leat
expect "leat_store.pc: version" gives "$version" --modversion leat_store
expect "leat.pc" gives "-I$prefix/include -L$prefix/lib -lleat" --cflags --libs leat
expect "leat_store.pc requires libleat and not SQLite" \
    gives "-I$prefix/include -L$prefix/lib -lleat_store -lleat" --cflags --libs leat_store
static_has() { asked --static --libs leat_store | grep -e '-lleat_store.*-lleat.*-lsqlite3'; }
expect "leat_store.pc: static, it requires SQLite" static_has

expect "pkg-config: compile as C" by_pkg_config c leat_store consumer.c '' gcc -std=c99 \
    -Wl,-rpath,"$prefix/lib"
expect "pkg-config: the program needs the libraries" needs_leat c
expect "pkg-config: it resumes" resumes "$work/c"
expect "pkg-config: compile as C++" by_pkg_config c++ leat_store consumer.cpp '' g++ -std=c++11
expect "pkg-config: the program in C++ needs the libraries" needs_leat c++
expect "pkg-config: it resumes" resumes "$work/c++" env LD_LIBRARY_PATH="$prefix/lib"
expect "pkg-config: compile with leat.hpp" by_pkg_config hpp leat_store consumer_hpp.cpp '' \
    g++ -std=c++17 -Wl,-rpath,"$prefix/lib"
expect "pkg-config: the program with leat.hpp needs the libraries" needs_leat hpp
expect "pkg-config: it resumes" resumes "$work/hpp"
cp whole whole_hpp
expect "pkg-config --static: compile" by_pkg_config static leat_store consumer.c --static \
    gcc -std=c99 -static
needs_none() { [ -e "$1" ] && [ -z "$(needs "$1")" ]; }
expect "pkg-config --static: the program needs no library" needs_none static
expect "pkg-config --static: it resumes" resumes "$work/static"
expect "pkg-config --static: the core alone" by_pkg_config core leat core.c --static gcc -std=c99 \
    -static
expect "pkg-config --static: it runs" clean ./core

expect "leat.hpp: the same outputs as in C" cmp whole_hpp whole

moved_prefix() {
    tree=$moved
    gives "-I$moved/include -L$moved/lib -lleat" --define-prefix --cflags --libs leat
    code=$?
    unset tree
    return $code
}
expect "pkg-config --define-prefix: a moved tree" moved_prefix

# --- CMake ---

cmake_configure() { # folder, option ...
    folder=$1
    shift
    clean cmake -S "$work" -B "$folder" -DCMAKE_PREFIX_PATH="$moved" \
        -DCMAKE_C_FLAGS="$warn" -DCMAKE_CXX_FLAGS="$warn" "$@"
}
expect "CMake: configure" cmake_configure by_cmake
expect "CMake: it found the installed version" \
    grep "^leat_DIR:PATH=$moved/lib/cmake/leat$" by_cmake/CMakeCache.txt
expect "CMake: build" clean cmake --build by_cmake
expect "CMake: leat::store" needs_leat by_cmake/consumer
expect "CMake: it resumes" resumes "$work/by_cmake/consumer"
expect "CMake: leat::store in C++" needs_leat by_cmake/consumer_cxx
expect "CMake: it resumes in C++" resumes "$work/by_cmake/consumer_cxx"
expect "CMake: leat::store with leat.hpp" needs_leat by_cmake/consumer_hpp
expect "CMake: it resumes with leat.hpp" resumes "$work/by_cmake/consumer_hpp"
expect "CMake: leat::store_static with leat.hpp" needs_no_leat by_cmake/consumer_hpp_static
expect "CMake: it resumes with leat.hpp, static" resumes "$work/by_cmake/consumer_hpp_static"
expect "CMake: leat::store_static" needs_no_leat by_cmake/consumer_static
expect "CMake: it resumes, static" resumes "$work/by_cmake/consumer_static"
expect "CMake: leat::leat_static" test "$(needs by_cmake/core)" = "libc.so.6 "
expect "CMake: it runs" clean by_cmake/core

# The arguments of find_package, and whether it must succeed.
project() { # name, arguments of find_package
    mkdir -p "$1" && printf '%s\n' 'cmake_minimum_required(VERSION 3.14)' 'project(p C)' \
        "find_package(leat $2)" "$3" >"$1/CMakeLists.txt"
    clean cmake -S "$1" -B "$1/build" -DCMAKE_PREFIX_PATH="$moved" $4
}
hide_sqlite=-DCMAKE_DISABLE_FIND_PACKAGE_SQLite3=TRUE
all='foreach(t leat store leat_static store_static)
if(NOT TARGET leat::${t})
message(FATAL_ERROR "no leat::${t}")
endif()
endforeach()'
expect "CMake: without components all are found" project all "REQUIRED" "$all" ''
expect "CMake: version $version exactly" project exact "$version EXACT REQUIRED" '' ''
expect "CMake: a later version is refused" refused project later "0.999 REQUIRED" '' ''
expect "CMake: another major version is refused" refused project major "1.0 REQUIRED" '' ''
expect "CMake: a range that includes the version" project range "0.1...0.99 REQUIRED" '' ''
expect "CMake: a range without it is refused" refused project range2 "0.2...0.99 REQUIRED" '' ''
expect "CMake: the core and the shared store don't look for SQLite" \
    project core_only "REQUIRED COMPONENTS leat store leat_static" '' $hide_sqlite
expect "CMake: the static store needs SQLite" \
    refused project no_sqlite "REQUIRED COMPONENTS store_static" '' $hide_sqlite
expect "CMake: an unknown component is refused" \
    refused project unknown "REQUIRED COMPONENTS gpu" '' ''

# Nothing that was linked is from the folder of the sources.
from_here() { ! readelf -d "$@" | grep -E "R(UN)?PATH" | grep -F "$top"; }
expect "no path leads to the sources" from_here c c++ by_cmake/consumer by_cmake/consumer_cxx
finish
