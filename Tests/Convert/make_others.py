# SPDX-License-Identifier: MIT
"""Models of Keras, RTNeural, Neural Amp Modeler and PyTorch, with what Keras or PyTorch computes.

pip install torch tensorflow-cpu keras tf2onnx h5py; python3 make_others.py

Writes keras/*.onnx (by tf2onnx), python/*.keras, *.h5 and *.pt, json/*.json and *.nam, each with a
.csv of samples and outputs or a .txt with a part of the refusal.
"""
import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy
import torch
from keras import layers
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS = 24
random = numpy.random.default_rng(11)
keras.utils.set_random_seed(11)
torch.manual_seed(11)


def path(name):
    full = os.path.join(HERE, name)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    return full


def write_csv(name, samples, outputs):
    outputs = numpy.asarray(outputs).reshape(len(samples), -1)
    columns = [f"x{i}" for i in range(samples.shape[1])] + [f"y{i}" for i in range(outputs.shape[1])]
    with open(path(name + ".csv"), "w") as file:
        print(",".join(columns), file=file)
        for row in numpy.hstack([samples, outputs]):
            print(",".join(f"{value:.9g}" for value in row), file=file)


def write_text(name, text):
    with open(path(name), "w") as file:
        print(text, file=file)


# --- Keras -------------------------------------------------------------------

def randomised(model):
    """Biases and all others differ from their initial values."""
    for layer in model.layers:
        if not isinstance(layer, layers.Normalization):
            layer.set_weights([weight + random.standard_normal(weight.shape) * 0.2
                               for weight in layer.get_weights()])
    return model


def outputs_of(model, samples):
    if len(model.output_shape) == 3:
        return model(samples[None]).numpy()[0]
    return [model(samples[None, :n]).numpy()[0] for n in range(1, len(samples) + 1)]


def samples_of(inputs):
    return random.standard_normal((STEPS, inputs)).astype(numpy.float32)


normalization = layers.Normalization(axis=-1)
normalization.adapt(random.standard_normal((200, 3)) * [1, 5, 0.2] + [0, 10, -4])
MODELS = {
    "sequence": [layers.LSTM(5, return_sequences=True), layers.Dense(2)],
    "last": [layers.LSTM(5), layers.Dropout(0.3), layers.Dense(1, activation="sigmoid")],
    "stacked": [layers.LSTM(6, return_sequences=True), layers.LSTM(4, use_bias=False),
                layers.Dense(5, activation="relu"), layers.Dense(3, activation="softmax")],
    "normalised": [normalization, layers.LSTM(4, return_sequences=True),
                   layers.TimeDistributed(layers.Dense(2, activation="tanh"))],
    "activations": [layers.LSTM(4), layers.ReLU(), layers.Dense(3, use_bias=False),
                    layers.Activation("sigmoid"), layers.Softmax()],
}
for name, parts in MODELS.items():
    model = randomised(keras.Sequential([keras.Input((None, 3))] + parts))
    samples = samples_of(3)
    expected = outputs_of(model, samples)
    for suffix in (".keras", ".h5") if name in ("last", "normalised") else (".keras",):
        model.save(path(f"python/{name}{suffix}"))
    write_csv(f"python/{name}", samples, expected)
    if name == "normalised":
        # The exporter makes the mean an input of the graph, and loops over the steps.
        model.export(path("keras/refused-normalised.onnx"), format="onnx", verbose=False)
        write_text("keras/refused-normalised.txt", "(Sub): combines what comes from input")
        continue
    for opset in (13, 17):
        model.export(path(f"keras/{name}-{opset}.onnx"), format="onnx", opset_version=opset,
                     verbose=False)
        write_csv(f"keras/{name}-{opset}", samples, expected)

REFUSED = {
    "bidirectional": ([layers.Bidirectional(layers.LSTM(3))], "(Bidirectional): needs the end"),
    "backwards": ([layers.LSTM(3, go_backwards=True)], "(LSTM): go_backwards is True"),
    "norm": ([layers.LSTM(3), layers.LayerNormalization()], "(LayerNormalization): Leat has nothing"),
    "masking": ([layers.Masking(), layers.LSTM(3)], "(Masking): Leat has nothing like it"),
}
for name, (parts, words) in REFUSED.items():
    keras.Sequential([keras.Input((None, 3))] + parts).save(path(f"python/refused-{name}.keras"))
    write_text(f"python/refused-{name}.txt", words)
