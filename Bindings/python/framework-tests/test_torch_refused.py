# SPDX-License-Identifier: MIT
"""Modules that Leat can't run: the message names the module, and says what to
do; no file is written."""

import re

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import leat

from test_torch_modules import Chain, Function, lstm


def chain(after):
    return Chain(lstm(), after)


def function(forward, **parts):
    return Function(forward, rnn=lstm(), **parts)


def attention(m, x):
    y, _ = m.rnn(x)
    weights = torch.softmax(m.score(y), dim=1)
    return m.head((weights * y).sum(dim=1))


def lengths(m, x):
    packed = nn.utils.rnn.pack_padded_sequence(
        x, [x.shape[1]] * len(x), batch_first=True
    )
    y, _ = m.rnn(packed)
    return nn.utils.rnn.pad_packed_sequence(y, batch_first=True)[0]


def without_state(m, x):
    """Each step begins with zeros."""
    return torch.cat([m.rnn(x[:, t : t + 1])[0] for t in range(x.shape[1])], 1)


def with_nan():
    module = chain(nn.Linear(4, 2))
    module.after.weight.data[0, 0] = torch.nan
    return module


CASES = {
    "bidirectional": (
        lambda: (
            chain(nn.Identity())
            and Chain(lstm(bidirectional=True), nn.Identity())
        ),
        "module 'rnn' (LSTM): a bidirectional module needs the end of the "
        "sequence first, which a stream never has; train one that runs forward",
    ),
    "layer norm": (
        lambda: chain(nn.LayerNorm(4)),
        "module 'after' (LayerNorm): Leat has nothing like a layer norm; "
        "train it with nn.BatchNorm1d, or without",
    ),
    "attention": (
        lambda: function(
            attention, score=nn.Linear(4, 1), head=nn.Linear(4, 2)
        ),
        "softmax() in the module (Function): it goes over dimension 1, "
        "expected all features of one step",
    ),
    "a mean": (
        lambda: function(lambda m, x: m.rnn(x)[0].mean(1)),
        "mean() in the module (Function): a mean reads several steps or "
        "features; take a step, or the last one",
    ),
    "multi-head attention": (
        lambda: function(
            lambda m, x: m.a(y := m.rnn(x)[0], y, y)[0],
            a=nn.MultiheadAttention(4, 2),
        ),
        "module 'a' (MultiheadAttention): attention reads all steps at once, "
        "and a stream has no end",
    ),
    "convolution": (
        lambda: function(
            lambda m, x: m.rnn(m.conv(x.mT).mT)[0],
            conv=nn.Conv1d(3, 3, 3, padding=1),
        ),
        "module 'conv' (Conv1d): a convolution reads several steps at once; "
        "compute it in your program, and convert the rest",
    ),
    "all steps at once": (
        lambda: function(
            lambda m, x: m.head(m.rnn(x)[0].flatten(1)), head=nn.Linear(28, 2)
        ),
        "module 'head' (Linear): it reads several steps or sequences at "
        "once, expected the features of one step",
    ),
    "selu": (
        lambda: chain(nn.SELU()),
        "module 'after' (SELU): Leat has no selu; train it with one of: "
        "relu, sigmoid",
    ),
    "an unknown function": (
        lambda: function(lambda m, x: torch.erfinv(m.rnn(x)[0])),
        "erfinv() in the module (Function): Leat has nothing like erfinv(); "
        "compute it in your program and convert the rest, or, if the module "
        "is a chain of layers all the same, give the list with layers=",
    ),
    "softmax over steps": (
        lambda: chain(nn.Softmax(dim=1)),
        "module 'after' (Softmax): it goes over dimension 1, expected all "
        "features of one step: it reads several steps or sequences at once",
    ),
    "softmax over a part": (
        lambda: function(lambda m, x: m.rnn(x)[0][..., :2].softmax(-1)),
        "it reads 2 of the 4 features of module 'rnn' (LSTM), or in another "
        "order, expected all of them in order",
    ),
    "dropout that always acts": (
        lambda: function(lambda m, x: F.dropout(m.rnn(x)[0])),
        "dropout() in the module (Function): dropout is called with "
        "training=True, so that it acts after training, too; pass "
        "training=self.training",
    ),
    "batch norm without statistics": (
        lambda: function(
            lambda m, x: m.n(m.rnn(x)[0].mT).mT,
            n=nn.BatchNorm1d(4, track_running_stats=False),
        ),
        "module 'n' (BatchNorm1d): it normalizes by the mean of the batch, "
        "expected running statistics; train it with track_running_stats=True",
    ),
    "side by side": (
        lambda: function(
            lambda m, x: m.head(torch.cat([m.rnn(x)[0], x], -1)),
            head=nn.Linear(7, 2),
        ),
        "module 'head' (Linear): it reads the input and module 'rnn' (LSTM) "
        "side by side; Leat's layers form a chain, in which only a sum takes "
        "an earlier value",
    ),
    "branches": (
        lambda: function(
            lambda m, x: m.a(m.rnn(x)[0]) + m.b(x),
            a=nn.Linear(4, 2),
            b=nn.Linear(3, 2),
        ),
        "add() in the module (Function) adds two branches; Leat's layers "
        "form a chain, in which only a sum takes an earlier value",
    ),
    "a product": (
        lambda: function(
            lambda m, x: m.rnn(x)[0] * m.gate(x), gate=nn.Linear(3, 4)
        ),
        "it multiplies module 'gate' (Linear) by module 'rnn' (LSTM); Leat "
        "multiplies values only by constants",
    ),
    "a difference": (
        lambda: function(lambda m, x: m.rnn(x)[0][..., :3] - x),
        "it subtracts one value from another; Leat only adds",
    ),
    "a sum of other steps": (
        lambda: function(lambda m, x: m.rnn(x)[0][:, -1, :3] + x[:, 0]),
        "it adds values of different steps or sequences, expected the same "
        "of both",
    ),
    "the state of another module": (
        lambda: function(lambda m, x: m.d(x, m.rnn(x)[1])[0], d=lstm()),
        "module 'd' (LSTM): it begins with a state that comes from other "
        "values; a stream begins with a constant state",
    ),
    "c as the output": (
        lambda: function(
            lambda m, x: m.head(m.rnn(x)[1][1][-1]), head=nn.Linear(4, 2)
        ),
        "the c of layer 0 of module 'rnn' (LSTM) is read by another layer; "
        "Leat's layers read only what a recurrent module puts out",
    ),
    "a lost state": (
        lambda: function(without_state),
        "module 'rnn' (LSTM): it begins step 1 with another state than its "
        "own after step 0; a stream keeps its state",
    ),
    "every second step": (
        lambda: function(lambda m, x: m.rnn(x[:, ::2])[0]),
        "module 'rnn' (LSTM): its steps aren't those of the input, one after "
        "the other",
    ),
    "backwards": (
        lambda: function(lambda m, x: m.rnn(x.flip(1))[0].flip(1)),
        "module 'rnn' (LSTM): its steps aren't those of the input, one after "
        "the other",
    ),
    "random state": (
        lambda: function(
            lambda m, x: m.rnn(x, 2 * (torch.randn(1, len(x), 4),))[0]
        ),
        "module 'rnn' (LSTM): its initial state isn't the same for all of "
        "the batch, as if it were random; expected a constant one",
    ),
    "noise": (
        lambda: function(lambda m, x: m.rnn(x + torch.randn_like(x))[0]),
        "add() takes other constants in other steps or sequences, expected "
        "the same in all",
    ),
    "random for one sequence": (
        lambda: function(lambda m, x: m.rnn(x, 2 * (torch.randn(1, 1, 4),))[0]),
        "the module gives other outputs for the same input, as if it were "
        "random",
    ),
    "a feature twice": (
        lambda: function(lambda m, x: m.rnn(x)[0][..., [0, 0]]),
        "the output has other features in other steps, or some of them twice; "
        "expected the same features of each step",
    ),
    "packed": (
        lambda: function(lengths),
        "it packs sequences; give example= without lengths, so that they "
        "aren't packed",
    ),
    "embedding": (
        lambda: nn.Sequential(nn.Embedding(5, 3), nn.LSTM(3, 4)),
        "the module can't be run on an input of shape [2, 7, 3]: ",
    ),
    "two outputs": (
        lambda: function(
            lambda m, x: (m.a(y := m.rnn(x)[0]), m.b(y)),
            a=nn.Linear(4, 1),
            b=nn.Linear(4, 2),
        ),
        "the module gives 0 (shape [2, 7, 1]), 1 (shape [2, 7, 2]); choose "
        "one with output=0",
    ),
    "no recurrent module": (
        lambda: nn.Linear(3, 2),
        "there is no LSTM, GRU or RNN in it; Leat runs models with one of "
        "these at least",
    ),
    "an unbounded relu": (
        lambda: nn.RNN(3, 30, nonlinearity="relu"),
        "tensor 'rnn.weight_hh_l0': row 0 has a sum of magnitudes of",
    ),
    "TorchScript": (
        lambda: function(
            lambda m, x: m.inner(x)[0], inner=torch.jit.script(nn.LSTM(3, 4))
        ),
        "module 'inner' is TorchScript, which can't be followed; give the "
        "module that it was made from",
    ),
    "lazy": (
        lambda: chain(nn.LazyLinear(2)),
        "'after.weight' isn't initialized; run the module once, then train it",
    ),
    "meta": (
        lambda: lstm(device="meta"),
        "'weight_ih_l0' is on the device meta, which has no values; load the "
        "weights first",
    ),
    "NaN in a weight": (
        with_nan,
        "'after.weight' has a value that isn't finite, expected finite ones; "
        "train it with a lower rate",
    ),
    "no sizes": (
        lambda: Function(lambda m, x: x),
        "no module in it says how many inputs a step has; give an input with "
        "example=",
    ),
    "an error of forward()": (
        lambda: Function(lambda m, x: m.rnn(x[0, 0, 0, 0]), rnn=lstm()),
        "the module can't be run on an input of shape [2, 7, 3]: IndexError: "
        "too many indices for tensor of dimension 3; give what it is called "
        "with as example=",
    ),
}


