#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_plot.sh: what `leat run --plot` draws of a stream that is killed and resumed: all of it, from
# its beginning, and every spike. Tests/Plot tests in a browser what a picture looks like.
# usage: Tests/Tool/test_plot.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common.sh

# usage: tells FILE WORDS ...: the picture's description has each of them.
tells() {
    file=$1
    shift
    sed -n 's/.*<desc id="leat-description">\(.*\)<\/desc>.*/\1/p' "$file" >"$work/description"
    cat "$work/description"
    for words; do
        grep -q -F -e "$words" "$work/description" || { echo "not there: $words"; return 1; }
    done
}

# usage: killed_at SECONDS OPTION ...: start a run at 1,500 samples a second, and kill it.
killed_at() {
    seconds=$1
    shift
    "$leat" run "$model" "$recording" --output "$work/rows.csv" --store "$work/run.db" \
        --stream pump --rate 1500 "$@" >"$work/null" 2>&1 &
    process=$!
    sleep "$seconds"
    kill -9 $process && wait $process 2>/dev/null
    [ $? -eq 137 ]
}

# usage: draw FILE OPTION ...: the rest of the recording.
draw() {
    file=$1
    shift
    "$leat" run "$model" "$recording" --output "$work/rows.csv" --store "$work/run.db" \
        --stream pump --plot "$file" "$@"
}

# --- killed twice ----------------------------------------------------------

"$leat" run "$model" "$recording" --output "$work/whole.csv" --quiet
expect "is killed" killed_at 0.9 --every 250
expect "is killed again" killed_at 1.1 --every 250
expect "is drawn when it ends" draw "$work/all.svg" --every 250 --score forecast
expect "each row once" cmp "$work/rows.csv" "$work/whole.csv"
expect "the picture has all runs" tells "$work/all.svg" "4,570 samples" \
    "From 0.1 s to 457 s" "Inputs: cpu_busy 0 to 1" "out0 " "Score: error of the forecast, RMS"
# From 250 to 4,500, and the end.
expect "the picture has all events" tells "$work/all.svg" "2 kills" "2 resumes" "19 checkpoints" \
    "stepped again"
expect "an uninterrupted run has the same traces" sh -c "
    '$leat' run '$model' '$recording' --output '$work/once.csv' --plot '$work/once.svg' \
        --score forecast || exit
    for file in all once; do
        grep -o 'Inputs: .*RMS [^.]*[.][^.]*' '$work/'\$file.svg | sed 's/[.] [0-9]* checkpoints.*//
            s/<.*//' >'$work/'\$file.said
    done
    [ -s '$work/all.said' ] && cmp '$work/all.said' '$work/once.said'"

# The picture of a run that has ended can be drawn again, in another format.
expect "drawn again, as a page" draw "$work/all.html" --score out3
expect "the page has the score" \
    grep -q '<desc id="leat-description">.*Score: out3 ' "$work/all.html"
Scripts/setup "/usr/lib/$(cc -print-multiarch)/librsvg-2.so.2=librsvg2-2" \
    /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf=fonts-dejavu-core || exit 1
expect "drawn again, as a PNG" draw "$work/all.png" --plot-theme dark
expect "it is a PNG" sh -c "od -An -tx1 -N8 '$work/all.png' | grep '89 50 4e 47 0d 0a 1a 0a'"
expect "a part of it" draw "$work/some.svg" --draw memory_used,out3
expect "nothing else of it" tells "$work/some.svg" "Inputs: memory_used" "Outputs: out3"
expect "cpu_busy isn't" sh -c "! grep -q cpu_busy '$work/some.svg'"

# --- spikes and times ------------------------------------------------------

narrow=Tests/Vectors/size-1-17/model.safetensors
awk -v OFS=, 'BEGIN { print "when,value"
    for (i = 0; i < 300000; i++)
        printf "%d,%s\n", 1700000000 + 60 * i, i == 123457 ? "777.25" : sin(i / 5000)
}' >"$work/long.csv"
expect "300,000 samples are drawn" "$leat" run "$narrow" "$work/long.csv" --time when \
    --output "$work/long.out" --plot "$work/long.svg" --draw value
