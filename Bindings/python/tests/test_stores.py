# SPDX-License-Identifier: MIT
import shutil
import warnings

import numpy as np
import pytest

import leat


def test_save_and_load(model, store, stream, samples):
    expected = model.stream().run(samples)
    stream.run(samples[:77])
    assert store.save("pump-7", stream, b"line 77") is None
    other = model.stream()
    checkpoint = store.load("pump-7", other)
    assert checkpoint.position == other.position == 77
    assert checkpoint.cursor == b"line 77"
    assert checkpoint.generation == 1 and not checkpoint.fallback
    assert checkpoint.state_size == model.state_size
    assert np.array_equal(other.run(samples[77:]), expected[77:])


def test_it_survives_its_store(tmp_path, stream, samples):
    stream.run(samples)
    with leat.Store(tmp_path / "a.db") as store:
        store.save("ö\n", stream, cursor=memoryview(b"x" * 65536))
    assert store.closed
    with leat.Store(str(tmp_path / "a.db"), read_only=True) as store:
        other = stream.model.stream()
        assert len(store.load("ö\n", other).cursor) == 65536
        assert other.state() == stream.state()
        with pytest.raises(leat.ReadOnlyError) as refused:
            store.save("b", stream)
        assert isinstance(refused.value, PermissionError)


def test_not_found(store, stream, samples):
    stream.run(samples)
    before = stream.state()
    with pytest.raises(KeyError, match="no stream 'none' in '.*state.db'") as f:
        store.load("none", stream)
    assert isinstance(f.value, leat.NotFoundError) and f.value.code == -20
    assert str(f.value).startswith("no stream")
    for call in (store.delete, store.export, store.members):
        with pytest.raises(leat.NotFoundError):
            call("none")
    with pytest.raises(leat.NotFoundError):
        store.rename("none", "other")
    assert stream.state() == before


def test_positions_and_models(store, model, other_model, stream, samples):
    stream.run(samples)
    store.save("a", stream)
    with pytest.raises(leat.PositionError):
        store.save("a", model.stream())
    with pytest.raises(leat.MismatchError):
        store.save("a", other_model.stream())
    with pytest.raises(leat.MismatchError):
        store.load("a", other_model.stream())
    with pytest.raises(leat.MismatchError):
        store.load("a", model.stream(10))
    store.save("a", model.stream(), rewind=True)
    store.save("a", other_model.stream(), replace=True)
    assert store.load("a", other_model.stream()).position == 0


def test_streams(store, model, samples):
    for name in ("b", "a"):
        stream = model.stream()
        for k in range(5):
            stream.run(samples[:10])
            store.save(name, stream, b"..." * k)
    entries = store.streams()
    assert [entry.name for entry in entries] == ["a", "b"]
    assert entries[0][1:3] == (5, 50)
    assert (entries[0].generations, entries[0].cursor_size) == (3, 12)
    statistics = store.statistics()
    assert (statistics.streams, statistics.checkpoints) == (2, 6)
    assert statistics.commits == 10 and statistics.is_behind is False
    assert store.prune(generations=1) == 4
    with pytest.raises(leat.ArgumentError):
        store.prune()
    assert store.prune(saved_before_ms=2**62, streams=True) == 2
    assert store.streams() == []


def test_export_import_rename_delete(store, model, stream, samples):
    stream.run(samples)
    store.save("a", stream, b"cursor")
    state, checkpoint = store.export("a")
    assert state == stream.state() and checkpoint.cursor == b"cursor"
    store.import_("b", state, b"other")
    store.rename("b", new_name="c")
    assert store.load("c", model.stream()).cursor == b"other"
    with pytest.raises(leat.ExistsError) as refused:
        store.rename("a", "c")
    assert isinstance(refused.value, FileExistsError)
    store.delete("a")
    assert [entry.name for entry in store.streams()] == ["c"]
    with pytest.raises(leat.CorruptError):
        store.import_("d", state[:-1])


