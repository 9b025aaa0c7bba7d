# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""Compares a model file, run by Leat, with what a framework computes.

The truth is the framework's module in float64. Its own float32 run shows how
much rounding changes the outputs of this model: a model with large weights or a
long memory makes more of each rounding. Leat's float32 sums go in another
order, so its errors are as large, but not the same. Of each output a difference
passes up to

    8 * (largest error of the framework's float32) + 4e-6 * (largest output)

The second part is what the vectors of Leat's tests allow between two float32
runs (Tests/Vectors/README.md). Of 138 models of all kinds, up to 300 units and
3 layers, none used more than a third of this. A wrong gate, activation, bias or
order is off by 1e-4 of the magnitude and more. Where a framework runs in one
precision alone, its own error is taken as 1.5e-6 of the larger of 1 and the
magnitude, the most that those vectors allow; then a difference of more than
1e-3 of the magnitude never passes.
"""

from typing import NamedTuple

import numpy as np

from .errors import ConversionError

OWN_FACTOR, PART_OF_MAGNITUDE, USUAL_OWN_ERROR = 8, 4e-6, 1.5e-6
# Of the magnitude: what is allowed must be below what a mistake changes.
MOST = 1e-3
SMALLEST = 1e-11  # below 2^-40 Leat counts as 0
# Of sequences that are made here. A module that gives the last step alone is
# run once for each step.
STEPS, STEPS_OF_LAST = 64, 16
# Of a long recording, such a module is run for as many of its beginnings.
LENGTHS = 32


class Report(NamedTuple):
    """How far a model file is from its module.

    step, output: where the difference is largest, as a part of what is allowed
    difference, allowed: there
    """

    path: str
    steps: int
    sequences: int
    step: int
    output: int
    difference: float
    allowed: float
    errors: np.ndarray  # the largest difference of each output

    @property
    def is_equal(self) -> bool:
        return self.difference <= self.allowed

    def __str__(self) -> str:
        count = (
            f"{self.steps} steps"
            if self.sequences == 1
            else f"{self.sequences} sequences of {self.steps} steps"
        )
        where = f"step {self.step}, output {self.output}"
        if self.is_equal:
            return (
                f"{self.path}: computes what the module does over {count}; "
                f"nearest to the limit at {where}: off by "
                f"{self.difference:.1e}, allowed {self.allowed:.1e}"
            )
        return (
            f"{self.path}: differs from the module by {self.difference:.1e} at "
            f"{where}; allowed {self.allowed:.1e} (compared over {count})"
        )


def compare(path, sequences, expected, own=None, tolerance=None, shown=None):
    """A Report.

    - sequences: float32 [sequences, steps, inputs]
    - expected: float64 [sequences, steps, outputs], NaN where there is nothing
      to compare
    - own: the error of the framework's float32, of the same shape, or None if
      it isn't known
    - tolerance: what is allowed instead, as a part of each output's largest
      magnitude
    """
    found = run(path, sequences)
    if found.shape != expected.shape:
        raise ValueError(
            f"{path}: gives {found.shape[-1]} outputs a step, and the module "
            f"{expected.shape[-1]}"
        )
    magnitudes = np.nanmax(np.abs(expected), axis=(0, 1))
    if tolerance is not None:
        allowed = tolerance * magnitudes
    else:
        is_known = own is not None
        own = (
            np.nanmax(own, axis=(0, 1))
            if is_known
            else USUAL_OWN_ERROR * np.maximum(magnitudes, 1)
        )
        allowed = OWN_FACTOR * own + PART_OF_MAGNITUDE * magnitudes
        if not is_known:  # else any file would do for outputs far below 1
            allowed = np.minimum(allowed, MOST * magnitudes)
        if (allowed > MOST * np.maximum(magnitudes, 1)).any():
            raise ConversionError(
                f"its own float32 differs from float64 by {own.max():.1e}: "
                "rounding alone changes the outputs so much that a "
                "comparison shows nothing"
            )
    allowed = allowed + SMALLEST
    differences = np.abs(found - expected)
    differences[np.isnan(expected)] = 0
    _, step, output = np.unravel_index(
        np.argmax(differences / allowed), differences.shape
    )
    return Report(
        str(shown or path),
        found.shape[1],
        found.shape[0],
        int(step),
        int(output),
        float(differences[:, step, output].max()),
        float(allowed[output]),
        differences.max(axis=(0, 1)),
    )


def run(path, sequences):
    """Leat's outputs, float32 [sequences, steps, outputs]."""
    from .. import Model

    model = Model.open(path)
    return np.stack(
        [
            model.stream().run(np.ascontiguousarray(sequence, np.float32))
            for sequence in sequences
        ]
    )


def compared_lengths(steps):
    """Of a module that gives the last step alone: of which beginnings of a
    sequence it is compared, the shortest first, the whole one last."""
    return (
        np.linspace(1, steps, min(steps, LENGTHS)).round().astype(int).tolist()
    )


def made(batch, steps, size, mean=0.0, deviation=1.0, seed=0):
    """Random numbers, the same each time."""
    numbers = np.random.default_rng(seed).standard_normal((batch, steps, size))
    return np.float32(mean + deviation * numbers)
