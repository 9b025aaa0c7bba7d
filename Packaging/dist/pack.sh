#!/bin/sh
# SPDX-License-Identifier: MIT
# Pack what `make install` installs for one target into build/dist/, so that it works from any
# folder. Equal builds give equal bytes: names are sorted, and times, owners and modes don't depend
# on who packs. `make dist` calls it, with the version in VERSION.
# usage: Packaging/dist/pack.sh TARGET, a triple such as aarch64-linux-gnu
set -eu
cd "$(dirname "$0")/../.."
LC_ALL=C
export LC_ALL
target=$1
name=leat-$VERSION-$target

date=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)} || {
    echo "this is no clone of a repository: set SOURCE_DATE_EPOCH, the time of the files" >&2
    exit 1
}
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
tree=$stage/$name
mkdir "$tree" # install.sh removes nothing there

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
cp LICENSE "$tree"

# --- its README ------------------------------------------------------------

# The newest glibc whose symbols the files use, if they use any of glibc's.
glibc() { # file ...
    readelf -VW "$@" 2>/dev/null | sed -n 's/.*Name: GLIBC_\([0-9.]*\) .*/\1/p' | sort -V | tail -n 1
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

# --- the tarball -----------------------------------------------------------

(cd "$tree" && find . -type f | sed 's|^\./||' | sort | xargs sha256sum) >"$stage/SHA256SUMS"
mv "$stage/SHA256SUMS" "$tree"
mkdir -p build/dist
tar -C "$stage" --format=ustar --sort=name --mtime="@$date" --owner=0 --group=0 --numeric-owner \
    --mode=u=rwX,go=rX -cf "$stage/$name.tar" "$name"
gzip -n "$stage/$name.tar"
mv "$stage/$name.tar.gz" build/dist
