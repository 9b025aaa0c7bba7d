#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_run.sh: `leat run`: the library's outputs to the bit, every way in and
# out, killed and resumed, followed, interrupted, and what it refuses.
# usage: Tests/Tool/test_run.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common.sh

resume=build/examples/resume
for program in read_floats read_history; do
    cc -std=c99 -O1 -IInclude -o "$work/$program" Tests/Tool/$program.c \
        build/libleat_store.a build/libleat.a -lsqlite3 -lm || exit 1
done

# usage: eventually COMMAND ...: it succeeds within ten seconds.
eventually() {
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || return 1
        sleep 0.05
    done
}

has_lines() {
    [ "$(wc -l <"$2")" -ge "$1" ]
}

# usage: without_header FILE COLUMNS: a CSV file's floats behind so many columns.
without_header() {
    tail -n +2 "$1" | cut -d, -f"$(($2 + 1))"- | "$work/read_floats"
}

# The recording fifteen times over, as CSV and as float32.
{
    head -n 1 "$recording"
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do tail -n +2 "$recording"; done
} >"$work/long.csv"
"$work/read_floats" <"$work/long" >"$work/long.f32"
long=$((15 * samples))

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
expect "every row has the time as it stands" sh -c "
    cut -d, -f1 '$work/long.csv' >'$work/times' && cut -d, -f1 '$work/whole.csv' |
    cmp - '$work/times'"
expect "standard input, bare" sh -c "
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

# --- columns ---------------------------------------------------------------

# 3 inputs, 2 outputs.
small=Tests/Vectors/documentation-3-2/model.safetensors
cat >"$work/named.csv" <<'END'
# made by hand
place;c;when;b;"a ""x"""

"hall; left";3;2024-02-29T12:00:00Z;2;1
roof;-0.5;1709208001.5;0.25;1e-3
END
printf '1;2;3\n1e-3;0.25;-0.5\n' >"$work/plain.csv"
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
expect "takes CRLF, quotes, a byte order mark, a last line without end" sh -c "
    '$leat' run $small '$work/crlf.csv' --separator ';' --bare | cmp - '$work/plain.out'"
expect "refuses a name that isn't there, and says which are" exits 65 \
    "no column 'd'; there are place, c, when, b, a \"x\"" \
    "$leat" run $small "$work/named.csv" --separator ';' --columns b,c,d
expect "refuses the wrong number of columns, and says which" exits 65 \
    "takes 3 inputs, but 2 columns are there for it: b, c" \
    "$leat" run $small "$work/named.csv" --separator ';' --columns b,c
expect "refuses a wrong separator by what it finds" exits 65 "takes 3 inputs, but 1 column" \
    "$leat" run $small "$work/named.csv"
expect "refuses names for a file without" exits 65 "numbered, 1 to 3" \
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
printf '1,2,3\n1e-3,0.25,-0.5\n' | "$leat" run $small >"$work/good.out"
expect "stops at a malformed line" exits 65 "bad.csv: line 3: found 2 fields, expected 3" \
    "$leat" run $small "$work/bad.csv"
expect "has written what was before it" sh -c "head -n 2 '$work/good.out' | cmp - '$work/out'"
expect "skips malformed lines" sh -c "
    '$leat' run $small '$work/bad.csv' --on-error skip >'$work/out' 2>'$work/err' &&
    cmp '$work/out' '$work/good.out'"
for words in "line 3: found 2 fields, expected 3; skipped" \
    "line 4, column c: found 'x', expected a number" \
    "line 5, column a: found 'nan', expected a number" \
    "line 7, column b: found '1e39', expected a number of magnitude at most" \
    "4 malformed lines skipped in all"; do
    expect "says: $words" grep -q "$words" "$work/err"
done
printf 'time,a,b,c\n12:30,1,2,3\n' >"$work/clock.csv"
expect "refuses what is no time" exits 65 "line 2, column time: found '12:30', expected Unix" \
    "$leat" run $small "$work/clock.csv"
head -c 2000000 /dev/zero | tr '\0' 1 >"$work/endless"
expect "refuses a line that is too long" exits 65 "line 1: is longer than 1048576 bytes" \
    "$leat" run $small "$work/endless"
