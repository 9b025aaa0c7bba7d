#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh: `leat convert` on models of other frameworks: what it makes steps to what the source
# computed; what it can't convert is refused with the words in the file beside it, and leaves no
# file. Without Python's packages only the refusal to convert is tested where they are needed; the
# line before the last says so. PYTHON names another interpreter.
# usage: Tests/Convert/run.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Examples/common.sh

leat=build/leat
resume=build/examples/resume
fixtures=Tests/Convert
python=${PYTHON:-python3}

# usage: converts SOURCE RECORDED [OPTION ...]: makes $work/made; all steps are within a millionth
# of the recorded ones, plus 32 units in the last place.
converts() {
    source=$1 recorded=$2
    shift 2
    "$leat" convert "$source" "$work/made" --force --check "$recorded" --tolerance 1e-6 "$@"
}

# usage: refuses SOURCE WORDS-FILE [OPTION ...]: the exit status is 65, the message has the words,
# and there is no file.
refuses() {
    source=$1 words=$2
    shift 2
    rm -f "$work/none"
    "$leat" convert "$source" "$work/none" "$@" >"$work/out" 2>"$work/err"
    code=$?
    cat "$work/out" "$work/err"
    [ $code -eq 65 ] && grep -qF -e "$(cat "$words")" "$work/err" && [ ! -e "$work/none" ]
}

# usage: fails STATUS WORDS COMMAND ...
fails() {
    wanted=$1 words=$2
    shift 2
    "$@" >"$work/out" 2>"$work/err"
    code=$?
    cat "$work/out" "$work/err"
    [ $code -eq "$wanted" ] && grep -qF -e "$words" "$work/err"
}

# usage: steps_by_itself CSV: a program that is independent of the tool steps the model in
# $work/made to the recorded outputs.
steps_by_itself() {
    rm -f "$work"/db*
    inputs=$(head -n 1 "$1" | tr , '\n' | grep -c '^x')
    sed 1d "$1" | cut -d, -f"1-$inputs" | tr , ' ' >"$work/in"
    "$resume" "$work/made" "$work/db" "$work/in" | cut -d' ' -f2- >"$work/got" || return 1
    sed 1d "$1" | cut -d, -f"$((inputs + 1))-" | tr , ' ' | paste -d' ' "$work/got" - |
        awk '{ for (i = 1; i <= NF / 2; i++) {
                   d = $i - $(i + NF / 2); if (d < 0) d = -d; if (d > worst) worst = d; n++ } }
             END { print n " values, largest difference " worst; exit !(n && worst < 2e-6) }'
}

# usage: windows_of NAME WINDOW: with windows the model in windows/ puts out what Keras' predict gave
# for each window; without, something else.
windows_of() {
    recorded=$fixtures/windows/$1.csv
    inputs=$(head -n 1 "$recorded" | tr , '\n' | grep '^x' | paste -sd, -)
    for option in "--window $2" ""; do
        # shellcheck disable=SC2086
        "$leat" run "$fixtures/windows/$1.safetensors" "$recorded" --columns "$inputs" --bare --quiet \
            $option | tr , ' ' | tail -n $((91 - $2)) >"$work/got" || return 1
        tail -n $((91 - $2)) "$recorded" | cut -d, -f"$(($(echo "$inputs" | tr -cd , | wc -c) + 2))-" |
            tr , ' ' | paste -d' ' "$work/got" - |
            awk -v option="$option" '{ for (i = 1; i <= NF / 2; i++) {
                   d = $i - $(i + NF / 2); if (d < 0) d = -d; if (d > worst) worst = d; n++ } }
             END { print n " values, largest difference " worst
                   exit !(n && (option == "" ? worst > 5e-6 : worst < 2e-6)) }' || return 1
    done
}

# usage: with_options FILE COMMAND ...: runs it with the options in the file, one a line, if there is
# one.
with_options() {
    options=$1
    shift
    if [ -e "$options" ]; then
        while IFS= read -r option; do set -- "$@" "$option"; done <"$options"
    fi
    "$@"
}

# --- what is converted -----------------------------------------------------

