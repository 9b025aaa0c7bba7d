#!/bin/sh
# SPDX-License-Identifier: MIT
# Build the C tests and run them: against the shared library, against the static one, under ASan and
# UBSan, some under valgrind. Prints a line for each, all of its output when it fails (or with -v),
# and the totals on the last line. --quick runs the vectors and the basics of model, stream and
# store, against the shared library alone.
# usage: Tests/C/run.sh [-v | --quick]
#        CROSS=TARGET Tests/C/run.sh PROGRAM ...   the shared library of another processor
set -u
cd "$(dirname "$0")/../.."
. Tests/Emulated/target.sh
out=$made/tests
vectors=Tests/Vectors
model=$PWD/$vectors/head/model.safetensors
warn='-Wall -Wextra -Wpedantic -Wconversion -Werror'

core='test_vectors test_pinned_bytes test_split_invariance test_refused_files test_arguments test_refused_samples
    test_state_damage test_no_allocation test_no_system_call test_stack test_stream_bytes
    test_stream_bytes_c++ test_kernel test_layers test_layer_rules test_layer_bounds
    test_gru_bounds test_state_limits test_scale test_batch test_batch_step_at test_batch_state
    test_window test_window_state test_window_arguments test_threads test_read_only_model test_no_subnormal test_activations test_float_environment'
store=
if [ -e $made/libleat_store.so ]; then
    store=$(cd Tests/C && ls test_store*.c | sed 's/\.c$//')
fi

# The arguments of a program.
arguments() {
    case $1 in
    test_pinned_bytes) echo $vectors Tests/Golden/pinned-bytes.txt ;;
    test_refused_files) echo Tests/Refused Tests/Accepted ;;
    test_activation* | test_log_softmax | test_batch* | test_gru_bounds | test_layer*) ;;
    test_scale | test_state_limits | test_threads | test_window_state) ;;
    test_read_only_model) ;;
    test_store*) echo "$model" ;;
    *) echo $vectors ;;
    esac
    # All of these takes many minutes on an emulator: Tests/Emulated/run.sh names them.
    case $emulator:$1 in
    qemu-*:test_batch | qemu-*:test_split_invariance | qemu-*:test_window) echo --quick ;;
    qemu-*:test_layers) echo --random 20 ;;
    esac
}

build() { # kind program
    kind=$1 program=$2
    compiler="$cc -std=c99" sources=Tests/C/$program.c options=
    case $program in
    test_no_allocation) sources="$sources Tests/C/interpose_malloc.c" ;;
    test_store_memory) # the sanitizer has its own allocator
        [ $kind = sanitized ] || sources="$sources Tests/C/interpose_malloc.c"
        ;;
    test_stream_bytes_c++) compiler="g++ -std=c++11 -x c++" sources=Tests/C/test_stream_bytes.c ;;
    esac
    leat=-lleat leat_store=-lleat_store
    case $kind:$program in
    static:* | *:test_init_with) leat=-l:libleat.a leat_store=-l:libleat_store.a ;;
    esac
    case $program in
    test_store*) libraries="$leat_store $leat $sqlite -lm -pthread" ;;
    *) libraries="$leat -lm -pthread" ;;
    esac
    # With the sanitizers gcc gives false warnings.
    case $kind in
    sanitized) options='-fsanitize=address,undefined -fno-sanitize-recover=all -Wno-error' ;;
    esac
    rm -f $out/$kind/$program
    $compiler -O1 -g $warn $options -IInclude -ITests/C $sources -o $out/$kind/$program \
        -L$made '-Wl,-rpath,$ORIGIN/../..' $libraries
}

if [ "${1-}" = --build ]; then
    build "$2" "$3"
    exit
fi

# A limit for what never ends.
limit=900
[ -z "$emulator" ] || limit=3600
verbose=
[ "${1-}" != -v ] || verbose=yes
. Tests/checks.sh

run() { # kind program command ...
    label="$1 $2"
    shift 2
    start=$(date +%s)
    timeout $limit "$@" >"$work/output" 2>&1
    add_counts $? "$work/output"
    printf '%-10s %-24s %8s passed, %s failed, %s s\n' $label "$good" "$bad" \
        $(($(date +%s) - start))
    if [ "$bad" -ne 0 ] || [ -n "$verbose" ]; then sed 's/^/    /' "$work/output"; fi
}

run_all() { # kind program ...
    kind=$1
    shift
    mkdir -p $out/$kind
    if ! log=$(printf "$kind %s\n" "$@" | xargs -P 2 -n 2 Tests/C/run.sh --build 2>&1); then
        echo "$kind: the tests don't compile"
        echo "$log"
        failed=$((failed + 1))
    fi
    for program; do run $kind $program $emulator $out/$kind/$program $(arguments $program); done
}

if [ -n "$CROSS" ]; then
    run_all shared "$@"
    finish
fi

if [ "${1-}" = --quick ]; then
    run_all shared test_vectors test_split_invariance test_arguments test_refused_samples \
        test_state_damage ${store:+test_store test_store_open test_store_hard_links \
            test_store_replaced_files test_store_open_errors test_store_paths \
            test_store_file_types test_store_descriptors}
    finish
fi

run scripts test_headers Tests/C/test_headers.sh
run scripts test_exports Tests/C/test_exports.sh
run scripts test_abi Tests/C/test_abi.sh
run scripts test_linked_kernels Tests/C/test_linked_kernels.sh
run_all shared $core $store
# The static library is the same object: here only what depends on how a program is linked. Some
# call functions that only it has.
run_all static test_vectors test_arguments test_stream_bytes test_no_allocation test_no_system_call \
    test_stack test_kernel test_threads test_init_with test_activation_kernels test_log_softmax \
    ${store:+test_store test_store_memory test_store_fork test_store_autosave test_store_attached_settings}

# Not the tests with their own allocator, stack or process, nor the longest one, which has little C.
checked=$(echo $core | sed 's/test_no_[a-z_]*//g; s/test_stack//; s/test_activations//')
run_all sanitized $checked $store test_init_with

command -v valgrind >/dev/null 2>&1 || Scripts/setup valgrind=valgrind
if command -v valgrind >/dev/null 2>&1; then
    for program in test_vectors test_refused_files test_arguments test_refused_samples \
        test_state_damage test_batch; do
        quick=
        case $program in test_refused_files | test_batch) quick=--quick ;; esac
        run valgrind $program valgrind --quiet --error-exitcode=99 --leak-check=full \
            $out/shared/$program $(arguments $program) $quick
    done
    run helgrind test_threads valgrind --quiet --tool=helgrind --error-exitcode=99 \
        $out/shared/test_threads --quick
else
    echo "valgrind   isn't installed: left out"
fi
finish
