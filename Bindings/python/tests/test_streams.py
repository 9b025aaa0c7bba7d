# SPDX-License-Identifier: MIT
import copy

import numpy as np
import pytest

import leat


@pytest.fixture(scope="module")
def outputs(model, samples):
    return model.stream().run(samples)


def test_out_is_used_and_returned(model, stream, samples, outputs):
    out = np.empty(model.output_size, np.float32)
    for x, y in zip(samples, outputs, strict=True):
        assert stream.step(x, out) is out and np.array_equal(out, y)
    stream.reset()
    everything = np.empty_like(outputs)
    assert stream.run(samples, out=everything) is everything
    assert np.array_equal(everything, outputs)


def test_new_arrays(stream, samples, outputs):
    first = stream.step(samples[0])
    second = stream.step(x=samples[1])
    assert first.dtype == np.float32 and first.shape == (2,)
    assert np.array_equal([first, second], outputs[:2])


def test_in_place():
    from conftest import VECTORS

    model = leat.Model.open(VECTORS / "size-1-1/model.safetensors")
    x = np.linspace(-1, 1, 50, dtype=np.float32).reshape(-1, 1)
    expected = model.stream().run(x)
    y = x.copy()
    assert np.array_equal(model.stream().run(x, x), expected)
    stream = model.stream()
    for row in y:
        stream.step(row, row)
    assert np.array_equal(y, expected)


def test_split(model, samples, outputs):
    for k in (0, 1, 17, 199, 200):
        stream = model.stream()
        parts = [stream.run(samples[:k]), stream.run(samples[k:])]
        assert np.array_equal(np.concatenate(parts), outputs)


def test_step_at(stream, samples, outputs):
    assert np.array_equal(stream.step_at(0, samples[0]), outputs[0])
    out = np.full(2, 5, np.float32)
    assert stream.step_at(0, samples[0], out) is None
    assert (out == 5).all()
    assert stream.step_at(1, samples[1], out) is out
    assert np.array_equal(out, outputs[1])
    with pytest.raises(leat.PositionError) as refused:
        stream.step_at(np.int64(3), samples[3])
    assert refused.value.code == -4
    assert stream.position == 2


def test_position(stream, samples):
    stream.run(samples)
    assert stream.position == 200
    stream.position = 2**63 - 1
    assert stream.position == 2**63 - 1
    for wrong in (2**63, -1, 2**64):
        with pytest.raises(ValueError):
            stream.position = wrong
    with pytest.raises(TypeError):
        stream.position = 1.5
    with pytest.raises(AttributeError, match="deleted"):
        del stream.position
    assert stream.position == 2**63 - 1


def test_input_error_changes_nothing(stream, samples):
    stream.run(samples[:10])
    before = stream.state()
    wrong = samples[10:20].copy()
    wrong[7, 1] = np.nan
    out = np.full((10, 2), 5, np.float32)
    with pytest.raises(leat.InputError) as refused:
        stream.run(wrong, out)
    assert refused.value.code == -3
    assert stream.state() == before and (out == 5).all()
    with pytest.raises(ValueError):
        stream.step(wrong[7])
    assert stream.state() == before


def test_kernels_have_the_same_bits(stream, samples, outputs):
    assert stream.kernel == leat.kernels()[0]
    for kernel in leat.kernels():
        stream.reset()
        stream.kernel = kernel
        assert np.array_equal(stream.run(samples), outputs)
    with pytest.raises(leat.ArgumentError):
        stream.kernel = "abacus"
    with pytest.raises(TypeError):
        stream.kernel = 3
    with pytest.raises(ValueError, match="NUL"):
        stream.kernel = "a\0"


@pytest.mark.parametrize("copied", [
    lambda stream: stream.copy(), copy.copy, copy.deepcopy])
def test_copy(stream, samples, outputs, copied):
    stream.run(samples[:50])
    other = copied(stream)
    assert np.array_equal(other.run(samples[50:]), outputs[50:])
    assert stream.position == 50
    assert np.array_equal(stream.run(samples[50:]), outputs[50:])


def test_windows(model, samples, outputs):
    stream = model.stream(window=20, hop=5)
    assert (stream.window, stream.hop) == (20, 5)
    found = stream.run(samples)
    for t in range(200):
        if t < 19 or (t - 19) % 5:
            assert np.isnan(found[t]).all()
        else:
            fresh = model.stream().run(samples[t - 19:t + 1])
            assert np.array_equal(found[t], fresh[-1])
    assert stream.outputs(0, 200) == 37
    stream.reset()
    out = np.full(2, 5, np.float32)
    assert stream.step(samples[0]) is None
    assert stream.step(samples[1], out) is None and (out == 5).all()
    everything = np.full((18, 2), 5, np.float32)
    assert stream.run(samples[2:20], everything) is everything
    assert (everything[:-1] == 5).all()
    assert np.array_equal(everything[-1], found[19])
    assert stream.step_at(19, samples[19]) is None
    with pytest.raises(leat.UnsupportedError):
        stream.get_state(0)
    with pytest.raises(leat.UnsupportedError):
        stream.h_n


def test_every_sample_ends_a_window(model, samples, outputs):
    assert model.stream(window=1).hop == 1
    assert not np.isnan(model.stream(1).run(samples)).any()


@pytest.mark.parametrize("window, hop, kind", [
    (0, 1, ValueError), (5, 6, leat.ArgumentError), (5, 0, leat.ArgumentError),
    (-1, 1, ValueError), (2**32, 1, ValueError), (None, 2, ValueError),
    (2**32 - 1, 1, leat.Error), ("5", 1, TypeError), (5.0, 1, TypeError)])
def test_no_such_windows(model, window, hop, kind):
    with pytest.raises((kind, MemoryError)):
        model.stream(window, hop)


def test_arguments_are_named(stream, samples):
    for call in (lambda: stream.step(), lambda: stream.step(1, 2, 3),
                 lambda: stream.step(samples[0], y=1),
                 lambda: stream.step(samples[0], x=samples[0]),
                 lambda: stream.run(out=samples),
                 lambda: stream.step_at(0)):
        with pytest.raises(TypeError, match=r"(step|run|step_at)\(\)"):
            call()
    assert stream.position == 0
