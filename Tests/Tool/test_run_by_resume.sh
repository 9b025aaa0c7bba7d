#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_run_by_resume.sh: `leat run --by --store`, killed and resumed: the rows of all streams as if it
# had never been; and what a resume refuses.
# usage: Tests/Tool/test_run_by_resume.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common_run.sh

# --- killed at each row ---------------------------------------------------------------

cat >"$work/all.csv" <<'END'
time,site,k,a,b,c
0,p,x,1,2,3
500,p,y/1,4,5,6
1,p,x,,2,9
500,p,y/1,9,9,9
0,q,x,7,8,9
2,p,,9,9,9
0,q,x,9,9,9
501,p,y/1,4,x,6
time,site,k,a,b,c
90,p,x,1,1,1
91,p,x,0.5,0.25,1
502,p,y/1,1,2,
1,q,"z ",-1,1,2
3,q,x,,,
END
set -- --by site,k --on-repeat skip --gap 20s
sed '/,,9,9,9$/d' "$work/all.csv" >"$work/held.csv"
for every in 1 2 5; do
    for action in reset mark; do
        expect "killed after each line, a checkpoint every $every, $action" killed_at_each_line 1 \
            $every "$work/held.csv" "$@" --on-error hold --on-gap $action
    done
done
sed 's/,,2,9$/,3,2,9/; s/,4,x,6$/,4,4,6/; s/,1,2,$/,1,2,1/; s/,,,$/,1,1,1/' "$work/all.csv" \
    >"$work/skipped.csv"
expect "and with a row that has no key" killed_at_each_line 1 2 "$work/skipped.csv" "$@" \
    --on-error skip --on-gap reset
expect "the counts are those of all runs" grep -q "part.csv: 1 malformed line skipped" "$work/err"
expect "of repeated times, too" grep -q "part.csv: 2 repeated times skipped" "$work/err"
expect "the streams are in the store" sh -c "
    '$leat' store ls '$work/part.db' --json | grep -o '\"name\":\"[^,]*\"' >'$work/names'
    printf '\"name\":\"%s\"\n' s s/ s/p/x 's/p/y\\\\/1' s/q/x 's/q/z ' | sort >'$work/wanted'
    sort '$work/names' | diff - '$work/wanted'"

# --- killed at random -------------------------------------------------------------------

# Pieces of a stream's rows and turns, 300 streams, some of them seldom.
awk 'BEGIN {
    srand(11)
    print "k,a,b,c"
    for (i = 0; i < 6000; i++) {
        if (i % 50 < 20) k = int(i / 50) % 7
        else k = int(300 * rand() * rand())
        printf "u%d,%.3f,%d,%.3f\n", k, rand(), i % 9, rand() - 1
    }
}' >"$work/random.csv"
"$leat" run $small "$work/random.csv" --by k --quiet >"$work/expected" || exit 1
for signal in KILL TERM; do
    rm -f "$work"/random.db* "$work/random.out"
    runs=0 code=1
    while [ $code -ne 0 ] && [ $runs -lt 100 ]; do
        runs=$((runs + 1))
        time=$(awk "BEGIN { srand(); srand(srand() + $runs)
            print 0.02 + 0.03 * $runs * rand() }")
        timeout -s $signal "$time" "$leat" run $small "$work/random.csv" --by k --rate 5000 \
            --every 100 --store "$work/random.db" --stream s --output "$work/random.out" \
            2>"$work/err"
        code=$?
    done
    expect "ended by $signal, and resumed in the end" [ $code -eq 0 ]
    expect "several times" [ $runs -gt 3 ]
    expect "every row once" cmp "$work/expected" "$work/random.out"
done
cat >"$work/stored" <<END
#!/bin/sh
store=\$1
shift
exec "$PWD/$leat" run "$PWD/$small" "$work/long.keys" --by k --store "\$store" --stream s \\
    --output "\${store%/*}/out" "\$@"
END
chmod +x "$work/stored"
{ head -n 1 "$work/random.csv"
  for i in 1 2 3 4 5 6 7 8 9 10; do tail -n +2 "$work/random.csv"; done; } >"$work/long.keys"
"$leat" run $small "$work/long.keys" --by k --quiet >"$work/whole" || exit 1
same_files() {
    for round in "$2"/[0-9]*; do cmp "$1" "$round/out" || return 1; done
}
expect "as fast as it can, killed 20 times" killed_runs "$work/kills" "$work/stored" STORE \
    --every 4000
expect "every row once, too" same_files "$work/whole" "$work/kills"

# --- pipes --------------------------------------------------------------------------------

