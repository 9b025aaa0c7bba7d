#!/bin/sh
# SPDX-License-Identifier: MIT
# Compile the library once more, with a sanitizer in its Swift code as well: it
# stays Embedded Swift, optimised as what ships, but with its assertions and
# the standard library's checks of pointers and indices turned on.
# usage: . Tests/Fuzz/instrument.sh; instrument address|thread

# The compiler for C and the runtime must be those of the Swift toolchain.
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
    address) # and what libFuzzer takes its bearings by
        flags="$flags -sanitize-coverage=edge,trace-cmp,inline-8bit-counters,pc-table" ;;
    thread)
        # Swift 6.3.1 tells the sanitizer of the address of an inout argument, and at some
        # places has it as an integer by then. That does no harm, but isn't valid LLVM IR.
        flags="$flags -Xfrontend -disable-llvm-verify" ;;
    esac
    # The Swift compiler does not see that a C header has changed.
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
