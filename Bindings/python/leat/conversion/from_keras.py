# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""leat.from_keras()."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from .comparison import Report
from .errors import ConversionError
from .from_torch import write
from .model_file import NewFile, model_bytes
from .scaling import Scaling

if TYPE_CHECKING:
    import keras  # type: ignore[import-not-found, unused-ignore]


def from_keras(
    model: keras.Model,
    path: str | os.PathLike[str],
    *,
    sequences: Any = None,
    input_mean: Any = None,
    input_std: Any = None,
    output_mean: Any = None,
    output_std: Any = None,
) -> Report:
    """Write a model of Keras 3 as a model file, and compare the two.

    What loads and what is refused is the same as for `leat convert`:
    Documentation/Support.md. A layer that gives the last step alone becomes
    one that gives each step.

    model: a Sequential or Functional model with one input and one output.
    The other arguments, the result and the errors are those of from_torch().
    """
    try:
        import h5py  # type: ignore # noqa: F401
        import keras  # noqa: F401
    except ImportError as error:
        raise ImportError(
            f"from_keras() needs Keras and h5py: {error}; pip install keras "
            "h5py"
        ) from error
    from .. import Model
    from .keras_file import converted
    from .keras_reference import KerasReference

    if not isinstance(model, keras.Model):
        raise TypeError(f"expected a keras.Model, found {type(model).__name__}")
    check_layers(model)
    file = NewFile(path)
    tensors, metadata = converted(model)
    scaling = Scaling(input_mean, input_std, output_mean, output_std)
    size = Model.from_bytes(model_bytes(tensors, metadata)).input_size
    scaling.add_to(tensors, metadata, size)
    return write(
        file, KerasReference(model, size), tensors, metadata, scaling, sequences
    )


def check_layers(model):
    """What the program of `leat convert` can't say of a model in memory."""
    if not model.built:
        raise ConversionError(
            "the model has no weights yet; begin it with keras.Input, or call "
            "it once, then train it"
        )
    for layer in model.layers:
        if layer.compute_dtype in ("float16", "bfloat16"):
            raise ConversionError(
                f"layer '{layer.name}' computes in {layer.compute_dtype}, "
                "expected float32; make the model with "
                'keras.config.set_dtype_policy("float32"), and set its '
                "weights to those of this one"
            )
