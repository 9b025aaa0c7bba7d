# SPDX-License-Identifier: MIT
"""state_dicts of PyTorch as safetensors and .pt, with what PyTorch computes.

pip install torch safetensors numpy; python3 make_state_dicts.py

Writes state-dict/*.safetensors and *.pt, each with a .csv of samples and outputs, or a .txt with a
part of the refusal. A .options beside it has the options that `leat convert` needs, one a line.
"""
import argparse
import os

import numpy
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils import parametrizations

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "state-dict")
STEPS = 24
torch.manual_seed(14)
os.makedirs(HERE, exist_ok=True)


def path(name):
    return os.path.join(HERE, name)


def write_text(name, text):
    with open(path(name), "w") as file:
        print(text, file=file)


class Net(nn.Module):
    """Runs its modules in the order of `run`, which needn't be the order in which they are made."""

    def __init__(self, run, residual=False, last=None, **modules):
        super().__init__()
        for name, module in modules.items():
            self.add_module(name, module)
        self.run, self.residual, self.last = run, residual, last

    def forward(self, x):
        out = x
        for name in self.run:
            out = self.step(getattr(self, name), out)
        if self.residual:
            out = out + x[:, :out.shape[1]]
        return out if self.last is None else self.last(out)

    @staticmethod
    def step(module, x):
        if isinstance(module, (nn.LSTMCell, nn.GRUCell)):
            state, rows = None, []
            for row in x:
                state = module(row[None], state)
                rows.append(state[0] if isinstance(state, tuple) else state)
            return torch.cat(rows)
        if isinstance(module, (nn.LSTM, nn.GRU, nn.RNN)):
            return module(x[:, None])[0][:, 0]
        return module(x)


def write_csv(name, model, inputs, steps=STEPS):
    model = model.double().eval()
    samples = numpy.random.default_rng(14).standard_normal((steps, inputs)).astype(numpy.float32)
    with torch.no_grad():
        outputs = model(torch.tensor(samples).double()).numpy()
    columns = [f"x{i}" for i in range(inputs)] + [f"y{i}" for i in range(outputs.shape[1])]
    with open(path(name + ".csv"), "w") as file:
        print(",".join(columns), file=file)
        for row in numpy.hstack([samples, outputs]):
            print(",".join(f"{value:.9g}" for value in row), file=file)


def trained(model):
    """Statistics and factors differ from their initial values."""
    for name, tensor in model.state_dict().items():
        if name.endswith("running_var"):
            tensor.uniform_(0.5, 2)
        elif name.endswith("running_mean") or name in ("bn.weight", "bn.bias"):
            tensor.normal_()
        elif name.endswith(("original0", "_g")):
            tensor.uniform_(0.2, 0.9)
    return model


def tensors_of(model):
    return {name: tensor.clone().contiguous() for name, tensor in model.state_dict().items()}


def converts(name, model, inputs, options=None, more=None, suffix=".safetensors", change=None):
    model = trained(model).eval()
    saved = tensors_of(model)
    if change:
        saved = change(saved)
    if suffix == ".pt":
        torch.save(saved, path(name + suffix))
    else:
        save_file(saved, path(name + suffix), metadata=more)
    write_csv(name, model, inputs)
    if options:
        write_text(name + ".options", "\n".join(options))


def refused(name, modules, words, options=None, suffix=".safetensors"):
    saved = {key: value for key, value in (
        nn.ModuleDict(modules).state_dict() if isinstance(modules, dict) and all(
            isinstance(each, nn.Module) for each in modules.values()) else modules).items()}
    if suffix == ".pt":
        torch.save(saved, path(f"refused-{name}{suffix}"))
    else:
        save_file({key: value.clone().contiguous() for key, value in saved.items()},
                  path(f"refused-{name}{suffix}"))
    write_text(f"refused-{name}.txt", words)
    if options:
        write_text(f"refused-{name}.options", "\n".join(options))