expect "the picture has the one spike" tells "$work/long.svg" "value −1 to 777"
expect "at real times" tells "$work/long.svg" "From 2023-11-14 22:13:20 UTC to 2024-06-10 06:12:20 UTC"
expect "in less than 300 kB" sh -c "[ \$(wc -c <'$work/long.svg') -lt 300000 ]"
# usage: timed NAME OPTION ...: draw $work/NAME.csv; its messages are in $work/said.
timed() {
    name=$1
    shift
    "$leat" run "$narrow" "$work/$name.csv" --time when --draw value --output "$work/$name.out" \
        --plot "$work/$name.svg" --force "$@" 2>"$work/said" || { cat "$work/said"; return 1; }
}
back() { grep -e "--plot" "$work/said"; } # what it says of times

for zeros in "" 000 000000 000000000; do
    printf 'when,value\n1548893400%s,1\n1548894000%s,2\n' "$zeros" "$zeros" >"$work/unit.csv"
    expect "10^${#zeros} to a second" timed unit
    expect "10^${#zeros} to a second: the dates" tells "$work/unit.svg" \
        "From 2019-01-31 00:10:00 UTC to 2019-01-31 00:20:00 UTC"
    expect "10^${#zeros} to a second: both values" sh -c "
        grep -q '>00:15<' '$work/unit.svg' && ! grep -q 'no values' '$work/unit.svg'"
    expect "10^${#zeros} to a second: no message" sh -c "! grep -e --plot '$work/said'"
done
awk -v OFS=, 'BEGIN { print "when,value"
    for (i = 0; i < 1000; i++) print 1700000000 + (i == 500 ? 3 : i), i }' >"$work/step.csv"
expect "one time that goes back" timed step
expect "is reported" sh -c "grep -F \"column 'when': of 1,000 times 1 is earlier\" '$work/said'"
expect "the others are dates" tells "$work/step.svg" "to 2023-11-14 22:29:59 UTC" "1 is earlier"
awk -v OFS=, 'BEGIN { print "when,value"
    for (i = 0; i < 100; i++) print 1700000000 + 60 * i - (i < 50 ? 0 : 90000), i }' >"$work/back.csv"
expect "a half that goes back" timed back
expect "is reported, in one line" gives \
    "leat: --plot: column 'when': of 100 times 50 are earlier than one before them; x is the number of the sample" \
    back
expect "drawn over samples" tells "$work/back.svg" "From sample 0 to sample 99" "50 are earlier"
awk -v OFS=, 'BEGIN { print "when,value"
    for (i = 0; i < 100; i++) print 1700000000, i }' >"$work/still.csv"
expect "a clock that doesn't move" timed still
expect "is reported" sh -c "grep -e --plot '$work/said' | grep '99 are the same'"
expect "drawn over samples" tells "$work/still.svg" "From sample 0 to sample 99"
awk -v OFS=, 'BEGIN { print "when,value"
    for (i = 0; i < 600; i++) print 1700000000 + int(i / 10), i }' >"$work/tenths.csv"
expect "ten samples a second, times of seconds" timed tenths
expect "is reported" grep "540 are the same as the one before" "$work/said"
expect "drawn over times" tells "$work/tenths.svg" "to 2023-11-14 22:14:19 UTC"
awk 'BEGIN { name = "v"; while (length(name) < 100000) name = name name
    print "when," name; for (i = 0; i < 10; i++) print i "," i }' >"$work/wide.csv"
expect "a name of 100,000 characters" timeout 10 "$leat" run "$narrow" "$work/wide.csv" \
    --time when --output "$work/wide.out" --plot "$work/wide.svg"
expect "makes no large picture" sh -c "[ \$(wc -c <'$work/wide.svg') -lt 20000 ]"
expect "makes no large page" sh -c "
    timeout 10 '$leat' run '$narrow' '$work/wide.csv' --time when --output '$work/wide.out' --force \
        --plot '$work/wide.html' && [ \$(wc -c <'$work/wide.html') -lt 120000 ]"

# --- inputs that can't be read again -------------------------------------------

head -n 101 "$recording" >"$work/first"
sed -n '102,$p' "$recording" >"$work/rest"
"$leat" run "$model" <"$work/first" --store "$work/pipe.db" --stream p --quiet >"$work/null"
expect "the rest of a pipe" sh -c "
    cat '$work/rest' | '$leat' run '$model' --store '$work/pipe.db' --stream p \
        --input-is rest --plot '$work/pipe.svg' >'$work/null'"
expect "is drawn from there on" tells "$work/pipe.svg" "4,470 samples, from sample 100 on"

