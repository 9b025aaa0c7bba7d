#!/bin/sh
# SPDX-License-Identifier: MIT
# Build what Tests/Emulated/run.sh needs: the libraries for other processors, and SQLite for them.
# usage: Tests/Emulated/build.sh TARGET ...
set -eu
cd "$(dirname "$0")/../.."
for CROSS; do
    . Tests/Emulated/target.sh
    [ -z "$emulator" ] || Scripts/setup "$emulator=qemu-user"
    start=$(date +%s)
    make -s CROSS="$CROSS" libraries
    Tests/Emulated/sqlite.sh "$CROSS" "$architecture" "$database"
    echo "$CROSS: built in $(($(date +%s) - start)) s"
done
