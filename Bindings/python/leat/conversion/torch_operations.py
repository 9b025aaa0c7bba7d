# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""What PyTorch's functions are in Leat: linear layers, norms, sums and
constants.

Activations are in torch_activations.py, recurrent modules in
torch_recurrent.py. An operation gets the trace, the function's plain name, its
arguments and its result, and says what the elements of the result are.
"""

import torch

from . import torch_activations, torch_recurrent
from .network import Refused
from .torch_arguments import bound, columns, contents, key_of

# Why there is nothing like a function, where more can be said.
REASONS = {
    "layer_norm": "Leat has nothing like a layer norm; train it with "
    "nn.BatchNorm1d, or without",
    "group_norm": "Leat has nothing like a group norm; train it with "
    "nn.BatchNorm1d, or without",
    "instance_norm": "an instance norm needs the whole sequence first; train "
    "it with nn.BatchNorm1d, or without",
    "embedding": "Leat has nothing like an embedding; look the rows up in "
    "your program, and convert the rest",
    "conv1d": "a convolution reads several steps at once; compute it in your "
    "program, and convert the rest",
    "scaled_dot_product_attention": "attention reads all steps at once, and "
    "a stream has no end",
    "multi_head_attention_forward": "attention reads all steps at once, and "
    "a stream has no end",
    "_pack_padded_sequence": "it packs sequences; give example= without "
    "lengths, so that they aren't packed",
    "cumsum": "it adds over all steps; Leat has only recurrent modules for "
    "this",
    "mean": "a mean reads several steps or features; take a step, or the "
    "last one",
    "sum": "a sum over a dimension reads several steps or features; take a "
    "step, or the last one",
}
for word in ("gt", "ge", "lt", "le", "eq", "ne", "isnan", "isfinite", "where"):
    REASONS[word] = (
        "it decides by values, and Leat computes the same for all; do it in "
        "your program, before or after the model"
    )
for word in (
    "selu",
    "mish",
    "logsigmoid",
    "log_sigmoid",
    "tanhshrink",
    "celu",
    "glu",
    "exp",
    "sin",
    "cos",
    "hardshrink",
    "softshrink",
    "softmin",
    "rrelu",
    "threshold",
):
    REASONS[word] = f"Leat has no {word}; train it with one of: " + ", ".join(
        torch_activations.WORDS
    )


def reason(name):
    return REASONS.get(
        name,
        f"Leat has nothing like {name}(); compute it in your program and "
        "convert the rest, or, if the module is a chain of layers all the "
        "same, give the list with layers=",
    )


def find(name):
    if name in torch_activations.WORDS:
        return torch_activations.activation
    return OPERATIONS.get(name) or torch_recurrent.OPERATIONS.get(name)


def check_dropout(name, args, kwargs):
    if "dropout" not in name:
        return
    found = bound(args, kwargs, "input p training", p=0.5, training=True)
    if found.training and found.p:
        raise Refused(
            "dropout is called with training=True, so that it acts after "
            "training, too; pass training=self.training"
        )


# --- linear layers -----------------------------------------------------------


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
        raise Refused(REASONS["conv1d"])
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


# --- norms -------------------------------------------------------------------


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


# --- sums and constants ------------------------------------------------------


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
    "linear": linear,
    "matmul": matmul,
    "mm": matmul,
    "addmm": addmm,
    "conv1d": conv1d,
    "batch_norm": batch_norm,
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
