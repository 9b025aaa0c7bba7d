# SPDX-License-Identifier: MIT
"""Compare the committed files of a job with what one C process computed (../reference.c)."""
import array
import collections
import pathlib
import struct

OUTPUTS = 2
RECORD = struct.Struct("<iqII")  # sensor, position, and the bits of a row


class Comparison(collections.namedtuple("Comparison", "records missing twice wrong unknown")):
    """`wrong` are records with other bits, `unknown` those whose sensor or position there isn't."""

    def is_equal(self):
        return not (self.missing or self.twice or self.wrong or self.unknown)

    def is_part(self):
        """Whether what is there is right."""
        return not (self.twice or self.wrong or self.unknown)

    def __str__(self):
        return (f"{self.records} committed records, {self.missing} missing, {self.twice} twice, "
                f"{self.wrong} with wrong bits, {self.unknown} unknown")


def committed_files(folder):
    """The files that the sink has committed: the names of others begin with a dot."""
    return [path for path in pathlib.Path(folder).glob("part-*") if path.is_file()]


def committed_records(folder):
    return sum(path.stat().st_size for path in committed_files(folder)) // RECORD.size


def compare(reference, sensors, steps, folder):
    expected = array.array("I")
    with open(reference, "rb") as file:
        expected.fromfile(file, sensors * steps * OUTPUTS)
    seen = bytearray(sensors * steps)
    records = twice = wrong = unknown = 0
    for path in committed_files(folder):
        for sensor, position, first, second in RECORD.iter_unpack(path.read_bytes()):
            records += 1
            if not (0 <= sensor < sensors and 0 <= position < steps):
                unknown += 1
                continue
            place = sensor * steps + position
            twice += seen[place]
            seen[place] = 1
            wrong += expected[2 * place] != first or expected[2 * place + 1] != second
    return Comparison(records, seen.count(0), twice, wrong, unknown)
