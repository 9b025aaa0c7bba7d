#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_run_window.sh: `leat run --window`: each row is the last one of a run over its window alone,
# with the same bits; also after a reset, and killed at each row and resumed. And
# `leat verify --window`.
# usage: Tests/Tool/test_run_window.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common_run.sh

awk 'BEGIN {
    print "time,a,b,c"
    for (i = 0; i < 40; i++)
        printf "%d,%g,%g,%d\n", 10 * i, (i * 7 % 11) / 4 - 1, (i * 5 % 7) / 3, i % 4 - 2
}' >"$work/samples.csv"

# usage: windows INPUT W H: the rows that are expected, one run for each window.
windows() {
    cat "$work/header"
    count=$(($(wc -l <"$1") - 1)) end=$2
    while [ $end -le $count ]; do
        { head -n 1 "$1"; tail -n +2 "$1" | head -n $end | tail -n "$2"; } >"$work/window.csv"
        "$leat" run $small "$work/window.csv" --quiet | tail -n 1
        end=$((end + $3))
    done
}
"$leat" run $small "$work/samples.csv" --quiet | head -n 1 >"$work/header"

for both in "1 1" "2 1" "5 1" "5 2" "5 5" "12 5" "40 1" "40 40"; do
    set -- $both
    windows "$work/samples.csv" $1 $2 >"$work/expected"
    expect "a window of $1, a hop of $2" sh -c "
        '$leat' run $small '$work/samples.csv' --window $1 --hop $2 --quiet >'$work/out' &&
        cmp '$work/expected' '$work/out'"
done
expect "a hop of 1 is the default" sh -c "
    '$leat' run $small '$work/samples.csv' --window 5 --hop 1 --quiet >'$work/expected' &&
    '$leat' run $small '$work/samples.csv' --window 5 --quiet | cmp - '$work/expected'"
expect "fewer samples than a window have no row" sh -c "
    '$leat' run $small '$work/samples.csv' --window 41 --quiet | cmp - '$work/header'"
expect "the samples are counted" exits 0 "40 samples in" \
    "$leat" run $small "$work/samples.csv" --window 41

# --- other forms of rows ----------------------------------------------------------

"$leat" run $small "$work/samples.csv" --window 5 --hop 3 --quiet >"$work/rows"
expect "raw outputs: only those of the rows" sh -c "
    '$leat' run $small '$work/samples.csv' --window 5 --hop 3 --quiet --output '$work/raw.f32' &&
    tail -n +2 '$work/rows' | cut -d, -f2- | '$work/read_floats' | cmp - '$work/raw.f32'"
expect "samples without times: their numbers" sh -c "
    cut -d, -f2- '$work/samples.csv' >'$work/untimed.csv' &&
    '$leat' run $small '$work/untimed.csv' --window 5 --hop 3 --quiet | cut -d, -f1 >'$work/out' &&
    { echo sample; seq 4 3 39; } | cmp - '$work/out'"
expect "a row comes with its window's last sample" sh -c "
    head -n 6 '$work/samples.csv' >'$work/five.csv' &&
    [ \$('$leat' run $small '$work/five.csv' --window 5 --quiet | wc -l) = 2 ] &&
    head -n 5 '$work/samples.csv' | '$leat' run $small - --window 5 --quiet |
        cmp - '$work/header'"
for plot in svg html; do
    expect "a picture, $plot" "$leat" run $small "$work/samples.csv" --window 5 --hop 3 --quiet \
        --output "$work/drawn.$plot.out" --plot "$work/drawn.$plot"
    expect "of all samples" grep -q "40 samples" "$work/drawn.$plot"
done

# --- resets -------------------------------------------------------------------------

{ head -n 12 "$work/samples.csv"; tail -n +13 "$work/samples.csv" |
    awk -F, '{ print $1 + 1000 "," $2 "," $3 "," $4 }'; } >"$work/gap.csv"
head -n 12 "$work/gap.csv" >"$work/before.csv"
{ head -n 1 "$work/gap.csv"; tail -n +13 "$work/gap.csv"; } >"$work/after.csv"
{ windows "$work/before.csv" 5 2; windows "$work/after.csv" 5 2 | tail -n +2; } >"$work/expected"
expect "a reset begins the windows anew" sh -c "
    '$leat' run $small '$work/gap.csv' --window 5 --hop 2 --gap 20s --on-gap reset --quiet \
        2>'$work/err' >'$work/out'; cmp '$work/expected' '$work/out'"

# --- killed and resumed -------------------------------------------------------------

for every in 1 2 3; do
    for both in "1 1" "4 1" "7 3"; do
        set -- $both
        expect "killed after each line, a checkpoint every $every, a window of $1, a hop of $2" \
            killed_at_each_line 3 $every "$work/samples.csv" --window $1 --hop $2
    done
done
expect "and with a reset" killed_at_each_line 3 2 "$work/gap.csv" --window 5 --hop 2 --gap 20s \
    --on-gap reset

# --- states and stores --------------------------------------------------------------

