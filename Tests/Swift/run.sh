#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh: the Swift API as a package of somebody else's has it, by the address
# of a repository and a tag. (A package in a folder beside it would not do:
# SwiftPM checks less there.) It builds in debug and in release, fetches nothing
# but Leat, and the README's program, killed, resumes with the same bits.
# usage: Tests/Swift/run.sh
cd "$(dirname "$0")/../.." || exit 1
. Tests/Examples/common.sh
Scripts/setup git=git cc=gcc sqlite3.h=libsqlite3-dev || exit

# What git knows of this tree, as it is now, with a tag.
repository() {
    mkdir "$work/leat" && git ls-files -z -- . ':!Tests/Vectors' ':!Tests/Fuzz' ':!Tests/Refused' |
        xargs -0 tar cf - | tar xf - -C "$work/leat" && cd "$work/leat" &&
        git init -q && git add -A -f &&
        git -c user.name=test -c user.email=test@localhost commit -qm test && git tag 0.1.0
}

consumer() {
    cp -r Tests/Swift/consumer "$work/consumer" && cd "$work/consumer" &&
        sed -i "s|ADDRESS|file://$work/leat|" Package.swift && mkdir Sources/pump
}

# The block of Swift in the README.
program() {
    awk '/^```swift$/ { inside = 1; next } /^```/ { inside = 0 } inside { print; found = 1 }
        END { exit !found }' README.md
}

build() { # configuration: no warning of ours either
    (cd "$work/consumer" && swift build -c "$1") >"$work/build" 2>&1 || { cat "$work/build"; return 1; }
    ! grep warning: "$work/build"
}

fetched() {
    [ "$(ls "$work/consumer/.build/checkouts")" = leat ] || { ls "$work/consumer/.build/checkouts"; return 1; }
}

pump() { # configuration, store: reads samples from standard input
    "$work/consumer/.build/$1/pump" $model "$2"
}

# As killed_runs wants it, a command that needs no redirection.
script() {
    printf '#!/bin/sh\nexec "%s" %s "$1" <"%s"\n' "$work/consumer/.build/$1/pump" "$PWD/$model" \
        "$work/long" >"$work/pump.$1" && chmod +x "$work/pump.$1"
}

nothing_allocated() {
    awk '/^array/ { seen = $NF >= 1000; next } $NF != 0 { bad = 1 } { lines++ } { print }
        END { exit bad || !seen || lines != 5 }' "$work/allocations"
}

expect "a repository with a tag" eval '(repository)'
expect "a package that depends on it" eval '(consumer)'
expect "README.md has a program in Swift" prints "$work/consumer/Sources/pump/main.swift" program
for configuration in debug release; do
    expect "$configuration: builds" build $configuration
    expect "$configuration: only Leat is fetched" fetched
    script $configuration
    expect "$configuration: runs" prints "$work/whole.$configuration" \
        "$work/pump.$configuration" "$work/whole.$configuration.db"
    expect "$configuration: a line for each sample" awk -v n="$samples" '
        $1 != NR { print; bad = 1 } END { exit bad || NR != 15 * n }' "$work/whole.$configuration"
    expect "$configuration: is killed 20 times" \
        killed_runs "$work/killed.$configuration" "$work/pump.$configuration" STORE
    expect "$configuration: resumes with the same bits" same_by_position 1 \
        "$work/whole.$configuration" "$work/killed.$configuration"
done
expect "debug and release put out the same bits" cmp "$work/whole.debug" "$work/whole.release"

expect "the count of allocations" cc -shared -fPIC -o "$work/interpose.so" Tests/C/interpose_malloc.c
expect "steps and offers" prints "$work/allocations" env LD_PRELOAD="$work/interpose.so" \
    "$work/consumer/.build/release/allocations" $model "$work/allocations.db"
expect "steps and offers allocate nothing" nothing_allocated

finish
