# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""A module of PyTorch as a function of sequences: what it is run on, and how its output is read.

The user's module is never run itself: each run takes a copy in evaluation, so that modules in training,
and those that keep their state, stay as they are.
"""
import copy
import inspect

import numpy as np
import torch

from .errors import ConversionError
from .network import Refused, Value
from .torch_trace import Trace, tensors_in

STEPS, BATCH = 7, 2  # of an example that is made here; two primes, so that no shape fits by chance
LAYOUTS = {3: ("BTF", "TBF", "BFT"), 2: ("TF", "BT", "TB")}


def unwrapped(module):
    """The module inside of torch.compile() and nn.DataParallel."""
    while True:
        if hasattr(module, "_orig_mod"):
            module = module._orig_mod
        elif isinstance(module, (torch.nn.DataParallel, torch.nn.parallel.DistributedDataParallel)):
            module = module.module
        elif isinstance(module, torch.nn.RNNCellBase):
            return OverSteps(module)
        else:
            return module


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
    if not isinstance(module, torch.nn.Module):
        raise TypeError(f"expected a torch.nn.Module, found {type(module).__name__}")
    for name, inner in module.named_modules():
        title = f"module '{name}'" if name else "the module"
        if isinstance(inner, torch.jit.ScriptModule):
            raise ConversionError(f"{title} is TorchScript, which can't be followed; give the module that it was "
                                  "made from")
    for name, tensor in [*module.named_parameters(), *module.named_buffers()]:
        if isinstance(tensor, torch.nn.parameter.UninitializedTensorMixin):
            raise ConversionError(f"'{name}' isn't initialized; run the module once, then train it")
        if tensor.device.type == "meta":
            raise ConversionError(f"'{name}' is on the device meta, which has no values; load the weights first")
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise ConversionError(f"'{name}' has a value that isn't finite, expected finite ones; train it with a "
                                  "lower rate")


def copied(module, dtype):
    """A copy in evaluation, on the CPU."""
    # A weight that a hook computes before each call can't be copied with its history.
    memo = {id(value): value.detach().clone() for inner in module.modules()
            for value in tensors_in(dict(vars(inner)))
            if isinstance(value, torch.Tensor) and not value.is_leaf}
    result = copy.deepcopy(module, memo).cpu().to(dtype).eval()
    for inner in result.modules():
        inner._compiled_call_impl = None
        for name, child in list(inner.named_children()):
            if hasattr(child, "_orig_mod"):
                setattr(inner, name, child._orig_mod)
    return result


class Example:
    """What the module is called with.

    - arguments: the input first; others are as they are in each run
    - layout: which dimension of the input is which: B batch, T steps, F features
    """

    def __init__(self, arguments, layout):
        self.arguments, self.layout = arguments, layout
        sizes = dict(zip(layout, arguments[0].shape))
        self.batch, self.steps, self.size = sizes.get("B", 1), sizes.get("T", 1), sizes.get("F", 1)

    def input(self, sequences):
        """Sequences [batch, steps, features] as a tensor of this layout."""
        tensor = torch.from_numpy(np.ascontiguousarray(sequences))
        whole = tensor.permute(*("BTF".index(axis) for axis in self.layout), *(
            index for index, axis in enumerate("BTF") if axis not in self.layout))
        return whole.reshape([dict(zip("BTF", tensor.shape))[axis] for axis in self.layout])

    def arguments_of(self, sequences, dtype):
        others = [cast(value, dtype) for value in self.arguments[1:]]
        return [self.input(sequences).to(dtype), *others]


def cast(value, dtype):
    if isinstance(value, torch.Tensor):
        return value.detach().cpu().to(dtype) if value.is_floating_point() else value
    if isinstance(value, (list, tuple)):
        return type(value)(cast(inner, dtype) for inner in value)
    return value


def examples(module, example, is_plain=False):
    """Examples to try, in their order.

    - is_plain: whether layouts can't be told apart by following the module: then batch_first says it
    """
    if example is not None:
        arguments = list(example) if isinstance(example, (list, tuple)) else [example]
        if not isinstance(arguments[0], torch.Tensor) or arguments[0].ndim not in LAYOUTS:
            raise TypeError("example: expected a tensor [batch, steps, features], [steps, batch, features] or "
                            "[steps, features], or a tuple that begins with one")
        choices = [arguments]
    else:
        others = [None] * other_arguments(module)
        choices = [[torch.zeros(shape), *others] for shape in likely_shapes(module)]
    for arguments in choices:
        for layout in LAYOUTS[arguments[0].ndim]:
            found = Example(arguments, layout)
            if not is_plain or layout == plain_layout(module, arguments[0].ndim) and found.batch == 1:
                yield found


def other_arguments(module):
    """How many forward() needs besides the input, as a state that may be None."""
    usual = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    needed = [parameter for parameter in inspect.signature(module.forward).parameters.values()
              if parameter.kind in usual and parameter.default is parameter.empty]
    return max(len(needed) - 1, 0)


def plain_layout(module, dimensions):
    if dimensions == 2:
        return "TF"
    batch_first = next((inner.batch_first for inner in module.modules()
                        if isinstance(inner, torch.nn.RNNBase)), True)
    return "BTF" if batch_first else "TBF"


def likely_shapes(module):
    recurrent, sizes = [], []
    for inner in module.modules():
        if isinstance(inner, torch.nn.RNNBase):
            recurrent.append(inner.input_size)
        elif isinstance(inner, torch.nn.RNNCellBase):
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


class Run:
    """One run of a module that was followed.

    - output: the value that it puts out
    - outputs: [batch, steps, features]; NaN where the module gives nothing, as before the last step

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
        places = rows * len(columns) + torch.tensor([columns.index(feature) for feature in features.tolist()])
        if len(places.unique()) != len(places) or len(places) != len(rows.unique()) * len(columns):
            raise Refused("the output has other features in other steps, or some of them twice; expected the same "
                          "features of each step")
        self.output = value if columns == list(range(value.size)) else selected(value, columns)
        outputs = np.full(batch * steps * len(columns), np.nan)
        outputs[places.numpy()] = tensor.detach().double().numpy().flatten()
        if np.isnan(outputs[places.numpy()]).any():
            raise Refused("the module gives NaN")
        self.outputs = outputs.reshape(batch, steps, len(columns))


