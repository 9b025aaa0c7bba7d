#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_dist.sh: the tarball of `make dist` for this machine. Packed again it has the same bytes.
# What is in it works from any folder, by pkg-config, by CMake, and copied to a prefix as the README
# says. Tests/Dist has the other targets, on roots of their own.
# usage: Tests/Install/test_dist.sh
cd "$(dirname "$0")/../.." || exit 1
Scripts/setup gcc=gcc pkg-config=pkg-config cmake=cmake sqlite3.h=libsqlite3-dev || exit 1
. Tests/Install/common.sh

version=$(awk '/^.define LEAT_VERSION_(MAJOR|MINOR|PATCH)/ { v = v s $3; s = "." }
    END { print v }' Include/leat.h)
target=$(uname -m)-linux-gnu
name=leat-$version-$target
tarball=build/dist/$name.tar.gz
top=$PWD
tree="$work/any where/$name"

# --- the same bytes ---

pack() { make -s dist TARGETS="$target" "$@"; }
# Another user at another time: other modes of new files, time zone, language, scratch folder.
pack_again() {
    cp "$tarball" "$work/first.tar.gz" && mkdir "$work/scratch" && (
        umask 077 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 TMPDIR=$work/scratch pack
    )
}
of_that_time() {
    SOURCE_DATE_EPOCH=86400 pack && TZ=UTC tar -tvzf "$tarball" --full-time >"$work/listing" &&
        grep -q "$name/README" "$work/listing" && ! grep -v ' 1970-01-02 00:00:00 ' "$work/listing"
}
expect "make dist: all files have the time of SOURCE_DATE_EPOCH" of_that_time
expect "make dist" pack
expect "make dist again" pack_again
expect "the same bytes" cmp "$work/first.tar.gz" "$tarball"
expect "owners are 0" silent sh -c \
    'tar -tvzf "$1" --numeric-owner | grep -v " 0/0 "; :' - "$tarball"
expect "modes don't depend on who packs" silent sh -c \
    'tar -tvzf "$1" | grep -vE "^(drwxr-xr-x|-rwxr-xr-x|-rw-r--r--|lrwxr-xr-x) "; :' - "$tarball"

# --- what is in it ---

mkdir -p "${tree%/*}"
expect "unpack" tar -C "${tree%/*}" -xf "$tarball"
expect "its checksums" sh -c 'cd "$1" && sha256sum --quiet -c SHA256SUMS' - "$tree"
all_listed() {
    (cd "$tree" && find . -type f ! -name SHA256SUMS | sed 's/^..//' | sort) >"$work/files"
    sed 's/^[0-9a-f]*  //' "$tree/SHA256SUMS" | diff "$work/files" -
}
expect "they are of all files" all_listed
installed() { # what make install puts there, with two files more
    make -s install PREFIX=/usr DESTDIR="$work/stage" LIBDIR=lib || return 1
    { (cd "$work/stage/usr" && find . ! -type d) && echo ./LICENSE ./README ./SHA256SUMS |
        tr ' ' '\n'; } | sort >"$work/expected"
    (cd "$tree" && find . ! -type d | sort | diff "$work/expected" -)
}
expect "the files are those of make install, and README, LICENSE and SHA256SUMS" installed
here() { grep -rIlF -e "$top" -e "$work" -e /root/ "$tree"; }
expect "no text has a path of this machine" silent refused here
ten_lines() {
    cat "$tree/README"
    [ "$(wc -l <"$tree/README")" -eq 10 ] && ! grep '@' "$tree/README"
}
expect "its README has ten lines" ten_lines
expect "its README says which libsqlite3 is needed" \
    grep -q 'libsqlite3 (3\.37 or newer)' "$tree/README"
new_enough() { # the C library that the README names has all symbols that are used
    newest=$(readelf -VW "$tree"/lib/lib*.so.* | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1)
    grep "glibc ${newest#GLIBC_} or newer" "$tree/README" &&
        { [ "$target" != x86_64-linux-gnu ] ||
            grep "for x86-64 glibc ${newest#GLIBC_}\.$" Documentation/Compatibility.md; }
}
expect "its README, and Compatibility.md, say which glibc is needed" new_enough
no_hash() { # of the folder of the sources
    for library in libleat libleat_store; do
        readelf -SW "$tree/lib/$library.a" "$tree/lib/$library.so" >"$work/sections" || return 1
        ! grep swift_modhash "$work/sections" || return 1
    done
}
expect "the libraries don't depend on the folder that they were built in" no_hash
expect "the tool" sh -c '"$1/bin/leat" --version | grep -x "leat $2"' - "$tree" "$version"

# --- from any folder ---

cp Tests/Install/consumer.c Tests/Install/cmake/CMakeLists.txt "$model" "$work"
warn='-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror'
# As the README's commands, but in a folder whose name has a space.
by_pkg_config() { # program, --static or nothing
    PKG_CONFIG_PATH=$tree/lib/pkgconfig pkg-config $2 --cflags --libs leat_store >"$work/flags" ||
        return 1
    cat "$work/flags"
    eval "gcc $warn ${2:+-static} '$work/consumer.c' $(cat "$work/flags") \
        -Wl,-rpath,'$tree/lib' -o '$1'"
}
expect "pkg-config: compile" by_pkg_config "$work/shared" ''
expect "pkg-config: it resumes" resumes "$work/shared"
expect "pkg-config --static: compile" by_pkg_config "$work/static" --static
expect "pkg-config --static: it resumes" resumes "$work/static"
by_cmake() {
    mkdir "$work/cmake" && cp "$work/consumer.c" "$work/cmake" && printf '%s\n' \
        'cmake_minimum_required(VERSION 3.14)' 'project(p C)' \
        "find_package(leat $version REQUIRED)" 'add_executable(consumer consumer.c)' \
        'target_link_libraries(consumer PRIVATE leat::store)' >"$work/cmake/CMakeLists.txt" &&
        clean cmake -S "$work/cmake" -B "$work/cmake/build" -DCMAKE_PREFIX_PATH="$tree" &&
        clean cmake --build "$work/cmake/build"
}
expect "CMake: build" by_cmake
expect "CMake: it resumes" resumes "$work/cmake/build/consumer"

# --- for all users ---

copied() { # the README's command, elsewhere
    line=$(sed -n 's/^(cd leat && sudo \(cp -a .*\) \/usr\/local).*/\1/p' "$top/README.md")
    [ -n "$line" ] && mkdir -p "$work/local" && (cd "$tree" && $line "$work/local") &&
        "$work/local/bin/leat" --version &&
        gcc $warn -I"$work/local/include" "$work/consumer.c" -L"$work/local/lib" -lleat_store \
            -lleat -Wl,-rpath,"$work/local/lib" -o "$work/for_all"
}
expect "copied to a prefix" copied
expect "it resumes" resumes "$work/for_all"
finish
