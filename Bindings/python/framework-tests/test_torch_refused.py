# SPDX-License-Identifier: MIT
"""Modules that Leat can't run: the message names the module, and says what to
do; no file is written."""

import errno
import os
import re
import threading

import keras
import pytest
import torch
import torch.nn.functional as F
from torch import nn

import leat
from leat.conversion import comparison, torch_operations

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


# Each of these changes nothing for the random inputs of the comparison.


def outliers_by_mask(m, x):
    x = x.clone()
    x[x > 8] = 0
    return m.rnn(x)[0]


def outliers_in_a_view(m, x):
    x = x.clone()
    x[..., 0].masked_fill_(x[..., 0] > 8, 0)
    return m.rnn(x)[0]


def a_feature_by_value(m, x):
    y = m.rnn(x)[0]
    return y.index_select(2, (x.amax() > 8).long().reshape(1))


def a_feature_for_each_step(m, x):
    return torch.gather(m.rnn(x)[0], 2, (x[..., :1] > 8).long())


def with_lock():
    module = chain(nn.Linear(4, 2))
    module.lock = threading.Lock()
    return module


def with_nan():
    module = chain(nn.Linear(4, 2))
    module.after.weight.data[0, 0] = torch.nan
    return module


DECIDES = (
    "gt() in the module (Function): it decides by values, and Leat computes "
    "the same for all"
)

CASES = {
    "outliers by a mask": (lambda: function(outliers_by_mask), DECIDES),
    "outliers in a view": (lambda: function(outliers_in_a_view), DECIDES),
    "a feature by value": (
        lambda: function(a_feature_by_value),
        "amax() in the module (Function): Leat has nothing like amax()",
    ),
    "a feature for each step": (
        lambda: function(a_feature_for_each_step),
        DECIDES,
    ),
    "places from the input": (
        lambda: function(
            lambda m, x: m.rnn(x)[0][..., x[0, 0, :1].to(torch.int64)]
        ),
        "to() in the module (Function): it rounds values to integers",
    ),
    "a slope from the input": (
        lambda: function(
            lambda m, x: F.prelu(m.rnn(x)[0] + 9, 0 * x[0, 0, :1] + 0.1)
        ),
        "prelu() in the module (Function): it takes a number that is computed "
        "from the input, expected a constant one",
    ),
    "a limit from the input": (
        lambda: function(lambda m, x: m.rnn(x)[0].clamp(-1, x[0, 0, 0] + 9)),
        "clamp() in the module (Function): it takes a number that is computed "
        "from the input, expected a constant one",
    ),
    "weights from the input": (
        lambda: function(
            lambda m, x: torch.lstm_cell(
                x[:, 0],
                (torch.zeros(len(x), 4),) * 2,
                x.new_ones(16, 3) * x[0, 0, 0],
                m.rnn.weight_hh_l0,
            )[0]
        ),
        "its weights are computed from the input, expected constant ones",
    ),
    "limits for each feature": (
        lambda: function(lambda m, x: m.rnn(x)[0].clamp(torch.zeros(4))),
        "clamp() in the module (Function): it limits each feature by its own "
        "numbers, expected the same two for all",
    ),
    "an output in a dict in a dict": (
        lambda: function(lambda m, x: {"out": {"y": m.rnn(x)[0]}}),
        "forward() returns dict with 'out' (dict) in it, expected a tensor, or "
        "a tuple, list or dict of tensors",
    ),
    "a lock": (
        with_lock,
        "the module can't be copied: TypeError: cannot pickle '_thread.lock' "
        "object; only copies of it are run, so set the attribute that can't be "
        "copied, as a lock, a file or a generator, to None first",
    ),
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


def test_arguments_that_an_operation_does_not_expect(written, monkeypatch):
    """They aren't an error of the module, which has run."""

    def fails(*_):
        raise IndexError("tuple index out of range")

    monkeypatch.setitem(torch_operations.OPERATIONS, "neg", fails)
    with pytest.raises(
        leat.ConversionError,
        match=re.escape(
            "neg() in the module (Function): Leat doesn't know these arguments "
            "of neg() (IndexError: tuple index out of range)"
        ),
    ):
        leat.from_torch(function(lambda m, x: -m.rnn(x)[0]), written.path)


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ({"example": "x"}, TypeError, "example: expected a tensor"),
        ({"example": torch.zeros(3)}, TypeError, "example: expected a tensor"),
        ({"example": ()}, TypeError, "that begins with one, found tuple"),
        (
            {"example": torch.zeros(0, 7, 3)},
            TypeError,
            "that begins with one, found a tensor of shape [0, 7, 3]",
        ),
        (
            {"layers": ["rnn", "after"]},
            TypeError,
            'layers: expected text, as "lstm head:tanh", found list',
        ),
        (
            {"sequences": [[1.0, 2.0, float("nan")]]},
            ValueError,
            "sequences: expected finite numbers",
        ),
        (
            {"output_std": [1.0, 0.0]},
            ValueError,
            "output_std: expected finite numbers other than 0",
        ),
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
    model = keras.Sequential([keras.Input((None, 3)), keras.layers.LSTM(4)])
    with pytest.raises(TypeError, match=r"use leat.from_keras\(\)"):
        leat.from_torch(model, written.path)


def unused(m, x):
    raise AssertionError("the module was run before the path was looked at")


@pytest.mark.parametrize(
    "name, error, message",
    [
        ("folder", IsADirectoryError, "Is a directory: '{}/folder'"),
        ("new/", IsADirectoryError, "Is a directory: '{}/new/'"),
        (
            "none/model",
            FileNotFoundError,
            "No such file or directory: '{}/none'",
        ),
    ],
)
def test_paths_that_no_file_can_have(name, error, message, tmp_path, names_of):
    """They are refused first, and by the name that the program gave."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(error) as caught:
        leat.from_torch(function(unused), f"{tmp_path}/{name}")
    assert message.format(tmp_path) in str(caught.value)
    assert names_of() == ["folder"]


def test_a_disk_that_is_full(tmp_path, names_of, monkeypatch):
    """The message names the file that was asked for, not the one beside it."""

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError) as caught:
        leat.from_torch(lstm(), tmp_path / "model")
    assert str(caught.value).endswith(f"'{tmp_path / 'model'}'")
    assert names_of() == []


def test_ctrl_c_leaves_nothing(tmp_path, names_of, monkeypatch):
    def stop(*_, **__):
        assert len(names_of()) == 1
        raise KeyboardInterrupt

    monkeypatch.setattr(comparison, "run", stop)
    with pytest.raises(KeyboardInterrupt):
        leat.from_torch(lstm(), tmp_path / "model")
    assert names_of() == []
