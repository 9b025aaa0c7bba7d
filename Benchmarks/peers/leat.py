# SPDX-License-Identifier: MIT
"""Leat, by its C interface."""
import ctypes

from peers.ways import LEAT, LEAT_BATCH, CWay, aligned, pointer

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

    def _stream(self, model, is_int8):
        if is_int8 not in model.leat:
            from safetensors.numpy import save_file
            path = model.path("-int8.safetensors" if is_int8 else
                              ".safetensors")
            save_file(model.int8() if is_int8 else model.weights, path,
                      model.metadata)
            handle = pointer()
            self._check(self.library.leat_model_open(
                path.encode(), ctypes.byref(handle), None))
            model.leat[is_int8] = handle
        handle, stream = model.leat[is_int8], pointer()
        size = self.library.leat_stream_size(handle)
        memory = aligned(size // 4)
        self._check(self.library.leat_stream_init(
            pointer(memory.ctypes.data), ctypes.c_size_t(size), handle,
            ctypes.byref(stream), None))
        return stream, memory

    def way(self, model, streams=1, is_int8=False):
        if streams > 1:
            return self._batch(model, streams, is_int8)
        stream, memory = self._stream(model, is_int8)
        y = aligned(1)
        call = [stream.value, None, y.ctypes.data], None, y.ctypes.data
        return CWay("Leat", "leat_stream_step", model, LEAT,
                    self.library.leat_stream_step, [call],
                    keep=(memory, y), block=8, sample=1)

    def _batch(self, model, streams, is_int8):
        made = [self._stream(model, is_int8) for _ in range(streams)]
        table = (pointer * streams)(*[stream.value for stream, _ in made])
        y = aligned(streams)
        call = ([ctypes.addressof(table), streams, None, y.ctypes.data], None,
                y.ctypes.data)
        return CWay("Leat", "leat_batch_step", model, LEAT_BATCH,
                    self.library.leat_batch_step, [call], streams=streams,
                    keep=(made, table, y), sample=2)
