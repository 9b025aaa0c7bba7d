#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh: all tests of `make` and of what is installed: files, programs that use them, manual
# pages, Debian packages in a new Debian (for which it must be root).
# usage: Tests/Install/run.sh, after make
cd "$(dirname "$0")/../.." || exit 1
passed=0 failed=0
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT TERM

for test in make install consumers pages packages; do
    Tests/Install/test_$test.sh >"$log" 2>&1
    code=$?
    grep -v '^[0-9]* passed, [0-9]* failed$' "$log"
    counts=$(sed -n 's/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p' "$log" |
        tail -n 1)
    # One that ended before it could count failed.
    [ -n "$counts" ] || counts="0 1"
    [ $code -eq 0 ] || [ "${counts#* }" != 0 ] || counts="${counts% *} 1"
    echo "$test: ${counts% *} passed, ${counts#* } failed"
    passed=$((passed + ${counts% *}))
    failed=$((failed + ${counts#* }))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
