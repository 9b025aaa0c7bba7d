#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_run_pipes.sh: `leat run` with samples that arrive slowly, with closed descriptors, and with
# rows that nobody reads.
# usage: Tests/Tool/test_run_pipes.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common_run.sh

# --- samples that arrive slowly ----------------------------------------------

begin "$leat" run $small
expect "a header gives a header" answers 'a,b,c\n' sample,out0,out1
expect "a line gives a row" answers '1,2,3\n' "$(sed -n 2p "$work/good.out")"
printf '1e-3,0.2' >&3
expect "the rest of a line gives the next row" answers '5,-0.5\n' "$(sed -n 3p "$work/good.out")"
end
expect "the end of the input ends it" [ $code = 0 ]

begin "$leat" run $small --store "$work/pipe.db" --stream a
expect "with a store: a line gives a row" answers '1,2,3\n' sample,out0,out1
read -r line <&4
first=$line
kill -TERM $process
end
expect "it ends with SIGTERM's exit status" [ $code = 143 ]
expect "it reports what it did" sh -c "
    printf 'leat: %s\n' 'began at sample 0' '1 sample in' >'$work/expected'
    sed 's/ in .*/ in/' '$work/err' | cmp - '$work/expected'"
expect "there is a checkpoint" sh -c "
    '$work/read_history' '$work/pipe.db' a >'$work/history'; cat '$work/history'
    [ \"\$(head -n 1 '$work/history')\" = 'ended at 1' ]"
expect "refuses without --input-is" exits 64 "input-is whole or --input-is rest" sh -c "
    echo 1e-3,0.25,-0.5 | '$leat' run $small --store '$work/pipe.db' --stream a"
cp "$work/pipe.db" "$work/pipe2.db"
expect "resumes with the rest of the input" sh -c "
    echo 1e-3,0.25,-0.5 |
    '$leat' run $small --store '$work/pipe.db' --stream a --input-is rest >'$work/out' &&
    tail -n 1 '$work/good.out' | cmp - '$work/out'"
expect "resumes with the whole input" sh -c "
    printf '1,2,3\n1e-3,0.25,-0.5\n' |
    '$leat' run $small --store '$work/pipe2.db' --stream a --input-is whole >'$work/out' &&
    tail -n 1 '$work/good.out' | cmp - '$work/out'"
expect "refuses another whole input" exits 65 "aren't those that were read" sh -c "
    printf '1,2,4\n1e-3,0.25,-0.5\n1,1,1\n' |
    '$leat' run $small --store '$work/pipe2.db' --stream a --input-is whole"
expect "refuses a whole input that is shorter" exits 65 "found 6 bytes, expected at least 21" sh -c "
    printf '1,2,3\n' | '$leat' run $small --store '$work/pipe2.db' --stream a --input-is whole"
expect "a header before the rest is skipped" sh -c "
    printf 'a,b,c\n1,2,3\n' | '$leat' run $small --store '$work/again.db' --stream a >'$work/out' &&
    printf 'a,b,c\n1e-3,0.25,-0.5\n' |
    '$leat' run $small --store '$work/again.db' --stream a --input-is rest >>'$work/out' &&
    cmp '$work/out' '$work/good.out'"

begin "$leat" run $small --store "$work/idle.db" --stream a
printf '1,2,3\n' >&3
expect "a checkpoint is saved while no sample arrives" eventually sh -c "
    '$work/read_history' '$work/idle.db' a | grep -q 'not ended at 1'"
end

# --- rows that nobody reads -------------------------------------------------

# usage: rows_of STORE: samples in the last checkpoint.
rows_of() {
    "$work/read_history" "$1" s | sed -n '1s/ended at //p'
}

"$leat" run "$model" "$work/long.csv" --quiet >"$work/whole.csv" || exit 1
"$leat" run "$model" "$work/long.csv" --quiet --output "$work/whole.f32" || exit 1
set -- --store "$work/stall.db" --stream s
for round in 1 2 3; do
    expect "$round: SIGTERM ends a run that nobody reads from" stalls \
        "$leat" run "$model" "$work/long.csv" "$@"
    cat "$work/rows" >>"$work/stall.csv"
    expect "$round: no row is incomplete" [ -z "$(tail -c 1 "$work/rows" | tr -d '\n')" ]
    expect "$round: the checkpoint covers exactly the written rows" \
        [ "$(rows_of "$work/stall.db")" = $(($(wc -l <"$work/stall.csv") - 1)) ]
    expect "$round: there are rows" [ "$(wc -l <"$work/rows")" -gt 100 ]
done
expect "the rest is written when the pipe is read" sh -c "
    '$leat' run '$model' '$work/long.csv' --store '$work/stall.db' --stream s >>'$work/stall.csv'"
expect "each row once" cmp "$work/stall.csv" "$work/whole.csv"

expect "raw rows: SIGTERM ends it" stalls \
    "$leat" run "$model" "$work/long.f32" --output-format f32 --store "$work/raw.db" --stream s
cp "$work/rows" "$work/raw.f32"
expect "raw rows: the checkpoint covers exactly the written rows" \
    [ "$(rows_of "$work/raw.db")" = $(($(wc -c <"$work/raw.f32") / 44)) ]
expect "raw rows: each row once" sh -c "
    '$leat' run '$model' '$work/long.f32' --output-format f32 --store '$work/raw.db' --stream s \
        >>'$work/raw.f32' && cmp '$work/raw.f32' '$work/whole.f32'"

expect "a state: SIGTERM ends it" stalls \
    "$leat" run "$model" "$work/long.csv" --save-state "$work/stall.state"
expect "a state: it is the one after the last row" sh -c "
    cp '$work/rows' '$work/state.csv'; taken=\$((\$(wc -l <'$work/rows') - 1))
    tail -n +\$((taken + 2)) '$work/long.csv' |
        '$leat' run '$model' --columns 2,3,4,5,6,7,8,9,10,11,12 --time 1 --no-header \
            --state '$work/stall.state' --bare --quiet >'$work/rest'
    tail -n +2 '$work/whole.csv' | tail -n +\$((taken + 1)) | cut -d, -f2- | cmp - '$work/rest'"

# An input line that is longer than a pipe's buffer.
long_text=$(head -c 10000 /dev/zero | tr '\0' x)
{
    echo a,b,c,text
    for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "1,2,$i,$long_text"; done
} >"$work/wide.csv"
expect "rows longer than a pipe's buffer" stalls \
    "$leat" run $small "$work/wide.csv" --keep text --store "$work/wide.db" --stream s
expect "are covered when they are complete" \
    [ "$(rows_of "$work/wide.db")" = $(($(wc -l <"$work/rows") - 1)) ]

# Messages that nobody reads stall it in the same way.
awk 'BEGIN { print "a,b,c"; for (i = 0; i < 20000; i++) print i % 7 ",x,1" }' >"$work/complaints.csv"
expect "SIGTERM ends a run whose messages nobody reads" sh -c "
    mkfifo '$work/unread'; exec 5<>'$work/unread'
    timeout -s KILL 20 '$leat' run $small '$work/complaints.csv' --on-error skip \
        >'$work/out' 2>'$work/unread' 5>&- & waited=\$!
    sleep 1.5
    for process in \$(cat /proc/\$waited/task/\$waited/children); do kill -TERM \$process; done
    started=\$(date +%s)
    wait \$waited; code=\$?; echo \"exit status \$code\"
    [ \$code -eq 143 ] && [ \$((\$(date +%s) - started)) -le 10 ]"

expect "SIGTERM ends a run that waits for the writer of a FIFO" sh -c "
    mkfifo '$work/nobody'
    '$leat' run $small '$work/nobody' 2>'$work/err' & process=\$!
    sleep 1; kill -TERM \$process; wait \$process; [ \$? -eq 143 ] && [ ! -s '$work/err' ]"

# --- a pipe for standard error that nobody reads any more ---------------------

# usage: unheard COMMAND ...: its standard error is such a pipe.
mkfifo "$work/unheard"
unheard() {
    exec 6<>"$work/unheard" 7>"$work/unheard" 6>&-
    "$@" 2>&7 7>&-
    code=$?
    exec 7>&-
    return $code
}
printf 'a,b,c\n1,2,3\n1,x,3\n1e-3,0.25,-0.5\n' >"$work/one-bad.csv"
expect "messages that can't be written end no run" unheard "$leat" run $small "$work/one-bad.csv" \
    --on-error skip --output "$work/unheard.csv"
expect "its rows are there" cmp "$work/unheard.csv" "$work/good.out"
expect "they don't change its exit status" sh -c "
    exec 6<>'$work/unheard' 7>'$work/unheard' 6>&-
    '$leat' run $small '$work/one-bad.csv' --output '$work/unheard2.csv' 2>&7; [ \$? -eq 65 ]"
expect "a pipe for the rows that nobody reads ends it by SIGPIPE" sh -c "
    exec 6<>'$work/unheard' 7>'$work/unheard' 6>&-
    '$leat' run $small '$work/one-bad.csv' --on-error skip >&7 2>&7; [ \$? -eq 141 ]"

# --- closed descriptors -------------------------------------------------------

# usage: closed WHICH COMMAND ...: without these standard descriptors.
closed() {
    which=$1
    shift
    case $which in *0*) exec 6<&0 0<&- ;; esac
    (
        case $which in *1*) exec 1>&- ;; esac
        case $which in *2*) exec 2>&- ;; esac
        exec timeout 10 "$@"
    )
    code=$?
    case $which in *0*) exec 0<&6 6<&- ;; esac
    return $code
}

