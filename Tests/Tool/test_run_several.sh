#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_run_several.sh: `leat run` over several files, as one stream and as a stream each; killed in
# them and between them, and resumed: every row once.
# usage: Tests/Tool/test_run_several.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common_run.sh

# Four files of one input: without a line feed at its end, without a header, and with nothing but one.
printf 'a,b,c\n1,2,3\n4,5,6' >"$work/one.csv"
printf '7,8,9\n0.5,0.25,1\n' >"$work/two.csv"
printf 'a,b,c\n' >"$work/three.csv"
printf '# more\na,b,c\n1,0,1\n-1,0.5,2\n' >"$work/four.csv"
printf 'a,b,c\n1,2,3\n4,5,6\n7,8,9\n0.5,0.25,1\n1,0,1\n-1,0.5,2\n' >"$work/all.csv"
"$leat" run $small "$work/all.csv" --quiet >"$work/all.out" || exit 1
files="$work/one.csv $work/two.csv $work/three.csv $work/four.csv"

# --- one stream ---------------------------------------------------------------------

expect "several files are one input" exits 0 "6 samples in" "$leat" run $small $files
expect "with the rows of one" cmp "$work/out" "$work/all.out"
expect "and it is said where it is" grep -q "continues with .*two.csv" "$work/err"
for part in 1 2 3; do
    tail -n +$((2 * part)) "$work/all.csv" | head -n 2 |
        "$work/read_floats" >"$work/part-$part.f32"
done
"$leat" run $small "$work/part-1.f32" "$work/part-2.f32" "$work/part-3.f32" --quiet \
    >"$work/raw.out"
expect "of raw floats, too" cmp "$work/raw.out" "$work/all.out"
expect "another header ends the run" exits 65 "five.csv: line 1: found another header, b, a, c" \
    sh -c "printf 'b,a,c\n1,2,3\n' >'$work/five.csv'
        '$leat' run $small '$work/one.csv' '$work/five.csv'"
expect "a malformed line is reported with its file" exits 65 "five.csv: line 2: found 2 fields" \
    sh -c "printf '1,2,3\n1,2\n' >'$work/five.csv'
        '$leat' run $small '$work/one.csv' '$work/five.csv'"
expect "no file is missed" exits 66 "nowhere.csv: No such file" \
    "$leat" run $small "$work/one.csv" "$work/nowhere.csv"
expect "before the first row" [ ! -s "$work/out" ]
expect "no file comes twice" exits 64 "one.csv twice" \
    "$leat" run $small "$work/one.csv" "$work/two.csv" "$work/one.csv"
expect "standard input isn't one of several" exits 64 "found - among 2" \
    "$leat" run $small "$work/one.csv" -
expect "one is followed, not several" exits 64 "follow is for one file" \
    "$leat" run $small $files --follow
expect "all have one format" exits 64 "files of both formats" \
    "$leat" run $small "$work/one.csv" "$work/part-1.f32"
expect "no output replaces one of them" exits 64 "two.csv: is .*two.csv, which this command uses" \
    "$leat" run $small $files --output "$work/two.csv" --force

# --- resumed --------------------------------------------------------------------------

set -- --store "$work/days.db" --stream s --output "$work/days.out" --quiet
grown() {
    "$leat" run $small "$work/one.csv" "$work/two.csv" "$@" &&
        "$leat" run $small "$work/one.csv" "$work/two.csv" "$work/three.csv" "$@" &&
        "$leat" run $small $files "$@" && "$leat" run $small $files "$@" &&
        cmp "$work/days.out" "$work/all.out"
}
expect "a list that grows goes on with the new files" grown "$@"
expect "a file that was read may be left out" sh -c "
    '$leat' run $small '$work/four.csv' '$work/one.csv' $* --restart --force &&
    '$leat' run $small '$work/one.csv' '$work/two.csv' $* &&
    [ \$(wc -l <'$work/days.out') -eq 7 ]"
printf 'a,b,c\n3,3,3\n' >"$work/six.csv"
printf 'a,b,c\n4,4,4\n' >"$work/seven.csv"
expect "but not the one that was read last" exits 65 "none of the 2 inputs is certainly" \
    "$leat" run $small "$work/six.csv" "$work/seven.csv" "$@"
expect "unless all are new" sh -c "
    '$leat' run $small '$work/six.csv' '$work/seven.csv' $* --input-is rest &&
    [ \$(wc -l <'$work/days.out') -eq 9 ]"
cp "$work/seven.csv" "$work/copy.csv"
printf '5,5,5\n' >>"$work/copy.csv"
expect "a copy is as good as the file" sh -c "
    '$leat' run $small '$work/six.csv' '$work/copy.csv' $* &&
    [ \$(wc -l <'$work/days.out') -eq 10 ]"
