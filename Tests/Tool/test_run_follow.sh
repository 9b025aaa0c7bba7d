#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_run_follow.sh: `leat run --follow`: a file that grows, is rotated and is
# cut, also while the run is killed.
# usage: Tests/Tool/test_run_follow.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common_run.sh

# --- a file that grows -----------------------------------------------------

printf 'a,b,c\n1,2,3\n1e-3,0.' >"$work/grows.csv"
"$leat" run $small "$work/grows.csv" --follow --store "$work/grows.db" --stream a \
    --output "$work/grows.out" 2>"$work/err" &
process=$!
expect "follows a file" eventually has_lines 2 "$work/grows.out"
sleep 0.2
expect "doesn't take half a line" [ "$(wc -l <"$work/grows.out")" = 2 ]
printf '25,-0.5\n' >>"$work/grows.csv"
expect "takes it when it's whole" eventually has_lines 3 "$work/grows.out"
expect "follows to the same rows" cmp "$work/grows.out" "$work/good.out"
kill -INT $process 2>/dev/null
kill -TERM $process
wait $process 2>/dev/null
code=$?
expect "ends by the signal" [ $code = 143 ]
printf '1,1' >>"$work/grows.csv"
cp "$work/grows.out" "$work/kept"
run_grows() {
    "$leat" run $small "$work/grows.csv" --store "$work/grows.db" --stream a \
        --output "$work/grows.out" "$@"
}
expect "the end of a file that ended is a line" exits 65 "line 4: found 2 fields" run_grows
expect "and has added no row" cmp "$work/grows.out" "$work/kept"
printf ',1' >>"$work/grows.csv"
expect "a last line without end is taken" run_grows
expect "and has its row" has_lines 4 "$work/grows.out"
printf '5\n' >>"$work/grows.csv"
expect "but not when it then goes on" exits 65 "line 4: was taken in without a line feed" run_grows
printf 'a,b,c\n' >"$work/grows.csv"
expect "refuses a file that became shorter" exits 65 "has 6 bytes, but 32 were read" run_grows

finish
