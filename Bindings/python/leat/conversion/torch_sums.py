# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""Sums of values, and constants that are added or multiplied."""

import torch

from . import torch_activations
from .network import Refused
from .torch_arguments import bound


def add(trace, name, args, kwargs, result):
    found = bound(args, kwargs, "input other alpha", alpha=1)
    if trace.is_tracked(found.input) and trace.is_tracked(found.other):
        if found.alpha != 1:
            raise Refused(
                f"it adds {found.alpha} times a value, expected the value "
                "itself"
            )
        add_values(trace, name, found, result)
    elif trace.is_tracked(found.input):
        affine(
            trace,
            name,
            found.input,
            "add",
            found.alpha * as_tensor(found.other),
            result,
        )
    else:
        value = found.other
        if found.alpha != 1:
            raise Refused(
                f"it adds {found.alpha} times a value, expected the value "
                "itself"
            )
        affine(trace, name, value, "add", as_tensor(found.input), result)


def add_values(trace, name, found, result):
    """A sum of two values: of the same features of the same steps."""
    elements = trace.elements
    first, second = (
        trace.ids(tensor).broadcast_to(result.shape)
        for tensor in (found.input, found.other)
    )
    one, two = elements.owner(first), elements.owner(second)
    rows, features = elements.split(first, one)
    other_rows, other_features = elements.split(second, two)
    if not (rows == other_rows).all():
        raise Refused(
            "it adds values of different steps or sequences, expected the "
            "same of both"
        )
    if not (features == other_features).all():
        raise Refused(
            f"it adds {one.title} and {two.title}, but not the same features "
            "of both; Leat adds the first ones of an earlier value"
        )
    size = min(one.size, two.size)
    made = trace.value((), "sum", size, [one, two], name)
    trace.give(result, elements.base_of[made] + rows * size + features)


def subtract(trace, name, args, kwargs, result):
    found = bound(args, kwargs, "input other alpha", alpha=1)
    if name == "rsub" and not trace.is_tracked(found.other):
        affine(
            trace, name, found.input, "mul", torch.tensor(-found.alpha), result
        )
        affine(trace, name, result, "add", as_tensor(found.other), result)
    elif trace.is_tracked(found.input) and not trace.is_tracked(found.other):
        affine(
            trace,
            name,
            found.input,
            "add",
            -found.alpha * as_tensor(found.other),
            result,
        )
    elif trace.is_tracked(found.input) or found.alpha != 1:
        raise Refused("it subtracts one value from another; Leat only adds")
    else:
        affine(trace, name, found.other, "mul", torch.tensor(-1), result)
        affine(trace, name, result, "add", as_tensor(found.input), result)


def negative(trace, name, args, kwargs, result):
    found = bound(args, kwargs, "input")
    affine(trace, name, found.input, "mul", torch.tensor(-1), result)


def multiply(trace, name, args, kwargs, result):
    found = bound(args, kwargs, "input other")
    values = [found.input, found.other]
    if all(map(trace.is_tracked, values)):
        torch_activations.silu_of_product(trace, name, values, result)
        return
    if not trace.is_tracked(found.input):
        values.reverse()
    affine(trace, name, values[0], "mul", as_tensor(values[1]), result)


def divide(trace, name, args, kwargs, result):
    found = bound(args, kwargs, "input other rounding_mode", rounding_mode=None)
    if trace.is_tracked(found.other) or found.rounding_mode:
        raise Refused("it divides by a value, expected to divide by constants")
    affine(trace, name, found.input, "div", as_tensor(found.other), result)


def as_tensor(number):
    return (
        number
        if isinstance(number, torch.Tensor)
        else torch.tensor(number, dtype=torch.float64)
    )


def affine(trace, name, input, operation, numbers, result):
    """A constant for each feature, or one for all."""
    elements = trace.elements
    ids = trace.ids(input).broadcast_to(result.shape)
    value = elements.owner(ids)
    numbers = numbers.detach().double().broadcast_to(result.shape)
    _, features = elements.split(ids, value)
    # Features that nothing reads here get a constant that changes nothing.
    chosen = torch.full(
        (value.size,), 0.0 if operation == "add" else 1.0, dtype=torch.float64
    )
    chosen[features.flatten()] = numbers.flatten()
    if not (chosen[features] == numbers).all():
        raise Refused(
            f"{name}() takes other constants in other steps or sequences, "
            "expected the same in all"
        )
    made = trace.value(
        (operation, chosen.numpy().tobytes()),
        "affine",
        value.size,
        [value],
        name,
        operation=operation,
        numbers=chosen.numpy(),
    )
    trace.give(result, elements.moved(ids, value, made))


OPERATIONS = {
    "add": add,
    "radd": add,
    "sub": subtract,
    "subtract": subtract,
    "rsub": subtract,
    "neg": negative,
    "negative": negative,
    "mul": multiply,
    "multiply": multiply,
    "rmul": multiply,
    "div": divide,
    "divide": divide,
    "true_divide": divide,
    "truediv": divide,
}
