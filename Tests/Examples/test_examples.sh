#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_examples.sh: run each program of build/examples and check its claims; kill those that resume
# with SIGKILL at random points.
# usage: Tests/Examples/test_examples.sh, after make examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Examples/common.sh

bin=build/examples

# usage: refused WORDS COMMAND ...: the command fails with a message that has the words.
refused() {
    words=$1
    shift
    "$@" >"$work/out" 2>"$work/err"
    code=$?
    cat "$work/err"
    [ $code -eq 1 ] && grep -q "$words" "$work/err"
}

# usage: has FILE WORDS [LINES]: that many lines of the file have the words; 1 by default.
has() {
    found=$(grep -c -e "$2" "$1")
    [ "$found" -eq "${3:-1}" ] || { echo "$found times \"$2\" in"; cat "$1"; return 1; }
}

# usage: stopped_by SIGNAL SECONDS FILE COMMAND ...: it exits with 0.
stopped_by() {
    signal=$1 seconds=$2 file=$3
    shift 3
    "$@" >"$file" 2>"$file.said" &
    process=$!
    sleep "$seconds"
    kill -s "$signal" $process
    wait $process 2>/dev/null
    code=$?
    cat "$file.said"
    if [ "$signal" = KILL ]; then [ $code -eq 137 ]; else [ $code -eq 0 ]; fi
}

# The recording five times.
awk -F, 'NR == 1 { print; next } { line[NR] = $0 }
    END { for (i = 0; i < 5; i++) for (n = 2; n <= NR; n++) print line[n] }' \
    "$recording" >"$work/long.csv"

# --- resume ----------------------------------------------------------------

expect "resume: runs over the samples" prints "$work/whole" \
    "$bin/resume" "$model" "$work/whole.db" "$work/long"
expect "resume: a line of 1 + 11 numbers for each sample" awk -v n="$samples" '
    NF != 12 || $1 != NR { print; bad = 1 } END { exit bad || NR != 15 * n }' "$work/whole"
expect "resume: killed 20 times" \
    killed_runs "$work/resume" "$bin/resume" "$model" STORE "$work/long"
expect "resume: the same lines as uninterrupted" \
    same_by_position 1 "$work/whole" "$work/resume"

head -n 150 "$work/samples" >"$work/growing"
printf '0.5 1 ' >>"$work/growing"
expect "resume: an incomplete line isn't read" prints "$work/grown.1" \
    "$bin/resume" "$model" "$work/grown.db" "$work/growing"
sed -n '151,$p' "$work/samples" >"$work/rest"
head -n 150 "$work/samples" | cat - "$work/rest" >"$work/growing"
expect "resume: continues when the file has grown" prints "$work/grown.2" \
    "$bin/resume" "$model" "$work/grown.db" "$work/growing"
head -n "$samples" "$work/whole" >"$work/once"
expect "resume: the same lines as for the whole file" sh -c "
    { head -n 100 '$work/grown.1'; cat '$work/grown.2'; } | cmp - '$work/once'"
head -n 120 "$work/samples" | tr ' ' ',' >"$work/commas"
expect "resume: accepts commas" sh -c "
    '$bin/resume' '$model' '$work/commas.db' '$work/commas' >'$work/out' &&
    head -n 120 '$work/whole' | cmp - '$work/out'"

# usage: wrong_line WORDS LINE: the line is number 102, after a checkpoint and a kill.
wrong_line() {
    rm -f "$work/bad.db"*
    { head -n 101 "$work/samples"; echo "$2"; head -n 3 "$work/samples"; } >"$work/bad"
    for run in first second; do
        refused "line 102 of the samples: $1" "$bin/resume" "$model" "$work/bad.db" "$work/bad" ||
            return 1
    done
    [ "$(wc -l <"$work/out")" -eq 1 ] # the second began at line 101
}
good=$(head -n 1 "$work/samples")
expect "resume: names a line of words" wrong_line "too few" "1 2 three"
expect "resume: names a short line, and reads nothing of the next" \
    wrong_line "too few" "${good% *}"
expect "resume: names a line that is long" wrong_line "more than" "$good 1"
expect "resume: names a line without a number between its commas" \
    wrong_line "too few" "$(echo "$good" | sed 's/ /,,/')"
expect "resume: names a line of numbers that touch" \
    wrong_line "too few" "$(echo "$good" | sed 's/ /-/')"
