# SPDX-License-Identifier: MIT
"""Models from PyTorch's two exporters, with what ONNX Runtime computes with them.

pip install torch onnx onnxruntime onnxscript; python3 make_onnx.py [NAME ...]

Writes onnx/NAME.onnx and onnx/NAME.csv: 40 samples, and the outputs of each step of the source. If
the source gives only the last step's outputs, it was run once for each number of steps.
"""
import os
import sys
import warnings

import numpy
import onnx
import onnxruntime
import torch
from torch import nn

warnings.filterwarnings("ignore")
STEPS = 40
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "onnx")


class Model(nn.Module):
    """An LSTM in one of the ways in which people write it."""

    def __init__(self, inputs=3, hidden=6, layers=1, bias=True, batch_first=True, take="all",
                 head=(), activation=None, states=False, learned=False, normalise=False,
                 zeros=False, dropout=0.0, time_first_inside=False):
        super().__init__()
        self.lstm = nn.LSTM(inputs, hidden, layers, bias=bias, batch_first=batch_first,
                            dropout=dropout if layers > 1 else 0)
        self.take, self.states, self.zeros, self.dropout = take, states, zeros, nn.Dropout(dropout)
        self.time_first_inside = time_first_inside
        sizes = (hidden,) + tuple(head)
        self.head = nn.Sequential()
        for index, (columns, rows) in enumerate(zip(sizes, sizes[1:])):
            if index:
                self.head.append(nn.ReLU())
            self.head.append(nn.Linear(columns, rows))
        if activation:
            self.head.append(activation)
        if learned:
            self.h0 = nn.Parameter(torch.randn(layers, 1, hidden) * 0.3)
            self.c0 = nn.Parameter(torch.randn(layers, 1, hidden) * 0.3)
        self.learned = learned
        if normalise:
            self.register_buffer("mean", torch.randn(inputs))
            self.register_buffer("std", torch.rand(inputs) + 0.5)
        self.normalise = normalise

    def forward(self, x, h=None, c=None):
        if self.normalise:
            x = (x - self.mean) / self.std
        batch = x.shape[0 if self.lstm.batch_first else 1]
        if self.time_first_inside:
            x = x.transpose(0, 1)
            batch = x.shape[1]
        if self.learned:
            state = (self.h0.expand(-1, batch, -1).contiguous(),
                     self.c0.expand(-1, batch, -1).contiguous())
        elif self.zeros:
            shape = (self.lstm.num_layers, batch, self.lstm.hidden_size)
            state = (torch.zeros(shape), torch.zeros(shape))
        else:
            state = (h, c) if self.states else None
        y, (h, c) = self.lstm(x, state)
        if self.time_first_inside:
            y = y.transpose(0, 1)
        if self.take == "last":
            y = y[:, -1] if self.lstm.batch_first else y[-1]
        elif self.take == "last-slice":
            y = y[:, -1:, :]
        elif self.take == "hidden":
            y = h[-1]
        elif self.take == "hidden-squeezed":
            y = h.squeeze(0)
        y = self.head(self.dropout(y))
        return (y, h, c) if self.take in ("all-states",) or self.states else y


CASES = {
    "plain": dict(take="all-states", batch_first=False),
    "batch-first": dict(head=(2,)),
    "time-first": dict(head=(2,), batch_first=False),
    "last": dict(take="last", head=(1,), activation=nn.Sigmoid()),
    "last-time-first": dict(take="last", head=(2,), batch_first=False),
    "last-slice": dict(take="last-slice", head=(2,)),
    "hidden": dict(take="hidden", layers=2, head=(2,), dropout=0.2),
    "hidden-squeezed": dict(take="hidden-squeezed", head=(2,), zeros=True),
    "mlp": dict(layers=2, head=(5, 4), activation=nn.Softmax(dim=-1)),
    "tanh": dict(head=(3,), activation=nn.Tanh()),
    "no-bias": dict(bias=False, head=(2,)),
    "states": dict(states=True, layers=2, batch_first=False, head=(1,)),
    "learned": dict(learned=True, layers=2, head=(2,)),
    "normalise": dict(normalise=True, head=(2,)),
    "activation-only": dict(activation=nn.ReLU()),
    "one-input": dict(inputs=1, hidden=4, head=(1,)),
    "one-hidden": dict(inputs=2, hidden=1, take="last"),
    "swapped": dict(time_first_inside=True, batch_first=False, head=(2,)),
}
# Exporter, opset, fixed sizes. The second exporter fixes the number of steps in any case.
WAYS = {
    "script-9": (False, 9, False), "script-13": (False, 13, False),
    "script-17": (False, 17, False), "script-20": (False, 20, False),
    "script-fixed": (False, 17, True), "dynamo-18": (True, 18, True), "dynamo-22": (True, 22, True),
}
IN_ALL_WAYS = ("batch-first", "last", "hidden", "states")