head -n 20 "$work/samples.csv" >"$work/one.csv"
{ head -n 1 "$work/samples.csv"; tail -n +21 "$work/samples.csv"; } >"$work/two.csv"
"$leat" run $small "$work/samples.csv" --window 7 --hop 2 --quiet >"$work/expected"
expect "a state goes on" sh -c "
    '$leat' run $small '$work/one.csv' --window 7 --hop 2 --save-state '$work/w.state' --quiet \
        >'$work/out' &&
    '$leat' run $small '$work/two.csv' --window 7 --hop 2 --state '$work/w.state' --quiet |
        tail -n +2 >>'$work/out' && cmp '$work/expected' '$work/out'"
expect "leat info tells its windows" says "window .* 7 samples, hop 2" "$leat" info "$work/w.state"
expect "in JSON" says '"window" : 7' "$leat" info --json "$work/w.state"
expect "another window is refused" exits 65 "window of 7 and a hop of 2, expected a window of 6" \
    "$leat" run $small "$work/two.csv" --window 6 --hop 2 --state "$work/w.state"
expect "none, too" exits 65 "windowed stream, expected one of a stream without windows" \
    "$leat" run $small "$work/two.csv" --state "$work/w.state"

stored="--store $work/w.db --stream s --output $work/w.out"
"$leat" run $small "$work/samples.csv" --window 7 --hop 2 --quiet $stored || exit 1
expect "the store refuses another window" exits 65 \
    "with a window of 7 and a hop of 2, expected .* with a window of 8 and a hop of 2" \
    "$leat" run $small "$work/samples.csv" --window 8 --hop 2 $stored
expect "and says what to do" grep -q -e "--restart starts the stream over" "$work/err"
expect "and none" exits 65 "with a window of 7 and a hop of 2, expected" \
    "$leat" run $small "$work/samples.csv" $stored
expect "leat store show tells them" says "window .* 7 samples, hop 2" \
    "$leat" store show "$work/w.db" s
expect "a stream without windows isn't taken for one with" sh -c "
    '$leat' run $small '$work/samples.csv' --quiet --store '$work/plain.db' --stream s \
        --output '$work/plain.out' &&
    ! '$leat' run $small '$work/samples.csv' --window 3 --store '$work/plain.db' --stream s \
        --output '$work/plain.out' 2>'$work/err' &&
    grep -q 'with a window of 3 and a hop of 1' '$work/err'"

# --- arguments ----------------------------------------------------------------------

expect "a hop needs a window" exits 64 "hop needs a --window" \
    "$leat" run $small "$work/samples.csv" --hop 2
expect "a window has a sample" exits 64 "window: found 0, expected 1 to" \
    "$leat" run $small "$work/samples.csv" --window 0
expect "a hop isn't longer" exits 64 "hop: found 6, expected 1 to the window, 5" \
    "$leat" run $small "$work/samples.csv" --window 5 --hop 6
expect "nor 0" exits 64 "hop: found 0" "$leat" run $small "$work/samples.csv" --window 5 --hop 0

# --- leat verify --------------------------------------------------------------------

# usage: differs W: the RMS and the largest difference of the first output, as awk finds them.
differs() {
    "$leat" run $small "$work/samples.csv" --window $1 --quiet | tail -n +2 >"$work/with"
    "$leat" run $small "$work/samples.csv" --quiet | tail -n +$(($1 + 1)) >"$work/without"
    paste -d, "$work/with" "$work/without" | awk -F, '
        { d = $2 - $5; if (d < 0) d = -d; if (d > most) most = d; squares += d * d
          sum += $2; all += $2 * $2 }
        END { spread = sqrt(all / NR - (sum / NR) ^ 2); rms = sqrt(squares / NR)
              printf "%.3g %.3g %.3g\n", rms, most, rms / spread }'
}
for window in 2 8; do
    expect "leat verify: the differences of a window of $window" sh -c "
        '$leat' verify $small '$work/samples.csv' --window $window --inputs a,b,c --json |
        jq -r '.outputs[0] | \"\(.rms) \(.largest) \(.rms_in_spreads)\"' |
        awk '{ printf \"%.3g %.3g %.3g\n\", \$1, \$2, \$3 }' >'$work/out';
        echo '$(differs $window)' | diff - '$work/out'"
done
expect "a table" says "RMS difference" \
    "$leat" verify $small "$work/samples.csv" --window 8 --inputs a,b,c
expect "and the number of outputs" says "windows of 8 samples, hop 3: 11 outputs of 40 samples" \
    "$leat" verify $small "$work/samples.csv" --window 8 --hop 3 --inputs a,b,c
expect "the time column is left out" says "33 outputs of 40" \
    "$leat" verify $small "$work/samples.csv" --window 8
expect "a picture of both" "$leat" verify $small "$work/samples.csv" --window 8 \
    --plot "$work/verify.svg"
expect "with both outputs" grep -q "windows of 8" "$work/verify.svg"
expect "and it isn't replaced" exits 73 "exists" "$leat" verify $small "$work/samples.csv" \
    --window 8 --plot "$work/verify.svg"
expect "a recording shorter than a window" exits 65 "found 40 samples, expected at least" \
    "$leat" verify $small "$work/samples.csv" --window 41
expect "a recording needs a window" exits 64 "RECORDING is for --window" \
    "$leat" verify $small "$work/samples.csv"
expect "a window needs a recording" exits 64 "window needs a RECORDING" \
    "$leat" verify $small --window 3
finish
