# SPDX-License-Identifier: MIT
"""ONNX's operators LSTM, GRU and RNN with all their inputs and attributes.

pip install numpy onnx onnxruntime; python3 make_cells.py

Writes by-hand/NAME.onnx with by-hand/NAME.csv, samples and what ONNX Runtime computes with them; and
refused/NAME.onnx with refused/NAME.txt, a part of the expected message.
"""
import numpy
from onnx import TensorProto, helper

from onnx_by_hand import (HIDDEN, by_hand, chain, constant, graph, node, refused, seed,
                          tensor, weights)

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
seed(11)


def cell(kind, *more, inputs=("X", "W", "R", "B"), outputs=("Y",), **attributes):
    return node(kind, [*inputs, *more], list(outputs), hidden_size=HIDDEN, **attributes)


def model(kind, *more, tensors=(), larger=1, more_inputs=(), **attributes):
    """A layer whose outputs are the graph's; its weights may be larger."""
    made = weights(gates=GATES[kind])
    for each in made:
        each.raw_data = (numpy.frombuffer(each.raw_data, numpy.float32)
                         * numpy.float32(larger)).tobytes()
    return chain(lstm_node=cell(kind, *more, **attributes), weight=made, tensors=tensors,
                 more_inputs=more_inputs)


def zeros():
    return {"h": numpy.zeros((1, 1, HIDDEN), numpy.float32)}


HARD = dict(activations=["HardSigmoid", "Tanh", "Tanh"])

for kind in ("GRU", "RNN"):
    name = kind.lower()
    by_hand(name, model(kind))
    by_hand(f"{name}-no-bias", chain(lstm_node=cell(kind, inputs=("X", "W", "R")),
                                     weight=weights(gates=GATES[kind])[:2]))
    by_hand(f"{name}-state-constant", model(kind, "", "h0", tensors=[tensor("h0", 1, 1, HIDDEN)]))
    by_hand(f"{name}-transposed", graph(
        [cell(kind), node("Squeeze", ["Y", "one"], ["y"]),
         node("Transpose", ["y"], ["out"], perm=[1, 0, 2])],
        weights(gates=GATES[kind]) + [constant("one", [1], numpy.int64)]))
    by_hand(f"{name}-last", graph(
        [cell(kind, outputs=("Y", "Y_h")), node("Squeeze", ["Y_h", "zero"], ["out"])],
        weights(gates=GATES[kind]) + [constant("zero", [0], numpy.int64)]), rows=1)
    by_hand(f"{name}-clip", model(kind, clip=0.5, larger=3))
    by_hand(f"{name}-hard-sigmoid", model(
        kind, activations=["HardSigmoid", "Softsign"] if kind == "GRU" else ["HardSigmoid"],
        activation_alpha=[0.3], activation_beta=[0.4]))
    by_hand(f"{name}-relu", model(
        kind, activations=["Sigmoid", "Relu"] if kind == "GRU" else ["Relu"], larger=0.2))
by_hand("gru-reset-after", model("GRU", linear_before_reset=1))
by_hand("gru-reset-after-clip", model("GRU", linear_before_reset=1, clip=0.5, larger=3))
by_hand("gru-softsign", model("GRU", activations=["Sigmoid", "Softsign"]))
by_hand("rnn-affine", model("RNN", activations=["Affine"], activation_alpha=[1.0],
                            activation_beta=[0.0], larger=0.3))
by_hand("rnn-sigmoid", model("RNN", activations=["Sigmoid"]))
for kind in ("GRU", "RNN"):  # the state is an input: the stream holds it
    by_hand(f"{kind.lower()}-state-input", model(kind, "", "h", more_inputs=[
        helper.make_tensor_value_info("h", TensorProto.FLOAT, [1, 1, HIDDEN])]), more=zeros)

by_hand("lstm-peepholes", model("LSTM", "", "", "", "P", tensors=[tensor("P", 1, 3 * HIDDEN)]))
by_hand("lstm-peepholes-zero", model("LSTM", "", "", "", "P", tensors=[
    constant("P", numpy.zeros((1, 3 * HIDDEN)))]))