entry = keras.Input((None, 3))
model = keras.Model(entry, layers.Dense(2)(layers.LSTM(4, return_sequences=True)(entry)))
samples = samples_of(3)
write_csv("python/functional", samples, outputs_of(randomised(model), samples))
model.save(path("python/functional.keras"))


# --- RTNeural: what its scripts write ----------------------------------------

def rtneural(model):
    kinds = {layers.LSTM: "lstm", layers.Dense: "dense", layers.TimeDistributed:
             "time-distributed-dense", layers.Activation: "activation"}
    made = []
    for layer in model.layers:
        inner = layer.layer if isinstance(layer, layers.TimeDistributed) else layer
        activation = getattr(inner, "activation", None)
        name = activation.__name__ if activation is not None else ""
        made.append({"type": kinds[type(layer)], "activation": "" if name == "linear" else name,
                     "shape": [None, None, layer.output.shape[-1]],
                     "weights": [weight.tolist() for weight in layer.get_weights()]})
    return {"in_shape": [None, None, model.input_shape[-1]], "layers": made}


model = randomised(keras.Sequential([
    keras.Input((None, 2)), layers.LSTM(5, return_sequences=True),
    layers.LSTM(3, return_sequences=True), layers.Dense(4, activation="tanh"),
    layers.TimeDistributed(layers.Dense(2)), layers.Activation("sigmoid")]))
samples = samples_of(2)
whole = rtneural(model)
write_text("json/rtneural.json", json.dumps(whole))
write_csv("json/rtneural", samples, outputs_of(model, samples))
write_text("json/rtneural-skip-0.json", json.dumps({**whole, "in_skip": 0, "samplerate": 48000}))
write_csv("json/rtneural-skip-0", samples, outputs_of(model, samples))


# --- PyTorch: state_dict, as JSON and as files --------------------------------

class Recorder(nn.Module):
    def __init__(self, inputs=2, hidden=4, layers=2):
        super().__init__()
        self.rec = nn.LSTM(inputs, hidden, layers, batch_first=True)
        self.lin = nn.Linear(hidden, 2)

    def forward(self, x):
        return self.lin(self.rec(x)[0])


model = Recorder().eval()
samples = samples_of(2)
with torch.no_grad():
    expected = model(torch.tensor(samples)[None]).numpy()[0]
    activated = torch.sigmoid(torch.tensor(expected)).numpy()
listed = {name: tensor.tolist() for name, tensor in model.state_dict().items()}
data = {"model": "SimpleRNN", "unit_type": "LSTM", "skip": 0, "hidden_size": 4}
write_text("json/state-dict.json", json.dumps(listed))
write_text("json/state-dict-inside.json", json.dumps({"model_data": data, "state_dict": listed}))
write_csv("json/state-dict", samples, expected)
write_csv("json/state-dict-inside", samples, expected)
write_text("json/refused-no-order.json", json.dumps(listed))
write_text("json/refused-no-order.txt", "'lin.weight' may come before the LSTM or after it")

torch.save(model.state_dict(), path("python/state-dict.pt"))
torch.save({"epoch": 3, "model_state_dict": {name: tensor.double() for name, tensor
                                             in model.state_dict().items()}},
           path("python/checkpoint.pt"))
for name in ("state-dict", "checkpoint"):
    write_csv(f"python/{name}", samples, expected)
write_csv("python/activated", samples, activated)
torch.save(nn.ModuleDict({"lstm": nn.LSTM(2, 3), "head": nn.Linear(3, 1)}),
           path("python/refused-module.pt"))
write_text("python/refused-module.txt", "holds Python objects, and to load those runs code")
nn.GRU(2, 3)  # so that the numbers after it stay
torch.save(nn.LSTM(2, 3, bidirectional=True).state_dict(), path("python/refused-both-ways.pt"))
write_text("python/refused-both-ways.txt", "reverse")
torch.save([torch.zeros(3)], path("python/refused-list.pt"))
write_text("python/refused-list.txt", "holds a list, expected a state_dict")
write_text("python/refused-text.pt", "this is no model")
write_text("python/refused-text.txt", "refused-text.pt")


