#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh: all tests of the tool, one subcommand after the other.
# usage: Tests/Tool/run.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
Scripts/setup jq=jq tmux=tmux cc=gcc c++=g++ sqlite3.h=libsqlite3-dev || exit 1
. Tests/checks.sh

for test in Tests/Tool/test_*.sh; do
    "$test" >"$work/output" 2>&1
    code=$?
    cat "$work/output"
    add_counts $code "$work/output"
    [ "$bad" -eq 0 ] || echo "$test: $bad failed"
done
finish
