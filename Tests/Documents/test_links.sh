#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_links.sh: every link from a document to a file of the project, or to a heading of a document,
# has a target. Links to other sites aren't tested.
# usage: Tests/Documents/test_links.sh
cd "$(dirname "$0")/../.." || exit 1
. Tests/checks.sh

# The links of a document, without text in code that looks like one.
links() {
    awk '/^[ ]*```/ { code = !code } code { next }
        {
            gsub(/`[^`]*`/, "")
            while (match($0, /\]\([^)]*\)/)) {
                print substr($0, RSTART + 2, RLENGTH - 3)
                $0 = substr($0, RSTART + RLENGTH)
            }
        }' "$1"
}

# The anchors that GitHub makes from a document's headings.
anchors() {
    awk '/^[ ]*```/ { code = !code } code { next }
        sub(/^#+ /, "") {
            $0 = tolower($0)
            gsub(/[^a-z0-9 _-]/, "")
            gsub(/ /, "-")
            print
        }' "$1"
}

list=$work/list
for document in README.md CHANGELOG.md SECURITY.md Documentation/*.md examples-c/*/*.md Tests/*/README.md \
    Bindings/*/README.md; do
    links "$document" >"$list"
    while read -r link; do
        case $link in
        *://* | mailto:*) continue ;;
        esac
        path=${link%%#*} anchor=
        [ "$path" = "$link" ] || anchor=${link#*#}
        if [ -n "$path" ]; then target=$(dirname "$document")/$path; else target=$document; fi
        if [ ! -e "$target" ]; then
            echo "FAILED: $document: there is no $link"
        elif [ -n "$anchor" ] && ! anchors "$target" | grep -qxF -e "$anchor"; then
            echo "FAILED: $document: no heading makes $link"
        else
            passed=$((passed + 1))
            continue
        fi
        failed=$((failed + 1))
    done <"$list"
done
finish
