#!/bin/sh
# SPDX-License-Identifier: MIT
# Compile the library once more, with a sanitizer also in its Swift code. It is Embedded Swift,
# optimised as the shipped one, but with its assertions and the standard library's checks of
# pointers and indices.
# usage: . Tests/Fuzz/instrument.sh; instrument address|thread

# The C compiler and the runtime must be those of the Swift toolchain.
toolchain=$(swiftc -print-target-info |
    sed -n 's|.*"runtimeResourcePath": "\(.*\)/lib/swift".*|\1|p')
clang="$toolchain/bin/clang -fuse-ld=lld -std=c99 -g -O1"
clang="$clang -Wall -Wextra -Wpedantic -Wconversion -Werror -IInclude -ITests/C"

# The objects of both libraries, each once.
objects() { # kind
    cat build/instrumented/$1/release/Leat*Archive.product/Objects.LinkFileList | sort -u
}

instrument() { # kind
    folder=build/instrumented/$1 flags="-sanitize=$1"
    case $1 in
    address) # and the coverage that libFuzzer uses
        flags="$flags -sanitize-coverage=edge,trace-cmp,inline-8bit-counters,pc-table" ;;
    thread)
        # Swift 6.3.1 passes the address of an inout argument to the sanitizer, and at some places
        # as an integer. That does no harm, but isn't valid LLVM IR.
        flags="$flags -Xfrontend -disable-llvm-verify" ;;
    esac
    # The Swift compiler does not notice changed C headers.
    if [ -n "$(find Include Sources -name '*.h' -newer $folder/stamp 2>/dev/null)" ]; then
        rm -rf $folder
    fi
    mkdir -p $folder && touch $folder/begun
    flags="$flags -gline-tables-only -assert-config Debug"
    for flag in $flags; do set -- "$@" -Xswiftc "$flag"; done
    shift
    for product in LeatArchive LeatStoreArchive; do
        Scripts/quietly swift build --traits Embedded --scratch-path $folder \
            -c release --product $product "$@" || return
    done
    mv $folder/begun $folder/stamp
}
