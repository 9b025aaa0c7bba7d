# SPDX-License-Identifier: MIT
"""Make the test vectors: run PyTorch's modules in float64 and in float32.

    python3 Tests/Vectors/make_vectors.py [case ...]

Needs torch, safetensors and numpy; the cases `onnx-…` also onnx and
onnxruntime. README.md says what the files hold.
"""
import copy
import json
import pathlib
import re
import shutil
import sys
import warnings
import zlib

import numpy as np
import torch
from safetensors.torch import save
from torch import nn

sys.dont_write_bytecode = True  # a folder here is a case
import onnx_cells  # noqa: E402

HERE = pathlib.Path(__file__).parent
F16, BF16, I8 = torch.float16, torch.bfloat16, torch.int8
F32, F64 = torch.float32, torch.float64

# An error e counts as e / max(1, |expected|). Leat must stay within the first
# two; PyTorch's own float32 within the third, or float32 isn't enough for a
# case and it tests nothing.
TOLERANCE_F64, TOLERANCE_F32, OWN_ERROR = 2e-6, 4e-6, 1.5e-6

# Of a matrix of integers a change to one row must show this many times as
# clearly as the tolerance hides, or the case would pass with a wrong scale.
MARGIN = 3

ACTIVATIONS = {"none": lambda y: y, "relu": torch.relu, "tanh": torch.tanh,
               "sigmoid": torch.sigmoid,
               "softmax": lambda y: torch.softmax(y, -1),
               "leaky_relu": nn.LeakyReLU(), "elu": nn.ELU(),
               "leaky_relu(0.2)": nn.LeakyReLU(0.2), "elu(0.5)": nn.ELU(0.5),
               "gelu": nn.GELU(), "gelu_tanh": nn.GELU("tanh"),
               "silu": nn.SiLU(), "softplus": nn.Softplus(),
               "softplus(2,5)": nn.Softplus(2, 5), "softsign": nn.Softsign(),
               "hard_sigmoid": nn.Hardsigmoid(),
               "hard_sigmoid(0.2,0.5)": lambda y: (0.2 * y + 0.5).clamp(0, 1),
               "hardtanh": nn.Hardtanh(),
               "hardtanh(-0.25,0.5)": nn.Hardtanh(-0.25, 0.5),
               "relu6": nn.ReLU6(), "hardswish": nn.Hardswish(),
               "log_softmax": nn.LogSoftmax(-1)}


def lstm(name, *sizes, **options):
    return name, "none", nn.LSTM, sizes, options


def rnn(name, *sizes, **options):
    return name, "none", nn.RNN, sizes, options


def gru(name, *sizes, **options):
    return name, "none", nn.GRU, sizes, options


def linear(name, *sizes, activation="none", **options):
    return name, activation, nn.Linear, sizes, options


def batch_norm(name, size, **options):
    return name, "none", nn.BatchNorm1d, (size,), options


def prelu(name, size):
    return name, "none", nn.PReLU, (size,), {}


def alone(activation):
    """An activation as its own layer."""
    return "", activation, None, (), {}


def add(source):
    """A sum: `a` or `a[0:3]`."""
    return "+" + source, "none", None, (), {}


def kind_of(module):
    """lstm, rnn or gru, or None."""
    for word, kinds in (("lstm", (nn.LSTM, nn.LSTMCell)),
                        ("rnn", (nn.RNN, nn.RNNCell)),
                        ("gru", (nn.GRU, nn.GRUCell))):
        if isinstance(module, kinds):
            return word
    return None


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


def fading(steps, size):
    """From 1 down to subnormals of float32 and to 0, again and again."""
    exponent = torch.arange(steps * size).reshape(steps, size) * 7 % 160
    return torch.randn(steps, size).sign() * 2.0 ** -exponent


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


def update_gates(bias):
    """z of every GRU near 1 or 0, as `bias` has it: h stays, or is n."""
    def change(parameters):
        for name, p in parameters.items():
            if ".bias_ih" in name:
                p.view(3, -1)[1] += bias
    return change


def subnormal(parameters):
    """Input weights that float16 holds as subnormals only."""
    weight = parameters["lstm.weight_ih_l0"]
    weight *= 6e-5 / weight.abs().max()


def faint(start=""):
    """Two of three weights and biases from 2^-20 down to subnormals of float32."""
    def change(parameters):
        for name, p in parameters.items():
            if name.startswith(start):
                at = torch.arange(p.numel()).reshape(p.shape)
                small = p.sign() * 2.0 ** (-20 - at * 7 % 130)
                p.copy_(torch.where(at % 3 == 0, p, small.float()))
    return change


def physical(parameters):
    """A head that puts out a sensor's own units."""
    parameters["fc.weight"] *= 10
    parameters["fc.bias"] += torch.tensor(SCALES[0])


def far_logits(parameters):
    """One class's logit runs from -65 to 255; exp() overflows at 89. It never
    comes near the others, where the class would hang on a rounding."""
    parameters["fc.weight"][0] *= 2000


def wide(parameters):
    """Inputs so many that their sums would saturate every gate."""
    parameters["lstm.weight_ih_l0"] /= 12


def zero_rows(parameters):
    """Rows that are all zero, in every matrix; one gate without any weight."""
    for name, p in parameters.items():
        if "weight" in name:
            p[::5] = 0
    parameters["lstm.weight_ih_l0"][9:18] = 0
    parameters["lstm.weight_hh_l0"][9:18] = 0


