# SPDX-License-Identifier: MIT
"""Interpreters that end, and children by fork."""

import contextlib
import multiprocessing
import os
import re
import signal
import sqlite3
import threading

import numpy as np
import pytest
from conftest import MODEL

import leat

OFFER = """
    import os, sys, leat, numpy
    model = leat.Model.open(sys.argv[1])
    store = leat.Store(sys.argv[2] + "/exit.db")
    autosave = store.autosave(stream_size=model.stream_size, every_ms=60000)
    stream = model.stream()
    for i in range(50):
        stream.step(numpy.full(3, i / 50, numpy.float32))
    autosave.offer(autosave.add("a"), stream)
    """


def position(tmp_path):
    with leat.Store(tmp_path / "exit.db") as store:
        return [entry.position for entry in store.streams()]


@pytest.mark.parametrize("end, code", [
    ("", 0), ("sys.exit(3)", 3), ("raise KeyError", 1),
    ("sys.cycle = [autosave]; sys.cycle.append(sys.cycle); del autosave", 0),
    ("import threading; threading.Thread(target=stream.state).start()", 0),
    # Something else has a reference and never gives it back.
    ("import ctypes; ctypes.pythonapi.Py_IncRef(ctypes.py_object(autosave))", 0),
    ("del store, model, stream", 0), ("del autosave, store", 0)])
def test_an_autosave_alive_at_exit(python, tmp_path, end, code):
    outcome = python(OFFER + end)
    assert outcome.returncode == code, outcome.stderr
    assert position(tmp_path) == [50]


def test_a_failure_at_exit_is_told(python, tmp_path):
    outcome = python(OFFER + "os.rename(sys.argv[2] + '/exit.db', "
                     "sys.argv[2] + '/moved.db')")
    assert outcome.returncode == 0
    assert "GoneError" in outcome.stderr


def test_one_that_is_busy_at_exit_stops_no_other(python, tmp_path):
    """A thread waits in one of many autosaves, and isn't waited for itself."""
    outcome = python("""
        import sqlite3, sys, threading, time, leat
        model = leat.Model.open(sys.argv[1])
        stream = model.stream()
        paths = [f"{sys.argv[2]}/{i}.db" for i in range(8)]
        stores = [leat.Store(path, timeout=30) for path in paths]
        autosaves = [store.autosave(stream_size=stream.size, every_ms=60000)
                     for store in stores]
        lock = sqlite3.connect(paths[0], check_same_thread=False)
        lock.execute("BEGIN IMMEDIATE")
        for autosave in autosaves:
            autosave.offer(autosave.add("a"), stream)
        threading.Thread(target=autosaves[0].flush, daemon=True).start()
        threading.Thread(target=lambda: (time.sleep(1), lock.rollback()),
                         daemon=True).start()
        time.sleep(0.3)
        """)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    for i in range(8):
        with leat.Store(tmp_path / f"{i}.db") as store:
            assert [entry.name for entry in store.streams()] == ["a"], i


def offer_and_end(path):
    """What a child of multiprocessing does, in a module that it can import."""
    global store, autosave
    store = leat.Store(path)
    stream = leat.Model.open(MODEL).stream()
    autosave = store.autosave(stream_size=stream.size, every_ms=60000)
    stream.run(np.zeros((50, 3), np.float32))
    autosave.offer(autosave.add("a"), stream)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_child_of_multiprocessing(tmp_path, method):
    child = multiprocessing.get_context(method).Process(
        target=offer_and_end, args=(tmp_path / "exit.db",))
    child.start()
    child.join(30)
    assert child.exitcode == 0
    assert position(tmp_path) == [50]


def test_a_killed_process_loses_only_what_was_not_acknowledged(
        python, tmp_path):
    outcome = python(OFFER + "autosave.flush()\n    os.kill(os.getpid(), 9)")
    assert outcome.returncode == -signal.SIGKILL
    assert position(tmp_path) == [50]


def in_child(function):
    """Run a function in a child by fork; return its exit code."""
    child = multiprocessing.get_context("fork").Process(target=function)
    child.start()
    child.join(30)
    assert child.exitcode is not None
    return child.exitcode


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_fork(store, model, stream, samples):
    expected = model.stream().run(samples)
    stream.run(samples[:100])
    store.save("a", stream)
    before = stream.state()

    def child():
        # Models and streams are memory: the child has its own.
        assert np.array_equal(stream.run(samples[100:]), expected[100:])
        # A store is its process's.
        for call in (store.streams, lambda: store.save("a", stream),
                     lambda: store.load("a", stream), store.begin):
            with pytest.raises(leat.ArgumentError, match="process"):
                call()
        store.close()

    assert in_child(child) == 0
    assert stream.state() == before
    stream.run(samples[100:])
    store.save("a", stream)
    assert store.load("a", model.stream()).position == 200


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_fork_with_an_autosave(store, model, stream, samples):
    with store.autosave(stream_size=stream.size) as autosave:
        slot = autosave.add("a")

        def child():
            with pytest.raises(leat.ArgumentError, match="process"):
                autosave.offer(slot, stream)
            with pytest.raises(leat.ArgumentError, match="process"):
                autosave.flush()
            autosave.stop()
            store.close()

        assert in_child(child) == 0
        # A child that does nothing about them ends, too.
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0
        stream.run(samples)
        autosave.offer(slot, stream)
    assert store.load("a", model.stream()).position == 200


