#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_run.sh: run.sh finds each fault of broken.md, and no other.
# usage: Tests/Documents/test_run.sh, after make
cd "$(dirname "$0")/../.." || exit 1
printed=$(mktemp) || exit 1
trap 'rm -f "$printed"' EXIT

Tests/Documents/run.sh Tests/Documents/broken.md >"$printed" 2>&1
code=$?
if [ $code -eq 1 ] &&
    awk -f Tests/Documents/compare.awk Tests/Documents/broken.txt "$printed"; then
    echo "1 passed, 0 failed"
else
    diff Tests/Documents/broken.txt "$printed"
    echo "it exited with $code"
    echo "0 passed, 1 failed"
    exit 1
fi
