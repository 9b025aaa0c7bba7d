# SPDX-License-Identifier: MIT
# Make the manual pages of the tool from its help.
# usage: leat --experimental-dump-help | awk -v folder=DIR -v date="MONTH DAY, YEAR" -f tool.awk
#
# Lines of a command's discussion that begin with two spaces stay as they are. If such
# lines follow "Example:", "Examples:" or "Example, of this:", they go to the section
# EXAMPLES. A line that begins with "Exit status:" goes to the section EXIT STATUS; the
# tool's exit status holds for its subcommands, too.

# --- JSON: value["command.subcommands.0.abstract"], count["command.subcommands"] ---

{
    line = $0
    while (match(line, /^[ \t]*("([^"\\]|\\.)*"|[{}:,]|\[|\]|[-+.0-9a-zA-Z]+)/)) {
        word = substr(line, 1, RLENGTH)
        sub(/^[ \t]*/, "", word)
        token[++tokens] = word
        line = substr(line, RLENGTH + 1)
    }
    if (line !~ /^[ \t\r]*$/) fail("not JSON: " line)
}

END {
    parse("")
    if (at != tokens || !((".command.commandName") in value)) fail("not the help of a tool")
    page(".command", "", "", "")
}

function fail(why) {
    print "tool.awk: " why >"/dev/stderr"
    failed = 1
    exit 1
}

function parse(path,    word, key, n) {
    word = token[++at]
    if (word == "{" || word == "[") {
        n = 0
        if (token[at + 1] ~ /^[]}]$/) { at++; count[path] = 0; return }
        do {
            key = n++
            if (word == "{") { key = string(token[++at]); at++ }
            parse(path "." key)
            if (failed || at > tokens) fail("not JSON: it ends too early")
        } while (token[++at] == ",")
        count[path] = n
    } else {
        value[path] = word ~ /^"/ ? string(word) : word
    }
}

function string(word,    out, i, c) {
    word = substr(word, 2, length(word) - 2)
    out = ""
    while (i = index(word, "\\")) {
        out = out substr(word, 1, i - 1)
        c = substr(word, i + 1, 1)
        if (c == "u") fail("an escape that it doesn't know: " word)
        out = out (c == "n" ? "\n" : c == "t" ? "\t" : c == "r" || c == "b" || c == "f" ? "" : c)
        word = substr(word, i + 2)
    }
    return out word
}

# --- mdoc ---

# Text within a line.
function escaped(text) {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    return text
}

