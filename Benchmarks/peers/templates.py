# SPDX-License-Identifier: MIT
"""The peers that are C++ templates, whose sizes are fixed when they are compiled."""
import ctypes
import pathlib

import numpy as np

from peers.ways import TEMPLATE, CWay, aligned, pointer

CLASSES = {"strict": "", "fast": ", -ffast-math"}
TRIED = 3, 300      # turns, and steps of each, to find a class's fastest


class Weights(ctypes.Structure):
    """Of templates.h."""
    _fields_ = [("ih", pointer * 2), ("hh", pointer * 2), ("bias", pointer * 2),
                ("head", pointer), ("head_bias", pointer)]


class Templates:
    """A project's libraries, each compiled in another way. The file's name tells
    which: PROJECT+CLASS+OPTIONS.so. Of each class only the fastest is measured."""

    def __init__(self, name, paths):
        self.name, self.version = name, "of the sources given"
        self.classes = {}
        for path in map(pathlib.Path, paths):
            _, kind, options = path.stem.split("+")
            library = ctypes.CDLL(str(path.resolve()))
            library.make_network.restype = pointer
            title = options.replace(",", ", ") + CLASSES[kind]
            self.classes.setdefault(kind, []).append((title, library))

    def _way(self, title, library, model):
        kept = []

        def place(array):
            kept.append(np.ascontiguousarray(array))
            return kept[-1].ctypes.data

        weights = Weights(head=place(model.weights["head.weight"]),
                          head_bias=place(model.weights["head.bias"]))
        for n in range(model.layers):
            w_ih, w_hh, b_ih, b_hh = model.layer(n)
            weights.ih[n], weights.hh[n] = place(w_ih), place(w_hh)
            weights.bias[n] = place(b_ih + b_hh)
        step = pointer()
        network = library.make_network(
            *map(ctypes.c_size_t, (model.input, model.hidden, model.layers)),
            ctypes.byref(weights), ctypes.byref(step))
        if not network:
            raise RuntimeError("this size isn't compiled in")
        y = aligned(1)
        return CWay(self.name, title, model, TEMPLATE, step,
                    [([network, None, y.ctypes.data], None, y.ctypes.data)],
                    keep=(y,), block=8, sample=1)

    def step(self, model):
        turns, count = TRIED
        count = max(16, int(count * min(1, 4e5 / model.macs())) // 8 * 8)
        samples = model.samples(count)
        for made in self.classes.values():
            tried = []
            for variant, library in made:
                way = self._way(variant, library, model)
                times = [np.median(way.run(samples)) for _ in range(turns)]
                tried.append((min(times), variant, library))
            _, variant, library = min(tried)[:3]
            yield self._way(variant, library, model)

    small = step
