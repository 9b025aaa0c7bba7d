# SPDX-License-Identifier: MIT
"""The tables of Benchmarks.md."""
from report_format import (NOTHING, bytes_text, number, plain_table,
                           table)
from report_peers import (PEERS, best, check_text, failed_table, int8_table,
                          reference, strongest_table, ways_table)
from report_store import store_tables

BEATEN = 0.97   # below this ratio a hand-written step is no reference


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


def step_table(leat, peers, part="step", names=PEERS):
    ours = {row["shape"]: row for row in leat.get(part, [])}
    rows, theirs = [], peers.get(part, [])
    shapes = list(dict.fromkeys([*ours, *(row["shape"] for row in theirs)]))
    for shape in shapes:
        row = ours.get(shape, {})
        times = [best(theirs, shape, peer) for peer in names]
        by_hand, ratio = row.get("handwritten_ns"), row.get("ratio")
        if row and ratio < BEATEN and row["roofline_ns"] < by_hand:
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


def counts_table(leat):
    """A batch and its ratio to single steps, for each shape."""
    rows = leat.get("counts", [])
    shapes = sorted({row["shape"] for row in rows})
    found = {(row["shape"], row["streams"]): row for row in rows}
    titles = [title for shape in shapes
              for title in (f"{shape}, ns a stream", "÷ one by one")]
    return table(
        ["streams", *titles],
        [[count, *[found[shape, count][name] for shape in shapes
                   for name in ("batch_ns", "ratio")]]
         for count in sorted({row["streams"] for row in rows})])


def tables(leat, peers):
    found = {
        "machine": machine_table(leat, peers),
        "step": step_table(leat, peers),
        "gru": step_table(leat, peers, "gru", ["ONNX Runtime", "PyTorch"]),
        "p99": spread_table(leat, peers),
        "ways": ways_table(peers), "check": check_text(peers),
        "batch": batch_table(leat, peers), "counts": counts_table(leat),
        "formats": plain_table(leat.get("formats", [])),
        "int8": int8_table(peers), "strongest": strongest_table(peers),
        "latency": latency_table(leat), "failed": failed_table(peers)}
    titles = {"machine_scaling": "the machine's scaling, in registers",
              "handwritten_ns": "hand-written, ns"}
    for name in ("run", "million", "window", "sweep", "stairs", "threads",
                 "subnormal", "load", "state", "size", "memory"):
        found[name] = plain_table(leat.get(name, []), titles)
    return found | store_tables(leat, table)
