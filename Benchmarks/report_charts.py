# SPDX-License-Identifier: MIT
"""The charts of Benchmarks.md, as SVG."""
import html
import math

from report_format import bytes_text
from report_peers import PEERS, best

# The page decides whether the light or the dark colours apply.
STYLE = """
text { font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial,
       sans-serif; fill: #1f2328 }
.back { fill: #ffffff; stroke: #d1d9e0 }
.title { font-size: 14px; font-weight: 600 }
.quiet { fill: #59636e; font-size: 11px }
.over { paint-order: stroke; stroke: #ffffff; stroke-width: 4px }
.end { text-anchor: end }
.middle { text-anchor: middle }
.us { font-weight: 700; fill: #0550ae }
.grid { stroke: #d1d9e0; stroke-width: 1 }
.bar { fill: #8c959f }
.bar-us { fill: #0969da }
.bar-c { fill: #57606a }
.line { fill: none; stroke: #57606a; stroke-width: 1.5 }
.line-us { fill: none; stroke: #0969da; stroke-width: 2.5 }
.dot-us { fill: #0969da }
.handwritten { stroke-dasharray: 6 3 }
.roof { stroke-dasharray: 1.5 3; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .back { fill: #0d1117; stroke: #3d444d }
  .quiet { fill: #9198a1 }
  .over { stroke: #0d1117 }
  .us { fill: #79b8ff }
  .grid { stroke: #3d444d }
  .bar { fill: #656c76 }
  .bar-us { fill: #4493f8 }
  .bar-c { fill: #b1bac4 }
  .line { stroke: #b1bac4 }
  .line-us { stroke: #4493f8 }
  .dot-us { fill: #4493f8 }
}
"""


class Svg:
    def __init__(self, width, height, title):
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
            f'height="{height}" viewBox="0 0 {width} {height}" role="img">',
            f"<title>{html.escape(title)}</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="back" x="0.5" y="0.5" width="{width - 1}" '
            f'height="{height - 1}" rx="6"/>']

    def text(self, x, y, text, style=""):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{style}">'
                          f"{html.escape(text)}</text>")

    def rect(self, x, y, width, height, style):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
                          f'height="{height:.1f}" rx="1.5" class="{style}"/>')

    def line(self, points, style):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{path}" class="{style}"/>')

    def dot(self, x, y, style):
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" '
                          f'class="{style}"/>')

    def write(self, path):
        path.write_text("\n".join([*self.parts, "</svg>"]) + "\n")


def time_text(ns):
    for unit, size in (("ms", 1e6), ("µs", 1e3)):
        if ns >= size:
            value = ns / size
            return f"{value:.{0 if value >= 99.5 else 1}f} {unit}"
    return f"{ns:.0f} ns"


def origin(leat, peers):
    """Machine, versions and date, for the foot of a chart. Sources of the user's have no version."""
    machine = leat.get("machine") or peers.get("machine", {})
    versions = {name: version for name, version in peers.get("versions", {}).items()
                if version[:1].isdigit()}
    return ", ".join(filter(None, [
        machine.get("processor", ""),
        f"Leat {machine.get('leat_version') or versions.get('Leat', '')}",
        *[f"{name} {versions[name]}" for name in PEERS if name in versions],
        str(machine.get("date", ""))[:10]]))


