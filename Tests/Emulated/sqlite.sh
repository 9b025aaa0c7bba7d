#!/bin/sh
# SPDX-License-Identifier: MIT
# Put SQLite for another processor into a folder: Debian's packages, unpacked, or what its source
# package makes where Debian has none. They are fetched with lists of packages of their own, so
# that this machine's architectures and sources stay as they are.
# usage: Tests/Emulated/sqlite.sh TARGET ARCHITECTURE FOLDER
set -eu
[ ! -e "$3/lib/libsqlite3.so.0" ] || exit 0
target=$1 architecture=$2 folder=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/sources" "$folder/include" \
    "$folder/lib"

get() { # command ...
    (cd "$work" && apt-get -q -o Dir::State::Lists="$work/lists" -o Dir::Cache::pkgcache= \
        -o Dir::Cache::Archives="$work/archives" -o Dir::Cache::srcpkgcache= \
        -o APT::Sandbox::User=root "$@")
}

unpack() {
    foreign="-o APT::Architecture=$architecture -o APT::Architectures=$architecture
        -o Dir::State::status=/dev/null"
    get $foreign update || true # another source of this machine may not have the architecture
    get $foreign download libsqlite3-0 libsqlite3-dev
    for package in "$work"/*.deb; do dpkg-deb -x "$package" "$work/root"; done
    cp "$work/root/usr/include/sqlite3.h" "$folder/include"
    cp -P "$work"/root/usr/lib/*/libsqlite3.so.0* "$work"/root/usr/lib/*/libsqlite3.a "$folder/lib"
}

compile() {
    Scripts/setup tclsh=tcl
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.sources; do
        [ ! -e "$list" ] || sed 's/^Types: deb$/Types: deb-src/; s/^deb /deb-src /' "$list" \
            >"$work/sources/$(basename "$list")"
    done
    sources="-o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts=$work/sources"
    get $sources update
    get $sources source --download-only sqlite3
    mkdir "$work/tree"
    tar -xf "$work"/sqlite3_*.orig.tar.* -C "$work/tree" --strip-components=1
    (cd "$work/tree" && ./configure --disable-tcl --disable-readline && make sqlite3.c)
    cp "$work/tree/sqlite3.h" "$folder/include"
    "$target-gcc" -O2 -w -shared -fPIC -DSQLITE_THREADSAFE=1 -Wl,-soname,libsqlite3.so.0 \
        "$work/tree/sqlite3.c" -o "$folder/lib/libsqlite3.so.0" -lm -lpthread
}

case $architecture in
riscv64) make=compile ;; # not in Debian 12
*) make=unpack ;;
esac
$make >"$work/log" 2>&1 && [ -e "$folder/lib/libsqlite3.so.0" ] || {
    rm -rf "$folder"
    cat "$work/log" >&2
    exit 1
}
