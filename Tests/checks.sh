# SPDX-License-Identifier: MIT
#
# checks.sh: counted checks, for the shell scripts of the tests. They read it with
# ".", from the top folder. It makes $work, a folder that is removed at the end.
set -u
LC_ALL=C
export LC_ALL

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
passed=0 failed=0

# usage: expect WHAT COMMAND ...: a check that the command succeeds; if it doesn't, its
# output is printed. The command runs in this shell, since some set variables.
expect() {
    what=$1
    shift
    if "$@" >"$work/expect" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $what"
        tail -n 30 "$work/expect" | cut -c 1-2000 | sed 's/^/    /'
    fi
}

# usage: silent COMMAND ...: it succeeds and prints nothing.
silent() {
    "$@" >"$work/silent" 2>&1
    code=$?
    cat "$work/silent"
    [ $code -eq 0 ] && [ ! -s "$work/silent" ]
}

# usage: eventually COMMAND ...: it succeeds within ten seconds, or more on a busy machine.
eventually() {
    attempts=0
    until "$@"; do
        attempts=$((attempts + 1))
        [ $attempts -lt 200 ] || return 1
        sleep 0.05
    done
}

# usage: add_counts STATUS FILE: add the counts in a program's output, $good and $bad.
# A program that printed none, or exited with an error, has failed.
add_counts() {
    counts=$(sed -n 's/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p' "$2" | tail -n 1)
    [ -n "$counts" ] || counts='0 1'
    good=${counts% *} bad=${counts#* }
    [ "$1" -eq 0 ] || [ "$bad" -ne 0 ] || bad=1
    passed=$((passed + good)) failed=$((failed + bad))
}

# The totals, and the exit status: a script that checked nothing has failed.
finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}
