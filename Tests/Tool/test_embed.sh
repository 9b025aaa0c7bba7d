#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_embed.sh: what `leat embed` writes, compiled into programs with only static memory, steps to
# the bits of the vectors, with all kernels and with those that it lists; and a program that chooses
# these contains no others.
# usage: Tests/Tool/test_embed.sh, after make all
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common.sh

vectors=Tests/Vectors
flags="-O1 -Wall -Wextra -Wpedantic -Wconversion -Wundef -Wshadow -Werror -IInclude"

# Runs the model over samples that are constants, too, and prints the hash of outputs, h and c that
# is in bits.txt. It can neither open files nor allocate; the sizes are the header's. With -DCHOSEN,
# so are the kernels.
cat >"$work/program.c" <<'C'
#include "pump.h"
#include "samples.h"

#include <stdio.h>
#include <string.h>

static LEAT_ALIGNED unsigned char model_memory[PUMP_MODEL_BYTES];
static LEAT_ALIGNED unsigned char stream_memory[PUMP_STREAM_BYTES];
static unsigned char state[PUMP_STATE_BYTES];
static float output[PUMP_OUTPUTS], h[4096], c[4096];
static unsigned long long hash = 14695981039346656037u;

static void add(const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unsigned bits;
        memcpy(&bits, &values[i], 4);
        for (int shift = 0; shift < 32; shift += 8)
            hash = (hash ^ (bits >> shift & 255)) * 1099511628211u;
    }
}

