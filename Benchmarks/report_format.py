# SPDX-License-Identifier: MIT
"""Numbers and tables as text."""
import re

NOTHING = "Not measured yet."


def number(value):
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(titles, rows):
    if not rows:
        return NOTHING
    numeric = [all(not isinstance(row[i], str) or row[i].endswith("%")
                   for row in rows) for i in range(len(titles))]
    lines = ["| " + " | ".join(titles) + " |",
             "|" + "|".join("---:" if n else "---" for n in numeric) + "|"]
    lines += ["| " + " | ".join(number(cell) for cell in row) + " |"
              for row in rows]
    return "\n".join(lines)


def plain_table(part, titles=()):
    """A table of results, with a column for each name in them."""
    titles = dict(titles)
    if isinstance(part, dict):
        if all(isinstance(value, (dict, list)) for value in part.values()):
            part = [{"": name, **value} for name, value in part.items()
                    if isinstance(value, dict)]
        else:
            return table(["", ""], [[titles.get(name, words(name)), value]
                                    for name, value in part.items()])
    if not part:
        return NOTHING
    names = list(dict.fromkeys(name for row in part for name in row))
    return table([titles.get(name, words(name)) for name in names],
                 [[row.get(name) for name in names] for row in part])


def words(name):
    """A title made from a name: leat_ns is "Leat, ns"."""
    name = re.sub(r"_(ns|us|ms|bytes)$", r", \1", name).replace("_", " ")
    for word, better in (("leat", "Leat"), ("p999", "p99.9"),
                         ("weight,", "weights,")):
        name = name.replace(word, better)
    return name


def bytes_text(count):
    for unit, size in (("MiB", 2 ** 20), ("KiB", 2 ** 10)):
        if count >= size:
            value = count / size
            return f"{value:.{0 if value >= 10 else 1}f} {unit}".replace(
                ".0 ", " ")
    return f"{count} bytes"
