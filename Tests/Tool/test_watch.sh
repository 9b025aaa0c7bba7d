#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_watch.sh: `leat watch` in a real terminal, tmux's, while a writer has the store: what it
# shows, what keys do, and that it restores the terminal.
# usage: Tests/Tool/test_watch.sh, after make all
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common.sh

top=$PWD
store=$work/state.db
writer=
# tmux's sockets are there, one for each session: a server takes its time to end.
TMUX_TMPDIR=$work
export TMUX_TMPDIR
unset TMUX
session=0
tmux() { command tmux -L "$session" -f /dev/null "$@"; }
trap 'tmux kill-server 2>/dev/null; [ -z "$writer" ] || kill $writer 2>/dev/null; rm -rf "$work"' EXIT

cc -std=c99 -Wall -Wextra -Werror -IInclude -o "$work/writer" Tests/Tool/store_writer.c \
    build/libleat_store.a build/libleat.a -lsqlite3 -lpthread || exit 1
start_writer() {
    "$work/writer" "$model" "$store" 100 &
    writer=$!
}
start_writer
has_streams() { [ "$("$leat" info --json "$store" 2>/dev/null | jq .streams)" = 100 ]; }
eventually has_streams || exit 1

# --- without a terminal ------------------------------------------------------

expect "--once: a row for each stream" sh -c "
    [ \$('$leat' watch --once '$store' | grep -c '^pump-') -eq 100 ]"
expect "--once: and the totals" says "^100 streams, .*process $writer since" \
    "$leat" watch --once "$store"
expect "without a terminal: the same, once" sh -c "'$leat' watch '$store' | grep -q '^100 streams'"
expect "no colours" sh -c "! '$leat' watch '$store' | grep -q '\$(printf '\\033')'"
expect "--json --once" json '(.streams | length) == 100 and .store.streams == 100 and
    .streams[0].name == "pump-000" and .streams[0].rate == null' "$leat" watch --json --once "$store"
timeout 60 "$leat" watch --json --interval 1 "$store" | head -n 4 >"$work/looks"
expect "--json: one line for each refresh, with rates" sh -c "
    [ \$(wc -l <'$work/looks') -eq 4 ] && tail -n 1 '$work/looks' | jq -e '
        .commits_per_second >= 0 and .commits_per_second < 11 and
        (.streams[49].rate / .streams[0].rate | . > 40 and . < 60)'"
# From each refresh to the next, unless no checkpoint was saved between them.
expect "--json: rates are positions over times" jq -s -e '
    [range(1; length) as $i | [.[$i - 1, $i].streams[99]] |
        select(.[0].saved_at_ms < .[1].saved_at_ms) |
        (.[1].position - .[0].position) / (.[1].saved_at_ms - .[0].saved_at_ms) * 1000 -
            .[1].rate | fabs < 0.01] | length > 0 and all' "$work/looks"

# --- in a terminal -----------------------------------------------------------

# usage: watch COLUMNS ROWS ARGUMENT ...: in a shell, which reports its exit status.
watch() {
    columns=$1 rows=$2
    shift 2
    tmux kill-server 2>/dev/null
    session=$((session + 1))
    rm -f "$work/before" "$work/after" "$work/status"
    cat >"$work/session" <<SESSION
trap : INT
stty -g >'$work/before'
'$top/$leat' watch $*
echo \$? >'$work/status'
stty -g >'$work/after'
echo "back in the shell"
exec sleep 1000
SESSION
    tmux new-session -d -x "$columns" -y "$rows" "env NO_COLOR=${NO_COLOR:-} TERM=screen-256color sh '$work/session'"
}
screen() { tmux capture-pane -p "$@"; }

# usage: shows WORDS [OPTION]: within ten seconds.
shows() {
    eventually is_on "$@" || { echo "no \"$1\" on"; screen; return 1; }
}
hides() {
    eventually is_off "$1" || { echo "still \"$1\" on"; screen; return 1; }
}
is_on() { screen ${2:-} | grep -q -e "$1"; }
is_off() { ! is_on "$1"; }
press() { tmux send-keys "$@"; }
first() { # the first stream there is
    shows "^$1 " && [ "$(screen | sed -n '5s/ .*//p')" = "$1" ]
}