for source in $fixtures/onnx/*.onnx $fixtures/by-hand/*.onnx $fixtures/keras/*.onnx \
    $fixtures/json/*.json $fixtures/json/*.nam; do
    case $source in */refused-*) continue ;; esac
    name=${source#"$fixtures"/}
    # JSON doesn't have the order of the layers.
    case $name in json/state-dict*) set -- --layers "rec lin" ;; *) set -- ;; esac
    # The values of scaled-back are about 20: 2e-6 is one unit in the last place.
    expect "$name converts" converts "$source" "${source%.*}.csv" "$@"
    [ "$name" = by-hand/scaled-back.onnx ] ||
        expect "$name: steps by itself" steps_by_itself "${source%.*}.csv"
done

for source in $fixtures/state-dict/*.safetensors; do
    case $source in */refused-*) continue ;; esac
    expect "${source#"$fixtures"/} converts" with_options "${source%.*}.options" \
        converts "$source" "${source%.*}.csv"
    expect "${source#"$fixtures"/}: steps by itself" steps_by_itself "${source%.*}.csv"
done

# usage: says WORDS ...: the last conversion printed each of them.
says() {
    for words; do
        grep -qF -e "$words" "$work/said" || { echo "not said: $words"; cat "$work/said"; return 1; }
    done
}

# usage: said SOURCE [--python PYTHON] WORDS ...
said() {
    source=$1 with=
    shift
    if [ "$1" = --python ]; then with=$2 && shift 2; fi
    "$leat" convert "$source" "$work/made" --force --python "${with:-$python}" >"$work/said" &&
        says "$@"
}

said_of_y() {
    "$leat" convert $fixtures/refused/deeper-state.onnx "$work/made" --force --output y \
        >"$work/said" && says "output 'h2' is not converted: 'y' was chosen"
}

expect "an external initial state is reported" said $fixtures/onnx/states-script-17.onnx \
    "input 'h' is a state" "input 'c' is a state" "leat_stream_get_state"
expect "reports that the source gives the last step" said $fixtures/onnx/last-script-17.onnx \
    "is the last step's of each run"
expect "and names the option for windows" said $fixtures/onnx/last-script-17.onnx \
    "leat run --window"
for each in "lstm-30 30" "gru-12 12"; do
    # shellcheck disable=SC2086
    expect "$each: each window as Keras' predict gives it" windows_of $each
done
expect "reports that the source gives each step" said $fixtures/onnx/batch-first-script-17.onnx \
    "is every step's, as Leat's"
expect "a refusal gives the option that mends it" fails 65 "name the output to convert: --output " \
    "$leat" convert $fixtures/refused/two-outputs.onnx "$work/none"
expect "an unused node is reported" said $fixtures/by-hand/dead-node.onnx \
    "(LeakyRelu): no output needs it; left out"
expect "what clip doesn't limit in ONNX Runtime is reported" said $fixtures/by-hand/lstm-clip.onnx \
    "clip 1.0 limits c before the last activation, too"
no_clip_note() {
    said $fixtures/by-hand/gru-clip.onnx "layers" && ! grep -q "limits c" "$work/said"
}
expect "a GRU has no such note" no_clip_note
expect "the sum of the first inputs" said $fixtures/onnx/residual-first-script-17.onnx \
    "layers       gru linear +input[0:2]"
expect "sums of earlier layers" said $fixtures/onnx/residual-layers-dynamo-18.onnx \
    "layers       gru lstm +gru" ":tanh +" 
expect "a sum of the normalized input" said $fixtures/by-hand/skip-of-normalized.onnx \
    "input_mean input_std" "layers       lstm linear +input"
expect "for a sum of the raw input the normalizer is a layer" said \
    $fixtures/by-hand/skip-of-raw.onnx "batch_norm.running_mean" "+input"
expect "a denormalizer at the end" said $fixtures/onnx/units-script-17.onnx \
    "output_mean output_std" "input_mean input_std" "layers       gru1 gru2 linear"
expect "arithmetic between layers is a batch_norm" said $fixtures/by-hand/scaled-between.onnx \
    "batch_norm.weight" "output_mean output_std"
expect "all activations" said $fixtures/onnx/activations-script-17.onnx ":leaky_relu(0.2)" \
    ":elu(0.7)" ":gelu " ":gelu_tanh" ":silu" ":softplus" ":softsign" ":hard_sigmoid " \
    ":hardtanh(-0.5,2.0)" ":relu6" ":hardswish" "=prelu" ":log_softmax" ":softmax"
