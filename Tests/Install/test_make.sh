#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_make.sh: what a user of `make` sees: which packages it installs and why before it does so,
# progress while it compiles, and at its end what it built and what to do next.
# usage: Tests/Install/test_make.sh, after make
cd "$(dirname "$0")/../.." || exit 1
. Tests/Install/common.sh

# --- packages ---

# Nothing is installed: this apt-get only records that it was called.
mkdir "$work/bin"
printf '#!/bin/sh\necho "apt-get $*" >>"%s/order"\n' "$work" >"$work/bin/apt-get"
printf '#!/bin/sh\n[ "$1" = -n ] && exit\nexec "$@"\n' >"$work/bin/sudo"
printf '#!/bin/sh\n' >"$work/bin/swift"
chmod +x "$work"/bin/*
setup() { # need ...
    : >"$work/order"
    PATH=$work/bin:$PATH Scripts/setup "$@" >>"$work/order" 2>&1
    code=$?
    cat "$work/order"
    return $code
}
says_before() {
    setup sh=dash leat-none.h=libsqlite3-dev leat-none=binutils /leat/none=another || return 1
    before=$(sed '/^apt-get/,$d' "$work/order")
    for words in '^    libsqlite3-dev  *sqlite3.h: stores are SQLite databases$' \
        '^    binutils  *ld makes one object of each library$' \
        '^    another  *it has /leat/none$' '^installing them: .*apt-get install -y'; do
        echo "$before" | grep -q "$words" || { echo "not said before: $words"; return 1; }
    done
    ! grep dash "$work/order"
}
expect "packages and reasons are printed before they are installed" says_before
expect "the packages are installed" \
    grep -qx "apt-get install -y --no-install-recommends libsqlite3-dev binutils another" "$work/order"
printf '#!/bin/sh\ncase $1 in --print-architecture) echo amd64 ;;
--add*) echo "dpkg $*" >>"%s/order" ;; esac\n' "$work" >"$work/bin/dpkg"
chmod +x "$work/bin/dpkg"
adds_architecture() {
    setup leat-none=musl-dev:arm64 leat-none=musl-dev:amd64 || return 1
    grep -E '^(dpkg|apt-get) ' "$work/order" | head -n 1 |
        grep -x 'dpkg --add-architecture arm64' && [ "$(grep -c '^dpkg' "$work/order")" = 1 ]
}
expect "a package of another architecture: the system is told of that first" adds_architecture
expect "with nothing missing nothing is printed" setup sh=dash
expect "with nothing missing nothing is installed" test ! -s "$work/order"
printf '#!/bin/sh\nexit 1\n' >"$work/bin/sudo"
printf '#!/bin/sh\necho 1000\n' >"$work/bin/id"
chmod +x "$work/bin/id"
refused_setup() { ! setup leat-none=binutils; }
expect "without permission to install it prints how" refused_setup
expect "it prints the command" grep -q "^    sudo apt-get install .* binutils$" "$work/order"
expect "it prints what for" grep -q "^    binutils  *ld makes" "$work/order"
expect "it installs nothing" refused grep -q "^apt-get" "$work/order"

# --- while it compiles ---

long="echo first; sleep 3; echo second; sleep 3"
alive() {
    EVERY=2 Scripts/quietly sh -c "$long" >"$work/lines" 2>&1 || return 1
    cat "$work/lines"
    grep -q '^    2 s  first$' "$work/lines" && grep -q '^    [46] s  second$' "$work/lines"
}
expect "a line from time to time without a terminal" alive
expect "no line for a quick command" silent Scripts/quietly true
moving() {
    script -qec "Scripts/quietly sh -c '$long'" "$work/null" </dev/null >"$work/screen" || return 1
    tr '\r' '\n' <"$work/screen" >"$work/lines"
    cat "$work/lines"
    grep -q '^    1 s  first *$' "$work/lines" && grep -q '^    [45] s  second *$' "$work/lines" &&
        [ "$(tr -cd '\n' <"$work/screen" | wc -c)" -eq 0 ]
}
expect "on a terminal one line that changes, and is erased at the end" moving
controls() {
    EVERY=1 Scripts/quietly sh -c "printf '\033[31mred\n'; sleep 2" >"$work/lines"
    ! grep -q "$(printf '\033')" "$work/lines" && grep -q 'red' "$work/lines"
}
expect "the line has no control characters of the output" controls
failing() {
    Scripts/quietly sh -c 'echo why; exit 3' >"$work/out" 2>"$work/err"
    [ $? -eq 1 ] && grep -qx why "$work/err"
}
expect "a failed command shows all its output" failing
orphans() {
    sh -c 'echo $$ >"$1"; exec Scripts/quietly sleep 20' - "$work/pid" >"$work/lines" &
    until [ -s "$work/pid" ]; do sleep 0.1; done
    sleep 1.5
    kill -9 "$(cat "$work/pid")"
    wait $! 2>/dev/null
    sleep 2
    before=$(wc -c <"$work/lines")
    ! ps -eo pid,args | grep '[q]uietly sleep 20'
}
expect "killed, it leaves no process that prints" orphans

# --- at its end ---

expect "make ends with what it built and the next steps" sh -c "
    make >'$work/made' && cat '$work/made' && tail -n 4 '$work/made' | grep -q 'make demo'"
names_files() {
    sed -n 's/^    \(build\/[^ ]*\) .*/\1/p' "$work/made" >"$work/files"
    [ "$(wc -l <"$work/files")" -eq 5 ] && xargs ls -l <"$work/files"
}
expect "the files that it names are there" names_files
finish
