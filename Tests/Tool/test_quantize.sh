#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_quantize.sh: `leat quantize` on a trained model and on the vectors: its models are loaded,
# stepped and compared; a refusal leaves no file.
# usage: Tests/Tool/test_quantize.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common.sh

resume=build/examples/resume

# usage: steps NAME MODEL SAMPLES: its outputs go to $work/NAME.
steps() {
    "$resume" "$2" "$work/$1.db" "$3" >"$work/$1"
}

# usage: near A B BOUND: the RMS of the differences between the numbers of A and B is within the
# bound, but they are not the same. Both begin with the position.
near() {
    paste -d ' ' "$work/$1" "$work/$2" | awk -v bound="$3" '
        { n = NF / 2
          if ($1 != $(1 + n)) bad = 1
          for (i = 2; i <= n; i++) { sum += ($i - $(i + n)) ^ 2; count++ } }
        END { if (!count) exit 1
              rms = sqrt(sum / count)
              print NR " lines, RMS difference " rms
              exit bad || !(rms > 0 && rms <= bound) }'
}

# usage: smaller A B PERCENT: A has at most that share of the bytes of B.
smaller() {
    a=$(wc -c <"$1") b=$(wc -c <"$2")
    echo "$a of $b bytes"
    [ $((100 * a)) -le $(($3 * b)) ]
}

# usage: fingerprint MODEL
fingerprint() {
    "$leat" info "$1" | sed -n 's/^fingerprint *//p'
}

# --- a trained model -------------------------------------------------------

steps float32 "$model" "$work/samples"
# type, bound of the difference, bytes in percent, how many half steps the largest weight has, less
# what rounding to three digits may cost
for each in "int8 0.012 40 252" "f16 0.0004 60 2030" "bf16 0.003 60 254"; do
    set -- $each
    out=$work/$1.safetensors
    expect "$1: makes a model" prints "$work/table" "$leat" quantize "$model" "$out" --to "$1"
    expect "$1: names every matrix, once" awk '
        $1 ~ /weight/ { seen[$1]++ }
        END { exit !(seen["lstm.weight_ih_l0"] == 1 && seen["lstm.weight_hh_l0"] == 1 &&
                     seen["head.weight"] == 1 && length(seen) == 3) }' "$work/table"
    expect "$1: every weight is within half a step" awk -v steps="$4" '
        $1 ~ /weight/ { n++; if (!($NF > 0 && $NF <= $(NF - 1) / steps)) { print; bad = 1 } }
        END { exit bad || n != 3 }' "$work/table"
    expect "$1: prints the right sizes" grep -q \
        "^file  *$(wc -c <"$model") -> $(wc -c <"$out") bytes$" "$work/table"
    expect "$1: is smaller" smaller "$out" "$model" "$3"
    expect "$1: steps" steps "$1" "$out" "$work/samples"
    expect "$1: steps to nearly the same" near "$1" float32 "$2"
    expect "$1: the same bytes again" sh -c "
        '$leat' quantize '$model' '$work/again.safetensors' --to $1 --force >'$work/null' &&
        cmp '$work/again.safetensors' '$out'"
done
expect "int8 is the default" sh -c "
    '$leat' quantize '$model' '$work/again.safetensors' --force >'$work/null' &&
    cmp '$work/again.safetensors' '$work/int8.safetensors'"

# --- the vectors -----------------------------------------------------------