expect "resume: names a line with a NaN" wrong_line "input" "nan ${good#* }"
expect "resume: names a line that never ends" \
    wrong_line "" "$(head -c 70000 /dev/zero | tr '\0' 1)"
# Lines 60, 61, 123 and 124.
{ head -n 120 "$work/samples" | sed '59s/$/\n\n \t\r/'; echo; printf ' \n'; } >"$work/gaps"
expect "resume: skips empty lines" sh -c "
    '$bin/resume' '$model' '$work/gaps.db' '$work/gaps' >'$work/out' &&
    head -n 120 '$work/whole' | cmp - '$work/out'"
expect "resume: also from a checkpoint" sh -c "
    '$bin/resume' '$model' '$work/gaps.db' '$work/gaps' >'$work/out' &&
    head -n 120 '$work/whole' | tail -n +101 | cmp - '$work/out'"
echo x >>"$work/gaps"
for run in first second; do
    expect "resume: counts them ($run run)" refused "line 125 of the samples: too few" \
        "$bin/resume" "$model" "$work/gaps.db" "$work/gaps"
done
printf '\0\n' >"$work/zero"
expect "resume: a line with a zero byte isn't empty" refused "line 1 of the samples: too few" \
    "$bin/resume" "$model" "$work/zero.db" "$work/zero"
expect "resume: names no line for a fault of the store" sh -c "
    mkfifo '$work/rows.fifo'
    '$bin/resume' '$model' '$work/gone.db' '$work/long' >'$work/rows.fifo' 2>'$work/err' &
    { head -n 1; rm '$work/gone.db'; cat; } <'$work/rows.fifo' >/dev/null
    wait \$!; code=\$?; cat '$work/err'
    [ \$code -eq 1 ] && ! grep 'of the samples' '$work/err'"
expect "resume: refuses a pipe" sh -c "
    ! cat '$work/commas' | '$bin/resume' '$model' '$work/pipe.db' /dev/stdin >'$work/out' \
        2>'$work/err' && grep 'a pipe' '$work/err' && ! [ -s '$work/out' ]"
head -n 20 "$work/samples" >"$work/rotated"
expect "resume: notices that the file was rotated" refused "another file" \
    "$bin/resume" "$model" "$work/whole.db" "$work/rotated"
expect "resume: refuses another model's store" refused "of model" \
    "$bin/resume" Tests/Vectors/layers-2/model.safetensors "$work/whole.db" "$work/long"

# --- no room for the output ---------------------------------------------------

# usage: no_room COMMAND ...: it reports that, and fails.
no_room() {
    "$@" >/dev/full 2>"$work/err"
    code=$?
    cat "$work/err"
    [ $code -eq 1 ] && grep -q "can't print\|standard output" "$work/err"
}
expect "resume: a full disk" no_room "$bin/resume" "$model" "$work/full.db" "$work/commas"
expect "resume: no checkpoint is after the lost rows" sh -c "
    '$bin/resume' '$model' '$work/full.db' '$work/commas' | head -n 1 | grep '^1 '"
expect "autosave: a full disk" no_room "$bin/autosave" "$model" "$work/full-2.db"
expect "exactly_once: a full disk" \
    no_room "$bin/exactly_once" "$model" "$work/full-3.db" "$recording"
expect "many_streams: a full disk" no_room "$bin/many_streams" "$model" "$work/full-4.db"
expect "static_memory: a full disk" no_room "$bin/static_memory"
expect "bounded_memory: a full disk" no_room "$bin/bounded_memory" "$work/full-5.db"
expect "sequence_and_step: a full disk" no_room "$bin/sequence_and_step"
expect "operations: a full disk" \
    no_room "$bin/operations" "$model" "$work/full-6.db" "$work/full-copy.db"
expect "record_telemetry: a full disk" no_room "$bin/record_telemetry" --seconds 0.2

# --- another recording -------------------------------------------------------

head -n 5 "$recording" >"$work/short.csv"
for program in exactly_once monitor; do
    cp "$recording" "$work/rotated.csv"
    case $program in
    exactly_once) set -- "$bin/exactly_once" "$model" "$work/rotated-1.db" "$work/rotated.csv" ;;
    monitor) set -- "$bin/monitor" --store "$work/rotated-2.db" --input "$work/rotated.csv" ;;
    esac
    expect "$program: runs" prints "$work/out" "$@"
    cp "$work/short.csv" "$work/rotated.csv"
    expect "$program: notices that the recording was rotated" refused "another file" "$@"
