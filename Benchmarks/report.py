# SPDX-License-Identifier: MIT
"""Write the results into Documentation/ and README.md: the tables, between their
markers, and the charts. Each file of results may be missing.
"""
import argparse
import html
import json
import math
import pathlib
import re
import sys

from report_store import store_tables

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS, DOCUMENTS = ROOT / "Benchmarks/results", ROOT / "Documentation"
RUNTIMES = ["ONNX Runtime", "OpenVINO", "LiteRT", "PyTorch"]
PEERS = [*RUNTIMES, "RTNeural", "NeuralAudio"]
BEATEN = 0.97   # Leat's time over that of a hand-written step that is no reference
NEAR = 2e-6     # the largest error of a float32 peer that counts as one
NOTHING = "Not measured yet."


def read(name):
    path = RESULTS / name
    return json.loads(path.read_text()) if path.exists() else {}


# --- tables ------------------------------------------------------------------

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


def best(rows, shape, peer, key="ns"):
    found = [row for row in rows
             if row["shape"] == shape and row["peer"] == peer]
    return min(found, key=lambda row: row[key], default=None)


def size_of(row):
    return (f"{row['shape']}: {row['input']} → {row['hidden']} × "
            f"{row['layers']}")


def machine_table(leat, peers):
    ours, theirs = leat.get("machine", {}), peers.get("machine", {})
    if not ours and not theirs:
        return NOTHING
    rows = []

    def add(title, value):
        if value not in (None, ""):
            rows.append([title, str(value)])

    add("processor", ours.get("processor") or theirs.get("processor"))
    add("cores", ours.get("cores") or theirs.get("cores"))
    add("instructions", theirs.get("instructions"))
    caches = [f"{level} {bytes_text(size)}" for level, size in
              ((level, ours.get(f"{level.lower()}_bytes"))
               for level in ("L1", "L2", "L3")) if size]
    add("caches", ", ".join(caches))
    roofline = leat.get("roofline", {})
    if roofline.get("mac_per_ns"):
        add("FMA units, measured", f"{roofline['mac_per_ns']:.1f} MAC/ns")
    add("bytes/ns read, measured", ", ".join(
        f"{level['bytes_per_ns']:.0f} of {bytes_text(level['bytes'])}"
        for level in sorted(roofline.get("bandwidth", []),
                            key=lambda level: level["bytes"])))
    add("system", ours.get("system") or theirs.get("system"))
    add("compiler", ours.get("compiler"))
    add("Leat", " with kernel ".join(
        str(ours[name]) for name in ("leat_version", "kernel")
        if ours.get(name)))
    add("Leat measured", ours.get("date"))
    for name, version in peers.get("versions", {}).items():
        if name != "Leat":
            add(name, version)
    add("others measured", theirs.get("date", "")[:10])
    return table(["", ""], rows)


def bytes_text(count):
    for unit, size in (("MiB", 2 ** 20), ("KiB", 2 ** 10)):
        if count >= size:
            value = count / size
            return f"{value:.{0 if value >= 10 else 1}f} {unit}".replace(
                ".0 ", " ")
    return f"{count} bytes"


def step_table(leat, peers, part="step", names=PEERS):
    ours = {row["shape"]: row for row in leat.get(part, [])}
    rows, theirs = [], peers.get(part, [])
    shapes = list(dict.fromkeys([*ours, *(row["shape"] for row in theirs)]))
    for shape in shapes:
        row = ours.get(shape, {})
        times = [best(theirs, shape, peer) for peer in names]
        by_hand, ratio = row.get("handwritten_ns"), row.get("ratio")
        if row and ratio < BEATEN:
            by_hand = f"roofline, {number(row['roofline_ns'])}"
            ratio = row["leat_ns"] / row["roofline_ns"]
        rows.append([
            size_of(row) if row else shape, row.get("leat_ns"), by_hand,
            ratio, row.get("plain_ns"),
            *[one and one["ns"] for one in times],
            row.get("roofline_ns"),
            f"{row['share']:.0%}" if "share" in row else None])
    return table(["inputs → hidden × layers", "Leat", "hand-written", "Leat ÷ hand-written",
                  "plain C", *names, "roofline", "roofline ÷ Leat"],
                 rows)


