#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_run_by.sh: `leat run --by`, one file with many streams: each has the rows that it has alone.
# usage: Tests/Tool/test_run_by.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common_run.sh

# usage: each_alone ROWS KEY FIELD OPTION ...: of the rows in ROWS, those whose field number FIELD is
# KEY are those of a run over KEY's lines of $input alone, with these options.
each_alone() {
    rows=$1 key=$2 field=$3
    shift 3
    awk -F"$separator" -v key="$key" -v f="$field" -v h="$has_header" \
        '(h && NR == 1) || $f == key' "$input" >"$work/alone.txt"
    "$leat" run "$of" "$work/alone.txt" --separator "$separator" --keep "$field" --quiet "$@" \
        >"$work/alone.out" 2>"$work/err" || { cat "$work/err"; return 1; }
    awk -F"$separator" -v key="$key" -v f="${key_field:-1}" 'NR == 1 || $f == key' "$rows" |
        cmp - "$work/alone.out"
}

# --- a file in the form of C-MAPSS ------------------------------------------------

# Blanks between fields and at the ends of lines, no header: unit, cycle, 3 settings, 21 sensors.
awk 'BEGIN {
    srand(7)
    for (unit = 1; unit <= 12; unit++) {
        life = 40 + int(160 * rand())
        for (cycle = 1; cycle <= life; cycle++) {
            printf "%d %d", unit, cycle
            for (i = 0; i < 24; i++) printf " %.4f", 2 * rand() - 1
            print "  "
        }
    }
}' >"$work/cmapss.txt"
# 7 inputs.
of=Tests/Vectors/size-7-64/model.safetensors
set -- --columns 6,7,8,9,10,11,12
input=$work/cmapss.txt separator=' ' has_header=
expect "C-MAPSS runs" exits 0 "samples on 12 streams in" "$leat" run $of "$input" \
    --separator ' ' --by 1 "$@" --output "$work/cmapss.out"
expect "with the key in each row" sh -c "
    cut -d' ' -f1 '$work/cmapss.out' | tail -n +2 >'$work/out'
    cut -d' ' -f1 '$input' | cmp - '$work/out'"
expect "and a name for it" grep -q "^column1 out0 out1 " "$work/cmapss.out"
for unit in 1 2 5 12; do
    expect "unit $unit has the rows that it has alone" \
        each_alone "$work/cmapss.out" $unit 1 "$@"
done
sort -s -k2,2n "$input" >"$work/turns.txt"
"$leat" run $of "$work/turns.txt" --separator ' ' --by 1 "$@" --quiet |
    { read -r first; echo "$first"; sort -s -k1,1n; } >"$work/turns.out"
expect "in any order" cmp "$work/cmapss.out" "$work/turns.out"
expect "with windows" exits 0 "samples on 12 streams in" "$leat" run $of "$input" \
    --separator ' ' --by 1 "$@" --window 30 --hop 7 --output "$work/windows.out"
for unit in 1 12; do
    expect "unit $unit has the windows that it has alone" \
        each_alone "$work/windows.out" $unit 1 "$@" --window 30 --hop 7
done
"$leat" run $of "$work/turns.txt" --separator ' ' --by 1 "$@" --window 30 --hop 7 --quiet |
    { read -r first; echo "$first"; sort -s -k1,1n; } >"$work/turns.out"
expect "in any order, with windows" cmp "$work/windows.out" "$work/turns.out"
expect "as raw floats, without keys" sh -c "
    '$leat' run $of '$input' --separator ' ' --by 1 $* --output '$work/cmapss.f32' --quiet &&
    tail -n +2 '$work/cmapss.out' | cut -d' ' -f2- | tr ' ' ',' | '$work/read_floats' |
        cmp - '$work/cmapss.f32'"
expect "only the outputs, if one wants" sh -c "
    '$leat' run $of '$input' --separator ' ' --by 1 $* --bare --quiet >'$work/out' &&
    tail -n +2 '$work/cmapss.out' | cut -d' ' -f2- | cmp - '$work/out'"

# --- 500 sensors on standard input ------------------------------------------------

awk 'BEGIN {
    srand(3)
    print "time,sensor,a,b,c"
    for (i = 0; i < 20000; i++)
        printf "%d,s%d,%.3f,%.3f,%.3f\n", i / 500, i % 500, rand(), rand() - 1, 4 * rand()
}' >"$work/sensors.csv"
of=$small input=$work/sensors.csv separator=, has_header=1 key_field=2
expect "500 sensors on standard input" sh -c "
    cat '$input' | '$leat' run $small --by sensor >'$work/sensors.out' 2>'$work/err'"
expect "as many streams" grep -q "20,000 samples on 500 streams in" "$work/err"
expect "the time, the key and the outputs" sh -c "
    head -n 1 '$work/sensors.out' | grep -qx 'time,sensor,out0,out1'"
for sensor in s0 s7 s499; do
    expect "sensor $sensor has the rows that it has alone" \
        each_alone "$work/sensors.out" $sensor 2
done
# Some come twice, so that a stream has several samples in one batch's rows.
awk 'NR == 1 || NR % 3 { print } NR > 1 && NR % 7 == 0 { print; print }' "$input" \
    >"$work/uneven.csv"
input=$work/uneven.csv
"$leat" run $small "$input" --by sensor --quiet >"$work/uneven.out"
for sensor in s0 s7 s20 s499; do
    expect "sensor $sensor, also when rows are missing or repeated" \
        each_alone "$work/uneven.out" $sensor 2
done

# --- keys ---------------------------------------------------------------------------

printf 'k,a,b,c\n"p,1",1,2,3\np/1,1,2,3\n"p,1",4,5,6\np\\1,4,5,6\n' >"$work/keys.csv"
expect "keys with separators, slashes and backslashes" exits 0 "4 samples on 3 streams" \
    "$leat" run $small "$work/keys.csv" --by k