expect "the silence before is reported" said $fixtures/json/amp.nam "half a second of silence"
expect "an amplifier needs no --layers" said $fixtures/json/state-dict-inside.json \
    "layers       rec lin"
expect "a skip connection and knobs are reported" said $fixtures/json/amp-lstm-knobs.json \
    "skip is 1: as many inputs, from the first" "the amplifier's knobs" \
    "layers       rec lin +input[0:1]"
expect "the layers of gains are reported" said $fixtures/json/aidax-gains.json \
    "in_gain of -3.5 dB is a linear layer before the others, times 0.66834" \
    "out_gain of 9.0 dB is a linear layer after the others, times 2.81838"
expect "the layer of a skip connection is reported" said $fixtures/json/aidax-all.json \
    "in_skip is 1: the first input, times in_gain, is added to the output" \
    "layers       linear1 gru linear2 +linear1[0:1] linear3"
expect "a GRU with one bias is reported" said $fixtures/json/rtneural-gru-one-bias.json \
    "layer 0 (gru): has one bias, so it is Keras' GRU with reset_after=False"
expect "the source of each tensor is reported" said $fixtures/onnx/normalise-script-17.onnx \
    "input_mean input_std" "lstm.weight_ih_l0 lstm.weight_hh_l0 lstm.bias_ih_l0 lstm.bias_hh_l0" \
    "linear.weight linear.bias" "layers       lstm linear"
"$leat" convert $fixtures/onnx/learned-script-17.onnx "$work/made" --force --json >"$work/said"
expect "the same as JSON" says '"lstm1.h0",' '"lstm2.c0"' '"layers" : "lstm1 lstm2 linear"'
expect "the metadata names the source" grep -aqF '"source.producer":"pytorch"' "$work/made"
expect "what a state_dict is taken for is said" said $fixtures/state-dict/lstm.safetensors \
    "assumes that forward() computes lstm, then fc, and nothing else" '--layers "lstm fc:sigmoid"'
expect "with leat.layers nothing is assumed" sh -c "
    '$leat' convert $fixtures/state-dict/sigmoid.safetensors '$work/made' --force >'$work/said' &&
    ! grep -q assumes '$work/said'"
expect "leat info says what it assumes" sh -c "
    '$leat' info $fixtures/state-dict/lstm.safetensors | grep -q '^assumed  *no activation' &&
    ! '$leat' info $fixtures/state-dict/sigmoid.safetensors | grep -q '^assumed'"
expect "doubles are rounded with a note" said $fixtures/state-dict/double.safetensors \
    "double precision was rounded to floats in 6 tensors"
expect "a folded weight's sources are reported" said \
    $fixtures/state-dict/spectral-norm-old.safetensors "fc.weight_orig, fc.weight_u, fc.weight_v"
expect "of h_n the last layer's is used, wherever it is listed" said \
    $fixtures/by-hand/states-reversed.onnx "output 'h2' is the last step's of each run" \
    "output 'Y_h' is a state: leat_stream_get_state gives it"
expect "a deeper state can be left out, and that is reported" said_of_y
expect "an output is chosen" sh -c "
    '$leat' convert $fixtures/refused/two-outputs.onnx '$work/z' --output z >'$work/null' &&
    '$leat' convert $fixtures/refused/two-outputs.onnx '$work/s' --output out >'$work/null' &&
    ! cmp -s '$work/z' '$work/s'"
expect "--layers gives what a state_dict doesn't say" sh -c "
    '$leat' convert $fixtures/json/state-dict.json '$work/made' --force \
        --layers 'rec lin:sigmoid' --check $fixtures/python/activated.csv"
made_with() { # layers
    "$leat" convert $fixtures/json/state-dict.json "$work/made" --force --layers "$1" &&
        "$leat" info "$work/made"
}
says_format_2() { made_with "$1" | grep -q 'leat.format = 2'; }
says_no_format() { made_with "$1" | grep 'leat.layers = ' && ! says_format_2 "$1"; }
expect "an activation after the LSTM is leat.format 2" says_format_2 'rec:tanh lin'
expect "an activation alone is leat.format 2" says_format_2 'rec lin :relu'
expect "a model that an older Leat can read has no format" says_no_format 'rec lin:relu'

# --- what is refused -------------------------------------------------------

