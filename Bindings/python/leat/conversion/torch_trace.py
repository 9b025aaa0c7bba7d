# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""Follows what forward() computes, by running it.

PyTorch calls `__torch_function__` for each of its functions and methods, also
inside of modules. Those that torch_operations.py knows make values
(network.py), and those that move elements move their ids (elements.py). All
others give elements that can't be read: that matters only if the output needs
them. So ifs, loops over steps and helper functions work as they are.
"""

import torch
from torch.overrides import TorchFunctionMode

from . import torch_operations, torch_refusals
from .elements import CONSTANT, Elements
from .network import Refused, Value

# Functions that give the same elements in another shape, order or dtype, or
# some of them.
MOVES = {
    "view",
    "reshape",
    "permute",
    "transpose",
    "t",
    "T",
    "mT",
    "swapaxes",
    "swapdims",
    "movedim",
    "moveaxis",
    "squeeze",
    "unsqueeze",
    "flatten",
    "unflatten",
    "contiguous",
    "clone",
    "detach",
    "data",
    "getitem",
    "select",
    "narrow",
    "chunk",
    "split",
    "tensor_split",
    "unbind",
    "expand",
    "expand_as",
    "view_as",
    "reshape_as",
    "repeat",
    "stack",
    "cat",
    "concat",
    "concatenate",
    "hstack",
    "vstack",
    "dstack",
    "flip",
    "index_select",
    "gather",
    "roll",
    "broadcast_to",
    "atleast_2d",
    "atleast_3d",
    "adjoint",
    "take_along_dim",
    "repeat_interleave",
    "tile",
    "alias",
    "split_with_sizes",
}
# Functions that give the same tensor, in another dtype or place.
SAME = {
    "to",
    "float",
    "double",
    "half",
    "bfloat16",
    "type",
    "type_as",
    "cpu",
    "requires_grad_",
    "dropout",
    "dropout1d",
    "feature_dropout",
    "alpha_dropout",
}
# Functions that take only shape and dtype of a tensor.
FRESH = {
    "new_zeros",
    "new_ones",
    "new_full",
    "new_empty",
    "new_tensor",
    "zeros_like",
    "ones_like",
    "full_like",
    "empty_like",
    "rand_like",
    "randn_like",
}


# Functions that make a tensor of the default dtype.
MAKERS = {
    "zeros",
    "ones",
    "full",
    "empty",
    "tensor",
    "rand",
    "randn",
    "eye",
    "linspace",
}


class Trace(TorchFunctionMode):
    """The values of one run."""

    def __init__(self, batch, steps, dtype):
        super().__init__()
        self.dtype = dtype
        self.elements = Elements(batch, steps)
        # The tensors are kept, so that no other gets the id of one.
        self.found, self.kept = {}, []
        # Modules that are running; values and recurrent modules that were made,
        # by what they compute.
        self.modules, self.made, self.recurrent = [], {}, {}
        # The ids of tensors that are attributes of a module, not parameters.
        self.remembered = set()
        self.states = []  # the ids of each h and c that a recurrent module gave

    # --- the module that is running ------------------------------------------

    def watch(self, module):
        """Keeps the path of the module that runs, for names and messages, and
        what modules remember."""
        for path, inner in module.named_modules():
            self.remembered |= {
                id(tensor)
                for name, value in vars(inner).items()
                if name not in ("_parameters", "_buffers", "_modules")
                for tensor in tensors_in(value)
            }
            inner.register_forward_pre_hook(
                lambda module, _, path=path: self.modules.append((path, module))
            )
            inner.register_forward_hook(
                lambda *_: self.modules.pop() and None, always_call=True
            )

    @property
    def path(self):
        return self.modules[-1][0] if self.modules else ""

    def title(self, function):
        if not self.modules:
            return function
        path, module = self.modules[-1]
        kind = type(module).__name__
        name = f"module '{path}' ({kind})" if path else f"the module ({kind})"
        return (
            name
            if type(module).__module__.startswith("torch.nn.modules")
            else f"{function}() in {name}"
        )

    # --- tensors and ids -----------------------------------------------------

    def input(self, tensor, layout, size):
        """Says that a tensor is the input, with the layout "BTF", "TBF", "TF"
        and so on."""
        value = self.elements.add(Value("input", size, title="the input"))
        ids = torch.arange(self.elements.next).reshape(
            self.elements.batch, self.elements.steps, size
        )
        whole = ids.permute(
            *("BTF".index(axis) for axis in layout),
            *(index for index, axis in enumerate("BTF") if axis not in layout),
        )
        self.track(tensor, whole.reshape(tensor.shape))
        return value

    def track(self, tensor, ids):
        self.found[id(tensor)] = ids
        self.kept.append(tensor)

    def ids(self, tensor):
        """The ids of a tensor's elements, or None if they don't come from the
        input."""
        return (
            self.found.get(id(tensor))
            if isinstance(tensor, torch.Tensor)
            else None
        )

    def is_tracked(self, tensor):
        return self.ids(tensor) is not None

    def value(self, key, kind, size, sources, function, **facts):
        """A value, which is the same for the same key: a function that is
        called for each step makes one."""
        key = (kind, key, *sources)
        if key not in self.made:
            title = self.title(function)
            self.made[key] = self.elements.add(
                Value(kind, size, sources, title=title, name=self.path, **facts)
            )
        return self.made[key]

    # --- functions -----------------------------------------------------------

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = name_of(function)
        result = function(*args, **kwargs)
        if (
            name in MAKERS
            and kwargs.get("dtype") is None
            and result.dtype == torch.get_default_dtype()
        ):
            # A state of zeros, in a run of another precision than the
            # program's.
            result = result.to(self.dtype)
        if not any(map(self.is_tracked, tensors_in([args, kwargs]))):
            return result
        results = tensors_in(result)
        if name in FRESH or not results and name != "setitem":
            return result
        try:
            self.follow(name, function, args, kwargs, result)
        except Refused as refusal:
            reason = str(refusal)
        except Exception as error:  # of arguments that nothing here expects
            reason = (
                f"Leat doesn't know these arguments of {name}() "
                f"({type(error).__name__}: {error}); compute it in your "
                "program and convert the rest"
            )
        else:
            return result
        self.refuse(
            args[:1] if name == "setitem" else results,
            name,
            [args, kwargs],
            reason,
        )
        return result

    def refuse(self, results, name, arguments, reason):
        """Makes the results unreadable; after an operation in place, all views
        of them. If an argument is already, its reason is the one to know."""
        marks = [
            self.elements.mark(self.ids(tensor))
            for tensor in filter(self.is_tracked, tensors_in(arguments))
        ]
        mark = next(filter(None, marks), None)
        if mark is None:
            mark = self.elements.unreadable(f"{self.title(name)}: {reason}")
        for tensor in tensors_in(results):
            self.give(tensor, torch.full(tensor.shape, mark, dtype=torch.int64))

    def follow(self, name, function, args, kwargs, result):
        if name in ("setitem", "copy", "copy_"):
            self.assign(name, args)
        elif name in SAME:
            torch_refusals.check_dropout(name, args, kwargs)
            if not result.is_floating_point():
                raise Refused("it rounds values to integers")
            self.give(result, self.ids(args[0] if args else kwargs["input"]))
        elif name in MOVES:
            self.check_places([args, kwargs])
            moved = function(*self.replaced(args), **self.replaced(kwargs))
            for tensor, ids in zip(tensors_in(result), tensors_in(moved)):
                self.track(tensor, ids)
        else:
            operation = torch_operations.OPERATIONS.get(name)
            if operation is None:
                raise Refused(torch_refusals.reason(name))
            operation(self, name, args, kwargs, result)

    def check_places(self, arguments):
        """Refuses places and masks that come from the input: they are others
        for another input."""
        if any(
            self.is_tracked(tensor) and not tensor.is_floating_point()
            for tensor in tensors_in(arguments)
        ):
            raise Refused(
                "it chooses elements by values of the input, expected the same "
                "elements for each input"
            )

    def give(self, result, ids):
        """Says what the result's elements are; after an operation in place, for
        all views of it."""
        if isinstance(result, tuple):
            result = result[0]
        known = self.ids(result)
        if known is not None and known.shape == ids.shape:
            known.copy_(ids)
        else:
            self.track(result, ids)

    def replaced(self, arguments):
        """The arguments with ids in place of tensors."""
        if isinstance(arguments, dict):
            return {
                key: self.replaced(value) for key, value in arguments.items()
            }
        if isinstance(arguments, (list, tuple)) and not isinstance(
            arguments, torch.Size
        ):
            return type(arguments)(self.replaced(value) for value in arguments)
        if (
            isinstance(arguments, torch.Tensor)
            and arguments.is_floating_point()
        ):
            ids = self.ids(arguments)
            return torch.full(arguments.shape, CONSTANT) if ids is None else ids
        return arguments

    def assign(self, name, args):
        target, value = args[0], args[-1]
        if name == "setitem":
            self.check_places(args[1])
        ids = self.ids(target)
        if ids is None:
            ids = torch.full(target.shape, CONSTANT)
            self.track(target, ids)
        new = self.ids(value)
        new = CONSTANT if new is None else new
        if name == "setitem":
            ids[args[1]] = new
        else:
            ids.copy_(new)


def name_of(function):
    """The plain name of a function: "add" of torch.add, Tensor.__add__,
    Tensor.add_, Tensor.__iadd__."""
    name = getattr(function, "__name__", "")
    if name in ("__get__", "__set__"):  # a property, as Tensor.T
        name = getattr(function.__self__, "__name__", name)
    if name.startswith("__"):
        name = name.strip("_")
        if name in ("iadd", "isub", "imul", "itruediv"):
            name = name[1:]
    elif name != "requires_grad_":
        name = name.rstrip("_")
    return name


def tensors_in(arguments):
    """The tensors of nested arguments, in their order."""
    if isinstance(arguments, torch.Tensor):
        return [arguments]
    if isinstance(arguments, dict):
        arguments = arguments.values()
    elif not isinstance(arguments, (list, tuple)):
        return []
    return [tensor for value in arguments for tensor in tensors_in(value)]
