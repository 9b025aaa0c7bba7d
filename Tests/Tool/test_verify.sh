#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_verify.sh: `leat verify` on PyTorch's outputs for the vectors, and on recordings that are
# wrong in known ways.
# usage: Tests/Tool/test_verify.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common.sh

vectors=Tests/Vectors
key() { sed -n "s/^$2 //p" "$vectors/$1/case.txt"; }
case_model() { echo "$vectors/$1/model.safetensors"; }

# usage: csv CASE [AWK]: inputs and outputs in columns, without names; the awk program may change
# line `o`, an array of outputs, before it is printed.
csv() {
    i=$(key "$1" inputs) o=$(key "$1" outputs)
    od -An -v -t f4 -w$((4 * i)) "$vectors/$1/input.f32" >"$work/i"
    od -An -v -t f8 -w$((8 * o)) "$vectors/$1/output.f64" >"$work/o"
    paste -d ' ' "$work/i" "$work/o" | awk -v i="$i" -v n="$o" "
        { for (k = 1; k <= n; k++) o[k] = \$(i + k)
          ${2:-}
          for (k = 1; k <= i; k++) printf \"%s,\", \$k
          for (k = 1; k <= n; k++) printf \"%.17g%s\", o[k], k < n ? \",\" : \"\\n\" }"
}

# usage: tensors CASE: the same as safetensors.
tensors() {
    t=$(key "$1" steps) i=$(key "$1" inputs) o=$(key "$1" outputs)
    header="{\"input\":{\"dtype\":\"F32\",\"shape\":[${2:-}$t,$i],\"data_offsets\":[0,$((4 * t * i))]},"
    header="$header\"output\":{\"dtype\":\"F64\",\"shape\":[${2:-}$t,$o],"
    header="$header\"data_offsets\":[$((4 * t * i)),$((4 * t * i + 8 * t * o))]}}"
    printf "\\$(printf %o $((${#header} % 256)))\\$(printf %o $((${#header} / 256)))"
    printf '\0\0\0\0\0\0%s' "$header"
    cat "$vectors/$1/input.f32" "$vectors/$1/output.f64"
}

# usage: hinted WORDS CASE FILE: it fails, and the hint has the words.
hinted() {
    "$leat" verify "$(case_model "$2")" --against "$3" >"$work/out" 2>&1
    code=$?
    cat "$work/out"
    [ $code -eq 65 ] && grep -q -e "^hint .*$1" "$work/out"
}

# --- PyTorch's outputs ---------------------------------------------------------

for folder in "$vectors"/*/; do
    case=$(basename "$folder")
    # Integers are compared with exact values, without rounding to integers.
    case $case in int8* | *-int8) continue ;; esac
    tensors "$case" >"$work/recorded.safetensors"
    expect "$case: within the tolerance" "$leat" verify "$(case_model "$case")" \
        --against "$work/recorded.safetensors"
done
csv head-three >"$work/plain.csv"
expect "CSV without names" says '^within  the tolerance 1e-05, over 40 steps$' \
    "$leat" verify "$(case_model head-three)" --against "$work/plain.csv"
tensors head-three 1, >"$work/batch.safetensors"
expect "a batch of one sequence" "$leat" verify "$(case_model head-three)" \
    --against "$work/batch.safetensors"
{ echo "y6,x0,junk,x1,x2,y0,y1,y2,y3,y4,y5"
  awk -F, '{ print $10 "," $1 ",7," $2 "," $3 "," $4 "," $5 "," $6 "," $7 "," $8 "," $9 "\r" }' \
      "$work/plain.csv"; } >"$work/named.csv"
expect "columns by name, and lines that end with CR LF" "$leat" verify \
    "$(case_model head-three)" --against "$work/named.csv" --inputs x0,x1,x2 \
    --outputs y0,y1,y2,y3,y4,y5,y6
expect "in another order they are other columns" exits 65 "" "$leat" verify \
    "$(case_model head-three)" --against "$work/named.csv" --inputs x1,x0,x2 \
    --outputs y0,y1,y2,y3,y4,y5,y6

# --- the figures are those that awk computes -----------------------------------

# One value differs by a known amount.
csv head 'if (NR == 18) o[1] += 0.25' >"$work/off.csv"
"$leat" verify --json "$(case_model head)" --against "$work/off.csv" >"$work/off.json"
code=$?
expect "one value that differs: the exit status" [ $code -eq 65 ]
expect "its place" json '.worst.step == 17 and .worst.output == 0 and .is_within == false' \
    cat "$work/off.json"
expect "its size" json '(.largest_error - 0.25 | fabs) < 1e-6' cat "$work/off.json"
expect "the RMS error" json '(.rms_error - 0.25 / ((.steps * (.outputs | length)) | sqrt) | fabs)
    < 1e-6' cat "$work/off.json"
expect "the error in units of the last place" \
    json '.worst | (.ulps * pow(2; (.expected | fabs | log2 | floor) - 23) - 0.25 | fabs) < 1e-6' \
    cat "$work/off.json"
expect "it is within a tolerance as large" "$leat" verify "$(case_model head)" \
    --against "$work/off.csv" --tolerance 10
csv head-three 'for (k = 1; k <= n; k++) o[k] = sprintf("%.5f", o[k])' >"$work/rounded.csv"
expect "rounding to five digits is reported" hinted "few digits" head-three "$work/rounded.csv"

# --- causes ------------------------------------------------------------------

csv head-one 'o[1] = 1 / (1 + exp(-o[1]))' >"$work/wrong.csv"
expect "a sigmoid that the file doesn't have" hinted "the sigmoid of the model's" head-one \
    "$work/wrong.csv"
csv head 'for (k = 1; k <= n; k++) o[k] = o[k] > 0 ? o[k] : 0' >"$work/wrong.csv"
expect "a relu" hinted "the relu of the model's" head "$work/wrong.csv"
csv head 'for (k = 1; k <= n; k++) { e[k] = exp(o[k]); s = k == 1 ? e[k] : s + e[k] }
    for (k = 1; k <= n; k++) o[k] = e[k] / s' >"$work/wrong.csv"
expect "a softmax" hinted "the softmax of the model's" head "$work/wrong.csv"
csv head-sigmoid 'for (k = 1; k <= n; k++) o[k] = log(o[k] / (1 - o[k]))' >"$work/wrong.csv"
expect "an excess activation" hinted "the sigmoid of those recorded" head-sigmoid \
    "$work/wrong.csv"
# The first input, or the first two, are added in forward().
csv head-one 'o[1] += $1' >"$work/wrong.csv"
expect "a residual" hinted "plus the input's first 1: .*--layers \"lstm fc +input\[0:1\]\"" \
    head-one "$work/wrong.csv"
# usage: mends: the command of the hint, pasted into a shell, makes a model without errors.
mends() {
    sed -n 's/^hint .* say it: leat convert /convert /p' "$work/out" >"$work/command"
    cat "$work/command"
    (folder=$(pwd) && cd "$work" && rm -f mended.safetensors && ln -sfn "$folder/Tests" Tests &&
        eval "'$folder/$leat' $(cat command)" && "$folder/$leat" verify mended.safetensors \
        --against wrong.csv)
}
expect "its command mends it" mends
csv head-one 'o[1] = 1 / (1 + exp(-o[1])) + $1' >"$work/wrong.csv"
expect "a residual after a sigmoid" hinted "fc:sigmoid +input\[0:1\]" head-one "$work/wrong.csv"
expect "its command mends it, too" mends
csv head-one 'o[1] += $1; o[1] = o[1] > 0 ? o[1] : 0' >"$work/wrong.csv"
expect "a residual before a relu" hinted "fc +input\[0:1\] :relu" head-one "$work/wrong.csv"
expect "its command mends it as well" mends
csv head-one 'o[1] = -o[1] * o[1] - $1' >"$work/wrong.csv"
expect "what isn't a residual" sh -c "
    '$leat' verify '$(case_model head-one)' --against '$work/wrong.csv' >'$work/out'
    ! grep 'residual' '$work/out'"
csv head 'for (k = 1; k <= n; k++) o[k] = 20 * o[k] - 3' >"$work/wrong.csv"
expect "outputs that were scaled back" hinted "scaled back" head "$work/wrong.csv"
csv head 'for (k = 1; k <= n; k++) o[k] += 0.5' >"$work/wrong.csv"
expect "a constant" hinted "a constant away.*5.00e-1" head "$work/wrong.csv"
csv head 'for (k = 1; k <= n; k++) { t = o[k]; o[k] = last[k]; last[k] = t }' |
    sed 's/,$/,0/' | awk -F, 'NR > 1' >"$work/late"
# The state continues over the missing row: begin with one that is wrong.
{ csv head 'for (k = 1; k <= n; k++) o[k] = 9' | head -n 1; cat "$work/late"; } >"$work/wrong.csv"
expect "a step late" hinted "a step late" head "$work/wrong.csv"
csv initial-state >"$work/with.csv"
/bin/sh -c "tail -n +20 '$work/with.csv'" >"$work/wrong.csv"
expect "another initial state" hinted "another initial state" initial-state "$work/wrong.csv"
# Two runs, one after the other, are a run that was cut into windows.
csv head >"$work/wrong.csv"
csv head >>"$work/wrong.csv"
expect "windows" hinted "starts over" head "$work/wrong.csv"
# The first row repeated is a sequence of steps that lost their state.
csv head | head -n 1 >"$work/first"
for n in 1 2 3 4 5 6 7 8 9; do cat "$work/first"; done >"$work/wrong.csv"
expect "a state that wasn't carried on" hinted "weren't carried" head "$work/wrong.csv"
# PyTorch's outputs in double precision of the same weights.
chaotic=Tests/Convert/state-dict/chaotic
expect "a chaotic model isn't blamed for its weights" sh -c "
    '$leat' verify $chaotic/model.safetensors --against $chaotic/recorded.csv >'$work/out'
    [ \$? -eq 65 ] && grep -q '^hint .*the model is chaotic' '$work/out' &&
    ! grep 'weights differ' '$work/out'"
csv head >"$work/right.csv"
awk -F, '{ print $2 "," $1 substr($0, length($1) + length($2) + 2) }' "$work/right.csv" \
    >"$work/wrong.csv"
expect "inputs in another order" hinted "first step is wrong already" head "$work/wrong.csv"
tensors int8-lopsided >"$work/integers.safetensors"
expect "integers" hinted "8 bits" int8-lopsided "$work/integers.safetensors"

# --- refusals ----------------------------------------------------------------

verify_head() { "$leat" verify "$(case_model head-three)" "$@"; }
expect "nothing to compare with" exits 64 "against" verify_head
expect "a missing file" exits 66 "No such file" verify_head --against "$work/none"
: >"$work/empty"
expect "an empty file" exits 65 "no line" verify_head --against "$work/empty"
sed '7s/,[^,]*/,x/' "$work/plain.csv" >"$work/bad.csv"
expect "a field that is no number, with its line" exits 65 "line 7, column 2: found 'x', expected a number" \
    verify_head --against "$work/bad.csv"
sed '8s/,[^,]*//' "$work/plain.csv" >"$work/bad.csv"
expect "a line that is too short" exits 65 "line 8: found 9 fields, expected 10" \
    verify_head --against "$work/bad.csv"
expect "too many columns" exits 65 "10 columns, expected 7 inputs and 1 outputs" \
    "$leat" verify "$(case_model head-one)" --against "$work/plain.csv"
expect "a missing column" exits 65 "found columns y6, x0.*expected 'z'" verify_head \
    --against "$work/named.csv" --inputs x0,x1,z --outputs y0,y1,y2,y3,y4,y5,y6
expect "too few names" exits 64 "found 2 names, expected 3" verify_head \
    --against "$work/named.csv" --inputs x0,x1 --outputs y0,y1,y2,y3,y4,y5,y6
expect "names for columns without names" \
    exits 65 "found columns 1, 2, 3.*expected 'x0'" verify_head \
    --against "$work/plain.csv" --inputs x0,x1,x2 --outputs y0,y1,y2,y3,y4,y5,y6
expect "numbers for columns without names" "$leat" verify "$(case_model head-three)" \
    --against "$work/plain.csv" --inputs 1,2,3 --outputs 4,5,6,7,8,9,10
awk 'BEGIN { print "time,a,b,c,d,e,f,g,h,i,j" } { print NR - 1 "," $0 }' "$work/plain.csv" \
    >"$work/timed.csv"
expect "the time is ignored" "$leat" verify "$(case_model head-three)" \
    --against "$work/timed.csv"
tensors head-three >"$work/three.safetensors"
expect "tensors of another shape" exits 65 "'input': found the shape \[40, 3\], expected \[steps, 7\]" \
    "$leat" verify "$(case_model head-one)" --against "$work/three.safetensors"
expect "a file of other tensors" exits 65 "found .*, expected 'input'" \
    verify_head --against "$(case_model head-three)"
awk 'NR == 5 { sub(/[^,]*/, "1e38") } { print }' "$work/plain.csv" >"$work/bad.csv"
expect "an input that a step refuses" exits 65 "step" verify_head --against "$work/bad.csv"
expect "an invalid tolerance" exits 64 "at least 0" verify_head --against "$work/plain.csv" \
    --tolerance=-1

finish
