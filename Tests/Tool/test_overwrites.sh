#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_overwrites.sh: no command overwrites its input, or writes two outputs to one file, however
# their names are spelt.
# usage: Tests/Tool/test_overwrites.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common.sh

top=$PWD
narrow=$top/Tests/Vectors/size-1-17/model.safetensors
leat=$top/$leat
onnx=$top/Tests/Convert/onnx/hidden-script-17.onnx
cd "$work" || exit 1
mkdir inner
printf 'v\n1\n2\n3\n' >in.csv
ln -s new.svg dangling

# --- run: neither output exists ------------------------------------------------

for spelling in new.svg ./new.svg inner/../new.svg "$work/new.svg" dangling "$work/inner/../dangling"; do
    expect "--output and --plot: $spelling" exits 64 "another file" \
        "$leat" run "$narrow" in.csv --output "$spelling" --plot new.svg
    expect "--plot and --save-state: $spelling" exits 64 "another file" \
        "$leat" run "$narrow" in.csv --output rows --plot new.svg --save-state "$spelling"
    expect "--output and --save-state: $spelling" exits 64 "another file" \
        "$leat" run "$narrow" in.csv --output new.svg --save-state "$spelling"
done
expect "no file was made" sh -c '! ls new.svg rows 2>/dev/null'

# --- run: its own inputs ------------------------------------------------------

cp "$narrow" model && cp in.csv kept.csv && ln in.csv hard.csv && ln -s in.csv soft.csv
"$leat" run model in.csv --output rows --save-state state || exit 1
cp state kept.state
for name in in.csv ./in.csv hard.csv soft.csv model inner/../model; do
    for option in --output --save-state; do
        expect "$option $name" exits 64 "another file" \
            "$leat" run model in.csv --force "$option" "$name"
    done
done
expect "--plot over the input" exits 64 "another file" sh -c "
    ln in.csv in.svg; '$leat' run model in.csv --force --plot in.svg"
expect "--output over --state" exits 64 "another file" \
    "$leat" run model in.csv --force --state state --output ./state
expect "--save-state over --state" \
    "$leat" run model in.csv --force --state state --output rows --save-state ./state
cp kept.state state
expect "--output over standard input" sh -c "
    '$leat' run model --force --output ./in.csv <in.csv; [ \$? -eq 64 ]"
expect "standard output at the end of the input" sh -c "
    timeout 10 '$leat' run model in.csv >>in.csv; [ \$? -eq 64 ]"
expect "a picture over standard output" sh -c "
    '$leat' run model in.csv --force --plot out.svg >out.svg; [ \$? -eq 64 ]"
expect "all files are unchanged" sh -c "cmp in.csv kept.csv && cmp model '$narrow'"
expect "devices may be used twice" sh -c "
    '$leat' run model /dev/null --output /dev/null; [ \$? -ne 64 ]"
expect "--output over a store that doesn't exist yet" exits 64 "another file" \
    "$leat" run model in.csv --store inner/../state.db --stream s --output state.db-wal
ln -s real.db link.db
expect "--output over a name beside the target of a link" exits 64 "another file" \
    "$leat" run model in.csv --store link.db --stream s --output ./real.db-wal --every 1
rm -f real.db* state.db*

# --- other commands -----------------------------------------------------------

"$leat" run model in.csv --store state.db --stream s --output kept.rows || exit 1
for name in state.db ./state.db "$work/state.db-wal" state.db-lock inner/../state.db-lock.new; do
    expect "store export: $name" exits 64 "another file" \
        "$leat" store export state.db s "$name" --force
    expect "store export --cursor: $name" exits 64 "another file" \
        "$leat" store export state.db s exported --cursor "$name" --force
    expect "store backup: $name" exits 64 "another file" "$leat" store backup state.db "$name"
done
expect "store export: state and cursor" exits 64 "another file" \
    "$leat" store export state.db s both --cursor inner/../both
expect "neither was made" sh -c '! ls both 2>/dev/null'
expect "the store is intact" "$leat" store verify state.db
cp "$onnx" in.onnx && ln in.onnx hard.onnx || exit 1
for name in in.onnx ./in.onnx hard.onnx; do
    expect "convert: $name" exits 64 "another file" "$leat" convert in.onnx "$name" --force
    expect "convert --check: $name" exits 64 "another file" \
        "$leat" convert "$onnx" "$name" --force --check in.onnx
done
expect "the file is unchanged" cmp in.onnx "$onnx"
for name in model ./model inner/../model; do
    expect "embed: $name" exits 64 "another file" "$leat" embed model --output "$name" --force
done
expect "the model is too" cmp model "$narrow"
expect "--force replaces only regular files" sh -c "
    mkfifo pipe; '$leat' quantize model pipe --force; [ \$? -eq 73 ] && [ -p pipe ]"

finish