expect "are copied as they are" sh -c "
    cut -d, -f1-2 '$work/out' | tail -n +2 | head -n 1 | grep -q '^\"p,1\"' &&
    sed -n 3p '$work/out' | grep -q '^p/1,' && sed -n 5p '$work/out' | grep -q '^p.1,'"
printf 'k,a,b,c\nx,1,2,3\nX,1,2,3\n"x ",1,2,3\nx ,1,2,3\n"x",1,2,3\n' >"$work/keys.csv"
expect "case and blanks in quotes count, others don't" exits 0 "5 samples on 3 streams" \
    "$leat" run $small "$work/keys.csv" --by k
printf 'site,k,a,b,c\n1,2/3,1,2,3\n1/2,3,1,2,3\n2,1,1,2,3\n1,2,1,2,3\n' >"$work/keys.csv"
expect "two columns" exits 0 "4 samples on 4 streams" \
    "$leat" run $small "$work/keys.csv" --by site,k
expect "both in the rows" sh -c "head -n 1 '$work/out' | grep -qx 'site,k,out0,out1'"
long=$(printf '%0300d' 7)
printf 'k,a,b,c\nx,1,2,3\n,1,2,3\n%s,1,2,3\nb\351,1,2,3\nx,1,2,3\n' "$long" >"$work/keys.csv"
expect "no key" exits 65 "line 3, column k: found nothing, expected the name of a stream" \
    "$leat" run $small "$work/keys.csv" --by k
expect "keys that can be none are skipped" exits 0 "3 malformed lines skipped in all" \
    "$leat" run $small "$work/keys.csv" --by k --on-error skip
for words in "line 3, column k: found nothing, .*; skipped" \
    "line 4, column k: found '0*'... of 300 bytes, expected at most 255; skipped" \
    "line 5, column k: found 'b.*', expected a name in UTF-8 without NUL; skipped" \
    "2 samples on 1 stream in"; do
    expect "message: $words" grep -q "$words" "$work/err"
done
expect "no such column" exits 65 "by: no column 'unit'; there are k, a, b, c" \
    "$leat" run $small "$work/keys.csv" --by unit

# --- how many -----------------------------------------------------------------------

printf 'k,a,b,c\n1,1,2,3\n2,1,2,3\n1,1,2,3\n3,1,2,3\n' >"$work/three.csv"
expect "one stream too many ends the run" exits 65 \
    "line 5, column k: found '3', one stream more than the 2 that --max-streams allows; leat info" \
    "$leat" run $small "$work/three.csv" --by k --max-streams 2 --on-error skip
expect "after the rows before it" [ "$(wc -l <"$work/out")" -eq 4 ]
expect "as many as allowed are none too many" exits 0 "4 samples on 3 streams" \
    "$leat" run $small "$work/three.csv" --by k --max-streams 3
awk 'BEGIN { print "k,a,b,c"; for (i = 0; i <= 10000; i++) print i ",1,2,3" }' >"$work/times.csv"
expect "by default there are 10,000" exits 65 "line 10002, .* more than the 10000 that" \
    "$leat" run $small "$work/times.csv" --by k

# --- with other options -------------------------------------------------------------

cat >"$work/doubts.csv" <<'END'
time,k,a,b,c
0,x,1,2,3
500,y,4,5,6
1,x,,2,9
500,y,9,9,9
0,x,9,9,9
501,y,4,x,6
90,x,1,1,1
502,y,1,2,
END
input=$work/doubts.csv
set -- --on-repeat skip --gap 20s --on-gap reset --on-error hold
"$leat" run $small "$input" --by k "$@" >"$work/doubts.out" 2>"$work/err"
for k in x y; do
    expect "gaps, repeats and held values are those of $k" \
        each_alone "$work/doubts.out" $k 2 "$@"
done
"$leat" run $small "$input" --by k "$@" >"$work/doubts.out" 2>"$work/err"
for words in "3 bad values" "2 repeated times" "1 gap"; do
    expect "counted together: $words" grep -q "$words" "$work/err"
done
expect "marked gaps" sh -c "
    '$leat' run $small '$input' --by k --gap 20s --on-gap mark --on-error hold 2>'$work/null' |
        cut -d, -f5 | tr '\n' ' ' | grep -qx 'gap 0 0 0 0 0 0 1 0 '"
expect "no value before it in its stream" exits 65 \
    "line 3, column b: found 'x', .*; there is no sample before it in its stream" sh -c "
    printf 'k,a,b,c\nu,1,2,3\nv,1,x,3\n' | '$leat' run $small --by k --on-error hold"
for option in "--state x" "--save-state x" "--plot x.svg"; do
    expect "not with $option" exits 64 "${option%% *} .*one stream\|${option%% *} .*state of one" \
        "$leat" run $small "$input" --by k $option
done
expect "raw samples have no keys" exits 64 "by is for text" \
    "$leat" run $small "$work/long.f32" --by k
expect "--max-streams needs --by" exits 64 "max-streams needs a --by" \
    "$leat" run $small "$input" --max-streams 3
expect "--max-streams is a number of streams" exits 64 "found 0, expected 1 to" \
    "$leat" run $small "$input" --by k --max-streams 0
begin "$leat" run $small --by k --quiet
printf 'k,a,b,c\n' >&3
read -r line <&4
expect "a row is written when its sample has come" answers 'x,1,2,3\n' \
    "x,$(sed -n 2p "$work/good.out" | cut -d, -f2-)"
expect "of another stream, too" answers 'y,1,2,3\n' \
    "y,$(sed -n 2p "$work/good.out" | cut -d, -f2-)"
end

finish
