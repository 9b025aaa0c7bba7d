#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_operator.sh: the operator without a cluster of processes: jobs run inside the
# JVM of the tests, and are compared with a C program's outputs.
# usage: Bindings/flink/tests/test_operator.sh [PART], after make flink-jar
set -eu
cd "$(dirname "$0")/../../.."
. Bindings/flink/tests/java.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

mkdir "$work/classes" "$work/tmp"
for program in reference store_steps; do
    cc -std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror -O1 -IInclude -o "$work/$program" \
        Bindings/flink/tests/$program.c build/libleat_store.a build/libleat.a -lsqlite3
done
javac --release 17 -Xlint:all -Werror -cp "$jars" -d "$work/classes" \
    Bindings/flink/tests/operator/io/leat/flink/*.java
cp -R Bindings/flink/tests/operator/META-INF "$work/classes"
java $java_options $java_short -Djava.io.tmpdir="$work/tmp" -cp "$work/classes:$jars" \
    io.leat.flink.OperatorTests Tests/Vectors "$work" build/flink/leat-flink.jar "$@"