expect "without standard input there are no samples" exits 65 "standard input: holds no line" \
    closed 0 "$leat" run $small
expect "without standard output it can't be written" exits 74 "standard output: Bad file" \
    closed 1 "$leat" run $small "$work/plain.csv" --separator ';'
expect "without standard output a listing fails" exits 74 "standard output: Bad file" \
    closed 1 "$leat" store ls "$work/stall.db"
{ printf 'a,b,c\n1,2,3\n'; yes 1,x,3 | head -n 500; printf '1e-3,0.25,-0.5\n'; } >"$work/some.csv"
for which in 2 12 012 01 02; do
    rm -f "$work"/closed.*
    expect "without $which: a run with a store" closed $which "$leat" run $small \
        "$work/some.csv" --on-error skip --store "$work/closed.db" --stream s \
        --output "$work/closed.csv"
    expect "without $which: has its rows" cmp "$work/closed.csv" "$work/good.out"
    expect "without $which: the store is intact" "$leat" store verify "$work/closed.db"
    closed $which "$leat" store backup "$work/closed.db" "$work/closed.copy" >"$work/out" 2>&1
    code=$?
    # It reports on standard output.
    case $which in *1*) wanted=74 ;; *) wanted=0 ;; esac
    expect "without $which: a backup" [ $code -eq $wanted ]
    expect "without $which: the copy is intact" "$leat" store verify "$work/closed.copy"
done
expect "without standard output and error, from a pipe" sh -c "
    (printf 'a,b,c\n1,2,3\nx\n'; sleep 0.5; printf '1e-3,0.25,-0.5\n') |
    timeout 10 '$leat' run $small --on-error skip --output '$work/piped.csv' >&- 2>&- &&
    cmp '$work/piped.csv' '$work/good.out'"
finish
