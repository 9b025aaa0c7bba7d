# SPDX-License-Identifier: MIT
"""Models of amplifiers and of RTNeural in JSON, with what the programs that run them compute.

pip install torch; python3 make_amps.py, after make_others.py

Writes json/amp-*.json, json/rtneural-*.json, json/state-dict-*.json and json/amp-*.nam, each with a
.csv of samples and outputs, and json/refused-*.json with a .txt that has a part of the refusal. The
outputs are computed in double precision: by PyTorch for its modules, and by Keras' and AIDA-X's
formulas, written out here, for the JSON in Keras' layout.
"""
import json
import os

import numpy
import torch
from torch import nn

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "json")
STEPS = 24
random = numpy.random.default_rng(17)
torch.manual_seed(17)


def write_text(name, text):
    with open(os.path.join(HERE, name), "w") as file:
        print(text, file=file)


def write_model(name, file, samples, outputs):
    write_text(name, json.dumps(file))
    columns = [f"x{i}" for i in range(samples.shape[1])] + [f"y{i}" for i in range(outputs.shape[1])]
    with open(os.path.join(HERE, os.path.splitext(name)[0] + ".csv"), "w") as file:
        print(",".join(columns), file=file)
        for row in numpy.hstack([samples, outputs]):
            print(",".join(f"{value:.9g}" for value in row), file=file)


def refuse(name, file, words):
    write_text(f"refused-{name}", file if isinstance(file, str) else json.dumps(file))
    write_text(f"refused-{os.path.splitext(name)[0]}.txt", words)


def samples_of(inputs):
    return random.standard_normal((STEPS, inputs)).astype(numpy.float32)


def floats(*shape, scale=0.6):
    """Numbers that a float holds, so that the file and the outputs have the same."""
    return (random.standard_normal(shape) * scale).astype(numpy.float32).astype(float)


# --- Automated-GuitarAmpModelling: GuitarML, NeuralPi, Proteus ------------------

class SimpleRNN(nn.Module):
    def __init__(self, unit, inputs, hidden, outputs, skip, layers=1, bias=True):
        super().__init__()
        self.rec = getattr(nn, unit)(inputs, hidden, layers)
        self.lin = nn.Linear(hidden, outputs, bias=bias)
        self.skip = skip
        self.about = {"model": "SimpleRNN", "input_size": inputs, "skip": skip,
                      "output_size": outputs, "unit_type": unit, "num_layers": layers,
                      "hidden_size": hidden, "bias_fl": bias}

    def forward(self, x):
        y = self.lin(self.rec(x)[0])
        return y + x[:, :self.skip] if self.skip else y


def listed(model):
    return {name: tensor.tolist() for name, tensor in model.state_dict().items()}


def outputs_of(model, samples):
    with torch.no_grad():
        return model.double()(torch.tensor(samples, dtype=torch.float64)).numpy()


AMPS = {
    "lstm-skip": ("LSTM", 1, 8, 1, 1), "lstm-no-skip": ("LSTM", 1, 6, 1, 0),
    "lstm-knobs": ("LSTM", 3, 8, 1, 1), "lstm-deep": ("LSTM", 1, 5, 1, 1, 2, False),
    "lstm-stereo": ("LSTM", 3, 5, 2, 2), "gru-skip": ("GRU", 1, 8, 1, 1),
    "gru-knobs": ("GRU", 2, 7, 1, 1), "rnn-skip": ("RNN", 1, 6, 1, 1),
}
for name, arguments in AMPS.items():
    model = SimpleRNN(*arguments)
    samples = samples_of(arguments[1])
    file = {"model_data": model.about, "state_dict": listed(model)}
    write_model(f"amp-{name}.json", file, samples, outputs_of(model, samples))
    if name == "lstm-skip":
        amp = file


def amp_with(**members):
    return {**amp, "model_data": {**amp["model_data"], **members}}


refuse("amp-unit.json", amp_with(unit_type="Transformer"),
       "unit_type is \"Transformer\", expected \"LSTM\", \"GRU\" or \"RNN\"")
