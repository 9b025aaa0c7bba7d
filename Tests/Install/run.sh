#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh: all tests of `make` and of what it installs: files, the tarball, programs that use
# them, manual pages, Debian packages in a new Debian (which needs root).
# usage: Tests/Install/run.sh, after make
cd "$(dirname "$0")/../.." || exit 1
. Tests/checks.sh

for test in make install dist consumers manual_pages packages; do
    Tests/Install/test_$test.sh >"$work/output" 2>&1
    code=$?
    grep -v '^[0-9]* passed, [0-9]* failed$' "$work/output"
    add_counts $code "$work/output"
    echo "$test: $good passed, $bad failed"
done
finish
