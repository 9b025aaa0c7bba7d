#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh: all tests of the tool, those of one subcommand after the other.
# usage: Tests/Tool/run.sh, after make all examples
cd "$(dirname "$0")/../.." || exit 1
Scripts/setup jq=jq tmux=tmux cc=gcc c++=g++ sqlite3.h=libsqlite3-dev || exit 1
passed=0 failed=0
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT TERM

for test in Tests/Tool/test_*.sh; do
    "$test" >"$log" 2>&1
    code=$?
    cat "$log"
    counts=$(sed -n 's/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p' "$log" |
        tail -n 1)
    # One that ended before it could count failed.
    [ -n "$counts" ] || counts="0 1"
    [ $code -eq 0 ] || [ "${counts#* }" != 0 ] || counts="${counts% *} 1"
    [ "${counts#* }" = 0 ] || echo "$test: ${counts#* } failed"
    passed=$((passed + ${counts% *}))
    failed=$((failed + ${counts#* }))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
