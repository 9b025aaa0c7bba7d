#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_run.sh: `leat run`: the library's outputs to the bit, every kind of input and output, states,
# memory, and its messages.
# usage: Tests/Tool/test_run.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common_run.sh

resume=build/examples/resume

# --- the library's bits ----------------------------------------------------

expect "resume.c steps" prints "$work/resumed" "$resume" "$model" "$work/resume.db" "$work/long"
cut -d ' ' -f 2- "$work/resumed" | "$work/read_floats" >"$work/whole.f32"
expect "there are as many outputs as samples" [ "$(wc -c <"$work/whole.f32")" = $((long * 44)) ]
expect "steps" prints "$work/whole.csv" "$leat" run "$model" "$work/long.csv"
without_header "$work/whole.csv" 1 >"$work/floats"
expect "text: the bits of resume.c" cmp "$work/floats" "$work/whole.f32"
expect "raw in and out" "$leat" run "$model" "$work/long.f32" --output "$work/own.f32"
expect "raw: the bits of resume.c" cmp "$work/own.f32" "$work/whole.f32"
expect "raw through pipes" sh -c "
    cat '$work/long.f32' | '$leat' run '$model' --format f32 --output-format f32 |
    cmp - '$work/whole.f32'"
expect "raw in, text out" prints "$work/numbered" "$leat" run "$model" "$work/long.f32"
without_header "$work/numbered" 1 >"$work/floats"
expect "raw in, text out: the bits" cmp "$work/floats" "$work/whole.f32"
expect "samples are numbered from 0" sh -c "
    tail -n +2 '$work/numbered' | awk -F, '\$1 != NR - 1 { print; bad = 1 } END { exit bad }'"
expect "every row has the time unchanged" sh -c "
    cut -d, -f1 '$work/long.csv' >'$work/times' && cut -d, -f1 '$work/whole.csv' |
    cmp - '$work/times'"
expect "standard input with --bare" sh -c "
    '$leat' run '$model' --bare <'$work/long.csv' | '$work/read_floats' | cmp - '$work/whole.f32'"
for case in head-three normaliser projection-head stacked-head documentation-10-20-2 layers-4 \
    int8 f16; do
    folder=Tests/Vectors/$case
    inputs=$(sed -n 's/^inputs //p' $folder/case.txt)
    od -An -v -t f4 -w$((4 * inputs)) $folder/input.f32 >"$work/samples.$case"
    sed 's/^ *//; s/  */,/g' "$work/samples.$case" >"$work/$case.csv"
    "$resume" $folder/model.safetensors "$work/$case.db" "$work/samples.$case" |
        cut -d ' ' -f 2- | "$work/read_floats" >"$work/$case.f32"
    expect "$case: steps" prints "$work/$case.out" \
        "$leat" run $folder/model.safetensors "$work/$case.csv"
    without_header "$work/$case.out" 1 >"$work/floats"
    expect "$case: the bits of resume.c" cmp "$work/floats" "$work/$case.f32"
done

# --- states ----------------------------------------------------------------

half=$((long / 2))
head -n $((half + 1)) "$work/long.csv" >"$work/first.csv"
{ head -n 1 "$work/long.csv"; tail -n +$((half + 2)) "$work/long.csv"; } >"$work/second.csv"
expect "saves a state" prints "$work/halves" \
    "$leat" run "$model" "$work/first.csv" --save-state "$work/half.state"
expect "continues from it" prints "$work/second.out" \
    "$leat" run "$model" "$work/second.csv" --state "$work/half.state"
tail -n +2 "$work/second.out" >>"$work/halves"
expect "both halves are the whole" cmp "$work/halves" "$work/whole.csv"
expect "refuses another model's state" exits 65 "model" \
    "$leat" run $small "$work/plain.csv" --separator ';' --state "$work/half.state"
expect "refuses a file that is no state" exits 65 "state" \
    "$leat" run "$model" "$work/long.csv" --state "$recording"
expect "refuses to replace a state" exits 73 "exists already" \
    "$leat" run "$model" "$work/long.csv" --save-state "$work/half.state"
"$leat" run "$model" "$work/first.csv" --store "$work/first.db" --stream pump >"$work/null" 2>&1
expect "refuses a state where the store has one" exits 64 "has a state of this stream" \
    "$leat" run "$model" "$work/long.csv" --store "$work/first.db" --stream pump \
    --state "$work/half.state"

# --- standard input, limits -------------------------------------------------

expect "refuses a missing model" exits 66 "No such file" \
    "$leat" run "$work/none" "$work/long.csv"
expect "refuses a missing input" exits 66 "No such file" \
    "$leat" run "$model" "$work/none"
expect "refuses a folder" exits 66 "found a directory" "$leat" run "$model" "$work"
expect "reports a full disk" exits 74 "standard output: No space left" \
    sh -c "'$leat' run '$model' '$work/long.csv' >/dev/full"
expect "reports a full disk at --output" exits 74 "/dev/full: No space left" \
    "$leat" run "$model" "$work/long.csv" --output /dev/full
expect "refuses to replace a file" exits 73 "exists already; --force" \
    "$leat" run "$model" "$work/long.csv" --output "$work/whole.csv"
