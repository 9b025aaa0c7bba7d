#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_run_dialects.sh: `leat run` over text as other programs write it: decimal commas, blanks,
# lines around the header, dates, and the index of pandas.
# usage: Tests/Tool/test_run_dialects.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common_run.sh

# Rows without a header and other columns.
tail -n +2 "$work/good.out" | cut -d, -f2- >"$work/good.bare"

# usage: gives_good INPUT OPTION ...: the outputs are those of good.out.
gives_good() {
    input=$1
    shift
    "$leat" run $small "$input" --bare "$@" >"$work/out" 2>"$work/err"
    code=$?
    cat "$work/err"
    [ $code -eq 0 ] && cmp "$work/out" "$work/good.bare"
}

# --- numbers and separators ---------------------------------------------------

printf 'a;b;c\n1,0;2;3\n1e-3;,25;-0,5\n' >"$work/comma.csv"
expect "a decimal comma, also in the output" sh -c "
    '$leat' run $small '$work/comma.csv' --separator ';' --decimal , --bare >'$work/out' &&
    tr ',;' '.,' <'$work/out' | cmp - '$work/good.bare'"
expect "a point is no decimal comma" exits 65 \
    "line 2, column b: found '1.5', expected a number of .*, with a decimal comma" sh -c "
    printf 'a;b;c\n1;1.5;2\n' | '$leat' run $small --separator ';' --decimal ,"
expect "a decimal comma needs another separator" exits 64 \
    "decimal: found ',', which is the separator" \
    "$leat" run $small "$work/comma.csv" --decimal ,
expect "there are two decimal signs" exits 64 "decimal: found ';', expected . or ," \
    "$leat" run $small "$work/comma.csv" --decimal ';'
expect "a run resumes with the same decimal sign" exits 64 "another layout" sh -c "
    '$leat' run $small '$work/comma.csv' --separator ';' --decimal , \
        --store '$work/comma.db' --stream s --output '$work/comma.out' &&
    '$leat' run $small '$work/comma.csv' --separator ';' \
        --store '$work/comma.db' --stream s --output '$work/comma.out'"
printf '1 2 3  \n\n  1e-3   0.25 -0.5  \n' >"$work/blank.txt"
expect "several blanks are one separator" sh -c "
    '$leat' run $small '$work/blank.txt' --separator ' ' --bare >'$work/out' &&
    tr ' ' , <'$work/out' | cmp - '$work/good.bare'"
expect "with others they aren't" exits 65 "found 4 columns" sh -c "
    printf '1;2;;3\n' | '$leat' run $small --separator ';'"

# --- lines around the header ---------------------------------------------------

printf 'LabVIEW "\n\na,b,c\nV,A,K\n1,2,3\n1e-3,0.25,-0.5\n' >"$work/lab.csv"
expect "leaves out lines before and after the header" \
    gives_good "$work/lab.csv" --skip-before 2 --skip-after 1
expect "says which line is the header" exits 0 "line 3 is taken for a header: a, b, c$" \
    "$leat" run $small "$work/lab.csv" --skip-before 2 --skip-after 1
expect "the units are no sample" exits 65 "line 4: found another header, V, A, K" \
    "$leat" run $small "$work/lab.csv" --skip-before 2
cat "$work/lab.csv" | sed 1,2d >"$work/again.csv"
cat "$work/again.csv" >>"$work/lab.csv"
expect "also where the header comes again" exits 0 "4 samples in" \
    "$leat" run $small "$work/lab.csv" --skip-before 2 --skip-after 1
expect "lines after no header" exits 65 "line 2: holds no names, expected the header" \
    "$leat" run $small "$work/good.out" --skip-before 1 --skip-after 1
expect "lines after a header that isn't there" exits 64 "skip-after is for lines after a header" \
    "$leat" run $small "$work/lab.csv" --no-header --skip-after 1
expect "raw samples have no lines" exits 64 "skip-before is for text" \
    "$leat" run $small "$work/long.f32" --skip-before 1
expect "more lines than there are" exits 65 \
    "holds no line but those that --skip-before leaves out, expected a header or a sample" \
    "$leat" run $small "$work/lab.csv" --skip-before 100
printf 'a,b,c\nV,A,K\n' >"$work/units.csv"
expect "nothing after them" exits 65 \
    "holds no sample: found a header, and no line but those that --skip-after leaves out" \
    "$leat" run $small "$work/units.csv" --skip-after 1
