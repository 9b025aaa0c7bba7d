#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_readme.sh: the README's program is examples-c/resume.c, the README's command compiles it
# against what `make install` installs, and after a kill it resumes with the same bits.
# usage: Tests/Examples/test_readme.sh
cd "$(dirname "$0")/../.." || exit 1
. Tests/Examples/common.sh

tree=$work/tree

# The first block of C with a main.
extract() {
    awk '
        /^```c$/ { inside = 1; program = ""; next }
        /^```/ { if (inside && program ~ /int main/) { printf "%s", program; found = 1; exit }
                 inside = 0 }
        inside { program = program $0 "\n" }
        END { if (!found) { print "README.md has no C program"; exit 1 } }' README.md
}

# The command, with two options that its reader doesn't need.
compile() {
    command=$(sed -n 's/^[ $]*\(cc .*resume\.c.*\)$/\1/p' README.md | sed -n 1p)
    [ -n "$command" ] || { echo "README.md has no command that begins with cc"; return 1; }
    echo "$command"
    (cd "$work" && eval "cc -I'$tree/usr/include' -L'$tree/usr/lib' ${command#cc }")
}

expect "README.md: has a program" prints "$work/resume.c" extract
expect "README.md: the program is examples-c/resume.c" cmp "$work/resume.c" examples-c/resume.c
expect "make install" make -s install DESTDIR="$tree" PREFIX=/usr
expect "README.md: its command compiles the program" compile

LD_LIBRARY_PATH=$tree/usr/lib
export LD_LIBRARY_PATH
expect "the program runs" prints "$work/whole" \
    "$work/resume" "$model" "$work/whole.db" "$work/long"
expect "it prints a line for each sample" awk -v n="$samples" '
    $1 != NR { print; bad = 1 } END { exit bad || NR != 15 * n }' "$work/whole"
expect "it is killed 20 times" \
    killed_runs "$work/killed" "$work/resume" "$model" STORE "$work/long"
expect "it resumes with the same bits" same_by_position 1 "$work/whole" "$work/killed"

finish
