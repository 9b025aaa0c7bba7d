#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_control_characters.sh: names of files, columns and streams can't control a terminal: what is
# printed of them, as text or as JSON, has no control characters.
# usage: Tests/Tool/test_control_characters.sh, after make all
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common.sh

Scripts/setup jq=jq sqlite3=sqlite3 script=bsdutils || exit 1
narrow=$PWD/Tests/Vectors/size-1-17/model.safetensors
leat=$PWD/$leat
cd "$work" || exit 1

# ESC, BEL, DEL, and CSI as one character of C1; the letters stay.
evil=$(printf 'p\033[2J\007\177\302\2331m\303\251')

# usage: tame COMMAND ...: its output has an é, and no control characters but line feeds and
# tabulators.
tame() {
    "$@" >out 2>err </dev/null
    cat out err >said
    cat -v said
    grep -q "$(printf '\303\251')" said && [ -z "$(tr -d '\n\t\040-\176\200-\377' <said)" ] &&
        ! grep -q "$(printf '\302[\200-\237]')" said
}

# usage: tame_json COMMAND ...: the same, and its output is JSON with the name.
tame_json() {
    tame "$@" && EVIL=$evil jq -e '[.. | strings | select(contains(env.EVIL))] | length > 0' out
}

printf 'v\n1\n2\n' >in.csv
cp "$narrow" "$evil" || exit 1
cp in.csv "$evil.csv"
printf '%s,%s\n1,2\n' "$evil" "$evil" >columns.csv
printf 'v,%s\n1,x\n2,x\n' "$evil" >names.csv
printf '%s\n1\n2\nx\n' "$evil" >bad.csv

expect "a model that isn't there" tame "$leat" info "$evil.none"
expect "an excess argument" tame "$leat" info a "$evil"
expect "an option's value" tame "$leat" run --every "$evil" "$evil"
expect "a subcommand" tame "$leat" "$evil"
expect "run: an input that isn't there" tame "$leat" run "$narrow" "$evil.none"
expect "run: columns" tame "$leat" run "$narrow" columns.csv
expect "run: a column that isn't there" tame "$leat" run "$narrow" names.csv --columns "$evil.x"
expect "run: a malformed value" tame "$leat" run "$narrow" bad.csv
expect "run: --draw" tame "$leat" run "$narrow" bad.csv --draw mood --plot x.svg
expect "run: --output in a folder that isn't there" \
    tame "$leat" run "$narrow" in.csv --output "$evil.none/x"
expect "run: its own input" tame "$leat" run "$narrow" "$evil.csv" --output "$evil.csv" --force
expect "quantize: an existing file" tame "$leat" quantize "$narrow" "$evil"
expect "convert: a file that is no model" tame "$leat" convert "$evil.csv" x --from onnx
expect "embed: a name" tame "$leat" embed "$narrow" --name "$evil"
expect "verify" tame "$leat" verify "$evil" --against "$evil.none"
expect "doctor" tame "$leat" doctor "$evil.none"
expect "store ls: no store" tame "$leat" store ls "$evil"

"$leat" run "$evil" "$evil.csv" --store state.db --stream "$evil" --output rows.csv || exit 1
expect "store ls" tame "$leat" store ls state.db
expect "store ls --json" tame_json "$leat" store ls --json state.db
expect "store show" tame "$leat" store show state.db "$evil"
expect "store show --json" tame_json "$leat" store show --json state.db "$evil"
expect "store show: no stream" tame "$leat" store show state.db "$evil.x"
expect "watch" tame "$leat" watch --once state.db
expect "watch --json" tame_json "$leat" watch --once --json state.db
cp state.db "$evil.db"
expect "doctor of a store" sh -c "exec '$leat' doctor \"\$1\" >/dev/null" sh "$evil.db"
printf 'process %d since \033[2J\302\2331m\n' $$ >"$evil.db-lock"
expect "watch: the writer's own name" sh -c "
    '$leat' watch --once '$evil.db' >out; grep -q 'process $$ since' out &&
    [ -z \"\$(tr -d '\n\040-\176\200-\377' <out)\" ] && ! grep -q \"\$(printf '\302\233')\" out"
expect "run: a store of another model" \
    tame "$leat" run "$PWD/../$(basename "$PWD")/$evil" "$evil.csv" --store "$evil.none/x" --stream "$evil"

# SQLite's messages about a damaged store's tables have their names.
sqlite3 state.db "CREATE TABLE \"t$evil\"(a NOT NULL);
    PRAGMA writable_schema = 1;
    UPDATE sqlite_schema SET sql = 'CREATE TABLE \"t$evil\"(a NOT NULL, b NOT NULL)'
        WHERE name = 't$evil';
    INSERT INTO \"t$evil\" VALUES (1)" || exit 1
expect "store verify" tame "$leat" store verify state.db
expect "store verify --json" sh -c "'$leat' store verify --json state.db >out
    jq -e '.findings | length > 0' out && ! grep -q \"\$(printf '[\033\177]\|\302[\200-\237]')\" out"

# Rows themselves on a terminal; elsewhere they are unchanged.
expect "rows in a file are unchanged" sh -c "
    '$leat' run '$narrow' names.csv --columns v --keep \"\$1\" --output out.csv &&
    [ \"\$(head -n 1 out.csv | cut -d , -f 1)\" = \"\$1\" ]" sh "$evil"
sed "2,3s/x/$evil/" names.csv >rows.csv
cat >command <<COMMAND
'$leat' run '$narrow' rows.csv --columns v --keep "\$(head -n 1 rows.csv | cut -d , -f 2)"
COMMAND
expect "on a terminal they have no control characters" sh -c "
    script -q -e -c 'sh command' typescript >/dev/null </dev/null &&
    [ \$(grep -c \"\$(printf '\303\251'),\" typescript) -eq 3 ] &&
    ! grep -q \"\$(printf '[\033\007\177]\|\302[\200-\237]')\" typescript"

finish
