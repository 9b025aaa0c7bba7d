# SPDX-License-Identifier: MIT
"""OpenVINO, by its C interface."""
import ctypes
import pathlib

from peers.onnx_graph import onnx_file
from peers.ways import HANDLE, CWay, pointer

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
