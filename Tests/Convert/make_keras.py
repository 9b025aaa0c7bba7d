# SPDX-License-Identifier: MIT
"""Models as one version of Keras writes them, with what that version computes.

usage: make_keras.py NAME, once for each version of Keras:
    python3.7 -m pip install keras==2.1.6 tensorflow==1.15.5 "h5py<3" "protobuf<3.21"
    python3.7 make_keras.py 2.1
    python3.11 -m pip install tensorflow-cpu==2.15.1; python3.11 make_keras.py 2.15
    python3.11 -m pip install tensorflow-cpu keras==3.15.1; python3.11 make_keras.py 3

Writes python/*-NAME.h5 and, from Keras 3 on, *-NAME.keras, or both, each with a .csv of samples and
outputs, or a .txt with a part of the refusal.
"""
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras
import numpy

NAME = sys.argv[1]
layers = keras.layers
VERSION = tuple(int(part) for part in keras.__version__.split("-")[0].split(".")[:2])
HERE = os.environ.get("KERAS_MODELS", os.path.join(os.path.dirname(os.path.abspath(__file__)), "python"))
STEPS = 12
random = numpy.random.RandomState(29)
Layer, Input, Model = layers.Layer, layers.Input, keras.models.Model


def path(name, suffix):
    return os.path.join(HERE, "{}-{}.{}".format(name, NAME, suffix))


# Which are saved in both formats, by versions that have both.
BOTH = {"lstm", "gru-after", "front", "residual", "normalised", "cells"}


def save(name, model, kinds=None):
    usual = ["keras"] if VERSION >= (3, 0) else ["h5"]
    for suffix in kinds or (["h5", "keras"] if name in BOTH and VERSION >= (2, 12) else usual):
        model.save(path(name, suffix))


def record(name, samples, outputs):
    outputs = numpy.asarray(outputs).reshape(len(samples), -1)
    assert len(samples) == 1 or numpy.ptp(outputs, axis=0).min() > 0.02, (name, outputs)
    columns = ["x%d" % i for i in range(samples.shape[1])]
    columns += ["y%d" % i for i in range(outputs.shape[1])]
    with open(path(name, "csv"), "w") as file:
        print(",".join(columns), file=file)
        for row in numpy.hstack([samples, outputs]):
            print(",".join("%.9g" % value for value in row), file=file)


def refused(name, model, words, kinds=None):
    save("refused-" + name, model, kinds)
    with open(path("refused-" + name, "txt"), "w") as file:
        print(words, file=file)


def randomised(model, scale=0.2):
    """Biases and all others differ from their initial values; variances stay above 0."""
    for layer in model.layers:
        if "Normalization" == type(layer).__name__:
            continue
        weights = [weight + random.standard_normal(weight.shape) * scale for weight in layer.get_weights()]
        if "BatchNormalization" in str(type(layer)) + str(type(getattr(layer, "layer", None))):
            weights[-1] = numpy.abs(weights[-1]) + 0.3
        layer.set_weights(weights)
    return model


def outputs_of(model, samples):
    if len(model.output_shape) == 3:
        return model.predict(samples[None], verbose=0)[0]
    return [model.predict(samples[None, :n], verbose=0)[0] for n in range(1, len(samples) + 1)]


def samples_of(inputs):
    return (random.standard_normal((STEPS, inputs))).astype("float32")


def make(name, model, kinds=None, scale=0.2):
    initial, samples = model.get_weights(), samples_of(model.input_shape[-1])
    for _ in range(100):  # until every output depends on the inputs
        model.set_weights(initial)
        outputs = numpy.asarray(outputs_of(randomised(model, scale), samples))
        if numpy.ptp(outputs.reshape(len(samples), -1), axis=0).min() > 0.05:
            break
    else:
        raise ValueError(name)
    record(name, samples, outputs)
    save(name, model, kinds)


