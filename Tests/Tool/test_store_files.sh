#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_store_files.sh: which files the tool accepts as a store, and which it leaves alone.
# usage: Tests/Tool/test_store_files.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common.sh

root=$PWD
case $leat in /*) ;; *) leat=$root/$leat ;; esac
store=$work/small.db
build/examples/resume "$model" "$store" "$work/samples" >"$work/null" || exit 1
position() { "$leat" store ls --json "$1" | jq -r .position; }
now=$(position "$store")

# --- a path is a file's name -------------------------------------------------

mkdir "$work/names"
cd "$work/names" || exit 1
cp "$store" victim.db
before=$(cksum <victim.db)
expect "a copy with a name that SQLite reads as a URI" says 'whole and durable$' \
    "$leat" store backup "$store" 'file:victim.db?y='
expect "no other store was overwritten" [ "$before" = "$(cksum <victim.db)" ]
expect "the copy has that name" [ "$(position 'file:victim.db?y=')" = "$now" ]
expect "it isn't empty" [ -s 'file:victim.db?y=' ]
expect ":memory: is a file name, too" says 'whole and durable$' \
    "$leat" store backup "$store" :memory:
expect "a missing folder" exits 64 "slash at its end" \
    "$leat" store backup "$store" copies/
expect "an empty path" exits 64 "path is empty" "$leat" store backup "$store" ""
expect "a store's reserved name" exits 64 "beside the store" \
    "$leat" store backup "$store" victim.db-lock.new
cd "$root" || exit 1

# --- other types of files -----------------------------------------------------

mkfifo "$work/fifo"
cp "$store" "$work/odd.db"
mkfifo "$work/odd.db-journal"
for command in info "store ls" "store verify" doctor; do
    expect "$command: a FIFO" sh -c "
        timeout 20 '$leat' $command '$work/fifo' >'$work/out' 2>&1
        code=\$?; cat '$work/out'
        [ \$code -ge 64 ] && [ \$code -le 78 ] && grep -q 'a FIFO' '$work/out'"
done
for command in info "store ls" "store verify" doctor; do
    expect "$command: a FIFO as -journal" sh -c "
        timeout 20 '$leat' $command '$work/odd.db' >'$work/out' 2>&1
        code=\$?; cat '$work/out'
        [ \$code -ge 64 ] && [ \$code -le 78 ] && grep -q 'found a FIFO' '$work/out'"
done
expect "it is unchanged" [ -p "$work/odd.db-journal" ]

# --- a run that reads its own store --------------------------------------------

cp "$store" "$work/run.db"
ln -s run.db "$work/link.db"
for input in run.db run.db-lock link.db; do
    [ -e "$work/$input" ] || : >"$work/$input"
    expect "run: $input as input" exits 64 "a file of the store" \
        timeout 20 "$leat" run "$model" "$work/$input" --store "$work/link.db" --stream x
    expect "run: $input as state" exits 64 "a file of the store" \
        timeout 20 "$leat" run "$model" "$work/samples" --store "$work/link.db" --stream x \
        --state "$work/$input"
done
head -c 44 /dev/zero >"$work/one.f32"
: >"$work/run.db-wal"
expect "run: outputs over the -wal, through a link" exits 64 "is .*run.db-wal" \
    "$leat" run "$model" "$work/one.f32" --store "$work/link.db" --stream x \
    --output "$work/run.db-wal" --force
rm -f "$work"/run.db-*

# --- the writer of a store through a symbolic link -------------------------------

mkfifo "$work/samples.fifo"
"$leat" run "$model" "$work/samples.fifo" --every 100 --store "$work/busy.db" \
    --stream pump-7 >"$work/null" 2>&1 &
writer=$!
ln -s busy.db "$work/busy-link.db"
exec 3>"$work/samples.fifo"
tr " " , <"$work/samples" >&3
eventually "$leat" info "$work/busy.db" >"$work/null" 2>&1
expect "watch: the writer of a store through a link" sh -c "
    timeout 20 '$leat' watch --once '$work/busy-link.db' >'$work/out' 2>&1
    cat '$work/out'; grep -q 'process $writer' '$work/out'"
exec 3>&-
wait $writer

finish
