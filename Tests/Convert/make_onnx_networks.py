# SPDX-License-Identifier: MIT
"""Networks with other layers around the recurrent ones, from PyTorch's two exporters.

pip install torch onnx onnxruntime onnxscript; python3 make_onnx_networks.py [NAME ...]

Writes onnx/NAME.onnx and onnx/NAME.csv: 40 samples, and what ONNX Runtime computes for each step. If
the source gives only the last step's outputs, it was run once for each number of steps.
"""
import os
import sys

import numpy
import onnxruntime
import torch
from torch import nn

from make_onnx import FOLDER, STEPS, strip, write_csv

INPUTS = 3


class Front(nn.Module):
    """Layers before and after the recurrent one."""

    def __init__(self, before, cell, after):
        super().__init__()
        self.before, self.cell, self.after = nn.Sequential(*before), cell, nn.Sequential(*after)

    def forward(self, x):
        return self.after(self.cell(self.before(x))[0])


class Normalized(Front):
    """nn.BatchNorm1d reads [batch, features, time]."""

    def __init__(self):
        super().__init__([nn.BatchNorm1d(INPUTS)], nn.GRU(INPUTS, 6, batch_first=True),
                         [nn.BatchNorm1d(6)])
        self.head = nn.Linear(6, 2)

    def forward(self, x):
        x = self.before(x.transpose(1, 2)).transpose(1, 2)
        return self.head(self.after(self.cell(x)[0].transpose(1, 2)).transpose(1, 2))


class LastNormalized(nn.Module):
    """[batch, features] after the last step."""

    def __init__(self):
        super().__init__()
        self.cell, self.norm = nn.LSTM(INPUTS, 6, batch_first=True), nn.BatchNorm1d(6, affine=False)
        self.head = nn.Linear(6, 2)

    def forward(self, x):
        return self.head(torch.relu(self.norm(self.cell(x)[0][:, -1])))


class Units(nn.Module):
    """Outputs in units, and a GRU with a learned initial state."""

    def __init__(self):
        super().__init__()
        self.cell, self.head = nn.GRU(INPUTS, 6, 2, batch_first=True), nn.Linear(6, 2)
        self.h0 = nn.Parameter(torch.randn(2, 1, 6) * 0.3)
        for name in ("mean", "x_std"):
            self.register_buffer(name, torch.rand(INPUTS) + 0.5)
        self.register_buffer("std", torch.tensor([0.25, 1.5]))
        self.register_buffer("offset", torch.tensor([0.5, -0.125]))

    def forward(self, x):
        h0 = self.h0.expand(-1, x.shape[0], -1).contiguous()
        y = self.head(self.cell((x - self.mean) / self.x_std, h0)[0])
        return y * self.std + self.offset


class Residual(nn.Module):
    """Adds the input, an earlier layer, or the first inputs."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        self.first = nn.GRU(INPUTS, 6, batch_first=True)
        self.second = nn.LSTM(6, 6, batch_first=True)
        self.head = nn.Linear(6, {"input": INPUTS, "layers": 2, "first": 2, "last": 1}[kind])

    def forward(self, x):
        y = self.first(x)[0]
        if self.kind == "layers":
            y = y + self.second(y)[0]
            return self.head(torch.tanh(y) + y)
        if self.kind == "last":
            return self.head(y[:, -1, :]) + x[:, -1, :1]
        return self.head(y) + (x if self.kind == "input" else x[:, :, :2])


def activations():
    """Every activation that PyTorch has and Leat, each after a linear layer."""
    modules = [nn.Linear(6, 5)]
    for each in (nn.ReLU(), nn.LeakyReLU(0.2), nn.ELU(0.7), nn.GELU(), nn.GELU(approximate="tanh"),
                 nn.SiLU(), nn.Softplus(), nn.Softplus(beta=2), nn.Softsign(), nn.Hardsigmoid(),
                 nn.Hardtanh(-0.5, 2), nn.ReLU6(), nn.Hardswish(), nn.PReLU(), nn.Sigmoid(),
                 nn.Tanh(), nn.LogSoftmax(-1)):
        modules += [each, nn.Linear(5, 5)]
    return modules + [nn.Softmax(-1)]


def small(cell):
    """Weights with which the h of a relu has a bound."""
    with torch.no_grad():
        for name, each in cell.named_parameters():
            if name.startswith("weight_hh"):
                each *= 0.3
    return cell


CASES = {
    "front": lambda: Front([nn.Linear(3, 5), nn.ReLU()], nn.LSTM(5, 6, batch_first=True),
                           [nn.Linear(6, 4), nn.GELU(), nn.Linear(4, 2)]),
    "front-activation": lambda: Front([nn.Tanh()], nn.GRU(3, 6, batch_first=True),
                                      [nn.SiLU(), nn.Linear(6, 1)]),
    "gru": lambda: Front([], nn.GRU(3, 6, 2, batch_first=True), [nn.Linear(6, 2)]),
    "rnn": lambda: Front([], nn.RNN(3, 6, 2, batch_first=True), [nn.Linear(6, 2)]),
    "rnn-relu": lambda: Front([], small(nn.RNN(3, 6, batch_first=True, nonlinearity="relu")),
                              [nn.Linear(6, 2)]),
    "activations": lambda: Front([], nn.LSTM(3, 6, batch_first=True), activations()),
    "batch-norm": Normalized, "batch-norm-last": LastNormalized, "units": Units,
    "residual-input": lambda: Residual("input"), "residual-layers": lambda: Residual("layers"),
    "residual-first": lambda: Residual("first"), "residual-last": lambda: Residual("last"),
}
WAYS = {"script-17": (False, 17), "dynamo-18": (True, 18), "dynamo-22": (True, 22)}


def export(model, way, path):
    dynamo, opset = WAYS[way]
    extra = dict(external_data=False) if dynamo else {}
    torch.onnx.export(
        model, (torch.randn(2, 7, INPUTS),), path, dynamo=dynamo, opset_version=opset,
        input_names=["x"], dynamic_axes={"x": {0: "batch", 1: "time"}}, verbose=False, **extra)


def record(path, samples, has_last):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])

    def run(part):
        return session.run(None, {session.get_inputs()[0].name: part[None]})[0]

    if not has_last:
        return run(samples).reshape(STEPS, -1)
    return numpy.array([run(samples[:n]).reshape(-1) for n in range(1, STEPS + 1)])


def main():
    for case, make in CASES.items():
        for way in WAYS:
            name = f"{case}-{way}"
            if way == "dynamo-22" and case not in ("activations", "residual-first"):
                continue
            if sys.argv[1:] and not any(word in name for word in sys.argv[1:]):
                continue
            torch.manual_seed(sum(case.encode()))
            model = make()
            model.train()
            for _ in range(3):  # statistics of nn.BatchNorm1d
                model(torch.randn(4, 9, INPUTS) * 2 + 1)
            model.eval()
            path = os.path.join(FOLDER, name + ".onnx")
            try:
                export(model, way, path)
                strip(path)
            except Exception as error:
                print(f"{name}: not exported: {str(error).strip().splitlines()[:1]}")
                continue
            samples = torch.randn(STEPS, INPUTS).numpy()
            write_csv(path[:-5] + ".csv", samples, record(path, samples, case.endswith("-last")))
            print(name)


main()
