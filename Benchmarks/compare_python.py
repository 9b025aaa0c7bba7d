# SPDX-License-Identifier: MIT
"""Measure what Python adds to a step: the package leat beside the C library,
and beside ONNX Runtime and PyTorch as Python programs call them.

usage: compare_python.py LIBLEAT LIBPEERS RESULTS

All ways of a shape are timed in turn in one process, C among them, by
peers/measuring.py: it checks each way's outputs against float64,
and times C in a loop in C. A way in Python is a for loop over the samples. A
figure is the median of all times, as there.
"""
import ctypes
import datetime
import itertools
import json
import os
import pathlib
import sys
import tempfile
import time

import numpy as np

from peers.leat import Leat
from peers.measuring import Run, figures
from peers.model import Model
from peers.onnx_graph import onnx_file
from peers.pytorch import PyTorch
from peers.ways import CWay, Way

SHAPES, BATCHED, STREAMS = "BC", "BC", 128
BLOCK = 16              # steps for each reading of the clock


class LoopWay(Way):
    """step(sample) or step(sample, out) in a loop: what a program pays, with
    the loop's own time."""

    def __init__(self, peer, name, step, streams=1, out=None,
                 prepare=lambda row: row):
        super().__init__(peer, name, streams)
        self.step, self.out, self.prepare = step, out, prepare

    def outputs(self, samples):
        rest = () if self.out is None else (self.out,)
        return np.array([
            np.asarray(self.step(self.prepare(row), *rest)).ravel().copy()
            for row in samples])

    def _loop(self, rows):
        step, out = self.step, self.out
        start = time.perf_counter_ns()
        if out is None:
            for row in rows:
                step(row)
        else:
            for row in rows:
                step(row, out)
        return (time.perf_counter_ns() - start) / len(rows)

    def run(self, samples):
        rows = [self.prepare(row) for row in samples]
        return [self._loop(rows[first:first + BLOCK])
                for first in range(0, len(rows) - BLOCK + 1, BLOCK)]


class RunWay(Way):
    """run(samples): one call for many."""
    many = 32

    def __init__(self, peer, name, run):
        super().__init__(peer, name)
        self.all = run

    def outputs(self, samples):
        return self.all(samples)

    def run(self, samples):
        found = []
        for first in range(0, len(samples) - self.many + 1, self.many):
            start = time.perf_counter_ns()
            self.all(samples[first:first + self.many])
            found.append((time.perf_counter_ns() - start) / self.many)
        return found


class LeatPython:
    name = "leat"

    def _model(self, model):
        import leat
        return leat.Model.open(model.path(".safetensors"))

    def step(self, model):
        opened = self._model(model)
        out = np.empty(1, np.float32)
        yield LoopWay(self.name, "step(x, out)", opened.stream().step, out=out)
        yield LoopWay(self.name, "step(x)", opened.stream().step)
        yield RunWay(self.name, "run(x), 32 steps", opened.stream().run)

    def batch(self, model, streams):
        opened = self._model(model)
        batch = opened.batch([opened.stream() for _ in range(streams)])
        out = np.empty((streams, 1), np.float32)
        yield LoopWay(self.name, "Batch.step(x, out)", batch.step, streams, out,
                      lambda row: row.reshape(streams, -1))


class OnnxRuntimePython:
    name = "ONNX Runtime"

    def step(self, model, streams=1):
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            onnx_file(model, "LSTM", streams), options,
            providers=["CPUExecutionProvider"])
        shape = (1, streams, model.hidden)
        state = [np.zeros(shape, np.float32) for _ in range(2)]

        def step(x):
            y, *state[:] = session.run(
                None, {"x": x, "h0": state[0], "c0": state[1]})
            return y
        yield LoopWay(self.name, "session.run", step, streams, None,
                      lambda row: row.reshape(1, streams, -1))

    def batch(self, model, streams):
        yield from self.step(model, streams)


class PyTorchPython(PyTorch):
    """Its modules, called from Python there too."""

    def step(self, model):
        yield from itertools.islice(super().step(model), 2)

    def batch(self, model, streams):
        yield from itertools.islice(super().batch(model, streams), 1)


def row(shape, way, streams, found, reference):
    """Of all streams of a step."""
    return {"shape": shape, "way": way, "ns": round(found["ns"] * streams),
            "c_ns": round(reference["ns"] * streams)}


def main():
    libleat, libpeers, results = sys.argv[1:]
    CWay.timer = ctypes.CDLL(libpeers)
    peers = [LeatPython(), OnnxRuntimePython(), PyTorchPython()]
    failed, rows = [], []
    found = {"measured": str(datetime.date.today()), "cores": os.cpu_count(),
             "load": round(os.getloadavg()[0], 1), "rows": rows}
    run = Run(Leat(libleat), peers, failed)
    with tempfile.TemporaryDirectory() as folder:
        models = {name: Model(name, pathlib.Path(folder))
                  for name in SHAPES}
        for kind, streams, names in (("step", 1, SHAPES),
                                     ("batch", STREAMS, BATCHED)):
            for name in names:
                model = models[name]
                reference, ways = run.measure(model, kind, streams)
                shape = f"{model.input} → {model.hidden}"
                if streams > 1:
                    shape += f", {streams} streams"
                rows.append(row(shape, "C", streams, reference, reference))
                rows += [row(shape, f"{way.peer}: `{way.name}`", streams,
                             figures(way), reference)
                         for way in ways]
    pathlib.Path(results).write_text(json.dumps(found, indent=1) + "\n")
    if failed:
        sys.exit("not measured: " + "; ".join(
            f"{each['peer']}: {each['why']}" for each in failed))


if __name__ == "__main__":
    main()
