#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_run_follow.sh: `leat run --follow`: a file that grows, is rotated and is truncated, also
# while the run is killed.
# usage: Tests/Tool/test_run_follow.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common_run.sh

# --- a file that grows -----------------------------------------------------

printf 'a,b,c\n1,2,3\n1e-3,0.' >"$work/grows.csv"
"$leat" run $small "$work/grows.csv" --follow --store "$work/grows.db" --stream a \
    --output "$work/grows.out" 2>"$work/err" &
process=$!
expect "follows a file" eventually has_lines 2 "$work/grows.out"
sleep 0.2
expect "doesn't read half a line" [ "$(wc -l <"$work/grows.out")" = 2 ]
printf '25,-0.5\n' >>"$work/grows.csv"
expect "reads it when it is complete" eventually has_lines 3 "$work/grows.out"
expect "gives the same rows" cmp "$work/grows.out" "$work/good.out"
kill -INT $process 2>/dev/null
kill -TERM $process
wait $process 2>/dev/null
code=$?
expect "ends by the signal" [ $code = 143 ]
printf '1,1' >>"$work/grows.csv"
cp "$work/grows.out" "$work/kept"
run_grows() {
    "$leat" run $small "$work/grows.csv" --store "$work/grows.db" --stream a \
        --output "$work/grows.out" "$@"
}
expect "an unterminated line at the end is a line" exits 65 "line 4: found 2 fields" run_grows
expect "no row is added" cmp "$work/grows.out" "$work/kept"
printf ',1' >>"$work/grows.csv"
expect "an unterminated last line is read" run_grows
expect "its row is there" has_lines 4 "$work/grows.out"
printf '5\n' >>"$work/grows.csv"
expect "one that is continued later is refused" \
    exits 65 "line 4: was taken in without a line feed" run_grows
printf 'a,b,c\n' >"$work/grows.csv"
expect "refuses a file that became shorter" exits 65 "found 6 bytes, expected at least 32" run_grows

# --- a log that is rotated ---------------------------------------------------

# usage: lines FROM TO: samples with these numbers.
lines() {
    awk -v from="$1" -v to="$2" 'BEGIN {
        for (i = from; i <= to; i++) printf "%d,%.2f,%d\n", i % 7, i / 100, -i % 5 }'
}

# usage: begin_log NAME: the header and ten samples, in a folder of its own.
begin_log() {
    folder=$work/$1
    log=$folder/log.csv
    mkdir "$folder"
    { echo a,b,c; lines 1 10; } >"$log"
    : >"$folder/err"
}

# usage: log_run OPTION ...: with the log's store and output.
log_run() {
    "$leat" run $small "$log" --store "$folder/state.db" --stream s --output "$folder/rows" "$@"
}

# usage: follow OPTION ...: start following the log.
follow() {
    "$leat" run $small "$log" --store "$folder/state.db" --stream s --output "$folder/rows" \
        --follow "$@" 2>>"$folder/err" &
    process=$!
}

# usage: has_rows COUNT
has_rows() {
    eventually [ -s "$folder/rows" ] && eventually has_lines $(($1 + 1)) "$folder/rows"
}

# usage: has_read: the following run is at the end of the log's bytes.
has_read() {
    eventually is_at "$(wc -c <"$log")"
}
is_at() {
    for file in "/proc/$process/fd"/*; do
        [ "$(readlink "$file")" != "$log" ] ||
            ! grep -qx "pos:[[:blank:]]*$1" "/proc/$process/fdinfo/${file##*/}" || return 0
    done
    return 1
}

# usage: ends: the following run ends on its own, within ten seconds. Leaves its exit status in
# $code.
ends() {
    eventually sh -c "! kill -0 $process 2>/dev/null" || kill -9 $process
    wait $process 2>/dev/null
    code=$?
}

# usage: stop SIGNAL: end the following run. Leaves its exit status in $code.
stop() {
    kill -"$1" $process 2>/dev/null
    wait $process 2>/dev/null
    code=$?
}

# usage: rows_are COUNT: the rows of samples 1 to COUNT, each once, and the same in the store.
rows_are() {
    { echo a,b,c; lines 1 "$1"; } | "$leat" run $small --quiet >"$work/expected"
    position=$("$work/read_history" "$folder/state.db" s | sed -n '1s/.*at //p')
    cmp "$folder/rows" "$work/expected" && [ "$position" = "$1" ] && return
    echo "position $position, $(wc -l <"$folder/rows") lines"
    cat "$folder/err"
    return 1
}

