#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_install.sh: `make install` puts everything in its place, also with spaces in DESTDIR and with
# another LIBDIR, and `make uninstall` removes that and nothing else.
# usage: Tests/Install/test_install.sh
cd "$(dirname "$0")/../.." || exit 1
. Tests/Install/common.sh

version=$(awk '/^.define LEAT_VERSION_(MAJOR|MINOR|PATCH)/ { v = v s $3; s = "." }
    END { print v }' Include/leat.h)
abi=${version%%.*}
stage="$work/a stage"

# All files in a folder and below it, without folders.
files() { (cd "$1" && find . ! -type d | sort | sed 's/^..//'); }

# The files of an installation: its libraries in $1, and zsh's completions in $2.
expected() {
    for header in leat.h leat_kernels.h leat_store.h leat.hpp; do echo "include/$header"; done
    for name in leat leat_store; do
        for suffix in a so so.$abi "so.$version"; do echo "$1/lib$name.$suffix"; done
        echo "$1/pkgconfig/$name.pc"
        echo "share/man/man3/$name.3"
    done
    echo "$1/cmake/leat/leat-config.cmake"
    echo "$1/cmake/leat/leat-config-version.cmake"
    echo share/man/man5/leat.5
    sed -n 's/^ \(leat_.*\)@.*/share\/man\/man3\/\1.3/p' Packaging/debian/libleat0.symbols
    [ "$2" = - ] && return
    echo bin/leat
    echo share/bash-completion/completions/leat
    echo share/fish/vendor_completions.d/leat.fish
    echo "$2/_leat"
    (cd build/man && ls | sed 's/^/share\/man\/man1\//')
}

installs() { # prefix, library folder, zsh's folder or "-", argument of make ...
    prefix=$1 libraries=$2 zsh=$3
    shift 3
    expected "$libraries" "$zsh" | sort >"$work/expected"
    make -s "$@" DESTDIR="$stage" || return 1
    files "$stage$prefix" | diff "$work/expected" - || return 1
    # Every link leads to a file of the installation.
    find "$stage" -type l ! -exec test -f {} \; -print | grep . && return 1
    [ "$(readlink "$stage$prefix/$libraries/libleat_store.so.$abi")" = \
        "libleat_store.so.$version" ]
}

is_empty() { [ -z "$(ls -A "$1")" ] || { find "$1"; return 1; }; }

uninstalls() { # argument of make ...
    make -s uninstall "$@" DESTDIR="$stage" && is_empty "$stage"
}

expect "make install" installs /usr/local lib share/zsh/site-functions install
expect "make uninstall" uninstalls
expect "make install PREFIX=/usr LIBDIR=lib/a/b" \
    installs /usr lib/a/b share/zsh/site-functions install PREFIX=/usr LIBDIR=lib/a/b
expect "make uninstall PREFIX=/usr LIBDIR=lib/a/b" uninstalls PREFIX=/usr LIBDIR=lib/a/b
expect "make install PREFIX=/opt//leat/ LIBDIR=/opt/leat/lib64 ZSHDIR=share/z" \
    installs /opt/leat lib64 share/z install PREFIX=/opt//leat/ LIBDIR=/opt/leat/lib64 \
    ZSHDIR=share/z
expect "make uninstall PREFIX=/opt//leat/ LIBDIR=/opt/leat/lib64 ZSHDIR=share/z" \
    uninstalls PREFIX=/opt//leat/ LIBDIR=/opt/leat/lib64 ZSHDIR=share/z
expect "make install-libraries" installs /usr/local lib - install-libraries
expect "make uninstall, of libraries alone" uninstalls
expect "a PREFIX that isn't absolute" refused make -s install DESTDIR="$stage" PREFIX=usr
expect "nothing is installed there" is_empty "$stage"

# What was there before stays, whatever its name.
foreign='bin/leat-other
include/leat/other.h
lib/cmake/leat/other.cmake
lib/libleat.so.9
lib/libleat_other.so
share/man/man1/leat-other.1
share/man/man3/leat_other.3'
stays() {
    for file in $foreign; do
        mkdir -p "$stage/usr/local/${file%/*}" && echo mine >"$stage/usr/local/$file" || return 1
    done
    make -s install DESTDIR="$stage" && make -s uninstall DESTDIR="$stage" || return 1
    echo "$foreign" >"$work/expected"
    files "$stage/usr/local" | diff "$work/expected" -
}
expect "other files stay" stays
rm -rf "$stage"

# Without DESTDIR: in a folder that the loader doesn't search.
own() {
    make -s install PREFIX="$work/own" >"$work/said" || return 1
    cat "$work/said"
    grep -q "the loader doesn't look in $work/own/lib: " "$work/said" &&
        "$work/own/bin/leat" --version | grep -x "leat $version"
}
expect "make install PREFIX=a user's folder" own
expect "make uninstall without build/man" \
    sh -c 'mv build/man "$1/man" && make -s uninstall PREFIX="$1/own"; code=$?
        mv "$1/man" build/man; exit $code' - "$work"
expect "it removes the folder that it made" test ! -e "$work/own"

# The same version in all places.
expect "Packaging/debian/changelog is of version $version" \
    grep -q "^leat ($version-" Packaging/debian/changelog
expect "CHANGELOG.md has version $version" grep -q "^## $version" CHANGELOG.md
expect "README.md's tarball is of version $version" \
    grep -qx "tar xf leat-$version-x86_64-linux-gnu.tar.gz" README.md
finish