def spread_table(leat, peers):
    """p99 of all."""
    ours = {row["shape"]: row for row in leat.get("step", [])}
    theirs, rows = peers.get("step", []), []
    for shape in sorted(set(ours) | {row["shape"] for row in theirs}):
        row = ours.get(shape, {})
        times = [best(theirs, shape, peer) for peer in PEERS]
        rows.append([shape, *[row.get(f"{who}_p99_ns")
                              for who in ("leat", "handwritten", "plain")],
                     *[one and one["p99_ns"] for one in times]])
    return table(["", "Leat", "hand-written", "plain C", *PEERS], rows)


def latency_table(leat):
    """Single steps without an autosave and with one, in ns."""
    saved = {row["shape"]: row for row in leat.get("autosave", [])
             if row["checkpoints"] == "autosave"}
    names = ("p50_ns", "p99_ns", "p999_ns", "longest_ns")
    return table(
        ["shape", "p50", "p99", "p99.9", "longest", "with an autosave: p50",
         "p99", "p99.9", "longest", "page faults", "first", "first of model"],
        [[row["shape"], *[row.get(name) for name in names],
          *[saved.get(row["shape"], {}).get(name) for name in names],
          row.get("page_faults"), row["first_ns"], row["first_of_model_ns"]]
         for row in leat.get("latency", [])])


def ways_table(peers):
    rows = peers.get("step", [])
    shapes = sorted({row["shape"] for row in rows})
    if not rows:
        return NOTHING
    ways = list(dict.fromkeys((row["peer"], row["way"]) for row in rows))
    ways.sort(key=lambda way: PEERS.index(way[0]))
    times = {(row["peer"], row["way"], row["shape"]): row["ns"]
             for row in rows}
    beside = ("Leat", "in the same run")
    ways.insert(0, beside)
    times |= {(*beside, shape): row["ns"]
              for shape, row in reference(peers, "step").items()}
    return table(["", "way", *shapes],
                 [[*way, *[times.get((*way, shape)) for shape in shapes]]
                  for way in ways])


def reference(peers, what):
    """Leat's rows of a section of the others' run, by shape."""
    return {row["shape"]: row for row in peers.get("reference", [])
            if row["what"] == what}


def batch_table(leat, peers):
    theirs = peers.get("batch", [])
    ours = {(row["shape"], row["streams"]): row
            for row in leat.get("batch", [])}
    keys = sorted(set(ours) | {(row["shape"], row["streams"])
                               for row in theirs})
    names = [peer for peer in PEERS
             if any(row["peer"] == peer for row in theirs)]
    beside = reference(peers, "batch")
    rows = []
    for shape, streams in keys:
        row = ours.get((shape, streams), {})
        times = [best([one for one in theirs if one["streams"] == streams],
                      shape, peer) for peer in names]
        rows.append([shape, streams, row.get("leat_ns"), row.get("mac_ns"),
                     row.get("ratio"), *[one and one["ns"] for one in times],
                     beside[shape]["ns"] if any(times) else None])
    return table(["", "streams", "Leat", "MACs alone", "ratio", *names,
                  "Leat, same run"], rows)


def int8_table(peers):
    """All ways of int8, Leat's first, with their errors."""
    rows = []
    for what in ("int8", "int8_batch"):
        for shape, ours in reference(peers, what).items():
            theirs = sorted((row for row in peers[what]
                             if row["shape"] == shape),
                            key=lambda row: row["ns"])
            rows += [[shape, ours["streams"], row["peer"], row["way"],
                      row["ns"], f"{row['max_error']:.0e}"]
                     for row in ({"peer": "Leat", "way": "", **ours}, *theirs)]
    return table(["", "streams", "", "way", "ns of a stream",
                  "largest difference from float64"], rows)


def strongest(peers):
    """The fastest of the others at each shape, of all whose outputs are near
    those of float64; int8 has no such bound. Pairs of rows: (shape, title,
    Leat's row, the other's)."""
    for what, title in (("step", "a step"), ("small", "a step"),
                        ("gru", "a step"), ("int8", "int8, a step"),
                        ("batch", "a batch of {}, a stream"),
                        ("int8_batch", "int8, a batch of {}, a stream")):
        for shape, ours in reference(peers, what).items():
            one = min((row for row in peers[what] if row["shape"] == shape and
                       (what.startswith("int8") or row["max_error"] <= NEAR)),
                      key=lambda row: row["ns"], default=None)
            if one is not None:
                yield shape, title.format(ours["streams"]), ours, one


