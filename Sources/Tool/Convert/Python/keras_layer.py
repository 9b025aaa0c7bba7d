# SPDX-License-Identifier: MIT
# Keras' part of the program that start.py begins: a layer of the configuration.

import math
import re

SIZE_MAX = 1 << 24
# Arguments that change nothing when a model runs: shapes that others say, too, and what training
# uses.
UNUSED = {
    "name", "trainable", "dtype", "batch_input_shape", "batch_shape", "input_dim", "input_length",
    "input_shape", "unit_forget_bias", "dropout", "recurrent_dropout", "implementation", "unroll",
    "seed", "zero_output_for_mask", "use_cudnn", "momentum", "fused", "synchronized",
    "virtual_batch_size", "data_format", "build_config", "input_spec",
}
UNUSED_SUFFIXES = ("_initializer", "_regularizer", "_constraint")
# Where Keras' own classes are.
PACKAGES = ("keras", "tf_keras", "tensorflow")
NOTHING = ("Leat has nothing like it; expected LSTM, GRU, SimpleRNN, Dense, normalizations and "
           "activations; take it out of the model and compute it outside of Leat")


class Layer:
    """A layer's configuration. What isn't as expected is refused, by the layer's name."""

    def __init__(self, entry, of=None):
        """- of: the layer that this one is in, whose group has its weights"""
        if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str):
            fail(65, f"found {shown(entry)} in the list of layers, expected an object with a "
                     "class_name")
        self.kind, self.config = entry["class_name"], entry.get("config")
        if not isinstance(self.config, dict):
            fail(65, f"found a {shown(self.kind)} without a configuration")
        name = entry.get("name") if of is None else None
        self.name = name if isinstance(name, str) else self.config.get("name")
        if not isinstance(self.name, str):
            self.name = of.name if of else self.kind
        self.saved_name = self.config.get("name")
        self.title = f"layer '{shown(self.name)}' ({shown(self.kind)})"
        self.read, self.group, self.path = set(), of and of.group, []
        check_class(self.title, entry)

    def refuse(self, reason):
        fail(65, f"{self.title}: {reason}")

    def inner(self, key):
        """A layer inside of this one, whose weights are in a group of its own in an archive."""
        inner = Layer(self.get(key), of=self)
        inner.path = [*self.path, key]
        inner.title = f"{self.title}: {shown(inner.kind)}"
        return inner

    def get(self, key, default=None):
        self.read.add(key)
        return self.config.get(key, default)

    def flag(self, key, default=False):
        value = self.get(key, default)
        if not isinstance(value, bool):
            self.refuse(f"{key} is {shown(value)}, expected true or false")
        return value

    def whole(self, key):
        value = self.get(key)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= SIZE_MAX:
            self.refuse(f"{key} is {shown(value)}, expected a whole number from 1 to {SIZE_MAX}")
        return value

    def number(self, key, default=None):
        """A finite number, or None if that is the default."""
        value = self.get(key, default)
        # Keras 2 before 2.4 wrote numbers that were arrays of NumPy in this way.
        if isinstance(value, dict) and value.get("type") == "ndarray":
            value = value.get("value")
        if value is None and default is None:
            return None
        if not is_number(value):
            self.refuse(f"{key} is {shown(value)}, expected a number")
        return float(value)

    def numbers(self, key):
        """A number, or nested lists of numbers, as a list; None if there is none."""
        value = self.get(key)
        if isinstance(value, dict) and isinstance(value.get("config"), dict):
            value = value["config"].get("value")
        if value is None:
            return None
        values = [value]
        while values and all(isinstance(item, list) for item in values):
            values = [inner for item in values for inner in item]
        if not values or not all(map(is_number, values)):
            self.refuse(f"{key} is {shown(value)}, expected numbers")
        return list(map(float, values))

    def axes(self, default=-1):
        """The argument `axis`, one or several, as a list."""
        value = self.get("axis", default)
        values = value if isinstance(value, list) else [] if value is None else [value]
        if not all(isinstance(item, int) for item in values):
            self.refuse(f"axis is {shown(value)}, expected whole numbers")
        return values

    def expect_last_axis(self, axes, rank):
        """- rank: the last axis of what the layer reads, counted from the batch's, which is 0"""
        if axes not in ([-1], [rank]):
            self.refuse(f"axis is {axes}, expected the last one")

    def check_arguments(self):
        """Refuses an argument that no one asked for, as it may change what the layer computes."""
        for key, value in self.config.items():
            if not (key in self.read or key in UNUSED or key.endswith(UNUSED_SUFFIXES)
                    or value in (None, False)):
                self.refuse(f"{shown(key)} is {shown(value)}, which Leat doesn't know; expected a "
                            "layer without it")


def check_class(title, entry):
    """Others may have the names of Keras' classes; then what they compute isn't known."""
    module, registered = entry.get("module"), entry.get("registered_name")
    own = f", registered as {shown(registered)}" if registered not in (None, entry["class_name"]) else ""
    if own or module is not None and str(module).split(".")[0] not in PACKAGES:
        fail(65, f"{title}: is a class of {shown(module)}{own}, expected one of Keras' own, as Leat runs "
                 "no code of a model; take it out of the model and compute it outside of Leat")


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def decimal(value):
    """A number as Leat reads it: the shortest text that is the same float."""
    text = str(numpy.float32(value))
    return text[:-2] if text.endswith(".0") else text


def snake_case(name):
    """As Keras makes the names of groups from those of classes."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
