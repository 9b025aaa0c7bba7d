# SPDX-License-Identifier: MIT
"""leat.from_keras() and leat.check() with models of Keras 3, which runs on
PyTorch here."""

import re
import sys

import keras
import numpy as np
import pytest
from keras import layers

import leat

STEPS = 20


def sequential(*parts, inputs=(None, 3)):
    keras.utils.set_random_seed(1)
    return keras.Sequential([keras.Input(inputs), *parts])


def lstm(units=4, **options):
    return layers.LSTM(units, return_sequences=True, **options)


def gru(units=4, **options):
    return layers.GRU(units, return_sequences=True, **options)


def small():
    return keras.initializers.RandomNormal(stddev=0.1, seed=1)


def residual():
    keras.utils.set_random_seed(1)
    x = keras.Input((None, 3))
    y = lstm(3)(x)
    return keras.Model(x, layers.Dense(2)(y + x))


CASES = {
    "lstm": (lambda: sequential(lstm(), layers.Dense(2)), "lstm linear"),
    "gru": (
        lambda: sequential(gru(), layers.Dense(2, "softmax")),
        "gru linear:softmax",
    ),
    "gru that resets before": (
        lambda: sequential(gru(reset_after=False)),
        "gru",
    ),
    "rnn with relu": (
        lambda: sequential(
            layers.SimpleRNN(
                4, "relu", return_sequences=True, recurrent_initializer=small()
            )
        ),
        "rnn",
    ),
    "other activations": (
        lambda: sequential(
            lstm(recurrent_activation="hard_sigmoid", activation="softsign")
        ),
        "lstm",
    ),
    "a stack": (
        lambda: sequential(
            layers.Dense(5, "tanh"),
            lstm(),
            layers.Dropout(0.5),
            gru(),
            layers.BatchNormalization(),
            layers.TimeDistributed(layers.Dense(2, "leaky_relu")),
        ),
        "linear1:tanh lstm gru batch_norm linear2:leaky_relu(0.2)",
    ),
    "normalization and units": (
        lambda: sequential(
            layers.Normalization(
                mean=[1.0, 2.0, 3.0], variance=[4.0, 9.0, 2.0]
            ),
            lstm(),
            layers.Dense(1),
            layers.Rescaling(3.0, 2.0),
        ),
        "lstm linear",
    ),
    "sum": (residual, "lstm +input linear"),
}


@pytest.mark.parametrize("name", CASES)
def test_outputs_and_layers(name, written):
    make, expected = CASES[name]
    model = make()
    assert leat.from_keras(model, written.path).is_equal
    assert written.layers == expected
    assert written.metadata["source.format"] == "keras"
    x = (
        np.random.default_rng(1)
        .standard_normal((1, STEPS, 3))
        .astype(np.float32)
    )
    written.expect(model.predict(x, verbose=0)[0], x[0])


def test_the_last_step(written):
    model = sequential(layers.LSTM(4), layers.Dense(2))
    leat.from_keras(model, written.path)
    x = (
        np.random.default_rng(1)
        .standard_normal((1, STEPS, 3))
        .astype(np.float32)
    )
    outputs = [
        model.predict(x[:, :n], verbose=0)[0] for n in range(1, STEPS + 1)
    ]
    written.expect(outputs, x[0])


def test_a_fixed_number_of_steps(written):
    report = leat.from_keras(
        sequential(layers.LSTM(4), inputs=(9, 3)), written.path
    )
    assert report.steps == 9
    report = leat.from_keras(
        sequential(layers.Reshape((9, 3)), layers.LSTM(4), inputs=(27,)),
        written.path,
    )
    assert report.steps == 9


def test_a_stateful_model_keeps_its_state(written):
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [keras.Input(batch_shape=(1, None, 3)), lstm(stateful=True)]
    )
    x = np.ones((1, 5, 3), np.float32)
    model(x)
    state = [
        keras.ops.convert_to_numpy(part) for part in model.layers[0].states
    ]
    assert leat.from_keras(model, written.path).is_equal
    for part, before in zip(model.layers[0].states, state):
        assert np.array_equal(keras.ops.convert_to_numpy(part), before)


