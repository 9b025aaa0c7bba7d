#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_packages.sh: `make deb`, lintian, and a new Debian with the packages and a C compiler, and
# without Swift: there a program is compiled, steps, is killed and resumes, and the tool runs.
# Removing the packages removes all their files. Making the new Debian needs root.
# usage: Tests/Install/test_packages.sh
cd "$(dirname "$0")/../.." || exit 1
Scripts/setup dpkg-buildpackage=dpkg-dev dh=debhelper lintian=lintian debootstrap=debootstrap || exit 1
. Tests/Install/common.sh
. Scripts/debian.sh

version=$(sed -n '1s/.*(\(.*\)).*/\1/p' Packaging/debian/changelog)
architecture=$(dpkg --print-architecture)
root=$work/root

package() { echo "build/$1_${version}_$architecture.deb"; }
packages="$(package libleat0) $(package libleat-dev) $(package leat-tools)"

# --- made ---

DEBFULLNAME="The tests of Leat" DEBEMAIL=packages@example.org
HOMEPAGE=https://example.org/leat.git
export DEBFULLNAME DEBEMAIL HOMEPAGE
expect "make deb" make -s deb
# usage: says FIELD VALUE: each package has this value in the field.
says() {
    for package in $packages; do
        [ "$(dpkg-deb -f "$package" "$1" | tee /dev/stderr)" = "$2" ] || return 1
    done
}
expect "the maintainer is the user who makes them" says Maintainer "$DEBFULLNAME <$DEBEMAIL>"
expect "Homepage is the given one" says Homepage https://example.org/leat

# usage: identity MAINTAINER HOMEPAGE [VARIABLE=VALUE ...]: what debian-identity.sh inserts.
identity() {
    rm -rf "$work/debian" && cp -r Packaging/debian "$work/debian" || return 1
    maintainer=$1 homepage=$2
    shift 2
    (cd "$work" && env -u DEBFULLNAME -u DEBEMAIL -u EMAIL -u HOMEPAGE "$@" \
        "$OLDPWD/Packaging/debian-identity.sh" debian) || return 1
    grep -h "^Maintainer:\|^Homepage:\|^ -- " "$work/debian/control" "$work/debian/changelog"
    grep -qx "Maintainer: $maintainer" "$work/debian/control" &&
        grep -q "^ -- $maintainer  " "$work/debian/changelog" &&
        [ "$(sed -n 's/^Homepage: //p' "$work/debian/control")" = "$homepage" ]
}
expect "otherwise it is this user at this machine" identity ".* <$(id -un)@.*>" ""
expect "a name with any characters" identity "A & B | C <a@b.c>" "" \
    "DEBFULLNAME=A & B | C" EMAIL=a@b.c
git init -q "$work"
expect "without an origin there is no Homepage" identity "x <x@y.z>" "" DEBFULLNAME=x EMAIL=x@y.z
git -C "$work" remote add origin https://example.net/them/leat.git
expect "Homepage is the origin of the clone" \
    identity "x <x@y.z>" https://example.net/them/leat DEBFULLNAME=x EMAIL=x@y.z
git -C "$work" remote set-url origin https://me:secret@example.net/leat.git
expect "without a password" identity "x <x@y.z>" "" DEBFULLNAME=x EMAIL=x@y.z
expect "lintian" silent lintian --allow-root --fail-on error,warning $packages
no_others() {
    # The last has .debug_frame, by which debuggers find callers.
    printf '%s\n' $packages "$(package libleat0-dbgsym)" | sort >"$work/expected"
    ls build/*.deb | sort | diff "$work/expected" -
}
expect "exactly these packages are made" no_others

# usage: depends PACKAGE WORDS: its Depends has these words.
depends() { dpkg-deb -f "$(package "$1")" Depends | tee /dev/stderr | grep -qF -e "$2"; }
expect "libleat0 depends on the C library" depends libleat0 "libc6 (>= "
expect "libleat0 depends on SQLite" depends libleat0 "libsqlite3-0 (>= 3.37"
expect "libleat-dev depends on libleat0 of its version" depends libleat-dev "libleat0 (= $version)"
expect "libleat-dev depends on SQLite's headers" depends libleat-dev "libsqlite3-dev (>= 3.37)"
expect "leat-tools depends on the C library" depends leat-tools "libc6 (>= "
expect "leat-tools doesn't depend on libleat0" refused depends leat-tools libleat

# --- a new Debian ---

new_root() { debian_root "$root" gcc,libc6-dev; }
# With /proc, where the tool finds its arguments; the mount ends with the command.
inside() {
    clean unshare --mount sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' "$root" "$@"
}
# Files that may remain after a package is removed: records of apt and dpkg.
contents() {
    (cd "$root" && find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./tmp \
        -o -path ./var/cache -o -path ./var/lib/apt -o -path ./var/lib/dpkg -o -path ./var/log \
        -o -path ./run \) -prune -o -print | sort)
}
installed() {
    mkdir -p "$root/packages" && cp $packages "$root/packages" || return 1
    inside env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        -o APT::Sandbox::User=root \
        $(for package in $packages; do echo "/packages/${package##*/}"; done)
}
program() { # option of cc ...
    inside cc -std=c99 -Wall -Wextra -Werror /program/consumer.c -o /program/consumer "$@"
}
resumes_inside() {
    rm -f "$root"/program/*.db*
    run='/program/consumer /program/model.safetensors'
    inside $run /program/whole.db 100 >"$work/whole" || return 1
    inside $run /program/cut.db 100 57
    [ $? -eq 137 ] || { echo "it wasn't killed"; return 1; }
    inside $run /program/cut.db 100 >"$work/cut"
    [ $? -eq 75 ] || { echo "it didn't resume"; return 1; }
    grep '^100 [0-9a-f]' "$work/whole" && cmp "$work/whole" "$work/cut"
}

expect "a new Debian $codename" new_root
if [ -x "$root/usr/bin/gcc" ]; then
    mkdir "$root/program"
    cp Tests/Install/consumer.c "$model" "$root/program"
    contents >"$work/before"
    expect "there is no Swift" refused inside sh -c 'command -v swift || ls -d /usr/lib/swift*'
    expect "the packages are installed" installed
    expect "libraries and their links" inside sh -c '
        cd /usr/lib/*-linux-gnu* && test -f libleat.so.0 && test -f libleat_store.so && ldconfig -p |
        grep libleat_store.so.0'
    expect "manual pages" inside sh -c '
        cd /usr/share/man || exit
        test -f man1/leat.1.gz && test -f man1/leat-info.1.gz && test -f man3/leat.3.gz &&
        test -f man3/leat_stream_step.3.gz && test -f man3/leat_store.3.gz && test -f man5/leat.5.gz'
    expect "a program is compiled" program -lleat_store -lleat
    expect "it resumes" resumes_inside
    expect "a program is compiled, static" program -static -lleat_store -lleat -lsqlite3 -lm
    expect "it resumes" resumes_inside
    expect "leat --version" inside sh -c "leat --version | grep -x 'leat ${version%%-*}'"
    expect "leat info" inside sh -c 'leat info /program/model.safetensors | grep -i fingerprint'
    expect "removed" inside apt-get purge -y --autoremove libleat0 libleat-dev leat-tools
    expect "no file of them is left" sh -c 'find "$1" -xdev -name "*leat*" ! -path "$1/packages/*" |
        grep . && exit 1; exit 0' - "$root"
    rm -rf "$root/program" "$root/packages"
    contents >"$work/after"
    sed -i '/^\.\/program/d' "$work/before"
    expect "every file is as before" diff "$work/before" "$work/after"
fi
finish