def sequential(inputs, parts):
    first, parts = parts[0], parts[1:]
    if VERSION >= (2, 4):
        return keras.models.Sequential([Input((None, inputs)), first] + parts)
    # As of old the first layer has the shape.
    kind, config = type(first), first.get_config()
    config["batch_input_shape"] = (None, None, inputs)
    return keras.models.Sequential([kind.from_config(config)] + parts)


def every(**options):
    return dict(return_sequences=True, **options)


# --- every version ------------------------------------------------------------

# Before 2.3 Keras' own LSTM and GRU compute hard_sigmoid(x) = clip(x / 5 + 1/2).
make("lstm", sequential(3, [layers.LSTM(4, **every()), layers.Dropout(0.2), layers.LSTM(
    3, use_bias=False, recurrent_activation="sigmoid"), layers.Dense(1)]))
make("gates", sequential(3, [layers.LSTM(4, activation="softsign", recurrent_activation="hard_sigmoid",
                                         **every()), layers.GRU(3, recurrent_activation="hard_sigmoid",
                                                                activation="softsign"),
                             layers.Dense(2)]))
make("gru-before", sequential(3, [layers.GRU(4, reset_after=False, **every()),
                                  layers.GRU(3, reset_after=False, use_bias=False), layers.Dense(2)]))
make("gru-after", sequential(3, [layers.GRU(4, reset_after=True, **every()),
                                 layers.GRU(3, reset_after=True, use_bias=False), layers.Dense(2)]))
# With relu h has a bound only if the sum of each row of the recurrent matrix is below 1.
make("rnn", sequential(3, [layers.SimpleRNN(4, **every()),
                           layers.SimpleRNN(2, activation="relu", recurrent_initializer="zeros", **every()),
                           layers.SimpleRNN(3, activation="hard_sigmoid"), layers.Dense(2)]))
make("front", sequential(3, [layers.Dense(5, activation="relu"), layers.BatchNormalization(),
                             layers.LSTM(4, **every()), layers.TimeDistributed(layers.Dense(3)),
                             layers.BatchNormalization(scale=False, epsilon=0.01),
                             layers.TimeDistributed(layers.BatchNormalization(center=False)),
                             layers.TimeDistributed(layers.Activation("tanh"))]))
make("rectified", sequential(3, [layers.LSTM(4, **every()), layers.LeakyReLU(0.3), layers.Dense(4),
                                 layers.PReLU(shared_axes=[1]), layers.Dense(4), layers.ELU(0.7),
                                 layers.PReLU(shared_axes=[1, 2]), layers.Dense(4),
                                 layers.ReLU(max_value=0.4), layers.Dense(2)] if VERSION >= (2, 2) else
                            [layers.LSTM(4), layers.LeakyReLU(0.3), layers.Dense(4), layers.PReLU(),
                             layers.Dense(4), layers.ELU(0.7)]), scale=0.5)
words = ["relu", "softplus", "softsign", "hard_sigmoid", "elu", "sigmoid", "tanh", "linear", "softmax"]
if VERSION >= (2, 15):
    words += ["swish", "gelu", "leaky_relu"]
if VERSION >= (3, 0):
    words += ["relu6", "log_softmax"] + (["hard_silu", "hard_tanh"] if VERSION >= (3, 5) else [])
# A few at a time: a long chain gives the same for every input.
for index in range(0, len(words), 3):
    parts = [layers.Dense(5, activation=word) for word in words[index:index + 3]]
    make("words-%d" % (index // 3 + 1), sequential(3, [layers.LSTM(4, **every())] + parts + [
        layers.Dense(2)]), scale=1.5)

entry = Input((None, 3))
hidden = layers.LSTM(3, **every())(entry)
summed = layers.Add()([hidden, entry])
wide = layers.Dense(4, activation="tanh")(summed)
again = layers.Dropout(0.3)(layers.GRU(4, reset_after=True, **every())(wide))
summed = layers.Add()([wide, again])
make("residual", Model(entry, layers.Dense(2)(layers.Activation("relu")(summed))))