for words in $fixtures/refused/*.txt $fixtures/keras/refused-*.txt $fixtures/json/refused-*.txt; do
    for source in "${words%.txt}".onnx "${words%.txt}".json "${words%.txt}".nam; do
        [ ! -e "$source" ] || expect "${source#"$fixtures"/} is refused" refuses "$source" "$words"
    done
done

for source in $fixtures/state-dict/refused-*.safetensors; do
    expect "${source#"$fixtures"/} is refused" with_options "${source%.*}.options" \
        refuses "$source" "${source%.*}.txt"
done

echo "differs from" >"$work/words"
sed '5s/,[^,]*$/,0.5/' $fixtures/onnx/batch-first-script-17.csv >"$work/wrong.csv"
expect "--check finds a wrong number, and leaves no file" refuses \
    $fixtures/onnx/batch-first-script-17.onnx "$work/words" --check "$work/wrong.csv"
expect "--check says where" grep -q "^worst   step 3, output 1:" "$work/out"
echo kept >"$work/kept"
expect "an existing file is refused" fails 73 "exists already" \
    "$leat" convert $fixtures/json/amp.nam "$work/kept"
expect "the existing file is unchanged" grep -qx kept "$work/kept"
expect "an option for another format is refused" fails 64 "--layers is for a state_dict" \
    "$leat" convert $fixtures/json/amp.nam "$work/none" --layers lstm
expect "an output that isn't there is refused" fails 65 "found no output 'nope'" \
    "$leat" convert $fixtures/refused/two-outputs.onnx "$work/none" --output nope
expect "a refusal of the library names the input" fails 65 \
    "expected a finite value: '$fixtures/refused/not-finite.onnx'" \
    "$leat" convert $fixtures/refused/not-finite.onnx "$work/none"
expect "a refusal names no temporary file" [ "$(grep -c '[.]new' "$work/err")" -eq 0 ]
expect "an input that isn't there" fails 66 "No such file" "$leat" convert "$work/no.onnx" "$work/none"
expect "an unknown type of file" fails 65 "say it with --from" \
    "$leat" convert $fixtures/run.sh "$work/none"
expect "no Python" fails 69 "install python3, or name it with --python" \
    "$leat" convert $fixtures/python/state-dict.pt "$work/none" --python "$work/no-python"
# usage: recognized WORDS: $work/model.onnx, $work/model.pt and $work/model are refused with them.
recognized() {
    for suffix in .onnx .pt .safetensors ""; do
        cp "$work/file" "$work/model$suffix"
        fails 65 "$1" "$leat" convert "$work/model$suffix" "$work/none" || return 1
    done
}
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n' >"$work/file"
expect "a pointer of Git LFS" recognized "git lfs pull"
printf '\n <!DOCTYPE html><html></html>' >"$work/file"
expect "a web page" recognized "is a web page (HTML)"
printf '\037\213\010\000\000\000\000\000' >"$work/file"
expect "a gzip file" recognized "is compressed by gzip"
printf '\034\000\000\000TFL3\000\000\000\000' >"$work/file"
expect "a model of TensorFlow Lite" recognized "is a model of TensorFlow Lite"
{ printf 'PK\003\004\024'
  head -c 21 /dev/zero
  printf '\005\000\000\000a.csv'; } >"$work/model.onnx"
expect "a zip archive without a model" fails 65 "the first file is 'a.csv', and not a model" \
    "$leat" convert "$work/model.onnx" "$work/none"
mkdir -p "$work/saved/variables"
echo x >"$work/saved/saved_model.pb"
expect "a folder of a SavedModel" fails 65 \
    "tf2onnx.convert --saved-model $work/saved --output model.onnx" \
    "$leat" convert "$work/saved" "$work/none"
expect "the file of a SavedModel" fails 65 "tf2onnx.convert --saved-model $work/saved --output" \
    "$leat" convert "$work/saved/saved_model.pb" "$work/none"
cp $fixtures/state-dict/lstm.safetensors "$work/model.pt"
expect "safetensors with a wrong name" converts "$work/model.pt" $fixtures/state-dict/lstm.csv
expect "--key for another format is refused" fails 64 "--key is for PyTorch" \
    "$leat" convert $fixtures/json/amp.nam "$work/none" --key model
expect "no refusal leaves a file" [ ! -e "$work/none" ]
expect "nothing temporary is left" sh -c "! ls '$work' | grep '[.]new$'"

# usage: is_said WORDS: a tested refusal has them in its message, or the sources have them.
is_said() {
    grep -rqF --include='*.txt' -e "$1" $fixtures || grep -rqF -e "$1" Sources/Tool/ModelFiles \
        Sources/Tool/Convert || grep -qF -e "$1" "$work/python" ||
        { echo "nothing says: $1"; return 1; }
}

# Texts of the Python package, which go over several lines, in one.
cat Bindings/python/leat/conversion/*.py | tr '\n' ' ' | sed -E "s/[\"'] +f?[\"']//g" >"$work/python"

# The refusals that the document quotes.
awk -F'|' '$3 ~ /refused/ { n = split($4, part, "`"); for (i = 2; i <= n; i += 2) print part[i] }' \
    Documentation/Support.md | grep ' ' >"$work/quoted"
while IFS= read -r words; do
    expect "Support.md: $words" is_said "$words"
done <"$work/quoted"
expect "Support.md quotes refusals" [ "$(wc -l <"$work/quoted")" -ge 30 ]

# --- through Python --------------------------------------------------------

# usage: has PYTHON MODULE: that Python has it.
has() {
    "$1" -c "import $2" 2>"$work/null"
}

# usage: says_what_is_missing SOURCE: or refuses it without.
says_what_is_missing() {
    fails 69 "pip install" "$leat" convert "$1" "$work/none" --python "$python" ||
        { [ -e "${1%.*}.txt" ] && refuses "$1" "${1%.*}.txt" --python "$python"; }
}

torch= h5py=
if has "$python" torch; then torch=$python; fi
# Debian's h5py belongs to Debian's Python, which may not be the first one in PATH.
for candidate in "$python" /usr/bin/python3; do
    if [ -z "$h5py" ] && has "$candidate" h5py; then h5py=$candidate; fi
done
skipped=
not_run=0
for source in $fixtures/python/*.pt $fixtures/python/*.keras $fixtures/python/*.h5; do
    name=${source#"$fixtures"/}
    case $source in *.pt) module=torch there=$torch ;; *) module=h5py there=$h5py ;; esac
    # Without it only the message is tested. Some models are refused before it is needed.
    if [ -z "$there" ]; then
        not_run=$((not_run + 1))
        case $skipped in *$module*) ;; *) skipped="$skipped $module" ;; esac
        command -v "$python" >"$work/null" 2>&1 || continue
        expect "$name: the message names what is missing" says_what_is_missing "$source"
        continue
    fi
    case $name in
    */refused-*)
        expect "$name is refused" refuses "$source" "${source%.*}.txt" --python "$there" ;;
    *)
        expect "$name converts" converts "$source" "${source%.*}.csv" --python "$there" ;;
    esac
