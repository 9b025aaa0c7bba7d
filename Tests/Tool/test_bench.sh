#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_bench.sh: `leat bench` measures everything, and its figures are consistent with each other
# and with a stopwatch. (How fast it should be is measured in Benchmarks/: this runs on any machine,
# busy or not.)
# usage: Tests/Tool/test_bench.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
. Tests/Tool/common.sh

small=Tests/Vectors/documentation-3-2/model.safetensors
large=Tests/Vectors/size-9-128/model.safetensors
start=$(date +%s)
"$leat" bench --seconds 1 --json "$large" >"$work/large.json"
expect "it takes the given time" [ $(($(date +%s) - start)) -lt 20 ]
"$leat" bench --seconds 1 --json "$small" >"$work/small.json"

expect "the kernels, the default first" sh -c "
    [ \"\$(jq -r '.kernels[0].name' '$work/large.json')\" = \
      \"\$('$leat' info --json '$large' | jq -r .kernel)\" ]"
expect "all kernels" sh -c "
    [ \"\$(jq -r '[.kernels[].name] | join(\", \")' '$work/large.json')\" = \
      \"\$('$leat' doctor --json | jq -r '.findings[] | select(.topic == \"kernel\").text |
          sub(\":.*can also run \"; \", \") | sub(\":.*\"; \"\")')\" ]"
expect "batches of 1 to 64" jq -e '[.batches[].streams] == [1, 2, 4, 8, 16, 32, 64]' \
    "$work/large.json"
expect "each was measured, and p99 is at least the median" jq -e '
    [.kernels[].step, .run, .batches[].step, .save, .load] |
    all(.calls >= 3 and .median_ns > 0 and .p99_ns >= .median_ns and .mean_ns > 0)' \
    "$work/large.json"
# For each stream: 64 of them together take longer than one alone.
expect "a stream's step in a batch takes about as long as a single one" jq -e '
    .batches[6].step.median_ns < 8 * .batches[0].step.median_ns and
    .run.median_ns < 8 * .kernels[0].step.median_ns' "$work/large.json"
expect "the sizes are the model's" sh -c "
    '$leat' info --json '$large' >'$work/info.json' &&
    jq -e --slurpfile info '$work/info.json' '.model_size == \$info[0].model_size and
        .stream_size == \$info[0].stream_size and .state_size == \$info[0].state_size and
        .macs_per_step == \$info[0].macs_per_step' '$work/large.json'"
# 70,000 MACs take longer than 40 on any machine.
expect "a larger model takes longer" jq -s -e '
    .[0].kernels[0].step.median_ns > 3 * .[1].kernels[0].step.median_ns and
    .[0].run.median_ns > 3 * .[1].run.median_ns' "$work/large.json" "$work/small.json"
# A stopwatch for a known number of steps, in another program: within a factor of five, since other
# processes run, too.
cat >"$work/watch.c" <<'C'
#include <leat.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv)
{
    static float input[4096], output[4096];
    leat_error error;
    const leat_model *model;
    leat_stream *stream;
    struct timespec a, b;

    if (argc < 2 || leat_model_open(argv[1], &model, &error) != 0 ||
        leat_stream_init(malloc(leat_stream_size(model)),
                         leat_stream_size(model), model, &stream, &error) != 0)
        return 1;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
    for (int i = 0; i < 20000; i++)
        leat_stream_step(stream, input, output, &error);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
    printf("%.1f\n", ((double)(b.tv_sec - a.tv_sec) * 1e9 +
                      (double)(b.tv_nsec - a.tv_nsec)) / 20000);
    return 0;
}
C
cc -std=gnu99 -O2 -IInclude -o "$work/watch" "$work/watch.c" build/libleat.a || exit 1
ns=$("$work/watch" "$large")
expect "a step takes as long as a stopwatch shows: $ns ns" jq -e --argjson ns "$ns" '
    .kernels[0].step.median_ns / $ns | . > 0.2 and . < 5' "$work/large.json"
expect "the same as tables" says '^leat_batch_step, 64 streams  *[0-9.]* [nµm]*s ' \
    "$leat" bench --seconds 0.2 "$small"
expect "the figures hold for this machine now" \
    says 'this machine, now' "$leat" bench --seconds 0.1 "$small"
expect "--seconds 0" exits 64 "more than 0" "$leat" bench --seconds 0 "$small"
expect "a missing file" exits 66 "No such file" "$leat" bench "$work/none"

finish
