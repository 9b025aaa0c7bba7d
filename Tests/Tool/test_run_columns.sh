#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_run_columns.sh: how `leat run` reads text: which columns, which lines are a header, what is
# malformed, and what isn't text.
# usage: Tests/Tool/test_run_columns.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common_run.sh

# --- columns ---------------------------------------------------------------

cat >"$work/named.csv" <<'END'
# made by hand
place;c;when;b;"a ""x"""

"hall; left";3;2024-02-29T12:00:00Z;2;1
roof;-0.5;1709208001.5;0.25;1e-3
END
"$leat" run $small "$work/plain.csv" --separator ';' --bare >"$work/plain.out"
expect "picks columns by name, carries others" sh -c "
    '$leat' run $small '$work/named.csv' --separator ';' --columns 'a \"x\",b,c' --time when \
        --keep place --output-names 'up,do;wn' >'$work/named.out' &&
    head -n 1 '$work/named.out' | grep -qx 'when;place;up;\"do;wn\"' &&
    sed -n 2p '$work/named.out' | grep -q '^2024-02-29T12:00:00Z;\"hall; left\";' &&
    sed -n 3p '$work/named.out' | grep -q '^1709208001.5;roof;' &&
    tail -n +2 '$work/named.out' | sed 's/^.*[tf]\"*;//' | cmp - '$work/plain.out'"
expect "picks columns by number" sh -c "
    sed 1,2d '$work/named.csv' | '$leat' run $small --separator ';' --columns 5,4,2 --bare |
    cmp - '$work/plain.out'"
printf '\357\273\2771;2;3\r\n1e-3;"0.25"; -0.5' >"$work/crlf.csv"
expect "reads CRLF, quotes, a byte order mark, an incomplete last line" sh -c "
    '$leat' run $small '$work/crlf.csv' --separator ';' --bare | cmp - '$work/plain.out'"
expect "refuses an unknown name, and lists the names" exits 65 \
    "no column 'd'; there are place, c, when, b, a \"x\"" \
    "$leat" run $small "$work/named.csv" --separator ';' --columns b,c,d
expect "refuses the wrong number of columns, and gives both" exits 65 \
    "found 2 columns for the model's inputs, b, c, expected 3" \
    "$leat" run $small "$work/named.csv" --separator ';' --columns b,c
expect "refuses a wrong separator, and shows it" exits 65 \
    "found 1 column for the model's inputs" \
    "$leat" run $small "$work/named.csv"
expect "refuses names for a file without a header" exits 65 "numbered, 1 to 3" \
    "$leat" run $small "$work/plain.csv" --separator ';' --columns a,b,c
expect "refuses an empty input" exits 65 "holds no line" "$leat" run $small /dev/null
expect "refuses a wrong number of output names" exits 64 "found 1 names, expected 2" \
    "$leat" run $small "$work/plain.csv" --separator ';' --output-names a
expect "refuses columns of raw samples" exits 64 "columns is for text" \
    "$leat" run $small "$work/long.f32" --columns 1
expect "refuses a separator that numbers have" exits 64 "expected one character" \
    "$leat" run $small "$work/plain.csv" --separator .

# --- malformed lines -------------------------------------------------------

printf 'a,b,c\n1,2,3\n1,2\n1,2,x\nnan,2,3\n1e-3,0.25,-0.5\n1,1e39,3\n' >"$work/bad.csv"
expect "stops at a malformed line" exits 65 "bad.csv: line 3: found 2 fields, expected 3" \
    "$leat" run $small "$work/bad.csv"
expect "has written the rows before it" sh -c "head -n 2 '$work/good.out' | cmp - '$work/out'"
expect "skips malformed lines" sh -c "
    '$leat' run $small '$work/bad.csv' --on-error skip >'$work/out' 2>'$work/err' &&
    cmp '$work/out' '$work/good.out'"
for words in "line 3: found 2 fields, expected 3; skipped" \
    "line 4, column c: found 'x', expected a number" \
    "line 5, column a: found 'nan', expected a number" \
    "line 7, column b: found '1e39', expected a number of magnitude at most" \
    "4 malformed lines skipped in all"; do
    expect "message: $words" grep -q "$words" "$work/err"
