# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""A model of Keras as tensors and metadata of a model file.

The model is saved as .keras, and read by the program that `leat convert` runs
for such files: the files in keras/ are the tool's own. So both have the same
rules (Documentation/Support.md). It reads configuration and arrays as data.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from .errors import ConversionError

# In the order in which they make one program: see
# Sources/Tool/Convert/PythonConverter.swift.
PARTS = (
    "start",
    "keras_file",
    "keras_layer",
    "keras_graph",
    "keras_activations",
    "keras_recurrent",
    "keras_modules",
    "keras_model",
    "end",
)


def converted(model):
    """The tensors and the metadata."""
    program = "\n\n".join(
        (Path(__file__).parent / "keras" / part).read_text() for part in PARTS
    )
    with tempfile.TemporaryDirectory(prefix="leat-") as folder:
        source, result = (
            os.path.join(folder, "model.keras"),
            os.path.join(folder, "result"),
        )
        model.save(source)
        done = subprocess.run(
            [sys.executable, "-c", program, source, result],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONSAFEPATH": "1"},
        )
        if done.returncode != 0:
            reason = (
                Path(result).read_text()
                if os.path.exists(result)
                else done.stderr[-500:]
            )
            raise ConversionError(reason)
        return contents(Path(result).read_bytes())


def contents(data):
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    found = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        tensors[name] = np.frombuffer(data[begin:end], "<f4").reshape(
            entry["shape"]
        )
    metadata = {
        key: value for key, value in found.items() if key.startswith("leat.")
    }
    metadata |= {
        "leat.format": "2",
        "source.format": "keras",
        "source.producer": found["producer"],
        "source.producer_version": found["producer_version"],
    }
    return tensors, metadata