entry = Input((None, 3))
output, state, cell = layers.LSTM(4, return_state=True, **every())(entry)
make("return-state", Model(entry, layers.Dense(2)(output)))

model = keras.models.Sequential([layers.LSTM(4, stateful=True, batch_input_shape=(1, 1, 3))
                                 if VERSION < (2, 15) else Input(batch_shape=(1, 1, 3))] + (
    [] if VERSION < (2, 15) else [layers.LSTM(4, stateful=True)]) + [layers.Dense(2)])
randomised(model)
model.reset_states() if VERSION < (3, 0) else model.layers[0].reset_state()
samples = samples_of(3)
record("stateful", samples, [model.predict(sample[None, None], verbose=0)[0] for sample in samples])
save("stateful", model)

# --- what not every version has ----------------------------------------------------

if VERSION >= (2, 2):
    cell = layers.RNN(layers.LSTMCell(4, recurrent_activation="sigmoid"), **every())
    make("cells", sequential(3, [cell, layers.RNN(layers.GRUCell(3, recurrent_activation="sigmoid"))]))

if VERSION >= (2, 15):
    front = layers.Normalization(axis=-1)
    front.adapt(random.standard_normal((200, 3)) * [1, 5, 0.2] + [0, 10, -4])
    back = layers.Normalization(axis=-1, mean=[3.0, -200.0], variance=[4.0, 900.0], invert=True)
    make("normalised", sequential(3, [front, layers.LSTM(4, **every()), layers.Dense(2), back]))
    make("rescaled", sequential(3, [layers.Rescaling(0.25, offset=-1.0), layers.LSTM(4, **every()),
                                    layers.Dense(2), layers.Rescaling(scale=20.0, offset=7.0)]))
    make("rescaled-inside", sequential(3, [
        layers.Normalization(axis=None, mean=0.5, variance=4.0), layers.Rescaling(-2.0),
        layers.LSTM(4, **every()), layers.Normalization(mean=0.1, variance=0.5), layers.Dense(2)]))
    make("object", sequential(3, [layers.LSTM(4, **every()), layers.Dense(3, activation=layers.LeakyReLU(0.3)),
                                  layers.Activation("tanh")]))
    entry = Input((None, 3))
    hidden = layers.LSTM(3, **every())(entry)
    make("plus", Model(entry, layers.Dense(2)(hidden + entry)))
    entry = Input((3,))
    vector = layers.Reshape((1, 3))(entry)
    model = randomised(Model(entry, layers.Dense(2)(layers.Flatten()(layers.LSTM(4, **every())(vector)))))
    sample = samples_of(3)[:1]
    record("reshaped", sample, model.predict(sample, verbose=0))
    save("reshaped", model)
    entry = Input((3 * STEPS,))
    model = randomised(Model(entry, layers.Dense(2)(layers.LSTM(4, **every())(layers.Reshape((STEPS, 3))(entry)))))
    samples = samples_of(3)
    record("one-row", samples, model.predict(samples.reshape(1, -1), verbose=0)[0])
    save("one-row", model)
if (2, 15) <= VERSION < (3, 0):
    model = randomised(sequential(3, [layers.LSTM(4, time_major=True, **every()), layers.Dense(2)]))
    samples = samples_of(3)
    record("time-major", samples, model.predict(samples[:, None], verbose=0)[:, 0])
    save("time-major", model)
if VERSION >= (3, 0):
    make("relu-slope", sequential(3, [layers.LSTM(4, **every()), layers.ReLU(negative_slope=0.2)]))