begin_log renamed
follow
expect "renamed: follows" has_rows 10
mv "$log" "$log.1"
lines 11 20 >>"$log.1"
expect "renamed: reads the old file when there is no new one" has_rows 20
: >"$log"
lines 21 30 >>"$log.1"
expect "renamed: reads it when the new one is empty" has_rows 30
lines 31 40 >>"$log.1"
{ echo a,b,c; lines 41 50; } >>"$log"
expect "renamed: then the new one, with its header" has_rows 50
mv "$log" "$log-20261128"
lines 51 60 >"$log"
expect "renamed: a new one without a header" has_rows 60
lines 61 70 >>"$log"
expect "renamed: continues with it" has_rows 70
stop TERM
expect "renamed: ends by the signal" [ $code = 143 ]
expect "renamed: has each row once" rows_are 70
expect "renamed: reports it" grep -q "log.csv: was replaced; continues with the new file" \
    "$folder/err"

begin_log stopped
follow
has_rows 10
kill -STOP $process
lines 11 20 >>"$log"
mv "$log" "$log.1"
lines 21 30 >"$log"
mv "$log.1" "$log.2"
mv "$log" "$log.1"
lines 31 40 >"$log"
kill -CONT $process
expect "stopped: reads the file that was rotated meanwhile" has_rows 40
stop TERM
expect "stopped: has each row once" rows_are 40

for after in TERM 9; do
    for times in 1 2 3; do
        begin_log away-$after-$times
        follow
        has_rows 10
        # Half a line, which isn't read before its end is written.
        printf '4,0.' >>"$log"
        expect "$after: reads half a line" has_read
        stop $after
        printf '11,-1\n' >>"$log"
        lines 12 20 >>"$log"
        mv "$log" "$log.1"
        { echo a,b,c; lines 21 30; } >"$log"
        if [ $times -gt 1 ]; then
            mv "$log.1" "$log.2" && mv "$log" "$log.1"
            lines 31 40 >"$log"
        fi
        if [ $times -gt 2 ]; then
            mv "$log.2" "$log.3" && mv "$log.1" "$log.2" && mv "$log" "$log.1"
            : >"$log"
        fi
        last=$((times > 1 ? 40 : 30))
        follow
        expect "$after: continues after $times rotations" has_rows $last
        stop TERM
        expect "$after: with each row once, after $times" rows_are $last
    done
done

# usage: has_checkpoint COUNT
has_checkpoint() {
    eventually sh -c "'$work/read_history' '$folder/state.db' s 2>&1 | grep -q 'ended at $1\$'"
}

# A name that can't be guessed.
begin_log dated
follow
has_checkpoint 10
stop 9
lines 11 20 >>"$log"
mv "$log" "$folder/log-20261128"
{ echo a,b,c; lines 21 30; } >"$log"
cp "$folder/rows" "$folder/kept"
for follows in "" --follow; do
    expect "dated: refuses when rows may be lost $follows" exits 65 \
        "bytes before the checkpoint aren't those\|were read before" log_run $follows
    expect "dated: tells how to keep the state" grep -q "run the old one to its end first" \
        "$work/err"
    expect "dated: nothing has changed" cmp "$folder/rows" "$folder/kept"
done
expect "dated: the old file first" "$leat" run $small "$folder/log-20261128" \
    --store "$folder/state.db" --stream s --output "$folder/rows"
expect "dated: has its rows" rows_are 20
follow --input-is rest
expect "dated: then the new one" has_rows 30
stop 9
lines 31 40 >>"$log"
follow --input-is rest
expect "dated: the same again reads no sample twice" has_rows 40
stop TERM
expect "dated: and has each row once" rows_are 40
mv "$log" "$log.1"
lines 41 50 >"$log"
follow --input-is rest
expect "dated: no sample is lost" has_rows 50
stop TERM
expect "dated: after a rotation" rows_are 50

# If files have only a header in common, it isn't known which one was read.
begin_log header
echo a,b,c >"$log"
follow
has_checkpoint 0
stop 9
lines 1 10 >>"$log"
mv "$log" "$log.1"
{ echo a,b,c; lines 11 20; } >"$log"
follow
expect "header: the file that was begun is read first" has_rows 20
stop TERM
expect "header: with each row once" rows_are 20
begin_log nameless
echo a,b,c >"$log"
follow
has_checkpoint 0
stop 9
mv "$log" "$folder/else"
{ echo a,b,c; lines 1 10; } >"$log"
for follows in "" --follow; do
    expect "header: without it nothing is read $follows" exits 65 "isn't the file that was read" \
        log_run $follows