watch 80 24 --interval 0.2 --stale 3 "$store"
expect "80 x 24: the streams" shows '^pump-000  *[0-9,]*  *[0-9.]* '
expect "the alternate screen" gives 1 tmux display-message -p '#{alternate_on}'
expect "the cursor is hidden" gives 0 tmux display-message -p '#{cursor_flag}'
expect "24 lines" sh -c "[ $(screen | wc -l) -eq 24 ]"
expect "the whole width is used, and not more" sh -c "
    [ '$(screen | awk '{ if (length($0) > n) n = length($0) } END { print n }')' = 80 ]"
expect "nothing is cut off at the edge" shows '^leat watch .* UTC$'
expect "nothing is cut off here" shows '  [0-9.]* s$'
expect "19 streams" gives 19 sh -c "echo \$(($(screen | grep -c '^pump-')))"
expect "the totals" shows '^100 streams   300 checkpoints   file .*commits/s$'
expect "the writer" shows "writer: process $writer since"
expect "the number of streams" shows 'by name   1 to 19 of 100'
expect "rates" shows '^pump-009  *[0-9,]*  *[5-9][0-9][.][0-9] '
# usage: is_beyond POSITION: pump-007 is.
position() { screen | awk '$1 == "pump-007" { gsub(",", "", $2); print $2 }'; }
is_beyond() { [ "$(position)" -gt "$1" ]; }
expect "it is live" eventually is_beyond "$(position)"

press Down
expect "down" shows '2 to 20 of 100'
press Up
press NPage
expect "a page down" shows '20 to 38 of 100'
press PPage
expect "a page up" shows ' 1 to 19 of 100'
press End
expect "the last page" shows '82 to 100 of 100'
press NPage
expect "no page after the last" shows '82 to 100 of 100'
press Home
expect "home" shows ' 1 to 19 of 100'
press r
expect "by rate: the fastest is first" first pump-099
press r
expect "by rate, reversed" first pump-000
press p
expect "by position" first pump-099
press n
expect "by name" first pump-000
press n
expect "by name, reversed" first pump-099
press n
press a
expect "by age" shows 'by age'
press n
press / 0 4
expect "a filter" shows '^/04_'
expect "only these are shown" shows '1 to 11 of 11'
press BSpace
expect "a shorter filter" shows '1 to 19 of 100'
press 9 q
expect "q is a part of the filter" shows 'no streams'
press Escape
expect "Escape clears it" shows '1 to 19 of 100'
press / 5 5 Enter
expect "Enter ends the input" shows '^q quit'
expect "the filter remains" shows 'filter "55"   1 to 1 of 1'
press Escape

tmux resize-window -x 130 -y 40
expect "larger: more streams" shows '1 to 35 of 100'
expect "the times of the saves" shows 'LAST SAVED$'
tmux resize-window -x 50 -y 12
expect "smaller: fewer streams" shows '1 to 7 of 100'
expect "position and age" shows 'POSITION .*AGE$'
tmux resize-window -x 80 -y 24
expect "and the first size again" shows '1 to 19 of 100'

