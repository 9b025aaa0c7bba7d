# SPDX-License-Identifier: MIT
"""The tables of the store, for report.py."""


def store_table(leat, table):
    """Checkpoints a second of Leat, the loop and the same work by hand."""
    return table(
        ["on", "", "streams", "Leat", "loop", "Leat ÷ loop", "by hand",
         "Leat's time ÷ by hand"],
        [[row["place"], row["shape"], row["streams"], row["leat_per_s"],
          row["loop_per_s"], row["ratio"], row["by_hand_per_s"],
          row["by_hand_time_ratio"]]
         for row in leat.get("store", [])])


def wal_table(leat, table):
    return table(
        ["", "streams", "state, bytes", "Leat", "loop"],
        [[row["shape"], row["streams"], row["state_bytes"],
          row["leat_bytes"], row["loop_bytes"]]
         for row in leat.get("store_wal", [])])


def growth_table(leat, table):
    """Cost by the number of streams."""
    return table(
        ["streams", "save alone, ns", "÷ 10 streams", "loop", "one of 1,000, ns",
         "÷ 10 streams", "loop", "load, ns", "÷ 10 streams", "listing, s",
         "SQLite's memory, bytes", "adding, s"],
        [[row["streams"], row["alone_ns"], row["alone_ratio"],
          row["loop_alone_ns"], row["together_ns"], row["together_ratio"],
          row["loop_together_ns"], row["load_ns"], row["load_ratio"],
          row["list_s"], row["list_bytes"], row["add_s"]]
         for row in leat.get("store_growth", [])])


def first_load_table(leat, table):
    return table(
        ["streams", "read from", "p50, ns", "p99, ns", "longest, ns"],
        [[row["streams"], row["from"], row["p50_ns"], row["p99_ns"],
          row["longest_ns"]] for row in leat.get("store_first_load", [])])


def autosave_table(leat, table):
    return table(
        ["", "checkpoints", "p50, ns", "p99, ns", "p99.9, ns", "longest, ns",
         "p99.9 ÷ none"],
        [[row["shape"], row["checkpoints"], row["p50_ns"], row["p99_ns"],
          row["p999_ns"], row["longest_ns"], row["p999_ratio"]]
         for row in leat.get("autosave", [])])


def store_tables(leat, table):
    return {"store": store_table(leat, table),
            "store_wal": wal_table(leat, table),
            "store_growth": growth_table(leat, table),
            "store_first_load": first_load_table(leat, table),
            "autosave": autosave_table(leat, table)}
