# SPDX-License-Identifier: MIT
"""Calls that fail, and objects that end, keep no memory."""

import contextlib
import gc
import tracemalloc

import numpy as np
import pytest
from conftest import MODEL

import leat

X = np.zeros((4, 3), np.float32)


def wrong_calls(model, store, autosave):
    stream = model.stream()
    batch = model.batch([model.stream() for _ in range(4)])
    state = stream.state()
    file = MODEL.read_bytes()
    nan = np.full(3, np.nan, np.float32)
    unstarted = leat.Autosave.__new__(leat.Autosave)
    return [
        lambda: stream.step(X), lambda: stream.step(X[0], X),
        lambda: stream.step(nan), lambda: stream.step([1]),
        lambda: stream.step(X[0], y=1), lambda: stream.step_at(5, X[0]),
        lambda: stream.run(X, X[:, :2]), lambda: stream.load(state[1:]),
        lambda: model.load(state[1:]), lambda: stream.get_state(5),
        lambda: stream.set_state(0, X), lambda: model.stream(5, 9),
        lambda: setattr(stream, "h_n", X), lambda: model.batch([stream] * 2),
        lambda: batch.step(X[:2]), lambda: batch.load(state),
        lambda: batch.step_at(np.zeros(3, int), X),
        lambda: batch.step_at(np.zeros(4, int), X, X),
        lambda: leat.Model.open("/none"),
        lambda: leat.Model.from_bytes(file[:-1]),
        lambda: leat.state_info(b""), lambda: store.load("none", stream),
        lambda: store.load("", stream), lambda: store.save("a", None),
        lambda: store.save("", stream, b"cursor"),
        lambda: store.load_group("g", {"a": stream, "b": stream}),
        lambda: store.load_group("g", {"a": stream}),
        lambda: store.save_group("g", {"a": stream, "b": 5}),
        lambda: store.verify(progress=lambda *_: 1 / 0),
        lambda: autosave.offer(99, stream, b""),
        lambda: unstarted.__init__(store, stream_size=0, streams=1,
                                   cursor_size=0, every_samples=1, every_ms=1),
        lambda: autosave.add_group("g", ["a", 5]),
        lambda: autosave.offer_group(0, [stream, stream])]


def right_calls(model, store):
    def pair():
        stream, other = model.stream(), model.stream(10, 5)
        stream.run(X), stream.step(X[0]), other.step(X[0])
        stream.copy().load(stream.state())
        stream.h_n = stream.h_n
        batch = model.batch([stream, model.stream()])
        batch.step(X[:2]), batch.step_at(np.zeros(2, int), X[:2])
        batch.load(batch.state())
        store.save("a", stream, b"c", replace=True)
        store.load("a", stream), store.export("a"), store.streams()
        leat.state_info(stream.state()), model.layers, model.normalizer
        store.statistics(), repr(stream), leat.kernels()

    def models():
        leat.Model.open(MODEL).stream().run(X)

    return [pair, models]


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def attempt(calls, times, refused):
    for call in calls:
        for _ in range(times):
            with contextlib.suppress(refused):
                call()


@pytest.mark.parametrize("kind", ["wrong", "right"])
def test_nothing_is_left(tmp_path, model, kind):
    with leat.Store(tmp_path / "a.db") as store, \
            leat.Store(tmp_path / "b.db") as second, \
            second.autosave(stream_size=model.stream_size) as autosave:
        calls = (wrong_calls(model, store, autosave) if kind == "wrong" else
                 right_calls(model, store))
        times = 3000 if kind == "wrong" else 150
        refused = Exception if kind == "wrong" else ()
        attempt(calls, times // 10, refused)
        gc.collect()
        tracemalloc.start()
        attempt(calls, times // 20, refused)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0], resident()
        attempt(calls, times // 5, refused)
        gc.collect()
        traced = tracemalloc.get_traced_memory()[0] - before[0]
        tracemalloc.stop()
        attempt(calls, times, refused)
        gc.collect()
        grown = resident() - before[1]
    # An object or a view left by each call would be 30,000 and more.
    assert traced < 20000, traced
    assert grown < 4 << 20, grown


def test_wrong_calls_are_wrong(tmp_path, model):
    with leat.Store(tmp_path / "a.db") as store, \
            leat.Store(tmp_path / "b.db") as second, \
            second.autosave(stream_size=model.stream_size) as autosave:
        store.save("stream", model.stream())
        for call in wrong_calls(model, store, autosave):
            with pytest.raises((ValueError, TypeError, leat.Error, IndexError,
                                ZeroDivisionError)):
                call()


def test_references_of_arguments(model):
    import sys

    stream, x, out = model.stream(), X[0].copy(), np.zeros(2, np.float32)
    counts = sys.getrefcount(x), sys.getrefcount(out), sys.getrefcount(None)
    for _ in range(1000):
        stream.step(x, out)
        stream.step_at(0, x, out)
        with pytest.raises(ValueError):
            stream.step(x, x[:1])
    assert sys.getrefcount(x) == counts[0]
    assert sys.getrefcount(out) == counts[1]
    assert abs(sys.getrefcount(None) - counts[2]) < 50