# --- Neural Amp Modeler -------------------------------------------------------

class Amp(nn.Module):
    def __init__(self, hidden=3, depth=2):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden, depth, batch_first=True)
        self.head = nn.Linear(hidden, 1)
        self.h = torch.randn(depth, 1, hidden) * 0.5
        self.c = torch.randn(depth, 1, hidden) * 0.5

    def forward(self, x):
        return self.head(self.lstm(x, (self.h, self.c))[0])

    def flat(self):
        values = []
        for index in range(self.lstm.num_layers):
            get = lambda name: getattr(self.lstm, f"{name}_l{index}").detach()
            values += torch.cat([get("weight_ih"), get("weight_hh")], dim=1).flatten().tolist()
            values += (get("bias_ih") + get("bias_hh")).tolist()
            values += self.h[index, 0].tolist() + self.c[index, 0].tolist()
        return values + self.head.weight.flatten().tolist() + self.head.bias.tolist()


amp = Amp().eval()
samples = samples_of(1)
with torch.no_grad():
    write_csv("json/amp", samples, amp(torch.tensor(samples)[None]).numpy()[0])
file = {"version": "0.5.4", "metadata": {"name": "test", "gain": 0.5, "date": {"year": 2024}},
        "architecture": "LSTM", "config": {"input_size": 1, "hidden_size": 3, "num_layers": 2},
        "weights": amp.flat(), "sample_rate": 48000}
write_text("json/amp.nam", json.dumps(file))
for name, words, more in (
        ("wavenet", "architecture is \"WaveNet\", expected \"LSTM\"", {"architecture": "WaveNet"}),
        ("weights", "expected 160 for num_layers 2", {"weights": amp.flat()[:-1]}),
        ("layers", "num_layers of 1 to 64", {"config": {**file["config"], "num_layers": 0}}),
        ("channels", "in_channels is 2, expected 1", {"config": {**file["config"],
                                                                "in_channels": 2}}),
        ("config", "expected config with num_layers", {"config": {"num_layers": "two"}}),
        ("both-ways", "config: bidirectional is true, expected only num_layers",
         {"config": {**file["config"], "bidirectional": True}})):
    write_text(f"json/refused-{name}.nam", json.dumps({**file, **more}))
    write_text(f"json/refused-{name}.txt", words)


# --- after the others, so that their numbers stay ----------------------------

for name, first in (("linear", nn.Linear(3, 3)), ("embedding", nn.Embedding(3, 3))):
    model = nn.ModuleDict({"first": first, "lstm": nn.LSTM(3, 3)})
    torch.save(model.state_dict(), path(f"python/refused-{name}-first.pt"))
    write_text(f"python/refused-{name}-first.txt",
               "'first.weight' comes before the LSTM in the state_dict")

entry = keras.Input((None, 3))
hidden = layers.LSTM(3, return_sequences=True)(entry)
keras.Model(entry, [hidden, layers.Dense(2)(hidden)]).save(path("python/refused-two-outputs.keras"))
write_text("python/refused-two-outputs.txt", "found 2 outputs, expected one")
model = keras.Sequential([keras.Input((None, 3)), layers.LSTM(8, return_sequences=True),
                          layers.Dense(4, use_bias=False)])
model.quantize("int8")
model.save(path("python/refused-int8.keras"))
write_text("python/refused-int8.txt", "(Dense): is quantized to int8; convert the model before")
model = keras.Sequential([keras.Input((None, 3)), layers.LSTM(8, return_sequences=True),
                          layers.Dense(4)])
model.layers[-1].enable_lora(2)
samples = samples_of(3)
write_csv("python/lora", samples, outputs_of(randomised(model), samples))
model.save(path("python/lora.keras"))

# Keras runs the Lambda when it loads the model, which creates the file "ran" in the working
# directory.
keras.Sequential([keras.Input((None, 3)), layers.LSTM(2, return_sequences=True),
                  layers.Lambda(lambda x: (__import__("pathlib").Path("ran").touch(), x)[1]),
                  layers.Dense(1)]).save(path("python/refused-lambda.h5"))
write_text("python/refused-lambda.txt", "(Lambda): Leat has nothing like it")