refuse("amp-other-unit.json", amp_with(unit_type="GRU"),
       "rec.weight_ih_l0 is of shape [32, 1], expected [24, inputs] for unit_type \"GRU\"")
refuse("amp-skip.json", amp_with(skip=2), "skip is 2, expected 0, or 1 as there are 1 outputs")
refuse("amp-size.json", amp_with(hidden_size=9), "hidden_size is 9, expected 8, as in the state_dict")
refuse("amp-gain.json", amp_with(out_gain=3), "out_gain is 3, expected 0: no program is known")
refuse("amp-conv.json", {"model_data": {"model": "GatedConvNet", "layers": 9},
                         "state_dict": {"blocks.0.weight": [[[1.0]]]}},
       "model is \"GatedConvNet\", expected \"SimpleRNN\"")
refuse("amp-tensor.json", {**amp, "state_dict": {**amp["state_dict"], "conv.weight": [[[1.0]]]}},
       "found tensor 'conv.weight', expected only those of rec and lin")


# --- state_dicts without a description -------------------------------------------

class Listed(nn.Module):
    """`rec` and `lin`, as run.sh says for all files of this name."""
    def __init__(self, rec, hidden):
        super().__init__()
        self.rec, self.lin = rec, nn.Linear(hidden, 2)

    def forward(self, x):
        if not isinstance(self.rec, nn.RNNCellBase):
            return self.lin(self.rec(x)[0])
        state, outputs = None, []
        for row in x:
            state = self.rec(row[None], state)
            outputs.append(self.lin(state[0] if isinstance(state, tuple) else state))
        return torch.cat(outputs)


for name, rec in (("gru", nn.GRU(2, 5, 2)), ("lstm-cell", nn.LSTMCell(2, 5)),
                  ("gru-cell", nn.GRUCell(2, 5)), ("rnn-cell", nn.RNNCell(2, 5))):
    model = Listed(rec, 5)
    samples = samples_of(2)
    write_model(f"state-dict-{name}.json", listed(model), samples, outputs_of(model, samples))


# --- RTNeural: Keras' layers ------------------------------------------------------

def sigmoid(x):
    return 1 / (1 + numpy.exp(-x))


def softmax(x):
    return numpy.exp(x) / numpy.exp(x).sum(axis=-1, keepdims=True)


ACTIVATIONS = {"": lambda x: x, "tanh": numpy.tanh, "sigmoid": sigmoid, "softmax": softmax,
               "relu": lambda x: numpy.maximum(x, 0),
               "elu": lambda x: numpy.where(x > 0, x, numpy.expm1(x))}


def run(layer, x):
    """What Keras computes: x and the result have a row for each step."""
    kind, weights = layer["type"], [numpy.array(weight) for weight in layer["weights"]]
    if kind == "lstm":
        kernel, recurrent, bias = weights
        h = c = numpy.zeros(recurrent.shape[0])
        rows = []
        for row in x:
            i, f, g, o = numpy.split(row @ kernel + h @ recurrent + bias, 4)
            c = sigmoid(f) * c + sigmoid(i) * numpy.tanh(g)
            h = sigmoid(o) * numpy.tanh(c)
            rows.append(h)
        return numpy.array(rows)
    if kind == "gru":
        kernel, recurrent, bias = weights
        resets_after = bias.ndim == 2
        bias_in, bias_of_h = bias if resets_after else (bias, 0 * bias)
        units = recurrent.shape[0]
        h, rows = numpy.zeros(units), []
        for row in x:
            of_x = numpy.split(row @ kernel + bias_in, 3)
            of_h = numpy.split(h @ recurrent + bias_of_h, 3)
            z, r = sigmoid(of_x[0] + of_h[0]), sigmoid(of_x[1] + of_h[1])
            n = of_x[2] + (r * of_h[2] if resets_after else (r * h) @ recurrent[:, 2 * units:])
            h = z * h + (1 - z) * numpy.tanh(n)
            rows.append(h)
        return numpy.array(rows)
    if kind == "prelu":
        return numpy.where(x >= 0, x, x * weights[0].reshape(-1))
    if kind == "batchnorm":
        gamma, beta = weights[:2] if len(weights) == 4 else (1, 0)
        return gamma * (x - weights[-2]) / numpy.sqrt(weights[-1] + layer["epsilon"]) + beta
    if kind != "activation":
        x = x @ weights[0] + (weights[1] if len(weights) > 1 else 0)
    return ACTIVATIONS[layer["activation"]](x)


