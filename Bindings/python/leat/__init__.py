# SPDX-License-Identifier: MIT
"""Run a trained LSTM, GRU or RNN over a stream, one sample per call.

    model = leat.Model.open("model.safetensors")
    stream = model.stream()
    for x in sensor:
        y = stream.step(x)

Arrays are numpy's, float32 and C-contiguous; nothing is copied or converted
on the way. Include/leat.h and Include/leat_store.h say what each call promises.
"""

from ._leat import Batch, Model, Stream, __version__, kernels, state_info
from .errors import *  # noqa: F403
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
