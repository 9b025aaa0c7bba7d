# SPDX-License-Identifier: MIT
# Keras' part of the program that start.py begins: the modules of `leat.layers`, and their tensors.


# More would be a matrix of too much memory, as its size is the square.
IDENTITY_MAX = 4096


class Module:
    def __init__(self, layer, kind, arrays, arguments):
        self.title, self.kind, self.arrays, self.arguments = layer.title, kind, arrays, arguments
        self.activation = None


class Value:
    """What a layer gives.

    - owner: the module that a sum would name, or None for the input
    - stamp: how many activations and sums came after it
    - steps: of a run, None if any number; 0 if it is one vector
    - is_last: whether it is the last step's alone
    """

    def __init__(self, owner, stamp, size, steps, is_last=False):
        self.owner, self.stamp, self.size, self.steps = owner, stamp, size, steps
        self.is_last = is_last

    def of_steps(self, steps):
        return Value(self.owner, self.stamp, self.size, steps, self.is_last)

    def next(self, owner=None, size=None):
        return Value(owner or self.owner, 0 if owner else self.stamp + 1,
                     size if owner else self.size, self.steps, self.is_last)


class Modules:
    """The modules, activations and sums so far, and what the last of them gives."""

    def __init__(self, input_shape):
        self.modules, self.entries, self.last_stamps = [], [], {None: 0}
        self.normalizer = self.denormalizer = self.is_time_major = None
        self.value = self.input(input_shape)
        self.values = {None: self.value}
        # Of a run, as the first recurrent layer gets it; None if any number.
        self.steps, self.is_stateful = None, False
        self.inputs = self.value.size

    def input(self, shape):
        shape = [None, None, None] if shape is None else shape
        if not isinstance(shape, list) or len(shape) not in (2, 3) or not all(
                size is None or isinstance(size, int) and 0 < size <= SIZE_MAX for size in shape):
            fail(65, f"its input is of shape {shown(shape)}, expected [batch, steps, features]")
        return Value(None, 0, shape[-1], shape[1] if len(shape) == 3 else 0)

    def add_module(self, layer, kind, arrays, size, arguments=None):
        if not self.modules:
            self.inputs = self.inputs or self.value.size
        module = Module(layer, kind, arrays, arguments or {})
        self.modules.append(module)
        self.entries.append(module)
        self.value = self.value.next(module, size)

    def activate(self, layer, word):
        if word is None:
            return
        if not self.modules:
            self.pass_on(layer)
        last = self.entries[-1]
        if isinstance(last, Module) and last.activation is None:
            last.activation = word
        else:
            self.entries.append(":" + word)
        self.value = self.value.next()

    def pass_on(self, layer):
        """Leat's first layer is a module: this one gives what it gets."""
        if self.value.size is None:
            layer.refuse("is the first layer, and the model doesn't say how many inputs there are; "
                         "build it with an Input")
        if self.value.size > IDENTITY_MAX:
            layer.refuse(f"is the first layer, and reads {self.value.size} inputs, expected at most "
                         f"{IDENTITY_MAX}; compute it outside of Leat")
        self.add_module(layer, "linear", {"weight": numpy.eye(self.value.size)}, self.value.size)

    def add_scale(self, layer, kind, arrays, arguments=None):
        """A module that changes each element alone."""
        size = next(iter(arrays.values())).shape[0]
        if self.value.size is None:
            if size == 1:
                layer.refuse("is the first layer, with one number for all inputs, and the model doesn't "
                             "say how many inputs there are; build it with an Input")
            self.value.size = size
        if size not in (1, self.value.size):
            layer.refuse(f"found {size} numbers, expected {self.value.size}")
        # The first module says how many inputs there are.
        if kind != "prelu" or not self.modules:
            arrays = {name: numpy.broadcast_to(array, self.value.size)
                      for name, array in arrays.items()}
        self.add_module(layer, kind, arrays, self.value.size, arguments)

    def rank(self, layer):
        """The last axis. A layer in TimeDistributed sees one step."""
        return 1 if self.value.steps == 0 or layer.path else 2

    def write(self):
        counts = {}
        for module in self.modules:
            counts.setdefault(module.kind, []).append(module)
        for kind, members in counts.items():
            for index, module in enumerate(members, 1):
                module.name = kind if len(members) == 1 else f"{kind}{index}"
        for what, found in (("input", self.normalizer), ("output", self.denormalizer)):
            size = self.inputs if what == "input" else self.value.size
            if found:
                title, mean, deviation = found
                put(title, {f"{what}_mean": numpy.broadcast_to(mean, size),
                            f"{what}_std": numpy.broadcast_to(deviation, size)})
        for module in self.modules:
            put(module.title, {f"{module.name}.{key}": array for key, array in module.arrays.items()})
            for key, value in module.arguments.items():
                metadata[f"leat.{module.name}.{key}"] = value
        metadata["leat.layers"] = " ".join(map(self.entry, self.entries))

    @staticmethod
    def entry(entry):
        """As `leat.layers` has it: a module, an activation of its own, or the module that is added."""
        if isinstance(entry, str):
            return entry
        if isinstance(entry, tuple):
            return "+" + (entry[0].name if entry[0] else "input")
        # A weight alone could be others', too.
        name = f"{entry.name}=prelu" if entry.kind == "prelu" else entry.name
        return f"{name}:{entry.activation}" if entry.activation else name


def put(title, arrays):
    for name, array in arrays.items():
        array = numpy.ascontiguousarray(array, dtype="<f4")
        tensors[name] = ("F32", array.shape, array.tobytes())
    parts.append({"source": title, "tensors": list(arrays)})
