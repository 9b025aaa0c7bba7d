# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""One run of a module of PyTorch, and which of its tensors is the output."""

import numpy as np
import torch

from .network import Refused, Value
from .torch_module import copied
from .torch_trace import Trace, tensors_in


class Run:
    """One run of a module that was followed.

    - output: the value that it puts out
    - outputs: [batch, steps, features]; NaN where the module gives nothing, as
      before the last step

    Refused if it can't be followed.
    """

    def __init__(self, module, example, sequences, dtype, chosen=None):
        batch, steps, size = sequences.shape
        trace = Trace(batch, steps, dtype)
        module = copied(module, dtype)
        trace.watch(module)
        arguments = example.arguments_of(sequences, dtype)
        trace.input(arguments[0], example.layout, size)
        with torch.no_grad(), trace:
            result = module(*arguments)
        tensor = output_of(result, chosen, trace)
        elements, ids = trace.elements, trace.ids(tensor).flatten()
        value = elements.owner(ids)
        rows, features = elements.split(ids, value)
        columns = list(dict.fromkeys(features.tolist()))
        places = rows * len(columns) + torch.tensor(
            [columns.index(feature) for feature in features.tolist()]
        )
        if len(places.unique()) != len(places) or len(places) != len(
            rows.unique()
        ) * len(columns):
            raise Refused(
                "the output has other features in other steps, or some of "
                "them twice; expected the same features of each step"
            )
        self.output = (
            value
            if columns == list(range(value.size))
            else selected(value, columns)
        )
        outputs = np.full(batch * steps * len(columns), np.nan)
        outputs[places.numpy()] = tensor.detach().double().numpy().flatten()
        if np.isnan(outputs[places.numpy()]).any():
            raise Refused("the module gives NaN")
        self.outputs = outputs.reshape(batch, steps, len(columns))


class PlainRun:
    """One run of a module that can't be followed, over one sequence: its first
    tensor is the output."""

    def __init__(self, module, example, sequences, dtype, chosen=None):
        def run(sequences):
            arguments = example.arguments_of(sequences, dtype)
            with torch.no_grad():
                result = copied(module, dtype)(*arguments)
            found = tensors_in(result if chosen is None else result[chosen])
            if not found:
                raise Refused("the module gives no tensor")
            return found[0].detach().double().numpy()

        numbers, steps = run(sequences), sequences.shape[1]
        if numbers.ndim > 1 and steps in numbers.shape:
            try:  # as many numbers for fewer steps are of the last step
                is_last = run(sequences[:, 1:]).shape == numbers.shape
            except Exception:  # it takes a fixed number of steps, or one is all
                is_last = False
        else:
            is_last = True
        if is_last:
            self.outputs = np.full((1, steps, numbers.size), np.nan)
            self.outputs[0, -1] = numbers.reshape(-1)
        else:
            self.outputs = numbers.reshape(1, steps, -1)


def selected(value, columns):
    """Some features, as a linear layer of zeros and ones."""
    weight = np.zeros((len(columns), value.size))
    weight[range(len(columns)), columns] = 1
    return Value(
        "linear",
        len(columns),
        [value],
        "the output's features",
        "selected",
        tensors={"weight": weight},
    )


def output_of(result, chosen, trace):
    """The tensor that is the module's output; states that come with it are left
    out."""
    if isinstance(result, torch.Tensor):
        parts = {0: result}
    elif isinstance(result, dict):
        parts = dict(result)
    else:
        parts = (
            dict(enumerate(result)) if isinstance(result, (list, tuple)) else {}
        )
    if chosen is not None:
        if not isinstance(parts.get(chosen), torch.Tensor):
            raise Refused(
                f"output {chosen!r} isn't a tensor; the module gives "
                f"{described(parts)}"
            )
        found = parts[chosen]
    else:
        outputs = {
            key: part
            for key, part in parts.items()
            if isinstance(part, torch.Tensor) and trace.is_tracked(part)
        }
        if len(outputs) > 1:
            outputs = {
                key: part
                for key, part in outputs.items()
                if not is_state(part, trace)
            } or outputs
        if len(outputs) > 1:
            raise Refused(
                f"the module gives {described(parts)}; choose one with "
                f"output={next(iter(outputs))!r}"
            )
        found = next(iter(outputs.values()), None)
        if not any(isinstance(part, torch.Tensor) for part in parts.values()):
            raise Refused(
                f"forward() returns {type(result).__name__} with "
                f"{described(parts)} in it, expected a tensor, or a tuple, "
                "list or dict of tensors"
            )
    if not trace.is_tracked(found):
        raise Refused(
            "the output doesn't come from the input in a way that can be "
            "followed; if the module is a chain of layers, give the list "
            "with layers="
        )
    return found


def is_state(tensor, trace):
    """Whether it is the last h or c of a recurrent module."""
    try:
        owners = trace.elements.owners(trace.ids(tensor))
    except Refused:
        return False
    return all(
        owner.kind in ("state", "lstm", "gru", "rnn") for owner in owners
    ) and any(torch.equal(trace.ids(tensor), ids) for ids in trace.states)


def described(parts):
    return (
        ", ".join(
            f"{key!r} (shape {list(part.shape)})"
            if isinstance(part, torch.Tensor)
            else f"{key!r} ({type(part).__name__})"
            for key, part in parts.items()
        )
        or "no tensor"
    )
