# SPDX-License-Identifier: MIT
"""ONNX Runtime, by its C interface."""
import ctypes
import pathlib

from peers.onnx_graph import onnx_file
from peers.ways import ONNX_BINDING, ONNX_RUN, CWay, aligned, pointer

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

    def int8(self, model, streams=1):
        from onnxruntime.quantization import QuantType, quantize_dynamic
        for kind, title, rank in (("LSTM", "LSTM operator", 3),
                                  ("plain", "plain operators", 2)):
            path = model.path(f"-{kind}-{streams}-int8.onnx")
            quantize_dynamic(onnx_file(model, kind, streams), path,
                             weight_type=QuantType.QInt8, per_channel=True)
            yield from self.ways(model, path, title + ", quantize_dynamic",
                                 streams, rank)

    int8_batch = int8