def strongest_table(peers, is_long=False):
    """Short, for the README, or with each way and its error."""
    rows = []
    for shape, title, ours, one in strongest(peers):
        row = [shape, title, ours["ns"], one["ns"], one["peer"],
               ours["ns"] / one["ns"]]
        if is_long:
            row[4] += f": {one['way']}"
            row.append(f"{ours['max_error']:.0e}, {one['max_error']:.0e}")
        rows.append(row)
    made = table(["", "", "Leat, ns", "fastest other, ns", "which",
                  "Leat ÷ other", "errors"][:7 if is_long else 6], rows)
    unmeasured = [row["peer"] for row in peers.get("failed", [])
                  if row["why"].startswith("not measured")]
    if rows and unmeasured:
        made += f"\n\nNot measured in this run: {', '.join(unmeasured)}."
    return made


def failed_table(peers):
    if not peers:
        return NOTHING
    rows = [[row["peer"], row["shape"], row["why"].replace("|", "\\|")]
            for row in peers["failed"]]
    return table(["", "shape", "why"], rows) if rows else "Nothing failed."


def check_text(peers):
    if not peers:
        return NOTHING
    bounds = peers["bounds"]
    rows = [row for part in ("step", "small", "gru", "batch")
            for row in peers[part]]
    text = (f"{bounds['steps']} steps of each; float32 within "
            f"{bounds['float32']:.0e} (the largest difference was "
            f"{max((row['max_error'] for row in rows), default=0):.0e})")
    rows = peers["int8"] + peers["int8_batch"]
    if rows:
        worst = max(row["max_error"] for row in rows)
        text += f", int8 within {bounds['int8']:.0e} ({worst:.0e})"
    return (text + ". Calling a Python function that does nothing takes "
            f"{peers['python_call_ns']:.0f} ns here; it is in the times of "
            "what is called from Python.")


def tables(leat, peers):
    found = {
        "machine": machine_table(leat, peers),
        "step": step_table(leat, peers),
        "gru": step_table(leat, peers, "gru", ["ONNX Runtime", "PyTorch"]),
        "p99": spread_table(leat, peers),
        "ways": ways_table(peers), "check": check_text(peers),
        "batch": batch_table(leat, peers),
        "formats": plain_table(leat.get("formats", [])),
        "int8": int8_table(peers), "strongest": strongest_table(peers, is_long=True),
        "latency": latency_table(leat), "failed": failed_table(peers)}
    titles = {"machine_scaling": "the machine's scaling, in registers",
              "handwritten_ns": "hand-written, ns"}
    for name in ("run", "window", "sweep", "threads", "subnormal", "load",
                 "state", "size", "memory"):
        found[name] = plain_table(leat.get(name, []), titles)
    return found | store_tables(leat, table)


# --- charts ------------------------------------------------------------------

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
    """Machine, versions and date, for the foot of a chart."""
    machine = leat.get("machine") or peers.get("machine", {})
    versions = peers.get("versions", {})
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


def python_table(python):
    if not python:
        return NOTHING
    rows = [[row["shape"], row["way"], row["ns"],
             f"{row['ns'] - row['c_ns']:+,}", f"{row['ns'] / row['c_ns']:.2f}"]
            for row in python["rows"]]
    return (table(["model", "call", "ns", "more than C", "times C"], rows) +
            f"\n\nMeasured on {python['measured']}. When it began, the load of "
            f"the machine with {python['cores']} cores was {python['load']}.")


def write_tables(page, contents):
    text = page.read_text()
    for name, content in contents.items():
        text, found = re.subn(
            rf"(<!-- begin:{name} -->\n).*?(<!-- end:{name} -->)",
            lambda match: match[1] + "\n" + content + "\n\n" + match[2], text,
            flags=re.DOTALL)
        if found != 1:
            sys.exit(f"report.py: {page} must have one begin:{name} and its "
                     f"end, and has {found}")
    page.write_text(text)


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    leat, peers = read("leat.json"), read("peers.json")
    python = read("python.json")
    if not leat and not peers and not python:
        sys.exit(f"report.py: no leat.json, peers.json or python.json in "
                 f"{RESULTS}")
    write_tables(DOCUMENTS / "Benchmarks.md",
                 {**tables(leat, peers), "python": python_table(python)})
    write_tables(ROOT / "README.md", {"strongest": strongest_table(peers)})
    step_chart(leat, peers, DOCUMENTS / "benchmarks-step.svg")
    sweep_chart(leat, DOCUMENTS / "benchmarks-sweep.svg")


if __name__ == "__main__":
    main()