# --- what loads ---------------------------------------------------------------

converts("lstm", Net(["lstm", "fc"], lstm=nn.LSTM(3, 5, 2), fc=nn.Linear(5, 2)), 3)
converts("gru", Net(["gru", "fc"], gru=nn.GRU(3, 5), fc=nn.Linear(5, 2)), 3)
converts("rnn", Net(["rnn"], rnn=nn.RNN(3, 5)), 3)
converts("lstm-cell", Net(["cell", "fc"], cell=nn.LSTMCell(3, 5), fc=nn.Linear(5, 2)), 3)
converts("gru-cell", Net(["cell", "fc"], cell=nn.GRUCell(3, 5), fc=nn.Linear(5, 2)), 3)
converts("projected", Net(["lstm", "fc"], lstm=nn.LSTM(3, 6, proj_size=4), fc=nn.Linear(4, 1)), 3)
converts("double", Net(["lstm", "fc"], lstm=nn.LSTM(3, 5), fc=nn.Linear(5, 2)).double(), 3)
converts("batch-norm", Net(["lstm", "bn", "fc"], lstm=nn.LSTM(3, 5), bn=nn.BatchNorm1d(5),
                           fc=nn.Linear(5, 2)), 3, ["--layers", "lstm bn fc"])
converts("residual", Net(["lstm", "fc"], residual=True, lstm=nn.LSTM(3, 5), fc=nn.Linear(5, 2)), 3,
         ["--layers", "lstm fc +input[0:2]"])
converts("sigmoid", Net(["lstm", "fc"], last=torch.sigmoid, lstm=nn.LSTM(3, 5),
                        fc=nn.Linear(5, 2)), 3, more={"leat.layers": "lstm fc:sigmoid"})
converts("linear-first", Net(["first", "lstm"], first=nn.Linear(3, 4, bias=False),
                             lstm=nn.LSTM(4, 5)), 3, ["--layers", "first lstm"])
converts("named-embedding", Net(["embed", "lstm"], embed=nn.Linear(3, 4, bias=False),
                                lstm=nn.LSTM(4, 5)), 3, ["--layers", "embed=linear lstm"])
converts("prelu", Net(["lstm", "act"], lstm=nn.LSTM(3, 5), act=nn.PReLU(5)), 3,
         ["--layers", "lstm act=prelu"])
converts("weight-norm", Net(["lstm", "fc"],
                            lstm=parametrizations.weight_norm(nn.LSTM(3, 5), "weight_hh_l0"),
                            fc=parametrizations.weight_norm(nn.Linear(5, 2))), 3)
converts("weight-norm-old", Net(["lstm", "fc"], lstm=nn.LSTM(3, 5),
                                fc=nn.utils.weight_norm(nn.Linear(5, 2))), 3)
converts("weight-norm-columns", Net(["lstm", "fc"], lstm=nn.LSTM(3, 5),
                                    fc=parametrizations.weight_norm(nn.Linear(5, 2), dim=1)), 3)
converts("weight-norm-whole", Net(["lstm", "fc"], lstm=nn.LSTM(3, 5),
                                  fc=parametrizations.weight_norm(nn.Linear(5, 2), dim=None)), 3)
converts("spectral-norm", Net(["lstm", "fc"], lstm=nn.LSTM(3, 5),
                              fc=parametrizations.spectral_norm(nn.Linear(5, 2))), 3)
converts("spectral-norm-old", Net(["lstm", "fc"], lstm=nn.LSTM(3, 5),
                                  fc=nn.utils.spectral_norm(nn.Linear(5, 2))), 3)
converts("batch-norm-pt", Net(["lstm", "bn", "fc"], lstm=nn.LSTM(3, 5), bn=nn.BatchNorm1d(5),
                              fc=nn.Linear(5, 2)), 3, ["--layers", "lstm bn fc"], suffix=".pt")