def test_transactions(store, model, stream, samples):
    with store.transaction() as same:
        assert same is store
        store.save("a", stream)
        store.save("b", stream)
    assert len(store.streams()) == 2
    with pytest.raises(ZeroDivisionError):
        with store.transaction():
            store.save("c", stream)
            store.delete("a")
            1 / 0
    assert [entry.name for entry in store.streams()] == ["a", "b"]
    with pytest.raises(leat.ArgumentError):
        store.commit()
    with store.transaction(), pytest.raises(leat.ArgumentError):
        store.begin()
    with pytest.raises(KeyError), store.transaction():
        store.save("c", stream)
        store.rollback()
        raise KeyError
    assert len(store.streams()) == 2


def test_a_transaction_that_the_library_undid(store, model, other_model):
    """Nothing that follows in it is written by itself."""
    store.save("y", other_model.stream())
    stream, group = model.stream(), {"x": model.stream(), "y": model.stream()}

    def fail():
        store.save("a", stream)
        with pytest.raises(leat.MismatchError, match="rolled back"):
            store.save_group("g", group)
        for call in (lambda: store.save("b", stream), store.begin,
                     store.streams):
            with pytest.raises(leat.ArgumentError, match="rolled back"):
                call()

    with pytest.raises(ZeroDivisionError), store.transaction():
        fail()
        1 / 0
    with pytest.raises(leat.ArgumentError, match="rolled back"):
        with store.transaction():
            fail()
    store.begin()
    fail()
    store.rollback()
    assert [entry.name for entry in store.streams()] == ["y"]
    with store.transaction():
        store.save("c", stream)
    assert [entry.name for entry in store.streams()] == ["c", "y"]


def test_a_store_that_is_closed_in_a_transaction(tmp_path, stream):
    path = tmp_path / "a.db"
    store = leat.Store(path)
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.save("a", stream)
        store.close()
        1 / 0
    store = leat.Store(path)
    with pytest.raises(ValueError, match="the store is closed"):
        with store.transaction():
            store.save("a", stream)
            store.close()
    with leat.Store(path) as store:
        assert store.streams() == []


def test_closing_undoes_a_transaction(tmp_path, stream):
    with leat.Store(tmp_path / "a.db") as store:
        store.begin()
        store.save("a", stream)
    with leat.Store(tmp_path / "a.db") as store:
        assert store.streams() == []


def test_groups(store, model, other_model, samples):
    streams = {"left": model.stream(), "right": other_model.stream()}
    for stream in streams.values():
        stream.run(samples[:20])
    store.save_group("both", streams, b"20")
    left = streams["left"].state()
    streams["left"].run(samples[20:])
    store.save_group("both", {"left": None, "right": streams["right"]}, b"21")
    checkpoint = store.load_group("both", streams)
    assert checkpoint.cursor == b"21" and checkpoint.position == 40
    assert streams["left"].state() == left
    members = store.members("both")
    assert [(m.name, m.position) for m in members] == [
        ("left", 20), ("right", 20)]
    group = next(e for e in store.streams() if e.name == "both")
    assert group.members == 2
    store.delete("both")
    assert store.streams() == []


def test_wrong_groups(store, model, stream, samples):
    stream.run(samples)
    before = stream.state()
    fresh = model.stream()
    store.save_group("g", {"a": model.stream(), "b": model.stream()})
    for streams, kind in (
            ({"a": stream}, leat.MismatchError),
            ({"b": stream, "a": fresh}, leat.MismatchError),
            ({"a": stream, "b": stream}, ValueError),
            ({"a": stream, "b": None}, TypeError), ([stream], TypeError),
            ({1: stream, "b": fresh}, TypeError), ({}, ValueError),
            ({"a\0": stream, "b": fresh}, ValueError)):
        with pytest.raises(kind):
            store.load_group("g", streams)
        assert stream.state() == before
    with pytest.raises(leat.PositionError):
        store.save_group("h", {"x": stream})
        store.save_group("h", {"x": fresh})
    assert [m.position for m in store.members("g")] == [0, 0]


