#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_run_gaps.sh: `leat run` with gaps in its times, times that repeat and bad values that are
# held; also killed at each row and resumed: the same rows with the same bits.
# usage: Tests/Tool/test_run_gaps.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common_run.sh

printf 'time,a,b,c\n0,1,2,3\n10,4,5,6\n' >"$work/before.csv"
printf 'time,a,b,c\n700,7,8,9\n705,1,0,1\n' >"$work/after.csv"
{ cat "$work/before.csv"; tail -n +2 "$work/after.csv"; } >"$work/gap.csv"
for part in before after gap; do
    "$leat" run $small "$work/$part.csv" --quiet >"$work/$part.out" || exit 1
done

# --- gaps -----------------------------------------------------------------------

expect "reset: both parts are as if each were alone" sh -c "
    '$leat' run $small '$work/gap.csv' --gap 10m --on-gap reset --quiet >'$work/out' &&
    tail -n +2 '$work/after.out' | cat '$work/before.out' - | cmp - '$work/out'"
expect "samples are counted on" sh -c "
    '$leat' run $small '$work/gap.csv' --gap 10m --on-gap reset --quiet \
        --store '$work/count.db' --stream s --output '$work/count.out' 2>'$work/err' &&
    '$leat' store ls '$work/count.db' --json | grep -q '\"position\":4'"
expect "it is reported" grep -q \
    "gap.csv: line 4, column time: found '700', which is 690 s after 10 of the last sample, expected at most 600 s; the state is reset" \
    "$work/err"
expect "and counted" grep -q "gap.csv: 1 gap in all" "$work/err"
expect "stop ends the run" exits 65 "line 4, column time: found '700', which is 690 s after 10" \
    "$leat" run $small "$work/gap.csv" --gap 10m
expect "with the option that goes on" grep -q -e "at most 600 s; --on-gap reset resets" "$work/err"
expect "with the rows before it" sh -c "cmp '$work/out' '$work/before.out'"
expect "mark adds a column, and changes nothing else" sh -c "
    '$leat' run $small '$work/gap.csv' --gap 10m --on-gap mark --quiet >'$work/out' &&
    printf 'gap\n0\n0\n1\n0\n' | paste -d, '$work/gap.out' - | cmp - '$work/out'"
expect "a gap may be as long as it is" exits 0 "4 samples in" \
    "$leat" run $small "$work/gap.csv" --gap 690s
expect "without times there are no gaps" exits 64 "gap: no column is taken for times" \
    "$leat" run $small "$work/plain.csv" --separator ';' --gap 10m
expect "raw samples have no times" exits 64 "gap is for text" \
    "$leat" run $small "$work/long.f32" --gap 10m
expect "what to do needs a gap" exits 64 "on-gap needs a --gap" \
    "$leat" run $small "$work/gap.csv" --on-gap reset
expect "only text can be marked" exits 64 "on-gap mark adds a column" \
    "$leat" run $small "$work/gap.csv" --gap 10m --on-gap mark --output "$work/gap.f32"
expect "a gap is a duration" exits 64 "gap" "$leat" run $small "$work/gap.csv" --gap 10

# --- times that repeat ------------------------------------------------------------

printf 'time,a,b,c\n0,1,2,3\n0,9,9,9\n10,4,5,6\n5,9,9,9\n' >"$work/repeat.csv"
expect "repeated times are skipped" sh -c "
    '$leat' run $small '$work/repeat.csv' --on-repeat skip >'$work/out' 2>'$work/err' &&
    cmp '$work/out' '$work/before.out'"
expect "and counted" grep -q "repeat.csv: 2 repeated times skipped in all" "$work/err"
expect "or end the run" exits 65 \
    "line 3, column time: found '0', expected a time after 0 of the last sample" \
    "$leat" run $small "$work/repeat.csv" --on-repeat stop
expect "with the option that skips them" grep -q -e "; --on-repeat skip leaves such rows out" \
    "$work/err"
printf 'time,a,b,c\n0,1,2,3\n1,1,2,3\n90000,1,2,3\n3,1,2,3\n4,1,2,3\n' >"$work/future.csv"
expect "one time in the future costs two resets, and no row" exits 0 "5 samples in" \
    "$leat" run $small "$work/future.csv" --gap 10s --on-gap reset --on-repeat skip
expect "there and back" grep -q "future.csv: 2 gaps in all" "$work/err"
expect "by default they are samples" exits 0 "4 samples in" "$leat" run $small "$work/repeat.csv"
expect "without times none repeats" exits 64 "on-repeat: no column is taken for times" \
    "$leat" run $small "$work/plain.csv" --separator ';' --on-repeat skip

# --- bad values --------------------------------------------------------------------

printf 'a,b,c\n1,2,3\n,2,x\nnan,5,1e39\n' >"$work/bad.csv"
printf 'a,b,c\n1,2,3\n1,2,3\n1,5,3\n' >"$work/held.csv"
"$leat" run $small "$work/held.csv" --quiet >"$work/held.out"
expect "bad values are held" sh -c "
    '$leat' run $small '$work/bad.csv' --on-error hold >'$work/out' 2>'$work/err' &&
    cmp '$work/out' '$work/held.out'"
for words in "line 3, column a: found nothing, expected a number .* (and 1 more); the value before" \
    "4 bad values replaced by the value before in all"; do
    expect "message: $words" grep -q "$words" "$work/err"
done
expect "not before the first sample" exits 65 \
    "line 2, column b: found 'x', .*; there is no sample before it" sh -c "
    printf 'a,b,c\n1,x,3\n' | '$leat' run $small --on-error hold"
