# SPDX-License-Identifier: MIT
"""Modules that from_torch() converts: the list of layers, and the outputs."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

import leat

STEPS = 20


class Chain(nn.Module):
    """A recurrent module, then anything."""

    def __init__(self, recurrent, after):
        super().__init__()
        self.rnn, self.after = recurrent, after

    def forward(self, x):
        return self.after(self.rnn(x)[0])


class Function(nn.Module):
    """What a function of (module, input) computes."""

    def __init__(self, function, **parts):
        super().__init__()
        self.function = function
        for name, part in parts.items():
            if isinstance(part, torch.Tensor):
                self.register_buffer(name, part)
            else:
                setattr(self, name, part)

    def forward(self, x):
        return self.function(self, x)


def lstm(inputs=3, units=4, layers=1, **options):
    return nn.LSTM(inputs, units, layers, batch_first=True, **options)


def shrunk(module):
    with torch.no_grad():
        for parameter in module.parameters():
            parameter *= 0.3
    return module


def used(norm):
    """A batch norm with statistics, as after training."""
    norm.running_mean.uniform_(-1, 1)
    norm.running_var.uniform_(0.5, 2)
    return norm


def each_step(self, x):
    """Cells, stepped one after the other, their outputs in a list."""
    h1 = c1 = torch.zeros(x.size(0), 5)
    h2 = torch.zeros(x.size(0), 4)
    outputs = []
    for sample in x.unbind(1):
        h1, c1 = self.first(sample, (h1, c1))
        h2 = self.second(h1, h2)
        outputs.append(self.head(h2))
    return torch.stack(outputs, dim=1)


def one_by_one(self, x):
    """A module that is called for each step with its state, and a tensor that
    takes the outputs."""
    state, outputs = None, x.new_zeros(x.shape[0], x.shape[1], 2)
    for step in range(x.shape[1]):
        y, state = self.rnn(x[:, step : step + 1], state)
        outputs[:, step] = torch.tanh(self.head(y[:, 0]))
    return outputs


def residual(self, x):
    y, _ = self.rnn(x)
    return self.head(y) + x


CASES = {
    "lstm": (lambda: lstm(), "lstm"),
    "gru of two layers without bias": (
        lambda: nn.GRU(3, 4, 2, bias=False, batch_first=True),
        "gru",
    ),
    "rnn": (lambda: nn.RNN(3, 4, batch_first=True), "rnn"),
    "rnn with relu": (
        lambda: shrunk(nn.RNN(3, 4, nonlinearity="relu", batch_first=True)),
        "rnn",
    ),
    "projection": (lambda: lstm(units=6, layers=2, proj_size=3), "lstm"),
    "dropout between layers": (
        lambda: Chain(lstm(layers=2, dropout=0.5), nn.Dropout(0.5)),
        "rnn",
    ),
    "linear": (lambda: Chain(lstm(), nn.Linear(4, 2)), "rnn after"),
    "sequential": (
        lambda: Chain(
            lstm(),
            nn.Sequential(
                nn.Linear(4, 5),
                nn.ReLU(),
                nn.Dropout(),
                nn.Identity(),
                nn.Linear(5, 2),
                nn.Sigmoid(),
            ),
        ),
        "rnn after.0:relu after.4:sigmoid",
    ),
    "modules in modules": (
        lambda: Function(
            lambda m, x: m.outer(x),
            outer=Chain(
                lstm(), nn.Sequential(nn.Sequential(nn.Linear(4, 2)), nn.Tanh())
            ),
        ),
        "outer.rnn outer.after.0.0:tanh",
    ),
    "linear before": (
        lambda: Function(
            lambda m, x: m.rnn(F.relu(m.embed(x)))[0],
            embed=nn.Linear(3, 4),
            rnn=lstm(4),
        ),
        "embed:relu rnn",
    ),
    "activation first": (
        lambda: Function(lambda m, x: m.rnn(torch.tanh(x))[0], rnn=lstm()),
        "unchanged :tanh rnn",
    ),
    "activation after a recurrent module": (
        lambda: Chain(lstm(), nn.ELU(0.5)),
        "rnn :elu(0.5)",
    ),
    "two recurrent modules": (
        lambda: Chain(
            lstm(),
            nn.Sequential(
                nn.Linear(4, 3),
                Function(
                    lambda m, x: m.gru(x)[0], gru=nn.GRU(3, 2, batch_first=True)
                ),
            ),
        ),
        "rnn after.0 after.1.gru",
    ),
    "batch norm": (
        lambda: Function(
            lambda m, x: m.norm(m.rnn(x)[0].transpose(1, 2)).transpose(1, 2),
            rnn=lstm(),
            norm=used(nn.BatchNorm1d(4, eps=1e-3)),
        ),
        "rnn norm",
    ),
    "batch norm without weights, over rows": (
        lambda: Function(
            lambda m, x: m.norm(m.rnn(x)[0].reshape(-1, 4)).view(
                *x.shape[:2], 4
            ),
            rnn=lstm(),
            norm=used(nn.BatchNorm1d(4, affine=False)),
        ),
        "rnn norm",
    ),
    "batch norm of each step": (
        lambda: Function(
            lambda m, x: torch.stack(
                [m.norm(y) for y in m.rnn(x)[0].unbind(1)], 1
            ),
            rnn=lstm(),
            norm=used(nn.BatchNorm1d(4)),
        ),
        "rnn norm",
    ),
    "prelu": (
        lambda: Chain(lstm(), nn.Sequential(nn.Linear(4, 2), nn.PReLU())),
        "rnn after.0 after.1=prelu",
    ),
    "residual": (
        lambda: Function(residual, rnn=lstm(), head=nn.Linear(4, 3)),
        "rnn head +input",
    ),
    "sum with a module's output": (
        lambda: Function(
            lambda m, x: (y := m.a(x)[0]) + m.b(y)[0], a=lstm(), b=lstm(4)
        ),
        "a b +a",
    ),
    "sum with the first inputs": (
        lambda: Function(
            lambda m, x: m.head(m.rnn(x)[0]) + x[..., :2],
            rnn=lstm(),
            head=nn.Linear(4, 2),
        ),
        "rnn head +input[0:2]",
    ),
    "sum with what an activation reads": (
        lambda: Function(lambda m, x: F.relu(y := m.rnn(x)[0]) + y, rnn=lstm()),
        "rnn unchanged :relu +rnn",
    ),
    "an activation of two values side by side": (
        lambda: Function(
            lambda m, x: torch.tanh(torch.cat([m.rnn(x)[0], x], -1))[..., :4],
            rnn=lstm(),
        ),
        "rnn :tanh",
    ),
    "twice a value": (
        lambda: Function(lambda m, x: (y := m.rnn(x)[0]) + y, rnn=lstm()),
        "rnn unchanged +rnn",
    ),
    "cells": (
        lambda: Function(
            each_step,
            first=nn.LSTMCell(3, 5),
            second=nn.GRUCell(5, 4),
            head=nn.Linear(4, 2),
        ),
        "first second head",
    ),
    "one cell": (lambda: nn.GRUCell(3, 4), "cell"),
    "a call for each step": (
        lambda: Function(one_by_one, rnn=lstm(layers=2), head=nn.Linear(4, 2)),
        "rnn head:tanh",
    ),
    "silu as a product": (
        lambda: Function(
            lambda m, x: (y := m.head(m.rnn(x)[0])) * torch.sigmoid(y),
            rnn=lstm(),
            head=nn.Linear(4, 2),
        ),
        "rnn head:silu",
    ),
    "softmax over features": (
        lambda: Chain(
            lstm(), nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=-1))
        ),
        "rnn after.0:softmax",
    ),
    "in place": (
        lambda: Chain(
            lstm(), nn.Sequential(nn.Linear(4, 3), nn.ReLU(inplace=True))
        ),
        "rnn after.0:relu",
    ),
    "matrix product and bias": (
        lambda: Function(
            lambda m, x: m.rnn(x)[0] @ m.matrix + m.bias,
            rnn=lstm(),
            matrix=torch.randn(4, 2),
            bias=torch.randn(2),
        ),
        "rnn linear",
    ),
    "some features, in another order": (
        lambda: Function(
            lambda m, x: m.rnn(x[..., [2, 0]])[0][..., 1:3],
            rnn=lstm(2),
            embed=nn.Linear(3, 3),
        ),
        "rnn selected",
    ),
    "convolution of one step": (
        lambda: Function(
            lambda m, x: m.conv(m.rnn(x)[0].mT).mT,
            rnn=lstm(),
            conv=nn.Conv1d(4, 2, 1),
        ),
        "rnn conv",
    ),
    "constants between layers": (
        lambda: Function(
            lambda m, x: m.rnn(1 + torch.neg(input=3 * m.first(x)[0]))[0],
            first=lstm(),
            rnn=lstm(4),
        ),
        "first scale rnn",
    ),
    "weights for two inputs": (
        lambda: Function(
            lambda m, x: m.fc(F.relu(m.fc(m.rnn(x)[0]))),
            rnn=lstm(),
            fc=nn.Linear(4, 4),
        ),
        "rnn fc:relu fc_2",
    ),
    "a name with signs": (
        lambda: Function(
            lambda m, x: m.parts["+a b:c=d"](x)[0],
            parts=nn.ModuleDict({"+a b:c=d": lstm()}),
        ),
        "parts._a_b_c_d",
    ),
    "a module with the name input": (
        lambda: Function(
            lambda m, x: m.rnn(m.input(x))[0] + x,
            input=nn.Linear(3, 3),
            rnn=lstm(3, 3),
        ),
        "input_ rnn +input",
    ),
}


@pytest.mark.filterwarnings("ignore:LSTM with projections")
@pytest.mark.parametrize("name", CASES)
def test_outputs_and_layers(name, written):
    make, layers = CASES[name]
    module = make()
    example = (
        torch.zeros(2, 7, 3)
        if name == "some features, in another order"
        else None
    )
    report = leat.from_torch(module, written.path, example=example)
    assert report.is_equal
    assert written.layers == layers
    x = torch.randn(1, STEPS, 3)
    with torch.no_grad():
        y = in_evaluation(module, x)
    written.expect(y[0], x[0])


def in_evaluation(module, x):
    module.eval()
    if isinstance(module, nn.GRUCell):
        return each_state(module, x)
    y = module(x)
    return y[0] if isinstance(y, tuple) else y


def each_state(cell, x):
    outputs, state = [], None
    for sample in x.unbind(1):
        state = cell(sample, state)
        outputs.append(state)
    return torch.stack(outputs, 1)


ACTIVATIONS = {
    "relu": F.relu,
    "sigmoid": torch.sigmoid,
    "tanh": nn.Tanh(),
    "elu(1)": F.elu,
    "leaky_relu(0.01)": nn.LeakyReLU(),
    "leaky_relu(0.2)": lambda y: F.leaky_relu(y, 0.2),
    "gelu": F.gelu,
    "gelu_tanh": nn.GELU("tanh"),
    "silu": F.silu,
    "softplus(1,20)": F.softplus,
    "softplus(2,5)": nn.Softplus(2, 5),
    "softsign": nn.Softsign(),
    "hard_sigmoid": nn.Hardsigmoid(),
    "hardtanh(-1,1)": F.hardtanh,
    "hardtanh(-0.25,0.5)": lambda y: y.clamp(-0.25, 0.5),
    "relu6": F.relu6,
    "hardtanh(0,6)": nn.ReLU6(),
    "hardswish": F.hardswish,
    "softmax": lambda y: y.softmax(-1),
    "log_softmax": nn.LogSoftmax(2),
    "relu ": lambda y: y.clamp(min=0),
    "sigmoid ": lambda y: y.sigmoid_(),
}


@pytest.mark.parametrize("word", ACTIVATIONS)
def test_activations(word, written):
    activation = ACTIVATIONS[word]
    module = Function(
        lambda m, x: activation(4 * m.head(m.rnn(x)[0])),
        rnn=lstm(),
        head=nn.Linear(4, 3),
    )
    leat.from_torch(module, written.path)
    assert written.layers == f"rnn head scale :{word.strip()}"
    x = torch.randn(1, STEPS, 3)
    with torch.no_grad():
        written.expect(module(x)[0], x[0])


@pytest.mark.parametrize("shape", [(2, 7, 3), (7, 2, 3), (7, 3), (1, 9, 3)])
@pytest.mark.parametrize("batch_first", [True, False])
def test_layouts(batch_first, shape, written):
    """Batch first or steps first is seen by what the module does."""
    module = nn.LSTM(3, 4, batch_first=batch_first)
    report = leat.from_torch(module, written.path, example=torch.zeros(shape))
    assert report.is_equal
    x = torch.randn(STEPS, 3)
    with torch.no_grad():
        written.expect(module(x)[0], x)


def test_channels_first(written):
    module = Function(
        lambda m, x: m.rnn(x.transpose(1, 2))[0].transpose(1, 2), rnn=lstm()
    )
    leat.from_torch(module, written.path, example=torch.zeros(2, 3, 7))
    x = torch.randn(1, 3, STEPS)
    with torch.no_grad():
        written.expect(module(x)[0].T, x[0].T)


def test_one_input_without_a_dimension_for_it(written):
    module = Function(
        lambda m, x: m.head(m.rnn(x.unsqueeze(-1))[0]).squeeze(-1),
        rnn=lstm(1),
        head=nn.Linear(4, 1),
    )
    leat.from_torch(module, written.path)
    x = torch.randn(1, STEPS)
    with torch.no_grad():
        written.expect(module(x).T, x.T)


LAST = {
    "output": lambda m, x: m.head(m.rnn(x)[0][:, -1, :]),
    "h_n": lambda m, x: m.head(m.rnn(x)[1][0][-1]),
    "selected": lambda m, x: m.head(
        m.rnn(x)[0].index_select(1, torch.tensor([x.shape[1] - 1])).squeeze(1)
    ),
    "horizon": lambda m, x: m.head(m.rnn(x)[0][:, -1]).view(-1, 2, 3),
}


@pytest.mark.parametrize("name", LAST)
def test_modules_that_give_the_last_step(name, written):
    """Leat's output of step n is the module's for the first n samples."""
    module = Function(LAST[name], rnn=lstm(layers=2), head=nn.Linear(4, 6))
    leat.from_torch(module, written.path)
    assert written.layers == "rnn head"
    x = torch.randn(1, STEPS, 3)
    with torch.no_grad():
        y = [module(x[:, :n]).flatten() for n in range(1, STEPS + 1)]
    written.expect(torch.stack(y), x[0])


def test_first_steps_that_are_left_out(written):
    """A module that lets its state settle first."""
    module = Function(
        lambda m, x: m.head(m.rnn(x)[0][:, 3:]),
        rnn=lstm(),
        head=nn.Linear(4, 2),
    )
    leat.from_torch(module, written.path)
    x = torch.randn(1, STEPS, 3)
    with torch.no_grad():
        y = module(x)[0]
    assert abs(written.run(x[0])[3:] - y.numpy()).max() < 1e-6


def test_a_long_recording_for_the_last_step(written):
    """Its beginnings of 32 lengths are compared, not all."""
    lengths = set()

    def forward(m, x):
        lengths.add(x.shape[1])
        return m.rnn(x)[0][:, -1]

    module = Function(forward, rnn=lstm())
    recording = np.random.default_rng(1).standard_normal((500, 3))
    leat.from_torch(module, written.path, sequences=recording)
    found = [length for length in lengths if length > 64]
    assert 25 < len(found) <= 32 and max(found) == 500


def test_fixed_number_of_steps(written):
    """A module that takes windows of 9 steps is compared over those."""

    def forward(m, x):
        assert x.shape[1] == 9
        return m.rnn(x)[0][:, -1]

    module = Function(forward, rnn=lstm())
    report = leat.from_torch(module, written.path, example=torch.zeros(1, 9, 3))
    assert report.steps == 9


def test_initial_state(written):
    module = Function(
        lambda m, x: m.rnn(
            x,
            (
                m.h.expand(-1, len(x), -1).contiguous(),
                m.c.expand(-1, len(x), -1).contiguous(),
            ),
        )[0],
        rnn=lstm(layers=2),
        h=torch.randn(2, 1, 4).tanh(),
        c=torch.randn(2, 1, 4),
    )
    leat.from_torch(module, written.path)
    assert {"rnn.h0", "rnn.c0"} <= written.tensors
    x = torch.randn(1, STEPS, 3)
    with torch.no_grad():
        written.expect(module(x)[0], x[0])


def test_a_state_as_the_second_argument(written):
    class WithState(nn.Module):
        def __init__(self):
            super().__init__()
            self.gru, self.head = (
                nn.GRU(3, 4, batch_first=True),
                nn.Linear(4, 2),
            )

        def forward(self, x, h):
            y, h = self.gru(x, h)
            return self.head(y), h

    module = WithState()
    leat.from_torch(module, written.path)
    assert written.layers == "gru head"
    h = torch.full((1, 2, 4), 0.25)
    leat.from_torch(module, written.path, example=(torch.zeros(2, 7, 3), h))
    x = torch.randn(1, STEPS, 3)
    with torch.no_grad():
        written.expect(module(x, h[:, :1])[0][0], x[0])


def test_normalizer_and_units(written):
    """Constants before the first and after the last layer become Leat's own."""
    mean, std = torch.tensor([1.0, -2.0, 30.0]), torch.tensor([4.0, 0.5, 20.0])
    module = Function(
        lambda m, x: m.head(m.rnn((x - m.mean) / m.std)[0]) * m.std + m.mean,
        rnn=lstm(),
        head=nn.Linear(4, 3),
        mean=mean,
        std=std,
    )
    leat.from_torch(module, written.path)
    assert written.layers == "rnn head"
    assert {
        "input_mean",
        "input_std",
        "output_mean",
        "output_std",
    } <= written.tensors
    x = mean + std * torch.randn(1, STEPS, 3)
    with torch.no_grad():
        written.expect(module(x)[0], x[0])


