#!/bin/sh
# SPDX-License-Identifier: MIT
# Install the files that were built, or remove them. Both use one list, so that an
# uninstall removes what an install put there, and nothing else. install.mk passes the
# folders in the environment.
# usage: Packaging/install.sh install|uninstall libraries|tool ...
set -eu
cd "$(dirname "$0")/.."
built=build${TARGET:+/$TARGET}
action=$1
shift
abi=${VERSION%%.*}
case $PREFIX in /*) ;; *) echo "PREFIX=$PREFIX: not an absolute path" >&2 && exit 1 ;; esac
# Make the folders absolute, in PREFIX, without double slashes or slashes at the end.
for place in PREFIX LIBDIR BINDIR INCLUDEDIR MANDIR PKGCONFIGDIR CMAKEDIR BASHDIR ZSHDIR FISHDIR; do
    eval "path=\$$place"
    case $path in /*) ;; *) path=$PREFIX/$path ;; esac
    path=$(printf '%s' "$path" | tr -s /)
    eval "$place=\${path%/}"
done

# Remove a folder and those above it as long as they are empty, up to PREFIX or to
# DESTDIR. Folders in /usr belong to the system, except those named leat.
tidy() { # folder
    folder=$1
    case $folder in "$PREFIX" | "$PREFIX"/*) ;; *) [ -n "$DESTDIR" ] || return 0 ;; esac
    while [ -n "$folder" ]; do
        case $DESTDIR$folder in
        /usr/*/leat) ;;
        /usr | /usr/*) return 0 ;;
        esac
        rmdir "$DESTDIR$folder" 2>/dev/null || return 0
        [ "$DESTDIR$folder" != "$PREFIX" ] || return 0
        folder=${folder%/*}
    done
}

# usage: put MODE FILE FOLDER [NAME]
put() {
    if [ "$action" = install ]; then
        install -D -m "$1" "$2" "$DESTDIR$3/${4-${2##*/}}"
    else
        rm -f "$DESTDIR$3/${4-${2##*/}}"
        tidy "$3"
    fi
}

# usage: link TARGET FOLDER NAME
link() {
    if [ "$action" = install ]; then
        ln -sf "$1" "$DESTDIR$2/$3"
    else
        rm -f "$DESTDIR$2/$3"
        tidy "$2"
    fi
}

# usage: fill TEMPLATE FOLDER: the file NAME from NAME.in, with @WORDS@ replaced.
fill() {
    made=${1##*/}
    made=$scratch/${made%.in}
    [ "$action" = uninstall ] || sed "$words" "$1" >"$made"
    put 644 "$made" "$2"
}

# Print sed's command that replaces a word by a value.
word() { # word, value
    printf 's|@%s@|%s|g\n' "$1" "$(printf '%s' "$2" | sed 's/[\\|&]/\\&/g')"
}

# Print a path for pkg-config, with ${prefix}, which pkg-config can replace.
in_prefix() { case $1 in "$PREFIX"/*) echo "\${prefix}${1#"$PREFIX"}" ;; *) echo "$1" ;; esac; }

libraries() {
    words=$(word VERSION "$VERSION" && word ABI "$abi" && word PREFIX "$PREFIX" &&
        word LIBDIR "$(in_prefix "$LIBDIR")" && word INCLUDEDIR "$(in_prefix "$INCLUDEDIR")" &&
        word TO_LIBDIR "$(realpath -ms --relative-to="$CMAKEDIR" "$LIBDIR")" &&
        word TO_INCLUDEDIR "$(realpath -ms --relative-to="$CMAKEDIR" "$INCLUDEDIR")" &&
        word WORD "$(echo __SIZEOF_POINTER__ | $CC -E -P -x c - 2>/dev/null)")
    for header in leat.h leat_kernels.h leat_store.h leat.hpp; do
        put 644 Include/$header "$INCLUDEDIR"
    done
    for name in leat leat_store; do
        put 644 $built/lib$name.a "$LIBDIR"
        put 755 $built/lib$name.so "$LIBDIR" "lib$name.so.$VERSION"
        link "lib$name.so.$VERSION" "$LIBDIR" "lib$name.so.$abi"
        link "lib$name.so.$abi" "$LIBDIR" "lib$name.so"
        fill Packaging/pkg-config/$name.pc.in "$PKGCONFIGDIR"
        put 644 Packaging/man/$name.3 "$MANDIR/man3"
        # Every function has a page, a link to the page that describes it.
        for function in $(sed -n 's/^\.Fo \(leat_[a-z_]*\)$/\1/p' Packaging/man/$name.3); do
            link $name.3 "$MANDIR/man3" "$function.3"
        done
    done
    put 644 Packaging/man/leat.5 "$MANDIR/man5"
    fill Packaging/cmake/leat-config.cmake.in "$CMAKEDIR"
    fill Packaging/cmake/leat-config-version.cmake.in "$CMAKEDIR"
}

tool() {
    put 755 build/leat "$BINDIR"
    put 644 build/completions/leat.bash "$BASHDIR" leat
    put 644 build/completions/leat.zsh "$ZSHDIR" _leat
    put 644 build/completions/leat.fish "$FISHDIR" leat.fish
    if [ "$action" = install ]; then
        pages=$(cd build/man && ls)
    else # The installed pages say that they are the tool's: build/ may be gone or newer.
        pages=$(cd "$DESTDIR$MANDIR/man1" 2>/dev/null &&
            grep -ls '^\.\\" Made by Packaging/man/tool.awk' leat.1 leat-*.1) || true
    fi
    for page in $pages; do
        put 644 "build/man/$page" "$MANDIR/man1"
    done
}

# Update the loader's cache, but not for a DESTDIR, which a package installs later, or for another
# processor.
register() {
    [ -z "$DESTDIR$TARGET" ] || return 0
    PATH=$PATH:/sbin:/usr/sbin
    command -v ldconfig >/dev/null 2>&1 || return 0
    [ "$(id -u)" -ne 0 ] || ldconfig
    [ "$action" = install ] || return 0
    ldconfig -p | grep -qF "=> $LIBDIR/libleat.so.$abi" ||
        echo "the loader doesn't look in $LIBDIR: link with -Wl,-rpath,'$LIBDIR', or name it" \
            "in a file of /etc/ld.so.conf.d and run ldconfig"
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for part; do $part; done
register
[ "$action" = uninstall ] || echo "installed in $DESTDIR$PREFIX"
