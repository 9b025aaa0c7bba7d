#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_run_resume.sh: `leat run --store`, killed and resumed: every row once; and what a resume
# refuses.
# usage: Tests/Tool/test_run_resume.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common_run.sh

"$leat" run "$model" "$work/long.csv" --quiet >"$work/whole.csv" &&
    "$leat" run "$model" "$work/long.f32" --quiet >"$work/numbered" &&
    "$leat" run "$model" "$work/long.f32" --quiet --output "$work/whole.f32" || exit 1

# --- killed and resumed ----------------------------------------------------

# usage: sizes PLACE: the sizes of what the runs there have written.
sizes() {
    cat "$1"/out.* "$1"/run.* 2>/dev/null | wc -c
}

# As common.sh's, but the random time begins with the first row: a kill during the start tests
# nothing.
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
# The cursor's report of a kill between checkpoints.
set -- --store "$work/told.db" --stream a --every 10 --output "$work/told.csv"
begin "$leat" run "$model" "$@"
head -n 16 "$work/long.csv" >&3
expect "15 rows of a pipe" eventually has_lines 16 "$work/told.csv"
kill -9 "$process"
end
expect "it is killed" [ $code = 137 ]
expect "it resumes" sh -c 'long=$1 leat=$2; shift 2; "$leat" run "$@" --input-is whole <<END
$(head -n 31 "$long")
END' sh "$work/long.csv" "$leat" "$model" "$@"
expect "it has every row once" sh -c "head -n 31 '$work/whole.csv' | cmp - '$work/told.csv'"
printf '%s\n' "ended at 30" "started at 0" "killed at 15" "resumed at 10" >"$work/expected"
expect "the cursor records start, kill and resume" sh -c "
    '$work/read_history' '$work/told.db' a >'$work/history'; cat '$work/history'
    cmp '$work/history' '$work/expected'"

# On standard output, rows that a kill undid are repeated.
expect "standard output: killed 20 times" killed_runs "$work/kills.out" \
    "$leat" run "$model" "$work/long.f32" --store STORE --stream pump --every 500
for run in "$work"/kills.out/*/run.*; do sed -i 's/^sample,/-1,/' "$run"; done
tail -n +2 "$work/numbered" | tr , ' ' | sed 's/^/x /' >"$work/rows"
for run in "$work"/kills.out/*/run.*; do
    torn=$([ -z "$(tail -c 1 "$run")" ] || echo 1)
    grep -v '^-1,' "$run" | tr , ' ' | sed 's/^/x /' >"$run.rows"
    # The incomplete last line must remain incomplete.
    [ -z "$torn" ] || [ ! -s "$run.rows" ] || truncate -s -1 "$run.rows"
    mv "$run.rows" "$run"
done
expect "standard output: every row, and repeated rows are the same" \
    same_by_position 2 "$work/rows" "$work/kills.out"

# --- what a store refuses --------------------------------------------------

store="--store $work/refuse.db --stream pump"
out=$work/refuse.csv
expect "runs to the end" "$leat" run "$model" "$work/long.csv" $store --output "$out"
expect "a second run adds nothing" "$leat" run "$model" "$work/long.csv" $store --output "$out"
expect "a second run has the same rows" cmp "$out" "$work/whole.csv"
expect "refuses another model" exits 65 "restart starts the stream over" \
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
expect "refuses a shorter output" exits 65 "found 1000 bytes, expected" \
    "$leat" run "$model" "$work/long.csv" $store --output "$work/short.csv"
sed 's/7/8/g' "$out" >"$work/changed.csv"
expect "refuses a changed output" exits 65 "aren't those that were written" \
    "$leat" run "$model" "$work/long.csv" $store --output "$work/changed.csv"
{ cat "$out"; echo mine; } >"$work/longer.csv"
expect "refuses to truncate rows that it didn't write" exits 65 "another program wrote the rest" \
    "$leat" run "$model" "$work/long.csv" $store --output "$work/longer.csv"
expect "refuses a missing output" exits 66 "No such file" \
    "$leat" run "$model" "$work/long.csv" $store --output "$work/nowhere.csv"
