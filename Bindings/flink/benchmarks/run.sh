#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh: what the operator costs beside Flink and beside C; both sides are printed.
# usage: Bindings/flink/benchmarks/run.sh, after make flink-jar
set -eu
cd "$(dirname "$0")/../../.."
. Bindings/flink/tests/java.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

cc -std=c99 -O2 -Wall -Wextra -Wpedantic -Wconversion -Werror -IInclude -o "$work/batch_cost" \
    Bindings/flink/benchmarks/batch_cost.c build/libleat.a
tests=Bindings/flink/tests/operator
javac --release 17 -Xlint:all -Werror -cp "$jars" -d "$work/classes" \
    Bindings/flink/benchmarks/io/leat/flink/*.java $tests/io/leat/flink/TestCluster.java \
    $tests/io/leat/flink/TestMetrics.java
cp -R $tests/META-INF "$work/classes"
echo "load before: $(cut -d ' ' -f 1-3 /proc/loadavg)"
java $java_options -cp "$work/classes:$jars" io.leat.flink.Benchmark "$work/batch_cost" "$work"
echo "load after: $(cut -d ' ' -f 1-3 /proc/loadavg)"
