# SPDX-License-Identifier: MIT
"""The comparison that from_torch() ends with, and leat.check()."""

import re

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

import leat
from leat.conversion import comparison, layers

from test_torch_modules import Chain, Function, lstm


def chain():
    return Chain(lstm(), nn.Linear(4, 2))


def decides(m, x):
    """The trace follows one way, and other inputs go another."""
    y = m.rnn(x)[0]
    return m.head(y) if x.shape[1] < 10 else torch.tanh(m.head(y))


def test_a_wrong_file_is_not_written(written, names_of):
    """What was followed isn't what the module does for other sequences."""
    module = Function(decides, rnn=lstm(), head=nn.Linear(4, 2))
    with pytest.raises(
        leat.ConversionError, match="differs from the module by"
    ) as caught:
        leat.from_torch(module, written.path)
    assert names_of() == []
    error = caught.value
    assert (
        f"by {error.difference:.1e} at step {error.step}, output "
        f"{error.output};" in str(error)
    )
    assert error.difference > 1e-3


def test_a_file_that_was_there_stays(written, names_of):
    leat.from_torch(chain(), written.path)
    before = written.path.read_bytes()
    with pytest.raises(leat.ConversionError):
        leat.from_torch(
            Function(decides, rnn=lstm(), head=nn.Linear(4, 2)), written.path
        )
    assert written.path.read_bytes() == before
    leat.from_torch(chain(), written.path)
    assert written.path.read_bytes() != before
    assert names_of() == ["model.safetensors"]


def mistakes(data):
    """Changes to what is written: each must be found."""

    def of(name, change):
        found = {key: value.copy() for key, value in data.tensors.items()}
        found[name] = change(found[name])
        return found, dict(data.metadata)

    yield of(
        "rnn.weight_ih_l0", lambda w: w[np.r_[4:8, 0:4, 8:16]]
    )  # i and f exchanged
    yield of("rnn.weight_hh_l0", lambda w: w.T.copy().reshape(w.shape))
    yield of("rnn.bias_hh_l0", np.zeros_like)
    yield of("head.bias", lambda b: b + 1e-4)
    yield of("norm.running_var", lambda v: v + 1e-3)
    words = data.metadata["leat.layers"]
    for other in (
        words.replace("gelu", "gelu_tanh"),
        words.replace(" +head", ""),
        words.replace(":gelu", ""),
    ):
        assert other != words
        yield dict(data.tensors), {**data.metadata, "leat.layers": other}
    yield dict(data.tensors), {**data.metadata, "leat.norm.eps": "0.001"}


def test_each_mistake_is_found(written, monkeypatch):
    """The tolerance is far below what a mistake changes."""

    def forward(m, x):
        y = m.head(m.rnn(x)[0])
        return torch.nn.functional.gelu(m.norm(y.mT).mT) + y

    def module():
        torch.manual_seed(3)
        return Function(
            forward, rnn=lstm(), head=nn.Linear(4, 4), norm=nn.BatchNorm1d(4)
        ).eval()

    right = leat.from_torch(module(), written.path)
    written.path.unlink()
    assert right.difference < 1e-6
    assert written.path.exists() is False
    found = []
    original = layers.Layers.__init__

    def keep(self, value):
        original(self, value)
        found.append(self)

    monkeypatch.setattr(layers.Layers, "__init__", keep)
    leat.from_torch(module(), written.path)
    changes = list(mistakes(found[-1]))
    assert len(changes) == 9
    for tensors, metadata in changes:

        def changed(self, value, tensors=tensors, metadata=metadata):
            original(self, value)
            self.tensors, self.metadata = tensors, metadata

        monkeypatch.setattr(layers.Layers, "__init__", changed)
        with pytest.raises(
            leat.ConversionError, match="differs from the module"
        ):
            leat.from_torch(module(), written.path)


def test_given_sequences_are_compared(written):
    """A difference that random numbers don't show: far inputs."""

    def forward(m, x):
        y = m.head(m.rnn(x)[0])
        return torch.tanh(y) if (x > 50).any() else y

    module = Function(forward, rnn=lstm(), head=nn.Linear(4, 2))
    assert leat.from_torch(module, written.path).is_equal
    recording = np.zeros((30, 3), np.float32)
    recording[20] = 60
    with pytest.raises(leat.ConversionError, match="differs from"):
        leat.from_torch(module, written.path, sequences=recording)


