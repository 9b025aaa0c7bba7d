#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_doctor.sh: `leat doctor` on this machine, on intact stores, and on others. (Other file
# systems are tested in Swift.)
# usage: Tests/Tool/test_doctor.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common.sh

# usage: finds LEVEL TOPIC PATTERN ARGUMENT ...: that finding is printed, and the exit status is
# that of the worst finding.
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

expect "the version" finds ok leat "^$("$leat" --version | sed 's/leat //'), states of version 2$"
expect "the default kernel" finds ok kernel "^$("$leat" info --json "$model" |
    jq -r .kernel): "
expect "SQLite's version" finds ok SQLite '^3\.[0-9]+\.[0-9]+'
expect "SQLite's compile options" finds ok "compiled with" 'THREADSAFE=[12]'
expect "the same as lines" says '^ok  *kernel  *[a-z0-9-]*: ' "$leat" doctor
expect "no colours in a file" sh -c "! '$leat' doctor | grep -q \"\$(printf '\\033')\""

# --- a folder ----------------------------------------------------------------

ls -A "$work" | sort >"$work/null"
ls -A "$work" | sort >"$work/before"
expect "a sync is measured" finds ok sync '^[0-9.]+ ms, the slowest of [0-9]+ ' "$work"
ls -A "$work" | grep -v -e '^out$' -e '^expect$' | sort >"$work/null"
expect "it leaves no file" sh -c "! grep -q doctor '$work/null'"
expect "free space is reported" finds ok "free space" '[0-9.]+ .iB free$' "$work"
if [ "$(stat -f -c %T /dev/shm 2>/dev/null)" = tmpfs ]; then
    expect "memory is reported" finds problem "file system" '^tmpfs at /dev/shm: in memory' /dev/shm
fi

# --- an intact store ---------------------------------------------------------

sum() { cat "$store" "$store-lock" | cksum; }
before=$(sum)
expect "a store" finds ok store '^64 streams, 192 checkpoints, version 3, 10 commits by 1 writers$' \
    "$store"
expect "its generations" finds ok generations '^3 kept of each stream$' "$store"
expect "it isn't older" finds ok behind '^no: ' "$store"
expect "there is no writer" finds ok writer '^none' "$store"
expect "no byte of it was changed" [ "$before" = "$(sum)" ]
ln -s "$store" "$work/link.db"
expect "through a link" finds ok files '[-]lock' "$work/link.db"

mkfifo "$work/fifo"
"$leat" run "$model" "$work/fifo" --every 100 --store "$work/busy.db" \
    --stream pump-7 >"$work/null" 2>&1 &
writer=$!
exec 3>"$work/fifo"
tr " " , <"$work/samples" >&3
eventually "$leat" info "$work/busy.db" >"$work/null" 2>&1
expect "the writer" finds ok writer "^process $writer since 20" "$work/busy.db"
exec 3>&-
wait $writer
expect "a writer that has died" finds ok writer '^none' "$work/busy.db"

# --- other stores ------------------------------------------------------------

# An older copy in place of the store: its lock has a higher count of commits.
cp "$store" "$work/old.db"
cp "$store-lock" "$work/old.db-lock"
build/examples/many_streams "$model" "$store" >"$work/null" || exit 1
cp "$store-lock" "$work/old.db-lock"
expect "an older store" finds problem behind 'higher commit number' "$work/old.db"
ln "$store" "$work/second.db"
expect "a second name" finds problem links '2 names' "$store"
rm "$work/second.db"
# In its own mount namespace, where that is allowed.
if unshare -m true 2>"$work/null"; then
    : >"$work/mounted.db"
    expect "a file with its own mount" says '^PROBLEM *mount .*mount the folder' \
        unshare -m sh -c 'mount --bind "$1" "$2" && "$3" doctor "$2"; [ $? -eq 65 ]' - "$store" \
        "$work/mounted.db" "$leat"
fi
printf 'x' >"$work/text.db"
expect "no store" finds problem store 'database' "$work/text.db"
"$leat" store prune "$store" --keep 1 >"$work/null"
expect "nothing to fall back to" finds warning generations '64 streams have no older one' "$store"
expect "a missing file" exits 66 "No such file" "$leat" doctor "$work/none.db"

"$leat" run "$model" "$recording" --store "$work/unlocked.db" --stream s >"$work/null"
rm "$work/unlocked.db-lock"
expect "without a -lock it isn't known whether the store is older" \
    says '^warning *behind *not known' "$leat" doctor "$work/unlocked.db"

finish
