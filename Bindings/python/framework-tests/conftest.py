# SPDX-License-Identifier: MIT
"""Tests of leat.from_torch, from_keras and check, with PyTorch and Keras."""

import json
import os
from pathlib import Path

# Keras runs on PyTorch here, so that no second framework is needed.
os.environ["KERAS_BACKEND"] = "torch"

import numpy as np
import pytest
import torch

import leat

# Small modules are slower with more threads.
torch.set_num_threads(1)


def pytest_configure(config):
    # Of PyTorch's and Keras' own code.
    for package in ("torch", "keras"):
        config.addinivalue_line(
            "filterwarnings", f"ignore::DeprecationWarning:{package}.*"
        )


def pytest_terminal_summary(terminalreporter):
    """The last line, in the words of the project's other tests."""
    count = {
        word: len(terminalreporter.stats.get(word, []))
        for word in ("passed", "failed", "error", "skipped")
    }
    bad = count["failed"] + count["error"] + count["skipped"]
    terminalreporter.write_line(f"\n{count['passed']} passed, {bad} failed")


@pytest.fixture(autouse=True)
def same_numbers():
    torch.manual_seed(0)


class Written:
    """A model file that a test wrote."""

    def __init__(self, path: Path):
        self.path = path

    def header(self):
        data = self.path.read_bytes()
        length = int.from_bytes(data[:8], "little")
        return json.loads(data[8 : 8 + length])

    @property
    def metadata(self):
        return self.header()["__metadata__"]

    @property
    def layers(self):
        return self.metadata["leat.layers"]

    @property
    def tensors(self):
        return {name for name in self.header() if name != "__metadata__"}

    def run(self, sequence):
        stream = leat.Model.open(self.path).stream()
        return stream.run(np.ascontiguousarray(sequence, np.float32))

    def expect(self, expected, sequence):
        """Leat's outputs are those that the framework gave."""
        expected = np.asarray(expected, np.float64)
        found = self.run(sequence)
        assert found.shape == expected.shape
        limit = 4e-6 * max(1.0, abs(expected).max())
        assert abs(found - expected).max() <= limit


@pytest.fixture
def written(tmp_path):
    return Written(tmp_path / "model.safetensors")


@pytest.fixture
def names_of(tmp_path):
    """The names of the files that a test left."""
    return lambda: sorted(path.name for path in tmp_path.iterdir())
