# SPDX-License-Identifier: MIT
"""Ctrl-C: what it ends, and what stays when it does."""

import contextlib
import os
import signal
import sqlite3
import threading
import time

import pytest

import leat


@pytest.fixture(autouse=True)
def ctrl_c_raises():
    """Also in a shell's background, where programs begin with Ctrl-C ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def interrupted(until=lambda: time.sleep(0.2), then=lambda: None):
    """A Ctrl-C comes after until(), and ends the block. It comes while the
    thread is joined at the latest, so that no other test gets it."""
    inside = threading.Event()

    def send():
        inside.wait(30)
        until()
        os.kill(os.getpid(), signal.SIGINT)
        then()

    thread = threading.Thread(target=send)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        inside.set()
        yield
        thread.join()
    thread.join()


@contextlib.contextmanager
def interrupted_wait(path):
    """The same, while another connection has the store."""
    with contextlib.closing(sqlite3.connect(
            path, check_same_thread=False)) as connection:
        connection.execute("BEGIN IMMEDIATE")

        def release():
            time.sleep(0.3)
            connection.rollback()

        with interrupted(then=release):
            yield


def test_while_a_transaction_begins(tmp_path, stream):
    """It isn't left open: it would take in what is saved later."""
    path = tmp_path / "a.db"
    with leat.Store(path, timeout=30) as store:
        store.save("first", stream)
        with interrupted_wait(path):
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
    autosave.offer(autosave.add("a"), stream)
    with interrupted_wait(path), store:
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

    def until():
        while len(calls) < 10:
            time.sleep(0.0001)

    with interrupted(until):
        store.verify(progress=calls.insert)
    assert len(calls) < whole
