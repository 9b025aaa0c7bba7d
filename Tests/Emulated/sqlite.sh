#!/bin/sh
# SPDX-License-Identifier: MIT
# Put SQLite for another processor into a folder: Debian's packages, unpacked, or what its source
# package makes where Debian has none. This machine's architectures and sources stay as they are.
# usage: Tests/Emulated/sqlite.sh TARGET ARCHITECTURE FOLDER
set -eu
cd "$(dirname "$0")/../.."
[ ! -e "$3/lib/libsqlite3.so.0" ] || exit 0
target=$1 architecture=$2 folder=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. Scripts/debian.sh
. Tests/Dist/sqlite.sh

unpack() {
    unpacked_debs "$work/root" "$architecture" libsqlite3-0 libsqlite3-dev &&
        cp "$work/root/usr/include/sqlite3.h" "$folder/include" &&
        cp -P "$work"/root/usr/lib/*/libsqlite3.so.0* "$work"/root/usr/lib/*/libsqlite3.a "$folder/lib"
}

compile() {
    made_sqlite "$target-gcc" "$work/made" && cp "$work/sqlite/sqlite3.h" "$folder/include" &&
        cp -P "$work"/made/libsqlite3.* "$folder/lib"
}

mkdir -p "$folder/include" "$folder/lib"
case $target in
riscv64-* | *-musl) make=compile ;; # not in Debian 12
*) make=unpack ;;
esac
$make >"$work/log" 2>&1 || {
    rm -rf "$folder"
    cat "$work/log" >&2
    exit 1
}
