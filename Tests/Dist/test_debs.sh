#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_debs.sh: `make deb ARCH=` makes the packages of the libraries for that architecture, and
# lintian finds nothing in them. To know which libsqlite3 they need, this machine gets that of the
# architecture.
# usage: Tests/Dist/test_debs.sh arm64|armhf
cd "$(dirname "$0")/../.." || exit 1
Scripts/setup dpkg-buildpackage=dpkg-dev dh=debhelper lintian=lintian readelf=binutils || exit 1
. Tests/checks.sh

architecture=$1
case $architecture in
arm64) machine=AArch64 ;;
armhf) machine=ARM ;;
*) echo "usage: test_debs.sh arm64|armhf" >&2 && exit 2 ;;
esac
version=$(sed -n '1s/.*(\(.*\)).*/\1/p' Packaging/debian/changelog)
package() { echo "build/$1_${version}_$architecture.deb"; }

DEBFULLNAME="The tests of Leat" DEBEMAIL=packages@example.org
HOMEPAGE=https://example.org/leat
export DEBFULLNAME DEBEMAIL HOMEPAGE
expect "make deb ARCH=$architecture" make -s deb ARCH="$architecture"
no_others() {
    printf '%s\n' "$(package libleat-dev)" "$(package libleat0)" "$(package libleat0-dbgsym)" |
        sort >"$work/expected"
    ls build/*.deb | sort | diff "$work/expected" -
}
expect "exactly libleat0, libleat-dev and libleat0-dbgsym are made" no_others
field() { dpkg-deb -f "$(package "$1")" "$2" | tee /dev/stderr | grep -qF -e "$3"; }
for name in libleat0 libleat-dev; do
    expect "$name is for $architecture" field $name Architecture "$architecture"
done
expect "libleat0 depends on the C library" field libleat0 Depends "libc6 (>= "
expect "libleat0 depends on SQLite" field libleat0 Depends "libsqlite3-0 (>= 3.37"
expect "libleat-dev depends on libleat0" field libleat-dev Depends "libleat0 (= $version)"
unpack() { dpkg-deb -x "$(package libleat0)" "$work/tree"; }
expect "unpack" unpack
libraries_for() {
    for library in libleat libleat_store; do
        readelf -h "$work"/tree/usr/lib/*/$library.so.0 | grep "Machine: *$machine$" || return 1
    done
}
expect "the libraries are for $machine" libraries_for
expect "lintian" silent lintian --allow-root --fail-on error,warning "$(package libleat0)" \
    "$(package libleat-dev)"
expect "another architecture is refused" sh -c \
    '! make -s deb ARCH=vax 2>"$1" && grep "ARCH is arm64 or armhf, not vax" "$1"' - "$work/refused"
finish