set -- --by k --store "$work/pipe.db" --stream s --output "$work/pipe.out" --quiet
head -n 2000 "$work/random.csv" | "$leat" run $small - "$@"
expect "the rest of a pipe" sh -c "tail -n +2001 '$work/random.csv' |
    '$leat' run $small - --input-is rest $* && cmp '$work/expected' '$work/pipe.out'"
rm "$work"/pipe.*
head -n 2000 "$work/random.csv" | "$leat" run $small - "$@"
expect "a whole pipe again" sh -c "cat '$work/random.csv' |
    '$leat' run $small - --input-is whole $* && cmp '$work/expected' '$work/pipe.out'"

# A pipe that nobody reads, and SIGTERM: all streams go back to the last row that was written.
expect "a pipe that nobody reads: ended by SIGTERM" stalls \
    "$leat" run $small "$work/random.csv" --by k --store "$work/unread.db" --stream s
expect "with a part of the rows" sh -c "
    [ \$(wc -l <'$work/rows') -gt 100 ] && [ \$(wc -l <'$work/rows') -lt 5900 ]"
expect "goes on with the next row" sh -c "
    '$leat' run $small '$work/random.csv' --by k --store '$work/unread.db' --stream s \
        2>'$work/err' | cat '$work/rows' - | cmp - '$work/expected'"

# --- the store ------------------------------------------------------------------------------

printf 'k,a,b,c\n1,1,2,3\n2,1,2,3\n3,1,2,3\n' >"$work/few.csv"
set -- "$work/few.csv" --by k --output "$work/few.out"
stored="--store $work/few.db --stream s"
"$leat" run $small "$@" $stored --quiet
generation() {
    "$leat" store ls "$work/few.db" --json | jq -r "select(.name == \"$1\") | .generation"
}
before=$(generation s/1)
echo "2,4,5,6" >>"$work/few.csv"
"$leat" run $small "$@" $stored --quiet
expect "only streams that changed are written" \
    [ "$(generation s/1) $(generation s/2)" = "$before $((before + 1))" ]
expect "what the run says" exits 0 "0 samples on 3 streams in" "$leat" run $small "$@" $stored
expect "where it goes on" grep -q "resumed at sample 4" "$work/err"
expect "all have their positions" gives "1 2 1" sh -c "
    '$leat' store ls '$work/few.db' --json | jq -r 'select(.name | test(\"s/.\")).position' |
        xargs"
expect "other columns are refused" exits 64 "another layout: found .*by 2.* has .*by 1" \
    "$leat" run $small "$work/few.csv" --by a --columns a,b,c --output "$work/few.out" $stored
expect "a resume without --by is refused" exits 64 "begun with --by: say --by again" \
    "$leat" run $small "$work/few.csv" --columns a,b,c --output "$work/few.out" $stored
"$leat" run $small "$work/few.csv" --columns a,b,c --store "$work/few.db" --stream one --quiet \
    >"$work/null"
expect "and the other way round" exits 64 "'one' in the store was begun without --by" \
    "$leat" run $small "$@" --store "$work/few.db" --stream one
expect "another model is refused" exits 65 "restart starts the stream over" \
    "$leat" run Tests/Vectors/size-3-33/model.safetensors "$@" $stored
expect "a stream of the group is no stream of another run" exits 64 \
    "stream s/1: the store has a stream 's', begun with --by" \
    "$leat" run $small "$work/few.csv" --columns a,b,c --store "$work/few.db" --stream s/1
expect "more streams than are allowed now" exits 65 "found 3 streams, more than the 2 that --max" \
    "$leat" run $small "$@" $stored --max-streams 2
expect "none of them changed anything" exits 0 "0 samples on 3" "$leat" run $small "$@" $stored
printf 'k,a,b,c\n7,1,2,3\n' >"$work/few.csv"
expect "--restart begins anew" "$leat" run $small "$@" $stored --restart --force
expect "with other streams" gives "one s s/ s/7" sh -c "
    '$leat' store ls '$work/few.db' --json | jq -r .name | xargs"
expect "also without --by" "$leat" run $small "$work/few.csv" --columns a,b,c \
    --output "$work/few.out" $stored --restart --force
expect "as one stream" gives "one s" sh -c "'$leat' store ls '$work/few.db' --json | jq -r .name |
    xargs"
expect "and with --by again" "$leat" run $small "$@" $stored --restart --force
name=$(printf '%0250d' 7)
printf 'k,a,b,c\n123,1,2,3\n1234,1,2,3\n12345,1,2,3\n' >"$work/long.csv"
expect "a stream's name has at most 255 bytes, with that of the store" exits 65 \
    "line 4, column k: found '12345' of 5 bytes, expected at most 4" \
    "$leat" run $small "$work/long.csv" --by k --store "$work/long.db" --stream "$name"
expect "as many as fit are stored" gives "$name/1234" sh -c "
    '$leat' store ls '$work/long.db' --json | jq -r .name | tail -n 1"
