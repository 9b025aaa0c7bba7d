# SPDX-License-Identifier: MIT
#
# common.sh: what the tests of the installation share; read by them with ".", from
# the top folder.
set -u
LC_ALL=C
export LC_ALL
unset MAKEFLAGS MFLAGS MAKEOVERRIDES

model=Tests/Vectors/head/model.safetensors
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
passed=0 failed=0

# usage: expect WHAT COMMAND ...
expect() {
    what=$1
    shift
    if "$@" >"$work/expect" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $what"
        sed 's/^/    /' "$work/expect" | tail -n 30
    fi
}

# usage: silent COMMAND ...: it succeeds and says nothing.
silent() {
    "$@" >"$work/silent" 2>&1
    code=$?
    cat "$work/silent"
    [ $code -eq 0 ] && [ ! -s "$work/silent" ]
}

refused() { ! "$@"; }

# A shell command that sees nothing of the caller's environment.
# usage: clean COMMAND ...
clean() { env -i PATH="$PATH" HOME="$work" "$@"; }

# usage: resumes CONSUMER [COMMAND ...]: the program, run by the command if there is one,
# prints after a kill and a resume what it prints without.
resumes() {
    consumer=$1
    shift
    rm -f "$work"/*.db*
    clean "$@" "$consumer" "$work/model.safetensors" "$work/whole.db" 100 >"$work/whole" ||
        { echo "exit status $? of a fresh start"; return 1; }
    clean "$@" "$consumer" "$work/model.safetensors" "$work/cut.db" 100 57
    [ $? -eq 137 ] || { echo "it wasn't killed"; return 1; }
    clean "$@" "$consumer" "$work/model.safetensors" "$work/cut.db" 100 >"$work/cut"
    [ $? -eq 75 ] || { echo "it didn't resume"; return 1; }
    grep '^100 [0-9a-f]' "$work/whole" && cmp "$work/whole" "$work/cut"
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
