# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""leat.from_torch() and the comparison that leat.check() shares with it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from .comparison import Report, compare
from .errors import ConversionError
from .model_file import NewFile, model_bytes
from .scaling import Scaling

if TYPE_CHECKING:
    import torch  # type: ignore[import-not-found, unused-ignore]


def from_torch(
    module: torch.nn.Module,
    path: str | os.PathLike[str],
    *,
    example: Any = None,
    output: Any = None,
    layers: str | None = None,
    sequences: Any = None,
    input_mean: Any = None,
    input_std: Any = None,
    output_mean: Any = None,
    output_std: Any = None,
) -> Report:
    """Write a module of PyTorch as a model file, and compare the two.

    The module is run on an example to see what forward() computes: the order
    of its modules, activations, sums, constants. Then Leat runs the file, and
    each step is compared with the module in float64. Only if they are equal
    but for rounding does the file get its name. The module stays as it is.

    module: LSTMs, GRUs, RNNs or cells, linear layers, batch norms, activations
        and sums of earlier values. It takes whole sequences.
    path: of the file, which is replaced if it exists.
    example: what forward() is called with, if the module's sizes don't show
        it: a tensor [batch, steps, features], [steps, batch, features] or
        [steps, features], or a tuple that begins with one. Other arguments are
        the same in each run.
    output: which part of a tuple or dict that forward() returns.
    layers: the list of layers, if forward() can't be followed; see leat.layers
        in Documentation/Formats.md.
    sequences: more inputs to compare with, [steps, features] or
        [sequences, steps, features].
    input_mean, input_std: your program gives (x - mean) / std to the module.
        The file will do so itself, and takes x. A number for each input, or
        one for all.
    output_mean, output_std: your program computes y * std + mean of the
        module's output. The file will do so itself.

    Returns how far off the file is. Raises ConversionError if Leat can't run
    the module, with the reason, or if the file computes something else. Then
    no file is written, and one that was there stays.
    """
    try:
        from .torch_reference import TorchReference
        from .torch_state import by_hand
    except ImportError as error:
        raise ImportError(
            f"from_torch() needs PyTorch: {error}; pip install torch"
        ) from error
    file = NewFile(path)
    reference = TorchReference(
        module, example, output, must_follow=layers is None
    )
    if layers is None:
        tensors, metadata = (
            dict(reference.layers.tensors),
            dict(reference.layers.metadata),
        )
    else:
        tensors, metadata = by_hand(reference.module, layers)
    scaling = Scaling(input_mean, input_std, output_mean, output_std)
    scaling.add_to(tensors, metadata, reference.example.size)
    import torch

    metadata |= {
        "source.format": "pytorch",
        "source.producer": "torch",
        "source.producer_version": torch.__version__,
    }
    return write(file, reference, tensors, metadata, scaling, sequences)


def write(new, reference, tensors, metadata, scaling, sequences):
    """Writes a NewFile if it computes what the reference does."""
    path = new.final
    with new as file:
        file.write(model_bytes(tensors, metadata, reference.narrow))
        try:
            report = compare_all(
                file.path, reference, scaling, sequences, shown=path
            )
        except ConversionError:
            raise
        except Exception as error:
            # Messages of the library name the file, which is removed.
            name = f": '{file.path}'"
            raise ConversionError(
                str(error).replace(name, "").replace(file.path, str(path))
            ) from error
        if not report.is_equal:
            raise failure(report)
    return report


def failure(report):
    error = ConversionError(str(report))
    error.step, error.output, error.difference = (
        report.step,
        report.output,
        report.difference,
    )
    return error


def compare_all(
    path, reference, scaling, sequences, tolerance=None, shown=None
):
    """The worst report of random sequences and of those given."""
    mean, deviation = scaling.inputs(path, reference.example.size)
    chosen = [reference.sequences(mean, deviation)]
    if sequences is not None:
        chosen.append(as_sequences(sequences, reference.example.size))
    reports = []
    for inputs in chosen:
        truth, own = scaling.outputs(reference, inputs)
        reports.append(compare(path, inputs, truth, own, tolerance, shown))
    return max(reports, key=lambda report: report.difference / report.allowed)


def as_sequences(sequences, size):
    array = np.asarray(sequences, np.float32)
    array = array[None] if array.ndim == 2 else array
    if array.ndim != 3 or array.shape[2] != size or not array.size:
        raise ValueError(
            f"sequences: expected the shape [steps, {size}] or [sequences, "
            f"steps, {size}], found {list(np.shape(sequences))}"
        )
    if not np.isfinite(array).all():
        raise ValueError("sequences: expected finite numbers")
    return array
