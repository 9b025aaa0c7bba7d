# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""Writes a model file: safetensors with Leat's metadata.
Documentation/Formats.md describes it."""

import errno
import json
import os
import secrets
import struct

import numpy as np


def decimal(number):
    """A number of an activation, as short as it is the same float."""
    text = str(np.float32(number))
    return text.removesuffix(".0")


def model_bytes(tensors, metadata, narrow=None):
    """The bytes of a model file.

    - tensors: name to array of floats
    - narrow: "F16" or "BF16" to write those arrays in it that it holds exactly
    """
    header, body = {"__metadata__": dict(metadata)}, []
    offset = 0
    for name, array in tensors.items():
        array = np.ascontiguousarray(array, np.float32)
        dtype, data = narrowed(array, narrow)
        header[name] = {
            "dtype": dtype,
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(data)],
        }
        body.append(data)
        offset += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)  # the data is aligned
    return b"".join([struct.pack("<Q", len(text)), text, *body])


def narrowed(array, narrow):
    if narrow == "F16":
        with np.errstate(over="ignore"):
            half = array.astype("<f2")
        if np.array_equal(half.astype(np.float32), array):
            return "F16", half.tobytes()
    if narrow == "BF16":
        bits = array.view(np.uint32)
        if not (bits & 0xFFFF).any():
            return "BF16", (bits >> 16).astype("<u2").tobytes()
    return "F32", array.astype("<f4").tobytes()


def fail(number, path):
    raise OSError(number, os.strerror(number), path)


class NewFile:
    """A file that gets its name only when the block ends without an exception.

    with NewFile(path) as file:
        file.write(data); check(file.path)

    Raises an OSError at once if no file can have this path: it is made before a
    long conversion.
    """

    def __init__(self, path):
        self.final = os.fsdecode(path)
        folder, name = os.path.split(os.path.abspath(self.final))
        self.path = os.path.join(folder, f".{name}.{secrets.token_hex(4)}.new")
        if not os.path.basename(self.final) or os.path.isdir(self.final):
            fail(errno.EISDIR, self.final)
        if not os.path.isdir(folder):
            fail(errno.ENOENT, folder)
        if not os.access(folder, os.W_OK | os.X_OK):
            fail(errno.EACCES, folder)

    def __enter__(self):
        return self

    def write(self, data):
        try:
            with open(self.path, "xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:  # names the path that the program knows
            error.filename = self.final
            raise

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                os.replace(self.path, self.final)
        finally:
            if os.path.exists(self.path):
                os.unlink(self.path)