expect "rows that begin later" sh -c "
    first() { head -n \$1 '$recording' >'$work/growing.csv'; }
    run() { '$leat' run '$model' '$work/growing.csv' --store '$work/late.db' --stream s \"\$@\"; }
    first 101 && run >'$work/null' && first 301 && run --output '$work/late.out' &&
    first 401 && run --output '$work/late.out' --plot '$work/late.svg' --draw cpu_busy"
expect "are drawn with their own samples" tells "$work/late.svg" "From 10.1 s to 40 s" \
    "300 samples, from sample 100 on"
expect "values that look like comments or numbers" sh -c "
    awk -F, -v OFS=, '{ sub(/^[^,]*,/, \"\"); print \$0, NR == 1 ? \"tag\" : \"#\" NR }' \
        '$work/growing.csv' >'$work/tags.csv'
    head -n 200 '$work/tags.csv' >'$work/tags.part'
    run() { '$leat' run '$model' \"\$@\" --keep tag --columns \
            \"\$(head -n 1 '$work/growing.csv' | cut -d , -f 2-)\" --store '$work/tags.db' \
            --stream s --output '$work/tags.out' --output-names 1,2,3,4,5,6,7,8,9,10,11; }
    run '$work/tags.part' && cp '$work/tags.csv' '$work/tags.part' &&
    run '$work/tags.part' --plot '$work/tags.svg' --draw cpu_busy"
expect "are drawn all the same" tells "$work/tags.svg" "400 samples"
rm -f "$work/rows.csv" "$work"/run.db*
expect "is killed far beyond its checkpoint" killed_at 0.9 --every 2000
# The kill was after more than a thousand rows; this run has begun, and is at row 80 at most.
expect "resumes, and ends before that position" sh -c "
    timeout -s TERM 4 '$leat' run '$model' '$recording' --output '$work/rows.csv' \
        --store '$work/run.db' --stream pump --rate 20 --plot '$work/short.svg' --draw cpu_busy
    [ \$? -eq 124 ]"
expect "the kill is drawn all the same" tells "$work/short.svg" "1 kill" "1 resume"
for times in "0 1e308" "-1e308 1e308" "1e-320 2e-320" "0 5e-324" "1e18 2e18"; do
    printf 'when,value\n%s,1\n%s,2\n' $times >"$work/times.csv"
    expect "times of $times" "$leat" run "$narrow" "$work/times.csv" --time when --force \
        --output "$work/times.out" --plot "$work/times.svg"
    expect "times of $times, a page" "$leat" run "$narrow" "$work/times.csv" --time when --force \
        --output "$work/times.out" --plot "$work/times.html"
done

# --- refusals --------------------------------------------------------------

expect "another extension" exits 64 "ends in .svg, .png or .html" draw "$work/all.pdf"
expect "an existing picture" exits 73 "exists already" draw "$work/all.svg"
expect "an unknown score" exits 64 "expected forecast or an output: out0" \
    draw "$work/x.svg" --score mood
expect "an unknown name" exits 64 "found 'mood', expected some of cpu_busy" \
    draw "$work/x.svg" --draw mood
expect "a forecast without its input" exits 64 "found 1 inputs and 17 outputs" \
    "$leat" run "$narrow" "$work/back.csv" --time when --plot "$work/x.svg" --score forecast
expect "a score without a picture" exits 64 "needs a --plot" \
    "$leat" run "$narrow" "$work/back.csv" --score forecast
expect "a missing folder" exits 73 "" draw "$work/nowhere/x.svg"
cp "$work/back.csv" "$work/back.svg" && cp "$work/back.csv" "$work/back.before"
expect "not over the samples" exits 64 "another" \
    "$leat" run "$narrow" "$work/back.svg" --time when --plot "$work/back.svg" --force
expect "nor rows over the samples" exits 64 "another" \
    "$leat" run "$narrow" "$work/back.csv" --time when --output "$work/back.csv" --force
expect "not over the model" sh -c "
    cp $narrow '$work/own.model'
    '$leat' run '$work/own.model' '$work/back.csv' --time when --output '$work/own.model' --force
    [ \$? -eq 64 ] && cmp $narrow '$work/own.model'"
expect "the files are unchanged" cmp "$work/back.csv" "$work/back.before"
expect "no picture is left" sh -c "! ls '$work'/x.svg* '$work'/all.pdf"

finish
