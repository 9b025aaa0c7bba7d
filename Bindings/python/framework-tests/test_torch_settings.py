# SPDX-License-Identifier: MIT
"""What a program has set doesn't change a conversion, and a conversion changes
nothing of it."""

import contextlib

import pytest
import torch
from torch import nn

import leat

from test_torch_modules import STEPS, Chain, Function, lstm


@contextlib.contextmanager
def default_dtype(dtype):
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


@contextlib.contextmanager
def default_device():
    torch.set_default_device("meta")
    try:
        yield
    finally:
        torch.set_default_device(None)


@contextlib.contextmanager
def deterministic():
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(False)


SETTINGS = {
    "nothing": contextlib.nullcontext,
    "autocast": lambda: torch.autocast("cpu", torch.bfloat16),
    "no_grad": torch.no_grad,
    "inference_mode": torch.inference_mode,
    "float64": lambda: default_dtype(torch.float64),
    "float16": lambda: default_dtype(torch.float16),
    "a default device": default_device,
    "a device": lambda: torch.device("meta"),
    "deterministic": deterministic,
}


def forward(m, x):
    """With a tensor that is made on the default device, and random numbers."""
    state = torch.zeros(1, len(x), 4)
    return m.after(m.rnn(x + 0 * torch.rand_like(x), (state, state))[0])


def settings():
    return (
        torch.get_default_dtype(),
        torch.get_default_device(),
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(),
        torch.is_autocast_enabled("cpu"),
        torch.are_deterministic_algorithms_enabled(),
        torch.get_rng_state().tolist(),
    )


@pytest.mark.parametrize("name", SETTINGS)
def test_settings(name, written):
    module = Function(forward, rnn=lstm(), after=nn.Linear(4, 2))
    with SETTINGS[name]():
        before = settings()
        report = leat.from_torch(module, written.path)
        assert leat.check(module, written.path).is_equal
        assert settings() == before
    # As narrow as without any setting: both precisions were run.
    assert report.is_equal and report.allowed < 1e-5
    x = torch.randn(1, STEPS, 3)
    with torch.no_grad():
        written.expect(module(x)[0], x[0])


def test_an_error_changes_nothing(written):
    module = Chain(lstm(), nn.LayerNorm(4))
    before = settings()
    with pytest.raises(leat.ConversionError):
        leat.from_torch(module, written.path)
    assert settings() == before
