# SPDX-License-Identifier: MIT
"""TorchScript of PyTorch, with what PyTorch computes.

pip install torch numpy; python3 make_torchscript.py

Writes torchscript/*.pt, each with a .csv of samples and outputs, or a .txt with a part of the
refusal. A .options beside it has the options that `leat convert` needs, one a line.
"""
import io
import os
import pickle
import zipfile

import numpy
import torch
from torch import nn

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "torchscript")
STEPS = 24
torch.manual_seed(21)
os.makedirs(HERE, exist_ok=True)


def path(name):
    return os.path.join(HERE, name)


def write_text(name, text):
    with open(path(name), "w") as file:
        print(text, file=file)


class Net(nn.Module):
    """A normalization, three kinds of recurrent layers, and a head with an activation."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(3, eps=0.01)
        self.rnn = nn.RNN(3, 5, nonlinearity="relu")
        self.rnn.weight_hh_l0.data *= 0.5
        self.gru = nn.GRU(5, 4)
        self.lstm = nn.LSTM(4, 6, num_layers=2)
        self.head = nn.Sequential(nn.Linear(6, 4), nn.Tanh(), nn.Linear(4, 2))
        self.norm.running_mean[:] = torch.tensor([0.2, -1.0, 0.5])
        self.norm.running_var[:] = torch.tensor([0.7, 0.01, 3.0])

    def forward(self, x):
        out, _ = self.rnn(self.norm(x))
        out, _ = self.gru(out)
        out, _ = self.lstm(out)
        return self.head(out)


class Cell(nn.Module):
    """nn.LSTMCell in half precision, and a head whose weights aren't contiguous."""

    def __init__(self):
        super().__init__()
        self.cell = nn.LSTMCell(2, 3).half()
        self.head = nn.Linear(3, 2)
        self.head.weight = nn.Parameter(torch.randn(3, 4).t()[1:3])

    def forward(self, x, h, c):
        h, c = self.cell(x, (h, c))
        return self.head(h), h, c


def save(model, name, change=lambda inner, data: data, compressed=None):
    """Writes the model's archive without the .debug_pkl of its code, which have paths of the machine.

    - change: gives other bytes for a file of the archive, or None to leave it out
    - compressed: a file that is compressed, as PyTorch does only with code
    """
    original = io.BytesIO()
    torch.jit.save(model, original)
    with zipfile.ZipFile(original) as source, zipfile.ZipFile(path(name + ".pt"), "w") as target:
        for info in source.infolist():
            inner = info.filename.partition("/")[2]
            data = None if inner.endswith(".debug_pkl") else change(inner, source.read(info))
            if data is not None:
                target.writestr(info.filename, data, zipfile.ZIP_DEFLATED
                                if inner == compressed else info.compress_type)


def write(name, model, samples, outputs, *options):
    save(model, name)
    with open(path(name + ".csv"), "w") as file:
        inputs, count = samples.shape[1], outputs.shape[1]
        print(",".join([f"x{i}" for i in range(inputs)] + [f"y{i}" for i in range(count)]),
              file=file)
        for row in numpy.hstack([samples, outputs]):
            print(",".join(f"{value:.9g}" for value in row), file=file)
    if options:
        write_text(name + ".options", "\n".join(options))


def refused(name, model, reason):
    save(model, f"refused-{name}")
    write_text(f"refused-{name}.txt", reason)


net = Net().eval()
samples = torch.randn(STEPS, 3)
with torch.no_grad():
    outputs = net(samples)
layers = ("--layers", "norm rnn gru lstm head.0:tanh head.2")
write("scripted", torch.jit.script(net), samples, outputs, *layers)
write("traced", torch.jit.trace(net, samples), samples, outputs, *layers)

cell = Cell()
samples, state = torch.randn(STEPS, 2), (torch.zeros(1, 3), torch.zeros(1, 3))
# PyTorch's sums of halves differ from those of floats.
exact = Cell()
exact.load_state_dict({name: value.float() for name, value in cell.state_dict().items()})
exact.cell.float()
rows = []
with torch.no_grad():
    for row in samples:
        output, *state = exact(row[None], *state)
        rows.append(output)
write("cell", torch.jit.script(cell), samples, torch.cat(rows))

class Relu(nn.Module):
    """nn.RNNCell with relu."""

    def __init__(self):
        super().__init__()
        self.cell = nn.RNNCell(2, 3, nonlinearity="relu")
        self.cell.weight_hh.data *= 0.3

    def forward(self, x, h):
        return self.cell(x, h)


relu, h, rows = Relu(), torch.zeros(1, 3), []
samples = torch.randn(STEPS, 2)
with torch.no_grad():
    for row in samples:
        h = relu(row[None], h)
        rows.append(h)
write("relu-scripted", torch.jit.script(relu), samples, torch.cat(rows))
write("relu-traced", torch.jit.trace(relu, (samples[:1], h)), samples, torch.cat(rows))

refused("activation", torch.jit.script(net), "module 'head.1' (Tanh): its place is in forward()")
refused("frozen", torch.jit.freeze(torch.jit.script(net)), "torch.jit.freeze() makes them constants without names")
refused("quantized", torch.jit.script(torch.ao.quantization.quantize_dynamic(
    nn.Sequential(nn.Linear(2, 2)), {nn.Linear})), "holds quantized tensors")
refused("convolution", torch.jit.script(nn.Sequential(nn.Conv1d(2, 2, 3))), "(Conv1d): Leat runs")


# --- by hand -------------------------------------------------------------------

class Call:
    """A pickle of it calls a function when it is loaded."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def by_hand(name, reason, change=lambda inner, data: data, compressed=None):
    save(torch.jit.script(cell), f"refused-{name}", change, compressed)
    write_text(f"refused-{name}.txt", reason)


def pickled(value):
    return lambda name, data: pickle.dumps(value, 2) if name == "data.pkl" else data


def doubled(data):
    """The key of the first storage becomes a tuple of tuples, whose text has 2^40 parts."""
    return data.replace(b"X\x01\x00\x00\x000", b"X\x01\x00\x00\x000" + b"q\x64h\x64\x86" * 40, 1)


by_hand("system", "posix.system, expected TorchScript with modules and tensors only",
        pickled(Call(os.system, "touch ran")))
by_hand("cut", "found 46 bytes in data/0, expected 48",
        lambda name, data: data[:-2] if name == "data/0" else data)
by_hand("storage", "is TorchScript without data/0; it is damaged",
        lambda name, data: None if name == "data/0" else data)
by_hand("shape", "found a tensor of shape [13, 2] that is beyond data/0",
        lambda name, data: data.replace(b"(K\x0cK\x02t", b"(K\x0dK\x02t")
        if name == "data.pkl" else data)
by_hand("big-endian", "big-endian",
        lambda name, data: b"big" if name == "byteorder" else data)
by_hand("deflated", "has a compressed data/0", compressed="data/0")
by_hand("long", "found a tensor that PyTorch doesn't write",
        lambda name, data: doubled(data) if name == "data.pkl" else data)
by_hand("list", "holds a list, expected a module", pickled([1, 2]))


def twice(levels):
    """Each module has the next one twice: 2^levels in all."""
    text = b"\x80\x02c__torch__\nA\n)\x81}b"
    for _ in range(levels):
        text += b"q\x000c__torch__\nA\n)\x81}(X\x01\x00\x00\x00ah\x00X\x01\x00\x00\x00bh\x00ub"
    return text + b"."


by_hand("doubling", "has more than 65536 modules",
        lambda name, data: twice(40) if name == "data.pkl" else data)