def pauses(steps, size):
    """Samples of zeros, and some that are next to nothing: their scale would
    be subnormal."""
    x = torch.randn(steps, size)
    x[5:9] = 0
    x[15:19] *= 1e-36
    return x


def lopsided(steps, size):
    """One channel twenty times the others: it sets the scale of all."""
    x = torch.randn(steps, size)
    x[:, 0] *= 20
    return x


def one_large(parameters):
    """The weight of the large channel to match."""
    parameters["lstm.weight_ih_l0"][:, 0] /= 20


def contracting(parameters):
    """Rows of weight_hh whose magnitudes have the sum 0.9: h has a bound."""
    for name, p in parameters.items():
        if ".weight_hh" in name:
            p *= 0.9 / p.abs().sum(1, keepdim=True)


def as_trained(module):
    """Other values than those of a module that never saw data."""
    if isinstance(module, nn.BatchNorm1d):
        module.running_mean.normal_()
        module.running_var.uniform_(0.25, 2)
        module.num_batches_tracked.fill_(1000)
        if module.affine:
            module.weight.uniform_(-1.5, 1.5)
            module.bias.normal_()
    if isinstance(module, nn.PReLU):
        module.weight.uniform_(-0.5, 0.5)


def cell_run(cell, x):
    """All steps of an nn.LSTMCell, nn.RNNCell or nn.GRUCell."""
    state, outputs = None, []
    for v in x:
        state = cell(v, state)
        outputs.append(state[0] if isinstance(state, tuple) else state)
    return (torch.stack(outputs),
            list(state) if isinstance(state, tuple) else [state])


def run(modules, x, initial, normaliser, dtype, denormaliser=None):
    """Output of every step, and h and c (of nn.RNN and nn.GRU: h) of every
    recurrent layer after the last."""
    x, state = x.to(dtype), []
    if normaliser:
        mean, std = (t.to(dtype) for t in normaliser)
        x = (x - mean) / std
    values, latest = {"input": x}, None
    for name, activation, module in modules:
        if module is not None:
            latest = name
            x, end = layer_run(module, x, initial.get(name), dtype)
            state += end
        elif name:
            source, _, count = name[1:].rstrip("]").partition("[0:")
            value = values[source]
            x = x + (value[:, :int(count)] if count else value)
        x = ACTIVATIONS[activation](x)
        values[latest] = x
    if denormaliser:
        mean, std = (t.to(dtype) for t in denormaliser)
        x = x * std + mean
    return x, torch.cat(state)


def layer_run(module, x, start, dtype):
    """Output of every step of a module, and the states after the last."""
    state = []
    module = copy.deepcopy(module).to(dtype).eval()
    if kind_of(module) is None:
        return module(x), state
    if isinstance(module, nn.RNNCellBase):
        return cell_run(module, x)
    batch_axis = 0 if module.batch_first else 1
    if start:
        start = tuple(t.to(dtype).unsqueeze(1) for t in start)
    if isinstance(module, (nn.RNN, nn.GRU)):
        x, *end = module(x.unsqueeze(batch_axis), start and start[0])
    else:
        x, end = module(x.unsqueeze(batch_axis), start)
    for layer in range(module.num_layers):
        state += [s[layer, 0] for s in end]
    return x.squeeze(batch_axis), state


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


def quantised(weight, dtype, largest):
    """A matrix as integers, and the scales of its rows as the file holds them.
    The scale of a row of zeros is 0 and 0.5 in turns."""
    scale = (weight.abs().amax(1) / largest).to(dtype)
    empty = (scale == 0).nonzero().flatten()
    scale[empty[1::2]] = 0.5
    step = scale.double().where(scale > 0, 1.0).unsqueeze(1)
    integers = (weight / step).round().clamp(-128, 127).to(I8)
    return integers, scale if dtype == F32 else scale.unsqueeze(1)


def reads_twice(module):
    """Whether it is a GRU with r * h before a matrix, which is rounded, too."""
    return (isinstance(module, onnx_cells.GRU)
            and not module.attributes["linear_before_reset"])


