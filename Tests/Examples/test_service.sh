#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_service.sh: examples-c/service.c reading a FIFO: it is killed and resumes, switches to a new
# model while it runs and while it doesn't, survives lines that are no samples, and ends on SIGTERM.
# usage: Tests/Examples/test_service.sh, after make examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Examples/common.sh

service=build/examples/service
fifo=$work/samples.fifo
mkfifo "$fifo"
"build/leat" quantize "$model" "$work/other" --to bf16 >"$work/null"
cp "$model" "$work/model"

# usage: start NAME OPTION ...: run it on the FIFO, which stays open as 3. Its output goes to
# $work/NAME, its messages to $work/NAME.said.
start() {
    name=$1
    shift
    "$service" "$@" "$work/model" "$work/store.db" pump "$fifo" \
        >"$work/$name" 2>"$work/$name.said" &
    process=$!
    exec 3>"$fifo"
}

# usage: feed FIRST LAST: write those samples, counted from 1.
feed() {
    sed -n "$1,$2p" "$work/samples" >&3
}

# usage: until_true COMMAND ...: it succeeds within ten seconds.
until_true() {
    for i in $(seq 200); do
        "$@" >"$work/null" 2>&1 && return
        sleep 0.05
    done
    echo "not within ten seconds: $*"
    cat "$work/$name.said"
    return 1
}

# usage: printed_up_to POSITION: the last line is of that sample.
printed_up_to() {
    [ "$(tail -n 1 "$work/$name" | cut -d ' ' -f 1)" = "$1" ]
}

# usage: stop SIGNAL CODE
stop() {
    kill -s "$1" $process
    wait $process 2>/dev/null
    code=$?
    exec 3>&-
    cat "$work/$name.said"
    [ $code -eq "$2" ]
}

# usage: same_lines FILE WHOLE FIRST LAST: the file's lines are those of WHOLE.
same_lines() {
    sed -n "$3,$4p" "$work/$2" | cmp - "$work/$1"
}

build/examples/resume "$work/model" "$work/whole.db" "$work/samples" >"$work/whole"

# --- killed and ended -------------------------------------------------------

start first --every 0.2
feed 1 300
expect "prints a line for each sample" until_true printed_up_to 300
expect "saves at intervals of time" until_true sh -c "
    build/leat store ls '$work/store.db' --json | grep -q '\"position\" *: *300'"
feed 301 310
expect "continues" until_true printed_up_to 310
expect "is killed" stop KILL 137
expect "the lines are resume's" same_lines first whole 1 310

start second --every 1000
expect "resumes from the checkpoint" until_true grep -q "at sample 3[01]0$" "$work/second.said"
at=$(sed -n 's/.*goes on at sample //p' "$work/second.said")
{ feed $((at + 1)) 400; printf 'noise\n1 2 3\n' >&3; feed 401 500; }
expect "skips lines that are no samples" until_true printed_up_to 500
expect "reports them" grep -q "no sample, 1 so far: noise" "$work/second.said"
expect "ends on SIGTERM" stop TERM 0
expect "the lines are resume's again" same_lines second whole $((at + 1)) 500

# --- another model ---------------------------------------------------------

start third --warm-up 50
expect "ended with a checkpoint" until_true grep -q "at sample 500$" "$work/third.said"
feed 501 600
until_true printed_up_to 600
echo "no model" >"$work/model"
kill -s HUP $process
expect "keeps its model when the new file is no model" \
    until_true grep -q "the model stays as it is" "$work/third.said"
cp "$work/other" "$work/model"
kill -s HUP $process
expect "warms up another model" \
    until_true grep -q "warms up from sample 600$" "$work/third.said"
feed 601 700
expect "prints without a gap" until_true printed_up_to 700
expect "switches over after 50 samples" \
    grep -q "the new model speaks from sample 650$" "$work/third.said"
expect "is killed" stop KILL 137
sed -n '601,$p' "$work/samples" >"$work/tail"
build/examples/resume "$work/other" "$work/tail.db" "$work/tail" |
    awk '{ $1 += 600; print }' >"$work/warmed"
{ sed -n 501,650p "$work/whole"; sed -n 51,100p "$work/warmed"; } >"$work/wanted"
expect "the lines are the old model's, then the new one's" cmp "$work/third" "$work/wanted"

start fourth --every 0.1
expect "the switch was durable" until_true grep -q "at sample [67][05]0$" "$work/fourth.said"
expect "ends on SIGTERM" stop TERM 0

