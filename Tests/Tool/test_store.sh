#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_store.sh: `leat store` on stores that the examples wrote, also while they write.
# usage: Tests/Tool/test_store.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common.sh

resume=build/examples/resume
store=$work/many.db
small=$work/small.db
build/examples/many_streams "$model" "$store" >"$work/null" || exit 1
"$resume" "$model" "$small" "$work/samples" >"$work/null" || exit 1
"$leat" store export "$small" pump-7 "$work/state" --cursor "$work/cursor" >"$work/null"

# usage: with STORE: a new copy of that store, in $copy.
with() {
    copy=$work/copy.db
    rm -f "$copy"*
    cp "$1" "$copy"
    [ ! -f "$1-wal" ] || cp "$1-wal" "$copy-wal"
}
ls_json() { "$leat" store ls --json "$@"; }
compile() {
    cc -IInclude -o "$work/$1" "$work/$1.c" build/libleat_store.a build/libleat.a -lsqlite3 \
        -lpthread
}
names() { ls_json "$1" | jq -r .name | tr '\n' ' '; }

# --- ls, show --------------------------------------------------------------

expect "ls: 64 rows after a header" sh -c "
    '$leat' store ls '$store' >'$work/table' && [ \$(wc -l <'$work/table') -eq 65 ]"
expect "ls: one of them" grep -q \
    '^machine-17  *1,000  *10  *3  *324 B  *0 B  *20..-..-.. ..:..:.. UTC  ' "$work/table"
expect "ls: as JSON" json '.position == 1000 and .generation == 10 and .generations_kept == 3
    and .state_bytes == 324 and .cursor_bytes == 0 and (now - .saved_at_ms / 1000 | fabs) < 600' \
    ls_json "$store"
