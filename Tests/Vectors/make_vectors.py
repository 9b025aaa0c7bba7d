# SPDX-License-Identifier: MIT
"""Make the test vectors: run PyTorch's modules in float64 and in float32.

    python3 Tests/Vectors/make_vectors.py [case ...]

Needs torch, safetensors and numpy. README.md says what the files hold.
"""
import copy
import json
import pathlib
import shutil
import sys
import warnings
import zlib

import numpy as np
import torch
from safetensors.torch import save
from torch import nn

HERE = pathlib.Path(__file__).parent
F16, BF16 = torch.float16, torch.bfloat16
F32, F64 = torch.float32, torch.float64

# An error e counts as e / max(1, |expected|). Leat must stay within the first
# two; PyTorch's own float32 within the third, or float32 isn't enough for a
# case and it tests nothing.
TOLERANCE_F64, TOLERANCE_F32, OWN_ERROR = 2e-6, 4e-6, 1.5e-6

ACTIVATIONS = {"none": lambda y: y, "relu": torch.relu, "tanh": torch.tanh,
               "sigmoid": torch.sigmoid,
               "softmax": lambda y: torch.softmax(y, -1)}


def lstm(name, *sizes, **options):
    return name, "none", nn.LSTM, sizes, options


def linear(name, *sizes, activation="none", **options):
    return name, activation, nn.Linear, sizes, options


def normal(steps, size):
    return torch.randn(steps, size)


def sensor(steps, size):
    """Slow waves with noise, another period for each input."""
    period = 20.0 + 13.0 * torch.arange(size)
    t = torch.arange(steps)[:, None]
    return torch.sin(2 * torch.pi * t / period) + 0.1 * torch.randn(steps, size)


def huge(steps, size):
    """1e3 to 1e4 in size, of either sign."""
    size_of = 10 ** (3 + torch.rand(steps, size))
    return size_of * torch.randn(steps, size).sign()


def spikes(steps, size):
    x = torch.randn(steps, size)
    for t in range(4, steps, 5):
        x[t, t % size] = 1e4 * (-1) ** t
    return x


def integers(steps, size):
    return torch.randint(-10000, 10001, (steps, size)).float()


def scaled(factor, start=""):
    def change(parameters):
        for name, p in parameters.items():
            if name.startswith(start):
                p *= factor
    return change


def eighths(parameters):
    """Weights in steps of 1/8: with whole inputs up to 1e4 every sum over
    inputs is exact in float32, so gates near 0 are as sure as the rest."""
    for p in parameters.values():
        p.copy_((p * 8).round() / 8)


def open_gates(parameters):
    """Input and forget gates stuck at 1: c is a plain sum of g."""
    bias = parameters["lstm.bias_ih_l0"].view(4, -1)
    bias[:2] += 40
    bias[2] += 1


def subnormal(parameters):
    """Input weights that float16 holds as subnormals only."""
    weight = parameters["lstm.weight_ih_l0"]
    weight *= 6e-5 / weight.abs().max()


def physical(parameters):
    """A head that puts out a sensor's own units."""
    parameters["fc.weight"] *= 10
    parameters["fc.bias"] += torch.tensor(SCALES[0])


def far_logits(parameters):
    """One class's logit runs from -65 to 255; exp() overflows at 89. It never
    comes near the others, where the class would hang on a rounding."""
    parameters["fc.weight"][0] *= 2000


def run(modules, x, initial, normaliser, dtype):
    """Output of every step, and h and c of every LSTM layer after the last."""
    x, state = x.to(dtype), []
    if normaliser:
        mean, std = (t.to(dtype) for t in normaliser)
        x = (x - mean) / std
    for name, activation, module in modules:
        module = copy.deepcopy(module).to(dtype).eval()
        if isinstance(module, nn.Linear):
            x = ACTIVATIONS[activation](module(x))
            continue
        batch_axis = 0 if module.batch_first else 1
        start = initial.get(name)
        if start:
            start = tuple(t.to(dtype).unsqueeze(1) for t in start)
        x, (h, c) = module(x.unsqueeze(batch_axis), start)
        x = x.squeeze(batch_axis)
        for layer in range(module.num_layers):
            state += [h[layer, 0], c[layer, 0]]
    return x, torch.cat(state)