def test_backup_and_verify(store, tmp_path, stream, samples):
    stream.run(samples)
    store.save("a", stream)
    calls = []
    store.backup(tmp_path / "b.db", lambda *each: calls.append(each))
    assert calls[-1][0] == calls[-1][1] > 0
    with pytest.raises(leat.ExistsError):
        store.backup(tmp_path / "b.db")
    calls.clear()
    store.verify(progress=lambda *each: calls.append(each))
    assert calls[-1] == (1, 1)
    with leat.Store(tmp_path / "b.db") as copy:
        copy.verify()
        assert copy.load("a", stream).position == 200


def test_callbacks_end_the_call(store, tmp_path, stream):
    store.save("a", stream)
    for call in (lambda f: store.backup(tmp_path / "c.db", f),
                 lambda f: store.verify(progress=f),
                 lambda f: store.prune(generations=1, progress=f)):
        with pytest.raises(leat.StoppedError) as refused:
            call(lambda done, total: False)
        assert refused.value.code == -28
        with pytest.raises(ZeroDivisionError):
            call(lambda done, total: 1 / 0)
        with pytest.raises(TypeError):
            call(lambda: None)
        with pytest.raises(TypeError):
            call(5)
        # A store isn't for its own callbacks.
        with pytest.raises(RuntimeError, match="another call is using"):
            call(lambda done, total: store.streams())
        with pytest.raises(RuntimeError, match="another call is using"):
            call(lambda done, total: store.close())
    assert not (tmp_path / "c.db").exists()
    store.save("b", stream)


def test_damage(tmp_path, model, samples):
    path = tmp_path / "a.db"
    stream = model.stream()
    with leat.Store(path) as store:
        stream.run(samples[:10])
        store.save("a", stream)
        first = stream.state()
        stream.run(samples[10:])
        store.save("a", stream, b"second")
    data = bytearray(path.read_bytes())
    place = data.index(stream.state()[60:])
    data[place + 5] ^= 1
    path.write_bytes(data)
    with leat.Store(path) as store:
        findings = []
        with pytest.raises(leat.CorruptError) as refused:
            store.verify(findings.append)
        assert len(findings) >= 1 and findings[0] in str(refused.value)
        with pytest.raises(ZeroDivisionError):
            store.verify(lambda line: 1 / 0)
        loaded = model.stream()
        with pytest.warns(leat.FallbackWarning, match="'a'"):
            checkpoint = store.load("a", loaded)
        assert checkpoint.fallback and checkpoint.corrupt_generations == 1
        assert loaded.state() == first
        # A warning that is an error leaves the stream as it was.
        before = stream.state()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(leat.FallbackWarning):
                store.load("a", stream)
        assert stream.state() == before


def test_no_store(tmp_path, store):
    with pytest.raises(leat.InputOutputError):
        leat.Store(tmp_path / "none.db", create=False)
    with pytest.raises(OSError):
        leat.Store(tmp_path / "none/none.db")
    (tmp_path / "text.db").write_text("a text of some length\n" * 1000)
    with pytest.raises(leat.NotStoreError):
        leat.Store(tmp_path / "text.db")
    for wrong in ({"timeout": -1}, {"timeout": float("nan")},
                  {"timeout": 1e9}, {"generations": -1},
                  {"generations": 65}, {"generations": 2**32}):
        with pytest.raises(ValueError):
            leat.Store(tmp_path / "new.db", **wrong)
    for call in (lambda: leat.Store(), lambda: leat.Store(5),
                 lambda: leat.Store("a", "b"), lambda: leat.Store("a", x=1),
                 lambda: leat.Store(tmp_path / "a", generations="3")):
        with pytest.raises(TypeError):
            call()
    assert not (tmp_path / "new.db").exists()
    with pytest.raises(ValueError, match="open already"):
        store.__init__(tmp_path / "second.db")
    assert store.streams() == []


def test_wrong_arguments(store, stream):
    for call in (lambda: store.save("a", None), lambda: store.save(5, stream),
                 lambda: store.save("a", stream, "text"),
                 lambda: store.save("a"), lambda: store.save("a", stream, x=1),
                 lambda: store.load("a", b""), lambda: store.delete(None),
                 lambda: store.import_("a", None), lambda: store.backup(None),
                 lambda: store.rename("a"), lambda: store.prune(5)):
        with pytest.raises(TypeError):
            call()
    for name in ("", "a" * 256, "a\0b", "\ud800"):
        with pytest.raises(ValueError):
            store.save(name, stream)
    with pytest.raises(ValueError):
        store.save("a", stream, bytes(65537))
    assert store.streams() == []