# The store is deleted meanwhile, with its writer, and comes back.
kill $writer
wait $writer 2>/dev/null
expect "there is no writer" shows 'no writer'
expect "the ages grow" shows "$(printf '\033')\[33m[^p]*pump-000" -e
mkdir "$work/away"
mv "$store"* "$work/away"
expect "the store is deleted" shows '^Trying again: .*No such file'
mv "$work/away"/* "$work"
expect "the store is back" hides '^Trying again: .*No such file'
start_writer
expect "there is a writer" shows "writer: process $writer since"
press q
expect "q ends it" shows 'back in the shell'
expect "the exit status is 0" gives 0 cat "$work/status"
expect "the shell's screen" gives 0 tmux display-message -p '#{alternate_on}'
expect "the cursor is visible" gives 1 tmux display-message -p '#{cursor_flag}'
expect "the terminal's settings" cmp "$work/before" "$work/after"

for each in "C-c 130" "TERM 143" "HUP 129"; do
    set -- $each
    watch 80 24 --interval 60 "$store"
    expect "$1: is running" shows '^pump-000 '
    case $1 in
    C-c) press C-c ;;
    *) kill -s "$1" "$(tmux list-panes -F '#{pane_pid}' | xargs -I@ ps -o pid= --ppid @)" ;;
    esac
    expect "$1: it ends" shows 'back in the shell'
    expect "$1: with $2" gives "$2" cat "$work/status"
    expect "$1: the shell's screen" gives 0 tmux display-message -p '#{alternate_on}'
    expect "$1: the terminal's settings" cmp "$work/before" "$work/after"
done
NO_COLOR=1 watch 80 24 --stale 0.001 "$store"
expect "NO_COLOR: is running" shows '^pump-000 '
expect "NO_COLOR: no colours" sh -c "! echo '$(screen -e)' | grep -q \"\$(printf '\033')\""
watch 80 24 "$work/none"
expect "a store that is missing from the start" shows "none: No such file\|none'"
expect "it ends" shows 'back in the shell'
expect "the exit status is 66" gives 66 cat "$work/status"
expect "--interval 0" exits 64 "0.05 to 86400" "$leat" watch --interval 0 "$store"

# Times that no clock gives today.
kill $writer
wait $writer 2>/dev/null
writer=
Scripts/setup sqlite3=sqlite3 || exit 1
# usage: saved_at TIME: all checkpoints, as their rows say.
saved_at() { sqlite3 "$store" "UPDATE leat_checkpoint SET saved_at_ms = $1"; }
future=$((($(date +%s) + 365 * 86400) * 1000))
saved_at $future || exit 1
expect "the future: watch" says '^pump-000 .*  36[45] d [0-9]* h in the future  20' \
    "$leat" watch --once "$store"
expect "the future: ls" says '^pump-000 .* UTC  36[45] d [0-9]* h in the future$' \
    "$leat" store ls "$store"
expect "the future: JSON" json '.streams | all(.age_seconds < -31000000 and .is_stale)' \
    "$leat" watch --once --json "$store"
expect "the future: info" says '^newest save .* UTC, 36[45] d [0-9]* h in the future$' \
    "$leat" info "$store"
expect "the future: doctor" says 'clock .*36[45] d [0-9]* h in the future' "$leat" doctor "$store"
watch 100 24 --stale 1000000 "$store"
expect "the future: in yellow" shows "$(printf '\033')\[33m[^p]*pump-000 .*in the future" -e
press q
expect "the future: ends" shows 'back in the shell'
for time in -9223372036854775808 -9223372036854775000 9223372036854775807 0; do
    saved_at $time
    for command in "watch --once" "watch --once --json" "store ls" "store ls --json" info \
        "store show --json"; do
        set -- $command
        case $command in *show*) set -- "$@" "$store" pump-000 ;; *) set -- "$@" "$store" ;; esac
        # The row's checksum is wrong: a command that checks it refuses.
        expect "saved at $time: $command" sh -c '"$@" >"$0"; code=$?
            [ $code -eq 0 ] || [ $code -eq 65 ]' "$work/out" "$leat" "$@"
    done
    expect "saved at $time: doctor" sh -c "'$leat' doctor '$store' >'$work/out'; [ \$? -lt 66 ]"
done
saved_at -9223372036854775808
expect "the age of the earliest time" says '^pump-000 .* -292275055-05-16 16:47:04 UTC  106,.* d' \
    "$leat" store ls "$store"
watch 100 24 "$store"
expect "the age on the screen" shows '^pump-000 .*106,[0-9,]* d'
# From one end of time to the other between two refreshes.
saved_at 9223372036854775807
expect "the future again" shows '^pump-000 .*in the future'
press q
expect "it ends" shows 'back in the shell'
saved_at "(unixepoch() * 1000)"

# Control characters in a name have no effect.
evil=$(printf 'pump\033[2J\033]0;x\007')
"$leat" run "$model" "$recording" --store "$store" --stream "$evil" --quiet >"$work/null" ||
    exit 1
watch 80 24 "$store"
expect "a name that would clear the screen" shows '^pump.*\[2J.*]0;x'
expect "it doesn't" shows '^leat watch'
press q
expect "it ends" shows 'back in the shell'

finish
