# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""What a model of Keras computes for sequences, in its float32."""

import os
import tempfile
from types import SimpleNamespace

import numpy as np

from .comparison import STEPS, STEPS_OF_LAST, compared_lengths, made
from .errors import ConversionError

BATCH = 2


class KerasReference:
    """A model with one input and one output.

    - size: how many numbers Leat reads in a step
    """

    narrow = None

    def __init__(self, model, size):
        shape = getattr(model, "input_shape", None)
        if not isinstance(shape, tuple) or len(shape) not in (2, 3):
            raise ConversionError(
                f"its input is of shape {shape}, expected [batch, steps, "
                "features]"
            )
        self.model, self.shape = fresh(model), shape
        # A row may be divided into steps by a Reshape.
        self.steps = shape[1] if len(shape) == 3 else shape[1] // size
        self.example = SimpleNamespace(batch=shape[0] or BATCH, size=size)

    def sequences(self, mean=0.0, deviation=1.0):
        steps = self.steps or (STEPS if self.gives_each_step else STEPS_OF_LAST)
        return made(
            self.example.batch, steps, self.example.size, mean, deviation
        )

    @property
    def gives_each_step(self):
        return len(self.model.output_shape) == 3

    def outputs(self, sequences):
        """The outputs, NaN where the model gives none; no error of its own."""
        count, steps, _ = sequences.shape
        if self.gives_each_step:
            return self.run(sequences), None
        lengths = [steps] if self.steps else compared_lengths(steps)
        outputs = np.full((count, steps, self.model.output_shape[-1]), np.nan)
        for length in lengths:
            outputs[:, length - 1] = self.run(sequences[:, :length])
        return outputs, None

    def run(self, sequences):
        import keras

        size, outputs = self.example.batch, []
        for first in range(0, len(sequences), size):
            batch = sequences[first : first + size]
            padded = np.concatenate(
                [batch, np.repeat(batch[:1], size - len(batch), 0)]
            ).astype(np.float32)
            padded = padded.reshape(
                size, *(padded.shape[1:] if len(self.shape) == 3 else (-1,))
            )
            for layer in self.model.layers:
                if hasattr(layer, "reset_state"):
                    layer.reset_state()
            result = keras.ops.convert_to_numpy(
                self.model(padded, training=False)
            )
            outputs.append(result.astype(np.float64)[: len(batch)])
        return np.concatenate(outputs)


def fresh(model):
    """The model, or a copy if running it would change its state."""
    if not any(getattr(layer, "stateful", False) for layer in model.layers):
        return model
    import keras

    with tempfile.TemporaryDirectory(prefix="leat-") as folder:
        path = os.path.join(folder, "model.keras")
        model.save(path)
        return keras.models.load_model(path)
