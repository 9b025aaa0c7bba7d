# SPDX-License-Identifier: MIT
"""Write the results into Documentation/ and README.md: the tables, between their
markers, and the charts. Each file of results may be missing.
"""
import argparse
import json
import pathlib
import re
import sys

from report_charts import step_chart, sweep_chart
from report_peers import short_table
from report_python import python_table
from report_sizes import sizes_chart
from report_tables import tables

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS, DOCUMENTS = ROOT / "Benchmarks/results", ROOT / "Documentation"


def read(name):
    path = RESULTS / name
    return json.loads(path.read_text()) if path.exists() else {}


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
    write_tables(ROOT / "README.md", {"strongest": short_table(peers)})
    step_chart(leat, peers, DOCUMENTS / "benchmarks-step.svg")
    sweep_chart(leat, DOCUMENTS / "benchmarks-sweep.svg")
    sizes_chart(leat, read("sizes-before.json"),
                DOCUMENTS / "benchmarks-sizes.svg")


if __name__ == "__main__":
    main()