done

# --- static_memory ---------------------------------------------------------

expect "static_memory: runs" prints "$work/static" "$bin/static_memory"
expect "static_memory: prints resume's last line" sh -c "
    sed -n ${samples}p '$work/whole' | cmp - '$work/static'"

# --- bounded_memory --------------------------------------------------------

expect "bounded_memory: runs" prints "$work/bounded.1" "$bin/bounded_memory" "$work/bounded.db"
expect "bounded_memory: prints what it needed" \
    has "$work/bounded.1" 'at most [1-9][0-9]* bytes and [1-9][0-9]* pages of a block'
expect "bounded_memory: resumes" prints "$work/bounded.2" "$bin/bounded_memory" "$work/bounded.db"
expect "bounded_memory: at its position" \
    has "$work/bounded.2" "^from position $samples to $((2 * samples))\$"

# --- sequence_and_step -----------------------------------------------------

for model_case in layers-2 layers-4 projection-32-8-2 stacked initial-state; do
    expect "sequence_and_step: $model_case" prints "$work/relations" \
        "$bin/sequence_and_step" Tests/Vectors/$model_case/model.safetensors
    expect "sequence_and_step: five relations, $model_case" \
        has "$work/relations" 'same bits' 5
done
expect "sequence_and_step: by default" prints "$work/relations" "$bin/sequence_and_step"
expect "sequence_and_step: refuses a model with a head" refused "nn.Linear" \
    "$bin/sequence_and_step" "$model"

# --- many_streams ----------------------------------------------------------

many="$bin/many_streams $model $work/many.db"
expect "many_streams: runs" prints "$work/many" $many
expect "many_streams: begins at 0" has "$work/many" '64 streams from position 0 to 1000'
expect "many_streams: a batch changes no bit" has "$work/many" 'alone gives the same bits'
for wait in 0.005 0.01 0.015 0.02 0.025 0.03 0.035 0.04; do
    $many >/dev/null 2>&1 &
    sleep $wait
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
done
expect "many_streams: killed, all resume at one position" prints "$work/many" $many
expect "many_streams: and with the same bits" has "$work/many" 'alone gives the same bits'

# --- autosave --------------------------------------------------------------

autosave="$bin/autosave $model"
expect "autosave: runs" prints "$work/offered" $autosave "$work/offered.db"
expect "autosave: a line for each step" awk '
    NF != 12 || $1 != NR { print; bad = 1 } END { exit bad || NR != 40000 }' "$work/offered"
expect "autosave: the forecasts of machine 0 are resume's" sh -c "
    awk '\$1 % 4 == 1 { \$1 = (\$1 + 3) / 4; print }' '$work/offered' |
        head -n $samples | cmp - '$work/once'"
expect "autosave: killed 20 times" killed_runs "$work/autosave" $autosave STORE
expect "autosave: the same lines as uninterrupted" \
    same_by_position 1 "$work/offered" "$work/autosave"
expect "autosave: a second run has nothing to do" sh -c "
    $autosave '$work/offered.db' | cmp - /dev/null"

# --- exactly_once ----------------------------------------------------------

head -n $((5 * samples)) "$work/whole" >"$work/rows"
expect "exactly_once: runs" prints "$work/table" \
    "$bin/exactly_once" "$model" "$work/table.db" "$work/long.csv"
expect "exactly_once: the rows are what resume prints" cmp "$work/table" "$work/rows"
expect "exactly_once: killed 20 times" \
    killed_runs "$work/exactly" "$bin/exactly_once" "$model" STORE "$work/long.csv"
expect "exactly_once: the rows are the position at each start" awk '
    NF != 4 || $1 != $4 { print; bad = 1 } $1 > 0 { later++ }
    END { exit bad || later == 0 }' "$work/exactly/log"
for round in "$work"/exactly/[0-9]*; do
    last=
    for run in "$round"/run.*; do last=$run; done
    expect "exactly_once: the rows are those of the uninterrupted run" cmp "$last" "$work/rows"
done

# Neither end of the recording is at a checkpoint's sample.
head -n 148 "$recording" >"$work/grows.csv"
exactly="$bin/exactly_once $model $work/grows.db $work/grows.csv"
head -n 147 "$work/whole" >"$work/rows"
expect "exactly_once: a recording that ends" sh -c "
    $exactly >'$work/out' && cmp '$work/out' '$work/rows'"