expect "refuses an output that is no regular file" exits 64 "isn't a file" \
    "$leat" run "$model" "$work/long.csv" $store --output /dev/null
build/examples/resume "$model" "$work/resume.db" "$work/long" >"$work/null"
expect "refuses another program's checkpoint" exits 65 "another program's" sh -c "
    '$leat' run '$model' '$work/long.csv' --store '$work/resume.db' --stream pump-7"
expect "none of them changed anything" sh -c "
    cmp '$out' '$work/whole.csv' && '$leat' run '$model' '$work/long.csv' $store --output '$out'"
expect "refuses to replace the output" exits 73 "exists already; --force" \
    "$leat" run "$model" "$work/long.csv" $store --output "$out" --restart
expect "--restart begins anew" \
    "$leat" run "$model" "$work/long.csv" $store --output "$out" --restart --force
expect "it has the same rows" cmp "$out" "$work/whole.csv"
expect "--restart begins anew with another model" \
    "$leat" run $small "$work/plain.csv" --separator ';' \
    $store --restart
expect "a store needs a stream" exits 64 "needs a --stream" \
    "$leat" run "$model" "$work/long.csv" --store "$work/refuse.db"
expect "a stream needs a store" exits 64 "needs a --store" \
    "$leat" run "$model" "$work/long.csv" --stream pump
expect "input-is needs a store" exits 64 "needs a --store" \
    "$leat" run "$model" "$work/long.csv" --input-is rest

# --- what a refused run must not change ---------------------------------------

# usage: position: of the stream in this store.
position() {
    "$leat" store ls "$work/refused.db" --json | sed -n 's/.*"position":\([0-9]*\).*/\1/p'
}

head -n 101 "$recording" >"$work/hundred.csv"
echo precious >"$work/precious"
expect "an output that can't be created" exits 73 "" "$leat" run "$model" "$work/hundred.csv" \
    --store "$work/refused.db" --stream s --output "$work/nowhere/x"
expect "no checkpoint is left" exits 73 "exists already" "$leat" run "$model" \
    "$work/hundred.csv" --store "$work/refused.db" --stream s --output "$work/precious"
expect "no other file is taken for it" grep -q precious "$work/precious"
"$leat" run "$model" "$work/hundred.csv" --store "$work/refused.db" --stream s \
    --output "$work/hundred.out" --quiet
cp "$work/hundred.out" "$work/hundred.before"
expect "--restart with an output that can't be created" exits 73 "" "$leat" run "$model" \
    "$work/hundred.csv" --store "$work/refused.db" --stream s --restart --output /nonexistent/x
expect "the stream is unchanged" gives 100 position
expect "--restart with an empty picture" exits 64 "found 'typo'" "$leat" run "$model" \
    "$work/hundred.csv" --store "$work/refused.db" --stream s --restart --force \
    --output "$work/hundred.out" --plot "$work/p.svg" --draw typo
expect "the stream is unchanged, too" gives 100 position
expect "its rows are unchanged" cmp "$work/hundred.out" "$work/hundred.before"
# Killed before its first sample: the checkpoint is at 0 and names the file.
{ head -n 1 "$recording"; sleep 20; } | "$leat" run "$model" --store "$work/begun.db" --stream s \
    --output "$work/begun.out" >"$work/null" 2>&1 &
process=$!
eventually says '^s$' sh -c "'$leat' store ls '$work/begun.db' --json | jq -r .name" >"$work/null" 2>&1
kill -9 $process && wait $process 2>/dev/null
expect "another file than the one that was begun" refused "is another file\|isn't the file" sh -c "
    cat '$work/hundred.csv' | '$leat' run '$model' --store '$work/begun.db' --stream s \
        --output '$work/precious' --input-is whole"
expect "it isn't emptied" grep -q precious "$work/precious"
expect "the store isn't overwritten with rows" exits 64 "another file" "$leat" run "$model" \
    "$work/hundred.csv" --store "$work/own.db" --stream s --output "$work/own.db-wal"

finish
