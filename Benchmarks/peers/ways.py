# SPDX-License-Identifier: MIT
"""A way to run a model in one runtime, and the loop in C that times it."""
import contextlib
import ctypes

import numpy as np

pointer = ctypes.c_void_p
LEAT, LEAT_BATCH, ONNX_RUN, ONNX_BINDING, HANDLE, LITERT_RUN, TEMPLATE = range(7)


class Call(ctypes.Structure):
    _fields_ = [("argument", pointer * 8), ("input", pointer),
                ("output", pointer)]


class Carry(ctypes.Structure):
    _fields_ = [("to", pointer), ("source", pointer),
                ("bytes", ctypes.c_size_t)]


class Loop(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int32), ("calls", ctypes.c_int32),
                ("sample", ctypes.c_int32),
                ("function", pointer), ("call", Call * 2),
                ("carry", Carry * 8), ("carries", ctypes.c_size_t),
                ("input_floats", ctypes.c_size_t),
                ("output_floats", ctypes.c_size_t)]


def address(function):
    return ctypes.cast(function, pointer).value


class Way:
    """A way to run a model in one runtime."""
    block = 1   # steps for each reading of the clock

    def __init__(self, peer, name, streams=1):
        self.peer, self.name, self.streams = peer, name, streams
        self.ns = []

    def outputs(self, samples):
        """The outputs for samples. The state carries on."""
        raise NotImplementedError

    def run(self, samples):
        """Nanoseconds of each step."""
        raise NotImplementedError


class CWay(Way):
    """calls: [(arguments, address of the input, address of the output)]. A
    runtime that takes the sample's address has it as the argument `sample`, and
    no input."""
    timer = None    # loop.c

    def __init__(self, peer, name, model, kind, function, calls, carry=(),
                 streams=1, keep=(), block=1, sample=0):
        super().__init__(peer, name, streams)
        self.keep, self.block = keep, block
        self.loop = Loop(kind=kind, calls=len(calls), sample=sample,
                         function=address(function), carries=len(carry),
                         input_floats=model.input * streams,
                         output_floats=streams)
        for call, (arguments, source, target) in zip(self.loop.call, calls):
            for i, argument in enumerate(arguments):
                call.argument[i] = argument
            call.input, call.output = source, target
        for one, (to, source, size) in zip(self.loop.carry, carry):
            one.to, one.source, one.bytes = to, source, size

    def _run(self, samples, outputs, block):
        ns = np.zeros(len(samples) // block, np.uint64)
        code = self.timer.run(ctypes.byref(self.loop), ctypes.c_size_t(len(ns)),
                         ctypes.c_size_t(block), samples.ctypes, outputs,
                         ns.ctypes)
        if code:
            raise RuntimeError(f"a step returned {code}")
        return ns / block

    def outputs(self, samples):
        outputs = np.zeros((len(samples), self.streams), np.float32)
        self._run(samples, outputs.ctypes, 1)
        return outputs

    def run(self, samples):
        return self._run(samples, None, self.block).tolist()


def aligned(count):
    """Zeros aligned to a cache line, with room after them: some read too far."""
    block = np.zeros(count + 64, np.float32)
    skip = -block.ctypes.data % 64 // 4
    return block[skip:skip + count]





class PythonWay(Way):
    """step(sample) -> (nanoseconds, outputs)"""

    def __init__(self, peer, name, step, streams=1,
                 prepare=lambda row: row, mode=contextlib.nullcontext):
        super().__init__(peer, name, streams)
        self.step, self.prepare, self.mode = step, prepare, mode

    def outputs(self, samples):
        with self.mode():
            return np.array([
                np.asarray(self.step(self.prepare(row))[1]).ravel()
                for row in samples])

    def run(self, samples):
        with self.mode():
            return [self.step(row)[0]
                    for row in [self.prepare(row) for row in samples]]
