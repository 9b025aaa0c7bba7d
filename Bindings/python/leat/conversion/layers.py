# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""Puts values into the order of `leat.layers`, with the tensors and the
metadata of a model file.

Documentation/Formats.md has the rules. Three need thought:

- A sum names a module, and adds what the next module reads. If a later sum adds
  a value, the entry after it must be a module. If it isn't, a batch norm that
  changes nothing comes between.
- Constants become the normalizer where they come first, the denormalizer where
  they come last, the bias of a linear layer without one, and otherwise a batch
  norm.
- The file says `leat.format` 2 only if format 1 doesn't allow the list.
"""

import numpy as np

from .network import Refused, line, main_source, other_source

WORDS_OF_FORMAT_1 = {"relu", "sigmoid", "tanh", "softmax"}


class Layers:
    """The list. `tensors` and `metadata` are those of the file."""

    def __init__(self, output):
        self.entries, self.tensors, self.metadata = [], {}, {}
        self.values = line(output)
        self.input_size = self.values[0].size
        if not any(
            value.kind in ("lstm", "gru", "rnn") for value in self.values
        ):
            raise Refused(
                "there is no LSTM, GRU or RNN in it; Leat runs models with "
                "one of these at least"
            )
        self.added = {
            other_source(value) for value in self.values if value.kind == "sum"
        }
        self.owner, self.owners, self.names = "input", {}, set()
        self.is_format_1, self.kinds = True, []
        self.place(self.values[0])
        index = 1
        while index < len(self.values):
            index = self.add(index)
        self.metadata["leat.layers"] = " ".join(self.entries)
        if not (
            self.is_format_1 and self.kinds == sorted(self.kinds, reverse=True)
        ):
            self.metadata["leat.format"] = "2"

    def add(self, index):
        """Adds the value at an index; returns the index of the next."""
        value = self.values[index]
        if value.kind == "affine":
            return self.add_constants(index)
        if value.is_module:
            self.add_module(value)
        elif value.kind == "activation":
            self.add_activation(value)
        else:
            self.add_sum(value)
        self.place(value)
        return index + 1

    def place(self, value):
        self.owners[value] = self.owner
        self.last = value

    # --- modules -------------------------------------------------------------

    def add_module(self, value):
        self.owner = name = self.unique(value.name or value.kind)
        for key, array in value.tensors.items():
            self.tensors[f"{name}.{key}"] = np.asarray(array, np.float32)
        for key, text in value.arguments.items():
            self.metadata[f"leat.{name}.{key}"] = text
        # A weight alone could be a linear layer's, too.
        self.entries.append(f"{name}=prelu" if value.kind == "prelu" else name)
        self.kinds.append(value.kind)
        self.is_format_1 &= value.kind in ("lstm", "linear")

    def unique(self, name):
        name = "".join("_" if letter in " :=+[]" else letter for letter in name)
        name += (
            "_" if name == "input" else ""
        )  # the word of a sum for the input
        chosen, count = name, 1
        while chosen in self.names:
            count += 1
            chosen = f"{name}_{count}"
        self.names.add(chosen)
        return chosen

    def add_scale(self, name, mean, factor, shift):
        """(x - mean) * factor + shift, as a batch norm."""
        size = len(mean)
        self.owner = name = self.unique(name)
        for key, array in (
            ("weight", factor),
            ("bias", shift),
            ("running_mean", mean),
            ("running_var", np.ones(size)),
        ):
            self.tensors[f"{name}.{key}"] = np.asarray(array, np.float32)
        self.metadata[f"leat.{name}.eps"] = "0"
        self.entries.append(name)
        self.is_format_1 = False

    def separate(self, value):
        """Lets a module come next, if a later sum adds what there is now, or
        there is no module yet."""
        if self.last in self.added or not self.entries:
            size = self.last.size
            self.add_scale(
                "unchanged", np.zeros(size), np.ones(size), np.zeros(size)
            )

    # --- activations and sums ------------------------------------------------

    def add_activation(self, value):
        self.separate(value)
        previous = main_source(value)
        if (
            previous.kind == "linear"
            and previous is self.last
            and ":" not in self.entries[-1]
            and (self.owners[previous] == self.entries[-1])
        ):
            self.entries[-1] += ":" + value.word
            self.is_format_1 &= value.word in WORDS_OF_FORMAT_1
        else:
            self.entries.append(":" + value.word)
            self.is_format_1 = False

    def add_sum(self, value):
        self.separate(value)
        other, main = other_source(value), main_source(value)
        if main.size != value.size:
            raise Refused(
                f"{value.title} adds to {value.size} of the {main.size} "
                f"features of {main.title}, expected to add to all of them"
            )
        part = "" if other.size == value.size else f"[0:{value.size}]"
        self.entries.append(f"+{self.owners[other]}{part}")
        self.is_format_1 = False

    # --- constants -----------------------------------------------------------

    def add_constants(self, index):
        """Adds values that add and multiply constants, as many as follow each
        other."""
        run = [self.values[index]]
        while (
            run[-1] not in self.added
            and index + len(run) < len(self.values)
            and (self.values[index + len(run)].kind == "affine")
        ):
            run.append(self.values[index + len(run)])
        end = index + len(run)
        steps = [
            (value.operation, np.asarray(value.numbers, np.float64))
            for value in run
        ]
        if (
            self.last.kind == "linear"
            and self.last not in self.added
            and steps[0][0] == "add"
            and (f"{self.owner}.bias" not in self.tensors)
        ):
            self.tensors[f"{self.owner}.bias"] = np.float32(steps.pop(0)[1])
        if index == 1 and self.last not in self.added:
            steps = self.normalize(steps)
        if end == len(self.values) and steps and self.entries:
            steps = self.denormalize(steps)
        if steps:
            mean, factor, shift = composed(steps)
            self.add_scale("scale", mean, factor, shift)
        self.place(run[-1])
        return end

    def normalize(self, steps):
        """(x - mean) / std at the beginning; returns what is left."""
        mean = -steps.pop(0)[1] if steps[0][0] == "add" else None
        std = None
        if steps and steps[0][0] in ("div", "mul"):
            found = (
                steps[0][1]
                if steps[0][0] == "div"
                else exact_reciprocal(steps[0][1])
            )
            if found is not None and (found > 0).all():
                std = found
                steps.pop(0)
        if mean is None and std is None:
            return steps
        size = self.input_size
        self.tensors["input_mean"] = np.float32(
            np.zeros(size) if mean is None else mean
        )
        self.tensors["input_std"] = np.float32(
            np.ones(size) if std is None else std
        )
        return steps

    def denormalize(self, steps):
        """y * std + mean at the end; returns what is left, which is nothing or
        all."""
        if [step[0] for step in steps] not in (
            ["mul"],
            ["add"],
            ["mul", "add"],
        ):
            return steps
        found = dict(steps)
        size = self.values[-1].size
        self.tensors["output_std"] = np.float32(found.get("mul", np.ones(size)))
        self.tensors["output_mean"] = np.float32(
            found.get("add", np.zeros(size))
        )
        self.is_format_1 = False
        return []


def exact_reciprocal(numbers):
    """1 / x, if that is a float for each, as for powers of two; else None."""
    with np.errstate(divide="ignore"):
        return 1 / numbers if (np.frexp(numbers)[0] == 0.5).all() else None


def composed(steps):
    """(x - mean) * factor + shift of several operations."""
    mean = np.zeros_like(steps[0][1])
    if steps[0][0] == "add":
        mean, steps = -steps[0][1], steps[1:]
    factor, shift = np.ones_like(mean), np.zeros_like(mean)
    for operation, numbers in steps:
        if operation == "add":
            shift = shift + numbers
        else:
            numbers = 1 / numbers if operation == "div" else numbers
            factor, shift = factor * numbers, shift * numbers
    return mean, factor, shift
