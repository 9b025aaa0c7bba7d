# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""The arguments of PyTorch's functions."""

import types

import torch


def bound(args, kwargs, names, **defaults):
    """The arguments by their names, which are separated by spaces."""
    found = dict(defaults)
    found.update(zip(names.split(), args))
    found.update(kwargs)
    return types.SimpleNamespace(**found)


def contents(tensor):
    """A weight as an array, at the moment."""
    return tensor.detach().float().cpu().numpy().copy()


def key_of(*arguments):
    """Equal for equal constants: a weight that is computed for each call is
    another tensor each time."""
    return tuple(
        argument.detach().double().numpy().tobytes()
        if isinstance(argument, torch.Tensor)
        else repr(argument)
        for argument in arguments
    )


def columns(weight, features, size):
    """A matrix whose columns are of all features, if it reads some of them, or
    in another order."""
    if features.tolist() == list(range(size)):
        return contents(weight)
    weight = weight.detach()
    return contents(
        weight.new_zeros(weight.shape[0], size).index_add(1, features, weight)
    )