printf 'a,b,c\n1,2,3\n1e-3,0.25,-0.5\n4,5,6\n' >"$work/none.csv"
expect "a sample is none of those after the header" exits 65 \
    "none.csv: line 2 is a sample, expected the line that --skip-after leaves out" \
    "$leat" run $small "$work/none.csv" --skip-after 1
expect "nor of those before it" exits 65 \
    "none.csv: line 2 is a sample, expected one of the 3 lines that --skip-before leaves out" \
    "$leat" run $small "$work/none.csv" --skip-before 3

# usage: next_file BEGINNING NEXT OPTION ...: a log with this beginning is followed and replaced by
# one with that text. Its rows must be two; the exit status is that of the run.
next_file() {
    beginning=$1 next=$2
    shift 2
    rm -f "$work"/ct.*
    { printf "$beginning"; cat "$work/two.rows"; } >"$work/ct.csv"
    timeout 20 "$leat" run $small "$work/ct.csv" --follow --quiet "$@" --store "$work/ct.db" \
        --stream s --output "$work/ct.out" 2>"$work/err" &
    process=$!
    eventually has_lines 3 "$work/ct.out" || return 1
    mv "$work/ct.csv" "$work/ct.csv.1"
    { printf "$next"; cat "$work/two.rows"; } >"$work/ct.csv"
    wait $process
    code=$?
    cat "$work/err"
    [ "$(wc -l <"$work/ct.out")" -eq 3 ] && return $code
}
printf '2,1,2,3\n3,1,2,3\n' >"$work/two.rows"
next_file 'Machine 7\nLine 2\ntime,a,b,c\n' '' --skip-before 2
expect "the next file has no lines before: its samples aren't lost" [ $? -eq 65 ]
expect "that is said" grep -q \
    "ct.csv: line 1 is a sample, expected one of the 2 lines that --skip-before leaves out" "$work/err"
next_file 'time,a,b,c\ns,V,A,K\n' 'time,a,b,c\n' --skip-after 1
expect "the next file has no units: its first sample isn't lost" [ $? -eq 65 ]
expect "that is said, too" grep -q \
    "ct.csv: line 2 is a sample, expected the line that --skip-after leaves out" "$work/err"

# The rest of a pipe that ends after its header.
rest_of_pipe() {
    printf "$1" | "$leat" run $small --skip-after 1 --store "$work/u.db" --stream s \
        --output "$work/u.out" --input-is rest --quiet
}
expect "a header alone has no units for the next rest" sh -c "
    printf 'a,b,c\nu,u,u\n1,1,1\n2,2,2\n' | '$leat' run $small --skip-after 1 \
        --store '$work/u.db' --stream s --output '$work/u.out' --quiet"
expect "a header alone" rest_of_pipe 'a,b,c\n'
expect "then samples" rest_of_pipe '3,3,3\n4,4,4\n'
expect "no sample is lost" [ "$(wc -l <"$work/u.out")" -eq 5 ]

# A log that begins with such lines is rotated, and killed while it is followed.
printf 'x\na,b,c\nV,A,K\n1,2,3\n' >"$work/log.csv"
"$leat" run $small "$work/log.csv" --follow --skip-before 1 --skip-after 1 --quiet \
    --store "$work/log.db" --stream s --output "$work/log.out" 2>"$work/err" &
process=$!
expect "follows a log with them" eventually has_lines 2 "$work/log.out"
mv "$work/log.csv" "$work/log.csv.1"
printf 'x\na,b,c\n' >"$work/log.csv"
sleep 0.3
kill -9 $process
wait $process 2>"$work/null"
printf 'V,A,K\n1e-3,0.25,-0.5\n' >>"$work/log.csv"
"$leat" run $small "$work/log.csv" --follow --skip-before 1 --skip-after 1 --quiet \
    --store "$work/log.db" --stream s --output "$work/log.out" 2>"$work/err" &
process=$!
expect "continues in the next file" eventually has_lines 3 "$work/log.out"
kill $process
wait $process 2>"$work/null"
expect "with the same rows" cmp "$work/log.out" "$work/good.out"

# --- times -----------------------------------------------------------------------

