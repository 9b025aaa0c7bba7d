#!/bin/sh
# SPDX-License-Identifier: MIT
# Run the tests with threads under ThreadSanitizer, with the library compiled for it, so that it
# sees every access of the Swift code, too. The totals are on the last line.
# usage: Tests/Fuzz/threads.sh
set -u
cd "$(dirname "$0")/../.."
. Tests/Fuzz/instrument.sh
out=build/tests/tsan
model=$PWD/Tests/Vectors/head/model.safetensors
. Tests/checks.sh

Scripts/setup g++=g++ sqlite3.h=libsqlite3-dev || exit
instrument thread || exit
mkdir -p $out
export TSAN_OPTIONS=exitcode=66
export TSAN_SYMBOLIZER_PATH="$toolchain/bin/llvm-symbolizer"

# The toolchain's ThreadSanitizer needs libdispatch.
runtime="-L$toolchain/lib/swift_static/linux -ldispatch -lBlocksRuntime -lstdc++"

run() { # program argument ...
    program=$1
    shift
    start=$(date +%s)
    {
        $clang -fsanitize=thread -Wno-error Tests/C/$program.c $(objects thread) $runtime \
            -lsqlite3 -lm -pthread -o $out/$program && timeout 900 $out/$program "$@"
    } >"$work/output" 2>&1
    add_counts $? "$work/output"
    printf '%-24s %s passed, %s failed, %s s\n' $program $good $bad \
        $(($(date +%s) - start))
    [ "$bad" -eq 0 ] || sed 's/^/    /' "$work/output"
}

# Not test_store_autosave_offer, which has its own allocator and forbids system calls.
run test_threads
run test_store_autosave "$model"
run test_store_autosave_threads "$model"
finish