by_hand("lstm-clip", model("LSTM", clip=1.0, larger=2.5, input_forget=1))
by_hand("lstm-input-forget", model("LSTM", input_forget=1))
by_hand("lstm-hard-sigmoid", model("LSTM", **HARD))
by_hand("lstm-hard-sigmoid-numbers", model(
    "LSTM", activations=["hardsigmoid", "Tanh", "HardSigmoid"], activation_alpha=[0.3, 0.25],
    activation_beta=[0.4, 0.6]))
by_hand("lstm-softsign", model("LSTM", activations=["Sigmoid", "Softsign", "Softsign"]))
by_hand("lstm-output-softsign", model("LSTM", activations=["Sigmoid", "Tanh", "Softsign"]))
by_hand("lstm-all", model(
    "LSTM", "", "h0", "c0", "P", clip=2.0, input_forget=1,
    activations=["HardSigmoid", "Softsign", "Tanh"],
    tensors=[tensor("P", 1, 3 * HIDDEN), tensor("h0", 1, 1, HIDDEN), tensor("c0", 1, 1, HIDDEN)]))
by_hand("lstm-relu", model("LSTM", activations=["Sigmoid", "Relu", "Tanh"], larger=0.3))

# --- what is refused -------------------------------------------------------

two = [node("Reshape", ["Y", "flat"], ["out"])], [constant("flat", [0, -1], numpy.int64)]
refused("gru-bidirectional", "node 'Y_node' (GRU): direction is 'bidirectional', expected 'forward'",
        graph([cell("GRU", direction="bidirectional", activations=["Sigmoid", "Tanh"] * 2)] + two[0],
              weights(2, gates=3) + two[1]))
refused("clip-zero", "clip is 0.0, expected more than 0", model("LSTM", clip=0.0))
refused("activations", "found the activation Elu, expected Sigmoid, HardSigmoid, Tanh, Softsign",
        model("LSTM", activations=["Sigmoid", "Elu", "Tanh"]))
refused("activations-count", "found 2 activations, expected 3 for one direction",
        model("LSTM", activations=["Sigmoid", "Tanh"]))
refused("activation-alpha", "activation_alpha has 1 more than the numbers of Sigmoid, Tanh, Tanh",
        model("LSTM", activation_alpha=[0.2]))
refused("affine", "Affine has alpha 2.0 and beta 0.0, expected 1 and 0",
        model("RNN", activations=["Affine"], activation_alpha=[2.0], activation_beta=[0.0]))
refused("affine-missing", "Affine has alpha missing and beta missing, expected 1 and 0",
        model("RNN", activations=["Affine"]))
refused("linear-before-reset", "attribute 'linear_before_reset' isn't one that Leat knows",
        model("LSTM", linear_before_reset=1))
refused("input-forget-gru", "attribute 'input_forget' isn't one that Leat knows",
        model("GRU", input_forget=1))
refused("peepholes-shape", "P is a constant of shape [1, 8], expected a constant of shape [1, 12]",
        model("LSTM", "", "", "", "P", tensors=[tensor("P", 1, 2 * HIDDEN)]))
refused("gru-peepholes", "found 8 inputs, expected at most 6",
        model("GRU", "", "", "", "P", tensors=[tensor("P", 1, 3 * HIDDEN)]))
refused("gru-shape", "expected [1, 3H, inputs] and [1, 3H, H]",
        chain(lstm_node=cell("GRU"), weight=weights()))
refused("rnn-shape", "expected [1, H, inputs] and [1, H, H]",
        chain(lstm_node=cell("RNN"), weight=weights()))
refused("gru-lens", "sequence_lens is integers of shape [1], expected none",
        model("GRU", "lens", tensors=[constant("lens", [5], numpy.int32)]))
refused("rnn-relu-unbounded", "rnn.weight_hh_l0",
        model("RNN", activations=["Relu"], larger=5))
refused("lstm-relu-unbounded", "have no bound, expected a bounded one or a clip",
        model("LSTM", activations=["Sigmoid", "Relu", "Relu"], larger=0.3))
refused("gru-softsign-gates", "recurrent_activation of z is not in 0...1",
        model("GRU", activations=["Softsign", "Softsign"]))
refused("gru-relu-gates", "recurrent_activation",
        model("GRU", activations=["Relu", "Tanh"]))