expect "ls: the time is the clock's" sh -c "
    saved=\$('$leat' store ls --json '$store' | head -n 1 | jq .saved_at_ms)
    [ \"\$(date -u -d @\$((saved / 1000)) '+%F %T UTC')\" = \
      \"\$('$leat' store ls '$store' | sed -n '2s/.*  \(20.*UTC\).*/\1/p')\" ]"
expect "show: position and generation" says '^generation *10; 3 kept$' \
    "$leat" store show "$store" machine-17
expect "show: the model's fingerprint" sh -c "
    [ \"\$('$leat' store show --json '$store' machine-17 | jq -r .fingerprint)\" = \
      \"\$('$leat' info --json '$model' | jq -r .fingerprint)\" ]"
printf '\1\2\0\0\0\0\0\0' >"$work/eight"
"$leat" store import "$work/eight.db" a "$work/state" --cursor "$work/eight" >"$work/null"
expect "show: a cursor of eight bytes as a number" says "as a little-endian integer 513$" \
    "$leat" store show "$work/eight.db" a
expect "show: the cursor as bytes" json \
    ".cursor == \"$(od -An -v -t x1 "$work/cursor" | tr -d ' \n')\" and .is_fallback == false" \
    "$leat" store show --json "$small" pump-7
printf 'offset=12 file=a.csv' >"$work/text"
with "$small"
"$leat" store import "$copy" words "$work/state" --cursor "$work/text" >"$work/null"
expect "show: a cursor of text" says '^cursor  *as text offset=12 file=a.csv$' \
    "$leat" store show "$copy" words
# --- groups --------------------------------------------------------------------

# Two units of a model with 3 inputs.
printf '%s\n' unit,a,b,c x,1,2,3 y,4,5,6 x,7,8,9 >"$work/units.csv"
fleet=$work/fleet.db
"$leat" run Tests/Vectors/size-3-33/model.safetensors "$work/units.csv" --by unit --store "$fleet" \
    --stream line --output "$work/units.out" --quiet
expect "ls: a group has members" says '^line  *3  *[0-9]  *[0-9]  *3 members  ' \
    "$leat" store ls "$fleet"
expect "ls: as JSON" json 'select(.name == "line") | .members == 3' ls_json "$fleet"
expect "show: a group's members" says '^member *line/x, 2 samples taken in$' \
    "$leat" store show "$fleet" line
expect "show: as JSON" json '.members == [{"name": "line/", "position": 0, "generation": 1},
    {"name": "line/x", "position": 2, "generation": 1},
    {"name": "line/y", "position": 1, "generation": 1}] and .is_fallback == false' \
    "$leat" store show --json "$fleet" line
expect "a member stays with its group" exits 64 "is a member of the group 'line'" \
    "$leat" store rm "$fleet" line/x
expect "and a group keeps its name" exits 65 "is a group" \
    "$leat" store rename "$fleet" line other
expect "a damaged group says so" sh -c "
    sqlite3 '$fleet' \"UPDATE leat_checkpoint SET state = x'00' WHERE id / 64 =
        (SELECT id FROM leat_stream WHERE name = 'line') AND generation =
        (SELECT generation FROM leat_stream WHERE name = 'line')\"
    '$leat' store show '$fleet' line | grep -q '^FALLBACK '"
expect "show: an unknown stream" exits 66 "no stream 'none'" "$leat" store show "$store" none

# Names are data: control characters in them must not reach the terminal.
evil=$(printf 'a\033[31mb')
with "$small"
"$leat" store rename "$copy" pump-7 "$evil" || exit 1
expect "ls: a name that would control the terminal doesn't" sh -c "
    '$leat' store ls '$copy' | tee '$work/said' | grep -q 'a.*\[31mb' &&
    ! grep -q \"\$(printf '\033')\" '$work/said'"
expect "ls: it is complete in JSON" json '.name == "a\u001b[31mb"' ls_json "$copy"

# --- export, import --------------------------------------------------------

expect "export: a state" json '.kind == "state"' "$leat" info --json "$work/state"
expect "export: at the store's position" sh -c "
    [ \$('$leat' info --json '$work/state' | jq .position) = \
      \$('$leat' store show --json '$small' pump-7 | jq .position) ]"
expect "export: an existing file is unchanged" exits 73 "exists already; --force" \
    "$leat" store export "$small" pump-7 "$work/state"
with "$small"
expect "import: a new stream" "$leat" store import "$copy" copy "$work/state" \
    --cursor "$work/cursor"
"$leat" store export "$copy" copy "$work/state.2" --cursor "$work/cursor.2" >"$work/null"
expect "import: the same state" cmp "$work/state" "$work/state.2"
expect "import: the same cursor" cmp "$work/cursor" "$work/cursor.2"
expect "import: into a new store" "$leat" store import "$work/new.db" copy "$work/state"
expect "import: the stream is there" gives "copy " names "$work/new.db"

# The position goes back only on request.
head -n 100 "$work/samples" >"$work/few"
"$resume" "$model" "$work/few.db" "$work/few" >"$work/null"
"$leat" store export "$work/few.db" pump-7 "$work/state.few" >"$work/null"
expect "import: not to a lower position" exits 65 "position" \
    "$leat" store import "$copy" pump-7 "$work/state.few"
expect "import: --rewind" "$leat" store import "$copy" pump-7 "$work/state.few" --rewind
expect "import: the stream is there" \
    json '.position == 100' "$leat" store show --json "$copy" pump-7
expect "import: not of another model" exits 65 "model" \
    "$leat" store import "$copy" pump-7 Tests/Golden/version-2/state.bin --rewind
expect "import: --replace" "$leat" store import "$copy" pump-7 Tests/Golden/version-2/state.bin \
    --rewind --replace
expect "import: a file that is no state" exits 65 "" "$leat" store import "$copy" pump-7 "$model"
expect "import: a missing file" exits 66 "No such file" "$leat" store import "$copy" x "$work/none"

# A stream whose writer keeps ten checkpoints keeps ten.
cat >"$work/ten.c" <<'C'
#include <leat_store.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    leat_error error;
    leat_store_options options = { 0 };
    leat_store *store;
    unsigned char state[4096];
    size_t size = fread(state, 1, sizeof state, fopen(argv[2], "rb"));

    options.generations = 10;
    if (argc < 3 || leat_store_open(argv[1], &options, &store, &error) != 0)
        return 1;
    for (int i = 0; i < 12; i++)
        if (leat_store_import(store, "ten", state, size, NULL, 0, 0, &error))
            return 1;
    return leat_store_close(store, &error);
}
C
compile ten || exit 1
"$work/ten" "$work/ten.db" "$work/state" || exit 1
expect "import: as many checkpoints stay as the writer keeps" sh -c "
    '$leat' store import '$work/ten.db' ten '$work/state' >'$work/null' &&
    '$leat' store ls --json '$work/ten.db' |
    jq -e '.generations_kept == 10 and .generation == 13'"