done
expect "header: except the file that is given as the same" log_run --input-is whole
expect "header: has its rows" rows_are 10

# --- a log that is truncated ---------------------------------------------------

begin_log cut
follow
has_rows 10
{ echo a,b,c; lines 11 40; } >"$log"
expect "truncated and longer: is read from its start" has_rows 40
lines 41 42 >"$log"
expect "truncated and shorter: is read from its start" has_rows 42
stop TERM
expect "truncated: has each row once" rows_are 42
expect "truncated: reports it" grep -q "was cut, and is read from its start" "$folder/err"

begin_log quiet
follow --quiet
has_rows 10
lines 11 12 >"$log"
has_rows 12
mv "$log" "$log.1"
lines 13 14 >"$log"
has_rows 14
stop TERM
expect "truncated: --quiet reports it, and nothing else" \
    sh -c "[ \"\$(grep -c . '$folder/err')\" = 1 ] && grep -q 'was cut, and is read' '$folder/err'"

for running in yes no; do
    begin_log copied-$running
    follow
    has_checkpoint 10
    if [ $running = yes ]; then kill -STOP $process; else stop 9; fi
    # What was added before the truncation is only in the copy.
    lines 11 20 >>"$log"
    cp "$log" "$log.1"
    { echo a,b,c; lines 21 30; } >"$log"
    if [ $running = yes ]; then kill -CONT $process; else follow; fi
    expect "copied, running: $running: reads the copy, then the log" has_rows 30
    lines 31 40 >>"$log"
    expect "copied, running: $running: continues" has_rows 40
    stop TERM
    expect "copied, running: $running: has each row once" rows_are 40
done

# Before the first sample nothing distinguishes the files.
for signal in TERM 9; do
    begin_log first-$signal
    echo a,b,c >"$log"
    follow
    has_checkpoint 0
    stop $signal
    lines 1 10 >>"$log"
    cp "$log" "$log.1"
    { echo a,b,c; lines 11 20; } >"$log"
    for follows in "" --follow; do
        expect "first: refuses when rows may be lost $follows" exits 65 \
            "log.csv.1 was written" timeout 10 "$leat" run $small "$log" $follows \
            --store "$folder/state.db" --stream s --output "$folder/rows"
    done
    expect "first: reads the copy first" "$leat" run $small "$log.1" --input-is whole \
        --store "$folder/state.db" --stream s --output "$folder/rows"
    expect "first: has its rows" rows_are 10
    expect "first: then reads the log" log_run --input-is rest
    expect "first: has each row once" rows_are 20
done

# Before the first checkpoint with a sample of the log, a resume begins with the file before it.
for how in renamed copied; do
    begin_log early-$how
    follow --every 1000
    has_rows 10
    if [ $how = renamed ]; then mv "$log" "$log.1"; else cp "$log" "$log.1"; fi
    echo a,b,c >"$log"
    expect "early, $how: is saved at the new file" has_checkpoint 10
    lines 11 15 >>"$log"
    has_rows 15
    stop 9
    mv "$log.1" "$log.2"
    cp "$log" "$log.1"
    { echo a,b,c; lines 16 20; } >"$log"
    follow --every 1000
    expect "early, $how: reads the copy that was made meanwhile" has_rows 20
    stop TERM
    expect "early, $how: has each row once" rows_are 20
done

# A file is no source of a copy that is older than it.
begin_log old
cp "$log" "$log.1"
lines 11 20 >>"$log.1"
sleep 0.1
echo >>"$log"
follow
has_rows 10
{ echo a,b,c; lines 11 15; } >"$log"
expect "an old copy isn't read" has_rows 15
stop TERM
expect "no row is added" rows_are 15

# --- a log that is replaced by a longer copy of itself ------------------------

