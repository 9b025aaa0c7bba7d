# SPDX-License-Identifier: MIT
"""What the library tells about models, states and stores.

Names and order are those of the structs in leat.h and leat_store.h; the
extension makes these records.
"""

from enum import IntEnum
from typing import NamedTuple


class Result(IntEnum):
    """What became of one stream's sample in `Batch.step_at`."""

    OK = 0
    SKIPPED = 1  # the sample had been taken in before
    NO_OUTPUT = 3  # taken in; no window ends with it
    INPUT = -3  # a value is NaN, infinite or too large
    POSITION = -4  # samples before it are missing


class LayerKind(IntEnum):
    """LEAT_LAYER_* of leat.h."""

    LSTM = 1
    LINEAR = 2
    ACTIVATION = 3
    RNN = 4
    GRU = 5
    SUM = 6
    SCALE = 7


class Layer(NamedTuple):
    """One layer of a model's list: leat_layer_info_t of leat.h."""

    kind: int  # a LayerKind; more may be added
    input_size: int
    output_size: int  # of a recurrent layer the floats in h
    hidden_size: int  # of a recurrent layer, else 0
    recurrent: int | None  # which recurrent layer it is
    activation: int  # LEAT_ACTIVATION_*
    weights: int  # LEAT_WEIGHTS_*
    projection_weights: int
    cell: int  # LEAT_CELL_*
    recurrent_activation: int
    cell_activation: int
    output_activation: int


class StateInfo(NamedTuple):
    """What a state says about itself."""

    version: int
    recurrent_layers: int
    position: int  # samples taken in
    fingerprint: bytes  # of the model it belongs to
    window: int  # of a windowed stream, else 0
    hop: int


class Checkpoint(NamedTuple):
    """What was loaded from a store."""

    generation: int  # 1, 2, ... of this stream or group
    position: int  # samples taken in
    saved_at_ms: int  # Unix time in milliseconds
    cursor: bytes  # what was saved with it
    corrupt_generations: int  # newer ones that were skipped
    store_is_behind: bool  # the store is older than what it acknowledged
    lost_samples: int
    state_size: int  # bytes
    fallback: bool  # perhaps not the newest: LEAT_FALLBACK


class Entry(NamedTuple):
    """A stream or group in a store."""

    name: str
    generation: int  # of its newest checkpoint
    position: int  # samples taken in
    saved_at_ms: int  # Unix time in milliseconds
    state_size: int  # bytes
    cursor_size: int  # bytes
    generations: int  # checkpoints kept
    members: int  # of a group; 0 of a stream


class Statistics(NamedTuple):
    """What is in a store."""

    streams: int  # and groups
    checkpoints: int
    state_bytes: int
    cursor_bytes: int
    oldest_ms: int  # Unix time in milliseconds, 0 when there is none
    newest_ms: int
    file_bytes: int
    free_bytes: int
    wal_bytes: int
    commits: int
    epoch: int  # how many writers there have been
    memory_used: int  # SQLite's, in the whole process
    memory_highest: int
    version: int  # of the tables
    is_behind: bool
