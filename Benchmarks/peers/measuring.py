# SPDX-License-Identifier: MIT
"""Check the ways of all peers against float64, and time those that are right in turn."""
import contextlib
import os
import sys
import time

import numpy as np

CHECKED, CHECKED_BATCHES = 200, 20  # steps
BOUND = 1e-4            # of float32
BOUND_INT8 = 5e-3       # of int8 weights and inputs; outputs reach 0.05
ROUNDS, SLICE = 9, 0.06  # turns, and seconds of each
THREADS = 1.3           # processor seconds a second that a way may take


def say(*words):
    print(*words, file=sys.stderr, flush=True)


@contextlib.contextmanager
def quiet():
    """Drop what C++ libraries write to stderr while they load."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def figures(way):
    """Median and p99 of a step of one stream, and the largest difference from
    float64."""
    return {"ns": round(float(np.median(way.ns)) / way.streams, 1),
            "p99_ns": round(float(np.percentile(way.ns, 99)) / way.streams, 1),
            "max_error": way.error}


class Run:
    def __init__(self, leat, peers, failed):
        self.leat, self.peers, self.failed = leat, peers, failed

    def _fail(self, peer, shape, why):
        say(f"  {shape}  {peer}: {why}")
        self.failed.append({"peer": peer, "shape": shape, "why": why})

    def _ways(self, model, kind, streams):
        """The ways of all peers; those that can't be made are failed."""
        for peer in self.peers:
            if not hasattr(peer, kind):
                continue
            arguments = (model, streams) if streams > 1 else (model,)
            try:
                made = getattr(peer, kind)(*arguments)
                while True:
                    with quiet():
                        way = next(made, None)
                    if way is None:
                        break
                    yield way
            except Exception as problem:
                self._fail(peer.name, model.name, first_line(problem))

    def _is_right(self, way, model, samples, expected, bound):
        name = f"{way.peer}, {way.name}"
        try:
            with quiet():
                error = np.abs(way.outputs(samples) - expected).max()
        except Exception as problem:
            self._fail(name, model.name, first_line(problem))
            return False
        way.error = float(error)
        if not error <= bound:      # NaN isn't
            self._fail(name, model.name, f"outputs differ from float64 by "
                       f"{error:.1e}, more than {bound:.0e}")
        return error <= bound

    def measure(self, model, kind="step", streams=1, bound=BOUND):
        """The figures of Leat, and the ways of the others."""
        samples = model.samples(CHECKED if streams == 1 else CHECKED_BATCHES,
                                streams)
        expected = model.outputs(samples)
        # Leat's is made first: some peers read the file of its model.
        leat = self.leat.way(model, streams, kind.startswith("int8"))
        if not self._is_right(leat, model, samples, expected, bound):
            sys.exit("Leat's own outputs are wrong")
        ways = [leat, *[way for way in self._ways(model, kind, streams)
                        if self._is_right(way, model, samples, expected,
                                          bound)]]
        for way in ways:
            some = model.samples(40 if streams == 1 else 16, streams)
            way.run(some)
            each = np.median(way.run(some)) / 1e9
            # An even number of whole blocks.
            count = int(np.clip(SLICE / each, 16, 8000)) // 16 * 16
            way.samples = model.samples(count, streams)
            way.wall = way.processor = 0
        for _ in range(ROUNDS):
            for way in ways:
                wall, processor = time.perf_counter(), time.process_time()
                way.ns += list(way.run(way.samples))
                way.processor += time.process_time() - processor
                way.wall += time.perf_counter() - wall
        for way in ways[1:]:
            if way.processor > THREADS * way.wall:
                self._fail(f"{way.peer}, {way.name}", model.name,
                           "took more than one thread")
        ways = [way for way in ways if way.processor <= THREADS * way.wall]
        for way in ways:
            found = figures(way)
            say(f"  {model.name:10} {way.peer:13} {way.name:45} "
                f"{found['ns']:>11,.0f} ns  p99 {found['p99_ns']:>11,.0f}  "
                f"error {way.error:.0e}")
        return figures(leat), [way for way in ways if way is not leat]


def first_line(problem):
    return (str(problem) or repr(problem)).splitlines()[0][:200]