begin_log rewritten
follow
has_rows 10
{ cat "$log"; lines 11 20; } >"$log.new"
mv "$log.new" "$log"
expect "rewritten: continues after the samples it has read" has_rows 20
printf '0,0.' >>"$log"
expect "rewritten: reads half a line" has_read
{ cat "$log"; printf '21,-1\n'; lines 22 30; } >"$log.new"
mv "$log.new" "$log"
expect "rewritten: completes an incomplete line" has_rows 30
lines 31 40 >>"$log"
expect "rewritten: continues" has_rows 40
stop 9
follow
lines 41 50 >>"$log"
expect "rewritten: continues after a kill" has_rows 50
stop TERM
expect "rewritten: has each row once" rows_are 50
expect "rewritten: reports it" grep -q "replaced by a file that begins with what was read" \
    "$folder/err"

# --- on a terminal --------------------------------------------------------------

# usage: shows_count NUMBER: of samples.
shows_count() {
    eventually grep -q "$1 samples, " "$folder/terminal"
}

# The first file of the run has many samples, its replacement few.
for how in renamed cut; do
    begin_log terminal-$how
    lines 11 3000 >>"$log"
    log_run 2>/dev/null
    cat >"$folder/command" <<END
echo \$\$ >"$folder/pid"
exec "$leat" run $small "$log" --store "$folder/state.db" --stream s --output "$folder/rows" --follow
END
    script -qefc "sh '$folder/command'" "$folder/terminal" </dev/null >"$folder/err" 2>&1 &
    process=$!
    # Progress is shown with samples 0.2 s after the beginning, and 0.1 s after it was shown.
    lines 3001 3005 >>"$log"
    has_rows 3005
    sleep 0.3
    lines 3006 3010 >>"$log"
    expect "terminal: shows the progress, $how" shows_count 3.010
    [ $how = cut ] || mv "$log" "$log.1"
    lines 3011 3020 >"$log"
    expect "terminal: continues when the log is $how" has_rows 3020
    sleep 0.2
    lines 3021 3030 >>"$log"
    expect "terminal: continues with later samples, $how" has_rows 3030
    expect "terminal: the count continues, $how" shows_count 3.030
    kill -TERM "$(cat "$folder/pid")"
    wait $process
    code=$?
    expect "terminal: ends by the signal, $how" [ $code = 143 ]
    expect "terminal: each row once, $how" rows_are 3030
    expect "terminal: no line runs into another, $how" \
        sh -c "! grep -q 'a secondleat:' '$folder/terminal'"
done

# --- lines at the end of a file ----------------------------------------------

for how in renamed cut; do
    for onerror in stop skip; do
        begin_log half-$how-$onerror
        follow --on-error $onerror
        has_rows 10
        printf '4,0.1' >>"$log"
        expect "$how: reads half a line" has_read
        [ $how = cut ] || mv "$log" "$log.1"
        # The rest of that line, which is a sample on its own.
        { echo 1,-1,2; lines 11 20; } >"$log"
        if [ $onerror = stop ]; then
            ends
            expect "$how: half a line ends the run" [ $code = 65 ]
            expect "$how: has the rows before it" rows_are 10
        else
            expect "$how: half a line is skipped" has_rows 20
            stop TERM
            expect "$how: the rest of it is skipped" rows_are 20
            expect "$how: both are counted" grep -q "2 malformed lines skipped in all" "$folder/err"
        fi
        expect "$how: reports what it found, $onerror" grep -q \
            "line 12: found '4,0.1' without a line feed where the file was cut or replaced" \
            "$folder/err"
    done
done
begin_log other
follow --on-error skip
has_rows 10
mv "$log" "$log.1"
{ echo a,c,b; lines 11 20; } >"$log"
ends
expect "another header in the new file ends the run" [ $code = 65 ]
expect "reports it" grep -q "line 1: found another header, a, c, b; expected a, b, c" "$folder/err"
expect "no row is added" rows_are 10

# --- raw samples --------------------------------------------------------------

begin_log raw
log=$folder/log.f32
lines 1 10 | tr , ' ' | "$work/read_floats" >"$log"
"$leat" run $small "$log" --store "$folder/state.db" --stream s --output "$folder/rows.f32" \
    --follow 2>"$folder/err" &
process=$!
has_bytes() { [ "$(wc -c <"$folder/rows.f32")" = "$1" ]; }
expect "raw: follows" eventually has_bytes 80
mv "$log" "$log.1"
lines 11 20 | tr , ' ' | "$work/read_floats" >"$log"
expect "raw: continues with the new file" eventually has_bytes 160
stop 9
mv "$log" "$log.1"
lines 21 30 | tr , ' ' | "$work/read_floats" >"$log"
"$leat" run $small "$log" --store "$folder/state.db" --stream s --output "$folder/rows.f32" \
    --follow 2>"$folder/err" &
