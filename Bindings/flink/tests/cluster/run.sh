#!/bin/sh
# SPDX-License-Identifier: MIT
# Streams in a Flink cluster whose processes are killed, compared with one process in C:
# test_faults.py. --quick is the part that CI runs.
# usage: Bindings/flink/tests/cluster/run.sh [--quick | --only FAULT], after make flink-jar
set -eu
cd "$(dirname "$0")/../../../.."
here=Bindings/flink/tests/cluster
flink=build/flink
model=Tests/Vectors/head/model.safetensors

# The job and Leat are in one jar, as users have them.
rm -rf $flink/cluster
mkdir -p $flink/cluster/classes
(cd $flink/cluster/classes && jar xf ../../leat-flink.jar)
javac --release 17 -Xlint:all,-serial -Werror -cp "$flink/lib/*:$flink/cluster/classes" \
    -d $flink/cluster/classes $here/java/io/leat/flink/*.java \
    Bindings/flink/tests/operator/io/leat/flink/Reading.java
jar --create --file $flink/cluster/job.jar -C $flink/cluster/classes .
cc -std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror -O2 -IInclude \
    -o $flink/cluster/reference Bindings/flink/tests/reference.c build/libleat.a

exec python3 $here/test_faults.py "$@" $flink/lib $flink/cluster/job.jar $model \
    $flink/cluster/reference
