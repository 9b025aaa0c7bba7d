# SPDX-License-Identifier: MIT
"""Ctrl-C: what it ends, and what stays when it does."""

import contextlib
import os
import signal
import sqlite3
import threading

import pytest

import leat


@contextlib.contextmanager
def interrupted(seconds):
    """Send this process a Ctrl-C, and see it raised."""
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        yield
    timer.join()


@contextlib.contextmanager
def locked(path, seconds):
    """Another connection has the store for a while."""
    ready = threading.Event()

    def hold():
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            ready.set()
            threading.Event().wait(seconds)
            connection.rollback()

    thread = threading.Thread(target=hold)
    thread.start()
    assert ready.wait(30)
    yield
    thread.join()


def test_while_a_transaction_begins(tmp_path, stream):
    """It isn't left open: it would take in what is saved later."""
    path = tmp_path / "a.db"
    with leat.Store(path, timeout=30) as store:
        store.save("first", stream)
        with locked(path, 0.4), interrupted(0.1):
            with store.transaction():
                store.save("undone", stream)
        store.save("later", stream)
    with leat.Store(path) as store:
        assert [entry.name for entry in store.streams()] == ["first", "later"]


def test_while_an_autosave_stops(tmp_path, model, stream, samples):
    """The store is closed all the same."""
    path = tmp_path / "a.db"
    store = leat.Store(path, timeout=30)
    autosave = store.autosave(stream_size=model.stream_size, every_ms=60000)
    stream.run(samples)
    with locked(path, 0.4):
        autosave.offer(autosave.add("a"), stream)
        with interrupted(0.1), store:
            pass
        assert autosave.stopped and store.closed
    with leat.Store(path) as store:
        assert store.load("a", model.stream()).position == len(samples)


def test_a_long_call_ends_early(store, stream):
    """Nothing in Python runs during the call, so the extension must look."""
    with store.transaction():
        for i in range(3000):
            store.save(str(i), stream)
    calls = []
    store.verify(progress=calls.insert)
    whole = len(calls)
    calls.clear()
    with interrupted(0.001):
        store.verify(progress=calls.insert)
    assert len(calls) < whole