done
# TorchScript needs no torch.
for source in $fixtures/torchscript/*.pt; do
    name=${source#"$fixtures"/}
    case $name in
    */refused-*)
        expect "$name is refused" refuses "$source" "${source%.*}.txt" --python "$python" ;;
    *)
        expect "$name converts" with_options "${source%.*}.options" \
            converts "$source" "${source%.*}.csv" --python "$python" ;;
    esac
done
expect "what TorchScript does is not read" said $fixtures/torchscript/cell.pt --python "$python" \
    "TorchScript: only its tensors were read"
for option in --trust '--key a'; do
    # shellcheck disable=SC2086
    expect "$option has no effect on TorchScript" fails 64 "has no effect on TorchScript" \
        "$leat" convert $fixtures/torchscript/cell.pt "$work/none" --python "$python" $option
done
if [ "$h5py" ]; then
    # usage: said_of NAME WORDS ...
    said_of() {
        source=$fixtures/python/$1
        shift
        said "$source" --python "$h5py" "$@"
    }
    expect "Dropout and the last step are reported" said_of lstm-2.15.h5 \
        "layer 'dropout' (Dropout): changes nothing when a model is run; left out" \
        "(LSTM): gives the last step; Leat gives one for every step"
    for name in lstm-30 gru-12; do
        expect "$name: the model that is run" sh -c "
            '$leat' convert $fixtures/windows/$name.keras '$work/made' --force --python '$h5py' &&
            cmp '$work/made' $fixtures/windows/$name.safetensors"
    done
    expect "the steps of a window are reported" said $fixtures/windows/lstm-30.keras \
        --python "$h5py" "leat run --window 30 gives the output of each window of 30 steps"
    expect "also where they aren't known" said $fixtures/windows/gru-12.keras --python "$h5py" \
        "leat run --window W gives the output of each window"
    expect "a row of several steps is reported" said_of one-row-3.keras \
        "makes 12 steps of one row of 36 numbers; give Leat 3 numbers for each step"
    expect "stateful is reported" said_of stateful-3.keras "(LSTM): stateful, as every stream"
    expect "each layer's tensors are reported" said_of normalised.keras \
        "layer 'normalization' (Normalization)" "input_mean input_std" "layers       lstm linear:tanh"
    expect "the order of sums and activations" said_of residual-3.keras \
        "layers       lstm +input linear1:tanh gru +linear1 :relu linear2"
    expect "a PReLU's kind is said" said_of rectified-2.1.h5 "prelu=prelu"
    expect "Keras' hard_sigmoid was another before Keras 3" said_of words-2-2.15.h5 \
        ":hard_sigmoid(0.2,0.5)"
    expect "Keras 3's hard_sigmoid" said_of words-2-3.keras ":hard_sigmoid "
    argument() { # NAME KEY=VALUE: the result has it
        said_of "$1" "fingerprint" && grep -aqF "\"${2%%=*}\":\"${2#*=}\"" "$work/made"
    }
    expect "hard_sigmoid in an LSTM of Keras 2" argument gates-2.1.h5 \
        "leat.lstm.recurrent_activation=hard_sigmoid(0.2,0.5)"
    expect "hard_sigmoid in an LSTM of Keras 3" argument gates-3.keras \
        "leat.lstm.recurrent_activation=hard_sigmoid"
    expect "the LSTM's activation" argument gates-3.keras "leat.lstm.activation=softsign"
    expect "a GRU of old Keras resets before the product" argument gates-2.1.h5 "leat.gru.reset_after=False"
    expect "epsilon of a BatchNormalization" argument front-3.keras "leat.batch_norm2.eps=0.01"
    expect "the version of Keras" argument return-state-2.15.h5 \
        "source.producer_version=2.15.0"
