#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_info.sh: `leat info` describes models, states and stores correctly.
# usage: Tests/Tool/test_info.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common.sh

vectors=Tests/Vectors

# --- models ----------------------------------------------------------------

# As in case.txt, for every vector.
for folder in "$vectors"/*/; do
    case=$(basename "$folder")
    filter=$(awk '
        $1 == "inputs" { printf ".input_size == %s and ", $2 }
        $1 == "outputs" { printf ".output_size == %s and ", $2 }
        function layer(place, kind, input, hidden, output) {
            printf "([.layers[] | select(.recurrent == %s) | .kind, .input_size, .hidden_size, " \
                ".output_size, .activation] == [\"%s\", %s, %s, %s, \"none\"]) and ", place, kind, \
                input, hidden, output
        }
        $1 ~ /^(lstm|rnn|gru)_layers$/ { recurrent += $2 }
        $1 == "layer" { layer($2, "nn.LSTM", $3, $4, $5) }
        $1 == "rnn" { layer($2, "nn.RNN", $3, $4, $4) }
        $1 == "gru" { layer($2, "nn.GRU", $3, $4, $4) }
        END { printf "([.layers[].recurrent | values] | length) == %s and ", recurrent }
        ' "$folder/case.txt")
    expect "$case: as case.txt has it" json "$filter .kind == \"model\"" \
        "$leat" info --json "$folder/model.safetensors"
done

info() { "$leat" info "$vectors/$1/model.safetensors"; }
info_json() { "$leat" info --json "$vectors/$1/model.safetensors"; }
expect "layers in their order" json '.layers == [
    {name: "lstm", kind: "nn.LSTM", input_size: 3, hidden_size: 17, output_size: 17, recurrent: 0,
     activation: "none", weights: "F32"},
    {name: "fc1", kind: "nn.Linear", input_size: 17, output_size: 33, activation: "relu",
     weights: "F32"},
    {name: "fc2", kind: "nn.Linear", input_size: 33, output_size: 9, activation: "tanh",
     weights: "F32"},
    {name: "fc3", kind: "nn.Linear", input_size: 9, output_size: 7, activation: "softmax",
     weights: "F32"}]' info_json head-three
expect "the same as lines" says '^layer 3  *fc3   nn.Linear  9 -> 7    softmax  F32$' \
    info head-three
expect "a linear layer without metadata" json '[.layers[] | .kind, .output_size] ==
    ["nn.LSTM", 65, "nn.Linear", 1]' info_json head-one
expect "two layers of one module" json '[.layers[].name] == ["lstm", "lstm"]' info_json layers-2
expect "layers of several modules, in the order of metadata" json \
    '[.layers[].name] == ["encoder", "bridge", "bridge", "a_decoder"]' info_json stacked
expect "a module without a name" json '[.layers[].name] == ["."]' info_json documentation-3-2
expect "the same as a line" says '^layer 0  *nn.LSTM  3 -> 2  F32$' info documentation-3-2
format2_model "$work/format2.safetensors" || exit 1
info2() { "$leat" info "$@" "$work/format2.safetensors"; }
expect "a linear layer first, activations anywhere" json '[.layers[] |
    [.name, .kind, .input_size, .output_size, .activation, .recurrent]] == [
    ["first", "nn.Linear", 3, 4, "relu", null], ["lstm", "nn.LSTM", 4, 5, "none", 0],
    ["lstm", "nn.LSTM", 5, 5, "none", 1], [null, "activation", 5, 5, "tanh", null],
    [null, "activation", 5, 5, "softmax", null], ["last", "nn.Linear", 5, 2, "none", null]]' \
    info2 --json
expect "the same as lines of text" says '^layer 3  *activation  5 -> 5  tanh$' info2
expect "metadata unchanged" json \
    '.metadata."leat.layers" == "lstm fc1:relu fc2:tanh fc3:softmax"' info_json head-three
expect "the same as a line" says '^metadata  *leat.layers = lstm fc1:relu' info head-three
expect "a normalizer" json .has_normalizer info_json normaliser
expect "its values" says '^normalizer  *mean [-0-9.]* .*, standard deviation [0-9]' info normaliser
expect "no normalizer" says '^normalizer  *none$' info head
expect "weights in F32" json '.weight_types == ["F32"]' info_json head
expect "weights in BF16" json '.weight_types == ["BF16"]' info_json bf16
expect "weights in I8 and their neighbours" json '.weight_types == ["I8"]' info_json int8
expect "a projection in another type than its layer" json '.layers[0] |
    .weights == "F16" and .projection_weights == "I8"' info_json int8-projection-only
expect "the same as a line" says ', projected to 6  F16, projection I8$' info int8-projection-only
expect "a projection" says '^layer 0  *lstm  nn.LSTM  3 -> 17, projected to 5  F32$' info projection-17-5
expect "what a sum adds" says '^layer 7  *+input  *sum ' info normaliser-sum
expect "the same as JSON" json '[.layers[] | select(.kind == "sum") | .name] | index("+input") != null' \
    info_json normaliser-sum
expect "the kernel" json '.kernel | test("x86|neon|fma|portable")' info_json head
expect "the memory it needs" json '.macs_per_step == 4 * 2 * (3 + 2) and
    .parameters == 4 * 2 * (3 + 2 + 2) and .state_size == 56 + 8 + 4 * 4 + 4' \
    info_json documentation-3-2
expect "a header that only the library can read is reported" \
    says '^metadata .*written unusually' "$leat" info Tests/Accepted/models/entry-arrays.safetensors

# --- states ----------------------------------------------------------------

"$leat" info --json Tests/Golden/version-2/state.bin >"$work/state.json"
expect "a state" json '.kind == "state" and .version == 1 and .position == 30 and
    .recurrent_layers == 1 and (.fingerprint | length) == 64' cat "$work/state.json"
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
expect "a missing file" exits 66 "No such file" "$leat" info "$work/none"
expect "a folder" refused "directory" "$leat" info "$work/folder"
expect "an empty file" exits 65 "" "$leat" info "$work/empty"
expect "a refused model, in the library's words" exits 65 "weight_hh_l0.*missing" \
    "$leat" info Tests/Refused/models/missing-weight_hh.safetensors
# usage: lists_modules COMMAND ...: of a file whose leat.layers has "FC" for "fc".
lists_modules() {
    exits 65 "no tensor belongs to .*the modules of the file are 'lstm', 'fc'$" "$leat" "$@"
}
misspelt=Tests/Refused/models/layers-misspelt.safetensors
expect "a name of no module: info lists the modules" lists_modules info $misspelt
expect "run does" lists_modules run $misspelt
expect "bench does" lists_modules bench $misspelt
expect "convert does" lists_modules convert $misspelt "$work/none"
expect "no argument" exits 64 "Usage" "$leat" info
expect "a full disk" exits 74 "standard output" sh -c "'$leat' info '$model' >/dev/full"

finish
