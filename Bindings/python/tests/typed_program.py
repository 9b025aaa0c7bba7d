# SPDX-License-Identifier: MIT
"""A program that mypy --strict accepts, because the package has type hints."""

import array
import pathlib
import sys
import tempfile

import numpy as np
from numpy.typing import NDArray

import leat


def forecast(model: leat.Model, samples: NDArray[np.float32]) -> float:
    stream = model.stream()
    out = np.empty(model.output_size, np.float32)
    total = 0.0
    for x in samples:
        total += float(stream.step(x, out)[0])
    outputs: NDArray[np.float32] = stream.run(samples)
    windows: NDArray[np.float32] = model.stream(10, hop=5).run(samples)
    late = stream.step_at(stream.position, samples[0])
    if late is not None:
        total += float(late[0])
    return total + float(outputs.sum()) + float(np.nansum(windows))


def main(path: str) -> None:
    model = leat.Model.open(path)
    samples = np.zeros((20, model.input_size), np.float32)
    print(forecast(model, samples))
    batch = model.batch([model.stream(), model.stream()])
    rows, results = batch.step_at(np.zeros(2, np.int64), samples[:2])
    assert [leat.Result(code) for code in results] == [leat.Result.OK] * 2
    codes = np.zeros(2, np.int32)
    same: NDArray[np.int32] = batch.step_at(
        array.array("q", [1, 1]), samples[:2], results=codes)[1]
    assert same is codes
    stream = batch.streams[0]
    stream.step_at(np.int64(2), samples[0])
    stream.position = np.int64(5)
    stream.load(np.frombuffer(stream.state(), np.uint8))
    with tempfile.TemporaryDirectory() as folder:
        store_streams(pathlib.Path(folder) / "state.db", batch.streams[0])


def store_streams(path: pathlib.Path, stream: leat.Stream) -> None:
    with leat.Store(path, generations=5) as store:
        with store.transaction() as store:
            store.save("a", stream, b"cursor")
        checkpoint: leat.Checkpoint = store.load("a", stream)
        assert checkpoint.cursor == b"cursor"
        with store.autosave(stream_size=stream.size) as autosave:
            autosave.offer(autosave.add("b"), stream)
        try:
            store.load("c", stream)
        except leat.NotFoundError as error:
            print(error.code, error)


if __name__ == "__main__":
    main(sys.argv[1])