cp "$work/copy.csv" "$work/copy2.csv"
cp "$work/copy.csv" "$work/copy3.csv"
expect "but not two copies" exits 65 "its only copy" \
    "$leat" run $small "$work/copy2.csv" "$work/copy3.csv" "$@"

# usage: killed_after_rows: a run is killed after each row in turn, in a file or between two, and
# resumed to the end.
killed_after_rows() {
    for every in 1 2 3; do
        for rows in 1 2 3 4 5 6; do
            rm -f "$work"/part.*
            stored="--store $work/part.db --stream s --every $every --output $work/part.out"
            "$leat" run $small $files $stored --rate 20 2>"$work/err" &
            process=$!
            eventually has_lines $((rows + 1)) "$work/part.out"
            kill -9 $process 2>"$work/null"
            wait $process 2>"$work/null"
            "$leat" run $small $files $stored 2>"$work/err" || { cat "$work/err"; return 1; }
            cmp "$work/all.out" "$work/part.out" || { echo "killed after $rows rows"; return 1; }
        done
    done
}
expect "killed after each row" killed_after_rows

# 40 files, killed at random.
awk -v place="$work/many" 'BEGIN {
    srand(5)
    for (file = 10; file < 50; file++) {
        name = place file ".csv"
        print "a,b,c" >name
        for (i = 1 + int(99 * rand()); i > 0; i--) printf "%.3f,%d,%d\n", rand(), i, file >name
        close(name)
    }
}'
"$leat" run $small "$work"/many*.csv --quiet >"$work/expected" || exit 1
# usage: at_random_times OPTION ...: runs over these files end by $signal, after times that grow, until
# one ends by itself. Sets $runs and $code.
at_random_times() {
    runs=0 code=1
    while [ $code -ne 0 ] && [ $runs -lt 100 ]; do
        runs=$((runs + 1))
        time=$(awk "BEGIN { srand(); srand(srand() + $runs)
            print 0.02 + 0.02 * $runs * rand() }")
        timeout -s "$signal" "$time" "$leat" run $small "$work"/many*.csv "$@" 2>"$work/err"
        code=$?
    done
}
for signal in KILL TERM; do
    rm -f "$work"/random.*
    at_random_times --rate 8000 --every 20 --store "$work/random.db" --stream s \
        --output "$work/random.out"
    expect "ended by $signal, and resumed in the end" [ $code -eq 0 ]
    expect "several times" [ $runs -gt 3 ]
    expect "every row once" cmp "$work/expected" "$work/random.out"
done

# --- a stream each --------------------------------------------------------------------

mkdir "$work/rows" "$work/killed"
expect "a stream each" "$leat" run $small "$work"/many*.csv --stream-from-name \
    --output "$work/rows" --quiet
"$leat" run $small "$work/many17.csv" --quiet >"$work/alone.out"
expect "with the rows that it has alone" cmp "$work/rows/many17.csv" "$work/alone.out"
expect "in as many files" [ "$(ls "$work/rows" | wc -l)" -eq 40 ]
expect "raw floats in files of that name" sh -c "
    '$leat' run $small '$work'/many1?.csv --stream-from-name --output '$work/rows' \
        --output-format f32 --quiet &&
    tail -n +2 '$work/alone.out' | cut -d, -f2- | '$work/read_floats' |
        cmp - '$work/rows/many17.f32'"
expect "on standard output one after the other, each with a header" sh -c "
    '$leat' run $small '$work'/many1?.csv --stream-from-name --quiet >'$work/out' &&
    cat '$work'/rows/many1?.csv | cmp - '$work/out'"
signal=KILL
at_random_times --stream-from-name --rate 8000 --every 20 --store "$work/each.db" \
    --output "$work/killed"
expect "killed and resumed" [ $code -eq 0 ]
expect "several times, too" [ $runs -gt 3 ]
rm "$work"/rows/*.f32
expect "every row of each once" diff -r "$work/rows" "$work/killed"
expect "the store has the names" sh -c "
    '$leat' store ls '$work/each.db' --json | grep -q '\"name\":\"many49\"' &&
    [ \$('$leat' store ls '$work/each.db' --json | wc -l) -eq 40 ]"
for option in "--stream x --store $work/x.db" "--state x" "--save-state x" "--plot x.svg"; do
    expect "not with $option" exits 64 "${option%% *} is for one stream" \
        "$leat" run $small "$work/one.csv" --stream-from-name $option
done
mkdir "$work/other"
cp "$work/one.csv" "$work/other/one.txt"
expect "no name comes twice" exits 64 "found the name 'one' twice" \
    "$leat" run $small "$work/one.csv" "$work/other/one.txt" --stream-from-name
expect "standard input has no name" exits 64 "standard input has no name" \
    "$leat" run $small --stream-from-name
expect "the output is a folder" exits 64 "expected a folder, with a file for each stream" \
    "$leat" run $small "$work/one.csv" --stream-from-name --output "$work/all.out"

finish
