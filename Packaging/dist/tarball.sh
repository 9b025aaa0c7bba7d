# SPDX-License-Identifier: MIT
# How a release's files become a tarball, for the scripts beside this one, which read it with ".".
# Equal files give equal bytes: names are sorted, and times, owners and modes don't depend on who
# packs.
# usage: name=..., then . Packaging/dist/tarball.sh, then put files into $tree, then pack
LC_ALL=C
export LC_ALL

date=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)} || {
    echo "this is no clone of a repository: set SOURCE_DATE_EPOCH, the time of the files" >&2
    exit 1
}
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
tree=$stage/$name
mkdir "$tree"

# Into build/dist, with the licence and the checksums of all files.
pack() {
    cp LICENSE "$tree"
    (cd "$tree" && find . -type f | sed 's|^\./||' | sort | xargs sha256sum) >"$stage/SHA256SUMS"
    mv "$stage/SHA256SUMS" "$tree"
    mkdir -p build/dist
    tar -C "$stage" --format=ustar --sort=name --mtime="@$date" --owner=0 --group=0 \
        --numeric-owner --mode=u=rwX,go=rX -cf "$stage/$name.tar" "$name"
    gzip -n "$stage/$name.tar"
    mv "$stage/$name.tar.gz" build/dist
}
