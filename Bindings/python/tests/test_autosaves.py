# SPDX-License-Identifier: MIT
import gc
import weakref

import numpy as np
import pytest

import leat


@pytest.fixture
def autosave(store, model):
    with store.autosave(stream_size=model.stream_size, streams=8,
                        cursor_size=16) as autosave:
        yield autosave


def test_offer_and_flush(store, model, samples):
    stream = model.stream()
    with store.autosave(stream_size=stream.size, cursor_size=8) as autosave:
        slot = autosave.add("a")
        for x in samples:
            stream.step(x)
            autosave.offer(slot, stream, b"c")
        autosave.flush()
        assert autosave.durable(slot) == 200
        with pytest.raises(leat.ArgumentError, match="in use by"):
            store.streams()
    assert autosave.stopped
    assert store.load("a", model.stream())[1:4:2] == (200, b"c")


def test_groups(store, autosave, model, samples):
    streams = [model.stream() for _ in range(3)]
    slot = autosave.add_group("g", ["a", "b", "c"])
    for stream in streams:
        stream.run(samples)
    assert autosave.offer_group(slot, streams, b"one") == 1
    assert autosave.offer_group(slot, streams) == 0
    assert autosave.offer_group(slot, iter(streams), b"two", now=True) == 2
    autosave.flush()
    assert autosave.durable(slot) == 2
    autosave.stop()
    assert store.load_group("g", dict(zip("abc", streams))).cursor == b"two"


def test_remove(autosave, stream):
    slot = autosave.add("a")
    autosave.offer(slot, stream)
    autosave.remove(slot)
    with pytest.raises(leat.ArgumentError):
        autosave.offer(slot, stream)
    assert autosave.add("a") == slot


def test_refused(autosave, model, stream, samples, other_model):
    slot = autosave.add("a")
    with pytest.raises(leat.ExistsError):
        autosave.add("a")
    with pytest.raises(leat.FullError) as refused:
        autosave.add_group("g", [str(i) for i in range(8)])
    assert isinstance(refused.value, OSError)
    with pytest.raises(leat.SizeError):
        autosave.offer(slot, model.stream(50))
    with pytest.raises(leat.SizeError):
        autosave.offer(slot, stream, bytes(17))
    stream.run(samples)
    autosave.offer(slot, stream)
    with pytest.raises(leat.PositionError):
        autosave.offer(slot, model.stream())
    autosave.offer(slot, model.stream(), rewind=True)
    for wrong in (99, 2**32 - 1):
        for call in (lambda: autosave.offer(wrong, stream),
                     lambda: autosave.durable(wrong),
                     lambda: autosave.remove(wrong)):
            with pytest.raises(leat.ArgumentError):
                call()
    for call in (lambda: autosave.offer(-1, stream),
                 lambda: autosave.offer(2**32, stream),
                 lambda: autosave.add("b\0")):
        with pytest.raises(ValueError):
            call()
    for call in (lambda: autosave.offer(slot, None),
                 lambda: autosave.offer(slot), lambda: autosave.add(5),
                 lambda: autosave.offer("a", stream),
                 lambda: autosave.offer(slot, stream, "text"),
                 lambda: autosave.add_group("g", "ab"),
                 lambda: autosave.add_group("g", [1, 2]),
                 lambda: autosave.add_group("g", 5),
                 lambda: autosave.offer_group(slot, [None]),
                 lambda: autosave.offer_group(slot, 5)):
        with pytest.raises(TypeError):
            call()


def test_stopped(autosave, stream):
    slot = autosave.add("a")
    autosave.stop()
    autosave.stop()
    assert autosave.stopped
    for call in (autosave.flush, lambda: autosave.offer(slot, stream),
                 lambda: autosave.add("b"), lambda: autosave.durable(slot),
                 lambda: autosave.remove(slot),
                 lambda: autosave.add_group("g", ["c"]),
                 lambda: autosave.offer_group(slot, [stream])):
        with pytest.raises(ValueError, match="the autosave is stopped"):
            call()


