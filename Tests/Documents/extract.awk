# SPDX-License-Identifier: MIT
#
# extract.awk: extract a document's blocks. Writes the n-th block to FOLDER/n/body, and its
# language, line and directives to files beside it; invalid blocks and directives are written to
# FOLDER/problems, with their lines.
# usage: awk -v folder=FOLDER -f extract.awk DOCUMENT

function problem(what) { print FNR, what >(folder "/problems") }
function write(name, text) {
    print text >(folder "/" n "/" name)
    close(folder "/" n "/" name)
}
function begin(language) {
    n++
    system("mkdir -p \"" folder "/" n "\"")
    body = folder "/" n "/body"
    printf "" >body
    write("language", language)
    write("line", FNR)
    write("directives", directives)
    directives = ""
}
fence != "" && $0 ~ "^[ ]*" fence "`*[ ]*$" {
    close(body)
    fence = ""
    next
}
fence != "" {
    line = $0
    for (i = 0; i < indent && substr(line, 1, 1) == " "; i++)
        line = substr(line, 2)
    print line >body
    next
}
/^[ \t]*(~~~|>[ >]*```|<pre)/ { problem("a block of another kind; use ``` at the start of a line") }
/^[ ]*```/ {
    indent = match($0, /`/) - 1
    match($0, /`+/)
    fence = substr($0, RSTART, RLENGTH)
    begin(substr($0, RSTART + RLENGTH))
    next
}
/<!-- *test/ {
    if ($0 !~ /^[ ]*<!-- test: (output|(skip|needs|file|use|exit)=[^ ].*) -->$/)
        problem("not a directive: " $0)
    sub(/^[ ]*<!-- test: /, "")
    sub(/ -->$/, "")
    directives = directives $0 "\n"
    next
}
# Indented text is a block without a language, except in a list.
/^    / && blank && !list && !indented { begin("indented text"); indented = 1 }
NF && !/^    / { indented = 0 }
indented { blank = 0; next }
NF && directives != "" { problem("a directive, and no block after it"); directives = "" }
{ blank = !NF }
/^[^ ]/ { list = /^([-*+]|[0-9]+\.) / }
END { if (fence != "") problem("a block without an end") }
