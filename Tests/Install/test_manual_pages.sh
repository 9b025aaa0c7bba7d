#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_manual_pages.sh: the manual pages are well-formed and right: each function with the type in
# its header, each code, examples that compile, every subcommand of the tool. Shells can read the
# completions.
# usage: Tests/Install/test_manual_pages.sh
cd "$(dirname "$0")/../.." || exit 1
Scripts/setup mandoc=mandoc groff=groff-base zsh=zsh fish=fish cc=gcc || exit 1
. Tests/Install/common.sh

pages=Packaging/man
warn='-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror'

# --- well-formed ---

# Pages that aren't installed here can't be found.
lint() {
    mandoc -T lint -W warning "$1" | grep -v 'outdated mandoc.db'
    mandoc -T lint -W warning "$1" >/dev/null 2>&1
}
for page in $pages/*.[35] build/man/*.1; do
    expect "$page: mandoc" silent lint "$page"
    # mandoc prints a name that it doesn't know unchanged.
    expect "$page: groff" silent sh -c 'groff -mandoc -ww -Tutf8 "$1" >/dev/null' - "$page"
done

# --- leat(3) and leat_store(3) ---

documented() { sed -n 's/^\.Fo \(leat_[a-z_]*\)$/\1/p' "$pages/$1.3" | sort; }
described() {
    sed -n '/^\.Sh DESCRIPTION/,/^\.Ss Memory$/s/^\.It Fn \(leat_[a-z_]*\)$/\1/p
        /^\.Ss Memory$/,/^\.Ss Durab/s/^\.It Fn \(leat_[a-z_]*\)$/\1/p' "$pages/$1.3" | sort
}
exported() {
    awk -v library="lib$1.so." '/^[^ *#]/ { inside = index($1, library) == 1 }
        inside && /^ leat_/ { sub(/@.*/, "", $1); print $1 }' Packaging/debian/libleat0.symbols |
        sort
}
names_them() { # pattern of functions in the page, page
    $1 "$2" >"$work/found"
    exported "$2" | diff - "$work/found"
}

# The SYNOPSIS as C, after its headers: the compiler refuses a different type.
declarations() {
    awk '
        /^\.In / { print "#include <" $2 ">" }
        { argument = substr($0, 5); gsub(/^"|"$/, "", argument) }
        /^\.Ft typedef/ { skip = 1 }
        /^\.Ft / && !/typedef/ { type = argument; skip = 0 }
        /^\.Fo / { line = type " " argument "("; separator = "" }
        /^\.Fa / { line = line separator argument; separator = ", " }
        /^\.Fc/ && !skip { print line ");" }
        /^\.Sh DESCRIPTION/ { exit }' "$pages/$1.3"
}
agrees() {
    declarations "$1" >"$work/synopsis.c"
    cc $warn -IInclude -fsyntax-only "$work/synopsis.c"
}

example() {
    awk '/^\.Sh EXAMPLES/ { inside = 1 }
        inside && /^\.Ed/ { exit }
        literal { gsub(/\\e/, "\\"); print }
        inside && /^\.Bd -literal/ { literal = 1 }' "$pages/$1.3"
}
compiles() {
    example "$1" >"$work/$1.c"
    cc $warn -O1 -IInclude -o "$work/$1" "$work/$1.c" -Lbuild -l"$1" -lleat \
        -Wl,-rpath,"$PWD/build"
}
numbers() { od -An -v -w4 -tf4 "$1"; }
forecasts() { # PyTorch's output
    numbers Tests/Vectors/size-1-1/input.f32 |
        "$work/leat" Tests/Vectors/size-1-1/model.safetensors >"$work/forecasts" &&
        numbers Tests/Vectors/size-1-1/output.f32 | paste - "$work/forecasts" | awk '
            NF != 2 || $1 - $2 > 1e-6 || $2 - $1 > 1e-6 { print; bad = 1 }
            END { exit bad || NR == 0 }'
}
counts() { # from 1 to 10, then to 20
    "$work/leat_store" "$model" "$work/page.db" && "$work/leat_store" "$model" "$work/page.db" |
        tail -n 1 | grep -x 20
}
codes() { # which the headers have and the page doesn't
    grep -o '^#define LEAT_E_[A-Z_]*' Include/leat.h | sed 's/.* //' | sort >"$work/given"
    sed -n 's/^\.It Bq Dv \(LEAT_E_.*\)/\1/p' $pages/leat.3 $pages/leat_store.3 | sort -u |
        diff "$work/given" -
}

