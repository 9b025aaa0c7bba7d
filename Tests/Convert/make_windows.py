# SPDX-License-Identifier: MIT
"""Models that were made for windows, and what Keras' predict gives for each window of a recording.

usage: python3 -m pip install keras==3.15.1 jax h5py
       KERAS_BACKEND=jax python3 make_windows.py

Writes windows/NAME.keras and windows/NAME.csv: a sample in each row, and from the last sample of the
first window on the outputs of the window that ends with it.
"""
import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "windows")
SAMPLES = 90
layers = keras.layers


def recording(inputs):
    """Slow and fast waves, steps and noise, so that what was long ago matters."""
    random = numpy.random.RandomState(7)
    time = numpy.arange(SAMPLES)
    waves = [numpy.sin(time / (3 + 5 * i)) + (time // (11 + 4 * i) % 2) for i in range(inputs)]
    return (numpy.stack(waves, axis=1) + 0.1 * random.randn(SAMPLES, inputs)).astype("f4")


def write(name, window, model):
    for weights in model.weights:
        values = numpy.random.RandomState(len(weights.path)).uniform(-0.6, 0.6, weights.shape)
        weights.assign(values.astype("f4"))
    samples = recording(model.input_shape[-1])
    windows = numpy.stack([samples[i:i + window] for i in range(SAMPLES - window + 1)])
    outputs = numpy.asarray(model.predict(windows, verbose=0)).reshape(len(windows), -1)
    assert numpy.ptp(outputs, axis=0).min() > 0.05, outputs
    model.save(os.path.join(HERE, name + ".keras"))
    columns = ["x%d" % i for i in range(samples.shape[1])] + ["y%d" % i for i in range(outputs.shape[1])]
    with open(os.path.join(HERE, name + ".csv"), "w") as file:
        print(",".join(columns), file=file)
        for index, sample in enumerate(samples):
            row = ["%.9g" % value for value in sample]
            ends = index - window + 1
            row += ["%.9g" % value for value in outputs[ends]] if ends >= 0 else [""] * outputs.shape[1]
            print(",".join(row), file=file)


def main():
    write("lstm-30", 30, keras.Sequential([
        keras.Input((30, 2)), layers.LSTM(6, return_sequences=True), layers.LSTM(5),
        layers.Dense(1)]))
    # The number of steps isn't in the model.
    write("gru-12", 12, keras.Sequential([
        keras.Input((None, 3)), layers.GRU(7), layers.Dense(2, activation="tanh")]))


main()