printf '_time,a,b,c\n20240131T235959Z,1,2,3\n2024-02-01,1e-3,0.25,-0.5\n' >"$work/influx.csv"
expect "_time is a time, and so are dates" gives_good "$work/influx.csv"
printf 'Date,Time,a,b,c\n31.12.2024,23:59,1,2,3\n1.1.2025,0:00:30.5,1e-3,0.25,-0.5\n' \
    >"$work/two.csv"
expect "date and time in two columns" \
    gives_good "$work/two.csv" --time Date,Time --time-format dmy
expect "both are copied" sh -c "
    '$leat' run $small '$work/two.csv' --time Date,Time --time-format dmy |
    cut -d, -f-3 | head -n 2 >'$work/out'
    printf 'Date,Time,out0\n31.12.2024,23:59,%s\n' \$(head -n 1 '$work/good.bare' | cut -d, -f1) |
    cmp - '$work/out'"
expect "without the option it isn't guessed" exits 65 \
    "line 2, column Date: found '31.12.2024', expected YYYY-MM-DD; --time-format dmy reads it" \
    "$leat" run $small "$work/two.csv" --time Date,Time
printf 't,a,b,c\n12/31/2024 23:59,1,2,3\n1/1/2025 0:00,1e-3,0.25,-0.5\n' >"$work/us.csv"
expect "months first" gives_good "$work/us.csv" --time t --time-format mdy
expect "a month that there isn't" exits 65 "found '12/31/2024 23:59', expected DD/MM/YYYY" \
    "$leat" run $small "$work/us.csv" --time t --time-format dmy
printf '2024-01-31 10:00:00 1 2 3\n2024-01-31 10:00:01 1e-3 0.25 -0.5\n' >"$work/blanks.txt"
expect "a blank between date and time is a separator, too" sh -c "
    '$leat' run $small '$work/blanks.txt' --separator ' ' --time 1,2 >'$work/out' &&
    head -n 1 '$work/out' | grep -qx 'date time out0 out1' &&
    tail -n +2 '$work/out' | cut -d ' ' -f3- | tr ' ' , | cmp - '$work/good.bare'"

# --- options that would help ------------------------------------------------------

printf 'Datum;a;b;c\n1;2;3;4\n' >"$work/datum.csv"
expect "another separator" exits 65 "(--separator ';'?)" "$leat" run $small "$work/datum.csv"
expect "also where a column has no such name" exits 65 "no column 'Datum'.* (--separator ';'?)" \
    "$leat" run $small "$work/datum.csv" --time Datum
expect "another decimal sign" exits 65 "found '1,0', expected a number .* (--decimal ,?)" \
    "$leat" run $small "$work/comma.csv" --separator ';'
expect "lines of units" exits 65 "expected a, b, c; if these are units, --skip-after 1" \
    "$leat" run $small "$work/again.csv"

# --- raw input, output of text ------------------------------------------------------

head -c 24 /dev/zero >"$work/zero.f32"
expect "raw samples resume with the same decimal sign, too" exits 64 "another layout" sh -c "
    run() { '$leat' run $small '$work/zero.f32' --store '$work/raw.db' --stream s \
        --output '$work/raw.out' --separator ';' \"\$@\"; }
    run --decimal , && run"

# --- pandas -----------------------------------------------------------------------

for name in '' 'Unnamed: 0'; do
    printf '%s,a,b,c\n0,1,2,3\n1,1e-3,0.25,-0.5\n' "$name" >"$work/pandas.csv"
    expect "the index '$name' is no input" gives_good "$work/pandas.csv"
    expect "that is said" exits 0 "column 1 is taken for an index, which is no input" \
        "$leat" run $small "$work/pandas.csv"
    expect "it may be kept" sh -c "
        '$leat' run $small '$work/pandas.csv' --keep 1 | tail -n +2 | cut -d, -f1 |
        tr '\n' ' ' | grep -qx '0 1 '"
done

printf ',a,b\n1,2,3\n1e-3,0.25,-0.5\n' >"$work/three.csv"
expect "an index that the model needs is an input" gives_good "$work/three.csv"
expect "that is said as well" exits 0 "column 1 is like an index, and taken for an input" \
    "$leat" run $small "$work/three.csv"
printf ',Unnamed: 0,a,b,c\n0,0,1,2,3\n' >"$work/twice.csv"
expect "two columns" exits 0 "columns 1 and 2 are taken for an index, which is no input" \
    "$leat" run $small "$work/twice.csv"

finish