def run_file(file, samples):
    """What AIDA-X computes with a file; without gains and in_skip it is the network."""
    x = samples.astype(float)
    x[:, 0] *= gain(file, "in_gain")
    y = x
    for layer in file["layers"]:
        y = run(layer, y)
    if file.get("in_skip"):
        y = y + x[:, :1]
    return y * gain(file, "out_gain")


def gain(file, key):
    return 10 ** (file[key] / 20) if key in file else 1


def layer(kind, outputs, *weights, activation="", **more):
    return {"type": kind, "activation": activation, "shape": [None, None, outputs],
            "weights": [weight.tolist() for weight in weights], **more}


def lstm(inputs, units):
    return layer("lstm", units, floats(inputs, 4 * units), floats(units, 4 * units),
                 floats(4 * units), activation="tanh")


def gru(inputs, units, resets_after=True):
    bias = floats(2, 3 * units) if resets_after else floats(3 * units)
    return layer("gru", units, floats(inputs, 3 * units), floats(units, 3 * units), bias,
                 activation="tanh")


def dense(inputs, outputs, activation="", kind="dense"):
    return layer(kind, outputs, floats(inputs, outputs), floats(outputs), activation=activation)


def batch_norm(size, affine=True):
    more = (1 + floats(size) / 4, floats(size)) if affine else ()
    return layer("batchnorm", size, *more, floats(size), 0.5 + numpy.abs(floats(size)),
                 epsilon=0.01)


MODELS = {
    "rtneural-gru": (1, [gru(1, 8), dense(8, 8, "sigmoid"), dense(8, 1)], {}),
    "rtneural-gru-one-bias": (2, [gru(2, 5, resets_after=False), dense(5, 1)], {}),
    "rtneural-dense-first": (1, [dense(1, 8, "tanh", "time-distributed-dense"), lstm(8, 6),
                                 dense(6, 2, "softmax")], {}),
    "rtneural-elu": (2, [lstm(2, 5), dense(5, 4, "elu"), layer("activation", 4, activation="elu"),
                         dense(4, 1)], {}),
    "rtneural-prelu": (2, [dense(2, 4), layer("prelu", 4, floats(1, 4)), lstm(4, 5), dense(5, 3),
                           layer("prelu", 3, floats(1, 1)), dense(3, 1)], {}),
    "rtneural-batchnorm": (2, [dense(2, 4), batch_norm(4), layer("activation", 4, activation="relu"),
                               lstm(4, 5), batch_norm(5, affine=False), dense(5, 1)], {}),
    "aidax-skip": (1, [lstm(1, 8), dense(8, 1)], {"in_skip": 1, "samplerate": "48000"}),
    "aidax-gains": (1, [lstm(1, 8), dense(8, 1)], {"in_gain": -3.5, "out_gain": 9}),
    "aidax-all": (3, [gru(3, 8), dense(8, 1)], {"in_skip": 1, "in_gain": 4, "out_gain": -6.5}),
    "aidax-out-gain": (1, [lstm(1, 6), dense(6, 1)], {"out_gain": -4.2}),
}
for name, (inputs, layers, more) in MODELS.items():
    file = {"in_shape": [None, None, inputs], "layers": layers, **more}
    samples = samples_of(inputs)
    write_model(f"{name}.json", file, samples, run_file(file, samples))

with open(os.path.join(HERE, "rtneural.json")) as file:
    whole = json.load(file)


def changed(name, words, change):
    copy = json.loads(json.dumps(whole))
    change(copy)
    refuse(f"{name}.json", copy, words)


