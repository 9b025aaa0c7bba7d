# SPDX-License-Identifier: MIT
import itertools

import numpy as np
import pytest

import leat


@pytest.fixture
def streams(model):
    return [model.stream() for _ in range(40)]


def test_batch_is_each_stream(model, streams, samples):
    batch = model.batch(streams)
    assert batch.streams == tuple(streams)
    alone = [model.stream() for _ in streams]
    for turn in range(5):
        x = samples[turn * 40:turn * 40 + 40]
        out = batch.step(x)
        assert np.array_equal(out, [s.step(r) for s, r in zip(alone, x)])
        given = np.empty_like(out)
        assert batch.step(x, given) is given
        assert np.array_equal(given, [s.step(r) for s, r in zip(alone, x)])
    assert [s.state() for s in streams] == [s.state() for s in alone]


def test_step_at(model, streams, samples):
    batch = model.batch(iter(streams))
    x = samples[:40].copy()
    streams[1].run(samples[:3])
    x[2, 0] = np.nan
    positions = np.zeros(40, np.int64)
    positions[3] = 1
    before = streams[1].state()
    out, results = batch.step_at(positions, x)
    assert results.dtype == np.int32
    assert list(results[:5]) == [
        leat.Result.OK, leat.Result.SKIPPED, leat.Result.INPUT,
        leat.Result.POSITION, leat.Result.OK]
    assert not results[4:].any()
    assert np.isnan(out[1:4]).all() and not np.isnan(out[4:]).any()
    assert np.array_equal(out[0], model.stream().step(x[0]))
    assert [s.position for s in streams[:5]] == [1, 3, 0, 0, 1]
    assert streams[1].state() == before
    given, codes = np.full((40, 2), 5, np.float32), np.empty(40, np.int32)
    found = batch.step_at(positions.astype(np.uint64), x, given, codes)
    assert found[0] is given and found[1] is codes
    assert list(codes[:5]) == [1, 1, -3, -4, 1] and (given == 5).all()


@pytest.mark.parametrize("positions", [
    np.zeros(39, np.int64), np.zeros(40, np.int32), np.zeros(40), [0] * 40,
    np.zeros((40, 1), np.int64), np.zeros(80, np.int64)[::2],
    np.full(40, -1), np.zeros(40, ">i8"), None])
def test_wrong_positions(model, streams, samples, positions):
    batch = model.batch(streams)
    with pytest.raises((TypeError, ValueError), match="position"):
        batch.step_at(positions, samples[:40])
    assert streams[0].position == 0


@pytest.mark.parametrize("results", [
    np.zeros(39, np.int32), np.zeros(40, np.int64), [0] * 40,
    np.frombuffer(bytes(160), np.int32)])
def test_wrong_results(model, streams, samples, results):
    batch = model.batch(streams)
    with pytest.raises((TypeError, ValueError), match="results"):
        batch.step_at(np.zeros(40, int), samples[:40], None, results)
    assert streams[0].position == 0


def test_windows(model, samples):
    streams = [model.stream(10, 5) for _ in range(3)]
    streams[1].run(samples[:9])
    batch = model.batch(streams)
    out = batch.step(samples[:3])
    assert np.isnan(out[[0, 2]]).all() and not np.isnan(out[1]).any()
    positions = np.array([1, 10, 0])
    out, results = batch.step_at(positions, samples[:3])
    assert list(results) == [3, 3, 1] and np.isnan(out).all()


def test_wrong_streams(model, other_model, stream):
    for wrong, kind, words in (
            ([stream, stream], ValueError, "stream 1 is in the batch twice"),
            ([stream, other_model.stream()], ValueError, "stream 1 is of ano"),
            ([stream, model.stream(5)], ValueError, "stream 1 has window 5"),
            ([stream, None], TypeError, "None is no leat.Stream"),
            (stream, TypeError, "iterable"), (None, TypeError, "iterable")):
        with pytest.raises(kind, match=words):
            model.batch(wrong)
    assert stream.step(np.zeros(3, np.float32)) is not None


def test_empty(model):
    batch = model.batch([])
    assert batch.step(np.zeros((0, 3), np.float32)).shape == (0, 2)
    out, results = batch.step_at(np.zeros(0, int), np.zeros((0, 3), np.float32))
    assert out.shape == (0, 2) and results.shape == (0,)
    assert batch.state() == b""
    batch.load(b"")


def test_an_input_error_changes_nothing(model, streams, samples):
    batch = model.batch(streams)
    x = samples[:40].copy()
    x[39, 2] = np.inf
    before, out = batch.state(), np.full((40, 2), 5, np.float32)
    with pytest.raises(leat.InputError):
        batch.step(x, out)
    assert batch.state() == before and (out == 5).all()


def test_state(model, streams, samples):
    batch = model.batch(streams)
    batch.step(samples[:40])
    states = batch.state()
    assert states == b"".join(s.state() for s in streams)
    other = model.batch([model.stream() for _ in streams])
    other.load(states)
    assert other.state() == states
    damaged = bytearray(states)
    damaged[-1] ^= 1
    for wrong in (states[:-1], b"", damaged):
        fresh = model.batch([model.stream() for _ in streams])
        before = fresh.state()
        with pytest.raises((leat.SizeError, leat.CorruptError)):
            fresh.load(wrong)
        assert fresh.state() == before


def test_a_batch_keeps_its_streams(model, samples):
    batch = model.batch([model.stream() for _ in range(3)])
    assert np.array_equal(batch.step(samples[:3]),
                          [model.stream().step(x) for x in samples[:3]])


def test_overlap(model):
    """No two of the four arrays, but x and positions, which are only read."""
    batch = model.batch([model.stream() for _ in range(2)])
    before = batch.state()
    memory = np.zeros(8, np.int64)
    arrays = {"positions": np.zeros(2, int), "x": np.zeros((2, 3), np.float32),
              "out": np.zeros((2, 2), np.float32),
              "results": np.zeros(2, np.int32)}
    views = {"positions": memory[:2],
             "x": memory[:3].view(np.float32).reshape(2, 3),
             "out": memory[:2].view(np.float32).reshape(2, 2),
             "results": memory[1:2].view(np.int32)}
    for pair in itertools.combinations(arrays, 2):
        if pair == ("positions", "x"):
            continue
        names = f"{pair[0]} and {pair[1]} overlap"
        with pytest.raises(ValueError, match=names):
            batch.step_at(**{**arrays, **{name: views[name] for name in pair}})
    assert batch.state() == before
    batch.step_at(**{**arrays, "x": views["x"]})
    assert batch.step_at(np.ones(2, "<i8"), arrays["x"])[1].tolist() == [0, 0]


@pytest.mark.parametrize("positions, words", [
    ([0, 0], "positions is no array but <class 'list'>"),
    (np.zeros(3, int), r"positions has shape \(3,\); expected \(2,\)"),
    (np.zeros((2, 1), int), "positions has 2 dimensions"),
    (np.zeros(4, int)[::2], "positions is not contiguous"),
    (np.zeros(2), "type 'd'; expected int64")])
def test_wrong_positions(model, positions, words):
    batch = model.batch([model.stream() for _ in range(2)])
    with pytest.raises((TypeError, ValueError), match=words):
        batch.step_at(positions, np.zeros((2, 3), np.float32))
