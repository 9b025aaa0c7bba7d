# SPDX-License-Identifier: MIT
"""The tables of the other runtimes."""
from report_format import NOTHING, number, table

PEERS = ["ONNX Runtime", "OpenVINO", "LiteRT", "PyTorch", "RTNeural",
         "NeuralAudio"]
NEAR = 2e-6     # the largest error of a float32 peer that counts as one
LETTERS = {"A": "1 → 16", "B": "3 → 32", "C": "8 → 64", "D": "16 → 128 × 2",
           "E": "64 → 256 × 2", "F": "64 → 512 × 2"}


def best(rows, shape, peer, key="ns"):
    found = [row for row in rows
             if row["shape"] == shape and row["peer"] == peer]
    return min(found, key=lambda row: row[key], default=None)


def reference(peers, what):
    """Leat's rows of a section of the others' run, by shape."""
    return {row["shape"]: row for row in peers.get("reference", [])
            if row["what"] == what}


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
