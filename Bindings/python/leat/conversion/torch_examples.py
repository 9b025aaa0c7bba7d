# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""What a module of PyTorch is called with."""

import inspect

import numpy as np
import torch

# Of an example that is made here: two primes, so that no shape fits by chance.
STEPS, BATCH = 7, 2
LAYOUTS = {3: ("BTF", "TBF", "BFT"), 2: ("TF", "BT", "TB")}


class Example:
    """What the module is called with.

    - arguments: the input first; others are as they are in each run
    - layout: which dimension of the input is which: B batch, T steps, F
      features
    """

    def __init__(self, arguments, layout):
        self.arguments, self.layout = arguments, layout
        sizes = dict(zip(layout, arguments[0].shape))
        self.batch, self.steps, self.size = (
            sizes.get("B", 1),
            sizes.get("T", 1),
            sizes.get("F", 1),
        )

    def input(self, sequences):
        """Sequences [batch, steps, features] as a tensor of this layout."""
        tensor = torch.from_numpy(np.ascontiguousarray(sequences))
        whole = tensor.permute(
            *("BTF".index(axis) for axis in self.layout),
            *(
                index
                for index, axis in enumerate("BTF")
                if axis not in self.layout
            ),
        )
        return whole.reshape(
            [dict(zip("BTF", tensor.shape))[axis] for axis in self.layout]
        )

    def arguments_of(self, sequences, dtype):
        others = [cast(value, dtype) for value in self.arguments[1:]]
        return [self.input(sequences).to(dtype), *others]


def cast(value, dtype):
    if isinstance(value, torch.Tensor):
        return (
            value.detach().cpu().to(dtype)
            if value.is_floating_point()
            else value
        )
    if isinstance(value, (list, tuple)):
        return type(value)(cast(inner, dtype) for inner in value)
    return value


def examples(module, example, is_plain=False):
    """Examples to try, in their order.

    - is_plain: whether layouts can't be told apart by following the module:
      then batch_first says it
    """
    if example is not None:
        arguments = (
            list(example) if isinstance(example, (list, tuple)) else [example]
        )
        first = arguments[0] if arguments else None
        if (
            not isinstance(first, torch.Tensor)
            or first.ndim not in LAYOUTS
            or not first.numel()
        ):
            found = (
                f"a tensor of shape {list(first.shape)}"
                if isinstance(first, torch.Tensor)
                else type(first if arguments else example).__name__
            )
            raise TypeError(
                "example: expected a tensor [batch, steps, features], "
                "[steps, batch, features] or [steps, features], or a tuple "
                f"that begins with one, found {found}"
            )
        choices = [arguments]
    else:
        others = [None] * other_arguments(module)
        choices = [
            [torch.zeros(shape), *others] for shape in likely_shapes(module)
        ]
    for arguments in choices:
        for layout in LAYOUTS[arguments[0].ndim]:
            found = Example(arguments, layout)
            if (
                not is_plain
                or layout == plain_layout(module, arguments[0].ndim)
                and found.batch == 1
            ):
                yield found


def other_arguments(module):
    """How many forward() needs besides the input, as a state."""
    usual = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    )
    needed = [
        parameter
        for parameter in inspect.signature(module.forward).parameters.values()
        if parameter.kind in usual and parameter.default is parameter.empty
    ]
    return max(len(needed) - 1, 0)


def plain_layout(module, dimensions):
    if dimensions == 2:
        return "TF"
    batch_first = next(
        (
            inner.batch_first
            for inner in module.modules()
            if isinstance(inner, torch.nn.RNNBase)
        ),
        True,
    )
    return "BTF" if batch_first else "TBF"


def likely_shapes(module):
    recurrent, sizes = [], []
    for inner in module.modules():
        if isinstance(inner, (torch.nn.RNNBase, torch.nn.RNNCellBase)):
            recurrent.append(inner.input_size)
        for word in ("in_features", "num_features", "in_channels"):
            if isinstance(getattr(inner, word, None), int):
                sizes.append(getattr(inner, word))
    for size in dict.fromkeys(recurrent[:1] + sizes + recurrent):
        for batch, steps in ((BATCH, STEPS), (1, STEPS)):
            yield (batch, steps, size)
            yield (steps, batch, size)
        if size == 1:
            yield (BATCH, STEPS)
        yield (STEPS, size)