expect "and skips it" sh -c "
    { echo a,b,c; cat '$work/endless'; printf '\n1,2,3\n1e-3,0.25,-0.5\n'; } |
    '$leat' run $small --on-error skip 2>'$work/err' | cmp - '$work/good.out' &&
    grep -q 'line 2: is longer' '$work/err'"
head -c 30 "$work/long.f32" >"$work/torn.f32"
expect "refuses raw samples that are cut short" exits 65 "ends after 6 of its 12 bytes" \
    "$leat" run $small "$work/torn.f32"

# --- as samples arrive -----------------------------------------------------

# usage: begin COMMAND ...: runs it on two pipes, descriptors 3 and 4.
begin() {
    rm -f "$work/to" "$work/from"
    mkfifo "$work/to" "$work/from"
    # Whatever goes wrong, nobody waits for ever.
    timeout 60 sh -c 'echo $$ >"$0" && exec "$@"' "$work/pid" "$@" \
        <"$work/to" >"$work/from" 2>"$work/err" &
    waited=$!
    exec 3>"$work/to" 4<"$work/from"
    eventually [ -s "$work/pid" ]
    process=$(cat "$work/pid")
}

# Leaves its exit status in $code.
end() {
    exec 3>&-
    wait $waited 2>/dev/null
    code=$?
    exec 4<&-
    rm "$work/pid"
}

answers() {
    printf "$1" >&3
    read -r line <&4
    echo "$line"
    [ "$line" = "$2" ]
}

begin "$leat" run $small
expect "a header is answered by a header" answers 'a,b,c\n' sample,out0,out1
expect "a line by a line" answers '1,2,3\n' "$(sed -n 2p "$work/good.out")"
printf '1e-3,0.2' >&3
expect "the rest of a line by the next" answers '5,-0.5\n' "$(sed -n 3p "$work/good.out")"
end
expect "the end of the input ends it" [ $code = 0 ]

