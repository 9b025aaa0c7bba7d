# SPDX-License-Identifier: MIT
"""Interpreters that end, and children by fork."""

import multiprocessing
import os
import signal

import numpy as np
import pytest

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


def test_a_child_that_exits_as_python_does(python, tmp_path):
    outcome = python(OFFER + """
    if os.fork() == 0:
        sys.exit(7)
    print(os.waitstatus_to_exitcode(os.wait()[1]))
    """)
    assert (outcome.stdout, outcome.returncode) == ("7\n", 0), outcome.stderr
    assert position(tmp_path) == [50]


def test_another_interpreter_can_import_it_or_is_told(python):
    outcome = python("""
        import sys, leat
        try:
            import _xxsubinterpreters as interpreters
        except ImportError:
            import _interpreters as interpreters
        other = interpreters.create()
        interpreters.run_string(other, "try:\\n import leat\\nexcept "
                                "ImportError as error: print(error)")
        print("alive")
        """)
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.endswith("alive\n")
