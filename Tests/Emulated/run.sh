#!/bin/sh
# SPDX-License-Identifier: MIT
# Test the libraries for other processors under qemu's user mode, and carry one store from this
# machine to all of them. Make has built the libraries: make CROSS=TARGET libraries. What isn't
# tested is named at the end, with the reason. The last line has the totals.
# usage: Tests/Emulated/run.sh [--quick] TARGET ...    aarch64-linux-gnu, arm-linux-gnueabihf, ...
cd "$(dirname "$0")/../.." || exit 1
quick=
if [ "${1-}" = --quick ]; then quick=yes && shift; fi
. Tests/checks.sh

# Some seconds for each, and what depends on the width of a word.
few='test_vectors test_refused_files test_arguments test_state_damage test_state_limits
    test_float_environment test_store test_store_large test_store_autosave test_store_backup
    test_store_groups test_store_export test_store_open test_store_maintenance
    test_store_processes test_store_damage test_store_descriptors'
# Tests of what an emulator can't do, or doesn't show.
strict='test_no_system_call test_store_autosave_offer'
# Tests that run a part on an emulator, see Tests/C/run.sh.
long='test_batch test_split_invariance test_layers test_window'
# Minutes there, of which a part shows nothing about a processor: what an authorizer may refuse.
slow=test_store_attached_authorizer
# qemu 7.2 doesn't end the fork() of a program with threads.
forks=test_store_fork
other='test_headers test_exports test_linked_kernels test_stream_bytes_c++ test_init_with
    test_activation_kernels test_log_softmax test_no_subnormal'
# These put a malloc() in place of glibc's, which a static program can't: see target.sh.
shared='test_no_allocation test_store_memory'

programs() { # target
    if [ -n "$quick" ]; then
        echo $few
        return
    fi
    left_out="$strict $other"
    [ "${1%%-*}" = "$(uname -m)" ] || left_out="$left_out $slow $forks"
    case $1 in aarch64-* | *-musl) left_out="$left_out $shared" ;; esac
    for program in Tests/C/test_*.c; do
        program=$(basename "$program" .c)
        case " $(echo $left_out) " in *" $program "*) ;; *) echo "$program" ;; esac
    done
}

# The kills of Tests/Soak.
soak() { # rounds
    . Tests/Emulated/target.sh
    $cc -std=c99 -O1 -g -IInclude -ITests/C Tests/Soak/soak.c Tests/Soak/soak_worker.c \
        -o "$made/tests/soak" -L"$made" '-Wl,-rpath,$ORIGIN/..' -lleat_store -lleat $sqlite -lm \
        -lpthread &&
        timeout 1800 $emulator "$made/tests/soak" --rounds "$1" \
            Tests/Vectors/head/model.safetensors Tests/Vectors/projection-head/model.safetensors
}

# usage: tested TARGET WHAT COMMAND ...: prints a line, and all of the output when it fails or isn't
# quick.
tested() {
    name="$1 $2" start=$(date +%s)
    CROSS=$1
    export CROSS
    shift 2
    ("$@") >"$work/output" 2>&1
    add_counts $? "$work/output"
    printf '%-32s %8s passed, %s failed, %s s\n' "$name" "$good" "$bad" $(($(date +%s) - start))
    if [ "$bad" -ne 0 ] || [ -z "$quick" ]; then sed 's/^/    /' "$work/output"; fi
    CROSS=
}

for target; do
    tested "$target" C Tests/C/run.sh $(programs "$target")
    case $target in
    aarch64-*) # which has no dot products of bytes; the emulator's own processor has
        tested "$target" 'on Cortex-A53' env QEMU_CPU=cortex-a53 Tests/C/run.sh test_kernel
        ;;
    esac
    if [ -n "$quick" ]; then
        tested "$target" kills soak 5
    else
        tested "$target" faults Tests/Faults/run.sh
        tested "$target" kills soak 50
    fi
done
tested '' 'a store' Tests/Emulated/carry.sh "$@"

if [ -z "$quick" ]; then
    echo "not run: $strict: qemu has no seccomp, and musl none of Linux's headers"
    echo "a part under qemu: $long: all of it takes many minutes each"
    echo "not run under qemu: $slow: minutes of questions that are the same on every processor"
    echo "not run: $(echo $other): they examine libraries, or flags that only x86-64 has"
    case "$*" in
    *aarch64-*) echo "not run on arm64: $shared: its programs are static under qemu 7.2" ;;
    esac
    case "$*" in
    *-musl*)
        echo "not run with musl: $shared: they count what glibc's malloc() gives"
        echo "not run with musl: a program that traps floats: only glibc has a function for it"
        ;;
    esac
    echo "not run under qemu: $forks: there fork() in a program with threads never ends"
    echo "not run under qemu: the end of test_store_disk_full, which shuts a file system down"
    echo "not run: sanitizers and valgrind: both need the processor itself"
fi
finish