@pytest.mark.filterwarnings("ignore:Lazy modules")
@pytest.mark.parametrize("name", CASES)
def test_refused(name, written, names_of):
    make, message = CASES[name]
    with pytest.raises(leat.ConversionError, match=re.escape(message)):
        leat.from_torch(make(), written.path)
    assert names_of() == []


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ({"example": "x"}, TypeError, "example: expected a tensor"),
        ({"example": torch.zeros(3)}, TypeError, "example: expected a tensor"),
        (
            {"output": 3},
            leat.ConversionError,
            "output 3 isn't a tensor; the module gives 0 (shape [2, 7, 2])",
        ),
        (
            {"sequences": [[1.0, 2.0]]},
            ValueError,
            "sequences: expected the shape [steps, 3] or [sequences, steps, "
            "3], found [1, 2]",
        ),
        (
            {"input_mean": [1.0, 2.0]},
            leat.ConversionError,
            "input_mean: found 2 numbers, expected 3, or one",
        ),
        (
            {"input_std": [1.0, 0.0, 1.0]},
            ValueError,
            "input_std: expected finite numbers above 0",
        ),
        (
            {"output_mean": float("nan")},
            ValueError,
            "output_mean: expected finite numbers",
        ),
        (
            {"output_std": [1.0, 2.0, 3.0]},
            leat.ConversionError,
            "output_std: found 3 numbers, expected 2, or one",
        ),
    ],
)
def test_arguments(arguments, error, message, written, names_of):
    with pytest.raises(error, match=re.escape(message)):
        leat.from_torch(chain(nn.Linear(4, 2)), written.path, **arguments)
    assert names_of() == []


def test_scaling_that_the_module_does_itself(written):
    module = function(lambda m, x: m.rnn(x - m.mean)[0], mean=torch.ones(3))
    with pytest.raises(
        leat.ConversionError,
        match=re.escape(
            "the module has its own input_mean; expected no input_mean= and "
            "input_std= beside it"
        ),
    ):
        leat.from_torch(module, written.path, input_mean=1.0)


def test_no_module(written):
    with pytest.raises(
        TypeError, match="expected a torch.nn.Module, found OrderedDict"
    ):
        leat.from_torch(lstm().state_dict(), written.path)


def test_a_folder_has_the_name(tmp_path, names_of):
    (tmp_path / "model").mkdir()
    with pytest.raises(IsADirectoryError):
        leat.from_torch(lstm(), tmp_path / "model")
    assert names_of() == ["model"]


def test_no_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        leat.from_torch(lstm(), tmp_path / "none" / "model.safetensors")