def test_a_sum_with_inputs_that_are_normalized_later(written):
    """A normalizer would change what the sum adds: there is a batch norm."""
    module = Function(
        lambda m, x: m.rnn((x - m.mean) / 3)[0] + x,
        rnn=lstm(3, 3),
        mean=torch.tensor([1.0, 2.0, 3.0]),
    )
    leat.from_torch(module, written.path)
    assert written.layers == "scale rnn +input"
    assert "input_mean" not in written.tensors
    x = torch.randn(1, STEPS, 3)
    with torch.no_grad():
        written.expect(module(x)[0], x[0])


def test_normalization_around_the_module(written):
    """Arguments for what the program does before and after the module."""
    mean, std = [1.0, 2.0, -3.0], torch.tensor([4.0, 0.5, 20.0])
    module = Chain(lstm(), nn.Linear(4, 2))
    leat.from_torch(
        module,
        written.path,
        input_mean=mean,
        input_std=std,
        output_mean=5,
        output_std=[2.0, 3.0],
    )
    x = torch.tensor(mean) + std * torch.randn(1, STEPS, 3)
    with torch.no_grad():
        y = (
            module((x - torch.tensor(mean)) / std) * torch.tensor([2.0, 3.0])
            + 5
        )
    written.expect(y[0], x[0])