def test_closed(tmp_path, store, stream):
    store.close()
    store.close()
    for call in (store.streams, store.statistics, store.begin, store.commit,
                 store.rollback, store.verify,
                 lambda: store.save("a", stream), lambda: store.export("a"),
                 lambda: store.load("a", stream), lambda: store.members("a"),
                 lambda: store.delete("a"), lambda: store.rename("a", "b"),
                 lambda: store.import_("a", stream.state()),
                 lambda: store.save_group("g", {"a": stream}),
                 lambda: store.load_group("g", {"a": stream}),
                 lambda: store.backup(tmp_path / "b.db"),
                 lambda: store.prune(generations=1),
                 lambda: store.autosave(stream_size=stream.size)):
        with pytest.raises(ValueError, match="the store is closed"):
            call()
    never = leat.Store.__new__(leat.Store)
    with pytest.raises(ValueError, match="the store is closed"):
        never.streams()


def test_one_writer(tmp_path, store, python):
    outcome = python("""
        import sys, leat
        try:
            leat.Store(sys.argv[2] + "/state.db", timeout=0)
        except leat.BusyError as error:
            print(error.code, isinstance(error, OSError))
        with leat.Store(sys.argv[2] + "/state.db", take_over=True):
            print("taken")
        """)
    assert outcome.stdout == "-22 True\ntaken\n", outcome.stderr
    with pytest.raises(leat.FencedError):
        store.save("a", leat.Model.open(python_model()).stream())


def python_model():
    from conftest import MODEL

    return MODEL


def test_a_store_that_is_gone(tmp_path, stream):
    with leat.Store(tmp_path / "a.db") as store:
        store.save("a", stream)
        shutil.move(tmp_path / "a.db", tmp_path / "b.db")
        with pytest.raises(leat.GoneError):
            store.save("a", stream)


@pytest.mark.parametrize("answer", [False, np.False_, 0, (), "raise"])
def test_progress_ends_a_call(store, stream, answer):
    for name in "abc":
        store.save(name, stream)
    calls = []

    def progress(*numbers):
        calls.append(numbers)
        return 1 / 0 if answer == "raise" else answer

    kind = ZeroDivisionError if answer == "raise" else leat.StoppedError
    with pytest.raises(kind):
        store.verify(progress=progress)
    assert len(calls) == 1


@pytest.mark.parametrize("answer", [None, True, np.True_, 1])
def test_progress_goes_on(store, stream, answer):
    for name in "abc":
        store.save(name, stream)
    store.verify(progress=lambda *_: answer)


def test_what_is_no_function(store, tmp_path):
    for call in (lambda: store.verify(5), lambda: store.verify(progress=5),
                 lambda: store.backup(tmp_path / "b.db", progress=5),
                 lambda: store.prune(generations=1, progress=5)):
        with pytest.raises(TypeError, match="is 5; expected a function"):
            call()


@pytest.mark.parametrize("call, words", [
    (lambda path: leat.Store(path, timeout=-1), "timeout is -1; expected 0 to"),
    (lambda path: leat.Store(path, timeout=float("nan")), "timeout is nan"),
    (lambda path: leat.Store(path, timeout="5"), "timeout is '5'; expected"),
    (lambda path: leat.Store(path, generations=-1),
     r"generations is -1; expected 0 to 2\^32 - 1"),
    (lambda path: leat.Store(path, generations=1.5),
     "generations is 1.5; expected a whole number"),
    (lambda path: leat.Store(path, generations=10**6000),
     "generations is (too large|10+); expected"),
    (lambda path: leat.Store(path).save_group("g", Pairs()),
     "streams has the item .*; expected a name and its stream")])
def test_messages_say_what_was_found(tmp_path, call, words):
    with pytest.raises((TypeError, ValueError), match=words):
        call(tmp_path / "a.db")


class Pairs:
    """A mapping that isn't."""

    def items(self):
        return [["a", None]]

    def __getitem__(self, name):
        raise KeyError(name)
