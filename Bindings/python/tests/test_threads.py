# SPDX-License-Identifier: MIT
"""Two threads at one object: a clear error, and the bits of one thread."""

import contextlib
import gc
import sqlite3
import sys
import threading
import time
import warnings

import numpy as np
import pytest

import leat

LONG = np.random.default_rng(1).standard_normal((400000, 3)).astype(np.float32)


class Running(threading.Thread):
    """A long call, and what it raised or returned. Entered when it is inside:
    when the stream is in use."""

    def __init__(self, call, in_use):
        super().__init__(target=self.work)
        self.call, self.in_use, self.result = call, in_use, None

    def work(self):
        try:
            self.result = self.call()
        except BaseException as error:
            self.result = error

    def __enter__(self):
        self.start()
        while not self.in_use():
            assert self.is_alive(), f"it ended unseen: {self.result}"
        return self

    def __exit__(self, *_):
        self.join()


def is_busy(stream):
    try:
        stream.position
    except RuntimeError as error:
        assert "another thread is using this stream" in str(error)
        return True
    return False


def test_a_running_stream(model, store):
    stream = model.stream()
    expected = model.stream().run(LONG)
    batch = model.batch([stream])
    x = LONG[0]
    state = model.stream().state()

    def set_position():
        stream.position = 5

    def set_h():
        stream.h_n = np.zeros((2, 9), np.float32)

    def set_kernel():
        stream.kernel = "portable"

    calls = [
        lambda: stream.step(x), lambda: stream.step_at(0, x),
        lambda: stream.run(LONG[:1]), stream.reset, stream.state, stream.copy,
        lambda: stream.load(state), lambda: stream.h_n, set_h, set_position,
        lambda: stream.get_state(0), lambda: stream.set_state(0),
        lambda: stream.outputs(0, 1), set_kernel, lambda: stream.kernel,
        lambda: batch.step(LONG[:1]), batch.state,
        lambda: batch.load(state), lambda: model.batch([stream]),
        lambda: batch.step_at(np.zeros(1, int), LONG[:1]),
        lambda: store.save("a", stream), lambda: store.load("a", stream),
        lambda: store.save_group("g", {"a": stream}),
        lambda: store.load_group("g", {"a": stream})]
    with Running(lambda: stream.run(LONG), lambda: is_busy(stream)) as running:
        for call in calls:
            with pytest.raises(RuntimeError, match="another thread is using"):
                call()
        assert running.is_alive(), "the run was too short for this test"
    assert np.array_equal(running.result, expected)
    assert stream.position == len(LONG)


def test_other_streams_go_on(model):
    """The GIL is free during a run: two of them, and this thread."""
    streams = [model.stream() for _ in range(2)]
    expected = model.stream().run(LONG)
    with Running(lambda: streams[0].run(LONG), lambda: is_busy(streams[0])) as a:
        with Running(lambda: streams[1].run(LONG),
                     lambda: is_busy(streams[1])) as b:
            assert a.is_alive()
    assert np.array_equal(a.result, expected)
    assert np.array_equal(b.result, expected)


def test_many_threads_and_one_stream(model):
    """Whatever they do, the stream is where the successful calls put it."""
    stream = model.stream()
    done = []

    def work():
        count = 0
        for i in range(300):
            try:
                count += len(stream.run(LONG[:50]))
            except RuntimeError:
                pass
            try:
                stream.step(LONG[i])
                count += 1
            except RuntimeError:
                pass
        done.append(count)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == stream.position > 0
    assert np.isfinite(stream.h_n).all()


def test_many_threads_and_one_store(store, model):
    streams = [model.stream() for _ in range(4)]
    refused, saved = [], []

    def work(stream, name):
        for x in LONG[:100]:
            stream.step(x)
            try:
                store.save(name, stream)
                saved.append(name)
            except RuntimeError as error:
                assert "one thread at a time" in str(error)
                refused.append(name)

    threads = [threading.Thread(target=work, args=(stream, str(i)))
               for i, stream in enumerate(streams)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(saved) + len(refused) == 400 and refused and saved
    store.verify()


def test_a_transaction_is_its_threads(store, stream):
    """What another thread saved would be undone with it."""
    calls = [lambda: store.save("other", stream), store.begin, store.commit,
             store.rollback, store.streams]
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.save("a", stream)
        for call in calls:
            with Running(call, lambda: True) as running:
                pass
            assert "a transaction open" in str(running.result)
            assert type(running.result) is RuntimeError
        1 / 0
    with Running(calls[0], lambda: True) as running:
        pass
    assert running.result is None
    assert [entry.name for entry in store.streams()] == ["other"]


@pytest.mark.parametrize("is_group", [False, True])
def test_a_stream_is_in_use_until_it_is_loaded(tmp_path, model, samples,
                                               monkeypatch, is_group):
    """The warning of a fallback runs Python code before the stream changes:
    what that code does to the stream would be lost."""
    path = tmp_path / "a.db"
    stream = model.stream()

    def call(store, method):
        argument = {"b": stream} if is_group else stream
        return getattr(store, method + "_group" * is_group)("a", argument)

    with leat.Store(path) as store:
        for first in 0, 10:
            stream.run(samples[first:first + 10])
            call(store, "save")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE leat_checkpoint SET "
                           "state = zeroblob(length(state)) "
                           "WHERE generation = 2")
        connection.commit()
    refused = []

    def showwarning(*_):
        with pytest.raises(RuntimeError, match="is using this stream"):
            stream.run(samples)
        refused.append(True)

    with leat.Store(path) as store, warnings.catch_warnings():
        warnings.simplefilter("always")
        monkeypatch.setattr(warnings, "showwarning", showwarning)
        assert call(store, "load").fallback
        assert refused and stream.position == 10
        stream.run(samples)


