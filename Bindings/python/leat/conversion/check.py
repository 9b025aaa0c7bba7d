# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""leat.check()."""

from __future__ import annotations

import os
from typing import Any

from .comparison import Report
from .from_torch import compare_all, failure
from .scaling import Scaling


def check(
    module: Any,
    path: str | os.PathLike[str],
    *,
    example: Any = None,
    output: Any = None,
    sequences: Any = None,
    tolerance: float | None = None,
    input_mean: Any = None,
    input_std: Any = None,
    output_mean: Any = None,
    output_std: Any = None,
    raises: bool = False,
) -> Report:
    """Compare a model file with the module it was made from, and print the
    result.

    module: of PyTorch or Keras. It stays as it is.
    path: a model file, from any source: from_torch(), from_keras(), `leat
        convert`, `leat quantize` or save_file().
    tolerance: what is allowed, as a part of the largest magnitude of each
        output; without it, what rounding to float32 explains. A file with
        narrow weights needs one.
    raises: raise ConversionError if the difference is larger.
    The other arguments are those of from_torch().

    Returns the report: the largest error of each output, and where the file
    is off the most.
    """
    from .. import Model

    if tolerance is not None and not 0 <= tolerance < float("inf"):
        raise ValueError(
            "tolerance: expected a finite number of 0 or more, found "
            f"{tolerance}"
        )
    Model.open(path)  # raises what is wrong with the file
    scaling = Scaling(input_mean, input_std, output_mean, output_std)
    report = compare_all(
        path,
        reference_of(module, path, example, output),
        scaling,
        sequences,
        tolerance,
    )
    print(report)
    if raises and not report.is_equal:
        raise failure(report)
    return report


def reference_of(module, path, example, output):
    kinds = {part.__module__.split(".")[0] for part in type(module).__mro__}
    if "keras" in kinds:
        from .. import Model
        from .keras_reference import KerasReference

        return KerasReference(module, Model.open(path).input_size)
    if "torch" in kinds:
        from .torch_reference import TorchReference

        return TorchReference(module, example, output, must_follow=False)
    raise TypeError(
        "expected a module of PyTorch or a model of Keras, found "
        f"{type(module).__name__}"
    )
