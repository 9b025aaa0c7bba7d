# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""PyTorch's activations as words of `leat.layers`."""

from .model_file import decimal
from .network import Refused
from .torch_arguments import bound


def numbers(word, *values):
    return f"{word}({','.join(map(decimal, values))})"


def plain(word):
    return lambda args, kwargs: word


def leaky_relu(args, kwargs):
    found = bound(args, kwargs, "input negative_slope", negative_slope=0.01)
    return numbers("leaky_relu", found.negative_slope)


def elu(args, kwargs):
    found = bound(args, kwargs, "input alpha", alpha=1.0)
    return numbers("elu", found.alpha)


def gelu(args, kwargs):
    found = bound(args, kwargs, "input approximate", approximate="none")
    return "gelu" if found.approximate == "none" else "gelu_tanh"


def softplus(args, kwargs):
    found = bound(args, kwargs, "input beta threshold", beta=1, threshold=20)
    return numbers("softplus", found.beta, found.threshold)


def hardtanh(args, kwargs):
    found = bound(
        args, kwargs, "input min_val max_val", min_val=-1.0, max_val=1.0
    )
    return numbers("hardtanh", found.min_val, found.max_val)


def clamp(args, kwargs):
    found = bound(args, kwargs, "input min max", min=None, max=None)
    limits = [found.min, found.max]
    if any(getattr(limit, "ndim", 0) for limit in limits):
        raise Refused(
            "it limits each feature by its own numbers, expected the same two "
            "for all"
        )
    limits = [None if limit is None else float(limit) for limit in limits]
    if limits == [0, None]:
        return "relu"
    if None in limits:
        raise Refused(
            f"it limits values to {limits[0]}…{limits[1]}, expected two "
            "limits, or 0 alone as the lower"
        )
    return numbers("hardtanh", *limits)


def softmax(word):
    def choose(args, kwargs):
        return word

    choose.reads_all = True
    return choose


WORDS = {
    "relu": plain("relu"),
    "sigmoid": plain("sigmoid"),
    "tanh": plain("tanh"),
    "softmax": softmax("softmax"),
    "leaky_relu": leaky_relu,
    "elu": elu,
    "gelu": gelu,
    "silu": plain("silu"),
    "softplus": softplus,
    "softsign": plain("softsign"),
    "hardsigmoid": plain("hard_sigmoid"),
    "hardtanh": hardtanh,
    "relu6": plain("relu6"),
    "hardswish": plain("hardswish"),
    "log_softmax": softmax("log_softmax"),
    "prelu": None,
    "clamp": clamp,
    "clip": clamp,
    "clamp_min": clamp,
    "expit": plain("sigmoid"),
    "special_expit": plain("sigmoid"),
}


def activation(trace, name, args, kwargs, result):
    input = args[0] if args else kwargs["input"]
    if any(
        value is not input and trace.is_tracked(value)
        for value in [*args, *kwargs.values()]
    ):
        raise Refused(
            "it takes a number that is computed from the input, expected a "
            "constant one"
        )
    if name == "prelu":
        prelu(trace, args, kwargs, result)
        return
    choose = WORDS[name]
    word, ids, elements = choose(args, kwargs), trace.ids(input), trace.elements
    if getattr(choose, "reads_all", False):
        axis = axis_of_softmax(args, kwargs, ids.ndim)
        try:
            value, rows = elements.whole_rows(ids.movedim(axis, -1))
        except Refused as refusal:
            raise Refused(
                f"it goes over dimension {axis}, expected all features of "
                f"one step: {refusal}"
            ) from None
        made = add(trace, name, word, value)
        trace.give(result, elements.ids(made, rows).movedim(-1, axis))
        return
    # Elements of several values may be side by side: each becomes the
    # activation of its own.
    given = ids.clone()
    for value in elements.owners(ids):
        base, made = elements.base_of[value], add(trace, name, word, value)
        end = base + elements.batch * elements.steps * value.size
        given[(ids >= base) & (ids < end)] += elements.base_of[made] - base
    trace.give(result, given)


def add(trace, name, word, value):
    return trace.value(word, "activation", value.size, [value], name, word=word)


def axis_of_softmax(args, kwargs, dimensions):
    axis = bound(args, kwargs, "input dim", dim=None).dim
    # What PyTorch chooses if the program doesn't.
    return (0 if dimensions in (0, 1, 3) else 1) if axis is None else axis


def prelu(trace, args, kwargs, result):
    found = bound(args, kwargs, "input weight")
    elements, ids = trace.elements, trace.ids(found.input)
    slope = found.weight.detach().float()
    if slope.numel() == 1:
        value = elements.owner(ids)
        given = ids
    else:
        value, rows = elements.whole_rows(ids.movedim(1, -1))
        given = elements.ids(value, rows).movedim(-1, 1)
    # As many as elements: the first module of a file says how many inputs there
    # are.
    made = trace.value(
        slope.numpy().tobytes(),
        "prelu",
        value.size,
        [value],
        "prelu",
        tensors={"weight": slope.expand(value.size).numpy().copy()},
    )
    trace.give(result, elements.moved(given, value, made))


def silu_of_product(trace, name, factors, result):
    """x * sigmoid(x)."""
    elements = trace.elements
    ids = [trace.ids(factor) for factor in factors]
    one, two = map(elements.owner, ids)
    if two.kind != "activation":
        one, two, ids = two, one, ids[::-1]
    if (
        two.kind == "activation"
        and two.word == "sigmoid"
        and two.sources == (one,)
        and (ids[0].shape == ids[1].shape)
        and bool((elements.moved(ids[0], one, two) == ids[1]).all())
    ):
        made = add(trace, name, "silu", one)
        trace.give(result, elements.moved(ids[0], one, made))
        return
    raise Refused(
        f"it multiplies {one.title} by {two.title}; Leat multiplies values "
        "only by constants"
    )