converts("gru-pt", Net(["gru", "fc"], gru=nn.GRU(3, 5), fc=nn.Linear(5, 2)), 3, suffix=".pt")
converts("key-pt", Net(["lstm", "fc"], lstm=nn.LSTM(3, 5), fc=nn.Linear(5, 2)), 3,
         ["--key", "ema.net"], suffix=".pt",
         change=lambda saved: {"epoch": 3, "ema": {"net": saved, "decay": 0.9},
                               "net": {name: tensor * 0 for name, tensor in saved.items()}})
# Objects beside the tensors are not made.
converts("objects-pt", Net(["lstm", "fc"], lstm=nn.LSTM(3, 5), fc=nn.Linear(5, 2)), 3, suffix=".pt",
         change=lambda saved: {"state_dict": saved, "loss": numpy.float64(0.5),
                               "arguments": argparse.Namespace(rate=0.1)})



class Runs:
    """Its pickle calls a function that makes the file "ran"."""

    def __init__(self, function, argument):
        self.call = function, (argument,)

    def __reduce__(self):
        return self.call


# none: a module that PyTorch's reader doesn't block, and one that it does.
converts("hostile-pt", Net(["lstm", "fc"], lstm=nn.LSTM(3, 5), fc=nn.Linear(5, 2)), 3, suffix=".pt",
         change=lambda saved: {"state_dict": saved,
                               "more": Runs(exec, "open('ran', 'w').close()")})
torch.save({"state_dict": {"weight": torch.ones(2)}, "more": Runs(os.system, "touch ran")},
           path("refused-hostile.pt"))
write_text("refused-hostile.txt", "holds Python objects, and to load those runs code")
torch.save({"epoch": 3, "weight_ih_l0": torch.ones(2)}, path("refused-not-a-tensor.pt"))
write_text("refused-not-a-tensor.txt", "'epoch' is a int, expected a tensor")

# Large weights: rounding grows until the outputs have nothing in common.
os.makedirs(path("chaotic"), exist_ok=True)
model = Net(["lstm", "fc"], lstm=nn.LSTM(1, 12), fc=nn.Linear(12, 1))
with torch.no_grad():
    for tensor in model.parameters():
        tensor.uniform_(-6, 6)
save_file(tensors_of(model), path("chaotic/model.safetensors"))
write_csv("chaotic/recorded", model, 1, steps=400)

# --- what doesn't -------------------------------------------------------------

lstm, fc = nn.LSTM(3, 5), nn.Linear(5, 2)
refused("conv1d", {"conv": nn.Conv1d(3, 3, 3), "lstm": lstm, "fc": fc}, "is an nn.Conv1d")
refused("layer-norm", {"lstm": lstm, "norm": nn.LayerNorm(5), "fc": fc},
        "is an nn.LayerNorm or nn.GroupNorm")
refused("rms-norm", {"lstm": lstm, "norm": nn.RMSNorm(5), "fc": fc},
        "is an nn.RMSNorm or nn.LayerNorm without bias")
refused("embedding", {"words": nn.Embedding(20, 3), "lstm": lstm, "fc": fc}, "is an nn.Embedding")
refused("attention", {"lstm": lstm, "mix": nn.MultiheadAttention(5, 1), "fc": fc},
        "is nn.MultiheadAttention")
refused("own-attention", {"lstm": lstm, "attention": nn.Linear(5, 5), "fc": fc},
        "is attention by its name")
refused("parameter", {**nn.ModuleDict({"lstm": lstm}).state_dict(), "mix.alpha": torch.ones(3)},
        "is a parameter of no module that Leat runs")
refused("orthogonal", {"lstm": lstm, "fc": parametrizations.orthogonal(nn.Linear(5, 5))},
        "a parametrization that isn't weight_norm or spectral_norm")