def layer_0(**members):
    return lambda copy: copy["layers"][0].update(members)


for kind in ("conv1d", "conv2d", "unknown"):
    changed(kind, f"layer 0 ({kind}): Leat runs lstm, gru, dense", layer_0(type=kind))
changed("gru", "layer 0 (gru): kernel is of shape [2, 20], expected [2, 15]", layer_0(type="gru"))
changed("batchnorm", "layer 0 (batchnorm): found 5 outputs, expected 2, as many as inputs",
        layer_0(type="batchnorm"))
changed("epsilon", "layer 0 (batchnorm): epsilon is missing, expected a number",
        layer_0(type="batchnorm", shape=[None, None, 2], weights=[[0, 0], [1, 1]]))
changed("prelu", "layer 0 (prelu): alpha is of shape [9, 2], expected [1, 2]",
        layer_0(type="prelu", shape=[None, 9, 2], weights=[[[0.5, 0.5]] * 9]))
changed("in-skip", "in_skip is 2, expected 0 or 1: AIDA-X adds", lambda copy: copy.update(in_skip=2))
changed("skip", "in_skip: found 2 outputs, expected 1", lambda copy: copy.update(in_skip=1))
changed("gain", "in_gain is 300, expected dB", lambda copy: copy.update(in_gain=300))
changed("input-gain", "input_gain is 2, expected 0: no program is known",
        lambda copy: copy.update(input_gain=2))
changed("selu", "layer 2 (dense): activation is \"selu\", expected relu, sigmoid, tanh, softmax or elu",
        lambda copy: copy["layers"][2].update(activation="selu"))
changed("lstm-relu", "layer 0 (lstm): activation is \"relu\", expected \"tanh\"",
        layer_0(activation="relu"))
changed("no-recurrent", "there is no recurrent layer in it",
        lambda copy: copy.update(layers=[dense(2, 1)]))
changed("shape", "kernel is of shape [2, 20], expected [2, 24]", layer_0(shape=[None, None, 6]))
changed("activation-object", "layer 2 (dense): activation is an object, expected a name",
        lambda copy: copy["layers"][2].update(activation={"class": "relu"}))
changed("activation-array", "layer 2 (dense): activation is an array of 1, expected a name",
        lambda copy: copy["layers"][2].update(activation=["tanh"]))
changed("ragged", "recurrent kernel is an array of 5, expected [5, 20]",
        lambda copy: copy["layers"][0]["weights"][1][0].pop())
changed("no-layers", "'in_shape' is an array of 3, expected nested arrays",
        lambda copy: copy.update(layers={}))
refuse("infinite-skip.json", json.dumps({**whole, "in_skip": 1}).replace(
    '"in_skip": 1', '"in_skip": 1e999'), "has a number too large")
refuse("cut.json", json.dumps(whole)[:500], "isn't a JSON object, or is cut short")


# --- Neural Amp Modeler: several channels -------------------------------------------

INPUTS, HIDDEN, OUTPUTS = 2, 4, 3
lstm_module, head = nn.LSTM(INPUTS, HIDDEN), nn.Linear(HIDDEN, OUTPUTS)
flat = torch.cat([lstm_module.weight_ih_l0, lstm_module.weight_hh_l0], dim=1).flatten().tolist()
flat += [0.0] * (4 * HIDDEN + 2 * HIDDEN) + head.weight.flatten().tolist() + head.bias.tolist()
nn.init.zeros_(lstm_module.bias_ih_l0)
nn.init.zeros_(lstm_module.bias_hh_l0)
samples = samples_of(INPUTS)
with torch.no_grad():
    x = torch.tensor(samples, dtype=torch.float64)
    outputs = head.double()(lstm_module.double()(x)[0]).numpy()
write_model("amp-channels.nam", {
    "version": "0.7.0", "architecture": "LSTM",
    "config": {"input_size": INPUTS, "hidden_size": HIDDEN, "num_layers": 1, "in_channels": INPUTS,
               "out_channels": OUTPUTS}, "weights": flat}, samples, outputs)