def test_formats(written):
    """The file says format 2 only where format 1 doesn't have the list."""
    leat.from_torch(
        Chain(lstm(), nn.Sequential(nn.Linear(4, 2), nn.Tanh())), written.path
    )
    assert "leat.format" not in written.metadata
    leat.from_torch(
        Chain(lstm(), nn.Sequential(nn.Linear(4, 2), nn.GELU())), written.path
    )
    assert written.metadata["leat.format"] == "2"


def test_layers_by_hand(written):
    """A module that can't be followed, but is a chain."""

    def forward(m, x):
        y = m.rnn(x)[0].numpy()  # what comes after this can't be seen
        return torch.relu(m.norm(m.head(torch.from_numpy(y))[0]))[None]

    module = Function(
        forward,
        rnn=lstm(),
        head=nn.Linear(4, 2),
        norm=used(nn.BatchNorm1d(2, eps=0.01)),
    )
    with pytest.raises(
        leat.ConversionError, match="give the list with layers="
    ):
        leat.from_torch(module, written.path)
    leat.from_torch(module, written.path, layers="rnn head norm :relu")
    x = torch.randn(1, STEPS, 3)
    with torch.no_grad():
        written.expect(module.eval()(x)[0], x[0])
    with pytest.raises(
        leat.ConversionError, match="differs from the module by .* at step"
    ):
        leat.from_torch(module, written.path, layers="rnn head norm :tanh")
    with pytest.raises(
        leat.ConversionError,
        match="layers= names 'tail', but there is no module of this "
        "name; expected one of 'rnn', 'head', 'norm'",
    ):
        leat.from_torch(module, written.path, layers="rnn tail")


@pytest.mark.parametrize("outputs", [1, 4, 7, 16, 64])
def test_layers_by_hand_of_the_last_step(outputs, written):
    """As many outputs as steps are outputs of the last step."""
    module = Function(
        lambda m, x: torch.from_numpy(m.head(m.rnn(x)[0][:, -1]).numpy()),
        rnn=lstm(),
        head=nn.Linear(4, outputs),
    )
    leat.from_torch(module, written.path, layers="rnn head")
    x = torch.randn(1, STEPS, 3)
    with torch.no_grad():
        y = module(x)
    assert abs(written.run(x[0])[-1] - y[0].numpy()).max() < 1e-6
    with pytest.raises(leat.ConversionError, match="differs from the module"):
        leat.from_torch(module, written.path, layers="rnn head:tanh")
