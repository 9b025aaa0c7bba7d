# SPDX-License-Identifier: MIT
#
# common.sh: shared by the tests of the tool, which read it with "." from the top folder.
. Tests/Examples/common.sh

leat=build/leat

# usage: exits CODE WORDS COMMAND ...: the command exits with the code, and its standard error has
# the words, if there are any.
exits() {
    wanted=$1 words=$2
    shift 2
    "$@" >"$work/out" 2>"$work/err"
    code=$?
    cat "$work/out" "$work/err"
    [ $code -eq "$wanted" ] || { echo "exit status $code, expected $wanted"; return 1; }
    [ -z "$words" ] || grep -q -e "$words" "$work/err"
}

# usage: has_lines COUNT FILE
has_lines() {
    [ -e "$2" ] && [ "$(wc -l <"$2")" -ge "$1" ]
}

# usage: refused WORDS COMMAND ...: the command fails with a message that has the words.
refused() {
    words=$1
    shift
    "$@" >"$work/out" 2>"$work/err"
    code=$?
    cat "$work/out" "$work/err"
    [ $code -ge 64 ] && [ $code -le 78 ] && grep -q -e "$words" "$work/err"
}

# usage: says TEXT COMMAND ...: a line of its output matches.
says() {
    words=$1
    shift
    "$@" >"$work/out" 2>"$work/err"
    code=$?
    cat "$work/out" "$work/err"
    [ $code -eq 0 ] && grep -q -e "$words" "$work/out"
}

# usage: gives TEXT COMMAND ...: its output is exactly that line.
gives() {
    words=$1
    shift
    [ "$("$@")" = "$words" ] || { echo "expected \"$words\", got"; "$@"; return 1; }
}

# usage: format2_model FILE: a model of leat.format 2, with an nn.Linear first, two layers of an
# LSTM, and activations where only that format has them.
format2_model() {
    header='{"__metadata__":{"leat.format":"2","leat.layers":"first:relu lstm:tanh :softmax last"}'
    end=0
    for each in first.weight,4,3 lstm.weight_ih_l0,20,4 lstm.weight_hh_l0,20,5 \
        lstm.weight_ih_l1,20,5 lstm.weight_hh_l1,20,5 last.weight,2,5; do
        start=$end rows=${each#*,} name=${each%%,*}
        end=$((start + 4 * ${rows%,*} * ${rows#*,}))
        header=$header,\"$name\":'{"dtype":"F32","shape":['$rows'],"data_offsets":['$start,$end]}
    done
    header=$header}
    { printf "\\$(printf %o $((${#header} % 256)))\\$(printf %o $((${#header} / 256)))"
      printf '\000\000\000\000\000\000%s' "$header"
      # Numbers other than 0.
      head -c $end Tests/Vectors/long-64/input.f32; } >"$1"
}

# usage: json FILTER COMMAND ...: its output is JSON, and jq's filter is true for each value of it.
json() {
    filter=$1
    shift
    "$@" >"$work/out" || { cat "$work/out"; return 1; }
    jq -s -e "length > 0 and all($filter)" "$work/out" || { cat "$work/out"; return 1; }
}