int main(void)
{
    leat_error error;
    const leat_model *model;
    leat_stream *stream;
    leat_model_info_t info;
    leat_layer_info_t layer;
    char fingerprint[65];
    unsigned recurrent = 0;
    size_t steps = sizeof samples / sizeof samples[0] / PUMP_INPUTS;

#ifdef CHOSEN
    if (leat_model_init_with(model_memory, sizeof model_memory, pump_file,
                             sizeof pump_file, pump_kernels(), &model,
                             &error) != 0 ||
#else
    if (leat_model_init(model_memory, sizeof model_memory, pump_file,
                        sizeof pump_file, &model, &error) != 0 ||
#endif
        leat_stream_init(stream_memory, sizeof stream_memory, model, &stream,
                         &error) != 0) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    for (size_t i = 0; i < steps; i++) {
        if (leat_stream_step(stream, &samples[i * PUMP_INPUTS], output, &error))
            return 1;
        add(output, PUMP_OUTPUTS);
    }
    leat_model_info(model, &info, &error);
    for (unsigned place = 0; place < info.layers; place++) {
        leat_model_layer(model, place, &layer, &error);
        if (layer.recurrent == LEAT_NOT_RECURRENT)
            continue;
        leat_stream_get_state(stream, recurrent++, h, c, &error);
        add(h, layer.output_size);
        add(c, layer.kind == LEAT_LAYER_LSTM ? layer.hidden_size : 0);
    }
    if (leat_stream_save(stream, state, sizeof state, &error) != 0)
        return 1;
    for (int i = 0; i < 32; i++)
        snprintf(&fingerprint[2 * i], 3, "%02x", info.fingerprint[i]);
    if (strcmp(fingerprint, PUMP_FINGERPRINT) != 0 ||
        recurrent != PUMP_RECURRENT_LAYERS ||
        info.model_size != PUMP_MODEL_BYTES || PUMP_FILE_SIZE != sizeof pump_file ||
        info.stream_size != PUMP_STREAM_BYTES || info.state_size != sizeof state)
        return 2;
    printf("%016llx\n", hash);
    return 0;
}
C

# usage: build COMPILER OUT FLAG ...: the program, with the header of a case.
build() {
    compiler=$1 out=$2
    shift 2
    "$compiler" "$@" $flags -I"$work" -o "$work/$out" "$work/program.c" build/libleat.a \
        -Wl,--gc-sections
}

# usage: embedded CASE: its header and its samples.
embedded() {
    "$leat" embed "$vectors/$1/model.safetensors" --name pump >"$work/pump.h" || return
    { echo "static const float samples[] = {"
      od -An -v -t f4 -w4 "$vectors/$1/input.f32" |
          awk '{ printf "%s%sf,\n", $1, $1 ~ /[.e]/ ? "" : "." }'
      echo "};"; } >"$work/samples.h"
}

for folder in "$vectors"/*/; do
    case=$(basename "$folder")
    expect "$case: is written" embedded "$case"
    expect "$case: compiles" build gcc program -std=c99
    expect "$case: steps to the same bits" gives "$(cat "$folder/bits.txt")" "$work/program"
    expect "$case: compiles with its kernels" build gcc chosen -std=c99 -DCHOSEN
    expect "$case: they give the same bits" gives "$(cat "$folder/bits.txt")" "$work/chosen"
done

embedded head-three
expect "C11" build gcc program -std=c11 -Wunused-const-variable=2
expect "the shared library, without optimisation" sh -c "
    gcc -std=c99 $flags -O0 -I'$work' -o '$work/program' '$work/program.c' -Lbuild -lleat \
        -Wl,-rpath,'$PWD/build'"
expect "the shared library: the same bits" gives "$(cat $vectors/head-three/bits.txt)" \
    "$work/program"
cp "$work/program.c" "$work/program.cpp"
for chosen in "" -DCHOSEN; do
    expect "C++ $chosen" sh -c "g++ -std=c++11 $flags $chosen -I'$work' -o '$work/program' \
        '$work/program.cpp' build/libleat.a"
    expect "C++ $chosen: the same bits" gives "$(cat $vectors/head-three/bits.txt)" \
        "$work/program"
done
if command -v clang >/dev/null 2>&1; then
    expect "clang" build clang program -std=c99 -Weverything -Wno-unsafe-buffer-usage \
        -Wno-padded -Wno-declaration-after-statement -Wno-disabled-macro-expansion \
        -Wno-pre-c11-compat -Wno-switch-enum
    expect "clang: the same bits" gives "$(cat $vectors/head-three/bits.txt)" "$work/program"
fi
expect "no line is longer than 80" awk 'length($0) > 80 { print; bad = 1 } END { exit bad }' \
    "$work/pump.h"
expect "included twice it is defined once" sh -c "
    printf '#include \"pump.h\"\n#include \"pump.h\"\nint main(int n, char **v) { return v[pump_file[n]][0]; }\n' \
        >'$work/twice.c' && gcc -std=c99 $flags -I'$work' -c -o '$work/twice.o' '$work/twice.c'"
expect "the array is in a section of constants" sh -c "
    nm '$work/twice.o' | grep -q ' r pump_file$'"
expect "the bytes are the file's" sh -c "
    sed -n '/_file\\[/,/^};/p' '$work/pump.h' | grep -o '0x..,' | sed 's/0x//; s/,//' |
    tr '\n' ' ' >'$work/bytes' &&
    od -An -v -t x1 $vectors/head-three/model.safetensors | tr -s ' \n' '  ' | sed 's/^ //' |
    cmp - '$work/bytes'"

# --- kernels -----------------------------------------------------------------

# usage: kernels PROGRAM: the kernels in it, without the instruction set. (Swift's compiler appends
# Tm to the name of a part that several share.)
kernels() {
    nm "$work/$1" | sed -n 's/.* [Tt] leat_\(software\|fma\|dot\|avx512\)_//p' | grep -v '^run\|Tm$' |
        sed 's/_batch$//' | sort -u | tr '\n' ' '
}
text() { size "$work/$1" | awk 'NR == 2 { print $1 }'; }
smaller() {
    echo "$(text chosen) of $(text program) bytes"
    [ "$(text chosen)" -lt $(($(text program) * 3 / 4)) ]
}

embedded head-sigmoid
expect "an f32 sigmoid model: with all kernels" build gcc program -std=c99
expect "it has all kernels" gives "activation elu gelu gelu_tanh general_bf16 general_f16 general_f32 general_i8 \
gru_bf16 gru_f16 gru_f32 gru_i8 hard_sigmoid hardswish hardtanh leaky_relu linear_bf16 linear_f16 \
linear_f32 linear_i8 log_softmax lstm_bf16 lstm_f16 lstm_f32 lstm_i8 prelu relu rnn_bf16 rnn_f16 rnn_f32 \
rnn_i8 rows_bf16 rows_f16 rows_f32 rows_i8 scale sigmoid silu softmax softplus softsign sum tanh " \
    kernels program
expect "an f32 sigmoid model: with its own" build gcc chosen -std=c99 -DCHOSEN
expect "it has no other kernels" gives "linear_f32 lstm_f32 sigmoid " kernels chosen
expect "it is smaller" smaller
embedded int8-projection
expect "a model with a projection" build gcc chosen -std=c99 -DCHOSEN
expect "it multiplies the projection, too" gives "linear_i8 lstm_i8 rows_i8 " kernels chosen
embedded rnn-5-33-2
expect "an nn.RNN" build gcc chosen -std=c99 -DCHOSEN
expect "it has its kernel" gives "linear_f32 rnn_f32 " kernels chosen
embedded gru-5-33-2
expect "an nn.GRU" build gcc chosen -std=c99 -DCHOSEN
expect "it has its kernel" gives "gru_f32 linear_f32 " kernels chosen

# Kernels of one model for another: the first missing kernel is for its list's first layer, or for a
# later one.
for each in "int8 0" "head-three 1"; do
    set -- $each
    sed 's/^#include "pump.h"/&\n#include "valve.h"\n#define pump_kernels valve_kernels/' \
        "$work/program.c" >"$work/other.c"
    embedded "$1"
    "$leat" embed "$vectors/head-sigmoid/model.safetensors" --name valve >"$work/valve.h"
    expect "another model's kernels: compiles" gcc -std=c99 $flags -DCHOSEN -I"$work" \
        -Wno-unused -o "$work/other" "$work/other.c" build/libleat.a
    expect "another model's kernels: refused" exits 1 "layer $2 of the list needs a kernel" \
        "$work/other"
done

# --- names -------------------------------------------------------------------

# usage: named FILE NAME: its names begin with that.
named() {
    cp "$vectors/head/model.safetensors" "$work/$1"
    says "^static LEAT_ALIGNED const unsigned char $2_file\[$(echo "$2" | tr a-z A-Z)_FILE_SIZE\]" \
        sh -c "'$leat' embed '$work/$1' | tr -d '\n' | sed 's/.*static/static/; s/char  */char /'"
}
expect "the name of a file" named pump-7.safetensors pump_7
expect "the name of a file that begins with a digit" named 7pump.safetensors model_7pump
expect "a name with dots and blanks" named "My  pump.v2.safetensors" my_pump_v2
expect "a name that is a keyword of C" named double.safetensors model_double
expect "a name without ASCII letters" named "泵.safetensors" model
cp "$vectors/head/model.safetensors" "$work/a*"
expect "a file's name can't end the comment" sh -c "
    mkdir -p '$work/evil' && cp $vectors/head/model.safetensors '$work/evil/x*' &&
    '$leat' embed '$work/evil/x*' >'$work/x.h' && grep -q '^ \*     x?\$' '$work/x.h'"
for name in 7up pump-7 _pump a__b "" int class "a b" 'x;y'; do
    expect "no name: '$name'" exits 64 "name" "$leat" embed "$vectors/head/model.safetensors" \
        --name "$name"
done

# --- refusals ----------------------------------------------------------------

expect "--output" "$leat" embed "$vectors/head-three/model.safetensors" --name pump \
    --output "$work/out.h"
expect "--output: the same" cmp "$work/pump.h" "$work/out.h"
expect "--output: an existing file is unchanged" exits 73 "exists already; --force" "$leat" embed \
    "$vectors/head/model.safetensors" --output "$work/out.h"
expect "a missing file" exits 66 "No such file" "$leat" embed "$work/none"
expect "a file that is no model" exits 65 "" "$leat" embed Tests/Golden/version-2/state.bin
expect "a full disk" exits 74 "standard output" sh -c "'$leat' embed '$model' >/dev/full"

expect "a name whose macros are leat.h's own" exits 64 "no word of C" \
    "$leat" embed "$model" --name Leat

finish
