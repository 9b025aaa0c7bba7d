# SPDX-License-Identifier: MIT
"""Measure other runtimes at a step of the models that bench.c measures.

usage: compare_peers.py LIBLEAT LIBPEERS RESULTS.json [step|gru|batch|int8 ...]

Each way to run a model in a runtime is first checked against Leat: the same
weights, the same 200 samples, every output within the bound. Only then is it
timed. All ways of a shape are timed in turn, Leat among them, so that a slow
spell of the machine is in all. Each has one thread.
"""
import contextlib
import ctypes
import datetime
import importlib.metadata
import importlib.util
import json
import logging
import os
import pathlib
import platform
import sys
import tempfile
import time
import warnings

import numpy as np

SHAPES = {"A": (1, 16, 1), "B": (3, 32, 1), "C": (8, 64, 1),
          "D": (16, 128, 2), "E": (64, 256, 2), "F": (64, 512, 2)}
GRU_SHAPES = {"GRU 8": (1, 8, 1), "GRU 16": (1, 16, 1),
              "GRU 40": (1, 40, 1), "GRU 64": (3, 64, 1),
              "GRU 128": (16, 128, 1)}
STREAMS, BATCHED = 256, "CD"
QUANTISED = "F"
CHECKED = 200           # steps
BOUND = 1e-4            # of float32
BOUND_INT8 = 2e-3       # of int8 weights and inputs; outputs reach 0.05
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


# --- the model ---------------------------------------------------------------

class Model:
    """Weights as PyTorch initialises and names them, and samples."""
    shapes, module, gates, metadata = SHAPES, "lstm", 4, None
    states = "hc"

    def __init__(self, name, folder):
        self.name, self.folder, self.leat = name, folder, None
        self.input, self.hidden, self.layers = self.shapes[name]
        k = self.hidden ** -0.5
        random = np.random.default_rng(list(name.encode()))

        def draw(*shape):
            return random.uniform(-k, k, shape).astype(np.float32)

        self.weights = {}
        for layer in range(self.layers):
            inputs = self.hidden if layer else self.input
            rows, name = self.gates * self.hidden, self.module
            self.weights |= {
                f"{name}.weight_ih_l{layer}": draw(rows, inputs),
                f"{name}.weight_hh_l{layer}": draw(rows, self.hidden),
                f"{name}.bias_ih_l{layer}": draw(rows),
                f"{name}.bias_hh_l{layer}": draw(rows)}
        self.weights |= {"head.weight": draw(1, self.hidden),
                         "head.bias": draw(1)}

    def path(self, suffix):
        return str(self.folder / f"{self.name}{suffix}")

    def samples(self, steps, streams=1):
        random = np.random.default_rng(steps)
        return random.standard_normal(
            (steps, streams * self.input)).astype(np.float32)

    def layer(self, layer):
        return tuple(self.weights[f"{self.module}.{what}_l{layer}"] for what in
                     ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))

    def joined(self, layer):
        """[4H, I + H] and [4H], with the gates in the order i, f, o, g, which is
        the fastest for a graph of plain operators."""
        w_ih, w_hh, b_ih, b_hh = self.layer(layer)
        order = np.concatenate([np.arange(k * self.hidden, (k + 1) *
                                          self.hidden) for k in (0, 1, 3, 2)])
        return (np.ascontiguousarray(np.concatenate([w_ih, w_hh], 1)[order]),
                (b_ih + b_hh)[order])


class GRUModel(Model):
    shapes, module, gates = GRU_SHAPES, "gru", 3
    metadata, states = {"leat.format": "2"}, "h"


# --- the timed loop in C -----------------------------------------------------

pointer = ctypes.c_void_p
LEAT, LEAT_BATCH, ONNX_RUN, ONNX_BINDING, HANDLE, LITERT_RUN = range(6)


class Call(ctypes.Structure):
    _fields_ = [("argument", pointer * 8), ("input", pointer),
                ("output", pointer)]


class Carry(ctypes.Structure):
    _fields_ = [("to", pointer), ("source", pointer),
                ("bytes", ctypes.c_size_t)]


