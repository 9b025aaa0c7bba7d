# SPDX-License-Identifier: MIT
# Keras' part of the program that start.py begins: the tensors of recurrent layers. Keras' matrices
# have a column, and PyTorch's a row, for each unit of each gate.

CELLS = {"LSTM": "LSTM", "LSTMCell": "LSTM", "CuDNNLSTM": "CuDNNLSTM", "GRU": "GRU",
         "GRUCell": "GRU", "CuDNNGRU": "CuDNNGRU", "SimpleRNN": "RNN", "SimpleRNNCell": "RNN"}
GATES = {"LSTM": 4, "CuDNNLSTM": 4, "GRU": 3, "CuDNNGRU": 3, "RNN": 1}


def recurrent(cell, inputs):
    """The kind of the module, its tensors, and its arguments in the metadata.

    - cell: the layer with the arguments and the weights
    - inputs: the size of a sample, or None
    """
    kind, units = CELLS[cell.kind], cell.whole("units")
    rows = GATES[kind] * units
    is_cudnn = kind.startswith("CuDNN")
    arguments = {} if is_cudnn else gate_arguments(cell, kind)
    resets_after = kind == "GRU" and cell.flag("reset_after")
    if kind == "GRU" and not resets_after:
        arguments["reset_after"] = "False"
    shapes = [(inputs, rows), (units, rows)]
    if is_cudnn:
        shapes.append((2 * rows,))
    elif cell.flag("use_bias", True):
        shapes.append((2, rows) if resets_after else (rows,))
    kernel, recurrent_kernel, *bias = keras_file.weights(cell, shapes)
    if is_cudnn:
        kernel, recurrent_kernel = of_cudnn(kernel, recurrent_kernel, GATES[kind])
    # The gates of an LSTM are i, f, c, o, which are PyTorch's i, f, g, o. Those of a GRU are
    # z, r, h, and PyTorch's r, z, n.
    order = [1, 0, 2] if GATES[kind] == 3 else range(GATES[kind])

    def ordered(array):
        parts = numpy.split(array, GATES[kind])
        return numpy.concatenate([parts[index] for index in order])

    arrays = {"weight_ih_l0": ordered(kernel.T), "weight_hh_l0": ordered(recurrent_kernel.T)}
    if bias:
        # Two rows, or all in one, or only one of the two.
        pair = bias[0].reshape(-1, rows)
        arrays["bias_ih_l0"] = ordered(pair[0])
        arrays["bias_hh_l0"] = ordered(pair[1]) if len(pair) == 2 else numpy.zeros(rows)
    return kind.replace("CuDNN", "").lower(), arrays, arguments


def gate_arguments(cell, kind):
    # The c of an LSTM grows with each step, and Keras makes h of it with the same activation.
    activation = gate_activation(cell, "activation", "tanh", has_bound=kind == "LSTM")
    if kind == "RNN":
        found = {"nonlinearity": activation}
    else:
        found = {"recurrent_activation": gate_activation(cell, "recurrent_activation", "sigmoid"),
                 "activation": activation}
    return {name: word for name, word in found.items() if word}


def of_cudnn(kernel, recurrent_kernel, gates):
    """The matrices of CuDNNLSTM and CuDNNGRU, whose gates are transposed, as those of LSTM and GRU."""
    return (numpy.hstack([part.T.reshape(part.shape, order="F") for part in numpy.hsplit(
        kernel, gates)]), numpy.hstack([part.T for part in numpy.hsplit(recurrent_kernel, gates)]))
