# SPDX-License-Identifier: MIT
"""Run a trained LSTM, GRU or RNN over a stream, one sample per call.

    model = leat.Model.open("model.safetensors")
    stream = model.stream()
    for x in sensor:
        y = stream.step(x)

Arrays are numpy's, float32 and C-contiguous; nothing is copied or converted
on the way. The project's Include/leat.h and Include/leat_store.h say what each
call promises.
"""

from ._leat import Batch, Model, Stream, __version__, kernels, state_info
from .conversion import ConversionError, Report, check, from_keras, from_torch
from .errors import (
    ArgumentError,
    BusyError,
    CorruptError,
    Error,
    ExistsError,
    FallbackWarning,
    FencedError,
    FormatError,
    FullError,
    GoneError,
    InputError,
    InputOutputError,
    MismatchError,
    ModelError,
    NewerError,
    NotFoundError,
    NotStoreError,
    OutOfMemoryError,
    PositionError,
    ReadOnlyError,
    SQLiteError,
    SizeError,
    StoppedError,
    TooLateError,
    UnsupportedError,
)
from .records import (
    Checkpoint,
    Entry,
    Layer,
    LayerKind,
    Result,
    StateInfo,
    Statistics,
)
from .store import Autosave, Store

__all__ = [
    "ArgumentError",
    "Autosave",
    "Batch",
    "BusyError",
    "Checkpoint",
    "ConversionError",
    "CorruptError",
    "Entry",
    "Error",
    "ExistsError",
    "FallbackWarning",
    "FencedError",
    "FormatError",
    "FullError",
    "GoneError",
    "InputError",
    "InputOutputError",
    "Layer",
    "LayerKind",
    "MismatchError",
    "Model",
    "ModelError",
    "NewerError",
    "NotFoundError",
    "NotStoreError",
    "OutOfMemoryError",
    "PositionError",
    "ReadOnlyError",
    "Report",
    "Result",
    "SQLiteError",
    "SizeError",
    "StateInfo",
    "Statistics",
    "StoppedError",
    "Store",
    "Stream",
    "TooLateError",
    "UnsupportedError",
    "__version__",
    "check",
    "from_keras",
    "from_torch",
    "kernels",
    "state_info",
]
