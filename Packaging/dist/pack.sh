#!/bin/sh
# SPDX-License-Identifier: MIT
# Pack what `make install` installs for one target into build/dist, so that it works from any
# folder. `make dist` calls it, with the version in VERSION.
# usage: Packaging/dist/pack.sh TARGET, a triple such as aarch64-linux-gnu
set -eu
cd "$(dirname "$0")/../.."
target=$1
name=leat-$VERSION-$target
. Packaging/dist/tarball.sh

# --- the files -------------------------------------------------------------

if [ "$target" = "$(uname -m)-linux-gnu" ]; then
    set -- install
else
    set -- install-libraries CROSS="$target"
fi
make -s "$@" PREFIX="/$name" LIBDIR="/$name/lib" DESTDIR="$stage" >"$stage/log" || {
    cat "$stage/log" >&2
    exit 1
}
for file in "$tree"/lib/pkgconfig/*.pc; do
    # pkg-config itself quotes the blanks of pcfiledir.
    sed -i 's|^prefix=.*|prefix=${pcfiledir}/../..|; s|"||g' "$file"
done

# --- its README ------------------------------------------------------------

# The newest glibc whose symbols the files use.
glibc() { # file ...
    readelf -VW "$@" | sed -n 's/.*Name: GLIBC_\([0-9.]*\) .*/\1/p' | sort -V | tail -n 1
}

case $target in
*-musl) needs=musl ;;
*) needs="glibc $(glibc "$tree"/lib/libleat*.so.*) or newer" ;;
esac
if [ -e "$tree/bin/leat" ]; then
    tool="bin/leat is the tool (glibc $(glibc "$tree/bin/leat") or newer): bin/leat --help"
    folders="bin include lib share"
else
    tool="The tool, leat, is in the tarball for x86_64-linux-gnu."
    folders="include lib share"
fi
sed "s|@VERSION@|$VERSION|; s|@TARGET@|$target|; s|@NEEDS@|$needs|; s|@TOOL@|$tool|
    s|@FOLDERS@|$folders|" Packaging/dist/README.in >"$tree/README"
pack