# --- prune -----------------------------------------------------------------

with "$store"
expect "prune: no condition" exits 64 "Nothing to prune by" "$leat" store prune "$copy"
expect "prune: --keep 0" exits 64 "at least 1" "$leat" store prune "$copy" --keep 0
expect "prune: an invalid time span" exits 64 "older-than" "$leat" store prune "$copy" \
    --older-than soon
expect "prune: --dry-run counts" says '^128 checkpoints would be deleted$' \
    "$leat" store prune "$copy" --keep 1 --dry-run
expect "prune: nothing is deleted" json '.checkpoints == 192' "$leat" info --json "$copy"
expect "prune: --keep 1" says '^128 checkpoints deleted$' "$leat" store prune "$copy" --keep 1
expect "prune: one of each stream is left" \
    json '.checkpoints == 64 and .streams == 64' "$leat" info --json "$copy"
expect "prune: nothing is a day old" says '^0 checkpoints deleted$' \
    "$leat" store prune "$copy" --older-than 1d --streams
sleep 1
expect "prune: old streams" says '^64 checkpoints deleted$' \
    "$leat" store prune "$copy" --older-than 1s --streams
expect "prune: they are deleted" json '.streams == 0' "$leat" info --json "$copy"

# --- rm, rename ------------------------------------------------------------

with "$store"
expect "rm: two" "$leat" store rm "$copy" machine-03 machine-05
expect "rm: they are deleted" sh -c "
    '$leat' store ls '$copy' | grep -c machine >'$work/n'; [ \"\$(cat '$work/n')\" = 62 ]"
expect "rm: all or none" exits 66 "no stream 'machine-05'" \
    "$leat" store rm "$copy" machine-04 machine-05
expect "rm: none is deleted" "$leat" store show "$copy" machine-04
expect "rm: no pattern" exits 66 "no stream" "$leat" store rm "$copy" 'machine-*'
expect "rename" "$leat" store rename "$copy" machine-04 four
expect "rename: the stream has the new name" "$leat" store show "$copy" four
expect "rename: to an existing name" exits 73 "machine-06" \
    "$leat" store rename "$copy" four machine-06
expect "rename: an unknown stream" exits 66 "no stream" "$leat" store rename "$copy" five six

# --- verify, backup --------------------------------------------------------

expect "verify: an intact store" says '^whole: 192 checkpoints$' "$leat" store verify "$store"
expect "verify: as JSON" json '.is_whole and .findings == [] and .checkpoints == 192' \
    "$leat" store verify --json "$store"
with "$small"
# One bit of the newest state's h.
size=$(wc -c <"$copy")
at=$(grep -abo LeatStat "$copy" | tail -n 1 | cut -d: -f1)
printf '\377' | dd of="$copy" bs=1 seek=$((at + 80)) conv=notrunc 2>"$work/null"
"$leat" store verify "$copy" >"$work/findings" 2>"$work/err"
code=$?
expect "verify: damage is found" grep -q "pump-7" "$work/findings"
expect "verify: the exit status reports it" [ $code -eq 65 ]
"$leat" store verify --json "$copy" >"$work/findings.json"
expect "verify: JSON has it, too" jq -e '.is_whole == false and (.findings | length) >= 1' \
    "$work/findings.json"
expect "verify: a file that is no store" exits 65 "not\|database" "$leat" store verify "$model"
expect "backup" says 'backup.db: .*, whole and durable$' \
    "$leat" store backup "$store" "$work/backup.db"
expect "backup: no file beside the copy" sh -c "! ls '$work'/backup.db?*"
expect "backup: the same streams" sh -c "
    '$leat' store ls --json '$store' >'$work/a' && '$leat' store ls --json '$work/backup.db' \
        >'$work/b' && cmp '$work/a' '$work/b'"
expect "backup: not over a file" exits 73 "backup.db" \
    "$leat" store backup "$store" "$work/backup.db"

# --- while a writer has the store ----------------------------------------------

mkfifo "$work/samples.fifo"
"$leat" run "$model" "$work/samples.fifo" --every 100 --store "$work/busy.db" \
    --stream pump-7 >"$work/null" 2>&1 &
writer=$!
exec 3>"$work/samples.fifo"
tr " " , <"$work/samples" >&3
writer_is_at() { [ "$(ls_json "$work/busy.db" | jq .position)" -ge "$1" ]; }
eventually writer_is_at 500 2>"$work/null"
expect "beside a writer: ls" json '.position >= 500' ls_json "$work/busy.db"
expect "beside a writer: show" "$leat" store show "$work/busy.db" pump-7
expect "beside a writer: verify" "$leat" store verify "$work/busy.db"
expect "beside a writer: export" "$leat" store export "$work/busy.db" pump-7 "$work/busy.state"
expect "beside a writer: backup" "$leat" store backup "$work/busy.db" "$work/busy.backup"
for change in "rm BUSY pump-7" "rename BUSY pump-7 x" "prune BUSY --keep 1" \
    "prune BUSY --keep 1 --dry-run" "import BUSY pump-7 $work/state"; do
    set -- $(echo "$change" | sed "s|BUSY|$work/busy.db|")
    expect "beside a writer: no $1" exits 75 "held by process $writer since" "$leat" store "$@"
done
exec 3>&-
wait $writer
expect "the writer had no error" [ $? -eq 0 ]

# --- refusals --------------------------------------------------------------

for command in "ls" "verify" "show STORE x" "rm STORE x" "rename STORE x y" "prune STORE --keep 1" \
    "backup STORE $work/x" "export STORE x $work/x"; do
    case $command in
    *STORE*) set -- $(echo "$command" | sed "s|STORE|$work/none.db|") ;;
    *) set -- $command "$work/none.db" ;;
    esac
    expect "$1: no store" exits 66 "none.db" "$leat" store "$@"