def step_chart(leat, peers, path):
    """A panel for each shape and a bar for each runtime; one log scale."""
    ours = {row["shape"]: row for row in leat.get("step", [])}
    theirs = peers.get("step", [])
    panels = []
    for shape in sorted(set(ours) | {row["shape"] for row in theirs}):
        row = ours.get(shape, {})
        bars = [("Leat", row.get("leat_ns"), "bar-us"),
                ("hand-written C", row.get("handwritten_ns"), "bar-c"),
                ("plain C", row.get("plain_ns"), "bar-c")]
        for peer in PEERS:
            one = best(theirs, shape, peer)
            bars.append((peer, one and one["ns"], "bar"))
        panels.append((shape, row, [bar for bar in bars if bar[1]]))
    if not panels:
        return
    columns, width, name_width, bar_width = 2, 450, 126, 232
    step, head = 19, 34
    tall = max(len(bars) for *_, bars in panels) * step + head + 14
    lines = -(-len(panels) // columns)
    times = [bar[1] for *_, bars in panels for bar in bars]
    # The shortest bar must be visible.
    low, high = 10 ** math.floor(math.log10(min(times) / 3)), max(times)

    def along(ns):
        return bar_width * math.log10(ns / low) / math.log10(high / low)

    svg = Svg(columns * width, 52 + lines * tall + 26,
              "Time of one step of one stream, by shape")
    svg.text(20, 28, "One step of one stream, float32, one thread", "title")
    svg.text(columns * width - 20, 28, "median; log scale: a grid line is "
             "10 times the last; shorter is faster", "quiet end")
    for n, (shape, row, bars) in enumerate(panels):
        left = n % columns * width + 20
        top = 44 + n // columns * tall
        title = shape
        if row:
            title = (f"{shape}: {row['input']} → {row['hidden']} × "
                     f"{row['layers']}, {bytes_text(row['weight_bytes'])}")
        svg.text(left, top + 18, title, "title")
        start = left + name_width
        bottom = top + head + len(bars) * step
        tick = low
        while tick <= high:
            x = start + along(tick)
            svg.line([(x, top + head - 4), (x, bottom)], "grid")
            tick *= 10
        for k, (name, ns, style) in enumerate(bars):
            y = top + head + k * step
            us = " us" if style == "bar-us" else ""
            svg.text(start - 8, y + 12, name, "end" + us)
            svg.rect(start, y + 2, max(along(ns), 1), step - 6, style)
            svg.text(start + along(ns) + 6, y + 12, time_text(ns), "over" + us)
    svg.text(20, 52 + lines * tall + 12, origin(leat, peers), "quiet")
    svg.write(path)


def sweep_chart(leat, path):
    """On the left the time of a step, on the right the bytes read in a ns."""
    rows = sorted(leat.get("sweep", []), key=lambda row: row["weight_bytes"])
    if len(rows) < 2:
        return
    machine = leat.get("machine", {})
    series = [("Leat", "leat_ns", "line-us"),
              ("hand-written C", "handwritten_ns", "line handwritten"),
              ("roofline", "roofline_ns", "line roof")]
    width, height, top, bottom = 900, 400, 96, 336
    svg = Svg(width, height, "Cost of a step over the bytes of its weights")
    svg.text(20, 28, f"Cost of a step as the weights grow: hidden "
             f"{rows[0]['hidden']} … {rows[-1]['hidden']}", "title")
    x = 20
    for name, _, style in series:
        svg.line([(x, 50), (x + 28, 50)], style)
        if style == "line-us":
            svg.dot(x + 14, 50, "dot-us")
        svg.text(x + 36, 54, name, "us" if style == "line-us" else "")
        x += 64 + 6.5 * len(name)
    first, last = rows[0]["weight_bytes"], rows[-1]["weight_bytes"]

    def panel(left, title, value, ticks, label, up):
        right = left + 356

        def across(count):
            return left + (right - left) * math.log(count / first) / math.log(
                last / first)

        svg.text(left, 82, title, "quiet")
        for tick in ticks:
            svg.line([(left, up(tick)), (right, up(tick))], "grid")
            svg.text(left - 6, up(tick) + 4, label(tick), "quiet end")
        tick = 2 ** math.ceil(math.log2(first))
        while tick <= last:
            svg.line([(across(tick), bottom), (across(tick), bottom + 4)],
                     "grid")
            svg.text(across(tick), bottom + 18, bytes_text(tick),
                     "quiet middle")
            tick *= 8
        for level in ("L1", "L2", "L3"):
            size = machine.get(f"{level.lower()}_bytes")
            if size and first < size < last:
                svg.line([(across(size), top), (across(size), bottom)], "grid")
                svg.text(across(size) - 4, bottom - 6, f"{level} ends",
                         "quiet end over")
        for _, key, style in series:
            points = [(across(row["weight_bytes"]), up(value(row, key)))
                      for row in rows if row.get(key)]
            svg.line(points, style)
            if style == "line-us":
                for point in points:
                    svg.dot(*point, "dot-us")

    times = [row[key] for row in rows for _, key, _ in series if row.get(key)]
    low = 10 ** math.floor(math.log10(min(times)))
    high = 10 ** math.ceil(math.log10(max(times)))
    decades = [low * 10 ** n for n in range(round(math.log10(high / low)) + 1)]
    panel(66, "time of a step, log scale", lambda row, key: row[key], decades,
          lambda ns: time_text(ns).replace(".0", ""),
          lambda ns: bottom - (bottom - top) * math.log(ns / low) /
          math.log(high / low))

    def rate(row, key):
        return row["weight_bytes"] / row[key]

    most = max(rate(row, key) for row in rows for _, key, _ in series
               if row.get(key))
    unit = 10 ** math.floor(math.log10(most))
    unit = next(unit * k for k in (0.2, 0.5, 1, 2) if most / (unit * k) <= 6)
    ceiling = unit * math.ceil(most / unit)
    panel(514, "bytes of weights a step gets through in a nanosecond", rate,
          [unit * n for n in range(round(ceiling / unit) + 1)],
          lambda value: f"{value:g}",
          lambda value: bottom - (bottom - top) * value / ceiling)
    svg.text(20, height - 14, origin(leat, {}), "quiet")
    svg.write(path)
