# SPDX-License-Identifier: MIT
"""The models that are measured, with weights as PyTorch initialises them."""
import numpy as np

SHAPES = {"A": (1, 16, 1), "B": (3, 32, 1), "C": (8, 64, 1),
          "D": (16, 128, 2), "E": (64, 256, 2), "F": (64, 512, 2)}
SMALL = {"1 → 8": (1, 8, 1), "1 → 24": (1, 24, 1), "1 → 40": (1, 40, 1),
         "1 → 16 × 2": (1, 16, 2)}
GRU_SHAPES = {"GRU 8": (1, 8, 1), "GRU 16": (1, 16, 1),
              "GRU 40": (1, 40, 1), "GRU 64": (3, 64, 1),
              "GRU 128": (16, 128, 1)}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class Model:
    """Weights as PyTorch initialises and names them, and samples."""
    shapes, module, gates, metadata = SHAPES | SMALL, "lstm", 4, None
    states = "hc"

    def __init__(self, name, folder):
        self.name, self.folder, self.leat = name, folder, {}
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

    def macs(self):
        """Multiply-accumulates of a step."""
        return sum(part.size for part in self.weights.values()
                   if part.ndim == 2)

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

    def int8(self):
        """The weights with matrices of int8, and a scale for each of their rows."""
        made = {}
        for name, weights in self.weights.items():
            if weights.ndim == 1:
                made[name] = weights
                continue
            made[name], made[name + "_scale"] = int8_rows(weights)
        return made

    def outputs(self, samples):
        """[steps, streams], computed in float64."""
        streams = samples.shape[1] // self.input
        layers = [[part.astype(np.float64) for part in self.layer(n)]
                  for n in range(self.layers)]
        states = [[np.zeros((streams, self.hidden)) for _ in self.states]
                  for _ in layers]
        found = []
        for x in samples.reshape(len(samples), streams, self.input):
            for n, layer in enumerate(layers):
                states[n] = self.cell(x.astype(np.float64), *states[n], *layer)
                x = states[n][0]
            found.append(x @ self.weights["head.weight"].T.astype(np.float64)
                         + self.weights["head.bias"])
        return np.array(found)[:, :, 0]

    @staticmethod
    def cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
        i, f, g, o = np.split(x @ w_ih.T + b_ih + h @ w_hh.T + b_hh, 4, 1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        return sigmoid(o) * np.tanh(c), c


class GRUModel(Model):
    shapes, module, gates = GRU_SHAPES, "gru", 3
    metadata, states = {"leat.format": "2"}, "h"

    @staticmethod
    def cell(x, h, w_ih, w_hh, b_ih, b_hh):
        ir, iz, in_ = np.split(x @ w_ih.T + b_ih, 3, 1)
        hr, hz, hn = np.split(h @ w_hh.T + b_hh, 3, 1)
        z = sigmoid(iz + hz)
        return ((1 - z) * np.tanh(in_ + sigmoid(ir + hr) * hn) + z * h,)


def int8_rows(matrix):
    """int8, and the scale of each row."""
    scale = np.abs(matrix).max(1) / 127
    return np.rint(matrix / scale[:, None]).astype(np.int8), scale
