# SPDX-License-Identifier: MIT
# Keras' part of the program that start.py begins: activations, as `leat.layers` names them.

WORDS = {
    "relu": "relu", "sigmoid": "sigmoid", "tanh": "tanh", "softmax": "softmax", "elu": "elu",
    "gelu": "gelu", "swish": "silu", "silu": "silu", "softplus": "softplus", "softsign": "softsign",
    "leaky_relu": "leaky_relu(0.2)", "relu6": "relu6", "hard_silu": "hardswish",
    "hard_swish": "hardswish", "hard_tanh": "hardtanh", "log_softmax": "log_softmax",
}
GATE_WORDS = ["sigmoid", "hard_sigmoid", "tanh", "softsign"]
UNBOUNDED_GATE_WORDS = ["relu", "linear"]
# Layers that are activations, and that may be the argument `activation` of another one.
ACTIVATION_LAYERS = {"Activation", "ReLU", "LeakyReLU", "ELU", "Softmax"}


def hard_sigmoid():
    """Keras 2 and before computes x / 5 + 1/2, and Keras 3 x / 6 + 1/2."""
    return "hard_sigmoid(0.2,0.5)" if keras_file.major == "2" else "hard_sigmoid"


def activation(layer, rank, key="activation"):
    """The word of an argument, or None if it changes nothing.

    - rank: the last axis of what the layer gives
    """
    value = layer.get(key)
    if isinstance(value, dict) and value.get("class_name") in ACTIVATION_LAYERS:
        inner = layer.inner(key)
        word = activation_of_layer(inner, rank)
        inner.check_arguments()
        return word
    if value in (None, "linear"):
        return None
    if value == "hard_sigmoid":
        return hard_sigmoid()
    if not isinstance(value, str):
        found = value.get("class_name") if isinstance(value, dict) else value
        layer.refuse(f"{key} is an object, {shown(found)}, "
                     "expected a name, as Leat runs no code of a model; train it with one of Keras' own")
    if value not in WORDS:
        layer.refuse(f"{key} is {shown(value)}, expected {', '.join(WORDS)}, hard_sigmoid or linear; "
                     "train it with one of those")
    return WORDS[value]


def gate_activation(layer, key, default, has_bound=True):
    """The word of an activation inside of a recurrent layer, or None for the default.

    - has_bound: whether only those will do that have one
    """
    value = layer.get(key, default)
    expected = GATE_WORDS + ([] if has_bound else UNBOUNDED_GATE_WORDS)
    value = "linear" if value is None else value
    if value not in expected:
        layer.refuse(f"{key} is {shown(value)}, expected {', '.join(expected)}; train it with one of "
                     "those")
    words = {default: None, "linear": "none", "hard_sigmoid": hard_sigmoid()}
    return words.get(value, value)


def activation_of_layer(layer, rank):
    """The word of a layer that is an activation, or None if it changes nothing.

    - rank: the last axis of what it reads
    """
    if layer.kind == "Activation":
        return activation(layer, rank)
    if layer.kind == "LeakyReLU":
        slope = "alpha" if "alpha" in layer.config else "negative_slope"
        return f"leaky_relu({decimal(layer.number(slope, 0.3))})"
    if layer.kind == "ELU":
        return f"elu({decimal(layer.number('alpha', 1.0))})"
    if layer.kind == "Softmax":
        layer.expect_last_axis(layer.axes(), rank)
        return "softmax"
    most, slope, threshold = (layer.number("max_value"), layer.number("negative_slope", 0.0),
                              layer.number("threshold", 0.0))
    if threshold != 0 or most is not None and (slope != 0 or most <= 0):
        layer.refuse(f"max_value is {most}, negative_slope is {slope}, threshold is {threshold}, "
                     "expected a limit or a slope, and no threshold; train it with that")
    if most is not None:
        return "relu6" if most == 6 else f"hardtanh(0,{decimal(most)})"
    return f"leaky_relu({decimal(slope)})" if slope != 0 else "relu"
