# SPDX-License-Identifier: MIT
#
# compare.awk: compare what a document shows with what was printed. "..." within a shown line
# matches any text, and alone on a line any lines.
# usage: awk -f compare.awk SHOWN PRINTED

FILENAME == ARGV[1] { shown[++shown_lines] = $0; next }
{ printed[++printed_lines] = $0 }

# The pieces between "..." must be in the line in this order, the first at its start and the last at
# its end.
function line_matches(pattern, line,    pieces, count, i, at) {
    if (pattern == line)
        return 1
    count = split(pattern, pieces, /\.\.\./)
    if (count < 2 || substr(line, 1, length(pieces[1])) != pieces[1])
        return 0
    line = substr(line, length(pieces[1]) + 1)
    for (i = 2; i < count; i++) {
        if (!(at = index(line, pieces[i])))
            return 0
        line = substr(line, at + length(pieces[i]))
    }
    return length(line) >= length(pieces[count]) &&
        substr(line, length(line) - length(pieces[count]) + 1) == pieces[count]
}

function matches(s, p) {
    for (; s <= shown_lines && shown[s] != "..."; s++)
        if (p > printed_lines || !line_matches(shown[s], printed[p++]))
            return 0
    if (s > shown_lines)
        return p > printed_lines
    for (; p <= printed_lines + 1; p++)
        if (matches(s + 1, p))
            return 1
    return 0
}

END { exit !matches(1, 1) }