begin "$leat" run $small --store "$work/pipe.db" --stream a
expect "with a store: a line by a line" answers '1,2,3\n' sample,out0,out1
read -r line <&4
first=$line
kill -TERM $process
end
expect "SIGTERM ends it by SIGTERM" [ $code = 143 ]
expect "without a word" [ ! -s "$work/err" ]
expect "after a checkpoint" sh -c "
    '$work/read_history' '$work/pipe.db' a >'$work/history'; cat '$work/history'
    [ \"\$(head -n 1 '$work/history')\" = 'ended at 1' ]"
expect "refuses to guess what standard input is" exits 64 "input-is whole or --input-is rest" sh -c "
    echo 1e-3,0.25,-0.5 | '$leat' run $small --store '$work/pipe.db' --stream a"
cp "$work/pipe.db" "$work/pipe2.db"
expect "resumes with the rest" sh -c "
    echo 1e-3,0.25,-0.5 |
    '$leat' run $small --store '$work/pipe.db' --stream a --input-is rest >'$work/out' &&
    tail -n 1 '$work/good.out' | cmp - '$work/out'"
expect "resumes with the whole" sh -c "
    printf '1,2,3\n1e-3,0.25,-0.5\n' |
    '$leat' run $small --store '$work/pipe2.db' --stream a --input-is whole >'$work/out' &&
    tail -n 1 '$work/good.out' | cmp - '$work/out'"
expect "refuses another whole" exits 65 "aren't those that were read" sh -c "
    printf '1,2,4\n1e-3,0.25,-0.5\n1,1,1\n' |
    '$leat' run $small --store '$work/pipe2.db' --stream a --input-is whole"
expect "refuses a whole that is less" exits 65 "ended after 6 bytes, but 21 were read" sh -c "
    printf '1,2,3\n' | '$leat' run $small --store '$work/pipe2.db' --stream a --input-is whole"
expect "a header again before the rest is passed over" sh -c "
    printf 'a,b,c\n1,2,3\n' | '$leat' run $small --store '$work/again.db' --stream a >'$work/out' &&
    printf 'a,b,c\n1e-3,0.25,-0.5\n' |
    '$leat' run $small --store '$work/again.db' --stream a --input-is rest >>'$work/out' &&
    cmp '$work/out' '$work/good.out'"

begin "$leat" run $small --store "$work/idle.db" --stream a
printf '1,2,3\n' >&3
expect "a checkpoint is made while nothing comes" eventually sh -c "
    '$work/read_history' '$work/idle.db' a | grep -q 'not ended at 1'"
end

# --- a file that grows -----------------------------------------------------

printf 'a,b,c\n1,2,3\n1e-3,0.' >"$work/grows.csv"
"$leat" run $small "$work/grows.csv" --follow --store "$work/grows.db" --stream a \
    --output "$work/grows.out" 2>"$work/err" &
process=$!
expect "follows a file" eventually has_lines 2 "$work/grows.out"
sleep 0.2
expect "doesn't take half a line" [ "$(wc -l <"$work/grows.out")" = 2 ]
printf '25,-0.5\n' >>"$work/grows.csv"
expect "takes it when it's whole" eventually has_lines 3 "$work/grows.out"
expect "follows to the same rows" cmp "$work/grows.out" "$work/good.out"
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
expect "the end of a file that ended is a line" exits 65 "line 4: found 2 fields" run_grows
expect "and has added no row" cmp "$work/grows.out" "$work/kept"
printf ',1' >>"$work/grows.csv"
expect "a last line without end is taken" run_grows
expect "and has its row" has_lines 4 "$work/grows.out"
printf '5\n' >>"$work/grows.csv"
expect "but not when it then goes on" exits 65 "line 4: was taken in without a line feed" run_grows
printf 'a,b,c\n' >"$work/grows.csv"
expect "refuses a file that became shorter" exits 65 "has 6 bytes, but 32 were read" run_grows

# --- killed and resumed ----------------------------------------------------

# usage: sizes PLACE: of what runs there have written.
sizes() {
    cat "$1"/out.* "$1"/run.* 2>/dev/null | wc -c
}

# As common.sh's, but that the random time begins with the first row: what is
# killed while it starts tests nothing.
at_random() {
    number=$(printf %03d "$1") place=$2
    shift 2
    before=$(sizes "$place")
    (
        for word; do
            shift
            [ "$word" != STORE ] || word=$place/store.db
            set -- "$@" "$word"
        done
        exec "$@" >"$place/run.$number" 2>"$place/said"
    ) &
    process=$!
    if [ $killed -lt 20 ]; then
        tries=0
        while [ "$(sizes "$place")" = "$before" ] && [ $tries -lt 400 ]; do
            tries=$((tries + 1))
            sleep 0.005
        done
        sleep "$(od -An -N2 -tu2 /dev/urandom | awk '{ printf "%.3f", 0.04 * $1 / 65536 }')"
        kill -9 $process 2>/dev/null
    fi
    wait $process 2>/dev/null
    code=$?
    cat "$place/said" >>"$place/../log"
    return $code
}

# at_random() replaces the word STORE, and kills what it started.
cat >"$work/stored" <<END
#!/bin/sh
store=\$1 extension=\$2
shift 2
exec "$PWD/$leat" run "$PWD/$model" "\$@" --store "\$store" --stream pump \\
    --output "\${store%/*}/out.\$extension"
END
chmod +x "$work/stored"

# usage: same_files WHOLE FOLDER EXTENSION
same_files() {
    for round in "$2"/[0-9]*; do cmp "$1" "$round/out.$3" || return 1; done
}

expect "text: killed 20 times" killed_runs "$work/kills.csv" \
    "$work/stored" STORE csv "$work/long.csv" --every 500
expect "text: every row once" same_files "$work/whole.csv" "$work/kills.csv" csv
expect "raw: killed 20 times" killed_runs "$work/kills.f32" \
    "$work/stored" STORE f32 "$work/long.f32" --every 777
expect "raw: every row once" same_files "$work/whole.f32" "$work/kills.f32" f32
expect "the default cadence: killed 20 times" killed_runs "$work/kills.second" \
    "$work/stored" STORE csv "$work/long.csv"
expect "the default cadence: every row once" same_files "$work/whole.csv" "$work/kills.second" csv
# What the cursor tells, of a kill between checkpoints.
set -- --store "$work/told.db" --stream a --every 10 --output "$work/told.csv"
begin "$leat" run "$model" "$@"
head -n 16 "$work/long.csv" >&3
expect "15 rows of a pipe" eventually has_lines 16 "$work/told.csv"
kill -9 "$process"
end
expect "killed" [ $code = 137 ]
expect "resumes" sh -c 'long=$1 leat=$2; shift 2; "$leat" run "$@" --input-is whole <<END
$(head -n 31 "$long")
END' sh "$work/long.csv" "$leat" "$model" "$@"
expect "and has every row once" sh -c "head -n 31 '$work/whole.csv' | cmp - '$work/told.csv'"
printf '%s\n' "ended at 30" "started at 0" "killed at 15" "resumed at 10" >"$work/expected"
expect "tells of start, kill and resume" sh -c "
    '$work/read_history' '$work/told.db' a >'$work/history'; cat '$work/history'
    cmp '$work/history' '$work/expected'"

# On standard output, what a kill undid comes again.
expect "standard output: killed 20 times" killed_runs "$work/kills.out" \
    "$leat" run "$model" "$work/long.f32" --store STORE --stream pump --every 500
for run in "$work"/kills.out/*/run.*; do sed -i 's/^sample,/-1,/' "$run"; done
tail -n +2 "$work/numbered" | tr , ' ' | sed 's/^/x /' >"$work/rows"
for run in "$work"/kills.out/*/run.*; do
    torn=$([ -z "$(tail -c 1 "$run")" ] || echo 1)
    grep -v '^-1,' "$run" | tr , ' ' | sed 's/^/x /' >"$run.rows"
    # The torn last line must stay torn.
    [ -z "$torn" ] || [ ! -s "$run.rows" ] || truncate -s -1 "$run.rows"
    mv "$run.rows" "$run"
done
expect "standard output: every row, and the same again" \
    same_by_position 2 "$work/rows" "$work/kills.out"

# --- what a store refuses --------------------------------------------------

store="--store $work/refuse.db --stream pump"
out=$work/refuse.csv
expect "runs to the end" "$leat" run "$model" "$work/long.csv" $store --output "$out"
expect "and again adds nothing" "$leat" run "$model" "$work/long.csv" $store --output "$out"
expect "and again has the same" cmp "$out" "$work/whole.csv"
expect "refuses another model" exits 65 "restart begins the stream anew" \
    "$leat" run $small "$work/plain.csv" --separator ';' $store
sed 's/0\.5/0.6/g' "$work/long.csv" >"$work/other.csv"
expect "refuses another input" exits 65 "aren't those that were read" \
    "$leat" run "$model" "$work/other.csv" $store --output "$out"
head -n 100 "$work/long.csv" >"$work/other.csv"
expect "refuses a shorter input" exits 65 "were read before" \
    "$leat" run "$model" "$work/other.csv" $store --output "$out"
expect "refuses other columns" exits 64 "another layout" \
    "$leat" run "$model" "$work/long.csv" $store --output "$out" --keep cpu_busy
expect "refuses rows on standard output" exits 64 "rows before the checkpoint are in a file" \
    "$leat" run "$model" "$work/long.csv" $store
head -c 1000 "$out" >"$work/short.csv"
expect "refuses a shorter output" exits 65 "has 1000 bytes, but" \
    "$leat" run "$model" "$work/long.csv" $store --output "$work/short.csv"
sed 's/7/8/g' "$out" >"$work/changed.csv"
expect "refuses a changed output" exits 65 "aren't those that were written" \
    "$leat" run "$model" "$work/long.csv" $store --output "$work/changed.csv"
{ cat "$out"; echo mine; } >"$work/longer.csv"
expect "refuses to cut off what isn't its own" exits 65 "isn't its own" \
    "$leat" run "$model" "$work/long.csv" $store --output "$work/longer.csv"
expect "refuses an output that isn't there" exits 66 "No such file" \
    "$leat" run "$model" "$work/long.csv" $store --output "$work/nowhere.csv"
expect "refuses an output that is no file" exits 64 "isn't a file" \
    "$leat" run "$model" "$work/long.csv" $store --output /dev/null
expect "refuses another program's checkpoint" exits 65 "another program's" sh -c "
    '$leat' run '$model' '$work/long.csv' --store '$work/resume.db' --stream pump-7"
expect "none of them changed anything" sh -c "
    cmp '$out' '$work/whole.csv' && '$leat' run '$model' '$work/long.csv' $store --output '$out'"
expect "refuses to replace the output" exits 73 "exists already; --force" \
    "$leat" run "$model" "$work/long.csv" $store --output "$out" --restart
expect "begins anew" "$leat" run "$model" "$work/long.csv" $store --output "$out" --restart --force
expect "and has the same rows" cmp "$out" "$work/whole.csv"
expect "begins anew with another model" "$leat" run $small "$work/plain.csv" --separator ';' \
    $store --restart
expect "a store needs a stream" exits 64 "needs a --stream" \
    "$leat" run "$model" "$work/long.csv" --store "$work/refuse.db"
expect "a stream needs a store" exits 64 "needs a --store" \
    "$leat" run "$model" "$work/long.csv" --stream pump
expect "input-is needs standard input" exits 64 "is for standard input" \
    "$leat" run "$model" "$work/long.csv" $store --input-is rest

# --- states ----------------------------------------------------------------

half=$((long / 2))
head -n $((half + 1)) "$work/long.csv" >"$work/first.csv"
{ head -n 1 "$work/long.csv"; tail -n +$((half + 2)) "$work/long.csv"; } >"$work/second.csv"
expect "saves a state" prints "$work/halves" \
    "$leat" run "$model" "$work/first.csv" --save-state "$work/half.state"
expect "goes on from it" prints "$work/second.out" \
    "$leat" run "$model" "$work/second.csv" --state "$work/half.state"
tail -n +2 "$work/second.out" >>"$work/halves"
expect "both halves are the whole" cmp "$work/halves" "$work/whole.csv"
expect "refuses another model's state" exits 65 "model" \
    "$leat" run $small "$work/plain.csv" --separator ';' --state "$work/half.state"
expect "refuses what is no state" exits 65 "state" \
    "$leat" run "$model" "$work/long.csv" --state "$recording"
expect "refuses to replace a state" exits 73 "exists already" \
    "$leat" run "$model" "$work/long.csv" --save-state "$work/half.state"
expect "refuses a state where the store has one" exits 64 "has a state of this stream" \
    "$leat" run "$model" "$work/long.csv" --store "$work/kills.csv/0/store.db" --stream pump \
    --state "$work/half.state"

# --- the world outside -----------------------------------------------------

expect "refuses a model that isn't there" exits 66 "No such file" \
    "$leat" run "$work/none" "$work/long.csv"
expect "refuses an input that isn't there" exits 66 "No such file" \
    "$leat" run "$model" "$work/none"
expect "refuses a folder" exits 66 "is a folder" "$leat" run "$model" "$work"
expect "reports a full disk" exits 74 "standard output: No space left" \
    sh -c "'$leat' run '$model' '$work/long.csv' >/dev/full"
expect "reports a full disk at --output" exits 74 "/dev/full: No space left" \
    "$leat" run "$model" "$work/long.csv" --output /dev/full
expect "refuses to replace a file" exits 73 "exists already; --force" \
    "$leat" run "$model" "$work/long.csv" --output "$work/whole.csv"
expect "ends quietly when nobody reads" sh -c "
    { '$leat' run '$model' '$work/long.csv' 2>'$work/err'; echo \$? >'$work/code'; } |
    head -n 1 >'$work/out'; [ ! -s '$work/err' ] && [ \"\$(cat '$work/code')\" = 141 ]"
expect "shows no progress but on a terminal" sh -c "
    '$leat' run '$model' '$work/long.csv' 2>&1 >'$work/out' | wc -c | grep -qx 0"
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
expect "a million lines are taken" [ "$code" = 0 ]
expect "in bounded memory: $before, then $after KiB" [ $((after - before)) -le 1024 ]

# --- what a refused run must not have done ---------------------------------

# usage: position: of the stream in the store of these.
position() {
    "$leat" store ls "$work/refused.db" --json | sed -n 's/.*"position":\([0-9]*\).*/\1/p'
}

head -n 101 "$recording" >"$work/hundred.csv"
echo precious >"$work/precious"
expect "an output that can't be made" exits 73 "" "$leat" run "$model" "$work/hundred.csv" \
    --store "$work/refused.db" --stream s --output "$work/nowhere/x"
expect "leaves no checkpoint" exits 73 "exists already" "$leat" run "$model" \
    "$work/hundred.csv" --store "$work/refused.db" --stream s --output "$work/precious"
expect "and no other file is taken for it" grep -q precious "$work/precious"
"$leat" run "$model" "$work/hundred.csv" --store "$work/refused.db" --stream s \
    --output "$work/hundred.out"
cp "$work/hundred.out" "$work/hundred.before"
expect "--restart with an output that can't be made" exits 73 "" "$leat" run "$model" \
    "$work/hundred.csv" --store "$work/refused.db" --stream s --restart --output /nonexistent/x
expect "leaves the stream where it was" gives 100 position
expect "--restart with a picture of nothing" exits 64 "found 'typo'" "$leat" run "$model" \
    "$work/hundred.csv" --store "$work/refused.db" --stream s --restart --force \
    --output "$work/hundred.out" --plot "$work/p.svg" --draw typo
expect "leaves the stream where it was, too" gives 100 position
expect "and its rows" cmp "$work/hundred.out" "$work/hundred.before"
# Killed before its first sample: the checkpoint is at 0, and says which file it is.
{ head -n 1 "$recording"; sleep 5; } | "$leat" run "$model" --store "$work/begun.db" --stream s \
    --output "$work/begun.out" >"$work/null" 2>&1 &
process=$!
sleep 0.5
kill -9 $process && wait $process 2>/dev/null
expect "another file than one that was begun" refused "is another file\|isn't the file" sh -c "
    cat '$work/hundred.csv' | '$leat' run '$model' --store '$work/begun.db' --stream s \
        --output '$work/precious' --input-is whole"
expect "isn't emptied" grep -q precious "$work/precious"
expect "rows aren't written over the store" exits 64 "another file" "$leat" run "$model" \
    "$work/hundred.csv" --store "$work/own.db" --stream s --output "$work/own.db-wal"

# --- odd inputs ------------------------------------------------------------

: >"$work/empty.csv"
expect "a file without a line is followed until told to end" sh -c "
    timeout -s TERM 1 '$leat' run '$model' '$work/empty.csv' --follow
    [ \$? -eq 124 ]"
expect "less than a sample a month" sh -c "
    timeout -s TERM 1 '$leat' run '$model' '$work/hundred.csv' --rate 1e-7 >'$work/null'
    [ \$? -eq 124 ]"
expect "columns that nobody asked for may share a name" sh -c "
    awk -F, -v OFS=, 'NR == 1 { print \$0, \"x,x\"; next } { print \$0, \"1,2\" }' \
        '$work/hundred.csv' >'$work/twice.csv'
    '$leat' run '$model' '$work/twice.csv' --columns \
        \"\$(head -n 1 '$work/hundred.csv' | cut -d , -f 2-)\" >'$work/twice.out'
    cmp '$work/twice.out' '$work/hundred.out'"
for part in rest whole; do
    "$leat" run "$model" --store "$work/$part.db" --stream s <<END >"$work/null"
$(head -n 4 "$recording")
END
done
expect "the rest of an input, then all of it" sh -c "
    sed -n '5,50p' '$recording' | cat |
        '$leat' run '$model' --store '$work/rest.db' --stream s --input-is rest >'$work/null' &&
    head -n 60 '$recording' | cat |
        '$leat' run '$model' --store '$work/rest.db' --stream s --input-is whole >'$work/last' &&
    [ \$(wc -l <'$work/last') -eq 10 ]"

finish
