#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_readme.sh: the README's job is compiled and run, and so are its commands.
# usage: Bindings/flink/tests/test_readme.sh, after make flink-jar
cd "$(dirname "$0")/../../.." || exit 1
. Tests/checks.sh
. Bindings/flink/tests/java.sh
JDK_JAVA_OPTIONS="$java_options $java_short"
export JDK_JAVA_OPTIONS
model=$PWD/Tests/Vectors/head/model.safetensors
FLINK_LIB=$PWD/build/flink/lib
export FLINK_LIB

block() { # language: the README's block in it
    awk -v language="$1" '$0 == "```" language { inside = 1; next } /^```/ { inside = 0 }
        inside { print; found = 1 } END { exit !found }' Bindings/flink/README.md
}

compiled() {
    mkdir "$work/job" && block java >"$work/job/PumpJob.java" &&
        javac --release 17 -cp "$jars" -d "$work/job" "$work/job/PumpJob.java"
}

ran() {
    java -cp "$work/job:$jars" PumpJob "$model" >"$work/outputs" 2>"$work/errors" ||
        { cat "$work/errors"; return 1; }
    # One line for each record, each once.
    sed 's/^[0-9]*> //' "$work/outputs" | cut -d ' ' -f 1,2 | sort -u | wc -l | grep -x 3000 &&
        [ "$(wc -l <"$work/outputs")" -eq 3000 ]
}

savepoint() {
    mkdir "$work/classes" && javac --release 17 -cp "$jars" -d "$work/classes" \
        Bindings/flink/tests/operator/io/leat/flink/*.java &&
        cp -R Bindings/flink/tests/operator/META-INF "$work/classes" &&
        java -cp "$work/classes:$jars" io.leat.flink.MakeSavepoint "$model" "$work" \
            >"$work/path" 2>/dev/null && SAVEPOINT=$(tail -n 1 "$work/path") && export SAVEPOINT
}

commands() {
    mkdir "$work/commands" && mkdir "$work/commands/build" &&
        ln -s "$PWD/build/flink" "$work/commands/build/flink" && block sh >"$work/commands/run.sh" &&
        (cd "$work/commands" && sh -eu run.sh >printed 2>errors || { cat errors; exit 1; })
}

# A row without a name is the store's own.
names() {
    python3 -c 'import sqlite3, sys
names = sqlite3.connect(sys.argv[1]).execute("SELECT name FROM leat_stream ORDER BY name")
print(*(name for name, in names))' "$work/commands/pumps.db" | grep -x ' *pump-0 pump-1 pump-2 pump-3 pump-4'
}

expect "the job is compiled" compiled
expect "the job runs" ran
expect "a savepoint" savepoint
expect "the commands run" commands
expect "the store has the streams" names
expect "a savepoint is made of them" test -e "$(sed 's/^file://' "$work/commands/printed")/_metadata"
finish