cp examples-c/telemetry/model.safetensors "$work/model"
start fifth --warm-up 30
expect "starts with another model" until_true grep -q "warming up" "$work/fifth.said"
at=$(sed -n 's/.*goes on at sample //p' "$work/fifth.said")
feed $((at + 1)) $((at + 100))
expect "prints nothing until it has warmed up" until_true printed_up_to $((at + 100))
expect "for 30 samples" sh -c "
    [ \$(head -n 1 '$work/fifth' | cut -d ' ' -f 1) -eq $((at + 31)) ]"
expect "ends on SIGTERM" stop TERM 0

# --- refusals --------------------------------------------------------------

start sixth
until_true grep -q "goes on" "$work/sixth.said"
"$service" "$work/model" "$work/store.db" pump </dev/null >"$work/null" 2>"$work/busy.said"
code=$?
expect "a second process must try again" [ $code -eq 75 ]
expect "it is told which process has the store" grep -q "$process" "$work/busy.said"
exec 3>&-
wait $process
code=$?
expect "ends with its source" [ $code -eq 0 ]
"$service" "$work/none" "$work/store.db" pump </dev/null >"$work/null" 2>&1
code=$?
expect "no model: exit to try again" [ $code -eq 75 ]
"$service" "$work/samples" "$work/store.db" pump </dev/null >"$work/null" 2>&1
code=$?
expect "a file that is no model: exit for good" [ $code -eq 78 ]
"$service" "$work/model" </dev/null >"$work/null" 2>&1
code=$?
expect "usage: exit for good" [ $code -eq 78 ]

"$service" --every 1e20 "$work/model" "$work/store.db" pump </dev/null >"$work/null" 2>&1
code=$?
expect "--every for ever: exit for good" [ $code -eq 78 ]
"$service" "$work/model" "$work/full.db" pump <"$work/samples" >/dev/full 2>"$work/full.said"
code=$?
expect "no room for its lines: exit to try again" [ $code -eq 75 ]
expect "no checkpoint is after them" sh -c "
    '$service' '$work/model' '$work/full.db' pump <'$work/samples' >'$work/lines' 2>'$work/null' &&
    head -n 1 '$work/lines' | grep '^1 '"
{ head -c 65535 /dev/zero | tr '\0' 9; sleep 0.3; head -n 2 "$work/samples"; } |
    "$service" "$work/model" "$work/noise.db" pump >"$work/lines" 2>"$work/noise.said"
expect "a line without an end is no sample" sh -c "[ \$(wc -l <'$work/lines') -eq 1 ]"
expect "it is reported" grep -q "a line without an end" "$work/noise.said"

{ head -n 1 "$work/samples" | tr ' ' ';'; head -n 1 "$work/samples" | sed 's/ /,,/'
    head -n 1 "$work/samples" | sed 's/ [^ ]*/ 1-2/'; } >"$work/odd"
"$service" "$work/model" "$work/odd.db" pump <"$work/odd" >"$work/lines" 2>"$work/odd.said"
expect "semicolons separate; a value that is missing and values that touch are no sample" sh -c "
    cat '$work/odd.said'; [ \$(wc -l <'$work/lines') -eq 1 ]"
"$service" "$work/model" "$work/folder.db" pump "$work" >"$work/lines" 2>"$work/folder.said"
code=$?
expect "a source that can't be read: exit to try again" [ $code -eq 75 ]
expect "that is reported" grep -q "can't read: " "$work/folder.said"
"$service" --every 5s "$work/model" "$work/store.db" pump </dev/null >"$work/null" 2>&1
code=$?
expect "--every 5s: exit for good" [ $code -eq 78 ]
"$service" --warm-up many "$work/model" "$work/store.db" pump </dev/null >"$work/null" 2>&1
code=$?
expect "--warm-up many: exit for good" [ $code -eq 78 ]

# --- the unit --------------------------------------------------------------

# usage: unit FILE: the Guide's unit, with the program's path.
unit() {
    awk '/^```ini$/ { inside = 1; next } /^```/ { inside = 0 } inside' Documentation/Guide.md |
        sed "s|/usr/local/bin/service|$(pwd)/$service|" >"$1"
    grep -q "ExecStart=$(pwd)" "$1"
}

Scripts/setup systemd-analyze=systemd || exit
expect "the Guide has a unit" unit "$work/pump-7.service"
expect "systemd accepts it unchanged" sh -c "
    systemd-analyze verify '$work/pump-7.service' >'$work/unit' 2>&1
    code=\$?
    cat '$work/unit'
    [ \$code -eq 0 ] && ! grep 'pump-7' '$work/unit'"

finish