done
expect "no file is created" sh -c "! ls '$work'/none.db* '$work/x'"

# Many streams: a column may become wider, no row is lost.
cat >"$work/crowd.c" <<'C'
#include <leat_store.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    leat_error error;
    leat_store *store;
    unsigned char state[4096];
    char name[64];
    size_t size = fread(state, 1, sizeof state, fopen(argv[2], "rb"));

    if (argc < 3 || leat_store_open(argv[1], NULL, &store, &error) != 0 ||
        leat_store_begin(store, &error) != 0)
        return 1;
    for (int i = 0; i < 2500; i++) {
        snprintf(name, sizeof name, "%d-%.*s", 10000 + i, i / 100, "------"
                 "-------------------------");
        if (leat_store_import(store, name, state, size, NULL, 0, 0, &error))
            return 1;
    }
    return leat_store_commit(store, &error) || leat_store_close(store, &error);
}
C
compile crowd || exit 1
"$work/crowd" "$work/crowd.db" "$work/state" || exit 1
"$leat" store ls "$work/crowd.db" >"$work/table"
expect "ls: 2,500 rows, each once, after one header" awk '
    NR == 1 { if ($1 != "stream") bad = 1; next }
    substr($1, 1, 5) != 10000 + NR - 2 { print; bad = 1 } END { exit bad || NR != 2501 }' \
    "$work/table"

# --- its own inputs ------------------------------------------------------------

expect "import: a lost cursor is reported" sh -c "
    '$leat' store export '$work/backup.db' \"\$1\" '$work/own.state' --cursor '$work/own.cursor' &&
    printf cursor | tee '$work/some.cursor' >'$work/null' &&
    '$leat' store import '$work/own.db' a '$work/own.state' --cursor '$work/some.cursor' &&
    '$leat' store import '$work/own.db' a '$work/own.state' 2>&1 | grep 'a cursor of 6 bytes'" \
    sh "$("$leat" store ls --json "$work/backup.db" | sed -n '1s/.*"name":"\([^"]*\)".*/\1/p')"
cp "$work/own.db" "$work/own.before"
for file in own.db own.db-lock; do
    expect "export: not over the store's $file" exits 64 "another file" \
        "$leat" store export "$work/own.db" a "$work/$file" --force
done
expect "export: not state and cursor in one file" exits 64 "another file" \
    "$leat" store export "$work/own.db" a "$work/both" --cursor "$work/both"
expect "export: nothing was written" sh -c "
    cmp '$work/own.db' '$work/own.before' && ! ls '$work/both'"
expect "import: without a name no store is made" exits 64 "1 to 255" \
    "$leat" store import "$work/none.db" "" "$work/own.state"
expect "import: there is none" sh -c "! ls '$work/none.db'"

finish
