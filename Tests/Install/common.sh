# SPDX-License-Identifier: MIT
#
# common.sh: shared by the tests of the installation, which read it with "." from the top folder.
. Tests/checks.sh
unset MAKEFLAGS MFLAGS MAKEOVERRIDES

model=Tests/Vectors/head/model.safetensors

refused() { ! "$@"; }

# Run a command without the caller's environment.
# usage: clean COMMAND ...
clean() { env -i PATH="$PATH" HOME="$work" "$@"; }

# usage: resumes CONSUMER [COMMAND ...]: the program, run by the command if there is one, prints the
# same with a kill and a resume as without.
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
