# SPDX-License-Identifier: MIT
#
# common_run.sh: shared by the tests of `leat run`, which read it with "." from the top folder.
. Tests/Tool/common.sh

for program in read_floats read_history; do
    cc -std=c99 -O1 -IInclude -o "$work/$program" Tests/Tool/$program.c \
        build/libleat_store.a build/libleat.a -lsqlite3 -lm || exit 1
done

# usage: without_header FILE COLUMNS: a CSV file's floats after that many columns.
without_header() {
    tail -n +2 "$1" | cut -d, -f"$(($2 + 1))"- | "$work/read_floats"
}

# usage: begin COMMAND ...: runs it with two pipes, descriptors 3 and 4.
begin() {
    rm -f "$work/to" "$work/from"
    mkfifo "$work/to" "$work/from"
    # A limit, so that no fault makes the test wait for ever.
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

# usage: stalls COMMAND ...: runs it with a pipe for its output that nobody reads, ends it with
# SIGTERM once it waits for the pipe, and then reads the pipe into $work/rows.
stalls() {
    rm -f "$work/stalled"
    mkfifo "$work/stalled"
    # Opened for reading and writing, it neither waits for a writer nor ends before it is read.
    exec 5<>"$work/stalled"
    timeout -s KILL 60 sh -c 'echo $$ >"$0"; exec "$@" >"'"$work/stalled"'" 2>"'"$work/err"'"' \
        "$work/pid" "$@" 5>&- &
    waited=$!
    eventually [ -s "$work/pid" ]
    process=$(cat "$work/pid")
    eventually waits_to_write "$process" && kill -TERM "$process"
    ended=no
    eventually is_gone "$process" && ended=yes
    kill -9 "$process" 2>/dev/null
    wait $waited
    code=$?
    cat <"$work/stalled" >"$work/rows" 5>&- &
    reader=$!
    exec 5>&-
    wait $reader
    rm "$work/pid"
    cat "$work/err"
    [ $ended = yes ] && [ $code = 143 ]
}

is_gone() { ! kill -0 "$1" 2>/dev/null; }

# It has read of a file, sleeps and takes no more time.
waits_to_write() {
    before=$(cut -d ' ' -f 14,15 "/proc/$1/stat")
    sleep 0.2
    [ "$(cut -d ' ' -f 3 "/proc/$1/stat")" = S ] &&
        grep -qs '^pos:.*[1-9]' "/proc/$1/fdinfo"/* &&
        [ "$(cut -d ' ' -f 14,15 "/proc/$1/stat")" = "$before" ]
}

# usage: killed_at_each_line FIRST EVERY INPUT OPTION ...: a run that follows the input's first lines
# is killed when it has written their rows, and resumed with all lines: the rows of a run over all of
# them. First it is killed after line FIRST. Of the model $small.
killed_at_each_line() {
    stored="--store $work/part.db --stream s --every $2 --output $work/part.out" line=$1 input=$3
    shift 3
    "$leat" run $small "$input" --quiet "$@" >"$work/expected" 2>"$work/err"
    count=$(wc -l <"$input")
    while [ $line -le "$count" ]; do
        rm -f "$work"/part*
        head -n $line "$input" >"$work/part.csv"
        # An input without samples is refused, and has a header's row.
        "$leat" run $small "$work/part.csv" --quiet "$@" >"$work/rows" 2>"$work/null"
        "$leat" run $small "$work/part.csv" --follow "$@" $stored 2>"$work/err" &
        process=$!
        eventually has_lines "$(wc -l <"$work/rows")" "$work/part.out"
        kill -9 $process || { cat "$work/err"; return 1; }
        wait $process 2>"$work/null"
        tail -n +$((line + 1)) "$input" >>"$work/part.csv"
        "$leat" run $small "$work/part.csv" "$@" $stored 2>"$work/err" ||
            { cat "$work/err"; return 1; }
        cmp "$work/expected" "$work/part.out" || { echo "killed after line $line"; return 1; }
        line=$((line + 1))
    done
}

# The recording fifteen times, as CSV and as float32.
{
    head -n 1 "$recording"
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do tail -n +2 "$recording"; done
} >"$work/long.csv"
"$work/read_floats" <"$work/long" >"$work/long.f32"
long=$((15 * samples))

# 3 inputs, 2 outputs, and two samples with their rows.
small=Tests/Vectors/documentation-3-2/model.safetensors
printf '1;2;3\n1e-3;0.25;-0.5\n' >"$work/plain.csv"
printf '1,2,3\n1e-3,0.25,-0.5\n' | "$leat" run $small --quiet >"$work/good.out"