done
printf 'time,a,b,c\n12:30,1,2,3\n' >"$work/clock.csv"
expect "refuses a value that is no time" \
    exits 65 "line 2, column time: found '12:30', expected Unix" \
    "$leat" run $small "$work/clock.csv"
head -c 2000000 /dev/zero | tr '\0' 1 >"$work/endless"
expect "refuses a line that is too long" exits 65 "line 1: found more than 1048576 bytes" \
    "$leat" run $small "$work/endless"
expect "skips a line that is too long" sh -c "
    { echo a,b,c; cat '$work/endless'; printf '\n1,2,3\n1e-3,0.25,-0.5\n'; } |
    '$leat' run $small --on-error skip 2>'$work/err' | cmp - '$work/good.out' &&
    grep -q 'line 2: found more than' '$work/err'"
head -c 30 "$work/long.f32" >"$work/torn.f32"
expect "refuses incomplete raw samples" exits 65 "ends after 6 of its 12 bytes" \
    "$leat" run $small "$work/torn.f32"

# --- headers ---------------------------------------------------------------

expect "reports the line taken for a header" \
    exits 0 "bad.csv: line 1 is taken for a header: a, b, c$" \
    "$leat" run $small "$work/bad.csv" --on-error skip
two=Tests/Vectors/size-2-32/model.safetensors
tail -n +2 "$work/good.out" | cut -d, -f2- >"$work/good.bare"
printf '# a comment\n\n%s\n' 'time,"a, b",c,d' '1,1,2,3' 'time,"a, b",c,d' \
    ' time , "a, b" , c,d' 'time,a,b,c,d' >"$work/headers"
head -n 6 "$work/headers" >"$work/again.csv"
printf '2,1e-3,0.25,-0.5\n' >>"$work/again.csv"
expect "the same header again is skipped" sh -c "
    '$leat' run $small '$work/again.csv' --time time >'$work/out' 2>'$work/err' || exit
    cut -d, -f2- '$work/out' | tail -n +2 | cmp - '$work/good.bare' &&
    ! grep -q malformed '$work/err'"
for other in 'time,hum,temp' 'time,temp' 'time,temp,hum,wind' 'when,wind,rain' \
    '"time","hum","temp"'; do
    for onerror in stop skip; do
        printf 'time,temp,hum\n1,20,50\ntime,temp,hum\n2,21,51\n%s\n3,52,22\n' "$other" \
            >"$work/other.csv"
        expect "another header ($other) ends the run, $onerror" exits 65 \
            "line 5: found another header, $(echo "$other" | sed 's/"//g; s/,/, /g'); expected time, temp, hum" \
            "$leat" run $two "$work/other.csv" --columns temp,hum --on-error $onerror
        expect "has the rows before it" has_lines 3 "$work/out"
        expect "has no rows after it" [ "$(wc -l <"$work/out")" -eq 3 ]
    done
done
printf '1,20\n2,21\ntemp,hum\n22,3\n' >"$work/other.csv"
expect "a header where there was none ends the run" exits 65 \
    "line 3: found another header, temp, hum; expected samples: line 1 holds no names" \
    "$leat" run $two "$work/other.csv" --on-error skip
for garbage in 'x' 'ERR,ERR,ERR' 'WARNING, sensor gone, at 3' 'a,b' ',,' 'nan,nan,nan' '1,x,y'; do
    printf 'time,temp,hum\n1,20,50\n%s\n2,21,51\n' "$garbage" >"$work/garbage.csv"
    expect "a line that is no header ($garbage) is skipped" exits 0 "1 malformed line skipped" \
        "$leat" run $two "$work/garbage.csv" --columns temp,hum --on-error skip
    expect "the line after it is a sample" has_lines 3 "$work/out"
done
expect "with --no-header names are malformed lines" exits 0 "1 malformed" \
    "$leat" run $two "$work/other.csv" --no-header --on-error skip

