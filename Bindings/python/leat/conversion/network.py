# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""What a module computes, as values: each is made from one before it.

A trace makes the values. `layers.py` puts them in Leat's order.
"""


class Value:
    """The output of one operation: `size` numbers for each step.

    - kind: input, lstm, gru, rnn, linear, batch_norm, prelu: modules with
      tensors, by their kind; activation, sum, affine; state: what a recurrent
      module keeps inside
    - sources: the values it reads
    - title: how messages name it
    - name: of its tensors in the file, before it is made unique
    """

    def __init__(self, kind, size, sources=(), title="", name="", **facts):
        self.kind, self.size, self.sources = kind, size, tuple(sources)
        self.title, self.name = title, name
        # Of a module: its tensors, and its arguments in the metadata.
        self.tensors = facts.pop("tensors", {})
        self.arguments = facts.pop("arguments", {})
        # Of an activation, as leat.layers writes it.
        self.word = facts.pop("word", None)
        # Of an affine value: "add" or "mul", and a number for each element.
        self.operation, self.numbers = (
            facts.pop("operation", None),
            facts.pop("numbers", None),
        )
        assert not facts

    @property
    def is_module(self):
        return self.kind in (
            "lstm",
            "gru",
            "rnn",
            "linear",
            "batch_norm",
            "prelu",
        )


class Refused(Exception):
    """Leat can't run it; the message says what, and what to do."""


class Empty(Refused):
    """Nothing is read, as by a module that leaves out the first steps of a
    sequence that has no more."""


def line(output):
    """The values from the input to the output, each made from the one before; a
    sum reads one more."""
    values, value = [], output
    while value is not None:
        if value.kind == "state":
            raise Refused(
                f"{value.title} is read by another layer; Leat's layers read "
                "only what a recurrent module puts out"
            )
        values.insert(0, value)
        value = main_source(value)
    if values[0].kind != "input":
        raise Refused(f"{values[0].title} doesn't read the input")
    for index, value in enumerate(values):
        if value.kind == "sum" and other_source(value) not in values[:index]:
            raise Refused(
                f"{value.title} adds two branches; Leat's layers form a "
                "chain, in which only a sum takes an earlier value"
            )
    return values


def main_source(value):
    if value.kind != "sum":
        return value.sources[0] if value.sources else None
    first, second = value.sources
    return first if second is first or second in before(first) else second


def other_source(value):
    first, second = value.sources
    return second if main_source(value) is first else first


def before(value):
    """All values that it was made from."""
    found, left = set(), list(value.sources)
    while left:
        source = left.pop()
        if source not in found:
            found.add(source)
            left += source.sources
    return found
