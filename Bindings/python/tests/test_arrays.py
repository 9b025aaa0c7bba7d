# SPDX-License-Identifier: MIT
"""Wrong arrays: each is refused with what was found, and changes nothing."""

import array

import numpy as np
import pytest

SAMPLES = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)


def misaligned(shape):
    return np.frombuffer(bytes(4 * np.prod(shape) + 1), np.uint8)[1:].view(
        np.float32).reshape(shape)


WRONG_SAMPLES = {
    "a list": ([0.0] * 3, TypeError, "no array"),
    "None": (None, TypeError, "no array"),
    "a number": (1.0, TypeError, "no array"),
    "float64": (SAMPLES[0].astype(np.float64), TypeError, "'d'"),
    "float16": (SAMPLES[0].astype(np.float16), TypeError, "'e'"),
    "integers": (np.arange(3), TypeError, "'l'"),
    "objects": (np.array([1.0, 2.0, 3.0], object), TypeError, "'O'"),
    "strings": (np.array(["a", "b", "c"]), TypeError, "expected float32"),
    "big-endian": (SAMPLES[0].astype(">f4"), TypeError, "'>f'"),
    "bytes": (bytes(12), TypeError, "'B'"),
    "complex": (SAMPLES[0].astype(np.complex64), TypeError, "'Zf'"),
    "a structure": (np.zeros(3, [("a", "f4")]), TypeError, "expected float32"),
    "too short": (SAMPLES[0, :2], ValueError, r"shape \(2,\); expected \(3,\)"),
    "too long": (np.zeros(4, np.float32), ValueError, r"\(4,\)"),
    "empty": (np.zeros(0, np.float32), ValueError, r"\(0,\)"),
    "a matrix": (SAMPLES[:1], ValueError, r"shape \(1, 3\); expected \(3,\)"),
    "a scalar": (np.float32(1), ValueError, r"shape \(\)"),
    "many dimensions": (np.zeros((1,) * 30 + (3,), np.float32), ValueError,
                        "shape"),
    "every other": (np.zeros(6, np.float32)[::2], ValueError, "C-contiguous"),
    "backwards": (SAMPLES[0, ::-1], ValueError, "C-contiguous"),
    "repeated": (np.broadcast_to(np.float32(1), (3,)), ValueError,
                 "C-contiguous"),
    "misaligned": (misaligned(3), ValueError, "aligned"),
}


@pytest.mark.parametrize("name", WRONG_SAMPLES)
def test_wrong_sample(stream, name):
    x, kind, words = WRONG_SAMPLES[name]
    out = np.full(2, 5, np.float32)
    before = stream.state()
    for call in (lambda: stream.step(x), lambda: stream.step(x, out),
                 lambda: stream.step_at(0, x, out)):
        with pytest.raises(kind, match=words):
            call()
    assert stream.state() == before and (out == 5).all()


WRONG_RUNS = {
    "one sample": (SAMPLES[0], ValueError, r"\(3,\); expected \(steps, 3\)"),
    "columns": (np.zeros((4, 2), np.float32), ValueError, r"\(4, 2\)"),
    "transposed": (np.zeros((3, 4), np.float32), ValueError, r"\(3, 4\)"),
    "Fortran's order": (np.asfortranarray(SAMPLES), ValueError, "C-contiguous"),
    "every other row": (np.zeros((8, 3), np.float32)[::2], ValueError,
                        "C-contiguous"),
    "a slice of columns": (np.zeros((4, 5), np.float32)[:, :3], ValueError,
                           "C-contiguous"),
    "batch": (SAMPLES[None], ValueError, r"\(1, 4, 3\)"),
    "float64": (SAMPLES.astype(float), TypeError, "'d'"),
}


@pytest.mark.parametrize("name", WRONG_RUNS)
def test_wrong_run(model, stream, name):
    x, kind, words = WRONG_RUNS[name]
    before = stream.state()
    with pytest.raises(kind, match=words):
        stream.run(x)
    assert stream.state() == before
    batch = model.batch([model.stream() for _ in range(4)])
    before = batch.state()
    with pytest.raises(kind, match=words.replace("steps", "4")):
        batch.step(x)
    assert batch.state() == before


def read_only():
    array = np.zeros((4, 2), np.float32)
    array.flags.writeable = False
    return array


WRONG_OUTPUTS = {
    "read-only": (read_only(), ValueError, "out is read-only"),
    "bytes": (memoryview(bytes(32)).cast("f", (4, 2)), ValueError, "read-only"),
    "rows": (np.zeros((3, 2), np.float32), ValueError, r"expected \(4, 2\)"),
    "columns": (np.zeros((4, 3), np.float32), ValueError, r"expected \(4, 2\)"),
    "flat": (np.zeros(8, np.float32), ValueError, r"expected \(4, 2\)"),
    "float64": (np.zeros((4, 2)), TypeError, "'d'"),
    "Fortran's order": (np.zeros((4, 2), np.float32, "F"), ValueError,
                        "C-contiguous"),
    "a list": ([[0.0] * 2] * 4, TypeError, "no array"),
    "False": (False, TypeError, "no array"),
    "misaligned": (misaligned((4, 2)), ValueError, "aligned"),
}


@pytest.mark.parametrize("name", WRONG_OUTPUTS)
def test_wrong_output(model, stream, name):
    out, kind, words = WRONG_OUTPUTS[name]
    before = stream.state()
    with pytest.raises(kind, match=words):
        stream.run(SAMPLES, out)
    assert stream.state() == before
    batch = model.batch([model.stream() for _ in range(4)])
    before = batch.state()
    with pytest.raises(kind, match=words):
        batch.step(SAMPLES, out)
    assert batch.state() == before


@pytest.mark.parametrize("offset", [1, 5, 11])
def test_overlap(stream, offset):
    memory = np.zeros(40, np.float32)
    x = memory[:12].reshape(4, 3)
    before = stream.state()
    with pytest.raises(ValueError, match="overlap"):
        stream.run(x, memory[offset:offset + 8].reshape(4, 2))
    assert stream.state() == before


def test_same_beginning_and_neighbours(stream):
    memory = np.zeros(40, np.float32)
    x = memory[:12].reshape(4, 3)
    with pytest.raises(ValueError, match="overlap"):
        stream.run(x, memory[:8].reshape(4, 2))
    assert stream.position == 0
    assert stream.run(x, memory[12:20].reshape(4, 2)).shape == (4, 2)


def test_no_steps(stream):
    assert stream.run(np.zeros((0, 3), np.float32)).shape == (0, 2)
    with pytest.raises(ValueError):
        stream.run(np.zeros((0, 4), np.float32))


def test_other_buffers(stream):
    """Anything with a buffer of floats will do."""
    expected = stream.step(SAMPLES[0])
    for x in (array.array("f", SAMPLES[0]),
              memoryview(bytearray(SAMPLES[0].tobytes())).cast("f"),
              read_only_sample()):
        stream.reset()
        out = array.array("f", [0, 0])
        assert stream.step(x, out) is out
        assert np.array_equal(out, expected)


def read_only_sample():
    sample = SAMPLES[0].copy()
    sample.flags.writeable = False
    return sample