head -n 256 "$recording" >"$work/grows.csv"
truncate -s -1 "$work/grows.csv"
head -n 255 "$work/whole" >"$work/rows"
expect "exactly_once: it grows by a line without a line feed" sh -c "
    $exactly >'$work/out' && cmp '$work/out' '$work/rows'"
expect "exactly_once: it is unchanged" sh -c "
    $exactly >'$work/out' && cmp '$work/out' '$work/rows'"
head -n 260 "$recording" >"$work/grows.csv"
head -n 259 "$work/whole" >"$work/rows"
expect "exactly_once: it grows by the line feed" sh -c "
    $exactly >'$work/out' && cmp '$work/out' '$work/rows'"
truncate -s -1000 "$work/grows.csv"
expect "exactly_once: notices that it was truncated" refused "another file" $exactly
sed 's/$/\r/' "$recording" | head -n 260 >"$work/crlf.csv"
for run in first second; do
    expect "exactly_once: lines that end with CR LF ($run run)" sh -c "
        '$bin/exactly_once' '$model' '$work/crlf.db' '$work/crlf.csv' | cmp - '$work/rows'"
done

# --- operations ------------------------------------------------------------

operations="$bin/operations $model $work/operations.db"
expect "operations: runs" prints "$work/operations" $operations "$work/operations.copy.db"
expect "operations: nothing is wrong" has "$work/operations" 'everything is whole'
expect "operations: the copy has the pruned checkpoints" has "$work/operations" \
    '200 streams, 600 checkpoints' 2
expect "operations: two of three are pruned" has "$work/operations" '400 checkpoints pruned'
expect "operations: one of each stream stays" has "$work/operations" \
    '200 streams, 200 checkpoints'
expect "operations: progress only on a terminal" sh -c "
    $operations '$work/operations.2.db' 2>&1 >/dev/null | cmp - /dev/null"
expect "operations: never replaces a file" refused "there is a file at" \
    $operations "$work/operations.copy.db"

# --- monitor ---------------------------------------------------------------

monitor="$bin/monitor --bits --input $work/long.csv"
expect "monitor: runs" prints "$work/monitored" $monitor --store "$work/monitored.db"
expect "monitor: a line for each sample, a score for all but the first" awk -v n="$samples" '
    $2 != NR - 1 || ($3 + 0 > 0) != (NR > 1) { print; bad = 1 }
    END { exit bad || NR != 5 * n }' "$work/monitored"
expect "monitor: killed 20 times" killed_runs "$work/monitor" $monitor --store STORE
expect "monitor: the same lines as uninterrupted" \
    same_by_position 2 "$work/monitored" "$work/monitor"

term="$bin/monitor --every 1000000 --rate 200 --store $work/term.db"
expect "monitor: ends on SIGTERM" stopped_by TERM 0.5 "$work/term.1" $term
expect "monitor: ends on SIGINT" stopped_by INT 0.5 "$work/term.2" $term
expect "monitor: with a checkpoint, so that nothing is repeated" sh -c "
    cat '$work/term.1' '$work/term.2' |
        awk '\$2 != NR - 1 { print; bad = 1 } END { exit bad || NR < 100 }'"

live="$bin/monitor --live --every 4 --store $work/live.db"
expect "monitor: live" stopped_by INT 2 "$work/live.1" $live
expect "monitor: 10 samples a second" awk '
    NF < 3 { bad = 1 } { print } END { exit bad || NR < 10 || NR > 21 }' "$work/live.1"
expect "monitor: live, killed" stopped_by KILL 1 "$work/live.2" $live
expect "monitor: live, resumed" stopped_by TERM 1 "$work/live.3" $live
expect "monitor: the gap in time is reported" grep "s passed unseen" "$work/live.3.said"
expect "monitor: a checkpoint's samples are kept" awk '
    FNR == 1 { start[FILENAME] = $2 } { next_one[FILENAME] = $2 + 1 }
    END { a = ARGV[1]; b = ARGV[2]; c = ARGV[3]
          print next_one[a], start[b], next_one[b], start[c]
          exit start[b] != next_one[a] || start[c] > next_one[b] || start[c] < next_one[b] - 4 }
    ' "$work/live.1" "$work/live.2" "$work/live.3"
expect "monitor: --help" prints "$work/help" "$bin/monitor" --help
expect "monitor: refuses an option it doesn't know" refused "see --help" "$bin/monitor" --no

finish
