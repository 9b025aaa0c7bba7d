# SPDX-License-Identifier: MIT
"""The tables of Benchmarks.md and of the README."""
import re

from report_store import store_tables

PEERS = ["ONNX Runtime", "OpenVINO", "LiteRT", "PyTorch", "RTNeural",
         "NeuralAudio"]
BEATEN = 0.97   # below this ratio a hand-written step is no reference
NEAR = 2e-6     # the largest error of a float32 peer that counts as one
LETTERS = {"A": "1 → 16", "B": "3 → 32", "C": "8 → 64", "D": "16 → 128 × 2",
           "E": "64 → 256 × 2", "F": "64 → 512 × 2"}
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


def not_measured(peers):
    """A line on the peers that need their sources, if they were not given."""
    names = [row["peer"] for row in peers.get("failed", [])
             if row["why"].startswith("not measured")]
    return f"\n\nNot measured in this run: {', '.join(names)}." if names else ""


def strongest_table(peers):
    rows = [[shape, title, ours["ns"], one["ns"],
             f"{one['peer']}: {one['way']}", ours["ns"] / one["ns"],
             f"{ours['max_error']:.0e}, {one['max_error']:.0e}"]
            for shape, title, ours, one in strongest(peers)]
    return table(["", "", "Leat, ns", "fastest other, ns", "which",
                  "Leat ÷ other", "errors"], rows) + not_measured(peers)


def short_table(peers):
    """For the README: A to F, a column each."""
    found = {}
    for shape, title, ours, one in strongest(peers):
        found.setdefault(title, {})[shape] = (
            f"{number(ours['ns'])}; {one['peer']} {number(one['ns'])}")
    return table(["Leat; the fastest other, ns", *LETTERS.values()],
                 [[title, *[cells.get(shape) for shape in LETTERS]]
                  for title, cells in found.items()
                  if set(cells) & set(LETTERS)]) + not_measured(peers)


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
        "int8": int8_table(peers), "strongest": strongest_table(peers),
        "latency": latency_table(leat), "failed": failed_table(peers)}
    titles = {"machine_scaling": "the machine's scaling, in registers",
              "handwritten_ns": "hand-written, ns"}
    for name in ("run", "window", "sweep", "threads", "subnormal", "load",
                 "state", "size", "memory"):
        found[name] = plain_table(leat.get(name, []), titles)
    return found | store_tables(leat, table)


def python_table(python):
    if not python:
        return NOTHING
    rows = [[row["shape"], row["way"], row["ns"],
             f"{row['ns'] - row['c_ns']:+,}", f"{row['ns'] / row['c_ns']:.2f}"]
            for row in python["rows"]]
    return (table(["model", "call", "ns", "more than C", "times C"], rows) +
            f"\n\nMeasured on {python['measured']}. When it began, the load of "
            f"the machine with {python['cores']} cores was {python['load']}.")
