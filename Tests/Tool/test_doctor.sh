#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_doctor.sh: `leat doctor` on this machine, on stores that are well, and on
# stores that are not. (What it makes of other file systems is tested in Swift.)
# usage: Tests/Tool/test_doctor.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common.sh

# usage: finds LEVEL TOPIC PATTERN ARGUMENT ...: among the findings is that one,
# and the exit status goes with the worst of them.
finds() {
    level=$1 topic=$2 pattern=$3
    shift 3
    "$leat" doctor --json "$@" >"$work/out"
    code=$?
    cat "$work/out"
    jq -e --arg level "$level" --arg topic "$topic" --arg pattern "$pattern" --argjson code $code '
        (.is_well == all(.findings[]; .level != "problem")) and
        ($code == (if .is_well then 0 else 65 end)) and
        any(.findings[]; .level == $level and .topic == $topic and (.text | test($pattern)))' \
        "$work/out"
}

store=$work/state.db
build/examples/many_streams "$model" "$store" >"$work/null" || exit 1

# --- the machine -------------------------------------------------------------

expect "the version" finds ok leat "^$("$leat" --version | sed 's/leat //'), states of version 1$"
expect "the kernel that streams are made with" finds ok kernel "^$("$leat" info --json "$model" |
    jq -r .kernel): "
expect "SQLite's version" finds ok SQLite '^3\.[0-9]+\.[0-9]+'
expect "what it was compiled with" finds ok "compiled with" 'THREADSAFE=[12]'
expect "as lines" says '^ok  *kernel  *[a-z0-9-]*: ' "$leat" doctor
expect "no colours in a file" sh -c "! '$leat' doctor | grep -q \"\$(printf '\\033')\""

# --- a folder ----------------------------------------------------------------

ls -A "$work" | sort >"$work/null"
ls -A "$work" | sort >"$work/before"
expect "a sync is measured" finds ok sync '^[0-9.]+ ms, the slowest of [0-9]+ ' "$work"
ls -A "$work" | grep -v -e '^out$' -e '^expect$' | sort >"$work/null"
expect "and leaves nothing" sh -c "! grep -q doctor '$work/null'"
expect "room is told" finds ok "free space" '[0-9.]+ .iB free$' "$work"
if [ "$(stat -f -c %T /dev/shm 2>/dev/null)" = tmpfs ]; then
    expect "memory is no disk" finds problem "file system" '^tmpfs at /dev/shm: in memory' /dev/shm
fi

# --- a store that is well ----------------------------------------------------

sum() { cat "$store" "$store-lock" | cksum; }
before=$(sum)
expect "a store" finds ok store '^64 streams, 192 checkpoints, version 2, 10 commits by 1 writers$' \
    "$store"
expect "its generations" finds ok generations '^3 kept of each stream$' "$store"
expect "it isn't behind" finds ok behind '^no: ' "$store"
expect "nobody writes" finds ok writer '^none' "$store"
expect "no byte of it was changed" [ "$before" = "$(sum)" ]
ln -s "$store" "$work/link.db"
expect "by way of a link" finds ok files '[-]lock' "$work/link.db"

mkfifo "$work/fifo"
"$leat" run "$model" "$work/fifo" --every 100 --store "$work/busy.db" \
    --stream pump-7 >"$work/null" 2>&1 &
writer=$!
exec 3>"$work/fifo"
tr " " , <"$work/samples" >&3
tries=0
until "$leat" info "$work/busy.db" >"$work/null" 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || break
    sleep 0.1
done
expect "who writes" finds ok writer "^process $writer since 20" "$work/busy.db"
exec 3>&-
wait $writer
expect "who wrote no more" finds ok writer '^none' "$work/busy.db"

# --- stores that are not -----------------------------------------------------

# An older copy in the place of the store: its lock tells of later commits.
cp "$store" "$work/old.db"
cp "$store-lock" "$work/old.db-lock"
build/examples/many_streams "$model" "$store" >"$work/null" || exit 1
cp "$store-lock" "$work/old.db-lock"
expect "a store that is behind" finds problem behind 'higher commit number' "$work/old.db"
ln "$store" "$work/second.db"
expect "a second name" finds problem links '2 names' "$store"
rm "$work/second.db"
# In a mount namespace of its own, where that is allowed.
if unshare -m true 2>"$work/null"; then
    : >"$work/mounted.db"
    expect "a file that is mounted by itself" says '^PROBLEM *mount .*mount the folder' \
        unshare -m sh -c 'mount --bind "$1" "$2" && "$3" doctor "$2"; [ $? -eq 65 ]' - "$store" \
        "$work/mounted.db" "$leat"
fi
printf 'x' >"$work/text.db"
expect "no store" finds problem store 'database' "$work/text.db"
"$leat" store prune "$store" --keep 1 >"$work/null"
expect "nothing to fall back on" finds warning generations '64 streams have no older one' "$store"
expect "what isn't there" exits 66 "No such file" "$leat" doctor "$work/none.db"

"$leat" run "$model" "$recording" --store "$work/unlocked.db" --stream s >"$work/null"
rm "$work/unlocked.db-lock"
expect "without a -lock it isn't known whether the store is behind" \
    says '^warning *behind *not known' "$leat" doctor "$work/unlocked.db"

finish