def rounding_error(modules, x, initial, normaliser, integers):
    """What the rounding of inputs and h to integers does to outputs and
    states, in the measure of error_of(): six standard deviations of the worst
    of them. The roundings are taken as independent and uniform, and go through
    the network as its slopes carry them."""
    x = x.double()
    if normaliser:
        x = (x - normaliser[0].double()) / normaliser[1].double()
    layers, start = [], []
    for name, _, module in modules:
        if not isinstance(module, nn.Linear):
            p = module.state_dict()
            for k in range(module.num_layers):
                u = p[f"weight_hh_l{k}"]
                layers.append((
                    p[f"weight_ih_l{k}"], u, p.get(f"weight_hr_l{k}"),
                    [p[f"bias_{n}_l{k}"] if module.bias
                     else torch.zeros(len(u), dtype=F64)
                     for n in ("ih", "hh")],
                    f"{name}.weight_ih_l{k}" in integers, module))
                sizes = ((u.shape[1], len(u) // 4)
                         if kind_of(module) == "lstm" else u.shape[1:])
                start += [s[k].double() for s in initial.get(name, ())] or [
                    torch.zeros(n, dtype=F64) for n in sizes]
    sizes = [len(s) for s in start]

    def step(state, noise, x):
        """One step; `noise` is added to what is rounded. Also returns how
        large it may be: half a level, and what float32 adds in making it."""
        state, new, radii, at = iter(state.split(sizes)), [], [], 0

        def rounded(v):
            nonlocal at
            n, at = len(v), at + len(v)
            levels = min(32767, (2**31 - 1) // (128 * n))
            radii.append((0.51 / levels * v.abs().max()).expand(n))
            return v + noise[at - n:at]

        for w, u, hr, b, is_rounded, module in layers:
            kind = kind_of(module)
            h = old = next(state)
            if is_rounded:
                x, h = rounded(x), rounded(h)
            if isinstance(module, onnx_cells.Cell):
                own = (old, next(state)) if kind == "lstm" else (old,)
                new += module.step(x, h, own, rounded)
                x = new[-len(own)]
                continue
            x, h = w @ x + b[0], u @ h + b[1]
            if kind == "rnn":
                x = (x + h).tanh()
                new += [x]
                continue
            if kind == "gru":
                r, z = (x + h).chunk(3)[:2]
                n = (x.chunk(3)[2] + r.sigmoid() * h.chunk(3)[2]).tanh()
                x = (-z).sigmoid() * n + z.sigmoid() * old
                new += [x]
                continue
            c = next(state)
            i, f, g, o = (x + h).chunk(4)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            x = o.sigmoid() * c.tanh()
            x = x if hr is None else hr @ x
            new += [x, c]
        for _, activation, module in modules:
            if isinstance(module, nn.Linear):
                x = ACTIVATIONS[activation](module(x))
        return ((torch.cat(new), x),
                (torch.cat(new), x, torch.cat(radii + [noise[:0]])))

    state = torch.cat(start)
    noise = torch.zeros(sum(w.shape[1] + u.shape[1] * (1 + reads_twice(module))
                            for w, u, _, _, is_rounded, module in layers
                            if is_rounded),
                        dtype=F64)
    covariance, worst = torch.zeros(2 * (len(state),), dtype=F64), 0.0

    def deviation(values, covariance):
        return (covariance.diagonal().sqrt()
                / values.abs().clamp(min=1)).max().item()

    for v in x:
        ((a, b), (c, d)), (state, y, radii) = torch.func.jacrev(
            step, argnums=(0, 1), has_aux=True)(state, noise, v)
        variance = radii**2 / 3
        worst = max(worst, deviation(
            y, c @ covariance @ c.T + d * variance @ d.T))
        covariance = a @ covariance @ a.T + b * variance @ b.T
    return 6 * max(worst, deviation(state, covariance))


def least_fault(modules, x, initial, normaliser, matrices, truth, state):
    """The error of the least of these faults: a row of integers left out, its
    scale taken twice, the scales of a matrix moved by a row, two gates
    exchanged."""
    least = float("inf")
    for key, scale in matrices:
        name, _, leaf = key.rpartition(".")
        module = next(m for n, _, m in modules if n == name)
        p = module.state_dict()[leaf]
        right = p.clone()
        faults = []
        for row in range(len(p)):
            if right[row].any():
                for factor in (0, 2):
                    wrong = right.clone()
                    wrong[row] *= factor
                    faults.append(wrong)
        if len(p) > 1:
            each = scale.double().where(scale > 0, 1.0)
            faults.append(right * (each.roll(1) / each).unsqueeze(1))
        swaps = (((1, 0, 2, 3), (0, 2, 1, 3), (0, 1, 3, 2))
                 if isinstance(module, nn.LSTM)
                 else ((1, 0, 2), (0, 2, 1)) if isinstance(module, nn.GRU)
                 else ())
        if leaf.startswith(("weight_ih", "weight_hh")):
            for swap in swaps:
                gates = right.chunk(len(swap))
                faults.append(torch.cat([gates[k] for k in swap]))
        for wrong in faults:
            p.copy_(wrong)
            got, got_state = run(modules, x, initial, normaliser, F64)
            least = min(least, max(error_of(got, truth),
                                   error_of(got_state, state)))
        p.copy_(right)
    return least


def input_size(module):
    if isinstance(module, nn.Linear):
        return module.in_features
    if isinstance(module, nn.BatchNorm1d):
        return module.num_features
    return module.input_size


def constructor(kind, sizes, options):
    words = [str(s) for s in sizes] + [f"{k}={v}" for k, v in options.items()]
    framework = "ONNX" if issubclass(kind, onnx_cells.Cell) else "nn"
    return f"{framework}.{kind.__name__}({', '.join(words)})"


def described(name, activation, kind, sizes, options):
    """An entry of the list, in words."""
    words = f"{name} = {constructor(kind, sizes, options)}" if kind else name
    return words + (f":{activation}" if activation != "none" else "")


def runtime_version():
    import onnxruntime
    return f"ONNX Runtime {onnxruntime.__version__}; "


worst = 0.0


@torch.no_grad()
def case(name, words, *parts, steps=40, inputs=normal, change=None,
         initial={}, normaliser=None, norm_prefix="", dtypes={},
         scales=(F32, 127), metadata=None, denormaliser=None):
    """Make one folder.

    change      alters the parameters, which it gets by name
    initial     module: (name of h0, name of c0, with PyTorch's batch axis);
                of nn.RNN and nn.GRU no c0
    dtypes      start of a tensor's name: its dtype in the file
    scales      of integers: the scales' dtype, and the largest weight of a row
    denormaliser
                output_mean and output_std, each a number or one for each output
    """
    global worst
    if len(sys.argv) > 1 and name not in sys.argv[1:]:
        return
    seed = zlib.crc32(name.encode())
    torch.manual_seed(seed)
    modules = [(n, a, kind and kind(*sizes, **options))
               for n, a, kind, sizes, options in parts]
    stateful = [(n, m) for n, _, m in modules if m is not None]
    recurrent = [m for _, m in stateful if kind_of(m)]
    for _, module in stateful:
        as_trained(module)
    if change:
        change({f"{n}.{key}": p for n, module in stateful
                for key, p in module.state_dict().items()})

    def stored(key, tensor):
        """Put it into the file; return what the file then says, exactly."""
        dtype = next((d for start, d in dtypes.items()
                      if key.startswith(start)), F32)
        if not tensor.is_floating_point():
            tensors[key] = tensor
            return tensor
        if dtype is not I8:
            tensors[key] = tensor.to(dtype)
            return tensors[key]
        integers, scale = quantised(tensor, *scales)
        tensors[key], tensors[key + "_scale"] = integers, scale
        matrices.append((key, scale.flatten()))
        return integers.double() * scale.double().view(-1, 1)

    tensors, starts, matrices = {}, {}, []
    for n, module in stateful:
        values = module.state_dict()
        module.double()
        for key, p in module.state_dict().items():
            p.copy_(stored(key if n == "." else f"{n}.{key}", values[key]))
        if n in initial:
            *names, batch = initial[n]
            start = [0.5 * torch.randn(module.num_layers,
                                       module.proj_size or module.hidden_size)]
            if isinstance(module, nn.LSTM):
                start += [torch.randn(module.num_layers, module.hidden_size)]
            for key, t in zip(names, start, strict=True):
                tensors[key] = t.unsqueeze(1) if batch else t
            starts[n] = tuple(start)
    if normaliser:
        normaliser = tuple(torch.tensor(t) for t in normaliser)
        for key, t in zip(("input_mean", "input_std"), normaliser):
            tensors[norm_prefix + key] = t

    if denormaliser:
        denormaliser = tuple(torch.tensor(t) for t in denormaliser)
        for key, t in zip(("output_mean", "output_std"), denormaliser):
            tensors[key] = t

    x = inputs(steps, input_size(modules[0][2]))
    if normaliser:
        x = x * normaliser[1] + normaliser[0]
    truth, truth_state = run(modules, x, starts, normaliser, F64, denormaliser)
    float32, float32_state = run(modules, x, starts, normaliser, F32,
                                 denormaliser)
    own = max(error_of(float32, truth), error_of(float32_state, truth_state))
    assert own <= OWN_ERROR, f"{name}: PyTorch's own error is {own:.1e}"
    worst = max(worst, own)
    tolerances = TOLERANCE_F64, TOLERANCE_F32
    if matrices:
        rounding = rounding_error(modules, x, starts, normaliser,
                                  {key for key, _ in matrices})
        tolerances = [float(f"{t + rounding:.1e}") for t in tolerances]
        least = least_fault(modules, x, starts, normaliser, matrices, truth,
                            truth_state)
        assert least >= MARGIN * tolerances[1], f"{name}: {least:.1e}"
        words += (f"; rounding to integers {rounding:.1e}, the least fault "
                  f"{least:.1e}")

    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(model_file(tensors, metadata))
    for file, t in (("input.f32", x), ("output.f32", float32),
                    ("state.f32", float32_state), ("output.f64", truth),
                    ("state.f64", truth_state)):
        kind = "<f8" if file.endswith("f64") else "<f4"
        (folder / file).write_bytes(t.numpy().astype(kind).tobytes())
    layers = [(m, m.input_size if k == 0 else m.proj_size or m.hidden_size)
              for m in recurrent for k in range(getattr(m, "num_layers", 1))]
    kinds = [kind_of(m) for m, _ in layers]
    built = ", ".join(described(*part) for part in parts)
    runtime = (runtime_version() if any(isinstance(m, onnx_cells.Cell)
                                        for m in recurrent) else "")
    lines = [f"steps {steps}", f"inputs {x.shape[1]}",
             f"outputs {truth.shape[1]}"]
    lines += [f"{kind}_layers {kinds.count(kind)}" for kind in ("lstm", "rnn", "gru")
              if kind in kinds]
    lines += [f"{kind_of(m)} {k} {i} {m.hidden_size}"
              if kind_of(m) != "lstm" else
              f"layer {k} {i} {m.hidden_size} "
              f"{getattr(m, 'proj_size', 0) or m.hidden_size}"
              for k, (m, i) in enumerate(layers)]
    lines += [f"tolerance_f{bits} {t:.2g}".replace("e-0", "e-")
              for bits, t in zip((64, 32), tolerances)]
    lines += [f"made {words}; {built}; inputs {inputs.__name__}; seed {seed}; "
              f"PyTorch {torch.__version__.split('+')[0]}; {runtime}"
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
case("faint-weights", "weights and biases of every size down to subnormals",
     lstm("lstm", 3, 17), linear("fc", 17, 2), change=faint())
case("faint-heads", "three heads with weights and biases down to subnormals",
     lstm("lstm", 3, 9), linear("a", 9, 12, activation="relu"),
     linear("b", 12, 5), linear("fc", 5, 2),
     change=lambda p: [faint(name)(p) for name in ("a.", "b.", "fc.")],
     metadata={"leat.layers": "lstm a:relu b fc"})
case("faint-inputs", "samples of every size down to subnormals",
     lstm("lstm", 2, 12, num_layers=2), linear("fc", 12, 2), inputs=fading)
case("faint-all", "inputs, weights and biases of every size, a projection, "
     "bfloat16", lstm("lstm", 3, 16, proj_size=6), linear("fc", 6, 2),
     inputs=fading, change=faint(), dtypes={"": BF16})
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

# Of integers the rounding of inputs and h is part of what is computed, so the
# tolerance holds a bound of what it can do: README.md.
GATES = {"lstm.weight": I8}
ALL = {"lstm.weight": I8, "fc.weight": I8}
case("int8", "weights in integers with a scale for each row",
     lstm("lstm", 3, 16), dtypes=GATES)
case("int8-2", "two layers in integers, the head in float32",
     lstm("lstm", 5, 12, num_layers=2), linear("fc", 12, 2), dtypes=GATES,
     steps=24)
case("int8-7-17", "odd sizes, and a head of integers", lstm("lstm", 7, 17),
     linear("fc", 17, 3), dtypes=ALL)
case("int8-projection", "weight_hr in integers too, two layers, h0 and c0",
     lstm("lstm", 3, 17, num_layers=2, proj_size=5), linear("fc", 5, 2),
     dtypes=ALL, initial={"lstm": ("lstm.h0", "lstm.c0", True)}, steps=24,
     change=scaled(3))
case("int8-projection-only", "weight_hr in integers, the gates in float16",
     lstm("lstm", 3, 19, proj_size=6),
     dtypes={"lstm.weight_hr": I8, "lstm": F16})
case("int8-head", "heads in integers, without and with bias, behind an LSTM "
     "in float32", lstm("lstm", 3, 17),
     linear("fc1", 17, 9, bias=False, activation="relu"),
     linear("fc2", 9, 5, activation="sigmoid"),
     dtypes={"fc1.weight": I8, "fc2.weight": I8},
     metadata={"leat.layers": "lstm fc1:relu fc2:sigmoid"})
case("int8-801-7", "so many inputs that they are rounded to 20,945 levels",
     lstm("lstm", 801, 7), dtypes=GATES, change=wide, steps=24)
case("int8-zero-rows", "rows of zeros, with scale 0 and 0.5; samples of zeros",
     lstm("lstm", 3, 9), linear("fc", 9, 6), dtypes=ALL, change=zero_rows,
     inputs=pauses)
case("int8-f16-scales", "scales in float16, [rows, 1]", lstm("lstm", 3, 9),
     linear("fc", 9, 2), dtypes=ALL, scales=(F16, 127))
case("int8-bf16-scales", "scales in bfloat16, [rows, 1]; weights of -128",
     lstm("lstm", 2, 17, bias=False), dtypes=GATES, scales=(BF16, 128.4))
case("int8-lopsided", "one input twenty times the others: its scale is "
     "theirs", lstm("lstm", 5, 9), dtypes=GATES, change=one_large,
     inputs=lopsided)
case("int8-stacked", "modules in integers, float32 and bfloat16",
     lstm("a", 3, 17), lstm("b", 17, 9), lstm("c", 9, 8), linear("fc", 8, 2),
     dtypes={"a.weight": I8, "c": BF16, "fc.weight": I8}, steps=24,
     change=scaled(3),
     metadata={"leat.layers": "a b c fc"})
case("normaliser-int8", "normalised inputs, rounded behind that",
     lstm("lstm", 3, 16), linear("fc", 16, 3), dtypes=ALL, normaliser=SCALES)

for word, dtype in (("f16", F16), ("bf16", BF16)):
    case(f"{word}-projection", "two layers with projection and a head, all "
         "narrow", lstm("lstm", 5, 19, num_layers=2, proj_size=6),
         linear("fc", 6, 3), dtypes={"": dtype})
    case(f"{word}-2", "two layers of odd sizes, two heads, all narrow",
         lstm("lstm", 9, 23, num_layers=2),
         linear("fc1", 23, 11, activation="tanh"), linear("fc2", 11, 2),
         dtypes={"": dtype},
         metadata={"leat.layers": "lstm fc1:tanh fc2"})

NEWER = {"leat.format": "2"}
case("rnn-3-17", "nn.RNN, no head", rnn("rnn", 3, 17), metadata=NEWER)
case("rnn-5-33-2", "two layers and a head, whose order needs no metadata",
     rnn("rnn", 5, 33, num_layers=2), linear("fc", 33, 2), metadata=NEWER)
case("rnn-1-1", "three layers of one unit", rnn(".", 1, 1, num_layers=3),
     metadata=NEWER)
case("rnn-bias-off", "nn.RNN without biases",
     rnn("rnn", 7, 9, num_layers=2, bias=False), metadata=NEWER)
case("rnn-names", "every cross-check, and h_0 with a batch axis",
     rnn("model.rnn", 2, 16, num_layers=2), linear("model.head", 16, 3),
     initial={"model.rnn": ("start.h_0", True)},
     metadata={**NEWER, "leat.model.rnn.input_size": "2",
               "leat.model.rnn.hidden_size": "16",
               "leat.model.rnn.num_layers": "2",
               "leat.model.rnn.nonlinearity": "tanh",
               "leat.model.rnn.bias": "True",
               "leat.model.rnn.bidirectional": "False",
               "leat.model.rnn.batch_first": "True",
               "leat.model.rnn.dropout": "0.5"})
case("rnn-after-linear", "nn.Linear first", linear("fc", 4, 9,
                                                   activation="relu"),
     rnn("rnn", 9, 24), metadata={**NEWER, "leat.layers": "fc:relu rnn"})
case("rnn-lstm", "nn.RNN, nn.LSTM, nn.Linear, nn.RNN, with initial states",
     rnn("a", 3, 12), lstm("b", 12, 9, proj_size=5),
     linear("c", 5, 7, activation="sigmoid"), rnn("d", 7, 8, num_layers=2),
     initial={"a": ("a.h0", False), "b": ("b.h0", "b.c0", False)},
     metadata={**NEWER, "leat.layers": "a b c:sigmoid d"})
case("rnn-spikes", "a spike of 1e4 every fifth step", rnn("rnn", 3, 17),
     linear("fc", 17, 2), inputs=spikes, metadata=NEWER)
case("rnn-long", "1,000 steps", rnn("rnn", 3, 40), linear("fc", 40, 2),
     steps=1000, inputs=sensor, metadata=NEWER)
case("normaliser-rnn", "normalised inputs of nn.RNN", rnn("rnn", 3, 16),
     normaliser=SCALES, metadata=NEWER)
for word, dtype in (("f16", F16), ("bf16", BF16)):
    case(f"rnn-{word}", "an even number of panels, and a head, all narrow",
         rnn("rnn", 6, 32, num_layers=2), linear("fc", 32, 3),
         dtypes={"": dtype}, metadata=NEWER)
    case(f"rnn-{word}-2", "an odd number of panels, all narrow",
         rnn("rnn", 9, 23, num_layers=2), dtypes={"": dtype}, metadata=NEWER)
case("int8-rnn", "weights of nn.RNN in integers, an odd number of panels",
     rnn("rnn", 3, 17), dtypes={"rnn.weight": I8}, metadata=NEWER)
case("int8-rnn-2", "two layers with an even number of panels and a head, all "
     "in integers, and h0", rnn("rnn", 6, 14, num_layers=2),
     linear("fc", 14, 2), dtypes={"rnn.weight": I8, "fc.weight": I8},
     initial={"rnn": ("rnn.h0", True)}, steps=24, metadata=NEWER)

case("gru-3-17", "nn.GRU, no head", gru("gru", 3, 17), metadata=NEWER)
case("gru-5-33-2", "two layers and a head, whose order needs no metadata",
     gru("gru", 5, 33, num_layers=2), linear("fc", 33, 2), metadata=NEWER)
case("gru-1-1", "three layers of one unit", gru(".", 1, 1, num_layers=3),
     metadata=NEWER)
case("gru-bias-off", "nn.GRU without biases",
     gru("gru", 7, 7, num_layers=2, bias=False), metadata=NEWER)
case("gru-names", "every cross-check, and h_0 with a batch axis",
     gru("model.gru", 2, 16, num_layers=2), linear("model.head", 16, 3),
     initial={"model.gru": ("start.h_0", True)},
     metadata={**NEWER, "leat.model.gru.input_size": "2",
               "leat.model.gru.hidden_size": "16",
               "leat.model.gru.num_layers": "2",
               "leat.model.gru.reset_after": "True",
               "leat.model.gru.bias": "True",
               "leat.model.gru.bidirectional": "False",
               "leat.model.gru.batch_first": "True",
               "leat.model.gru.dropout": "0.5"})
case("gru-after-linear", "nn.Linear first", linear("fc", 4, 9,
                                                   activation="relu"),
     gru("gru", 9, 24), metadata={**NEWER, "leat.layers": "fc:relu gru"})
case("gru-lstm", "nn.GRU, nn.LSTM, nn.Linear, nn.RNN, nn.GRU, with initial "
     "states", gru("a", 3, 12), lstm("b", 12, 9, proj_size=5),
     linear("c", 5, 7, activation="sigmoid"), rnn("d", 7, 8), gru("e", 8, 40),
     initial={"a": ("a.h0", False), "b": ("b.h0", "b.c0", False),
              "e": ("e.h0", True)},
     metadata={**NEWER, "leat.layers": "a b c:sigmoid d e"})
case("gru-spikes", "a spike of 1e4 every fifth step", gru("gru", 3, 17),
     linear("fc", 17, 2), inputs=spikes, metadata=NEWER)
case("gru-kept", "update gates so near 1 that h is kept for long",
     gru("gru", 3, 24), change=update_gates(7), steps=60,
     initial={"gru": ("gru.h0", True)}, metadata=NEWER)
case("gru-renewed", "update gates near 0", gru("gru", 3, 24),
     change=update_gates(-9), metadata=NEWER)
case("gru-long", "1,000 steps", gru("gru", 3, 40), linear("fc", 40, 2),
     steps=1000, inputs=sensor, metadata=NEWER)
case("normaliser-gru", "normalised inputs of nn.GRU", gru("gru", 3, 16),
     normaliser=SCALES, metadata=NEWER)
for word, dtype in (("f16", F16), ("bf16", BF16)):
    case(f"gru-{word}", "an even number of panels, and a head, all narrow",
         gru("gru", 6, 32, num_layers=2), linear("fc", 32, 3),
         dtypes={"": dtype}, metadata=NEWER)
    case(f"gru-{word}-2", "an odd number of panels, all narrow",
         gru("gru", 9, 23, num_layers=2), dtypes={"": dtype}, metadata=NEWER)
case("int8-gru", "weights of nn.GRU in integers, an odd number of panels",
     gru("gru", 3, 17), dtypes={"gru.weight": I8}, metadata=NEWER)
case("int8-gru-2", "two layers with an even number of panels and a head, all "
     "in integers, and h0", gru("gru", 6, 14, num_layers=2),
     linear("fc", 14, 2), dtypes={"gru.weight": I8, "fc.weight": I8},
     initial={"gru": ("gru.h0", True)}, steps=24, metadata=NEWER)


def listed(name, words, *parts, metadata={}, **options):
    """A case whose `leat.layers` are its parts."""
    entries = [n + ("=prelu" if kind is nn.PReLU else "")
               + (f":{a}" if a != "none" else "") for n, a, kind, *_ in parts]
    case(name, words, *parts, **options,
         metadata={**NEWER, "leat.layers": " ".join(entries), **metadata})


for n in (1, 7, 17, 33):
    k = min(n, 2)
    listed(f"sum-{n}", "a residual between two nn.LSTM, and the first inputs "
           "added to the outputs", lstm("a", 3, n), lstm("b", n, n), add("a"),
           linear("fc", n, k), add(f"input[0:{k}]"))
    listed(f"batch-norm-{n}", "nn.BatchNorm1d first, with and without weights, "
           "and last", batch_norm("norm", n), lstm("lstm", n, n),
           batch_norm("plain", n, eps=1e-3, affine=False),
           linear("fc", n, 7, activation="tanh"),
           batch_norm("last", 7, eps=1e-3),
           metadata={"leat.plain.eps": "0.001", "leat.last.eps": "1e-3",
                     "leat.norm.num_features": str(n)})
    listed(f"prelu-{n}", "nn.PReLU with a slope for each value, and with one",
           linear("in", 3, n), prelu("each", n), lstm("lstm", n, 5),
           prelu("one", 1), linear("fc", 5, 2))
    listed(f"cells-{n}", "nn.LSTMCell, nn.GRUCell, nn.RNNCell",
           ("a", "none", nn.LSTMCell, (3, n), {}),
           ("b", "none", nn.GRUCell, (n, n), {}),
           ("c", "none", nn.RNNCell, (n, 5), {}))
    listed(f"rnn-relu-{n}", "nn.RNN with relu, whose rows of weight_hh are "
           "small", rnn("rnn", 3, n, nonlinearity="relu"), linear("fc", n, 2),
           change=contracting, metadata={"leat.rnn.nonlinearity": "relu"})

listed("normaliser-sum", "sums with the normalised inputs and with modules before, "
       "several at one place", linear("fc", 3, 7, activation="tanh"),
       lstm("a", 7, 7), add("fc"), gru("b", 7, 7), add("a"), add("fc"),
       rnn("c", 7, 3), add("input"), add("b[0:3]"),
       normaliser=SCALES)
listed("units", "outputs in the units of sensors", lstm("lstm", 3, 17),
       linear("fc", 17, 3), denormaliser=SCALES)
listed("units-one", "one mean and one standard deviation for all outputs, "
       "without a head", gru("gru", 7, 17), denormaliser=(1013.25, 7.5))
listed("units-sum", "a forecaster of changes: the last sample added, then in "
       "units", lstm("lstm", 3, 33), linear("fc", 33, 3), add("input"),
       denormaliser=SCALES)

for word in list(ACTIVATIONS)[1:]:
    name = re.sub("[^a-z0-9.]+", "-", word).strip("-")
    listed(f"activation-{name}", "after nn.Linear, and alone, with values beyond "
           "1", linear("a", 3, 17), alone(word), lstm("b", 17, 9),
           linear("c", 9, 7, activation=word), lstm("d", 7, 9),
           linear("e", 9, 7), alone(word),
           change=lambda p: [scaled(*s)(p) for s in (
               (2, "a."), (6, "c."), (6, "e."))])

# Cells that PyTorch lacks.
HARD = "HardSigmoid", "Softsign", "Tanh"


def other(kind):
    def part(name, *sizes, **options):
        return name, "none", kind, sizes, options
    return part


onnx_lstm, onnx_gru, onnx_rnn = (
    other(kind) for kind in (onnx_cells.LSTM, onnx_cells.GRU, onnx_cells.RNN))


def hard(module):
    """The words of HARD for a GRU, which has the first two of them."""
    return {f"leat.{module}.recurrent_activation": "hard_sigmoid(0.2,0.5)",
            f"leat.{module}.activation": "softsign"}


def hard_lstm(module):
    return {**hard(module), f"leat.{module}.output_activation": "tanh"}


for n in (1, 7, 17, 33):
    listed(f"onnx-peepholes-{n}", "peepholes",
           onnx_lstm("lstm", 3, n, peepholes=True), linear("fc", n, 2))
    listed(f"onnx-coupled-{n}", "input_forget and clip, then peepholes too",
           onnx_lstm("a", 3, n, input_forget=True, clip=0.5),
           onnx_lstm("b", n, n, input_forget=True, peepholes=True),
           change=scaled(2),
           metadata={"leat.a.input_forget": "True", "leat.a.clip": "0.5",
                     "leat.b.input_forget": "True"})
    listed(f"onnx-hard-{n}", "hard_sigmoid gates, softsign, and initial states",
           onnx_lstm("a", 3, n, activations=HARD),
           onnx_gru("b", n, n, activations=HARD[:2], linear_before_reset=1),
           initial={"a": ("a.h0", "a.c0", True), "b": ("b.h0", False)},
           metadata={**hard_lstm("a"), **hard("b")})
    listed(f"onnx-reset-before-{n}", "r before the matrix of h",
           onnx_gru("gru", 3, n), linear("fc", n, 2),
           metadata={"leat.gru.reset_after": "False"})
    listed(f"onnx-clip-{n}", "clip of a GRU, of both kinds, and of an RNN",
           onnx_gru("a", 3, n, clip=0.75),
           onnx_gru("b", n, n, clip=0.5, linear_before_reset=1),
           onnx_rnn("c", n, n, clip=0.375, activations=("Softsign",)),
           change=scaled(2),
           metadata={"leat.a.clip": "0.75", "leat.a.reset_after": "False",
                     "leat.b.clip": "0.5", "leat.c.clip": "3.75e-1",
                     "leat.c.nonlinearity": "softsign"})

listed("onnx-relu", "relu as g of an LSTM, and relu of an RNN up to its clip",
       onnx_lstm("a", 3, 17, activations=("Sigmoid", "Relu", "Tanh")),
       onnx_rnn("b", 17, 7, clip=2.0, activations=("Relu",)),
       metadata={"leat.a.activation": "relu",
                 "leat.a.output_activation": "tanh",
                 "leat.b.nonlinearity": "relu", "leat.b.clip": "2"})
listed("onnx-spikes", "a spike of 1e4 every fifth step",
       onnx_lstm("a", 3, 17, peepholes=True, clip=3.0),
       onnx_gru("b", 17, 9), inputs=spikes,
       metadata={"leat.a.clip": "3", "leat.b.reset_after": "False"})
listed("onnx-long", "1,000 steps",
       onnx_lstm("a", 3, 17, peepholes=True, activations=HARD),
       onnx_gru("b", 17, 9), linear("fc", 9, 2), steps=1000, inputs=sensor,
       metadata={**hard_lstm("a"), "leat.b.reset_after": "False"})
for word, dtype in (("f16", F16), ("bf16", BF16)):
    listed(f"onnx-{word}", "peepholes, clip and a reset before, all narrow",
           onnx_lstm("a", 7, 17, peepholes=True, clip=0.75),
           onnx_gru("b", 17, 33), linear("fc", 33, 3), dtypes={"": dtype},
           metadata={"leat.a.clip": "0.75", "leat.b.reset_after": "False"})
    listed(f"onnx-{word}-2", "hard gates, and an RNN with softsign, all narrow",
           onnx_lstm("a", 3, 16, activations=HARD),
           onnx_rnn("b", 16, 24, activations=("Softsign",)),
           dtypes={"": dtype},
           metadata={**hard_lstm("a"),
                     "leat.b.nonlinearity": "softsign"})
listed("int8-onnx-lstm", "peepholes and clip, weights in integers",
       onnx_lstm("a", 3, 17, peepholes=True, clip=0.5),
       dtypes={"a.weight": I8}, metadata={"leat.a.clip": "0.5"})
listed("int8-onnx-gru", "r before the matrix of h, weights in integers",
       onnx_gru("a", 3, 17), linear("fc", 17, 2),
       dtypes={"a.weight": I8, "fc.weight": I8},
       metadata={"leat.a.reset_after": "False"})
listed("int8-onnx-rnn", "softsign of an RNN, weights in integers",
       onnx_rnn("a", 7, 33, activations=("Softsign",)),
       dtypes={"a.weight": I8}, metadata={"leat.a.nonlinearity": "softsign"})

listed("chain-1", "eight layers of one value", linear("a", 1, 1), lstm("b", 1, 1),
       prelu("c", 1), add("input"), gru("d", 1, 1), add("b"), alone("gelu"),
       batch_norm("e", 1), denormaliser=(21.5, 4.0))
listed("normaliser-chain-7", "eight layers: normalised, mixed, in units",
       linear("a", 3, 7, activation="silu"), batch_norm("b", 7),
       gru("c", 7, 7), add("a"), rnn("d", 7, 7), lstm("e", 7, 7), add("d"),
       linear("f", 7, 3), normaliser=SCALES, denormaliser=SCALES)
listed("chain-17", "eight layers, all in bfloat16", lstm("a", 7, 17),
       prelu("b", 17), onnx_gru("c", 17, 17), add("a"), batch_norm("d", 17),
       linear("e", 17, 17, activation="softplus"), add("b"),
       linear("f", 17, 5, activation="log_softmax"), dtypes={"": BF16},
       metadata={"leat.c.reset_after": "False"})
listed("chain-33", "eight layers, all in float16",
       batch_norm("a", 7, eps=1e-3), linear("b", 7, 33, activation="elu(0.5)"),
       onnx_lstm("c", 33, 33, peepholes=True, activations=HARD), add("b"),
       rnn("d", 33, 17, nonlinearity="relu"), alone("hardswish"),
       lstm("e", 17, 7), add("a"), change=contracting, dtypes={"": F16},
       metadata={"leat.a.eps": "1e-3", **hard_lstm("c"),
                 "leat.d.nonlinearity": "relu"})

size = sum(f.stat().st_size for f in HERE.rglob("*") if f.is_file())
print(f"largest error of PyTorch's own float32: {worst:.1e}; "
      f"{size / 1e6:.2f} MB")
