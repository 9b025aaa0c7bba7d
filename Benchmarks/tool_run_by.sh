#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tool_run_by.sh: `leat run --by` over 10,000 streams that take turns, compared with `leat run` of one
# stream over as many rows of the same numbers; without a store, and with one. Both kinds run in
# turn, and the medians are printed.
# usage: Benchmarks/tool_run_by.sh LEAT MODEL INPUTS [ROWS [STREAMS [ROUNDS]]]
set -eu
leat=$1 model=$2 inputs=$3 rows=${4:-400000} streams=${5:-10000} rounds=${6:-7}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

awk -v inputs="$inputs" -v rows="$rows" -v streams="$streams" 'BEGIN {
    srand(1)
    for (line = 0; line < 5000; line++)
        for (i = 0; i < inputs; i++) text[line] = text[line] sprintf(",%.4f", 2 * rand() - 1)
    header = "unit"
    for (i = 0; i < inputs; i++) header = header ",x" i
    print header
    for (row = 0; row < rows; row++) printf "unit-%05d%s\n", row % streams, text[row % 5000]
}' >"$work/many.csv"
cut -d, -f2- "$work/many.csv" >"$work/one.csv"

# usage: measure NAME OPTION ...: adds a run's milliseconds to NAME's
measure() {
    name=$1
    shift
    rm -f "$work"/store*
    start=$(date +%s%N)
    "$leat" run "$model" "$@" --quiet --output "$work/rows" --force
    echo $((($(date +%s%N) - start) / 1000000)) >>"$work/$name.times"
}

# usage: median NAME
median() { sort -n "$work/$1.times" | sed -n "$(((rounds + 1) / 2))p"; }

round=0
while [ $round -lt "$rounds" ]; do
    measure one "$work/one.csv"
    measure many "$work/many.csv" --by unit
    measure one_stored "$work/one.csv" --store "$work/store" --stream s
    measure many_stored "$work/many.csv" --by unit --store "$work/store" --stream s
    round=$((round + 1))
done
for kind in one many one_stored many_stored; do
    time=$(median $kind)
    echo "$kind: $time ms, $((rows * 1000 / time)) rows a second"
done
echo "ratio: $(echo "$(median one) $(median many)" | awk '{ printf "%.2f", $1 / $2 }')" \
    "without a store, $(echo "$(median one_stored) $(median many_stored)" |
        awk '{ printf "%.2f", $1 / $2 }') with one"