awk 'BEGIN { print "time,k,a,b,c"; for (i = 0; i < 7000; i++) print "0," i ",1,2,3" }' \
    >"$work/many.csv"
set -- "$work/many.csv" --by k --gap 1h --store "$work/many.db" --stream s --output "$work/many.out"
expect "a checkpoint has room for the last times of some" exits 65 \
    "line 6252, .*more than the 6250 that a checkpoint has room for, with the last time of each" \
    "$leat" run $small "$@"
expect "and has those before" exits 0 "resumed at sample 6,250" sh -c "
    head -n 6251 '$work/many.csv' >'$work/cut.csv' && cp '$work/cut.csv' '$work/many.csv' &&
    '$leat' run $small $*"
follows_a_rotation() {
    printf 'k,a,b,c\n1,1,2,3\n' >"$work/log"
    "$leat" run $small "$work/log" --by k --follow --quiet >"$work/log.out" &
    process=$!
    eventually has_lines 2 "$work/log.out"
    mv "$work/log" "$work/log.1"
    printf 'k,a,b,c\n2,1,2,3\n1,4,5,6\n' >"$work/log"
    eventually has_lines 4 "$work/log.out"
    kill $process
    wait $process
    printf 'k,a,b,c\n1,1,2,3\n2,1,2,3\n1,4,5,6\n' |
        "$leat" run $small --by k --quiet | cmp - "$work/log.out"
}
expect "--follow" follows_a_rotation
expect "--stream-from-name: a group for each file" sh -c "
    printf 'k,a,b,c\n1,1,2,3\n' >'$work/n1.csv' && printf 'k,a,b,c\n2,1,2,3\n' >'$work/n2.csv' &&
    '$leat' run $small '$work/n1.csv' '$work/n2.csv' --by k --stream-from-name \
        --store '$work/names.db' >'$work/null' &&
    [ \"\$('$leat' store ls '$work/names.db' --json | jq -r .name | xargs)\" = \
        'n1 n1/ n1/1 n2 n2/ n2/2' ]"
expect "several files, one group" sh -c "
    '$leat' run $small '$work/n1.csv' '$work/n2.csv' --by k --store '$work/two.db' --stream s \
        --quiet >'$work/null' &&
    [ \"\$('$leat' store ls '$work/two.db' --json | jq -r .name | xargs)\" = 's s/ s/1 s/2' ]"

# --- many streams ---------------------------------------------------------------------

# usage: measured MODEL STREAMS: what `leat run --by` with a store needs, after four checkpoints of all
# streams, is what `leat info --streams` says, up to a quarter: memory and the store's file.
measured() {
    path=Tests/Vectors/$1/model.safetensors
    rm -f "$work"/measured*
    awk -v inputs="$("$leat" info "$path" --json | jq .input_size)" -v streams="$2" 'BEGIN {
        header = "unit"
        for (i = 0; i < inputs; i++) { header = header ",x" i; text = text ",0.5" }
        print header
        for (row = 0; row < 4 * streams; row++) printf "pump-%06d%s\n", row % streams, text
    }' >"$work/measured.csv"
    # The process stays alive, waiting for more, until its memory is read.
    "$leat" run "$path" "$work/measured.csv" --follow --by unit --max-streams "$2" --every "$2" \
        --store "$work/measured.db" --stream units --output "$work/measured.out" --quiet \
        2>"$work/err" &
    process=$!
    eventually has_lines $((4 * $2 + 1)) "$work/measured.out"
    memory=$(awk '/^VmHWM:/ { print 1024 * $2 }' /proc/$process/status)
    kill -TERM $process
    wait $process 2>"$work/null"
    store=$(wc -c <"$work/measured.db")
    "$leat" info "$path" --streams "$2" --json | tee "$work/out" |
        jq -e --argjson memory "$memory" --argjson store "$store" '.many_streams |
            [.memory_bytes / $memory, .store_bytes / $store] | debug |
            all(. > 0.8 and . < 1.25)'
}
for shape in documentation-3-2 size-7-64 size-9-128 size-33-130; do
    expect "$shape: memory and store of 10,000 streams" measured $shape 10000
done
expect "of 1,000, too" measured size-7-64 1000
expect "and of 40,000" measured documentation-3-2 40000
expect "in words" says "10,000 streams need about .* MiB of memory, .* a store of about .* MiB" \
    "$leat" info Tests/Vectors/size-7-64/model.safetensors --streams 10000
expect "of a model only" exits 64 "streams: found a store, expected a model" \
    "$leat" info "$work/measured.db" --streams 3
expect "of some streams" exits 64 "found 0, expected 1 to" \
    "$leat" info Tests/Vectors/size-7-64/model.safetensors --streams 0

finish