printf 'a,b,c\n1,2,3\n' >"$work/kept.csv"
set -- "$work/kept.csv" --store "$work/kept.db" --stream s --output "$work/kept.out"
"$leat" run $small "$@" --quiet
printf '1,x,3\n' >>"$work/kept.csv"
expect "not after a run that kept none" exits 65 "take: the run before kept no values" \
    "$leat" run $small "$@" --on-error hold
expect "not in lines of other lengths" exits 65 "line 3: found 2 fields, expected 3" sh -c "
    printf 'a,b,c\n1,2,3\n1,2\n' | '$leat' run $small --on-error hold"

# --- pictures ----------------------------------------------------------------------

# usage: drawn_after OPTION ...: a run over repeat.csv with these options, then one that skips repeated
# times, over one more row, and draws both.
drawn_after() {
    rm -f "$work"/drawn*
    cp "$work/repeat.csv" "$work/drawn.csv"
    stored="--store $work/drawn.db --stream s --output $work/drawn.out"
    "$leat" run $small "$work/drawn.csv" $stored "$@" --quiet 2>"$work/null"
    echo "20,1,1,1" >>"$work/drawn.csv"
    "$leat" run $small "$work/drawn.csv" $stored --on-repeat skip --plot "$work/drawn.svg" 2>"$work/err"
}
expect "the runs before are drawn" drawn_after --on-repeat skip
expect "all of their samples" grep -q ">3 samples" "$work/drawn.svg"
expect "but not if they had other rules" drawn_after
expect "this one is" grep -q "1 samples, from sample 4 on" "$work/drawn.svg"
expect "and it is said" grep -q -e "--plot: .*drawn.csv: .* only this run is drawn" "$work/err"

# --- killed and resumed -------------------------------------------------------------

cat >"$work/all.csv" <<'END'
Site 7
time,a,b,c
s,V,A,K
0,1,2,3
1,,2,-1
1,9,9,9
50,4,x,6
51,nan,5,
40,9,9,9
52,0.5,0.25,1
time,a,b,c
s,V,A,K
300,7,,9
301,1,0,1
600,,,
END
set -- --skip-before 1 --skip-after 1 --on-error hold --on-repeat skip --gap 20s
for every in 1 2 3; do
    for action in reset mark; do
        expect "killed after each line, a checkpoint every $every, $action" \
            killed_at_each_line 3 $every "$work/all.csv" "$@" --on-gap $action
    done
done
expect "the counts are those of all runs" grep -q "part.csv: 3 gaps in all" "$work/err"
expect "bad values, too" grep -q "part.csv: 8 bad values replaced" "$work/err"
expect "and repeated times" grep -q "part.csv: 2 repeated times skipped" "$work/err"

# A run that stops at a gap stops there again, until it is told to go on.
set -- "$work/gap.csv" --store "$work/stop.db" --stream s --output "$work/stop.out" --gap 10m
expect "stops at a gap" exits 65 "line 4, column time: found '700'" "$leat" run $small "$@"
expect "and again" exits 65 "line 4, column time: found '700', which is 690 s after 10" \
    "$leat" run $small "$@"
expect "and goes on with a reset" "$leat" run $small "$@" --on-gap reset
expect "both parts are there" sh -c "
    tail -n +2 '$work/after.out' | cat '$work/before.out' - | cmp - '$work/stop.out'"

# Killed at random while rows are written, also by SIGTERM between a reset and the row after it.
awk 'BEGIN {
    print "time,a,b,c"
    for (i = 0; i < 4000; i++) {
        time += i % 7 == 3 ? 100 : i % 11 == 5 ? 0 : 1
        printf "%d,%s,%s,%d\n", time, i % 5 == 4 ? "" : i % 3, i % 13 == 6 ? "x" : i / 1000, -i % 4
    }
}' >"$work/random.csv"
set -- "$work/random.csv" --on-error hold --on-repeat skip --gap 20s --on-gap reset --quiet
"$leat" run $small "$@" >"$work/expected" 2>"$work/err"
sed -n 's/.*csv: //; / in all/p' "$work/err" >"$work/counts"
for signal in KILL TERM; do
    rm -f "$work"/random.db* "$work/random.out"
    runs=0 code=1
    while [ $code -ne 0 ] && [ $runs -lt 100 ]; do
        runs=$((runs + 1))
        timeout -s $signal 0.$((1 + runs % 3))$((runs % 10)) "$leat" run $small "$@" --rate 4000 \
            --every 10 --store "$work/random.db" --stream s --output "$work/random.out" \
            2>"$work/err"
        code=$?
    done
    expect "ended by $signal, and resumed in the end" [ $code -eq 0 ]
    expect "several times" [ $runs -gt 3 ]
    expect "every row once" cmp "$work/expected" "$work/random.out"
    expect "and everything counted once" sh -c "
        sed -n 's/.*csv: //; / in all/p' '$work/err' | cmp - '$work/counts'"
done

# A pipe that nobody reads, and SIGTERM: the stream goes back to the last row that was written, and
# decides in the same way about the next ones.
expect "a pipe that nobody reads: ended by SIGTERM" stalls \
    "$leat" run $small "$@" --store "$work/pipe.db" --stream s
expect "with a part of the rows" sh -c "
    [ \$(wc -l <'$work/rows') -gt 100 ] && [ \$(wc -l <'$work/rows') -lt 3000 ]"
expect "goes on with the next row" \
    sh -c "'$leat' run $small \"\$@\" --store '$work/pipe.db' --stream s 2>'$work/err' |
        cat '$work/rows' - | cmp - '$work/expected'" sh "$@"

finish