def model_file(tensors, metadata):
    """save(), with the metadata sorted: it writes them in random order."""
    file = save({k: t.contiguous() for k, t in tensors.items()}, metadata)
    end = 8 + int.from_bytes(file[:8], "little")
    header = json.loads(file[8:end])
    if metadata:
        header["__metadata__"] = dict(sorted(metadata.items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    assert len(text) <= end - 8
    return file[:8] + text.ljust(end - 8) + file[end:]


def error_of(got, expected):
    expected = expected.double()
    scale = expected.abs().clamp(min=1)
    return ((got.double() - expected).abs() / scale).max().item()


def constructor(kind, sizes, options):
    words = [str(s) for s in sizes] + [f"{k}={v}" for k, v in options.items()]
    return f"nn.{kind.__name__}({', '.join(words)})"


worst = 0.0


@torch.no_grad()
def case(name, words, *parts, steps=40, inputs=normal, change=None,
         initial={}, normaliser=None, norm_prefix="", dtypes={},
         metadata=None):
    """Make one folder.

    change      alters the parameters, which it gets by name
    initial     module: (name of h0, name of c0, with PyTorch's batch axis)
    dtypes      start of a tensor's name: its dtype in the file
    """
    global worst
    if len(sys.argv) > 1 and name not in sys.argv[1:]:
        return
    seed = zlib.crc32(name.encode())
    torch.manual_seed(seed)
    modules = [(n, a, kind(*sizes, **options))
               for n, a, kind, sizes, options in parts]
    lstms = [(n, m) for n, _, m in modules if isinstance(m, nn.LSTM)]
    if change:
        change({f"{n}.{key}": p for n, _, module in modules
                for key, p in module.state_dict().items()})

    def stored(key, tensor):
        """As the file holds it; the reference runs on it widened again."""
        for start, dtype in dtypes.items():
            if key.startswith(start):
                return tensor.to(dtype)
        return tensor

    tensors, starts = {}, {}
    for n, _, module in modules:
        for key, p in module.state_dict().items():
            key = key if n == "." else f"{n}.{key}"
            tensors[key] = stored(key, p)
            p.copy_(tensors[key])
        if n in initial:
            h0, c0, batch = initial[n]
            h = 0.5 * torch.randn(module.num_layers,
                                  module.proj_size or module.hidden_size)
            c = torch.randn(module.num_layers, module.hidden_size)
            for key, t in ((h0, h), (c0, c)):
                tensors[key] = t.unsqueeze(1) if batch else t
            starts[n] = (h, c)
    if normaliser:
        normaliser = tuple(torch.tensor(t) for t in normaliser)
        for key, t in zip(("input_mean", "input_std"), normaliser):
            tensors[norm_prefix + key] = t

    x = inputs(steps, lstms[0][1].input_size)
    if normaliser:
        x = x * normaliser[1] + normaliser[0]
    truth, truth_state = run(modules, x, starts, normaliser, F64)
    float32, float32_state = run(modules, x, starts, normaliser, F32)
    own = max(error_of(float32, truth), error_of(float32_state, truth_state))
    assert own <= OWN_ERROR, f"{name}: PyTorch's own error is {own:.1e}"
    worst = max(worst, own)

    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(model_file(tensors, metadata))
    for file, t in (("input.f32", x), ("output.f32", float32),
                    ("state.f32", float32_state), ("output.f64", truth),
                    ("state.f64", truth_state)):
        kind = "<f8" if file.endswith("f64") else "<f4"
        (folder / file).write_bytes(t.numpy().astype(kind).tobytes())
    layers = [(m.input_size if k == 0 else m.proj_size or m.hidden_size,
               m.hidden_size, m.proj_size or m.hidden_size)
              for _, m in lstms for k in range(m.num_layers)]
    built = ", ".join(f"{n} = {constructor(kind, sizes, options)}"
                      + (f":{a}" if a != "none" else "")
                      for n, a, kind, sizes, options in parts)
    lines = [f"steps {steps}", f"inputs {x.shape[1]}",
             f"outputs {truth.shape[1]}", f"lstm_layers {len(layers)}"]
    lines += [f"layer {k} {i} {h} {o}" for k, (i, h, o) in enumerate(layers)]
    lines += [f"tolerance_f64 {TOLERANCE_F64:.0e}".replace("e-0", "e-"),
              f"tolerance_f32 {TOLERANCE_F32:.0e}".replace("e-0", "e-"),
              f"made {words}; {built}; inputs {inputs.__name__}; seed {seed}; "
              f"PyTorch {torch.__version__.split('+')[0]}; "
              f"largest |output| {truth.abs().max():.3g}, "
              f"|state| {truth_state.abs().max():.3g}; "
              f"PyTorch's own float32 is {own:.1e} away from float64"]
    (folder / "case.txt").write_text("\n".join(lines) + "\n")
    print(f"{name:24} {own:.1e}")


# Mean and standard deviation of a thermometer, a barometer and a strain gauge.
SCALES = ((21.5, 1013.25, 0.375), (4.0, 7.5, 0.0625))

torch.set_num_threads(1)  # the sums of float32 must not depend on the cores
warnings.filterwarnings("ignore", "LSTM with projections")
if len(sys.argv) == 1:
    for folder in HERE.iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)

case("documentation-3-2", "the LSTM of Leat's documentation, a state_dict "
     "without prefix or head", lstm(".", 3, 2), steps=20)
case("documentation-10-20-2", "the example of PyTorch's nn.LSTM page, one of "
     "its batch", lstm(".", 10, 20, 2), steps=20,
     initial={".": ("h0", "c0", True)})

for count, inputs, hidden in ((1, 5, 12), (2, 7, 9), (3, 2, 17), (4, 3, 8)):
    case(f"layers-{count}", "several layers",
         lstm("lstm", inputs, hidden, num_layers=count))
for inputs, hidden in ((1, 1), (9, 2), (17, 7), (33, 8), (65, 9), (130, 16),
                       (1, 17), (2, 32), (3, 33), (7, 64), (17, 65), (9, 128),
                       (33, 130)):
    case(f"size-{inputs}-{hidden}", "input_size and hidden_size, awkward ones "
         "among them", lstm("lstm", inputs, hidden), steps=24)
case("size-65-33-2", "two layers of a size that isn't a multiple of 8",
     lstm("lstm", 65, 33, num_layers=2), steps=24)
case("size-130-1-3", "three layers of one unit",
     lstm("lstm", 130, 1, num_layers=3), steps=24)

case("bias-off", "no biases", lstm("lstm", 7, 9, num_layers=2, bias=False))
case("projection-17-5", "proj_size", lstm("lstm", 3, 17, proj_size=5))
case("projection-32-8-2", "proj_size, two layers",
     lstm("lstm", 9, 32, num_layers=2, proj_size=8))
case("projection-9-1", "the smallest proj_size",
     lstm("lstm", 2, 9, proj_size=1))
case("projection-33-32", "the largest proj_size",
     lstm("lstm", 7, 33, proj_size=32))
case("projection-bias-off", "proj_size, three layers, no biases",
     lstm("lstm", 1, 17, num_layers=3, proj_size=7, bias=False))
case("projection-head", "proj_size, with a head and h0, c0 in the file",
     lstm("lstm", 3, 16, num_layers=2, proj_size=5), linear("fc", 5, 3),
     initial={"lstm": ("lstm.h0", "lstm.c0", True)})

case("stacked", "modules of different sizes, which `leat.layers` puts in order",
     lstm("encoder", 3, 17), lstm("bridge", 17, 9, num_layers=2),
     lstm("a_decoder", 9, 33),
     metadata={"leat.layers": "encoder bridge a_decoder"})
case("stacked-head", "stacked modules with and without projection and bias, "
     "then a head; the second has an initial state",
     lstm("lstm1", 4, 16, proj_size=5), lstm("lstm2", 5, 7, bias=False),
     linear("fc", 7, 2), initial={"lstm2": ("lstm2.h0", "lstm2.c0", False)},
     metadata={"leat.layers": "lstm1 lstm2 fc"})

case("head", "one nn.Linear, no metadata: the plain case",
     lstm("lstm", 3, 32), linear("fc", 32, 2))
case("head-wide", "more outputs than hidden units",
     lstm("lstm", 2, 9), linear("fc", 9, 130))
case("head-one", "one output of an odd number of inputs",
     lstm("lstm", 7, 65), linear("fc", 65, 1), steps=24)
case("head-bias-off", "nn.Linear without bias",
     lstm("lstm", 3, 17), linear("fc", 17, 5, bias=False))
case("head-three", "three nn.Linear: relu, tanh, softmax", lstm("lstm", 3, 17),
     linear("fc1", 17, 33, activation="relu"),
     linear("fc2", 33, 9, activation="tanh"),
     linear("fc3", 9, 7, activation="softmax"),
     metadata={"leat.layers": "lstm fc1:relu fc2:tanh fc3:softmax"})
case("head-sigmoid", "sigmoid after none, whose `:none` is spelled out; "
     "the nn.LSTM has no prefix", lstm(".", 2, 9), linear("fc1", 9, 8),
     linear("fc2", 8, 1, activation="sigmoid"),
     metadata={"leat.layers": ". fc1:none fc2:sigmoid"})
case("head-names", "nested module names, and every cross-check",
     lstm("model.encoder.lstm", 3, 8, num_layers=2, proj_size=5),
     linear("model.head.0", 5, 4, activation="tanh"),
     linear("model.head.2", 4, 2),
     metadata={"leat.format": "1", "trained_on": "any key of the user's own",
               "leat.layers":
               "model.encoder.lstm model.head.0:tanh model.head.2",
               "leat.model.encoder.lstm.input_size": "3",
               "leat.model.encoder.lstm.hidden_size": "8",
               "leat.model.encoder.lstm.num_layers": "2",
               "leat.model.encoder.lstm.proj_size": "5",
               "leat.model.encoder.lstm.bias": "True",
               "leat.model.encoder.lstm.bidirectional": "False"})

case("head-large", "outputs far beyond 1: their tolerance is relative, as one "
     "rounding of 1013 is 6e-5", lstm("lstm", 3, 17), linear("fc", 17, 3),
     change=physical)
case("softmax-far", "logits beyond 89: softmax must take their largest off",
     lstm("lstm", 3, 9), linear("fc", 9, 5, activation="softmax"),
     change=far_logits, steps=24, metadata={"leat.layers": "lstm fc:softmax"})

case("normaliser", "input_mean and input_std of a sensor's scales",
     lstm("lstm", 3, 16), linear("fc", 16, 3), normaliser=SCALES)
case("normaliser-prefix", "the same in a module of its own, no head",
     lstm("lstm", 3, 9, num_layers=2), normaliser=SCALES,
     norm_prefix="norm.")
case("initial-state", "h0 and c0 of shape [num_layers, hidden_size]",
     lstm("lstm", 3, 9, num_layers=3), initial={"lstm": ("h0", "c0", False)})
case("initial-state-names", "named h_0 and c_0, prefixed, with a batch axis",
     lstm("lstm", 2, 17), linear("fc", 17, 1),
     initial={"lstm": ("start.h_0", "start.c_0", True)})

case("f16", "weights in float16", lstm("lstm", 3, 17, num_layers=2),
     linear("fc", 17, 2), dtypes={"": F16})
case("f16-subnormal", "weight_ih all subnormals of float16, inputs to match",
     lstm("lstm", 1, 9), change=subnormal, inputs=huge, dtypes={"": F16})
case("bf16", "weights in bfloat16", lstm("lstm", 7, 64), linear("fc", 64, 3),
     dtypes={"": BF16})
case("mixed", "float16, bfloat16 and float32 in one file",
     lstm("lstm", 3, 17), linear("fc", 17, 2),
     dtypes={"lstm.weight": F16, "lstm.bias": BF16})

case("long-8", "1,000 steps", lstm("lstm", 2, 8), steps=1000, inputs=sensor)
case("long-64", "1,000 steps", lstm("lstm", 3, 64), linear("fc", 64, 5),
     steps=1000, inputs=sensor)
case("scaled", "all weights times 3", lstm("lstm", 3, 9), change=scaled(3),
     steps=24)
case("scaled-2", "the weights of both layers times 3, then a plain head",
     lstm("lstm", 7, 17, num_layers=2), linear("fc", 17, 3),
     change=scaled(3, "lstm."), steps=24)

case("saturate-1", "one huge input: every gate is 0 or 1",
     lstm("lstm", 1, 9), change=scaled(3), inputs=huge)
case("saturate-spikes", "a spike of 1e4 every fifth step",
     lstm("lstm", 3, 17), linear("fc", 17, 2), inputs=spikes)
case("saturate-exact", "huge inputs on all channels, sums exact in float32",
     lstm("lstm", 7, 33), inputs=integers, change=eighths)
case("saturate-cell", "c grows as long as the stream: its tolerance is "
     "relative, as |c| is beyond 1", lstm("lstm", 2, 9), steps=60,
     change=open_gates)

case("dropout", "dropout=0.5, which eval() makes the identity",
     lstm("lstm", 3, 9, num_layers=2, dropout=0.5))
case("batch-first", "batch_first=True changes no weight and no state",
     lstm("lstm", 3, 9, num_layers=2, batch_first=True), linear("fc", 9, 2))

size = sum(f.stat().st_size for f in HERE.rglob("*") if f.is_file())
print(f"largest error of PyTorch's own float32: {worst:.1e}; "
      f"{size / 1e6:.2f} MB")