# CuDNN's own layers run on a GPU only, and Keras 2 gives their weights to others.
if (2, 15) <= VERSION < (3, 0):
    import tensorflow
    fast = tensorflow.compat.v1.keras.layers
    parts = [Input((None, 3)), fast.CuDNNLSTM(4, **every()), fast.CuDNNGRU(3, **every()), layers.Dense(2)]
    model = randomised(keras.models.Sequential(parts))
    save("cudnn", model, ["h5"])
    same = keras.models.Sequential([Input((None, 3)), layers.LSTM(4, **every()), layers.GRU(3, **every()),
                                    layers.Dense(2)])
    same.load_weights(path("cudnn", "h5"))
    samples = samples_of(3)
    record("cudnn", samples, outputs_of(same, samples))

# --- refused --------------------------------------------------------------------

if VERSION < (3, 0):
    if VERSION >= (2, 15):
        refused("time-major-both", sequential(3, [layers.LSTM(3, time_major=True, **every()), layers.LSTM(3)]),
                "time_major is False, and True in a layer before it")
        entry = Input((None, 3))
        hidden = layers.LSTM(3, **every())(entry)
        refused("operation", Model(entry, layers.Dense(2)(hidden * entry)), "is the operation math.multiply")
    sys.exit()

for name, parts, words in (
        ("threshold", [layers.ReLU(threshold=0.5)], "threshold is 0.5, expected a limit or a slope"),
        ("selu", [layers.Dense(2, activation="selu")], "(Dense): activation is selu, expected relu"),
        ("gate-relu", [layers.LSTM(3, recurrent_activation="relu")],
         "(LSTM): recurrent_activation is relu, expected sigmoid, hard_sigmoid, tanh, softsign"),
        ("gate-gelu", [layers.GRU(3, activation="gelu")],
         "(GRU): activation is gelu, expected sigmoid, hard_sigmoid, tanh, softsign, relu, linear"),
        ("batch-axis", [layers.BatchNormalization(axis=1)], "axis is [1], expected the last one"),
        ("softmax-axis", [layers.Softmax(axis=[1, 2])], "axis is [1, 2], expected the last one"),
        ("prelu-steps", [layers.PReLU()], "has a slope for each of 5 steps"),
        ("flattened", [layers.Flatten(), layers.Dense(2)], "makes one row of 5 steps"),
        ("repeated", [layers.LSTM(3), layers.RepeatVector(4), layers.LSTM(2)],
         "(RepeatVector): begins a second sequence with the last step"),
        ("after-last", [layers.LSTM(3), layers.Reshape((1, 3)), layers.LSTM(2)],
         "comes after a layer that gives only the last step"),
        ("reshaped", [layers.Reshape((3, 5))], "target_shape is [3, 5], expected one that keeps"),
        ("convolution", [layers.Conv1D(3, 2)], "(Conv1D): Leat has nothing like it"),
        ("repeats-cell", [layers.RNN([layers.LSTMCell(3), layers.LSTMCell(2)])],
         "StackedRNNCells: expected an LSTMCell, GRUCell or SimpleRNNCell")):
    model = randomised(keras.Sequential([Input((5, 3)), layers.LSTM(3, **every())] + parts))
    refused(name, model, words)
refused("no-recurrent", keras.Sequential([Input((None, 3)), layers.Dense(2)]),
        "there is no LSTM, GRU or SimpleRNN in it")
refused("embedding", keras.Sequential([Input((None,)), layers.Embedding(9, 3), layers.LSTM(2)]),
        "(Embedding): Leat has nothing like it; look the rows up in your program")
model = sequential(3, [layers.LSTM(3, **every()), layers.Dense(2)])
model.layers[-1].enable_lora(1)
refused("lora", model, "has LoRA's matrices beside its kernel; save the model as .keras", ["h5"])