def export(model, way, path):
    dynamo, opset, fixed = WAYS[way]
    steps = 1 if model.states and fixed else STEPS if fixed else 7
    batch_axis = 0 if model.lstm.batch_first or model.time_first_inside else 1
    shape = [steps, steps, model.lstm.input_size]
    shape[batch_axis] = 1 if fixed else 2
    inputs, names = [torch.randn(shape)], ["x"]
    if model.states:
        state = (model.lstm.num_layers, shape[batch_axis], model.lstm.hidden_size)
        inputs += [torch.zeros(state), torch.zeros(state)]
        names += ["h", "c"]
    extra = dict(verbose=False)
    if not fixed:
        extra["dynamic_axes"] = {"x": {batch_axis: "batch", 1 - batch_axis: "time"}}
        for name in names[1:]:
            extra["dynamic_axes"][name] = {1: "batch"}
    if dynamo:
        extra["external_data"] = False
    torch.onnx.export(model, tuple(inputs), path, dynamo=dynamo, opset_version=opset,
                      input_names=names, **extra)


def record(model, path, samples):
    """The outputs of each step."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    inputs = session.get_inputs()
    time_axis = 1 if model.lstm.batch_first or model.time_first_inside else 0
    state = [numpy.zeros((model.lstm.num_layers, 1, model.lstm.hidden_size), numpy.float32)] * 2

    def run(x):
        feed = {inputs[0].name: numpy.expand_dims(x, 1 - time_axis)}
        feed.update({each.name: value for each, value in zip(inputs[1:], state)})
        return session.run(None, feed)

    if model.states:
        rows = []
        for sample in samples:
            y, *state = run(sample[None])
            rows.append(y.reshape(-1))
        return numpy.array(rows)
    fixed = inputs[0].shape[time_axis] == STEPS
    if model.take.startswith("all"):
        return run(samples)[0].reshape(STEPS, -1)
    if not fixed:
        return numpy.array([run(samples[:n])[0].reshape(-1) for n in range(1, STEPS + 1)])
    with torch.no_grad():
        rows = [model(torch.tensor(samples[:n]).unsqueeze(1 - time_axis)).numpy().reshape(-1)
                for n in range(1, STEPS + 1)]
    assert numpy.abs(rows[-1] - run(samples)[0].reshape(-1)).max() < 1e-6
    return numpy.array(rows)


def write_csv(path, samples, outputs):
    columns = [f"x{i}" for i in range(samples.shape[1])] + [f"y{i}" for i in range(outputs.shape[1])]
    with open(path, "w") as file:
        print(",".join(columns), file=file)
        for row in numpy.hstack([samples, outputs]):
            print(",".join(f"{value:.9g}" for value in row), file=file)


def strip(path):
    """Removes what depends on the place where the file was made."""
    model = onnx.load(path)
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for value in list(model.graph.value_info) + list(model.graph.input) + list(model.graph.output):
        del value.metadata_props[:]
    del model.graph.metadata_props[:]
    onnx.save(model, path)


def main():
    os.makedirs(FOLDER, exist_ok=True)
    for case, arguments in CASES.items():
        for way in WAYS:
            name = f"{case}-{way}"
            if case not in IN_ALL_WAYS and way not in ("script-17", "dynamo-18"):
                continue
            if sys.argv[1:] and not any(word in name for word in sys.argv[1:]):
                continue
            torch.manual_seed(sum(case.encode()))
            model = Model(**arguments).eval()
            path = os.path.join(FOLDER, name + ".onnx")
            try:
                export(model, way, path)
                strip(path)
            except Exception as error:
                print(f"{name}: not exported: {str(error).strip().splitlines()[:1]}")
                continue
            samples = torch.randn(STEPS, model.lstm.input_size).numpy()
            outputs = record(model, path, samples)
            write_csv(os.path.join(FOLDER, name + ".csv"), samples, outputs)
            print(name)


if __name__ == "__main__":
    main()