@contextlib.contextmanager
def inside(call, is_inside):
    """Another thread is inside a call."""
    thread = threading.Thread(target=call)
    thread.start()
    while not is_inside():
        assert thread.is_alive()
    yield thread
    thread.join()


def is_busy(call):
    try:
        call()
    except RuntimeError:
        return True
    return False


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_fork_while_a_thread_uses_the_store(store, stream):
    """The child must close it, and can."""
    store.save("a", stream)
    reached, forked = threading.Event(), threading.Event()

    def progress(*_):
        reached.set()
        forked.wait(30)

    def child():
        with pytest.raises(leat.ArgumentError, match="process"):
            store.save("b", stream)
        store.close()
        assert store.closed

    with inside(lambda: store.verify(progress=progress), reached.is_set):
        assert in_child(child) == 0
        forked.set()
    assert len(store.streams()) == 1


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_fork_in_a_call(store, stream):
    """The child goes on in that call, so it can't close the store under it."""
    store.save("a", stream)
    children = []

    def progress(*_):
        children.append(os.fork())
        if children[-1] == 0:
            os._exit(not is_busy(store.close))

    store.verify(progress=progress)
    assert children
    for child in children:
        assert os.waitpid(child, 0)[1] == 0


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_fork_while_a_thread_runs_a_stream(model, stream):
    """The child's copy is in the middle of a step: it is told what to do."""
    state = stream.state()
    long = np.zeros((1000000, 3), np.float32)

    def child():
        for call in (stream.copy, lambda: stream.step(long[0]),
                     lambda: model.batch([stream])):
            with pytest.raises(RuntimeError, match=r"forked.*Model.load\(\)"):
                call()
        again = model.load(state)
        again.step(long[0])
        assert again.position == 1

    with inside(lambda: stream.run(long), lambda: is_busy(stream.copy)) as run:
        assert in_child(child) == 0
        assert run.is_alive(), "the run was too short for this test"
    assert stream.position == len(long)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("wait", ["flush", "remove", "stop"])
def test_fork_while_a_thread_waits_in_an_autosave(tmp_path, stream, wait):
    """In the child no thread is in it: it can be stopped, and its end is no
    error."""
    path = tmp_path / "exit.db"
    with leat.Store(path, timeout=30) as store:
        autosave = store.autosave(stream_size=stream.size)
        slot = autosave.add("a")

        def child():
            autosave.stop()
            store.close()

        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            autosave.offer(slot, stream)
            call = {"flush": autosave.flush, "stop": autosave.stop,
                    "remove": lambda: autosave.remove(slot)}[wait]
            reached = threading.Event()
            with inside(lambda: (reached.set(), call()), reached.is_set):
                reached.wait()
                threading.Event().wait(0.2)
                assert in_child(child) == 0
                connection.rollback()
        autosave.stop()
    assert position(tmp_path) == [0]


def test_a_child_that_exits_as_python_does(python, tmp_path):
    outcome = python(OFFER + """
    if os.fork() == 0:
        sys.exit(7)
    print(os.waitstatus_to_exitcode(os.wait()[1]))
    """)
    assert (outcome.stdout, outcome.returncode) == ("7\n", 0), outcome.stderr
    assert position(tmp_path) == [50]


def test_another_interpreter_is_told(python):
    """numpy tells it, or Python of this module; the first goes on."""
    outcome = python("""
        import sys, leat, numpy
        try:
            import _xxsubinterpreters as interpreters
        except ImportError:
            import _interpreters as interpreters
        other = interpreters.create()
        interpreters.run_string(other, "try:\\n import leat\\nexcept "
                                "ImportError as error: print(error)")
        stream = leat.Model.open(sys.argv[1]).stream()
        stream.step(numpy.zeros(3, numpy.float32))
        print(stream.position)
        """)
    assert outcome.returncode == 0, outcome.stderr
    refusal = "cannot load module more than once|not support loading in sub"
    assert re.search(refusal, outcome.stdout)
    assert outcome.stdout.endswith("\n1\n")