entry = Input((None, 3))
hidden = layers.LSTM(3, **every(name="first"))(entry)
active = layers.Activation("relu")(hidden)
dense = layers.Dense(3)
for name, output, words in (
        ("beside", layers.Add()([layers.Dense(2, name="left")(hidden), layers.Dense(2, name="right")(hidden)]),
         "layer 'right' (Dense): runs beside 'left'; Leat's layers form a chain"),
        ("joined", layers.Concatenate()([hidden, entry]),
         "(Concatenate): takes the outputs of several layers; Leat's layers form a chain"),
        ("sum-before", layers.Add()([layers.Dense(3)(active), hidden]),
         "adds what 'first' gives before the activation, normalization or sum that follows"),
        ("sum-of-one", layers.Add()([hidden, active]), "adds two values of one layer"),
        ("sum-of-sizes", layers.Add()([layers.Dense(1)(hidden), entry]), "adds 3 features to 1"),
        ("sum-of-number", hidden + 1.0, "adds something that no layer gives"),
        ("used-twice", dense(dense(hidden)), "is used 2 times, expected once"),
        ("training", layers.Dropout(0.2)(hidden, training=True), "is called with training=True"),
        ("state", layers.LSTM(3, return_state=True)(entry)[1], "its output is [1] of layer"),
        ("decoder", layers.LSTM(3)(entry, initial_state=layers.LSTM(3, return_state=True)(hidden)[1:]),
         "(LSTM): reads the state of another layer")):
    refused(name, Model(entry, output), words)
other = Input((None, 3))
refused("two-inputs", Model([entry, other], layers.Add()([hidden, other])), "found 2 inputs, expected one")

# --- made later, so that the numbers of those above stay the same ------------------

make("softmax", sequential(3, [layers.LSTM(4, **every()), layers.Softmax(axis=2), layers.Dense(4),
                               layers.TimeDistributed(layers.Softmax(axis=1)), layers.LSTM(3),
                               layers.Softmax(axis=1)]), scale=1.5)
make("prelu-first", sequential(3, [layers.PReLU(shared_axes=[1, 2]), layers.LSTM(4, **every()),
                                   layers.Dense(2)]))
# Without dropout an LSTM computes the same in training.
entry = Input((None, 3))
make("training-lstm", Model(entry, layers.Dense(2)(layers.LSTM(4, **every())(entry, training=True))))
for name, parts in (("softmax-steps", [layers.Softmax(axis=1)]),
                    ("softmax-object", [layers.Dense(2, activation=layers.Softmax(axis=1))])):
    refused(name, sequential(3, [layers.LSTM(3, **every())] + parts), "axis is [1], expected the last one")
entry = Input((None, 3))
hidden = layers.LSTM(3, **every())(entry)
for name, layer in (
        ("dropout-lstm", layers.LSTM(3, dropout=0.2, **every())),
        ("recurrent-dropout-gru", layers.GRU(3, recurrent_dropout=0.2, **every())),
        ("dropout-cell", layers.RNN(layers.LSTMCell(3, dropout=0.2), **every())),
        ("dropout-of-steps", layers.TimeDistributed(layers.Dropout(0.2))),
        ("batch-of-steps", layers.TimeDistributed(layers.BatchNormalization())),
        ("batch", layers.BatchNormalization())):
    kinds = ["h5"] if name == "batch" else None
    refused("training-" + name, Model(entry, layer(hidden, training=True)), "is called with training=True",
            kinds)
# As TensorFlow 1 calls it.
import h5py

with h5py.File(path("refused-training-batch", "h5"), "r+") as file:
    text = file.attrs["model_config"]
    assert '"BatchNormalization"' in text
    file.attrs["model_config"] = text.replace('"BatchNormalization"', '"BatchNormalizationV1"')

refused("lstm-relu", sequential(3, [layers.LSTM(4, activation="relu", **every())]),
        "(LSTM): activation is relu, expected sigmoid, hard_sigmoid, tanh, softsign; train it with")
refused("rnn-relu", sequential(3, [layers.SimpleRNN(4, activation="relu", recurrent_initializer="ones",
                                                    name="second")]),
        "'rnn.weight_hh_l0' is of layer 'second' (SimpleRNN)")
