# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""Products with a constant matrix, and batch norms, as linear layers and norms
of Leat."""

import torch

from . import torch_refusals
from .network import Refused
from .torch_arguments import bound, columns, contents, key_of


def linear(trace, name, args, kwargs, result):
    found = bound(args, kwargs, "input weight bias", bias=None)
    add_linear(trace, name, found.input, found.weight, found.bias, result)


def matmul(trace, name, args, kwargs, result):
    """x @ W of a constant W."""
    found = bound(args, kwargs, "input other")
    if trace.is_tracked(found.other) or found.other.ndim != 2:
        raise Refused(
            "it multiplies two values, or a constant from the left; expected "
            "values and a constant matrix"
        )
    add_linear(trace, name, found.input, found.other.T, None, result)


def addmm(trace, name, args, kwargs, result):
    found = bound(args, kwargs, "input mat1 mat2 beta alpha", beta=1, alpha=1)
    if (
        trace.is_tracked(found.input)
        or trace.is_tracked(found.mat2)
        or found.beta != 1
        or found.alpha != 1
    ):
        raise Refused("expected values, a constant matrix and a constant bias")
    add_linear(
        trace, name, found.mat1, found.mat2.T, found.input.reshape(-1), result
    )


def conv1d(trace, name, args, kwargs, result):
    """Of one step: a linear layer."""
    found = bound(
        args,
        kwargs,
        "input weight bias stride padding dilation groups",
        bias=None,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
    )
    one = [
        value[0] if isinstance(value, (tuple, list)) else value
        for value in (found.stride, found.padding, found.groups)
    ]
    if found.weight.shape[2] != 1 or one != [1, 0, 1]:
        raise Refused(torch_refusals.REASONS["conv1d"])
    add_linear(
        trace,
        name,
        found.input,
        found.weight[:, :, 0],
        found.bias,
        result,
        axis=-2,
    )


def add_linear(trace, name, input, weight, bias, result, axis=-1):
    ids = trace.ids(input)
    if ids is None or trace.is_tracked(weight) or trace.is_tracked(bias):
        raise Refused(
            "its weight is computed from the input, expected a constant one"
        )
    value, rows, features = trace.elements.rows(ids.movedim(axis, -1))
    tensors = {"weight": columns(weight, features, value.size)}
    if bias is not None:
        tensors["bias"] = contents(bias)
    made = trace.value(
        key_of(weight, bias, features),
        "linear",
        weight.shape[0],
        [value],
        name,
        tensors=tensors,
    )
    trace.give(result, trace.elements.ids(made, rows).movedim(-1, axis))


def batch_norm(trace, name, args, kwargs, result):
    found = bound(
        args,
        kwargs,
        "input running_mean running_var weight bias training momentum eps",
        weight=None,
        bias=None,
        training=False,
        momentum=0.1,
        eps=1e-5,
    )
    if found.training or found.running_mean is None:
        raise Refused(
            "it normalizes by the mean of the batch, expected running "
            "statistics; train it with track_running_stats=True, and don't "
            "call it with training=True"
        )
    axis = -1 if found.input.ndim == 2 else 1
    value, rows = trace.elements.whole_rows(
        trace.ids(found.input).movedim(axis, -1)
    )
    tensors = {
        "running_mean": contents(found.running_mean),
        "running_var": contents(found.running_var),
    }
    if found.weight is not None or found.bias is not None:
        ones = torch.ones_like(found.running_mean)
        tensors["weight"] = contents(
            ones if found.weight is None else found.weight
        )
        tensors["bias"] = contents(
            0 * ones if found.bias is None else found.bias
        )
    made = trace.value(
        key_of(
            found.running_mean,
            found.running_var,
            found.weight,
            found.bias,
            found.eps,
        ),
        "batch_norm",
        value.size,
        [value],
        name,
        tensors=tensors,
        arguments={"eps": repr(float(found.eps))},
    )
    trace.give(result, trace.elements.ids(made, rows).movedim(-1, axis))


OPERATIONS = {
    "linear": linear,
    "matmul": matmul,
    "mm": matmul,
    "addmm": addmm,
    "conv1d": conv1d,
    "batch_norm": batch_norm,
}
