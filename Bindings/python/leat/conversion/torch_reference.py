# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""What a module of PyTorch computes for sequences: in float64, and its own
error in float32."""

import numpy as np
import torch

from .comparison import STEPS, STEPS_OF_LAST, compared_lengths, made
from .errors import ConversionError
from .layers import Layers
from .network import Empty, Refused
from .torch_examples import examples
from .torch_module import apart, check_kind, unwrapped
from .torch_run import PlainRun, Run


class TorchReference:
    """A module, and an example that it runs on.

    - layers: what was found (layers.py); None if the module can't be followed
      and need not be
    - refusal: why it can't be
    """

    @apart()
    def __init__(self, module, example=None, output=None, must_follow=True):
        self.module, self.chosen = unwrapped(module), output
        check_kind(self.module)
        self.layers = self.refusal = None
        self.kind = Run
        failures = self.find(example)
        if self.layers is None and self.refusal is not None and not must_follow:
            self.kind = PlainRun
            failures = self.find(example)
        if self.layers is None and (self.kind is Run or self.example is None):
            self.refuse(failures)

    def find(self, example):
        """The first example that it runs on; returns why others failed."""
        failures, self.example, shape = [], None, None
        for found in examples(self.module, example, self.kind is PlainRun):
            if shape not in (None, found.arguments[0].shape):
                break  # it ran on this shape, and was refused
            if found.steps < 2 and example is None:
                continue
            sequences = made(found.batch, found.steps, found.size, seed=1)
            runs = {}
            try:
                for dtype in (torch.float64, torch.float32):
                    try:
                        runs[dtype] = self.kind(
                            self.module, found, sequences, dtype, self.chosen
                        )
                    except (Refused, ConversionError):
                        raise
                    except Exception as error:  # of the user's code
                        failure = error
                if not runs:
                    failures.append((found.arguments[0].shape, failure))
                    continue
                shape = found.arguments[0].shape
                self.check_repeats(found, sequences, runs)
                self.example, self.dtypes = found, list(runs)
                if self.kind is Run:
                    self.layers = Layers(list(runs.values())[-1].output)
                break
            except Refused as error:
                self.refusal, shape = (
                    self.refusal or error,
                    found.arguments[0].shape,
                )
        return failures

    def check_repeats(self, example, sequences, runs):
        dtype, run = list(runs.items())[-1]
        again = self.kind(self.module, example, sequences, dtype, self.chosen)
        if not np.array_equal(run.outputs, again.outputs, equal_nan=True):
            raise Refused(
                "the module gives other outputs for the same input, as if it "
                "were random, for example in its initial state or by "
                "dropout; expected the same each time"
            )

    def refuse(self, failures):
        if self.refusal:
            raise ConversionError(str(self.refusal))
        if not failures:
            raise ConversionError(
                "no module in it says how many inputs a step has; give an "
                "input with example="
            )
        shape, error = failures[0]
        raise ConversionError(
            f"the module can't be run on an input of shape {list(shape)}: "
            f"{type(error).__name__}: {error}; give what it is called with "
            "as example="
        ) from error

    @property
    def narrow(self):
        """The dtype of the file, if that of the module has 16 bits."""
        dtypes = {
            tensor.dtype
            for tensor in self.module.parameters()
            if tensor.is_floating_point()
        }
        return (
            {torch.float16: "F16", torch.bfloat16: "BF16"}.get(
                next(iter(dtypes))
            )
            if len(dtypes) == 1
            else None
        )

    # --- the outputs ---------------------------------------------------------

    @apart()
    def sequences(self, mean=0.0, deviation=1.0):
        """Random sequences that it can run, with this mean and deviation."""
        sizes = self.example.batch, STEPS, self.example.size
        sequences = made(*sizes, mean, deviation)
        try:
            outputs = self.run(sequences, self.dtypes[0])
        except Refused as error:
            raise ConversionError(f"over {STEPS} steps: {error}") from None
        except Exception:  # it takes a fixed number of steps
            return made(sizes[0], self.example.steps, sizes[2], mean, deviation)
        is_last = np.isnan(outputs[:, :-1]).all()
        return sequences[:, :STEPS_OF_LAST] if is_last else sequences

    @apart()
    def outputs(self, sequences):
        """The truth, and the error of float32, or None: [sequences, steps,
        outputs] each."""
        runs = [self.every_step(sequences, dtype) for dtype in self.dtypes]
        return runs[0], abs(runs[1] - runs[0]) if len(runs) == 2 else None

    def run(self, sequences, dtype):
        """Sequences in batches of the example's size."""
        size, outputs = self.example.batch, []
        for first in range(0, len(sequences), size):
            batch = sequences[first : first + size]
            padded = np.concatenate(
                [batch, np.repeat(batch[:1], size - len(batch), 0)]
            )
            run = self.kind(
                self.module, self.example, padded, dtype, self.chosen
            )
            outputs.append(run.outputs[: len(batch)])
        return np.concatenate(outputs)

    def every_step(self, sequences, dtype):
        """The outputs; of a module that gives the last step alone, those of
        beginnings of a sequence."""
        outputs = self.run(sequences, dtype)
        for steps in compared_lengths(sequences.shape[1]):
            if np.isnan(outputs[:, steps - 1]).all():
                try:
                    outputs[:, steps - 1] = self.run(
                        sequences[:, :steps], dtype
                    )[:, -1]
                except Empty:  # it leaves out the first steps
                    continue
                except Refused:
                    raise
                except Exception:  # it takes a fixed number of steps
                    break
        return outputs
