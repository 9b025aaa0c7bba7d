# SPDX-License-Identifier: MIT
"""Every model of Tests/Vectors has the bits that the C library has."""

import numpy as np
import pytest
from conftest import VECTORS

import leat

CASES = sorted(path.parent.name for path in VECTORS.glob("*/bits.txt"))


def fnv_1a(data, value=0xCBF29CE484222325):
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def layers_with_state(model):
    return [layer for layer in model.layers if layer.recurrent is not None]


def states(stream):
    """h, then c, of each recurrent layer, as in state.f32."""
    for layer in layers_with_state(stream.model):
        yield from (values for values in stream.get_state(layer.recurrent)
                    if values is not None)


def test_there_are_cases():
    assert len(CASES) > 150


@pytest.mark.parametrize("case", CASES)
def test_bits(case):
    folder = VECTORS / case
    model = leat.Model.open(folder / "model.safetensors")
    samples = np.fromfile(folder / "input.f32", "<f4")
    samples = samples.reshape(-1, model.input_size)
    stream = model.stream()
    outputs = stream.run(samples)
    expected = np.fromfile(folder / "output.f64", "<f8").reshape(outputs.shape)
    tolerance = float(next(
        line.split()[1] for line in (folder / "case.txt").read_text().splitlines()
        if line.startswith("tolerance_f64")))
    bound = tolerance * np.maximum(1, abs(expected))
    assert (abs(outputs - expected) <= bound).all()
    value = fnv_1a(outputs.tobytes())
    for values in states(stream):
        value = fnv_1a(values.tobytes(), value)
    assert f"{value:016x}" == (folder / "bits.txt").read_text().strip()

    stepped = model.stream()
    assert all(np.array_equal(stepped.step(x), y)
               for x, y in zip(samples, outputs, strict=True))
    assert stepped.state() == stream.state()