refused("weight-drop", {**nn.ModuleDict({"lstm": lstm}).state_dict(),
                        "drop.weight_raw": torch.ones(20, 5)}, "WeightDrop")
refused("no-recurrent", {"fc": fc}, "there is no recurrent module in it")
refused("many", {"lstm": lstm, "a": nn.Linear(4, 2), "b": nn.Linear(5, 4)},
        "say the order, and the activations as in head:sigmoid: --layers \"lstm b a\"")
refused("before", {"a": nn.Linear(2, 3), "lstm": lstm}, "say so with --layers \"a lstm\"")
refused("not-there", {"lstm": lstm, "fc": fc},
        "no tensor belongs to 'head'; the modules of the file are", ["--layers", "lstm head"])
refused("not-listed", {"lstm": lstm, "fc": fc}, "--layers: 'fc' isn't listed", ["--layers", "lstm"])
refused("both-ways", {"lstm": nn.LSTM(3, 5, bidirectional=True)},
        "a bidirectional module needs the end of the sequence first")
torch.save({"epoch": 3, "net": lstm.state_dict(), "ema": {"net": lstm.state_dict()}},
           path("refused-no-key.pt"))
write_text("refused-no-key.txt", "choose with --key net")
torch.save({"epoch": 3, "net": lstm.state_dict()}, path("refused-other-key.pt"))
write_text("refused-other-key.txt", "found no dictionary 'model'; the file has 'net' (4 tensors)")
write_text("refused-other-key.options", "--key\nmodel")
torch.save({"epoch": 3, "rate": 0.1}, path("refused-no-tensors.pt"))
write_text("refused-no-tensors.txt", "holds no dictionary of tensors, only 'epoch', 'rate'")

# --- made later, so that the numbers of those above stay the same ---------------

# A model as a whole has the arguments that its tensors don't show.
whole = trained(nn.ModuleDict({"rnn": nn.RNN(3, 4, nonlinearity="relu"), "bn": nn.BatchNorm1d(4, eps=0.5),
                               "cell": nn.RNNCell(4, 3, nonlinearity="relu")}))
with torch.no_grad():
    for weight in (whole["rnn"].weight_hh_l0, whole["cell"].weight_hh):
        weight *= 0.3  # so that h has a bound
    whole["cell"].bias_ih += 1
torch.save(whole, path("module-pt.pt"))
write_text("module-pt.options", "--trust\n--layers\nrnn bn cell")


class Whole(Net):
    @staticmethod
    def step(module, x):
        if not isinstance(module, nn.RNNCell):
            return Net.step(module, x)
        state, rows = None, []
        for row in x:
            state = module(row[None], state)
            rows.append(state)
        return torch.cat(rows)


write_csv("module-pt", Whole(["rnn", "bn", "cell"], **whole), 3)
# Each dictionary is in the one before it twice: there are 2^60 ways to the last one.
inner = {"weight_ih_l0": torch.ones(2)}
for _ in range(60):
    inner = {"a": inner, "b": inner}
torch.save(inner, path("refused-many-ways.pt"))
write_text("refused-many-ways.txt", "found no dictionary 'state_dict' or 'model_state_dict' or 'model'")
# A model as a whole under a key.
whole = trained(nn.ModuleDict({"rnn": nn.RNN(3, 4, nonlinearity="relu")}))
with torch.no_grad():
    whole["rnn"].weight_hh_l0 *= 0.3
torch.save({"epoch": 7, "model": whole}, path("module-key-pt.pt"))
write_text("module-key-pt.options", "--trust")
write_csv("module-key-pt", Net(["rnn"], **whole), 3)
# A tensor beside the dictionaries.
torch.save({"best": torch.tensor(0.5), "ema": {"model": whole.state_dict()}},
           path("refused-tensor-beside.pt"))
write_text("refused-tensor-beside.options", "--key\nema.net")
write_text("refused-tensor-beside.txt", "found no dictionary 'ema.net'; the file has 'ema.model'")