process=$!
expect "raw: continues after a kill" eventually has_bytes 240
printf 123456 >>"$log"
expect "raw: reads half a sample" has_read
mv "$log" "$log.1"
lines 31 40 | tr , ' ' | "$work/read_floats" >"$log"
ends
expect "raw: half a sample ends the run" [ $code = 65 ]
expect "raw: reports it" grep -q "sample 11: the file was cut or replaced after 6 of its 12 bytes" \
    "$folder/err"
lines 1 30 | tr , ' ' | "$work/read_floats" >"$folder/all.f32"
expect "raw: each row once" sh -c "
    '$leat' run $small '$folder/all.f32' --output '$folder/all.rows' --output-format f32 &&
    cmp '$folder/all.rows' '$folder/rows.f32'"

# --- killed during rotations, repeatedly --------------------------------------

begin_log often
follow
has_rows 10
stop 9
# 100 files of 10 samples; each but the last is renamed to .1, and so on.
(
    for file in $(seq 1 99); do
        sleep 0.07
        perl -e 'my ($log, $files) = @ARGV;
            for (my $i = $files; $i > 0; $i--) {
                rename($i > 1 ? "$log." . ($i - 1) : $log, "$log.$i") or die;
            }' "$log" "$file"
        [ $((file % 3)) = 0 ] || sleep 0.02
        [ $((file % 2)) = 0 ] || echo a,b,c >"$log"
        lines $((10 * file + 1)) $((10 * file + 10)) >>"$log"
    done
    : >"$folder/done"
) &
writer=$!
kills=0
until [ -e "$folder/done" ]; do
    # At some moments the log has no file, or one with only a header.
    eventually [ -e "$log" ]
    follow --every 7
    sleep "$(od -An -N2 -tu2 /dev/urandom | awk '{ printf "%.3f", 0.1 + 0.6 * $1 / 65536 }')"
    stop 9
    [ $code != 137 ] || kills=$((kills + 1))
done
wait $writer
follow
expect "often: all files are read" has_checkpoint 1000
stop TERM
expect "often: each row once, after $kills kills" rows_are 1000
expect "often: it was killed" [ $kills -ge 5 ]

# --- killed during copies and truncations, repeatedly --------------------------

begin_log copies
{ echo a,b,c; lines 1 9; } >"$log"
follow
has_checkpoint 9
stop 9
# 20 files of 10 samples, some of which are written just before the truncation.
(
    for file in $(seq 1 19); do
        sleep 0.4
        [ $((file % 2)) = 0 ] || sleep 0.2
        lines $((10 * file)) $((10 * file)) >>"$log"
        perl -e 'my ($log, $files) = @ARGV;
            for (my $i = $files; $i > 1; $i--) {
                rename("$log." . ($i - 1), "$log.$i") or die;
            }' "$log" "$file"
        cp "$log" "$log.1"
        { [ $((file % 3)) = 0 ] || echo a,b,c; } >"$log"
        sleep 0.1
        lines $((10 * file + 1)) $((10 * file + 9)) >>"$log"
    done
    lines 200 200 >>"$log"
    : >"$folder/done"
) &
writer=$!
kills=0
until [ -e "$folder/done" ]; do
    follow --every 7
    sleep "$(od -An -N2 -tu2 /dev/urandom | awk '{ printf "%.3f", 0.1 + 0.6 * $1 / 65536 }')"
    stop 9
    [ $code != 137 ] || kills=$((kills + 1))
done
wait $writer
follow
expect "copies: all files are read" has_checkpoint 200
stop TERM
expect "copies: each row once, after $kills kills" rows_are 200
expect "copies: it was killed" [ $kills -ge 5 ]

# --- without --follow ----------------------------------------------------------

begin_log changed
lines 11 60 >>"$log"
"$leat" run $small "$log" --rate 40 --store "$folder/state.db" --stream s \
    --output "$folder/rows" 2>"$folder/err" &
process=$!
has_rows 1
{ echo a,b,c; lines 100 200; } >"$log"
ends
expect "a file that is overwritten while it is read is refused" [ $code = 65 ]
expect "reports it" grep -q "was cut or overwritten while it was read" "$folder/err"
expect "nothing of it was read" rows_are 60

finish
