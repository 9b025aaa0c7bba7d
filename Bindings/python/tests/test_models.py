# SPDX-License-Identifier: MIT
import copy

import numpy as np
import pytest
from conftest import MODEL, TOP, VECTORS

import leat


def test_properties(model):
    assert (model.input_size, model.output_size) == (3, 2)
    kinds = [leat.LayerKind(layer.kind).name for layer in model.layers]
    assert kinds == ["LSTM", "LSTM", "LINEAR"]
    assert [layer.recurrent for layer in model.layers] == [0, 1, None]
    assert model.recurrent_layers == 2
    assert model.parameters > 0 and model.macs_per_step > 0
    assert model.stream_size % 64 == 0
    assert model.state_size == len(model.stream().state())
    assert model.input_limit > 1e30
    assert len(model.fingerprint) == 32
    assert model.has_denormalizer is False
    assert "3 -> 2" in repr(model)


def test_bytes_and_file_are_the_same_model(model):
    again = leat.Model.from_bytes(bytearray(MODEL.read_bytes()))
    assert again.fingerprint == model.fingerprint
    assert leat.Model.open(str(MODEL)).fingerprint == model.fingerprint
    assert leat.Model.open(bytes(MODEL)).fingerprint == model.fingerprint


def test_a_stream_keeps_its_model(samples):
    stream = leat.Model.from_bytes(MODEL.read_bytes()).stream()
    junk = [bytes(1 << 16) for _ in range(100)]
    expected = leat.Model.open(MODEL).stream().run(samples)
    assert np.array_equal(stream.run(samples), expected)
    del junk


def test_normalizer():
    model = leat.Model.open(VECTORS / "normaliser/model.safetensors")
    mean, deviation = model.normalizer
    assert mean.dtype == deviation.dtype == np.float32
    assert mean.shape == deviation.shape == (model.input_size,)
    assert mean.any() and (deviation > 0).all()


def test_window_size(model):
    assert model.window_size(10, 5) == model.stream(10, 5).size
    assert model.window_size(10, 11) == 0


REFUSED = TOP / "Tests/Refused/models"
CODES = {-5: leat.FormatError, -6: leat.ModelError, -7: leat.UnsupportedError,
         -10: leat.NewerError}
NAMES = {"LEAT_E_FORMAT": -5, "LEAT_E_MODEL": -6, "LEAT_E_UNSUPPORTED": -7,
         "LEAT_E_NEWER": -10}


@pytest.mark.parametrize("line", (REFUSED / "expected.txt").read_text(
    encoding="utf-8").splitlines())
def test_refused(line):
    facts, _, words = line.partition("\t")
    file, name, _ = facts.split(" ")
    code = NAMES[name] if name in NAMES else int(name)
    with pytest.raises(CODES[code]) as from_file:
        leat.Model.open(REFUSED / file)
    with pytest.raises(CODES[code]) as from_bytes:
        leat.Model.from_bytes((REFUSED / file).read_bytes())
    assert from_file.value.code == from_bytes.value.code == code
    assert isinstance(from_file.value, ValueError)
    assert words in str(from_bytes.value)


def test_not_there(tmp_path):
    with pytest.raises(OSError, match="No such file") as refused:
        leat.Model.open(tmp_path / "none.safetensors")
    assert refused.value.code == -12
    with pytest.raises(TypeError):
        leat.Model.open(3.5)
    with pytest.raises(TypeError):
        leat.Model.from_bytes("text")
    with pytest.raises(ValueError, match="null byte"):
        leat.Model.open("a\0b")


def test_not_made_by_hand():
    for kind in (leat.Model, leat.Stream, leat.Batch):
        with pytest.raises(TypeError, match="cannot create"):
            kind()
        with pytest.raises(TypeError, match="immutable"):
            kind.step = None


def test_a_copy_is_the_model(model):
    """It never changes, so that what has one can be copied."""
    assert copy.copy(model) is model
    copied = copy.deepcopy({"model": model, "stream": model.stream()})
    assert copied["model"] is model and copied["stream"].model is model