def test_a_stateful_model_that_gives_the_last_step(written):
    """It is run for each beginning of a sequence, each time from zeros."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input(batch_shape=(1, None, 3))
    model = keras.Sequential([inputs, layers.LSTM(4, stateful=True)])
    assert leat.from_keras(model, written.path).is_equal


def test_normalization_around_the_model(written):
    model = sequential(lstm(), layers.Dense(1))
    leat.from_keras(
        model,
        written.path,
        input_mean=[1.0, 2.0, 3.0],
        input_std=2.0,
        output_mean=5.0,
        output_std=0.5,
    )
    x = (
        np.random.default_rng(1)
        .standard_normal((1, STEPS, 3))
        .astype(np.float32)
    )
    y = model.predict((x - np.float32([1, 2, 3])) / 2, verbose=0) * 0.5 + 5
    written.expect(y[0], x[0])


def with_training():
    x = keras.Input((None, 3))
    return keras.Model(x, layers.Dropout(0.5)(lstm()(x), training=True))


class Custom(layers.Layer):
    def call(self, x):
        return x * 2


class Subclass(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = layers.LSTM(4)

    def call(self, x):
        return self.inner(x)


def subclass():
    model = Subclass()
    model(np.zeros((1, 5, 3), np.float32))
    return model


@pytest.mark.parametrize(
    "make, message",
    [
        (
            lambda: sequential(layers.Bidirectional(lstm())),
            "needs the end of the sequence first",
        ),
        (
            lambda: sequential(lstm(), layers.LayerNormalization()),
            "Leat has nothing like it; expected LSTM, GRU",
        ),
        (
            lambda: sequential(layers.Embedding(5, 3), lstm(), inputs=(None,)),
            "look the rows up in your program",
        ),
        (
            lambda: sequential(lstm(go_backwards=True)),
            "go_backwards is True, expected False",
        ),
        (
            lambda: sequential(lstm(activation="relu")),
            "activation is relu, expected sigmoid, hard_sigmoid, tanh",
        ),
        (
            lambda: sequential(layers.Dense(2)),
            "there is no LSTM, GRU or SimpleRNN in it",
        ),
        (
            lambda: sequential(lstm(), Custom()),
            "expected one of Keras' own, as Leat runs no code of a model",
        ),
        (
            lambda: keras.Sequential([lstm()]),
            "the model has no weights yet; begin it with keras.Input, or call "
            "it once, then train it",
        ),
        (
            lambda: sequential(lstm(name="half", dtype="mixed_float16")),
            "layer 'half' computes in float16, expected float32; make the "
            'model with keras.config.set_dtype_policy("float32")',
        ),
        (
            lambda: sequential(lstm(name="half", dtype="bfloat16")),
            "layer 'half' computes in bfloat16, expected float32",
        ),
        (with_training, "is called with training=True, expected False"),
        (subclass, "is a Subclass, expected a Sequential or Functional model"),
    ],
)
def test_refused(make, message, written, names_of):
    with pytest.raises(leat.ConversionError, match=re.escape(message)):
        leat.from_keras(make(), written.path)
    assert names_of() == []


def test_no_model(written):
    with pytest.raises(TypeError, match="expected a keras.Model, found LSTM"):
        leat.from_keras(lstm(), written.path)


def test_a_wrong_file_is_not_written(written, names_of, monkeypatch):
    """An older Keras has another hard_sigmoid: here its rule is used on a model
    of Keras 3."""
    module = sys.modules["leat.conversion.keras_file"]
    original = module.contents

    def other_rule(data):
        tensors, metadata = original(data)
        metadata["leat.lstm.recurrent_activation"] = "hard_sigmoid(0.2,0.5)"
        return tensors, metadata

    monkeypatch.setattr(module, "contents", other_rule)
    with pytest.raises(
        leat.ConversionError, match="differs from the module by .* at step"
    ):
        leat.from_keras(
            sequential(lstm(recurrent_activation="hard_sigmoid")), written.path
        )
    assert names_of() == []


def test_check(written, capsys):
    model = residual()
    leat.from_keras(model, written.path)
    assert leat.check(model, written.path).is_equal
    assert (
        "computes what the module does over 2 sequences of 64 steps"
        in capsys.readouterr().out
    )
    other = keras.models.clone_model(model)
    assert not leat.check(other, written.path).is_equal
    with pytest.raises(leat.ConversionError):
        leat.check(other, written.path, raises=True)


@pytest.mark.parametrize("arguments", [{}, {"output_std": 1e-6}])
def test_check_of_small_outputs(arguments, written):
    """Far below 1, a difference must not pass for rounding."""

    def model(seed):
        keras.utils.set_random_seed(seed)
        scale = 1.0 if arguments else 1e-6
        kernel = keras.initializers.RandomUniform(-scale, scale, seed=seed)
        head = layers.Dense(2, kernel_initializer=kernel)
        return keras.Sequential([keras.Input((None, 3)), lstm(), head])

    leat.from_keras(model(1), written.path, **arguments)
    assert leat.check(model(1), written.path, **arguments).is_equal
    assert not leat.check(model(2), written.path, **arguments).is_equal