expect "ends quietly when nobody reads" sh -c "
    { '$leat' run '$model' '$work/long.csv' --quiet 2>'$work/err'; echo \$? >'$work/code'; } |
    head -n 1 >'$work/out'; [ ! -s '$work/err' ] && [ \"\$(cat '$work/code')\" = 141 ]"
expect "shows progress only on a terminal" sh -c "
    '$leat' run '$model' '$work/long.csv' --quiet 2>&1 >'$work/out' | wc -c | grep -qx 0"
expect "--help has examples" sh -c "'$leat' run --help | grep -q -e '--store state.db --stream'"

# Memory: a million lines take no more than the first ten thousand.
begin "$leat" run "$model" --columns 2,3,4,5,6,7,8,9,10,11,12 --output "$work/million.out"
grow() {
    yes "$(sed -n 2p "$recording")" | head -n "$1" >&3
    eventually has_lines "$2" "$work/million.out"
    awk '/^VmRSS/ { print $2 }' "/proc/$process/status"
}
before=$(grow 10000 10001)
after=$(grow 990000 1000001)
end
expect "a million lines are read" [ "$code" = 0 ]
expect "in bounded memory: $before, then $after KiB" [ $((after - before)) -le 1024 ]

# --- odd inputs ------------------------------------------------------------

head -n 101 "$recording" >"$work/hundred.csv"
"$leat" run "$model" "$work/hundred.csv" --quiet --output "$work/hundred.out"
: >"$work/empty.csv"
expect "a file without a line is followed until SIGTERM" sh -c "
    timeout -s TERM 1 '$leat' run '$model' '$work/empty.csv' --follow
    [ \$? -eq 124 ]"
expect "less than a sample a month" sh -c "
    timeout -s TERM 1 '$leat' run '$model' '$work/hundred.csv' --rate 1e-7 >'$work/null'
    [ \$? -eq 124 ]"
expect "unused columns may share a name" sh -c "
    awk -F, -v OFS=, 'NR == 1 { print \$0, \"x,x\"; next } { print \$0, \"1,2\" }' \
        '$work/hundred.csv' >'$work/twice.csv'
    '$leat' run '$model' '$work/twice.csv' --columns \
        \"\$(head -n 1 '$work/hundred.csv' | cut -d , -f 2-)\" >'$work/twice.out'
    cmp '$work/twice.out' '$work/hundred.out'"
for part in rest whole; do
    "$leat" run "$model" --store "$work/$part.db" --stream s --quiet <<END >"$work/null"
$(head -n 4 "$recording")
END
done
expect "the rest of an input, then all of it" sh -c "
    sed -n '5,50p' '$recording' | cat |
        '$leat' run '$model' --store '$work/rest.db' --stream s --input-is rest >'$work/null' &&
    head -n 60 '$recording' | cat |
        '$leat' run '$model' --store '$work/rest.db' --stream s --input-is whole >'$work/last' &&
    [ \$(wc -l <'$work/last') -eq 10 ]"

# --- messages ----------------------------------------------------------------

# usage: told WORDS COMMAND ...: it succeeds, and its standard error has the words.
told() {
    exits 0 "$@"
}

head -n 1001 "$work/long.csv" >"$work/told.in"
told_run() {
    "$leat" run "$model" "$work/told.in" --store "$work/told.db" --stream s --every 250 \
        --output "$work/told.csv" "$@"
}
expect "reports where a stream begins" told "^leat: began at sample 0$" told_run
expect "reports what it did" grep -q \
    "^leat: 1,000 samples in [0-9.]* s; 7 checkpoints in $work/told.db$" "$work/err"
expect "reports the header, in one line" sh -c "
    grep -c 'line 1 is taken for a header: time_s, cpu_busy, ' '$work/err' | grep -qx 1"
head -n 2001 "$work/long.csv" >"$work/told.in"
expect "reports where it resumes" told "^leat: resumed at sample 1,000$" told_run
expect "reports what it did since" grep -q "^leat: 1,000 samples in .* checkpoints in" "$work/err"
expect "doesn't report the header again" sh -c "! grep header '$work/err'"
expect "prints nothing with --quiet" sh -c "
    '$leat' run '$model' '$work/told.in' --quiet 2>&1 >'$work/null' | wc -c | grep -qx 0"
expect "prints nothing with --quiet when it resumes" sh -c "
    '$leat' run '$model' '$work/told.in' --store '$work/told.db' --stream s --every 250 \
        --output '$work/told.csv' --quiet 2>&1 | wc -c | grep -qx 0"
expect "without a store, reports only samples" sh -c "
    '$leat' run '$model' '$work/told.in' 2>&1 >'$work/null' | tail -n 1 |
    grep -q '^leat: 2,000 samples in [0-9.]* s$'"

# On a terminal: a resumed run counts the samples before it. The line comes within
# a second of a quiet machine's time, so this waits for it.
Scripts/setup script=bsdutils || exit 1
head -n 30001 "$work/long.csv" >"$work/half.in"
cat >"$work/progress" <<END
exec '$leat' run '$model' '$work/half.in' --store '$work/half.db' --stream s \\
    --output '$work/half.csv' "\$@"
END
shows_progress() {
    [ -e "$work/typescript" ] && tr '\r' '\n' <"$work/typescript" | tr -d , |
        grep -a -m 1 -o '[0-9]* %  [0-9]* samples [0-9]* a second' >"$work/line"
}
counts_from_the_start() {
    sh "$work/progress" --quiet && cp "$work/long.csv" "$work/half.in" || return 1
    timeout 60 script -qec "sh $work/progress --rate 2000" "$work/typescript" >"$work/null" &
    process=$!
    eventually shows_progress
    kill $process
    cat "$work/line" "$work/typescript"
    read -r percent sign count samples rate rest <"$work/line"
    [ "$percent" -ge 30 ] && [ "$count" -ge 30000 ] && [ "$rate" -lt 6000 ]
}
expect "progress counts from the input's start" counts_from_the_start

finish
