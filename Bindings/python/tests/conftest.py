# SPDX-License-Identifier: MIT
"""What the tests share: a model with two layers of equal size, its samples,
and a way to run a program in a process of its own."""

import pathlib
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import leat

TOP = pathlib.Path(__file__).parents[3]
VECTORS = TOP / "Tests/Vectors"
MODEL = VECTORS / "batch-first/model.safetensors"


@pytest.fixture(scope="session")
def model():
    return leat.Model.open(MODEL)


@pytest.fixture(scope="session")
def other_model():
    return leat.Model.open(VECTORS / "head/model.safetensors")


@pytest.fixture(scope="session")
def samples(model):
    random = np.random.default_rng(7)
    return random.standard_normal((200, model.input_size), dtype=np.float32)


@pytest.fixture
def stream(model):
    return model.stream()


@pytest.fixture
def store(tmp_path):
    with leat.Store(tmp_path / "state.db") as store:
        yield store


@pytest.fixture
def python(tmp_path):
    """Run a program, which finds MODEL and the folder in its arguments, and
    return what it did."""

    def run(program, *arguments):
        file = tmp_path / "program.py"
        file.write_text(textwrap.dedent(program))
        return subprocess.run(
            [sys.executable, "-X", "faulthandler", str(file), str(MODEL),
             str(tmp_path), *map(str, arguments)],
            capture_output=True, text=True, timeout=60)

    return run
