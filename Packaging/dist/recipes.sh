#!/bin/sh
# SPDX-License-Identifier: MIT
# Write the layer for Yocto and the external tree for Buildroot into build/dist, with the checksums
# of the tarballs there. `make dist` calls it, with the version in VERSION. DIST_URI is where the
# tarballs will be published, else they are taken from build/dist.
# usage: Packaging/dist/recipes.sh
set -eu
cd "$(dirname "$0")/../.."
out=$PWD/build/dist
uri=${DIST_URI:-file://$out}
homepage=$(Packaging/homepage.sh)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

rm -rf "$out/meta-leat" "$out/buildroot-leat"
cp -r Packaging/yocto "$out/meta-leat"
cp -r Packaging/buildroot "$out/buildroot-leat"

grep -- '-linux-' "$out/SHA256SUMS" >"$scratch/tarballs"
sed 's/^\([0-9a-f]*\)  leat-[0-9.]*-\(.*\)\.tar\.gz$/SRC_URI[\2.sha256sum] = "\1"/' \
    "$scratch/tarballs" >"$scratch/checksums"
md5=$(md5sum LICENSE)
sha256=$(sha256sum LICENSE)

# usage: fill TEMPLATE FILE: without the lines that name a home page, if there is none.
fill() {
    sed -e "s|@VERSION@|$VERSION|; s|@DIST_URI@|$uri|; s|@LICENSE_MD5@|${md5%% *}|" \
        -e "/^@CHECKSUMS@\$/{r $scratch/checksums" -e 'd;}' \
        -e "${homepage:+s|@HOMEPAGE@|$homepage|;}/@HOMEPAGE@/d" "$1" >"$2"
    rm "$1"
}
recipe=$out/meta-leat/recipes-support/leat
package=$out/buildroot-leat/package/leat
fill "$recipe/leat.bb.in" "$recipe/leat_$VERSION.bb"
fill "$package/Config.in.in" "$package/Config.in"
fill "$package/leat.mk.in" "$package/leat.mk"
{
    echo "# From make dist"
    sed 's/^/sha256  /' "$scratch/tarballs"
    echo "sha256  ${sha256%% *}  LICENSE"
} >"$package/leat.hash"
