# SPDX-License-Identifier: MIT
import pickle

import numpy as np
import pytest
from conftest import MODEL, VECTORS

import leat


def test_state_is_the_stream(model, stream, samples):
    stream.run(samples[:77])
    state = pickle.loads(pickle.dumps(stream.state()))
    expected = stream.run(samples[77:])
    for other in (model.load(state), model.load(memoryview(state)),
                  leat.Model.open(MODEL).load(bytearray(state))):
        assert other.position == 77
        assert np.array_equal(other.run(samples[77:]), expected)
    stream.load(state)
    assert np.array_equal(stream.run(samples[77:]), expected)


def test_windowed_state(model, samples):
    stream = model.stream(20, 5)
    stream.run(samples[:33])
    other = model.load(stream.state())
    assert (other.window, other.hop) == (20, 5)
    assert np.array_equal(other.run(samples[33:]), stream.run(samples[33:]),
                          equal_nan=True)
    assert leat.state_info(stream.state()).window == 20
    with pytest.raises(leat.MismatchError):
        model.stream().load(stream.state())
    with pytest.raises(leat.MismatchError):
        model.stream(20, 4).load(stream.state())


def test_state_info(model, stream, samples):
    stream.run(samples)
    info = leat.state_info(stream.state())
    assert info == (1, 2, 200, model.fingerprint, 0, 0)


def test_another_models_state(model, other_model, stream, samples):
    stream.run(samples[:9])
    before = stream.state()
    with pytest.raises(leat.MismatchError) as refused:
        stream.load(other_model.stream().state())
    assert refused.value.code == -8 and isinstance(refused.value, ValueError)
    with pytest.raises(leat.MismatchError):
        model.load(other_model.stream().state())
    assert stream.state() == before


def test_damaged_state(model, stream, samples):
    stream.run(samples)
    before = stream.state()
    for i in range(0, len(before), 7):
        damaged = bytearray(before)
        damaged[i] ^= 4
        for call in (stream.load, model.load, leat.state_info):
            with pytest.raises((leat.CorruptError, leat.NewerError)):
                call(damaged)
    for call in (stream.load, model.load, leat.state_info):
        with pytest.raises(leat.CorruptError):
            call(before[:-1])
        with pytest.raises(leat.CorruptError):
            call(b"")
        for wrong in ("text", None, 5, memoryview(before)[::2]):
            with pytest.raises((TypeError, BufferError)):
                call(wrong)
    assert stream.state() == before


def test_h_n_and_c_n(stream, samples):
    stream.run(samples)
    h, c = stream.h_n, stream.c_n
    assert h.shape == c.shape == (2, 9) and h.dtype == c.dtype == np.float32
    for layer in range(2):
        of_layer = stream.get_state(layer)
        assert np.array_equal(of_layer[0], h[layer])
        assert np.array_equal(of_layer[1], c[layer])
    other = stream.model.stream()
    other.h_n, other.c_n, other.position = h, c, stream.position
    assert other.state() == stream.state()
    other.reset()
    for layer in range(2):
        other.set_state(layer, h=h[layer])
        other.set_state(layer, c=c[layer])
    other.position = stream.position
    assert other.state() == stream.state()
    with pytest.raises(IndexError):
        stream.get_state(2)
    with pytest.raises(IndexError):
        stream.set_state(2, h[0])


def test_pytorchs_state():
    folder = VECTORS / "layers-2"
    model = leat.Model.open(folder / "model.safetensors")
    x = np.fromfile(folder / "input.f32", "<f4").reshape(-1, model.input_size)
    stream = model.stream()
    stream.run(x)
    # h, then c, of each layer.
    expected = np.fromfile(folder / "state.f64", "<f8")
    expected = expected.reshape(model.recurrent_layers, 2, -1)
    assert np.allclose(stream.h_n, expected[:, 0], atol=2e-6)
    assert np.allclose(stream.c_n, expected[:, 1], atol=2e-6)


def test_layers_without_c():
    model = leat.Model.open(VECTORS / "gru-3-17/model.safetensors")
    stream = model.stream()
    assert stream.h_n.shape == (1, 17) and stream.c_n is None
    assert stream.get_state(0)[1] is None
    with pytest.raises(ValueError, match="has a c"):
        stream.c_n = stream.h_n
    with pytest.raises(ValueError, match="no c"):
        stream.set_state(0, c=stream.h_n[0])


def test_unequal_layers():
    model = leat.Model.open(VECTORS / "stacked-head/model.safetensors")
    stream = model.stream()
    sizes = [layer.output_size for layer in model.layers
             if layer.recurrent is not None]
    assert len(set(sizes)) > 1
    with pytest.raises(ValueError, match="sizes are .* get_state"):
        stream.h_n
    with pytest.raises(ValueError, match="sizes are .* get_state"):
        stream.h_n = np.zeros((len(sizes), sizes[0]), np.float32)
    assert [len(stream.get_state(i)[0]) for i in range(len(sizes))] == sizes


def test_a_refused_layer_leaves_all(stream, samples):
    stream.run(samples)
    before = stream.state()
    for name in ("h_n", "c_n"):
        values = getattr(stream, name)
        values[0] += 1
        values[1, 3] = np.inf
        with pytest.raises(leat.InputError):
            setattr(stream, name, values)
        assert stream.state() == before
        for wrong in (values[:1], values.T, values.astype(float), None, 3):
            with pytest.raises((ValueError, TypeError)):
                setattr(stream, name, wrong)
        with pytest.raises(AttributeError):
            delattr(stream, name)
        assert stream.state() == before


def test_nothing_is_pickled_but_states(model, store, stream):
    for thing, words in (
            (model, "path or bytes"), (stream, r"state\(\)"),
            (model.batch([stream]), r"state\(\)"), (store, "its path")):
        with pytest.raises(TypeError, match=f"can't be pickled.*{words}"):
            pickle.dumps(thing)
    with store.autosave(stream_size=model.stream_size) as autosave:
        with pytest.raises(TypeError, match="can't be pickled"):
            pickle.dumps(autosave)


def test_errors_are_pickled(stream):
    with pytest.raises(leat.CorruptError) as refused:
        stream.load(b"")
    again = pickle.loads(pickle.dumps(refused.value))
    assert type(again) is leat.CorruptError
    assert (str(again), again.code) == (str(refused.value), -9)