# --- neither a header nor text ----------------------------------------------

one=Tests/Vectors/size-1-17/model.safetensors
for first in '?' 1e999 -1e999 1_000 '1.000,5' 12:30 -- nan N/A 0.5.1; do
    printf '%s\n1.5\n2.5\n' "$first" >"$work/first.csv"
    expect "$first in line 1 is no name" exits 65 "line 1[,:]" \
        "$leat" run $one "$work/first.csv" --separator ';'
done
for first in value 2m_temperature Δ 1st E1; do
    printf '%s\n1.5\n2.5\n' "$first" >"$work/first.csv"
    expect "$first in line 1 is one" exits 0 "line 1 is taken for a header: $first" \
        "$leat" run $one "$work/first.csv"
done
printf '0,1,2\n0.5,1.5,2.5\n' >"$work/pandas.csv"
expect "numbers from 0 on are samples, and that is reported" exits 0 \
    "the first line, 0,1,2, is taken for a sample; if it is a header, say --header" \
    "$leat" run $small "$work/pandas.csv"
printf 'sensor,2023\n1,2\n' >"$work/year.csv"
expect "names and numbers are samples, and --header is named" exits 65 \
    "line 1, column 1: found 'sensor', .*; if line 1 is a header, say --header" \
    "$leat" run $two "$work/year.csv"
expect "also where a column isn't found" exits 65 "1 to 2; if the first line is a header, say --header" \
    "$leat" run $two "$work/year.csv" --columns 2023,sensor
expect "--header helps" exits 0 "1 sample in" \
    "$leat" run $two "$work/year.csv" --columns 2023,sensor --header
printf '1,2\n5,6\n1,2\n5,6\n' >"$work/numbers.csv"
expect "a header of numbers may come again, too" exits 0 "2 samples in" \
    "$leat" run $two "$work/numbers.csv" --header
printf '\357\273\277a,b\r\n1,2\r\n' >"$work/mark.csv"
cat "$work/mark.csv" "$work/mark.csv" >"$work/marks.csv"
expect "a header after a byte order mark" exits 0 "2 samples in" \
    "$leat" run $two "$work/marks.csv"
expect "a header" exits 0 "line 1 is taken for a header: 0, 1, 2" \
    "$leat" run $small "$work/pandas.csv" --header

# usage: is_no_text NAME WORDS: the file NAME, which has good samples, is refused, whether malformed
# lines are skipped or not.
is_no_text() {
    expect "$1 is refused by name" exits 65 "$1: .*$2" "$leat" run $one "$work/$1"
    expect "$1 is refused by name with --on-error skip" exits 65 "$1: .*$2" \
        "$leat" run $one "$work/$1" --on-error skip
}
printf 'value\n1.5\n2.5\n' >"$work/text.csv"
gzip -nc "$work/text.csv" >"$work/text.csv.gz"
is_no_text text.csv.gz "is compressed by gzip"
printf 'PK\003\004\024\n1.5\n' >"$work/text.zip"
is_no_text text.zip "is a zip archive"
printf 'BZh91AY&SY\n1.5\n' >"$work/text.bz2"
is_no_text text.bz2 "is compressed by bzip2"
printf 'BZh9\027rE8P\220\0\0\0\0' >"$work/empty.bz2"
is_no_text empty.bz2 "is compressed by bzip2"
printf 'PAR1\025\004\n1.5\n' >"$work/text.parquet"
is_no_text text.parquet "is a Parquet file"
for first in PAR1 PAR1_temp 'PAR1 (C)' BZh BZh9 BZh9_depth BZh91AY; do
    printf '%s,\n1.5,2\n' "$first" >"$work/signature.csv"
    expect "a column may be called $first" exits 0 "1 sample in" \
        "$leat" run $one "$work/signature.csv" --columns 1
done
for encoding in UTF-16 UTF-16LE UTF-16BE; do
    iconv -t $encoding "$work/text.csv" >"$work/$encoding.csv"
    is_no_text $encoding.csv "is text in UTF-16"