for page in leat leat_store; do
    expect "$page(3): its SYNOPSIS has the exported functions" names_them documented $page
    expect "$page(3): its DESCRIPTION has the exported functions" names_them described $page
    expect "$page(3): its SYNOPSIS is what $page.h says" agrees $page
    expect "$page(3): its example compiles" compiles $page
done
expect "leat(3): its example forecasts" forecasts
expect "leat_store(3): its example counts" counts
expect "leat(3), leat_store(3): every code" codes

# --- leat(5) ---

# As in Formats.md: one line each.
tables() {
    sed -n '/^CREATE /p' Documentation/Formats.md >"$work/tables"
    sed -n '/^CREATE /,/^\.Ed/p' $pages/leat.5 | grep -v '^\.Ed' | awk '
        /^CREATE/ && NR > 1 { print line; line = "" }
        { sub(/^ +/, ""); line = line (line == "" ? "" : " ") $0 }
        END { print line }' | diff "$work/tables" -
}
number() { sed -n "s/^#define $1 \([0-9]*\)$/\1/p" "$2"; }
expect "leat(5): the tables of Formats.md" tables
expect "leat(5): the version of a state" \
    grep -q "^Version $(number LEAT_STATE_VERSION Include/leat.h): what$" $pages/leat.5
expect "leat(5): the version of a store" \
    grep -q "^Version $(number LEAT_STORE_VERSION Include/leat_store.h): an SQLite" $pages/leat.5

# --- leat(1) and its subcommands ---

# The tool's subcommands from its own --help, named as pages are; recursive.
subcommands() { # words of the command
    build/leat help "$@" | sed -n '/^SUBCOMMANDS:/,/^$/s/^  \([a-z][a-z-]*\)\( .*\)*$/\1/p' |
        while read -r command; do
            (IFS=- && echo "leat${*:+-$*}-$command")
            subcommands "$@" "$command"
        done
}
has_pages() {
    { echo leat && subcommands; } | sed 's/ (default)//; s/$/.1/' | sort >"$work/commands"
    (cd build/man && ls) | diff "$work/commands" -
}
# An option that --help shows is on the page, spelled the same.
has_options() {
    for page in build/man/*-*.1; do
        words=$(sed -n '/^\.Sh SYNOPSIS/{n;s/^\.Nm leat //p;}' "$page")
        mandoc -T ascii "$page" | col -bx >"$work/page"
        build/leat help $words | grep -o -e '--[a-z][a-z-]*' | sort -u |
            grep -v -e '^--help$' -e '^--version$' | while read -r option; do
            grep -q -e "$option" "$work/page" || echo "$page: no $option"
        done
    done
}
# Every line of an example remains one line.
has_examples() {
    for page in build/man/*-*.1; do
        words=$(sed -n '/^\.Sh SYNOPSIS/{n;s/^\.Nm leat //p;}' "$page")
        COLUMNS=200 build/leat help $words >"$work/help"
        mandoc -T ascii "$page" | col -bx | sed 's/^ *//' >"$work/page"
        grep '^  leat ' "$work/help" | sed 's/^ *//' | while read -r line; do
            grep -qxF -e "$line" "$work/page" || echo "$page: no line '$line'"
        done
    done
}
expect "every subcommand has a page" has_pages
expect "pages have the options of --help" silent has_options
expect "pages have the lines of the examples" silent has_examples
again() {
    mkdir "$work/man"
    build/leat --experimental-dump-help | awk -v folder="$work/man" \
        -v date="$(sed -n 's/^\.Dd //p' $pages/leat.3)" -f $pages/tool.awk
    diff -r build/man "$work/man"
}
expect "the tool's pages are generated with the same bytes again" again
expect "text that isn't the tool's help makes no page" refused sh -c \
    'echo "{\"command\": [" | awk -v folder="$1" -v date=x -f Packaging/man/tool.awk' - "$work"

# --- completions ---

expect "bash reads its completions" silent bash -n build/completions/leat.bash
completed() { # bash itself, as when TAB is pressed
    bash -c '. build/completions/leat.bash
        COMP_WORDS=(leat inf) COMP_CWORD=1 COMP_LINE="leat inf" COMP_POINT=8
        _leat leat inf leat && printf "%s\n" "${COMPREPLY[@]}"' | grep -x 'info *'
}
expect "bash completes a subcommand" completed
expect "zsh reads its completions" silent zsh -n build/completions/leat.zsh
expect "fish reads its completions" silent fish --no-execute build/completions/leat.fish
finish