# A word in a macro's line.
function argument(text) {
    text = escaped(text)
    gsub(/"/, "\\(dq", text)
    return text ~ /[ \t]/ ? "\"" text "\"" : text
}

function literal_line(text) {
    text = escaped(text)
    return text ~ /^[.']/ ? "\\&" text : text
}

# Filled text: words that look like options keep their hyphens, and each sentence begins
# on a new line.
function filled(text,    n, i, words, out, word, column) {
    gsub(/\\/, "\\e", text)
    n = split(text, words, /[ \t]+/)
    out = ""
    column = 0
    for (i = 1; i <= n; i++) {
        word = words[i]
        if (word == "") continue
        if (word ~ /^[("'`]*-/) gsub(/-/, "\\-", word)
        if (out != "" && (column + length(word) > 78 || (word ~ /^[A-Z]/ && out ~ /[.?!]$/))) {
            out = out "\n"
            column = 0
        }
        if (column > 0) word = " " word
        else if (word ~ /^[.']/) word = "\\&" word
        out = out word
        column += length(word)
    }
    return out
}

# A discussion: paragraphs and literal lines. Examples are put into `examples`, their
# introduction into `introduction`, and text about the exit status into `own_status`.
function discussion(text,    n, i, lines, kind, was, out, heading) {
    n = split(text, lines, "\n")
    out = was = ""
    for (i = 1; i <= n; i++) {
        if (lines[i] ~ /^[ \t]*$/) { if (was == "text") was = "gap"; continue }
        if (lines[i] ~ /^Examples?(,.*)?:[ \t]*$/ && lines[i + 1] ~ /^  /) {
            heading = 1
            # "Example, for a pump:" begins the section with "For a pump:".
            if (sub(/^Examples?, */, "", lines[i]))
                introduction = filled(toupper(substr(lines[i], 1, 1)) substr(lines[i], 2)) "\n"
            continue
        }
        if (sub(/^Exit status:[ \t]*/, "", lines[i])) {
            own_status = filled("The exit status is " lines[i]) "\n"
            continue
        }
        kind = lines[i] ~ /^  / ? "literal" : "text"
        if (kind == "literal" && heading) {
            # A blank line between two examples.
            if (examples != "" && lines[i - 1] ~ /^[ \t]*$/) examples = examples "\n"
            examples = examples literal_line(substr(lines[i], 3)) "\n"
            continue
        }
        heading = 0
        if (was == "literal" && kind == "text") out = out ".Ed\n.Pp\n"
        else if (kind == "text" && (was == "gap" || was == "")) out = out ".Pp\n"
        else if (kind == "literal" && was == "literal" && lines[i - 1] ~ /^[ \t]*$/) out = out "\n"
        else if (kind == "literal" && was != "literal")
            out = out ".Bd -literal -offset indent\n"
        out = out (kind == "text" ? filled(lines[i]) : literal_line(substr(lines[i], 3))) "\n"
        was = kind
    }
    return out (was == "literal" ? ".Ed\n" : "")
}

# --- arguments ---

function is_hidden(path) { return value[path ".shouldDisplay"] == "false" }

# -h and --version are the same for all commands, and described only once.
function is_common(path) { return value[path ".preferredName.name"] ~ /^(help|version)$/ }

function option_name(path,    kind) {
    kind = value[path ".kind"]
    return "Fl " (kind == "long" ? "\\-" : "") argument(value[path ".name"])
}

# An argument in a synopsis or list: with all its names, separated by `between`, or, if
# that is empty, with its first name.
function written(path, between,    kind, n, i, out) {
    kind = value[path ".kind"]
    if (kind == "positional") return "Ar " argument(value[path ".valueName"])
    if (between == "") out = option_name(path ".preferredName")
    else {
        n = count[path ".names"]
        for (i = 0; i < n; i++)
            out = out (i ? between : "") option_name(path ".names." i)
    }
    return out (kind == "option" ? " Ar " argument(value[path ".valueName"]) : "")
}

function synopsis(path, is_positional,    n, i, one, out, text) {
    n = count[path ".arguments"]
    for (i = 0; i < n; i++) {
        one = path ".arguments." i
        if (is_hidden(one) || is_common(one)) continue
        if ((value[one ".kind"] == "positional") != is_positional) continue
        text = written(one, "")
        if (value[one ".isRepeating"] == "true") text = text " ..."
        out = out "." (value[one ".isOptional"] == "true" ? "Op " : "") text "\n"
    }
    return out
}

function values(path,    n, i, out, key) {
    n = count[path ".allValues"]
    for (i = 0; i < n; i++) {
        key = value[path ".allValues." i]
        out = out (i == 0 ? "" : i == n - 1 ? " or " : ", ") key
        if ((path ".allValueDescriptions." key) in value)
            out = out " (" value[path ".allValueDescriptions." key] ")"
    }
    return out
}

# A flag and its --no- form have one description.
function is_pair(one, next_one) {
    return value[one ".kind"] == "flag" && value[next_one ".kind"] == "flag" &&
        value[next_one ".preferredName.name"] == "no-" value[one ".preferredName.name"]
}

function arguments(path, all,    n, i, one, out, text) {
    n = count[path ".arguments"]
    for (i = 0; i < n; i++) {
        one = path ".arguments." i
        if (is_hidden(one) || (is_common(one) && !all)) continue
        out = out ".It " written(one, " , ")
        if (is_pair(one, path ".arguments." (i + 1)))
            out = out " , " written(path ".arguments." ++i, " , ")
        out = out "\n" filled(value[one ".abstract"]) "\n"
        if (count[one ".allValues"]) out = out filled("One of " values(one) ".") "\n"
        if ((one ".defaultValue") in value && value[one ".kind"] != "flag") {
            text = value[one ".defaultValue"]
            if (text ~ /^[^A-Za-z0-9]+$/) text = "\"" text "\""
            out = out filled("The default is " text ".") "\n"
        }
        if ((one ".discussion") in value) out = out discussion(value[one ".discussion"])
    }
    return out == "" ? "" : ".Pp\nThe arguments are as follows:\n.Bl -tag -width Ds\n" out ".El\n"
}

# --- pages ---

function sentence(text) { return text ~ /[.?!]$/ ? text : text "." }

# The subcommands, one line each.
function subcommands(path, name,    n, i, one, out) {
    n = count[path ".subcommands"]
    for (i = 0; i < n; i++) {
        one = path ".subcommands." i
        if (is_hidden(one)) continue
        if (value[one ".commandName"] == "help")
            out = out ".It Cm help Op Ar subcommand\n"
        else
            out = out ".It Xr " name "-" value[one ".commandName"] " 1\n"
        out = out filled(sentence(value[one ".abstract"])) "\n"
    }
    return out == "" ? "" : ".Pp\nThe subcommands are as follows:\n.Bl -tag -width Ds\n" out ".El\n"
}

# The pages of a list, each ended by a newline, sorted and with commas between them.
function references(list,    n, i, j, names, t, out) {
    n = split(list, names, "\n") - 1
    for (i = 2; i <= n; i++)
        for (j = i; j > 1 && names[j] < names[j - 1]; j--) {
            t = names[j]
            names[j] = names[j - 1]
            names[j - 1] = t
        }
    for (i = 1; i <= n; i++) out = out ".Xr " names[i] " ,\n"
    return out
}

function page(path, parent, words, status,    name, file, n, i, one, text, see) {
    name = (parent == "" ? "" : parent "-") value[path ".commandName"]
    words = (words == "" ? "" : words " ") value[path ".commandName"]
    file = folder "/" name ".1"
    examples = introduction = own_status = ""
    see = (parent == "" ? "" : parent " 1\n")
    n = count[path ".subcommands"]
    for (i = 0; i < n; i++) {
        one = path ".subcommands." i
        if (!is_hidden(one) && value[one ".commandName"] != "help")
            see = see name "-" value[one ".commandName"] " 1\n"
    }

    text = value[path ".abstract"]
    sub(/[.]$/, "", text)
    printf ".\\\" SPDX-License-Identifier: MIT\n.\\\" Made by Packaging/man/tool.awk " \
        "from the help of the tool.\n.Dd %s\n.Dt %s 1\n.Os Leat\n.Sh NAME\n.Nm %s\n.Nd %s\n", \
        date, toupper(name), name, \
        (text ~ /^[A-Z][a-z ]/ ? tolower(substr(text, 1, 1)) substr(text, 2) : text) >file
    printf ".Sh SYNOPSIS\n.Nm %s\n%s%s", words, synopsis(path, 0), synopsis(path, 1) >file
    if (n > 0) printf ".Ar subcommand\n.Op Ar argument ...\n" >file
    printf ".Sh DESCRIPTION\n%s\n%s%s%s", filled(sentence(value[path ".abstract"])), \
        discussion(value[path ".discussion"]), arguments(path, parent == ""), \
        subcommands(path, name) >file
    status = status (status != "" && own_status != "" ? ".Pp\n" : "") own_status
    printf ".Sh EXIT STATUS\n%s", status == "" ? ".Ex -std leat\n" : status >file
    if (examples != "")
        printf ".Sh EXAMPLES\n%s.Bd -literal -offset indent\n%s.Ed\n", introduction, \
            examples >file
    printf ".Sh SEE ALSO\n%s", references(see) ".Xr leat 3 ,\n.Xr leat_store 3 ,\n.Xr leat 5\n" >file
    close(file)

    for (i = 0; i < n; i++) {
        one = path ".subcommands." i
        if (!is_hidden(one) && value[one ".commandName"] != "help") page(one, name, words, status)
    }
}