# Models with metadata, projection, h0 and c0, several modules, a normalizer, no bias, names with
# dots, narrow floats.
for case in head-three head-names projection-head stacked-head normaliser-prefix bias-off \
    initial-state-names documentation-10-20-2 layers-4 mixed f16-subnormal head-large; do
    folder=Tests/Vectors/$case
    inputs=$(sed -n 's/^inputs //p' $folder/case.txt)
    od -An -v -t f4 -w$((4 * inputs)) $folder/input.f32 >"$work/samples.$case"
    expect "$case: steps" steps "$case.wide" $folder/model.safetensors "$work/samples.$case"
    for type in int8 f16 bf16; do
        out=$work/$case.$type.safetensors
        expect "$case $type: makes a model" prints "$work/table" \
            "$leat" quantize $folder/model.safetensors "$out" --to $type
        expect "$case $type: is a model of the same shape" sh -c "
            for model in $folder/model.safetensors '$out'; do
                '$leat' info \"\$model\" | sed -E '/^layer/s/ +B?[FI][0-9]+(, projection .*)?\$//' |
                    grep -v -e fingerprint -e memory -e magnitudes -e '^weights'
            done | sort | uniq -c | awk '\$1 % 2 { print; bad = 1 } END { exit bad }'"
        expect "$case $type: steps" steps "$case.$type" "$out" "$work/samples.$case"
        [ $case = f16-subnormal ] ||
            expect "$case $type: steps to nearly the same" near "$case.$type" "$case.wide" \
                $([ $case = head-large ] && echo 0.02 || echo 0.001)
    done
done
format2_model "$work/format2.safetensors" || exit 1
for type in int8 f16 bf16; do
    expect "leat.format 2 $type: makes a model" "$leat" quantize "$work/format2.safetensors" \
        "$work/format2.$type" --to $type
    expect "leat.format 2 $type: has the metadata and the layers" sh -c "
        for model in '$work/format2.safetensors' '$work/format2.$type'; do
            '$leat' info --json \"\$model\" | jq -c '.metadata, (.layers[] | del(.weights))'
        done | sort | uniq -c | awk '\$1 != 2 { print; bad = 1 } END { exit bad || NR != 7 }'"