done
printf 'val\0ue\n1.5\n2.5\n' >"$work/nul.csv"
is_no_text nul.csv "line 1: holds a zero byte"
printf '1.5\r2.5\r3.5\r' >"$work/cr.csv"
is_no_text cr.csv "line 1: holds carriage returns"
printf 'value\r1.5\r2.5\n' >"$work/cr2.csv"
is_no_text cr2.csv "line 1: holds carriage returns"
printf 'value\r\r\n1.5\r\r\n2.5\r\n' >"$work/crcrlf.csv"
expect "two at a line's end are none of it" exits 0 "2 samples" "$leat" run $one "$work/crcrlf.csv"

# --- no samples ------------------------------------------------------------

printf 'value\n' >"$work/header.csv"
printf '# nothing\n\nvalue\n\n' >"$work/comments.csv"
for file in header comments; do
    expect "$file: a header alone is no input" exits 65 \
        "$file.csv: holds no sample: found a header, and nothing after it" \
        "$leat" run $one "$work/$file.csv"
done
printf 'value\nx\ny\n' >"$work/malformed.csv"
expect "malformed lines alone are no input" exits 65 "holds no sample: found only malformed ones" \
    "$leat" run $one "$work/malformed.csv" --on-error skip
printf '1' >"$work/bit.f32"
expect "a part of a sample is no input" exits 65 "holds no sample: found only malformed ones" \
    "$leat" run $one "$work/bit.f32" --on-error skip
: >"$work/none.f32"
expect "an empty input is no input" exits 0 "0 samples" "$leat" run $one "$work/none.f32"
expect "with a store, too" exits 65 "holds no sample" \
    "$leat" run $one "$work/header.csv" --store "$work/header.db" --stream s
expect "a second time" exits 65 "holds no sample" \
    "$leat" run $one "$work/header.csv" --store "$work/header.db" --stream s
printf '1.5\n' >>"$work/header.csv"
expect "until there is a sample" exits 0 "1 sample in" \
    "$leat" run $one "$work/header.csv" --store "$work/header.db" --stream s
expect "after that there may be none" exits 0 "0 samples in" \
    "$leat" run $one "$work/header.csv" --store "$work/header.db" --stream s

# --- columns with a comma in their names -----------------------------------

printf '"#","Date Time, GMT+02:00","Temp, C","a ""q"", b"\n1,2024-01-01 00:00:00,20.1,5\n' \
    >"$work/hobo.csv"
"$leat" run $one --bare --quiet >"$work/hobo.out" <<END
20.1
END
for choice in '"Temp, C"' 3; do
    expect "picks $choice" sh -c "
        '$leat' run $one '$work/hobo.csv' --columns '$choice' --bare | cmp - '$work/hobo.out'"
done
expect "several of them" sh -c "
    '$leat' run $two '$work/hobo.csv' --columns '\"a \"\"q\"\", b\",\"Temp, C\"' --bare \
        >'$work/pair' && printf '5,20.1\n' | '$leat' run $two --bare | cmp - '$work/pair'"
expect "in --keep and --time, too" sh -c "
    '$leat' run $one '$work/hobo.csv' --columns 3 --time 'Date Time, GMT+02:00' \
        --keep '\"a \"\"q\"\", b\",1' | cut -d, -f-3,4 | tail -n 1 |
    grep -q '^2024-01-01 00:00:00,5,1,'"
expect "lists the columns" exits 65 \
    'no column .Temp.; there are #, "Date Time, GMT+02:00", "Temp, C", "a ""q"", b"' \
    "$leat" run $one "$work/hobo.csv" --columns "Temp, C"
expect "refuses unterminated quotes" exits 64 "columns" \
    "$leat" run $one "$work/hobo.csv" --columns '"Temp, C'
printf 'a,b,a\n1,2,3\n' >"$work/same.csv"
expect "numbers distinguish columns of one name" sh -c "
    '$leat' run $one '$work/same.csv' --columns 3 --bare >'$work/third' &&
    echo 3 | '$leat' run $one --bare | cmp - '$work/third'"

finish