fi
if [ "$torch" ]; then
    for source in $fixtures/state-dict/*.pt; do
        name=${source#"$fixtures"/}
        case $name in
        */refused-*)
            expect "$name is refused" with_options "${source%.*}.options" \
                refuses "$source" "${source%.*}.txt" --python "$python" ;;
        *)
            expect "$name converts" with_options "${source%.*}.options" \
                converts "$source" "${source%.*}.csv" --python "$python" ;;
        esac
    done
    # usage: without_colours MODEL: its refusal has no escape sequence, and ends with a sentence.
    without_colours() {
        refuses "$1" "${1%.*}.txt" --python "$python" &&
            ! grep -q "$(printf '\033')" "$work/err" && ! grep -q "Weights only" "$work/err"
    }
    expect "a refusal names the objects" without_colours $fixtures/python/refused-module.pt
    expect "a refusal names their classes" grep -qF "torch.nn.modules.rnn.LSTM" "$work/err"
    expect "what is left out is reported" said $fixtures/state-dict/objects-pt.pt \
        --python "$python" "argparse.Namespace"
    cp $fixtures/by-hand/opset-22.csv "$work/zipped.csv"
    "$python" -c "import sys, zipfile; zipfile.ZipFile(sys.argv[1], 'w').write(sys.argv[2], 'a.csv')" \
        "$work/zipped.pt" "$work/zipped.csv"
    expect "a zip archive of other files" fails 65 "is a zip archive of 'a.csv'" \
        "$leat" convert "$work/zipped.pt" "$work/none" --python "$python"
    expect "--layers gives an activation to a .pt" sh -c "
        '$leat' convert $fixtures/python/state-dict.pt '$work/made' --force --python '$python' \
            --layers 'rec lin:sigmoid' --check $fixtures/python/activated.csv"
    echo "expected a state_dict" >"$work/words"
    for name in linear embedding; do
        expect "--layers says that the $name is no head" fails 65 "first" \
            "$leat" convert $fixtures/python/refused-$name-first.pt "$work/none" \
            --python "$python" --layers lstm
    done
    expect "--trust loads objects" "$leat" convert $fixtures/python/refused-module.pt \
        "$work/made" --force --python "$python" --trust
fi
. $fixtures/no_code.sh
[ $not_run -eq 0 ] || echo "$not_run not run: no$skipped for $python"

finish
