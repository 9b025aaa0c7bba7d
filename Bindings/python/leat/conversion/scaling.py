# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""Normalization that a program does around its module, and a model file can do
itself."""

import json

import numpy as np

from .errors import ConversionError


class Scaling:
    """(x - input_mean) / input_std before the module, y * output_std +
    output_mean after it."""

    def __init__(
        self, input_mean=None, input_std=None, output_mean=None, output_std=None
    ):
        self.found = {
            name: None if value is None else numbers(name, value)
            for name, value in (
                ("input_mean", input_mean),
                ("input_std", input_std),
                ("output_mean", output_mean),
                ("output_std", output_std),
            )
        }

    def has(self, side):
        return any(
            self.found[f"{side}_{word}"] is not None for word in ("mean", "std")
        )

    def pair(self, side):
        """Mean and deviation."""
        mean, deviation = (
            self.found[f"{side}_{word}"] for word in ("mean", "std")
        )
        return (0.0 if mean is None else mean), (
            1.0 if deviation is None else deviation
        )

    def add_to(self, tensors, metadata, inputs):
        for side in ("input", "output"):
            if not self.has(side):
                continue
            known = [
                name
                for name in tensors
                if name.split(".")[-1].startswith(f"{side}_")
            ]
            if known:
                raise ConversionError(
                    f"the module has its own {known[0]}; expected no "
                    f"{side}_mean= and {side}_std= beside it"
                )
            mean, deviation = self.pair(side)
            size = max(np.size(mean), np.size(deviation))
            size = inputs if side == "input" else size
            for word, value in (("mean", mean), ("std", deviation)):
                try:
                    tensors[f"{side}_{word}"] = np.broadcast_to(
                        np.float32(value), (size,)
                    )
                except ValueError:
                    raise ConversionError(
                        f"{side}_{word}: found {np.size(value)} numbers, "
                        f"expected {size}, or one"
                    ) from None
            if side == "output":
                metadata["leat.format"] = "2"

    def outputs(self, reference, sequences):
        """The truth and the error of float32 of the module between the two."""
        mean, deviation = self.pair("input")
        if self.has("input"):
            sequences = (sequences.astype(np.float64) - mean) / deviation
        truth, own = reference.outputs(sequences)
        mean, deviation = self.pair("output")
        for word, value in (("mean", mean), ("std", deviation)):
            if np.size(value) not in (1, truth.shape[-1]):
                raise ConversionError(
                    f"output_{word}: found {np.size(value)} numbers, "
                    f"expected {truth.shape[-1]}, or one"
                )
        return truth * deviation + mean, None if own is None else own * abs(
            deviation
        )

    @staticmethod
    def inputs(path, size):
        """Mean and deviation of the inputs that the file expects, by its
        normalizer."""
        with open(path, "rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length))
            found = []
            for words, usual in (
                (("input_mean", "input_min"), 0.0),
                (("input_std", "input_range"), 1.0),
            ):
                name = next(
                    (name for name in header if name.split(".")[-1] in words),
                    None,
                )
                if name is None:
                    found.append(usual)
                    continue
                entry = header[name]
                begin, end = entry["data_offsets"]
                file.seek(8 + length + begin)
                dtype = {"F32": "<f4", "F16": "<f2"}.get(entry["dtype"])
                data = file.read(end - begin)
                found.append(
                    np.frombuffer(data, dtype).reshape(-1) if dtype else usual
                )
        return found


def numbers(name, value):
    if hasattr(value, "detach"):  # a tensor, perhaps on another device
        value = value.detach().cpu().numpy()
    array = np.asarray(value, np.float64).reshape(-1)
    expected, fits = {
        "input_std": ("finite numbers above 0", array > 0),
        "output_std": ("finite numbers other than 0", array != 0),
    }.get(name, ("finite numbers", True))
    if not (np.isfinite(array) & fits).all():
        raise ValueError(f"{name}: expected {expected}")
    return array if array.size > 1 else array[0]