def test_a_state_is_read_whole(model):
    """Making the array for it may collect garbage, which runs Python code."""
    stream = model.stream()
    inside, threads = [], []

    class Garbage:
        def __del__(self):
            thread = threading.Thread(target=stream.run, args=(LONG,))
            thread.start()
            while not is_busy(stream):
                assert thread.is_alive()
            inside.append(is_reading)
            threads.append(thread)

    before = gc.get_threshold()
    gc.collect()
    gc.disable()
    gc.set_threshold(1, 1, 1)
    garbage = Garbage()
    garbage.itself = garbage
    del garbage
    refused, is_reading = False, True
    try:
        gc.enable()
        stream.h_n
        is_reading = False
    except RuntimeError:
        refused = True
    finally:
        gc.set_threshold(*before)
        gc.enable()
    gc.collect()
    threads[0].join()
    # From Python 3.12 on, garbage waits for the end of a call in C.
    assert inside == [True] or sys.version_info >= (3, 12)
    assert refused == inside[0]


@contextlib.contextmanager
def a_disk_that_waits(path):
    """Another connection holds the lock, so that no write gets on."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.rollback()


@pytest.mark.parametrize("wait, refusal", [
    (lambda autosave, slot: autosave.flush(), "inside a call"),
    (lambda autosave, slot: autosave.remove(slot), "removing slot 0"),
    (lambda autosave, slot: autosave.stop(), "is stopping")])
def test_an_autosave_that_waits(tmp_path, model, stream, wait, refusal):
    """flush, remove and stop wait for the disk without the GIL. What would
    take away what they use is refused meanwhile."""
    path = tmp_path / "a.db"
    with leat.Store(path, timeout=30) as store:
        autosave = store.autosave(stream_size=model.stream_size)
        slot = autosave.add("a")
        calls = {"inside a call": [autosave.stop],
                 "removing slot 0": [lambda: autosave.offer(slot, stream),
                                     lambda: autosave.durable(slot)],
                 "is stopping": [autosave.flush, autosave.stop,
                                 lambda: autosave.add("b")]}[refusal]
        with contextlib.ExitStack() as waits:
            waits.enter_context(a_disk_that_waits(path))
            autosave.offer(slot, stream)
            start = time.monotonic()
            with Running(lambda: wait(autosave, slot),
                         lambda: time.monotonic() - start > 0.3) as running:
                for call in calls:
                    with pytest.raises(RuntimeError, match=refusal):
                        call()
                assert running.is_alive()
                waits.close()
        assert running.result is None
        autosave.stop()
        assert [entry.position for entry in store.streams()] == [0]


def test_many_threads_and_one_autosave(store, model):
    with store.autosave(stream_size=model.stream_size, streams=8,
                        every_ms=1) as autosave:
        failures = []

        def work(name):
            stream = model.stream()
            for turn in range(20):
                slot = autosave.add(name)
                for x in LONG[:20]:
                    stream.step(x)
                    autosave.offer(slot, stream)
                if turn % 3 == 0:
                    autosave.flush()
                    if autosave.durable(slot) != stream.position:
                        failures.append(name)
                autosave.remove(slot)

        threads = [threading.Thread(target=work, args=(str(i),))
                   for i in range(4)]
        for thread in threads:
            thread.start()
        inside = 0
        while any(thread.is_alive() for thread in threads):
            try:
                autosave.add_group("x", ["y"] * 9)
            except (leat.ArgumentError, leat.FullError):
                inside += 1
        for thread in threads:
            thread.join()
    assert not failures and inside
    assert [e.position for e in store.streams()] == [400] * 4
