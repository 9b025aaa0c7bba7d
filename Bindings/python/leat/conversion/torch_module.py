# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""A module of PyTorch that is to be run: unwrapped, checked, copied.

The user's module is never run itself: each run takes a copy in evaluation, so
that modules in training, and those that keep their state, stay as they are.
"""

import contextlib
import copy

import torch

from .errors import ConversionError
from .torch_trace import tensors_in


def unwrapped(module):
    """The module inside of torch.compile() and nn.DataParallel."""
    while True:
        if hasattr(module, "_orig_mod"):
            module = module._orig_mod
        elif isinstance(
            module,
            (torch.nn.DataParallel, torch.nn.parallel.DistributedDataParallel),
        ):
            module = module.module
        elif isinstance(module, torch.nn.RNNCellBase):
            return OverSteps(module)
        else:
            return module


@contextlib.contextmanager
def apart():
    """What the program has set doesn't change a run, and a run doesn't change
    the program's random numbers."""
    with (
        torch.random.fork_rng(devices=[]),
        torch.autocast("cpu", enabled=False),
        torch.device("cpu"),
    ):
        yield


class OverSteps(torch.nn.Module):
    """A cell that takes in a sequence [batch, steps, features]."""

    def __init__(self, cell):
        super().__init__()
        self.cell = cell

    def forward(self, input):
        outputs, state = [], None
        for sample in input.unbind(1):
            state = self.cell(sample, state)
            outputs.append(state[0] if isinstance(state, tuple) else state)
        return torch.stack(outputs, 1)


def check_kind(module):
    if any(
        kind.__module__.startswith("keras.") for kind in type(module).__mro__
    ):
        raise TypeError("found a model of Keras; use leat.from_keras()")
    if not isinstance(module, torch.nn.Module):
        raise TypeError(
            f"expected a torch.nn.Module, found {type(module).__name__}"
        )
    for name, inner in module.named_modules():
        title = f"module '{name}'" if name else "the module"
        if isinstance(inner, torch.jit.ScriptModule):
            raise ConversionError(
                f"{title} is TorchScript, which can't be followed; give the "
                "module that it was made from"
            )
    for name, tensor in [*module.named_parameters(), *module.named_buffers()]:
        if isinstance(tensor, torch.nn.parameter.UninitializedTensorMixin):
            raise ConversionError(
                f"'{name}' isn't initialized; run the module once, then "
                "train it"
            )
        if tensor.device.type == "meta":
            raise ConversionError(
                f"'{name}' is on the device meta, which has no values; load "
                "the weights first"
            )
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise ConversionError(
                f"'{name}' has a value that isn't finite, expected finite "
                "ones; train it with a lower rate"
            )


def copied(module, dtype):
    """A copy in evaluation, on the CPU."""
    # A weight that a hook computes before each call can't be copied with its
    # history.
    memo = {
        id(value): value.detach().clone()
        for inner in module.modules()
        for value in tensors_in(dict(vars(inner)))
        if isinstance(value, torch.Tensor) and not value.is_leaf
    }
    try:
        result = copy.deepcopy(module, memo)
    except Exception as error:
        raise ConversionError(
            f"the module can't be copied: {type(error).__name__}: {error}; "
            "only copies of it are run, so set the attribute that can't be "
            "copied, as a lock, a file or a generator, to None first"
        ) from error
    result = result.cpu().to(dtype).eval()
    for inner in result.modules():
        inner._compiled_call_impl = None
        for name, child in list(inner.named_children()):
            if hasattr(child, "_orig_mod"):
                setattr(inner, name, child._orig_mod)
    return result