def test_not_started(store, model):
    for wrong in ({"stream_size": 0}, {"streams": 0}, {"streams": -1},
                  {"streams": 2**31}, {"cursor_size": 2**20},
                  {"stream_size": -5}):
        with pytest.raises(ValueError):
            store.autosave(**{"stream_size": model.stream_size, **wrong})
    with pytest.raises(TypeError):
        store.autosave()
    with pytest.raises(TypeError):
        leat.Autosave(None, stream_size=1, streams=1, cursor_size=0,
                      every_samples=1, every_ms=1)
    store.save("a", model.stream())
    with store.autosave(stream_size=model.stream_size):
        with pytest.raises(leat.ArgumentError):
            store.autosave(stream_size=model.stream_size)


def test_closing_the_store_stops_it(tmp_path, model, stream, samples):
    store = leat.Store(tmp_path / "a.db")
    autosave = store.autosave(stream_size=model.stream_size, every_ms=60000)
    stream.run(samples)
    autosave.offer(autosave.add("a"), stream)
    store.close()
    assert autosave.stopped and store.closed
    with leat.Store(tmp_path / "a.db") as store:
        assert store.load("a", model.stream()).position == 200


def test_forgotten(tmp_path, model, stream, samples):
    """Nothing refers to it any more: what was offered is written."""
    store = leat.Store(tmp_path / "a.db")
    autosave = store.autosave(stream_size=model.stream_size, every_ms=60000)
    stream.run(samples)
    autosave.offer(autosave.add("a"), stream)
    gone = weakref.ref(autosave)
    del autosave
    gc.collect()
    assert gone() is None
    assert store.load("a", model.stream()).position == 200
    store.close()


def test_an_attribute_of_its_store(tmp_path, model, stream):
    """They refer to each other: the garbage collector frees both."""
    path = tmp_path / "a.db"
    store = leat.Store(path)
    store.mine = store.autosave(stream_size=model.stream_size, every_ms=60000)
    store.context = store.transaction()
    store.mine.offer(store.mine.add("a"), stream)
    gone = weakref.ref(store)
    del store
    gc.collect()
    assert gone() is None
    with leat.Store(path) as store:
        assert len(store.streams()) == 1


def test_another_start(store, model, stream):
    """After a failure it can be tried again; after a start it can't."""
    autosave = leat.Autosave.__new__(leat.Autosave)
    right = {"stream_size": model.stream_size, "streams": 2, "cursor_size": 0,
             "every_samples": 1, "every_ms": 100}
    with pytest.raises(leat.ArgumentError):
        autosave.__init__(store, **{**right, "stream_size": 0})
    autosave.__init__(store, **right)
    with pytest.raises(ValueError, match="has been started"):
        autosave.__init__(store, **right)
    autosave.offer(autosave.add("a"), stream)
    autosave.stop()
    with pytest.raises(ValueError, match="has been started"):
        autosave.__init__(store, **right)
    assert len(store.streams()) == 1


def test_it_keeps_models_and_store(tmp_path):
    from conftest import MODEL

    file = MODEL.read_bytes()
    size = leat.Model.from_bytes(file).model_size
    autosave = leat.Store(tmp_path / "a.db").autosave(
        stream_size=leat.Model.open(MODEL).stream_size, every_ms=60000)
    slot = autosave.add("a")
    for _ in range(3):
        model = leat.Model.from_bytes(file)
        stream = model.stream()
        stream.step(np.zeros(3, np.float32))
        autosave.offer(slot, stream)
        del model, stream
    # Were a model's memory free, this would be in it.
    junk = [bytearray(b"\xa5") * size for _ in range(200)]
    autosave.stop()
    del autosave, junk
    gc.collect()
    with leat.Store(tmp_path / "a.db") as store:
        assert store.streams()[0].position == 1


def test_a_failure_is_raised_and_abandoned(tmp_path, other_model, model):
    with leat.Store(tmp_path / "a.db") as store:
        store.save("a", other_model.stream())
        autosave = store.autosave(stream_size=10000)
        slot = autosave.add("a")
        autosave.offer(slot, model.stream())
        with pytest.raises(leat.MismatchError):
            autosave.flush()
        with pytest.raises(leat.MismatchError):
            autosave.stop()
        assert not autosave.stopped
        with pytest.raises(leat.MismatchError):
            store.close()
        assert not store.closed
        with pytest.raises(leat.MismatchError):
            autosave.remove(slot)
        with pytest.raises(leat.MismatchError):
            autosave.remove(slot, abandon=True)
        autosave.stop()
