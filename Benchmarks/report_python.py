# SPDX-License-Identifier: MIT
"""The table of the Python package."""
from report_format import NOTHING, table


def python_table(python):
    if not python:
        return NOTHING
    rows = [[row["shape"], row["way"], row["ns"],
             f"{row['ns'] - row['c_ns']:+,}", f"{row['ns'] / row['c_ns']:.2f}"]
            for row in python["rows"]]
    return (table(["model", "call", "ns", "more than C", "times C"], rows) +
            f"\n\nMeasured on {python['measured']}. When it began, the load of "
            f"the machine with {python['cores']} cores was {python['load']}.")