class Loop(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int32), ("calls", ctypes.c_int32),
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
    """calls: [(arguments, address of the input, address of the output)]"""

    def __init__(self, peer, name, model, kind, function, calls, carry=(),
                 streams=1, keep=(), block=1):
        super().__init__(peer, name, streams)
        self.keep, self.block = keep, block
        self.loop = Loop(kind=kind, calls=len(calls),
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
        code = timer.run(ctypes.byref(self.loop), ctypes.c_size_t(len(ns)),
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


# --- Leat --------------------------------------------------------------------

class Leat:
    def __init__(self, path):
        self.library = ctypes.CDLL(path)
        self.library.leat_stream_size.restype = ctypes.c_size_t

    def _check(self, code):
        if code < 0:
            raise RuntimeError(f"Leat: code {code}")

    def version(self):
        number = self.library.leat_version()
        return f"{number // 10000}.{number // 100 % 100}.{number % 100}"

    def _stream(self, model):
        if model.leat is None:
            from safetensors.numpy import save_file
            path = model.path(".safetensors")
            save_file(model.weights, path, model.metadata)
            model.leat = pointer()
            self._check(self.library.leat_model_open(
                path.encode(), ctypes.byref(model.leat), None))
        handle, stream = model.leat, pointer()
        size = self.library.leat_stream_size(handle)
        memory = aligned(size // 4)
        self._check(self.library.leat_stream_init(
            pointer(memory.ctypes.data), ctypes.c_size_t(size), handle,
            ctypes.byref(stream), None))
        return stream, memory

    def way(self, model):
        stream, memory = self._stream(model)
        x, y = aligned(model.input), aligned(1)
        call = ([stream.value, x.ctypes.data, y.ctypes.data], x.ctypes.data,
                y.ctypes.data)
        return CWay("Leat", "leat_stream_step", model, LEAT,
                    self.library.leat_stream_step, [call],
                    keep=(memory, x, y), block=8)

    def outputs(self, model, samples):
        """The expected outputs: each stream stepped alone."""
        steps = len(samples)
        streams = samples.shape[1] // model.input
        each = samples.reshape(steps, streams, model.input)
        return np.concatenate([
            self.way(model).outputs(np.ascontiguousarray(each[:, s]))
            for s in range(streams)], 1)

    def batch(self, model, streams):
        made = [self._stream(model) for _ in range(streams)]
        table = (pointer * streams)(*[stream.value for stream, _ in made])
        x, y = aligned(model.input * streams), aligned(streams)
        call = ([ctypes.addressof(table), streams, x.ctypes.data,
                 y.ctypes.data], x.ctypes.data, y.ctypes.data)
        return CWay("Leat", "leat_batch_step", model, LEAT_BATCH,
                    self.library.leat_batch_step, [call], streams=streams,
                    keep=(made, table, x, y))


# --- ONNX: the graph that ONNX Runtime and OpenVINO read ---------------------

def onnx_file(model, kind, streams=1):
    """kind "LSTM", "GRU": the operator; "plain": matrix product and functions,
    of an LSTM."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    hidden, nodes, constants = model.hidden, [], {}

    def node(kind, inputs, *outputs, **attributes):
        nodes.append(helper.make_node(kind, inputs, outputs, **attributes))
        return outputs[0]

    def constant(name, value):
        constants[name] = np.ascontiguousarray(value)
        return name

    def gates(rows):
        """PyTorch: i, f, g, o and r, z, n; ONNX: i, o, f, g and z, r, n."""
        order = (1, 0, 2) if kind == "GRU" else (0, 3, 1, 2)
        parts = np.split(rows, len(order))
        return np.concatenate([parts[k] for k in order])

    one = [] if kind == "plain" else [1]
    x = "x"
    for n in range(model.layers):
        h, c = f"h{n}", f"c{n}"
        if kind != "plain":
            w_ih, w_hh, b_ih, b_hh = map(gates, model.layer(n))
            more = {"linear_before_reset": 1} if kind == "GRU" else {}
            states = [f"{s}{n}" for s in model.states]
            node(kind, [x, constant(f"w{n}", w_ih[None]),
                        constant(f"r{n}", w_hh[None]),
                        constant(f"b{n}", np.concatenate([b_ih, b_hh])[None]),
                        "", *states], "", *[s + "_next" for s in states],
                 hidden_size=hidden, **more)
        else:
            weights, bias = model.joined(n)
            both = node("Concat", [x, h], f"both{n}", axis=1)
            product = node("MatMul", [both, constant(f"w{n}", weights.T)],
                           f"product{n}")
            z = node("Add", [product, constant(f"b{n}", bias)], f"z{n}")
            two = constant(f"two{n}", np.array([3 * hidden, hidden]))
            node("Split", [z, two], f"zs{n}", f"zt{n}", axis=1)
            s = node("Sigmoid", [f"zs{n}"], f"s{n}")
            g = node("Tanh", [f"zt{n}"], f"g{n}")
            node("Split", [s, constant(f"three{n}", np.array([hidden] * 3))],
                 f"i{n}", f"f{n}", f"o{n}", axis=1)
            kept = node("Mul", [f"f{n}", c], f"kept{n}")
            new = node("Mul", [f"i{n}", g], f"new{n}")
            node("Add", [kept, new], c + "_next")
            bounded = node("Tanh", [c + "_next"], f"bounded{n}")
            node("Mul", [f"o{n}", bounded], h + "_next")
        x = h + "_next"
    product = node("MatMul", [x, constant("v", model.weights["head.weight"].T)],
                   "product")
    node("Add", [product, constant("a", model.weights["head.bias"])], "y")

    def value(name, size):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT,
                                             one + [streams, size])
    states = [f"{s}{n}" for n in range(model.layers) for s in model.states]
    graph = helper.make_graph(
        nodes, "step",
        [value("x", model.input)] + [value(s, hidden) for s in states],
        [value("y", 1)] + [value(s + "_next", hidden) for s in states],
        [numpy_helper.from_array(v, k) for k, v in constants.items()])
    made = helper.make_model(graph, ir_version=10, opset_imports=[
        helper.make_opsetid("", 17)])
    onnx.checker.check_model(made)
    path = model.path(f"-{kind}-{streams}.onnx")
    onnx.save(made, path)
    return path


# --- ONNX Runtime, by its C interface ----------------------------------------

class OnnxRuntime:
    """The constants are the indices of functions in its table, which never change."""
    CREATE_ENV, CREATE_SESSION, RUN, CREATE_OPTIONS = 3, 7, 9, 10
    ERROR_MESSAGE, OPTIMISE, INTRA_THREADS, INTER_THREADS = 2, 23, 24, 25
    CREATE_TENSOR, CPU_MEMORY, RUN_BINDING = 49, 69, 133
    CREATE_BINDING, BIND_INPUT, BIND_OUTPUT = 134, 136, 137
    name = "ONNX Runtime"

    def __init__(self):
        import onnxruntime
        self.version = onnxruntime.__version__
        folder = pathlib.Path(onnxruntime.__file__).parent / "capi"
        library = ctypes.CDLL(str(next(folder.glob("libonnxruntime.*"))))
        library.OrtGetApiBase.restype = ctypes.POINTER(pointer * 2)
        get_api = ctypes.CFUNCTYPE(pointer, ctypes.c_uint32)(
            library.OrtGetApiBase().contents[0])
        self.table = (pointer * 256).from_address(get_api(17))
        self.environment = self._make(self.CREATE_ENV, ctypes.c_int(3),
                                      b"peers")
        self.memory = self._make(self.CPU_MEMORY, ctypes.c_int(1),
                                 ctypes.c_int(0))

    def _call(self, place, *arguments):
        status = ctypes.CFUNCTYPE(pointer)(self.table[place])(*arguments)
        if status:
            message = ctypes.CFUNCTYPE(ctypes.c_char_p, pointer)(
                self.table[self.ERROR_MESSAGE])(status)
            raise RuntimeError(message.decode())

    def _make(self, place, *arguments):
        made = pointer()
        self._call(place, *arguments, ctypes.byref(made))
        return made

    def _session(self, path):
        options = self._make(self.CREATE_OPTIONS)
        self._call(self.INTRA_THREADS, options, ctypes.c_int(1))
        self._call(self.INTER_THREADS, options, ctypes.c_int(1))
        self._call(self.OPTIMISE, options, ctypes.c_int(99))
        return self._make(self.CREATE_SESSION, self.environment, path.encode(),
                          options)

    def _tensor(self, array, shape):
        return self._make(
            self.CREATE_TENSOR, self.memory, pointer(array.ctypes.data),
            ctypes.c_size_t(array.nbytes),
            (ctypes.c_int64 * len(shape))(*shape),
            ctypes.c_size_t(len(shape)), ctypes.c_int(1))

    def ways(self, model, path, title, streams=1, rank=3):
        """Two sets of arrays alternate as the state before and after a step:
        nothing is copied."""
        session = self._session(path)
        lead = [1] if rank == 3 else []
        states = [f"{s}{n}" for n in range(model.layers)
                  for s in model.states]
        x, y = aligned(model.input * streams), aligned(streams)
        sets = [[aligned(model.hidden * streams) for _ in states]
                for _ in range(2)]
        tensors = [[self._tensor(a, lead + [streams, model.hidden])
                    for a in arrays] for arrays in sets]
        x_tensor = self._tensor(x, lead + [streams, model.input])
        y_tensor = self._tensor(y, lead + [streams, 1])
        ins = ["x"] + states
        outs = ["y"] + [s + "_next" for s in states]
        in_names = (ctypes.c_char_p * len(ins))(*[n.encode() for n in ins])
        out_names = (ctypes.c_char_p * len(outs))(*[n.encode() for n in outs])
        runs, bindings, keep = [], [], [x, y, sets, in_names, out_names]
        for here in (0, 1):
            values = [x_tensor] + tensors[here]
            results = [y_tensor] + tensors[1 - here]
            in_values = (pointer * len(ins))(*[v.value for v in values])
            out_values = (pointer * len(outs))(*[v.value for v in results])
            keep += [in_values, out_values]
            runs.append(([session.value, None, ctypes.addressof(in_names),
                          ctypes.addressof(in_values), len(ins),
                          ctypes.addressof(out_names), len(outs),
                          ctypes.addressof(out_values)],
                         x.ctypes.data, y.ctypes.data))
            binding = self._make(self.CREATE_BINDING, session)
            for n, v in zip(ins, values):
                self._call(self.BIND_INPUT, binding, n.encode(), v)
            for n, v in zip(outs, results):
                self._call(self.BIND_OUTPUT, binding, n.encode(), v)
            bindings.append(([session.value, None, binding.value],
                             x.ctypes.data, y.ctypes.data))
        for array in sum(sets, []):
            array[:] = 0
        yield CWay(self.name, f"{title}, Run", model, ONNX_RUN,
                   pointer(self.table[self.RUN]), runs, streams=streams,
                   keep=keep)
        for array in sum(sets, []):
            array[:] = 0
        yield CWay(self.name, f"{title}, RunWithBinding", model, ONNX_BINDING,
                   pointer(self.table[self.RUN_BINDING]), bindings,
                   streams=streams, keep=keep)

    def step(self, model, streams=1):
        yield from self.ways(model, onnx_file(model, "LSTM", streams),
                             "LSTM operator", streams)
        yield from self.ways(model, onnx_file(model, "plain", streams),
                             "plain operators", streams, rank=2)

    batch = step

    def gru(self, model):
        yield from self.ways(model, onnx_file(model, "GRU"), "GRU operator")

    def int8(self, model):
        from onnxruntime.quantization import QuantType, quantize_dynamic
        for kind, title, rank in (("LSTM", "LSTM operator", 3),
                                  ("plain", "plain operators", 2)):
            path = model.path(f"-{kind}-int8.onnx")
            quantize_dynamic(onnx_file(model, kind), path,
                             weight_type=QuantType.QInt8, per_channel=True)
            yield from self.ways(model, path, title + ", quantize_dynamic",
                                 rank=rank)


# --- OpenVINO, by its C interface --------------------------------------------

class OpenVino:
    name = "OpenVINO"

    def __init__(self):
        import openvino
        self.version = openvino.__version__.split("-")[0]
        self.openvino = openvino
        folder = pathlib.Path(openvino.__file__).parent / "libs"
        self.library = ctypes.CDLL(str(next(folder.glob("libopenvino_c.*"))))
        self.core = self._make("ov_core_create")

    def _call(self, name, *arguments):
        code = getattr(self.library, name)(*arguments)
        if code:
            self.library.ov_get_last_err_msg.restype = ctypes.c_char_p
            raise RuntimeError(f"{name}: {code} " + (
                self.library.ov_get_last_err_msg() or b"").decode()[:200])

    def _make(self, name, *arguments):
        made = pointer()
        self._call(name, *arguments, ctypes.byref(made))
        return made

    def _data(self, tensor):
        return self._make("ov_tensor_data", tensor).value

    def _requests(self, path, count):
        properties = {"PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": "1",
                      "INFERENCE_NUM_THREADS": "1",
                      "INFERENCE_PRECISION_HINT": "f32"}
        compiled = pointer()
        self._call("ov_core_compile_model_from_file", self.core, path.encode(),
                   b"CPU", ctypes.c_size_t(2 * len(properties)),
                   ctypes.byref(compiled), *[
                       word.encode() for pair in properties.items()
                       for word in pair])
        return [self._make("ov_compiled_model_create_infer_request", compiled)
                for _ in range(count)]

    def _port(self, request, side, index):
        return self._make(f"ov_infer_request_get_{side}_tensor_by_index",
                          request, ctypes.c_size_t(index))

    def ways(self, model, path, title, streams=1):
        states = [f"{s}{n}" for n in range(model.layers) for s in "hc"]
        keep, calls = [], []
        requests = self._requests(path, 2)
        for here, request in enumerate(requests):
            x = self._port(request, "input", 0)
            for n in range(len(states)):
                result = self._port(request, "output", n + 1)
                self._call("ov_infer_request_set_input_tensor_by_index",
                           requests[1 - here], ctypes.c_size_t(n + 1), result)
                ctypes.memset(self._data(result), 0,
                              4 * streams * model.hidden)
            calls.append(([request.value], self._data(x), self._data(
                self._port(request, "output", 0))))
        yield CWay(self.name, f"{title}, state as tensors", model, HANDLE,
                   self.library.ov_infer_request_infer, calls,
                   streams=streams, keep=keep)

        from openvino._offline_transformations import (
            apply_make_stateful_transformation)
        graph = self.openvino.Core().read_model(path)
        apply_make_stateful_transformation(
            graph, {s: s + "_next" for s in states})
        stateful = path.replace(".onnx", "-stateful.xml")
        self.openvino.serialize(graph, stateful)
        request, = self._requests(stateful, 1)
        yield CWay(self.name, f"{title}, ReadValue and Assign", model, HANDLE,
                   self.library.ov_infer_request_infer, [(
                       [request.value], self._data(
                           self._port(request, "input", 0)),
                       self._data(self._port(request, "output", 0)))],
                   streams=streams)

    def step(self, model, streams=1):
        yield from self.ways(model, onnx_file(model, "LSTM", streams),
                             "LSTM operator", streams)
        yield from self.ways(model, onnx_file(model, "plain", streams),
                             "plain operators", streams)

    batch = step


# --- LiteRT, by its C interface ----------------------------------------------

class LiteRt:
    name = "LiteRT"

    def __init__(self):
        self.version = importlib.metadata.version("ai-edge-litert")
        found = importlib.util.find_spec("ai_edge_litert")
        folder = pathlib.Path(found.submodule_search_locations[0])
        self.library = ctypes.CDLL(str(folder / "libLiteRt.so"))
        self.environment = self._make("LiteRtCreateEnvironment", 0, None)

    def _call(self, name, *arguments):
        code = getattr(self.library, name)(*arguments)
        if code:
            raise RuntimeError(f"{name}: {code}")

    def _make(self, name, *arguments):
        made = pointer()
        self._call(name, *arguments, ctypes.byref(made))
        return made

    def _file(self, model, kind, streams=1):
        """A flatbuffer, by the schema in the wheel. kind "LSTM": the operator,
        which keeps its state itself; "plain"; "int8": plain operators with int8
        weights, a scale for each row, and inputs quantised at each step."""
        import flatbuffers
        from ai_edge_litert import schema_py_generated as schema
        operators, codes, buffers = [], [], [schema.BufferT()]
        tensors, hidden, fused = [], model.hidden, kind == "LSTM"
        types = {np.dtype(np.float32): schema.TensorType.FLOAT32,
                 np.dtype(np.int32): schema.TensorType.INT32,
                 np.dtype(np.int8): schema.TensorType.INT8}

        def tensor(shape, kind=np.dtype(np.float32), **more):
            tensors.append(schema.TensorT(shape=list(shape), type=types[kind],
                                          name=f"t{len(tensors)}", **more))
            return len(tensors) - 1

        def constant(data, **more):
            buffers.append(schema.BufferT(data=np.frombuffer(
                np.ascontiguousarray(data).tobytes(), np.uint8)))
            return tensor(data.shape, data.dtype, buffer=len(buffers) - 1,
                          **more)

        def matrix(data):
            if kind != "int8":
                return constant(data)
            scale = np.abs(data).max(1) / 127
            return constant(
                np.rint(data / scale[:, None]).astype(np.int8),
                quantization=schema.QuantizationParametersT(
                    scale=scale, zeroPoint=np.zeros(len(scale), np.int64)))

        def operator(name, inputs, shapes, options=None):
            code = getattr(schema.BuiltinOperator, name)
            if code not in codes:
                codes.append(code)
            outputs = [tensor(shape) for shape in shapes]
            kind = type(options).__name__[:-1] if options else "NONE"
            operators.append(schema.OperatorT(
                opcodeIndex=codes.index(code), inputs=inputs, outputs=outputs,
                builtinOptionsType=getattr(schema.BuiltinOptions, kind),
                builtinOptions=options))
            return outputs if len(outputs) > 1 else outputs[0]

        row = (streams, hidden)
        x = tensor((1, streams, model.input) if fused else
                   (streams, model.input))
        ins, states = [x], []
        for n in range(model.layers):
            if fused:
                w_ih, w_hh, b_ih, b_hh = model.layer(n)
                split = [[constant(part) for part in np.split(whole, 4)]
                         for whole in (w_ih, w_hh, b_ih + b_hh)]
                (wi, wf, wg, wo), (ri, rf, rg, ro), (bi, bf, bg, bo) = split
                h, c = (tensor(row, isVariable=True) for _ in range(2))
                x = operator(
                    "UNIDIRECTIONAL_SEQUENCE_LSTM",
                    [x, wi, wf, wg, wo, ri, rf, rg, ro, -1, -1, -1, bi, bf, bg,
                     bo, -1, -1, h, c, -1, -1, -1, -1], [(1, *row)],
                    schema.UnidirectionalSequenceLSTMOptionsT(
                        fusedActivationFunction=4, timeMajor=True))
                continue
            h, c = tensor(row), tensor(row)
            ins += [h, c]
            weights, bias = model.joined(n)
            both = operator("CONCATENATION", [x, h],
                            [(streams, weights.shape[1])],
                            schema.ConcatenationOptionsT(axis=1))
            z = operator("FULLY_CONNECTED",
                         [both, matrix(weights), constant(bias)],
                         [(streams, 4 * hidden)],
                         schema.FullyConnectedOptionsT())
            axis = constant(np.array(1, np.int32))
            i, f, o, g = operator("SPLIT", [axis, z], [row] * 4,
                                  schema.SplitOptionsT(numSplits=4))
            i, f, o = (operator("LOGISTIC", [gate], [row])
                       for gate in (i, f, o))
            g = operator("TANH", [g], [row])
            kept = operator("MUL", [f, c], [row], schema.MulOptionsT())
            new = operator("MUL", [i, g], [row], schema.MulOptionsT())
            c = operator("ADD", [kept, new], [row], schema.AddOptionsT())
            bounded = operator("TANH", [c], [row])
            x = operator("MUL", [o, bounded], [row], schema.MulOptionsT())
            states += [x, c]
        y = operator("FULLY_CONNECTED",
                     [x, matrix(model.weights["head.weight"]),
                      constant(model.weights["head.bias"])], [(streams, 1)],
                     schema.FullyConnectedOptionsT())
        graph = schema.SubGraphT(tensors=tensors, inputs=ins,
                                 outputs=[y] + states, operators=operators,
                                 name="step")
        made = schema.ModelT(
            version=3, subgraphs=[graph], buffers=buffers, operatorCodes=[
                schema.OperatorCodeT(builtinCode=code, version=1,
                                     deprecatedBuiltinCode=code)
                for code in codes])
        builder = flatbuffers.Builder(1024)
        builder.Finish(made.Pack(builder), b"TFL3")
        path = model.path(f"-{kind}-{streams}.tflite")
        pathlib.Path(path).write_bytes(builder.Output())
        return path

    def _tensor(self, array, shape):
        kind = (ctypes.c_uint32 * 18)(1, len(shape), *shape)    # 1: float32
        return self._make("LiteRtCreateTensorBufferFromHostMemory", kind,
                          pointer(array.ctypes.data),
                          ctypes.c_size_t(array.nbytes), None)

    def ways(self, model, streams=1, kind="plain",
             title="plain operators, XNNPACK"):
        file = self._make("LiteRtCreateModelFromFile", self.environment,
                          self._file(model, kind, streams).encode())
        options = self._make("LiteRtCreateOptions")
        self._call("LiteRtSetOptionsHardwareAccelerators", options, 1)
        compiled = self._make("LiteRtCreateCompiledModel", self.environment,
                              file, options)
        states = 2 * model.layers
        x, y = aligned(model.input * streams), aligned(streams)
        sets = [[aligned(model.hidden * streams) for _ in range(states)]
                for _ in range(2)]
        tensors = [[self._tensor(a, [streams, model.hidden]) for a in arrays]
                   for arrays in sets]
        x_tensor = self._tensor(x, [streams, model.input])
        y_tensor = self._tensor(y, [streams, 1])
        calls, keep = [], [x, y, sets]
        for here in (0, 1):
            ins = (pointer * (1 + states))(*[
                t.value for t in [x_tensor] + tensors[here]])
            outs = (pointer * (1 + states))(*[
                t.value for t in [y_tensor] + tensors[1 - here]])
            keep += [ins, outs]
            calls.append(([compiled.value, 0, 1 + states,
                           ctypes.addressof(ins), 1 + states,
                           ctypes.addressof(outs)],
                          x.ctypes.data, y.ctypes.data))
        yield CWay(self.name, title, model, LITERT_RUN,
                   self.library.LiteRtRunCompiledModel, calls,
                   streams=streams, keep=keep)

    def interpreter(self, model):
        """Only the older interface runs an operator that keeps its state. Its C
        functions aren't in the wheel, so it is called from Python. Only
        invoke() is timed."""
        from ai_edge_litert.interpreter import Interpreter
        made = Interpreter(self._file(model, "LSTM"), num_threads=1)
        made.allocate_tensors()
        made.reset_all_variables()
        x = made.tensor(made.get_input_details()[0]["index"])
        y = made.tensor(made.get_output_details()[0]["index"])

        def step(row):
            x()[:] = row
            start = time.perf_counter_ns()
            made.invoke()
            return time.perf_counter_ns() - start, y().ravel().copy()

        yield PythonWay(self.name, "LSTM operator, invoke() from Python", step)

    def step(self, model):
        yield from self.ways(model)
        yield from self.interpreter(model)

    batch = ways

    def int8(self, model):
        yield from self.ways(model, kind="int8", title="plain operators, "
                             "XNNPACK, int8 weights")


# --- PyTorch -----------------------------------------------------------------

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


class PyTorch:
    name = "PyTorch"

    def __init__(self):
        import torch
        self.torch, self.version = torch, torch.__version__
        torch.set_num_threads(1)
        torch.set_num_interop_threads(1)
        torch.set_grad_enabled(False)

    def _module(self, model):
        """The module whose state_dict() Leat reads."""
        torch = self.torch

        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.lstm = torch.nn.LSTM(model.input, model.hidden,
                                          model.layers)
                self.head = torch.nn.Linear(model.hidden, 1)

            def forward(self, x, h, c):
                y, (h, c) = self.lstm(x, (h, c))
                return self.head(y), h, c

        net = Net().eval()
        net.load_state_dict({k: torch.from_numpy(v)
                             for k, v in model.weights.items()})
        return net

    def _cells(self, model):
        """The same from LSTMCells: a Python loop over the layers."""
        torch = self.torch

        class Cells(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.cells = torch.nn.ModuleList(
                    torch.nn.LSTMCell(model.hidden if n else model.input,
                                      model.hidden)
                    for n in range(model.layers))
                self.head = torch.nn.Linear(model.hidden, 1)

            def forward(self, x, states: list[tuple[torch.Tensor,
                                                    torch.Tensor]]):
                after: list[tuple[torch.Tensor, torch.Tensor]] = []
                for n, cell in enumerate(self.cells):
                    h, c = cell(x, states[n])
                    after.append((h, c))
                    x = h
                return self.head(x), after

        net = Cells().eval()
        names = {}
        for key, value in model.weights.items():
            if key.startswith("lstm."):
                what, layer = key[5:].rsplit("_l", 1)
                key = f"cells.{layer}.{what}"
            names[key] = torch.from_numpy(value)
        net.load_state_dict(names)
        return net

    def _calls(self, model):
        """The cells' functions, without their modules."""
        torch, cells = self.torch, self._cells(model)
        weights = [(cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)
                   for cell in cells.cells]
        head = (cells.head.weight, cells.head.bias)

        def net(x, states):
            after = []
            for state, weight in zip(states, weights):
                h, c = torch.lstm_cell(x, state, *weight)
                after.append((h, c))
                x = h
            return torch.nn.functional.linear(x, *head), after
        return net

    def _way(self, title, net, model, kind, streams=1,
             mode=contextlib.nullcontext):
        """kind: "lstm" has [layers, streams, hidden] for h and for c, "cells"
        a pair [streams, hidden] for each layer; "gru" and "gru_cell", of one
        layer, have h alone."""
        torch = self.torch
        lead = (1, streams) if kind in ("lstm", "gru") else (streams,)
        if kind in ("gru", "gru_cell"):
            state = [torch.zeros((*lead, model.hidden))]
        elif kind == "lstm":
            state = [torch.zeros((model.layers, streams, model.hidden))
                     for _ in range(2)]
        else:
            state = [[tuple(torch.zeros((*lead, model.hidden))
                            for _ in range(2)) for _ in range(model.layers)]]

        def step(x):
            nonlocal state
            start = time.perf_counter_ns()
            y, *state = net(x, *state)
            return time.perf_counter_ns() - start, y

        @contextlib.contextmanager
        def modes():
            with torch.inference_mode(), mode():
                yield

        return PythonWay(
            self.name, title, step, streams,
            lambda row: torch.from_numpy(row.reshape(*lead, -1)), modes)

    def step(self, model):
        torch = self.torch
        net, cells = self._module(model), self._cells(model)
        yield self._way("nn.LSTM", net, model, "lstm")
        yield self._way("nn.LSTM without oneDNN", net, model, "lstm",
                        mode=lambda: torch.backends.mkldnn.flags(enabled=False))
        yield self._way("nn.LSTMCell", cells, model, "cells")
        yield self._way("torch.lstm_cell", self._calls(model), model, "cells")
        for title, made, kind in (("nn.LSTM", net, "lstm"),
                                  ("nn.LSTMCell", cells, "cells")):
            yield self._way(title + ", torch.jit.script, frozen",
                            torch.jit.freeze(torch.jit.script(made)), model,
                            kind)
        torch._dynamo.reset()
        yield self._way("nn.LSTMCell, torch.compile",
                        torch.compile(cells, dynamic=False), model, "cells")

    def gru(self, model):
        """nn.GRU, nn.GRUCell and the cell's function."""
        torch = self.torch

        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.gru = torch.nn.GRU(model.input, model.hidden)
                self.head = torch.nn.Linear(model.hidden, 1)

            def forward(self, x, h):
                y, h = self.gru(x, h)
                return self.head(y), h

        class Cell(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.cell = torch.nn.GRUCell(model.input, model.hidden)
                self.head = torch.nn.Linear(model.hidden, 1)

            def forward(self, x, h):
                h = self.cell(x, h)
                return self.head(h), h

        state = {k: torch.from_numpy(v) for k, v in model.weights.items()}
        net, cell = Net().eval(), Cell().eval()
        net.load_state_dict(state)
        cell.load_state_dict({k.replace("gru.", "cell.").replace("_l0", ""): v
                              for k, v in state.items()})
        weights = [state[f"gru.{what}_l0"] for what in (
            "weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        head = state["head.weight"], state["head.bias"]

        def function(x, h):
            h = torch.gru_cell(x, h, *weights)
            return torch.nn.functional.linear(h, *head), h

        for title, made, kind in (("nn.GRU", net, "gru"),
                                  ("nn.GRUCell", cell, "gru_cell"),
                                  ("torch.gru_cell", function, "gru_cell")):
            yield self._way(title, made, model, kind)
        for title, made, kind in (("nn.GRU", net, "gru"),
                                  ("nn.GRUCell", cell, "gru_cell")):
            yield self._way(title + ", torch.jit.script, frozen",
                            torch.jit.freeze(torch.jit.script(made)), model,
                            kind)

    def batch(self, model, streams):
        yield self._way("nn.LSTM", self._module(model), model, "lstm", streams)
        yield self._way("torch.lstm_cell", self._calls(model), model, "cells",
                        streams)

    def int8(self, model):
        torch = self.torch
        made = torch.ao.quantization.quantize_dynamic(
            self._module(model), {torch.nn.LSTM, torch.nn.Linear},
            dtype=torch.qint8)
        yield self._way("nn.LSTM, quantize_dynamic", made, model, "lstm")


# --- measuring ---------------------------------------------------------------

def figures(way):
    """Median and p99 of a step of one stream."""
    return {"ns": round(float(np.median(way.ns)) / way.streams, 1),
            "p99_ns": round(float(np.percentile(way.ns, 99)) / way.streams, 1)}


class Run:
    def __init__(self, leat, peers, failed):
        self.leat, self.peers, self.failed = leat, peers, failed

    def _fail(self, peer, shape, why):
        say(f"  {shape}  {peer}: {why}")
        self.failed.append({"peer": peer, "shape": shape, "why": why})

    def _checked(self, model, kind, streams, bound):
        """The ways whose outputs are Leat's within the bound."""
        samples = model.samples(CHECKED, streams)
        expected = self.leat.outputs(model, samples)
        for peer in self.peers:
            if not hasattr(peer, kind):
                continue
            arguments = (model, streams) if streams > 1 else (model,)
            made = getattr(peer, kind)(*arguments)
            while True:
                name = peer.name
                try:
                    with quiet():
                        way = next(made, None)
                    if way is None:
                        break
                    name += f", {way.name}"
                    error = np.abs(way.outputs(samples) - expected).max()
                except Exception as problem:
                    first = (str(problem) or repr(problem)).splitlines()[0]
                    self._fail(name, model.name, first[:200])
                    if name == peer.name:   # a generator that raised has ended
                        break
                    continue
                way.error = float(error)
                if error <= bound:
                    yield way
                else:
                    self._fail(name, model.name, f"outputs differ from Leat's "
                               f"by {error:.1e}, more than {bound:.0e}")

    def measure(self, model, kind="step", streams=1, bound=BOUND):
        reference = (self.leat.batch(model, streams) if streams > 1 else
                     self.leat.way(model))
        ways = [reference, *self._checked(model, kind, streams, bound)]
        for way in ways:
            some = model.samples(40, streams)
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
            say(f"  {model.name}  {way.peer:13} {way.name:45} "
                f"{found['ns']:>11,.0f} ns  p99 {found['p99_ns']:>11,.0f}")
        return figures(reference), ways[1:]


def machine():
    info = {}
    with contextlib.suppress(OSError):
        for line in open("/proc/cpuinfo"):
            name, _, value = line.partition(":")
            info.setdefault(name.strip(), value.strip())
    flags = (info.get("flags") or info.get("Features") or "").split()
    now = datetime.datetime.now(datetime.timezone.utc)
    return {"processor": info.get("model name") or platform.processor(),
            "instructions": ", ".join(flag for flag in (
                "avx2", "fma", "avx512f", "avx512_vnni", "amx_int8", "asimd")
                if flag in flags),
            "cores": os.cpu_count(), "system": platform.platform(),
            "load": os.getloadavg()[0], "python": platform.python_version(),
            "date": now.strftime("%Y-%m-%dT%H:%M:%SZ")}


def python_call():
    """Nanoseconds that Python adds to a step: the time of a step that does
    nothing."""
    def step(row):
        start = time.perf_counter_ns()
        nothing(row)
        return time.perf_counter_ns() - start, None

    def nothing(row):
        return row
    return float(np.median(PythonWay("", "", step).run([0] * 10000)))


def main():
    global timer
    libleat, libpeers, results, *sections = sys.argv[1:]
    sections = sections or ["step", "gru", "batch", "int8"]
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    leat = Leat(libleat)
    timer = ctypes.CDLL(libpeers)
    versions, peers, failed = {"Leat": leat.version()}, [], []
    for kind in (PyTorch, OnnxRuntime, OpenVino, LiteRt):
        try:
            with quiet():
                peers.append(kind())
            versions[kind.name] = peers[-1].version
        except Exception as problem:
            say(f"{kind.name} can't be measured here: {problem}")
            failed.append({"peer": kind.name, "shape": "all",
                           "why": f"not installed or not usable: {problem}"})
    say(", ".join(f"{name} {version}" for name, version in versions.items()))

    run, started = Run(leat, peers, failed), time.monotonic()
    found = {"machine": machine(), "versions": versions,
             "bounds": {"float32": BOUND, "int8": BOUND_INT8,
                        "steps": CHECKED},
             "python_call_ns": python_call(), "reference": [], "step": [],
             "gru": [], "batch": [], "int8": [], "failed": failed}
    with tempfile.TemporaryDirectory() as folder:
        models = {name: Model(name, pathlib.Path(folder)) for name in SHAPES}

        gru = {name: GRUModel(name, pathlib.Path(folder))
               for name in GRU_SHAPES}
        for kind, made in (("step", models), ("gru", gru)):
            if kind not in sections:
                continue
            say("one step of one stream" + (" of nn.GRU" if kind == "gru"
                                            else ""))
            for name, model in made.items():
                reference, ways = run.measure(model, kind)
                found["reference"].append({"shape": name, "what": kind,
                                           **reference})
                found[kind] += [{"shape": name, "peer": way.peer,
                                 "way": way.name, **figures(way),
                                 "max_error": way.error} for way in ways]
        say(f"one step of {STREAMS} streams, of each")
        for name in BATCHED if "batch" in sections else ():
            reference, ways = run.measure(models[name], "batch", STREAMS)
            found["reference"].append({"shape": name, "what": "batch",
                                       **reference})
            found["batch"] += [{"shape": name, "streams": STREAMS,
                                "peer": way.peer, "way": way.name,
                                "ns_per_stream_step": figures(way)["ns"],
                                "max_error": way.error} for way in ways]
        say("one step of one stream, int8")
        for name in QUANTISED if "int8" in sections else ():
            reference, ways = run.measure(models[name], "int8",
                                          bound=BOUND_INT8)
            found["int8"] += [{"shape": name, "peer": way.peer,
                               "way": way.name, **figures(way),
                               "max_error": way.error} for way in ways]
    pathlib.Path(results).write_text(json.dumps(found, indent=1) + "\n")
    say(f"{results}, after {time.monotonic() - started:.0f} seconds")
    # The runtimes' threads and static objects can crash at exit.
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
