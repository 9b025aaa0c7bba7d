# SPDX-License-Identifier: MIT
"""The chart of Benchmarks.md with a step of every size, as SVG."""
import math

from report_charts import Svg, origin, time_text

WIDTH, HEIGHT, TOP, BOTTOM = 900, 400, 96, 336


def sizes_chart(leat, before, path):
    """On the left up to 64 units, on the right all."""
    rows = leat.get("sizes", [])
    if len(rows) < 2:
        return
    series = [("Leat", rows, "line-us")]
    if before:
        series.append((before["name"], before["sizes"], "line handwritten"))
    svg = Svg(WIDTH, HEIGHT, "Time of a step over the units of a layer")
    svg.text(20, 28, f"Time of a step with {rows[0]['hidden']} to "
             f"{rows[-1]['hidden']:,} hidden units, 8 inputs, float32", "title")
    x = 20
    for name, _, style in series:
        svg.line([(x, 50), (x + 28, 50)], style)
        svg.text(x + 36, 54, name, "us" if style == "line-us" else "")
        x += 64 + 6.5 * len(name)
    few = [(name, [row for row in part if row["hidden"] <= 64], style)
           for name, part, style in series]
    panel(svg, 66, "up to 64 units", few, [1, 16, 32, 48, 64],
          even_ticks(few), lambda value: value)
    panel(svg, 514, "all, both scales logarithmic", series,
          [1, 4, 16, 64, 256, 2048], decades(series),
          math.log)
    svg.text(20, HEIGHT - 14, origin(leat, {}), "quiet")
    svg.write(path)


def panel(svg, left, title, series, units, times, scale):
    right = left + 356

    def place(value, ends, low, high):
        first, last = scale(ends[0]), scale(ends[-1])
        return low + (high - low) * (scale(value) - first) / (last - first)

    svg.text(left, 82, title, "quiet")
    for time in times:
        y = place(time, times, BOTTOM, TOP)
        svg.line([(left, y), (right, y)], "grid")
        svg.text(left - 6, y + 4, time_text(time).replace(".0", ""),
                 "quiet end")
    for unit in units:
        x = place(unit, units, left, right)
        svg.line([(x, BOTTOM), (x, BOTTOM + 4)], "grid")
        svg.text(x, BOTTOM + 18, f"{unit:,}", "quiet middle")
    for _, rows, style in reversed(series):
        svg.line([(place(row["hidden"], units, left, right),
                   place(row["ns"], times, BOTTOM, TOP)) for row in rows],
                 style)


def even_ticks(series):
    """From 0, a hundred ns apart."""
    most = max(row["ns"] for _, rows, _ in series for row in rows)
    return [100 * n for n in range(math.ceil(most / 100) + 1)]


def decades(series):
    times = [row["ns"] for _, rows, _ in series for row in rows]
    low = math.floor(math.log10(min(times)))
    return [10 ** n for n in range(low, math.ceil(math.log10(max(times))) + 1)]
