# SPDX-License-Identifier: MIT
"""LiteRT, by its C interface."""
import ctypes
import importlib.metadata
import importlib.util
import pathlib
import time

import numpy as np

from peers.model import int8_rows
from peers.ways import LITERT_RUN, CWay, PythonWay, aligned, pointer

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
            rounded, scale = int8_rows(data)
            return constant(
                rounded,
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

    small = batch = ways

    def int8(self, model, streams=1):
        yield from self.ways(model, streams, "int8", "plain operators, "
                             "XNNPACK, int8 weights")

    int8_batch = int8