done
expect "narrow weights are unchanged" sh -c "
    for type in f16 bf16; do
        '$leat' quantize Tests/Vectors/\$type/model.safetensors \
            '$work/same.safetensors' --to \$type --force >'$work/null' || exit
        [ \"\$('$leat' info Tests/Vectors/\$type/model.safetensors)\" = \
            \"\$('$leat' info '$work/same.safetensors')\" ] || exit
    done"

# --- over samples ----------------------------------------------------------

case=Tests/Vectors/head-three
near_report() { "$leat" quantize $case/model.safetensors "$work/again.safetensors" --force "$@"; }
"$leat" quantize $case/model.safetensors "$work/three.safetensors" --to bf16 >"$work/null"
# The same figures from the outputs of the two models.
od -An -v -t f4 -w12 $case/input.f32 >"$work/samples.three"
steps three.wide $case/model.safetensors "$work/samples.three"
steps three.narrow "$work/three.safetensors" "$work/samples.three"
paste -d ' ' "$work/three.narrow" "$work/three.wide" | awk '
    { for (k = 2; k <= 8; k++) { e = $k - $(k + 8); if (e < 0) e = -e
          if (e > most[k]) { most[k] = e; at[k] = NR - 1 }
          sum[k] += e * e
          if (NR == 1 || $(k + 8) < low[k]) low[k] = $(k + 8)
          if (NR == 1 || $(k + 8) > high[k]) high[k] = $(k + 8) } }
    END { for (k = 2; k <= 8; k++)
              printf "%s[%.9g,%.9g,%d,%.9g]", (k > 2 ? "," : "["), most[k], sqrt(sum[k] / NR), at[k],
                  high[k] - low[k]
          print "]" }' >"$work/errors"
expect "errors of the outputs are those of the models' outputs" json "
    $(cat "$work/errors") as \$e | .errors.steps == 40 and ([.errors.outputs[] | . as \$o |
    \$e[\$o.index] | (.[0] - \$o.largest_error | fabs) < 1e-8 and
        (.[1] - \$o.rms_error | fabs) < 1e-8 and .[2] == \$o.largest_error_step and
        (.[3] - \$o.range | fabs) < 1e-8] | length == 7 and all)" \
    near_report --to bf16 --input $case/input.f32 --json
expect "errors in a table" says '^ *0  .* %  .* %  *[0-9]*$' \
    near_report --input $case/input.f32
{ echo "a,b,c"; sed 's/^ *//; s/  */,/g' "$work/samples.three"; } >"$work/samples.csv"
near_report --input $case/input.f32 >"$work/raw"
expect "CSV gives the same" sh -c "
    [ -s '$work/raw' ] &&
    '$leat' quantize $case/model.safetensors '$work/again.safetensors' --force \
        --input '$work/samples.csv' --inputs a,b,c | cmp - '$work/raw'"
expect "JSON has sizes and weights" json '.file_bytes.after < .file_bytes.before and
    .model_size.after < .model_size.before and .errors == null and
    (.weights | length) == 5 and (.weights[0] | .before == "F32" and .after == "I8")' \
    near_report --json
head -c 100 $case/input.f32 >"$work/cut.f32"
expect "refuses floats that are no complete samples" refused "ends after 4 of its 12 bytes" \
    near_report --input "$work/cut.f32"
expect "refuses missing columns" refused "expected 'd'" \
    near_report --input "$work/samples.csv" --inputs a,b,d
expect "refuses a missing file of samples" exits 66 "No such file" near_report --input "$work/none"

# --- refusals --------------------------------------------------------------

mkdir "$work/empty"
cp "$work/int8.safetensors" "$work/kept"
expect "refuses to overwrite" refused "exists already; --force" \
    "$leat" quantize "$model" "$work/int8.safetensors" --to f16
expect "the existing file is unchanged" cmp "$work/int8.safetensors" "$work/kept"
expect "--force overwrites" "$leat" quantize "$model" "$work/int8.safetensors" --to f16 --force
expect "the file is overwritten" cmp "$work/int8.safetensors" "$work/f16.safetensors"
cp "$model" "$work/own" && ln "$work/own" "$work/hard" && ln -s own "$work/soft" || exit 1
for name in "$work/own" "$work/./own" "$work/hard" "$work/soft"; do
    expect "not over its own input: $name" exits 64 "another file" \
        "$leat" quantize "$work/own" "$name" --force
    expect "nor over that of --input: $name" exits 64 "another file" \
        "$leat" quantize "$model" "$name" --force --input "$work/own"
done
expect "the input is unchanged" cmp "$work/own" "$model"
expect "refuses integers" refused "weight_.*dtype I8, expected F32" \
    "$leat" quantize Tests/Vectors/int8/model.safetensors "$work/empty/out"
expect "refuses a missing file" refused "No such file" \
    "$leat" quantize "$work/none" "$work/empty/out"
expect "refuses a file that is no model, with the library's message" \
    refused "weight_hh_l0.*missing" \
    "$leat" quantize Tests/Refused/models/missing-weight_hh.safetensors "$work/empty/out"
expect "refuses a value that F16 can't represent" refused \
    "lstm.weight_hh_l0.*expected a magnitude of at most 65504" \
    "$leat" quantize Tests/Accepted/models/large-but-finite.safetensors "$work/empty/out" --to f16
expect "refuses a header it can't keep" refused "header" \
    "$leat" quantize Tests/Accepted/models/entry-arrays.safetensors "$work/empty/out"
expect "refuses a missing folder" refused "No such file" \
    "$leat" quantize "$model" "$work/nowhere/out"
"$leat" quantize "$model" "$work/empty/out" --to int4 >"$work/out" 2>"$work/err"
expect "refuses an unknown type" grep -q "int8" "$work/err"
expect "no refusal leaves a file" sh -c "ls -A '$work/empty'; [ -z \"\$(ls -A '$work/empty')\" ]"
expect "nothing temporary is left" sh -c "
    ls '$work'; [ -z \"\$(ls '$work' | grep '[.]new$')\" ]"

finish
