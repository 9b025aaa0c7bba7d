# SPDX-License-Identifier: MIT
"""Modules in training, of other dtypes, wrapped, and with weights that are
computed."""

import copy

import pytest
import torch
from torch import nn

import leat
from leat.conversion.torch_reference import TorchReference

from test_torch_modules import STEPS, Chain, Function, lstm, used


def chain():
    return Chain(
        lstm(layers=2, dropout=0.5),
        nn.Sequential(nn.Dropout(), nn.Linear(4, 2)),
    )


def test_the_module_stays_as_it_is(written):
    """In training, with gradients, with a batch norm that counts."""
    module = Function(
        lambda m, x: m.norm(m.rnn(x)[0].mT).mT,
        rnn=lstm(),
        norm=used(nn.BatchNorm1d(4)),
    )
    module.norm.eval()
    assert module.training and not module.norm.training
    module(torch.randn(2, 5, 3)).sum().backward()
    before, gradients = (
        copy.deepcopy(module.state_dict()),
        [p.grad.clone() for p in module.parameters()],
    )
    leat.from_torch(module, written.path)
    assert module.training and not module.norm.training
    for name, tensor in module.state_dict().items():
        assert torch.equal(tensor, before[name])
    for parameter, gradient in zip(module.parameters(), gradients):
        assert parameter.requires_grad and torch.equal(parameter.grad, gradient)
    assert all(not inner._forward_hooks for inner in module.modules())


def test_a_module_that_keeps_its_state(written):
    class Keeps(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.state = lstm(), None

        def forward(self, x):
            y, self.state = self.lstm(x, self.state)
            return y

    module = Keeps()
    leat.from_torch(module, written.path)
    assert module.state is None
    module(torch.randn(1, 5, 3))
    with pytest.raises(
        leat.ConversionError,
        match="it begins with a state that it kept from an earlier run; reset",
    ):
        leat.from_torch(module, written.path)


@pytest.mark.parametrize(
    "dtype, name",
    [
        (torch.float64, "F32"),
        (torch.float32, "F32"),
        (torch.float16, "F16"),
        (torch.bfloat16, "BF16"),
    ],
)
def test_dtypes(dtype, name, written):
    module = chain().to(dtype)
    leat.from_torch(module, written.path)
    header = written.header()
    assert {header[tensor]["dtype"] for tensor in written.tensors} == {name}
    x = torch.randn(1, STEPS, 3)
    with torch.no_grad():
        written.expect(module.eval().float()(x)[0], x[0])


def test_state_of_float64(written):
    """forward() makes a state in double precision, as a well-known example
    does."""
    module = Function(
        lambda m, x: m.rnn(x, torch.zeros(1, len(x), 4, dtype=torch.float64))[
            0
        ],
        rnn=nn.GRU(3, 4, batch_first=True),
    ).double()
    assert leat.from_torch(module, written.path).is_equal


def test_state_of_float32(written):
    module = Function(
        lambda m, x: m.rnn(x, torch.zeros(1, len(x), 4, dtype=torch.float32))[
            0
        ],
        rnn=nn.GRU(3, 4, batch_first=True),
    )
    assert leat.from_torch(module, written.path).is_equal


def test_both_precisions_are_run(written):
    """A state of zeros gets the dtype of the run."""
    module = Function(
        lambda m, x: m.rnn(x, torch.zeros(1, len(x), 4))[0],
        rnn=nn.GRU(3, 4, batch_first=True),
    )
    assert TorchReference(module).dtypes == [torch.float64, torch.float32]


def test_state_for_one_batch_size(written):
    module = Function(
        lambda m, x: m.rnn(x, torch.zeros(1, 1, 4))[0],
        rnn=nn.GRU(3, 4, batch_first=True),
    )
    assert leat.from_torch(module, written.path).sequences == 1


@pytest.mark.filterwarnings("ignore:.*weight_norm.* is deprecated")
@pytest.mark.parametrize(
    "norm",
    [
        torch.nn.utils.parametrizations.weight_norm,
        torch.nn.utils.weight_norm,
        torch.nn.utils.parametrizations.spectral_norm,
        torch.nn.utils.parametrizations.orthogonal,
    ],
)
def test_weights_that_are_computed(norm, written):
    head = norm(nn.Linear(4, 4))
    module = Chain(lstm(), head)
    x = torch.randn(1, STEPS, 3)
    module(x).sum().backward()  # as in training: the weight now has a history
    leat.from_torch(module, written.path)
    assert written.tensors >= {"after.weight", "after.bias"}
    with torch.no_grad():
        written.expect(module.eval()(x)[0], x[0])


def test_weight_norm_of_a_recurrent_module(written):
    module = lstm()
    torch.nn.utils.parametrizations.weight_norm(module, "weight_hh_l0")
    leat.from_torch(module, written.path)
    x = torch.randn(1, STEPS, 3)
    with torch.no_grad():
        written.expect(module(x)[0][0], x[0])


@pytest.mark.parametrize(
    "wrap",
    [
        nn.DataParallel,
        torch.compile,
        pytest.param(
            lambda module: Function(
                lambda m, x: m.inner(x), inner=torch.compile(module)
            ),
            id="inside",
        ),
    ],
)
def test_wrapped_modules(wrap, written):
    module = chain()
    leat.from_torch(wrap(module), written.path)
    names = {name.removeprefix("inner.") for name in written.tensors}
    assert names >= {"rnn.weight_ih_l0", "after.1.weight"}


def test_names_are_those_of_the_state_dict(written):
    module = chain()
    leat.from_torch(module, written.path)
    assert written.tensors == set(module.state_dict())


def test_where_the_file_came_from(written):
    leat.from_torch(chain(), written.path)
    assert written.metadata["source.format"] == "pytorch"
    assert written.metadata["source.producer_version"] == torch.__version__


def test_tuples_and_dicts(written):
    module = Function(
        lambda m, x: {"y": m.rnn(x)[0], "other": x.mean()}, rnn=lstm()
    )
    leat.from_torch(module, written.path, output="y")
    assert written.layers == "rnn"
    module = Function(
        lambda m, x: (m.a(y := m.rnn(x)[0]), m.b(y)),
        rnn=lstm(),
        a=nn.Linear(4, 1),
        b=nn.Linear(4, 2),
    )
    leat.from_torch(module, written.path, output=1)
    assert written.layers == "rnn b"