def test_rounding_that_hides_everything(written):
    """A module whose own float32 is far from float64 can't be compared."""
    module = Function(lambda m, x: m.rnn(x)[0] + 1e7 - 1e7, rnn=lstm())
    with pytest.raises(
        leat.ConversionError, match="rounding alone changes the outputs so much"
    ):
        leat.from_torch(module, written.path)


# --- leat.check() ------------------------------------------------------------


def test_check(written, capsys):
    """A state_dict that was saved as it is."""
    module = chain()
    save_file(module.state_dict(), written.path)
    report = leat.check(module, written.path)
    assert report.is_equal and report.errors.shape == (2,)
    assert re.fullmatch(
        rf"{written.path}: computes what the module does over 2 sequences of "
        r"64 steps; nearest "
        r"to the limit at step \d+, output \d: off by \S+, allowed \S+\n",
        capsys.readouterr().out,
    )


def test_check_of_another_model(written, capsys):
    save_file(chain().state_dict(), written.path)
    other = chain()
    report = leat.check(other, written.path)
    assert not report.is_equal and report.difference > report.allowed
    assert "differs from the module by" in capsys.readouterr().out
    with pytest.raises(
        leat.ConversionError, match="differs from the module by"
    ):
        leat.check(other, written.path, raises=True)


def test_check_of_a_missing_activation(written):
    module = Chain(lstm(), nn.Sequential(nn.Linear(4, 2), nn.Sigmoid()))
    save_file(
        module.state_dict(),
        written.path,
        metadata={"leat.layers": "rnn after.0"},
    )
    assert not leat.check(module, written.path).is_equal
    save_file(
        module.state_dict(),
        written.path,
        metadata={"leat.layers": "rnn after.0:sigmoid"},
    )
    assert leat.check(module, written.path).is_equal


def test_check_of_narrow_weights(written):
    module = chain()
    save_file(
        {name: tensor.half() for name, tensor in module.state_dict().items()},
        written.path,
    )
    assert not leat.check(module, written.path).is_equal
    assert leat.check(module, written.path, tolerance=0.01).is_equal


@pytest.mark.parametrize("tolerance", [-1, float("nan"), float("inf")])
def test_tolerances(tolerance, written):
    leat.from_torch(chain(), written.path)
    with pytest.raises(
        ValueError,
        match=f"tolerance: expected a finite number of 0 or more, found "
        f"{tolerance}",
    ):
        leat.check(chain(), written.path, tolerance=tolerance)


def test_check_of_small_outputs(written):
    """A module that runs in float32 alone."""

    def forward(m, x):
        zeros = torch.zeros(1, len(x), 4, dtype=torch.float32)
        return 1e-6 * m.rnn(x, (zeros, zeros))[0]

    module = Function(forward, rnn=lstm())
    assert leat.from_torch(module, written.path).is_equal
    assert not leat.check(Function(forward, rnn=lstm()), written.path).is_equal


def test_check_of_a_module_that_cant_be_followed(written):
    """Only its outputs are needed."""
    module = Function(
        lambda m, x: torch.from_numpy(m.rnn(x)[0].numpy()), rnn=lstm()
    )
    save_file(module.state_dict(), written.path)
    assert leat.check(module, written.path).is_equal
    assert leat.check(
        module, written.path, example=torch.zeros(1, 9, 3)
    ).is_equal


def test_check_of_other_sizes(written):
    save_file(chain().state_dict(), written.path)
    with pytest.raises(
        ValueError, match="gives 2 outputs a step, and the module 3"
    ):
        leat.check(Chain(lstm(), nn.Linear(4, 3)), written.path)
    with pytest.raises(
        TypeError,
        match="expected a module of PyTorch or a model of Keras, found dict",
    ):
        leat.check({}, written.path)
    with pytest.raises(leat.InputOutputError):
        leat.check(chain(), written.path.with_name("none"))


def test_the_worst_step_is_named():
    truth = np.zeros((1, 5, 2))
    report_of = comparison.compare
    outputs = np.zeros((1, 5, 2))
    outputs[0, 3, 1] = 0.5
    original, comparison.run = comparison.run, lambda path, sequences: outputs
    try:
        report = report_of(
            "m", np.zeros((1, 5, 1)), truth + 1e-3, np.zeros((1, 5, 2))
        )
    finally:
        comparison.run = original
    assert (report.step, report.output) == (3, 1)
    assert report.difference == pytest.approx(0.499)
