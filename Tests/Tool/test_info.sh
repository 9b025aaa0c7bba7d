#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_info.sh: `leat info` says of models, states and stores what is so.
# usage: Tests/Tool/test_info.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common.sh

vectors=Tests/Vectors

# --- models ----------------------------------------------------------------

# What case.txt says, for every vector.
for folder in "$vectors"/*/; do
    case=$(basename "$folder")
    filter=$(awk '
        $1 == "inputs" { printf ".input_size == %s and ", $2 }
        $1 == "outputs" { printf ".output_size == %s and ", $2 }
        $1 == "lstm_layers" { printf "(.lstm_layers | length) == %s and ", $2 }
        $1 == "layer" { printf ".lstm_layers[%s] == {input_size: %s, hidden_size: %s, " \
                "output_size: %s} and ", $2, $3, $4, $5 }' "$folder/case.txt")
    expect "$case: as case.txt has it" json "$filter .kind == \"model\"" \
        "$leat" info --json "$folder/model.safetensors"
done

info() { "$leat" info "$vectors/$1/model.safetensors"; }
info_json() { "$leat" info --json "$vectors/$1/model.safetensors"; }
expect "linear layers by name, shape, activation, in their order" json '.linear_layers == [
    {name: "fc1", in_features: 17, out_features: 33, activation: "relu"},
    {name: "fc2", in_features: 33, out_features: 9, activation: "tanh"},
    {name: "fc3", in_features: 9, out_features: 7, activation: "softmax"}]' info_json head-three
expect "and in a line each" says '^linear  *fc3  9 -> 7, softmax$' info head-three
expect "a linear layer that metadata doesn't tell of" \
    json '.linear_layers[0].out_features == 1 and (.linear_layers | length) == 1' info_json head-one
expect "a model without one" json '.linear_layers == []' info_json layers-2
expect "metadata as it stands" json \
    '.metadata."leat.layers" == "lstm fc1:relu fc2:tanh fc3:softmax"' info_json head-three
expect "and in a line" says '^metadata  *leat.layers = lstm fc1:relu' info head-three
expect "a normalizer" json .has_normalizer info_json normaliser
expect "its figures" says '^normalizer  *mean [-0-9.]* .*, standard deviation [0-9]' info normaliser
expect "no normalizer" says '^normalizer  *none$' info head
expect "weights in F32" json '.weight_types == ["F32"]' info_json head
expect "weights in BF16" json '.weight_types == ["BF16"]' info_json bf16
expect "weights in I8 and their neighbours" json '.weight_types == ["I8"]' info_json int8
expect "a projection" says '^LSTM layer 0  *3 -> 17, projected to 5$' info projection-17-5
expect "the kernel" json '.kernel | test("x86|neon|fma|portable")' info_json head
expect "what it needs" json '.macs_per_step == 4 * 2 * (3 + 2) and
    .parameters == 4 * 2 * (3 + 2 + 2) and .state_size == 56 + 8 + 4 * 4 + 4' \
    info_json documentation-3-2
expect "a header that only the library reads is said to be one" \
    says '^linear .*written unusually' "$leat" info Tests/Accepted/models/entry-arrays.safetensors

# --- states ----------------------------------------------------------------

"$leat" info --json Tests/Golden/version-2/state.bin >"$work/state.json"
expect "a state" json '.kind == "state" and .version == 1 and .position == 30 and
    .lstm_layers == 1 and (.fingerprint | length) == 64' cat "$work/state.json"
expect "its lines" says '^position  *30 samples' "$leat" info Tests/Golden/version-2/state.bin
{ head -c 100 Tests/Golden/version-2/state.bin; echo; } >"$work/cut"
expect "a state cut short" exits 65 state "$leat" info "$work/cut"

# --- stores ----------------------------------------------------------------

cp Tests/Golden/version-2/closed.db "$work/store.db"
expect "a store" json '.kind == "store" and .version == 2 and .streams > 0 and
    .checkpoints >= .streams and .is_behind == false and .oldest_ms <= .newest_ms' \
    "$leat" info --json "$work/store.db"
expect "its lines" says '^newest save  *20[0-9][0-9]-[01][0-9]-[0-3][0-9] [0-9:]* UTC$' \
    "$leat" info "$work/store.db"

# --- refusals --------------------------------------------------------------

mkdir "$work/folder"
: >"$work/empty"
expect "what isn't there" exits 66 "No such file" "$leat" info "$work/none"
expect "a folder" refused "directory" "$leat" info "$work/folder"
expect "an empty file" exits 65 "" "$leat" info "$work/empty"
expect "a refused model, in the library's words" exits 65 "weight_hh_l0.*missing" \
    "$leat" info Tests/Refused/models/missing-weight_hh.safetensors
expect "nothing to look at" exits 64 "Usage" "$leat" info
expect "a full disk" exits 74 "standard output" sh -c "'$leat' info '$model' >/dev/full"

finish