class PlainRun:
    """One run of a module that can't be followed, over one sequence: its first tensor is the output."""

    def __init__(self, module, example, sequences, dtype, chosen=None):
        arguments = example.arguments_of(sequences, dtype)
        with torch.no_grad():
            result = copied(module, dtype)(*arguments)
        tensor = result if chosen is None else result[chosen]
        found = tensors_in(tensor)
        if not found:
            raise Refused("the module gives no tensor")
        numbers = found[0].detach().double().numpy()
        steps = sequences.shape[1]
        if numbers.ndim > 1 and numbers.size % steps == 0 and steps in numbers.shape:
            self.outputs = numbers.reshape(1, steps, -1)
        else:  # the last step
            self.outputs = np.full((1, steps, numbers.size), np.nan)
            self.outputs[0, -1] = numbers.reshape(-1)


def selected(value, columns):
    """Some features, as a linear layer of zeros and ones."""
    weight = np.zeros((len(columns), value.size))
    weight[range(len(columns)), columns] = 1
    return Value("linear", len(columns), [value], "the output's features", "selected", tensors={"weight": weight})


def output_of(result, chosen, trace):
    """The tensor that is the module's output; states that come with it are left out."""
    if isinstance(result, torch.Tensor):
        parts = {0: result}
    elif isinstance(result, dict):
        parts = dict(result)
    else:
        parts = dict(enumerate(result)) if isinstance(result, (list, tuple)) else {}
    if chosen is not None:
        if not isinstance(parts.get(chosen), torch.Tensor):
            raise Refused(f"output {chosen!r} isn't a tensor; the module gives {described(parts)}")
        found = parts[chosen]
    else:
        outputs = {key: part for key, part in parts.items() if isinstance(part, torch.Tensor)
                   and trace.is_tracked(part)}
        if len(outputs) > 1:
            outputs = {key: part for key, part in outputs.items() if not is_state(part, trace)} or outputs
        if len(outputs) > 1:
            raise Refused(f"the module gives {described(parts)}; choose one with output={next(iter(outputs))!r}")
        found = next(iter(outputs.values()), None)
    if not trace.is_tracked(found):
        raise Refused("the output doesn't come from the input in a way that can be followed; if the module is a "
                      "chain of layers, give the list with layers=")
    return found


def is_state(tensor, trace):
    """Whether it is the last h or c of a recurrent module."""
    try:
        owners = trace.elements.owners(trace.ids(tensor))
    except Refused:
        return False
    return all(owner.kind in ("state", "lstm", "gru", "rnn") for owner in owners) and any(
        torch.equal(trace.ids(tensor), ids) for ids in trace.states)


def described(parts):
    return ", ".join(f"{key!r} (shape {list(part.shape)})" if isinstance(part, torch.Tensor)
                     else f"{key!r} ({type(part).__name__})" for key, part in parts.items()) or "no tensor"
