#!/bin/sh
# SPDX-License-Identifier: MIT
# Run each fuzz target for some seconds, beginning with the corpus, and print its outcome on a line.
# New inputs are kept in build/fuzz/corpus for the next time, inputs that a target failed on in
# build/fuzz/crashes. Fails if there are any.
# usage: Tests/Fuzz/fuzz.sh SECONDS [TARGET ...]
set -u
cd "$(dirname "$0")/../.."
. Tests/Fuzz/instrument.sh
seconds=$1
shift
[ $# -gt 0 ] || set -- model metadata state store
out=build/fuzz
failed=0

Scripts/setup g++=g++ sqlite3.h=libsqlite3-dev || exit
echo "compiling the library for fuzzing"
instrument address || exit
mkdir -p $out
for target; do
    $clang -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
        Tests/Fuzz/fuzz_$target.c $(objects address) -lsqlite3 -lm -pthread \
        -o $out/fuzz_$target || exit
done

longest() { # target
    case $1 in
    model) echo 4096 ;;
    metadata) echo 2048 ;;
    *) echo 512 ;;
    esac
}

# Whether it takes a second each time.
is_slow() { # target input
    for try in 1 2 3; do $out/fuzz_$1 -timeout=60 "$2" 2>&1; done |
        sed -n 's/^Executed .* in \([0-9]*\) ms$/\1/p' |
        awk '{ least = NR == 1 || $1 < least ? $1 : least } END { exit NR > 0 && least < 1000 }'
}

statistic() { # log name
    sed -n "s/^stat::$2: *//p" $1
}

export ASAN_SYMBOLIZER_PATH="$toolchain/bin/llvm-symbolizer"
export UBSAN_OPTIONS=print_stacktrace=1
for target; do
    log=$out/$target.log crashes=$out/crashes/$target
    mkdir -p $out/corpus/$target $crashes
    dictionary= seeds=Tests/Fuzz/corpus/$target
    case $target in model | metadata) dictionary=-dict=Tests/Fuzz/json.dict ;; esac
    [ $target != model ] || seeds="$seeds Tests/Refused/models Tests/Accepted/models"
    # A second is long here and counts as a finding, too.
    $out/fuzz_$target -max_total_time=$seconds -max_len=$(longest $target) -timeout=60 \
        -report_slow_units=1 -rss_limit_mb=2048 -print_final_stats=1 $dictionary \
        -artifact_prefix=$crashes/ $out/corpus/$target $seeds \
        >$log 2>&1
    status=$?
    # By the clock: on a busy machine another process may be the cause.
    for slow in $crashes/slow-unit-* $crashes/timeout-*; do
        [ -e "$slow" ] && ! is_slow $target "$slow" && rm "$slow"
    done
    found=$(ls $crashes | wc -l)
    # 70: it stopped for a timeout, whose input is among those above unless it wasn't a real one.
    [ $status -eq 0 ] || [ $status -eq 70 ] || [ $found -gt 0 ] || found=1
    printf '%-9s %s s, %s runs, %s a second, %s edges, %s inputs kept, %s findings\n' $target $seconds \
        "$(statistic $log number_of_executed_units)" \
        "$(statistic $log average_exec_per_sec)" \
        "$(sed -n 's/^#.* cov: \([0-9]*\) .*/\1/p' $log | tail -n 1)" \
        "$(ls $out/corpus/$target | wc -l)" $found
    [ $found -gt 0 ] || continue
    failed=1
    grep -E 'this must hold|^[^ ]*ERROR|^SUMMARY|runtime error|Fatal error|Slowest unit' $log
    echo "the inputs, each of which $out/fuzz_$target takes as an argument: $crashes"
done
exit $failed
